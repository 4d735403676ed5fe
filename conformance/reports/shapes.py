"""The shapes of cases: what the numbers of a report rest on in a case, which thousands of cases share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.judging.causes import Cause, causes_of, proofs_of
from conformance.judging.verdicts import FAILING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine
    from conformance.judging.report_entries import CaseEntry
    from conformance.judging.verdicts import Verdict

TalliedRow = tuple[int | str, ...]
"""A row of a table of errors: status, code, message."""
_FORCED: Final = "forced"
"""The trigger of a case for which the server is put in a state and told the code."""
_PROVING: Final = ("pass", "divergent", "mismatch")
_MOST_REMEMBERED: Final = 5_000
"""How many shapes can be found the short way."""


class Shape(NamedTuple):
    """What the numbers of a report rest on in one case; the fields are those of the case.

    `subject` is what the case's id begins with, where rows count for it: operations may have equal rows. `told` is
    whether the server was told beforehand with which row to answer.
    """

    verdict: Verdict
    known_failing: str | None
    causes: tuple[Cause, ...]
    proofs: tuple[str, ...]
    rule: tuple[tuple[Language, CitedLine], ...]
    answered: str | None
    verdicts: tuple[tuple[Language, Verdict], ...]
    exact: tuple[tuple[Language, TalliedRow], ...]
    observed: tuple[tuple[Language, tuple[TalliedRow, ...]], ...]
    subject: str = ""
    told: bool = False


class Shapes:
    """Gives the shapes of cases: of equal ones, always the same object."""

    def __init__(self) -> None:
        self._known: dict[Shape, Shape] = {}
        self._seen: dict[int, tuple[Shape, Shape]] = {}
        self._alike: dict[tuple[object, ...], Shape] = {}

    def of(self, case: CaseEntry) -> Shape:
        """Return the shape of a case in its form in the report."""
        fails = case["verdict"] in FAILING
        subject = case["id"].partition("/")[0]
        rule = tuple(case.get("rule_line", {}).items())
        verdicts = tuple(case["verdicts"].items())
        exact = tuple([(language, tuple(row)) for language, row in case["exact"].items()])
        observed = tuple([(language, tuple(map(tuple, rows))) for language, rows in case["observed"].items()])
        told = case["trigger"] == _FORCED
        # All that the shape of a case that does not fail is made of. What another proves depends on its mismatches.
        alike = (
            case["verdict"],
            case["known_failing"],
            rule,
            case["answered"],
            verdicts,
            exact,
            observed,
            subject,
            told,
            tuple(case.get("changed", ())),
        )
        if not fails and (known := self._alike.get(alike)) is not None:
            return known
        shape = self.one_of(
            Shape(
                case["verdict"],
                case["known_failing"],
                causes_of(case) if fails else (),
                proofs_of(case) if case["verdict"] in _PROVING else (),
                rule,
                case["answered"],
                verdicts,
                exact,
                observed,
                subject if exact or observed else "",
                told,
            )
        )
        if not fails:
            if len(self._alike) >= _MOST_REMEMBERED:
                self._alike.clear()
            self._alike[alike] = shape
        return shape

    def one_of(self, shape: Shape) -> Shape:
        """Return the one object for this shape and all that are equal."""
        # To compare by content takes long, and of what comes from one process many cases have the same object.
        seen = self._seen.get(id(shape))
        if seen is not None and seen[0] is shape:
            return seen[1]
        known = self._known.setdefault(shape, shape)
        if len(self._seen) >= _MOST_REMEMBERED:
            self._seen.clear()
        self._seen[id(shape)] = (shape, known)
        return known

    def __iter__(self) -> Iterator[Shape]:
        return iter(self._known)
