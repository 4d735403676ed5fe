"""What the description of one row is read against: its name, its type, and the phrases of its language."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.extraction.facts.literals import NAMED, TypeWord, parse_type

if TYPE_CHECKING:
    from collections.abc import Collection

    from conformance.extraction.page import Row
    from conformance.extraction.phrases.table import Lexicon

_INDEXED = re.compile(r"\.(?:[NnMm]|\d+)$")


class RowContext(Struct, frozen=True):
    """What reading one row needs to know besides its text.

    Attributes:
        name: The document's spelling of the parameter.
        type: Its type, `None` where the row does not say it.
        names: The names of all parameters of the table: a list of them is no list of values.
        lexicon: The phrases of the document's language.
        own_name: Finds the parameter's own name in its description.
    """

    name: str
    type: TypeWord | None
    names: Collection[str]
    lexicon: Lexicon
    own_name: re.Pattern[str]

    @classmethod
    def of(cls, row: Row, lexicon: Lexicon, names: Collection[str]) -> RowContext:
        """Return the context of a row among the parameters `names`."""
        return cls(row.name, parse_type(row.type.text), names, lexicon, _own_name(row.name))

    @property
    def is_list(self) -> bool:
        """Whether the parameter takes several values, by its type or by the index in its name."""
        return self.type is not None and (self.type.name == "array" or _INDEXED.search(self.name) is not None)

    @property
    def scalar(self) -> str:
        """The type that single values of the parameter have."""
        if self.type is None or self.type.name == "object":
            return "string"
        if self.type.name == "array":
            return self.type.item if self.type.item not in (None, NAMED, "object", "array") else "string"
        return self.type.name

    def without_own_name(self, text: str) -> str:
        """Return a text with "this parameter" in place of the parameter's own name, as the phrases expect it."""
        return self.own_name.sub(self.lexicon.itself, text)


@lru_cache(4096)
def _own_name(name: str) -> re.Pattern[str]:
    """Return what finds a parameter's own name in its description; the same names stand in many pages."""
    spellings = (name, _INDEXED.sub("", name).rsplit(".", 1)[-1])
    own = "|".join(map(re.escape, spellings)) if name else "(?!)"
    return re.compile(rf"(?<![\w.])(?:{own})(?![\w.]*\w)", re.ASCII)
