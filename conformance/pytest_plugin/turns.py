"""Turns of the workers of pytest-xdist, where cases share one account: one case at a time, in all workers together."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def turn(config: pytest.Config) -> Iterator[None]:
    """Within this, no other worker on this machine runs a case on an account of the same target file.

    The file itself is locked, so nothing is written, and the lock of a worker that is killed is gone with it.
    """
    path: str | None = config.getoption("conformance_target")
    if path is None or not hasattr(config, "workerinput"):
        yield
        return
    with Path(path).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def refuse_other_machines(config: pytest.Config) -> None:
    """Raise `pytest.UsageError` when cases would run on several machines, which know nothing of each other's turns."""
    processes = config.getoption("tx", None) or ()
    if any("popen" not in each.partition("//")[0] for each in processes):
        raise pytest.UsageError(
            "the cases share one account, so they run one after another, and several machines cannot (leave out -d)"
        )
