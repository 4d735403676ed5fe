"""Judging what is inside the objects and lists of an answer."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.cases.promised_fields import FieldGroup, PromisedField
from conformance.contract.when import Presence, When
from conformance.judging.inner_fields import judge_inside

IN_SAMPLE = Presence(shown=90)
FIELDS = (
    PromisedField("FarmId", "string", 31, echoes=False, presence=IN_SAMPLE),
    PromisedField("Hens", "integer", 32, echoes=False, presence=IN_SAMPLE),
    PromisedField("Open", "boolean", 33, echoes=False, presence=IN_SAMPLE),
    PromisedField("Note", "string", 34, echoes=False),
    PromisedField("Region", "string", 35, echoes=True, presence=IN_SAMPLE),
    PromisedField("Roof", "string", 36, echoes=False, presence=Presence(When.of({"Plan": ("Big",)}), 36, 90)),
)
GROUP = FieldGroup(("Farms", "Farm"), "Farms.Farm[]", FIELDS)
WHOLE = {"FarmId": "f-1", "Hens": 3, "Open": True, "Note": "n", "Region": "r", "Roof": "red"}


def found(*farms: object, sent: dict[str, str] | None = None) -> list[tuple[str, Any, Any]]:
    body = {"Farms": {"Farm": list(farms)}}
    return [
        (each.where, each.expected[0], each.observed)
        for each in judge_inside(body, [GROUP], {"Region": "r", "Plan": "Big"} if sent is None else sent)
    ]


def test_what_is_whole_conforms() -> None:
    assert found(WHOLE, WHOLE) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Farms": {"Farm": []}},
        {"Farms": {}},
        {"Farms": None},
        {"Farms": "none"},
        {"Farms": [{"Other": 1}]},
        {"Farms": [WHOLE]},
        {"Farms": WHOLE},
        {"Farms": {"Farm": WHOLE}},
        {"Farms": {"Barn": [WHOLE]}},
    ],
)
def test_a_page_does_not_say_what_is_a_list_and_what_is_empty_promises_nothing(body: dict[str, Any]) -> None:
    assert list(judge_inside(body, [GROUP], {})) == []


def test_what_all_samples_have_is_missing_in_one_of_several() -> None:
    lacking = {name: value for name, value in WHOLE.items() if name != "Hens"}
    assert found(WHOLE, lacking, lacking) == [("response.body.Farms.Farm[].Hens", "a value", None)]


@pytest.mark.parametrize("name", ["Note", "Region", "Roof"])
def test_what_only_some_have_may_be_missing(name: str) -> None:
    lacking = {other: value for other, value in WHOLE.items() if other != name}
    assert found(lacking, sent={}) == []


def test_what_was_sent_and_what_a_condition_asks_for_is_there() -> None:
    assert found({"FarmId": "f-1", "Hens": 3, "Open": True}) == [
        ("response.body.Farms.Farm[].Region", "a value", None),
        ("response.body.Farms.Farm[].Roof", "a value", None),
    ]


def test_a_name_in_other_letters_is_another_name() -> None:
    renamed = {("note" if name == "Note" else name): value for name, value in WHOLE.items()}
    assert found(renamed) == [("response.body.Farms.Farm[].Note", "the name Note", None)]


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("Hens", "3", False),
        ("Hens", "many", True),
        ("Hens", [3], True),
        ("Open", "true", False),
        ("Open", "yes", True),
        ("FarmId", 7, False),
        ("FarmId", {"Id": "f-1"}, True),
        ("FarmId", "", False),
        ("FarmId", None, False),
        ("Note", ["n"], False),
    ],
)
def test_a_plain_value_is_written_as_its_type_is(name: str, value: object, *, wrong: bool) -> None:
    assert bool(found(WHOLE | {name: value})) == wrong


def test_a_list_may_be_inside_an_object_of_its_own() -> None:
    group = FieldGroup(("Farm",), "Farm", (PromisedField("Tags", "array", 1, echoes=False, presence=IN_SAMPLE),))
    for value, wrong in (([1], False), ({"Tag": [1]}, False), ({"Tag": 1}, True), ("1", True)):
        assert bool(list(judge_inside({"Farm": {"Tags": value}}, [group], {}))) == wrong
