"""The table of what operations set by the first word of their names, `behaviours/statuses.yaml`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.meanings.words import singular
from conformance.core.resources import data_dir
from conformance.server.behaviour.parts import SHORT_SCHEMA_FILE, read_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STATUSES_FILE: Final = "statuses.yaml"


class StatusWords(Struct, frozen=True):
    """What operations set.

    Attributes:
        status: By the first word of an operation's name, the status that a resource then has, of several the first
            that its documents have.
        switches: By the same word, what a field has that is on or off.
        list_ends: How the name of a list ends, beyond a plural.
    """

    status: Mapping[str, tuple[str, ...]]
    switches: Mapping[str, str]
    list_ends: tuple[str, ...]

    def verb_and_noun(self, operation: str) -> tuple[str, str]:
        """Return the word that says what an operation sets, and what follows in singular; empty where none does."""
        for verb in sorted(self.status, key=len, reverse=True):
            rest = operation.removeprefix(verb)
            if rest != operation and rest[:1].isupper():
                return verb, singular(rest)
        return "", ""

    def status_after(self, verb: str, known: Iterable[str]) -> str:
        """Return the status after an operation, as the documents of the resource write it."""
        wished = self.status[verb]
        written = {each.lower(): each for each in known}
        return next((written[each.lower()] for each in wished if each.lower() in written), wished[0])

    def element_name(self, name: str) -> str:
        """Return what each element of a list is by the name of the list: `ThingId` of `ThingIds` and `ThingIdSets`."""
        one = singular(name)
        return next((one.removesuffix(end) for end in self.list_ends if one.endswith(end) and one != end), one)


@cache
def load_status_words() -> StatusWords:
    """Return the table of the project; raises `BehaviourError` when its file is missing or wrong, with the line."""
    top = read_part(data_dir("behaviours") / STATUSES_FILE, "statuses", SHORT_SCHEMA_FILE)
    return StatusWords(
        {verb: part.texts() for verb, part in top["status"].members()},
        top.pairs("switches"),
        top.texts("list_ends"),
    )
