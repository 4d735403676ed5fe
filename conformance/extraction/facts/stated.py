"""The facts that one row states, collected in the order of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.contract.model import CONSTRAINT_NAMES, Fact, State
from conformance.extraction.facts.literals import coerce
from conformance.extraction.page import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.model import FactValue
    from conformance.extraction.facts.context import RowContext

_NO_VALUE: Final = frozenset({"null", "empty", "n/a", "-", "unspecified"})
"""What documents write for "there is no default" (reading rule 5); the Chinese word is no literal to begin with."""


_OF_TEXTS: Final = frozenset(CONSTRAINT_NAMES) - {"required", "enum", "maxItems", "allowEmpty"}
"""A truth value has none of these: words that sound so are about something else."""


class ListedValue(Struct, frozen=True):
    """One value of a list: its literal, the words beside it, and its line."""

    text: str
    beside: str
    line: int


class StatedFacts:
    """Collects the facts of one row and what was not understood: a document's first word on a fact holds.

    Attributes:
        context: The row.
        facts: The facts stated so far, by name.
        notes: What was not understood so far.
        counted: The classes of characters that a length counts.
        continues: Whether characters that are allowed now add to those of the words just before.
    """

    def __init__(self, context: RowContext) -> None:
        self.context = context
        self.facts: dict[str, Fact] = {}
        self.notes: list[Note] = []
        self.counted: set[str] = set()
        self.continues = False
        self._fixed: frozenset[str] = frozenset()

    def fix(self, names: Iterable[str]) -> None:
        """Let facts that have places of their own stay as they are: words that say another value are noted."""
        self._fixed = frozenset(names) & self.facts.keys()

    def has(self, *names: str) -> bool:
        """Whether any of these facts is stated already."""
        return any(name in self.facts for name in names)

    def state(self, name: str, value: FactValue, line: int) -> None:
        """State a fact unless it is stated already."""
        if self.context.scalar == "boolean" and name in _OF_TEXTS:
            return
        known = self.facts.setdefault(name, Fact(State.STATED, value, line))
        if name == "charset" and self.continues and name not in self._fixed:
            value = tuple(sorted(map(str, _set(known.value) | _set(value))))
            self.facts[name] = known = Fact(State.STATED, value, known.line)
        if name in self._fixed and _set(known.value) != _set(value):
            self.note_named(line, f"its words say {name} {_shown(value)}, line {known.line} says {_shown(known.value)}")

    def state_default(self, text: str, line: int) -> None:
        """State the default, unless the words mean that there is none."""
        if text.lower() in _NO_VALUE:
            return
        value = coerce(text, self.context.scalar)
        if value is None:
            self.note(line, f"a default that is no value of its type: {text[:40]!r}")
        else:
            self.state("default", value, line)

    def state_enum(self, values: Sequence[ListedValue], *, joins: bool) -> bool:
        """State an enumeration, and the default that it marks.

        Args:
            values: At least one value.
            joins: Whether they join an enumeration that is stated already: two lists hold for two cases, and together
                they are what the parameter takes.

        Returns:
            False when one of them is no value of the type; then nothing is stated.
        """
        typed = [(value, coerce(value.text, self.context.scalar)) for value in values]
        literals = tuple(dict.fromkeys(literal for _, literal in typed if literal is not None))
        if any(literal is None for _, literal in typed):
            return False
        for value, literal in typed:
            if literal is not None and self.context.lexicon.default_mark.search(value.beside):
                self.state("default", literal, value.line)
        known = self.facts.get("enum")
        if joins and known is not None and isinstance(known.value, tuple) and "enum" not in self._fixed:
            together = tuple(dict.fromkeys([*known.value, *literals]))
            self.facts["enum"] = Fact(State.STATED, together, known.line or values[0].line)
        else:
            self.state("enum", literals, values[0].line)
        return True

    def move_bound(self, name: str, value: int, line: int) -> None:
        """Let a bound be another value, unless it has a place of its own."""
        if name not in self._fixed:
            self.facts[name] = Fact(State.STATED, value, line)

    def note(self, line: int, what: str) -> None:
        """Note a part that was not understood."""
        self.notes.append(Note(line, what))

    def note_named(self, line: int, what: str) -> None:
        """Note a part that was not understood, with the name of the parameter."""
        self.note(line, f"{self.context.name}: {what}")


def _set(value: FactValue | None) -> frozenset[object]:
    return frozenset(value if isinstance(value, tuple) else (value,))


def _shown(value: FactValue | None) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
