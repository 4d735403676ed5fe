"""An answer of which nothing is known is let go of with its exchange: the next may be as large."""

from __future__ import annotations

import gc
import weakref

import pytest

from conformance.core.exchange import Credentials, Exchange, WireRequest, WireResponse
from conformance.engine.sent import NothingKnownError, SentExchange, read_all


@pytest.mark.parametrize(
    ("response", "lost"),
    [
        (WireResponse(200, {}, b"no envelope"), False),
        (WireResponse(502, {"content-type": "text/html"}, b"<html>bad gateway</html>"), True),
        (None, True),
    ],
    ids=["no envelope", "gateway", "lost"],
)
def test_what_cannot_be_read_is_not_kept_by_its_exception(response: WireResponse | None, *, lost: bool) -> None:
    def read() -> weakref.ref[SentExchange]:
        exchange = Exchange("Do", {}, WireRequest("POST", "http://h/"), response, None, 1.0, lost=lost)
        sent = SentExchange(exchange, Credentials("LTAIx", "secret", generated=True))
        for _ in range(2):
            with pytest.raises(NothingKnownError) as caught:
                sent.answered()
            assert caught.value.lost is lost
            del caught
        read_all([sent])
        return weakref.ref(sent)

    gc.disable()
    try:
        kept = read()
        assert kept() is None
    finally:
        gc.enable()
