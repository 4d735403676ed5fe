"""Whether accounts are kept apart: whether one sees, or is hindered by, what another created."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.engine.preflight.findings import ACCOUNTS, SHARED, PreflightFindings, noted
from conformance.engine.preflight.steadiness import SLOW_S, UNSTEADY, differing
from conformance.engine.sent import NothingKnownError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.model import Case
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.engine.preflight.inquiry import Inquiry
    from conformance.protocol.answer import Answered

_CREATED: Final = f"{SHARED}: what one AccessKeyId created is there for another"
_LEFT: Final = f"{SHARED}, and what was created earlier is still there: it may decide the answers to others"
_AT_TIMES: Final = (
    "what was created is in some answers and not in others: do several processes or hosts answer, each with a memory "
    "of its own? Run one, or let them share it"
)


class Apartness:
    """Creates the same resource under several accounts.

    Args:
        inquiry: Makes the calls.
        case: A case that creates a resource, and says how it is deleted.
        found: What is known so far.
        alone: Whether nothing else has shown that one memory answers: no state could be set.
    """

    def __init__(self, inquiry: Inquiry, case: Case, found: PreflightFindings, *, alone: bool) -> None:
        self._alone = alone
        self._inquiry = inquiry
        self._case = case
        self._found = found
        self._held: list[Credentials] = []

    def check(self) -> Steps[PreflightFindings]:
        """End in what is known then; raises `NothingKnownError` when an answer says nothing."""
        one, other = self._inquiry.account("resource"), self._inquiry.account("resource/other")
        found = self._found
        if (yield from self._set(one)) and (yield from self._set(other)):
            found = yield from self._compare(one, other)
        for account in reversed(self._held):
            yield from self._inquiry.take_back(self._case.given, account)
        return found

    def _set(self, account: Credentials) -> Steps[bool]:
        """Let the states of the case hold for an account too; end in whether they do."""
        holds = yield from self._inquiry.set_all(self._case.given, account)
        if holds:
            self._held.append(account)
        return holds

    def _compare(self, one: Credentials, other: Credentials) -> Steps[PreflightFindings]:
        """Create under one account, then under others: each has the same states, so each has the same answer."""
        found = self._found
        first = yield from self._inquiry.ask(self._case, one)
        if first.code is not None:
            if (yield from self._shows(self._inquiry.named_by(self._case.given), one)):
                return noted(replace(found, one_by_one=True, doubt=found.doubt or _LEFT), ACCOUNTS, _LEFT)
            return found
        if self._alone and (yield from self._shown_at_times(self._ids(first), one)):
            yield from self._deleted(first, one)
            return noted(found.doubted(_AT_TIMES), UNSTEADY, _AT_TIMES)
        second = yield from self._inquiry.ask(self._case, other)
        if second.code is None:
            # A server that gives the same id to all shows each its own.
            seen = yield from self._shows(self._ids(first) - self._ids(second), other)
            if not seen and not found.one_by_one:
                return found
            deleted = yield from self._deleted(first, one)
            yield from self._deleted(second, other)
        else:
            deleted = yield from self._deleted(first, one)
            seen = yield from self._was_in_the_way(second, other, deleted=deleted)
        if seen and not found.one_by_one:
            found = noted(found, ACCOUNTS, _CREATED)
        return replace(found, one_by_one=found.one_by_one or seen, deletes=deleted)

    def _shown_at_times(self, ids: Iterable[str], account: Credentials) -> Steps[bool]:
        """End in whether equal requests, sent at the same moment, show what has these ids in some answers only."""
        poll, began = self._inquiry.poll(self._case), time.monotonic()
        if poll is None or not ids:
            return False
        yield from self._shows(ids, account)
        if time.monotonic() - began > SLOW_S:
            return False

        def ask(times: int) -> Steps[set[str]]:
            answers = yield from self._inquiry.ask_at_once(poll, account, times)
            return {str(_has(answered, ids)) for answered in answers}

        try:
            return bool((yield from differing(ask)))
        except NothingKnownError:
            return False

    def _was_in_the_way(self, refusal: Answered, other: Credentials, *, deleted: bool) -> Steps[bool]:
        """End in whether what the first account created is why another was refused.

        If it was deleted, it is out of the way now; if it cannot be, it is in the way of a third account as well.
        """
        if not deleted:
            other = self._inquiry.account("resource/third")
            if not (yield from self._set(other)):
                return False
        again = yield from self._inquiry.ask(self._case, other)
        if again.code is None:
            yield from self._deleted(again, other)
            return deleted
        return not deleted and again.code == refusal.code

    def _deleted(self, created: Answered, account: Credentials) -> Steps[bool]:
        """Delete what was created; end in whether that succeeded: a server may have no operation for it."""
        assert self._case.cleanup is not None  # noqa: S101 - chosen so
        try:
            return (yield from self._inquiry.delete(self._case, self._case.cleanup, created, account))
        except NothingKnownError:
            return False

    def _shows(self, ids: Iterable[str], account: Credentials) -> Steps[bool]:
        """End in whether the operation that shows the state shows `account` any of these ids."""
        poll = self._inquiry.poll(self._case)
        if poll is None or not ids:
            return False
        try:
            answered = yield from self._inquiry.call(poll, account)
        except NothingKnownError:
            return False
        return _has(answered, ids)

    def _ids(self, created: Answered) -> set[str]:
        """Return what names the resource that was created: values of the answer by which it is deleted."""
        cleanup = self._case.cleanup
        deleting = set(self._inquiry.deleting(cleanup, created).values()) if cleanup is not None else set()
        sent = set(self._inquiry.sent(self._case.steps[0]).values())
        return {value for value in created.body.values() if isinstance(value, str) and value in deleting - sent}


def _has(answered: Answered, ids: Iterable[str]) -> bool:
    text = json.dumps(answered.body) if answered.code is None else ""
    return any(json.dumps(each) in text for each in ids)
