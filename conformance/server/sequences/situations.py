"""Cases of situations that error rows speak of: something that does not exist, a quota that is reached, a RAM user.

No document says that a situation leads to a row: it follows from the words of the row. So every row that may be meant
is allowed, and a row that speaks of no such situation makes no case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.rows import any_rows, meant_rows, rows_for
from conformance.cases.meanings.words import load_words
from conformance.cases.scaffold.rules import slug
from conformance.contract.encodings import WRITTEN
from conformance.contract.wire import SYSTEM_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.contract.model import Contract, ErrorCode
    from conformance.server.sequences.requests import Kin, Operation

    Case = dict[str, object]

_NOWHERE: Final = "nowhere-00000009"
"""What no region, zone or resource is called."""
_IDENTITY, _QUOTA = "account.is-ram-user", "account.quota-reached"


def cases_of_situations(kin: Kin, operation: Operation, role: str) -> Iterator[Case]:
    """Yield the cases of an operation about the situations that its error rows speak of."""
    identity = _codes(row for each in operation.contracts.values() for row in _of_kind(each, "identity"))
    if identity:
        yield _case("ram-user", "A RAM user calls, who may not", identity, given=[_IDENTITY])
    quota = _codes(row for each in operation.contracts.values() for row in _of_kind(each, "quota"))
    if quota:
        given: list[object] = [{_QUOTA: {"resource": kin.type_word}}]
        yield _case("quota-reached", "The account has as many as it may have", quota, given=given)
    for path in _ids(kin, operation, role):
        yield from _unknown(kin, operation, path)


def _ids(kin: Kin, operation: Operation, role: str) -> Iterator[str]:
    """Yield the parameters of which a row says that what they name does not exist."""
    own = "" if role in ("create", "list") else kin.id_parameter(operation)
    words = load_words()
    paths = dict.fromkeys(row.path for each in operation.contracts.values() for row in each.parameters)
    for path in paths:
        rows = operation.rows(path)
        plain = "[]." not in path and path not in SYSTEM_PARAMETERS and not any(row.encoding in WRITTEN for row in rows)
        if plain and (path == own or words.is_id(path)) and not operation.conditional(path):
            yield path


def _unknown(kin: Kin, operation: Operation, path: str) -> Iterator[Case]:
    words = load_words()
    meant = [row for each in operation.contracts.values() for row in meant_rows(each, words)]
    missing = [each.row for each in meant if each.kind == "not_found" and each.parameter == path]
    if not missing and path == kin.id_parameter(operation):
        missing = list(rows_for("not_found", "", meant))
    value = next(
        (each for each in (f"{_prefix(operation, path)}00000009", _NOWHERE) if operation.takes(path, each)), ""
    )
    known = words.known_values(path)
    if not missing or not value or (known is not None and known.fullmatch(value)):
        return
    wrong = [each.row for each in meant if each.kind in ("not_found", "malformed") and each.parameter in (path, "")]
    sent: object = [value] if path.endswith("[]") else value
    title = f"What {path} names does not exist"
    yield {
        **_case(f"{slug(path)}-of-nothing", title, _codes([*missing, *wrong]), given=[]),
        "set": {path.removesuffix("[]"): sent},
    }


def _prefix(operation: Operation, path: str) -> str:
    """Return how the values of a parameter begin, by its example: `th-` of `th-bp1***`."""
    for row in operation.rows(path):
        head, mark, _ = str(row.fact("example").value or "").partition("-")
        if mark and head.isalnum() and head.islower():
            return f"{head}-"
    return _NOWHERE.partition("0")[0]


def _of_kind(contract: Contract, kind: str) -> tuple[ErrorCode, ...]:
    return any_rows(kind, meant_rows(contract, load_words()))


def _codes(rows: Iterable[ErrorCode]) -> list[str]:
    return list(dict.fromkeys(row.code for row in rows))


def _case(name: str, title: str, codes: list[str], given: list[object]) -> Case:
    case: Case = {"id": f"situation-{name}", "title": title}
    if given:
        case["given"] = given
    error: object = {"one_of": codes} if len(codes) > 1 else codes[0]
    return {**case, "expect": {"error": error}, "trigger": "inferred"}
