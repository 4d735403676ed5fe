"""Sequences that behaviours declare: a server that conforms passes them, and each fault with resources is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from farm import PRODUCT, VERSION, write_workspace
from servers import Server
from slow_farm import SlowFarm

from conformance.cli.support.plan_template import load_named
from conformance.engine.plan import Plan, new_run_id
from conformance.fuzz.fuzz_run import fuzz_engine
from conformance.fuzz.fuzz_session import FuzzSession
from conformance.fuzz.operation_data import load_operation_data
from conformance.fuzz.run_context import FuzzContext
from conformance.server.process import ReferenceServer
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.fuzz.findings.failures import Failure

BARN = "{resource.exists: {type: Barn, id: barn-1}}"
VALID = {
    "CreateBarn": "{given: [], parameters: {RegionId: cn-qingdao}}",
    "DescribeBarns": "{given: [], parameters: {RegionId: cn-qingdao}}",
    "ListBarns": "{given: [], parameters: {RegionId: cn-qingdao}}",
    "DescribeBarnAttribute": f"{{given: [{BARN}], parameters: {{RegionId: cn-qingdao, BarnId: barn-1}}}}",
    "ModifyBarnAttribute": f"{{given: [{BARN}], parameters: {{RegionId: cn-qingdao, BarnId: barn-1}}}}",
    "DeleteBarn": f"{{given: [{BARN}], parameters: {{RegionId: cn-qingdao, BarnId: barn-1}}}}",
    "AttachHorse": f"{{given: [{BARN}], parameters: {{RegionId: cn-qingdao, BarnId: barn-1, HorseId: horse-1}}}}",
    "DetachHorse": f"{{given: [{BARN}], parameters: {{RegionId: cn-qingdao, BarnId: barn-1, HorseId: horse-1}}}}",
}
BEHAVIOUR = f"""\
resource: Barn
version: '{VERSION}'
id: {{field: BarnId, prefix: barn-}}
create: CreateBarn
show:
  - {{operation: DescribeBarns, list: Barns.Barn, filters: [BarnId, BarnName]}}
  - {{operation: ListBarns, list: Barns.Barn, filters: [{{BarnIds: BarnId}}]}}
  - DescribeBarnAttribute
