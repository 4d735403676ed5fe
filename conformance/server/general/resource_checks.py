"""What an operation refuses because of the resources that there are: one deleted before, a part that is not there.

These come after the checks of the contract. Each answers with a documented row of its kind, that of the resource before
others, else with a plain one of `behaviours/words.yaml`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.rows import meant_rows
from conformance.server.checks import Check
from conformance.server.general.identity import is_stated, named_by_call
from conformance.server.general.kept import comparable
from conformance.server.general.listing import wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.cases.meanings.words import Words
    from conformance.contract.model import Contract, ErrorCode
    from conformance.server.attempt import Attempt
    from conformance.server.resources.kinds import ResourceKind

_NEEDS_ITS_RESOURCE: Final = ("detail", "change", "delete", "attach", "detach", "switch")


def resource_checks(contract: Contract, kind: ResourceKind | None, role: str, words: Words) -> tuple[Check, ...]:
    """Return the checks of an operation that look at the resources of the account.

    Args:
        contract: What it promises.
        kind: The kind of resource that it is about, if any.
        role: What it does with it (`ResourceKind.roles`).
        words: What names and messages mean.
    """
    if kind is None or kind.is_single:
        return ()
    return tuple(_checks(contract, kind, role, words))


def _checks(contract: Contract, kind: ResourceKind, role: str, words: Words) -> Iterator[Check]:
    def row(meaning: str) -> Callable[[], ErrorCode]:
        return partial(_row, meaning, contract, kind, words)

    if role in _NEEDS_ITS_RESOURCE:
        yield _answering("resource.gone", row("not_found"), partial(_gone, kind, contract))
    if role == "create":
        exists = row("exists")
        if not kind.id_field:
            yield _answering("resource.exists", exists, partial(_there, kind, contract, words))
        for parameter in kind.needs:
            missing = partial(_row, "not_found", contract, kind, words, parameter)
            yield _answering(f"resource.needs.{parameter}", missing, partial(_unknown, parameter, words))
        if kind.unique_by:
            yield _answering("resource.unique", exists, partial(_alike, kind, words))


def _answering(name: str, row: Callable[[], ErrorCode], broken: Callable[[Attempt], bool]) -> Check:
    # Few calls are refused so: the row is looked for when one is.
    return Check(name, (), broken, lambda _rows, _attempt: row())


def _row(meaning: str, contract: Contract, kind: ResourceKind, words: Words, parameter: str = "") -> ErrorCode:
    """Return the row of a kind that names the resource or its id, else one that names no parameter, else a plain one.

    Where a parameter is given, it is the one that the row is to name.
    """
    rows = [each for each in meant_rows(contract, words) if each.kind == meaning]
    own = kind.resource.lower()
    named = [
        each.row
        for each in rows
        if (each.parameter == parameter if parameter else each.parameter in kind.id_fields or own in _text(each.row))
    ]
    return next(iter([*named, *(each.row for each in rows if not each.parameter)]), words.generic[meaning])


def _text(row: ErrorCode) -> str:
    return f"{row.code} {row.message}".lower()


def _unknown(parameter: str, words: Words, attempt: Attempt) -> bool:
    return any(not attempt.view.knows(value) for value in wanted(attempt.call, parameter)) and not _repeats(
        words, attempt
    )


def _gone(kind: ResourceKind, contract: Contract, attempt: Attempt) -> bool:
    """Whether a call names a resource that was deleted, or a part of a resource of the account that is not there."""
    own = attempt.view.own
    for name in named_by_call(kind, contract, attempt.call):
        if name in own.kept.get(kind.key, {}):
            continue
        if name in own.gone or not (kind.id_field or is_stated(kind, name, attempt.view)):
            return True
    return False


def _there(kind: ResourceKind, contract: Contract, words: Words, attempt: Attempt) -> bool:
    kept = attempt.view.own.kept.get(kind.key, {})
    named = named_by_call(kind, contract, attempt.call)
    return any(name in kept and not kept[name].stated for name in named) and not _repeats(words, attempt)


def _alike(kind: ResourceKind, words: Words, attempt: Attempt) -> bool:
    wished = [attempt.call.value(name) for name in kind.unique_by]
    alike = any(
        [each.fields.get(name) for name in kind.unique_by] == wished
        for each in attempt.view.own.kept.get(kind.key, {}).values()
    )
    return alike and not _repeats(words, attempt)


def _repeats(words: Words, attempt: Attempt) -> bool:
    """Whether a call repeats an earlier one with its client token: that is answered as it was."""
    token = next((text for name, text in attempt.call.parameters.items() if words.means("idempotent_by", name)), "")
    earlier = attempt.view.own.answered.get((attempt.call.action, token)) if token else None
    return earlier is not None and earlier.asked == comparable(attempt.call, words)
