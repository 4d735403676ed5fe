"""What a run has to say beside its verdicts: facts about the target, each said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


class RunNote(Struct, frozen=True):
    """One fact about the target, for a person.

    Attributes:
        key: What it is about, for programs: `states.unknown-accepted`. Of each key a report has one note.
        text: A sentence without a full stop; never a secret.
    """

    key: str
    text: str


class RunNotes:
    """Collects the notes of a run in one process; a key that was noted before is passed over. For one thread."""

    def __init__(self) -> None:
        self._noted: dict[str, RunNote] = {}
        self._taken = 0

    def add(self, note: RunNote) -> None:
        """Take a note, unless there is one with its key."""
        self._noted.setdefault(note.key, note)

    def extend(self, notes: Iterable[RunNote]) -> None:
        """Take several notes."""
        for note in notes:
            self.add(note)

    def take(self) -> list[RunNote]:
        """Return the notes that were added since this was last called, in their order."""
        new = list(self._noted.values())[self._taken :]
        self._taken += len(new)
        return new