change: ModifyBarnAttribute
delete: DeleteBarn
attach: AttachHorse
detach: DetachHorse
idempotent_by: ClientToken
"""
OPERATIONS = tuple(VALID)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write_workspace(tmp_path / "farm")
    for name, valid in VALID.items():
        folder = root / "cases" / PRODUCT / name
        folder.mkdir(parents=True)
        (folder / "base.yaml").write_text(f"operation: {name}\nbases: {{plain: {valid}}}\n", encoding="utf-8")
    place = root / "behaviours" / PRODUCT
    place.mkdir(parents=True)
    (place / "Barn.yaml").write_text(BEHAVIOUR, encoding="utf-8")
    monkeypatch.setenv("CONFORMANCE_WORKSPACE", str(root))
    return root


@dataclass
class Run:
    """What the sequences of some operations found."""

    sent: dict[str, int]
    failures: list[Failure]

    @property
    def titles(self) -> list[str]:
        return [failure.case.title for failure in self.failures]


def sequences(endpoint: str, states_url: str, operations: Iterable[str] = OPERATIONS) -> Run:
    """Run the sequences of operations against a server."""
    suites = load_named(tuple(operations)).suites
    target = Target(endpoint, states_url=states_url, values={}, timeout_s=5, effects_within_s=0.4)
    plan = Plan(target, {suite.subject: suite.contracts for suite in suites}, ("en",), (), 1, new_run_id())
    run = Run({}, [])
    with fuzz_engine(plan) as engine:
        for suite in suites:
            context = FuzzContext.of(suite, target, ("en",), "test", data=load_operation_data(suite))
            session = FuzzSession.of(context, engine, lambda: False)
            list(session.lifecycles(1))
            run.sent[suite.operation] = session.sender.sent
            run.failures += session.collector.failures
    return run


@pytest.mark.usefixtures("workspace")
def test_the_reference_server_passes_the_sequences_of_every_role() -> None:
    with ReferenceServer(activation_delay=0.05) as server:
        run = sequences(server.endpoint, server.states_url)
    assert run.titles == []
    assert {name for name, count in run.sent.items() if count} == set(OPERATIONS)


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("fault", "title"),
    [
        pytest.param("CreateBarn/not-created", "create describe", marks=pytest.mark.deep),
        ("CreateBarn/id-reused", "its own id"),
        ("CreateBarn/repeated", "repeats its ClientToken"),
        pytest.param("DescribeBarns/filter-barn-id-ignored", "BarnId chooses", marks=pytest.mark.deep),
        pytest.param("DescribeBarns/filter-barn-name-ignored", "BarnName chooses", marks=pytest.mark.deep),
        pytest.param("DescribeBarns/page-size-ignored-in-paging", "pages have no gaps", marks=pytest.mark.deep),
        ("DescribeBarns/page-number-ignored-in-paging", "pages have no gaps"),
        pytest.param("ModifyBarnAttribute/not-changed", "BarnName is changed", marks=pytest.mark.deep),
        ("DeleteBarn/not-deleted", "what is deleted"),
        pytest.param("AttachHorse/not-attached", "what is attached", marks=pytest.mark.deep),
        pytest.param("DetachHorse/not-detached", "what is attached", marks=pytest.mark.deep),
    ],
)
def test_a_fault_with_resources_is_found_with_the_line_of_a_document(fault: str, title: str) -> None:
    operation = fault.partition("/")[0]
    with ReferenceServer(faults=(fault,), activation_delay=0.05) as server:
        run = sequences(server.endpoint, server.states_url, [operation])
    assert any(title in each for each in run.titles), run.titles
    for failure in run.failures:
        assert failure.result.rule_lines, failure.case.title
        assert all(line for each in failure.result.mismatches for line in each.lines.values())
        assert "/openapi/farm/2020-01-02/" in failure.reported.where


@pytest.mark.usefixtures("workspace")
def test_a_server_by_hand_whose_effects_show_after_a_while_passes() -> None:
    with Server(SlowFarm()) as server:
        run = sequences(server.endpoint, server.states_url)
    # Of an operation that it does not have nothing is known, and the others go on.
    assert run.titles == []
    assert {name for name, count in run.sent.items() if count} == set(OPERATIONS)


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("fault", "operation", "title"),
    [
        ("id-reused", "CreateBarn", "its own id"),
        ("token-lost", "CreateBarn", "repeats its ClientToken"),
        pytest.param("name-not-shown", "CreateBarn", "create describe", marks=pytest.mark.deep),
        ("changes-nothing", "CreateBarn", "ModifyBarnAttribute describe"),
        ("changes-nothing", "ModifyBarnAttribute", "BarnName is changed"),
        ("deletes-nothing", "DeleteBarn", "what is deleted"),
        ("filter-ignored", "DescribeBarns", "BarnName chooses"),
        ("page-repeats", "DescribeBarns", "repeat nothing"),
        ("attaches-nothing", "AttachHorse", "what is attached"),
    ],
)
def test_a_fault_of_a_server_by_hand_is_found(fault: str, operation: str, title: str) -> None:
    with Server(SlowFarm(fault)) as server:
        run = sequences(server.endpoint, server.states_url, [operation])
    assert any(title in each for each in run.titles), run.titles
    assert all(failure.result.rule_lines for failure in run.failures)


@pytest.mark.usefixtures("workspace")
def test_nothing_is_assumed_where_no_behaviour_declares_it(workspace: Path) -> None:
    for file in (workspace / "behaviours" / PRODUCT).iterdir():
        file.write_text(f"resource: Hay\nversion: '{VERSION}'\nid: {{field: HayId}}\n", encoding="utf-8")
    with ReferenceServer() as server:
        assert set(sequences(server.endpoint, server.states_url).sent.values()) == {0}
