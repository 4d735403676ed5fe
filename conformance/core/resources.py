"""Where the data that travels with the project is: cases, contracts, behaviours, SDK drivers, the schema of reports.

In a checkout they are the folders `cases/`, `openapi/`, `behaviours/`, `drivers/` and `docs/` beside the package; in
an installed wheel they are inside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent.parent
_INSTALLED: Final = PACKAGE / "_data"


def data_dir(name: str) -> Path:
    """Return one of these folders, by its name: the wheel's own copy, else the checkout's."""
    installed = _INSTALLED / name
    found = installed if installed.is_dir() else PACKAGE.parent / name
    # Messages name files the way their reader would: from where the command was called, if they are below it.
    here = Path.cwd()
    return found.relative_to(here) if found.is_relative_to(here) else found


def cases_dir() -> Path:
    """Return the folder of the case files."""
    return data_dir("cases")


def openapi_dir() -> Path:
    """Return the folder of the contracts and their overlays."""
    return data_dir("openapi")


def behaviours_dir() -> Path:
    """Return the folder of what resources do beyond their contracts, for the reference server."""
    return data_dir("behaviours")


def drivers_dir() -> Path:
    """Return the folder of the SDK drivers, each in a folder of its own."""
    return data_dir("drivers")
