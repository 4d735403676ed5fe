"""What holds on a condition, compared: fact by fact, with the condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_strategies import contract, on, parameter
from msgspec.structs import replace

from conformance.comparison.agreement import Agreement
from conformance.comparison.comparison_text import text_lines
from conformance.comparison.contract_comparison import compare
from conformance.contract.when import UNKNOWN, Presence, When

if TYPE_CHECKING:
    from conformance.contract.model import ConditionalFact, Contract


def conditional_findings(left: Contract, right: Contract) -> list[tuple[str, object, str, str]]:
    found = compare(left, right).findings
    return [
        (f"{each.path}.{each.fact}", each.when.data if each.when else None, each.verdict.value, each.kind)
        for each in found
        if (each.when is not None or each.fact == "presence" or each.kind == "condition")
    ]


def sized(*conditional: ConditionalFact, **facts: Any) -> Contract:
    return contract(replace(parameter("Size", 5, **facts), conditional=conditional), parameter("Kind", 6))


def test_conditional_facts_are_compared_with_their_condition() -> None:
    left = sized(on("maximum", 9, Kind=["a", "b"]), on("maximum", 3, Kind="c"), on("required", value=True, Kind="a"))
    right = sized(on("maximum", 9, Kind=["b", "a"]), on("maximum", 4, Kind="c"))
    assert conditional_findings(left, right) == [
        ("Size.maximum", {"Kind": ["a", "b"]}, "agree", ""),
        ("Size.maximum", {"Kind": ["c"]}, "disagree", ""),
        ("Size.required", {"Kind": ["a"]}, "only_left", ""),
    ]


def test_a_fact_with_a_condition_in_one_document_and_without_in_the_other_is_a_finding() -> None:
    assert conditional_findings(sized(maximum=9), sized(on("maximum", 9, Kind="a"))) == [
        ("Size.maximum", None, "only_left", "condition"),
        ("Size.maximum", {"Kind": ["a"]}, "only_right", "condition"),
    ]


def test_a_condition_that_was_not_understood_contradicts_nothing() -> None:
    unknown = sized(on("maximum", 9))
    for left in (sized(maximum=7), sized(on("maximum", 7, Kind="a")), sized(on("maximum", 8))):
        for pair in ((left, unknown), (unknown, left)):
            verdicts = {finding.verdict for finding in compare(*pair).findings if finding.fact == "maximum"}
            assert verdicts == {Agreement.DIFFERS_IN_SCOPE}
    assert {each.verdict for each in compare(unknown, unknown).findings} == {Agreement.AGREE}


def test_when_a_field_is_there_is_compared() -> None:
    def order(when: When | None) -> Contract:
        return contract(responses=[replace(parameter("OrderNo", 9), presence=Presence(when, 10))])

    always, leased, other = order(None), order(When.of({"Kind": ("a",)})), order(When.of({"Kind": ("b",)}))
    unknown = order(UNKNOWN)
    shown = {
        (one, two): [(verdict, kind) for _, _, verdict, kind in conditional_findings(one_side, two_side)]
        for one, one_side in (("always", always), ("leased", leased), ("unknown", unknown))
        for two, two_side in (("leased", leased), ("other", other), ("unknown", unknown), ("always", always))
    }
    assert shown["always", "always"] == []
    assert shown["always", "leased"] == [("only_right", "condition")]
    assert shown["leased", "always"] == [("only_left", "condition")]
    assert shown["leased", "leased"] == [("agree", "")]
    assert shown["leased", "other"] == [("disagree", "condition")]
    assert shown["leased", "unknown"] == shown["unknown", "always"] == [("differs_in_scope", "")]
    assert shown["unknown", "unknown"] == [("agree", "")]


def test_a_conditional_finding_is_shown_and_known_again_with_its_condition() -> None:
    result = compare(sized(on("maximum", 9, Kind="a")), sized(on("maximum", 8, Kind="a")))
    (found,) = (finding for finding in result.findings if finding.when is not None)
    assert found.data()["when"] == {"Kind": ["a"]}
    assert any("Size.maximum when Kind is a" in line.text for line in text_lines(result))
    elsewhere = compare(sized(on("maximum", 9, Kind="b")), sized(on("maximum", 8, Kind="b")))
    assert found.fingerprint not in {finding.fingerprint for finding in elsewhere.findings}


def test_another_value_on_a_condition_that_was_not_understood_is_a_warning_and_said_once() -> None:
    """The parameter may be there in some regions only: what it takes there still differs."""
    for left, right in ((sized(maximum=7), sized(on("maximum", 9))), (sized(on("maximum", 7)), sized(maximum=9))):
        found = [each for each in compare(left, right).findings if each.fact == "maximum"]
        assert [(each.verdict, each.level, each.left.value, each.right.value) for each in found] == [
            (Agreement.DIFFERS_IN_SCOPE, "warning", 7, 9)
        ]
    several = compare(sized(maximum=7), sized(on("maximum", 9), on("maximum", 8, Kind="a"))).findings
    assert {each.level for each in several if each.fact == "maximum"} <= {"note", "warning"}
