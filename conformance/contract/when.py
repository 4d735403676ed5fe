"""On what a promise of a document may depend: the values of other parameters of the same request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    ConditionValue = str | int | float | bool

UNKNOWN_WORD: Final = "unknown"
"""What a contract file has in the place of a condition that is not known."""


class When(Struct, frozen=True):
    """When a promise holds.

    Attributes:
        needs: The folded path of each parameter that must have one of some values, and these values, in the order of
            the document. All of them must hold. None at all is a condition that is there and is not known: nothing may
            be demanded by it.
    """

    needs: tuple[tuple[str, tuple[ConditionValue, ...]], ...] = ()

    @classmethod
    def of(cls, needs: Mapping[str, Sequence[ConditionValue]]) -> When:
        """Make the condition that each of the parameters has one of its values."""
        return cls(tuple((path, tuple(values)) for path, values in needs.items()))

    @property
    def known(self) -> bool:
        """Whether the document says which parameters with which values it depends on."""
        return bool(self.needs)

    @property
    def data(self) -> dict[str, list[ConditionValue]] | str:
        """The condition as a contract file has it: values by path, or the word `unknown`."""
        return {path: list(values) for path, values in self.needs} or UNKNOWN_WORD


UNKNOWN: Final = When()


class Presence(Struct, frozen=True):
    """When a field is in an answer.

    Attributes:
        when: On which condition; `None` where the document states none, so that it is in every answer.
        line: The line that states the condition.
        shown: Of a field inside another, the line of the document's own sample that has it; `None` where none has.
        place: The folded path under which the document's own samples have it; `None` where the table's is right.
    """

    when: When | None = None
    line: int | None = None
    shown: int | None = None
    place: str | None = None

    @property
    def word(self) -> str:
        """`always`, `when` or `unknown`, as contracts call it."""
        if self.when is None:
            return "always"
        return "when" if self.when.known else UNKNOWN_WORD


ALWAYS: Final = Presence()
