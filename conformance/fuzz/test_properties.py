"""Each part of a run as a test of its own, so that xdist can spread them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from conformance.core.terminal import printable
from conformance.engine.plan import new_run_id
from conformance.fuzz.fuzz_run import fuzz_engine
from conformance.fuzz.fuzz_session import FuzzSession
from conformance.fuzz.operation_data import load_operation_data
from conformance.fuzz.run_context import FuzzContext
from conformance.reports.formats.text import mismatch_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.cases.suite import Suite
    from conformance.contract.languages import Language
    from conformance.engine.plan import Plan
    from conformance.fuzz.fuzz_limits import FuzzLimits
    from conformance.judging.results import CaseResult

    SessionPart = Callable[[FuzzSession], Iterable[CaseResult]]
    PartCheck = Callable[[SessionPart, list[FuzzSession]], None]


@pytest.fixture
def sessions(plan: Plan, suites: list[Suite], limits: FuzzLimits) -> Iterator[list[FuzzSession]]:
    """A session for each operation."""
    # A run of its own: what another test created under the same account would be in the way.
    with fuzz_engine(replace(plan, run_id=new_run_id())) as engine:
        origin = f"seed {limits.seed}"
        contexts = [
            FuzzContext.of(suite, plan.target, plan.docs, origin, data=load_operation_data(suite)) for suite in suites
        ]
        yield [FuzzSession.of(context, engine, limits.out_of_time) for context in contexts]


def test_limits_of_every_fact(sessions: list[FuzzSession], language: Language, check: PartCheck) -> None:
    check(lambda session: session.made_from(language).generated(seed=0, max_examples=None), sessions)


def test_generated_requests(
    sessions: list[FuzzSession], language: Language, limits: FuzzLimits, check: PartCheck
) -> None:
    def part(session: FuzzSession) -> Iterable[CaseResult]:
        made = session.made_from(language)
        return made.generated(seed=limits.seed, max_examples=limits.max_examples, at_limits=False)

    check(part, sessions)


def test_requests_that_must_be_answered_alike(
    sessions: list[FuzzSession], language: Language, check: PartCheck
) -> None:
    check(lambda session: session.made_from(language).equivalent(), sessions)


def test_parameters_that_no_document_has(sessions: list[FuzzSession], language: Language, check: PartCheck) -> None:
    check(lambda session: session.made_from(language).unknown_parameters(), sessions)


def test_requests_that_must_be_refused(sessions: list[FuzzSession], check: PartCheck) -> None:
    check(lambda session: session.refusals(), sessions)


def test_sequences(sessions: list[FuzzSession], limits: FuzzLimits, check: PartCheck) -> None:
    check(lambda session: session.lifecycles(limits.seed), sessions)


@pytest.fixture
def check(pytestconfig: pytest.Config) -> PartCheck:
    """What sends a part of a run to every operation and fails for what fails; with `--strict-docs` for divergence too.

    It is skipped only where no operation has anything to judge.
    """
    strict = bool(pytestconfig.getoption("conformance_strict_docs"))
    failing = ("mismatch", "error", "divergent") if strict else ("mismatch", "error")

    def check(part: SessionPart, sessions: list[FuzzSession]) -> None:
        found: list[CaseResult] = []
        for session in sessions:
            found += {result.id: result for result in chain(part(session), session.collector.summary())}.values()
        failed = [result for result in found if result.verdict in failing]
        if failed:
            pytest.fail("\n\n".join(map(_text, failed)), pytrace=False)
        if all(result.verdict in ("not_run", "not_applicable") for result in found):
            reasons = "; ".join(printable(result.reason or "") for result in found)
            pytest.skip(reasons or "nothing was sent")

    return check


def _text(result: CaseResult) -> str:
    lines = [f"{result.verdict}: {result.title}"]
    lines += [printable(result.reason)] if result.reason else []
    lines += [mismatch_line(mismatch.as_dict()) for mismatch in result.mismatches]
    lines += [f"reproduce: {result.reproduce}"] if result.reproduce else []
    return "\n".join(lines)
