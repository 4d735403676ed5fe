"""Files that are put into their places all together, or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Self

from conformance.core.errors import UsageError
from conformance.core.failures.system_failures import not_written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType


class FilesTogether:
    """Files of one command, for a `with` block: each is written beside its place, and `place` moves all of them.

    What is there when the block ends without it is removed again, with the folders that were made for it.
    """

    def __init__(self) -> None:
        self._ready: dict[Path, Path] = {}
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for temporary in self._ready.values():
            with contextlib.suppress(OSError):
                temporary.unlink()
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):  # it has a file now
                folder.rmdir()

    def add(self, path: Path, text: str) -> None:
        """Write a text beside the place of its file.

        Raises:
            UsageError: When that cannot be.
            HarnessError: When the machine is at fault.
        """
        with _told(path):
            self.make(path.parent)
            temporary = path.with_name(f".{path.name}.{os.getpid()}")
            self._ready[path] = temporary
            temporary.write_text(text, encoding="utf-8", newline="\n")

    def make(self, folder: Path) -> None:
        """Make a folder, with those above it; raises like `add`."""
        with _told(folder):
            missing = [each for each in (folder, *folder.parents) if not each.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            self._made += reversed(missing)

    def place(self) -> None:
        """Move every file into its place; raises like `add`."""
        for path, temporary in list(self._ready.items()):
            with _told(path):
                temporary.replace(path)
            del self._ready[path]
        self._made.clear()


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise not_written(path, fault, "give another -o", error=UsageError) from None
