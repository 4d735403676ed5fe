from __future__ import annotations

import pytest
from contract_strategies import contract, on, parameter, rent
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.constraints import violations
from conformance.contract.in_force import defaults_of, in_force, meets
from conformance.contract.model import Parameter
from conformance.contract.when import UNKNOWN, When


@pytest.mark.parametrize(
    ("sent", "met"),
    [
        ({"Plan": "Fixed", "TermUnit": "Month"}, True),
        ({"Plan": "Fixed"}, True),  # the default of the unit is a month
        ({"Plan": "Fixed", "TermUnit": "Year"}, False),
        ({"Plan": "fixed"}, False),
        ({"Plan": ""}, False),
        ({}, False),
    ],
)
def test_a_request_meets_a_condition_with_what_it_sends_and_with_documented_defaults(
    sent: dict[str, str],
    met: bool,  # noqa: FBT001
) -> None:
    when = When.of({"Plan": ("Fixed",), "TermUnit": ("Month", "Week")})
    assert meets(when, defaults_of(rent()), sent) is met


def test_what_is_not_sent_and_has_no_default_meets_nothing() -> None:
    assert not meets(When.of({"Plan": ("Fixed",)}), {}, {})
    assert not meets(UNKNOWN, {"Plan": "Fixed"}, {"Plan": "Fixed"})


def test_values_are_compared_as_the_wire_has_them() -> None:
    when = When.of({"Open": (True,), "Count": (1, 2)})
    assert meets(when, {}, {"Open": "true", "Count": "2"})
    assert not meets(when, {}, {"Open": "True", "Count": "2"})


def test_every_item_of_a_list_counts() -> None:
    when = When.of({"Tag[].Key": ("a",)})
    assert meets(when, {}, {"Tag.1.Key": "a", "Tag.2.Key": "a"})
    assert not meets(when, {}, {"Tag.1.Key": "a", "Tag.2.Key": "b"})


def broken(sent: dict[str, str], path: str = "Term") -> tuple[str, ...]:
    row = rent().parameter(path)
    assert row is not None
    return violations(in_force(rent(), row, sent), [sent[path]] if path in sent else [])


def test_a_conditional_fact_judges_only_a_request_that_meets_its_condition() -> None:
    assert broken({"Plan": "Fixed", "Term": "10"}) == ("maximum",)
    assert broken({"Plan": "Fixed", "Term": "9"}) == ()
    assert broken({"Plan": "Fixed", "TermUnit": "Year", "Term": "9"}) == ("maximum",)
    assert broken({"Plan": "Open", "Term": "10"}) == ()
    assert broken({"Plan": "Fixed"}) == ("required",)
    assert broken({"Plan": "Open"}) == ()


def test_a_condition_that_is_not_known_never_judges() -> None:
    assert broken({"Label": "longer than five"}, "Label") == ()


def test_two_that_hold_together_and_contradict_each_other_hold_not() -> None:
    row = Parameter("Size", 1, {}, "Size", (on("maximum", 5, Kind="a"), on("maximum", 9, Colour="red")))
    document = contract(row, parameter("Kind"), parameter("Colour"))
    both = in_force(document, row, {"Kind": "a", "Colour": "red"})
    assert not both.fact("maximum").stated
    assert in_force(document, row, {"Kind": "a"}).fact("maximum").value == 5


@given(st.dictionaries(st.sampled_from(["Plan", "TermUnit", "Term"]), st.sampled_from(["Fixed", "Open", "Month", "1"])))
def test_what_holds_without_a_condition_holds_with_every_request(sent: dict[str, str]) -> None:
    for row in rent().parameters:
        then = in_force(rent(), row, sent)
        assert all(then.fact(name) == fact for name, fact in row.facts.items() if name in ("type", "enum", "default"))
