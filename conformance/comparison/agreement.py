"""Whether two documents agree about one fact."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.comparison.unit_conversion import canonical_unit
from conformance.contract.model import State
from conformance.contract.wire import canonical_type, wire_text

if TYPE_CHECKING:
    from conformance.contract.model import Fact, FactValue


class Agreement(StrEnum):
    """How two documents compare in one fact."""

    AGREE = "agree"
    DISAGREE = "disagree"
    DIFFERS_IN_SCOPE = "differs_in_scope"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    UNKNOWN_LOST = "unknown_lost"

    def mirrored(self) -> Agreement:
        """Return the verdict that the same two documents get with their sides changed."""
        return _MIRROR.get(self, self)


class Judgement(NamedTuple):
    """How one fact was judged.

    Attributes:
        verdict: The verdict.
        note: What a reader should know of it; nothing that names a side.
        kind: How the two differ, where it changes how much the difference matters: `letter-case`, `subset`, `letters`.
    """

    verdict: Agreement
    note: str = ""
    kind: str = ""

    def mirrored(self) -> Judgement:
        """Return the judgement that the same two facts get with their sides changed."""
        return self._replace(verdict=self.verdict.mirrored())


_MIRROR: Final = {Agreement.ONLY_LEFT: Agreement.ONLY_RIGHT, Agreement.ONLY_RIGHT: Agreement.ONLY_LEFT}
_CLASSES: Final = ("charset", "startsWith", "endsWith")
_SETS: Final = ("enum", "notStartsWith", "notEndsWith", "notContains")
_MINIMA: Final = ("minLength", "minimum")
_LETTERS: Final = frozenset({"lower", "upper"})

_TRUTH: Final = frozenset({"true", "false"})
_ONE_SIDED: Final = {True: Agreement.ONLY_LEFT, False: Agreement.ONLY_RIGHT}

LOST_NOTE: Final = "the capture lost the place where it would stand"
_EXAMPLE_NOTE: Final = "an example promises nothing"
_TRUTH_NOTE: Final = "a truth value has no other values"
_CASE_NOTE: Final = "only the letter case differs: a server may take both, or tell values apart by it"
_FORM_NOTE: Final = "the same in another form"
_STANDARD: Final = re.compile(r"(?P<name>utf|iso|sha|md|aes|crc|base)[-_ ]?(?P<number>\d+)", re.IGNORECASE)
"""The name of a standard, which is written with a hyphen and without: `UTF-8`, `utf8`."""


def judge(name: str, left: Fact, right: Fact) -> Judgement | None:
    """Compare one fact of two documents.

    Args:
        name: The name of the fact.
        left: What the one document has.
        right: What the other has.

    Returns:
        The judgement, or `None` where neither document says anything.
    """
    if State.LOST in (left.state, right.state):
        return Judgement(Agreement.UNKNOWN_LOST, LOST_NOTE)
    if not left.stated and not right.stated:
        return None
    if left.stated and right.stated:
        return _compare(name, left.value, right.value)
    scope = _alone(name, (left if left.stated else right).value)
    return Judgement(Agreement.DIFFERS_IN_SCOPE, scope) if scope else Judgement(_ONE_SIDED[left.stated])


def _alone(name: str, value: FactValue | None) -> str:
    """Return why a fact on one side only is no gap of the other; nothing where it is one."""
    if name == "enum":
        return _TRUTH_NOTE if _texts(name, value) == _TRUTH else ""
    return _EXAMPLE_NOTE if name == "example" else "a lower bound on one side only" if name in _MINIMA else ""


def _compare(name: str, left: FactValue | None, right: FactValue | None) -> Judgement:
    one, other = _texts(name, left), _texts(name, right)
    if one == other:
        return Judgement(Agreement.AGREE)
    if name in _CLASSES:
        return _classes(one, other)
    if name == "example" or _forms(name, one) == _forms(name, other):
        return Judgement(Agreement.DIFFERS_IN_SCOPE, _EXAMPLE_NOTE if name == "example" else _FORM_NOTE)
    if {text.casefold() for text in one} == {text.casefold() for text in other}:
        return Judgement(Agreement.DISAGREE, _CASE_NOTE, "letter-case")
    if name in _SETS and (one < other or other < one):
        return _nested(one | other)
    return Judgement(Agreement.DISAGREE)


def _forms(name: str, texts: frozenset[str]) -> frozenset[str]:
    """Return values with one form for each that may be written in several: truth, standards, the letters of a date."""
    if name == "format":
        return frozenset(re.sub(r"['\s]", "", text).casefold() for text in texts)
    if name not in ("enum", "default"):
        return texts
    if {text.casefold() for text in texts} <= _TRUTH:
        return frozenset(text.casefold() for text in texts)
    named = ((text, _STANDARD.fullmatch(text)) for text in texts)
    return frozenset(f"{match['name'].casefold()}{match['number']}" if match else text for text, match in named)


def _nested(wider: frozenset[str]) -> Judgement:
    if wider == _TRUTH:
        return Judgement(Agreement.DIFFERS_IN_SCOPE, _TRUTH_NOTE)
    return Judgement(Agreement.DISAGREE, "one list has all the values of the other, and more", "subset")


def _classes(one: frozenset[str], other: frozenset[str]) -> Judgement:
    difference = one ^ other
    if difference == {"chinese"}:
        # Translators write "letter" for what the Chinese text calls letters or Chinese characters.
        return Judgement(Agreement.DIFFERS_IN_SCOPE, "Chinese characters on one side only")
    letters = difference - {"chinese"}
    if letters and letters <= _LETTERS and one & other:
        # "It starts with a letter and can contain digits and hyphens" leaves open whether letters may follow.
        return Judgement(Agreement.DISAGREE, "the same characters, but letters are named on one side only", "letters")
    return Judgement(Agreement.DISAGREE)


def _texts(name: str, value: FactValue | None) -> frozenset[str]:
    """Return a value as a set of texts which is equal where two documents mean the same."""
    if value is None:
        return frozenset()
    texts = {wire_text(item) for item in (value if isinstance(value, tuple) else (value,))}
    if name == "type":
        return frozenset(canonical_type(text) for text in texts)
    if name == "unit":
        return frozenset(canonical_unit(text) for text in texts)
    if name in _CLASSES and "letter" in texts:
        return frozenset(texts - {"letter"} | _LETTERS)
    if not isinstance(value, (tuple, str, bool)):
        # A whole number is the same with and without a decimal point.
        return frozenset({wire_text(int(value)) if value == int(value) else wire_text(value)})
    return frozenset(texts)
