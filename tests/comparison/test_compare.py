from __future__ import annotations

from typing import Any

import pytest
from contract_strategies import LOST, contract, contracts, error, parameter, stated, thing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from conformance.comparison.agreement import Agreement, judge
from conformance.comparison.comparison_text import markdown, text_lines
from conformance.comparison.contract_comparison import ComparedFact, Comparison, compare
from conformance.comparison.sarif import sarif
from conformance.contract.catalogue import find_contract
from conformance.contract.model import NOT_STATED, Contract, Fact, Loss
from conformance.core.errors import ContractError
from conformance.core.resources import openapi_dir

slow = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
A, D, S = Agreement.AGREE, Agreement.DISAGREE, Agreement.DIFFERS_IN_SCOPE
LEFT, RIGHT, UNKNOWN = Agreement.ONLY_LEFT, Agreement.ONLY_RIGHT, Agreement.UNKNOWN_LOST


@pytest.mark.parametrize(
    ("name", "left", "right", "verdict"),
    [
        ("required", True, True, A),
        ("required", True, False, D),
        ("type", "String", "string", A),
        ("type", "Long", "integer", A),
        ("type", "array", "array<object>", A),
        ("type", "String", "integer", D),
        ("enum", ["a", "b"], ["b", "a"], A),
        ("enum", [1, 5], ["1", "5"], A),
        ("enum", ["All"], ["all"], D),
        ("enum", ["a"], ["a", "b"], D),
        ("default", 10, "10", A),
        ("default", "a", "b", D),
        ("default", "True", "true", S),
        ("default", "UTF-16", "UTF16", S),
        ("default", "Ram", "ram", D),
        ("default", "big-ram", "bigram", D),
        ("enum", ["Off", "sha-1"], ["Off", "SHA1"], S),
        ("enum", ["big_ram"], ["big-ram"], D),
        ("format", "yyyy-MM-ddThh:mmZ", "yyyy-MM-dd'T'HH:mmZ", S),
        ("format", "yyyy-MM-ddTHH:mmZ", "yyyy-MM-ddTHH:mm:ssZ", D),
        ("charset", ["-", "lower"], ["-", "letter"], D),
        ("maxLength", 128, 128.0, A),
        ("maxLength", 128, 256, D),
        ("minLength", 1, 2, D),
        ("minLength", 1, NOT_STATED, S),
        ("minimum", NOT_STATED, 1, S),
        ("maxLength", 128, NOT_STATED, LEFT),
        ("maxItems", NOT_STATED, 20, RIGHT),
        ("example", "a", "b", S),
        ("example", "a", NOT_STATED, S),
        ("example", "a", "a", A),
        ("charset", ["letter", "digit"], ["digit", "lower", "upper"], A),
        ("charset", ["letter"], ["chinese", "letter"], S),
        ("startsWith", ["letter"], ["chinese", "lower", "upper"], S),
        ("charset", ["-", "lower"], ["-", "_", "lower"], D),
        ("charset", ["-", "letter"], ["chinese", "letter"], D),
        ("notStartsWith", ["http://"], ["http://", "https://"], D),
        ("notContains", ["http://"], ["HTTP://"], D),
        ("unit", "minute", "Minute", A),
        ("unit", "minute", "second", D),
        ("allowEmpty", True, False, D),
        ("enum", ["a"], LOST, UNKNOWN),
        ("enum", LOST, NOT_STATED, UNKNOWN),
        ("enum", LOST, LOST, UNKNOWN),
        ("enum", NOT_STATED, NOT_STATED, None),
    ],
)
def test_one_fact(name: str, left: Any, right: Any, verdict: Agreement | None) -> None:
    facts = [value if isinstance(value, Fact) else stated(value) for value in (left, right)]
    result = judge(name, *facts)
    assert (result and result[0]) == verdict
    mirror = judge(name, facts[1], facts[0])
    assert mirror == (result and result.mirrored())


def short(comparison: Comparison, *but: Agreement) -> list[tuple[str, str, Agreement]]:
    return [(item.path, item.fact, item.verdict) for item in comparison.findings if item.verdict not in but]


def test_a_contract_agrees_with_itself() -> None:
    result = compare(thing(), thing())
    assert {finding.verdict for finding in result.findings} == {A, UNKNOWN}
    assert result.conforms


def test_a_parameter_on_one_side_is_one_finding() -> None:
    result = compare(contract(parameter("A", 5, required=True, maxLength=3)), contract())
    assert short(result, A) == [("A", "parameter", LEFT)]
    assert result.findings[0].left == stated("A", 5)


def test_groups_and_what_the_signer_sends_are_no_findings() -> None:
    left = contract(parameter("Action", 1), parameter("Tag[].Key", 2, required=False))
    right = contract(
        parameter("", 1), parameter("Tag", 2), parameter("Tag[]", 3), parameter("Tag[].Key", 4, required=False)
    )
    assert short(compare(left, right), A) == []


