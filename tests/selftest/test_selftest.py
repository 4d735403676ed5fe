"""The suite catches faults and lets conforming variants pass: a sample of what `conformance selftest` does with all."""

from __future__ import annotations

import json
import multiprocessing
import threading
from typing import TYPE_CHECKING

import pytest

from conformance.core.errors import HarnessError
from conformance.server.faults.catalogue import conforming_variants, faults, mutations

if TYPE_CHECKING:
    from commands import Command

# One of each kind: code, status, message, check, limit, field, state, wire. By default some are tried.
SAMPLE = {
    "quota-code-letter-case": "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded",
    "taken-is-409": "CreateFlowLog/InvalidResourceId.NotFound/already-has-flow-log",
    "group-message-mended": "CreateFlowLog/IllegalParam.ResourceGroupId/resource-group-missing",
    "path-twice": "CreateFlowLog/DuplicatedParam.TrafficPath/traffic-path-twice",
    "name-at-most-129": "CreateFlowLog/ParameterInvalid/name-one-too-long",
    "flow-log-id-missing": "CreateFlowLog/success/vpc",
    "delete-does-nothing": "CreateFlowLog/success/deleted-then-created-again",
    "form-ignored": "CreateFlowLog/success/created-by-post-form-json-v1",
}


def test_every_conforming_variant_is_a_mutation_of_the_server_with_a_reason() -> None:
    variants = conforming_variants()
    assert set(variants) < set(mutations())
    assert all(variants.values())
    assert not set(variants) & set(faults())
    assert len(faults()) >= 80


VARIANTS = ("request-id-lower-case", "headers-ignored", "name-in-utf16")


@pytest.mark.parametrize(
    ("fault", "case"),
    [
        pytest.param(*each, id=each[0], marks=() if at % 3 == 1 else pytest.mark.deep)
        for at, each in enumerate(SAMPLE.items())
    ],
)
def test_a_fault_of_each_kind_is_caught_by_the_case_that_is_there_for_it(
    fault: str, case: str, conformance: Command
) -> None:
    outcome = conformance("selftest", fault, "--json")
    assert case in json.loads(outcome.out)["faults"][fault]["cases"]
    assert outcome.status == 0


@pytest.mark.parametrize("variants", [VARIANTS[1:2], pytest.param(VARIANTS, marks=pytest.mark.deep)])
def test_a_conforming_variant_passes(variants: tuple[str, ...], conformance: Command) -> None:
    outcome = conformance("selftest", *variants, "--json")
    found = json.loads(outcome.out)
    assert {name: entry["cases"] for name, entry in found["styles"].items()} == {name: [] for name in variants}
    assert outcome.status == 0


def test_a_fault_that_nothing_catches_fails(conformance: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from conformance.cli import selftest as command  # noqa: PLC0415 - replaced below
    from conformance.selftest.matrix import Caught  # noqa: PLC0415

    monkeypatch.setattr(
        command,
        "run_selftest",
        lambda names, *_, **__: iter([Caught(name, conforming=False, follow=None, cases=()) for name in names]),
    )
    outcome = conformance("selftest", "race")
    assert outcome.status == 1
    assert "race  NOT CAUGHT: two equal calls at the same moment both succeed" in outcome.out


@pytest.mark.parametrize("again", [pytest.param(False, marks=pytest.mark.deep), True])
def test_a_process_that_is_killed_holds_up_nothing(*, again: bool) -> None:
    from conformance.cli.selftest import make_plan  # noqa: PLC0415 - loads every case
    from conformance.selftest.matrix import selftest  # noqa: PLC0415

    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.05):
            for child in multiprocessing.active_children():
                child.kill()
                if not again:
                    return

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        if again:
            with pytest.raises(HarnessError, match="killed again and again"):
                list(selftest(["taken-is-409", "race"], make_plan, 2))
        else:
            found = list(selftest(["taken-is-409", "headers-ignored"], make_plan, 2))
            assert [each.right for each in found] == [True, True]
    finally:
        over.set()
        killer.join()
    assert multiprocessing.active_children() == []


def test_an_unknown_name_is_answered_with_a_near_one(conformance: Command) -> None:
    outcome = conformance("selftest", "rase")
    assert outcome.status == 2
    assert "race" in outcome.err


def test_the_default_path_is_none_of_ones_own_by_the_chinese_document() -> None:
    from conformance.cli.selftest import make_plan  # noqa: PLC0415 - loads every case
    from conformance.engine.engine import Engine  # noqa: PLC0415
    from conformance.server.process import ReferenceServer  # noqa: PLC0415
    from conformance.target.model import Target  # noqa: PLC0415

    with ReferenceServer("zh", ("all-paths-not-custom",)) as server:
        plan = make_plan(Target(server.endpoint, states_url=server.states_url), ("zh",))
        cases = [case for case in plan.cases if "TrafficPath" in str(case.steps)]
        with Engine(plan) as engine:
            verdicts = {result.id: result.verdict for result in engine.run(cases)}
    assert len(verdicts) > 5
    assert {name for name, verdict in verdicts.items() if verdict in ("mismatch", "error")} == set()


def test_a_document_that_shows_no_xml_says_nothing_about_it() -> None:
    from conformance.cases.promises import promises  # noqa: PLC0415 - loads every case
    from conformance.cli.selftest import make_plan  # noqa: PLC0415
    from conformance.target.model import Target  # noqa: PLC0415

    plan = make_plan(Target("http://127.0.0.1"), ("en", "zh"))
    asking = [case for case in plan.cases if any(step.transport.format == "XML" for step in case.steps)]
    assert len(asking) > 10
    for case in asking:
        assert list(promises(case, plan.contracts[case.operation], ("en", "zh")).kept) == ["en"]


def test_without_the_matrix_the_first_case_that_catches_a_fault_is_enough(conformance: Command) -> None:
    outcome = conformance("selftest", "taken-is-409", "quota-code-letter-case", "--jobs", "1")
    lines = outcome.out.splitlines()
    assert lines[0].startswith("taken-is-409            caught by CreateFlowLog/InvalidResourceId.NotFound/")
    assert all("," not in line and " more" not in line for line in lines[:2])
    assert outcome.status == 0


def test_cases_that_speak_of_a_fault_are_run_first() -> None:
    from conformance.cli.selftest import make_plan  # noqa: PLC0415 - loads every case
    from conformance.selftest.bench import bench_target  # noqa: PLC0415
    from conformance.selftest.ranking import most_likely_first  # noqa: PLC0415

    cases = make_plan(bench_target({}), ("en", "zh")).cases
    for name, case in SAMPLE.items():
        ordered = most_likely_first(cases, mutations()[name])
        assert sorted(each.id for each in ordered) == sorted(each.id for each in cases)
        if name not in ("flow-log-id-missing", "delete-does-nothing", "form-ignored"):  # which show in many
            assert case in [each.id for each in ordered[:10]]


def test_a_process_whose_work_fails_is_ended_too() -> None:
    from conformance.selftest.processes import spread  # noqa: PLC0415

    with pytest.raises(ValueError, match="invalid literal"):
        list(spread(int, {"one": "no number", "two": "2"}, 2))
    assert multiprocessing.active_children() == []
