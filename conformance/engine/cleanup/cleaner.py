"""What cases create on an account that outlives the run: noted before it is sent, deleted at the end of the case."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

from conformance.engine.cleanup.leftovers import Leftovers
from conformance.engine.effects import Once
from conformance.engine.interrupts import Interrupts
from conformance.engine.loop import Loop
from conformance.engine.sent import NothingKnownError
from conformance.target.ledger import Creation, account_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.cases.model import Case, Step
    from conformance.core.exchange import Credentials
    from conformance.engine.calls import Send
    from conformance.engine.effects import Steps
    from conformance.engine.sent import SentExchange
    from conformance.target.ledger import Intent, Ledger
    from conformance.target.model import Target

_MOST_UNKNOWN: Final = 3
"""How many cases in a row may create what nobody can look for: an account that outlives the run may have to pay."""

_UNKNOWN: Final = (
    "not sent: what the cases before it may have created can neither be looked for nor deleted, since answers are lost"
)

_PREFIX: Final = "conformance"
_SERVER_FAULT: Final = 500

Ids = frozenset[str]


class Creations:
    """What is known of the accounts of a run that outlive it; for all its cases.

    Args:
        ledger: Where it is written down; `None` for nowhere.

    Attributes:
        unknown: How many cases in a row may have created what nobody can look for.
    """

    def __init__(self, ledger: Ledger | None) -> None:
        self.ledger = ledger
        self.count = 0
        self.unknown = 0

    def mark(self) -> str:
        """Return a text that nothing else has, to recognise what one request creates."""
        self.count += 1
        run = self.ledger.run if self.ledger is not None else ""
        return f"{_PREFIX}-{run}-{self.count}"


class Cleaner:
    """Notes what one case creates, and deletes it.

    Args:
        case: The case; its `cleanup` is not `None`.
        values: What `${target.NAME}` stands for.
        credentials: The account.
        creations: What is known of the run's accounts.
    """

    def __init__(
        self, case: Case, values: Mapping[str, object], credentials: Credentials, creations: Creations
    ) -> None:
        assert case.cleanup is not None  # noqa: S101 - else there is nothing to delete
        self._cleanup = case.cleanup
        self._operation = case.operation
        self._subject = case.subject
        self._creations = creations
        self._account = account_hash(credentials)
        self._leftovers = Leftovers(case.cleanup, case.steps[0].version, values, credentials)
        self._mark = next((name for name in case.cleanup.marks if not _mentions(case, name)), None)
        self._before: Ids | None = None if case.cleanup.find is not None else frozenset()
        self._open: list[Intent] = []
        self._intended = False
        self._lost = False
        self._there: list[Creation] = []
        self._accepted: list[Creation] = []

    def marked(self, step: Step, params: dict[str, str]) -> dict[str, str]:
        """Return the parameters of a step with a mark, where it creates something and has none of its own."""
        if step.operation != self._operation or self._mark is None or self._mark in params:
            return params
        return {**params, self._mark: self._creations.mark()}

    def intend(self, send: Send, times: int = 1) -> Steps[None]:
        """Note that a request is about to be sent that may create something.

        Raises:
            ReportError: When the ledger cannot be written.
            NothingKnownError: When it is not to be sent.
        """
        if send.call[0] != self._operation:
            return
        if self._creations.unknown >= _MOST_UNKNOWN:
            raise NothingKnownError(_UNKNOWN)
        if self._cleanup.find is not None:
            self._before = yield Once(("before", self._account, self._subject), self._look_before)
        if self._creations.ledger is not None:
            # A case about all of them has no mark of the run: its longest text is the least likely one of others.
            names = (self._mark,) if self._mark is not None else self._cleanup.marks
            mark = max((send.wire.get(name, "") for name in names), key=len, default="")
            for _ in range(times):
                self._intended = True
                self._open.append(self._creations.ledger.intent(self._account, self._subject, mark))

    def note(self, send: Send, sent: SentExchange) -> None:
        """Take note of one exchange, whatever it is judged to be."""
        if send.call[0] == self._cleanup.operation:
            self._note_deletion(send, sent)
        elif send.call[0] == self._operation:
            self._note_creation(sent)

    def clean_up(self) -> Steps[bool]:
        """Delete what is still there, and what a lost answer may have created; the rest stays in the ledger.

        Ends in whether all is known: what is there was deleted, and what may be there was looked for.
        """
        known = True
        try:
            for intent in list(self._open):
                known = (yield from self._reconcile(intent)) and known
        except NothingKnownError:
            known = False
        if self._intended:
            self._creations.unknown = self._creations.unknown + 1 if self._lost and not known else 0
        for creation in list(self._there):
            accepted = creation in self._accepted
            if not accepted and not (yield from self._belongs(creation)):
                continue
            if (yield from self._leftovers.delete(creation.fields, accepted=accepted)) is None:
                self._there.remove(creation)
                if self._creations.ledger is not None:
                    self._creations.ledger.deleted(self._account, creation)
        return known and not self._there

    def _belongs(self, creation: Creation) -> Steps[bool]:
        """End in whether something is known to be what the run created; what is somebody else's is forgotten."""
        try:
            own = yield from self._leftovers.belongs(creation.fields, creation.mark)
        except NothingKnownError:
            return False
        if not own:
            self._there.remove(creation)
            if self._creations.ledger is not None:
                self._creations.ledger.foreign(self._account, creation)
        return own

    def _look_before(self) -> Steps[object]:
        try:
            items = yield from self._leftovers.everything()
        except NothingKnownError:
            return None  # as for an account that may not list: nothing that it creates is known to be new
        ids = frozenset(id_of(fields) for item in items if (fields := self._leftovers.fields_of(item)) is not None)
        if self._creations.ledger is not None:
            self._creations.ledger.before(self._account, self._subject, sorted(ids))
        return ids

    def _note_creation(self, sent: SentExchange) -> None:
        intent = self._open[0] if self._open else None
        try:
            answered = sent.answered()
        except NothingKnownError:
            self._lost = self._lost or sent.exchange.lost
            if not sent.exchange.lost and sent.exchange.response is None:
                self._settle(intent, None)  # nothing was sent
            return
        if answered.code is not None:
            if answered.status < _SERVER_FAULT:
                self._settle(intent, None)
            return
        fields = self._leftovers.fields_of(answered.body)
        if fields is None or self._before is None:
            return  # it may have created something: it is looked for at the end
        created = id_of(fields) not in self._before and all(fields != each.fields for each in self._there)
        self._settle(intent, fields if created else None)

    def _note_deletion(self, send: Send, sent: SentExchange) -> None:
        with suppress(NothingKnownError):
            if sent.answered().code is None:
                self._accepted += [
                    each for each in self._there if self._leftovers.deleting(each.fields) == dict(send.wire)
                ]

    def _settle(self, intent: Intent | None, fields: dict[str, str] | None) -> None:
        """Note what a request created, or that it created nothing."""
        if fields is not None:
            self._there.append(Creation(self._subject, fields, intent.mark if intent is not None else ""))
        if intent is None or self._creations.ledger is None:
            return
        self._open.remove(intent)
        if fields is None:
            self._creations.ledger.nothing(self._account, intent)
        else:
            self._creations.ledger.created(self._account, intent, fields)

    def _reconcile(self, intent: Intent) -> Steps[bool]:
        """Look for what a request whose answer is not known created; it is not there before it is shown.

        Ends in whether it can be looked for.
        """
        if not intent.mark or self._cleanup.find is None or self._before is None:
            return False
        found = (yield from self._leftovers.marked([intent.mark])).by_mark[intent.mark]
        known = filter(None, found)
        new = [
            each for each in known if id_of(each) not in self._before and all(each != one.fields for one in self._there)
        ]
        if new and (len(new) == 1 or of_a_run(intent.mark)):
            self._settle(intent, new[0])
        return True


