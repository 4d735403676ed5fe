"""`conformance diff`: compares two contracts of one operation."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from conformance import __version__
from conformance.contract.catalogue import find_contract
from conformance.contract.diff import compare
from conformance.contract.diff_sarif import sarif
from conformance.contract.diff_text import markdown, text_lines
from conformance.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.diff_text import Line

_STYLES: Final = {"title": "bold", "error": "bold red", "warning": "bold yellow", "plain": None, "muted": "dim"}
_WIDEST: Final = 100


def diff(
    left: Annotated[str, typer.Argument(help="A contract's name, as CreateFlowLog.en, or its file.")],
    right: Annotated[str, typer.Argument(help="The contract to compare it with.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0.")] = False,
    overlays: Annotated[bool, typer.Option("--overlays", help="Include what overlays restored.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name the facts that agree, too.")] = False,
) -> None:
    """Compare two contracts: exit 0 when nothing disagrees, 1 when something does."""
    if as_json + as_markdown + as_sarif > 1:
        raise UsageError("--json, --markdown and --sarif exclude each other", hint="give one of them")
    comparison = compare(find_contract(left, overlays=overlays), find_contract(right, overlays=overlays))
    if as_json:
        typer.echo(json.dumps(comparison.data(), ensure_ascii=False, indent=1))
    elif as_sarif:
        typer.echo(json.dumps(sarif([comparison], version=__version__), ensure_ascii=False, indent=1))
    elif as_markdown:
        typer.echo(markdown(comparison), nl=False)
    else:
        _print(text_lines(comparison, verbose=verbose))
    if not comparison.conforms:
        raise typer.Exit(ExitStatus.MISMATCH)


def _print(lines: Iterable[Line]) -> None:
    """Print lines: wrapped below themselves on a terminal, each on one line in a pipe, so that nothing is cut."""
    console = Console(highlight=False, markup=False, emoji=False)
    width = min(console.width, _WIDEST)
    for line in lines:
        parts = [line.text]
        if console.is_terminal:
            deeper = " " * 4
            parts = textwrap.wrap(line.text, max(width - line.indent, 20), subsequent_indent=deeper) or [""]
        for part in parts:
            console.print(" " * line.indent + part, style=_STYLES[line.tone], soft_wrap=True)
