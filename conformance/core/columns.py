"""Frozen records to JSON and back, column by column; what is read has the types that its format names, or is refused.

A file of ten thousand cases is ten thousand records with many equal parts. Written one field after the other, equal
parts once, they are read by loops that run in C, and equal parts are one object again. Nothing that is read names code.
"""

from __future__ import annotations

from itertools import islice
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

import orjson
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from enum import StrEnum

T = TypeVar("T")
_Record = TypeVar("_Record", bound=Struct)
_Member = TypeVar("_Member", bound="StrEnum")


class DamagedError(ValueError):
    """What was to be read is not what its format writes."""


class Format(Protocol[T]):
    """How a list of values of one type is written as JSON."""

    def write(self, values: Sequence[T]) -> object:
        """Return the values as JSON data."""

    def read(self, stored: object) -> list[T]:
        """Return the values that `write` made JSON data of; raises `DamagedError` for anything else."""


class Values(Format[T]):
    """Values that JSON has, of certain types: `Values[str](str)`.

    Args:
        kinds: The types.
    """

    def __init__(self, *kinds: type) -> None:
        self._kinds: Final = frozenset(kinds)

    def write(self, values: Sequence[T]) -> object:
        """Return the values themselves."""
        return list(values)

    def read(self, stored: object) -> list[T]:
        """Return the values, when all have one of the types."""
        if not isinstance(stored, list) or not self._kinds.issuperset(map(type, stored)):
            raise DamagedError("a value has another type")
        return stored


class OneOf(Format[T]):
    """Texts of which each is one of a few, such as those of a `Literal`; `None` may be one of them.

    Args:
        words: The texts.
    """

    def __init__(self, words: Iterable[T]) -> None:
        self._words: Final = frozenset(words)

    def write(self, values: Sequence[T]) -> object:
        """Return the texts themselves."""
        return list(values)

    def read(self, stored: object) -> list[T]:
        """Return the texts, when all are known."""
        if not isinstance(stored, list) or not self._words.issuperset(stored):
            raise DamagedError("a word is unknown")
        return stored


class Members(Format[_Member]):
    """Members of an enumeration of texts.

    Args:
        kind: The enumeration.
    """

    def __init__(self, kind: type[_Member]) -> None:
        self._by_value: Final = {member.value: member for member in kind}

    def write(self, values: Sequence[_Member]) -> object:
        """Return the texts of the members."""
        return [value.value for value in values]

    def read(self, stored: object) -> list[_Member]:
        """Return the members of these texts."""
        return list(map(self._by_value.__getitem__, TEXT.read(stored)))


class Interned(Format[T]):
    """Values of which many are equal: each is written once, and is one object when it is read.

    Args:
        inner: The format of the values.
    """

    def __init__(self, inner: Format[T]) -> None:
        self._inner: Final = inner

    def write(self, values: Sequence[T]) -> object:
        """Return the different values, and for each value its place among them."""
        table: list[T] = []
        places: dict[object, int] = {}
        of = []
        for value in values:
            place = places.setdefault(value if type(value) is str else _written(value), len(table))
            if place == len(table):
                table.append(value)
            of.append(place)
        return {"table": self._inner.write(table), "of": of}

    def read(self, stored: object) -> list[T]:
        """Return the values; equal ones are one object."""
        parts = _parts(stored)
        table = self._inner.read(parts["table"])
        return list(map(table.__getitem__, INTEGER.read(parts["of"])))


class Maybe(Format["T | None"], Generic[T]):
    """Values that may be missing.

    Args:
        inner: The format of those that are there.
    """

    def __init__(self, inner: Format[T]) -> None:
        self._inner: Final = inner

    def write(self, values: Sequence[T | None]) -> object:
        """Return which values are there, and those."""
        there = [value for value in values if value is not None]
        return {"there": [value is not None for value in values], "values": self._inner.write(there)}

    def read(self, stored: object) -> list[T | None]:
        """Return the values, with `None` for one that is missing."""
        parts = _parts(stored)
        there = BOOLEAN.read(parts["there"])
        values = self._inner.read(parts["values"])
        _same(sum(there), len(values))
        following = iter(values)
        return [next(following) if each else None for each in there]


