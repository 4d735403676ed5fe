"""Many requests at once by libcurl, from one thread: what `conformance.transport.client` is on most machines.

libcurl would add headers, follow proxies of the environment, send a request again on another connection when the first
breaks, and read answers that are no HTTP. All that is turned off: what travels is what `HttpConnection` would send, and
a failure has the same words. As there, a connection that the server has closed is noticed before anything is sent on
it: libcurl itself looks only at those that were not used for a second.
"""

from __future__ import annotations

import selectors
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import pycurl

from conformance.core.exchange import WireResponse
from conformance.transport.client import Done
from conformance.transport.connection import MAX_BODY_BYTES, ClosedError, ExchangeError, is_stale

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.core.exchange import WireRequest

_STALL_S: Final = 0.1
_NEVER_MS: Final = 0x7FFFFFFF
_WEIRD_REPLY: Final = 8  # CURLE_WEIRD_SERVER_REPLY and CURLE_TOO_LARGE: libcurl has them, pycurl no names for them
_TOO_LARGE: Final = 100
_NO_TLS: Final = "no TLS connection to {host}: {text}"
_NO_HTTP: Final = "{host} did not answer in HTTP"
_FAULTS: Final = {
    pycurl.E_FILESIZE_EXCEEDED: f"the answer is larger than {MAX_BODY_BYTES // 1024 // 1024} MiB",
    pycurl.E_COULDNT_RESOLVE_HOST: "the name of {host} is not known",
    pycurl.E_COULDNT_CONNECT: "{host} refuses the connection",
    pycurl.E_UNSUPPORTED_PROTOCOL: _NO_HTTP,
    _WEIRD_REPLY: _NO_HTTP,
    _TOO_LARGE: _NO_HTTP,  # one line of the head without an end
    pycurl.E_SSL_CONNECT_ERROR: _NO_TLS,
    pycurl.E_PEER_FAILED_VERIFICATION: _NO_TLS,
    pycurl.E_SSL_CACERT_BADFILE: _NO_TLS,
    pycurl.E_SSL_ISSUER_ERROR: _NO_TLS,
    pycurl.E_SSL_CERTPROBLEM: _NO_TLS,
    pycurl.E_SSL_CIPHER: _NO_TLS,
}
_CUT_OFF: Final = frozenset(
    {
        pycurl.E_PARTIAL_FILE,
        pycurl.E_RECV_ERROR,
        pycurl.E_SEND_ERROR,
        pycurl.E_GOT_NOTHING,
        pycurl.E_ABORTED_BY_CALLBACK,  # it would have been sent again
    }
)
_KNOWN: Final = (b"HTTP/1.1 ", b"HTTP/1.0 ")
_EVENTS: Final = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}


