"""How the values of parameters become texts of the wire, and what a request carries of each row."""

from __future__ import annotations

import json
from typing import Any

import pytest
from contract_strategies import contract, parameter, stated
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import validate

from conformance.contract.constraints import violations
from conformance.contract.encodings import decoded, encoded, entries, sent_rows, wire_lists, wire_values
from conformance.contract.files import dump_contract, load_contract
from conformance.contract.model import Encoding, Parameter
from conformance.contract.openapi.writer import to_openapi
from conformance.contract.wire import container_paths, is_container
from conformance.core.errors import ContractError


def row(path: str, encoding: Encoding = "plain", line: int = 1, **values: Any) -> Parameter:
    return Parameter(path, line, {name: stated(value, line) for name, value in values.items()}, path, encoding=encoding)


SERVERS = (
    row("Servers", "json", 1, maxItems=2, required=True),
    row("Servers[].Id", "json", 2, required=True),
    row("Servers[].Weight", "json", 3, minimum=0, maximum=100, type="integer"),
    row("Servers[].Zones", "json", 4, maxItems=1),
)
ADDRESSES = (row("Addresses", "csv", 1, maxItems=3), row("Addresses[]", "csv", 1, maxLength=5))
LABELS = (row("Labels", "map", 1, maxItems=1), row("Labels.{key}", "map", 1, maxLength=3))
DISKS = (row("Disk[].Tag[]", "repeat", 1, maxItems=2), row("Disk[].Tag[].Key", "repeat", 2, required=True))


def broken(rows: tuple[Parameter, ...], params: dict[str, str]) -> set[str]:
    """Name what a request breaks: `path.fact`."""
    return {
        f"{each.path}.{name}"
        for each in rows
        for name in violations(each, wire_values(each, rows, params), wire_lists(each, rows, params))
    }


def test_a_path_with_an_index_is_repeated_unless_it_is_said_to_travel_otherwise() -> None:
    assert parameter("Tag[].Key").encoding == "repeat"
    assert parameter("Name").encoding == "plain"
    assert row("Disk[].Zones", "csv").encoding == "csv"


@pytest.mark.parametrize(
    ("value", "encoding", "text"),
    [
        (["a", "b"], "csv", "a,b"),
        (["a", 1, True], "csv", "a,1,true"),
        ([{"Id": "é"}, 2], "json", '[{"Id":"é"},2]'),
        ({"a": []}, "json", '{"a":[]}'),
        ([], "csv", ""),
    ],
)
def test_a_value_is_written_as_one_text(value: object, encoding: Encoding, text: str) -> None:
    assert encoded(value, encoding) == text


plain_items = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=","), min_size=1).filter(
    lambda text: text == text.strip()
)
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(plain_items))
def test_a_list_with_commas_is_read_back(items: list[str]) -> None:
    assert decoded(encoded(items, "csv"), "csv") == items


@given(trees)
def test_json_is_read_back(value: object) -> None:
    assert decoded(encoded(value, "json"), "json") == value


@given(st.text())
def test_any_text_is_decoded_without_a_fault(text: str) -> None:
    for encoding in ("json", "csv", "map", "plain"):
        decoded(text, encoding)
        entries(text, encoding)


def test_a_text_that_is_no_json_carries_nothing() -> None:
    assert decoded("[1, ", "json") == "[1, "
    assert decoded("[" * 100_000, "json") == "[" * 100_000
    assert entries("[1, ", "json") is None
    assert wire_values(SERVERS[1], SERVERS, {"Servers": "no json"}) == ()


def test_the_members_of_a_json_value_are_found_by_their_paths() -> None:
    params = {"Servers": json.dumps([{"Id": "a", "Weight": 5}, {"Weight": 101, "Zones": ["x", "y"]}])}
    assert wire_values(SERVERS[1], SERVERS, params) == ("a", None)
    assert wire_values(SERVERS[2], SERVERS, params) == ("5", "101")
    assert wire_values(SERVERS[3], SERVERS, params) == (None, '["x","y"]')
    assert broken(SERVERS, params) == {"Servers[].Id.required", "Servers[].Weight.maximum", "Servers[].Zones.maxItems"}


def test_the_entries_of_a_json_list_are_counted_and_not_the_texts() -> None:
    assert broken(SERVERS, {"Servers": '[{"Id":"a"},{"Id":"b"}]'}) == set()
    assert broken(SERVERS, {"Servers": '[{"Id":"a"},{"Id":"b"},{"Id":"c"}]'}) == {"Servers.maxItems"}
    # Without the list nothing inside it is missing.
    assert broken(SERVERS, {}) == {"Servers.required"}


def test_a_limit_of_an_item_is_none_of_the_whole_text() -> None:
    assert broken(ADDRESSES, {"Addresses": "abc,defgh,ij"}) == set()
    assert broken(ADDRESSES, {"Addresses": "abc,defghi"}) == {"Addresses[].maxLength"}
    assert broken(ADDRESSES, {"Addresses": "a,b,c,d"}) == {"Addresses.maxItems"}


