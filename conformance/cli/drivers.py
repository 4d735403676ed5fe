"""`conformance drivers`: the SDK drivers, what they need, and whether a driver speaks the protocol."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from conformance.cli.support.plain_options import PlainCommand, PlainGroup
from conformance.cli.support.standard_streams import say
from conformance.core.errors import ExitStatus, UsageError
from conformance.core.sentences.recognition import in_reader_language
from conformance.core.sentences.sentence import sentence
from conformance.reports.formats.words import said, spoken
from conformance.sdk.install import install as install_driver
from conformance.sdk.install import installed_folder, is_installed, missing_tools
from conformance.sdk.manifest import Manifest, find_driver, find_drivers

if TYPE_CHECKING:
    from collections.abc import Sequence

drivers = typer.Typer(cls=PlainGroup, rich_markup_mode=None)

_ARGUMENTS_AS_THEY_ARE = {"ignore_unknown_options": True, "allow_interspersed_args": False}


@drivers.callback(invoke_without_command=True)
def list_drivers(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the SDK drivers: their toolchain, the locked versions, and whether they are installed."""
    if context.invoked_subcommand is not None:
        if as_json:
            raise UsageError("--json goes with the list of drivers", hint="leave it out")
        return
    manifests = find_drivers()
    if as_json:
        typer.echo(json.dumps([_as_dict(manifest) for manifest in manifests], ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False, soft_wrap=True)
    for manifest in manifests:
        console.print(_describe(manifest))


def _describe(manifest: Manifest) -> Text:
    """Return the lines of a driver: a block and not a row, because names of packages can be half as long as a line."""
    state = spoken("installed") if is_installed(manifest) else spoken("not installed")
    text = Text.assemble(
        (manifest.name, "bold"),
        "  ",
        said(sentence("{language}, {state}", language=manifest.language, state=state)),
        "\n",
    )
    for what, package in (("SDK", manifest.sdk), ("core", manifest.core)):
        text.append(f"  {what:5} {package.name} {package.version}\n")
    text.append(in_reader_language(f"  needs {', '.join(tool.program for tool in manifest.toolchain)}") + "\n")
    for tool in missing_tools(manifest):
        text.append(in_reader_language(f"  {tool.program} is missing: {tool.hint}") + "\n", "red")
    return text


def _as_dict(manifest: Manifest) -> dict[str, object]:
    return {
        "name": manifest.name,
        "title": manifest.title,
        "language": manifest.language,
        "sdk": {"name": manifest.sdk.name, "version": manifest.sdk.version},
        "core": {"name": manifest.core.name, "version": manifest.core.version},
        "toolchain": [
            {"program": tool.program, "found": shutil.which(tool.program), "hint": tool.hint}
            for tool in manifest.toolchain
        ],
        "installed": is_installed(manifest),
        "folder": str(installed_folder(manifest)),
    }


@drivers.command("install", cls=PlainCommand)
def install(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A driver of the project.")],
    *,
    sdk: Annotated[str | None, typer.Option(metavar="VERSION", help="The SDK's version.  [default: locked]")] = None,
    core: Annotated[str | None, typer.Option(metavar="VERSION", help="The core's version.  [default: locked]")] = None,
) -> None:
    """Install a driver into the cache, at the locked versions or others; print its folder."""
    typer.echo(install_driver(find_driver(name), sdk, core).folder)


@drivers.command("check", cls=PlainCommand, context_settings=_ARGUMENTS_AS_THEY_ARE)
def check(
    program: Annotated[str, typer.Argument(metavar="PROGRAM", help="A program, or the name of a driver.")],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="ARGS", help="Its arguments.")] = None,
) -> None:
    """Check that a driver speaks the protocol, one line a check.

    Exit status: 0 when every check passes, 1 when one fails, 3 when the driver cannot be started.
    """
    from conformance.sdk.check import check_driver  # noqa: PLC0415 - the list does without it

    command, folder = _command(program, arguments or ())
    results = []
    for result in check_driver(command, folder):
        results.append(result)
        told = sentence(
            "{word}  {name}: expected {expected}; came: {observed}",
            word=sentence("pass") if result.passed else sentence("FAIL"),
            name=sentence(result.name),
            expected=in_reader_language(result.expected),
            observed=in_reader_language(result.observed),
        )
        say(said(told))
    passed = sum(result.passed for result in results)
    say(f"{passed} of {len(results)} checks passed")
    raise typer.Exit(ExitStatus.CONFORMS if passed == len(results) else ExitStatus.MISMATCH)


def _command(program: str, arguments: Sequence[str]) -> tuple[tuple[str, ...], Path | None]:
    """Return how to start a program with its arguments, and in which folder; a driver of the project is installed.

    A driver takes no arguments, so a word that has some is a program, also where a driver has its name.
    """
    named = "/" not in program and program in {manifest.name for manifest in find_drivers()}
    if named and not arguments:
        installed = install_driver(find_driver(program))
        return installed.command, installed.folder
    if not arguments and shutil.which(program) is None and not Path(program).exists():
        # One word with blanks in it, as `conformance run --driver` takes it.
        program, *arguments = _words(program) or (program,)
    path = shutil.which(program)
    if path is not None:
        return (path, *arguments), None
    if named:
        hint = f"the driver alone: conformance drivers check {program}"
        raise UsageError(f"the driver {program} takes no arguments, and no program has this name", hint=hint)
    if Path(program).is_file():
        hint = "name its interpreter first, or make it executable"
        raise UsageError(f"{program!r} is not executable", hint=hint)
    known = "a path with a slash, a program on PATH, or a driver that `conformance drivers` lists"
    raise UsageError(f"{program!r} is no program", hint=known)


def _words(program: str) -> list[str]:
    try:
        return shlex.split(program)
    except ValueError as fault:
        raise UsageError(f"{program!r} is no command line: {fault}") from None
