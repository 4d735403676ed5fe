"""Each part of a run as a test of its own, so that xdist can spread them."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from conformance.engine.engine import Engine
from conformance.engine.plan import new_run_id
from conformance.fuzz.generation.sample import Subject
from conformance.fuzz.generation.samples import samples
from conformance.fuzz.oracle.reached import Reached
from conformance.fuzz.oracle.refusals import refusals
from conformance.fuzz.oracle.unknown import unknown_parameters, widened
from conformance.fuzz.probes import Prober
from conformance.fuzz.search import Hunt
from conformance.fuzz.sequences.lifecycle import lifecycles
from conformance.fuzz.sequences.relations import relations
from conformance.reports.formats.text import mismatch_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.cases.load import Suite
    from conformance.contract.languages import Language
    from conformance.engine.plan import Plan
    from conformance.fuzz.run import Limits
    from conformance.judging.results import CaseResult


@pytest.fixture
def hunts(plan: Plan, suites: list[Suite], limits: Limits) -> Iterator[list[tuple[Hunt, Prober]]]:
    """A hunt for each operation."""
    # A run of its own: what another test created under the same account would be in the way.
    with Engine(widened(replace(plan, run_id=new_run_id()))) as engine:
        found = []
        for suite in suites:
            prober = Prober(engine, Subject.of(suite, plan.target), f"seed {limits.seed}")
            reached = Reached({language: suite.contracts[language] for language in plan.docs})
            found.append((Hunt(prober, reached, plan.docs, limits.over), prober))
        yield found


def test_limits_of_every_fact(hunts: list[tuple[Hunt, Prober]], language: Language, strict: bool) -> None:  # noqa: FBT001
    for hunt, prober in hunts:
        made = samples(prober.subject, (language,), seed=0, max_examples=None)
        _judge(hunt.requests(made), hunt, strict=strict)


def test_generated_requests(
    hunts: list[tuple[Hunt, Prober]],
    language: Language,
    limits: Limits,
    strict: bool,  # noqa: FBT001 - a fixture
) -> None:
    for hunt, prober in hunts:
        made = samples(prober.subject, (language,), seed=limits.seed, max_examples=limits.max_examples, at_limits=False)
        _judge(hunt.requests(made), hunt, strict=strict)


def test_requests_that_must_be_answered_alike(
    hunts: list[tuple[Hunt, Prober]],
    language: Language,
    strict: bool,  # noqa: FBT001 - a fixture
) -> None:
    for hunt, prober in hunts:
        _judge(relations(hunt, prober, (language,)), hunt, strict=strict)


def test_parameters_that_no_document_has(
    hunts: list[tuple[Hunt, Prober]],
    language: Language,
    strict: bool,  # noqa: FBT001 - a fixture
) -> None:
    for hunt, prober in hunts:
        _judge(unknown_parameters(hunt, prober, (language,)), hunt, strict=strict)


def test_requests_that_something_stands_in_the_way_of(
    hunts: list[tuple[Hunt, Prober]],
    plan: Plan,
    strict: bool,  # noqa: FBT001 - a fixture
) -> None:
    for hunt, prober in hunts:
        _judge(refusals(hunt, prober, plan.docs), hunt, strict=strict)


def test_sequences(hunts: list[tuple[Hunt, Prober]], plan: Plan, limits: Limits, strict: bool) -> None:  # noqa: FBT001
    for hunt, prober in hunts:
        _judge(lifecycles(hunt, prober, plan.docs, limits.seed), hunt, strict=strict)


@pytest.fixture
def strict(pytestconfig: pytest.Config) -> bool:
    """Whether divergent findings fail too."""
    return bool(pytestconfig.getoption("strict_docs"))


def _judge(results: Iterable[CaseResult], hunt: Hunt, *, strict: bool) -> None:
    told = {result.id: result for result in chain(results, hunt.summary())}
    failing = ("mismatch", "error", "divergent") if strict else ("mismatch", "error")
    failed = [result for result in told.values() if result.verdict in failing]
    if failed:
        pytest.fail("\n\n".join(map(_text, failed)), pytrace=False)
    if all(result.verdict in ("not_run", "not_applicable") for result in told.values()):
        pytest.skip("; ".join(printable(result.reason or "") for result in told.values()) or "nothing was sent")


def _text(result: CaseResult) -> str:
    lines = [f"{result.verdict}: {result.title}"]
    lines += [printable(result.reason)] if result.reason else []
    lines += [mismatch_line(mismatch.as_dict()) for mismatch in result.mismatches]
    lines += [f"reproduce: {result.reproduce}"] if result.reproduce else []
    return "\n".join(lines)
