"""Every module is compiled once for all processes of a test run; this module is imported before those that it is for.

Where Python is told to write no bytecode (`PYTHONDONTWRITEBYTECODE`, as in many containers), each worker, command and
driver would compile all that it imports again: that takes longer than what most of them do.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
_KEPT = _TESTS.parent / ".pytest_cache" / "bytecode"

if sys.dont_write_bytecode and not sys.pycache_prefix:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(_KEPT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(_KEPT)


def import_all(tests: Path) -> None:
    """Import every module of tests in a folder; what cannot be imported is left for the collection to tell."""
    files = sorted(tests.rglob("test_*.py"))
    sys.path[:0] = sorted({str(file.parent) for file in files} - set(sys.path))  # as pytest does
    for file in files:
        with suppress(Exception, pytest.skip.Exception):
            importlib.import_module(file.stem)
