"""Failures of a server, one for each cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.contract.wire import INDEXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.cases.model import Case
    from conformance.judging.results import CaseResult

FailureSignature = tuple[str, ...]
"""What differs, without what is different in every answer: two results with one signature differ in one way."""

_WITH_VALUE: Final = ("response.body.Code", "response.status", "response.format")
_NAMED: Final = 3


def signature(result: CaseResult) -> FailureSignature:
    """Return in what way a result differs: the places, and the code and the status where they are wrong."""
    parts = [result.verdict, *(f"follows {language}" for language in result.follows)]
    parts += [
        f"{mismatch.where}={mismatch.observed!r}" if mismatch.where in _WITH_VALUE else mismatch.where
        for mismatch in result.mismatches
    ]
    return tuple(dict.fromkeys(parts))


class Symptom(Struct, frozen=True):
    """What is known of a failed request, by which failures with one cause are recognised.

    Attributes:
        signature: In what way it fails.
        names: The wire names in which it differs from a valid request.
        broken: What it breaks, `<path>.<fact>`.
    """

    signature: FailureSignature
    names: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    def explains(self, other: Symptom) -> bool:
        """Whether a request with another symptom fails for the cause of this one.

        A wrong code has its cause in the request; a wrong message or shape of an answer has it in the answer.
        """
        if other.signature != self.signature:
            return False
        if not any(part.startswith("response.body.Code") for part in self.signature):
            return True
        return (
            set(self.names) <= set(other.names)
            and set(self.broken) <= set(other.broken)
            and bool(self.broken) == bool(other.broken)
        )

    def title(self, answered: str | None) -> str:
        """Return what a failure is about: the parameters, what they break, and what the server answered."""
        answer = f"answered {answered}"
        if self.broken:
            return f"{', '.join(self.broken[:_NAMED])} is broken, {answer}"
        if self.names:
            return f"{', '.join(_shortened(self.names)[:_NAMED])} as the documents allow, {answer}"
        return f"the valid request, {answer}"


class Failure(Struct, frozen=True):
    """One cause of failures.

    Attributes:
        case: The smallest request, or sequence, that shows it.
        result: The result of that.
        symptom: What it is recognised by.
        count: How many requests failed for this cause.
    """

    case: Case
    result: CaseResult
    symptom: Symptom
    count: int = 1

    @property
    def reported(self) -> CaseResult:
        """The result as reports have it: under the case's id, with how often it was seen."""
        often = f" ({self.count} requests)" if self.count > 1 else ""
        return replace(self.result, id=self.case.id, title=f"{self.case.title}{often}")


class Failures:
    """The failures of a run, one for each cause."""

    def __init__(self) -> None:
        self._failures: list[Failure] = []

    def __iter__(self) -> Iterator[Failure]:
        return iter(self._failures)

    def recognise(self, symptom: Symptom) -> bool:
        """Whether the cause of a failed request is known; the request is counted then."""
        for index, failure in enumerate(self._failures):
            if failure.symptom.explains(symptom):
                self._failures[index] = replace(failure, count=failure.count + 1)
                return True
        return False

    def add(self, case: Case, result: CaseResult, symptom: Symptom) -> Failure:
        """Add a failure with a cause of its own, under an id that no other has."""
        place, _, name = case.id.rpartition("/")
        taken = {failure.case.id.rpartition("/")[2] for failure in self._failures}
        case = replace(case, id=f"{place}/{_free(name, taken)}")
        self._failures.append(Failure(case, result, symptom))
        return self._failures[-1]


def _free(name: str, taken: set[str]) -> str:
    names = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in names if each not in taken)


def _shortened(names: Iterable[str]) -> list[str]:
    """Return wire names for a person: of a long list its name and how long it is."""
    names = tuple(names)
    longest: dict[str, int] = {}
    for name in names:
        top, _, rest = name.partition(".")
        if rest:
            longest[top] = max(longest.get(top, 0), int(rest.partition(".")[0]))
    shown = [
        f"{top} with {longest[top]} items" if longest.get(top, 0) > len(INDEXES) else name
        for name in names
        for top in [name.partition(".")[0]]
    ]
    return list(dict.fromkeys(shown))
