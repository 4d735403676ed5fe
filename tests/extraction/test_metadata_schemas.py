"""Metadata whose facts are in schemas: every word that the readers know, on its line, and what is no such metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.model import State
from conformance.core.errors import DocumentError, Location
from conformance.extraction.layouts.located_json import Located, located
from conformance.extraction.read import read_document, read_document_with_notes

if TYPE_CHECKING:
    from conformance.contract.model import Contract


def operation(*parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": "CreateBarn",
        "methods": ["post"],
        "schemes": ["https"],
        "security": [{"AK": []}],
        "deprecated": False,
        "systemTags": {"operationType": "create"},
        "parameters": list(parameters),
        **more,
    }


def query(name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **more}


def read(document: object, file: str = "CreateBarn.json") -> Contract:
    return read_document(json.dumps(document, indent=1).encode(), file)


def stated(contract: Contract, path: str) -> dict[str, object]:
    row = contract.parameter(path)
    assert row is not None
    return {name: fact.value for name, fact in row.facts.items() if fact.stated}


def fault(document: object, file: str = "CreateBarn.json") -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(document, file)
    assert caught.value.hint
    assert isinstance(caught.value.where, Location)
    assert caught.value.where.line is not None
    return caught.value


def test_every_fact_that_a_schema_states_is_read_with_the_line_of_its_key() -> None:
    size = {
        "title": "Size",
        "description": "How many animals.",
        "type": "integer",
        "format": "int32",
        "required": False,
        "docRequired": True,
        "default": 10,
        "example": "20",
        "minimum": "1",
        "maximum": 500.0,
    }
    name = {"type": "string", "required": True, "minLength": 2, "maxLength": 64, "enum": ["a", "b"]}
    kind = {"type": "string", "enumValueTitles": {"small": "Small", "large": "Large"}, "docRequired": False}
    found = read(operation(query("Size", size), query("Name", name), query("Kind", kind)))
    expected = {"type": "integer", "required": True, "default": 10, "example": 20, "minimum": 1, "maximum": 500}
    assert stated(found, "Size") == expected
    assert stated(found, "Name") == {
        "type": "string",
        "required": True,
        "minLength": 2,
        "maxLength": 64,
        "enum": ("a", "b"),
    }
    assert stated(found, "Kind") == {"type": "string", "required": False, "enum": ("small", "large")}
    lines = json.dumps(operation(query("Size", size)), indent=1).split("\n")
    row = found.parameter("Size")
    assert row is not None
    assert '"name": "Size"' in lines[row.line - 1]
    for fact, key in {"type": "type", "required": "docRequired", "maximum": "maximum", "default": "default"}.items():
        line = row.fact(fact).line
        assert line is not None
        assert f'"{key}":' in lines[line - 1]


def test_lists_objects_and_references_become_folded_paths() -> None:
    tag = {
        "type": "array",
        "maxItems": 20,
        "items": {"type": "object", "properties": {"Key": {"type": "string", "maxLength": 128, "required": True}}},
    }
    ids = {"type": "array", "items": {"type": "string", "maxLength": 20, "example": "b-1"}, "maxItems": 5}
    owner = {"type": "object", "properties": {"Farm": {"$ref": "#/components/schemas/Farm"}}}
    farm = {"type": "object", "properties": {"Name": {"type": "string"}, "Up": {"$ref": "#/components/schemas/Farm"}}}
    answer = {
        "type": "object",
        "properties": {
            "RequestId": {"type": "string", "example": "0A"},
            "Barns": {"type": "object", "properties": {"Barn": {"type": "array", "items": owner}}},
        },
    }
    document = operation(
        query("Tag", tag, style="repeatList"),
        query("Ids", ids, style="repeatList"),
        query("Owner", owner, style="flat"),
        responses={"200": {"schema": answer}},
        components={"schemas": {"Farm": farm}},
    )
    found, notes = read_document_with_notes(json.dumps(document, indent=1).encode(), "x.json")
    assert stated(found, "Tag[].Key") == {"type": "string", "required": True, "maxLength": 128}
    assert stated(found, "Tag[]")["maxItems"] == 20
    assert stated(found, "Ids[]") == {"type": "string", "maxLength": 20, "example": "b-1", "maxItems": 5}
    assert found.parameter("Owner.Farm.Name") is not None
    assert {"RequestId", "Barns.Barn[].Farm.Name"} <= {field.path for field in found.responses}
    assert any("is not followed" in note.what for note in notes)


def test_the_words_of_a_description_are_read_as_those_of_a_page() -> None:
    said = "The name.\n\n*   It must be 2 to 30 characters in length.\n*   It cannot start with `http://`."
    found = read(operation(query("Name", {"type": "string", "description": said})))
    assert stated(found, "Name") == {"type": "string", "minLength": 2, "maxLength": 30, "notStartsWith": ("http://",)}


def test_errors_are_read_by_status_and_where_a_parameter_has_them() -> None:
    row = {"errorCode": "Bad.Name", "errorMessage": "The %s is bad.", "description": "Give another."}
    own = {"errorCode": "No.Size", "errorMessage": "No size."}
    listed = {"errorCode": "Late", "errorMessage": "Too late.", "httpCode": 409}
    document = operation(
        query("Name", {"type": "string"}, errorCodes={"400": [own]}),
        query("Size", {"type": "string"}, errorCodes=[listed, {"errorCode": "NoStatus", "errorMessage": "?"}]),
        errorCodes={"400": [row], "404": []},
    )
    found, notes = read_document_with_notes(json.dumps(document, indent=1).encode(), "x.json")
    assert [each.key for each in found.errors] == [
        (400, "Bad.Name", "The %s is bad."),
        (400, "No.Size", "No size."),
        (409, "Late", "Too late."),
    ]
    assert [each.description_state for each in found.errors] == [State.STATED, State.NOT_STATED, State.NOT_STATED]
    lines = json.dumps(document, indent=1).split("\n")
    assert all(each.code in lines[each.line - 1] for each in found.errors)
    assert [note.what for note in notes] == ["an error without status or code"]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: {"code": 0, "data": {**one, "name": "CreateBarn"}},
        lambda one: {"version": "1.0", "info": {"style": "RPC"}, "components": {}, "apis": {"CreateBarn": one}},
        lambda one: one,
    ],
)
def test_an_operation_is_read_in_its_answer_in_the_file_of_its_product_and_alone(wrap: Any) -> None:
    one = operation(query("Name", {"type": "string"}))
    del one["name"]
    found = read(wrap(one))
    assert found.operation == "CreateBarn"
    assert found.source.layout == "metadata-schema"
    assert [row.path for row in found.parameters] == ["Name"]


def test_product_and_version_are_those_of_its_info() -> None:
    info = {"style": "RPC", "product": "Farm", "version": "2020-01-02"}
    found = read({"version": "1.0", "info": info, "apis": {"CreateBarn": operation()}})
    assert (found.product, found.version) == ("farm", "2020-01-02")


def test_a_text_of_metadata_does_not_name_its_operation() -> None:
    one = operation(query("Name", {"type": "string", "description": "See ?Action=DeleteBarn and ram:DeleteBarn."}))
    del one["name"]
    assert read(one, "CreateBarn.json").operation == "CreateBarn"
    assert "nothing says which operation" in fault(one, "api.json").message


def test_the_language_is_that_of_the_texts_also_where_letters_are_escaped() -> None:
    document = operation(
        query("Name", {"type": "string", "description": "\u540d\u79f0\uff0c\u957f\u5ea62\u523030\u4e2a\u5b57\u7b26"})
    )
    assert read(document).language == "zh"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": "/barns/{BarnId}"}, "ROA style, by a verb and a path (the path /barns/{BarnId})"),
        ({"info": {"style": "ROA"}}, "ROA style, by a verb and a path (style ROA)"),
        ({"parameters": [{"name": "Id", "in": "path", "schema": {}}]}, "ROA style"),
    ],
)
def test_an_operation_with_a_path_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    assert message in fault(operation(query("Name", {"type": "string"})) | change).message


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([operation()], "the file is a list"),
        ([], "the file is a list"),
        (
            {"apis": {"CreateBarn": {"summary": "x"}, "DeleteBarn": {}}, "version": "2020-01-02"},
            "index of 2 operations",
        ),
        ({"apis": {"A": operation(), "B": operation()}}, "describes 2 operations"),
        ({"openapi": "3.0.3", "paths": {"/barns": {}}}, "an OpenAPI description"),
        ({"swagger": "2.0", "paths": {}}, "an OpenAPI description"),
        ({"operations": {"CreateBarn": {}}, "shapes": {}}, "has no `parameters`"),
        ({"name": "CreateBarn", "parameters": {"Name": {"type": "string"}}}, "has an object as its `parameters`"),
        ({"name": "a-package", "version": "1.0.0", "parameters": []}, "nothing else that metadata"),
        (operation({"in": "query", "schema": {}}), "a parameter without a name"),
        (operation({"name": "A", "location": "uri"}), "the parameter A has no `type`"),
        (operation(query("A", {}), {"name": "B", "type": "string"}), "the parameter B has no `schema`"),
        (operation({"name": "A", "schema": []}), "the parameter A has a list as its `schema`"),
        (operation({"name": "A", "type": ["string"]}), "the parameter A has a list as its `type`"),
        (operation(query("A", {"type": 5})), "the type of A is a number"),
        (operation(query("A", {"required": ["B"]})), "`required` of A is a list, not true or false"),
        (operation(query("A", {"enum": "a,b"})), "`enum` of A is no list of values"),
        (operation(query("A", {"enum": [{"value": 1}]})), "`enum` of A is no list of values"),
        (operation(query("A", {"maximum": True})), "`maximum` of A is a boolean"),
        (operation(query("A", {"description": {"en": "x"}})), "the description of A is an object"),
        (operation(query("A", {"properties": ["B"]})), "`properties` is a list"),
        (operation(responses=[]), "`responses` is a list"),
        (operation(errorCodes="400"), "`errorCodes` is a text"),
        (operation(errorCodes={"400": {"errorCode": "A"}}), "`errorCodes` of 400 is an object"),
    ],
)
def test_json_that_only_resembles_metadata_is_refused(document: object, message: str) -> None:
    found = fault(document)
    assert message in found.message
    assert "\n" not in str(found)


def test_what_no_fact_keeps_is_noted() -> None:
    document = operation(
        query("A", {"type": "string", "pattern": "[a-z]+", "minimum": 3}),
        query("B", {"type": "integer", "enum": ["one"], "maximum": "many"}),
        {"name": "Token", "in": "header", "schema": {"type": "string"}},
    )
    found, notes = read_document_with_notes(json.dumps(document).encode(), "x.json")
    assert [row.path for row in found.parameters] == ["A", "B"]
    assert stated(found, "B") == {"type": "integer"}
    assert {note.what.partition(":")[0] for note in notes} == {"A", "B", "Token"}


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def unlocated(found: Located) -> object:
    if isinstance(found.value, dict):
        return {name: unlocated(each) for name, each in found.value.items()}
    return [unlocated(each) for each in found.value] if isinstance(found.value, list) else found.value


@given(value=plain, indent=st.sampled_from([None, 1]), escaped=st.booleans())
def test_located_json_is_the_json_and_no_line_is_outside_it(
    *, value: object, indent: int | None, escaped: bool
) -> None:
    text = json.dumps({"value": value}, indent=indent, ensure_ascii=escaped)
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    if "\\ud" in text:
        return
    found = located(text)
    assert unlocated(found) == {"value": value}
    assert found.members()["value"].line <= text.count("\n") + 1


@given(plain)
def test_no_json_is_read_as_nothing_or_with_a_traceback(value: object) -> None:
    try:
        read({"name": "CreateBarn", "methods": [], "parameters": value})
    except DocumentError:
        return
    assert isinstance(value, list)


def test_words_that_say_another_value_than_the_schema_are_noted_and_the_schema_holds() -> None:
    said = "The kind. Valid values:\n\n*   **a**: one.\n*   **c**: two.\n\nThe default value is **a**."
    kind = {"type": "string", "enum": ["a", "b"], "default": "a", "description": said}
    document = operation(query("Kind", kind))
    found, notes = read_document_with_notes(json.dumps(document, indent=1).encode(), "x.json")
    assert stated(found, "Kind") == {"type": "string", "enum": ("a", "b"), "default": "a"}
    (note,) = notes
    assert note.what.startswith("Kind: its words say enum a, c, line ")
