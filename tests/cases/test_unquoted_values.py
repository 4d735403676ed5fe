"""Words without quotes: what is sent and expected is what the file says, or the file is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from case_text import FILE, GOOD, parse
from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.cases.bases import load_bases
from conformance.cases.expand import wire_parameters
from conformance.cases.sdk import load_sdk_cases
from conformance.cases.suite import load_defaults
from conformance.core.errors import CaseError, InputError, TargetFileError
from conformance.core.resources import cases_dir
from conformance.target.load import load_target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHANGED = {
    "0123": "83",
    "-010": "-8",
    "+5": "5",
    "1_0": "10",
    "0x10": "16",
    "0b11": "3",
    "12:30:45": "45045",
    "1.10": "1.1",
    ".5": "0.5",
    "5.": "5.0",
    "1.0e+3": "1000.0",
    "1:30.5": "90.5",
    ".inf": "inf",
    "-0": "0",
    "on": "true",
    "Yes": "true",
    "True": "true",
    "off": "false",
    "NO": "false",
    "~": "null",
    "Null": "null",
    "2016-04-28": "a date",
    "2016-04-28T01:02:03Z": "a date",
    "!!int '010'": "8",
}
KEPT = ["10", "-5", "0", "true", "false", "1.5", "1e3", "0o17", "08", "1.2.3", "y", "null-like", "2016-4", "12:3x"]


@pytest.mark.parametrize(("word", "read"), CHANGED.items())
def test_a_word_that_yaml_changes_is_refused_with_its_place_and_a_hint(word: str, read: str) -> None:
    with pytest.raises(CaseError) as fault:
        parse(f"{GOOD}    set: {{FlowLogName: {word}}}\n")
    text = word.partition("'")[2].strip("'") or word
    assert str(fault.value) == f"some.yaml:8:24: {text} without quotes is {read} in YAML (quote it: '{text}')"


@pytest.mark.parametrize("word", KEPT)
def test_a_word_that_yaml_leaves_alone_is_sent_as_it_is(word: str) -> None:
    assert sent(word) == word


def sent(word: str) -> str:
    (case,) = parse(f"{GOOD}    set:\n      FlowLogName: {word}\n")
    return wire_parameters(case.steps[0].params, {})["FlowLogName"]


@given(
    st.text("0123456789+-._:eExob~TZ=<>nNyYulLaAsSrRfFt", min_size=1, max_size=12) | st.sampled_from([*CHANGED, *KEPT])
)
@example("1:2")
@example("190:20:30.15")
@example("0b1_0")
@example("1E5")
@example("1.e+1")
@example("9" * 5000)
def test_any_word_is_refused_or_sent_exactly(word: str) -> None:
    assume(not re.fullmatch(r"[>|][-+\d]*", word))  # it begins a text of several lines
    try:
        travels = sent(word)
    except CaseError as refused:
        travels = word if refused.where is not None else "refused without a place"
    assert travels == word


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ("expect: {error: MissingParameter, body: {Total: 007}}", "7:53"),
        ("expect: {zh: {success: true}, en: {any_of: [{success: true, body: {A: [1, {B: on}]}}]}}", "7:83"),
        ("expect: {success: true}\n    until: {body: {A: 1_0}}", "8:23"),
        ("expect: {success: true}\n    extra: {Odd: 0x1}", "8:18"),
        ("expect: {success: true}\n    set: {Tag: [{Key: off}]}", "8:23"),
        ("expect: {success: true}\n    set: {Tag: {item: {Key: 1.0e+1}, times: 3}}", "8:29"),
        ("expect: {success: true}\n    given: [resource.exists: {type: VPC, id: 0123}]", "8:46"),
        ("expect: {success: true}\n    set: {FlowLogName: '${a}'}\n    parameters: {a: [x, yes]}", "9:25"),
        ("steps:\n      - name: a\n        expect: {success: true}\n        set: {FlowLogName: ~}", "10:28"),
        ("expect: {success: true}\n    set: {<<: &more {FlowLogName: 010}, Description: x}", "8:35"),
        ("expect: {success: true}\n    fact: &again 010\n    set: {FlowLogName: *again}", "8:11"),
    ],
)
def test_every_place_of_a_value_is_looked_at(fields: str, place: str) -> None:
    with pytest.raises(CaseError) as fault:
        parse(f"{FILE}    {fields}\n")
    assert str(fault.value).startswith(f"some.yaml:{place}: ")
    assert "(quote it: '" in str(fault.value)


def test_fields_that_are_not_sent_take_what_yaml_makes_of_them() -> None:
    (case,) = parse(FILE + "    steps:\n      - {name: a, expect: {success: yes}, times: 0x2}\n")
    (step,) = case.steps
    assert step.times == 2


@pytest.mark.parametrize(
    "fields", ["set: {FlowLogName: null}", "set: {FlowLogName: '${a}'}\n    parameters: {a: [null]}"]
)
def test_null_cannot_be_sent(fields: str) -> None:
    with pytest.raises(CaseError, match=r"set.FlowLogName is empty, and must be"):
        parse(f"{GOOD}    {fields}\n")


def test_null_can_be_expected() -> None:
    (case,) = parse(FILE + "    expect: {success: true, body: {A: null}}\n")
    assert [outcomes[0].body for outcomes in case.steps[0].outcomes.values()] == [{"A": None}, {"A": None}]


LOADERS: dict[str, Callable[[Path], object]] = {
    "base": lambda path: load_bases(path, {}),
    "defaults": lambda path: load_defaults(path.parent),
    "target": lambda path: load_target(path, {}),
    "sdk": lambda path: load_sdk_cases([path]),
}


def fault_of(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    kind = path.name.partition(".")[0]
    with pytest.raises(InputError) as fault:
        LOADERS[kind](path)
    assert isinstance(fault.value, TargetFileError if kind == "target" else CaseError)
    return str(fault.value).removeprefix(f"{path}:")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("base.yaml", "bases: {one: {title: on, given: [], parameters: {A: 0123}}}", "1:53: 0123 without quotes is 83"),
        ("base.yaml", "bases: {one: {given: [], parameters: {A: null}}}", "1:42: null cannot be sent"),
        ("base.yaml", "bases: {}\ncleanup: {operation: X, set: {A: off}}", "2:34: off without quotes is false"),
        ("defaults.yaml", "region_id: x\nnumber: 0123\n", "2:9: 0123 without quotes is 83 in YAML (quote it: '0123')"),
        ("defaults.yaml", "region_id:\n", "1:11: nothing without quotes is null in YAML (quote it: '')"),
        ("defaults.yaml", "region_id: null\n", "1:12: region_id has no text"),
        ("defaults.yaml", "region_id: [a]\n", "1:12: region_id has no text"),
        (
            "target.yaml",
            "endpoint: http://h\nvalues: {a: b, c: 0123}",
            "2:19: 0123 without quotes is 83 in YAML (quote it",
        ),
        (
            "target.yaml",
            "endpoint: http://h\nvalues: {a: 2016-04-28}",
            "2:13: 2016-04-28 without quotes is a date in YAML",
        ),
    ],
)
def test_other_files_are_held_to_it_too(name: str, text: str, says: str, tmp_path: Path) -> None:
    assert fault_of(tmp_path / name, text).startswith(says)


def test_cases_for_sdks_are_held_to_it_too(tmp_path: Path) -> None:
    text = (cases_dir() / "sdk" / "answers.yaml").read_text(encoding="utf-8")
    changed = text.replace("{Inner: [1, ", "{Inner: [0123, ")
    assert changed != text
    assert ": 0123 without quotes is 83 in YAML" in fault_of(tmp_path / "sdk.yaml", changed)
