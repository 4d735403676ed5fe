"""Many requests at once from one thread, by libcurl, each with a deadline over its whole exchange.

libcurl knows no deadline for an exchange in which nobody listens. So deadlines are kept here, and the time in which the
process was busy elsewhere does not count against the server.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from conformance.transport.libcurl import pycurl
from conformance.transport.outcome import ExchangeError
from conformance.transport.sockets import Sockets
from conformance.transport.transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.core.exchange import WireRequest
    from conformance.transport.outcome import TransferOutcome
    from conformance.transport.sockets import Ready

_STALL_S: Final = 0.1
"""How long nobody may listen before that is taken out of the deadlines."""

TokenT = TypeVar("TokenT")


class Completed(NamedTuple, Generic[TokenT]):
    """A request that has come to an end.

    Attributes:
        token: What `Client.start` was given.
        outcome: The answer, or why there is none that can be judged.
        elapsed_ms: From its start to the last byte received.
    """

    token: TokenT
    outcome: TransferOutcome
    elapsed_ms: float


class _UnderWay(Generic[TokenT]):
    """A request under way: its transfer, and its times.

    Attributes:
        deadline: When it is given up, on the clock of `time.monotonic`.
    """

    __slots__ = ("deadline", "started", "timeout_s", "token", "transfer")

    def __init__(self, transfer: Transfer, token: TokenT, timeout_s: float) -> None:
        self.transfer = transfer
        self.token = token
        self.timeout_s = timeout_s
        self.started = time.perf_counter()
        self.deadline = time.monotonic() + timeout_s


class Client(Generic[TokenT]):
    """Keeps many requests under way, each on a connection of its own. For one thread."""

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._sockets = Sockets()
        self._idle: list[Transfer] = []
        self._under_way: dict[pycurl.Curl, _UnderWay[TokenT]] = {}
        self._unsent: list[Completed[TokenT]] = []
        self._ready: Ready = []
        self._due: float | None = None
        self._looked = time.monotonic()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._sockets.watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    def start(self, request: WireRequest, timeout_s: float, token: TokenT) -> None:
        """Start a request; `token` comes back with its outcome.

        Args:
            request: The request.
            timeout_s: How long the exchange may take, connecting included; the same for all that are under way.
            token: Anything.
        """
        transfer = self._idle.pop() if self._idle else Transfer(self._sockets)
        try:
            transfer.prepare(request)
        except ValueError as fault:
            self._idle.append(transfer)
            self._unsent.append(Completed(token, ExchangeError(str(fault)), 0.0))
            return
        self._under_way[transfer.curl] = _UnderWay(transfer, token, timeout_s)
        self._multi.add_handle(transfer.curl)

    def flush(self) -> None:
        """Let what was started go out at once; else it goes with the next `process`."""
        if self._due is not None and self._due <= time.monotonic():
            self._due = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)

    def wait(self, seconds: float) -> None:
        """Return when something may have happened, or after so many seconds. May be interrupted: nothing is lost."""
        if self._unsent or self._ready:
            return
        now = time.monotonic()
        self._forgive(now)
        dues = [now + seconds]
        if self._due is not None:
            dues.append(self._due)
        if self._under_way:
            dues.append(next(iter(self._under_way.values())).deadline)
        self._ready = self._sockets.select(max(min(dues) - now, 0))
        self._looked = time.monotonic()

    def process(self) -> list[Completed[TokenT]]:
        """Do what can be done without waiting, and return what has come to an end. Must not be interrupted."""
        self._forgive(time.monotonic())
        ready, self._ready = self._ready or self._sockets.select(0), []
        for key, mask in ready:
            if key.fd in self._sockets.watched:
                self._multi.socket_action(key.fd, mask)  # selectors and libcurl number reading and writing alike
            else:
                self._sockets.forget(key.fd)
        self.flush()
        completed, self._unsent = self._unsent, []
        more = 1
        while more:
            more, succeeded, failed = self._multi.info_read()
            for curl in succeeded:
                completed.append(self._end(curl, None))
            for curl, number, text in failed:
                if self._under_way[curl].transfer.stale:
                    self._restart(curl)
                else:
                    completed.append(self._end(curl, (number, text)))
        self._expire(time.monotonic(), completed)
        return completed

    def waker(self) -> Callable[[], None]:
        """Return what ends `wait` at once, to be called in any thread."""
        return self._sockets.waker()

    def close(self) -> None:
        """Drop everything under way and close every connection."""
        for curl in self._under_way:
            self._multi.remove_handle(curl)
        for transfer in (*(each.transfer for each in self._under_way.values()), *self._idle):
            transfer.curl.close()
        self._under_way.clear()
        self._idle.clear()
        self._multi.close()
        self._sockets.close()

    def _restart(self, curl: pycurl.Curl) -> None:
        """Let a request go out on another connection, of which nothing was sent."""
        self._multi.remove_handle(curl)
        self._under_way[curl].transfer.restart()
        self._multi.add_handle(curl)

    def _end(self, curl: pycurl.Curl, fault: tuple[int, str] | None) -> Completed[TokenT]:
        ended = self._under_way.pop(curl)
        elapsed_ms = (time.perf_counter() - ended.started) * 1000
        outcome = ended.transfer.outcome(fault)
        self._multi.remove_handle(curl)
        self._idle.append(ended.transfer)
        return Completed(ended.token, outcome, elapsed_ms)

    def _forgive(self, now: float) -> None:
        """Leave the time in which nobody listened out of the deadlines: an answer may have come long ago."""
        missed = now - self._looked
        if missed > _STALL_S:
            for each in self._under_way.values():
                each.deadline += missed
        self._looked = now

    def _expire(self, now: float, completed: list[Completed[TokenT]]) -> None:
        """End the requests whose time is over: the first is the oldest, and all have the same time."""
        while self._under_way:
            curl, oldest = next(iter(self._under_way.items()))
            if oldest.deadline > now:
                return
            late = ExchangeError(f"no complete answer within {oldest.timeout_s:g} s")
            completed.append(self._end(curl, (pycurl.E_OPERATION_TIMEDOUT, ""))._replace(outcome=late))

    def _set_timer(self, milliseconds: int) -> None:
        self._due = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000
