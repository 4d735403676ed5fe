"""Signatures that the processes of one run know of each other: a server may return to one what it got from another.

They stand in a file that no process reads without a key. What a killed run leaves of it tells nobody a signature.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from hashlib import shake_256
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST: Final = 16_384
"""Bytes of the longest text that is shared: a token of an account whose credentials each process renews for itself."""
_REMEMBERED: Final = 32
"""How many texts that a process shared last it does not share again: tokens and ids are the same in many requests."""
_BETWEEN: Final = b"\0"
"""What is between signatures that are shared together; in a request's text it stands for nothing."""
_MOST_READ: Final = 2_000_000
"""Bytes of the file that are read at once, the latest: some ten thousand signatures."""


class SharedFile(Struct, frozen=True, dict=True):
    """Where the processes of a run keep their signatures, and what they read it with.

    Attributes:
        path: The file.
        key: What its lines are made unreadable with; in the memory of the processes alone.
    """

    path: str
    key: str


def new_shared_file() -> SharedFile | None:
    """Return a new file for the processes of a run; `None` where none can be written."""
    import tempfile  # noqa: PLC0415 - a run in one process does not pay for it

    try:
        number, path = tempfile.mkstemp(prefix="conformance-")
    except OSError:
        return None
    os.close(number)
    return SharedFile(path, os.urandom(16).hex())


class SharedSignatures:
    """One process's part in the signatures of a run. Many threads may use it.

    Args:
        file: The file, which exists.

    Raises:
        OSError: When it does not, as on another host.
    """

    def __init__(self, file: SharedFile) -> None:
        self._key: Final = file.key.encode()
        self._number: Final = os.open(file.path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._own: Final = os.urandom(8).hex().encode()
        self._counter: Final = count()
        self._latest: Final[deque[str]] = deque(maxlen=_REMEMBERED)
        self._using: Final = Lock()
        self._read = 0
        self._closed = False

    def add(self, signatures: Iterable[str]) -> None:
        """Have the other processes know signatures from now on; where the disk is full, they do not."""
        new = []
        for signature in signatures:
            data = signature.encode(errors="replace")
            if len(data) <= _LONGEST and signature not in self._latest:
                self._latest.append(signature)
                new.append(data)
        if new:
            salt = b"%s-%x" % (self._own, next(self._counter))
            self._write(b"%s %s\n" % (salt, self._masked(_BETWEEN.join(new), salt).hex().encode()))

    def _write(self, line: bytes) -> None:
        with self._using, suppress(OSError):
            if not self._closed:
                os.write(self._number, line)  # one call for each line: those of several processes do not mix

    def news(self) -> Iterator[str]:
        """Return the signatures that other processes have added since the last call, but for very many the latest.

        They are made readable when they are looked at: few runs ever do.
        """
        with self._using:
            lines = [] if self._closed else self._new_lines()
        return self._readable(lines)

    def _readable(self, lines: Iterable[bytes]) -> Iterator[str]:
        for line in lines:
            salt, _, masked = line.partition(b" ")
            if not salt.startswith(self._own):
                with suppress(ValueError):  # torn by a full disk
                    together = self._masked(bytes.fromhex(masked.decode("latin-1")), salt)
                    yield from (each.decode(errors="replace") for each in together.split(_BETWEEN))

    def _new_lines(self) -> list[bytes]:
        size = os.fstat(self._number).st_size
        if size == self._read:
            return []
        start = max(self._read, size - _MOST_READ)
        data = os.pread(self._number, size - start, start)
        end = data.rfind(b"\n") + 1  # the rest is not written yet
        self._read = start + end
        return data[:end].splitlines()

    def close(self) -> None:
        """Let go of the file."""
        with self._using:
            self._closed = True
            os.close(self._number)

    def _masked(self, data: bytes, salt: bytes) -> bytes:
        """Return bytes made unreadable, or such bytes made readable."""
        mask = shake_256(self._key + salt).digest(len(data))
        return (int.from_bytes(data) ^ int.from_bytes(mask)).to_bytes(len(data))
