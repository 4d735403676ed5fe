"""A server that is not available for now, in its own words and without `Retry-After`: the case is run again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from misbehaviours import right
from servers import Link, Server, whole

if TYPE_CHECKING:
    from commands import Command

SOME = "MissingParameter and omitted"
UNAVAILABLE = {"Code": "ServiceUnavailable", "Message": "The request has failed due to a temporary failure."}


def verdicts(quick: Command, every: int) -> tuple[dict[str, str], int]:
    """Run some cases against a server, each so many'th of whose answers is a 503; return verdicts and answers."""
    count = 0

    def answer(link: Link) -> bool:
        nonlocal count
        count += 1
        broken = every and count % every == 0
        body = right(link, **(UNAVAILABLE if broken else {}))
        link.send(whole(json.dumps(body).encode(), 503 if broken else 400))
        return True

    with Server(answer) as server:
        words = ("--endpoint", server.endpoint, "--states-url", server.states_url, "-k", SOME)
        return quick.run(*words, "--concurrency", "1").verdicts, count


def test_what_is_unavailable_for_now_decides_no_verdict(quick: Command) -> None:
    calm, _ = verdicts(quick, 0)
    stormy, _ = verdicts(quick, 5)
    assert len(calm) > 3
    assert stormy == calm


def test_what_stays_unavailable_is_an_error_and_is_not_asked_for_ever(quick: Command) -> None:
    calm, asked = verdicts(quick, 0)
    found, count = verdicts(quick, 1)
    assert set(found.values()) <= {"error", "not_run"}
    assert count <= 3 * asked
    assert len(found) in (0, len(calm))
