"""What a server may send to break a client: by name, how what is done with each request is made."""

from __future__ import annotations

import gzip
import json
import threading
import zlib
from typing import TYPE_CHECKING, Any, Final

from misbehaviours import MISBEHAVIOURS, Misbehaviour, right
from servers import head, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers import Link

    Behaviour = Callable[[Link], bool | None]

ALMOST: Final = 4_100_000
"""Bytes of a body that is just not too large."""

_JSON_HEAD: Final = head(400, Content_Type="application/json")
_CHUNKED: Final = head(400, Content_Type="application/json", Transfer_Encoding="chunked")


def _same(data: bytes, *, stays: bool = True) -> Behaviour:
    def behave(link: Link) -> bool:
        link.send(data)
        return stays

    return behave


def _json(body: bytes, status: int = 400) -> Behaviour:
    return _same(whole(body, status))


def _xml(body: bytes, status: int = 400) -> Behaviour:
    return _same(whole(body, status, "text/xml"))


def _filled(unit: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """Return as many units as fit into the largest body that is taken, between two others."""
    return before + unit * ((ALMOST - len(before) - len(after)) // len(unit)) + after


def _numbered(template: str, before: str, after: str) -> bytes:
    """Return as many numbered units as fit into the largest body that is taken."""
    count = (ALMOST - len(before) - len(after)) // (len(template) + 5)
    return (before + "".join(template.format(number) for number in range(count)) + after).encode()


def _changed(status: int = 400, **changed: Any) -> Behaviour:
    """Send the right answer to a request with some fields changed."""

    def behave(link: Link) -> bool:
        link.send(whole(json.dumps(right(link, **changed)).encode(), status))
        return True

    return behave


def _spelled(addition: str, status: int = 400) -> Behaviour:
    """Send the right answer with text before its last brace that no encoder would write."""

    def behave(link: Link) -> bool:
        link.send(whole((json.dumps(right(link))[:-1] + addition + "}").encode("utf-8", "surrogatepass"), status))
        return True

    return behave


def _success(**fields: Any) -> Behaviour:
    return _changed(200, Code=..., Message=..., HostId=..., **{"Success": "true", "FlowLogId": "fl-1", **fields})


def _over_and_over(first: bytes, again: bytes, pause_s: float = 0.0) -> Behaviour:
    def behave(link: Link) -> None:
        link.send(first)
        while not link.stopping.wait(pause_s):
            link.send(again)

    return behave


def _then(pause_s: float, *, more: bytes | None = None) -> Behaviour:
    """Answer, and some time later send something that nobody asked for: another answer, unless `more` is given."""

    def behave(link: Link) -> bool:
        link.send(whole(json.dumps(right(link)).encode(), 400))
        unasked = whole(json.dumps(right(link, Code="Unasked")).encode(), 400) if more is None else more
        if not pause_s:
            link.send(unasked)
            return True

        def later() -> None:
            if not link.stopping.wait(pause_s):
                try:
                    link.send(unasked)
                except OSError:
                    return  # the client has closed the connection, as it should

        threading.Thread(target=later, daemon=True).start()
        return True

    return behave


def _in_one_write() -> Behaviour:
    def behave(link: Link) -> bool:
        answer = whole(json.dumps(right(link)).encode(), 400)
        link.send(answer + whole(json.dumps(right(link, Code="Unasked")).encode(), 400))
        return True

    return behave


def _nested(opening: str, closing: str, depth: int, inner: str = "1") -> str:
    return opening * depth + inner + closing * depth


def _coded(body: bytes, coding: str) -> Behaviour:
    return _same(whole(body, 400, Content_Encoding=coding))


def _slow() -> Behaviour:
    def behave(link: Link) -> None:
        link.send(head(400, 1_000_000, Content_Type="application/json"))
        link.drip(b"[" * 1_000_000)

    return behave


_TEXT: Final = _filled(b"x")[:ALMOST].decode()
_ECHO: Final = "Signature=AccessKeySecret%3D&\\u0041" * 100_000

_OWN: Final[dict[str, Callable[[], Behaviour]]] = {
    # Many small things in a body that is not too large.
    "JSON of empty lists": lambda: _json(_filled(b"[],", b'{"Code":[', b"1]}")),
    "JSON of empty objects": lambda: _json(_filled(b"{},", b'{"Code":[', b"1]}")),
    "JSON of small objects": lambda: _json(_filled(b'{"a":1},', b'{"Code":[', b"1]}")),
    "JSON of numbers": lambda: _json(_filled(b"1.5,", b'{"Code":[', b"1]}")),
    "JSON of empty texts": lambda: _json(_filled(b'"",', b'{"Code":[', b'""]}')),
    "JSON of many names": lambda: _json(_numbered('"n{:05d}":"",', "{", '"Code":"MissingParameter"}')),
    "JSON of escapes": lambda: _json(_filled(b"\\u0000", b'{"Code":"', b'"}')),
    "JSON of backslashes": lambda: _json(_filled(b"\\\\", b'{"Code":"A' + b"a" * 2000, b'"}')),
    "JSON of wide characters": lambda: _json(_filled("\U0001f600".encode(), b'{"Code":"', b'"}')),
    "JSON of blanks": lambda: _json(_filled(b" ", b"{", b"}")),
    "JSON of words": lambda: _json(_filled(b"a ", b"", b"")),
    "JSON nested 49 deep, often": lambda: _json(_filled((_nested("[", "]", 45) + ",").encode(), b'{"Code":[', b"1]}")),
    "JSON nested 990 deep": lambda: _json(('{"Code":' + _nested("[", "]", 990) + "}").encode()),
    "JSON nested two million deep": lambda: _json(_filled(b"[")),
    "JSON objects nested deep": lambda: _json(_filled(b'{"a":')),
    "XML of empty elements": lambda: _xml(_filled(b"<a/>", b"<Error>", b"</Error>")),
    "XML of different elements": lambda: _xml(_numbered("<a{:05d}/>", "<Error>", "</Error>")),
    "XML of attributes": lambda: _xml(_numbered(' a{:05d}=""', "<Error", "></Error>")),
    "XML of elements with attributes": lambda: _xml(_filled(b'<a b="" c="" d=""/>', b"<Error>", b"</Error>")),
    "XML of one long name": lambda: _xml(_filled(b"a", b"<Error><", b"/></Error>")),
    "XML of comments": lambda: _xml(_filled(b"<!---->", b"<Error>", b"</Error>")),
    "XML of instructions": lambda: _xml(_filled(b"<?a?>", b"<Error>", b"</Error>")),
    "XML of entities": lambda: _xml(_filled(b"&lt;", b"<Error><Code>", b"</Code></Error>")),
    "XML of marked sections": lambda: _xml(_filled(b"<![CDATA[]]>", b"<Error><Code>", b"</Code></Error>")),
    "XML nested very deep": lambda: _xml(_filled(b"<a>")),
    "XML of name spaces": lambda: _xml(_numbered('<a xmlns:n{0:05d}="u"/>', "<Error>", "</Error>")),
    "XML that claims another encoding": lambda: _xml(
        b'<?xml version="1.0" encoding="utf-16"?><Error><Code>x</Code></Error>'
    ),
    # One large text.
    "Code of 4 MB": lambda: _json(_filled(b"x", b'{"Code":"', b'"}')),
    "Message of 4 MB": lambda: _changed(Message=_TEXT),
    "RequestId of 4 MB": lambda: _changed(RequestId=_TEXT),
    "a name of 4 MB": lambda: _changed(400, **{_TEXT: "x"}),
    "Message that looks like secrets": lambda: _changed(Message=_ECHO),
    "Message of percent signs": lambda: _changed(Message="%25" * 1_300_000),
    "Message of base64": lambda: _changed(Message="QUFB" * 1_000_000),
    "Message of hex": lambda: _changed(Message="41" * 2_000_000),
    "Message of HTML escapes": lambda: _changed(Message="&#65;" * 800_000),
    "Message of backslashes": lambda: _changed(Message="a" * 1000 + "\\" * 1_900_000),
    "FlowLogId of 4 MB": lambda: _success(FlowLogId=_TEXT),
    "plain text of 4 MB": lambda: _same(whole(_TEXT.encode(), 400, "text/plain")),
    "HTML of 4 MB": lambda: _same(whole(b"<html>" + _TEXT.encode(), 200, "text/html")),
    "an answer to throttle of 4 MB": lambda: _changed(503, Code="ServiceUnavailable", Message=_TEXT),
    "redirect to a long place": lambda: _same(head(302, 0, Location="/" + "x" * 90_000)),
    # Wrong types.
    "Code is an object with a name": lambda: _changed(Code={"Code": "MissingParameter"}),
    "Code is a list of lists": lambda: _changed(Code=[[["MissingParameter"]]]),
    "Code is a huge integer": lambda: _spelled(f', "Code2": {"9" * 4299}'),
    "Code is a huge number": lambda: _spelled(', "Big": 1e400, "Small": -1e-400'),
    "every field is a list": lambda: _changed(Code=[], Message=[], RequestId=[], HostId=[]),
    "every field is an object": lambda: _changed(Code={}, Message={}, RequestId={}, HostId={}),
    "every field is a number": lambda: _changed(Code=1e308, Message=-0.0, RequestId=2**70, HostId=True),
    "ids as lists": lambda: _success(FlowLogId=["fl-1"], RequestId=["x"]),
    "ids as objects": lambda: _success(FlowLogId={"Id": "fl-1"}, RequestId={"x": "y"}),
    "id as a number": lambda: _success(FlowLogId=7),
    "id is null": lambda: _success(FlowLogId=None),
    "id is a generator": lambda: _success(FlowLogId={"times": "abc"}),
    "id repeats a text": lambda: _success(FlowLogId={"repeat": "x" * 1000, "times": 3_000_000}),
    "id repeats an item": lambda: _success(FlowLogId={"item": "${index}", "times": 100_000_000}),
    "id is a reference": lambda: _success(FlowLogId="${target.ResourceId}${index}${steps.create.FlowLogId}"),
    "a list where an object belongs": lambda: _success(FlowLogs=[1, 2, [3]], TotalCount={"a": 1}),
    "an object where a list belongs": lambda: _success(FlowLogs={"FlowLog": {"FlowLogId": {"x": 1}}}, TotalCount="NaN"),
    "a body of many ids": lambda: _success(FlowLogs={"FlowLog": [{"FlowLogId": str(n)} for n in range(50_000)]}),
    "throttled with an object": lambda: _changed(503, Code={"Throttling": "User"}),
    "throttled for ever": lambda: _changed(429, Code="Throttling.User"),
    "to be tried again in a year": lambda: _same(
        whole(b'{"Code":"Throttling","RequestId":"1","Message":"m"}', 429, Retry_After="31536000")
    ),
    "to be tried again at a huge number": lambda: _same(whole(b"{}", 503, Retry_After="9" * 5000)),
    # Bytes that are no text, or hardly.
    "NUL in a text": lambda: _changed(Code="Missing\x00Parameter"),
    "NUL outside": lambda: _same(whole(b'{"Code": "x"}\x00', 400)),
    "nothing but NUL": lambda: _json(bytes(1000)),
    "a byte order mark": lambda: _same(whole(b"\xef\xbb\xbf" + json.dumps({"Code": "x"}).encode(), 400)),
    "UTF-16": lambda: _same(whole('{"Code": "MissingParameter"}'.encode("utf-16"), 400)),
    "UTF-32": lambda: _same(whole('{"Code": "MissingParameter"}'.encode("utf-32"), 400)),
    "encoded surrogates": lambda: _same(whole(b'{"Code": "\xed\xa0\x80"}', 400)),
    "overlong UTF-8": lambda: _same(whole(b'{"Code": "\xc0\x80"}', 400)),
    "a lone surrogate as a name": lambda: _spelled(', "\\ud800": 1'),
    "escapes for a terminal": lambda: _changed(Code="\x1b]0;owned\x07\x1b[2J", Message="\u202e\u2066\x9b31m"),
    "one name twice inside": lambda: _spelled(', "X": {"a": 1, "a": 2}'),
    # Heads.
    "300 headers": lambda: _same(head(400, 2, **{f"X-{n}": "y" * 900 for n in range(300)}) + b"{}"),
    "a million small headers": lambda: _over_and_over(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 10_000),
    "a header of 90 KB": lambda: _same(head(400, 2, X="y" * 90_000) + b"{}"),
    "a header without end": lambda: _over_and_over(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65536),
    "headers of bytes": lambda: _same(b"HTTP/1.1 400 \xff\xfe\r\nX\xff: \x80\x01\r\nContent-Length: 2\r\n\r\n{}"),
    "a header without a name": lambda: _same(b"HTTP/1.1 400 OK\r\n: x\r\n:\r\nno colon\r\nContent-Length: 2\r\n\r\n{}"),
    "folded headers": lambda: _same(b"HTTP/1.1 400 OK\r\nX: a\r\n b\r\n\tc\r\nContent-Length: 2\r\n\r\n{}"),
    "interim answers without end": lambda: _over_and_over(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "early hints without end": lambda: _over_and_over(b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 1000),
    "switches protocols": lambda: _same(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" * 5
    ),
    "status 99999999999": lambda: _same(b"HTTP/1.1 99999999999 X\r\nContent-Length: 2\r\n\r\n{}"),
    "status 000": lambda: _same(b"HTTP/1.1 000 X\r\nContent-Length: 2\r\n\r\n{}"),
    "status 999": lambda: _same(b"HTTP/1.1 999 X\r\nContent-Length: 2\r\n\r\n{}"),
    "HTTP/2 in the clear": lambda: _same(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(100)),
    "a TLS record": lambda: _same(b"\x15\x03\x01\x00\x02\x02\x28", stays=False),
    # Lengths.
    "Content-Length too small": lambda: _same(head(400, 5, Content_Type="application/json") + b'{"Code":"x"}'),
    "Content-Length too large": lambda: _same(head(400, 500, Content_Type="application/json") + b'{"Code":"x"}'),
    "Content-Length of 2^63": lambda: _same(head(400, 2**63, Content_Type="application/json") + b"{}"),
    "Content-Length of 2^64": lambda: _same(head(400, 2**64 + 2, Content_Type="application/json") + b"{}"),
    "Content-Length below zero": lambda: _same(head(400, -1, Content_Type="application/json") + b"{}"),
    "Content-Length is no number": lambda: _same(b"HTTP/1.1 400 X\r\nContent-Length: abc\r\n\r\n{}"),
    "two lengths": lambda: _same(b"HTTP/1.1 400 X\r\nContent-Length: 2\r\nContent-Length: 50\r\n\r\n{}"),
    "length and chunks": lambda: _same(
        b"HTTP/1.1 400 X\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
    "chunk of 2^63": lambda: _same(_CHUNKED + b"8000000000000000\r\n{}\r\n"),
    "chunk of 2^64": lambda: _same(_CHUNKED + b"10000000000000002\r\n{}\r\n0\r\n\r\n"),
    "chunk below zero": lambda: _same(_CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n"),
    "chunks of one byte without end": lambda: _over_and_over(_CHUNKED, b"1\r\n \r\n" * 10_000),
    "empty chunks of a long size line": lambda: _over_and_over(_CHUNKED + b"1;", b"a=b;" * 10_000),
    "chunks with trailers without end": lambda: _over_and_over(_CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n" * 1000),
    "body without end": lambda: _over_and_over(_JSON_HEAD, b"[" * 65536),
    "body by drops": _slow,
    "an answer to a HEAD": lambda: _same(head(400, 1000), stays=False),
    # Codings.
    "gzip bomb of blanks": lambda: _coded(gzip.compress(b" " * 50_000_000), "gzip"),
    "gzip of just enough": lambda: _coded(gzip.compress(_filled(b"{},", b'{"Code":[', b"1]}")), "gzip"),
    "gzip within gzip": lambda: _coded(gzip.compress(gzip.compress(b" " * 200_000_000)), "gzip, gzip"),
    "gzip of many members": lambda: _coded(gzip.compress(b"") * 150_000, "gzip"),
    "deflate bomb": lambda: _coded(zlib.compress(b" " * 50_000_000), "deflate"),
    "a hundred codings": lambda: _coded(b"{}", ", ".join(["gzip"] * 100)),
    "a coding of 50 KB": lambda: _coded(b"{}", "x" * 50_000),
    # Bytes that nobody asked for.
    "a second answer in one write": _in_one_write,
    "a second answer at once": lambda: _then(0),
    "a second answer after 4 ms": lambda: _then(0.004),
    "a second answer after 20 ms": lambda: _then(0.02),
    "a byte after 4 ms": lambda: _then(0.004, more=b"\n"),
    "bytes after 4 ms": lambda: _then(0.004, more=bytes(100)),
    "a request after 4 ms": lambda: _then(0.004, more=b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    "an interim answer after 4 ms": lambda: _then(0.004, more=b"HTTP/1.1 100 Continue\r\n\r\n"),
}


def _made(way: Misbehaviour) -> Callable[[], Behaviour]:
    return lambda: way.behave


HOSTILE: Final[dict[str, Callable[[], Behaviour]]] = {
    **_OWN,
    **{f"misbehaves: {name}": _made(way) for name, way in MISBEHAVIOURS.items()},
}
"""How each behaviour is made, when it is needed: some have bodies of four megabytes."""
