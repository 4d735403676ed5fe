"""`conformance coverage`: what of each document the cases reach."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from conformance.cases.coverage import coverage as covered
from conformance.cli.support.plan_template import load_operations
from conformance.cli.support.standard_streams import say_fault
from conformance.contract.languages import REGISTRY
from conformance.core.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cases.coverage import CoverageEntry

_KINDS = {"error": "error rows", "parameter": "parameters", "constraint": "stated constraints"}


def coverage(
    operations: Annotated[
        list[str] | None, typer.Argument(help="The operations.  [default: all of the workspace]")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print every entry as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List the cases of every entry.")] = False,
) -> None:
    """Hold the documents against the cases: every error row, parameter and constraint needs a case.

    Exit status: 0 when all are covered, 1 when one is not.
    """
    loaded = load_operations(operations or [])
    for fault in loaded.faults:
        say_fault(fault)
    entries = [entry for suite in loaded.suites for entry in covered(suite, loaded.cases)]
    lacking = [entry for entry in entries if entry.missing]
    if as_json:
        typer.echo(json.dumps([entry.as_dict() for entry in entries], ensure_ascii=False, indent=1))
    else:
        for suite in loaded.suites:
            if len(loaded.suites) > 1:
                typer.echo(suite.subject)
            own = (suite.product, suite.version, suite.operation)
            _print([each for each in entries if (each.product, each.version, each.operation) == own], verbose=verbose)
    status = ExitStatus.MISMATCH if lacking else ExitStatus.CONFORMS
    raise typer.Exit(ExitStatus.BAD_INPUT if loaded.faults else status)


def _print(entries: Sequence[CoverageEntry], *, verbose: bool) -> None:
    console = Console(highlight=False)
    for language in REGISTRY:
        for kind, plural in _KINDS.items():
            own = [entry for entry in entries if entry.language == language.code and entry.kind == kind]
            done = sum(not entry.missing for entry in own)
            if own:
                style = "green" if done == len(own) else "red"
                console.print(f"{language.name} {plural}: [{style}]{done} of {len(own)}[/] have their cases")
            for entry in own:
                if entry.missing or verbose:
                    details = [f"[red]{entry.missing}[/]"] if entry.missing else []
                    details += [escape(", ".join(entry.cases))] if verbose and entry.cases else []
                    place = entry.line if isinstance(entry.line, str) else f"line {entry.line}"
                    console.print(f"  {escape(place)}: {escape(entry.name)}: {': '.join(details)}", soft_wrap=True)
