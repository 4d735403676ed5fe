"""The preflight: what is wrong with a target's states, accounts or formats is said once, and no verdict rests on it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from relays import (
    ONE,
    AcceptsEverything,
    EmptyIsFalse,
    IgnoresTeardown,
    JsonOnly,
    Locked,
    NoStates,
    OneAccount,
    OneAccountForAll,
    OneAccountForAllThatDeletes,
    OneAccountIgnoresTeardown,
    OneAccountThatCreatesAlone,
    OneAccountWithoutDelete,
    OneId,
    OnlyGet,
    Page,
    StatesRelay,
    TwoMemories,
    TwoMemoriesWithoutStates,
    relay,
)
from servers import closed_port

from conformance.core.errors import ExitStatus
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command, Outcome

QUOTA = "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded"
SHOWN = "CreateFlowLog/success/vpc"
TWO_ACCOUNTS = "needs two accounts, and accounts are not kept apart"
ORDINARY = ["CreateFlowLog/InvalidInstanceId/vpc-missing", SHOWN, QUOTA]
SEVERAL = "CreateFlowLog and (success/vpc or becomes-active or then-created-again or quota or missing)"
STATES_OF_ALL_KINDS = [
    *ORDINARY,
    "CreateFlowLog/Unauthorized",
    "CreateFlowLog/IllegalParam.ResourceGroupId",
]


def run(kind: type[StatesRelay], quick: Command, reference: ReferenceServer, *words: str) -> Outcome:
    with relay(kind, reference.endpoint) as endpoint:
        return quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", *words)


def keys(outcome: Outcome) -> list[str]:
    return [note["key"] for note in outcome.report["notes"] if not note["key"].startswith("engine.")]


def reasons(outcome: Outcome) -> set[str]:
    return {case["reason"] for case in outcome.cases.values() if case["verdict"] in ("not_run", "error")}


def summary(outcome: Outcome) -> dict[str, int]:
    return {name: count for name, count in outcome.report["summary"].items() if count and name != "total"}


def test_an_ordinary_server_gets_no_note(quick: Command, reference: ReferenceServer) -> None:
    outcome = run(StatesRelay, quick, reference, *ORDINARY)
    assert (outcome.status, keys(outcome)) == (ExitStatus.CONFORMS, [])


def test_a_state_that_is_accepted_and_not_set_is_no_mismatch(quick: Command, reference: ReferenceServer) -> None:
    outcome = run(AcceptsEverything, quick, reference, "-k", "forced or quota or activated or resource-group")
    assert outcome.status == ExitStatus.CONFORMS
    assert keys(outcome) == ["states.unknown-accepted"]
    assert "refuse unknown states with 400" in outcome.out
    assert summary(outcome).keys() <= {"pass", "not_run", "divergent"}
    assert outcome.verdicts[QUOTA] == "pass"
    assert all(
        "service.answers-with" in reason or "the answer does not show it" in reason for reason in reasons(outcome)
    )


def test_what_was_sent_for_a_state_that_does_not_show_is_kept(quick: Command, reference: ReferenceServer) -> None:
    outcome = run(AcceptsEverything, quick, reference, "CreateFlowLog/Unauthorized")
    (case,) = outcome.cases.values()
    assert (case["verdict"], case["mismatches"]) == ("not_run", [])
    assert case["exchanges"]
    assert "account.is-ram-user" in case["reproduce"]


class WrongMessage(AcceptsEverything):
    """Says something else than the document."""

    def ask(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        status, kind, data = super().ask(path, body)
        return status, kind, data.replace(b"maximum instance number", b"most")


def test_a_wrong_message_stays_a_mismatch_when_any_state_is_accepted(
    quick: Command, reference: ReferenceServer
) -> None:
    outcome = run(WrongMessage, quick, reference, QUOTA)
    assert outcome.verdicts == {QUOTA: "mismatch"}


def test_without_accounts_cases_run_one_after_another_and_leave_nothing(
    quick: Command, reference: ReferenceServer
) -> None:
    outcome = run(OneAccount, quick, reference, "-k", SEVERAL)
    assert keys(outcome) == ["accounts.shared"]
    assert "cases run one after another, and each deletes what it created" in outcome.out
    assert (outcome.status, outcome.report["summary"]["mismatch"]) == (ExitStatus.CONFORMS, 0)
    assert reasons(outcome) <= {TWO_ACCOUNTS}


@pytest.mark.parametrize(
    "kind", [pytest.param(OneAccountWithoutDelete, marks=pytest.mark.deep), OneAccountIgnoresTeardown]
)
def test_what_an_earlier_case_may_have_decided_is_no_mismatch(
    kind: type[StatesRelay], quick: Command, reference: ReferenceServer
) -> None:
    outcome = run(kind, quick, reference, "-k", SEVERAL)
    assert "accounts.shared" in keys(outcome)
    assert summary(outcome).keys() <= {"pass", "not_run", "divergent"}
    assert outcome.report["summary"]["not_run"] > 0
    assert len(reasons(outcome) - {TWO_ACCOUNTS}) == 1


def test_several_processes_that_share_nothing_are_one_note_and_no_mismatch(
    quick: Command, reference: ReferenceServer
) -> None:
    outcome = run(TwoMemories, quick, reference, *STATES_OF_ALL_KINDS, "CreateFlowLog/success/default-interval")
    assert keys(outcome) == ["states.unsteady"]
    assert "do several processes or hosts answer, each with a memory of its own?" in outcome.out
    assert summary(outcome).keys() <= {"pass", "not_run", "divergent"}
    assert len(reasons(outcome)) == 1


ALWAYS = "states: {default: unavailable, logs.exists: fixed, resource.exists: fixed}\n"
"""What the note of a run without a states URL proposes."""
EACH_DELETES = "cases run one after another, and each deletes what it created"
STAYS = "what a case creates cannot be deleted"


@pytest.mark.parametrize(
    ("kind", "follows", "later"),
    [
        (OneAccountForAllThatDeletes, EACH_DELETES, EACH_DELETES),
        (OneAccountForAll, STAYS, "what was created earlier is still there"),
        (OneAccountThatCreatesAlone, STAYS, ""),
    ],
)
def test_without_accounts_and_a_states_url_nothing_is_decided_by_what_an_earlier_case_created(
    kind: type[StatesRelay], follows: str, later: str, quick: Command, tmp_path: Path
) -> None:
    cases = ["CreateFlowLog/success/vpc", "CreateFlowLog/success/default-interval", "CreateFlowLog/MissingParameter"]
    target = tmp_path / "target.yaml"
    with ReferenceServer() as own, relay(kind, own.endpoint) as endpoint:
        own.set_state("resource.exists", type="VPC", id="vpc-bp1conformance00001", access_key_id=ONE)
        own.set_state("logs.exists", project="conformance-project", logstore="conformance-logstore", access_key_id=ONE)
        target.write_text(f"endpoint: {endpoint}\n{ALWAYS}")
        # That something was created before, only an operation that shows it tells.
        for says in (follows,) if kind is OneAccountThatCreatesAlone else (follows, later):
            outcome = quick.run("--target", str(target), *cases)
            assert says in outcome.out
            assert keys(outcome) == ["accounts.shared"]
            assert summary(outcome).keys() - {"divergent"} == (
                {"pass"} if says == EACH_DELETES else {"pass", "not_run"}
            )
            assert outcome.status == ExitStatus.CONFORMS


def test_several_processes_without_states_are_told_by_what_was_created(
    quick: Command, reference: ReferenceServer, tmp_path: Path
) -> None:
    target = tmp_path / "target.yaml"
    with relay(TwoMemoriesWithoutStates, reference.endpoint) as endpoint:
        target.write_text(f"endpoint: {endpoint}\n{ALWAYS}")
        cases = [
            "CreateFlowLog/success/vpc",
            "CreateFlowLog/success/status-while-created",
            "CreateFlowLog/MissingParameter",
        ]
        outcome = quick.run("--target", str(target), *cases)
    assert keys(outcome) == ["states.unsteady"]
    assert "what was created is in some answers and not in others" in outcome.out
    assert summary(outcome).keys() <= {"pass", "not_run", "divergent"}


def test_one_id_for_all_is_no_sign_of_accounts_that_are_not_kept_apart(
    quick: Command, reference: ReferenceServer
) -> None:
    outcome = run(OneId, quick, reference, *ORDINARY)
    assert (outcome.status, keys(outcome)) == (ExitStatus.CONFORMS, [])


def test_a_teardown_that_does_nothing_is_noted_and_fails_no_case(quick: Command, reference: ReferenceServer) -> None:
    outcome = run(IgnoresTeardown, quick, reference, *ORDINARY)
    assert (outcome.status, keys(outcome)) == (ExitStatus.CONFORMS, ["states.teardown"])


def test_empty_parameters_that_count_as_false_are_explained_once(quick: Command, reference: ReferenceServer) -> None:
    outcome = run(EmptyIsFalse, quick, reference, "-k", SEVERAL)
    assert (outcome.status, keys(outcome)) == (ExitStatus.CONFORMS, ["states.empty-params"])
    assert summary(outcome).keys() <= {"pass", "not_run", "divergent"}
    assert outcome.verdicts[QUOTA] == "not_run"


def test_a_format_that_is_not_given_is_noted_once(quick: Command, reference: ReferenceServer) -> None:
    outcome = run(JsonOnly, quick, reference, "-k", "xml")
    assert keys(outcome) == ["format.XML"]


@pytest.mark.parametrize(
    ("kind", "answer"), [(NoStates, "404"), (OnlyGet, "405"), (Page, "200 and an HTML page"), (Locked, "401")]
)
def test_a_wrong_states_url_is_one_message(
    kind: type[StatesRelay], answer: str, quick: Command, reference: ReferenceServer
) -> None:
    outcome = run(kind, quick, reference, *STATES_OF_ALL_KINDS)
    assert (outcome.status, keys(outcome)) == (ExitStatus.NO_ANSWER, ["states.url"])
    (reason,) = reasons(outcome)
    assert f"answers {answer} to every state" in reason
    assert outcome.out.count("ERROR") == 1
    assert not any(case["exchanges"] for case in outcome.cases.values())


def test_a_states_url_where_nothing_listens_is_one_message(quick: Command, reference: ReferenceServer) -> None:
    gone = f"http://127.0.0.1:{closed_port()}"
    outcome = quick.run("--endpoint", reference.endpoint, "--states-url", f"{gone}/_states", *STATES_OF_ALL_KINDS)
    assert (outcome.status, keys(outcome)) == (ExitStatus.NO_ANSWER, ["states.url"])
    assert reasons(outcome) == {f"could not connect to the states URL {gone}/_states"}


class KnowsTwo(StatesRelay):
    """Refuses states that it does not know with 404, as it may."""

    def states(self, change: dict[str, Any]) -> None:
        if change["state"] in ("resource.exists", "logs.exists"):
            super().states(change)
        else:
            self.give(404, "text/plain", b"unknown state")


def test_a_server_that_knows_some_states_is_judged_by_these(quick: Command, reference: ReferenceServer) -> None:
    outcome = run(KnowsTwo, quick, reference, *ORDINARY)
    assert keys(outcome) == []
    assert outcome.verdicts == {ORDINARY[0]: "pass", SHOWN: "pass", QUOTA: "error"}


class Throttles(OneAccount):
    """Answers every call of the preflight with a code that says nothing of the request."""

    def operation(self, path: bytes, body: bytes) -> None:
        if len(self.calls) < 40:
            answer = b'{"RequestId": "r", "Code": "Throttling.User", "Message": "Denied by flow control."}'
            self.give(400, "application/json", answer)
        else:
            super().operation(path, body)


def test_a_throttled_answer_proves_nothing(quick: Command, reference: ReferenceServer) -> None:
    assert keys(run(Throttles, quick, reference, *ORDINARY)) == ["requests.throttled"]


class Slow(StatesRelay):
    """Takes its time for every state."""

    def states(self, change: dict[str, Any]) -> None:
        time.sleep(0.5)
        super().states(change)


def test_the_preflight_of_a_slow_server_ends(quick: Command, reference: ReferenceServer) -> None:
    outcome = run(Slow, quick, reference, QUOTA, ORDINARY[0])
    assert (outcome.status, keys(outcome)) == (ExitStatus.CONFORMS, [])
    assert outcome.seconds < 15


def test_several_processes_ask_once(quick: Command, reference: ReferenceServer) -> None:
    calls: list[str] = []
    counting = type("Counting", (IgnoresTeardown,), {})
    with relay(counting, reference.endpoint, calls) as endpoint:
        words = ["--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "--workers", "2", *ORDINARY]
        outcome = quick.run(*words)
    assert (outcome.status, keys(outcome)) == (ExitStatus.CONFORMS, ["states.teardown"])
    assert len(calls) < 60


def test_without_a_states_url_the_way_to_run_most_cases_is_named(quick: Command, reference: ReferenceServer) -> None:
    outcome = quick.run("--endpoint", reference.endpoint, *ORDINARY, "CreateFlowLog/MissingParameter")
    assert (outcome.status, keys(outcome)) == (ExitStatus.NO_ANSWER, ["states.none"])
    assert "states: {default: unavailable, logs.exists: fixed, resource.exists: fixed}" in outcome.out
