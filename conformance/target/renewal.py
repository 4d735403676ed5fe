"""Temporary credentials that are renewed before they end, or when a server refuses them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.core.errors import ConformanceError
from conformance.target.credential_library import fetch

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.core.exchange import Credentials
    from conformance.target.credential_library import Fetched
    from conformance.target.credential_sources import CredentialSource

_FIRST_WITHIN_S: Final = 10.0
_RENEWED_WITHIN_S: Final = 2.0
"""How long fetching may take: during a run everything waits for it."""

_AHEAD_S: Final = 300.0
"""How long before their end credentials are renewed, unless that is more than a third of their time."""

_UNKNOWN_S: Final = 600.0
"""How long credentials are used whose end is not known: no service gives shorter ones than for 15 minutes."""

_AGAIN_S: Final = 10.0
"""How long nobody is asked again after a failure."""


class RenewedCredentials:
    """The credentials of one source for as long as a run lasts. Fetched when it is made; may be sent to a process.

    Args:
        name: The profile; empty for the target's own.
        source: Where they come from.
        hosts: The hosts that may be asked, beside this machine.
        clock: Returns the seconds since the epoch.

    Attributes:
        clock: As given.

    Raises:
        UsageError: When there are none.
        MissingLibraryError: When the library that fetches them is not installed.
    """

    def __init__(
        self, name: str, source: CredentialSource, hosts: tuple[str, ...], clock: Callable[[], float] = time.time
    ) -> None:
        self._name, self._source, self._hosts, self.clock = name, source, hosts, clock
        self._asked_at = 0.0
        self._fault: ConformanceError | None = None
        self._lock = threading.Lock()
        self._take(fetch(name, source, hosts, _FIRST_WITHIN_S))

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()

    def _take(self, found: Fetched) -> None:
        now = self.clock()
        self._found = found.credentials if found.credentials.security_token is None else self._mine(found.credentials)
        left = _UNKNOWN_S + _AHEAD_S if found.ends_at is None else found.ends_at - now
        self._due = now + left - min(_AHEAD_S, left / 3)

    def _mine(self, found: Credentials) -> Credentials:
        return replace(found, renewal=self)

    def current(self) -> Credentials:
        """Return credentials that hold for a while; those of before when they cannot be renewed."""
        with self._lock:
            if self.clock() >= self._due:
                self._renew()
            return self._found

    def renewed(self, refused: Credentials) -> Credentials:
        """Return others than those that were refused; the same when there are none. Raises `ConformanceError`."""
        with self._lock:
            if self._found == refused:
                self._renew()
                if self._fault is not None:
                    raise self._fault
            return self._found

    def _renew(self) -> None:
        if self._fault is not None and self.clock() < self._asked_at + _AGAIN_S:
            return
        self._asked_at, self._fault = self.clock(), None
        try:
            self._take(fetch(self._name, self._source, self._hosts, _RENEWED_WITHIN_S))
        except ConformanceError as fault:
            self._fault = fault
