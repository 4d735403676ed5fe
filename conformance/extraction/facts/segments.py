"""A description cut into paragraphs and lists, by the marks of its blocks and the cues of its paragraphs alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.extraction.facts.literals import ITEM, LITERAL
from conformance.extraction.plain_text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.extraction.facts.context import RowContext
    from conformance.extraction.page import Block

_LAST_NUMBER = re.compile(r"(?<=[:：\s])\d{1,9}$")
_FIRST_NUMBER = re.compile(r"\d{1,9}(?=\s*(?:$|[.,;。(]))")
_HEAD_WITH_COLON = re.compile(rf"[\"']?-?{LITERAL}[\"']?\s*(?:\([^()]*\))?\s*:", re.ASCII)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of prose."""

    block: Block


@dataclass(frozen=True, slots=True)
class ValueList:
    """What follows a cue ("Valid values:").

    Attributes:
        cue: The paragraph that ends with the cue.
        one_case: Whether the cue says that the list holds in one case only.
        items: The blocks of the list, in order; none where the document or its capture has none.
    """

    cue: Block
    one_case: bool
    items: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class BulletList:
    """Bullets that no cue announces.

    Attributes:
        announced: Whether the paragraph above them announces values all the same.
        items: The bullets, in order.
    """

    announced: bool = False
    items: tuple[Block, ...] = ()


Segment = Paragraph | ValueList | BulletList


def segments(description: Iterable[Block], context: RowContext) -> Iterator[Segment]:
    """Cut a description into segments, a list at its end.

    Asides are left out, and so are nested bullets: nothing in them is the parameter's own (reading rule 5).
    """
    flat = [block for block in description if block.kind != "note" and not (block.kind == "bullet" and block.depth)]
    own = list(_with_whole_ranges(flat, context))
    first = next((block for block in own if block.kind == "prose"), None)
    current: ValueList | BulletList = BulletList()
    apart = False
    for block in own:
        # Between a cue and bullets far below it, only bullets are items.
        if _is_item(current, block) and not (apart and block.kind != "bullet"):
            apart = False
            current = replace(current, items=(*current.items, block))
        elif _explains_item(current, block):
            yield Paragraph(block)
        else:
            if _has_cue(block, context):
                yield current
                apart = False
                current = ValueList(block, context.lexicon.case.match(sentences(block.text)[-1]) is not None)
            elif isinstance(current, ValueList) and not current.items and not block.text.endswith(":"):
                apart = True
            elif not _is_inside(current, block):
                apart = False
                yield current
                current = BulletList(announced=block is first and _announces_values(block, context))
            yield Paragraph(block)
    yield current


def _with_whole_ranges(blocks: Sequence[Block], context: RowContext) -> Iterator[Block]:
    """Put a range together that a capture took for a paragraph and a bullet: its dash began a line."""
    waiting: Block | None = None
    for index, block in enumerate(blocks):
        last = _LAST_NUMBER.search(block.text)
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        number = _FIRST_NUMBER.match(following.text) if following is not None and following.kind == "bullet" else None
        if waiting is not None:
            yield replace(waiting, text=f"{waiting.text}-{block.text}")
            waiting = None
        elif (
            last is not None
            and number is not None
            and int(last[0]) < int(number[0])
            and not (index + 2 < len(blocks) and blocks[index + 2].kind == "bullet")
            and context.lexicon.cue.search(block.text[: last.start()].rstrip()) is not None
        ):
            waiting = block
        else:
            yield block


def _is_item(current: ValueList | BulletList, block: Block) -> bool:
    """Whether a block is the next item of a list."""
    if block.kind == "bullet":
        return True
    if isinstance(current, BulletList) or any(item.kind == "bullet" for item in current.items):
        return False
    # Some captures drop the marks of bullets: the head with its colon, or a value alone, is what shows an item.
    text = block.text
    return _HEAD_WITH_COLON.match(text) is not None or ITEM.fullmatch(text.rstrip("。.")) is not None


def _explains_item(current: ValueList | BulletList, block: Block) -> bool:
    """Whether a paragraph between the bullets of an announced list explains the one above it."""
    between = isinstance(current, BulletList) and current.announced and bool(current.items)
    return between and not block.text.endswith(":")


def _is_inside(current: ValueList | BulletList, block: Block) -> bool:
    """Whether a paragraph is between the items of a list after a cue and does not end it."""
    return isinstance(current, ValueList) and bool(current.items) and not block.text.endswith(":")


def _has_cue(block: Block, context: RowContext) -> bool:
    return context.lexicon.cue.search(context.without_own_name(block.text)) is not None


def _announces_values(block: Block, context: RowContext) -> bool:
    """Whether the first words of a description, which say what the parameter is, announce its values."""
    alone = block.text.endswith(":") and len(sentences(block.text)) == 1
    return alone and bool(context.lexicon.unconditional(block.text))
