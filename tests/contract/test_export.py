"""The OpenAPI file of a contract for other tools: valid, complete on the wire, and without what tools stumble over."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from contract_strategies import contract, contracts, parameter, texts, thing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from profiles import scaled

from conformance.contract.catalogue import contract_files, find_contract
from conformance.contract.export.openapi_file import OPENAPI_VERSIONS, ExportOptions, OpenapiVersion, openapi_file
from conformance.contract.export.simple_patterns import LOOKS_AROUND, simple_pattern
from conformance.contract.openapi.patterns import pattern
from conformance.protocol.call_forms import call_form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.model import Contract
    from conformance.protocol.signing import Signature

SIGNATURES: tuple[Signature, ...] = ("v1", "acs3", "none")
VALIDATORS: dict[str, Any] = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}
BUNDLED = sorted(f"{operation}.{language}" for operation, files in contract_files().items() for language in files)
slow = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def exported(
    original: Contract, version: OpenapiVersion = "3.1", signature: Signature = "v1", *, is_plain: bool = False
) -> dict[str, Any]:
    options = ExportOptions(version, is_plain, "http://127.0.0.1:1")
    data: dict[str, Any] = json.loads(json.dumps(openapi_file(original, call_form(signature), options)))
    return data


def query(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in description["paths"]["/"]["get"]["parameters"]}


def form(description: dict[str, Any]) -> dict[str, Any]:
    ((kind, media),) = description["paths"]["/"]["post"]["requestBody"]["content"].items()
    assert kind == "application/x-www-form-urlencoded"
    found: dict[str, Any] = media
    return found


def keys(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from keys(each)


def broken_examples(description: dict[str, Any]) -> list[str]:
    """Return what is shown of a parameter, a field of the form or a JSON body and breaks its own schema."""
    shown = []
    for method in (description["paths"]["/"][name] for name in ("get", "post")):
        for each in method.get("parameters", ()):
            shown += [(each["name"], each["schema"], each["example"])] if "example" in each else []
        for name, schema in form(description)["schema"]["properties"].items() if "requestBody" in method else ():
            shown += [(name, schema, each) for each in schema.get("examples", ())]
        for status, response in method["responses"].items():
            media = response["content"].get("application/json", {})
            shown += [(status, media["schema"], each["value"]) for each in media.get("examples", {}).values()]
    inside = {"components": description.get("components", {})}
    return [
        f"{name}: {value!r}"
        for name, schema, value in shown
        if not jsonschema_rs.Draft202012Validator({**schema, **inside}).is_valid(value)
    ]


@settings(slow, max_examples=scaled(15))
@given(contracts)
def test_no_example_breaks_its_own_schema(original: Contract) -> None:
    assert broken_examples(exported(original)) == []


@pytest.mark.parametrize("name", BUNDLED)
def test_no_example_of_a_bundled_contract_breaks_its_own_schema(name: str) -> None:
    assert broken_examples(exported(find_contract(name, overlays=True))) == []


def test_an_example_that_hides_letters_or_has_another_type_inside_is_left_out() -> None:
    original = contract(
        parameter("Name", type="string", charset=["digit", "lower"], example="zhang****"),
        parameter("Free", type="string", example="zhang****"),
        replace(parameter("Rules", type="string", example='[{"Port": "80"}]'), encoding="json"),
        replace(parameter("Rules[].Port", type="integer"), encoding="json"),
        replace(parameter("Ports", type="string", example='[{"Port": 80}]'), encoding="json"),
        replace(parameter("Ports[].Port", type="integer"), encoding="json"),
    )
    description = exported(original)
    shown = query(description)
    assert ["example" in shown[name] for name in ("Name", "Free")] == [False, True]
    assert [shown[name].get("example") for name in ("Rules", "Ports")] == [None, '[{"Port": 80}]']
    assert broken_examples(description) == []


@settings(slow, max_examples=scaled(15))
@given(contracts, st.sampled_from(OPENAPI_VERSIONS), st.sampled_from(SIGNATURES), st.booleans())
def test_any_contract_becomes_valid_openapi(
    original: Contract,
    version: OpenapiVersion,
    signature: Signature,
    is_plain: bool,  # noqa: FBT001
) -> None:
    description = exported(original, version, signature, is_plain=is_plain)
    VALIDATORS[version](description).validate()
    assert list(description["paths"]) == ["/"]
    for method in description["paths"]["/"].values():
        names = [each["name"] for each in method.get("parameters", ())] if isinstance(method, dict) else []
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_contracts_are_valid_in_both_versions_and_every_pattern_is_simple(name: str) -> None:
    original = find_contract(name, overlays=True)
    for version in OPENAPI_VERSIONS:
        description = exported(original, version, is_plain=True)
        VALIDATORS[version](description).validate()
        assert not LOOKS_AROUND.search(json.dumps(description))
        assert not [key for key in keys(description) if key.startswith("x-")]


def test_a_call_carries_what_its_signature_needs() -> None:
    original = thing()
    signed = exported(original)
    assert query(signed)["Action"]["schema"]["enum"] == [original.operation]
    assert query(signed)["Version"]["schema"]["enum"] == [original.version]
    assert {"AccessKeyId", "SignatureNonce", "Timestamp", "Format"} <= set(query(signed))
    assert signed["components"]["securitySchemes"]["SignatureVersion1"]["name"] == "Signature"
    headers = exported(original, signature="acs3")
    assert query(headers)["x-acs-action"]["in"] == "header"
    assert "Action" not in query(headers)
    assert [each["name"] for each in headers["paths"]["/"]["post"]["parameters"]] == [
        name for name, each in query(headers).items() if each["in"] == "header"
    ]
    assert "Action" not in form(headers)["schema"]["properties"]
    unsigned = exported(original, signature="none")
    assert set(query(unsigned)) >= {"Action", "Version", "AccessKeyId"}
    assert "securitySchemes" not in unsigned["components"]
    assert unsigned["security"] == [{}]


def test_a_plain_file_keeps_headers_whose_names_look_like_extensions() -> None:
    description = exported(thing(), signature="acs3", is_plain=True)
    assert "x-acs-action" in query(description)
    assert not [key for key in keys(description) if key.startswith("x-")]


def test_a_form_has_the_same_fields_and_the_signature_beside_them() -> None:
    description = exported(thing())
    schema = form(description)["schema"]
    assert set(schema["properties"]) == {*query(description), "Signature"}
    wanted = {name for name, each in query(description).items() if each["required"]} | {"Signature"}
    assert set(schema["required"]) == wanted
    assert description["paths"]["/"]["post"]["security"] == [{}]


def test_of_a_list_with_one_value_only_one_item_is_named() -> None:
    original = contract(parameter("Path[]", type="string", enum=["all"], example="all"))
    assert [name for name in query(exported(original)) if name.startswith("Path")] == ["Path.1"]


def test_items_of_a_list_show_different_values() -> None:
    original = contract(parameter("Path[]", type="string", enum=["a", "b", "c"], example="b"))
    shown = [each["example"] for name, each in query(exported(original)).items() if name.startswith("Path")]
    assert shown == ["b", "a"]


def test_values_inside_one_text_have_their_encoding() -> None:
    original = contract(
        replace(parameter("Rules", type="string"), encoding="json"),
        replace(parameter("Rules[].Port", type="integer"), encoding="json"),
        replace(parameter("Ids", type="string"), encoding="csv"),
    )
    description = exported(original)
    assert form(description)["encoding"] == {"Ids": {"style": "form", "explode": False}}
    # A client that a tool makes of it sends the text as it is.
    text = {"type": "string", "contentMediaType": "application/json"}
    rules = {"type": "array", "items": {"type": "object", "properties": {"Port": {"type": "integer"}}}}
    for schema in (query(description)["Rules"]["schema"], form(description)["schema"]["properties"]["Rules"]):
        assert {name: schema[name] for name in (*text, "contentSchema")} == {**text, "contentSchema": rules}
    older = query(exported(original, "3.0"))["Rules"]["schema"]
    assert older == {"type": "string", "x-content-schema": rules}
    assert query(exported(original, "3.0", is_plain=True))["Rules"]["schema"] == {"type": "string"}


def test_what_a_pattern_leaves_out_is_told() -> None:
    original = contract(parameter("Name", type="string", charset=["digit", "lower"], notStartsWith=["acs:"]))
    schema = query(exported(original))["Name"]["schema"]
    assert schema["pattern"] == "^[0-9a-z]*$"
    assert schema["x-pattern"] == pattern(original.parameters[0])
    assert "x-pattern" not in query(exported(original, is_plain=True))["Name"]["schema"]


def test_linters_find_no_keyword_among_facts() -> None:
    facts = query(exported(thing()))["Name"]["x-facts"]["facts"]
    assert facts[0] == {"fact": "type", "state": "stated", "value": "String", "line": 10}


def test_the_success_has_an_example_of_what_is_always_there() -> None:
    content = exported(thing())["paths"]["/"]["get"]["responses"]["200"]["content"]
    value = content["application/json"]["examples"]["success"]["value"]
    assert "RequestId" in value
    assert content["text/xml"]["examples"]["success"]["value"].startswith("<?xml")
    assert content["text/xml"]["schema"]["type"] == "string"


def test_a_call_may_be_refused_where_the_document_has_no_row() -> None:
    responses = exported(contract(parameter("Name", type="string")))["paths"]["/"]["get"]["responses"]
    assert list(responses) == ["200", "4XX"]
    assert list(exported(thing())["paths"]["/"]["get"]["responses"])[1:] == ["400", "500"]


def test_the_older_version_has_one_example_in_a_schema() -> None:
    fields = form(exported(thing(), "3.0"))["schema"]["properties"]
    assert fields["Action"]["example"] == "CreateThing"
    assert "examples" not in fields["Action"]


@slow
@given(contracts, texts)
def test_a_simple_pattern_lets_through_what_the_facts_do(original: Contract, text: str) -> None:
    for row in original.parameters:
        full, simple = pattern(row), simple_pattern(row)
        if simple.text is None:
            continue
        assert not LOOKS_AROUND.search(simple.text)
        # `$` lets a last line feed through in Python, which other engines do not.
        if text.endswith("\n"):
            continue
        fits = re.search(simple.text, text) is not None
        if full is None or re.search(full, text):
            assert fits
        elif simple.whole:
            assert not fits


def test_where_no_value_can_be_what_a_document_says_none_is_shown() -> None:
    impossible = parameter("Count", 1, type="integer", enum=("",), example="")
    whole = exported(contract(responses=(impossible,)))
    shown = whole["paths"]["/"]["get"]["responses"]["200"]["content"]["application/json"]
    assert "examples" not in shown
