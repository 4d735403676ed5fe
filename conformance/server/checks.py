"""What the server refuses, and with which code: one table for an operation, in the order in which it looks.

A check names its codes by preference. The first one that a followed document has is what the server answers; a check
none of whose codes is documented does not exist for that server. So a check need not know which language it belongs to.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from conformance.contract.message_templates import fits
from conformance.contract.model import Contract, ErrorCode, State
from conformance.contract.wire import SYSTEM_PARAMETERS
from conformance.server.behaviour.conditions import missing, read_condition, violates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.server.attempt import Attempt
    from conformance.server.behaviour.conditions import Condition
    from conformance.server.behaviour.definition import Behaviour, RefusedSituation, ServedOperation

Choice: TypeAlias = "Callable[[Sequence[ErrorCode], Attempt], ErrorCode]"
ContractOf: TypeAlias = "Callable[[str], Contract]"

GATEWAY: Final = "*"
"""The name under which the checks are that hold for every operation."""
ORDERED: Final = "service.answers-with"
"""The provider state in which a creation is answered with the code that the state names, and the check for it."""


def first_row(rows: Sequence[ErrorCode], _attempt: Attempt) -> ErrorCode:
    """Choose the first of a code's rows."""
    return rows[0]


class Check(Struct, frozen=True):
    """One thing that the server refuses.

    Attributes:
        id: Its name, `account.quota`, for faults and messages.
        codes: The codes it may answer with, the preferred first. None at all means that `choose` knows.
        broken: Whether a call breaks it.
        choose: Which of the code's rows to answer with, where the code has several messages.
    """

    id: str
    codes: tuple[str, ...]
    broken: Condition
    choose: Choice = first_row


def checks_of(
    behaviour: Behaviour, followed: Contract, contract_of: ContractOf | None = None
) -> dict[str, tuple[Check, ...]]:
    """Return what a server refuses, by operation, and under `GATEWAY` for all. Checks without a row are left out.

    Args:
        behaviour: What the resource does.
        followed: The promises of its creation.
        contract_of: Finds the promises of its other operations by name; without it these are checked by the behaviour
            alone.

    Raises:
        BehaviourError: When a condition of the behaviour is wrong; with the line.
    """
    operations = (behaviour.create, behaviour.show, behaviour.delete)
    contract = {
        "required": tuple(_required(behaviour, followed)),
        "constraints": tuple(_constraints(behaviour, followed)),
    }

    def checks_for(operation: ServedOperation) -> tuple[Check, ...]:
        own = contract if operation is behaviour.create else _later_checks(behaviour, operation.name, contract_of)
        return tuple(check for refusal in operation.refusals for check in check_of(refusal, own))

    checks = {
        GATEWAY: gateway_checks({each.name: frozenset({followed.version}) for each in operations if each.name}),
        **{operation.name: checks_for(operation) for operation in operations},
    }
    checks[behaviour.create.name] = (ORDERED_CHECK, *checks[behaviour.create.name])
    return {
        # One check without codes finds its row itself.
        action: tuple(check for check in of_action if not check.codes or rows_of(check, followed, behaviour))
        for action, of_action in checks.items()
    }


def rows_of(check: Check, followed: Contract, behaviour: Behaviour) -> tuple[ErrorCode, ...]:
    """Return the rows that a check answers with: those of its first documented code, nothing when it has none."""
    own = (*_GATEWAY_ROWS, *behaviour.rows)
    for code in check.codes:
        rows = followed.rows(code) or tuple(row for row in own if row.code == code)
        if rows:
            return rows
    return ()


def check_of(refusal: RefusedSituation, contract: Mapping[str, tuple[Check, ...]]) -> tuple[Check, ...]:
    """Return the checks of one situation, or those of the contract that have their place there.

    Raises:
        BehaviourError: When its condition is wrong; with the line.
    """
    if refusal.when is None:
        return contract[refusal.contract]
    choose = partial(_row_that_names, refusal.message_names) if refusal.message_names else first_row
    return (Check(refusal.id, refusal.codes, read_condition(refusal.when), choose),)


def _required(behaviour: Behaviour, followed: Contract) -> Iterator[Check]:
    for path, name in rules_of(followed):
        if name == "required":
            yield Check(f"required.{path}", behaviour.codes_of(path, name), partial(missing, path))


