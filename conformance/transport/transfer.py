"""One request in libcurl, from its preparation to its outcome.

libcurl would send a request again, on another connection, when the first breaks; and it notices that a server has
closed a connection only when that was not used for a second. So it is stopped at the moment before it sends, by its
`PREREQFUNCTION`, and the connection is looked at first. No request is ever sent twice::

    idle ----- prepare ----> prepared ----- CurlMulti.add_handle ---+
     ^                                                              v
     |         +--------------- restart --------------------> has a connection
     |         |                                                    |
     |         |        kept open, and closed by the server since   |
     |       stale <------------------------------------------------+ (nothing was sent)
     |                                                              |
     |                       new, or still open: PREREQFUNC_OK      |
     |       sent <-------------------------------------------------+
     |         |
     |         +-- about to be sent again: PREREQFUNC_ABORT --+
     |         +-- the connection breaks, TLS, no HTTP ... ---+--> failed --+
     |         +-- deadline of the client ---------------------> (given up) +
     |         +-- head and body arrive -------------------------> done ----+
     |                                                                      |
     +----------------------- outcome, CurlMulti.remove_handle -------------+
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from conformance.core.exchange import WireResponse
from conformance.transport.content_codings import decoded
from conformance.transport.curl_failures import WEIRD_REPLY, failure
from conformance.transport.curl_options import address_of, header_lines, new_handle, trust_as_python_does
from conformance.transport.heads import LIST, read_head
from conformance.transport.keeping import Keeping
from conformance.transport.libcurl import pycurl
from conformance.transport.outcome import ExchangeError, LostError
from conformance.transport.whole_bodies import is_whole

if TYPE_CHECKING:
    from conformance.core.exchange import WireRequest
    from conformance.transport.heads import AnswerHead
    from conformance.transport.outcome import TransferOutcome
    from conformance.transport.sockets import Sockets

_MOST_PIECES: Final = 50_000
"""Pieces of one body, such as chunks: an answer of a few kilobytes has one or two."""
MOST_TOGETHER: Final = 32 * 1024 * 1024
"""Bytes of bodies that may arrive at the same moment: sixty-four of the largest answers would take too much memory."""
MODEST: Final = 256 * 1024
"""A body of no more bytes is never broken off because of others. After a larger one, few requests are in flight."""
_SAYING_ITS_END: Final = frozenset({"content-length", "transfer-encoding", LIST})
_NO_END: Final = "unexpected eof"

_Shape = tuple[tuple[str, bool], str, tuple[tuple[str, str], ...]]
"""Method and whether there is a body, origin, headers: what most requests share with the one before."""


class Arriving:
    """How many bytes of bodies are there of answers that are not complete yet, of all transfers of a client."""

    def __init__(self) -> None:
        self.octets = 0


class Transfer:
    """One easy handle of libcurl, used for one request after another, and what it receives.

    Args:
        sockets: Keeps the socket of each new connection, and sees which are closed.
        arriving: Counts what arrives on all transfers of a client.

    Attributes:
        curl: The handle.
        host: The host that is spoken to, with its port.
        socket: The socket of its connection, once it has one.
        stale: Whether libcurl was stopped before it sent anything, because the server has closed the connection.
        known: What is known of the host.
        kind: The method of its request, and whether that has a body.
        address: The URL without its query.
        ends_connection: Whether the connection is closed after the answer, of which the outcome was taken.
    """

    def __init__(self, sockets: Sockets, arriving: Arriving) -> None:
        self.curl = curl = new_handle()
        self.host = ""
        self.stale = False
        self._head: list[bytes] = []
        self._body = bytearray()
        self._pieces = 0
        self._crowded_out = False
        self._sent = False
        self._sockets = sockets
        self._arriving = arriving
        self._opened: int | None = None
        self.socket: int | None = None
        self._keeps = True
        self._alone = False
        self.known = Keeping().host("")
        self.kind = ("", False)
        self.address = ""
        self.ends_connection = True
        self._shape: _Shape | None = None
        self._trusts = False
        curl.setopt(pycurl.HEADERFUNCTION, self._head.append)
        curl.setopt(pycurl.WRITEFUNCTION, self._receive)
        curl.setopt(pycurl.PREREQFUNCTION, self._before_sending)
        curl.setopt(pycurl.SOCKOPTFUNCTION, self._opening)

    @property
    def fresh(self) -> bool:
        """Whether the request has a connection of its own, on which none was sent before."""
        return self._opened is not None

    @property
    def connected(self) -> bool:
        """Whether there was a connection, so that the request was sent."""
        return self._sent

    @property
    def heard(self) -> bool:
        """Whether anything of an answer has arrived."""
        return bool(self._head)

    def prepare(self, request: WireRequest, keeping: Keeping, *, alone: bool) -> None:
        """Set what is to be sent.

        Args:
            request: The request.
            keeping: Whether a connection to a host is kept after the answer, and how long it rests.
            alone: Whether it needs a new connection, because no other has rested.

        Raises:
            ValueError: For what HTTP cannot say.
        """
        whole = address_of(request.url)
        self.host, self.address = whole.host, whole.address
        self.kind = (request.method, bool(request.body))
        self.restart()
        self.known = keeping.host(self.host)
        self._connect_alone(alone=alone)
        if self.known.keeps != self._keeps:
            self._keeps = not self._keeps
            self.curl.setopt(pycurl.FORBID_REUSE, not self._keeps)
        shape = (self.kind, whole.origin, request.headers)
        if shape != self._shape:
            self._shape = None
            try:
                self._set_shape(shape)
            except ValueError as fault:
                raise ValueError(f"{self.host}: {fault}") from None
        if request.body:
            self.curl.setopt(pycurl.POSTFIELDS, request.body)
        self._shape = shape
        self.curl.setopt(pycurl.REQUEST_TARGET, whole.target)

    def restart(self) -> None:
        """Forget what became of the request that was prepared."""
        self.stale = False
        self._sent = False
        self._opened = None
        self.socket = None
        self._head.clear()
        if self._body:
            self._drop_body()
        self._pieces = 0
        self._crowded_out = False

    def outcome(self, fault: tuple[int, str] | None) -> TransferOutcome:
        """Return what the request ended in.

        Args:
            fault: The number and the text of libcurl's error; `None` when it has none.
        """
        outcome = self._outcome(fault)
        self._drop_body()
        return outcome

    def _outcome(self, fault: tuple[int, str] | None) -> TransferOutcome:
        head = read_head(tuple(self._head))
        self.ends_connection = not self._keeps or head.closes
        if fault is not None and not self._only_unfinished(head, *fault):
            return self._failure(head, *fault)
        if not head.known:
            return self._failure(head, WEIRD_REPLY, "")
        if not head.ended:
            return LostError("the answer broke off in its head, before its body")
        try:
            body = decoded(bytes(self._body), head.headers)
        except ExchangeError as unreadable:
            return unreadable
        return WireResponse(self.curl.getinfo(pycurl.RESPONSE_CODE), head.headers, body)

    def forget_connection(self) -> None:
        """Note that the connection of the request is closed."""
        if self.socket is not None:
            self._sockets.forget(self.socket)

    def restart_alone(self) -> None:
        """Prepare the same request for a new connection."""
        self.restart()
        self._connect_alone(alone=True)

    def acknowledge(self) -> None:
        """Acknowledge at once what has arrived of an answer that is not complete."""
        if self._head and self.socket in self._sockets.watched:
            self._sockets.acknowledge(self.socket)

    def _set_shape(self, shape: _Shape) -> None:
        curl = self.curl
        (method, has_body), origin, headers = shape
        if origin.startswith("https:") and not self._trusts:
            self._trusts = True
            trust_as_python_does(curl)
        curl.setopt(pycurl.HTTPHEADER, header_lines(headers, has_body=has_body))
        curl.setopt(pycurl.URL, origin)
        # The method is a word for libcurl: with no body it sends what a GET sends, and says POST.
        curl.setopt(pycurl.HTTPGET, 1)
        if method == "HEAD":
            curl.setopt(pycurl.NOBODY, 1)  # or it would wait for a body that does not come
        curl.setopt(pycurl.CUSTOMREQUEST, method)

    def _only_unfinished(self, head: AnswerHead, number: int, text: str) -> bool:
        """Whether all that is wrong is that a TLS connection ended without a word after a body that shows its end."""
        if number != pycurl.E_RECV_ERROR or _NO_END not in text or not head.ended:
            return False
        return not (_SAYING_ITS_END & head.headers.keys()) and is_whole(bytes(self._body))

    def _failure(self, head: AnswerHead, number: int, text: str) -> ExchangeError:
        if self._pieces > _MOST_PIECES:
            return ExchangeError(f"the answer comes in more than {_MOST_PIECES} pieces")
        if self._crowded_out:
            return ExchangeError(
                f"the answers that arrive together are larger than {MOST_TOGETHER // 1024 // 1024} MiB"
            )
        length = head.headers.get("content-length")
        return failure(number, text, host=self.host, head=self._head, received=len(self._body), length=length)

    def _receive(self, piece: bytes) -> int | None:
        """Take a piece of the body, or break the answer off: each takes time, however small it is."""
        self._pieces += 1
        if self._pieces > _MOST_PIECES:
            return 0
        self._arriving.octets += len(piece)
        self._body += piece
        self._crowded_out = self._arriving.octets > MOST_TOGETHER and len(self._body) > MODEST
        return 0 if self._crowded_out else None

    def _drop_body(self) -> None:
        self._arriving.octets -= len(self._body)
        self._body.clear()

    def _opening(self, sock: int, _purpose: int) -> int:
        self._opened = sock
        self._sockets.forget(sock)  # an old one of the same number is closed
        return int(pycurl.SOCKOPT_OK)

    def _may_not_be_used(self, sock: int) -> bool:
        now = time.monotonic()
        return self._sockets.is_stale(sock, now) or not self._sockets.has_rested(sock, now, self.known.rest_s)

    def _connect_alone(self, *, alone: bool) -> None:
        if alone != self._alone:
            self._alone = alone
            self.curl.setopt(pycurl.FRESH_CONNECT, alone)

    def _before_sending(self, *addresses: object) -> int:
        """Stop a request that would be sent again, or on a connection that the server has closed since the last."""
        if self._opened is not None:
            self.socket = self._opened
            self._sockets.connected(addresses, self._opened)
        elif not self._sent:
            self.socket = self._sockets.socket_of(addresses)
            self.stale = self.socket is not None and self._may_not_be_used(self.socket)
        if self._sent or self.stale:
            return int(pycurl.PREREQFUNC_ABORT)
        self._sent = True
        return int(pycurl.PREREQFUNC_OK)
