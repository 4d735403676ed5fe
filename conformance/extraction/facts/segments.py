"""A description cut into paragraphs and lists, by the marks of its blocks and the cues of its paragraphs alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from conformance.extraction.facts.literals import ITEM, LITERAL, TITLE_WORDS
from conformance.extraction.plain_text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.extraction.facts.context import RowContext
    from conformance.extraction.page import Block

_LAST_NUMBER = re.compile(r"(?<=[:：\s])\d{1,9}$")
_FIRST_NUMBER = re.compile(r"\d{1,9}(?=\s*(?:$|[.,;。(]))")
_HEAD_WITH_COLON = re.compile(rf"[\"']?-?{LITERAL}[\"']?\s*(?:\([^()]*\))?\s*:", re.ASCII)

_APART: str = r"\s*(?:\([^()]*\)\s*)?(?::(?![\d/])|\s-\s|-(?=[\u4e00-\u9fff])|(?=表示|代表))"
_EXPLAINED: str = rf"(?!{TITLE_WORDS}\s*:)[\"']?-?{LITERAL}[\"']?{_APART}"
_FIRST_EXPLAINED = re.compile(rf"(?<=[:：])\s*(?={_EXPLAINED})", re.ASCII | re.IGNORECASE)
_NEXT_EXPLAINED = re.compile(rf"(?:[。;]\s*|[.,]\s+|(?<=[^\x00-\x7f])[.,])(?={_EXPLAINED})", re.ASCII | re.IGNORECASE)
"""Between two values of a list in a sentence that are explained: `0: low, 1: high`."""

_MEANING = re.compile(r"(?<=\w)(?=表示|代表)")

_CODE_WITH_COLON = re.compile(r"(?=[A-Za-z]*(?:[a-z][A-Z]|_|\d|[a-z]-[a-z]))[A-Za-z][\w.-]*\s*:", re.ASCII)
"""A value that no word of prose looks like, with its colon."""
_BRACKET_FIRST = re.compile(
    rf"[(【\[](?P<inner>[^()【】\[\]]{{1,20}})[)】\]]\s*(?P<value>{LITERAL})(?=\s*(?:$|:))", re.ASCII
)


class Paragraph(Struct, frozen=True):
    """A block of prose."""

    block: Block


class ValueList(Struct, frozen=True):
    """What follows a cue ("Valid values:").

    Attributes:
        cue: The paragraph that ends with the cue.
        one_case: Whether the cue says that the list holds in one case only.
        items: The blocks of the list, in order; none where the document or its capture has none.
    """

    cue: Block
    one_case: bool
    items: tuple[Block, ...] = ()


class BulletList(Struct, frozen=True):
    """Bullets that no cue announces.

    Attributes:
        announced: Whether the paragraph above them announces values all the same.
        members: Whether it announces the members of a structure: nothing in them is the parameter's own.
        led: Whether it ends with a colon: what it announces may be conditions, formats, or anything else.
        items: The bullets, in order.
    """

    announced: bool = False
    members: bool = False
    led: bool = False
    items: tuple[Block, ...] = ()


Segment = Paragraph | ValueList | BulletList


def segments(description: Iterable[Block], context: RowContext) -> Iterator[Segment]:
    """Cut a description into segments, a list at its end.

    Asides are left out, and so are nested bullets: nothing in them is the parameter's own (reading rule 5).
    """
    flat = [block for block in description if block.kind != "note" and not (block.kind == "bullet" and block.depth)]
    parted = [part for block in flat for part in _with_items_apart(block, context)]
    own = list(_with_whole_items(list(_with_whole_ranges(parted, context)), context))
    first = next((block for block in own if block.kind == "prose"), None)
    current: ValueList | BulletList = BulletList()
    apart = False
    inside: list[Paragraph] = []
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
                yield from inside
                apart, inside = False, []
                current = ValueList(block, context.lexicon.case.match(sentences(block.text)[-1]) is not None)
            elif isinstance(current, ValueList) and not current.items and not block.text.endswith(":"):
                apart = True
            elif not _is_inside(current, block):
                yield current
                yield from inside
                apart, inside = False, []
                current = BulletList(
                    announced=block is first and _announces_values(block, context),
                    members=context.lexicon.members.search(block.text) is not None,
                    led=block.text.endswith(":"),
                )
            else:
                # The list came first, and what it says holds.
                inside.append(Paragraph(block))
                continue
            yield Paragraph(block)
    yield current
    yield from inside


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


def _with_whole_items(blocks: Sequence[Block], context: RowContext) -> Iterator[Block]:
    """Give each item of a list a bullet of its own, and its value the first place in it."""
    for index, block in enumerate(blocks):
        before = blocks[index - 1] if index else None
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        beside_bullet = following is not None and following.kind == "bullet"
        if block.kind == "bullet":
            yield _with_value_first(block, context)
        elif beside_bullet and before is not None and before.kind == "bullet" and _CODE_WITH_COLON.match(block.text):
            yield replace(block, kind="bullet")  # its mark was lost
        elif beside_bullet and following is not None and _is_value(following.text):
            yield from _with_first_item_apart(block, context)
        else:
            yield block


def _with_items_apart(block: Block, context: RowContext) -> Iterator[Block]:
    """Make a cue and bullets of a list whose values are explained inside the paragraph of their cue."""
    first = _FIRST_EXPLAINED.search(block.text) if block.kind == "prose" else None
    cue = block.text[: first.start()] if first is not None else ""
    parts = _explained_parts(block.text[first.end() :], block.marked) if first is not None else []
    if len(parts) < 2 or context.lexicon.cue.search(context.without_own_name(cue)) is None:  # noqa: PLR2004 - one is no list
        yield block
        return
    yield replace(block, text=cue)
    last, *after = sentences(parts.pop())
    for part in (_MEANING.sub(":", each, count=1) for each in (*parts, last)):
        yield replace(
            block, text=part, kind="bullet", marked=tuple(each for each in block.marked if part.startswith(each))
        )
    if after:
        yield replace(block, text=" ".join(after))


def _explained_parts(text: str, marked: Sequence[str]) -> list[str]:
    """Cut a list into its explained values, which marks alone may part: `**0**: low **1**: high`."""
    parts = _NEXT_EXPLAINED.split(text)
    heads = "|".join(map(re.escape, filter(None, marked)))
    return parts if len(parts) > 1 or not heads else re.split(rf"\s*(?<!^)(?=(?:{heads})\s*:)", text)


def _with_value_first(block: Block, context: RowContext) -> Block:
    """Turn `(default) red: ...` into `red (default): ...`."""
    match = _BRACKET_FIRST.match(block.text)
    if match is None or context.lexicon.default_mark.search(f"({match['inner']})") is None:
        return block
    return replace(block, text=f"{match['value']} ({match['inner']}){block.text[match.end() :]}")


def _with_first_item_apart(block: Block, context: RowContext) -> Iterator[Block]:
    """Part a cue from the first value of its list, which is in its line before bullets of values."""
    last = sentences(block.text)[-1] if block.text else ""
    match = context.lexicon.inline.search(last)
    rest = match["rest"].strip() if match is not None else ""
    head = block.text[: len(block.text) - len(rest)].rstrip() if rest and block.text.endswith(rest) else ""
    cue = head.endswith(":") and context.lexicon.cue.search(context.without_own_name(head)) is not None
    if cue and _is_value(rest):
        yield replace(block, text=head)
        yield replace(block, text=rest, kind="bullet")
    else:
        yield block


def _is_item(current: ValueList | BulletList, block: Block) -> bool:
    """Whether a block is the next item of a list."""
    if block.kind == "bullet":
        return True
    if isinstance(current, BulletList) or any(item.kind == "bullet" for item in current.items):
        return False
    # Some captures drop the marks of bullets: the head with its colon, or a value alone, is what shows an item.
    return _is_value(block.text)


def _is_value(text: str) -> bool:
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
