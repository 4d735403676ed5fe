"""`conformance scaffold`: contracts and skeletons of cases for operations that have none."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cases.bases import Base
from conformance.cases.load import parse_file
from conformance.cases.scaffold.skeletons import scaffold as skeletons
from conformance.cases.suite import Suite, load_all_states, load_defaults
from conformance.cli.support.documents import ReadingOptions, documents_in, given_by, read_file, refuse_other_language
from conformance.cli.support.source_groups import ReadDocument, second_document, source_groups
from conformance.cli.support.standard_streams import say_fault
from conformance.contract.files import dump_contract
from conformance.contract.languages import LANGUAGES
from conformance.contract.products import require_identity
from conformance.core.errors import CaseError, ExitStatus, InputError, UsageError
from conformance.core.resources import cases_dir, shown
from conformance.core.system_failures import not_written
from conformance.core.terminal import printable
from conformance.core.workspace import workspace_root
from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.cli.support.source_groups import SourceGroup
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract


def scaffold(
    documents: Annotated[
        list[Path], typer.Argument(help="Saved pages, of one operation or more, one a language; or folders.")
    ],
    *,
    product: Annotated[str | None, typer.Option(help="The product of pages that do not say it.")] = None,
    api_version: Annotated[str | None, typer.Option(help="The API version of pages that do not say it.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The folder to write openapi/ and cases/ into.  [default: the workspace, else this folder]",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> None:
    """Write the contracts of new operations, and cases to start from; all files or none.

    Every documented error gets a case that waits for its trigger (`trigger: todo`, which a run reports as not run),
    every stated constraint a pair of cases: the last value that must pass and the first that must not.

    A document that cannot be read is told, with status 2 at the end, and stops none of the others.
    """
    files: dict[Path, str] = {}
    folder = output or shown(workspace_root() or Path())
    reading = ReadingOptions(given=given_by(product, api_version))
    refused = Refused(alone=len(documents) == 1 and not documents[0].is_dir())
    found = list(documents_in(documents))
    for own in _by_operation(found, documents, reading, refused):
        with refused.told():
            files |= _files(_settled(own, reading), folder)
    there = [path for path in files if path.exists()]
    if there and not force:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise UsageError(f"is there already{more}", where=there[0], hint="give another -o, or --force to replace")
    _write(files)
    for path, text in files.items():
        typer.echo(f"{path}: {_what(path, text)}")
    if refused.count:
        typer.echo(f"{refused.count} of {len(found)} documents refused")
        raise typer.Exit(ExitStatus.BAD_INPUT)


class Refused:
    """What could not be read: told at once, and counted.

    Args:
        alone: Whether it is all that was asked for, so that nothing goes on without it.
    """

    def __init__(self, *, alone: bool) -> None:
        self.alone = alone
        self.count = 0

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Tell what is wrong with a document and go on, unless it is alone."""
        try:
            yield
        except InputError as fault:
            if self.alone:
                raise
            self.tell(fault)

    def tell(self, fault: InputError) -> None:
        """Tell what is wrong with a document."""
        self.count += 1
        say_fault(fault)


def _by_operation(
    documents: Iterable[Path], named: Sequence[Path], reading: ReadingOptions, refused: Refused
) -> list[dict[Language, tuple[SourceGroup, Contract]]]:
    """Return the documents and contracts of each operation, by language."""
    read: list[ReadDocument] = []
    for path in documents:
        with refused.told():
            contract = read_file(path, reading=reading)
            if not refused.alone:
                refuse_other_language(path, contract)
            read.append(ReadDocument(path, contract, named=path in named))
    by_operation: dict[tuple[str, str, str], dict[Language, tuple[SourceGroup, Contract]]] = {}
    for group in source_groups(read, refused.tell):
        with refused.told():
            contract = group.contract(reading)
            require_identity(contract, group.path)
            own = by_operation.setdefault((contract.product, contract.version, contract.operation), {})
            if contract.language in own:
                raise second_document(group.documents[0], own[contract.language][0].path)
            own[contract.language] = (group, contract)
    return list(by_operation.values())


def _settled(own: Mapping[Language, tuple[SourceGroup, Contract]], reading: ReadingOptions) -> dict[Language, Contract]:
    """Return contracts by language, in the order of the registry; what one page leaves open is asked of the other."""
    contracts: dict[Language, Contract] = {}
    for language in LANGUAGES:
        if language not in own:
            continue
        group, contract = own[language]
        other = next((each for name, (_, each) in own.items() if name != language), None)
        doubt = any(row.inferred_split for row in contract.errors)
        contracts[language] = group.contract(reading, other) if doubt and other else contract
        for difference in group.differences(contracts[language]):
            typer.echo(printable(difference), err=True)
    return contracts


def _files(contracts: Mapping[Language, Contract], output: Path) -> dict[Path, str]:
    cases = skeletons(contracts)
    _check(contracts, cases)
    files: dict[Path, str] = {}
    for language, contract in contracts.items():
        folder = output / "openapi" / contract.product / contract.version
        files[folder / f"{contract.operation}.{language}.yaml"] = dump_contract(contract)
    first = next(iter(contracts.values()))
    folder = output / "cases" / first.product / first.operation
    return files | {folder / name: text for name, text in cases.items()}


def _check(contracts: Mapping[Language, Contract], cases: Mapping[str, str]) -> None:
    """Read what is about to be written as every other command will; raises `CaseError` when it cannot be."""
    operation = next(iter(contracts.values())).operation
    folder = cases_dir()
    entries = YamlFile(cases["base.yaml"], "base.yaml", CaseError).data["bases"]
    bases = {name: Base(name, (), entry["parameters"]) for name, entry in entries.items()}
    suite = Suite(operation, contracts, bases, load_all_states(folder), load_defaults(folder))
    for name, text in cases.items():
        if name != "base.yaml":
            parse_file(YamlFile(text, f"{operation}/{name}", CaseError), suite)


def _write(files: Mapping[Path, str]) -> None:
    """Write all files or none: each beside its place first, and then all into their places."""
    ready: dict[Path, Path] = {}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            ready[path] = path.with_name(f".{path.name}.{os.getpid()}")
            ready[path].write_text(text, encoding="utf-8", newline="\n")
        for path, temporary in ready.items():
            temporary.replace(path)
    except OSError as fault:
        where = Path(fault.filename) if fault.filename else next(iter(files))
        raise not_written(where, fault, "give another -o", error=UsageError) from None
    finally:
        for temporary in ready.values():
            with contextlib.suppress(OSError):
                temporary.unlink()


def _what(path: Path, text: str) -> str:
    if "openapi" in path.parts[:-1] and path.parts[-4] == "openapi":
        return "the contract"
    if path.name == "base.yaml":
        return "a valid request"
    todo = text.count("\n    trigger: todo")
    return f"{text.count('  - id: ')} cases, {todo} of them to do"
