"""How the value of a parameter becomes text of the wire, and how a text is read back.

| encoding | a value | on the wire |
|---|---|---|
| `plain` | a text, a number, a boolean | `Name=text` |
| `repeat` | a list, an item or a member an index | `Name.1=a`, `Name.2.Key=b` |
| `json` | a list or an object, as one JSON text | `Name=[{"Key":"b"}]` |
| `csv` | a list, as one text with commas | `Name=a,b` |
| `map` | an object with keys of the caller's | `Name.key=b` |

A parameter with one of the last three *carries* rows: those of the items or members inside its value, whose paths begin
with its own (`Name[]`, `Name[].Key`, `Name.{key}`). They have its encoding, and no name on the wire. Pure.
"""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Final

from conformance.contract.wire import KEY, SYSTEM_PARAMETERS, container_paths
from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.contract.model import Encoding, Parameter

CARRYING: Final[tuple[Encoding, ...]] = ("json", "csv", "map")
"""The encodings whose parameters carry what is in their value."""
WRITTEN: Final[tuple[Encoding, ...]] = ("json", "csv")
"""The encodings that write a list or an object as one text."""

_STEP: Final = lazy_pattern(r"\[\]|[^.\[\]]+")
# What follows the name of a list: `.1`, `.2.Key`. Six digits are more than any list has, and int() takes them.
_INDEXED: Final = lazy_pattern(r"\.([0-9]{1,6})(\..+)?")
_ITEM: Final = "[]"


def carriers(rows: Iterable[Parameter]) -> Iterator[Parameter]:
    """Yield the rows that may carry others: beside them no other row says how one travels."""
    return (row for row in rows if row.encoding in CARRYING)


def carrier_of(path: str, rows: Iterable[Parameter]) -> Parameter | None:
    """Return the parameter that carries a row in its value: the outermost one; `None` for a row of its own."""
    found = [row for row in rows if row.encoding in CARRYING and _inside(path, row.path)]
    return min(found, key=lambda row: len(row.path), default=None)


def _inside(path: str, outer: str) -> bool:
    return path.startswith((f"{outer}.", f"{outer}["))


def is_carrier(row: Parameter, rows: Iterable[Parameter]) -> bool:
    """Whether a row is a parameter whose value carries others, and not inside the value of one."""
    return row.encoding in CARRYING and carrier_of(row.path, rows) is None


def carried_paths(rows: Sequence[Parameter]) -> frozenset[str]:
    """Return the paths of the rows that another one carries."""
    carrying = tuple(carriers(rows))
    return frozenset(row.path for row in rows if carrying and carrier_of(row.path, carrying) is not None)


