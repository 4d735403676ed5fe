"""Requests of a skeleton: which parameters a valid one has, with which values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.cases.scaffold.values import valid_value
from conformance.contract.wire import SYSTEM_PARAMETERS, is_container

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Parameter

Rows = dict[str, list["Parameter"]]
"""A parameter's path to its row in each document that has it."""


def rows_of(contracts: Mapping[Language, Contract]) -> Rows:
    """Return the parameters that a case can send, by path, each as every document has it."""
    rows: Rows = {}
    for contract in contracts.values():
        paths = frozenset(row.path for row in contract.parameters)
        for row in contract.parameters:
            # `times` is what a case file calls the length of a list: no case can send a parameter of this name.
            spelt = re.split(r"[.\[\]]+", row.path)
            if row.path not in SYSTEM_PARAMETERS and not is_container(row.path, paths) and "times" not in spelt:
                rows.setdefault(row.path, []).append(row)
    return rows


def required_by_any(rows: Sequence[Parameter]) -> bool:
    """Whether a document requires a parameter in every request."""
    return any(row.fact("required").stated and row.fact("required").value is True for row in rows)


def needed(path: str, rows: Rows) -> bool:
    """Whether a valid request carries a parameter; a member of a list is needed only in an item that is there."""
    return required_by_any(rows[path]) and "[]." not in path


def request_of(rows: Rows, paths: Sequence[str]) -> dict[str, object]:
    """Return a request with these parameters, each with a value that keeps its rules, or `todo` where there is none."""
    request: dict[str, object] = {}
    for path in paths:
        value = valid_value(rows[path])
        put(request, path, "todo" if value is None else value)
    return request


def put(request: dict[str, object], path: str, value: object) -> None:
    """Put a value at a folded path: `Tag[].Key` goes into the first item of the list `Tag`."""
    steps = re.findall(r"[^.\[\]]+|\[\]", path)
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


def set_of(path: str, value: object, rows: Rows) -> dict[str, object]:
    """Return the parameter at the top of a path with this value, and with what else an item needs to be valid."""
    top = re.split(r"[.\[]", path)[0]
    prefix = path.rpartition("[].")[0]
    siblings = [
        other
        for other in rows
        if prefix and other.startswith(f"{prefix}[].") and "[" not in other.removeprefix(f"{prefix}[].")
    ]
    request = request_of(rows, [other for other in siblings if other != path and required_by_any(rows[other])])
    put(request, path, value)
    return {top: request[top]}
