"""Lists of numbers and ranges after a cue: bounds that hold for all, or a range for each kind of thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.extraction.facts.literals import parse_int
from conformance.extraction.facts.promises import ConditionalPromise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.extraction.page import Block
    from conformance.extraction.phrases.table import Lexicon

_TO: Final = r"\s*(?:~|-|–|to|至|到)\s*"
_NUMBER: Final = r"-?\d[\d,]*"
_UNIT: Final = r"\s*(?:[KMGT]i?B|[KMG]bps|[KMG]?bit/s)?"
_RANGE: Final = rf"\[?(?P<low>{_NUMBER}){_UNIT}(?:{_TO}|(?<=\d),\s*)(?P<high>{_NUMBER})\]?{_UNIT}"
_RANGE_FIRST: Final = re.compile(rf"{_RANGE}(?=\s*(?:$|[.。:;(]))", re.IGNORECASE)
_SINGLE: Final = re.compile(rf"(?P<low>{_NUMBER})(?=\s*(?:$|[.。:(]))")
_RANGE_OF_A_KIND: Final = re.compile(rf"[^\W\d][^:]{{0,60}}:\s*{_RANGE}(?=\s*(?:$|[.。;(]))", re.IGNORECASE)
_PAIR: Final = re.compile(r":\s*-?\d+/-?\d+")
_NUMBERS_OF_A_KIND: Final = re.compile(rf"[^\W\d][^:]{{0,40}}:\s*{_NUMBER}(?:{_TO}|/){_NUMBER}[.。]?$")


class Bounds(NamedTuple):
    """The least and the greatest value of a list, and the line that says so."""

    low: int
    high: int
    line: int


def bounds_of(items: Sequence[Block], lexicon: Lexicon) -> Bounds | None:
    """Return the bounds that a list states: those of its one range, and of special values beside it.

    Args:
        items: The items of the list: `-1: no limit`, `1 to 65535`.
        lexicon: The phrases of the document's language.

    Returns:
        `None` where an item is neither, holds in one case only, or is a second range: ranges are of several kinds.
    """
    found: list[Bounds] = []
    ranges = 0
    for item in items:
        range_ = _RANGE_FIRST.match(item.text)
        match = range_ or _SINGLE.match(item.text)
        if match is None or not _holds_always(item, lexicon):
            return None
        bounds = _bounds(match["low"], match["high"] if range_ else match["low"], item.line)
        if bounds is None:
            return None
        found.append(bounds)
        ranges += range_ is not None
    if ranges != 1:
        return None
    line = next(each.line for each in found if each.low != each.high)
    return Bounds(min(each.low for each in found), max(each.high for each in found), line)


def are_kinds(items: Sequence[Block]) -> bool:
    """Whether bullets name kinds, each with the range, or the pair of numbers, that holds for it: `gate: -1/-1`."""
    told = sum(_NUMBERS_OF_A_KIND.match(item.text) is not None for item in items)
    return len(items) > 1 and 2 * told >= len(items)


def ranges_of_kinds(items: Sequence[Block], lexicon: Lexicon) -> Iterator[ConditionalPromise]:
    """Yield the bounds that each of several items states for its kind of thing, on a condition that is not known."""
    if len(items) < 2 or bounds_of(items, lexicon) is not None:  # noqa: PLR2004 - one range alone is no kind's
        return
    if any(_PAIR.search(item.text) for item in items):
        return  # what has two numbers in one kind is no number in the others
    for item in items:
        match = _RANGE_FIRST.match(item.text) or _RANGE_OF_A_KIND.match(item.text)
        bounds = _bounds(match["low"], match["high"], item.line) if match is not None else None
        if bounds is not None and _holds_always(item, lexicon):
            yield ConditionalPromise("fact", (), item.line, "minimum", bounds.low)
            yield ConditionalPromise("fact", (), item.line, "maximum", bounds.high)


def _bounds(low: str, high: str, line: int) -> Bounds | None:
    first, last = parse_int(low), parse_int(high)
    return Bounds(first, last, line) if first is not None and last is not None and first <= last else None


def _holds_always(item: Block, lexicon: Lexicon) -> bool:
    """Whether an item names no condition: what does is read as one."""
    return lexicon.unconditional(item.text) == item.text and lexicon.scope.search(item.text) is None
