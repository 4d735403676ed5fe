from __future__ import annotations

import json
import os
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.contract.catalogue import find_contract
from conformance.contract.files import load_openapi
from conformance.contract.model import Contract, State
from conformance.contract.openapi.overlay import apply_overlay, load_overlay
from conformance.contract.openapi.writer import broken_examples, from_openapi, to_openapi
from conformance.core.errors import ContractError
from conformance.core.resources import openapi_dir

DOCUMENT: dict[str, Any] = {
    "info": {"title": "T", "tags": ["a"]},
    "items": [{"name": "x", "n": 1}, {"name": "y", "n": 2}, {"name": "z", "n": 3}],
    "none": None,
}


def apply(*actions: dict[str, Any]) -> dict[str, Any]:
    overlay = {"overlay": "1.1.0", "info": {"title": "t", "version": "1"}, "actions": list(actions)}
    return apply_overlay(DOCUMENT, load_overlay(yaml.safe_dump(overlay), "o.yaml"))


def action(target: str, **change: Any) -> dict[str, Any]:
    return {"target": target, "description": "because", **change}


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        (action("$.info", update={"title": "U"}), ["info"], {"title": "U", "tags": ["a"]}),
        (action("$.info", update={"new": {"a": 1}}), ["info", "new"], {"a": 1}),
        (action("$.info", update={"tags": ["b"]}), ["info", "tags"], ["a", "b"]),
        (action("$.info.tags", update="b"), ["info", "tags"], ["a", "b"]),
        (action("$.items", update={"name": "w"}), ["items", 3], {"name": "w"}),
        (action("$.info.title", update="U"), ["info", "title"], "U"),
        (action("$.none", update=1), ["none"], 1),
        (action("$.items[?@.n > 1]", update={"big": True}), ["items", 2], {"name": "z", "n": 3, "big": True}),
        (action("$", update={"info": {"title": "U"}}), ["info", "title"], "U"),
        (action("$.items[?@.n > 1]", remove=True), ["items"], [{"name": "x", "n": 1}]),
        (action("$.info.title", remove=True), ["info"], {"tags": ["a"]}),
        (action("$.info", copy="$.items[0]"), ["info"], {"title": "T", "tags": ["a"], "name": "x", "n": 1}),
        (action("$.items", copy="$.info"), ["items", 3], {"title": "T", "tags": ["a"]}),
    ],
)
def test_an_action_does_what_the_specification_says(change: dict[str, Any], path: list[Any], value: Any) -> None:
    before = deepcopy(DOCUMENT)
    result: Any = apply(change)
    for part in path:
        result = result[part]
    assert result == value
    assert before == DOCUMENT


def test_actions_apply_one_after_the_other() -> None:
    result = apply(
        action("$.info", update={"a": {"b": 1}}), action("$.info.a.b", update=2), action("$.none", remove=True)
    )
    assert result["info"]["a"] == {"b": 2}
    assert "none" not in result


def test_a_copy_shares_nothing_with_its_source() -> None:
    result = apply(action("$.items", copy="$.info"))
    result["items"][3]["tags"].append("z")
    assert result["info"]["tags"] == ["a"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (action("$.nothing", update={}), r"\$\.nothing selects nothing"),
        (action("$.items[?@.n > 9]", remove=True), r"selects nothing"),
        (action("$[", update={}), r"is no JSONPath"),
        (action("$", remove=True), r"whole description"),
        (action("$.info", copy="$.items[*]"), r"selects 3 nodes"),
        (action("$.info", copy="$.nothing"), r"\$\.nothing selects nothing"),
        (action("$.info", update="text"), r"str where the description has dict"),
        (action("$.info.title", update={"a": 1}), r"dict where the description has str"),
        (action("$.info", update={"tags": "b"}), r"str where the description has list"),
    ],
)
def test_what_does_not_fit_is_a_fault_with_its_line(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ContractError, match=message) as caught:
        apply(action("$.info", update={"x": 1}), change)
    assert re.match(r"o\.yaml:\d+:\d+$", str(caught.value.where))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target": "$.info", "update": {}}, r"lacks the field 'description'"),
        ({"description": "why", "update": {}}, r"lacks the field 'target'"),
        (action("$.info"), r"needs one of update, copy and remove"),
        (action("$.info", update={}, remove=True), r"needs one of update, copy and remove"),
        (action("$.info", remove=False), r"actions\.0\.remove"),
        (action("info", update={}), r"actions\.0\.target"),
        (action("$.info", updat={}), r"unknown field 'updat'"),
        ({"target": "$.info", "description": "", "update": {}}, r"description"),
    ],
)
def test_an_action_of_another_shape_is_a_fault_with_its_line(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ContractError, match=message) as caught:
        apply(change)
    assert re.match(r"o\.yaml:\d+:\d+$", str(caught.value.where))