class _Transfer:
    """One easy handle of libcurl, used for one request after another, and what it receives.

    Args:
        sockets: Where the socket of each connection is kept, by its two addresses.
        opening: Told of each new socket.
    """

    def __init__(self, sockets: dict[tuple[object, ...], int], opening: Callable[[int], None]) -> None:
        self.curl = curl = pycurl.Curl()
        self.head: list[bytes] = []
        self.body: list[bytes] = []
        self.token: Any = None
        self.host = ""
        self.timeout_s = 0.0
        self.started = 0.0
        self.deadline = 0.0
        self.stale = False
        self._sent = False
        self._sockets = sockets
        self._told = opening
        self._opened: list[int] = []
        self._shape: tuple[Any, ...] = ()
        self._trusting = False
        for option, value in _SETTINGS.items():
            curl.setopt(option, value)
        curl.setopt(pycurl.HEADERFUNCTION, self.head.append)
        curl.setopt(pycurl.WRITEFUNCTION, self.body.append)
        curl.setopt(pycurl.PREREQFUNCTION, self._before_sending)
        curl.setopt(pycurl.SOCKOPTFUNCTION, self._opening)

    def prepare(self, request: WireRequest) -> None:
        """Set what is to be sent; raises `ValueError` for what HTTP cannot say."""
        origin, host, target = _split(request.url)
        self.host = host
        self.restart()
        shape = (request.method, origin, request.headers, bool(request.body))
        if shape != self._shape:
            self._shape = ()
            if origin.startswith("https:") and not self._trusting:
                self._trusting = True
                for option, path in _certificates().items():
                    self.curl.setopt(option, path)
            # The method is a word for libcurl: with no body it sends what a GET sends, and says POST.
            self.curl.setopt(pycurl.HTTPHEADER, _header_lines(request.headers, has_body=bool(request.body)))
            self.curl.setopt(pycurl.URL, origin)
            self.curl.setopt(pycurl.HTTPGET, 1)
            self.curl.setopt(pycurl.CUSTOMREQUEST, request.method)
        if request.body:
            self.curl.setopt(pycurl.POSTFIELDS, request.body)
        self._shape = shape
        self.curl.setopt(pycurl.REQUEST_TARGET, target)

    def restart(self) -> None:
        """Forget what became of the last request."""
        self.stale = False
        self._sent = False
        self._opened.clear()
        self.head.clear()
        self.body.clear()

    def answer(self) -> WireResponse:
        """Return what was received."""
        headers: dict[str, str] = {}
        over = False
        for line in self.head:
            if line[:5] == b"HTTP/":
                headers.clear()  # what came before was an interim answer
                over = False
            elif line in (b"\r\n", b"\n"):
                over = True
            elif not over:  # what comes after is a trailer
                name, value = _header(line)
                headers[name] = value
        body = self.body
        return WireResponse(
            self.curl.getinfo(pycurl.RESPONSE_CODE), headers, body[0] if len(body) == 1 else b"".join(body)
        )

    def fault(self, number: int, text: str) -> ExchangeError:
        """Return what an error of libcurl means, in the words of `HttpConnection`."""
        if number in _CUT_OFF and not self.head:
            return ClosedError(f"{self.host} closed the connection without an answer")
        if number in _CUT_OFF:
            return ExchangeError(self._broke_off(sum(map(len, self.body))))
        template = _FAULTS.get(number, "{host}: {text}")
        if number == _TOO_LARGE and len(self.head) > 1:
            template = "{host} sends headers without an end"
        return ExchangeError(template.format(host=self.host, text=text))

    def _broke_off(self, size: int) -> str:
        if self.head[-1] not in (b"\r\n", b"\n"):
            return "the answer broke off in its head, before the body"
        length = self.answer().headers.get("content-length")
        of = f" of {length}" if length else ""
        return f"the answer broke off after {size}{of} bytes of body"

    def _opening(self, sock: int, _purpose: int) -> int:
        self._opened.append(sock)
        self._told(sock)  # an old one of the same number is closed
        return int(pycurl.SOCKOPT_OK)

    def _before_sending(self, *addresses: object) -> int:
        """Stop a request that would be sent again, or on a connection that the server has closed since the last."""
        if self._opened:
            self._sockets[addresses] = self._opened[-1]
        sock = None if self._opened or self._sent else self._sockets.get(addresses)
        self.stale = sock is not None and is_stale(sock)
        if self._sent or self.stale:
            return int(pycurl.PREREQFUNC_ABORT)
        self._sent = True
        return int(pycurl.PREREQFUNC_OK)


