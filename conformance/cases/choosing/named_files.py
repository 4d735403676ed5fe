"""Case files that are named: by their paths, and by the folders that they are in."""

from __future__ import annotations

import re
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.cases.suite import SDK_FOLDER, SIDE_FILES
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.workspace import FILE as WORKSPACE_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

_BASE: Final = "base.yaml"
_CASES: Final = "cases"
_KEY: Final = lazy_pattern(rb"""^["']?(operation|base|cases)["']?[ \t]*:""", re.MULTILINE)
"""The keys of a case file: its schema demands all three."""
_ENOUGH_KEYS: Final = 2
"""So many of them make a file one of cases, so that what it lacks is told."""


def case_files(folder: Path) -> list[Path]:
    """Return the case files of an operation's folder, in a stable order."""
    return sorted(path for path in folder.glob("*.yaml") if path.name not in SIDE_FILES)


def named_files(words: Sequence[str]) -> list[Path]:
    """Return the case files among the words of a command line: names that end in `.yaml`, and those in folders.

    A folder is searched no deeper than `cases/` is. A workspace means its `cases/` too. In folders that hold no
    operation there are files of other kinds, such as targets: only what has the keys of a case file is meant.
    """
    files: list[Path] = []
    for word in words:
        path = Path(word)
        if path.suffix == ".yaml":
            files.append(path)
        elif word and path.is_dir():
            # No deeper than the folder `cases/` itself is: a slip of the finger must not search a whole disk.
            found: set[Path] = set()
            for root in (path, path / _CASES) if (path / WORKSPACE_FILE).is_file() else (path,):
                for pattern in ("*.yaml", "*/*.yaml", "*/*/*.yaml"):
                    with suppress(FileNotFoundError):  # another process may remove a folder that is searched
                        found.update(root.glob(pattern))
            of_operations = {folder for folder in {file.parent for file in found} if (folder / _BASE).is_file()}
            files += sorted(
                file
                for file in found
                if file.name not in SIDE_FILES
                and not _is_of_sdks(file)
                and (file.parent in of_operations or _looks_like_cases(file))
            )
    return files


def _looks_like_cases(path: Path) -> bool:
    """Whether a file has most of the keys that every case file has, or cannot be read, which is told then."""
    try:
        keys = set(_KEY.findall(path.read_bytes()))
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return len(keys) >= _ENOUGH_KEYS


def moved(path: Path) -> str | None:
    """Return a hint for a path that is one of releases before 0.2, `cases/<Operation>...` without a product."""
    for folder in (path, path.parent):
        with suppress(OSError):  # another process may remove a folder while it is looked at
            found = sorted(folder.parent.glob(f"*/{escape(folder.name)}")) if folder.name else []
            found = [each / path.relative_to(folder) for each in found if (each / "base.yaml").is_file()]
            if found and found[0].exists():
                return f"it is now {found[0]}"
    return None


def _is_of_sdks(path: Path) -> bool:
    """Whether a file is one of `cases/sdk/`, which holds cases of another kind and is no product."""
    folder = path.parent
    return folder.name == SDK_FOLDER and (folder.parent / "states.yaml").is_file()
