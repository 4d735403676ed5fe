"""Writing files that are whole or not there: under another name first. No link is followed."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final

from conformance.core.errors import UsageError
from conformance.core.failures.system_failures import not_written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write that takes the place of `path` when it is whole, and never in part.

    A link at `path` is replaced; what it leads to stays as it is. Raises `OSError`.
    """
    temporary = _beside(path)
    try:
        with _new_file(temporary) as stream:
            yield stream
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def output_file(path: Path) -> Iterator[IO[bytes]]:
    """Give the file that a user named to be written: whole or as before; a device or a pipe is written at once.

    Raises `OSError`.
    """
    if path.exists() and not path.is_dir() and not stat.S_ISREG(path.stat().st_mode):
        with path.open("wb") as stream:
            yield stream
    else:
        with replaced(path) as stream:
            yield stream


def write_page(path: Path, text: str) -> None:
    """Write a text into the file that a user named: whole, or nothing of it.

    Raises:
        UsageError: When it cannot be written there.
    """
    try:
        with output_file(path) as stream:
            # A file's name or an answer may have what UTF-8 cannot hold.
            stream.write(text.encode("utf-8", "backslashreplace"))
    except OSError as fault:
        raise not_written(path, fault, "give another file", error=UsageError) from None


def growing_file(path: Path) -> IO[bytes]:
    """Return a new, empty file at `path` that is written bit by bit; raises `OSError`.

    What was there, also a link, is replaced: who reads the earlier file can go on.
    """
    temporary = _beside(path)
    stream = _new_file(temporary)
    try:
        temporary.replace(path)
    except OSError:
        stream.close()
        temporary.unlink(missing_ok=True)
        raise
    return stream


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.urandom(8).hex()}")


def _new_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, _NEW, 0o666), "wb")
