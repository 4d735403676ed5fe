"""What a JSON Schema finds wrong in a file is told in words for people, in each language."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from commands import REPOSITORY

from conformance.core.errors import UsageError
from conformance.core.sentences.recognition import recognised
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMAS = [
    *sorted((REPOSITORY / "conformance").rglob("*.schema.json")),
    *sorted((REPOSITORY / "cases").glob("*.schema.json")),
]
WAY = {"enum": ["url", "fixed"]}
SCHEMA = Schema(
    {
        "type": "object",
        "description": "A file. docs/targets.md explains it.",
        "properties": {
            "word": {"type": "string", "minLength": 1},
            "blank": {"type": "string", "pattern": "\\S"},
            "day": {"pattern": "^\\d{4}$", "examples": ["2027"]},
            "rate": {"type": "number", "minimum": 1, "exclusiveMaximum": 9},
            "names": {"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True, "items": {"type": "string"}},
            "one": {"type": "object", "minProperties": 1, "maxProperties": 1},
            "either": {
                "anyOf": [WAY, {"type": "object", "additionalProperties": False, "properties": {"profile": {}}}]
            },
            "both": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "needs": {"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
            "sole": {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            "verb": {"anyOf": [{"enum": ["GET"]}, {"type": "string", "pattern": "^[$]", "examples": ["$x"]}]},
            "never": False,
            "fixed": {"const": 5},
            "table": {"propertyNames": {"pattern": "^[a-z]+$", "examples": ["abc"]}},
        },
        "additionalProperties": False,
    }
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a]", "1:1: the file is a list, and must be a mapping (docs/targets.md shows one)"),
        ("wrod: a", "1:1: unknown field 'wrod' in the file (did you mean word?)"),
        ("word: 5", "1:7: word is 5, and must be a text (put it into quotes)"),
        ("word: null", "1:7: word is empty, and must be a text"),
        ("word: ''", "1:7: word is empty (write something)"),
        ("blank: ' '", "1:8: blank is empty (write something)"),
        ("day: soon", "1:6: day is 'soon', which is not of the right form (for example 2027)"),
        ("rate: 0", "1:7: rate is 0, and must be at least 1"),
        ("rate: 9", "1:7: rate is 9, and must be below 9"),
        ("rate: true", "1:7: rate is true, and must be a number"),
        ("names: []", "1:8: names is empty (add an entry)"),
        ("names: [a, b, c]", "1:8: names has more than 2 entries"),
        ("names: [a, a]", "1:8: names has an entry twice (take one out)"),
        ("names: [a, {}]", "1:12: names.1 is a mapping, and must be a text"),
        ("one: {}", "1:6: one is empty (add an entry)"),
        ("one: {a: 1, b: 2}", "1:6: one has several entries, and may have one (one of: a, b)"),
        ("either: ur", "1:9: either may not have the value 'ur' (one of: url, fixed; or a mapping)"),
        ("either: {profil: a}", "1:10: unknown field 'profil' in either (did you mean profile?)"),
        ("both: 5", "1:7: both is 5, and must be a text or a list"),
        ("both: [5]", "1:8: both.0 is 5, and must be a text (put it into quotes)"),
        ("needs: {}", "1:8: needs lacks the field 'a' or 'b' (add one of them)"),
        ("sole: {a: 1, b: 2}", "1:7: sole has a and b at once (keep one of them)"),
        ("verb: PUT", "1:7: verb may not have the value 'PUT' (one of: GET, $x)"),
        ("never: 1", "1:8: never has no place here (take it out)"),
        ("fixed: 4", "1:8: fixed may not have the value 4 (one of: 5)"),
        ("table: {A: 1}", "1:9: 'A' is no name that table may have (for example abc)"),
    ],
)
def test_a_fault_is_told_in_words_for_people(text: str, told: str) -> None:
    with pytest.raises(UsageError) as fault:
        YamlFile(text, "f.yaml", UsageError).validate(SCHEMA)
    assert str(fault.value) == f"f.yaml:{told}"


def test_the_entries_of_a_file_that_is_a_list_are_counted_from_one() -> None:
    schema = Schema(
        {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}
    )
    for text, told in (("- id: a\n- {}", "entry 2 lacks the field 'id'"), ("- id: 5", "f.yaml:1:7: id is 5, and")):
        with pytest.raises(UsageError, match=told):
            YamlFile(text, "f.yaml", UsageError).validate(schema)


def patterns(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node
        for each in node.values():
            yield from patterns(each)
    elif isinstance(node, list):
        for each in node:
            yield from patterns(each)


@pytest.mark.parametrize("path", [each for each in SCHEMAS if "protocol" not in each.name], ids=lambda each: each.name)
def test_each_form_of_a_file_that_people_write_has_an_example(path: Path) -> None:
    for node in patterns(json.loads(path.read_text(encoding="utf-8"))):
        if node["pattern"] != "\\S":
            assert all(re.search(node["pattern"], example) for example in node["examples"]), node


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("both: 5", "both 为 5，应为文本或列表"),
        ("either: ur", "either 的值不能是 'ur'（可取：url、fixed；或映射）"),
        ("[a]", "文件为列表，应为映射（示例见 docs/targets.md）"),
        ("day: soon", "day 为 'soon'，格式不对（例如 2027）"),
    ],
)
def test_a_fault_is_told_in_the_language_of_the_reader(text: str, told: str) -> None:
    with pytest.raises(UsageError) as fault:
        YamlFile(text, "f.yaml", UsageError).validate(SCHEMA)
    found = recognised(str(fault.value).partition(" ")[2])
    assert found is not None
    assert found.in_language("zh") == told
