"""What each edit of a text or of an answer makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from conformance.core.yamlfile import YamlFile
from conformance.core.yamlparts import Part
from conformance.server.behaviour.parts import BehaviourError
from conformance.server.faults.bodies import read_body_edit
from conformance.server.faults.edits import read_edit

if TYPE_CHECKING:
    from conformance.core.jsontypes import Json


def part(value: object) -> Part:
    file = YamlFile(yaml.safe_dump(value), "test.yaml", BehaviourError)
    return Part(file, value)


@pytest.mark.parametrize(
    ("edit", "text", "expected"),
    [
        ("lower", "aB", "ab"),
        ("upper", "aB", "AB"),
        ("trim", " a b ", "a b"),
        ("first_lower", "AB", "aB"),
        ("first_lower", "", ""),
        ("text", "a", "a"),
        ("bytes", "ä流", "Ã¤æµ\x81"),
        ("utf16", "a𠮷", "a𠮷𠮷"),
        ("number", " +05", "5"),
        ("number", "00", "0"),
        ("zeros", "005", "5"),
        ("zeros", "0", "0"),
        ("int", " +1_0", "10"),
        ("int", "٥", "5"),
        ("int", "5.0", "5.0"),
        ("float", "5.0", "5"),
        ("float", "1e1", "10"),
        ("float", "0x5", "5"),
        ("float", "5m", "5m"),
        ("digits", "a٣３²", "a33²"),
        ("compatible", "ａ３²", "a32"),
        ("other_end", "ab1", "ab0"),
        ("other_end", "ab0", "ab1"),
        ("first_sentence", "One. Two.", "One."),
        ({"set": "b"}, "a", "b"),
        ({"cut": 2}, "abc", "ab"),
        ({"until": "."}, "a.b.c", "a"),
        ({"append": "!"}, "a", "a!"),
        ({"replace": {"a": "b"}}, "aca", "bcb"),
        ({"blank": "a"}, "a", ""),
        ({"blank": "a"}, "ab", "ab"),
        ({"remove_prefix": "a-"}, "a-b", "b"),
        ({"add": 2}, "7", "9"),
    ],
)
def test_a_text_is_edited(edit: object, text: str, expected: str) -> None:
    assert read_edit(part(edit))(text) == expected


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"drop": "A"}, {"RequestId": "r", "B": {"C": [1]}}),
        ({"rename": {"A": "X"}}, {"RequestId": "r", "X": "aA", "B": {"C": [1]}}),
        ({"names": "first_lower"}, {"requestId": "r", "a": "aA", "b": {"C": [1]}}),
        ({"set": {"A": None, "N": {"M": [True]}}}, {"RequestId": "r", "A": None, "B": {"C": [1]}, "N": {"M": [True]}}),
        ({"edit": {"A": "lower"}}, {"RequestId": "r", "A": "aa", "B": {"C": [1]}}),
        ({"as_list": "A"}, {"RequestId": "r", "A": ["aA"], "B": {"C": [1]}}),
        ({"copy": {"A": "RequestId"}}, {"RequestId": "r", "A": "r", "B": {"C": [1]}}),
        ({"swap": ["A", "RequestId"]}, {"RequestId": "aA", "A": "r", "B": {"C": [1]}}),
        ({"lift": "B.C"}, {"RequestId": "r", "A": "aA", "B": [1]}),
        ({"nest": {"under": "E", "fields": ["A"]}}, {"RequestId": "r", "E": {"A": "aA"}}),
        ({"nest": {"under": "D"}}, {"RequestId": "r", "D": {"RequestId": "r", "A": "aA", "B": {"C": [1]}}}),
    ],
)
def test_an_answer_is_edited(edit: object, expected: dict[str, Json]) -> None:
    body: dict[str, Json] = {"RequestId": "r", "A": "aA", "B": {"C": [1]}}
    assert read_body_edit(part(edit))(body) == expected
