"""Files that were changed after they were written: every field of a real one, changed in every way."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Place = tuple["str | int", ...]

_DELETED: Final = object()
_NUMBER: Final = "@number@"
VALUES: Final[dict[str, object]] = {
    "deleted": _DELETED,
    "null": None,
    "true": True,
    "text": "x",
    "empty text": "",
    "control characters": "\x00\x1b[31m\n\ud800",
    "number": 7,
    "negative": -1,
    "fraction": 0.5,
    "huge": 10**400,
    "empty list": [],
    "list": [1, None, {}],
    "list of lists": [[["x"]]],
    "empty object": {},
    "object": {"a": {"b": []}},
}
_RAW: Final = {
    "NaN": "NaN",
    "infinite": "-Infinity",
    "beyond floats": "1e999",
    "endless digits": "9" * 5_000,
    "deep list": "[" * 3_000 + "]" * 3_000,
    "deep object": '{"a":' * 200_000 + "1" + "}" * 200_000,
    "deep but readable": "[" * 300 + "]" * 300,
    "no JSON": "nul",
}


class Tampered(NamedTuple):
    """A changed file: what was changed, and its bytes."""

    what: str
    content: bytes


def places(data: object, at: Place = ()) -> Iterator[Place]:
    """Yield the place of every value in JSON data; of a list only those in its first element."""
    if at:
        yield at
    if isinstance(data, dict):
        for name, value in data.items():
            yield from places(value, (*at, name))
    elif isinstance(data, list) and data:
        yield from places(data[0], (*at, 0))


def changed(data: Any) -> Iterator[tuple[str, str]]:
    """Yield JSON text with one value changed, for every value and every change, and what was changed."""
    for place in places(data):
        name = "/".join(map(str, place))
        for kind, value in VALUES.items():
            yield f"{name}: {kind}", json.dumps(_with(data, place, value))
        for kind, text in _RAW.items():
            yield f"{name}: {kind}", json.dumps(_with(data, place, _NUMBER)).replace(json.dumps(_NUMBER), text)
        if isinstance(place[-1], str):
            twice = f"{json.dumps(place[-1])}: null, {json.dumps(place[-1])}:"
            yield f"{name}: twice", json.dumps(data).replace(f"{json.dumps(place[-1])}:", twice, 1)


def damaged(content: bytes) -> Iterator[Tampered]:
    """Yield a file with damages that know nothing of its format."""
    middle = len(content) // 2
    for what, text in {
        "empty": b"",
        "one line end": b"\n",
        "cut": content[:middle],
        "cut at the start": content[middle:],
        "without its end": content[:-3],
        "twice": content + content,
        "not UTF-8": content[:middle] + b"\xff\xfe" + content[middle:],
        "UTF-16": content.decode().encode("utf-16"),
        "with a byte order mark": b"\xef\xbb\xbf" + content,
        "zeros": bytes(len(content)),
        "zeros at the end": content + bytes(100),
        "null": b"null",
        "a list": b"[]",
        "a number": b"1",
        "a text": b'"x"',
        "an empty object": b"{}",
        "no JSON": b"<html>",
        "deep": b"[" * 100_000,
    }.items():
        yield Tampered(what, text)


def tampered_json(content: bytes) -> list[Tampered]:
    """Return every change of a file that is one JSON text."""
    return [*(Tampered(what, text.encode()) for what, text in changed(json.loads(content))), *damaged(content)]


def tampered_lines(content: bytes) -> list[Tampered]:
    """Return every change of a file with a JSON text on each line; of several lines of one kind, of the first."""
    lines = content.splitlines(keepends=True)
    found = list(damaged(content))
    seen: set[object] = set()
    for index, line in enumerate(lines):
        data = json.loads(line)
        kind = (data.get("event"), *sorted(data))
        if kind in seen:
            continue
        seen.add(kind)
        before, after = b"".join(lines[:index]), b"".join(lines[index + 1 :])
        found += [
            Tampered(f"line {index + 1}: {what}", before + text.encode() + b"\n" + after)
            for what, text in changed(data)
        ]
        found.append(Tampered(f"line {index + 1}: missing", before + after))
        found.append(Tampered(f"line {index + 1}: twice", before + line + line + after))
    return found


def _with(data: Any, place: Place, value: object) -> Any:
    made = copy.deepcopy(data)
    node = made
    for part in place[:-1]:
        node = node[part]
    if value is _DELETED:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    return made
