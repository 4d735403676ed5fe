"""What the documents say of one step of a sequence: the lines that it rests on, and the refusals that they allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from conformance.cases.model import ANY_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine, Contract

Lines = dict["Language", "CitedLine"]
"""Per language the line of a document; of the document of another operation with its file."""


class StepRule(Struct, frozen=True):
    """What one step is judged by beside the answers that its case allows.

    Attributes:
        lines: The lines of the rule that the step shows; none where no document says it.
        of_fields: By name of a field, the lines that say what it has, best first.
        excused: Codes that are no finding; `ANY_CODE` where the documents do not say how the step may be refused.
    """

    lines: Lines = field(default_factory=dict)
    of_fields: Mapping[str, Lines] = field(default_factory=dict)
    excused: frozenset[str] = frozenset()

    def excuses(self, code: str | None) -> bool:
        """Whether an answer with a code, `None` for a success, is no finding."""
        return code is not None and (code in self.excused or ANY_CODE in self.excused)

    def lines_for(self, where: str) -> Lines:
        """Return the lines that promise what is expected at a place of an answer: `response.body.Things[0].Name`."""
        names = [name.partition("[")[0] for name in where.removeprefix("response.body.").split(".")]
        return next((self.of_fields[name] for name in reversed(names) if self.of_fields.get(name)), self.lines)


def cited_in(line: CitedLine, contract: Contract, operation: str) -> CitedLine:
    """Return a line of a contract's document as a result of an operation has it."""
    own = contract.operation == operation
    return line if own or isinstance(line, str) else f"{contract.source.file}:{line}"
