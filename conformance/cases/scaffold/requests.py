"""Requests of a skeleton: which parameters a valid one has, and where in it their values are."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from conformance.contract.encodings import WRITTEN, carrier_of, ruled_rows
from conformance.contract.wire import KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Encoding, Parameter

SOME_KEY: Final = "key1"
"""What a skeleton takes for a key that is the caller's."""

Rows = dict[str, list["Parameter"]]
"""A parameter's path to its row in each document that has it."""


def rows_of(contracts: Mapping[Language, Contract]) -> Rows:
    """Return the parameters that a case can send, by path, each as every document has it."""
    rows: Rows = {}
    for contract in contracts.values():
        for row in ruled_rows(contract.parameters):
            # `times` is what a case file calls the length of a list: no case can send a parameter of this name.
            if not _has_times(row.path):
                rows.setdefault(row.path, []).append(row)
    return rows


@lru_cache(maxsize=16_384)
def _has_times(path: str) -> bool:
    return "times" in re.split(r"[.\[\]]+", path)


def top_of(path: str) -> str:
    """Return the name of the parameter at the top of a folded path."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def encodings_of(rows: Rows) -> dict[str, Encoding]:
    """Return by path the encodings of the parameters that write a list or an object as one text."""
    every = every_row(rows)
    found = {row.path: row.encoding for row in reversed(every) if row.encoding in WRITTEN}
    return {path: encoding for path, encoding in found.items() if carrier_of(path, every) is None}


def carrier_path(path: str, rows: Rows) -> str | None:
    """Return the path of the parameter whose value has what is at a path in it; `None` where it is no such thing."""
    carrier = carrier_of(path, every_row(rows))
    return None if carrier is None else carrier.path


def every_row(rows: Rows) -> list[Parameter]:
    """Return the rows of all documents."""
    return [row for of_path in rows.values() for row in of_path]


def required_by_any(rows: Sequence[Parameter]) -> bool:
    """Whether a document requires a parameter in every request."""
    return any(row.fact("required").stated and row.fact("required").value is True for row in rows)


def needed(path: str, rows: Rows) -> bool:
    """Whether a valid request carries a parameter; a member of a list is needed only in an item that is there."""
    return required_by_any(rows[path]) and "[]." not in path and carrier_path(path, rows) is None


def needed_lists(contracts: Mapping[Language, Contract], rows: Rows) -> list[str]:
    """Return the lists of objects that a document requires, whether or not it requires a member of their items."""
    groups = (row for contract in contracts.values() for row in contract.parameters if row.path not in rows)
    return list(dict.fromkeys(row.path for row in groups if is_top_list(row.path) and required_by_any([row])))


def is_top_list(path: str) -> bool:
    """Whether a path is that of a list which is inside nothing else: `Tag[]`."""
    return path.endswith("[]") and "[" not in path.removesuffix("[]") and "." not in path


def put(request: dict[str, object], path: str, value: object) -> None:
    """Put a value at a folded path: `Tag[].Key` goes into the first item of the list `Tag`."""
    steps = [SOME_KEY if step == KEY else step for step in re.findall(r"[^.\[\]]+|\[\]", path)]
    place: dict[str, object] | list[object] = request
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        if after is None:
            _set_in(place, step, value)
            return
        # One document may call a plain text what the other calls a list: the later one holds.
        there = _get_in(place, step)
        if after == "[]":
            inner: dict[str, object] | list[object] = there if isinstance(there, list) else []
        else:
            inner = there if isinstance(there, dict) else {}
        _set_in(place, step, inner)
        place = inner


def _get_in(place: dict[str, object] | list[object], step: str) -> object:
    """Return what is in a mapping under a name, or in a list as its first item; `None` where nothing is."""
    if isinstance(place, list):
        return place[0] if place else None
    return place.get(step)


def _set_in(place: dict[str, object] | list[object], step: str, value: object) -> None:
    if isinstance(place, list):
        place[:1] = [value]
    else:
        place[step] = value
