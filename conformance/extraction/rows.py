"""From the cells of a table to rows: what every layout with columns shares."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from conformance.extraction.headings import NOTE
from conformance.extraction.page import Block, BlockKind, Damage, ErrorLine, Row, Text
from conformance.extraction.plain_text import clean, marked, strip_markup, unescape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.extraction.headings import Column

Cell = tuple[Text, ...]
"""The lines of one cell, as the document has them."""

_BULLET = re.compile(r"^(?P<indent>\s*)(?:[•·●◦▪○■]|[-*+](?=\s))\s*(?P<text>.*)$")
_HEAD_WITHOUT_COLON = re.compile(r"^(\*\*[\w.-]+\*\*(?:\s*\([^()]*\))?)\s+(?=[A-Z])")
"""A value in bold and its explanation with nothing between them."""
_QUOTE = re.compile(r"\s*>\s?")
_BREAK = re.compile(r"<br\s*/?>|</?(?:p|ul|ol|div|details|summary)(?:\s[^<>]*)?>|</li>", re.IGNORECASE)
_ITEM = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[^\s|-])[ ]*-[ ]{3}(?=\S)")
"""The first bullet of a list that the source has in the line of its cue: `Valid values:-   on: ...`."""
_ASIDE = re.compile(r"(?:(?<=[^\s>])>)?<(?:notice|note|warning)>", re.IGNORECASE)
_SENTENCE = re.compile(r"。$|^[A-Z][^.]*(?:\s[^.]+){3,}\.$")
_NESTED_MARKS: Final = "◦○▪■"
_INDENT_OF_A_LEVEL: Final = 3
_NO_TAG = re.compile(r"<[A-Za-z]\w*[_-][\w-]*>")
_STATUS = re.compile(r"[1-5]\d\d")
_STATUSES = re.compile(r"\D{0,12}[1-5]\d\d(?:\s*(?:[/,;、，；]|or|and|或|和)\s*[1-5]\d\d)+")


def blocks(lines: Iterable[Text], *, markup: bool) -> tuple[Block, ...]:
    """Cut the lines of a description into paragraphs, bullets and asides.

    Args:
        lines: The lines of the cell, with their indentation.
        markup: Whether they hold Markdown.

    Returns:
        The blocks in order, cleaned. Bullets that follow an aside in its paragraph belong to the aside.
    """
    pieces = [_piece(line, markup=markup) for line in lines]
    result: list[Block] = []
    for piece, aside, (margin, level) in zip(pieces, _asides(pieces), _margins(pieces), strict=True):
        # Only Markdown keeps the indentation that makes a paragraph a part of the bullet above it.
        within = markup and bool(result) and result[-1].kind in ("bullet", "note")
        block = _block(piece, aside=aside, inner=margin + level, below_bullet=within and piece.indent >= level)
        if block is not None:
            result.append(block)
    return tuple(result)


class _Piece(Struct, frozen=True):
    """One line of a description, without its mark and its markup.

    Attributes:
        line: Its number.
        kind: What it is by itself: a line that begins an aside is a `note`.
        text: Its clean text; of an aside, what follows the word that begins it.
        indent: The blanks before it; of a quotation, inside that.
        margin: The blanks before it as it is in its text.
        level: How far its text is indented against the mark of its bullet, which what belongs to it is too.
        quoted: Whether it is in a quotation, which Markdown of this origin uses for asides.
        nested: Whether its mark is one of an inner list.
        marked: What it sets in bold or as code.
    """

    line: int
    kind: Literal["blank", "bullet", "note", "text"]
    text: str = ""
    indent: int = 0
    margin: int = 0
    level: int = 0
    quoted: bool = False
    nested: bool = False
    marked: tuple[str, ...] = ()


def _piece(line: Text, *, markup: bool) -> _Piece:
    raw = line.text.expandtabs(4)
    margin = len(raw) - len(raw.lstrip())
    quote = _QUOTE.match(raw) if markup and raw.strip() else None
    raw = raw[quote.end() :] if quote else raw
    if not raw.strip():
        return _Piece(line.line, "note" if quote else "blank", quoted=quote is not None)
    bullet = _BULLET.match(raw)
    source = bullet["text"] if bullet else raw
    text = clean(strip_markup(_HEAD_WITHOUT_COLON.sub(r"\1: ", source)) if markup else source)
    note = NOTE.match(text) if bullet is None else None
    return _Piece(
        line=line.line,
        kind="bullet" if bullet else "note" if note else "text",
        text=text[note.end() :] if note else text,
        indent=len(raw) - len(raw.lstrip()),
        margin=margin,
        level=bullet.start("text") - len(bullet["indent"]) if bullet else 0,
        quoted=quote is not None,
        nested=bullet is not None and raw.lstrip()[0] in _NESTED_MARKS,
        marked=marked(source) if markup and note is None and any(mark in source for mark in "*_`") else (),
    )


def _asides(pieces: Iterable[_Piece]) -> Iterator[bool]:
    """Yield of each piece whether it is in an aside."""
    aside, bare, indent = False, False, 0
    for piece in pieces:
        if piece.quoted and not aside:
            indent = piece.margin
        if piece.kind == "bullet" and not piece.quoted and indent - piece.margin >= _INDENT_OF_A_LEVEL:
            # A quotation that is indented below a bullet ends with it.
            aside, indent = False, 0
        if piece.kind == "blank":
            # A blank line ends an aside that had words of its own; a bare "Note" keeps the whole rest of the cell.
            aside = aside and bare
        else:
            aside = aside or piece.quoted or piece.kind == "note"
            bare = not piece.text if piece.text or piece.kind == "note" else bare
        yield aside


def _margins(pieces: Iterable[_Piece]) -> Iterator[tuple[int, int]]:
    """Yield of each piece the indentation of the outer list, and how much more that of an inner one is at least.

    Markdown of this origin indents the first bullet of a cell by one space more than its siblings.
    """
    margin, level = sys.maxsize, _INDENT_OF_A_LEVEL
    for piece in pieces:
        if piece.kind == "bullet" and piece.text and piece.indent < margin:
            margin, level = piece.indent, min(max(piece.level, 2), _INDENT_OF_A_LEVEL)
        yield margin, level


def _block(piece: _Piece, *, aside: bool, inner: int, below_bullet: bool) -> Block | None:
    """Return the block that a piece is, `None` where nothing of it is visible."""
    if piece.kind == "note":
        return Block(piece.line, piece.text, "note")
    if not piece.text:
        return None
    if piece.kind == "bullet":
        nested = piece.nested or piece.indent >= inner
        kind: BlockKind = "note" if aside else "bullet"
        return Block(piece.line, piece.text, kind, depth=1 if nested else 0, marked=piece.marked)
    if below_bullet:
        # A paragraph that is indented below a bullet belongs to it as a nested bullet does.
        return Block(piece.line, piece.text, "bullet", depth=1, marked=piece.marked)
    return Block(piece.line, piece.text, "note" if aside else "prose", marked=piece.marked)


def expand(lines: Iterable[Text]) -> Iterator[Text]:
    """Turn the tags that break lines inside Markdown into line ends; each piece stays on its document's line."""
    for line in lines:
        text = _ASIDE.sub("\nNote: ", _ITEM.sub("\n-   ", _BREAK.sub("\n", _GLUED.sub("\n-   ", line.text))))
        for part in text.split("\n"):
            yield Text(line.line, part)


