"""Comparing two contracts of one operation, fact by fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.comparison.agreement import LOST_NOTE, Agreement, judge
from conformance.comparison.compared_fact import ComparedFact
from conformance.comparison.conditional_agreement import (
    beside_conditions,
    compare_conditional,
    compare_presence,
    doubtful,
)
from conformance.comparison.levels import LEVELS, Level
from conformance.comparison.row_agreement import judge_row
from conformance.contract.model import FACT_NAMES, NOT_STATED, RESPONSE_FACT_NAMES, Fact, Parameter, State
from conformance.contract.openapi.writer import source_data
from conformance.contract.wire import SYSTEM_PARAMETERS, is_container
from conformance.core.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conformance.contract.model import Contract, ErrorCode

    _Facts = tuple[Fact, Fact]

__all__ = ["CAVEAT", "Agreement", "ComparedFact", "Comparison", "Level", "compare"]

CAVEAT: Final = "Two captures cannot tell which document is older, nor which is the wrong translation."


class Comparison(Struct, frozen=True):
    """Two contracts and how they compare, in the order of the left one.

    Attributes:
        left: The one contract.
        right: The other.
        findings: Each fact, compared.
        files: The files that the documents are in, as the reader would name them; without them, their own names.
        witness: A third contract of the operation, shown beside the findings and never taken for the truth.
        label: What the operation is called among others, where its name alone is not clear.
    """

    left: Contract
    right: Contract
    findings: tuple[ComparedFact, ...]
    files: tuple[str, str] | None = None
    witness: Contract | None = None
    label: str = ""

    @property
    def operation(self) -> str:
        """The operation that both are about, by its label if it has one."""
        return self.label or self.left.operation

    def labelled(self, label: str) -> Comparison:
        """Return the comparison with another name of its operation, in every finding too."""
        if label == self.operation:
            return self
        return replace(
            self, label=label, findings=tuple(replace(finding, operation=label) for finding in self.findings)
        )

    @property
    def sources(self) -> tuple[str, str]:
        """The file of each side, as messages name it."""
        return self.files or (self.left.source.file, self.right.source.file)

    def of(self, *verdicts: Agreement) -> tuple[ComparedFact, ...]:
        """Return the findings with one of these verdicts."""
        return tuple(finding for finding in self.findings if finding.verdict in verdicts)

    def at(self, level: Level) -> tuple[ComparedFact, ...]:
        """Return the findings of this level."""
        return tuple(finding for finding in self.findings if finding.level == level)

    def only(self, wanted: Callable[[ComparedFact], bool]) -> Comparison:
        """Return the comparison with those findings alone that are wanted."""
        return replace(self, findings=tuple(filter(wanted, self.findings)))

    @property
    def conforms(self) -> bool:
        """Whether nothing disagrees."""
        return not self.of(Agreement.DISAGREE)

    def data(
        self, finding_data: Callable[[Comparison, ComparedFact], dict[str, object]] | None = None
    ) -> dict[str, object]:
        """Return the comparison as JSON data.

        Args:
            finding_data: Makes the data of one finding; its own `data` where none is given.
        """
        return {
            "left": side_data(self.left),
            "right": side_data(self.right),
            "findings": [finding_data(self, finding) if finding_data else finding.data() for finding in self.findings],
        }


def counts(findings: Iterable[ComparedFact]) -> dict[Level, int]:
    """Return how many findings there are of each level, the gravest first; what agrees is not counted."""
    levels = [finding.level for finding in findings]
    return {level: levels.count(level) for level in LEVELS if level != "none"}


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


def side_data(contract: Contract) -> dict[str, object]:
    """Return what a comparison's JSON says of one side."""
    return {
        "operation": contract.operation,
        "product": contract.product,
        "version": contract.version,
        "language": contract.language,
        "source": source_data(contract),
    }


def _rows(left: Contract, right: Contract, table: str, names: Sequence[str]) -> Iterator[ComparedFact]:
    """Compare the rows of one table; rows that only group others, or that the signer sends, are promises of neither."""
    prefix, whole = ("", "parameter") if table == "parameters" else ("responses/", "field")
    one, other = _comparable(getattr(left, table)), _comparable(getattr(right, table))
    one, other = _listed(one, other), _listed(other, one)
    for path in dict.fromkeys([*one, *other]):
        mine, theirs = one.get(path), other.get(path)
        if mine and theirs:
            mine, theirs = _with_limit(mine, theirs, one), _with_limit(theirs, mine, other)
            for name, result in judge_row(mine, theirs, names).items():
                facts = doubtful(name, mine, theirs) or (mine.fact(name), theirs.fact(name))
                judged = beside_conditions(name, result, mine, theirs)
                yield ComparedFact(
                    left.operation, prefix + path, name, judged.verdict, *facts, judged.note, judged.kind
                )
            yield from compare_conditional(left.operation, prefix + path, mine, theirs)
            yield from compare_presence(left.operation, prefix + path, mine, theirs)
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


