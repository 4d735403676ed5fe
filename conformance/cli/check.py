"""`conformance check`: whether files can be used, without anything being run. For hooks of version control, and CI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import typer

from conformance.cases.bases import load_bases
from conformance.cases.choosing.suite_folders import load_suites
from conformance.cases.select import load_other
from conformance.cases.state_catalogue import load_states
from conformance.cases.suite import DEFAULTS, STATES, Suite, cases_root, load_all_states, read_values
from conformance.cli.support.standard_streams import say, say_fault
from conformance.core.cache import user_cache
from conformance.core.errors import ConformanceError, ExitStatus, UsageError
from conformance.core.resources import case_dirs, shown
from conformance.core.workspace import FILE, read_workspace, workspace_root
from conformance.core.yamlfile import YamlFile
from conformance.fuzz.operation_data import FILE_NAME as FUZZ
from conformance.fuzz.operation_data import load_operation_data
from conformance.reports.gate.allow import load_allowed
from conformance.sdk.check.checked_operation import read_checked_operation
from conformance.sdk.manifest import FILE as DRIVER
from conformance.sdk.manifest import read_manifest
from conformance.sdk.product_packages import without_use
from conformance.sdk.products_file import FILE as PRODUCTS
from conformance.server.behaviour.choice import is_full
from conformance.server.behaviour.definition import FAULTS_SUFFIX, read_behaviour
from conformance.server.faults.catalogue import read_mutations
from conformance.server.resources.kind_catalogue import known_operations
from conformance.server.resources.kind_files import read_kind
from conformance.target.load import load_target

_BASE: Final = "base.yaml"
_FOLDERS: Final = ("cases/*/*", "behaviours/*", "drivers", "targets")
"""Where a workspace has the files that people write."""
_KINDS: Final = "case files have `cases`, targets `endpoint`, behaviours `resource`, entries of an allow file `expires`"


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="The files, or folders of them.  [default: every file of the workspace]")
    ] = None,
) -> None:
    """Read case files, targets, behaviours and other files of a workspace, and say what is wrong with each.

    Nothing is sent, and no environment variable needs to be set.

    Exit status: 0 when all can be used, 2 otherwise.
    """
    found = list(dict.fromkeys(_named(files) if files else _of_workspace()))
    wrong = sum(_is_wrong(file) for file in found)
    if wrong:
        say(f"files that cannot be used: {wrong} of {len(found)}", to_stderr=True)
        raise typer.Exit(ExitStatus.BAD_INPUT)
    say(f"files that can be used: {len(found)}")


def _is_wrong(file: Path) -> bool:
    """Whether a file cannot be used; what is wrong with it is told."""
    faults: list[ConformanceError] = []
    try:
        faults.extend(_faults(file))
    except ConformanceError as fault:
        faults.append(fault)
    for each in faults:
        say_fault(each)
    return bool(faults)


def _named(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that are named, and those in folders that are named."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*.yaml") if file.is_file())  # what waits has no end
        else:
            yield path


def _of_workspace() -> Iterator[Path]:
    root = workspace_root()
    if root is None:
        raise UsageError("there is no workspace here", hint="name files, or make a workspace: conformance init")
    root = shown(root)
    yield root / FILE
    yield from (file for file in (root / "cases" / STATES, root / "cases" / DEFAULTS) if file.is_file())
    for folder in _FOLDERS:
        yield from sorted(root.glob(f"{folder}/*.yaml"))


def _faults(file: Path) -> Iterator[ConformanceError]:
    """Read a file, by its name or by what it has; raises what is wrong with it as a whole."""
    if file.name == PRODUCTS:
        yield from without_use(file)
        return
    read = _BY_NAME.get(file.name)
    if read is not None:
        read(file)
    elif file.name.endswith(FAULTS_SUFFIX):
        read_mutations(file)
    else:
        yield from _by_content(file)


def _read_bases(file: Path) -> object:
    return load_bases(file, load_all_states(cases_root(file.parent)))


def _read_operation_data(file: Path) -> object:
    return load_operation_data(_suite_of(file), cases_root(file.parent))


_BY_NAME: Final[Mapping[str, Callable[[Path], object]]] = {
    FILE: read_workspace,
    STATES: load_states,
    DEFAULTS: read_values,
    _BASE: _read_bases,
    FUZZ: _read_operation_data,
    DRIVER: read_manifest,
}
"""What reads the files that always have one name."""


def _by_content(file: Path) -> Iterator[ConformanceError]:
    data = YamlFile.read(file, UsageError).data
    if isinstance(data, list) and any("expires" in entry for entry in data if isinstance(entry, dict)):
        load_allowed(file)
        return
    names = data if isinstance(data, dict) else {}
    if "cases" in names:
        load_other(_suites(), [file], ())
    elif "endpoint" in names:
        load_target(file, _EveryVariable())
    elif "another_operation" in names:
        read_checked_operation(file)
    elif "resource" in names:
        if is_full(file):
            read_behaviour(file)
        else:
            yield from read_kind(file, known_operations()).faults
    else:
        raise UsageError("it cannot be told what this file is for", where=file, hint=_KINDS)


@cache
def _suites() -> list[Suite]:
    return load_suites(case_dirs(), user_cache("cases"))


def _suite_of(file: Path) -> Suite:
    """Return the suite of the operation in whose folder a file is."""
    product, name = file.absolute().parts[-3:-1]
    found = next((each for each in _suites() if (each.product, each.operation) == (product, name)), None)
    if found is None:
        raise UsageError(f"there is no contract of {product} {name} with valid requests", where=file)
    return found


class _EveryVariable(Mapping[str, str]):
    """An environment in which every variable is set: whether those that a target names are is another question."""

    def __getitem__(self, name: str) -> str:
        return name

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
