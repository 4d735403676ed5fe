"""`conformance derive`: reads a document and writes, or checks, its contract."""

from __future__ import annotations

import contextlib
import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec.structs import replace

from conformance.cli.support.documents import (
    YAML_SUFFIXES,
    ReadingOptions,
    documents_in,
    given_by,
    read_file,
    read_file_with_notes,
    refuse_other_language,
)
from conformance.cli.support.source_groups import ReadDocument, second_document, source_groups
from conformance.cli.support.standard_streams import say, say_fault
from conformance.comparison.pairing import may_be_same
from conformance.comparison.revisions import changes, differences
from conformance.contract.catalogue import contracts_named, find_contract
from conformance.contract.files import dump_contract, load_contract, load_openapi
from conformance.contract.languages import LANGUAGES
from conformance.contract.openapi.writer import broken_examples
from conformance.contract.products import require_identity
from conformance.core.errors import ContractError, ExitStatus, InputError, UsageError
from conformance.core.failures.system_failures import not_written
from conformance.core.resources import openapi_dir, shown
from conformance.core.sentences.sentence import sentence
from conformance.core.terminal import printable
from conformance.core.workspace import workspace_root
from conformance.core.yamlfile import read_text
from conformance.extraction.read import leaves_doubt
from conformance.reports.formats.words import joined_words, said
from conformance.reports.inputs import refuse_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.cli.support.source_groups import SourceGroup
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

_LANGUAGE_HELP: Final = f"{' or '.join(LANGUAGES)}; recognised by the content when left out."
_SHOWN: Final = 40


def derive(
    documents: Annotated[list[Path], typer.Argument(help="Saved pages or metadata, one operation each, or folders.")],
    *,
    language: Annotated[str | None, typer.Option(help=_LANGUAGE_HELP)] = None,
    layout: Annotated[str | None, typer.Option(help="The layout; recognised by the content when left out.")] = None,
    product: Annotated[str | None, typer.Option(help="The product of pages that do not say it.")] = None,
    api_version: Annotated[str | None, typer.Option(help="The API version of pages that do not say it.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The contract's file, or the folder of several.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 when the file differs.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on what is not understood.")] = False,
    companion: Annotated[
        Path | None, typer.Option(help="The other language's document or contract, where one page leaves a doubt.")
    ] = None,
) -> None:
    """Turn documents into contracts; with --check, say in which facts the contract files differ from them.

    A page and the metadata of one operation and language become one contract; where they contradict each other, the
    page's word is kept, and told. A document that cannot be read is told, with status 2 at the end, and stops none of
    the others.
    """
    reading = ReadingOptions(_language(language), layout, given_by(product, api_version), strict)
    alone = len(documents) == 1 and not documents[0].is_dir()
    if companion is not None and not alone:
        raise UsageError("--companion goes with one document", hint="pages that lie side by side find each other")
    refuse_inputs(None if check else output, [*(path for path in documents if not path.is_dir()), companion])
    work = _Work(alone=alone)
    found = list(documents_in(documents))
    read: list[ReadDocument] = []
    for path in found:
        with work.refusing(1):
            derived = _derive(path, reading, companion)
            if not alone and reading.language is None:
                refuse_other_language(path, derived)
            read.append(ReadDocument(path, derived, named=path in documents))
    groups = source_groups(read, work.refuse)
    several = not _is_file(output, found=len(found), groups=len(groups))
    made: dict[Path, Path] = {}
    for group in groups:
        with work.refusing(len(group.documents)):
            derived = group.contract(reading, _among(group.documents[0].contract, read))
            derived = _identified(derived, group.path, output if check and not several else None, check=check)
            for note in (*group.differences(derived), *group.templates(derived)):
                say(printable(note), to_stderr=True)
            target = _target(derived, output, several=several)
            if target in made:
                raise second_document(group.documents[0], made[target])
            made[target] = group.path
            work.statuses.append(_settle(derived, group, target, check=check))
    if not alone:
        refused = f", {work.refused} refused" if work.refused else ""
        say(f"{len(found) - work.refused} of {len(found)} documents read{refused}")
    raise typer.Exit(max(work.statuses, default=ExitStatus.CONFORMS))


