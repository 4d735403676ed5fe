"""`conformance selftest` in a workspace: faults that are made of its documents, and figures that are true."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from farm import PRODUCT, write_workspace
from msgspec.structs import replace

from conformance.cli.selftest import make_workspace_plan
from conformance.engine.engine import Engine
from conformance.selftest.bench import Bench, bench_target
from conformance.server.build import build_plan
from conformance.server.process import EFFECTS_WITHIN_S, ReferenceServer
from conformance.target.model import Target

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

BASE = """
operation: DeleteBarn
bases:
  plain:
    given: [{resource.exists: {type: Barn, id: barn-1}}]
    parameters: {RegionId: cn-qingdao, BarnId: barn-1}
"""
CASES = """
operation: DeleteBarn
base: plain
cases:
  - id: deleted
    title: The barn is gone
    group: success
    steps:
      - {name: delete, expect: {success: true}}
      - name: again
        expect: {error: InvalidBarnId.NotFound}
    trigger: inferred
  - id: barn-id-omitted
    title: BarnId is required
    fact: BarnId.required
    unset: [BarnId]
    expect: {error: any}
    trigger: inferred
  - id: region-id-omitted
    title: RegionId is required
    fact: RegionId.required
    unset: [RegionId]
    expect: {error: any}
    trigger: inferred
  - id: told
    title: The row as the document has it
    given: [{service.answers-with: {code: InvalidBarnId.NotFound}}]
    expect: {error: InvalidBarnId.NotFound}
    trigger: forced
"""
WAITING = """
operation: GetField
base: plain
cases:
  - id: nobody-knows
    title: Nobody knows what causes it
    expect: {error: EntityNotExist.Field}
    trigger: todo
"""


@pytest.fixture(autouse=True)
def workspace(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write_workspace(tmp_path_factory.mktemp("farm"))
    for operation, text in (("DeleteBarn", CASES), ("GetField", WAITING)):
        folder = root / "cases" / PRODUCT / operation
        folder.mkdir(parents=True)
        base = (
            BASE if operation == "DeleteBarn" else "operation: GetField\nbases: {plain: {parameters: {FieldName: a}}}"
        )
        (folder / "base.yaml").write_text(base, encoding="utf-8")
        (folder / "cases.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("CONFORMANCE_WORKSPACE", str(root))
    return root


def test_a_suite_that_tests_everything_catches_every_fault_that_can_be_caught(conformance: Command) -> None:
    outcome = conformance("selftest", "DeleteBarn", "--json", "--jobs", "1")
    matrix = json.loads(outcome.out)
    found = matrix["generated"]
    assert matrix["faults"] == {}
    assert [name for name, each in found["faults"].items() if not each["cases"] and not each["cannot_be_caught"]] == []
    assert (found["missed"], found["percent"]) == (0, 100.0)
    assert found["generated"] == len(found["faults"]) == found["caught"] + found["cannot_be_caught"] > 15
    assert found["faults"]["DeleteBarn/not-deleted"]["cases"] == ["DeleteBarn/success/deleted"]
    code = found["faults"]["DeleteBarn/region-id-required-other-code"]
    assert code["cannot_be_caught"] == "no document says with which code it is refused"
    assert [each["cases"] for each in found["styles"].values()] == [[], [], []]
    assert found["cases_that_differ_without_a_fault"] == []
    assert outcome.status == 0


def test_what_is_missed_is_named_and_fails(conformance: Command, workspace: Path) -> None:
    cases = workspace / "cases" / PRODUCT / "DeleteBarn" / "cases.yaml"
    cases.write_text(CASES.partition("  - id: barn-id-omitted")[0], encoding="utf-8")
    outcome = conformance("selftest", "DeleteBarn", "--jobs", "1")
    assert "DeleteBarn/barn-id-required-ignored  NOT CAUGHT: BarnId is not required" in outcome.out
    assert "missed;" in outcome.out
    assert outcome.status == 1
    named = conformance("selftest", "DeleteBarn/not-deleted", "DeleteBarn/told-ignored", "--json")
    found = json.loads(named.out)["generated"]["faults"]
    assert {name: bool(each["cases"]) for name, each in found.items()} == {
        "DeleteBarn/not-deleted": True,
        "DeleteBarn/told-ignored": False,
    }
    assert named.status == 1


def test_without_a_word_it_is_the_workspace_and_what_has_no_case_says_so(conformance: Command) -> None:
    outcome = conformance("selftest", "--json", "--jobs", "2")
    found = json.loads(outcome.out)["generated"]
    assert {name.partition("/")[0] for name in found["faults"]} == {"DeleteBarn", "GetField"}
    reasons = {each["cannot_be_caught"] for name, each in found["faults"].items() if name.startswith("GetField/")}
    assert "the operation has no case that can be run" in reasons
    assert outcome.status == 0


def test_some_are_drawn_the_same_ones_for_one_seed(conformance: Command) -> None:
    draws = [
        list(json.loads(conformance("selftest", "DeleteBarn", "--json", *words).out)["generated"]["faults"])
        for words in (("--faults", "5"), ("--faults", "5"), ("--faults", "5", "--seed", "1"))
    ]
    assert draws[0] == draws[1] != draws[2]
    assert all(len(each) <= 5 for each in draws)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["DeleteBarn/not-deletet"], "DeleteBarn/not-deleted"),
        (["CreateBarn"], "has no cases"),
        (["DeleteBarn", "--faults", "0"], "--faults 0"),
    ],
)
def test_what_cannot_be_tried_is_one_message(words: list[str], told: str, conformance: Command) -> None:
    outcome = conformance("selftest", *words)
    assert told in outcome.err
    assert outcome.status == 2


def test_mock_lists_what_is_made_and_serves_it(conformance: Command) -> None:
    outcome = conformance("mock", "--list-faults", "DeleteBarn")
    assert "DeleteBarn/not-deleted" in outcome.out
    assert "CreateBarn/" not in outcome.out
    assert outcome.status == 0


def test_a_case_is_judged_on_a_bench_as_over_http() -> None:
    docs = ("en", "zh")
    for fault in ("DeleteBarn/not-deleted", "DeleteBarn/invalid-barn-id-not-found-as-409", "DeleteBarn/success-as-201"):
        with ReferenceServer(faults=(fault,)) as server:
            target = Target(server.endpoint, states_url=server.states_url, effects_within_s=EFFECTS_WITHIN_S)
            plan = make_workspace_plan(target, docs, ("DeleteBarn",))
            with Engine(plan) as engine:
                over_http = {each.id: each.verdict for each in engine.run(plan.cases)}
        here = replace(plan, target=bench_target({}))
        bench = Bench(here, build_plan(faults=(fault,)))
        assert {case.id: bench.run(case).verdict for case in plan.cases} == over_http
        assert "mismatch" in over_http.values()
