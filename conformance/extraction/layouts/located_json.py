"""JSON with the line of every value, so that a fact can cite the key that says it."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.extraction.page import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_DEEPEST: Final = 200
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_HINT: Final = "save the JSON again"


class Located(Struct, frozen=True):
    """A value of a JSON document.

    Attributes:
        value: A mapping of names to located values, a list of them, or a text, a number, a boolean or `None`.
        line: The line of its key where it is a member of an object, else the one that it begins on.
    """

    value: dict[str, Located] | list[Located] | str | int | float | bool | None
    line: int

    def get(self, name: str) -> Located | None:
        """Return a member; `None` where it is not there, or this is no object."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def has(self, *names: str) -> bool:
        """Whether it is an object that has one of these members."""
        return isinstance(self.value, dict) and any(name in self.value for name in names)

    def members(self) -> dict[str, Located]:
        """Return the members of an object; none of anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> list[Located]:
        """Return the items of a list; none of anything else."""
        return self.value if isinstance(self.value, list) else []

    def text(self, name: str) -> str:
        """Return a member that is a text; an empty one where it is not."""
        member = self.get(name)
        return member.value if member is not None and isinstance(member.value, str) else ""

    @property
    def kind(self) -> str:
        """What it is, for messages: `a list`, `a text`."""
        kinds = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
        return kinds.get(type(self.value), "a number")


def is_json(text: str) -> bool:
    """Whether a text is, or seems to be, JSON: an object, or a list."""
    start = text.lstrip()[:1]
    return start == "{" or (start == "[" and _begins_a_list(text))


def _begins_a_list(text: str) -> bool:
    # Markdown may begin with a link.
    return re.match(r'\s*\[\s*(?:[\[{"\]]|-?\d|true\b|false\b|null\b)', text) is not None and "](" not in text[:200]


@lru_cache(maxsize=1)
def located(text: str) -> Located:
    """Return a JSON text with the lines of its values.

    Raises:
        UnreadableError: When it is not complete JSON, is nested too deeply, or holds half of a surrogate pair.
    """
    try:
        plain = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError("the file is not complete JSON", line=error.lineno, hint=_HINT) from None
    except (RecursionError, ValueError):
        raise UnreadableError("the file is no JSON of an operation", line=1, hint=_HINT) from None
    _refuse_half_characters(text, plain)
    return _Reader(text).read()


def _refuse_half_characters(text: str, document: object) -> None:
    """Refuse an escape that is half of a surrogate pair: no file and no request can hold it."""
    escape = _SURROGATE.search(text)
    if escape is None:
        return
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        line = text.count("\n", 0, escape.start()) + 1
        raise UnreadableError(
            "an escape is half of a surrogate pair, which is no character", line=line, hint=_HINT
        ) from None


class _Reader:
    """Reads a text that is known to be JSON."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts = self._located_parts()

    def _located_parts(self) -> Iterator[tuple[str, int]]:
        line, counted = 1, 0
        for match in _PART.finditer(self._text):
            line += self._text.count("\n", counted, match.start())
            counted = match.start()
            yield match[0], line

    def read(self) -> Located:
        return self._value(*next(self._parts), depth=0)

    def _value(self, part: str, line: int, *, depth: int, key_line: int | None = None) -> Located:
        if depth > _DEEPEST:
            raise UnreadableError("the file is nested too deeply", line=line, hint=_HINT)
        at = line if key_line is None else key_line
        if part == "{":
            return Located(self._members(depth), at)
        if part == "[":
            return Located(self._items(depth), at)
        if "\\" not in part and part.startswith('"'):
            return Located(part[1:-1], at)
        return Located(json.loads(part), at)

    def _members(self, depth: int) -> dict[str, Located]:
        members: dict[str, Located] = {}
        while (name := next(self._parts))[0] != "}":
            if name[0] == ",":
                continue
            next(self._parts)  # the colon
            members[json.loads(name[0])] = self._value(*next(self._parts), depth=depth + 1, key_line=name[1])
        return members

    def _items(self, depth: int) -> list[Located]:
        items: list[Located] = []
        while (part := next(self._parts))[0] != "]":
            if part[0] != ",":
                items.append(self._value(*part, depth=depth + 1))
        return items