class CurlClient:
    """Keeps requests under way by libcurl's multi interface; see `conformance.transport.client.Client`."""

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._selector = selectors.DefaultSelector()
        self._sockets: dict[tuple[object, ...], int] = {}
        self._watched: dict[int, int] = {}
        self._resting: dict[int, int] = {}
        self._idle: list[_Transfer] = []
        self._under_way: dict[pycurl.Curl, _Transfer] = {}
        self._failed: list[Done] = []
        self._ready: list[tuple[selectors.SelectorKey, int]] = []
        self._due: float | None = None
        self._looked = time.monotonic()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    def start(self, request: WireRequest, timeout_s: float, token: Any) -> None:
        """Start a request; see `Client.start`."""
        transfer = self._idle.pop() if self._idle else _Transfer(self._sockets, self._forget)
        try:
            transfer.prepare(request)
        except ValueError as fault:
            self._idle.append(transfer)
            self._failed.append(Done(token, ExchangeError(f"{transfer.host}: {fault}"), 0.0))
            return
        transfer.token = token
        transfer.timeout_s = timeout_s
        transfer.started = time.perf_counter()
        transfer.deadline = time.monotonic() + timeout_s
        self._under_way[transfer.curl] = transfer
        self._multi.add_handle(transfer.curl)

    def flush(self) -> None:
        """Let libcurl do what is due, such as to begin what was started; see `Client.flush`."""
        if self._due is not None and self._due <= time.monotonic():
            self._due = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)

    def wait(self, seconds: float) -> None:
        """Wait until a socket is ready, a timer of libcurl or a deadline is due; see `Client.wait`."""
        if self._failed or self._ready:
            return
        now = time.monotonic()
        self._forgive(now)
        dues = [now + seconds]
        if self._due is not None:
            dues.append(self._due)
        if self._under_way:
            dues.append(next(iter(self._under_way.values())).deadline)
        self._ready = self._selector.select(max(min(dues) - now, 0))
        self._looked = time.monotonic()

    def process(self) -> list[Done]:
        """Let libcurl read and write, and return what has come to an end; see `Client.process`."""
        self._forgive(time.monotonic())
        ready, self._ready = self._ready or self._selector.select(0), []
        multi = self._multi
        for key, mask in ready:
            if key.fd in self._watched:
                multi.socket_action(key.fd, mask)  # selectors and libcurl number reading and writing alike
            else:
                self._forget(key.fd)
        self.flush()
        ended, self._failed = self._failed, []
        more = 1
        while more:
            more, succeeded, failed = multi.info_read()
            for curl in succeeded:
                ended.append(self._end(curl, None))
            for curl, number, text in failed:
                if self._under_way[curl].stale:  # nothing of the request was sent
                    multi.remove_handle(curl)
                    self._under_way[curl].restart()
                    multi.add_handle(curl)
                else:
                    ended.append(self._end(curl, (number, text)))
        self._expire(time.monotonic(), ended)
        return ended

    def close(self) -> None:
        """Close every connection; see `Client.close`."""
        for curl in self._under_way:
            self._multi.remove_handle(curl)
        for transfer in (*self._under_way.values(), *self._idle):
            transfer.curl.close()
        self._under_way.clear()
        self._idle.clear()
        self._multi.close()
        self._selector.close()

    def _end(self, curl: pycurl.Curl, fault: tuple[int, str] | None) -> Done:
        transfer = self._under_way.pop(curl)
        elapsed_ms = (time.perf_counter() - transfer.started) * 1000
        outcome: WireResponse | ExchangeError
        if fault is not None:
            outcome = transfer.fault(*fault)
        elif not transfer.head[0].startswith(_KNOWN):
            outcome = transfer.fault(_WEIRD_REPLY, "")
        else:
            outcome = transfer.answer()
        self._multi.remove_handle(curl)
        self._idle.append(transfer)
        return Done(transfer.token, outcome, elapsed_ms)

    def _forgive(self, now: float) -> None:
        """Leave the time in which nobody listened out of the deadlines: an answer may have come long ago."""
        missed = now - self._looked
        if missed > _STALL_S:
            for transfer in self._under_way.values():
                transfer.deadline += missed
        self._looked = now

    def _expire(self, now: float, ended: list[Done]) -> None:
        while self._under_way:
            # The first is the oldest, and all have the same time.
            curl, transfer = next(iter(self._under_way.items()))
            if transfer.deadline > now:
                return
            done = self._end(curl, (pycurl.E_OPERATION_TIMEDOUT, ""))
            ended.append(done._replace(outcome=ExchangeError(f"no complete answer within {transfer.timeout_s:g} s")))

    def _watch(self, what: int, sock: int, _multi: object, _data: object) -> None:
        """Watch a socket, or no longer. Between two requests it stays where it is: most are watched again at once."""
        if what == pycurl.POLL_REMOVE:
            mask = self._watched.pop(sock, None)
            if mask is not None:
                self._resting[sock] = mask
            return
        mask = _EVENTS[what]
        before = self._watched.get(sock) or self._resting.pop(sock, None)
        if before is None:
            self._selector.register(sock, mask)
        elif before != mask:
            self._selector.modify(sock, mask)
        self._watched[sock] = mask

    def _forget(self, sock: int) -> None:
        """Leave a socket alone that no request uses: it was closed, or the server says something unasked."""
        if self._resting.pop(sock, None) is not None:
            self._selector.unregister(sock)

    def _set_timer(self, milliseconds: int) -> None:
        self._due = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


