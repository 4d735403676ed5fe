"""Ordinary servers get honest verdicts at default options: a server that conforms has no error and no mismatch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ordinary_relays as relays
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from commands import Command, Outcome

    from conformance.server.process import ReferenceServer

    Kind = Callable[[str], AbstractContextManager[str]]

SOME = "success or MissingParameter or InvalidParameter"


def of(relay: type[relays.Relay]) -> Kind:
    return partial(relays.running, relay)


KINDS: dict[str, Kind] = {
    "a short accept queue": of(relays.Relay),
    "closes silently": of(relays.ClosesSilently),
    "closes and says so": of(relays.ClosesAndSaysSo),
    "a body until the end": of(relays.BodyUntilTheEnd),
    "five requests a connection": of(relays.FiveRequests),
    "one write": of(relays.OneWrite),
    "chunks": of(relays.Chunked),
    "chunks and trailers": of(relays.Trailers),
    "names in lower case": of(relays.LowerCase),
    "a byte order mark": of(relays.Mark),
    "gzip unasked": of(relays.Gzip),
    "deflate unasked": of(relays.Deflate),
    "throttles": of(relays.Throttles),
    "resets": of(relays.Resets),
    "werkzeug with threads": partial(relays.werkzeug, threaded=True),
    "werkzeug with one thread": partial(relays.werkzeug, threaded=False),
    "asyncio": relays.asynchronous,
}


def conforms(outcome: Outcome) -> None:
    found = {case["id"]: (case["verdict"], case["reason"]) for case in outcome.report["cases"]}
    bad = {name: verdict for name, verdict in found.items() if verdict[0] not in ("pass", "divergent")}
    assert bad == {}
    assert (outcome.status, outcome.err) == (0, "")


@pytest.mark.parametrize("name", KINDS)
def test_a_server_that_conforms_is_found_to(name: str, quick: Command, reference: ReferenceServer) -> None:
    with KINDS[name](reference.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "-k", SOME)
    conforms(outcome)
