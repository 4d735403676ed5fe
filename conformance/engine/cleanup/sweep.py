"""What a ledger says is, or may be, still there: found, deleted, and seen to be gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.core.errors import ReportError, UsageError
from conformance.core.termination import TERMINATION
from conformance.engine.cleanup.cleaner import drive, id_of, of_a_run
from conformance.engine.cleanup.leftovers import LATE_S, Found, Leftovers
from conformance.engine.cleanup.patience import CleanupPatience, hurried_patience
from conformance.engine.notes import RunNote
from conformance.engine.sent import NothingKnownError
from conformance.target.ledger import Creation, Ledger, account_hash, read_ledger, repair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from conformance.cases.model import Case, Cleanup
    from conformance.cases.suite import Suite
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.target.ledger import Intent, LedgerContents, Owner
    from conformance.target.model import Target

_FOREIGN: Final = "it is not what the run created"
_HURRIED_LATE_S: Final = 2.4
"""How late something that was created may be shown after the last request of a run that was ended by Ctrl-C."""

_HURRIED_IN_ALL_S: Final = 3.2
"""After how many seconds nothing more is tried after Ctrl-C."""

_HURRIED_REQUEST_S: Final = 1.2
"""How long one request may take after Ctrl-C, and where others were not answered in a way that can be read."""

_SILENT: Final = "no answer about such things can be read"
_NO_TIME: Final = "there was no time left for it after Ctrl-C"


class Swept(Struct, frozen=True):
    """What became of one thing that a ledger names.

    Attributes:
        what: What it is, for a person.
        failure: Why it is, or may be, still there; `None` when it is gone.
    """

    what: str
    failure: str | None


def cleanups_of(suites: Iterable[Suite]) -> dict[str, tuple[Cleanup, str]]:
    """Return by the subject of cases how what their operation creates is deleted, and the version of its API."""
    return {
        suite.subject: (suite.cleanup, next(iter(suite.contracts.values())).version)
        for suite in suites
        if suite.cleanup is not None
    }


def cleanups_of_cases(cases: Iterable[Case]) -> dict[str, tuple[Cleanup, str]]:
    """Return the same of the operations of some cases."""
    return {case.subject: (case.cleanup, case.steps[0].version) for case in cases if case.cleanup is not None}


def settle(
    cleanups: Mapping[str, tuple[Cleanup, str]], target: Target, path: Path, *, run: str = "", hurried: bool = False
) -> tuple[list[RunNote], bool]:
    """Delete at the end of a run what its cases could not. Ctrl-C meanwhile hurries it, a second signal ends it.

    Args:
        cleanups: By operation, how what it creates is deleted, and the version of its API.
        target: The target of the run.
        path: Its ledger; there is none when the run created nothing that outlives it.
        run: The id of the run; empty for all that wrote the ledger.
        hurried: Whether the run was stopped by Ctrl-C.

    Returns:
        A note about what is, or may be, still there, and whether the run is now stopped by Ctrl-C.
    """
    if not path.exists() or not target.accounts:
        return [], hurried
    left: int | None = None
    for _ in range(2):
        if TERMINATION.at_once or left is not None:
            break
        try:
            left = _left(path, target, cleanups, run, hurried=hurried)
        except KeyboardInterrupt:
            if hurried:
                break
            hurried = True
    if left is None:
        contents = read_ledger(path, run)
        left = len(contents.open) + len(contents.there)
    if left == 0:
        return [], hurried
    text = f"{left} of what the run created is, or may be, still there: conformance cleanup {path} --target FILE"
    return [RunNote("cleanup.left", text)], hurried


def check_earlier(path: Path, target: Target) -> None:
    """Refuse to write into a ledger of an earlier run that is about something else, before anything is sent.

    A last line without its end is taken away: what is written next would be appended to it.

    Args:
        path: The ledger of the run that is about to begin.
        target: Its target.

    Raises:
        ReportError: When the file is no ledger.
        UsageError: When something may be left that the target's accounts cannot delete.
    """
    if not target.accounts or not path.exists():
        return
    repair(path)
    contents = read_ledger(path)
    accounts = {account_hash(each) for each in target.accounts}
    for owner, _ in (*contents.open, *contents.there):
        if owner.endpoint != target.endpoint or owner.account not in accounts:
            raise UsageError(
                f"{path} says what an earlier run, of another account or endpoint ({owner.endpoint}), left behind",
                hint="give it to conformance cleanup first, or take another --report-dir",
            )


def _left(path: Path, target: Target, cleanups: Mapping[str, tuple[Cleanup, str]], run: str, *, hurried: bool) -> int:
    return sum(swept.failure is not None for swept in sweep(path, target, cleanups, run=run, hurried=hurried))


def sweep(
    path: Path, target: Target, cleanups: Mapping[str, tuple[Cleanup, str]], *, run: str = "", hurried: bool = False
) -> Iterator[Swept]:
    """Delete what a ledger says is still there, the newest first, and look for what may be.

    Args:
        path: The ledger.
        target: The target that the run had.
        cleanups: By operation, how what it creates is deleted, and the version of its API.
        run: The id of the run that it is about; empty for all that wrote the ledger.
        hurried: Whether somebody waits for its end: after Ctrl-C.

    Raises:
        ReportError: When the file is no ledger, or names what no operation here creates. Then nothing is sent.
        UsageError: When it is the ledger of another endpoint or account. Then nothing is sent.
    """
    contents = read_ledger(path, run)
    accounts = {account_hash(each): each for each in target.accounts}
    named = [(owner, each.operation) for owner, each in contents.open]
    named += [(owner, each.operation) for owner, each in contents.there]
    for owner, operation in named:
        if owner.endpoint != target.endpoint:
            raise UsageError(
                f"{path} is about {owner.endpoint}, and the target is {target.endpoint}",
                hint="give the target file that the run had",
            )
        if owner.account not in accounts:
            raise UsageError(
                f"{path} is about another account than the target's", hint="give the credentials of the run"
            )
        if operation not in cleanups:
            raise ReportError(f"nothing here says how to delete what {operation} creates", where=path)
    patience = hurried_patience(_HURRIED_IN_ALL_S) if hurried else CleanupPatience()
    return _swept(
        _Sweeping(path, target, cleanups, accounts, patience, _HURRIED_LATE_S if hurried else LATE_S), contents
    )


class _Sweeping(Struct, frozen=True):
    """What one sweep works with.

    Attributes:
        path: The ledger.
        target: The target.
        cleanups: By operation, how what it creates is deleted, and the version of its API.
        accounts: The target's accounts, by what stands for each in a ledger.
        patience: How long something is tried.
        late_s: How late something that was created may be shown, in seconds.
        unseen: Why it is not known what an account has, where that is so: then nothing more is tried there.
        shown: What was seen with the mark of its request: that it is the run's need not be asked again.
    """

    path: Path
    target: Target
    cleanups: Mapping[str, tuple[Cleanup, str]]
    accounts: Mapping[str, Credentials]
    patience: CleanupPatience
    late_s: float
    unseen: dict[tuple[Owner, str], str] = field(default_factory=dict)
    shown: list[Creation] = field(default_factory=list)

    @property
    def hurried(self) -> bool:
        """Whether somebody waits for its end."""
        return self.late_s < LATE_S

    def leftovers(self, owner: Owner, operation: str) -> Leftovers:
        """Return what finds and deletes what an operation created."""
        cleanup, version = self.cleanups[operation]
        return Leftovers(cleanup, version, self.target.placeholders, self.accounts[owner.account], self.patience)

    def done(self, owner: Owner, operation: str, work: Callable[[Leftovers], Steps[object]]) -> object:
        """Do work with what an operation created, and return what it ends in.

        Raises:
            NothingKnownError: When it is not known what the account has, or there is no time left.
        """
        if (owner, operation) in self.unseen:
            raise NothingKnownError(self.unseen[owner, operation])
        if self.patience.over:
            raise NothingKnownError(_NO_TIME)
        finder = self.leftovers(owner, operation)
        hurried = self.hurried or any(each == _SILENT for each in self.unseen.values())
        timeout_s = min(self.target.timeout_s, _HURRIED_REQUEST_S) if hurried else self.target.timeout_s
        try:
            return drive(replace(self.target, timeout_s=timeout_s), lambda: work(finder))
        except NothingKnownError as fault:
            self.unseen[owner, operation] = str(fault)
            raise
        finally:
            if finder.silent:
                self.unseen[owner, operation] = _SILENT


def _swept(sweeping: _Sweeping, contents: LedgerContents) -> Iterator[Swept]:
    if contents.open or contents.there:
        repair(sweeping.path)
    yield from _found_out(sweeping, contents)
    for owner, creation in reversed(contents.there):
        finder = sweeping.leftovers(owner, creation.operation)
        what = f"{sweeping.cleanups[creation.operation][0].operation} {_shown(creation.fields)}"
        if finder.fields_of(creation.fields) != creation.fields:
            yield Swept(what, "the ledger does not name it as its operation does")
            continue
        before = contents.before.get((owner, creation.operation), frozenset())
        if id_of(creation.fields) in before:
            yield Swept(what, "it was there before the run")
            continue
        ledger = Ledger(sweeping.path, owner.run, owner.endpoint)
        why = _deleted(sweeping, owner, creation)
        if why == _FOREIGN:
            ledger.foreign(owner.account, creation)
            continue
        if why is None:
            ledger.deleted(owner.account, creation)
        yield Swept(what, why)


def _deleted(sweeping: _Sweeping, owner: Owner, creation: Creation) -> str | None:
    """Delete something; return why it is still there, `None` when it is gone, or that it is not the run's."""

    def work(finder: Leftovers) -> Steps[object]:
        own = any(each is creation for each in sweeping.shown)
        if not own and not (yield from finder.belongs(creation.fields, creation.mark)):
            return _FOREIGN
        return (yield from finder.delete(creation.fields))

    try:
        why = sweeping.done(owner, creation.operation, work)
    except NothingKnownError as fault:
        return str(fault)
    return None if why is None else str(why)


