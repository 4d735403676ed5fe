"""One contract of two sources: what is taken over, what is kept, and what is told."""

from __future__ import annotations

from typing import Any

import pytest
from contract_strategies import contract, contracts, error, parameter, stated
from hypothesis import given
from msgspec.structs import replace

from conformance.comparison.merging import difference_texts, merged
from conformance.contract.files import dump_contract, load_contract
from conformance.contract.model import ConditionalFact, Contract, ErrorCode, Fact, Parameter, Source, State
from conformance.contract.when import ALWAYS, UNKNOWN, Presence, When
from conformance.core.errors import ContractError

FILE = "Thing.json"
LOST = Fact(State.LOST, line=7)


def metadata(*parameters: Parameter, **more: Any) -> Contract:
    made = contract(*parameters, **more)
    return replace(made, source=Source(FILE, "1" * 64, "metadata"), async_behaviour=None)


def row(merged_contract: Contract, path: str) -> Parameter:
    found = merged_contract.parameter(path)
    assert found is not None
    return found


def test_what_only_the_metadata_states_is_taken_over_with_its_file_and_line() -> None:
    page = contract(parameter("Name", 10, type="string", required=True, enum=LOST, maxLength=LOST))
    other = metadata(parameter("Name", 3, type="string", required=False, enum=["a"], minLength=2))
    found = row(merged(page, other), "Name")
    assert found.fact("enum") == Fact(State.STATED, ("a",), 3, FILE)
    assert found.fact("minLength").cited == f"{FILE}:3"
    assert found.fact("maxLength") == LOST
    assert found.fact("required") == stated(value=True, line=10)
    assert found.origin is None


def test_what_both_state_is_the_pages_and_a_contradiction_is_told_with_both_lines() -> None:
    page = contract(parameter("Name", 10, type="string", maxLength=128, example="x"))
    other = metadata(parameter("Name", 3, type="String", maxLength=64, example="y"))
    found = merged(page, other)
    assert row(found, "Name").fact("maxLength") == stated(128, 10)
    assert [(each.path, each.name, each.other.cited) for each in found.differs] == [("Name", "maxLength", f"{FILE}:3")]
    assert difference_texts(found, {FILE: f"meta/{FILE}"}) == [
        f"CreateThing.en.txt:10: Name.maxLength: 128 here, 64 in meta/{FILE}:3; the first is kept"
    ]


def test_a_row_that_only_the_metadata_has_is_its_own() -> None:
    page = contract(parameter("Tag[].Key", 10, type="string"))
    other = metadata(parameter("Tag.Value", 3, type="string"), parameter("Size", 4, type="integer", maximum=LOST))
    found = merged(page, other)
    assert [each.path for each in found.parameters] == ["Tag[].Key", "Tag[].Value", "Size"]
    assert row(found, "Size").cited == f"{FILE}:4"
    assert row(found, "Size").fact("type").origin == FILE
    assert row(found, "Size").fact("maximum").cited == f"{FILE}:7"


def test_a_list_and_its_items_are_one_parameter() -> None:
    found = merged(contract(parameter("Ids", 10)), metadata(parameter("Ids[]", 3, maxItems=5)))
    assert [each.path for each in found.parameters] == ["Ids"]
    assert row(found, "Ids").fact("maxItems").value == 5


def test_members_of_a_text_are_not_told_unless_it_is_said_to_be_json() -> None:
    page = contract(parameter("Disk", 10, type="string"))
    inside = parameter("Disk[].Size", 4, type="integer")
    assert [each.path for each in merged(page, metadata(inside)).parameters] == ["Disk"]
    carrying = replace(parameter("Disk", 3, type="array"), encoding="json")
    found = merged(page, metadata(carrying, replace(inside, encoding="json")))
    assert [each.path for each in found.parameters] == ["Disk", "Disk[].Size"]
    assert row(found, "Disk").encoding == "json"


def test_quantities_of_another_unit_are_not_taken_over() -> None:
    page = contract(parameter("Time", 10, maximum=60, unit="minute"))
    other = metadata(parameter("Time", 3, minimum=60, maximum=3600, unit="second"))
    found = merged(page, other)
    assert not row(found, "Time").fact("minimum").stated
    assert found.differs == ()


def test_a_rule_that_a_listed_value_breaks_is_left_out_and_told() -> None:
    page = contract(parameter("Size", 10, type="integer", enum=[1, 50], example="60"))
    found = merged(page, metadata(parameter("Size", 3, type="integer", maximum=10, minimum=1)))
    assert not row(found, "Size").fact("maximum").stated
    assert row(found, "Size").fact("minimum").value == 1
    (text,) = difference_texts(found)
    assert text == f"CreateThing.en.txt:10: Size.maximum: {FILE}:3 says 10, which a value here breaks; it is left out"


def test_a_list_without_the_value_that_the_page_shows_is_left_out() -> None:
    page = contract(parameter("Kind", 10, type="string", example="big"))
    found = merged(page, metadata(parameter("Kind", 3, enum=["small"], charset=["digit"])))
    assert not row(found, "Kind").fact("enum").stated
    assert row(found, "Kind").fact("charset").stated


