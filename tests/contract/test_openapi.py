from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
from contract_strategies import contract, contracts, parameter, rent, stated, thing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from profiles import scaled

from conformance.contract.model import FACT_NAMES, Contract
from conformance.contract.openapi.writer import broken_examples, from_openapi, to_openapi
from conformance.core.errors import ContractError

slow = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def item(description: dict[str, Any]) -> Any:
    return description["paths"]["/#CreateThing"]


def sent(description: dict[str, Any], name: str) -> Any:
    return next(entry for entry in item(description)["parameters"] if entry["name"] == name)


@slow
@given(contracts)
def test_nothing_is_lost_on_the_way_there_and_back(original: Contract) -> None:
    assert from_openapi(to_openapi(original), where="x.yaml") == original


@settings(slow, max_examples=scaled(25))
@given(contracts)
def test_any_contract_is_valid_openapi(original: Contract) -> None:
    OpenAPIV31SpecValidator(to_openapi(original)).validate()


def test_a_fact_that_a_row_leaves_out_reads_back_as_not_stated() -> None:
    original = thing()
    back = from_openapi(to_openapi(original), where="x.yaml")
    for before, after in zip(original.parameters, back.parameters, strict=True):
        assert set(after.facts) == set(FACT_NAMES)
        assert all(before.fact(name) == after.fact(name) for name in FACT_NAMES)


def test_a_description_lists_only_what_is_stated_or_lost() -> None:
    facts = sent(to_openapi(thing()), "Kind")["x-facts"]["facts"]
    assert {name: fact["state"] for name, fact in facts.items()} == {
        "type": "stated",
        "required": "stated",
        "enum": "lost",
        "example": "stated",
    }


@slow
@given(contracts)
def test_facts_that_a_file_lists_as_not_stated_read_like_absent_ones(original: Contract) -> None:
    description = to_openapi(original)
    (path,) = description["paths"].values()
    for row in [*(entry["x-facts"] for entry in path["parameters"]), *path.get("x-rows", ())]:
        row["facts"] |= {name: {"state": "not_stated"} for name in FACT_NAMES if name not in row["facts"]}
    assert from_openapi(description, where="x.yaml") == original


def test_parameters_are_named_as_the_wire_has_them() -> None:
    names = [entry["name"] for entry in item(to_openapi(thing()))["parameters"]]
    assert names == ["Name", "Interval", "Tag.1.Key", "Tag.2.Key", "Kind"]
    assert {entry["in"] for entry in item(to_openapi(thing()))["parameters"]} == {"query"}


def test_stated_facts_make_the_schema_and_lost_ones_do_not() -> None:
    description = to_openapi(thing())
    assert sent(description, "Interval")["schema"] == {"type": "integer", "enum": [1, 5, 10], "default": 10}
    assert sent(description, "Kind")["schema"] == {"type": "string"}
    name = sent(description, "Name")
    assert (name["required"], name["schema"]["minLength"], name["schema"]["maxLength"]) == (True, 3, 63)
    key = sent(description, "Tag.2.Key")
    assert key["allowEmptyValue"] is False
    assert key["schema"]["minLength"] == 1
    assert key["x-facts"]["facts"]["maxItems"] == {"state": "stated", "value": 20, "line": 12}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("abc", True),
        ("a-c", True),
        ("a", True),
        ("-bc", False),
        ("ab-", False),
        ("aBc", False),
        ("abc\n", False),
        ("a\nc", False),
        ("名字名", False),
    ],
)
def test_the_pattern_means_the_same_to_every_engine(text: str, fits: bool) -> None:  # noqa: FBT001
    schema = sent(to_openapi(thing()), "Name")["schema"]
    assert (re.search(schema["pattern"], text) is not None) == fits
    assert jsonschema_rs.is_valid({"pattern": schema["pattern"]}, text) == fits


def test_a_default_that_breaks_its_own_rule_is_no_default() -> None:
    description = to_openapi(contract(parameter("Interval", type="integer", enum=[1, 5], default=7)))
    assert "default" not in sent(description, "Interval")["schema"]
    assert sent(description, "Interval")["x-facts"]["facts"]["default"]["value"] == 7


def test_an_example_that_breaks_its_own_rule_is_reported_and_not_shown() -> None:
    description = to_openapi(thing())
    assert "example" not in sent(description, "Name")
    assert sent(description, "Name")["x-facts"]["facts"]["example"]["value"] == "NotAllowed"
    assert [(found.path, found.value, found.constraints, found.line) for found in broken_examples(thing())] == [
        ("Name", "NotAllowed", ("charset", "startsWith"), 10)
    ]


def test_a_masked_example_is_shown_whatever_its_rules() -> None:
    masked = parameter("Id", type="string", example="eni-ab****", maxLength=3, charset=["lower"])
    assert sent(to_openapi(contract(masked)), "Id")["example"] == "eni-ab****"
    assert broken_examples(contract(masked)) == ()


