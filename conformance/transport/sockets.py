"""The sockets of libcurl's connections: which to wait for, and which the other side has closed."""

from __future__ import annotations

import os
import select
import selectors
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from conformance.transport.libcurl import pycurl

if TYPE_CHECKING:
    from collections.abc import Callable

_EVENTS: Final = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}

_ACKNOWLEDGE: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)

_TLS_RECORDS: Final = range(20, 24)
"""How a record of TLS begins (RFC 8446, section 5.1): a session ticket may come at any time."""

_LOOK_HOLDS_S: Final = 0.00025
"""How long a look at many connections stands for a look at each: requests that go out together take so long."""

Addresses = tuple[object, ...]
"""The addresses and ports of both ends of a connection."""

Ready = list[tuple[selectors.SelectorKey, int]]
"""Sockets, each with what it is ready for."""


class Sockets:
    """Waits for sockets, and knows those of connections by their addresses.

    Attributes:
        watched: The sockets that requests under way use, with the events that libcurl waits for.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._of: dict[Addresses, int] = {}
        self._resting: dict[int, int] = {}
        self._kept: dict[int, tuple[str, float]] = {}
        self._unasked: set[str] = set()
        self._quiet: set[int] = set()
        self._quiet_until = 0.0
        self._waker: tuple[socket.socket, socket.socket] | None = None
        self.watched: dict[int, int] = {}

    def select(self, seconds: float) -> Ready:
        """Wait until sockets are ready, at the most so many seconds; return them."""
        return self._selector.select(seconds)

    def watch(self, what: int, sock: int, _multi: object, _data: object) -> None:
        """Watch a socket, or no longer: what libcurl calls as `SOCKETFUNCTION`.

        Between two requests a socket stays in the selector: most are watched again at once. Until then only what comes
        on it is of interest: on an open connection one can always write.
        """
        if what == pycurl.POLL_REMOVE:
            mask = self.watched.pop(sock, None)
            if mask is not None:
                self._resting[sock] = selectors.EVENT_READ
                if mask != selectors.EVENT_READ:
                    self._selector.modify(sock, selectors.EVENT_READ)
            return
        mask = _EVENTS[what]
        before = self.watched.get(sock) or self._resting.pop(sock, None)
        if before is None:
            self._selector.register(sock, mask)
        elif before != mask:
            self._selector.modify(sock, mask)
        self.watched[sock] = mask

    def forget(self, sock: int) -> None:
        """Leave a socket alone that no request uses: it was closed, or the server says something unasked."""
        if sock in self._resting:
            self._note_unasked(sock)
        self._kept.pop(sock, None)
        self._quiet.discard(sock)
        if self._resting.pop(sock, None) is not None:
            self._selector.unregister(sock)
        elif self._waker is not None and sock == self._waker[0].fileno():
            self._waker[0].recv(65536)

    def acknowledge(self, sock: int) -> None:
        """Acknowledge at once what has arrived on a socket, where the system lets a program say so.

        A server that writes head and body apart may hold the body back until the head is acknowledged (RFC 896), and
        that is put off by 40 ms when nothing is sent (RFC 1122, section 4.2.3.2).
        """
        if _ACKNOWLEDGE is None:
            return
        with suppress(
            OSError
        ):  # it was reset, which libcurl sees for itself; or what libcurl waits for is no connection
            own = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=sock)  # nothing is looked up: it is quick
            try:
                own.setsockopt(socket.IPPROTO_TCP, _ACKNOWLEDGE, 1)
            finally:
                own.detach()

    def connected(self, addresses: Addresses, sock: int) -> None:
        """Note which socket a connection has; of its addresses the last two are the ports, the server's first."""
        self._of[addresses] = sock

    def socket_of(self, addresses: Addresses) -> int | None:
        """Return the socket of a connection."""
        return self._of.get(addresses)

    def look(self) -> None:
        """Look at all connections at once that no request uses, for the requests that go out next."""
        poll = select.poll()
        for sock in self._resting:
            poll.register(sock, select.POLLIN)
        readable = poll.poll(0)
        self._quiet = set(self._resting).difference([sock for sock, _ in readable])
        self._quiet_until = time.monotonic() + _LOOK_HOLDS_S

    def is_stale(self, sock: int, now: float) -> bool:
        """Whether a connection on which nothing is to come can be read: it was closed, or something came unasked."""
        if sock in self._quiet:
            self._quiet.discard(sock)  # what comes after this request is of another look
            if now < self._quiet_until:
                return False
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        readable = bool(poll.poll(0))
        if readable:
            self._note_unasked(sock)
        return readable

    def rested(self, now: float, rest_s: Callable[[str], float]) -> list[str]:
        """Return the hosts of the connections that no request uses, and that were quiet for so long since the last."""
        kept = [self._kept[sock] for sock in self._resting if sock in self._kept]
        return [host for host, since in kept if now - since >= rest_s(host)]

    def has_rested(self, sock: int, now: float, rest_s: float) -> bool:
        """Whether a connection was quiet for so long since its last answer."""
        return not rest_s or now - self._kept.get(sock, ("", now))[1] >= rest_s

    def keep(self, sock: int, host: str, now: float) -> None:
        """Note that a connection to a host is kept after an answer."""
        self._kept[sock] = host, now
        if sock not in self.watched and sock not in self._resting:
            # The answer was there at once, so libcurl never had to wait for it, and never told of the socket.
            self._selector.register(sock, selectors.EVENT_READ)
            self._resting[sock] = selectors.EVENT_READ

    def keeps(self, sock: int) -> bool:
        """Whether a connection that was kept is still there."""
        return sock in self._kept

    def unasked(self) -> set[str]:
        """Return the hosts that sent something that no request asked for, each once."""
        hosts, self._unasked = self._unasked, set()
        return hosts

    def _note_unasked(self, sock: int) -> None:
        """Note when what can be read on a kept connection is not its end, and nothing of TLS."""
        if sock in self._kept:
            with suppress(OSError), socket.socket(fileno=os.dup(sock)) as own:
                data = own.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
                if data and data[0] not in _TLS_RECORDS and not self._is_anothers(sock, own):
                    self._unasked.add(self._kept[sock][0])

    def _is_anothers(self, sock: int, own: socket.socket) -> bool:
        """Whether something else has the number of a connection since: libcurl closes some by itself."""
        ports = [addresses[2:] for addresses, number in self._of.items() if number == sock]
        return bool(ports) and ports[-1] != (own.getpeername()[1], own.getsockname()[1])

    def has_idle(self, host: str, besides: int | None) -> bool:
        """Whether a connection to a host is kept that no request uses, beside that of one socket."""
        return any(sock != besides and self._kept.get(sock, ("",))[0] == host for sock in self._resting)

    def shut_idle(self) -> None:
        """Close the connections that no request uses, for the other side; libcurl sees that when it looks next."""
        for sock in list(self._resting):
            with suppress(OSError), socket.socket(fileno=os.dup(sock)) as own:
                if not self._is_anothers(sock, own):
                    own.shutdown(socket.SHUT_RDWR)
            self.forget(sock)

    def waker(self) -> Callable[[], None]:
        """Return what ends `select` at once, to be called in any thread."""
        if self._waker is None:
            self._waker = socket.socketpair()
            for end in self._waker:
                end.settimeout(0)
            self._selector.register(self._waker[0], selectors.EVENT_READ)
        writer = self._waker[1]

        def wake() -> None:
            with suppress(OSError):  # full, so it wakes anyway; or closed
                writer.send(b"\0")

        return wake

    def close(self) -> None:
        """Let go of the selector."""
        self._selector.close()
        for end in self._waker or ():
            end.close()
