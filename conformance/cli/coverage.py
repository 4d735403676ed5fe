"""`conformance coverage`: what of each document the cases reach."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from conformance.cases.coverage import coverage as covered
from conformance.cli.support.plan_template import load_operations
from conformance.cli.support.standard_streams import say, say_fault
from conformance.contract.languages import REGISTRY
from conformance.core.errors import ExitStatus
from conformance.core.sentences.recognition import in_reader_language
from conformance.core.sentences.sentence import counted_sentence, sentence
from conformance.reports.formats.words import joined_words, language_words, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.coverage import CoverageEntry
    from conformance.cases.model import Case

_KINDS: Final = {
    "error": sentence("error rows"),
    "parameter": sentence("parameters"),
    "constraint": sentence("stated constraints"),
}

_LACKING: Final = {
    "error": ("{count} error row", "{count} error rows"),
    "parameter": ("{count} parameter", "{count} parameters"),
    "constraint": ("{count} stated constraint", "{count} stated constraints"),
}

_DETAILED = 20
"""Of so many operations each lacking case is told; of more, a line for each operation."""


def coverage(
    operations: Annotated[
        list[str] | None, typer.Argument(help="The operations.  [default: all of the workspace]")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print every entry as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List the cases of every entry.")] = False,
) -> None:
    """Hold the documents against the cases: every error row, parameter and constraint needs a case.

    Of many operations there is a line for each; name one, or say -v, for the details.

    Exit status: 0 when all are covered, 1 when one is not.
    """
    loaded = load_operations(operations or [])
    for fault in loaded.faults:
        say_fault(fault)
    cases: defaultdict[str, list[Case]] = defaultdict(list)
    for case in loaded.cases:
        cases[case.subject].append(case)
    found = {suite.subject: covered(suite, cases[suite.subject]) for suite in loaded.suites}
    entries = [entry for own in found.values() for entry in own]
    lacking = [entry for entry in entries if entry.missing]
    if as_json:
        typer.echo(json.dumps([entry.as_dict() for entry in entries], ensure_ascii=False, indent=1))
    elif len(found) > _DETAILED and not verbose:
        _print_short(found)
    else:
        for subject, own in found.items():
            if len(found) > 1:
                typer.echo(subject)
            _print(own, verbose=verbose)
    status = ExitStatus.MISMATCH if lacking else ExitStatus.CONFORMS
    raise typer.Exit(ExitStatus.BAD_INPUT if loaded.faults else status)


def _print_short(found: Mapping[str, Sequence[CoverageEntry]]) -> None:
    """Print a line for each operation: what of its documents lacks a case."""
    whole = 0
    for subject, entries in found.items():
        lacking = [entry for entry in entries if entry.missing]
        whole += not lacking
        counts = {kind: sum(entry.kind == kind for entry in lacking) for kind in _LACKING}
        parts = [counted_sentence(*_LACKING[kind], count) for kind, count in counts.items() if count]
        what = joined_words(parts, "{one}, {other}")
        told = (
            sentence("{subject}: {what} of {count} lack a case", subject=subject, what=what, count=len(entries))
            if what
            else sentence("{subject}: all {count}", subject=subject, count=len(entries))
        )
        say(said(told))
    say(f"{whole} of {len(found)} operations have all their cases; `conformance coverage NAME` has the details")


def _print(entries: Sequence[CoverageEntry], *, verbose: bool) -> None:
    console = Console(highlight=False)
    for language in REGISTRY:
        for kind, plural in _KINDS.items():
            own = [entry for entry in entries if entry.language == language.code and entry.kind == kind]
            done = sum(not entry.missing for entry in own)
            if own:
                style = "green" if done == len(own) else "red"
                told = sentence(
                    "{language} {kind}: [{style}]{done} of {count}[/] have their cases",
                    language=language_words(language.code),
                    kind=plural,
                    style=style,
                    done=done,
                    count=len(own),
                )
                console.print(said(told))
            for entry in own:
                if entry.missing or verbose:
                    details = [f"[red]{in_reader_language(entry.missing)}[/]"] if entry.missing else []
                    details += [escape(", ".join(entry.cases))] if verbose and entry.cases else []
                    place = entry.line if isinstance(entry.line, str) else in_reader_language(f"line {entry.line}")
                    console.print(f"  {escape(place)}: {escape(entry.name)}: {': '.join(details)}", soft_wrap=True)
