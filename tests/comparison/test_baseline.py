from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from contract_strategies import contract, contracts, error, parameter, texts
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from profiles import scaled

from conformance.comparison.agreement import Agreement
from conformance.comparison.baseline import read_baseline, write_baseline
from conformance.comparison.contract_comparison import Comparison, compare
from conformance.comparison.sarif import sarif
from conformance.core.errors import ContractError

if TYPE_CHECKING:
    from conformance.contract.model import Contract

slow = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=scaled(50))


def comparison() -> Comparison:
    left = contract(parameter("A", 5, required=True, maxLength=3), parameter("B", 6), errors=[error("Gone", "One.")])
    return compare(left, contract(parameter("A", 9, required=False, maxLength=4), language="zh"))


def test_what_was_written_hides_all_that_was_found() -> None:
    result = comparison()
    known = read_baseline(write_baseline(result.findings), "base.json")
    open_ = [finding for finding in result.findings if finding.verdict is not Agreement.AGREE]
    assert known.hides(result.findings) == {finding.fingerprint for finding in open_}
    assert len(open_) == 4
    assert known.stale(result.findings, ["CreateThing"]) == ()


@given(texts)
def test_every_text_survives_in_the_file(text: str) -> None:
    findings = compare(contract(parameter("A", default=text)), contract(parameter("A", default=f"{text}x"))).findings
    written = write_baseline(findings).encode().decode()
    assert [entry["left"] for entry in json.loads(written)["accepted"]] == [text]
    assert len(read_baseline(written, "x").hides(findings)) == 1


def test_sarif_and_json_are_baselines_too() -> None:
    result = comparison()
    written = read_baseline(write_baseline(result.findings), "x").hides(result.findings)
    for form in (sarif([result], version="1"), result.data()):
        assert read_baseline(json.dumps(form), "x").hides(result.findings) == written


def test_what_is_no_longer_found_is_stale() -> None:
    result = comparison()
    known = read_baseline(write_baseline(result.findings), "x")
    mended = compare(result.left, replace(result.right, parameters=result.left.parameters))
    assert [entry.what for entry in known.stale(mended.findings, ["CreateThing"])] == [
        "CreateThing#A parameter/maxLength/disagree",
        "CreateThing#A parameter/required/disagree",
        "CreateThing#B parameter/parameter/only_left",
    ]
    assert known.stale((), ["DeleteThing"]) == ()


def test_another_value_is_another_finding() -> None:
    result = comparison()
    known = read_baseline(write_baseline(result.findings), "x")
    worse = replace(result.right, parameters=(parameter("A", 9, required=False, maxLength=5),))
    again = compare(result.left, worse).findings
    hidden = known.hides(again)
    assert [item.fact for item in again if item.verdict is Agreement.DISAGREE and item.fingerprint not in hidden] == [
        "maxLength"
    ]


@slow
@given(contracts)
def test_it_does_not_matter_where_a_fact_stands(found: Contract) -> None:
    def moved(row: Any) -> Any:
        return replace(row, line=row.line + 1000)

    lower = replace(
        found,
        parameters=tuple(map(moved, found.parameters)),
        responses=tuple(map(moved, found.responses)),
        errors=tuple(map(moved, found.errors)),
    )
    empty = replace(found, parameters=(), responses=(), errors=(), async_behaviour=None, lost=())
    assert [item.fingerprint for item in compare(found, empty).findings] == [
        item.fingerprint for item in compare(lower, empty).findings
    ]


@slow
@given(contracts, contracts)
def test_a_baseline_reads_back_whatever_was_found(left: Contract, right: Contract) -> None:
    result = compare(left, replace(right, operation=left.operation))
    known = read_baseline(write_baseline(result.findings), "x")
    shown = result.only(lambda finding: finding.fingerprint not in known.hides(result.findings))
    assert {finding.verdict for finding in shown.findings} <= {Agreement.AGREE}


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"accepted": [{}]}', '{"accepted": 3}', '{"runs": [{}]}', "{}"])
def test_what_is_no_baseline_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match=r"base\.json"):
        read_baseline(text, "base.json")
