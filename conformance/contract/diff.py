"""Comparing two contracts of one operation, fact by fact."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from conformance.contract.agreement import LOST_NOTE, Verdict, judge
from conformance.contract.model import FACT_NAMES, NOT_STATED, RESPONSE_FACT_NAMES, Fact, Parameter, State
from conformance.contract.openapi import fact_data
from conformance.contract.wire import SYSTEM_PARAMETERS, is_container
from conformance.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.contract.model import Contract, ErrorCode

    _Facts = tuple[Fact, Fact]

__all__ = ["CAVEAT", "Comparison", "Finding", "Level", "Verdict", "compare"]

Level = Literal["error", "warning", "note", "none"]

CAVEAT: Final = "Two captures cannot tell which document is older, nor which is the wrong translation."

_LEVELS: Final[dict[Verdict, Level]] = {
    Verdict.DISAGREE: "error",
    Verdict.ONLY_LEFT: "warning",
    Verdict.ONLY_RIGHT: "warning",
    Verdict.DIFFERS_IN_SCOPE: "note",
    Verdict.UNKNOWN_LOST: "note",
    Verdict.AGREE: "none",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What comes of comparing one fact.

    Attributes:
        operation: The operation that both documents are about.
        path: The folded path of a parameter, `responses/<path>`, `errors/<code>` or `async`.
        fact: The fact's name; `parameter`, `field` or `code` when one side does not have the thing at all.
        verdict: What comes of it.
        left: What the left document has.
        right: What the right document has.
        note: What a reader should know of it.
    """

    operation: str
    path: str
    fact: str
    verdict: Verdict
    left: Fact
    right: Fact
    note: str = ""

    @property
    def subject(self) -> str:
        """What kind of thing it is about: `parameter`, `response`, `error` or `async`."""
        head, slash, _ = self.path.partition("/")
        return head.removesuffix("s") if slash else "async" if self.path == "async" else "parameter"

    @property
    def rule(self) -> str:
        """The stable name of what was found, e.g. `parameter/required/disagree`."""
        return f"{self.subject}/{self.fact}/{self.verdict}"

    @property
    def level(self) -> Level:
        """How much it matters: `error` is a contradiction, `warning` a gap, `note` nothing to act on."""
        return _LEVELS[self.verdict]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what was found, not of where: the same when lines move, another when a value changes."""
        values = [[fact.state.value, fact.value] for fact in (self.left, self.right)]
        parts = [self.operation, self.path, self.rule, values]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    def mirrored(self) -> Finding:
        """Return the finding that the same two documents give with their sides changed."""
        return Finding(self.operation, self.path, self.fact, self.verdict.mirrored(), self.right, self.left, self.note)

    def data(self) -> dict[str, Any]:
        """Return the finding as JSON data."""
        return {
            "path": self.path,
            "fact": self.fact,
            "verdict": self.verdict.value,
            "left": fact_data(self.left),
            "right": fact_data(self.right),
            "note": self.note,
            "rule": self.rule,
            "level": self.level,
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two contracts and all that comes of comparing them, in the order of the left one."""

    left: Contract
    right: Contract
    findings: tuple[Finding, ...]

    def of(self, *verdicts: Verdict) -> tuple[Finding, ...]:
        """Return the findings with one of these verdicts."""
        return tuple(finding for finding in self.findings if finding.verdict in verdicts)

    @property
    def conforms(self) -> bool:
        """Whether nothing disagrees."""
        return not self.of(Verdict.DISAGREE)

    def data(self) -> dict[str, Any]:
        """Return the comparison as JSON data."""
        return {
            "left": _side(self.left),
            "right": _side(self.right),
            "findings": [finding.data() for finding in self.findings],
        }


def compare(left: Contract, right: Contract) -> Comparison:
    """Compare two contracts of one operation.

    The two sides are equal: changing them changes nothing but the sides in the findings.

    Raises:
        ContractError: If they are about different operations.
    """
    if left.operation != right.operation:
        raise ContractError(
            f"{left.operation} cannot be compared with {right.operation}", hint="give two contracts of one operation"
        )
    findings = [
        *_rows(left, right, "parameters", FACT_NAMES),
        *_rows(left, right, "responses", RESPONSE_FACT_NAMES),
        *_errors(left, right),
        *_async(left, right),
    ]
    return Comparison(left, right, tuple(findings))


def _side(contract: Contract) -> dict[str, Any]:
    source = contract.source
    return {
        "operation": contract.operation,
        "language": contract.language,
        "source": {"file": source.file, "sha256": source.sha256, "layout": source.layout},
    }


def _rows(left: Contract, right: Contract, table: str, names: Sequence[str]) -> Iterator[Finding]:
    """Compare the rows of one table; rows that only group others, or that the signer sends, are promises of neither."""
    prefix, whole = ("", "parameter") if table == "parameters" else ("responses/", "field")
    one, other = _comparable(getattr(left, table)), _comparable(getattr(right, table))
    one, other = _listed(one, other), _listed(other, one)
    for path in dict.fromkeys([*one, *other]):
        mine, theirs = one.get(path), other.get(path)
        if mine and theirs:
            for name in names:
                facts = (mine.fact(name), theirs.fact(name))
                result = judge(name, *facts)
                if result:
                    yield Finding(left.operation, prefix + path, name, result[0], *facts, result[1])
        elif path and not (_groups(left, table, path) or _groups(right, table, path)):
            yield _one_sided(left, right, table, (prefix + path, whole), (_presence(mine), _presence(theirs)))