def drive(target: Target, work: Callable[[], Steps[object]]) -> object:
    """Do work that cleans up, outside any run, and return its result."""
    loop: Loop[object] = Loop(target)
    with closing(loop), Interrupts() as interrupts:
        with interrupts.held():
            loop.start(work(), "")
        while True:
            loop.wait()
            with interrupts.held():
                ended = loop.process()
            if ended:
                return ended[0].result()


def of_a_run(mark: str) -> bool:
    """Return whether a text is one that a run made up, so that nothing of others has it."""
    return mark.startswith(f"{_PREFIX}-")


def id_of(fields: Mapping[str, str]) -> str:
    """Return what stands for something in a list of what was there before."""
    return "/".join(fields[name] for name in sorted(fields))


def _mentions(case: Case, name: str) -> bool:
    """Whether a case says anything about a parameter: then it is not the harness that sets it."""
    return any(fact.partition(".")[0] == name for fact in case.facts) or any(
        name in step.params or _in(outcome.body, name) or (step.until is not None and _in(step.until.body, name))
        for step in case.steps
        for allowed in step.outcomes.values()
        for outcome in allowed
    )


def _in(value: object, name: str) -> bool:
    if isinstance(value, dict):
        return name in value or any(_in(entry, name) for entry in value.values())
    return isinstance(value, list) and any(_in(entry, name) for entry in value)
