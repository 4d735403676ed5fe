"""The ways to misbehave, by name, each with what the harness has to make of it."""

from __future__ import annotations

import gzip
import json
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from servers import DRIP_S, Link, head, whole

if TYPE_CHECKING:
    from collections.abc import Callable

RIGHT = {
    "RequestId": "54B48E3D-DF70-471B-AA93-08E683A1B45{}",
    "HostId": "127.0.0.1",
    "Code": "MissingParameter",
    "Message": "Missing mandatory parameter",
}
"""The right answer to a request that lacks a mandatory parameter."""


@dataclass(frozen=True)
class Misbehaviour:
    """One way to misbehave.

    Attributes:
        behave: What the server does with a request.
        verdict: What a case that meets it comes to.
        says: A part of the reason (of an `error`), or the place of a mismatch.
        observes: A part of what a mismatch observes.
    """

    behave: Callable[[Link], bool | None]
    verdict: str
    says: str
    observes: str = ""


def right(link: Link, **changed: Any) -> dict[str, Any]:
    """Return the right answer with a RequestId of its own, and some fields changed."""
    count = link.memory["count"] = link.memory.get("count", 0) + 1
    body = {**RIGHT, "RequestId": RIGHT["RequestId"].format(count), **changed}
    return {name: value for name, value in body.items() if value is not ...}


def _raw(data: bytes) -> Callable[[Link], None]:
    return lambda link: link.send(data)


def _body(body: bytes, status: int = 200, content_type: str = "application/json") -> Callable[[Link], bool]:
    def behave(link: Link) -> bool:
        link.send(whole(body, status, content_type))
        return True

    return behave


def _right(content_type: str = "application/json", status: int = 400, **changed: Any) -> Callable[[Link], bool]:
    def behave(link: Link) -> bool:
        link.send(whole(json.dumps(right(link, **changed)).encode(), status, content_type))
        return True

    return behave


def _text(template: str, status: int = 400) -> Callable[[Link], bool]:
    """Send the right answer with its last brace replaced by `template`."""

    def behave(link: Link) -> bool:
        link.send(whole((json.dumps(right(link))[:-1] + template).encode(), status))
        return True

    return behave


def _xml(link: Link) -> bool:
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in right(link).items())
    link.send(whole(f"<Error>{fields}</Error>".encode(), 400, "text/xml"))
    return True


def _nested(depth: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(depth - 1):
        inner = [inner]
    return inner


def _hang(link: Link) -> None:
    link.stopping.wait()


def _drip(link: Link) -> None:
    link.send(head(200, Content_Type="application/json", Content_Length="100000"))
    link.drip(b" " * 100000)


def _drip_head(link: Link) -> None:
    link.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100000)


def _endless(first: bytes, again: bytes) -> Callable[[Link], None]:
    def behave(link: Link) -> None:
        link.send(first)
        while not link.stopping.is_set():
            link.send(again)

    return behave


def _slow_endless(first: bytes, again: bytes) -> Callable[[Link], None]:
    def behave(link: Link) -> None:
        link.send(first)
        while not link.stopping.wait(DRIP_S / 10):
            link.send(again)

    return behave


def _reset(link: Link) -> None:
    link.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _coded(coding: str, code: Callable[[bytes], bytes]) -> Callable[[Link], bool]:
    def behave(link: Link) -> bool:
        link.send(whole(code(json.dumps(right(link)).encode()), 400, Content_Encoding=coding))
        return True

    return behave


_CHUNKED = head(400, Content_Type="application/json", Transfer_Encoding="chunked")
_HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><Error><Code>&j;</Code></Error>"
)
_GZIP_BOMB = gzip.compress(b" " * 20_000_000)
_OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><Error><Code>&x;</Code></Error>'