def sent_rows(rows: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """Return the rows that have names on the wire: no groups, nothing that another one carries or the signer adds."""
    groups = container_paths(row.path for row in rows)
    carried = carried_paths(rows)
    return tuple(
        row
        for row in rows
        if row.path not in SYSTEM_PARAMETERS
        and row.path not in carried
        and (row.encoding in CARRYING or row.path not in groups)
    )


def ruled_rows(rows: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """Return the rows about whose values something can be said: those that are sent, and those inside their values."""
    groups = container_paths(row.path for row in rows)
    return tuple(
        row
        for row in rows
        if row.path not in SYSTEM_PARAMETERS and (row.encoding in CARRYING or row.path not in groups)
    )


def encoded(value: object, encoding: Encoding) -> str:
    """Return a list or an object as one text, for an encoding of `WRITTEN`.

    JSON has neither blanks nor escapes for letters outside ASCII. The items of `csv` are joined as they are: a comma
    inside an item is the caller's.
    """
    if encoding == "csv" and isinstance(value, list):
        return ",".join(map(value_text, value))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def value_text(value: object) -> str:
    """Return a value inside a list or an object as the text that rules are held against."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def decoded(text: str, encoding: Encoding) -> object:
    """Return the list or object that a text stands for; the text itself where it stands for none."""
    if encoding == "csv":
        return [item.strip() for item in text.split(",")] if text else []
    if encoding != "json":
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def is_readable(text: str, encoding: Encoding) -> bool:
    """Whether a text is one of its encoding: of `json`, a list or an object."""
    return encoding != "json" or isinstance(decoded(text, encoding), list | dict)


def entries(text: str, encoding: Encoding) -> int | None:
    """Return how many entries the list or object has that a text stands for; `None` where it stands for none.

    A map is told as JSON, as `wire_values` returns it.
    """
    value = decoded(text, "json" if encoding == "map" else encoding)
    return len(value) if isinstance(value, list | dict) else None


def wire_values(row: Parameter, rows: Iterable[Parameter], params: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return what a request carries for a row of a contract.

    Args:
        row: The row: a parameter, or something inside the value of one.
        rows: All rows of the contract, or those that may carry others.
        params: The request, wire name to text.

    Returns:
        For a plain parameter that was sent its one value; for what is in a list one value an item, in the order of the
        items, `None` where an item leaves it out; nothing when nothing was sent, or a text that is not of its encoding.
        A list or an object inside a value is JSON.
    """
    return tuple(chain.from_iterable(wire_lists(row, rows, params)))


def wire_lists(row: Parameter, rows: Iterable[Parameter], params: Mapping[str, str]) -> list[tuple[str | None, ...]]:
    """Return the same as `wire_values`, apart for each list that holds the values: one of each outer item."""
    carrier = carrier_of(row.path, rows) or (row if row.encoding == "map" else None)
    if carrier is None:
        return list(_sent(row.path, params))
    if carrier.encoding == "map":
        return [_of_map(row, carrier, params)]
    inner = _STEP.findall(row.path[len(carrier.path) :])
    texts = [text for sent in _sent(carrier.path, params) for text in sent if text is not None]
    values = (decoded(text, carrier.encoding) for text in texts)
    return [
        tuple(None if each is None else value_text(each) for each in _within(value, inner))
        for value in values
        if isinstance(value, list | dict)
    ]


def _of_map(row: Parameter, carrier: Parameter, params: Mapping[str, str]) -> tuple[str | None, ...]:
    prefix = f"{carrier.path}."
    texts = {name[len(prefix) :]: text for name, text in params.items() if name.startswith(prefix)}
    if row.path == carrier.path:
        return (encoded(texts, "json"),) if texts else ()
    return tuple(texts.values())


def _within(value: object, steps: Sequence[str]) -> Iterator[object]:
    """Yield what is at a path inside a decoded value; `None` where an object on the way has no such member."""
    if not steps:
        yield value
    elif steps[0] == _ITEM:
        for item in value if isinstance(value, list) else ():
            yield from _within(item, steps[1:])
    elif steps[0] == KEY:
        for item in value.values() if isinstance(value, dict) else ():
            yield from _within(item, steps[1:])
    elif isinstance(value, dict):
        if steps[0] in value:
            yield from _within(value[steps[0]], steps[1:])
        else:
            yield None


def _sent(path: str, params: Mapping[str, str]) -> Iterator[tuple[str | None, ...]]:
    """Yield the values of the wire names of a path, apart for each of its innermost lists."""
    first, *rest = path.split(_ITEM)
    if rest:
        yield from _items(first, rest, params)
    elif path in params:
        yield (params[path],)


def _items(prefix: str, parts: Sequence[str], params: Mapping[str, str]) -> Iterator[tuple[str | None, ...]]:
    """Yield the values below a list.

    Args:
        prefix: What the names of the list begin with: `Tag`, inside an item `.Tag`.
        parts: What follows each index in the path: `[".Key"]`.
        params: Names and texts.
    """
    found: dict[int, dict[str, str]] = {}
    for name, text in params.items():
        match = _INDEXED.fullmatch(name, len(prefix)) if name.startswith(f"{prefix}.") else None
        if match is not None:
            found.setdefault(int(match[1]), {})[match[2] or ""] = text
    after, *deeper = parts
    items = [found[index] for index in sorted(found)]
    if deeper:
        for item in items:
            yield from _items(after, deeper, item)
    elif items:
        yield tuple(item.get(after) for item in items)
