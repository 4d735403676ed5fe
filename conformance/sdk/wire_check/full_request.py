"""A request with a value for every documented parameter, as the caller of an SDK writes it. Pure.

A value has the type that the SDK's model gives its field, or else that of the documents. Texts are told apart by the
name of their parameter, so that one that arrives under another name is found there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from zlib import crc32

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.cases.expand import wire_parameters
from conformance.cases.scaffold.requests import carrier_path, encodings_of, put, rows_of, top_of
from conformance.contract.encodings import CARRYING, encoded
from conformance.contract.wire import KEY, STRUCTURES, canonical_type, folded_path, wire_text
from conformance.sdk.model_check import by_path, field_at, groups_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.scaffold.requests import Rows
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Parameter
    from conformance.sdk.driver_process import ModelField

_SPECIAL: Final = " +~*/%&=é中"
"""What clients are known to encode in different ways."""
_LAST_NAME: Final = re.compile(r"[^.\[\]{}]+")


class FullRequest(Struct, frozen=True):
    """A request, and what of it the documents let arrive.

    Attributes:
        params: As the caller of the SDK writes it.
        expected: What travels, by the names of the wire.
        structures: The folded paths of values that are compared as what they stand for, not letter by letter.
        free: Those whose form the documents do not tell: only that something arrives under their name.
        lacking: The documented paths that the SDK's model has no field for, and which are not in the request.
        numbers: The folded paths of numbers that need not be whole.
    """

    params: Mapping[str, object]
    expected: Mapping[str, str] = field(default_factory=dict)
    structures: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    lacking: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()

    def names(self) -> list[str]:
        """Return the parameters at the top of the request."""
        return list(self.params)

    def without(self, path: str) -> FullRequest:
        """Return the request without the parameter at the top of a path, which the SDK turned out to lack."""
        return self._of([name for name in self.params if name != top_of(path)], (*self.lacking, path))

    def alone(self, name: str) -> FullRequest:
        """Return the request with one of its parameters."""
        return self._of([name], self.lacking)

    def plain(self) -> FullRequest:
        """Return the request with texts of letters and digits alone."""
        return replace(
            self,
            params={name: _plain(value) for name, value in self.params.items()},
            expected={name: text.replace(_SPECIAL, "") for name, text in self.expected.items()},
        )

    def _of(self, names: Sequence[str], lacking: tuple[str, ...]) -> FullRequest:
        kept = set(names)
        return replace(
            self,
            params={name: self.params[name] for name in names},
            expected={name: text for name, text in self.expected.items() if top_of(name) in kept},
            lacking=lacking,
        )


def full_request(
    contracts: Mapping[Language, Contract], docs: Sequence[Language], fields: Sequence[ModelField] | None
) -> FullRequest:
    """Return a request with everything that the documents have and the model can carry.

    Args:
        contracts: The operation's contracts.
        docs: The languages to judge by.
        fields: The fields of the SDK's model; `None` when it has none: then all is taken as the documents have it.
    """
    rows = rows_of({language: contracts[language] for language in docs if language in contracts})
    parts = _Parts(rows, None if fields is None else by_path(fields))
    first, second = parts.filled(1), parts.filled(2)
    documented = _doubled(first.documented, second.documented)
    given = _doubled(first.given, second.given)
    if not isinstance(documented, dict) or not isinstance(given, dict):
        raise TypeError("a request is a mapping")
    expected = wire_parameters(documented, {}, encodings_of(rows))
    return FullRequest(given, expected, parts.structures, parts.free, parts.lacking, parts.numbers)


class _Filled(Struct, dict=True):
    documented: dict[str, object] = field(default_factory=dict)
    given: dict[str, object] = field(default_factory=dict)


class _Parts:
    """The parameters of an operation, sorted by what the documents and the model tell of their form."""

    def __init__(self, rows: Rows, known: Mapping[str, ModelField] | None) -> None:
        self._rows = rows
        self._known = known
        apart = [path for path in rows if carrier_path(path, rows) is None]
        lacks = [path for path in apart if known is not None and self._is_lacking(path, known)]
        self._paths = [path for path in apart if path not in lacks]
        self.lacking = tuple(lacks)
        self.structures = frozenset(path for path in self._paths if self._carries(path))
        self.free = frozenset(path for path in self._paths if self._is_free(path))
        self.numbers = frozenset(path for path in self._paths if self._is_number(path))

    def filled(self, number: int) -> _Filled:
        """Return a request with one item in each list; the number tells the texts of several of them apart."""
        found = _Filled()
        for path in self._paths:
            documented, given = self._values(path, number)
            put(found.documented, path, documented)
            put(found.given, path, given)
        return found

    def _is_lacking(self, path: str, known: Mapping[str, ModelField]) -> bool:
        return field_at(path, known) is None and not groups_fields(path, known)

    def _carries(self, path: str) -> bool:
        return any(row.encoding in CARRYING for row in self._rows[path])

    def _is_free(self, path: str) -> bool:
        """Whether the documents tell a list or an object without what is in it, or another thing than the model has."""
        untold = _kind(self._rows[path]) in STRUCTURES and not path.endswith("[]") and not self._carries(path)
        shaped = self._known is not None and groups_fields(path, self._known) and not self._inside(path)
        field = self._field(path)
        # A value that the caller writes as text arrives as it is, whatever the documents call it.
        plain = field is not None and field.type not in (None, *STRUCTURES) and field.path == path
        own = field is not None and field.path.removesuffix("[]") == path.removesuffix("[]")
        listed = field is not None and own and (field.path == f"{path}[]" or field.type in STRUCTURES)
        return (untold and not plain) or shaped or (listed and not self._carries(path))

    def _is_number(self, path: str) -> bool:
        """Whether a document, or the model where none says otherwise, has a number that need not be whole."""
        field, kind = self._field(path), _kind(self._rows[path])
        modelled = field is not None and field.path == path and field.type == "number"
        return kind == "number" or (modelled and kind != "integer")

    def _inside(self, path: str) -> list[str]:
        return [other for other in self._rows if carrier_path(other, self._rows) == path]

    def _field(self, path: str) -> ModelField | None:
        return None if self._known is None else field_at(path, self._known)

    def _values(self, path: str, number: int) -> tuple[object, object]:
        """Return the value of a parameter as the documents have it, and as the caller of the SDK writes it."""
        if self._carries(path):
            return self._structure(path, number)
        field, kind = self._field(path), _kind(self._rows[path])
        text = _text(path, self._rows[path], kind, number)
        if path in self.free:
            return "", self._of_model(path, number, text)
        own = field is not None and field.path.removesuffix("[]") == path.removesuffix("[]")
        modelled = field.type if field is not None and own and field.type is not None else kind
        if modelled in ("integer", "number") and not _is_number(text):
            text = str(_number(path, number))  # the documents have a text, the model's caller can only give a number
        return text, _typed(text, modelled)

    def _structure(self, path: str, number: int) -> tuple[object, object]:
        """Return the value of a parameter that carries others: as it is where the model has what is in it."""
        whole: dict[str, object] = {}
        for other in self._inside(path):
            rows = self._rows[other]
            kind = _kind(rows)
            if kind not in STRUCTURES and self._can_carry(other):
                put(whole, f"x{other[len(path) :]}", _typed(_text(other, rows, kind, number), kind))
        value = whole.get("x")
        if value is None:
            keyed = any(row.encoding == "map" for row in self._rows[path])
            value = {"key1": _text(path, [], "", number)} if keyed else [_text(path, [], "", number)]
        if any(row.encoding == "map" for row in self._rows[path]):
            return value, value
        field = self._field(path)
        structured = self._known is not None and (
            groups_fields(path, self._known)
            or (field is not None and (field.type in STRUCTURES or field.path == f"{path}[]"))
        )
        if structured:
            return value, value
        csv = isinstance(value, list) and any(row.encoding == "csv" for row in self._rows[path])
        text = encoded(value, "csv" if csv else "json")
        return text, text

    def _can_carry(self, path: str) -> bool:
        """Whether the model has a field for what is in a structure, or takes the structure as one value."""
        if self._known is None:
            return True
        carrier = carrier_path(path, self._rows)
        return not groups_fields(carrier or path, self._known) or field_at(path, self._known) is not None

    def _of_model(self, path: str, number: int, text: str) -> object:
        """Return a value in the form that the model has, where the documents tell another or none."""
        if self._known is None:
            return text
        plain = path.removesuffix("[]")
        whole: dict[str, object] = {}
        for each in self._known.values():
            if each.path == plain or each.path.startswith((f"{plain}.", f"{plain}[]")):
                own = _text(each.path, [], each.type or "", number)
                put(whole, f"x{each.path[len(plain) :]}", _typed(own, each.type or ""))
        value = whole.get("x", text)
        return value[0] if path.endswith("[]") and isinstance(value, list) else value


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.replace(_SPECIAL, "") if isinstance(value, str) else value


def _doubled(first: object, second: object) -> object:
    """Return a value whose lists have two items: those of two values of the same form."""
    if isinstance(first, dict) and isinstance(second, dict):
        return {name: _doubled(value, second.get(name)) for name, value in first.items()}
    if isinstance(first, list) and isinstance(second, list):
        return [_doubled(first[0], second[0]), _doubled(second[0], first[0])]
    return first


def _kind(rows: Sequence[Parameter]) -> str:
    facts = (row.fact("type") for row in rows)
    return next((canonical_type(str(fact.value)) for fact in facts if fact.stated), "")


def _number(path: str, number: int) -> int:
    """Return a number that tells parameters apart; the same one for a parameter of every operation."""
    return 1000 * number + crc32(path.encode()) % 1000


def _text(path: str, rows: Sequence[Parameter], kind: str, number: int) -> str:
    """Return a value as it travels."""
    for fact in (row.fact("enum") for row in rows):
        if fact.stated and isinstance(fact.value, tuple) and fact.value:
            return wire_text(fact.value[0])
    if kind in ("integer", "number"):
        return str(_number(path, number))
    if kind == "boolean":
        return "true"
    name = _LAST_NAME.findall(path.replace(KEY, ""))
    return f"{name[-1] if name else ''}{_number(path, number)}{_SPECIAL}"


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isascii() and text.removeprefix("-").isdecimal()


def _typed(text: str, kind: str) -> object:
    """Return a value as a program has it: a number, a boolean or a text, an object or a list around it."""
    if kind in ("integer", "number") and _is_number(text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "object":
        return {"key1": text}
    return [text] if kind == "array" else text


def paths_of(request: FullRequest) -> Iterator[tuple[str, str, str]]:
    """Yield the folded path, the wire name and the text of what is expected of a request."""
    for name, text in request.expected.items():
        yield folded_path(name), name, text