class _Work:
    """How the documents of one call fare.

    Args:
        alone: Whether one document is all, so that its fault is that of the command.
    """

    def __init__(self, *, alone: bool) -> None:
        self._alone = alone
        self.statuses: list[ExitStatus] = []
        self.refused = 0

    def refuse(self, fault: InputError, documents: int = 1) -> None:
        """Tell what is wrong with some documents, and go on with the others."""
        self.statuses.append(fault.exit_status)
        self.refused += documents
        say_fault(fault)

    @contextlib.contextmanager
    def refusing(self, documents: int) -> Iterator[None]:
        """Go on where what is inside fails, of so many documents."""
        try:
            yield
        except InputError as fault:
            if self._alone:
                raise
            self.refuse(fault, documents)


def _is_file(output: Path | None, *, found: int, groups: int) -> bool:
    """Whether `-o` is the file of the one contract, and not the folder of several."""
    if output is None or output.is_dir():
        return found == 1 and output is None
    return found == 1 or (groups == 1 and output.suffix in YAML_SUFFIXES)


def _language(word: str | None) -> Language | None:
    known: dict[str | None, Language | None] = {None: None, **{language: language for language in LANGUAGES}}
    if word not in known:
        raise UsageError(f"--language {word} is not known", hint=f"one of: {', '.join(LANGUAGES)}")
    return known[word]


def _derive(document: Path, reading: ReadingOptions, companion: Path | None) -> Contract:
    """Read a document; where it leaves a doubt, read it again beside the other language's."""
    derived, notes = read_file_with_notes(document, reading=reading)
    for note in notes:
        say(f"{document}:{note.line}: not understood: {printable(note.what)}", to_stderr=True)
    if companion is not None:
        other: Contract | None = read_file(companion)
    elif leaves_doubt(derived):
        other = _known_companion(document, derived)
    else:
        return derived
    if other is None:
        return derived
    if other.operation != derived.operation:
        raise UsageError(
            f"the companion is about {other.operation}, the document about {derived.operation}",
            where=companion,
            hint="give the other language's page of the same operation",
        )
    return read_file(document, reading=reading, companion=other)


def _known_companion(document: Path, alone: Contract) -> Contract | None:
    """Return the other language's contract: of the document beside this one, else the committed one, else none."""
    other = next(language for language in LANGUAGES if language != alone.language)
    for path in _siblings(document, alone, other):
        try:
            contract = read_file(path, reading=ReadingOptions(language=other))
        except InputError:
            continue
        if contract.operation == alone.operation:
            return contract
    committed = _committed(alone.operation, other)
    return find_contract(str(committed[0])) if len(committed) == 1 else None


def _among(contract: Contract, read: Sequence[ReadDocument]) -> Contract | None:
    """Return the other language's contract of the same operation among the documents of this call, if it is one."""
    fitting = [each.contract for each in read if each.contract.language != contract.language]
    fitting = [each for each in fitting if each.operation == contract.operation and may_be_same(each, contract)]
    return fitting[0] if len(fitting) == 1 else None


def _siblings(document: Path, alone: Contract, other: Language) -> Iterator[Path]:
    """Yield what may be the other's document: its name with the other language's code in it."""
    stem = document.name.partition(".")[0]
    names = {alone.operation, stem} if stem != alone.language else {alone.operation}
    patterns = [f"{glob.escape(name)}.{other}.*" for name in sorted(names)]
    if stem == alone.language:
        patterns.append(f"{other}{glob.escape(document.suffix)}")
    places = [(document.parent, pattern) for pattern in patterns]
    if document.parent.name == alone.language:
        places += [(document.parent.parent / other, f"{glob.escape(name)}.*") for name in sorted(names)]
    for folder, pattern in places:
        for path in sorted(folder.glob(pattern)):
            if path.is_file() and path.suffix not in YAML_SUFFIXES:
                yield path


