"""`conformance diff`: compares two contracts or documents of one operation, two folders of them, or a workspace."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec.structs import replace
from rich.console import Console

from conformance import __version__
from conformance.cli.support.diffs.diff_input import read_catalogue, read_diff_input, with_companions
from conformance.cli.support.diffs.diff_witness import read_witnesses
from conformance.cli.support.standard_streams import say
from conformance.comparison.baseline import Baseline, read_baseline, write_baseline
from conformance.comparison.comparison_text import Line, markdown, text_lines
from conformance.comparison.contract_comparison import Comparison, compare
from conformance.comparison.overview import Overview, survey
from conformance.comparison.overview_text import overview_lines, overview_markdown
from conformance.comparison.pairing import may_be_same
from conformance.comparison.repository_places import RepositoryPlaces
from conformance.comparison.sarif import sarif
from conformance.comparison.witness import ask
from conformance.contract.catalogue import is_name
from conformance.contract.languages import LANGUAGES
from conformance.core.errors import ContractError, ExitStatus, Location, UsageError
from conformance.core.sentences.recognition import in_reader_language
from conformance.core.sentences.widths import wrapped
from conformance.core.yamlfile import read_text
from conformance.reports.inputs import refuse_inputs
from conformance.reports.places import in_repository
from conformance.reports.whole_files import write_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.cli.support.diffs.diff_input import DiffInput
    from conformance.comparison.baseline import Accepted
    from conformance.comparison.compared_fact import ComparedFact
    from conformance.comparison.overview import Side
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

_STYLES: Final = {"title": "bold", "error": "bold red", "warning": "bold yellow", "plain": None, "muted": "dim"}
_WIDEST: Final = 100


def diff(
    left: Annotated[
        str | None,
        typer.Argument(
            help="A contract's name, <Operation>.<language>; a document; a folder; or an operation.  "
            "[default: all contracts of the workspace]"
        ),
    ] = None,
    right: Annotated[
        str | None, typer.Argument(help="What to compare it with.  [default: the same in the other language]")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to this file, too.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="For the page: the folder of a run, to say whom its server follows.")
    ] = None,
    overlays: Annotated[bool, typer.Option("--overlays", help="Include what overlays restored.")] = False,
    witness: Annotated[
        str | None, typer.Option(help="A third document, contract, folder or SDK model, shown beside the findings.")
    ] = None,
    baseline: Annotated[Path | None, typer.Option(help="Hide the findings that this file accepts.")] = None,
    accept: Annotated[
        Path | None, typer.Option("--write-baseline", help="Write a file that accepts every finding.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail when a file of a folder cannot be read.")] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Name what agrees, or the notes, too; in SARIF, what could not be compared."
        ),
    ] = False,
) -> None:
    """Compare two documents, two folders, or the two languages of a folder, an operation or the whole workspace.

    Exit status: 0 when nothing disagrees, 1 when something does; 2 when a file, or every file of a folder, cannot be
    read. With --strict, and for the contracts of the workspace, any.
    """
    if as_json + as_markdown + as_sarif > 1:
        raise UsageError("--json, --markdown and --sarif exclude each other", hint="give one of them")
    if report is not None and html is None:
        raise UsageError("--report is for the page", hint="give --html FILE, too")
    refuse_inputs(html, [report, baseline])
    refuse_inputs(accept, [report])
    known = _baseline(baseline) if baseline else None
    result = _compare(left, right, overlays=overlays)
    if witness is not None:
        result = _with_witness(result, witness)
    _refuse_files_read(result, (left, right, witness), html, accept)
    if accept is not None:
        write_page(accept, write_baseline(result.findings))
    shown, stale = _without(result, known)
    if html is not None:
        _write_diff_page(html, shown, report)
    if as_json:
        typer.echo(json.dumps(_data(shown, result, known, stale), ensure_ascii=False, indent=1))
    elif as_sarif:
        typer.echo(json.dumps(_sarif(shown, unknown=verbose), ensure_ascii=False, indent=1))
    elif as_markdown:
        text = markdown(shown) if isinstance(shown, Comparison) else overview_markdown(shown)
        typer.echo(in_reader_language(text), nl=False)
    else:
        _print(_lines(shown, verbose=verbose))
    if known is not None and not as_json:
        _tell(_baseline_lines(result, shown, stale), aside=as_sarif or as_markdown)
    _end(shown, strict=strict or left is None)


def _compare(left: str | None, right: str | None, *, overlays: bool) -> Comparison | Overview:
    if left is None:
        return _surveyed(*read_catalogue(overlays=overlays))
    if right is None:
        if not Path(left).is_dir():
            return _of_operation(left, overlays=overlays)
        right = left
    languages = _languages(left, right)
    one = read_diff_input(left, "left", overlays=overlays, language=languages[0])
    other = read_diff_input(right, "right", overlays=overlays, language=languages[1])
    one, other = _paired(one, other), _paired(other, one)
    sides = with_companions(one.side, other.side)
    if one.single or other.single:
        documents = [side.documents[0] for side in sides]
        products = [document.contract.product for document in documents]
        if products[0] and products[1] and products[0] != products[1]:
            about = " and ".join(f"{each.file} of {each.contract.product}" for each in documents)
            say(f"conformance: these are operations of two products: {about}", to_stderr=True)
        result = compare(documents[0].contract, documents[1].contract)
        return replace(result, files=(documents[0].file, documents[1].file))
    return _surveyed(*sides)


def _of_operation(word: str, *, overlays: bool) -> Comparison:
    """Compare the two languages of an operation."""
    if is_name(word) or Path(word).is_file():
        raise UsageError(f"what is {word} to be compared with?", hint="give a second one, or an operation or a folder")
    sides = read_catalogue([word], overlays=overlays)
    for side in sides:
        for fault in side.faults:
            raise UsageError(
                fault.message, where=fault.file if fault.line is None else Location(fault.file, fault.line)
            )
    missing = [side.name for side in sides if not side.documents]
    if missing:
        raise UsageError(f"{word} is not among {missing[0]}", hint="derive it from its page")
    one, other = (side.documents[0] for side in sides)
    return replace(compare(one.contract, other.contract), files=(one.file, other.file))


def _refuse_files_read(
    result: Comparison | Overview, words: Iterable[str | None], html: Path | None, accept: Path | None
) -> None:
    """Refuse to write over a file that was read to compare, or one of the two files that are written over the other."""
    compared = [result] if isinstance(result, Comparison) else result.comparisons
    found = [file for each in compared for file in each.files or ()]
    if isinstance(result, Overview):
        found += [*result.files.values(), *(fault.file for fault in result.faults)]
    read = [*map(Path, found), *(Path(word) for word in words if word and Path(word).is_file())]
    refuse_inputs(html, [*read, accept])
    refuse_inputs(accept, read)


def _surveyed(left: Side, right: Side) -> Overview:
    overview = survey(left, right)
    if not overview.comparisons:
        for fault in overview.faults:
            say(f"conformance: {fault.file}: {fault.message}", to_stderr=True)
        for finding in overview.lone:
            about = f" ({finding.note})" if finding.note else ""
            side = left.name if finding.left.stated else right.name
            say(f"conformance: {finding.operation}: only in {side}{about}", to_stderr=True)
        raise UsageError("nothing could be compared: no operation is on both sides", hint="check both sides")
    return overview


def _languages(left: str, right: str) -> tuple[Language | None, Language | None]:
    """A folder against itself is its documents in the first language against those in the second."""
    one, other = Path(left), Path(right)
    same = one.is_dir() and other.is_dir() and one.resolve() == other.resolve()
    return (LANGUAGES[0], LANGUAGES[1]) if same else (None, None)


def _paired(given: DiffInput, other: DiffInput) -> DiffInput:
    """Take from a folder the operation of the single document that it is compared with."""
    if given.single or not other.single:
        return given
    operation = other.contract.operation
    own = tuple(document for document in given.side.documents if may_be_same(document.contract, other.contract))
    if len(own) != 1:
        count = "no document" if not own else f"{len(own)} documents"
        raise UsageError(f"{count} of {operation} in the folder", where=given.side.name, hint="give the file")
    return given._replace(side=replace(given.side, documents=own))


def _with_witness(result: Comparison | Overview, word: str) -> Comparison | Overview:
    if isinstance(result, Comparison):
        return replace(result, witness=read_witnesses(word, [result.operation])[result.operation])
    return result.with_witnesses(read_witnesses(word, {each.operation for each in result.comparisons}))


def _baseline(path: Path) -> Baseline:
    return read_baseline(read_text(path, ContractError), str(path))


def _without(
    result: Comparison | Overview, known: Baseline | None
) -> tuple[Comparison | Overview, tuple[Accepted, ...]]:
    """Hide what the baseline accepts; return also its entries that nothing was found for."""
    if known is None:
        return result, ()
    hidden = known.hides(result.findings)
    compared = [result] if isinstance(result, Comparison) else list(result.comparisons)
    names = {each.operation for each in compared} | {finding.operation for finding in result.findings}
    return result.only(lambda finding: finding.fingerprint not in hidden), known.stale(result.findings, names)


def _data(
    shown: Comparison | Overview, result: Comparison | Overview, known: Baseline | None, stale: tuple[Accepted, ...]
) -> dict[str, object]:
    data = shown.data(_finding_data)
    if known is not None:
        hidden = len(result.findings) - len(shown.findings)
        entries = [{"fingerprint": entry.fingerprint, "what": entry.what} for entry in stale]
        data["baseline"] = {"accepted": hidden, "stale": entries}
    return data


def _finding_data(comparison: Comparison | None, finding: ComparedFact) -> dict[str, object]:
    data = finding.data()
    witness: Contract | None = comparison.witness if comparison else None
    answer = ask(finding, witness)
    return data if answer is None or witness is None else {**data, "witness": answer.data(witness)}


def _sarif(shown: Comparison | Overview, *, unknown: bool) -> dict[str, object]:
    at = RepositoryPlaces(partial(in_repository, root=str(Path.cwd())))
    if isinstance(shown, Comparison):
        return sarif([shown], version=__version__, at=at, unknown=unknown)
    return sarif(
        shown.comparisons,
        version=__version__,
        lone=shown.lone,
        faults=shown.faults,
        files=shown.files,
        at=at,
        unknown=unknown,
    )


def _lines(shown: Comparison | Overview, *, verbose: bool) -> Iterator[Line]:
    if isinstance(shown, Comparison):
        return text_lines(shown, verbose=verbose)
    return overview_lines(shown, verbose=verbose)


def _baseline_lines(
    result: Comparison | Overview, shown: Comparison | Overview, stale: tuple[Accepted, ...]
) -> Iterator[Line]:
    yield Line(0, "")
    yield Line(0, f"{len(result.findings) - len(shown.findings)} findings are accepted by the baseline.", "title")
    if stale:
        yield Line(0, f"Stale in the baseline: accepted, and no longer found ({len(stale)})", "warning")
    for entry in stale:
        yield Line(2, f"{entry.what}  {entry.fingerprint[:12]}" + (f"  ({entry.reason})" if entry.reason else ""))


def _tell(lines: Iterable[Line], *, aside: bool) -> None:
    """Print lines; beside a form that programs read, to standard error."""
    if not aside:
        _print(lines)
        return
    for line in lines:
        if line.text:
            say(" " * line.indent + line.text, to_stderr=True)


def _write_diff_page(path: Path, shown: Comparison | Overview, report: Path | None) -> None:
    # Only a page needs its templates.
    from conformance.reports.documents_page.diff_page import diff_page  # noqa: PLC0415
    from conformance.reports.documents_page.followed import followed_in  # noqa: PLC0415
    from conformance.reports.report_reader import read_report  # noqa: PLC0415

    followed = None
    if report is not None:
        run = read_report(report)
        compared = shown.comparisons if isinstance(shown, Overview) else (shown,)
        named = [case["id"].partition("/")[0] for case in run["cases"]]
        named += [point["operation"] for point in run["disagreements"]]
        if {name.rpartition(":")[2] for name in named}.isdisjoint(each.left.operation for each in compared):
            raise UsageError("the run has no case of an operation that is compared", where=report)
        followed = followed_in(run)
    write_page(path, diff_page(shown, followed, partial(in_repository, root=str(Path.cwd()))))


def _end(shown: Comparison | Overview, *, strict: bool) -> None:
    faults = shown.faults if isinstance(shown, Overview) else ()
    if faults:
        say(f"conformance: {len(faults)} files could not be read; they are listed in the output", to_stderr=True)
    if faults and strict:
        raise typer.Exit(ExitStatus.BAD_INPUT)
    if not shown.conforms:
        raise typer.Exit(ExitStatus.MISMATCH)


def _print(lines: Iterable[Line]) -> None:
    """Print lines: wrapped below themselves on a terminal, each on one line in a pipe, so that nothing is cut."""
    console = Console(highlight=False, markup=False, emoji=False)
    width = min(console.width, _WIDEST)
    for line in lines:
        text = in_reader_language(line.text)
        parts = wrapped(text, max(width - line.indent, 20), others=" " * 4) if console.is_terminal else [text]
        for part in parts:
            console.print(" " * line.indent + part, style=_STYLES[line.tone], soft_wrap=True)