def _found_out(sweeping: _Sweeping, contents: LedgerContents) -> Iterator[Swept]:
    """Look for what requests may have created; add what they did to `contents.there`, and yield what is not known."""
    groups: dict[tuple[Owner, str], list[Intent]] = {}
    for owner, intent in contents.open:
        groups.setdefault((owner, intent.operation), []).append(intent)
    for (owner, operation), intents in groups.items():
        # All of them are looked for together: each may be shown late, and waiting for one is waiting for all.
        new = {intent.id for intent in intents if (owner, intent.id) not in contents.earlier}
        late_s = sweeping.late_s
        if sweeping.hurried:  # the last request was sent when the last line was written, or before
            late_s = max(late_s - _age_s(sweeping.path), 0.0) if new else 0.0
        found = _found(sweeping, owner, operation, {intent.mark for intent in intents if intent.mark}, late_s)
        taken = contents.before.get((owner, operation), frozenset())
        taken |= {id_of(each.fields) for other, each in contents.there if other == owner}
        for intent in intents:
            ledger = Ledger(sweeping.path, owner.run, owner.endpoint)
            fields, failure = (None, found) if isinstance(found, str) else _created(found, intent, taken)
            if failure is not None:
                yield Swept(f"what {operation} may have created", failure)
            elif fields is None and sweeping.hurried and intent.id in new:
                yield Swept(f"what {operation} may have created", "it is not shown, and may be later")
            elif fields is None:
                ledger.nothing(owner.account, intent)
            else:
                taken |= {id_of(fields)}
                ledger.created(owner.account, intent, fields)
                sweeping.shown.append(Creation(operation, fields, intent.mark))
                contents.there.append((owner, sweeping.shown[-1]))