def test_the_keys_of_a_map_are_the_callers() -> None:
    assert wire_values(LABELS[1], LABELS, {"Labels.a": "1", "Labels.b.c": "2", "Label": "x"}) == ("1", "2")
    assert broken(LABELS, {"Labels.a": "1", "Labels.b": "long"}) == {"Labels.maxItems", "Labels.{key}.maxLength"}
    assert broken(LABELS, {}) == set()


def test_lists_within_lists_are_counted_apart() -> None:
    params = {"Disk.1.Tag.1.Key": "a", "Disk.1.Tag.2.Key": "b", "Disk.2.Tag.1.Key": "c"}
    assert wire_values(DISKS[1], DISKS, params) == ("a", "b", "c")
    assert broken(DISKS, params) == set()
    assert broken(DISKS, params | {"Disk.2.Tag.2.Value": "d"}) == {"Disk[].Tag[].Key.required"}
    assert broken(DISKS, params | {"Disk.1.Tag.3.Key": "d"}) == {"Disk[].Tag[].maxItems"}


def test_two_indexes_one_after_the_other() -> None:
    rows = (row("Grid[][]", maxItems=2),)
    params = {"Grid.1.1": "a", "Grid.1.2": "b", "Grid.2.1": "c", "Grid.x": "d"}
    assert wire_lists(rows[0], rows, params) == [("a", "b"), ("c",)]
    assert broken(rows, params) == set()


def test_two_spellings_are_two_parameters() -> None:
    rows = (row("Tag[].Key", maxLength=1), row("Tag[].key"), row("tag[].Key"))
    params = {"Tag.1.Key": "a", "Tag.1.key": "long", "tag.1.Key": "other"}
    assert [wire_values(each, rows, params) for each in rows] == [("a",), ("long",), ("other",)]
    names = [each["name"] for each in to_openapi(contract(*rows))["paths"]["/#CreateThing"]["parameters"]]
    assert names == ["Tag.1.Key", "Tag.2.Key", "Tag.1.key", "Tag.2.key", "tag.1.Key", "tag.2.Key"]


def test_what_is_carried_has_no_name_on_the_wire() -> None:
    rows = (*SERVERS, *ADDRESSES, *LABELS, *DISKS, row("Disk[].Zones", "csv"), row("Disk[].Zones[]", "csv"))
    assert [each.path for each in sent_rows(rows)] == [
        "Servers",
        "Addresses",
        "Labels",
        "Disk[].Tag[].Key",
        "Disk[].Zones",
    ]


def test_the_file_says_each_encoding_in_the_words_of_openapi() -> None:
    addresses_rows = (row("Addresses", "csv", 5, maxItems=3), row("Addresses[]", "csv", 6, maxLength=5))
    rows = (*SERVERS, *addresses_rows, row("Labels", "map", 7), row("Labels.{key}", "map", 8, maxLength=3))
    made = contract(*rows)
    document = to_openapi(made)
    validate(document)
    item = document["paths"]["/#CreateThing"]
    servers, addresses, labels = item["parameters"]
    assert servers["content"]["application/json"]["schema"] == {
        "type": "array",
        "maxItems": 2,
        "items": {
            "type": "object",
            "required": ["Id"],
            "properties": {
                "Id": {},
                "Weight": {"type": "integer", "minimum": 0, "maximum": 100},
                "Zones": {"maxItems": 1},
            },
        },
    }
    assert addresses["schema"] == {"type": "array", "maxItems": 3, "items": {"maxLength": 5}}
    assert (addresses["style"], addresses["explode"]) == ("form", False)
    assert labels["schema"] == {"type": "object", "additionalProperties": {"maxLength": 3}}
    assert [each["x-facts"]["encoding"] for each in item["parameters"]] == ["json", "csv", "map"]
    read = load_contract(dump_contract(made), "made.yaml")
    assert [(each.path, each.encoding) for each in read.parameters] == [(each.path, each.encoding) for each in rows]
    assert dump_contract(read) == dump_contract(made)


def test_a_plain_parameter_has_no_encoding_in_the_file_and_an_unknown_one_is_refused() -> None:
    text = dump_contract(contract(row("Name")))
    assert "encoding" not in text
    wrong = text.replace("source: Name", "source: Name\n          encoding: xml")
    with pytest.raises(ContractError, match="'encoding'] is 'xml'"):
        load_contract(wrong, "wrong.yaml")


@given(st.lists(st.from_regex(r"\A(?:[AB]{1,2}(?:\[\]|\.[AB]){0,3})?\Z"), max_size=8))
def test_the_paths_that_group_others_are_found_at_once(paths: list[str]) -> None:
    groups = container_paths(paths)
    assert [path in groups for path in paths] == [is_container(path, paths) for path in paths]
