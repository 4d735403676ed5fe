"""A request with every documented parameter, and what is told of what arrived of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.expand import wire_parameters
from conformance.contract.model import Contract, Fact, Parameter, Source, State
from conformance.sdk.driver_process import ModelField
from conformance.sdk.wire_check.full_request import full_request
from conformance.sdk.wire_check.wire_judge import judge_wire
from conformance.sdk.wire_check.wire_run import wire_checks

if TYPE_CHECKING:
    from conformance.contract.languages import Language
    from conformance.contract.model import Encoding
    from conformance.sdk.wire_check.full_request import FullRequest


def row(path: str, kind: str = "string", encoding: Encoding = "plain", **facts: Any) -> Parameter:
    stated = {name: Fact(State.STATED, value, 7) for name, value in {"type": kind, **facts}.items()}
    return Parameter(path, 5, stated, encoding=encoding)


def contract(*rows: Parameter, language: Language = "en") -> Contract:
    return Contract("Op", language, Source("x", "0", "y"), rows, (), ())


def fields(*paths: str, **typed: str) -> list[ModelField]:
    return [
        *(ModelField(path, "string", None) for path in paths),
        *(ModelField(path, kind, None) for path, kind in typed.items()),
    ]


def made(*rows: Parameter, model: list[ModelField] | None = None) -> FullRequest:
    return full_request({"en": contract(*rows)}, ("en",), model)


def told(request: FullRequest, sent: dict[str, str]) -> list[tuple[str, Any, Any]]:
    return [(each.where, each.expected[0], each.observed) for each in judge_wire(request, sent)]


LIST = (row("Tag[]", "array"), row("Tag[].Key"), row("Tag[].Value"), row("Id[]"))


def test_each_parameter_is_in_the_request_once_and_each_list_has_two_items() -> None:
    request = made(row("Name"), row("Size", "integer"), row("Dry", "boolean"), *LIST, row("Action"))
    assert list(request.expected) == [
        "Name", "Size", "Dry", "Tag.1.Key", "Tag.1.Value", "Tag.2.Key", "Tag.2.Value", "Id.1", "Id.2",
    ]  # fmt: skip
    assert len(set(request.expected.values())) == len(request.expected)
    assert isinstance(request.params["Size"], int)
    assert request.params["Dry"] is True
    assert told(request, wire_parameters(request.params, {})) == []


def test_a_value_is_one_of_those_that_the_document_lists() -> None:
    assert made(row("Kind", enum=("VPC", "ENI"))).expected == {"Kind": "VPC"}


def test_values_have_the_types_of_the_model() -> None:
    rows = (row("Port"), row("Count", "integer"), row("Dry", "boolean"), row("Kind", enum=("A", "B")))
    request = made(*rows, model=fields("Count", "Dry", Port="integer", Kind="integer"))
    assert [type(value) for value in request.params.values()] == [int, str, str, int]
    assert {name: str(value) for name, value in request.params.items()} == request.expected


def test_what_the_model_has_no_field_for_is_not_asked_for() -> None:
    request = made(row("Name"), row("Gone"), *LIST, model=fields("Name", "Tag[].Key", "Id[]"))
    assert request.lacking == ("Gone", "Tag[].Value")
    assert set(request.params) == {"Name", "Tag", "Id"}
    assert told(request, wire_parameters(request.params, {})) == []


def test_what_is_missing_misnamed_or_changed_is_told_once_for_each_parameter() -> None:
    request = made(row("Name"), row("Size", "integer"), row("Zone"), *LIST)
    sent = wire_parameters(request.params, {})
    name, size = sent.pop("Name"), sent.pop("Size")
    del sent["Tag.1.Key"], sent["Tag.2.Key"]
    zone = request.expected["Zone"]
    assert told(request, {**sent, "Title": name, "Zone": "changed", "size": size, "Tag": "x"}) == [
        ("sdk.wire.Name", "Name", "Title"),
        ("sdk.wire.Size", "Size", "size"),
        ("sdk.wire.Zone", zone, "changed"),
        ("sdk.wire.Tag[].Key", "Tag.1.Key", "Tag"),
    ]


def test_what_no_document_tells_is_no_mismatch() -> None:
    request = made(row("Dry", "boolean"), row("Mode.Kind"), row("Mode.Size", "integer"))
    sent = wire_parameters(request.params, {})
    assert told(request, {**sent, "Owner": "1", "Dry": "True"}) == []
    # An object may be sent as one text.
    kind = request.expected["Mode.Kind"].replace("é", "\\u00e9")
    size = request.expected["Mode.Size"]
    assert told(request, {"Dry": "true", "Mode": f'{{"Kind": "{kind}", "Size": {size}}}'}) == []
    assert told(request, {"Dry": "true", "Mode": f'{{"Kind": "{kind}"}}'}) == [
        ("sdk.wire.Mode.Size", "Mode.Size", "Mode")
    ]


def test_a_number_that_need_not_be_whole_may_be_written_with_a_fraction() -> None:
    request = made(row("Price", "float"), row("Size", "integer"), row("Rate", "number", enum=("high",)))
    price, size = request.expected["Price"], request.expected["Size"]
    assert told(request, {"Price": f"{price}.0", "Size": size, "Rate": request.expected["Rate"]}) == []
    assert told(request, {"Price": f"{price}.5", "Size": f"{size}.0", "Rate": "half"}) == [
        ("sdk.wire.Price", price, f"{price}.5"),
        ("sdk.wire.Size", size, f"{size}.0"),
        ("sdk.wire.Rate", request.expected["Rate"], "half"),
    ]


def test_a_number_of_the_model_that_a_document_calls_a_text_is_one_too() -> None:
    request = made(row("Sizes[]"), row("Whole", "integer"), model=fields(**{"Sizes[]": "number", "Whole": "number"}))
    sent = {name: f"{text}.0" for name, text in request.expected.items()}
    assert told(request, sent) == [("sdk.wire.Whole", request.expected["Whole"], sent["Whole"])]


@pytest.mark.parametrize("sent", [{"Mode": "{}"}, {"Mode.Kind": "a"}, {"Mode.1.Kind": "a"}])
def test_of_an_object_that_no_document_describes_something_arrives(sent: dict[str, str]) -> None:
    request = made(row("Mode", "object"), model=fields("Mode.Kind"))
    assert isinstance(request.params["Mode"], dict)
    assert told(request, sent) == []
    assert told(request, {"Other": "1", "Mode": ""}) == [("sdk.wire.Mode", "Mode", None)]


def test_a_list_that_no_document_describes_has_the_items_of_the_model() -> None:
    request = made(row("Filter[]", "array"), model=fields("Filter[].Key"))
    items = request.params["Filter"]
    assert isinstance(items, list)
    assert [list(item) for item in items] == [["Key"], ["Key"]]
    assert items[0] != items[1]
    assert told(request, wire_parameters(request.params, {})) == []
    assert told(request, {}) == [("sdk.wire.Filter[]", "Filter.1", None)]


JSON = (row("Rules", "array", "json"), row("Rules[].Port", "integer", "json"), row("Rules[].Name", "string", "json"))


@pytest.mark.parametrize("model", [fields("Rules"), fields("Rules[].Port", "Rules[].Name"), None])
def test_what_travels_as_json_is_compared_as_what_it_stands_for(model: list[ModelField] | None) -> None:
    request = made(*JSON, model=model)
    assert isinstance(request.params["Rules"], str) == (model is None or len(model) == 1)
    text = request.expected["Rules"]
    assert told(request, {"Rules": text.replace(",", " , ")}) == []
    assert [where for where, *_ in told(request, {"Rules": "[]"})] == ["sdk.wire.Rules"]
    assert told(request, {"Rules.1.Port": "1"}) == [("sdk.wire.Rules", "Rules", None)]


def test_a_map_has_a_key_of_the_caller() -> None:
    request = made(row("Labels", "object", "map"), row("Labels.{key}", "string", "map"))
    (name,) = request.expected
    assert name.startswith("Labels.")
    assert told(request, wire_parameters(request.params, {})) == []


def test_a_request_is_cut_to_one_parameter_and_to_all_but_one() -> None:
    request = made(row("Name"), *LIST)
    assert set(request.alone("Tag").expected) == {"Tag.1.Key", "Tag.1.Value", "Tag.2.Key", "Tag.2.Value"}
    fewer = request.without("Tag[].Key")
    assert (fewer.names(), fewer.lacking) == (["Name", "Id"], ("Tag[].Key",))


def test_a_request_of_letters_and_digits_has_the_same_parameters() -> None:
    request = made(row("Name"), row("Size", "integer"), *LIST)
    plain = request.plain()
    assert all(text.isalnum() and text.isascii() for text in plain.expected.values())
    assert told(plain, wire_parameters(plain.params, {})) == []
    assert plain.expected.keys() == request.expected.keys()


def test_there_is_a_check_for_each_operation_of_the_documents() -> None:
    zh = contract(row("Name"), language="zh")
    checks = wire_checks({"One": {"en": contract(row("Name"))}, "Two": {"zh": zh}}, ("en", "zh"))
    assert [(check.id, str(check.where)) for check in checks] == [
        ("sdk/wire/One", "One.en.yaml"),
        ("sdk/wire/Two", "Two.zh.yaml"),
    ]
    assert [check.operation for check in wire_checks({"Two": {"zh": zh}}, ("en",))] == []
