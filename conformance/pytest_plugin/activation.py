"""Where the plugin is at work, in a workspace alone, and the options that it then has.

Loaded by every pytest run in the environment: nothing of the project is imported.
"""

from __future__ import annotations

import os
from argparse import ArgumentError
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WORKSPACE_FILE: Final = "conformance.yaml"  # as `conformance.core.workspace` has it, which is not imported for this
WORKSPACE_VARIABLE: Final = "CONFORMANCE_WORKSPACE"
LISTED: Final = pytest.StashKey[set[Path]]()
"""The files of what `--collect-only` lists."""
_AT_WORK: Final = "_CONFORMANCE_AT_WORK"
"""The environment variable that tells a worker on another host that the plugin is at work where pytest was called."""
_PROPERTY_TESTS: Final = "conformance.fuzz"
_GROUP: Final = "conformance"
_PREFIX: Final = "--conformance-"
_MARK: Final = "conformance_target"
"""The name of an option that no other plugin has."""


class _Option(NamedTuple):
    flag: str
    more: dict[str, object]

    @property
    def prefixed(self) -> str:
        """The name that is the plugin's alone."""
        return self.flag.replace("--", _PREFIX, 1)

    @property
    def dest(self) -> str:
        """The name of the value, which is the plugin's alone too."""
        return self.prefixed.removeprefix("--").replace("-", "_")

    @property
    def takes_a_value(self) -> bool:
        return "action" not in self.more

    @property
    def attributes(self) -> dict[str, object]:
        """The arguments of `argparse`, with the name of the value that the help shows."""
        return {"metavar": self.flag.removeprefix("--").upper()} | self.more if self.takes_a_value else self.more


_OPTIONS: Final = (
    _Option("--endpoint", {"help": "the server to test; without it, the reference server"}),
    _Option("--states-url", {"help": "where the server's provider states are set"}),
    _Option("--docs", {"help": "the documents to judge by: one language, or both (default)"}),
    _Option("--target", {"help": "a target file"}),
    _Option("--signature", {"help": "v1 (default), acs3 or none"}),
    _Option("--rate", {"type": float, "help": "requests a second at the most, of all workers together"}),
    _Option("--concurrency", {"type": int, "help": "cases in flight at once, in each worker (default 64)"}),
    _Option("--keep-exchanges", {"help": "failing (default): a pass keeps a digest; or all"}),
    _Option("--timeout-s", {"type": float, "help": "seconds that one answer may take (default 10)"}),
    _Option("--report-dir", {"help": "write the reports into this folder (default: reports/<run>)"}),
    _Option("--known-failing", {"help": "a list of cases that the target is known to fail, each with a reason"}),
    _Option(
        "--live", {"action": "store_true", "default": None, "help": "allow an endpoint that is not on this machine"}
    ),
    _Option(
        "--host-timeout-s",
        {"type": float, "default": 15.0, "help": "a host of --tx that is silent so long is lost"},
    ),
    _Option("--shard", {"metavar": "I/N", "help": "only the cases of part I of N, for several machines"}),
    _Option(
        "--no-case-cache",
        {"action": "store_true", "default": None, "help": "read every case file again, and keep nothing of it"},
    ),
    _Option("--strict-docs", {"action": "store_true", "default": None, "help": "divergent cases fail too"}),
    # For conformance.fuzz: pytest reads no conftest of a package that is named with --pyargs in time.
    _Option("--fuzz-seed", {"type": int, "help": "what random requests depend on (default 0)"}),
    _Option("--fuzz-examples", {"type": int, "help": "random requests a document (default 100)"}),
    _Option("--fuzz-time", {"type": float, "help": "seconds after which a property test sends nothing more"}),
)


def workspace_above(folder: Path) -> Path | None:
    """Return the folder of the workspace that a folder is in: the nearest one upwards with its file."""
    return next((each for each in (folder, *folder.parents) if (each / WORKSPACE_FILE).is_file()), None)


def called_in() -> Path | None:
    """Return the workspace that pytest is called in, as the command line finds it; the environment can name one."""
    try:
        named = os.environ.get(WORKSPACE_VARIABLE)
        return Path(named).absolute() if named else workspace_above(Path.cwd())
    except OSError:  # the folder is gone, or may not be looked into
        return None


def worker_environment(*, here: bool) -> dict[str, str]:
    """Return the variables by which the plugin is at work in a worker too, wherever its folder is.

    Args:
        here: Whether the worker is on this machine, and so can read the workspace.
    """
    root = called_in()
    return {WORKSPACE_VARIABLE: str(root)} if here and root is not None else {_AT_WORK: "1"}


def is_at_work_by_controller() -> bool:
    """Whether this is a worker of a controller in which the plugin is at work; its children are not told."""
    return os.environ.pop(_AT_WORK, None) is not None


def has_options(options: object) -> bool:
    """Whether the options of the plugin are among those of pytest: whether it is at work."""
    return hasattr(options, _MARK)


def add_options(parser: pytest.Parser) -> None:
    """Add the options of `conformance run` that make sense here, each under the name that is the plugin's alone."""
    group = parser.getgroup(_GROUP, "conformance cases")
    for option in _OPTIONS:
        group.addoption(option.prefixed, dest=option.dest, **option.attributes)


def add_free_short_options(parser: pytest.Parser) -> None:
    """Add the names of `conformance run` too, but for those that a conftest or another plugin has taken."""
    group = parser.getgroup(_GROUP)
    for option in _OPTIONS:
        with suppress(ArgumentError):
            group.addoption(
                option.flag, dest=option.dest, **(option.attributes | {"help": f"short for {option.prefixed}"})
            )


def without_values(words: Sequence[str], paths: Iterable[str]) -> list[str]:
    """Return paths that a command line names, without the values of short options that are not added yet.

    Args:
        words: The command line.
        paths: What of it is taken for paths.
    """
    flags = {option.flag for option in _OPTIONS if option.takes_a_value}
    left = list(paths)
    for flag, value in pairwise(words):
        if flag in flags and value in left:
            left.remove(value)
    return left


def workspace_of(config: pytest.Config, words: Sequence[str]) -> Path | None:
    """Return the workspace that pytest is about though it is called elsewhere: that of its root or of a named file."""
    named = [_path(config, word) for word in words if not word.startswith("-")]
    places = (config.rootpath, *(path for path in named if path.exists()))
    return next((found for place in places if (found := workspace_above(place)) is not None), None)


def is_about_property_tests(words: Iterable[str]) -> bool:
    """Whether the words of a command line name the property tests, which have no file in a workspace."""
    return any(word.partition("::")[0].startswith(_PROPERTY_TESTS) for word in words)


def hint_for(words: Iterable[str]) -> str | None:
    """Return what to do about an option of the plugin outside a workspace; `None` when none is named."""
    flags = {flag for option in _OPTIONS for flag in (option.flag, option.prefixed)}
    named = [flag for flag in dict.fromkeys(word.partition("=")[0] for word in words) if flag in flags]
    if not named:
        return None
    return (
        f"of its plugin ({', '.join(named)}) options are there in a workspace alone, and no {WORKSPACE_FILE} is in "
        f"this folder or above; `conformance init` makes one, {WORKSPACE_VARIABLE} names one"
    )


def _path(config: pytest.Config, word: str) -> Path:
    return Path(config.invocation_params.dir, word.partition("::")[0])
