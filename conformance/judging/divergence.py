"""The points on which the documents disagree, and the cases that show which document a server follows. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct

from conformance.contract.languages import BOTH, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.cases.disagreements import Disagreement
    from conformance.cases.model import Case
    from conformance.contract.languages import Language
    from conformance.contract.model import Fact
    from conformance.judging.report_entries import PointEntry, PromiseEntry
    from conformance.judging.verdicts import Verdict

NEITHER: Final = "neither"
NOT_OBSERVED: Final = "not observed"


class ObservedCase(Struct, frozen=True):
    """What a case shows of the server: the code of its last answer, or `success`, and the verdict of each document."""

    answered: str | None
    verdicts: Mapping[Language, Verdict]


def divergence_points(
    cases: Iterable[Case], disagreements: Mapping[str, Sequence[Disagreement]], docs: Sequence[Language]
) -> list[PointEntry]:
    """Return every point on which two documents disagree, for the first event of a run.

    Args:
        cases: Every case of the run.
        disagreements: The points on which the documents disagree, by operation.
        docs: The languages judged by.

    Returns:
        One entry a point: `operation`, `point` (`Name.maxLength`), for each language the value and the line of the
        document, and `cases`: the ids of the cases of which the documents expect different answers.
    """
    if not set(LANGUAGES) <= set(docs):
        return []
    testing = [case for case in cases if case.facts]
    return [
        _point(operation, each, [case.id for case in testing if case.subject == operation and _decides(case, each)])
        for operation, disagreed in disagreements.items()
        for each in disagreed
    ]


def observed_points(points: Iterable[PointEntry], cases: Mapping[str, ObservedCase]) -> list[PointEntry]:
    """Return the points with what the server did and which document it follows.

    Args:
        points: As `divergence_points` returns them.
        cases: The cases of a report by their ids.

    Returns:
        The points, each with `observed` (the code or `success`, one for each different answer) and `follows`: a
        language, `both`, `neither`, or `not observed` when no case that decides was judged.
    """
    return [_observed(point, [cases[name] for name in point["cases"] if name in cases]) for point in points]


def promise_at(point: PointEntry, language: Language) -> PromiseEntry | None:
    """Return what the document in one language states about a point; `None` when it is not one of those compared."""
    return cast("Mapping[str, PromiseEntry]", point).get(language)


def _point(operation: str, disagreement: Disagreement, deciding: list[str]) -> PointEntry:
    promises = {language: _promise(fact) for language, fact in disagreement.sides.items()}
    entry = {"operation": operation, "point": disagreement.point, **promises, "cases": deciding}
    return cast("PointEntry", entry)


def _promise(fact: Fact) -> PromiseEntry:
    value = list(fact.value) if isinstance(fact.value, tuple) else fact.value
    return {"value": value, "line": fact.line, "origin": fact.origin}


def _observed(point: PointEntry, cases: Iterable[ObservedCase]) -> PointEntry:
    judged = [case for case in cases if case.answered is not None]
    answers = list(dict.fromkeys(case.answered for case in judged if case.answered is not None))
    return {**point, "observed": answers, "follows": _follows(judged)}


def _follows(cases: Sequence[ObservedCase]) -> str:
    if not cases:
        return NOT_OBSERVED
    passed = [{language for language, verdict in case.verdicts.items() if verdict == "pass"} for case in cases]
    common = set.intersection(*passed)
    if len(common) > 1:
        return BOTH
    return next(iter(common), NEITHER)


def _decides(case: Case, disagreement: Disagreement) -> bool:
    """Whether a case tests a fact and the documents expect different answers of it."""
    left, right = disagreement.sides
    return disagreement.point in case.facts and any(
        step.outcomes.get(left) != step.outcomes.get(right) for step in case.steps
    )
