"""A file of data as typed values: each is read with its type, and a wrong one named with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.core.errors import InputError
    from conformance.core.yamlfile import KeyPath, Schema


class Part(Struct, frozen=True):
    """One value of a file, and where it is.

    Attributes:
        file: The file.
        value: The value.
        at: Its place, as keys and indexes from the top.
    """

    file: YamlFile
    value: object
    at: KeyPath = ()

    @classmethod
    def read(cls, path: Path, schema: Schema, error: type[InputError]) -> Part:
        """Read a file and check it; raises `error` when it cannot be read or is not as the schema has it."""
        file = YamlFile.read(path, error)
        file.validate(schema)
        return cls(file, file.data)

    def fault(self, message: str, hint: str | None = None) -> InputError:
        """Make (not raise) the exception for something that is wrong here."""
        return self.file.fault(message, self.at, hint=hint)

    def members(self) -> Iterator[tuple[str, Part]]:
        """Yield the members of a mapping, in the order of the file."""
        if not isinstance(self.value, dict):
            raise self.fault("must be a mapping")
        for name, value in self.value.items():
            yield str(name), Part(self.file, value, (*self.at, str(name)))

    def items(self) -> Iterator[Part]:
        """Yield the items of a list; anything else is a list of one."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Part(self.file, value, (*self.at, index))
        else:
            yield self

    def only(self) -> tuple[str, Part]:
        """Return the one member of a mapping; a text is a member that has no value."""
        if isinstance(self.value, str):
            return self.value, Part(self.file, None, self.at)
        members = list(self.members())
        if len(members) != 1:
            raise self.fault("must have exactly one member")
        return members[0]

    def get(self, name: str) -> Part | None:
        """Return a member of a mapping, `None` when it is not there."""
        if isinstance(self.value, dict) and name in self.value:
            return Part(self.file, self.value[name], (*self.at, name))
        return None

    def __getitem__(self, name: str) -> Part:
        """Return a member of a mapping that has to be there."""
        found = self.get(name)
        if found is None:
            raise self.fault(f"lacks {name!r}", "add it")
        return found

    def text(self, name: str | None = None, default: str | None = None) -> str:
        """Return this text, or a member of this mapping that is one, where it may be missing with a default."""
        part = self if name is None else self.get(name)
        if part is None and default is not None:
            return default
        part = self[name or ""] if part is None else part
        if not isinstance(part.value, str):
            raise part.fault(f"{part.value!r} is not text", "put it into quotes")
        return part.value

    def pattern(self) -> re.Pattern[str]:
        """Return this text as a pattern."""
        try:
            return re.compile(self.text())
        except re.error as fault:
            raise self.fault(f"{self.text()!r} is no pattern: {fault}") from None

    def texts(self, name: str | None = None) -> tuple[str, ...]:
        """Return this list of texts, or that of a member, which may be missing; one text is a list of one."""
        part = self if name is None else self.get(name)
        return () if part is None else tuple(item.text() for item in part.items())

    def pairs(self, name: str | None = None) -> dict[str, str]:
        """Return this mapping of texts to texts, or that of a member, which may be missing."""
        part = self if name is None else self.get(name)
        return {} if part is None else {key: value.text() for key, value in part.members()}

    def flag(self, name: str | None = None) -> bool:
        """Return whether this, or a member, is true; a missing member is not."""
        part = self if name is None else self.get(name)
        return part is not None and part.value is True

    def number(self, name: str | None = None, default: float | None = None) -> float:
        """Return this number, or a member that is one, where it may be missing with a default."""
        part = self if name is None else self.get(name)
        if part is None and default is not None:
            return default
        part = self[name or ""] if part is None else part
        if isinstance(part.value, bool) or not isinstance(part.value, (int, float)):
            raise part.fault(f"{part.value!r} is not a number")
        return part.value

    def whole(self, name: str | None = None, default: int | None = None) -> int:
        """Return this whole number, or a member that is one, where it may be missing with a default."""
        return int(self.number(name, default))
