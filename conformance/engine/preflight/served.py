"""Which operations of a run the target does not serve: it answers them as one that was made up."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.expand import wire_parameters
from conformance.cases.meanings.words import load_words
from conformance.cases.model import Step, Transport
from conformance.contract.common_codes import common_codes
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.wording import shorten
from conformance.engine.notes import RunNote
from conformance.engine.sent import NoEnvelopeError, NothingKnownError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cases.model import Case
    from conformance.core.exchange import Credentials, WireResponse
    from conformance.engine.effects import Steps
    from conformance.engine.plan import Plan
    from conformance.engine.steps import StepRunner

_MOST_S: Final = 3.0
"""Seconds of waiting for answers after which no further operation is asked for."""
_MORE_S: Final = 0.2
"""Seconds more for each operation that is not served: its cases would take longer."""

_ABSENT: Final = (404, 405, 501)
"""The statuses with which a server answers what it does not have (RFC 9110)."""
_FIRST_SERVER_FAULT: Final = 500
_OF_ACTIONS: Final = lazy_pattern(
    r"(?=.*(action|api|operation|method))(?=.*(invalid|unknown|unsupported|not_?(supp|found|exist|impl)|no_?such|unrecogni))",
    re.IGNORECASE,
)
"""How a code speaks of an operation that there is not."""
_NOTE: Final = "operations.served"


class _Seen(Struct, frozen=True):
    """What tells one answer from another: all that does not depend on what was asked.

    Attributes:
        status: The HTTP status.
        code: The error code; empty where there is none.
        form: `JSON` or `XML`; the media type of an answer that is none of the API.
        envelope: Whether it is one of the API.
    """

    status: int
    code: str
    form: str
    envelope: bool

    @property
    def of_actions(self) -> bool:
        """Whether it says itself that there is no such operation."""
        return bool(self.code) and (
            common_codes().class_of(self.code) == "unserved" or _OF_ACTIONS.match(self.code) is not None
        )

    @property
    def absent(self) -> bool:
        """Whether it may be the answer to an operation that there is not."""
        if self.status >= _FIRST_SERVER_FAULT and self.status not in _ABSENT:
            return False
        return self.status in _ABSENT or self.of_actions or not self.envelope

    def __str__(self) -> str:
        return shorten(f"{self.status} {self.code or self.form}")


class Unserved(Struct, frozen=True):
    """Operations that a target does not serve.

    Attributes:
        reasons: By what the ids of an operation's cases begin with, why its cases are not run.
        calls: The operations with their versions, as requests name them, with the same reasons.
        note: What a report says of it; `None` where all are served as far as is known.
    """

    reasons: Mapping[str, str]
    calls: Mapping[tuple[str, str], str]
    note: RunNote | None = None

    def reason(self, case: Case) -> str | None:
        """Return why a case is not run: it is about such an operation, or calls one; `None` where it does neither."""
        if not self.reasons:
            return None
        own = self.reasons.get(case.subject)
        if own is not None:
            return own
        return next((self.calls[step.call] for step in case.steps if step.call in self.calls), None)


NOTHING_UNSERVED: Final = Unserved({}, {})


class ServedOperations:
    """Asks for each operation of a run whether the target serves it.

    An operation is not served when a request without parameters and a valid one are both answered as those to an
    operation of a made-up name. One whose request without parameters may create something is not asked.

    Args:
        plan: The run.
        steps: Sends the requests.
        account: Returns the account for a purpose that no case has.
    """

    def __init__(self, plan: Plan, steps: StepRunner, account: Callable[[str], Credentials]) -> None:
        self._plan = plan
        self._steps = steps
        self._account = account("preflight/served")
        self._values = plan.target.placeholders
        self._made_up = f"ConformanceUnknown{secrets.token_hex(4)}"
        self._waited = 0.0
        self._known: dict[tuple[str, tuple[tuple[str, str], ...]], _Seen] = {}

    def run(self, cases: Sequence[Case]) -> Steps[Unserved]:
        """Ask; ends in what is not served.

        Args:
            cases: Those that will be run.
        """
        asked = {case.subject: case for case in reversed(cases) if case.steps[0].operation == case.operation}
        asked = dict(sorted(asked.items(), key=lambda each: each[0]))
        found: dict[str, _Seen] = {}
        try:
            for subject, case in asked.items():
                if self._waited > _MOST_S + _MORE_S * len(found):
                    break
                seen = yield from self._absent(subject, case)
                if seen is not None:
                    found[subject] = seen
        except NothingKnownError:
            pass  # what was found until then was found
        return _unserved(asked, found)

    def _absent(self, subject: str, case: Case) -> Steps[_Seen | None]:
        """End in the answer to an operation that is not served; in `None` where it is, or may be."""
        step = case.steps[0]
        expected = yield from self._of_made_up(step, {})
        if not expected.absent or self._documents(subject, expected.code) or not self._may_ask(subject, step):
            return None
        if (yield from self._seen(step, step.operation, {})) != expected:
            return None
        params = wire_parameters(self._valid(subject, case).params, self._values, step.encodings)
        expected = yield from self._of_made_up(step, params)
        if not expected.absent or (yield from self._seen(step, step.operation, params)) != expected:
            return None
        return expected

    def _of_made_up(self, step: Step, params: Mapping[str, str]) -> Steps[_Seen]:
        key = (step.version, tuple(sorted(params.items())))
        if key not in self._known:
            self._known[key] = yield from self._seen(step, self._made_up, params)
        return self._known[key]

    def _seen(self, step: Step, operation: str, params: Mapping[str, str]) -> Steps[_Seen]:
        call = Step("preflight", operation, step.version, params, Transport(), {})
        began = time.monotonic()
        sent = yield from self._steps.sent(call, params, self._account)
        self._waited += time.monotonic() - began
        response = sent.exchange.response
        try:
            answered = sent.answered()
        except NoEnvelopeError:
            assert response is not None  # noqa: S101 - it has been read
            return _Seen(response.status, "", _media_type(response), envelope=False)
        code = answered.code
        return _Seen(answered.status, "" if code is None else str(code), answered.format, envelope=True)

    def _valid(self, subject: str, case: Case) -> Step:
        """Return the request of an operation that a document says to succeed; that of any case where there is none."""
        for other in self._plan.cases or (case,):
            step = other.steps[0]
            if other.subject == subject and step.operation == other.operation and step.transport == Transport():
                outcomes = [outcome for allowed in step.outcomes.values() for outcome in allowed]
                if outcomes and all(outcome.code is None for outcome in outcomes):
                    return step
        return case.steps[0]

    def _may_ask(self, subject: str, step: Step) -> bool:
        """Whether a request without parameters creates nothing: it lacks something, or the operation only shows."""
        contracts = self._plan.contracts.get(subject, {}).values()
        required = any(row.fact("required").value is True for each in contracts for row in each.parameters)
        return required or load_words().role_and_noun(step.operation)[0] == "show"

    def _documents(self, subject: str, code: str) -> bool:
        contracts = self._plan.contracts.get(subject, {}).values()
        return bool(code) and any(contract.rows(code) for contract in contracts)


def _media_type(response: WireResponse) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _unserved(asked: Mapping[str, Case], found: Mapping[str, _Seen]) -> Unserved:
    served = [subject for subject in asked if subject not in found]
    if not found or (not served and not all(seen.of_actions for seen in found.values())):
        # Of a target that answers everything alike nothing is known, not even that it is one.
        return NOTHING_UNSERVED
    reasons = {subject: _reason(asked[subject].operation, seen) for subject, seen in found.items()}
    calls = {asked[subject].steps[0].call: reason for subject, reason in reasons.items()}
    return Unserved(reasons, calls, RunNote(_NOTE, _sentence(served, list(found))))


def _reason(operation: str, seen: _Seen) -> str:
    return f"the target does not serve {operation}: it answers {seen}, as to a name that was made up"


def _sentence(served: Sequence[str], absent: Sequence[str]) -> str:
    number, total = len(served), len(served) + len(absent)
    if not served:
        return f"the target serves none of the {total} operations: it answers each as one that does not exist"
    if number <= len(absent):
        words = " ".join(served)
        return f"the target serves {number} of {total} operations; to run only these: conformance run {words}"
    others = shorten(", ".join(absent))
    return f"the target serves {number} of {total} operations, all but {others}"
