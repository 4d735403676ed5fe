from __future__ import annotations

from typing import Any

import pytest
from contract_strategies import contracts, parameter
from hypothesis import given
from hypothesis import strategies as st

from conformance.comparison.agreement import Agreement
from conformance.comparison.row_agreement import judge_row
from conformance.comparison.unit_conversion import canonical_unit, factor
from conformance.contract.model import FACT_NAMES

A, D, S = Agreement.AGREE, Agreement.DISAGREE, Agreement.DIFFERS_IN_SCOPE
LEFT, RIGHT = Agreement.ONLY_LEFT, Agreement.ONLY_RIGHT


@pytest.mark.parametrize(
    ("left", "right", "verdicts"),
    [
        ({"unit": "day", "minimum": 1, "maximum": 7}, {"unit": "hour", "minimum": 24, "maximum": 168}, [S, S, S]),
        ({"unit": "second", "enum": [60, 600]}, {"unit": "minute", "enum": [10, 1]}, [S, S]),
        ({"unit": "second", "enum": [1, 5, 10]}, {"unit": "minute", "enum": [1, 5, 10]}, [A, D]),
        ({"unit": "day", "maximum": 7}, {"unit": "hour", "maximum": 160}, [D, D]),
        ({"unit": "day", "default": "none"}, {"unit": "hour", "default": "nothing"}, [D, D]),
        ({"unit": "Mbit/s", "maximum": 7}, {"unit": "minute", "maximum": 7}, [A, D]),
        ({"unit": "second"}, {"unit": "minute"}, [D]),
        ({"enum": [1, 2, 3]}, {"minimum": 1, "maximum": 3}, [S, S, S]),
        ({"enum": [1, 2, 3]}, {"minimum": 1, "maximum": 4}, [LEFT, S, RIGHT]),
        ({"enum": ["a", "b"]}, {"minimum": 1, "maximum": 3}, [LEFT, S, RIGHT]),
        ({"maximum": 50}, {"maxItems": 50}, [S, S]),
        ({"maximum": 50}, {"maxItems": 20}, [LEFT, RIGHT]),
        ({"maximum": 50, "maxItems": 20}, {"maxItems": 50}, [LEFT, D]),
        (
            {"startsWith": ["lower"], "charset": ["-", "lower"]},
            {"startsWith": ["letter"], "charset": ["-", "lower"]},
            [A, S],
        ),
        (
            {"startsWith": ["lower"], "charset": ["-", "lower"]},
            {"startsWith": ["letter"], "charset": ["-", "letter"]},
            [D, D],
        ),
        ({"startsWith": ["lower"]}, {"startsWith": ["letter"]}, [D]),
        ({"allowEmpty": True, "minLength": 1}, {"minLength": 0}, [S, S]),
        ({"allowEmpty": True, "minLength": 2}, {"minLength": 0}, [D, S]),
        ({"allowEmpty": False, "minLength": 1}, {"minLength": 0}, [D, LEFT]),
    ],
)
def test_one_row(left: dict[str, Any], right: dict[str, Any], verdicts: list[Agreement]) -> None:
    one, other = parameter("P", 1, **left), parameter("P", 2, **right)
    assert [result.verdict for result in judge_row(one, other, FACT_NAMES).values()] == verdicts
    mirror = judge_row(other, one, FACT_NAMES)
    assert [result.verdict.mirrored() for result in mirror.values()] == verdicts


@given(contracts, contracts, st.data())
def test_rows_are_judged_alike_from_both_sides(left: Any, right: Any, data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(left.parameters))
    other = data.draw(st.sampled_from(right.parameters))
    back = judge_row(other, one, FACT_NAMES)
    assert judge_row(one, other, FACT_NAMES) == {name: result.mirrored() for name, result in back.items()}
    assert all(result.verdict in (A, Agreement.UNKNOWN_LOST) for result in judge_row(one, one, FACT_NAMES).values())


@pytest.mark.parametrize(
    ("one", "other"), [("Mbps", "Mbit/s"), ("seconds", "s"), ("Minute", "minutes"), ("GiB", "GB"), ("%", "percent")]
)
def test_spellings_of_one_unit(one: str, other: str) -> None:
    assert canonical_unit(one) == canonical_unit(other)


@pytest.mark.parametrize(("one", "other"), [("MB", "Mbit/s"), ("minute", "month"), ("ms", "m"), ("vCPU", "GB")])
def test_other_units(one: str, other: str) -> None:
    assert canonical_unit(one) != canonical_unit(other)
    assert factor(one, other) is None


def test_how_many_of_another_unit() -> None:
    assert factor("day", "hours") == 24
    assert factor("ms", "second") == factor("second", "ms") ** -1  # type: ignore[operator]
    assert factor("GB", "MB") == 1024
