"""What a ledger says is, or may be, still there: found, deleted, and seen to be gone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from conformance.core.errors import ReportError, UsageError
from conformance.engine.cleanup.cleaner import drive
from conformance.engine.cleanup.leftovers import Leftovers
from conformance.engine.notes import RunNote
from conformance.engine.sent import NothingKnownError
from conformance.target.ledger import Creation, Ledger, account_hash, read_ledger, repair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.cases.model import Cleanup
    from conformance.cases.suite import Suite
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.target.ledger import Intent, LedgerContents, Owner
    from conformance.target.model import Target


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of one thing that a ledger names.

    Attributes:
        what: What it is, for a person.
        failure: Why it is, or may be, still there; `None` when it is gone.
    """

    what: str
    failure: str | None


def cleanups_of(suites: Iterable[Suite]) -> dict[str, tuple[Cleanup, str]]:
    """Return by operation how what it creates is deleted, and the version of its API."""
    return {
        suite.operation: (suite.cleanup, next(iter(suite.contracts.values())).version)
        for suite in suites
        if suite.cleanup is not None
    }


def settle(cleanups: Mapping[str, tuple[Cleanup, str]], target: Target, path: Path) -> list[RunNote]:
    """Delete at the end of a run what its cases could not, and return a note about what is, or may be, still there.

    Args:
        cleanups: By operation, how what it creates is deleted, and the version of its API.
        target: The target of the run.
        path: Its ledger; there is none when the run created nothing that outlives it.
    """
    if not path.exists():
        return []
    left = [swept for swept in sweep(path, target, cleanups) if swept.failure is not None]
    if not left:
        return []
    text = f"{len(left)} of what the run created is, or may be, still there: conformance cleanup {path} --target FILE"
    return [RunNote("cleanup.left", text)]


def sweep(path: Path, target: Target, cleanups: Mapping[str, tuple[Cleanup, str]]) -> Iterator[Swept]:
    """Delete what a ledger says is still there, the newest first, and look for what may be.

    Args:
        path: The ledger.
        target: The target that the run had.
        cleanups: By operation, how what it creates is deleted, and the version of its API.

    Raises:
        ReportError: When the file is no ledger, or names what no operation here creates. Then nothing is sent.
        UsageError: When it is the ledger of another endpoint or account. Then nothing is sent.
    """
    contents = read_ledger(path)
    accounts = {account_hash(each): each for each in _accounts(target)}
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
    return _swept(path, target, cleanups, contents, accounts)


def _swept(
    path: Path,
    target: Target,
    cleanups: Mapping[str, tuple[Cleanup, str]],
    contents: LedgerContents,
    accounts: Mapping[str, Credentials],
) -> Iterator[Swept]:
    if contents.open or contents.there:
        repair(path)

    def leftovers(owner: Owner, operation: str) -> Leftovers:
        cleanup, version = cleanups[operation]
        values = {f"target.{name}": value for name, value in target.values.items()}
        return Leftovers(cleanup, version, values, accounts[owner.account])

    yield from _found_out(path, target, cleanups, contents, leftovers)
    for owner, creation in reversed(contents.there):
        finder = leftovers(owner, creation.operation)
        what = f"{cleanups[creation.operation][0].operation} {_shown(creation.fields)}"
        if finder.fields_of(creation.fields) != creation.fields:
            yield Swept(what, "the ledger does not name it as its operation does")
            continue
        why = drive(target, partial(finder.delete, creation.fields))
        if why is None:
            Ledger(path, owner.run, owner.endpoint).deleted(owner.account, creation)
        yield Swept(what, None if why is None else str(why))


def _found_out(
    path: Path,
    target: Target,
    cleanups: Mapping[str, tuple[Cleanup, str]],
    contents: LedgerContents,
    leftovers: Callable[[Owner, str], Leftovers],
) -> Iterator[Swept]:
    """Look for what requests may have created; add what they did to `contents.there`, and yield what is not known."""
    unlisted: dict[tuple[Owner, str], str] = {}
    for owner, intent in contents.open:
        ledger = Ledger(path, owner.run, owner.endpoint)
        before = contents.before.get((owner, intent.operation), frozenset())
        finder = leftovers(owner, intent.operation)
        # Where one list does not come, none does: asking for each again would take as long each time.
        failure = unlisted.get((owner, intent.operation))
        found: list[dict[str, str]] = []
        if failure is None:
            found, failure = _found(target, finder, intent, cleanups[intent.operation][0])
        if failure is not None:
            if intent.mark:
                unlisted[owner, intent.operation] = failure
            yield Swept(f"what {intent.operation} may have created", failure)
            continue
        known = [each.fields for other, each in contents.there if other == owner]
        new = [
            each for each in found if "/".join(each[name] for name in sorted(each)) not in before and each not in known
        ]
        for fields in new[:1]:
            ledger.created(owner.account, intent, fields)
            contents.there.append((owner, Creation(intent.operation, fields)))
        if not new:
            ledger.nothing(owner.account, intent)


def _found(
    target: Target, finder: Leftovers, intent: Intent, cleanup: Cleanup
) -> tuple[list[dict[str, str]], str | None]:
    """Return what has the mark of a request, or why that is not known."""
    if not intent.mark or cleanup.find is None:
        return [], "it has no mark by which it could be found"

    def work() -> Steps[object]:
        return (yield from finder.marked(intent.mark))

    try:
        found = drive(target, work)
    except NothingKnownError as fault:
        return [], str(fault)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else [], None


def _accounts(target: Target) -> Sequence[Credentials]:
    own = [target.credentials] if target.credentials is not None else []
    return [*own, *target.profiles.values()]


def _shown(fields: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in fields.items())