def _with_limit(row: Parameter, other: Parameter, rows: dict[str, Parameter]) -> Parameter:
    """Return a row with the number of items that its document states of the same list elsewhere: it is one limit.

    A list itself takes over an equal limit of its members only: another one is found at the member.
    """
    list_path, index, member = row.path.rpartition("[]")
    wanted = other.fact("maxItems")
    if not index or row.fact("maxItems").state is not State.NOT_STATED or not wanted.stated:
        return row
    beside = [each.fact("maxItems") for path, each in rows.items() if path.rpartition("[]")[0] == list_path]
    limits = [fact for fact in beside if fact.stated and (member or fact.value == wanted.value)]
    return replace(row, facts={**row.facts, "maxItems": limits[0]}) if limits else row


def _groups(contract: Contract, table: str, path: str) -> bool:
    return is_container(path, frozenset(row.path for row in getattr(contract, table)))


def _presence(row: Parameter | None) -> Fact:
    return Fact(State.STATED, row.path, row.line, row.origin) if row else NOT_STATED


def _one_sided(
    left: Contract,
    right: Contract,
    table: str,
    what: tuple[str, str],
    facts: _Facts,
    *,
    note: str = "",
    kind: str = "",
) -> ComparedFact:
    """Make the finding for something that one document has, and the other has not or lost with its whole table."""
    path, name = what
    mine, theirs = (
        _lost_table(contract, table) or fact if not fact.stated else fact
        for contract, fact in zip((left, right), facts, strict=True)
    )
    if State.LOST in (mine.state, theirs.state):
        return ComparedFact(left.operation, path, name, Agreement.UNKNOWN_LOST, mine, theirs, LOST_NOTE)
    verdict = Agreement.ONLY_LEFT if mine.stated else Agreement.ONLY_RIGHT
    return ComparedFact(left.operation, path, name, verdict, mine, theirs, note, kind)


def _lost_table(contract: Contract, table: str) -> Fact | None:
    losses = (loss for loss in contract.lost if loss.kind == "table" and loss.path == table)
    return next((Fact(State.LOST, line=loss.line) for loss in losses), None)


def _errors(left: Contract, right: Contract) -> Iterator[ComparedFact]:
    for code in dict.fromkeys(row.code for row in (*left.errors, *right.errors)):
        one, other = left.rows(code), right.rows(code)
        facts = (_code(one), _code(other))
        if one and other:
            yield ComparedFact(left.operation, f"errors/{code}", "code", Agreement.AGREE, *facts)
            yield from _messages(left, right, code)
        else:
            messages = dict.fromkeys(row.message for row in one or other if row.message)
            note = "; ".join(f"message: {message}" for message in messages)
            yield _one_sided(left, right, "errors", (f"errors/{code}", "code"), facts, note=note)


def _code(rows: Sequence[ErrorCode]) -> Fact:
    return Fact(State.STATED, rows[0].code, rows[0].line, rows[0].origin) if rows else NOT_STATED


def _messages(left: Contract, right: Contract, code: str) -> Iterator[ComparedFact]:
    """Compare the rows of a code that both documents have: by message, and where both have that, by status."""
    path = f"errors/{code}"
    one = {row.message: row for row in left.rows(code) if row.message}
    other = {row.message: row for row in right.rows(code) if row.message}
    for message in dict.fromkeys([*one, *other]):
        mine, theirs = one.get(message), other.get(message)
        facts = (_message(mine), _message(theirs))
        if mine and theirs:
            yield ComparedFact(left.operation, path, "message", Agreement.AGREE, *facts)
        else:
            guessed = any(row.inferred_split for row in (mine, theirs) if row)
            note = "where this message ends is inferred: the layout does not mark it" if guessed else ""
            kind = "inferred" if guessed else ""
            yield _one_sided(left, right, "errors", (path, "message"), facts, note=note, kind=kind)
    yield _status(left, right, code)


def _message(row: ErrorCode | None) -> Fact:
    return Fact(State.STATED, row.message, row.line, row.origin) if row else NOT_STATED


def _status(left: Contract, right: Contract, code: str) -> ComparedFact:
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
    return ComparedFact(
        left.operation, f"errors/{code}", "status", Agreement.AGREE if same else Agreement.DISAGREE, *facts
    )


def _statuses(rows: Sequence[ErrorCode]) -> Fact:
    statuses = tuple(sorted({row.status for row in rows}))
    return Fact(State.STATED, statuses[0] if len(statuses) == 1 else statuses, rows[0].line, rows[0].origin)


def _async(left: Contract, right: Contract) -> Iterator[ComparedFact]:
    for name in ("pending", "final", "poll"):
        mine, theirs = _behaviour(left, name), _behaviour(right, name)
        result = judge(name, mine, theirs)
        if result:
            yield ComparedFact(left.operation, "async", name, result.verdict, mine, theirs, result.note, result.kind)


def _behaviour(contract: Contract, name: str) -> Fact:
    behaviour = contract.async_behaviour
    return Fact(State.STATED, getattr(behaviour, name), behaviour.line, behaviour.origin) if behaviour else NOT_STATED
