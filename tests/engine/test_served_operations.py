"""Servers that have some of the operations of a run: the others are not run, and nothing that is served is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from relays import StatesRelay, relay

from conformance.core.errors import ExitStatus

if TYPE_CHECKING:
    from commands import Command, Outcome

    from conformance.server.process import ReferenceServer

CASES = [
    "AllocateEipAddress/success/plain",
    "AllocateEipAddress/refused/region-id-required-omitted",
    "CreateSnatEntry/success/plain",
    "DescribeFlowLogs/success/plain",
]
ACTION = re.compile(rb"Action=(\w+)")


class Partly(StatesRelay):
    """Has some operations, and answers all others in one way."""

    served: frozenset[str] = frozenset({"AllocateEipAddress"})
    status, kind, text = 404, "text/html", "<html><body>nothing here</body></html>"

    def operation(self, path: bytes, body: bytes) -> None:
        named = ACTION.search(path + b"&" + body)
        action = named[1].decode() if named else ""
        if action in self.served:
            super().operation(path, body)
        else:
            self.give(self.status, self.kind, self.text.replace("{action}", action).encode())


def envelope(code: str) -> str:
    return json.dumps({"RequestId": "r-1", "Code": code, "Message": "There is no {action}."})


STYLES: dict[str, dict[str, object]] = {
    "html": {},
    "html-as-success": {"status": 200},
    "method-not-allowed": {"status": 405, "kind": "text/plain", "text": "no"},
    "not-implemented": {"status": 501, "kind": "text/plain", "text": "no"},
    "fields-of-its-own": {"status": 404, "kind": "application/json", "text": '{"detail": "no {action}"}'},
    "unknown-code": {"status": 400, "kind": "application/json", "text": envelope("UnsupportedOperation")},
    "usual-code": {"status": 404, "kind": "application/json", "text": envelope("InvalidAction.NotFound")},
}


def run(kind: type[StatesRelay], conformance: Command, reference: ReferenceServer, *words: str) -> Outcome:
    with relay(kind, reference.endpoint) as endpoint:
        return conformance.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", *(words or CASES))


def by_operation(outcome: Outcome) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, case in outcome.cases.items():
        found.setdefault(name.partition("/")[0], set()).add(case["verdict"])
    return found


@pytest.mark.parametrize("style", STYLES)
def test_what_is_answered_as_a_made_up_name_is_not_run(
    conformance: Command, reference: ReferenceServer, style: str
) -> None:
    outcome = run(type("Style", (Partly,), STYLES[style]), conformance, reference)
    assert outcome.status == ExitStatus.CONFORMS
    verdicts = by_operation(outcome)
    assert verdicts.pop("AllocateEipAddress") == {"pass"}
    assert set().union(*verdicts.values()) == {"not_run"}
    reasons = {case["reason"] for case in outcome.cases.values() if case["verdict"] == "not_run"}
    assert all(reason.startswith("the target does not serve ") for reason in reasons)
    (note,) = (note["text"] for note in outcome.report["notes"] if note["key"] == "operations.served")
    assert note == "the target serves 1 of 3 operations; to run only these: conformance run AllocateEipAddress"


@pytest.mark.parametrize(
    "answers",
    [
        # Every request is answered alike, before its operation is looked at.
        {"status": 400, "kind": "application/json", "text": envelope("MissingParameter.RegionId")},
        {"status": 500, "kind": "text/html", "text": "<html>error</html>"},
        # An answer of its own to each operation.
        {"status": 200, "kind": "application/json", "text": '{"RequestId": "r-1"}'},
    ],
)
def test_other_answers_are_judged(conformance: Command, reference: ReferenceServer, answers: dict[str, object]) -> None:
    outcome = run(type("Other", (Partly,), answers), conformance, reference)
    assert not any(note["key"] == "operations.served" for note in outcome.report["notes"])
    assert not any(str(case["reason"]).startswith("the target does not serve ") for case in outcome.cases.values())


class OwnPage(Partly):
    """Answers a page to an operation that it has, when its parameters are right; and another one to made-up names."""

    served = frozenset({"AllocateEipAddress", "DescribeFlowLogs"})

    def operation(self, path: bytes, body: bytes) -> None:
        if b"Action=CreateSnatEntry" in path + body:
            lacking = b"SnatTableId" not in path + body
            self.give(404, "text/html" if lacking else "text/plain", b"gone")
        else:
            super().operation(path, body)


def test_an_operation_that_answers_otherwise_to_a_valid_request_is_judged(
    conformance: Command, reference: ReferenceServer
) -> None:
    outcome = run(OwnPage, conformance, reference)
    assert by_operation(outcome)["CreateSnatEntry"] == {"mismatch"}
    assert outcome.status == ExitStatus.MISMATCH


def test_one_operation_alone_is_judged(conformance: Command, reference: ReferenceServer) -> None:
    outcome = run(Partly, conformance, reference, "CreateSnatEntry/success/plain")
    assert by_operation(outcome) == {"CreateSnatEntry": {"mismatch"}}


def test_a_target_that_serves_none_ends_without_a_verdict(conformance: Command, reference: ReferenceServer) -> None:
    nothing: dict[str, object] = {"served": frozenset[str]()}
    outcome = run(type("Nothing", (Partly,), STYLES["unknown-code"] | nothing), conformance, reference)
    assert outcome.status == ExitStatus.NO_ANSWER
    assert all(verdicts == {"not_run"} for verdicts in by_operation(outcome).values())
    outcome = run(type("Page", (Partly,), nothing), conformance, reference)
    assert outcome.status == ExitStatus.NO_ANSWER
    assert "nothing there speaks the API" in outcome.out + outcome.err, outcome.out
