"""Options that the command line of pytest does not name: from the environment, else from `conformance.yaml`.

Loaded by every pytest run in the environment. What makes them known here is also what they are when nobody gives them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.core.workspace import find_workspace, workspace_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from conformance.core.option_sources import OptionSource


class UnnamedOption(NamedTuple):
    """An option of pytest: its name for the command `conformance`, its type, and what it is when nobody gives it."""

    name: str
    kind: type[str | int | float | bool | Path] = str
    default: object = None


OPTIONS: Final[dict[str, UnnamedOption]] = {
    "endpoint": UnnamedOption("endpoint"),
    "states_url": UnnamedOption("states-url"),
    "docs": UnnamedOption("docs", default="both"),
    "conformance_target": UnnamedOption("target", Path),
    "signature": UnnamedOption("signature"),
    "rate": UnnamedOption("rate", float),
    "concurrency": UnnamedOption("concurrency", int),
    "keep_exchanges": UnnamedOption("keep-exchanges", default="failing"),
    "timeout_s": UnnamedOption("timeout", float),
    "report_dir": UnnamedOption("report-dir", Path),
    "known_failing": UnnamedOption("known-failing", Path),
    "live": UnnamedOption("live", bool, default=False),
    "shard": UnnamedOption("shard"),
    "no_case_cache": UnnamedOption("no-cache", bool, default=False),
    "strict_docs": UnnamedOption("strict", bool, default=False),
    "fuzz_seed": UnnamedOption("seed", int, default=0),
    "fuzz_examples": UnnamedOption("max-examples", int, default=100),
    "fuzz_time": UnnamedOption("max-time", float),
}
"""By the names that pytest has for them. Each is `None` on a command line that does not have it."""
_PREFIX: Final = "CONFORMANCE_"
_SWITCHES: Final = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}


def fill_in(config: pytest.Config) -> tuple[OptionSource, ...]:
    """Give each option that the command line does not have the value of its variable, of the file, or its default.

    Args:
        config: pytest's, whose options are changed.

    Returns:
        Where those are from that have neither the value of the command line nor their default.

    Raises:
        UsageError: When the file or a variable is wrong; then every option has its default.
    """
    option = config.option
    open_ones = [name for name in OPTIONS if getattr(option, name) is None]
    given = {OPTIONS[name].name for name in OPTIONS if name not in open_ones}
    for name in open_ones:
        setattr(option, name, OPTIONS[name].default)
    here = Path(config.invocation_params.dir)
    if hasattr(config, "workerinput"):  # a worker of pytest-xdist has the options of the process that started it
        return ()
    if not any(name.startswith(_PREFIX) for name in os.environ) and workspace_file(here) is None:
        return ()
    sources = {source.name: source for source in _elsewhere(here, given)}
    read = {name: _value(sources[found.name], found) for name in open_ones if (found := OPTIONS[name]).name in sources}
    for name, value in read.items():
        setattr(option, name, value)
    return tuple(sources[OPTIONS[name].name] for name in read)


def _elsewhere(here: Path, given: set[str]) -> Iterator[OptionSource]:
    """Yield the values of the file, then those of the environment, which win."""
    from conformance.core.option_sources import TARGET_OPTIONS, OptionSource, variable_of  # noqa: PLC0415 - rarely needed

    workspace = find_workspace(here)
    for name, value in {} if workspace is None else workspace.options.items():
        if workspace is not None and not (name in TARGET_OPTIONS and TARGET_OPTIONS & given):
            yield OptionSource(name, value, workspace.place_of(name))
    for found in OPTIONS.values():
        variable = variable_of(found.name)
        if text := os.environ.get(variable):
            yield OptionSource(found.name, text, variable)


def _value(source: OptionSource, option: UnnamedOption) -> object:
    from conformance.core.errors import UsageError  # noqa: PLC0415 - rarely needed

    value = source.value
    if option.kind is Path:
        # Of the file, whose place has a line, it is seen from the folder of the file.
        return str(Path(source.place.rpartition(os.sep)[0]) / str(value)) if os.sep in source.place else value
    if not isinstance(value, str):
        return value
    try:
        return _SWITCHES[value.lower()] if option.kind is bool else option.kind(value)
    except (KeyError, ValueError):
        wanted = {int: "a whole number", float: "a number", bool: "true or false"}[option.kind]
        raise UsageError(f"{value!r} is not {wanted}", where=source.place) from None
