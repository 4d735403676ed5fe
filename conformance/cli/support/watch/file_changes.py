"""Files and folders whose changes are waited for, also those that are replaced, deleted or not there yet."""

from __future__ import annotations

import os
import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from conformance.core.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

_QUIET_MS: Final = 50
"""After so long without another change they are told: an editor writes a file in several steps."""
_LOOK_S: Final = 0.1
"""How often Ctrl-C is looked for while nothing changes."""


class FileChanges:
    """What changes while the `with` block lasts, from soon after its begin on: watchers begin in threads of their own.

    A file is watched by its folder: most editors write a new file and give it the old name, and a file that is deleted
    comes back.

    Args:
        paths: Files, which need not be there, and folders with all that is below them.
        written: The folders into which runs write: what changes directly in one of them, or below a folder in it,
            does not count, unless it is one of the `paths`.
    """

    def __init__(self, paths: Iterable[Path], written: Iterable[Path]) -> None:
        found = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - a link keeps its own name
        # What a link points to changes in another folder than the link.
        found = list(dict.fromkeys([*found, *(path.resolve() for path in found)]))
        self._folders = [path for path in found if path.is_dir()]
        self._files = frozenset(path for path in found if not path.is_dir())
        self._written = tuple(path.resolve() for path in written)
        self._queue: queue.SimpleQueue[set[str] | Exception] = queue.SimpleQueue()
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        """Begin to watch."""
        beside = {path.parent for path in self._files if path.parent.is_dir()}
        # A folder that is taken away comes back by its name, too.
        beside |= {path.parent for path in self._folders}
        below = [path for path in self._folders if not any(other in path.parents for other in self._folders)]
        beside = {path for path in beside if not any(path.is_relative_to(other) for other in below)}
        for paths, recursive in ((below, True), (sorted(beside), False)):
            if paths:
                threading.Thread(target=self._watch, args=(paths, recursive), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the paths that changed, sorted, each time that some have; for ever.

        Raises:
            HarnessError: When this machine does not let them be watched.
        """
        while True:
            changed = self._next(_LOOK_S)
            if not changed:
                continue
            while more := self._next(2 * _QUIET_MS / 1000):
                changed |= more
            yield sorted(changed)

    def _next(self, seconds: float) -> set[str]:
        try:
            found = self._queue.get(timeout=seconds)
        except queue.Empty:
            return set()
        if isinstance(found, Exception):
            raise HarnessError(
                f"changes of files cannot be watched: {found}",
                hint="set WATCHFILES_FORCE_POLLING=1, or leave out --watch",
            )
        return found

    def _watch(self, paths: list[Path], recursive: bool) -> None:  # noqa: FBT001 - what a thread calls
        from watchfiles import watch  # noqa: PLC0415 - only who watches pays for it

        try:
            for changes in watch(
                *paths,
                watch_filter=None,
                debounce=4 * _QUIET_MS,
                step=_QUIET_MS,
                stop_event=self._stop,
                rust_timeout=500,
                raise_interrupt=False,
                recursive=recursive,
            ):
                counted = {path for _, path in changes if self._counts(Path(path))}
                if counted:
                    self._queue.put(counted)
        except Exception as fault:  # noqa: BLE001 - it is told where the changes are waited for
            self._queue.put(fault)

    def _counts(self, path: Path) -> bool:
        """Whether a change is of what is waited for, and is none that editors, version control or a run make aside."""
        from watchfiles import Change, DefaultFilter  # noqa: PLC0415 - only who watches pays for it

        if path in self._files or path in self._folders:
            return True
        for folder in self._folders:
            if path.is_relative_to(folder):
                # Only names below the folder count: it may itself be in one that is called `.venv`.
                return DefaultFilter()(Change.modified, str(path.relative_to(folder))) and not self._is_written(path)
        return False

    def _is_written(self, path: Path) -> bool:
        for folder in self._written:
            if not path.is_relative_to(folder):
                continue
            # A folder of reports that also holds what is waited for: only what is directly in it is of a run.
            holds = any(watched.is_relative_to(folder) for watched in (*self._folders, *self._files))
            if not holds or folder in (path, path.parent):
                return True
        return False
