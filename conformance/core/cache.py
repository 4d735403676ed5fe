"""A folder of results that are costly to compute from files, each under a key that is the digest of those files.

The cache is optional: an entry that cannot be read, is damaged or belongs to another user is computed again, and where
nothing can be written everything works without it.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK: Final = b"acs-conformance cache 1\n"
_DIGEST_BYTES: Final = 32
_MOST_ENTRIES: Final = 2_000
_MOST_BYTES: Final = 256 * 1024 * 1024
_OLDEST_S: Final = 30 * 24 * 3600.0
_TOUCH_AFTER_S: Final = 24 * 3600.0
_COARSEST_S: Final = 2.0
"""How far apart the times of a file may be that changes twice: a file system may have no others, as FAT."""
_PRIVATE: Final = 0o077
"""The permission bits of everyone but the owner."""

_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_READ: Final = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_BINARY", 0)


def sources_in(folder: Path) -> list[str]:
    """Return the Python files in a folder and below it, in a stable order; as texts, as a `Path` takes long to make."""
    found = [f"{place}{os.sep}{name}" for place, _, names in os.walk(folder) for name in names]
    return sorted(name for name in found if name.endswith(".py"))


class Cache:
    """A folder of entries. Reading and writing never fail: an entry is there, or it is not.

    Two processes may use the folder at once: an entry is put in its place whole.

    Args:
        folder: The folder; made, for its owner alone, when something is first written. `None` keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._usable: bool | None = None if folder is not None and folder.is_absolute() else False
        self._written = False

    @property
    def active(self) -> bool:
        """Whether anything can be kept at all."""
        return self._usable is not False

    def get(self, key: str) -> bytes | None:
        """Return what was kept under a key, or `None`."""
        if self._folder is None or not self._is_private(self._folder):
            return None
        path = self._folder / key
        with suppress(OSError):
            content = _read_own(path)
            if content is not None and content.startswith(_MARK):
                digest, value = content[len(_MARK) :][:_DIGEST_BYTES], content[len(_MARK) + _DIGEST_BYTES :]
                if _digest(key, value) == digest:
                    return value
        return None

    def digest_of(self, files: Sequence[Path | str]) -> str:
        """Return what changes when the content of any file does.

        They are read only where one has another size or time than when they were read before, or changed a moment ago.

        Raises:
            OSError: When a file cannot be read.
        """
        stated = [(file, os.stat(file)) for file in files]  # noqa: PTH116 - some are texts
        found = [(str(file), each.st_size, each.st_mtime_ns, each.st_ctime_ns) for file, each in stated]
        key = sha256(b"files " + repr(found).encode()).hexdigest()
        kept = self.get(key)
        if kept is not None and len(kept) == _DIGEST_BYTES:
            return kept.hex()
        digest = sha256(b"".join(sha256(Path(file).read_bytes()).digest() for file in files)).digest()
        newest = max((time_of for _, each in stated for time_of in (each.st_mtime, each.st_ctime)), default=0.0)
        if newest < time.time() - _COARSEST_S:
            self.put(key, digest)
        return digest.hex()

    def put(self, key: str, value: bytes) -> None:
        """Keep a value under a key; the first time in a process, also delete what is old or too much."""
        if self._folder is None or self._usable is False:
            return
        with suppress(OSError):
            if self._usable is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._is_private(self._folder):
                return
            if not self._written:
                self._written = True
                _prune(self._folder)
            temporary = self._folder / f".{key}.{os.urandom(8).hex()}"
            try:
                with open(temporary, "xb", opener=_for_the_owner) as stream:
                    stream.write(_MARK + _digest(key, value) + value)
                temporary.replace(self._folder / key)
            except OSError:
                temporary.unlink(missing_ok=True)
                raise

    def _is_private(self, folder: Path) -> bool:
        """Whether the folder exists and no other user can write into it; once it does, it is not checked again."""
        if self._usable is None:
            try:
                found = folder.lstat()
            except OSError:
                return False  # it may be made later
            self._usable = stat.S_ISDIR(found.st_mode) and _is_own(found) and not _shared(found)
        return self._usable


NO_CACHE: Final = Cache(None)
"""Keeps nothing."""


def user_cache(kind: str) -> Cache:
    """Return the cache of one kind of things, such as `cases`, of the user who runs this program.

    It is the folder `$XDG_CACHE_HOME/acs-conformance/KIND`, or its like.
    """
    from platformdirs import user_cache_path  # noqa: PLC0415 - who keeps nothing does not pay for it

    try:
        return Cache(user_cache_path("acs-conformance", appauthor=False) / kind)
    except (OSError, RuntimeError, KeyError):  # a user without a home
        return NO_CACHE


def _digest(key: str, value: bytes) -> bytes:
    """Return what shows that an entry is whole, and is the one of its key."""
    return sha256(key.encode() + b"\0" + value).digest()


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_FOLLOW, 0o600)


def _read_own(path: Path) -> bytes | None:
    """Return the content of a file that only this user can write, else `None`; a link is not followed."""
    with os.fdopen(os.open(path, _READ), "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode) or not _is_own(found) or _shared(found):
            return None
        content = stream.read()
    if time.time() - found.st_mtime > _TOUCH_AFTER_S:
        os.utime(path)  # what is used is not old
    return content


def _is_own(found: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or found.st_uid == os.geteuid()


def _shared(found: os.stat_result) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(found.st_mode) & _PRIVATE)


def _prune(folder: Path) -> None:
    """Delete what was not used for a month, and of the rest the oldest beyond a number of entries and of bytes."""
    entries = []
    for path in folder.iterdir():
        with suppress(OSError):
            found = path.lstat()
            entries.append((found.st_mtime, found.st_size, path))
    entries.sort(key=lambda entry: entry[0], reverse=True)
    total = 0
    now = time.time()
    for number, (used, size, path) in enumerate(entries, start=1):
        total += size
        if number > _MOST_ENTRIES or total > _MOST_BYTES or now - used > _OLDEST_S:
            with suppress(OSError):
                path.unlink()
