"""Documents that are sources of one contract: a page, and the metadata of the same operation and language."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.cli.support.documents import read_file
from conformance.comparison.merging import difference_texts, merged
from conformance.comparison.pairing import may_be_same
from conformance.contract.message_templates import placeholders
from conformance.core.errors import DocumentError
from conformance.extraction.read import METADATA_LAYOUTS, leaves_doubt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conformance.cli.support.documents import ReadingOptions
    from conformance.contract.model import Contract
    from conformance.core.errors import InputError


class ReadDocument(NamedTuple):
    """A document that was read.

    Attributes:
        path: Its file.
        contract: What it says.
        named: Whether it was given by its own name, and not as a file of a folder.
    """

    path: Path
    contract: Contract
    named: bool = False

    @property
    def is_metadata(self) -> bool:
        """Whether it is metadata, and not a page."""
        return self.contract.source.layout in METADATA_LAYOUTS

    @property
    def is_identified(self) -> bool:
        """Whether it says its product and its version."""
        return bool(self.contract.product and self.contract.version)


class SourceGroup(NamedTuple):
    """The sources of one contract, the page before the metadata."""

    documents: tuple[ReadDocument, ...]

    @property
    def path(self) -> Path:
        """The file of the first source."""
        return self.documents[0].path

    def contract(self, reading: ReadingOptions, companion: Contract | None = None) -> Contract:
        """Return the contract of all sources.

        Args:
            reading: How the documents are read.
            companion: The other language's contract, asked where the first source leaves a doubt.
        """
        first, *others = (document.contract for document in self.documents)
        known = next((each for each in others if each.errors), companion)
        if known is not None and leaves_doubt(first):
            first = read_file(self.path, reading=reading, companion=known)
        for other in others:
            first = merged(first, other)
        return first

    def differences(self, contract: Contract) -> list[str]:
        """Return one sentence for each place where the sources contradict each other."""
        return difference_texts(contract, self._files)

    def templates(self, contract: Contract) -> list[str]:
        """Return one sentence for each row of the table of errors whose message has placeholders."""
        files = self._files
        return [
            f"{files.get(row.origin or contract.source.file, row.origin)}:{row.line}: the message of {row.code} has "
            f"{' and '.join(dict.fromkeys(found))}: any text may stand there"
            for row in contract.errors
            if (found := placeholders(row.message))
        ]

    @property
    def _files(self) -> dict[str, str]:
        """The files of the sources, as the reader named them, by their own names."""
        return {each.path.name: str(each.path) for each in self.documents}


def source_groups(documents: Iterable[ReadDocument], refuse: Callable[[InputError], None]) -> list[SourceGroup]:
    """Group documents by the contract that they are sources of.

    Two documents of one operation and language that both say product and version are of one contract when these are
    equal, wherever they are. One that says less joins the only one that it can belong to, in the same folder or named
    beside it.

    Args:
        documents: The documents.
        refuse: Called with the fault of a second page, or second metadata, of one contract.
    """
    found = list(documents)
    groups: list[list[ReadDocument]] = []
    for document in sorted(found, key=lambda each: not each.is_identified):
        fitting = [group for group in groups if _fits(document, group)]
        same_kind = [each for group in fitting for each in group if each.is_metadata == document.is_metadata]
        if same_kind and document.is_identified:
            refuse(second_document(document, same_kind[0].path))
        elif len(fitting) == 1 and not same_kind:
            fitting[0].append(document)
        else:
            groups.append([document])
    places = {id(document.contract): index for index, document in enumerate(found)}
    groups.sort(key=lambda group: min(places[id(each.contract)] for each in group))
    return [SourceGroup(tuple(sorted(group, key=lambda each: each.is_metadata))) for group in groups]


def _fits(document: ReadDocument, group: Iterable[ReadDocument]) -> bool:
    return all(
        each.contract.language == document.contract.language
        and may_be_same(each.contract, document.contract)
        and _is_beside(document, each)
        for each in group
    )


def _is_beside(one: ReadDocument, other: ReadDocument) -> bool:
    if one.is_identified and other.is_identified:
        return True
    return one.path.parent == other.path.parent or (one.named and other.named)


def second_document(document: ReadDocument, first: Path) -> DocumentError:
    """Return the fault of a second page, or second metadata, of one contract."""
    contract = document.contract
    return DocumentError(
        f"is about {contract.operation} in the language {contract.language}, as {first} is",
        where=document.path,
        hint="give one page and one file of metadata a language",
    )
