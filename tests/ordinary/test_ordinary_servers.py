"""Ordinary servers get honest verdicts at default options: a server that conforms has no error and no mismatch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ordinary_relays as relays
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from commands import Command, Outcome

    from conformance.server.process import ReferenceServer

    Kind = Callable[[str], AbstractContextManager[str]]

MANY = "CreateFlowLog and (MissingParameter or success/vpc or tag)"
"""More cases than are in flight at a time."""
SOME = "CreateFlowLog and (MissingParameter or success/vpc)"


def of(relay: type[relays.Relay]) -> Kind:
    return partial(relays.running, relay)


KINDS: dict[str, Kind] = {
    "closes silently": of(relays.ClosesSilently),
    "closes and says so": of(relays.ClosesAndSaysSo),
    "a body until the end": of(relays.BodyUntilTheEnd),
    "one write": of(relays.OneWrite),
    "chunks": of(relays.Chunked),
    "chunks and trailers": of(relays.Trailers),
    "names in lower case": of(relays.LowerCase),
    "a byte order mark": of(relays.Mark),
    "gzip unasked": of(relays.Gzip),
    "deflate unasked": of(relays.Deflate),
    "werkzeug with threads": partial(relays.werkzeug, threaded=True),
    "asyncio": relays.asynchronous,
}
CROWDED_KINDS: dict[str, Kind] = {
    "a short accept queue": of(relays.Relay),
    "five requests a connection": of(relays.FiveRequests),
    "throttles": of(relays.Throttles),
    "werkzeug with one thread": partial(relays.werkzeug, threaded=False),
    "one thread": of(relays.OneThread),
    "one thread of WSGI": relays.wsgi,
    "the shortest accept queue": of(relays.ShortestQueue),
}
SLOW_KINDS: dict[str, Kind] = {
    "one thread, an old version": of(relays.OneThreadAnOldVersion),
    "one thread, 20 ms": of(relays.OneThread20),
    "one thread, 100 ms": of(relays.OneThread100),
    "throttles by HTTP": of(relays.ThrottlesInHttp),
}
FEW = "quota or same-moment"


def conforms(outcome: Outcome) -> None:
    found = {case["id"]: (case["verdict"], case["reason"]) for case in outcome.report["cases"]}
    bad = {name: verdict for name, verdict in found.items() if verdict[0] not in ("pass", "divergent")}
    assert bad == {}
    assert len(found) > 1
    assert (outcome.status, outcome.err) == (0, "")


@pytest.mark.parametrize("name", KINDS)
def test_a_server_that_conforms_is_found_to(name: str, quick: Command, reference: ReferenceServer) -> None:
    with KINDS[name](reference.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "-k", SOME)
    conforms(outcome)


@pytest.mark.parametrize("name", CROWDED_KINDS)
def test_a_server_that_many_ask_at_once_is_found_to(name: str, quick: Command, reference: ReferenceServer) -> None:
    with CROWDED_KINDS[name](reference.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "-k", MANY)
    conforms(outcome)


def test_of_a_server_that_resets_connections_nothing_else_than_that_is_told(
    quick: Command, reference: ReferenceServer
) -> None:
    """What may have been executed is not sent again: of such a case nothing is known. Chance decides which it is."""
    with of(relays.Resets)(reference.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "-k", MANY)
    cases = outcome.report["cases"]
    unknown = [case for case in cases if case["verdict"] == "error"]
    assert {case["verdict"] for case in cases} <= {"pass", "divergent", "error"}
    assert len(cases) > 1
    assert len(unknown) < len(cases) / 10
    for case in unknown:
        assert "closed the connection without an answer" in case["reason"]
    assert outcome.status == (1 if unknown else 0)


@pytest.mark.parametrize("name", SLOW_KINDS)
def test_a_slow_server_that_conforms_is_found_to(name: str, quick: Command, reference: ReferenceServer) -> None:
    with SLOW_KINDS[name](reference.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "-k", FEW)
    conforms(outcome)


def test_what_is_shown_later_is_waited_for(quick: Command, reference: ReferenceServer) -> None:
    with relays.running(relays.Late, reference.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "-k", "shown or found-by")
    conforms(outcome)


def test_what_was_refused_for_now_and_done_decides_nothing(
    quick: Command, reference: ReferenceServer, tmp_path: Path
) -> None:
    target = tmp_path / "target.yaml"
    with relays.running(relays.ThrottlesWhatItDid, reference.endpoint) as endpoint:
        target.write_text(f"endpoint: {endpoint}\nstates_url: {endpoint}/_states\neffects_within_s: 0.3\n")
        outcome = quick.run("--target", str(target), "-k", "deleted-then-created-again or success/vpc")
    conforms(outcome)


def test_refused_keys_are_status_3_and_named(quick: Command, reference: ReferenceServer) -> None:
    with relays.running(relays.RefusesKeys, reference.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "-k", SOME)
    assert outcome.status == 3
    assert outcome.report["summary"]["mismatch"] == 0
    assert "InvalidAccessKeyId.NotFound" in outcome.out


@pytest.mark.deep
def test_twenty_runs_of_every_case_against_a_short_queue_have_no_error(
    quick: Command, reference: ReferenceServer
) -> None:
    with relays.running(relays.Relay, reference.endpoint) as endpoint:
        for _ in range(20):
            conforms(quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states"))
