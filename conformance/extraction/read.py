"""Reading a document: bytes in, a contract out. Nothing here opens a file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.contract.encodings import CARRYING
from conformance.contract.model import FACT_NAMES, RESPONSE_FACT_NAMES, Contract, Source
from conformance.core.errors import DocumentError, Location, OtherDocumentError
from conformance.extraction import intake
from conformance.extraction.facts.answers.answer_formats import answer_formats
from conformance.extraction.facts.answers.answer_samples import with_samples
from conformance.extraction.facts.behaviour import async_behaviour
from conformance.extraction.facts.error_codes import error_codes
from conformance.extraction.facts.folding import fold
from conformance.extraction.identity import Given, identity_of, refuse_roa, settled
from conformance.extraction.layouts import metadata, metadata_schema
from conformance.extraction.layouts.order import ORDER
from conformance.extraction.page import Note, OtherPageError, UnreadableError
from conformance.extraction.phrases.registry import LEXICONS
from conformance.extraction.row_names import with_names

if TYPE_CHECKING:
    from conformance.contract.languages import Language

LAYOUTS: Final[tuple[str, ...]] = tuple(layout.name for layout in ORDER)
"""The names of all layouts, as `layout` accepts them and contracts carry them."""

METADATA_LAYOUTS: Final = (metadata.NAME, metadata_schema.NAME)
"""The layouts of metadata; all others are of pages."""

NOTHING_GIVEN: Final = Given()
"""A document that has to say for itself which product and version it is of."""

_NO_TABLE: Final = "give a saved page of one operation with its tables, as text, Markdown, HTML or metadata JSON"


def detect_layout(text: str) -> str:
    """Return the name of the layout that a page is in.

    Args:
        text: The page.

    Raises:
        DocumentError: When no known table of parameters is in it.
    """
    for layout in ORDER:
        if layout.detect(text):
            return layout.name
    raise DocumentError("no table of request parameters is in this document", hint=_NO_TABLE)


def leaves_doubt(contract: Contract) -> bool:
    """Whether a contract has what the other language's document may settle.

    That is where a message ends, or which structure a parameter is in that its document writes without it.
    """
    nested = ("." in row.path and "." not in row.source and row.encoding not in CARRYING for row in contract.parameters)
    return any(row.inferred_split for row in contract.errors) or any(nested)


def read_document(
    data: bytes,
    name: str,
    *,
    language: Language | None = None,
    layout: str | None = None,
    companion: Contract | None = None,
    given: Given = NOTHING_GIVEN,
    strict: bool = False,
) -> Contract:
    """Read a document into a contract.

    Args:
        data: The bytes of the file.
        name: The name of the file; shown in messages and kept, without folders, in the contract.
        language: The language of the document; recognised by its content when `None`.
        layout: One of `LAYOUTS`; recognised by its content when `None`.
        companion: The other language's contract, asked only where this document does not show where the members of a
            structure end (reading rule 8) or the message of an error (reading rule 10).
        given: The product and version of the API where the document does not say them.
        strict: Whether a part that was not understood is an error.

    Returns:
        The contract: every fact in one of its three states, with its line; product and version as far as it says them
        or they are given.

    Raises:
        OtherDocumentError: When the file is no page of an operation in RPC style.
        DocumentError: When it is cut short, or is of another product or version than is given, and with `strict` for
            the first part that was not understood.
    """
    return read_document_with_notes(
        data, name, language=language, layout=layout, companion=companion, given=given, strict=strict
    )[0]


def read_document_with_notes(
    data: bytes,
    name: str,
    *,
    language: Language | None = None,
    layout: str | None = None,
    companion: Contract | None = None,
    given: Given = NOTHING_GIVEN,
    strict: bool = False,
) -> tuple[Contract, tuple[Note, ...]]:
    """Read a document like `read_document` and return also what was not understood, in the order of its lines."""
    file = name.replace("\\", "/").rsplit("/", 1)[-1]
    if layout is not None and layout not in LAYOUTS:
        raise DocumentError(
            f"no layout is named {layout!r}", where=Location(file), hint=f"use one of {', '.join(LAYOUTS)}"
        )
    try:
        contract, notes = _read(data, file, language=language, layout=layout, companion=companion, given=given)
    except UnreadableError as fault:
        kind = OtherDocumentError if isinstance(fault, OtherPageError) else DocumentError
        raise kind(fault.message, where=Location(file, fault.line), hint=fault.hint) from None
    if strict and notes:
        raise DocumentError(
            f"not understood: {notes[0].what}",
            where=Location(file, notes[0].line),
            hint="read the line, and leave out strict to keep what was understood",
        )
    return contract, notes


def _read(
    data: bytes, file: str, *, language: Language | None, layout: str | None, companion: Contract | None, given: Given
) -> tuple[Contract, tuple[Note, ...]]:
    text = intake.decode(data)
    refuse_roa(text)
    chosen = next((each for each in ORDER if (each.name == layout if layout else each.detect(text))), None)
    if chosen is None:
        fault = UnreadableError if intake.is_about_an_operation(text) else OtherPageError
        raise fault("no table of request parameters is in this document", line=1, hint=_NO_TABLE)
    intake.refuse_two_operations(text)
    page = chosen.read(text)
    asked, unnamed = with_names(page.request)
    given_back, unnamed_fields = with_names(page.response)
    if not asked and not page.whole:
        why = f": {unnamed[0].what}" if unnamed else ""
        line = unnamed[0].line if unnamed else 1
        raise UnreadableError(f"the table of request parameters has no rows{why}", line=line, hint=_NO_TABLE)
    if not (given_back or page.errors or page.goes_on or page.whole):
        raise UnreadableError(
            "the page ends after its request parameters",
            line=text.count("\n") + 1,
            hint="capture the whole page again, to the end of its error codes",
        )
    page = replace(page, request=asked, response=given_back)
    written_in = language or intake.language_of(intake.words_of(text, page))
    known = [row.path for row in companion.parameters] if companion is not None else []
    request = fold(page.request, LEXICONS[written_in], FACT_NAMES, known=known)
    response = fold(page.response, LEXICONS[written_in], RESPONSE_FACT_NAMES, request.parameters)
    operation = intake.operation_of(text, page, file)
    product, version = settled(identity_of(text, page, operation), given)
    contract = Contract(
        operation=operation,
        language=written_in,
        source=Source(file, hashlib.sha256(data).hexdigest(), chosen.name),
        parameters=request.parameters,
        responses=with_samples(response.parameters, text),
        errors=error_codes(page.errors, companion),
        async_behaviour=async_behaviour(page.prose),
        lost=(*request.losses, *response.losses),
        product=product,
        version=version,
        formats=answer_formats(text, page.prose, request.parameters),
    )
    notes = (*page.notes, *unnamed, *unnamed_fields, *request.notes, *response.notes)
    return contract, tuple(sorted(notes, key=lambda note: note.line))
