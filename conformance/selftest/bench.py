"""Cases against a server in this same process: no network between them, and a clock that no one waits for.

What is judged is the same as over HTTP: requests and answers are the bytes that would travel. So thousands of faults
are tried in the time in which a server process starts a few hundred times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast
from urllib.parse import urlsplit

from conformance.core.exchange import WireResponse
from conformance.engine.calls import Send, exchanged, signed
from conformance.engine.effects import ChangeState, Once, Sleep, Together
from conformance.engine.executor import Executor
from conformance.server.options import STATES_PATH
from conformance.server.request import ReceivedRequest
from conformance.server.service import Service
from conformance.target.model import Target
from conformance.target.states import state_failure, state_request

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from conformance.cases.model import Case
    from conformance.core.exchange import Exchange, WireRequest
    from conformance.engine.effects import Effect, Steps
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult
    from conformance.server.answers import Reply
    from conformance.server.server_plan import ServerPlan

T = TypeVar("T")

ENDPOINT: Final = "http://bench.invalid"
"""Where the server would be; nothing is ever sent there (RFC 2606)."""

_BEGINNING: Final = 1_767_225_600.0
"""What the clock shows first: the beginning of 2026."""
_EFFECTS_WITHIN_S: Final = 2.0


def bench_target(values: Mapping[str, str]) -> Target:
    """Return the target that plans of a bench have; `values` are those of `${target.NAME}`."""
    states_url = f"{ENDPOINT}{STATES_PATH}"
    return Target(ENDPOINT, states_url=states_url, values=values, effects_within_s=_EFFECTS_WITHIN_S, signature="none")


def needs_time(served: ServerPlan) -> bool:
    """Whether a server waits before it answers, or does something later: on a bench no time passes meanwhile."""
    return bool(served.execution.pause or served.execution.lag)


class Bench:
    """A server that was started anew, and what runs cases against it.

    Args:
        plan: The run; its target is a `bench_target`.
        served: What decides the answers of the server.
    """

    def __init__(self, plan: Plan, served: ServerPlan) -> None:
        self._now = _BEGINNING
        self._target = plan.target
        self._service = Service(served, lambda: self._now)
        self._executor = Executor(plan, clock=lambda: self._now, shows=False)
        self._shared: dict[tuple[str, ...], object] = {}

    def run(self, case: Case) -> CaseResult:
        """Run one case to its result, whose verdict is all that counts."""
        return self._finished(self._executor.run(case))

    def _finished(self, steps: Steps[T]) -> T:
        outcome: object = None
        while True:
            try:
                effect = steps.send(outcome)
            except StopIteration as end:
                return cast("T", end.value)
            outcome = self._done(effect)

    def _done(self, effect: Effect) -> object:
        match effect:
            case Send():
                return self._sent(effect)
            case Together(sends):
                return [self._sent(each) for each in sends]
            case ChangeState():
                return self._changed(effect)
            case Sleep(seconds):
                self._now += seconds
                return False
            case Once(key, make):
                if key not in self._shared:
                    self._shared[key] = self._finished(make())
                return self._shared[key]

    def _sent(self, send: Send) -> Exchange:
        request = signed(send, self._target)
        return exchanged(send, request, _response(_awaited(self._service.answer(_received(request)))), 0.0)

    def _changed(self, change: ChangeState) -> object:
        request = state_request(
            self._target.states_url or "",
            change.name,
            change.params,
            access_key_id=change.credentials.access_key_id,
            action=change.action,
        )
        return state_failure(change.name, change.action, _response(self._service.change_state(request.body)))


def _received(request: WireRequest) -> ReceivedRequest:
    url = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers} | {"host": url.netloc}
    return ReceivedRequest(request.method, url.query.encode("latin-1"), headers, request.body)


def _response(reply: Reply) -> WireResponse:
    headers = {**reply.headers, "content-length": str(len(reply.body))}
    return WireResponse(reply.status, headers, reply.body)


def _awaited(answer: Coroutine[object, object, T]) -> T:
    """Return what a server answers; one that waits for nothing needs no event loop."""
    try:
        answer.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    answer.close()
    raise RuntimeError("a server on a bench must not wait")
