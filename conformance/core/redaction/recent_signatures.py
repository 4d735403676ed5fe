"""The signatures of the latest requests of this process: a server may return what an earlier request had."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from conformance.core.redaction.needles import add_forms_of_signature, add_signature
from conformance.core.redaction.signatures import signatures_of

if TYPE_CHECKING:
    from conformance.core.exchange import WireRequest
    from conformance.core.redaction.needles import Places

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

    def note(self, request: WireRequest) -> None:
        """Remember the signatures of a request; costs next to nothing until something is to be redacted."""
        self._noted.extend(signatures_of(request))

    def places(self) -> tuple[Places, Places]:
        """Return the pieces of the signatures, and of their forms. Both grow."""
        forms_from = len(self._noted) - _MOST_PIECES_OF_FORMS // 60
        for number in range(len(self._noted)):
            try:
                signature = self._noted.popleft()
            except IndexError:
                break  # another thread took it
            add_signature(self._plain, signature)
            if number >= forms_from:
                add_forms_of_signature(self._forms, signature)
        for places, most in ((self._plain, _MOST_PIECES), (self._forms, _MOST_PIECES_OF_FORMS)):
            if len(places) > most:
                for piece in list(places)[: len(places) - most]:
                    places.pop(piece, None)
        return self._plain, self._forms


RECENT: Final = RecentSignatures()
"""Those of this process, whichever runs it makes: no signature is to be seen anywhere."""