def _age_s(path: Path) -> float:
    """Return how long ago a file was last written, in seconds."""
    return max(time.time() - path.stat().st_mtime, 0.0)


def _created(found: Found, intent: Intent, taken: frozenset[str]) -> tuple[dict[str, str] | None, str | None]:
    """Return what a request created, or why that is not known; neither when it created nothing."""
    shown = found.by_mark[intent.mark] if intent.mark else found.all
    new = [each for each in shown if each is None or id_of(each) not in taken]
    if not new:
        return None, None
    if not intent.mark:
        return None, "it has no mark by which it could be found"
    known = [each for each in new if each is not None]
    if len(known) > 1 and not of_a_run(intent.mark):
        return None, "several new things have its text, and which of them is its own is not known"
    return (known[0], None) if known else (None, "it is shown without an id that can be used")


def _found(sweeping: _Sweeping, owner: Owner, operation: str, marks: set[str], late_s: float) -> Found | str:
    """Return what has the marks of requests, or why that is not known."""
    if sweeping.cleanups[operation][0].find is None:
        return "there is no way to find it"

    def work(finder: Leftovers) -> Steps[object]:
        return (yield from finder.marked(marks, late_s))

    try:
        found = sweeping.done(owner, operation, work)
    except NothingKnownError as fault:
        return str(fault)
    assert isinstance(found, Found)  # noqa: S101 - what the work ends in
    return found


def _shown(fields: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in fields.items())
