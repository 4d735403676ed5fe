"""Who deletes and lists waits as long as the service asks for, within bounds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.cases.model import Cleanup, Find
from conformance.core.exchange import Credentials, Exchange, WireRequest, WireResponse
from conformance.engine.calls import Send
from conformance.engine.cleanup.leftovers import Leftovers
from conformance.engine.cleanup.patience import CleanupPatience
from conformance.engine.effects import Sleep
from conformance.engine.sent import NothingKnownError

if TYPE_CHECKING:
    from collections.abc import Generator

CLEANUP = Cleanup("RemoveThing", {"ThingId": "${created.ThingId}"}, Find("ListThings", {}, "Things"))
THING = {"ThingId": "t-1"}


def driven(
    steps: Generator[object, object, object], answers: list[WireResponse | None], takes_s: float = 0.0
) -> tuple[list[float], object]:
    """Give work these answers, one a request, and let time pass with its waits; return those, and its end.

    Each request takes some seconds; `None` is an answer that was lost.
    """
    waits: list[float] = []
    given: object = None
    try:
        while True:
            effect = steps.send(given)
            if isinstance(effect, Sleep):
                Clock.now += effect.seconds
                waits.append(effect.seconds)
                given = False
            else:
                assert isinstance(effect, Send)
                Clock.now += takes_s
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                failure = "it was lost" if answer is None else None
                request = WireRequest("POST", "http://h/")
                given = Exchange(effect.call[0], {}, request, answer, failure, 1.0, lost=answer is None)
    except StopIteration as end:
        return waits, end.value
    except NothingKnownError as fault:
        return waits, str(fault)


class Clock:
    now = 0.0


def response(fields: object, status: int = 200, **headers: str) -> WireResponse:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return WireResponse(status, {"content-type": "application/json", **named}, json.dumps(fields).encode())


def leftovers() -> Leftovers:
    Clock.now = 0.0
    patience = CleanupPatience(clock=lambda: Clock.now)
    return Leftovers(CLEANUP, "2016-04-28", {}, Credentials("LTAIx", "secret", generated=False), patience)


THROTTLED = {"RequestId": "1", "Code": "Throttling.User", "Message": "too many"}
NOTHING: dict[str, object] = {"RequestId": "1", "Things": []}


@pytest.mark.parametrize("status", [429, 503, 400])
def test_a_deletion_and_a_listing_wait_as_they_are_asked_to(status: int) -> None:
    refused = response(THROTTLED, status, Retry_After="2")
    waits, end = driven(leftovers().delete(THING), [refused, response({"RequestId": "1"}), refused, response(NOTHING)])
    assert end is None
    assert len(waits) == 2
    assert all(2 <= wait < 2.5 for wait in waits)


def test_a_service_that_asks_for_more_than_fifteen_seconds_is_waited_for_up_to_a_minute() -> None:
    refused = response(THROTTLED, 429, Retry_After="25")
    waits, end = driven(leftovers().delete(THING), [refused, refused, response({"RequestId": "1"}), response(NOTHING)])
    assert (waits, end) == ([25, 25], None)
    waits, end = driven(leftovers().delete(THING), [refused])
    assert (waits, end) == ([25, 25], "it is answered with Throttling.User, which asks to wait 25 s")


def test_a_deletion_that_is_accepted_and_never_shows_is_told() -> None:
    thing = response({"RequestId": "1", "Things": [THING]})
    _, end = driven(leftovers().delete(THING), [response({"RequestId": "1"}), thing])
    assert end == "its deletion was accepted, and it is still shown"


def test_waits_are_bounded() -> None:
    waits, end = driven(leftovers().delete(THING), [response(THROTTLED, 429, Retry_After="86400")])
    assert end is not None
    assert len(waits) <= 5
    assert sum(waits) <= 16


BAD_GATEWAY = WireResponse(502, {"content-type": "text/html"}, b"<html>bad gateway</html>")


@pytest.mark.parametrize("unread", [None, BAD_GATEWAY], ids=["lost", "gateway"])
@pytest.mark.parametrize("takes_s", [0.0, 0.7, 10.0])
def test_what_is_never_answered_readably_is_tried_for_two_seconds(unread: WireResponse | None, takes_s: float) -> None:
    """Not for 15, which are for what is throttled: who runs against a server that never answers waits for nothing."""
    for work in (Leftovers.everything, lambda finder: finder.delete(THING)):
        finder = leftovers()
        _, end = driven(work(finder), [unread], takes_s)
        assert end is not None
        assert finder.silent
        assert Clock.now <= max(2 + 0.5 + takes_s, takes_s)


def test_a_deletion_that_is_accepted_where_lists_are_not_readable_is_not_waited_for() -> None:
    finder = leftovers()
    _, end = driven(finder.delete(THING), [response({"RequestId": "1"}), None])
    assert end is not None
    assert finder.silent
    assert Clock.now < 3


@pytest.mark.parametrize("unread", [None, BAD_GATEWAY], ids=["lost", "gateway"])
def test_a_few_lost_answers_among_those_that_throttle_are_waited_for(unread: WireResponse | None) -> None:
    refused = response(THROTTLED, 429)
    answers = [*([refused, refused, unread, unread] * 6), response(NOTHING)]
    waits, end = driven(leftovers().everything(), answers)
    assert (len(waits), end) == (24, [])


def test_a_gateway_that_asks_to_wait_is_waited_for() -> None:
    busy = WireResponse(503, {"content-type": "text/html", "retry-after": "5"}, b"<html>busy</html>")
    waits, end = driven(leftovers().everything(), [busy, busy, response(NOTHING)])
    assert (waits, end) == ([5, 5], [])