def _constraints(behaviour: Behaviour, followed: Contract) -> Iterator[Check]:
    for path, name in rules_of(followed):
        if name != "required":
            yield Check(f"constraint.{path}.{name}", behaviour.codes_of(path, name), partial(violates, path, name))


def _later_checks(behaviour: Behaviour, operation: str, contract_of: ContractOf | None) -> dict[str, tuple[Check, ...]]:
    """Return the checks of an operation by its own contract, which is read when it is first called."""
    if contract_of is None:
        return {"required": (), "constraints": ()}

    def broken(kind: str, attempt: Attempt) -> bool:
        own = contract_of(operation)
        seen = attempt.following(own)
        if kind == "required":
            return any(missing(path, seen) for path, name in rules_of(own) if name == kind)
        return any(violates(path, name, seen) for path, name in rules_of(own) if name != "required")

    return {
        kind: (Check(f"{operation}.{kind}", behaviour.codes_of("", fact), partial(broken, kind)),)
        for kind, fact in (("required", "required"), ("constraints", ""))
    }


def rules_of(followed: Contract) -> Iterator[tuple[str, str]]:
    """Yield path and name of every rule that a call can break, for each call or on a condition; each once."""
    stated = [(parameter.path, name) for parameter, name, _ in followed.constraints()]
    conditional = [(parameter.path, each.name) for parameter, each in followed.conditional_constraints()]
    for path, name in dict.fromkeys([*stated, *conditional]):
        if path not in SYSTEM_PARAMETERS:
            yield path, name


# --- Choices among a code's messages ---------------------------------------------------------------------------------


def _row_that_names(parameter: str, rows: Sequence[ErrorCode], attempt: Attempt) -> ErrorCode:
    """Choose the row whose message names the call's value of a parameter, in any case, else the first."""
    word = (attempt.call.value(parameter) or "").lower()
    return next((row for row in rows if word and word in row.message.lower()), rows[0])


def _ordered(attempt: Attempt) -> ErrorCode | None:
    """Return the row that a state tells the server to answer this operation with; `None` when none does."""
    for setting in attempt.view.settings(ORDERED):
        if setting.get("operation", attempt.call.action) != attempt.call.action:
            continue
        rows = [
            row
            for row in attempt.followed.rows(str(setting["code"]))
            if setting.get("status", row.status) == row.status
        ]
        # The message is the row's own; where no row has it, it has texts in place of placeholders.
        exact = [row for row in rows if setting.get("message", row.message) == row.message]
        found = exact or [row for row in rows if fits(row.message, setting.get("message"))]
        if found:
            return found[0]
    return None


def _is_ordered(attempt: Attempt) -> bool:
    return _ordered(attempt) is not None


def _ordered_row(_rows: Sequence[ErrorCode], attempt: Attempt) -> ErrorCode:
    """Choose the row that the state names; there is one, for the check is broken."""
    row = _ordered(attempt)
    assert row is not None  # noqa: S101 - see above
    return row


ORDERED_CHECK: Final = Check(ORDERED, (), _is_ordered, _ordered_row)
"""The check that is broken where a provider state tells the server what to answer."""


# --- The way to every operation --------------------------------------------------------------------------------------


def gateway_checks(actions: Mapping[str, frozenset[str]]) -> tuple[Check, ...]:
    """Return what a server refuses before it looks at the operation: another verb, operation or version.

    Args:
        actions: The versions of APIs that have each operation.
    """

    def other_version(attempt: Attempt) -> bool:
        return attempt.call.value("Version") not in actions[attempt.call.action]

    return (
        Check("gateway.method", ("UnsupportedHTTPMethod",), lambda attempt: attempt.call.method not in ("GET", "POST")),
        Check("gateway.action", ("InvalidAction.NotFound",), lambda attempt: attempt.call.action not in actions),
        Check("gateway.version", ("InvalidVersion",), other_version),
    )


def _gateway_row(status: int, code: str, message: str) -> ErrorCode:
    return ErrorCode(status, code, message, 0, State.NOT_STATED, "syntax")


_GATEWAY_ROWS: Final = (
    _gateway_row(405, "UnsupportedHTTPMethod", "This http method is not supported."),
    _gateway_row(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method."),
    _gateway_row(400, "InvalidVersion", "Specified parameter Version is not valid."),
)
"""Codes that no document of an operation has, because they come from before it."""
