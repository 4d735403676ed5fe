"""Where the data that travels with the project is: cases, contracts, behaviours, SDK drivers, the schema of reports.

In a checkout they are the folders `cases/`, `openapi/`, `behaviours/`, `drivers/` and `docs/` beside the package; in
an installed wheel they are inside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from conformance.core.workspace import workspace_root

PACKAGE: Final = Path(__file__).resolve().parent.parent
_INSTALLED: Final = PACKAGE / "_data"


def data_dir(name: str) -> Path:
    """Return one of these folders, by its name: the wheel's own copy, else the checkout's."""
    installed = _INSTALLED / name
    return shown(installed if installed.is_dir() else PACKAGE.parent / name)


def layers(name: str) -> tuple[Path, ...]:
    """Return the folders of this name: the workspace's own, if it has one, before that of the project.

    Raises:
        UsageError: When the workspace that the environment names is none.
    """
    bundled = data_dir(name)
    root = workspace_root()
    if root is None or not (root / name).is_dir() or (root / name).resolve() == bundled.resolve():
        return (bundled,)
    return (shown(root / name), bundled)


def shown(path: Path) -> Path:
    """Return a path as messages name it: from where the command was called, if it is below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def cases_dir() -> Path:
    """Return the folder of the case files."""
    return data_dir("cases")


def case_dirs() -> tuple[Path, ...]:
    """Return the folders of case files: the workspace's own, if it has one, before that of the project."""
    return layers("cases")


def openapi_dir() -> Path:
    """Return the folder of the contracts and their overlays."""
    return data_dir("openapi")


def behaviours_dir() -> Path:
    """Return the folder of what resources do beyond their contracts, for the reference server."""
    return data_dir("behaviours")


def drivers_dir() -> Path:
    """Return the folder of the SDK drivers, each in a folder of its own."""
    return data_dir("drivers")
