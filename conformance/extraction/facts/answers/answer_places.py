"""Where in an answer fields are that a page's table has elsewhere, by the page's own samples.

Many tables show no level: what is inside `Thing` is listed below it as if it were beside it. And hardly any table shows
that a list is written as an object of one list, `{"Things": {"Thing": [...]}}`. A sample shows both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.contract.answer_trees import objects_at, only_list, way_to
from conformance.contract.wire import STRUCTURES, canonical_type

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from conformance.contract.model import Parameter

_LIST: Final = "[]"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def placed(rows: Sequence[Parameter], samples: Sequence[object]) -> tuple[Parameter, ...]:
    """Return the fields of an answer, each with its place where samples show another one than the table.

    Args:
        rows: The rows of the table of the answer.
        samples: The bodies of the successes that the page shows.
    """
    if not samples:
        return tuple(rows)
    samples = list(samples)
    structures: list[str] = []
    paths = frozenset(row.path for row in rows)
    logical = []
    for row in rows:
        path = _logical(row.path, structures, samples, paths)
        logical.append(path)
        top = row.path.partition(".")[0]
        structures += [each for each in dict.fromkeys((top, path)) if objects_at(samples, way_to(each))]
    # What one field of a list shows of how it is written holds for all of them: a sample need not have every field.
    plain = {path for row, path in zip(rows, logical, strict=True) if _is_plain(row, path, logical)}
    members = dict(each for path in logical for each in _members(path, samples, paths, listed=path in plain))
    return tuple(_at(row, _place(path, members)) for row, path in zip(rows, logical, strict=True))


def _at(row: Parameter, place: str) -> Parameter:
    return replace(row, presence=replace(row.presence, place=place)) if place != row.path else row


def _logical(path: str, structures: Sequence[str], samples: Sequence[object], paths: Container[str]) -> str:
    """Return the path of a row by the level at which samples have it, where the table has another one.

    A row of the top may be inside one of the structures above it, and one inside a structure at the top.
    """
    above, _, name = path.removesuffix(_LIST).rpartition(".")
    at_top = [name in each for each in samples if isinstance(each, dict)]
    if above:
        inside = any(name in each for each in objects_at(samples, way_to(above)))
        return name if all(at_top) and not inside and path.endswith(name) and name not in paths else path
    if any(at_top) or _LIST in name:
        return path
    known = dict.fromkeys(structures)
    having = sorted(
        (each for each in known if any(name in found for found in objects_at(samples, way_to(each)))), key=len
    )
    # An object of one member is looked through: what is inside that is found from outside too.
    sure = having and all(having[-1].startswith(each) for each in having)
    return f"{having[-1]}.{path}" if sure else path


def _is_plain(row: Parameter, path: str, logical: Sequence[str]) -> bool:
    """Whether a table shows nothing inside a field, and calls it neither a list nor an object."""
    inside = any(each.startswith((f"{path}.", f"{path}[")) for each in logical)
    return not inside and _LIST not in path and canonical_type(str(row.fact("type").value)) not in STRUCTURES


def _members(
    path: str, samples: Sequence[object], paths: Container[str], *, listed: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield each part of a path that is an object of one list in samples, with the name of that list.

    With no name where the path has it already, and only the object is called a list: `Things[].Thing[]`.

    Args:
        path: The path.
        samples: The bodies that the page shows.
        paths: The paths of all rows: what has one is a field of its own.
        listed: Whether the field itself may be the object around a list, though the table does not call it one.
    """
    values = list(samples)
    parts = path.split(".")
    for number, part in enumerate(parts):
        name = part.removesuffix(_LIST)
        values = [each[name] for each in _flat(values) if isinstance(each, dict) and name in each]
        after = parts[number + 1].removesuffix(_LIST) if number + 1 < len(parts) else ""
        before = ".".join(parts[: number + 1])
        if part.endswith(_LIST) and _is_around(values, parts[number + 1] if after else ""):
            yield before, ""
            continue
        only = _only_member(values, after, listed=part.endswith(_LIST))
        if not only and listed and not after and all(only_list(each) is not None for each in values):
            only = _only_member(values, after, listed=True)
        if only and f"{before}.{only}" not in paths:
            values = [each[only] for each in values if isinstance(each, dict)]
            listed = part.endswith(_LIST) or any(isinstance(each, list) for each in values)
            yield before, f"{only}{_LIST}" if listed else only


def _place(path: str, members: Mapping[str, str]) -> str:
    """Return a path with the names of the lists that are the only members of objects on its way."""
    parts = path.split(".")
    way: list[str] = []
    named = ""
    for number, part in enumerate(parts, start=1):
        only = members.get(".".join(parts[:number]))
        after = parts[number].removesuffix(_LIST) if number < len(parts) else ""
        way.append(named or (part if only is None else part.removesuffix(_LIST)))
        # A table may have a row of its own for that list.
        named = only if only and only.removesuffix(_LIST) == after else ""
        way += [only] if only and not named else []
    return ".".join(way)


def _is_around(values: Sequence[object], part: str) -> bool:
    """Whether what samples have at a place is always an object that is there for the list that follows in the path."""
    name = part.removesuffix(_LIST)
    lists = [only_list(each) for each in values if isinstance(each, dict) and name in each]
    return bool(values) and part.endswith(_LIST) and len(lists) == len(values) and None not in lists


def _only_member(values: Sequence[object], after: str, *, listed: bool) -> str:
    """Return the name of the only member that objects have in place of what follows; empty where there is none.

    Args:
        values: What samples have at a place.
        after: The name that follows in the path; empty at its end.
        listed: Whether the table calls it a list.
    """
    names = {tuple(each) if isinstance(each, dict) else () for each in values}
    if len(names) != 1 or len(only := names.pop()) != 1 or only[0] == after or not _NAME.fullmatch(only[0]):
        return ""
    inner = [each[only[0]] for each in values if isinstance(each, dict)]
    if after:
        fits = any(isinstance(each, dict) and after in each for each in _flat(inner))
    else:
        fits = listed and all(isinstance(each, list | dict) for each in inner)
    return only[0] if fits else ""


def _flat(values: Sequence[object]) -> list[object]:
    return [item for each in values for item in (_flat(each) if isinstance(each, list) else [each])]
