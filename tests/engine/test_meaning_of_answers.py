"""What an answer means: refused credentials, throttling, an unavailable service, and answers that are no envelope."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from email.utils import formatdate
from itertools import cycle
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from relays import Change, StatesRelay, relay
from servers import Link, Server, whole

from conformance.engine.sending import backoff

if TYPE_CHECKING:
    from collections.abc import Callable

    from commands import Command, Outcome

    from conformance.server.process import ReferenceServer

CASES = (
    "CreateFlowLog/MissingParameter/region-omitted",
    "CreateFlowLog/MissingParameter/resource-id-omitted",
    "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded",
    "CreateFlowLog/success/vpc",
)


def envelope(code: str, message: str = "No.", status: int = 400, **headers: str) -> Callable[[Link], bool]:
    def behave(link: Link) -> bool:
        count = link.memory["count"] = link.memory.get("count", 0) + 1
        body = {"RequestId": f"id-{id(link)}-{count}", "Code": code, "Message": message}
        link.send(whole(json.dumps(body).encode(), status, **headers))
        return True

    return behave


def page(status: int) -> Callable[[Link], bool]:
    def behave(link: Link) -> bool:
        link.send(whole(b"<html><title>Not Found</title></html>", status, "text/html"))
        return True

    return behave


def every(number: int) -> Callable[[Any], bool]:
    seen = iter(range(1, 1_000_000))
    return lambda _: next(seen) % number == 0


def run(quick: Command, server: Server, *cases: str) -> Outcome:
    return quick.run("--endpoint", server.endpoint, "--states-url", server.states_url, *(cases or CASES))


@pytest.mark.parametrize(
    ("code", "status", "says"),
    [
        ("InvalidAccessKeyId.NotFound", 404, "check the AccessKey"),
        ("SignatureDoesNotMatch", 400, "check the AccessKey"),
        ("NeverHeardOf", 401, "check the AccessKey"),
        ("Forbidden.RAM", 403, "what the account"),
        ("Unauthorized", 400, "what the account"),
        ("ServiceUnavailable", 503, "try again later"),
        ("NeverHeardOf", 503, "try again later"),
        ("SystemBusy", 400, "try again later"),
    ],
)
def test_answers_that_say_nothing_end_in_status_3_with_the_code(
    code: str, status: int, says: str, quick: Command, reference: ReferenceServer
) -> None:
    with Server(envelope(code, status=status), upstream=reference.endpoint) as server:
        outcome = run(quick, server)
    assert set(outcome.verdicts.values()) == {"error"}
    assert outcome.status == 3
    assert f": {code}: No; " in outcome.out
    assert says in outcome.out


def test_a_server_that_throttles_now_and_then_conforms(quick: Command, reference: ReferenceServer) -> None:
    with Server(envelope("Throttling.User"), only=every(3), upstream=reference.endpoint) as server:
        outcome = run(quick, server)
    assert set(outcome.verdicts.values()) == {"pass"}
    assert outcome.status == 0
    retries = [
        retry for case in outcome.report["cases"] for each in case["exchanges"] for retry in each.get("retries", ())
    ]
    assert retries
    assert {(retry["code"], retry["status"]) for retry in retries} == {("Throttling.User", 400)}
    assert all(retry["waited_s"] > 0 for retry in retries)
    assert [note["key"] for note in outcome.report["notes"]] == ["requests.throttled"]


@pytest.mark.parametrize("away", ["SystemBusy", "ServiceUnavailable", 502, 503])
def test_a_server_that_is_not_available_now_and_then_conforms(
    away: str | int, quick: Command, reference: ReferenceServer
) -> None:
    """A case of many requests would never get through if only the whole of it were run again."""
    answer = page(away) if isinstance(away, int) else envelope(away, status=500)
    cases = (*CASES, "CreateFlowLog/QuotaExceeded.FlowlogCount", "CreateFlowLog/success/deleted-then-created-again")
    with Server(answer, only=every(3), upstream=reference.endpoint) as server:
        outcome = run(quick, server, *cases)
    assert set(outcome.verdicts.values()) == {"pass"}
    assert outcome.status == 0
    assert [note["key"] for note in outcome.report["notes"]] == ["requests.throttled"]


class AwayForTwo(StatesRelay):
    """Cannot set one of the states for the first two accounts that ask."""

    refused: ClassVar[set[str]] = set()

    def states(self, change: Change) -> None:
        account = change["params"]["access_key_id"]
        if change["state"] == "logs.exists" and len(self.refused | {account}) <= 2:
            self.refused.add(account)
            self.give(502, "text/html", b"<html>Bad Gateway</html>")
        else:
            super().states(change)


def test_a_case_whose_state_could_not_be_set_for_now_is_run_again(
    quick: Command, reference: ReferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that restarts may be away for longer than a call is tried."""
    monkeypatch.setattr(backoff, "_TOTAL_S", 0.1)
    with relay(AwayForTwo, reference.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", CASES[3])
    assert outcome.verdicts == {CASES[3]: "pass"}
    assert len(AwayForTwo.refused) == 2


def test_what_was_refused_for_now_is_on_the_page(quick: Command, reference: ReferenceServer) -> None:
    answers = cycle([envelope("Throttling.User"), envelope("NotDocumented")])

    def refuse_first(link: Link) -> bool:
        return next(answers)(link)

    with Server(refuse_first, upstream=reference.endpoint) as server:
        outcome = run(quick, server, CASES[0])
    assert outcome.verdicts == {CASES[0]: "error"}
    page = (outcome.folder / "report.html").read_text(encoding="utf-8")
    assert "400 Throttling.User: refused for now, sent again after " in page
    assert page.index("Throttling.User") < page.rindex("NotDocumented")


def test_a_date_to_come_back_at_is_followed(quick: Command, reference: ReferenceServer) -> None:
    def refuse(link: Link) -> bool:
        return envelope("Busy", status=503, Retry_After=formatdate(time.time() + 2, usegmt=True))(link)

    first = iter([True])
    with Server(refuse, only=lambda _: next(first, False), upstream=reference.endpoint) as server:
        outcome = run(quick, server, CASES[0])
    assert outcome.verdicts == {CASES[0]: "pass"}
    (retry,) = outcome.cases[CASES[0]]["exchanges"][0]["retries"]
    assert retry["waited_s"] > 0.5  # a date has whole seconds


def test_same_requests_of_which_some_are_throttled_still_succeed_once(
    quick: Command, reference: ReferenceServer
) -> None:
    name = "CreateFlowLog/InvalidResourceId.NotFound/same-moment"
    with Server(envelope("Throttling"), only=every(3), upstream=reference.endpoint) as server:
        outcome = run(quick, server, name)
    assert outcome.verdicts == {name: "pass"}


def test_ctrl_c_during_a_wait_does_not_wait_for_its_end(quick: Command, reference: ReferenceServer) -> None:
    def refuse(link: Link) -> bool:
        threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
        return envelope("Throttling", status=429, Retry_After="5")(link)

    with Server(refuse, upstream=reference.endpoint) as server:
        outcome = run(quick, server, CASES[0])
    assert outcome.status == 130
    assert len(server.operations) == 1  # else it would have come again


def test_retry_after_is_followed(quick: Command, reference: ReferenceServer) -> None:
    refuse = envelope("Busy", status=503, Retry_After="1")
    first = iter([True])
    with Server(refuse, only=lambda _: next(first, False), upstream=reference.endpoint) as server:
        outcome = run(quick, server, CASES[0])
    assert outcome.verdicts == {CASES[0]: "pass"}
    (retry,) = outcome.cases[CASES[0]]["exchanges"][0]["retries"]
    assert retry["code"] == "Busy"
    assert retry["waited_s"] >= 1.0


def test_a_wait_that_is_too_long_is_not_waited_for(quick: Command, reference: ReferenceServer) -> None:
    with Server(envelope("Throttling", status=429, Retry_After="3600"), upstream=reference.endpoint) as server:
        outcome = run(quick, server, CASES[0])
    assert outcome.verdicts == {CASES[0]: "error"}
    assert "--rate" in outcome.out
    assert outcome.status == 3  # and not after an hour


@pytest.mark.parametrize("status", [200, 404, 500])
def test_pages_alone_are_status_3_with_what_is_there(status: int, quick: Command, reference: ReferenceServer) -> None:
    with Server(page(status), upstream=reference.endpoint) as server:
        outcome = run(quick, server)
    assert set(outcome.verdicts.values()) == {"mismatch"}
    assert outcome.status == 3
    assert f"nothing there speaks the API: it answers with an HTML page with status {status}" in outcome.out


def test_one_page_among_answers_is_a_mismatch(quick: Command, reference: ReferenceServer) -> None:
    without_region = lambda params: "RegionId" not in params  # noqa: E731 - short and plain
    with Server(page(500), only=without_region, upstream=reference.endpoint) as server:
        outcome = run(quick, server)
    assert outcome.verdicts[CASES[0]] == "mismatch"
    assert outcome.status == 1
    (mismatch,) = outcome.cases[CASES[0]]["mismatches"]
    assert mismatch["where"] == "response.body"
    assert all(line is not None for line in mismatch["lines"].values())


def test_internal_error_with_an_envelope_is_judged(quick: Command, reference: ReferenceServer) -> None:
    with Server(envelope("InternalError", status=500), upstream=reference.endpoint) as server:
        outcome = run(quick, server, CASES[0])
    assert outcome.verdicts == {CASES[0]: "mismatch"}


def test_when_all_first_answers_refuse_the_credentials_no_more_are_sent(
    quick: Command, reference: ReferenceServer
) -> None:
    seen: list[object] = []

    def noted(params: object) -> bool:
        seen.append(params)
        return True

    with Server(
        envelope("InvalidAccessKeyId.Inactive"),
        only=noted,
        upstream=reference.endpoint,
    ) as server:
        outcome = quick.run("--endpoint", server.endpoint, "--concurrency", "2", "CreateFlowLog/MissingParameter")
    assert outcome.status == 3
    assert len(seen) < 16


def test_the_documents_own_row_is_a_wrong_answer_where_others_pass(quick: Command, reference: ReferenceServer) -> None:
    refuse = envelope("Unauthorized", "This api does not support sub user or role.")
    without_id = lambda params: "ResourceId" not in params  # noqa: E731 - short and plain
    with Server(refuse, only=without_id, upstream=reference.endpoint) as server:
        outcome = run(quick, server, CASES[1])
    assert outcome.verdicts == {CASES[1]: "mismatch"}


def test_an_operation_that_the_target_does_not_serve_is_not_run_beside_others(
    conformance: Command, reference: ReferenceServer
) -> None:
    """Alone it is what is tested, and differs."""
    refuse = envelope("InvalidAction.NotFound", status=404)
    with Server(refuse, only=lambda sent: sent.get("Action") == "ActiveFlowLog", upstream=reference.endpoint) as server:
        at = ("--endpoint", server.endpoint, "--states-url", server.states_url)
        both = conformance.run(*at, "ActiveFlowLog", "DeleteFlowLog")
        verdicts = both.verdicts
        alone = conformance.run(*at, "ActiveFlowLog")
    assert both.status == 0, both.out
    assert {(name.partition("/")[0], verdict) for name, verdict in verdicts.items()} == {
        ("ActiveFlowLog", "not_run"),
        ("DeleteFlowLog", "pass"),
    }
    assert "the target does not serve ActiveFlowLog" in both.out
    assert alone.status == 1
    assert "mismatch" in alone.verdicts.values()
