"""The shapes of cases, which those that are alike share, in one process and between several."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from report_data import result

from conformance.judging.results import Mismatch
from conformance.reports.case_records import CaseRecorder
from conformance.reports.places import place_of
from conformance.reports.shapes import Shapes

ROW = {"en": (400, "X", "wrong")}
ALIKE: dict[str, Any] = {"answered": "X", "exact": ROW, "observed": {"en": (ROW["en"],)}, "changed": {"Name": "a"}}


def test_cases_that_are_alike_have_one_shape() -> None:
    shapes = Shapes()
    one, other = (
        result(name, **{**ALIKE, "changed": {"Name": value}}).as_dict() for name, value in (("X/a", "1"), ("X/b", "2"))
    )
    assert shapes.of(one) is shapes.of(other)
    assert list(shapes) == [shapes.of(one)]


@pytest.mark.parametrize(
    "changed",
    [
        {"answered": "Y"},
        {"exact": {}},
        {"observed": {"en": ((400, "X", "right"),)}},
        {"changed": {"Age": "a"}},
        {"changed": {}},
        {"known_failing": "it is old"},
        {"trigger": "forced"},
        {"rule_lines": {"en": 7}},
        {"verdicts": {"en": "pass"}},
        {"verdict": "divergent"},
        {"id": "DeleteFlowLog/X/one"},
    ],
)
def test_what_counts_otherwise_has_another(changed: dict[str, Any]) -> None:
    remembering = Shapes()
    remembering.of(result(**ALIKE).as_dict())
    other = result(**{**ALIKE, **changed}).as_dict()
    assert remembering.of(other) == Shapes().of(other) != Shapes().of(result(**ALIKE).as_dict())


def test_what_a_failing_case_shows_is_its_own() -> None:
    shapes = Shapes()
    one, other = (
        result("X/a", "mismatch", mismatches=(Mismatch("response.body.Code", ("X",), code, {}),)).as_dict()
        for code in ("Y", "Z")
    )
    assert shapes.of(one) != shapes.of(other)


def test_equal_shapes_of_another_process_are_one_object_again() -> None:
    shapes, record = Shapes(), CaseRecorder()
    sent = [pickle.dumps(record(result(name, **ALIKE))) for name in ("X/a", "X/b")]
    found = [pickle.loads(each).tallied.shape for each in sent]  # noqa: S301 - made here
    assert found[0] is not found[1]
    assert shapes.one_of(found[0]) is shapes.one_of(found[1]) is shapes.one_of(found[0])


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("a/b.yaml:12:5", ("a/b.yaml", 12)),
        ("a/b.yml:12", ("a/b.yml", 12)),
        ("a:1.yaml:2.yaml:3", ("a:1.yaml:2.yaml", 3)),
        ("a\nb.yaml:3:4", ("a\nb.yaml", 3)),
        ("a.yaml", ("", 0)),
        ("a.yaml:1:2:3", ("", 0)),
        ("a.yaml:1234567890", ("", 0)),
        ("a.json:3", ("", 0)),
        ("", ("", 0)),
    ],
)
def test_a_place_is_a_file_and_a_line(where: str, place: tuple[str, int]) -> None:
    assert place_of(result(where=where).as_dict()) == place
