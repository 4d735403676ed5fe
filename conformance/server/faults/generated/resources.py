"""Faults of what an operation does with a resource: not created, shown though it was not asked for, not deleted ...

What an operation does is read from its name and its contract (`resources.inference`). A fault of it shows where another
operation shows the resource, or refuses what is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.meanings.rows import meant_rows
from conformance.cases.scaffold.rules import slug
from conformance.server.checks import ORDERED
from conformance.server.faults.generated.fault import Flaw
from conformance.server.faults.mutations import Mutation, calling, executing, together, without
from conformance.server.general.carrying_out import ContractOperation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.server.execution import Execution
    from conformance.server.faults.generated.fault import Subject
    from conformance.server.request import Call

_REQUEST_ID: Final = "54B48E3D-DF70-471B-AA93-08E683A1B457"
_ELSEWHERE: Final = ("required.", "constraint.", ORDERED)
"""How the ids of checks begin that have faults of their own."""
_SHOWING: Final = ("list", "detail")
_USING: Final = (*_SHOWING, "change", "delete", "attach", "detach")
_NEEDS, _GONE = "resource.needs.", "resource.gone"
_ROWS: Final = {
    "not_found.": "not_found",
    _GONE: "not_found",
    "exists.": "exists",
    "resource.exists": "exists",
    "resource.unique": "exists",
    "idempotency": "idempotency",
}
"""By the beginning of a check's id, the kind of error rows that speak of what it looks at."""
_UNSEEN: Final = "no operation shows such a resource, or refuses one that is not there"

_ROLES: Final[Mapping[str, tuple[tuple[str, str, Callable[[Execution], Execution]], ...]]] = {
    "create": (
        ("not-created", "nothing is created", lambda execution: replace(execution, keeps=False)),
        ("id-reused", "every resource has the same id", lambda execution: replace(execution, resource_id=_same_id)),
    ),
    "list": (
        (
            "other-accounts-listed",
            "the resources of every account are listed",
            lambda execution: replace(execution, lists_every_account=True),
        ),
    ),
    "change": (("not-changed", "nothing is changed", lambda execution: replace(execution, changes=False)),),
    "attach": (("not-attached", "nothing is attached", lambda execution: replace(execution, changes=False)),),
    "detach": (("not-detached", "nothing is detached", lambda execution: replace(execution, changes=False)),),
    "switch": (("not-switched", "nothing is switched", lambda execution: replace(execution, changes=False)),),
    "delete": (("not-deleted", "nothing is deleted", lambda execution: replace(execution, deletes=False)),),
}
"""By what an operation does with a resource, what it can do wrong."""


def flaws_of_resources(subject: Subject) -> Iterator[Flaw]:
    """Yield what a server can do wrong with the resource that an operation is about, and with what it must look at."""
    role = role_of(subject)
    shown = any(subject.family.get(each) for each in (_USING if role in ("create", "delete") else _SHOWING))
    for name, about, change in _ROLES.get(role, ()):
        yield Flaw(name, "resource", about, executing(name, change), "" if shown else _UNSEEN)
    if role == "list":
        yield from _of_listing(subject)
    yield from _repeated(subject)
    same = executing("request_id", lambda execution: replace(execution, request_id=lambda: _REQUEST_ID))
    yield Flaw("request-id-reused", "resource", "every answer has the same request id", same)
    yield from _of_checks(subject)


def _of_checks(subject: Subject) -> Iterator[Flaw]:
    """Yield the faults of what is looked at beside the rules of parameters: all checks of one thing go together."""
    ids = [check.id for check in subject.plan.checks.get(subject.operation.name, ())]
    groups: dict[str, list[str]] = {}
    for each in ids:
        if not each.startswith(_ELSEWHERE):
            groups.setdefault(_looked_at(each, subject, ids), []).append(each)
    for name, own in groups.items():
        about = f"it is not looked at: {name}"
        dropped = together([without(each) for each in own])
        yield Flaw(f"{slug(name)}-ignored", "state", about, dropped, _undocumented(name, subject))


def _looked_at(check: str, subject: Subject, ids: Sequence[str]) -> str:
    """Return the check that stands for all that look at the same: that something exists is looked at in two ways."""
    if check.startswith(_NEEDS):
        return f"not_found.{check.removeprefix(_NEEDS)}"
    served = subject.plan.operations.get(subject.operation.name)
    if check == _GONE and isinstance(served, ContractOperation) and served.kind is not None:
        own = f"not_found.{served.kind.id_field}"
        return own if own in ids else _GONE
    return check


def _undocumented(check: str, subject: Subject) -> str:
    """Return why a check may as well not be there: no error row speaks of what it looks at."""
    kind = next((kind for beginning, kind in _ROWS.items() if check.startswith(beginning)), "")
    rows = [each for contract in subject.contracts.values() for each in meant_rows(contract, subject.words)]
    return "" if not kind or any(each.kind == kind for each in rows) else "no error row of a document speaks of it"


def role_of(subject: Subject) -> str:
    """Return what an operation does with its resource: as its own plan has it, else by its family."""
    served = subject.plan.operations.get(subject.operation.name)
    if isinstance(served, ContractOperation):
        return served.role
    return next((role for role, names in subject.family.items() if subject.operation.name in names), "")


def _of_listing(subject: Subject) -> Iterator[Flaw]:
    for name in subject.plan.execution.filters:
        yield Flaw(f"filter-{slug(name)}-ignored", "filter", f"{name} chooses nothing", _ignoring_filter(name))
    for meaning, what in (
        ("page_number", "the number of a page"),
        ("page_size", "the size of a page"),
        ("token", "the token of a page"),
        ("limit", "how many are wanted"),
    ):
        names = [row.path for row in subject.plan.followed.parameters if subject.words.means(meaning, row.path)]
        for name in names:
            yield Flaw(
                f"{slug(name)}-ignored-in-paging",
                "paging",
                f"{what}, {name}, is ignored",
                calling(_ignoring(subject.operation.name, name)),
            )


def _repeated(subject: Subject) -> Iterator[Flaw]:
    tokens = [row.path for row in subject.plan.followed.parameters if subject.words.means("idempotent_by", row.path)]
    for name in tokens:
        about = f"a call that repeats a {name} is carried out again"
        yield Flaw("repeated", "idempotency", about, calling(_ignoring(subject.operation.name, name)))


def _ignoring_filter(name: str) -> Mutation:
    return executing(
        name, lambda execution: replace(execution, filters=tuple(each for each in execution.filters if each != name))
    )


def _ignoring(action: str, name: str) -> Callable[[Call], Call]:
    return lambda call: call.having(**{name: None}) if call.action == action else call


def _same_id(behaviour: object) -> str:
    return f"{getattr(behaviour, 'id_prefix', '')}00000000000000000000"
