"""Answers in a coding that was not asked for are read within the limit of an answer, or are an error that names it."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest
from servers import Link, Server, head, whole

from conformance.core.exchange import NO_CODING, WireRequest, WireResponse
from conformance.transport.blocking import BlockingClient
from conformance.transport.content_codings import decoded
from conformance.transport.outcome import MAX_BODY_BYTES, ExchangeError

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = json.dumps({"RequestId": "1", "Message": "流" * 5000}).encode()


def raw_deflate(data: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return coder.compress(data) + coder.flush()


def answer_of(sent: bytes, method: str = "GET") -> WireResponse:
    def behave(link: Link) -> bool:
        link.send(sent)
        return True

    with Server(behave) as server, closing(BlockingClient()) as client:
        return client.send(WireRequest(method, f"{server.endpoint}/", (NO_CODING,)), 20)


@pytest.mark.parametrize(
    ("codings", "body"),
    [
        (["gzip"], gzip.compress(BODY)),
        (["GZip"], gzip.compress(BODY)),
        (["x-gzip"], gzip.compress(BODY)),
        (["gzip"], gzip.compress(BODY[:500]) + gzip.compress(BODY[500:])),
        (["gzip"], gzip.compress(BODY) + b"\0" * 100),
        (["deflate"], zlib.compress(BODY)),
        (["deflate"], raw_deflate(BODY)),
        (["deflate, gzip"], gzip.compress(zlib.compress(BODY))),
        (["deflate", "gzip"], gzip.compress(zlib.compress(BODY))),
        ([" gzip ,, identity,"], gzip.compress(BODY)),
        (["identity"], BODY),
        ([""], BODY),
    ],
    ids=lambda value: str(value) if isinstance(value, list) else str(len(value)),
)
@pytest.mark.parametrize("name", ["Content-Encoding", "content-encoding", "CONTENT-ENCODING"])
def test_a_coding_is_undone_and_the_headers_show_it(name: str, codings: list[str], body: bytes) -> None:
    lines = "".join(f"{name}: {coding}\r\n" for coding in codings).encode()
    answer = answer_of(b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert answer.body == BODY
    assert answer.headers["content-encoding"] == ", ".join(coding.strip() for coding in codings)
    assert answer.headers["content-length"] == str(len(body))


def test_a_coding_of_the_transfer_is_an_error_that_names_it() -> None:
    with pytest.raises(ExchangeError, match=r"Unsolicited Transfer-Encoding \(gzip\)"):
        answer_of(head(200, Transfer_Encoding="gzip, chunked") + b"0\r\n\r\n")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize(("method", "length"), [("HEAD", 7), ("GET", 0)])
def test_an_empty_body_has_no_coding(coding: str, method: str, length: int) -> None:
    assert answer_of(head(200, length, Content_Encoding=coding), method).body == b""


@pytest.mark.parametrize(
    ("coding", "body", "says"),
    [
        ("gzip", BODY, "has the content coding 'gzip', and its body is not gzip"),
        ("gzip", gzip.compress(BODY)[:-9], "'gzip', and its body is not gzip"),
        ("gzip", gzip.compress(BODY)[:5], "'gzip', and its body is not gzip"),
        ("gzip", gzip.compress(BODY) + b"more", "'gzip', and its body is not gzip"),
        ("gzip", gzip.compress(BODY)[:-8] + b"\1" * 8, "'gzip', and its body is not gzip"),
        ("deflate", BODY, "'deflate', and its body is not deflate"),
        ("deflate", zlib.compress(BODY)[:-9], "'deflate', and its body is not deflate"),
        ("deflate, gzip", gzip.compress(BODY), "'deflate', and its body is not deflate"),
        ("br", b"\x0b\x02\x80{}\x03", "has the content coding 'br', which cannot be read; none was asked for"),
        ("zstd", BODY, "has the content coding 'zstd', which cannot be read"),
        ("gzip, br", BODY, "has the content coding 'br', which cannot be read"),
        ("x" * 9000, BODY, "has a content coding of a long name, which cannot be read"),
        (", ".join(["gzip"] * 6), BODY, "has 6 content codings, which are more than 5"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else str(len(value)),
)
def test_what_cannot_be_read_is_an_error_that_names_the_coding(coding: str, body: bytes, says: str) -> None:
    with pytest.raises(ExchangeError) as fault:
        answer_of(whole(body, Content_Encoding=coding))
    assert says in str(fault.value)


def test_a_decoded_body_has_the_limit_of_an_answer() -> None:
    for size in (MAX_BODY_BYTES, MAX_BODY_BYTES + 1):
        body, headers = gzip.compress(b" " * size), {"content-encoding": "gzip"}
        if size == MAX_BODY_BYTES:
            assert len(decoded(body, headers)) == size
        else:
            with pytest.raises(ExchangeError, match="larger than 4 MiB"):
                decoded(body, headers)


_LARGE = 50_000_000
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", lambda: gzip.compress(b" " * _LARGE)),
    "deflate": ("deflate", lambda: zlib.compress(b" " * _LARGE)),
    "raw deflate": ("deflate", lambda: raw_deflate(b" " * _LARGE)),
    "twice": ("gzip, gzip", lambda: gzip.compress(gzip.compress(b" " * _LARGE))),
    "many parts": ("gzip", lambda: gzip.compress(b"") * 200_000),
    "padding": ("gzip", lambda: gzip.compress(b"") + b"\0" * 4_000_000),
}
"""Made when they are needed: their length depends on the moment."""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_neither_memory_nor_time(name: str) -> None:
    coding, make = BOMBS[name]
    body = make()
    tracemalloc.start()
    started = time.process_time()
    with suppress(ExchangeError):
        assert decoded(body, {"content-encoding": coding}) == b""
    used = time.process_time() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * MAX_BODY_BYTES
    assert used < 1
