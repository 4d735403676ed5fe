"""What a third document says of a finding. It is shown beside the two and never taken for the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from conformance.comparison.agreement import Agreement, judge
from conformance.contract.model import NOT_STATED, Fact, State
from conformance.contract.openapi.writer import fact_data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.comparison.compared_fact import ComparedFact
    from conformance.contract.model import Contract, Parameter

SideName = Literal["left", "right"]


class Witnessed(Struct, frozen=True):
    """What a witness says of one finding.

    Attributes:
        fact: What it has; `not_stated` where it is silent.
        sides: The sides that it says the same as.
    """

    fact: Fact
    sides: tuple[SideName, ...]

    @property
    def words(self) -> str:
        """Whom it agrees with, for a person."""
        if not self.fact.stated:
            return "lost" if self.fact.state is State.LOST else "says nothing"
        if len(self.sides) == 1:
            return "as the left" if self.sides[0] == "left" else "as the right"
        return "as both" if self.sides else "as neither"

    def data(self, witness: Contract) -> dict[str, object]:
        """Return it as JSON data."""
        return {"file": witness.source.file, **fact_data(self.fact), "agrees_with": list(self.sides)}


def ask(finding: ComparedFact, witness: Contract | None) -> Witnessed | None:
    """Return what a witness says of a finding, or `None` where it need not be asked.

    Args:
        finding: The finding; of what agrees no witness is asked.
        witness: The third contract, `None` where there is none for the operation.
    """
    if witness is None or finding.verdict is Agreement.AGREE or witness.operation != _name(finding.operation):
        return None
    fact = _fact(finding, witness)
    if not fact.stated:
        return Witnessed(fact, ())
    sides: tuple[tuple[SideName, Fact], ...] = (("left", finding.left), ("right", finding.right))
    return Witnessed(fact, tuple(name for name, side in sides if side.stated and _same(finding.fact, side, fact)))


def _name(label: str) -> str:
    """Return an operation's name without the product and version that `conformance.comparison.pairing` adds."""
    return label.rpartition("/")[2].rpartition(":")[2]


def _same(name: str, one: Fact, other: Fact) -> bool:
    result = judge(name, one, other)
    return result is not None and result.verdict is Agreement.AGREE


def _fact(finding: ComparedFact, witness: Contract) -> Fact:
    subject, _, rest = finding.path.partition("/")
    if finding.subject == "parameter":
        return _row_fact(finding, witness.parameters, finding.path)
    if finding.subject == "response":
        return _row_fact(finding, witness.responses, rest)
    if finding.subject == "error":
        return _error_fact(finding, witness, rest)
    if subject == "async" and witness.async_behaviour is not None:
        behaviour = witness.async_behaviour
        return Fact(State.STATED, getattr(behaviour, finding.fact), behaviour.line)
    return NOT_STATED


def _row_fact(finding: ComparedFact, rows: Iterable[Parameter], path: str) -> Fact:
    # One document names a list (`Ids`), another its items (`Ids[]`).
    names = (path, path.removesuffix("[]"), f"{path}[]")
    known = {row.path: row for row in rows}
    row = next((known[name] for name in names if name in known), None)
    if row is None:
        return NOT_STATED
    if finding.fact in ("parameter", "field"):
        return Fact(State.STATED, path, row.line)
    if finding.when is not None:
        held = (each.fact for each in row.conditional if (each.name, each.when) == (finding.fact, finding.when))
        return next(held, NOT_STATED)
    return row.fact(finding.fact)


def _error_fact(finding: ComparedFact, witness: Contract, code: str) -> Fact:
    rows = witness.rows(code)
    if finding.fact == "message":
        wanted = finding.left.value if finding.left.stated else finding.right.value
        rows = tuple(row for row in rows if row.message == wanted)
        return Fact(State.STATED, wanted, rows[0].line) if rows else NOT_STATED
    if not rows:
        return NOT_STATED
    if finding.fact == "status":
        statuses = tuple(sorted({row.status for row in rows}))
        return Fact(State.STATED, statuses[0] if len(statuses) == 1 else statuses, rows[0].line)
    return Fact(State.STATED, code, rows[0].line)
