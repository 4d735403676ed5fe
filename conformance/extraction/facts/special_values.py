"""Values outside a range that have a meaning of their own: they are taken too, so the outer bounds hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.extraction.plain_text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.extraction.facts.stated import StatedFacts
    from conformance.extraction.page import Block
    from conformance.extraction.phrases.table import Lexicon


def widen_bounds(description: Iterable[Block], stated: StatedFacts) -> None:
    """Move the bounds out to the special values that a description names beside its range, and to the default.

    Args:
        description: The blocks of the row.
        stated: The facts of the row.
    """
    if stated.context.scalar not in ("integer", "number"):
        return
    default = stated.facts.get("default")
    values = list(_special(description, stated.context.lexicon))
    if default is not None and isinstance(default.value, int):
        values.append((default.value, default.line or 0))
    for value, line in values:
        least, most = (stated.facts.get(name) for name in ("minimum", "maximum"))
        if least is not None and isinstance(least.value, int) and value < least.value:
            stated.move_bound("minimum", value, line)
        if most is not None and isinstance(most.value, int) and value > most.value:
            stated.move_bound("maximum", value, line)


def _special(description: Iterable[Block], lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Yield each value that a sentence explains, with its line."""
    for block in description:
        if block.kind == "note" or block.depth:
            continue
        for sentence in sentences(block.text):
            if lexicon.fault.search(sentence) is None:
                for match in lexicon.special.finditer(sentence):
                    yield int(match["n"] or match["set"]), block.line
