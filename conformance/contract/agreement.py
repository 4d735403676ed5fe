"""Whether two documents agree about one fact."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from conformance.contract.model import State
from conformance.contract.wire import canonical_type, wire_text

if TYPE_CHECKING:
    from conformance.contract.model import Fact, FactValue


class Verdict(StrEnum):
    """What comes of comparing one fact of two documents."""

    AGREE = "agree"
    DISAGREE = "disagree"
    DIFFERS_IN_SCOPE = "differs_in_scope"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    UNKNOWN_LOST = "unknown_lost"

    def mirrored(self) -> Verdict:
        """Return the verdict that the same two documents get with their sides changed."""
        return _MIRROR.get(self, self)


_MIRROR: Final = {Verdict.ONLY_LEFT: Verdict.ONLY_RIGHT, Verdict.ONLY_RIGHT: Verdict.ONLY_LEFT}
_CLASSES: Final = ("charset", "startsWith", "endsWith")
_SETS: Final = ("enum", "notStartsWith", "notContains")
_MINIMA: Final = ("minLength", "minimum")

LOST_NOTE: Final = "the capture lost the place where it would stand"
_EXAMPLE_NOTE: Final = "an example promises nothing"
_CASE_NOTE: Final = "only the letter case differs, and values are told apart by it"


def judge(name: str, left: Fact, right: Fact) -> tuple[Verdict, str] | None:
    """Compare one fact of two documents.

    Args:
        name: The name of the fact.
        left: What the one document has.
        right: What the other has.

    Returns:
        The verdict and what a reader should know of it (nothing that names a side), or `None` where neither document
        says anything.
    """
    if State.LOST in (left.state, right.state):
        return Verdict.UNKNOWN_LOST, LOST_NOTE
    if not left.stated and not right.stated:
        return None
    if not left.stated or not right.stated:
        if name == "example":
            return Verdict.DIFFERS_IN_SCOPE, _EXAMPLE_NOTE
        if name in _MINIMA:
            return Verdict.DIFFERS_IN_SCOPE, "a lower bound on one side only"
        return (Verdict.ONLY_LEFT if left.stated else Verdict.ONLY_RIGHT), ""
    return _compare(name, left.value, right.value)


def _compare(name: str, left: FactValue | None, right: FactValue | None) -> tuple[Verdict, str]:
    one, other = _texts(name, left), _texts(name, right)
    if one == other:
        return Verdict.AGREE, ""
    if name == "example":
        return Verdict.DIFFERS_IN_SCOPE, _EXAMPLE_NOTE
    if name in _CLASSES and one ^ other == {"chinese"}:
        # Translators write "letter" for what the Chinese text calls letters or Chinese characters.
        return Verdict.DIFFERS_IN_SCOPE, "Chinese characters on one side only"
    if {text.casefold() for text in one} == {text.casefold() for text in other}:
        return Verdict.DISAGREE, _CASE_NOTE
    if name in _SETS and (one < other or other < one):
        return Verdict.DISAGREE, "one list has all the values of the other, and more"
    return Verdict.DISAGREE, ""


def _texts(name: str, value: FactValue | None) -> frozenset[str]:
    """Return a value as a set of texts which is equal where two documents mean the same."""
    if value is None:
        return frozenset()
    texts = {wire_text(item) for item in (value if isinstance(value, tuple) else (value,))}
    if name == "type":
        return frozenset(canonical_type(text) for text in texts)
    if name == "unit":
        return frozenset(text.casefold() for text in texts)
    if name in _CLASSES and "letter" in texts:
        return frozenset(texts - {"letter"} | {"lower", "upper"})
    if not isinstance(value, (tuple, str, bool)):
        # A whole number is the same with and without a decimal point.
        return frozenset({wire_text(int(value)) if value == int(value) else wire_text(value)})
    return frozenset(texts)
