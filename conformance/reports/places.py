"""Where a case is written: its file and line, and the file as a repository has it."""

from __future__ import annotations

import re
from sys import intern
from typing import TYPE_CHECKING, Final

from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from conformance.judging.report_entries import CaseEntry

_BUNDLED: Final = "/conformance/_data/"
"""What is before the project's own cases where it is installed."""

_PLACE: Final = lazy_pattern(r"(.*\.ya?ml):([0-9]{1,9})(?::[0-9]{1,9})?", re.DOTALL)


def place_of(case: CaseEntry) -> tuple[str, int]:
    """Return the file and the line of a case; an empty name and 0 where it is in none, as what `fuzz` found right."""
    found = _PLACE.fullmatch(case["where"])
    return (intern(found[1]), int(found[2])) if found else ("", 0)


def in_repository(file: str, root: str) -> str:
    """Return the name of a file as a repository has it: relative, with slashes.

    Args:
        file: The file, as a report names it.
        root: The folder that other programs take for the repository's root, absolute.
    """
    name = file.replace("\\", "/")
    top = root.replace("\\", "/").rstrip("/") + "/"
    if name.startswith(top):
        return name[len(top) :]
    if _BUNDLED in name:
        return name.rpartition(_BUNDLED)[2]
    return name.removeprefix("./")