def test_what_the_page_states_on_a_condition_stays_conditional() -> None:
    when = When.of({"Type": ["PrePaid"]})
    period = replace(
        parameter("Period", 10, type="integer"),
        conditional=(ConditionalFact("required", stated(value=True, line=11), when),),
    )
    other = metadata(
        replace(
            parameter("Period", 3, required=False, maximum=9),
            conditional=(
                ConditionalFact("minimum", stated(1, 4), when),
                ConditionalFact("required", stated(value=True, line=5), when),
            ),
        )
    )
    found = row(merged(contract(period), other), "Period")
    assert not found.fact("required").stated
    assert [(each.name, each.fact.cited) for each in found.conditional] == [("required", 11), ("minimum", f"{FILE}:4")]


def test_a_field_that_only_the_metadata_has_is_not_demanded() -> None:
    fields = (parameter("RequestId", 5), parameter("Code", 6))
    page = contract(parameter("Name"), responses=[parameter("RequestId", 30)])
    found = merged(page, metadata(parameter("Name"), responses=fields))
    assert {field.path: field.presence for field in found.responses} == {
        "RequestId": ALWAYS,
        "Code": Presence(UNKNOWN, 6),
    }
    alone = merged(contract(parameter("Name")), metadata(parameter("Name"), responses=fields))
    assert {field.presence for field in alone.responses} == {ALWAYS}


def test_errors_are_merged_by_status_code_and_message() -> None:
    page = contract(errors=[error("Bad", "It is bad.", 20), error("Late", "Too late.", 21)])
    other = metadata(
        errors=[
            error("Bad", "It is bad.", 40),
            error("Bad", "It is very bad.", 41),
            error("Late", "Too late.", 42, status=409),
            error("New", "Unknown.", 43),
        ]
    )
    found = merged(page, other)
    assert [(each.code, each.message, each.status, each.cited) for each in found.errors] == [
        ("Bad", "It is bad.", 400, 20),
        ("Late", "Too late.", 400, 21),
        ("Bad", "It is very bad.", 400, f"{FILE}:41"),
        ("Late", "Too late.", 409, f"{FILE}:42"),
        ("New", "Unknown.", 400, f"{FILE}:43"),
    ]
    assert difference_texts(found) == [
        f"CreateThing.en.txt:20: errors/Bad message: It is bad. here, It is very bad. in {FILE}:41; the first is kept",
        f"CreateThing.en.txt:21: errors/Late status: 400 here, 409 in {FILE}:42; the first is kept",
    ]


def test_two_operations_or_languages_are_no_sources_of_one_contract() -> None:
    page = contract(parameter("Name"))
    for other in (replace(metadata(), operation="Other"), replace(metadata(), language="zh")):
        with pytest.raises(ContractError, match="no source of CreateThing"):
            merged(page, other)


@given(contracts, contracts)
def test_merging_again_changes_nothing_and_a_file_keeps_what_was_merged(first: Contract, second: Contract) -> None:
    first = replace(first, also=(), differs=(), **own(first))
    second = replace(
        second,
        operation=first.operation,
        language=first.language,
        source=Source(FILE, "1" * 64, "metadata"),
        also=(),
        differs=(),
        **own(second),
    )
    found = merged(first, second)
    assert merged(found, second) == found
    assert {fact.origin for each in found.parameters for fact in each.facts.values()} <= {None, "overlay", FILE}
    kept = {each.path: each for each in found.parameters}
    for each in first.parameters:
        for name, fact in each.facts.items():
            if fact.stated:
                assert kept[each.path].fact(name) == fact
    assert {each.key for each in found.errors} == {each.key for each in (*first.errors, *second.errors)}
    back = load_contract(dump_contract(found), "x.yaml")
    assert sorted(back.parameters, key=lambda each: each.path) == sorted(found.parameters, key=lambda each: each.path)
    assert (back.errors, back.differs, back.also) == (found.errors, found.differs, found.also)


def own(source: Contract) -> dict[str, Any]:
    """Return the parts of a contract as its own document states them: without any other origin."""

    def plain(each: Parameter) -> Parameter:
        facts = {name: replace(fact, origin=None) for name, fact in each.facts.items()}
        conditional = tuple(replace(one, fact=replace(one.fact, origin=None)) for one in each.conditional)
        return replace(each, facts=facts, conditional=conditional, origin=None)

    def alone(rows: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
        # A document does not name one parameter in two ways.
        return tuple({each.path.replace("[]", ""): plain(each) for each in rows}.values())

    errors: tuple[ErrorCode, ...] = tuple({each.key: replace(each, origin=None) for each in source.errors}.values())
    behaviour = source.async_behaviour and replace(source.async_behaviour, origin=None)
    return {
        "parameters": alone(source.parameters),
        "responses": alone(source.responses),
        "errors": errors,
        "async_behaviour": behaviour,
    }