_SETTINGS: Final = {
    pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
    pycurl.PROTOCOLS_STR if hasattr(pycurl, "PROTOCOLS_STR") else pycurl.PROTOCOLS: (
        "http,https" if hasattr(pycurl, "PROTOCOLS_STR") else pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
    ),
    pycurl.PATH_AS_IS: 1,
    pycurl.NOSIGNAL: 1,
    pycurl.PROXY: "",
    pycurl.NOPROXY: "*",
    pycurl.FOLLOWLOCATION: 0,
    pycurl.TCP_NODELAY: 1,
    pycurl.HTTP09_ALLOWED: 0,
    pycurl.MAXFILESIZE: MAX_BODY_BYTES,
    # Deadlines are kept here, over the whole exchange.
    pycurl.CONNECTTIMEOUT_MS: _NEVER_MS,
}


def _certificates() -> dict[int, str]:
    """Return where the authorities stand that the `ssl` module of Python trusts."""
    import ssl  # noqa: PLC0415 - a target without TLS does not pay for it

    paths = ssl.get_default_verify_paths()
    found = {pycurl.CAINFO: paths.cafile, pycurl.CAPATH: paths.capath}
    return {option: path for option, path in found.items() if path}


def _split(url: str) -> tuple[str, str, bytes]:
    """Return what libcurl connects to, the host for a person, and the target of the request line."""
    before, mark, query = url.partition("#")[0].partition("?")
    origin, host, path = _split_path(before)
    target = f"{path}{mark}{query}"
    if not target.isprintable() or " " in target:
        raise ValueError(f"URL can't contain control characters. {target!r}")
    return origin, host, target.encode("ascii")


@lru_cache(64)
def _split_path(url: str) -> tuple[str, str, str]:
    """Return of a URL without its query what libcurl connects to, the host, and the path: thousands share them."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    return f"{scheme}://{host}/", host, rest[len(host) :] or "/"


@lru_cache(256)
def _header_lines(headers: tuple[tuple[str, str], ...], *, has_body: bool) -> list[bytes]:
    """Return the headers for libcurl; those that it would add of its own accord are turned off or said."""
    if any(character in value for _, value in headers for character in "\r\n\0"):
        raise ValueError("a header with a line break")
    lines = [f"{name}: {value}" if value.strip() else f"{name};" for name, value in headers]
    given = {name.lower() for name, _ in headers}
    lines += [f"{name}:" for name in ("Accept", "User-Agent", "Expect", "Content-Type") if name.lower() not in given]
    if not has_body:
        lines.append("Content-Length: 0")
    return [line.encode("latin-1") for line in lines]


@lru_cache(1024)
def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("latin-1").partition(":")
    return name.strip().lower(), value.strip()