def plain(cell: Cell, *, markup: bool) -> Text:
    """Return a short cell (name, type, mark, example) as one text; an example keeps its characters as they are."""
    texts = [line.text.strip() for line in cell if line.text.strip()]
    joined = " ".join(texts)
    line = next((line.line for line in cell if line.text.strip()), cell[0].line if cell else 0)
    return Text(line, strip_markup(joined).strip() if markup else joined)


def _as_written(cell: Cell) -> Text | None:
    """Return an example in angle brackets whose name is no tag of HTML; `None` for any other."""
    texts = [line for line in cell if line.text.strip()]
    match = _NO_TAG.fullmatch(unescape(texts[0].text.strip()).strip("`")) if len(texts) == 1 else None
    return Text(texts[0].line, match[0]) if match is not None else None


def parameter_row(
    columns: Sequence[Column | None],
    cells: Sequence[Cell],
    line: int,
    *,
    markup: bool = False,
    damage: Sequence[Damage] = (),
    depth: int | None = None,
) -> Row:
    """Make a row of a table of parameters.

    Args:
        columns: What each column is.
        cells: The cells, at most as many as there are columns.
        line: The line on which the row begins.
        markup: Whether the cells hold Markdown.
        damage: The losses that the layout shows.
        depth: The depth of nesting, where the layout shows it.
    """
    by_column = {column: cell for column, cell in zip(columns, cells, strict=False) if column is not None}
    name = plain(by_column.get("name", ()), markup=markup).text
    marks = len(name) - len(name.lstrip("└├─-> \u3000"))
    if marks and depth is None:
        depth = name.count("└") or name.count("├") or 1
    example, description = by_column.get("example", ()), by_column.get("description", ())
    if not markup and not plain(description, markup=False).text and _SENTENCE.search(plain(example, markup=False).text):
        # An empty cell that the capture dropped moves the description into the place of the example.
        example, description = description, example
    return Row(
        line=line,
        name=name.lstrip("└├─-> \u3000"),
        type=plain(by_column.get("type", ()), markup=markup),
        required=plain(by_column["required"], markup=markup) if "required" in by_column else None,
        example=_as_written(example) or plain(example, markup=markup),
        description=blocks(description, markup=markup),
        damage=tuple(damage),
        depth=depth,
    )


def error_lines(
    columns: Sequence[Column | None],
    cells: Sequence[Cell],
    line: int,
    *,
    markup: bool = False,
    above: ErrorLine | None = None,
) -> tuple[ErrorLine, ...]:
    """Make a row of a table of errors, once for each status that it names; none when it has no status or no code.

    Args:
        columns: What each column is.
        cells: The cells, at most as many as there are columns.
        line: The line on which the row begins.
        markup: Whether the cells hold Markdown.
        above: The row above; a status or code that is empty is its, as in a cell that spans rows.
    """
    texts = {
        column: verbatim(cell, markup=markup)
        for column, cell in zip(columns, cells, strict=False)
        if column is not None
    }
    cell, code, message = texts.get("status", ""), texts.get("code", ""), texts.get("message", "")
    found = [int(status) for status in _STATUS.findall(cell)]
    statuses = found if _STATUSES.fullmatch(cell) else found[:1]
    if above is not None and (code or message):
        statuses = statuses if texts.get("status", "-") else [above.status]
        code = above.code if not code and above.status in statuses else code
    if not code or " " in code:
        return ()
    return tuple(
        ErrorLine(line, status, code, message, texts.get("description", "")) for status in dict.fromkeys(statuses)
    )


def verbatim(cell: Cell, *, markup: bool) -> str:
    """Return a cell's wire literal: nothing is normalised, only the escapes of Markdown are undone."""
    joined = " ".join(line.text.strip() for line in cell if line.text.strip())
    return unescape(joined) if markup else joined
