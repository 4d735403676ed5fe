"""Finding and deleting what an operation created on an account that outlives the run, by the operation's own data.

Nothing else is ever sent to delete something, and nothing is deleted that was there before or has no id.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.expand import wire_parameters
from conformance.cases.model import Transport
from conformance.contract.common_codes import common_codes
from conformance.core.errors import ConformanceError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.redaction import known_secrets
from conformance.engine.calls import Send
from conformance.engine.cleanup.patience import CleanupPatience
from conformance.engine.effects import Sleep
from conformance.engine.sent import NothingKnownError, SentExchange
from conformance.protocol.retry_after import retry_after_s

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from conformance.cases.model import Cleanup, Find
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.protocol.answer import Answered
    from conformance.target.ledger import Fields

LATE_S: Final = 5.0
"""How late something that was created may be shown, at the end of a run."""

SOON_S: Final = 3.0
"""The same between two attempts of a case."""

_GONE_S: Final = 3.0
"""How long something must be unknown before it counts as gone, when its deletion was not accepted."""

_STILL_SHOWN: Final = "its deletion was accepted, and it is still shown"
_ANSWERED: Final = "it is answered with"
_FIRST_WAIT_S: Final = 0.02
_WAIT_S: Final = 0.5
_MOST_PAGES: Final = 400
_MOST_REPEATED: Final = 3
"""Pages in a row with nothing new after which a list is at its end: a server may give the same page for ever."""
_LISTING_S: Final = 30.0
"""How long a list with all its pages may take."""
_LONGEST_ID: Final = 1000
"""Characters of an id: what is longer names nothing."""
_FIELD: Final = lazy_pattern(r"\$\{created\.([^}]+)\}")
_NOT_FOUND: Final = 404


class Found(Struct, frozen=True):
    """What an account has.

    Attributes:
        by_mark: What has each mark: the fields that a deletion needs, `None` for an entry that has no usable id.
        all: All of it.
    """

    by_mark: Mapping[str, list[dict[str, str] | None]]
    all: list[dict[str, str] | None]


class _Deletion(Struct, frozen=True):
    """What the answer to a deletion says.

    Attributes:
        accepted: Whether it was accepted.
        read: Whether the answer could be read.
        unknown: Whether nothing of the kind is known.
        why: Why it was not accepted, for a person.
        asked_s: How long the service asks to wait, in seconds; `None` for not at all.
    """

    accepted: bool
    read: bool
    unknown: bool
    why: str
    asked_s: float | None


class Leftovers:
    """Finds and deletes what one operation created on one account.

    Args:
        cleanup: How it is deleted and found: the operation's own data.
        version: The version of its API.
        values: What `${target.NAME}` stands for.
        credentials: The account.
        patience: How long something is tried.

    Attributes:
        silent: Whether something was given up because no answer to it could be read.
    """

    def __init__(
        self,
        cleanup: Cleanup,
        version: str,
        values: Mapping[str, object],
        credentials: Credentials,
        patience: CleanupPatience | None = None,
    ) -> None:
        self._cleanup = cleanup
        self._version = version
        self._values = values
        self._credentials = credentials
        self._patience = patience or CleanupPatience()
        self._clock = self._patience.clock
        self.silent = False
        self._names = sorted(set(_FIELD.findall(" ".join(_texts(cleanup.params)))))
        self._kept = (*self._names, *cleanup.marks)

    def fields_of(self, body: Mapping[str, object]) -> dict[str, str] | None:
        """Return what a deletion needs of an answer or a list entry; `None` unless all of it is text without secrets.

        A server may give a secret as an id, or a very long text. No service does: such an id names nothing, and must
        not be written.
        """
        fields = {name: value for name, value in _texts_of(body, self._names).items() if value.strip()}
        if not fields or len(fields) < len(self._names):
            return None
        return fields if known_secrets().value(fields) == fields else None

    def deleting(self, fields: Fields) -> dict[str, str]:
        """Return the parameters of the call that deletes something."""
        created = {f"created.{name}": value for name, value in fields.items()}
        return wire_parameters(self._cleanup.params, {**self._values, **created})

    def everything(self) -> Steps[list[dict[str, str]]]:
        """End in all that the account has, of each the fields of its id and its marks.

        Raises:
            NothingKnownError: When it is not shown, or has no end.
        """
        find = self._cleanup.find
        assert find is not None  # noqa: S101 - callers ask only where there is a way to find out
        found: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
        until = min(self._clock() + _LISTING_S, self._patience.end)
        repeated = 0
        for number in range(1, _MOST_PAGES + 1):
            params = wire_parameters(find.params, self._values)
            if find.page:
                params[find.page] = str(number)
            answered = yield from self._tried((find.operation, self._version), params)
            page = [_texts_of(item, self._kept) for item in _items(answered.body, find)]
            known = len(found)
            found.update({tuple(item.items()): item for item in page})
            repeated = repeated + 1 if len(found) == known else 0
            if not page or not find.page or repeated == _MOST_REPEATED:
                return list(found.values())
            if self._clock() >= until:
                break
        raise NothingKnownError(f"what the account has is not shown: {find.operation} has page after page")

    def marked(self, marks: Collection[str], late_s: float | None = None) -> Steps[Found]:
        """End in what has a mark, waiting as long as it may be shown late.

        Args:
            marks: The marks.
            late_s: How late that is, in seconds; `None` for as between two attempts of a case.

        Raises:
            NothingKnownError: When it is not shown, or the run was stopped before it was seen.
        """
        until = self._clock() + (SOON_S if late_s is None else late_s)
        while True:
            items = yield from self.everything()
            found = Found(
                {mark: [self.fields_of(item) for item in items if self._has(item, mark)] for mark in marks},
                [self.fields_of(item) for item in items],
            )
            if all(found.by_mark.values()) or self._clock() >= until:
                return found
            if (yield Sleep(_WAIT_S, cleaning=True)):
                raise NothingKnownError("the run was stopped")

    def _has(self, item: Mapping[str, object], mark: str) -> bool:
        return any(item.get(name) == mark for name in self._cleanup.marks)

    def belongs(self, fields: Fields, mark: str) -> Steps[bool]:
        """End in whether something may be deleted as what was created with a mark.

        A server may answer a creation with the id of what somebody else created in the meantime. What is not shown
        yet is new.

        Raises:
            NothingKnownError: When what there is is not shown.
        """
        if not mark or self._cleanup.find is None:
            return True
        items = yield from self.everything()
        return all(self._has(item, mark) for item in items if self.fields_of(item) == fields)

    def delete(self, fields: Fields, *, accepted: bool = False) -> Steps[str | None]:
        """Delete something and see that it is gone.

        Args:
            fields: What it is.
            accepted: Whether its deletion was accepted already.

        Returns:
            `None` when it is gone, else why not, for a person.
        """
        call = (self._cleanup.operation, self._version)
        tries = self._patience.begin()
        gone_s = min(_GONE_S, self._patience.within_s / 2)
        unknown_since: float | None = None
        perhaps = False
        why = _STILL_SHOWN
        wait = _FIRST_WAIT_S
        asked: float | None = None
        read = True
        while True:
            if not accepted:
                told = yield from self._deleted(call, self.deleting(fields))
                accepted, read, unknown, why, asked = told.accepted, told.read, told.unknown, told.why, told.asked_s
                # An answer that was lost may have been that of the deletion: then it is unknown because of that.
                accepted = accepted or (unknown and perhaps)
                perhaps = perhaps or not (accepted or unknown or why.startswith(_ANSWERED))
                unknown_since = (unknown_since or self._clock()) if unknown else None
            missing = unknown_since is not None and self._clock() - unknown_since >= gone_s
            if (accepted or missing) and (yield from self._is_gone(fields, accepted=accepted)):
                return None
            pause = None if self.silent else tries.wait(wait, asked, read=read)
            if pause is None:
                self.silent = self.silent or tries.silent
                return why
            if (yield Sleep(pause, cleaning=True)):
                return "the run was stopped"  # what its end is for
            wait = min(wait * 2, _WAIT_S)

    def _deleted(self, call: tuple[str, str], params: Mapping[str, str]) -> Steps[_Deletion]:
        """Send a deletion."""
        sent = yield from self._sent(call, params)
        asked = _asked_s(sent)
        try:
            answered = sent.answered()
        except NothingKnownError as fault:
            return _Deletion(accepted=False, read=False, unknown=False, why=str(fault), asked_s=asked)
        code = answered.code
        unknown = answered.status == _NOT_FOUND or "notfound" in str(code).lower().replace(".", "")
        why = _STILL_SHOWN if code is None else f"{_ANSWERED} {code}{_in_words(asked)}"
        return _Deletion(code is None, read=True, unknown=unknown, why=why, asked_s=asked)

    def _is_gone(self, fields: Fields, *, accepted: bool) -> Steps[bool]:
        if self._cleanup.find is None:
            return accepted
        try:
            items = yield from self.everything()
        except NothingKnownError:
            return False
        return all(self.fields_of(item) != fields for item in items)

    def _tried(self, call: tuple[str, str], params: Mapping[str, str]) -> Steps[Answered]:
        """Send a call until it succeeds; raises `NothingKnownError` when it is refused, or not answered in time."""
        tries = self._patience.begin()
        while True:
            sent = yield from self._sent(call, params)
            asked = _asked_s(sent)
            try:
                answered = sent.answered()
                if answered.code is None:
                    return answered
                why, lost = f"{call[0]} is answered with {answered.code}{_in_words(asked)}", False
                passing = _passes(answered)
            except NothingKnownError as fault:
                why, lost = str(fault), fault.lost
                passing = lost
            pause = tries.wait(_WAIT_S / 2, asked, read=not lost) if passing else None
            self.silent = self.silent or (pause is None and lost and tries.silent)
            if pause is None or (yield Sleep(pause, cleaning=True)):
                raise NothingKnownError(f"what the account has is not shown: {why}")

    def _sent(self, call: tuple[str, str], params: Mapping[str, str]) -> Steps[SentExchange]:
        """Send a call, and once more with other credentials when those of now are refused."""
        account = self._credentials.current()
        sent = yield from self._once(call, params, account)
        if account.renewal is None or not _refuses_credentials(sent):
            return sent
        try:
            renewed = account.renewal.renewed(account)
        except ConformanceError:
            return sent
        return (yield from self._once(call, params, renewed)) if renewed != account else sent

    def _once(self, call: tuple[str, str], params: Mapping[str, str], account: Credentials) -> Steps[SentExchange]:
        send = Send(call, params, Transport(), account, written=params, cleaning=True)
        return SentExchange((yield send), account)


def _refuses_credentials(sent: SentExchange) -> bool:
    with suppress(NothingKnownError):
        return common_codes().class_of(str(sent.answered().code)) == "credentials"
    return False


def _asked_s(sent: SentExchange) -> float | None:
    """Return the seconds that an answer asks to wait; `None` for nothing."""
    response = sent.exchange.response
    return retry_after_s(response, time.time()) if response is not None else None


def _in_words(asked_s: float | None) -> str:
    return "" if not asked_s else f", which asks to wait {asked_s:.0f} s"


def _passes(answered: Answered) -> bool:
    """Whether an error is one of the moment, such as throttling, so that asking again may help."""
    common = common_codes()
    kind = common.class_of(str(answered.code)) or common.statuses.get(answered.status)
    return kind in ("throttle", "unavailable")


def _items(body: object, find: Find) -> list[dict[str, object]]:
    """Return the entries of a list in an answer; raises `NothingKnownError` when there is no such list."""
    for name in find.items.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    if not isinstance(body, list):
        raise NothingKnownError(f"the answer of {find.operation} has no list {find.items}")
    return [item for item in body if isinstance(item, dict)]


def _texts_of(item: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """Return the fields of these names that may be ids or marks."""
    texts = ((name, item.get(name)) for name in names)
    return {name: text for name, text in texts if isinstance(text, str) and len(text) <= _LONGEST_ID}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    else:
        yield str(value)