@pytest.mark.parametrize("text", ["overlay: 1.0.0\ninfo: {title: t, version: v}\nactions: []", "[]", "actions: [", "x"])
def test_another_file_is_no_overlay(text: str) -> None:
    with pytest.raises(ContractError):
        load_overlay(text, "o.yaml")


# The overlay that travels with the project.

ZH = openapi_dir() / "vpc" / "2016-04-28" / "CreateFlowLog.zh.yaml"
OVERLAY = openapi_dir() / "overlays" / "vpc" / "2016-04-28" / "CreateFlowLog.zh.yaml"
needs_contract = pytest.mark.skipif(not ZH.is_file(), reason="the Chinese contract has not been derived")


def overlaid() -> dict[str, Any]:
    overlay = load_overlay(OVERLAY.read_text(encoding="utf-8"), OVERLAY.name)
    return apply_overlay(load_openapi(ZH.read_text(encoding="utf-8"), ZH.name), overlay)


@needs_contract
def test_the_overlay_restores_only_what_the_capture_lost() -> None:
    captured = find_contract("CreateFlowLog.zh")
    for before, after in zip(
        captured.parameters, find_contract("CreateFlowLog.zh", overlays=True).parameters, strict=True
    ):
        for name, fact in after.facts.items():
            if fact != before.fact(name):
                assert before.fact(name).state is State.LOST
                assert (fact.state, fact.origin, fact.line) == (State.STATED, "overlay", before.fact(name).line)


@needs_contract
def test_the_schemas_of_the_overlay_are_those_of_its_facts() -> None:
    document = overlaid()
    assert to_openapi(from_openapi(document, where=OVERLAY)) == document


@needs_contract
def test_examples_that_break_a_restored_rule_are_reported() -> None:
    assert broken_examples(find_contract("CreateFlowLog.zh")) == ()
    broken = broken_examples(find_contract("CreateFlowLog.zh", overlays=True))
    assert [(found.path, found.value) for found in broken] == [
        ("ProjectName", "FlowLogProject"),
        ("LogStoreName", "FlowLogStore"),
    ]


def metadata() -> dict[str, str]:
    """Return the descriptions of the official metadata, by the name of the parameter."""
    folder = Path(os.environ.get("CONFORMANCE_DOCUMENTS", openapi_dir().resolve().parents[1] / "shared" / "docs"))
    path = folder.parent / "metadata" / "zh-CN" / "vpc" / "CreateFlowLog.json"
    if not path.is_file():
        pytest.skip(f"the official metadata is not at {path}; CONFORMANCE_DOCUMENTS names the folder of documents")
    rows = json.loads(path.read_text(encoding="utf-8"))["parameters"]
    return {row["name"]: row["description"] for row in rows}


@needs_contract
def test_what_the_overlay_restores_is_what_the_official_metadata_says() -> None:
    official = metadata()
    contract: Contract = find_contract("CreateFlowLog.zh", overlays=True)
    restored = {
        (row.path, name): fact.value for row in contract.parameters for name, fact in row.facts.items() if fact.origin
    }
    assert len(restored) == 15
    words = {"lower": "小写字母", "digit": "数字", "-": "短划线（-）", "_": "下划线（_）"}
    for (path, name), value in restored.items():
        text = official[path.removesuffix("[]")]
        match name, value:
            case "enum", tuple():
                assert re.findall(r"- \*\*(\w+)\*\*", text) == list(value)
            case "notStartsWith", tuple():
                assert re.findall(r"`([^`]+)`", text) == list(value)
            case (("minLength" | "maxLength"), int()):
                low, high = re.findall(r"(\d+)[~～](\d+)个字符", text)[0]
                assert str(value) == {"minLength": low, "maxLength": high}[name]
            case "charset", tuple():
                line = next(line for line in text.splitlines() if "仅支持" in line)
                assert {word for word, spelt in words.items() if spelt in line} == set(value)
            case (("startsWith" | "endsWith"), tuple()):
                line = next(line for line in text.splitlines() if "开头与结尾" in line)
                assert {word for word, spelt in words.items() if spelt in line} == set(value)
            case _:
                pytest.fail(f"nothing checks {path}.{name}")
