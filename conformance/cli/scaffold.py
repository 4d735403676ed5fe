"""`conformance scaffold`: contracts and cases to start from, for operations that have none."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from conformance.cases.suite import DEFAULTS
from conformance.cli.support.documents import ReadingOptions, given_by
from conformance.cli.support.scaffolding.building import built, files_of_all
from conformance.cli.support.scaffolding.new_workspace import FOLDERS, workspace_text
from conformance.cli.support.scaffolding.operations import file_of, operations_in
from conformance.cli.support.scaffolding.processes import each_in_order
from conformance.cli.support.scaffolding.reading import found_documents
from conformance.cli.support.scaffolding.sequences import sequences_of_all
from conformance.cli.support.scaffolding.summary import Summary
from conformance.cli.support.scaffolding.target_defaults import defaults_text
from conformance.cli.support.scaffolding.told import ProgressLine, Told
from conformance.cli.support.scaffolding.writing import FilesTogether
from conformance.cli.support.standard_streams import say
from conformance.core.errors import DocumentError, ExitStatus, UsageError
from conformance.core.resources import shown
from conformance.core.terminal import printable
from conformance.core.workspace import FILE, workspace_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cli.support.scaffolding.building import Sources

_DIFFERENCES: Final = "differences between a page and its metadata"
_THERE: Final = "operations that have files already, and are left as they are; --force replaces them"


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
            "--output", "-o", help="The workspace; made if need be.  [default: the workspace, else this folder]"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Tell every operation, and every document that is left out.")
    ] = False,
) -> None:
    """Make a workspace of saved pages: the contracts of their operations, and cases to start from; all files or none.

    Of a folder, one page of each operation and language is taken: the one nearest to the top, then the one whose file
    has the operation's name, then the first by name. Others, and documents of no operation in RPC style, are left out
    and told. A page that says another product or version than is given is filed under its own.

    A document that should have been read and could not be is told, with status 2 at the end, and stops none of the
    others. Operations that have files already are left as they are.
    """
    began = time.monotonic()
    folder = output or shown(workspace_root() or Path())
    reading = ReadingOptions(given=given_by(product, api_version))
    told = Told(every=verbose)
    found = found_documents(documents)
    new = _new(operations_in(found, reading, told), folder, told, force=force)
    if not new:
        _refuse_all(told, len(found))
    with FilesTogether() as files:
        written = _build(new, reading, files, folder, told)
        if written.operations:
            _complete(written, files, folder, force=force)
            files.place()
    told.tell()
    for line in written.lines(folder, every=verbose):
        say(printable(line))
    _tell_left(told, len(found))
    if written.operations:
        say(f"{folder / FILE}: a workspace, in {time.monotonic() - began:.1f} s")
        say(f"Next: {'' if folder.resolve() == Path.cwd() else f'cd {folder} && '}conformance run")
    if told.refused:
        raise typer.Exit(ExitStatus.BAD_INPUT)


def _build(new: Sequence[Sources], reading: ReadingOptions, files: FilesTogether, folder: Path, told: Told) -> Summary:
    """Write the files of operations beside their places, and return what they are."""
    written = Summary()
    lenient = reading._replace(given=reading.given._replace(yields=True))  # each was read with what it may say
    with ProgressLine("writing", len(new)) as progress:
        for each, sources in zip(each_in_order(partial(built, reading=lenient), new), new, strict=True):
            progress.step()
            for difference in each.differences:
                told.note(_DIFFERENCES, difference)
            if each.fault is not None:
                told.refuse(each.fault, sum(len(group.documents) for group, _ in sources.values()))
                continue
            for place, text in each.files.items():
                files.add(folder / place, text)
            written.add(each)
    return written


def _complete(written: Summary, files: FilesTogether, folder: Path, *, force: bool) -> None:
    """Write beside their places the files about several operations, and those that make a folder a workspace."""
    for place, text in (files_of_all(written.operations) | sequences_of_all(written.valid)).items():
        if force or not (folder / place).exists():
            files.add(folder / place, text)
    values = defaults_text(folder / "cases", written.targets)
    if values:
        files.add(folder / "cases" / DEFAULTS, values)
    for name in FOLDERS:
        files.make(folder / name)
    if not (folder / FILE).exists():
        files.add(folder / FILE, workspace_text(written.one_version_products))


def _new(operations: Sequence[Sources], folder: Path, told: Told, *, force: bool) -> list[Sources]:
    """Return the operations to write: those that have no files in the workspace, or all.

    Raises:
        UsageError: When all have some.
    """
    there = [] if force else [(own, file) for own in operations if (file := file_of(own, folder)) is not None]
    if there and len(there) == len(operations):
        others = len(there) - 1
        what = f"is there already, and {others} more" if others else "is there already"
        raise UsageError(what, where=there[0][1], hint="give another -o, or --force to replace")
    for _, file in there:
        told.note(_THERE, f"{file}: is there already, and its operation is left as it is (--force replaces it)")
    left = {id(own) for own, _ in there}
    return [own for own in operations if id(own) not in left]


def _refuse_all(told: Told, documents: int) -> None:
    """End, because there is nothing to write.

    Raises:
        DocumentError: When no document should have been read: all were left out.
        Exit: When what is wrong was told.
    """
    if not told.refused:
        which = "the document is" if documents == 1 else f"all {documents} documents are"
        raise DocumentError(f"nothing to write: {which} left out, such as {told.first_left_out}")
    told.tell()
    _tell_left(told, documents)
    raise typer.Exit(ExitStatus.BAD_INPUT)


def _tell_left(told: Told, documents: int) -> None:
    if told.left_out or told.refused:
        say(f"{told.left_out} of {documents} documents left out, {told.refused} refused")