def _identified(derived: Contract, document: Path, compared: Path | None, *, check: bool) -> Contract:
    """Return a contract with its product and version.

    Of a page that does not say them they are those of the contract that it became before: the file that it is
    compared with, or a committed one that was made of the same bytes.

    Raises:
        DocumentError: When nothing says them.
    """
    if not (derived.product and derived.version):
        named = _committed(derived.operation, derived.language)
        same = [path for path in named if derived.source.sha256 in read_text(path, ContractError)]
        if compared is not None and compared.is_file():
            same = [compared]
        elif check and len(named) == 1:
            same = list(named)
        for path in same:
            known = find_contract(str(path))
            if derived.product in ("", known.product) and derived.version in ("", known.version):
                return replace(derived, product=known.product, version=known.version)
    require_identity(derived, document)
    return derived


def _committed(operation: str, language: Language) -> list[Path]:
    """Return the contracts of this name that are here, else those that come with the project."""
    for folder in (_own_folder(), openapi_dir()):
        if found := contracts_named(operation, language, folder):
            return found
    return []


def _own_folder() -> Path:
    """Return the folder for contracts: of the workspace, else below the folder that the command is called in."""
    root = workspace_root()
    return Path("openapi") if root is None else shown(root / "openapi")


def _target(derived: Contract, output: Path | None, *, several: bool) -> Path:
    """Return the file of a contract; it is never in the installed package."""
    if output is not None and not several:
        return output
    folder = output or _own_folder()
    return folder / derived.product / derived.version / f"{derived.operation}.{derived.language}.yaml"


def _settle(derived: Contract, group: SourceGroup, target: Path, *, check: bool) -> ExitStatus:
    """Write a contract and say what is in it, or compare it with the file that is there."""
    text = dump_contract(derived)
    if check:
        return _check(target, text, derived, " ".join(str(each.path) for each in group.documents))
    _write(target, text)
    facts = [fact for row in derived.parameters for fact in row.facts.values() if fact.stated]
    counts = [
        (sentence("parameters"), len(derived.parameters)),
        (sentence("facts stated"), len(facts)),
        (sentence("errors"), len(derived.errors)),
        (sentence("losses"), len(derived.lost)),
        (sentence("examples against their own rule"), len(broken_examples(derived))),
    ]
    if derived.also:
        counts.append((sentence("facts of other sources"), sum(fact.origin is not None for fact in facts)))
        counts.append((sentence("differences of the sources"), len(derived.differs)))
    told = joined_words(
        (sentence("{what} {count}", what=what, count=count) for what, count in counts), "{one}, {other}"
    )
    say(f"{target}: {said(told)}")
    return ExitStatus.CONFORMS


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as fault:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise not_written(path, fault, "give another -o", error=UsageError) from None


def _check(path: Path, text: str, derived: Contract, documents: str) -> ExitStatus:
    """Say what has changed when a contract file is not what its document gives."""
    elsewhere = path != _target(derived, None, several=True)
    again = f"conformance derive {documents} -o {path}" if elsewhere else f"conformance derive {documents}"
    try:
        committed = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        say(f"{path}: there is no such file; run `{again}`")
        return ExitStatus.MISMATCH
    except (OSError, UnicodeDecodeError) as fault:
        raise ContractError(f"cannot be read: {fault}", where=path, hint=f"run `{again}`") from None
    if committed == text:
        say(f"{path}: says what {documents} says")
        return ExitStatus.CONFORMS
    changed = changes(load_contract(committed, str(path)), derived)
    changed = changed or list(differences(load_openapi(committed, str(path)), load_openapi(text, str(path))))
    for change in changed[:_SHOWN]:
        say(printable(change))
    if len(changed) > _SHOWN:
        say(f"and {len(changed) - _SHOWN} more")
    what = (
        f"differs from {documents} in {len(changed)} {'place' if len(changed) == 1 else 'places'}"
        if changed
        else "differs only in formatting"
    )
    say(f"{path}: {what}; run `{again}`")
    return ExitStatus.MISMATCH
