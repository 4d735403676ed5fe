"""Whether equal requests have equal answers, whatever process or host gives them, as soon as a state is set."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.core.lazy_patterns import lazy_pattern
from conformance.engine.effects import Sleep
from conformance.engine.preflight.findings import PreflightFindings, noted
from conformance.engine.sent import NothingKnownError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.engine.preflight.inquiry import Inquiry
    from conformance.engine.preflight.witnesses import StateWitness
    from conformance.protocol.answer import Answered

UNSTEADY: Final = "states.unsteady"
"""The key of the note that says that equal requests are answered differently."""

_AT_ONCE: Final = (4, 8, 8, 8)
"""Requests at the same moment, in each round. One process may serve all requests of one connection, so each has its
own, and later rounds have connections that are new."""

_DIFFERING: Final = 2
"""Rounds with different answers from which on these are no matter of the moment."""
SLOW_S: Final = 0.2
"""Seconds for one answer above which no more is asked: a slow server is not to be kept from its cases."""

_OF_THE_MOMENT: Final = (409, 423, 425)
_MOMENT: Final = lazy_pattern(r"conflict|progress|processing|concurren|lock|busy|retry|wait", re.IGNORECASE)
"""How a code speaks of another request that is under way."""

_TEXT: Final = (
    "equal requests of one AccessKeyId are answered differently ({codes}): do several processes or hosts answer, each "
    "with a memory of its own? Run one, or let them share it"
)
_LATE: Final = "a state shows only some time after the call that set it was answered: answer that when the state holds"
_LATE_S: Final = 0.5


def differing(ask: Callable[[int], Steps[set[str]]]) -> Steps[list[str]]:
    """End in what equal requests were answered with, where they differ again and again; else in nothing.

    Args:
        ask: Sends so many equal requests at the same moment; ends in the different answers to them.
    """
    seen: set[str] = set()
    rounds = 0
    for number, times in enumerate(_AT_ONCE, 1):
        found = yield from ask(times)
        rounds += len(found) > 1
        seen |= found
        if rounds == _DIFFERING:
            return sorted(seen)
        if number >= _DIFFERING and not rounds:
            break
    return []


class Steadiness:
    """Sends a request that is refused because of a state, several times at once.

    A state that shows a moment after it was set has answers that differ once, at the most. Of several processes that
    each keep their own states they differ again and again.

    Args:
        inquiry: Makes the calls.
        witness: A case that shows a state.
        found: What is known so far.
    """

    def __init__(self, inquiry: Inquiry, witness: StateWitness, found: PreflightFindings) -> None:
        self._inquiry = inquiry
        self._witness = witness
        self._found = found

    def check(self) -> Steps[PreflightFindings]:
        """End in what is known then. An answer that says nothing ends the check, and no other."""
        account, given = self._inquiry.account("steady"), self._witness.case.given
        if not (yield from self._inquiry.set_all(given, account)):
            return self._found
        found = self._found
        with suppress(NothingKnownError):
            found = yield from self._compare(account)
        yield from self._inquiry.take_back(given, account)
        return found

    def _compare(self, account: Credentials) -> Steps[PreflightFindings]:
        began = time.monotonic()
        first = yield from self._ask(account)
        if time.monotonic() - began > SLOW_S:
            return self._found
        codes = yield from differing(partial(self._round, account))
        if codes:
            return self._doubted(UNSTEADY, _TEXT.format(codes=", ".join(codes)))
        if first.code != self._witness.code:
            yield Sleep(_LATE_S)
            if (yield from self._ask(account)).code == self._witness.code:
                return self._doubted("states.late", _LATE)
        return self._found

    def _doubted(self, key: str, text: str) -> PreflightFindings:
        return noted(self._found.doubted(text), key, text)

    def _ask(self, account: Credentials) -> Steps[Answered]:
        answered = yield from self._inquiry.ask(self._witness.case, account, self._witness.code)
        yield from self._delete([answered], account)
        return answered

    def _round(self, account: Credentials, times: int) -> Steps[set[str]]:
        answers = yield from self._inquiry.ask_at_once(self._witness.case.steps[0], account, times)
        yield from self._delete(answers, account)
        return self._codes(answers)

    def _codes(self, answers: Sequence[Answered]) -> set[str]:
        """Return the codes of refusals; a success counts only beside that which the state leads to.

        One that speaks of other requests at the same moment says nothing of memories.
        Where the state does not show, one of several equal requests may succeed, and stand in the way of the others.
        """
        if any(answered.status in _OF_THE_MOMENT or _MOMENT.search(str(answered.code)) for answered in answers):
            return set()
        codes = {"" if answered.code is None else str(answered.code) for answered in answers}
        if "" not in codes:
            return codes
        return {"success", self._witness.code} if self._witness.code in codes else set()

    def _delete(self, answers: Sequence[Answered], account: Credentials) -> Steps[None]:
        cleanup = self._witness.case.cleanup
        for answered in answers:
            if answered.code is None and cleanup is not None:
                yield from self._inquiry.delete(self._witness.case, cleanup, answered, account)
