from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conformance.core.errors import CaseError
from conformance.core.yamlfile import YamlFile
from conformance.core.yamlwriter import comment_text, dump_block, dump_line, text_node

if TYPE_CHECKING:
    from collections.abc import Callable

# What YAML or an editor treats in a way of its own, among letters.
special = st.sampled_from(
    "\0\a\t\n\r\x1b \x7f\x85\xa0\xad\u2028\u2029\u3000\ufeff\ufffe\uffff\U0010ffff'\"\\#:-[]{},&*!|>%@`?=<~0"
)
texts = st.text(special | st.characters(exclude_categories=["Cs"]), max_size=20)
data = st.recursive(
    texts | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
writers = [
    pytest.param(lambda value: dump_block(value, CaseError, width=20), id="block"),
    pytest.param(lambda value: dump_block(value, CaseError, width=110), id="wide block"),
    pytest.param(lambda value: dump_line(value, CaseError), id="line"),
    pytest.param(lambda value: f"x:\n    - a: {dump_line(value, CaseError)}\n      b: c\n", id="line in a file"),
]


def back(text: str) -> Any:
    """Read a file as the project does, and as a loader without C does."""
    read = YamlFile.of(text.encode(), Path("x.yaml"), CaseError).data
    assert yaml.safe_load(text) == read
    return read["x"][0]["a"] if text.startswith("x:\n    - a: ") else read


@pytest.mark.parametrize("write", writers)
@given(value=data)
def test_all_data_survives_yaml(write: Callable[[object], str], value: object) -> None:
    assert back(write(value)) == value


@pytest.mark.parametrize("write", writers)
@given(value=st.text(special, max_size=200) | st.text(st.sampled_from("a  \n\x85"), max_size=200))
def test_every_text_survives_yaml(write: Callable[[object], str], value: str) -> None:
    assert back(write(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "\ufeffa",
        "a\rb",
        "a\r\nb",
        " a ",
        "\xa0a",
        "a\u3000",
        "\ta\t",
        "a\n\n b\n",
        "\x85",
    ],
)
def test_a_text_is_on_one_line_and_its_ends_of_lines_are_seen(text: str) -> None:
    line = dump_line(text, CaseError)
    assert len(line.splitlines()) == 1
    assert line == line.strip()
    assert back(line) == text


@pytest.mark.parametrize("text", ["1e3", "-1e3", "0o17", ".5", "5.", "1.10", "0123", "on", "12:30", "null", "=", "<<"])
def test_a_text_that_looks_like_something_else_is_quoted(text: str) -> None:
    assert dump_line(text, CaseError) == f"'{text}'"


def test_plain_words_of_any_language_are_not_quoted() -> None:
    assert dump_line({"名称": "默认 value"}, CaseError) == "{名称: 默认 value}"


simple = st.text(st.sampled_from("aYnoNullTrue1._/- "), max_size=120) | st.sampled_from(
    ["yes", "Off", "null", "n", "a b"]
)


@given(
    st.recursive(
        simple | st.booleans() | st.integers() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(simple, inner, max_size=3),
        max_leaves=6,
    )
)
def test_plain_data_is_written_as_pyyaml_writes_it(value: object) -> None:
    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, _data: object) -> bool:
            return True

    Plain.add_representer(str, lambda _, text: text_node(text, CaseError))
    whole = yaml.dump(value, Dumper=Plain, sort_keys=False, default_flow_style=True, width=float("inf"))
    assert dump_line(value, CaseError) == whole.removesuffix("\n").removesuffix("\n...")


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, ["a\udc80"]])
def test_half_of_a_surrogate_pair_is_refused(value: object) -> None:
    with pytest.raises(CaseError, match="half of a surrogate pair"):
        dump_line(value, CaseError)


@given(st.text(special | st.characters()))
def test_a_comment_is_one_line(text: str) -> None:
    written = f"# {comment_text(text)}\nx: 1\n"
    assert YamlFile.of(written.encode(), Path("x.yaml"), CaseError).data == {"x": 1}
