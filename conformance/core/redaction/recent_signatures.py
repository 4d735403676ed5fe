"""The signatures of the latest requests of this process: a server may return what an earlier request had."""

from __future__ import annotations

import os
from collections import deque
from contextlib import contextmanager, suppress
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Final

from conformance.core.redaction.needles import add_forms_of_signature, add_signature
from conformance.core.redaction.shared_signatures import SharedSignatures, new_shared_file
from conformance.core.redaction.signatures import signatures_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.core.exchange import WireRequest
    from conformance.core.redaction.needles import Places
    from conformance.core.redaction.shared_signatures import SharedFile

_MOST_PIECES: Final = 50_000
"""Pieces of signatures that are remembered, some 20 MB: six of each as it is, so of some thousands of requests."""
_MOST_PIECES_OF_FORMS: Final = 25_000
"""The same of the forms that nobody can decode without knowing the signature: sixty each, of some hundreds."""


class RecentSignatures:
    """Knows the signatures of the latest requests. Many threads may use it."""

    def __init__(self) -> None:
        self._noted: Final[deque[str]] = deque(maxlen=_MOST_PIECES // 6)
        self._plain: Final[Places] = {}
        self._forms: Final[Places] = {}
        self._adding: Final = Lock()
        self._left: Final[list[Iterator[str]]] = []
        self._unshared: Final[deque[str]] = deque()
        self._sharing: Final = Lock()
        self._shared: SharedSignatures | None = None

    @contextmanager
    def shared(self) -> Iterator[SharedFile | None]:
        """Share the signatures with other processes of the run, which get what this yields; `None` where none can be.

        They know a signature of this process before it is sent, and this process knows theirs.
        """
        file = new_shared_file()
        if file is None:
            yield None
            return
        try:
            self.join(file)
            yield file
        finally:
            self.leave()
            with suppress(OSError):
                os.unlink(file.path)  # noqa: PTH108 - its path is a text

    def join(self, file: SharedFile) -> None:
        """Share the signatures with the process that made a file; where it is not, as on another host, share none."""
        self.leave()
        with suppress(OSError):
            self._shared = SharedSignatures(file)

    def leave(self) -> None:
        """Share nothing any more; what is known stays known."""
        shared, self._shared = self._shared, None
        if shared is not None:
            self._left.append(shared.news())
            shared.close()

    def note(self, request: WireRequest) -> None:
        """Remember the signatures of a request; costs next to nothing until something is to be redacted."""
        self.note_unsent(request)
        self.share()

    def note_unsent(self, request: WireRequest) -> None:
        """Do the same for a request that is not sent before the next `share`, which many requests have in common."""
        found = request.secrets if request.secrets is not None else tuple(signatures_of(request))
        if self._shared is not None:
            self._unshared.extend(found)
        self._noted.extend(found)

    def share(self) -> None:
        """Have the other processes of the run know the signatures of all requests that were noted."""
        if self._unshared:
            with self._sharing:  # a thread that comes meanwhile waits until all are shared
                new = [self._unshared.popleft() for _ in range(len(self._unshared))]
                if self._shared is not None:
                    self._shared.add(new)

    def places(self) -> tuple[Places, Places]:
        """Return the pieces of the signatures, and of their forms. Both grow."""
        with self._adding:  # a thread that comes meanwhile waits until the tables have everything
            self._add_noted()
        return self._plain, self._forms

    def _add_noted(self) -> None:
        while self._left:
            self._noted.extend(self._left.pop(0))
        if self._shared is not None:
            self._noted.extend(self._shared.news())
        forms_from = len(self._noted) - _MOST_PIECES_OF_FORMS // 60
        for number in range(len(self._noted)):
            signature = self._noted.popleft()
            add_signature(self._plain, signature)
            if number >= forms_from:
                add_forms_of_signature(self._forms, signature)
        for places, most in ((self._plain, _MOST_PIECES), (self._forms, _MOST_PIECES_OF_FORMS)):
            if len(places) > most:
                for piece in list(islice(places, len(places) - most)):
                    places.pop(piece, None)


RECENT: Final = RecentSignatures()
"""Those of this process, whichever runs it makes: no signature is to be seen anywhere."""