def test_a_list_is_the_same_by_its_own_name_and_by_its_items() -> None:
    result = compare(contract(parameter("Ids", 1, required=True)), contract(parameter("Ids[]", 2, required=False)))
    assert short(result, A) == [("Ids[]", "required", D)]


def test_fields_of_the_answer_are_compared_too() -> None:
    left = contract(responses=[parameter("Id", 1, type="string"), parameter("Extra", 2)])
    right = contract(responses=[parameter("Id", 1, type="integer")])
    assert short(compare(left, right), A) == [("responses/Id", "type", D), ("responses/Extra", "field", LEFT)]


def test_a_code_on_one_side_is_one_finding_however_many_messages_it_has() -> None:
    left = contract(errors=[error("Gone", "One.", 4), error("Gone", "Two.", 5)])
    result = compare(left, contract())
    assert short(result, A) == [("errors/Gone", "code", LEFT)]
    assert result.findings[0].left.line == 4


def test_each_message_that_one_side_lacks_is_a_finding() -> None:
    left = contract(errors=[error("Gone", "One.", 4), error("Gone", "Two.", 5)])
    right = contract(errors=[error("Gone", "One.", 9), error("Gone", "Three.", 10)])
    assert short(compare(left, right), A) == [("errors/Gone", "message", LEFT), ("errors/Gone", "message", RIGHT)]


def test_a_row_without_a_message_is_no_message_that_the_other_side_lacks() -> None:
    told, silent = contract(errors=(error("A", "a"),)), contract(errors=(error("A", ""),))
    assert short(compare(told, silent), A) == [("errors/A", "message", LEFT)]
    assert short(compare(silent, silent), A) == []
    assert compare(silent, contract()).of(LEFT)[0].note == ""


def test_the_number_of_items_is_one_limit_wherever_a_document_states_it() -> None:
    names = ("Tag[]", "Tag[].Key", "Tag[].Value")
    rows = [parameter(name, 1) for name in names]
    limits = [parameter(name, 1, maxItems=20) for name in names]
    of_list = contract(limits[0], *rows[1:])
    of_members = contract(rows[0], *limits[1:])
    assert short(compare(of_list, of_members), A) == []
    fewer = contract(rows[1], parameter("Tag[].Value", 1, maxItems=5))
    assert short(compare(of_list, fewer), A) == [("Tag[].Value", "maxItems", D)]
    assert short(compare(contract(*rows), fewer), A) == [("Tag[].Value", "maxItems", RIGHT)]


def test_another_status_is_a_disagreement() -> None:
    left, right = contract(errors=[error("Gone", "One.")]), contract(errors=[error("Gone", "One.", status=404)])
    assert short(compare(left, right), A) == [("errors/Gone", "status", D)]


def test_a_status_counts_message_by_message() -> None:
    left = contract(errors=[error("Gone", "One."), error("Gone", "Two.", status=404)])
    right = contract(errors=[error("Gone", "One.", status=404), error("Gone", "Two.")])
    assert short(compare(left, right), A) == [("errors/Gone", "status", D)]


def test_the_end_of_a_task_is_compared() -> None:
    left, right = contract(), replace(contract(), async_behaviour=None)
    assert short(compare(left, right), A) == [("async", name, LEFT) for name in ("pending", "final", "poll")]


def test_nothing_is_concluded_from_a_lost_table() -> None:
    left = contract(parameter("A"), errors=[error("Gone", "One.")])
    right = contract(lost=[Loss("errors", 8, "table"), Loss("parameters", 3, "table")])
    assert short(compare(left, right), A) == [("A", "parameter", UNKNOWN), ("errors/Gone", "code", UNKNOWN)]


def test_two_operations_are_not_compared() -> None:
    with pytest.raises(ContractError, match="CreateThing cannot be compared with DeleteThing"):
        compare(contract(), contract(operation="DeleteThing"))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Contract, Contract]:
    """Two contracts of one operation which share some rows and not others."""
    one, other = draw(contracts), draw(contracts)
    taken = {row.path for row in other.parameters}
    shared = tuple(row for row in one.parameters if row.path not in taken and draw(st.booleans()))
    return one, replace(
        other,
        operation=one.operation,
        parameters=other.parameters + shared,
        errors=other.errors + tuple(replace(row, status=400) for row in one.errors if draw(st.booleans())),
    )


@slow
@given(pairs())
def test_changing_the_sides_changes_nothing_but_the_sides(pair: tuple[Contract, Contract]) -> None:
    def key(finding: ComparedFact) -> tuple[str, ...]:
        return finding.path, finding.fact, finding.rule, str(finding.left), str(finding.right), finding.note

    left, right = pair
    forth, back = compare(left, right).findings, compare(right, left).findings
    assert sorted(map(key, forth)) == sorted(key(finding.mirrored()) for finding in back)


