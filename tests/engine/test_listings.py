"""The list of what an account has, from a server that gives whatever it likes: few calls, little kept, or no list."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

import pytest

from conformance.cases.model import Cleanup, Find
from conformance.core.exchange import Credentials, Exchange, WireRequest, WireResponse
from conformance.engine.cleanup.leftovers import Leftovers
from conformance.engine.sent import NothingKnownError

if TYPE_CHECKING:
    from collections.abc import Callable

CLEANUP = Cleanup("DeleteFlowLog", {"FlowLogId": "${created.FlowLogId}"}, Find("List", {}, "Logs", "Page"), ("Name",))


def listed(page: Callable[[], list[object]]) -> tuple[list[dict[str, str]], int]:
    """Return what a server lists that answers each call with another page, and how many calls that took."""
    steps = Leftovers(CLEANUP, "2016-04-28", {}, Credentials("id", "secret")).everything()
    next(steps)
    for calls in count(1):
        body = json.dumps({"RequestId": "1", "Logs": page()}).encode()
        answer = WireResponse(200, {"content-type": "application/json"}, body)
        try:
            steps.send(Exchange("List", {}, WireRequest("GET", "http://h/", (), b""), answer, None, 1.0))
        except StopIteration as end:
            return end.value, calls
    raise AssertionError


def test_what_is_not_needed_to_find_it_again_is_not_kept() -> None:
    pages = iter([[{"FlowLogId": "1", "Name": "n", "Text": "x" * 10**6}, {"FlowLogId": ["2"]}, "no entry"], []])
    assert listed(lambda: list(next(pages))) == ([{"FlowLogId": "1", "Name": "n"}, {}], 2)


def test_a_server_that_gives_one_page_for_ever_is_not_asked_for_ever() -> None:
    same: list[object] = [{"FlowLogId": str(number)} for number in range(50)]
    found, calls = listed(lambda: same)
    assert (len(found), calls) == (50, 4)


def test_pages_without_end_are_no_list() -> None:
    numbers = count()
    with pytest.raises(NothingKnownError, match="page after page"):
        listed(lambda: [{"FlowLogId": str(next(numbers))} for _ in range(50)])


def test_a_text_of_megabytes_is_no_id() -> None:
    leftovers = Leftovers(CLEANUP, "2016-04-28", {}, Credentials("id", "secret"))
    assert leftovers.fields_of({"FlowLogId": "x" * 100}) == {"FlowLogId": "x" * 100}
    assert leftovers.fields_of({"FlowLogId": "x" * 10**6}) is None
