"""The shapes of cases: what the numbers of a report rest on in a case, which thousands of cases share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.judging.answer_places import CODE
from conformance.judging.cause_titles import changed_names
from conformance.judging.causes import Cause, causes_of, proofs_of
from conformance.judging.verdicts import FAILING
from conformance.reports.json_encoding import json_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


class Shape(Struct, frozen=True):
    """What the numbers of a report rest on in one case, and what it is found by; the fields are those of the case.

    `subject` is what the case's id begins with: operations may have equal rows. `told` is whether the server was told
    beforehand with which row to answer. `changed` has the parameters that the case changes, `expected` the codes that
    would conform where another one was answered.
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
    subject: str
    told: bool
    changed: tuple[str, ...]
    expected: tuple[str, ...]


class Shapes:
    """Gives the shapes of cases: of equal ones, always the same object."""

    def __init__(self) -> None:
        self._known: dict[Shape, Shape] = {}
        self._seen: dict[int, tuple[Shape, Shape]] = {}
        self._alike: dict[bytes, Shape] = {}

    def of(self, case: CaseEntry) -> Shape:
        """Return the shape of a case in its form in the report."""
        if case["mismatches"] or case["verdict"] in FAILING:
            return self.one_of(_shape_of(case))
        # To look a case up by the text of what its shape is made of takes half of the time that making it would.
        text = json_line(_made_of(case))
        shape = self._alike.get(text)
        if shape is None:
            shape = self._alike[text] = self.one_of(_shape_of(case))
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


def _made_of(case: CaseEntry) -> list[object]:
    """Return everything of a case that does not differ which its shape rests on."""
    return [
        case["verdict"],
        case["known_failing"],
        case["answered"],
        case["trigger"],
        case["id"].partition("/")[0],
        list(case.get("changed", ())),
        case["verdicts"],
        case.get("rule_line"),
        case["exact"],
        case["observed"],
    ]


def _shape_of(case: CaseEntry) -> Shape:
    verdict = case["verdict"]
    return Shape(
        verdict,
        case["known_failing"],
        causes_of(case) if verdict in FAILING else (),
        proofs_of(case) if verdict in _PROVING else (),
        tuple(case.get("rule_line", {}).items()),
        case["answered"],
        tuple(case["verdicts"].items()),
        tuple([(language, tuple(row)) for language, row in case["exact"].items()]),
        tuple([(language, tuple(map(tuple, rows))) for language, rows in case["observed"].items()]),
        case["id"].partition("/")[0],
        case["trigger"] == _FORCED,
        changed_names(case),
        tuple(_expected_codes(case)),
    )


def counted(shapes: Iterable[Shape]) -> list[tuple[Shape, int]]:
    """Return each of the shapes once, in the order in which it came first, and how often it came."""
    all_of_them = list(shapes)
    own = {id(shape): shape for shape in all_of_them}
    return [(own[name], count) for name, count in Counter(map(id, all_of_them)).items()]


def _expected_codes(case: CaseEntry) -> Iterator[str]:
    for mismatch in case["mismatches"]:
        if mismatch["where"] == CODE:
            yield from (code for code in mismatch["expected"] if isinstance(code, str))
