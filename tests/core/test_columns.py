"""Records written column by column are the same when they are read, and anything else is refused."""

from __future__ import annotations

import copy
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

import orjson
import pytest
from built import built
from each import about
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from conformance.core.columns import (
    BOOLEAN,
    INTEGER,
    JSON,
    MAYBE_TEXT,
    TEXT,
    DamagedError,
    Interned,
    Mappings,
    Maybe,
    Members,
    OneOf,
    Records,
    Tuples,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(Struct, frozen=True):
    name: str
    note: str | None
    colour: Colour


class Whole(Struct, frozen=True):
    size: int
    kind: str | None
    parts: tuple[Part, ...]
    first: Part | None
    rest: Mapping[str, object]
    sure: bool
    key: str = ""


PARTS = Records(Part, name=TEXT, note=MAYBE_TEXT, colour=Members(Colour))
WHOLES = Records(
    Whole,
    size=INTEGER,
    kind=OneOf(("a", "b", None)),
    parts=Tuples(PARTS),
    first=Maybe(PARTS),
    rest=Mappings(Interned(JSON)),
    sure=BOOLEAN,
    without=["key"],
)
_DAMAGE = (ValueError, LookupError, TypeError)

texts = st.text(max_size=3)
parts = built(Part, texts, st.none() | texts, st.sampled_from(Colour))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
wholes = built(
    Whole,
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from(("a", "b", None)),
    st.lists(parts, max_size=3).map(tuple),
    st.none() | parts,
    st.dictionaries(texts, values, max_size=3),
    st.booleans(),
)


def through_json(written: object) -> object:
    return orjson.loads(orjson.dumps(written))


@given(st.lists(wholes, max_size=4))
def test_what_is_written_is_read_again_to_the_type(records: list[Whole]) -> None:
    found = WHOLES.read(through_json(WHOLES.write(records)))
    assert (found, repr(found)) == (records, repr(records))


def test_equal_values_are_one_object_and_those_of_other_types_are_not() -> None:
    found = Interned(JSON).read(through_json(Interned(JSON).write(["ab", [1, 2], 1, True, 1.0, "ab", [1, 2]])))
    assert repr(found) == "['ab', [1, 2], 1, True, 1.0, 'ab', [1, 2]]"
    assert found[0] is found[5]
    assert found[1] is found[6]


def places(node: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inner:
        yield from places(value, (*at, name))


WRITTEN = through_json(
    WHOLES.write(
        [
            Whole(1, "a", (Part("p", None, Colour.RED),), None, {"x": "v", "y": 2}, sure=True),
            Whole(2, None, (), Part("q", "n", Colour.BLUE), {"x": "v"}, sure=False),
        ]
    )
)


@pytest.mark.parametrize("value", [None, True, 7, -9, 1.5, "w", [], {}, [None], {"table": []}], ids=repr)
def test_a_value_of_another_type_anywhere_is_refused_or_makes_a_whole_record(value: object) -> None:
    for at in places(WRITTEN):
        with about(at):
            refused_or_whole(at, value)


def refused_or_whole(at: tuple[str | int, ...], value: object) -> None:
    """Put a value at a place of what was written, and read it."""
    data: object = {"root": copy.deepcopy(WRITTEN)}
    holder = data
    for part in ("root", *at)[:-1]:
        holder = holder[part]  # type: ignore[index]
    holder[("root", *at)[-1]] = value  # type: ignore[index]
    assert isinstance(data, dict)
    with suppress(*_DAMAGE):
        for whole in WHOLES.read(data["root"]):
            assert type(whole.size) is int
            assert type(whole.sure) is bool
            assert whole.kind in ("a", "b", None)
            assert all(isinstance(part, Part) for part in (*whole.parts, whole.first or Part("", None, Colour.RED)))
            assert all(type(name) is str for name in whole.rest)


@pytest.mark.parametrize(
    ("form", "stored"),
    [
        (TEXT, "ab"),
        (TEXT, ["a", 1]),
        (INTEGER, [True]),
        (BOOLEAN, [1]),
        (OneOf(("a",)), ["b"]),
        (OneOf(("a",)), "a"),
        (Tuples(TEXT), {"sizes": [2], "items": ["a"]}),
        (Tuples(TEXT), {"sizes": [-1, 2], "items": ["a"]}),
        (Maybe(TEXT), {"there": [True, True], "values": ["a"]}),
        (Mappings(TEXT), {"shapes": [["a", "b"]], "of": [0], "items": ["a"]}),
        (PARTS, {"name": ["a", "b"], "note": [None], "colour": ["red"]}),
        (PARTS, [1]),
    ],
)
def test_what_has_another_form_is_damage(form: Records[Part], stored: object) -> None:
    with pytest.raises((DamagedError, ValueError)):
        form.read(stored)


def test_a_field_cannot_be_forgotten() -> None:
    with pytest.raises(TypeError, match="Part has the fields name, note, colour"):
        Records(Part, name=TEXT, colour=Members(Colour))
