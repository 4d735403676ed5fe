"""`conformance contract`: shows what a document promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.cli.support.text_output import write_text
from conformance.comparison.comparison_text import fact_text
from conformance.comparison.merging import difference_texts
from conformance.contract.catalogue import contract_path, find_contract
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
from conformance.core.errors import UsageError
from conformance.core.sentences.recognition import in_reader_language
from conformance.core.sentences.sentence import sentence
from conformance.core.terminal import printable
from conformance.reports.formats.words import said, spoken
from conformance.reports.inputs import refuse_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.model import CitedLine, Contract, ErrorCode, Fact, Parameter

_HEADINGS: Final = {
    "path": sentence("path"),
    "line": sentence("line"),
    "status": sentence("status"),
    "type": sentence("type"),
    "code": sentence("code"),
    "message": sentence("message"),
    "class": sentence("class"),
}
"""Columns that are no facts, of one word."""
_OWN_COLUMNS: Final = ("type", "required")
_VERSION: Final = "3.1"
_SERVER: Final = "http://127.0.0.1:8080"
_SIGNATURE: Final = "v1"


def contract(
    name: Annotated[str, typer.Argument(help="A contract's name, <Operation>.<language>, or its file.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    overlays: Annotated[bool, typer.Option("--overlays", help="Include what overlays restored.")] = False,
    openapi: Annotated[bool, typer.Option("--openapi", help="Write an OpenAPI file for other tools.")] = False,
    openapi_version: Annotated[str, typer.Option(metavar="<3.0|3.1>", help="The version of that file.")] = _VERSION,
    plain: Annotated[bool, typer.Option("--plain", help="Leave extensions (x-...) out of it.")] = False,
    server: Annotated[str, typer.Option(metavar="URL", help="The server that it names.")] = _SERVER,
    signature: Annotated[
        str, typer.Option(metavar="<v1|acs3|none>", help="How its requests are signed: which parameters they carry.")
    ] = _SIGNATURE,
    mock: Annotated[
        str | None,
        typer.Option(metavar="<wiremock|mockserver|mockoon>", help="Write the stubs of this mock server."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write, or its folder.  [default: standard output]"),
    ] = None,
) -> None:
    """Show a contract: its parameters with their facts, the fields of the answer, and the error codes.

    With --openapi or --mock write it for other tools instead, with what overlays restored.
    """
    if not openapi:
        _refuse_unused(
            {
                "--openapi-version": openapi_version != _VERSION,
                "--plain": plain,
                "--server": server != _SERVER,
                "--signature": signature != _SIGNATURE,
            }
        )
    refuse_inputs(output, [contract_path(name)])
    if openapi or mock is not None:
        # Only this pays for what writes.
        from conformance.cli.support.contract_exports import export_openapi, export_stubs  # noqa: PLC0415

        _refuse_two(openapi=openapi, mock=mock, as_json=as_json)
        exported = find_contract(name, overlays=True)
        if mock is not None:
            export_stubs(exported, server=mock, output=output)
        else:
            export_openapi(
                exported,
                version=openapi_version,
                is_plain=plain,
                signature=signature,
                server=server,
                output=output,
            )
        return
    shown = find_contract(name, overlays=overlays)
    if as_json:
        write_text(json.dumps(contract_data(shown), ensure_ascii=False, indent=1) + "\n", output)
    elif output is not None or not _console().is_terminal:
        write_text(_text(shown), output)
    else:
        _show(_console(), shown)


def _refuse_two(*, openapi: bool, mock: str | None, as_json: bool) -> None:
    """Refuse options of which each asks for another output; raises `UsageError`."""
    given = [name for name, is_given in (("--json", as_json), ("--openapi", openapi), ("--mock", mock)) if is_given]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} do not go together", hint="give one of them")


def _refuse_unused(options: Mapping[str, bool]) -> None:
    """Refuse options that would change nothing, of which each says whether it is given; raises `UsageError`."""
    given = [name for name, is_given in options.items() if is_given]
    if given:
        raise UsageError(f"for the OpenAPI file alone: {', '.join(given)}", hint="give --openapi, too")


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


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)


def _text(shown: Contract) -> str:
    # A pipe has no width: rows stay whole, for grep, and have no blanks at their ends.
    wide = Console(highlight=False, markup=False, emoji=False, width=10_000)
    with wide.capture() as capture:
        _show(wide, shown)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


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
    return Text("\n".join(map(printable, in_reader_language(text).split("\n", 1))))


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
            stated.insert(0, in_reader_language(f"sent as {row.encoding}"))
        if lost:
            silent = any(fact.state is State.NOT_STATED for fact in row.facts.values())
            stated.append(in_reader_language(f"lost: {', '.join(lost)}") if silent else spoken("lost: all others"))
        stated += [f"{each.name}: {fact_text(each.fact)} {condition_text(each.when)}" for each in row.conditional]
        if row.presence.when is not None:
            stated.append(in_reader_language(f"only {condition_text(row.presence.when)}{_presence_place(row)}"))
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
    table = Table(title=spoken(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        heading = said(_HEADINGS[column]) if column in _HEADINGS else spoken(column)
        table.add_column(heading, overflow="fold", no_wrap=False, justify="right" if column == "line" else "left")
    return table
