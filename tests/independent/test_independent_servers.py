"""Cases that nobody wrote by hand, against servers that nobody wrote for them: no false alarm, few faults missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from independent_server import IndependentServer
from products import Addresses, SecurityGroups

from conformance.cases.scaffold.skeletons import scaffold
from conformance.contract.catalogue import contracts_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from commands import Command, Outcome
    from independent_server import Product

ENOUGH = 17
"""How many of twenty faults are to be found."""
PRODUCTS = (Addresses, SecurityGroups)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the cases that are made of the contracts of the two operations."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "conformance.yaml").touch()
    for product in PRODUCTS:
        contracts = contracts_for(product.action)
        first = next(iter(contracts.values()))
        for name, text in scaffold(contracts).items():
            path = folder / "cases" / first.product / first.operation / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def there(conformance: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line, called in the workspace."""
    monkeypatch.chdir(workspace)
    return conformance


def outcome_of(product: Product, conformance: Command, *options: str) -> Outcome:
    with IndependentServer(product) as server:
        return conformance.run(product.action, "--endpoint", server.url, "--states-url", server.states_url, *options)


def missed_by(product: type[Product], faults: Sequence[str], conformance: Command) -> list[str]:
    return [fault for fault in faults if outcome_of(product(fault), conformance, "-x").status != 1]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_server_that_conforms_has_no_mismatch(product: type[Product], there: Command) -> None:
    outcome = outcome_of(product(), there)
    assert outcome.status == 0, outcome.out
    assert set(outcome.verdicts.values()) <= {"pass", "divergent"}
    assert outcome.report["summary"]["pass"] > outcome.report["summary"]["divergent"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_fourth_fault_is_found(product: type[Product], there: Command) -> None:
    assert not missed_by(product, product.FAULTS[::4], there)


@pytest.mark.deep
@pytest.mark.parametrize("product", PRODUCTS)
def test_nearly_every_fault_is_found(product: type[Product], there: Command) -> None:
    missed = missed_by(product, product.FAULTS, there)
    assert len(product.FAULTS) - len(missed) >= ENOUGH, missed


OTHER_OPERATION = """\
operation: AllocateEipAddress
base: plain
cases:
  - id: allocated-then-modified
    title: What was allocated can be modified
    group: success
    trigger: inferred
    steps:
      - {name: allocated, expect: {success: true}}
      - name: modified
        operation: ModifyEipAddressAttribute
        set: {RegionId: cn-hangzhou, AllocationId: "${steps.allocated.AllocationId}"}
        expect: {success: true}
"""


def test_what_only_another_operation_shows_is_not_run_where_the_server_has_no_such_operation(
    there: Command, workspace: Path
) -> None:
    path = workspace / "cases" / "vpc" / "AllocateEipAddress" / "other.yaml"
    path.write_text(OTHER_OPERATION, encoding="utf-8")
    outcome = outcome_of(Addresses(), there, "-k", "allocated-then-modified")
    path.unlink()
    assert list(outcome.verdicts.values()) == ["not_run"]
    reason = next(iter(outcome.cases.values()))["reason"]
    assert "does not serve an operation that the case calls: InvalidAction.NotFound" in reason
