"""`conformance contract`: shows what a document promises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.comparison.comparison_text import fact_text
from conformance.comparison.merging import difference_texts
from conformance.contract.catalogue import find_contract
from conformance.contract.condition_text import condition_text
from conformance.contract.encodings import CARRYING
from conformance.contract.model import FACT_NAMES, OVERLAY, RESPONSE_FACT_NAMES, State
from conformance.contract.openapi.writer import (
    broken_examples,
    conditional_data,
    differences_data,
    fact_data,
    presence_data,
    source_data,
)
from conformance.core.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.model import CitedLine, Contract, ErrorCode, Fact, Parameter

_OWN_COLUMNS: Final = ("type", "required")


def contract(
    name: Annotated[str, typer.Argument(help="A contract's name, <Operation>.<language>, or its file.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    overlays: Annotated[bool, typer.Option("--overlays", help="Include what overlays restored.")] = False,
) -> None:
    """Show a contract: its parameters with their facts, the fields of the answer, and the error codes."""
    shown = find_contract(name, overlays=overlays)
    if as_json:
        typer.echo(json.dumps(contract_data(shown), ensure_ascii=False, indent=1))
    else:
        _print(shown)


def contract_data(shown: Contract) -> dict[str, object]:
    """Return a contract as JSON data, in the shape that `--json` prints."""
    behaviour = shown.async_behaviour
    return {
        "product": shown.product,
        "version": shown.version,
        "operation": shown.operation,
        "language": shown.language,
        "source": source_data(shown),
        "parameters": [
            {
                "path": row.path,
                **_place(row.line, row.origin),
                "in": "request",
                "encoding": row.encoding,
                "facts": _facts(row, FACT_NAMES),
                "conditional": conditional_data(row),
            }
            for row in shown.parameters
        ],
        "responses": [
            {"path": row.path, **_place(row.line, row.origin), "facts": _facts(row, RESPONSE_FACT_NAMES)}
            | presence_data(row)
            for row in shown.responses
        ],
        "errors": [
            {"status": row.status, "code": row.code, "message": row.message, **_place(row.line, row.origin)}
            for row in shown.errors
        ],
        "async": {"pending": behaviour.pending, "final": behaviour.final, "poll": behaviour.poll}
        if behaviour
        else None,
        **({"differs": differences_data(shown)} if shown.differs else {}),
        "lost": [{"path": loss.path, "line": loss.line, "kind": loss.kind} for loss in shown.lost],
    }


def _place(line: int, origin: str | None) -> dict[str, object]:
    """Return where something is said: its line, and its file where that is not the contract's first source."""
    return {"line": line} | ({} if origin is None else {"origin": origin})


def _facts(row: Parameter, names: Sequence[str]) -> dict[str, object]:
    return {name: fact_data(row.fact(name)) for name in names}


def _print(shown: Contract) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        _show(console, shown)
        return
    # A pipe has no width: rows stay whole, for grep, and have no blanks at their ends.
    wide = Console(highlight=False, markup=False, emoji=False, width=10_000)
    with wide.capture() as capture:
        _show(wide, shown)
    typer.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))


def _show(console: Console, shown: Contract) -> None:
    sources = " and ".join(f"{source.file} in the layout {source.layout}" for source in (shown.source, *shown.also))
    console.print(_cell(f"{shown.operation} ({shown.language}), from {sources}"))
    console.print()
    console.print(_rows("Request parameters", shown.parameters))
    console.print(_rows("Fields of the answer", shown.responses))
    console.print(_errors(shown.errors, narrow=console.is_terminal))
    behaviour = shown.async_behaviour
    if behaviour:
        console.print(_cell(f"Asynchronous: {behaviour.pending} until {behaviour.final}, seen with {behaviour.poll}"))
    for each in shown.formats:
        console.print(_cell(f"Answers in {each.format}: shown on line {each.line}"))
    for loss in shown.lost:
        console.print(_cell(f"Lost by the capture: {loss.path}, line {loss.line}: {loss.kind} ({loss.evidence})"))
    for difference in difference_texts(shown):
        console.print(_cell(f"Its sources differ: {difference}"))
    for broken in broken_examples(shown):
        where = f"the example {broken.value} of {broken.path} ({_named(broken.line)})"
        console.print(_cell(f"Breaks its own rule: {where}: {', '.join(broken.constraints)}"))


def _cell(text: str) -> Text:
    """Return a text that rich shows as it is; a message keeps its place below its code."""
    return Text("\n".join(map(printable, text.split("\n", 1))))


def _named(line: CitedLine | None) -> str:
    return f"line {line}" if not isinstance(line, str) else line


def _origin(fact: Fact) -> str:
    """Return where a fact is from that the contract's first source does not state."""
    return "" if fact.origin is None else " (restored)" if fact.origin == OVERLAY else f" ({fact.cited})"


def _presence_place(row: Parameter) -> str:
    line = row.presence.line
    return f" ({_named(line if row.origin is None else f'{row.origin}:{line}')})"


def _rows(title: str, rows: Sequence[Parameter]) -> Table:
    table = _table(title, "path", *_OWN_COLUMNS, "other facts", "line")
    for row in rows:
        stated = [
            f"{name}: {fact_text(fact)}{_origin(fact)}"
            for name, fact in row.facts.items()
            if fact.stated and name not in _OWN_COLUMNS
        ]
        lost = [name for name, fact in row.facts.items() if fact.state is State.LOST]
        if row.encoding in CARRYING:
            stated.insert(0, f"sent as {row.encoding}")
        if lost:
            silent = any(fact.state is State.NOT_STATED for fact in row.facts.values())
            stated.append(f"lost: {', '.join(lost) if silent else 'all others'}")
        stated += [f"{each.name}: {fact_text(each.fact)} {condition_text(each.when)}" for each in row.conditional]
        if row.presence.when is not None:
            stated.append(f"only {condition_text(row.presence.when)}{_presence_place(row)}")
        own = (fact_text(row.fact(name)) if row.fact(name).stated else "" for name in _OWN_COLUMNS)
        table.add_row(*map(_cell, (row.path, *own, "; ".join(stated), str(row.cited))))
    return table


def _errors(rows: Sequence[ErrorCode], *, narrow: bool) -> Table:
    """Return the table of errors; where the width counts, a message is below its code."""
    table = _table("Error codes", "status", *(["code and message"] if narrow else ["code", "message"]), "class", "line")
    for row in rows:
        texts = [f"{row.code}\n  {row.message}"] if narrow else [row.code, row.message]
        table.add_row(*map(_cell, (str(row.status), *texts, row.error_class, str(row.cited))))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=False, justify="right" if column == "line" else "left")
    return table
