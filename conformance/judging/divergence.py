"""The points on which the documents disagree, and the cases that show which document a server follows. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.cases.disagreements import Disagreement
    from conformance.cases.model import Case
    from conformance.contract.languages import Language
    from conformance.contract.model import Fact


def points(
    cases: Iterable[Case], disagreements: Mapping[str, Sequence[Disagreement]], docs: Sequence[Language]
) -> list[dict[str, Any]]:
    """Return every point on which two documents disagree, for the first event of a run.

    Args:
        cases: Every case of the run.
        disagreements: The points on which the documents disagree, by operation.
        docs: The languages judged by.

    Returns:
        One mapping a point: `operation`, `point` (`Name.maxLength`), for each language the value and the line of the
        document, and `cases`: the ids of the cases of which the documents expect different answers.
    """
    testing = [case for case in cases if case.facts]
    found = []
    if not set(LANGUAGES) <= set(docs):
        return []
    for operation, disagreed in disagreements.items():
        for each in disagreed:
            telling = [case.id for case in testing if case.operation == operation and _tells(case, each)]
            found.append(
                {
                    "operation": operation,
                    "point": each.point,
                    **{language: _side(fact) for language, fact in each.sides.items()},
                    "cases": telling,
                }
            )
    return found


def observe(points: Iterable[Mapping[str, Any]], cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the points with what the server did and whom it follows.

    Args:
        points: As `points` returns them.
        cases: The cases of a report.

    Returns:
        The points, each with `observed` (the code or `success`, one for each different answer) and `follows`: `en`,
        `zh`, `both`, `neither`, or `not observed` when no case that tells was judged.
    """
    by_id = {case["id"]: case for case in cases}
    result = []
    for point in points:
        judged = [by_id[name] for name in point["cases"] if name in by_id and by_id[name]["answered"] is not None]
        answers = list(dict.fromkeys(case["answered"] for case in judged))
        result.append({**point, "observed": answers, "follows": _follows(judged)})
    return result


def _follows(cases: Sequence[Mapping[str, Any]]) -> str:
    if not cases:
        return "not observed"
    kept = [{language for language, verdict in case["verdicts"].items() if verdict == "pass"} for case in cases]
    common = set.intersection(*kept)
    if len(common) > 1:
        return "both"
    return next(iter(common), "neither")


def _tells(case: Case, disagreement: Disagreement) -> bool:
    """Whether a case tests a fact and the documents expect different answers of it."""
    left, right = disagreement.sides
    return disagreement.point in case.facts and any(
        step.outcomes.get(left) != step.outcomes.get(right) for step in case.steps
    )


def _side(fact: Fact) -> dict[str, Any]:
    value = list(fact.value) if isinstance(fact.value, tuple) else fact.value
    return {"value": value, "line": fact.line, "origin": fact.origin}
