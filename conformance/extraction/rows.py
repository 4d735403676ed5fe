"""From the cells of a table to rows: what every layout with columns shares."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.extraction.headings import NOTE
from conformance.extraction.page import Block, BlockKind, Damage, ErrorLine, Row, Text
from conformance.extraction.text import clean, marked, strip_markup, unescape

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
_ASIDE = re.compile(r"(?:(?<=[^\s>])>)?<(?:notice|note|warning)>", re.IGNORECASE)
_SENTENCE = re.compile(r"。$|^[A-Z][^.]*(?:\s[^.]+){3,}\.$")
_NESTED_MARKS: Final = "◦○▪■"
_INDENT_OF_A_LEVEL: Final = 3
_STATUS = re.compile(r"[1-5]\d\d")


def blocks(lines: Iterable[Text], *, markup: bool) -> tuple[Block, ...]:
    """Cut the lines of a description into paragraphs, bullets and asides.

    Args:
        lines: The lines of the cell, with their indentation.
        markup: Whether they hold Markdown.

    Returns:
        The blocks in order, cleaned. Bullets that follow an aside in its paragraph belong to the aside.
    """
    found: list[Block] = []
    outer: int | None = None
    aside = False
    for line in lines:
        raw = line.text.expandtabs(4)
        if not raw.strip():
            # A blank line ends an aside that had words of its own; a bare "Note" keeps the whole rest of the cell.
            aside = aside and bool(found) and found[-1].text == ""
            continue
        quoted = _QUOTE.match(raw) if markup else None
        if quoted is not None:
            raw, aside = raw[quoted.end() :], True
            if not raw.strip():
                found.append(Block(line.line, "", "note"))
                continue
        match = _BULLET.match(raw)
        text = match["text"] if match else raw
        marks = marked(text) if markup and ("*" in text or "_" in text or "`" in text) else ()
        text = clean(strip_markup(_HEAD_WITHOUT_COLON.sub(r"\1: ", text)) if markup else text)
        if match is None:
            note = NOTE.match(text)
            if note:
                aside = True
                found.append(Block(line.line, text[note.end() :], "note"))
            elif text and markup and _continues_a_bullet(raw, found):
                found.append(Block(line.line, text, "bullet", depth=1, marked=marks))
            elif text:
                found.append(Block(line.line, text, "note" if aside else "prose", marked=marks))
            continue
        if not text:
            continue
        indent = len(match["indent"])
        # Markdown of this origin indents the first bullet of a cell by one space more than its siblings.
        outer = indent if outer is None else min(outer, indent)
        nested = match[0].strip()[0] in _NESTED_MARKS or indent - outer >= _INDENT_OF_A_LEVEL
        kind: BlockKind = "note" if aside else "bullet"
        found.append(Block(line.line, text, kind, depth=1 if nested else 0, marked=marks))
    return tuple(found)


def _continues_a_bullet(raw: str, found: list[Block]) -> bool:
    """Whether a paragraph is indented below a bullet: it belongs to it as a nested bullet does."""
    indented = len(raw) - len(raw.lstrip()) >= _INDENT_OF_A_LEVEL
    return indented and bool(found) and found[-1].kind in ("bullet", "note")


def expand(lines: Iterable[Text]) -> Iterator[Text]:
    """Turn the tags that break lines inside Markdown into line ends; each piece stays on its document's line."""
    for line in lines:
        text = _ASIDE.sub("\nNote: ", _ITEM.sub("\n-   ", _BREAK.sub("\n", line.text)))
        for part in text.split("\n"):
            yield Text(line.line, part)


def plain(cell: Cell, *, markup: bool) -> Text:
    """Return a short cell (name, type, mark, example) as one text; an example keeps its characters as they are."""
    texts = [line.text.strip() for line in cell if line.text.strip()]
    joined = " ".join(texts)
    line = next((line.line for line in cell if line.text.strip()), cell[0].line if cell else 0)
    return Text(line, strip_markup(joined).strip() if markup else joined)


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
        example=plain(example, markup=markup),
        description=blocks(description, markup=markup),
        damage=tuple(damage),
        depth=depth,
    )


def error_line(
    columns: Sequence[Column | None], cells: Sequence[Cell], line: int, *, markup: bool = False
) -> ErrorLine | None:
    """Make a row of a table of errors; `None` when it has no status or no code."""
    texts = {
        column: verbatim(cell, markup=markup)
        for column, cell in zip(columns, cells, strict=False)
        if column is not None
    }
    status = _STATUS.search(texts.get("status", ""))
    code = texts.get("code", "")
    if status is None or not code or " " in code:
        return None
    return ErrorLine(line, int(status[0]), code, texts.get("message", ""), texts.get("description", ""))


def verbatim(cell: Cell, *, markup: bool) -> str:
    """Return a cell's wire literal: nothing is normalised, only the escapes of Markdown are undone."""
    joined = " ".join(line.text.strip() for line in cell if line.text.strip())
    return unescape(joined) if markup else joined
