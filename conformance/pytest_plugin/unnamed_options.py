"""Options that the command line of pytest does not name: from the environment, else from `conformance.yaml`.

Loaded only where there is such a variable or file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.core.errors import UsageError
from conformance.core.option_sources import TARGET_OPTIONS, OptionSource, variable_of
from conformance.core.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pytest


class UnnamedOption(NamedTuple):
    """An option of pytest: its name for the command `conformance`, and its type."""

    name: str
    kind: type[str | int | float | bool | Path] = str


OPTIONS: Final[dict[str, UnnamedOption]] = {
    "conformance_endpoint": UnnamedOption("endpoint"),
    "conformance_states_url": UnnamedOption("states-url"),
    "conformance_docs": UnnamedOption("docs"),
    "conformance_target": UnnamedOption("target", Path),
    "conformance_signature": UnnamedOption("signature"),
    "conformance_rate": UnnamedOption("rate", float),
    "conformance_concurrency": UnnamedOption("concurrency", int),
    "conformance_keep_exchanges": UnnamedOption("keep-exchanges"),
    "conformance_timeout_s": UnnamedOption("timeout", float),
    "conformance_report_dir": UnnamedOption("report-dir", Path),
    "conformance_known_failing": UnnamedOption("known-failing", Path),
    "conformance_live": UnnamedOption("live", bool),
    "conformance_shard": UnnamedOption("shard"),
    "conformance_no_case_cache": UnnamedOption("no-cache", bool),
    "conformance_strict_docs": UnnamedOption("strict", bool),
    "conformance_fuzz_seed": UnnamedOption("seed", int),
    "conformance_fuzz_examples": UnnamedOption("max-examples", int),
    "conformance_fuzz_time": UnnamedOption("max-time", float),
}
"""By the names that pytest has for them."""
_SWITCHES: Final = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}


def fill_in(config: pytest.Config, unnamed: Collection[str]) -> dict[str, OptionSource]:
    """Give each option that the command line does not name the value of its variable, or of the file.

    Args:
        config: pytest's, whose options are changed.
        unnamed: The names that pytest has for those options.

    Returns:
        Where the values are from, by these names.

    Raises:
        UsageError: When the file or a variable is wrong; then no option is changed.
    """
    given = {found.name for name, found in OPTIONS.items() if name not in unnamed}
    sources = {source.name: source for source in _elsewhere(Path(config.invocation_params.dir), given)}
    used = {name: sources[found.name] for name, found in OPTIONS.items() if name in unnamed and found.name in sources}
    read = {name: _value(source, OPTIONS[name]) for name, source in used.items()}
    for name, value in read.items():
        setattr(config.option, name, value)
    return used


def _elsewhere(here: Path, given: set[str]) -> Iterator[OptionSource]:
    """Yield the values of the file, then those of the environment, which win."""
    workspace = find_workspace(here)
    for name, value in {} if workspace is None else workspace.options.items():
        if workspace is not None and not (name in TARGET_OPTIONS and TARGET_OPTIONS & given):
            yield OptionSource(name, value, workspace.place_of(name))
    for found in OPTIONS.values():
        variable = variable_of(found.name)
        if text := os.environ.get(variable):
            yield OptionSource(found.name, text, variable)


def _value(source: OptionSource, option: UnnamedOption) -> object:
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
