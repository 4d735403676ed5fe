"""`conformance states`: the provider states that cases need."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated

import typer
from rich.table import Table

from conformance.cases.suite import load_all_states
from conformance.cli.support.plan_template import load_all, load_operations
from conformance.core.resources import case_dirs
from conformance.core.sentences.recognition import in_reader_language
from conformance.reports.formats.rich_screen import summary_console
from conformance.reports.formats.words import spoken


def states(
    operations: Annotated[
        list[str] | None, typer.Argument(help="Only what cases of these operations need.  [default: all states]")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the provider states that cases need: what holds, its parameters, and how many cases need it."""
    kinds = load_all_states(case_dirs()[0])
    cases = load_operations(operations).cases if operations else load_all()[1]
    needed = Counter(name for case in cases for name in {state.name for state in case.states})
    kinds = {name: kind for name, kind in kinds.items() if needed[name] or not operations}
    if as_json:
        rows = [
            {
                "state": kind.name,
                "meaning": kind.meaning,
                "params": kind.params,
                "optional": kind.optional,
                "cases": needed[kind.name],
            }
            for kind in kinds.values()
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(spoken("state"), no_wrap=True)
    for heading in (spoken("params"), spoken("cases"), spoken("what holds")):
        table.add_column(heading, overflow="fold")
    for kind in kinds.values():
        params = ", ".join([*kind.params, *(f"{name}?" for name in kind.optional)])
        table.add_row(kind.name, params, str(needed[kind.name]), in_reader_language(kind.meaning))
    summary_console().print(table)
