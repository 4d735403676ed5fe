"""Why pytest collects nothing of a folder that has case files. Loaded when a run ends that named files or had none."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.pytest_plugin.activation import LISTED, WORKSPACE_FILE, has_options
from conformance.pytest_plugin.session import is_case_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

_BASE: Final = "base.yaml"
_SUFFIXES: Final = (".yaml", ".yml")
_DEPTHS: Final = ("*", "*/*", "*/*/*", "*/*/*/*")
"""Where case files can be below a folder that is named: from the operation's own to the workspace."""
_MOST_FILES: Final = 200
"""How many files are looked at: enough to find one that explains, and no search of a whole disk."""
_MOST_BYTES: Final = 4096
_OUTSIDE: Final = f"no {WORKSPACE_FILE} is in its folder or above; `conformance init DIR` makes a workspace"
_CASES: Final = re.compile(rb"^cases:", re.MULTILINE)


def reasons(terminal: pytest.TerminalReporter) -> Iterator[str]:
    """Yield one line for each file or folder of a command line that has case files and gave no item."""
    config = terminal.config
    seen = {
        Path(config.rootpath, report.nodeid.partition("::")[0]).resolve()
        for group in terminal.stats.values()
        for report in group
        if getattr(report, "nodeid", "")
    }
    seen |= {path.resolve() for path in config.stash.get(LISTED, ())}
    for word in dict.fromkeys(str(each).partition("::")[0] for each in config.args):
        place = Path(config.invocation_params.dir, word)
        real = place.resolve()
        if any(path.is_relative_to(real) for path in seen):
            continue
        if (file := next(_case_files(place), None)) is not None:
            reason = _reason(file) if has_options(config.option) else _OUTSIDE
            if reason is not None:
                yield f"nothing of {word} is collected: {reason}"


def _case_files(place: Path) -> Iterator[Path]:
    """Yield files of a place that look like case files, or like the valid requests beside some."""
    if place.is_file():
        found: Iterator[Path] = iter([place] if place.suffix in _SUFFIXES else [])
    else:
        every = (path for pattern in _DEPTHS for path in sorted(place.glob(pattern)) if path.suffix in _SUFFIXES)
        found = islice(every, _MOST_FILES)
    with suppress(OSError):  # another process may remove a folder that is searched
        yield from (path for path in found if path.name == _BASE or _has_cases(path))


def _has_cases(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as opened:
        return _CASES.search(opened.read(_MOST_BYTES)) is not None
    return False


def _reason(file: Path) -> str | None:
    """Return why a file is not collected in a workspace; `None` when it is, whatever became of its cases."""
    from conformance.cases.suite import SDK_FOLDER, SIDE_FILES  # noqa: PLC0415 - only where there are such files

    if file.suffix != ".yaml":
        return f"{file.name} ends in {file.suffix}, and case files end in .yaml"
    if file.parent.name == SDK_FOLDER:
        return f"{file.name} has cases of SDKs, which `conformance run --driver NAME` runs"
    if not (file.parent / _BASE).is_file():
        return f"{file.name} has no {_BASE} beside it, where the valid requests of its operation stand"
    if file.name in SIDE_FILES:
        return f"{file.name} is no case file; those stand beside it"
    if is_case_file(file):
        return None
    return f"{file.name} is not in cases/<product>/<Operation>/ of a workspace"
