"""`conformance drivers`: the SDK drivers, what they need, and whether a driver speaks the protocol."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from conformance.cli.support.plain_options import PlainCommand, PlainGroup
from conformance.cli.support.standard_streams import say
from conformance.core.errors import ExitStatus, UsageError
from conformance.core.sentences.recognition import in_reader_language
from conformance.reports.formats.words import spoken
from conformance.sdk.install import install as install_driver
from conformance.sdk.install import installed_folder, is_installed, missing_tools
from conformance.sdk.manifest import Manifest, find_driver, find_drivers

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
    text = Text.assemble((manifest.name, "bold"), f"  {manifest.language}, {state}\n")
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
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[ARGS]...", help="Its arguments.")] = None,
) -> None:
    """Check that a driver speaks the protocol, one line a check.

    Exit status: 0 when every check passes, 1 when one fails, 3 when the driver cannot be started.
    """
    from conformance.sdk.check import check_driver  # noqa: PLC0415 - the list does without it

    command, folder = _command(program)
    results = []
    for result in check_driver((*command, *(arguments or ())), folder):
        results.append(result)
        word = "pass" if result.passed else "FAIL"
        say(f"{word}  {result.name}: expected {result.expected}; came: {result.observed}")
    passed = sum(result.passed for result in results)
    say(f"{passed} of {len(results)} checks passed")
    raise typer.Exit(ExitStatus.CONFORMS if passed == len(results) else ExitStatus.MISMATCH)


def _command(program: str) -> tuple[tuple[str, ...], Path | None]:
    """Return how to start a program, and in which folder; a driver of the project is installed first."""
    if "/" not in program and program in {manifest.name for manifest in find_drivers()}:
        installed = install_driver(find_driver(program))
        return installed.command, installed.folder
    path = shutil.which(program)
    if path is None:
        known = "a path with a slash, a program on PATH, or a driver that `conformance drivers` lists"
        is_file = Path(program).is_file()
        hint = "name its interpreter first, or make it executable" if is_file else known
        raise UsageError(f"{program!r} is {'not executable' if is_file else 'no program'}", hint=hint)
    return (path,), None