@slow
@given(pairs())
def test_every_way_to_show_it_has_every_finding(pair: tuple[Contract, Contract]) -> None:
    result = compare(*pair)
    data: Any = result.data()
    log: Any = sarif([result], version="1", unknown=True)
    assert len(data["findings"]) == len(result.findings)
    shown = [finding for finding in result.findings if finding.verdict is not A]
    assert len(log["runs"][0]["results"]) == len(shown)
    assert markdown(result).count("\n| ") == len(shown) + markdown(result).count("\n| fact |")
    assert all(line.text.isprintable() for line in text_lines(result, verbose=True))


def test_a_fingerprint_is_about_what_was_found_and_not_where() -> None:
    left = contract(parameter("A", 5, required=True), parameter("B", 6))
    lower = contract(parameter("B", 8), parameter("A", 99, required=True))
    other = contract(parameter("A", 5, required=True, maxLength=3), parameter("B", 6))
    right = contract(parameter("A", 1, required=False))
    prints = [[item.fingerprint for item in compare(one, right).of(D, LEFT)] for one in (left, lower, other)]
    assert prints[0][:1] == prints[1][-1:] or sorted(prints[0]) == sorted(prints[1])
    assert len(set(prints[0])) == 2
    assert set(prints[0]) < set(prints[2])
    changed = contract(parameter("A", 1, required=False, maxLength=4))
    assert not set(print_of(compare(other, changed), "maxLength")) & set(prints[2])


def print_of(result: Comparison, fact: str) -> list[str]:
    return [item.fingerprint for item in result.findings if item.fact == fact]


def test_rules_and_levels_are_stable_words() -> None:
    left = contract(parameter("A", required=True, minLength=1), errors=[error("Gone", "One.")])
    result = compare(left, contract(parameter("A", required=False)))
    assert {item.rule: item.level for item in result.findings if item.verdict is not A} == {
        "parameter/required/disagree": "error",
        "parameter/minLength/differs_in_scope": "note",
        "error/code/only_left": "warning",
    }


def test_sarif_names_both_documents_and_lines() -> None:
    result = compare(
        contract(parameter("A", 5, required=True)), contract(parameter("A", 9, required=False), language="zh")
    )
    log: Any = sarif([result], version="1.2")
    (found,) = log["runs"][0]["results"]
    assert log["version"] == "2.1.0"
    assert log["runs"][0]["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == found["ruleId"]
    assert found["level"] == "error"
    places = [place["physicalLocation"] for place in found["locations"] + found["relatedLocations"]]
    assert [(place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places] == [
        ("CreateThing.en.txt", 5),
        ("CreateThing.zh.txt", 9),
    ]
    assert found["partialFingerprints"] == {"conformance/v1": result.of(D)[0].fingerprint}


def test_markdown_keeps_its_table_whatever_a_message_holds() -> None:
    result = compare(contract(errors=[error("Gone", "a | b\n<b> *c*")]), contract())
    (row,) = [line for line in markdown(result).splitlines() if line.startswith("| errors/Gone")]
    assert row.replace("\\|", "").count("|") == 5
    assert "<b>" not in row


committed = pytest.mark.skipif(
    not all((openapi_dir() / "vpc/2016-04-28" / f"CreateFlowLog.{each}.yaml").is_file() for each in ("en", "zh")),
    reason="the contracts have not been derived",
)


@committed
def test_the_two_documents_of_create_flow_log_as_captured() -> None:
    result = compare(find_contract("CreateFlowLog.en"), find_contract("CreateFlowLog.zh"))
    assert [(item.path, item.fact) for item in result.of(D)] == [
        ("ProjectName", "required"),
        ("LogStoreName", "required"),
    ]
    assert [(item.path, item.fact, item.left.value) for item in result.of(LEFT)] == [
        ("errors/InvalidInstanceId", "message", "NetworkInterface does not exist."),
        ("errors/InvalidInstanceId", "message", "VPC does not exists."),
    ]
    only_right = result.of(RIGHT)
    assert [(item.path, item.fact) for item in only_right if item.subject != "error"] == [("IpVersion", "parameter")]
    assert sum(item.fact == "code" for item in only_right) == 17
    assert len(only_right) == 18
    assert result.of(S) == ()
    assert not result.conforms
    assert ("TrafficPath[]", "enum", UNKNOWN) in short(result)


@committed
def test_the_two_documents_of_create_flow_log_with_what_was_restored() -> None:
    result = compare(find_contract("CreateFlowLog.en"), find_contract("CreateFlowLog.zh", overlays=True))
    assert [(item.path, item.fact) for item in result.of(D)] == [
        ("ProjectName", "required"),
        ("LogStoreName", "required"),
        ("TrafficPath[]", "enum"),
    ]
    assert ("FlowLogName", "notStartsWith", A) in short(result)
    assert ("Tag[].Key", "notStartsWith", UNKNOWN) in short(result)