class Tuples(Format["tuple[T, ...]"], Generic[T]):
    """Tuples of any length.

    Args:
        inner: The format of what is in them.
    """

    def __init__(self, inner: Format[T]) -> None:
        self._inner: Final = inner

    def write(self, values: Sequence[tuple[T, ...]]) -> object:
        """Return the lengths, and what is in all of them."""
        return {"sizes": list(map(len, values)), "items": self._inner.write([item for each in values for item in each])}

    def read(self, stored: object) -> list[tuple[T, ...]]:
        """Return the tuples."""
        parts = _parts(stored)
        sizes = INTEGER.read(parts["sizes"])
        items = self._inner.read(parts["items"])
        _same(sum(sizes), len(items))
        following = iter(items)
        return [tuple(islice(following, size)) for size in sizes]


class Mappings(Format["Mapping[str, T]"], Generic[T]):
    """Mappings from texts, many of which have the same keys in the same order.

    Args:
        inner: The format of what is in them.
    """

    def __init__(self, inner: Format[T]) -> None:
        self._inner: Final = inner

    def write(self, values: Sequence[Mapping[str, T]]) -> object:
        """Return the different lists of keys, which of them each mapping has, and what is in all mappings."""
        shapes: dict[tuple[str, ...], int] = {}
        of = [shapes.setdefault(tuple(each), len(shapes)) for each in values]
        items = self._inner.write([item for each in values for item in each.values()])
        return {"shapes": list(map(list, shapes)), "of": of, "items": items}

    def read(self, stored: object) -> list[Mapping[str, T]]:
        """Return the mappings, each with its keys in their order."""
        parts = _parts(stored)
        shapes = [TEXT.read(shape) for shape in LIST.read(parts["shapes"])]
        own = [shapes[place] for place in INTEGER.read(parts["of"])]
        items = self._inner.read(parts["items"])
        _same(sum(map(len, own)), len(items))
        following = iter(items)
        # The keys come first: at their end nothing more is taken of what follows.
        return [dict(zip(shape, following)) for shape in own]  # noqa: B905 - see above


class Records(Format[_Record]):
    """Instances of a `Struct`.

    Args:
        kind: The class.
        without: Fields that are not written; they come last and have a default.
        formats: The format of every other field, in the order of the class.
    """

    def __init__(self, kind: type[_Record], /, *, without: Sequence[str] = (), **formats: Format[Any]) -> None:
        names = [*kind.__struct_fields__]
        if [*formats, *without] != names:
            raise TypeError(f"{kind.__name__} has the fields {', '.join(names)}")
        self._kind: Final = kind
        self._formats: Final = formats

    def write(self, values: Sequence[_Record]) -> object:
        """Return one column for each field."""
        return {name: each.write([getattr(value, name) for value in values]) for name, each in self._formats.items()}

    def read(self, stored: object) -> list[_Record]:
        """Return the instances."""
        parts = _parts(stored)
        columns = [each.read(parts[name]) for name, each in self._formats.items()]
        for column in columns:
            _same(len(column), len(columns[0]))
        return list(map(self._kind, *columns))


TEXT: Final = Values[str](str)
MAYBE_TEXT: Final = Values["str | None"](str, NoneType)
INTEGER: Final = Values[int](int)
MAYBE_INTEGER: Final = Values["int | None"](int, NoneType)
NUMBER: Final = Values[float](int, float)
MAYBE_NUMBER: Final = Values["float | None"](int, float, NoneType)
BOOLEAN: Final = Values[bool](bool)
LIST: Final = Values["list[object]"](list)
OBJECT: Final = Values["dict[str, object]"](dict)
JSON: Final = Values[object](str, int, float, bool, NoneType, list, dict)


def _written(value: object) -> bytes | int:
    """Return what two values have in common that are written alike; of a record, that it is the same one."""
    try:
        # By themselves they may be unhashable, or equal though of different types (1 and true).
        return orjson.dumps(value)
    except TypeError:
        return id(value)


def _parts(stored: object) -> dict[str, object]:
    if not isinstance(stored, dict):
        raise DamagedError("not a mapping")
    return stored


def _same(one: int, other: int) -> None:
    if one != other:
        raise DamagedError("columns differ in length")