def test_groups_and_what_the_signer_adds_are_no_parameters_but_are_kept() -> None:
    rows = [
        parameter("Action", 1, required=True),
        parameter("Tag", 2, type="array"),
        parameter("Tag[]", 3, type="object"),
        parameter("Tag[].Key", 4, required=True),
        parameter("Name", 5),
    ]
    description = to_openapi(contract(*rows))
    assert [entry["name"] for entry in item(description)["parameters"]] == ["Tag.1.Key", "Tag.2.Key", "Name"]
    assert [row["path"] for row in item(description)["x-rows"]] == ["Action", "Tag", "Tag[]"]
    back = from_openapi(description, where="x.yaml")
    assert [row.path for row in back.parameters] == [row.path for row in rows]


def test_filling_in_examples_and_defaults_sends_no_item_of_a_list_twice() -> None:
    description = to_openapi(contract(parameter("Path[]", type="string", enum=["all"], default="all", example="all")))
    first, second = sent(description, "Path.1"), sent(description, "Path.2")
    assert (first["schema"]["default"], first["example"]) == ("all", "all")
    assert "default" not in second["schema"]
    assert "example" not in second
    assert second["schema"]["enum"] == ["all"]


def test_only_the_first_item_of_a_required_list_is_required() -> None:
    description = to_openapi(contract(parameter("Ids[]", 1, required=True), parameter("Tag[].Key", 2, required=True)))
    required = {entry["name"]: entry["required"] for entry in item(description)["parameters"]}
    assert required == {"Ids.1": True, "Ids.2": False, "Tag.1.Key": False, "Tag.2.Key": False}


def test_each_status_answers_with_the_envelope_and_an_example_a_message() -> None:
    description = to_openapi(thing())
    for method in ("get", "post"):
        responses = item(description)[method]["responses"]
        assert set(responses) == {"200", "400", "500"}
        for media_type in ("application/json", "text/xml"):
            examples = responses["400"]["content"][media_type]["examples"]
            assert {name: example["value"]["Message"] for name, example in examples.items()} == {
                "Missing": "Something is missing.",
                "NotThere": "The A is not there.",
                "NotThere-2": "The B is not there.",
            }
            envelope = description["components"]["schemas"]["Error"]
            for example in examples.values():
                assert jsonschema_rs.is_valid(envelope, example["value"])
    assert not jsonschema_rs.is_valid(envelope, {"Code": "Missing", "Message": "x"})


def test_fields_of_the_answer_are_properties_with_their_facts() -> None:
    schema = to_openapi(thing())["components"]["schemas"]["CreateThingResponse"]
    assert schema["properties"]["Success"]["enum"] == ["true"]
    assert schema["properties"]["RequestId"]["x-facts"]["line"] == 30
    assert schema["required"] == ["RequestId"]


def test_a_conditional_fact_has_its_condition_and_is_no_part_of_the_schema() -> None:
    (path,) = to_openapi(rent())["paths"].values()
    term = next(entry for entry in path["parameters"] if entry["name"] == "Term")
    assert term["schema"] == {"type": "integer"}
    assert term["required"] is False
    assert term["x-facts"]["conditional"][0] == {
        "fact": "required",
        "state": "stated",
        "value": True,
        "line": 13,
        "when": {"Plan": ["Fixed"]},
    }
    label = next(entry for entry in path["parameters"] if entry["name"] == "Label")
    assert [each["when"] for each in label["x-facts"]["conditional"]] == ["unknown"]


def test_a_field_of_the_answer_says_when_it_is_there() -> None:
    fields = to_openapi(rent())["components"]["schemas"]["RentThingResponse"]["properties"]
    shown = {name: {key: field["x-facts"].get(key) for key in ("presence", "when")} for name, field in fields.items()}
    assert shown == {
        "RequestId": {"presence": "always", "when": None},
        "OrderNo": {"presence": "when", "when": {"Plan": ["Fixed"]}},
        "Hint": {"presence": "unknown", "when": None},
    }


def test_a_file_without_presence_and_version_beside_the_product_reads_the_same() -> None:
    description = to_openapi(thing())
    del description["x-version"]
    for field in description["components"]["schemas"]["CreateThingResponse"]["properties"].values():
        del field["x-facts"]["presence"]
    assert to_openapi(from_openapi(description, where="x.yaml")) == to_openapi(thing())


def test_no_two_places_share_an_object() -> None:
    seen: set[int] = set()

    def walk(value: object) -> None:
        if isinstance(value, (dict, list)):
            assert id(value) not in seen
            seen.add(id(value))
            for child in value.values() if isinstance(value, dict) else value:
                walk(child)

    walk(to_openapi(thing()))


def test_two_rows_of_one_path_are_a_fault() -> None:
    with pytest.raises(ContractError, match=r"'Name' has more than one row"):
        to_openapi(contract(parameter("Name", 1), parameter("Name", 2)))


def edit(*path: Any, value: Any) -> dict[str, Any]:
    description = to_openapi(thing())
    holder: Any = description
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    return description


def on_paper(**changed: Any) -> dict[str, Any]:
    return {"fact": "maxLength", "state": "stated", "value": 3, "when": "unknown"} | changed


def absent(**changed: Any) -> dict[str, Any]:
    return {"path": "Success", "line": 31, "source": "Success", "facts": {}, "presence": "when"} | changed


