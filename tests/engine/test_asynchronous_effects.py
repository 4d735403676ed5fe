"""Effects of a request that show late elsewhere are waited for; those that never show are missed at the deadline."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from servers import Link, Server, forward, whole

from conformance.cli.support.plan_template import default_values, load_plan
from conformance.engine.engine import Engine
from conformance.server.process import ReferenceServer
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.judging.results import CaseResult

DESCRIBE = "DescribeFlowLogs"
LIFE = "CreateFlowLog/success/deleted-then-created-again"
SHOWN = "CreateFlowLog/success/every-tag-shown"


@pytest.fixture(scope="module")
def reference() -> Iterator[ReferenceServer]:
    with ReferenceServer(activation_delay=0.1) as server:
        yield server


class Late:
    """Answers the first requests of an operation otherwise, each account by itself."""

    def __init__(self, reference: ReferenceServer, operation: str, first: int, answer: bytes) -> None:
        self._reference = reference
        self._first = first
        self._operation = operation
        self._answer = answer
        self.counts: Counter[tuple[str, str]] = Counter()

    def __call__(self, link: Link) -> bool:
        params = link.request.params
        key = params["AccessKeyId"], params["Action"]
        self.counts[key] += 1
        late = params["Action"] == self._operation and self.counts[key] <= self._first
        link.send(self._answer if late else forward(self._reference.endpoint, link.request))
        return True


def run(server: Server, *names: str, within_s: float = 15) -> list[CaseResult]:
    target = Target(server.endpoint, states_url=server.states_url, values=default_values(), effects_within_s=within_s)
    plan = load_plan("both", None)(target)
    cases = [case for case in plan.cases if case.id in names]
    assert len(cases) == len(names)
    with Engine(plan) as engine:
        return list(engine.run(cases))


def envelope(**fields: object) -> bytes:
    return json.dumps({"RequestId": f"late-{time.monotonic_ns()}", **fields}).encode()


NOTHING = whole(json.dumps({"Success": "true", "FlowLogs": {"FlowLog": []}}).encode())
REFUSED = whole(envelope(Code="IncorrectStatus.FlowLog", Message="It is being created."), 400)


@pytest.mark.parametrize(
    ("operation", "answer"),
    [(DESCRIBE, NOTHING), (DESCRIBE, REFUSED), ("DeleteFlowLog", REFUSED)],
    ids=["not listed yet", "not found yet", "not to be deleted yet"],
)
def test_what_shows_late_is_waited_for(reference: ReferenceServer, operation: str, answer: bytes) -> None:
    late = Late(reference, operation, 3, answer)
    with Server(late, upstream=reference.endpoint) as server:
        results = run(server, LIFE, SHOWN, "CreateFlowLog/success/status-while-created")
    assert {result.id: result.verdict for result in results if result.verdict != "pass"} == {}


NO_TEXT = whole(envelope(Code={"a": [1]}, Message="It is being created."), 400)


@pytest.mark.parametrize(
    "answer", [NOTHING, REFUSED, NO_TEXT], ids=["never listed", "always refused", "with a code that is no text"]
)
def test_what_never_shows_is_missed_at_the_deadline(reference: ReferenceServer, answer: bytes) -> None:
    late = Late(reference, DESCRIBE, 1_000, answer)
    with Server(late, upstream=reference.endpoint) as server:
        began = time.monotonic()
        (result,) = run(server, SHOWN, within_s=0.4)
        took = time.monotonic() - began
    assert result.verdict == "mismatch"
    assert took >= 0.4
    assert len(result.exchanges) == 2


def test_a_code_that_lasted_until_the_deadline_is_not_waited_out_again(reference: ReferenceServer) -> None:
    late = Late(reference, DESCRIBE, 1_000, REFUSED)
    with Server(late, upstream=reference.endpoint) as server:
        target = Target(
            server.endpoint,
            states_url=server.states_url,
            values=default_values(),
            isolation="global",
            effects_within_s=0.3,
        )
        plan = load_plan("both", None)(target)
        names = [SHOWN, "CreateFlowLog/success/default-interval"]
        with Engine(plan) as engine:
            results = list(engine.run([case for case in plan.cases if case.id in names]))
    assert [result.verdict for result in results] == ["mismatch"] * 2
    assert min(count for (_, action), count in late.counts.items() if action == DESCRIBE) == 1


def test_a_third_state_is_not_waited_out() -> None:
    with ReferenceServer(faults=("pending-by-another-name",), activation_delay=0.5) as faulty:
        late = Late(faulty, DESCRIBE, 2, NOTHING)
        with Server(late, upstream=faulty.endpoint) as server:
            (result,) = run(server, "CreateFlowLog/success/status-while-created")
    assert result.verdict == "mismatch"


def test_an_id_that_is_longer_than_any_request_is_not_sent(reference: ReferenceServer) -> None:
    answer = whole(envelope(FlowLogId="fl-" + "x" * 200_000, Success="true"))
    with Server(Late(reference, "CreateFlowLog", 1_000, answer), upstream=reference.endpoint) as server:
        (result,) = run(server, LIFE)
        assert "DescribeFlowLogs" not in {each.params["Action"] for each in server.operations}
    assert result.verdict == "error"
    assert result.reason is not None
    assert "FlowLogId has 200003 characters, too many to be sent" in result.reason
