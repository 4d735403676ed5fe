"""Why cases have no verdict: what is told of many of one kind."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.reports.formats.reasons import grouped_by_reason
from conformance.reports.formats.words import english

ADD = "add --states-url URL"


def told(*reasons: str | None) -> list[tuple[str, int]]:
    cases: list[Any] = [{"id": str(number), "reason": reason} for number, reason in enumerate(reasons)]
    return [(english(group.reason), len(group.cases)) for group in grouped_by_reason(cases)]


def test_what_a_server_says_beside_an_id_of_its_own_is_one_reason() -> None:
    said = "setup of state x was answered with 400: "
    ids = ("0b25eec3-aabd-4a39-8b57-69fc90fc4e23", "8fae3087-41ff-475a-8e75-24336a6b22ed")
    reasons = [f'{said}{{"RequestId": "{each}", "Message": "no state x"}}' for each in ids]
    assert told(*reasons, f"{said}no") == [(reasons[0], 2), (f"{said}no", 1)]


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["b", "a", "b"], [("b", 2), ("a", 1)]),
        ([f"needs state x.exists: {ADD}"] * 2, [(f"needs state x.exists: {ADD}", 2)]),
        (
            [f"needs state x.exists, y.exists: {ADD}", f"needs state y.exists, z: {ADD}"],
            [(f"needs states y.exists, x.exists, z: {ADD}", 2)],
        ),
        (
            [f"needs state a, b: {ADD}", f"needs state b, c: {ADD}", f"needs state d, e: {ADD}"],
            [(f"needs states b, a, c and 2 more: {ADD}", 3)],
        ),
        (
            [f"needs state a: {ADD}", "needs state a: the target file calls it unavailable", f"needs state b: {ADD}"],
            [(f"needs states a, b: {ADD}", 2), ("needs state a: the target file calls it unavailable", 1)],
        ),
        (["needs state a not to hold, and in this target it always does"] * 2, None),
        ([None, None], [("", 2)]),
    ],
)
def test_cases_that_lack_states_are_one_group_for_each_way_out(
    reasons: list[str | None], expected: list[tuple[str, int]] | None
) -> None:
    assert told(*reasons) == (expected or [(str(reasons[0]), len(reasons))])
