"""Documents that are named or lie in folders, each read, with what became of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from conformance.cli.support.documents import documents_in, read_file_with_notes, refuse_other_language
from conformance.cli.support.scaffolding.processes import each_in_order
from conformance.cli.support.source_groups import ReadDocument
from conformance.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from conformance.cli.support.documents import ReadingOptions
    from conformance.extraction.page import Note


class FoundDocument(NamedTuple):
    """A document to read.

    Attributes:
        path: Its file.
        folder: The folder that was named, below which it lies; `None` for a document that was named itself.
    """

    path: Path
    folder: Path | None

    @property
    def depth(self) -> int:
        """How far below the folder it lies; 0 when it was named."""
        return 0 if self.folder is None else len(self.path.relative_to(self.folder).parts)


class ReadOutcome(NamedTuple):
    """What became of a document.

    Attributes:
        found: The document.
        document: What it says; `None` when it could not be read.
        notes: What in it was not understood.
        fault: Why it could not be read.
    """

    found: FoundDocument
    document: ReadDocument | None = None
    notes: tuple[Note, ...] = ()
    fault: InputError | None = None


def found_documents(places: Iterable[Path]) -> list[FoundDocument]:
    """Return the documents of files and folders, each once; one that is named itself counts as that.

    Raises:
        DocumentError: When a folder has none.
    """
    found: dict[Path, FoundDocument] = {}
    for place in sorted(places, key=lambda place: place.is_dir()):
        folder = place if place.is_dir() else None
        for path in documents_in([place]):
            found.setdefault(path, FoundDocument(path, folder))
    return list(found.values())


def read_all(found: Sequence[FoundDocument], reading: ReadingOptions) -> Iterator[ReadOutcome]:
    """Yield what becomes of each document, in their order; many are read by all cores.

    Args:
        found: The documents. When it is one that was named, its text says the language, whatever its path does.
        reading: How they are read. One of a folder that says another product than is given is taken at its word.
    """
    alone = len(found) == 1 and found[0].folder is None
    return each_in_order(partial(_read, reading=reading, alone=alone), found)


def _read(found: FoundDocument, *, reading: ReadingOptions, alone: bool) -> ReadOutcome:
    if found.folder is not None:
        reading = reading._replace(given=reading.given._replace(yields=True))
    try:
        contract, notes = read_file_with_notes(found.path, reading=reading)
        if not alone:
            refuse_other_language(found.path, contract)
    except InputError as fault:
        return ReadOutcome(found, fault=fault)
    return ReadOutcome(found, ReadDocument(found.path, contract, named=found.folder is None), notes)
