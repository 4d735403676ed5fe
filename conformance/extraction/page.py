"""What a layout's reader makes of a page: rows, blocks of text and lines of prose, before any meaning is taken.

Every reader of `conformance.extraction.layouts` ends here and every meaning starts here, so a new layout needs no new
phrase and a new phrase serves every layout.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

BlockKind = Literal["prose", "bullet", "note"]


class Text(Struct, frozen=True):
    """A piece of the document and its line, counted from 1."""

    line: int
    text: str


class Block(Struct, frozen=True):
    """One paragraph or bullet of a description, cleaned of markup.

    Attributes:
        line: The line on which it begins.
        text: Its text, normalised by `conformance.extraction.plain_text.clean`.
        kind: `note` is an aside ("Note ..."): it explains and does not promise.
        depth: 0 for a bullet of the outer list, 1 and more for nested ones.
        marked: What the document sets in bold or as code, in its order; empty where the layout does not show it.
    """

    line: int
    text: str
    kind: BlockKind = "prose"
    depth: int = 0
    marked: tuple[str, ...] = ()


class Damage(Struct, frozen=True):
    """Something that a row lost in the capture.

    Attributes:
        line: The line at which it is missing.
        kind: As in `conformance.contract.model.Loss`.
        evidence: What shows it.
        facts: The facts that it may have held, `None` for any fact.
    """

    line: int
    kind: str
    evidence: str
    facts: tuple[str, ...] | None = None


class Note(Struct, frozen=True):
    """A part of a document that was not understood, in the project's own words."""

    line: int
    what: str


class FactCell(Struct, frozen=True):
    """A fact that a layout has a place of its own for, as its text; lists have one text an item.

    Attributes:
        name: The name of the fact.
        line: The line that says it.
        texts: What is there, not yet understood.
    """

    name: str
    line: int
    texts: tuple[str, ...]


class Row(Struct, frozen=True):
    """One row of a table of parameters, its cells separated but not yet understood.

    Attributes:
        line: The line on which the row begins.
        name: The document's spelling; empty for the unnamed item or root rows of newer pages.
        type: The cell of the type; empty text where the capture has none.
        required: The cell of the required mark, `None` where the table has no such column.
        example: The cell of the example; empty text where there is none.
        description: The blocks of the description.
        damage: The losses that the layout itself shows.
        depth: The depth of nesting where the layout shows it, else `None`.
        whole: Whether the layout loses nothing of a description: a list that is not there never was.
        cells: The facts that the layout has places of their own for, besides type, mark and example.
        style: How the value travels, in the layout's own word; empty where it does not say.
    """

    line: int
    name: str
    type: Text
    required: Text | None
    example: Text
    description: tuple[Block, ...]
    damage: tuple[Damage, ...] = ()
    depth: int | None = None
    whole: bool = False
    cells: tuple[FactCell, ...] = ()
    style: str = ""


class ErrorLine(Struct, frozen=True):
    """One row of the table of errors.

    Attributes:
        line: The line of the row.
        status: The HTTP status.
        code: The wire literal.
        message: The wire literal; message and description together when `description` is `None`.
        description: The text of the description; `None` where the layout does not mark where it begins.
        barred: Whether a bar inside a cell looks like the end of it, so that the message may be any part of the text.
    """

    line: int
    status: int
    code: str
    message: str
    description: str | None
    barred: bool = False


class Page(Struct, frozen=True):
    """One document, cut into its tables and its prose.

    Attributes:
        prose: Every line outside the tables, in order: summary, usage notes, headings.
        request: The rows of the table of request parameters.
        response: The rows of the table of response fields.
        errors: The rows of the table of errors.
        operation: The name of the operation where the page says it, else `None`.
        notes: What the layout's reader could not place.
        whole: Whether a table without rows is a whole one: the layout says where it ends.
        goes_on: Whether another section follows those of the request and the response: nothing of these was cut off.
        product: The product of the operation where the layout has a place for it, else `None`.
        version: The version of the product's API where the layout has a place for it, else `None`.
    """

    prose: tuple[Text, ...]
    request: tuple[Row, ...]
    response: tuple[Row, ...]
    errors: tuple[ErrorLine, ...]
    operation: str | None = None
    notes: tuple[Note, ...] = ()
    whole: bool = False
    goes_on: bool = False
    product: Text | None = None
    version: Text | None = None


class UnreadableError(Exception):
    """A page cannot be read; `read_document` turns it into a `DocumentError` with the file's name.

    Args:
        message: What is wrong.
        line: The line at which it is wrong.
        hint: How to fix it.
    """

    def __init__(self, message: str, *, line: int | None, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.hint = hint


class OtherPageError(UnreadableError):
    """A page is of no operation in RPC style; `read_document` turns it into an `OtherDocumentError`."""


def cut_short(line: int | None) -> UnreadableError:
    """Return the error of a page that ends, at a line, in the middle of a table."""
    return UnreadableError(
        "the page ends in the middle of a table",
        line=line,
        hint="capture the whole page again, to the end of its error codes",
    )


def roa_style(called: str, line: int | None) -> OtherPageError:
    """Return the error of a page whose operation is called by a verb and a path, of which it shows one."""
    return OtherPageError(
        f"this operation is called in ROA style, by a verb and a path ({called})",
        line=line,
        hint="only operations in RPC style, called by `Action`, become contracts",
    )