SUCCESS = ("components", "schemas", "CreateThingResponse", "properties", "Success", "x-facts")
OPERATION = ("paths", "/#CreateThing")
TAG_2 = (*OPERATION, "parameters", 3)


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ([], r"\$ is a list"),
        (edit("openapi", value="3.0.3"), r"\$\['openapi'\] is '3.0.3'"),
        (edit("openapi", value=3.1), r"is 3.1"),
        (edit("paths", value={"/": {}}), r"has the path '/'"),
        (edit("paths", value={}), r"has 0 entries"),
        (edit("x-language", value="fr"), r"\$\['x-language'\] is 'fr'"),
        (edit("x-source", value={}), r"lacks 'file'"),
        (edit(*OPERATION, "parameters", value={}), r"\['parameters'\] is a mapping"),
        (edit(*OPERATION, "parameters", 0, "name", value="Nome"), r"is about 'Name', the parameter is 'Nome'"),
        (edit(*TAG_2, "x-facts", "line", value=99), r"of 'Tag.2.Key' differs"),
        (edit(*TAG_2, "x-facts", "line", value="99"), r"\['line'\] is a text"),
        (edit(*TAG_2, "x-facts", "line", value=True), r"\['line'\] is a boolean"),
        (edit(*TAG_2, "x-facts", "facts", "maxItems", "state", value="maybe"), r"\['state'\] is 'maybe'"),
        (edit(*TAG_2, "x-facts", "facts", "maxItems", value={"state": "stated"}), r"has no value"),
        (edit(*TAG_2, "x-facts", "facts", "maxItems", value={"state": "lost", "value": 1}), r"has a value"),
        (edit(*TAG_2, "x-facts", "facts", "maxItems", "value", value={}), r"is a mapping"),
        (edit(*TAG_2, "x-facts", "facts", "maxItems", "value", value=[[]]), r"\['value'\]\[0\] is a list"),
        (
            edit(*OPERATION, "parameters", 0, "x-facts", "facts", "type", "origin", value="me"),
            r"has no other source 'me', the origin of Name.type",
        ),
        (edit(*TAG_2, "x-facts", "facts", "maxLen", value={"state": "lost"}), r"has the fact 'maxLen'"),
        (edit(*OPERATION, "post", "x-error-codes", value=[]), r"x-error-codes differs"),
        (edit(*OPERATION, "get", "x-async", value={}), r"x-async differs"),
        (edit(*OPERATION, "post", "x-formats", value=[]), r"x-formats differs"),
        (edit("x-version", value="2000-01-01"), r"\['x-version'\] is '2000-01-01', info.version is ''"),
        (edit(*TAG_2, "x-facts", "conditional", value=[{"fact": "maxLen"}]), r"lacks 'state'"),
        (edit(*TAG_2, "x-facts", "conditional", value=[on_paper(fact="maxLen")]), r"\['fact'\] is 'maxLen'"),
        (edit(*TAG_2, "x-facts", "conditional", value=[on_paper(when={})]), r"\['when'\] names no parameter"),
        (edit(*TAG_2, "x-facts", "conditional", value=[on_paper(when="never")]), r"\['when'\] is a text"),
        (edit(*TAG_2, "x-facts", "conditional", value=[on_paper(when={"A": []})]), r"\['A'\] is no list of values"),
        (edit(*TAG_2, "x-facts", "conditional", value=[on_paper(when={"A": "x"})]), r"\['A'\] is no list of values"),
        (edit(*SUCCESS, "presence", value="often"), r"\['presence'\] is 'often'"),
        (edit(*SUCCESS, "presence", value="when"), r"has no condition"),
        (edit(*SUCCESS, "when", value={"A": ["x"]}), r"has a condition"),
        (edit(*SUCCESS, value=absent(when="unknown")), r"\['when'\] is not known"),
        (edit("info", "version", value=None), r"\$\['info'\]\['version'\] is empty"),
        (
            edit(
                "components", "schemas", "CreateThingResponse", "properties", "Success", "x-facts", "path", value="No"
            ),
            r"is about 'No', the field is 'Success'",
        ),
    ],
)
def test_what_is_no_contract_is_told_with_its_place(description: object, message: str) -> None:
    with pytest.raises(ContractError, match=message) as caught:
        from_openapi(description, where="x.yaml")
    assert str(caught.value.where) == "x.yaml"
    assert caught.value.hint


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_other_data_is_a_fault_and_never_a_crash(data: object) -> None:
    with pytest.raises(ContractError):
        from_openapi(data, where="x.yaml")


def test_restored_facts_keep_their_origin() -> None:
    description = edit(*OPERATION, "parameters", 4, "x-facts", "facts", "enum", value={
        "state": "stated", "value": ["Vpc"], "line": 7, "origin": "overlay",
    })  # fmt: skip
    fact = next(row for row in from_openapi(description, where="x").parameters if row.path == "Kind").fact("enum")
    assert (fact.value, fact.line, fact.origin) == (("Vpc",), 7, "overlay")
    assert fact != stated(["Vpc"], 7)