def _comparable(rows: Iterable[Parameter]) -> dict[str, Parameter]:
    return {row.path: row for row in rows if row.path not in SYSTEM_PARAMETERS}


def _listed(rows: dict[str, Parameter], others: dict[str, Parameter]) -> dict[str, Parameter]:
    """Name a list as the other document does, when one names the list (`Ids`) and the other its items (`Ids[]`)."""
    return {
        f"{path}[]" if path not in others and f"{path}[]" in others and f"{path}[]" not in rows else path: row
        for path, row in rows.items()
    }


def _groups(contract: Contract, table: str, path: str) -> bool:
    return is_container(path, frozenset(row.path for row in getattr(contract, table)))


def _presence(row: Parameter | None) -> Fact:
    return Fact(State.STATED, row.path, row.line) if row else NOT_STATED


def _one_sided(
    left: Contract, right: Contract, table: str, what: tuple[str, str], facts: _Facts, *, note: str = ""
) -> Finding:
    """Make the finding for something that one document has, and the other has not or lost with its whole table."""
    path, name = what
    mine, theirs = (
        _lost_table(contract, table) or fact if not fact.stated else fact
        for contract, fact in zip((left, right), facts, strict=True)
    )
    if State.LOST in (mine.state, theirs.state):
        return Finding(left.operation, path, name, Verdict.UNKNOWN_LOST, mine, theirs, LOST_NOTE)
    verdict = Verdict.ONLY_LEFT if mine.stated else Verdict.ONLY_RIGHT
    return Finding(left.operation, path, name, verdict, mine, theirs, note)


def _lost_table(contract: Contract, table: str) -> Fact | None:
    losses = (loss for loss in contract.lost if loss.kind == "table" and loss.path == table)
    return next((Fact(State.LOST, line=loss.line) for loss in losses), None)


def _errors(left: Contract, right: Contract) -> Iterator[Finding]:
    for code in dict.fromkeys(row.code for row in (*left.errors, *right.errors)):
        one, other = left.rows(code), right.rows(code)
        facts = (_code(one), _code(other))
        if one and other:
            yield Finding(left.operation, f"errors/{code}", "code", Verdict.AGREE, *facts)
            yield from _messages(left, right, code)
        else:
            note = "; ".join(f"message: {message}" for message in dict.fromkeys(row.message for row in one or other))
            yield _one_sided(left, right, "errors", (f"errors/{code}", "code"), facts, note=note)


def _code(rows: Sequence[ErrorCode]) -> Fact:
    return Fact(State.STATED, rows[0].code, rows[0].line) if rows else NOT_STATED


def _messages(left: Contract, right: Contract, code: str) -> Iterator[Finding]:
    """Compare the rows of a code that both documents have: by message, and where both have that, by status."""
    path = f"errors/{code}"
    one = {row.message: row for row in left.rows(code)}
    other = {row.message: row for row in right.rows(code)}
    for message in dict.fromkeys([*one, *other]):
        mine, theirs = one.get(message), other.get(message)
        facts = (_message(mine), _message(theirs))
        if mine and theirs:
            yield Finding(left.operation, path, "message", Verdict.AGREE, *facts)
        else:
            guessed = any(row.inferred_split for row in (mine, theirs) if row)
            note = "where this message ends is inferred: the layout does not mark it" if guessed else ""
            yield _one_sided(left, right, "errors", (path, "message"), facts, note=note)
    yield _status(left, right, code)


def _message(row: ErrorCode | None) -> Fact:
    return Fact(State.STATED, row.message, row.line) if row else NOT_STATED


def _status(left: Contract, right: Contract, code: str) -> Finding:
    """Compare the statuses of a code: message by message where both have it, else as a whole."""
    shared = {row.message for row in left.rows(code)} & {row.message for row in right.rows(code)}
    mine, theirs = (
        [row for row in contract.rows(code) if not shared or row.message in shared] for contract in (left, right)
    )
    facts = (_statuses(mine), _statuses(theirs))
    if shared:
        same = {(row.status, row.message) for row in mine} == {(row.status, row.message) for row in theirs}
    else:
        same = facts[0].value == facts[1].value
    return Finding(left.operation, f"errors/{code}", "status", Verdict.AGREE if same else Verdict.DISAGREE, *facts)


def _statuses(rows: Sequence[ErrorCode]) -> Fact:
    statuses = tuple(sorted({row.status for row in rows}))
    return Fact(State.STATED, statuses[0] if len(statuses) == 1 else statuses, rows[0].line)


def _async(left: Contract, right: Contract) -> Iterator[Finding]:
    for name in ("pending", "final", "poll"):
        mine, theirs = _behaviour(left, name), _behaviour(right, name)
        result = judge(name, mine, theirs)
        if result:
            yield Finding(left.operation, "async", name, result[0], mine, theirs, result[1])


def _behaviour(contract: Contract, name: str) -> Fact:
    behaviour = contract.async_behaviour
    return Fact(State.STATED, getattr(behaviour, name), behaviour.line) if behaviour else NOT_STATED