MISBEHAVIOURS: dict[str, Misbehaviour] = {
    # The network.
    "never answers": Misbehaviour(_hang, "error", "no answer within"),
    "drips the body": Misbehaviour(_drip, "error", "no complete answer within"),
    "drips the head": Misbehaviour(_drip_head, "error", "no answer within"),
    "endless body": Misbehaviour(_endless(head(), b"x" * 65536), "error", "larger than 4 MiB"),
    "endless slow body": Misbehaviour(_slow_endless(head(), b"x"), "error", "no complete answer within"),
    "endless headers": Misbehaviour(_endless(b"HTTP/1.1 200 OK\r\n", b"X-More: of this\r\n" * 50), "error", "headers"),
    "endless header line": Misbehaviour(
        _endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 4096), "error", "not answer in HTTP"
    ),
    "endless interim answers": Misbehaviour(
        _slow_endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "error", "no complete answer within"
    ),
    "closes at once": Misbehaviour(_raw(b""), "error", "closed the connection without an answer"),
    "resets at once": Misbehaviour(_reset, "error", "closed the connection without an answer"),
    "half a head": Misbehaviour(_raw(b"HTTP/1.1 200 OK\r\nContent-Le"), "error", "broke off in its head"),
    "half a body": Misbehaviour(_raw(head(200, 500) + b'{"Code": '), "error", "broke off after 9 of 500 bytes"),
    "half a chunk": Misbehaviour(_raw(_CHUNKED + b"40\r\n" + b"{" * 10), "error", "broke off after 10"),
    "no last chunk": Misbehaviour(_raw(_CHUNKED + b"2\r\n{}\r\n"), "error", "broke off after 2"),
    "wrong chunk size": Misbehaviour(_raw(_CHUNKED + b"2\r\n{}\r\nzz\r\n{}"), "error", "broke off after 2"),
    "10 MB body": Misbehaviour(_body(b'"' + b"x" * 10_000_000 + b'"'), "error", "larger than 4 MiB"),
    # Not the protocol.
    "binary garbage": Misbehaviour(_raw(bytes(range(256)) * 4 + b"\r\n\r\n"), "error", "did not answer in HTTP"),
    "another protocol": Misbehaviour(_raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "error", "did not answer in HTTP"),
    "HTTP version 3": Misbehaviour(_raw(b"HTTP/3.0 200 OK\r\n\r\n"), "error", "did not answer in HTTP"),
    "status that is no number": Misbehaviour(_raw(b"HTTP/1.1 OK 200\r\n\r\n"), "error", "did not answer in HTTP"),
    "redirect": Misbehaviour(
        _raw(head(302, 0, Location="http://127.0.0.1:1/elsewhere")),
        "error",
        "a redirect to http://127.0.0.1:1/elsewhere",
    ),
    # Not an answer of the API.
    "HTML with 200": Misbehaviour(
        _body(_HTML, 200, "text/html"), "mismatch", "response.body", "an HTML page with status 200"
    ),
    "HTML with 502": Misbehaviour(_body(_HTML, 502, "text/html"), "error", "an HTML page with status 502"),
    "HTML with 503": Misbehaviour(_body(_HTML, 503, "text/html"), "error", "an HTML page with status 503"),
    "text with 504": Misbehaviour(_body(b"upstream timed out", 504, "text/plain"), "error", "neither JSON nor XML"),
    "nothing with 503": Misbehaviour(_body(b"", 503), "error", "an empty body with status 503"),
    "HTML with 500": Misbehaviour(
        _body(_HTML, 500, "text/html"), "mismatch", "response.body", "an HTML page with status 500"
    ),
    "HTML with 403": Misbehaviour(_body(_HTML, 403, "text/html"), "error", "an HTML page with status 403"),
    "HTML with 414": Misbehaviour(
        _body(_HTML, 414, "text/html"),
        "error",
        "characters is too long for the server, or for a proxy before it",
        "an HTML page with status 414",
    ),
    "text with 431": Misbehaviour(_body(b"Too large", 431, "text/plain"), "error", "neither JSON nor XML"),
    "HTML called JSON": Misbehaviour(_body(_HTML, 502), "error", "an HTML page with status 502"),
    "empty body": Misbehaviour(_body(b""), "mismatch", "response.body", "an empty body with status 200"),
    "blank body": Misbehaviour(_body(b" \r\n"), "mismatch", "response.body", "an empty body with status 200"),
    "no content": Misbehaviour(
        _raw(b"HTTP/1.1 204 No Content\r\n\r\n"), "mismatch", "response.body", "an empty body with status 204"
    ),
    "plain text": Misbehaviour(
        _body(b"Missing mandatory parameter", 400), "mismatch", "response.body", "neither JSON nor XML"
    ),
    "JSON list": Misbehaviour(
        _body(b'[{"Code": "MissingParameter"}]', 400), "mismatch", "response.body", "JSON that is no object"
    ),
    "JSON null": Misbehaviour(_body(b"null", 400), "mismatch", "response.body", "JSON that is no object"),
    "JSON cut short": Misbehaviour(
        _body(b'{"Code": "MissingParameter"', 400), "mismatch", "response.body", "JSON that breaks off"
    ),
    "two JSON objects": Misbehaviour(_text("}{}"), "mismatch", "response.body", "neither JSON nor XML"),
    "NaN": Misbehaviour(_text(', "X": NaN}'), "mismatch", "response.body", "neither JSON nor XML"),
    "Infinity": Misbehaviour(_text(', "X": -Infinity}'), "mismatch", "response.body", "neither JSON nor XML"),
    "number with too many digits": Misbehaviour(
        _text(f', "X": {"9" * 10000}}}'), "mismatch", "response.body", "neither JSON nor XML"
    ),
    "a name twice": Misbehaviour(_text(', "Code": "MissingParameter"}'), "mismatch", "response.body", "'Code' twice"),
    "deep JSON": Misbehaviour(_body(b"[" * 100_000, 400), "mismatch", "response.body", "neither JSON nor XML"),
    "deep JSON object": Misbehaviour(
        _body(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400), "mismatch", "response.body", "neither JSON nor XML"
    ),
    "XML bomb": Misbehaviour(_body(_BOMB, 400, "text/xml"), "mismatch", "response.body", "XML that does not parse"),
    "XML with a file": Misbehaviour(
        _body(_OUTSIDE, 400, "text/xml"), "mismatch", "response.body", "XML that does not parse"
    ),
    "broken XML": Misbehaviour(
        _body(b"<Error><Code>x</Error>", 400, "text/xml"), "mismatch", "response.body", "XML that does not parse"
    ),
    "deep XML": Misbehaviour(
        _body(b"<a>" * 100_000 + b"</a>" * 100_000, 400, "text/xml"), "mismatch", "response.body", "XML"
    ),
    "invalid UTF-8": Misbehaviour(_body(b'{"Code": "\xff\xfe"}', 400), "mismatch", "response.body", "not UTF-8"),
    "gzip that is none": Misbehaviour(_coded("gzip", bytes), "error", "'gzip', and its body is not gzip"),
    "half a gzip": Misbehaviour(
        _coded("gzip", lambda body: gzip.compress(body)[:-9]), "error", "'gzip', and its body is not gzip"
    ),
    "gzip bomb": Misbehaviour(_coded("gzip", lambda _: _GZIP_BOMB), "error", "larger than 4 MiB"),
    "unknown coding": Misbehaviour(_coded("br", bytes), "error", "the content coding 'br', which cannot be read"),
    "lone surrogate": Misbehaviour(_right(Message="\ud800"), "mismatch", "response.body", "half a surrogate pair"),
    "lone surrogate in a name": Misbehaviour(
        _text(r', "\udfff": 1}'), "mismatch", "response.body", "half a surrogate pair"
    ),
    "lone surrogate in RequestId": Misbehaviour(
        _right(RequestId="\ud800"), "mismatch", "response.body", "half a surrogate pair"
    ),
    "lone surrogate deep inside": Misbehaviour(
        _right(More=[{"A": ["\udc00"]}]), "mismatch", "response.body", "half a surrogate pair"
    ),
    "Message is nested 60 deep": Misbehaviour(
        _right(Message=_nested(60)), "mismatch", "response.body", "nested more than 50 deep"
    ),
    "Message is nested 900 deep": Misbehaviour(
        _right(Message=_nested(900)), "mismatch", "response.body", "nested more than 50 deep"
    ),
    "XML nested 300 deep": Misbehaviour(
        _body(b"<a>" * 300 + b"</a>" * 300, 400, "text/xml"), "mismatch", "response.body", "nested more than 50 deep"
    ),
    "terminal escapes in a page": Misbehaviour(
        _body(b"<html>\x1b]0;owned\x07\xc2\x9b31m"), "mismatch", "response.body", "an HTML page"
    ),
    # An answer of the API, and a wrong one: everything but one thing is right.
    "XML where JSON was asked": Misbehaviour(_xml, "mismatch", "response.format"),
    "control characters": Misbehaviour(
        _right(Message="\x00\x1b[31m\x9b31m\u2028\x85\ufffe"), "mismatch", "response.body.Message"
    ),
    "Code is a number": Misbehaviour(_right(Code=400), "mismatch", "response.body.Code"),
    "Code is an object": Misbehaviour(_right(Code={"Value": "MissingParameter"}), "mismatch", "response.body.Code"),
    "Code is a list": Misbehaviour(_right(Code=["MissingParameter"]), "mismatch", "response.body.Code"),
    "Code is null": Misbehaviour(_right(Code=None), "mismatch", "response.body.Code"),
    "Code is false": Misbehaviour(_right(Code=False), "mismatch", "response.body.Code"),
    "Code is empty": Misbehaviour(_right(Code=""), "mismatch", "response.body.Code"),
    "Code is missing": Misbehaviour(_right(Code=...), "mismatch", "response.body.Code"),
    "Message is a list": Misbehaviour(_right(Message=[RIGHT["Message"]]), "mismatch", "response.body.Message"),
    "RequestId is missing": Misbehaviour(_right(RequestId=...), "mismatch", "response.body.RequestId"),
    "RequestId is a number": Misbehaviour(_right(RequestId=7), "mismatch", "response.body.RequestId"),
    "RequestId is empty": Misbehaviour(_right(RequestId=""), "mismatch", "response.body.RequestId"),
    "error with status 200": Misbehaviour(_right(status=200), "mismatch", "response.status"),
    "Content-Type is missing": Misbehaviour(_right(content_type=""), "mismatch", "response.headers.Content-Type"),
    "Content-Type is wrong": Misbehaviour(_right("text/plain"), "mismatch", "response.headers.Content-Type"),
}
