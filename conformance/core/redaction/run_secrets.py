"""The secrets of a whole run: a server may return what an earlier request had."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from conformance.core.redaction.needles import add_signature
from conformance.core.redaction.redactor import Redactor, secrets_of
from conformance.core.redaction.signatures import signatures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.core.exchange import Credentials, Exchange
    from conformance.core.redaction.needles import Places

_MOST_PIECES: Final = 50_000
"""Pieces of signatures that are remembered, about six of each: some thousands of requests, and some 20 MB."""


class RunSecrets:
    """Knows the accounts of a run, and the signatures of its latest requests. Many threads may use it.

    Args:
        accounts: All the accounts of the target.
    """

    def __init__(self, accounts: Iterable[Credentials] = ()) -> None:
        self._secrets: Final = frozenset[str]().union(*map(secrets_of, accounts))
        self._noted: Final[deque[set[str]]] = deque(maxlen=_MOST_PIECES // 6)
        self._places: Final[Places] = {}

    def note(self, exchange: Exchange) -> None:
        """Remember the signatures of a request; costs next to nothing until something is to be redacted."""
        self._noted.append(signatures(exchange))

    def redactor(self) -> Redactor:
        """Return what removes the secrets of the run so far."""
        while self._noted:
            for signature in self._noted.popleft():
                add_signature(self._places, signature)
        for piece in list(self._places)[: max(0, len(self._places) - _MOST_PIECES)]:
            del self._places[piece]
        return Redactor(self._secrets, earlier=[self._places])
