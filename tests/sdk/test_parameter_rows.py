"""What an SDK sent wrongly has the line of the parameter that it is about."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.model import Contract, ErrorCode, Parameter, Source, State
from conformance.judging.results import CaseResult, Mismatch
from conformance.sdk.parameter_rows import cited_by_rows

ROWS = (Parameter("Name", 5, {}), Parameter("Tag", 6, {}), Parameter("Tag[].Key", 7, {}), Parameter("Ids[]", 8, {}))
ERRORS = (ErrorCode(400, "MissingParam.AnalyzerIdOrName", "Not passed in.", 20, State.STATED, "syntax"),)
CONTRACTS: Any = {
    "Op": {
        "en": Contract("Op", "en", Source("x", "0", "y"), ROWS, (), ERRORS),
        "zh": Contract("Op", "zh", Source("x", "0", "y"), (), (), ()),
    }
}


def lines(where: str, operation: str = "Op", name: str = "Op/a/b") -> Any:
    exchange: Any = {"request": {"operation": operation}}
    mismatch = Mismatch(where, ("A",), None, {"en": 90, "zh": 91})
    result = CaseResult(
        id=name,
        title="",
        trigger="documented",
        verdict="mismatch",
        verdicts={},
        where="x.yaml",
        mismatches=(mismatch,),
        exchanges=(exchange,),
    )
    (found,) = cited_by_rows(result, CONTRACTS).mismatches
    return found.lines


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("sdk.request.Name", 5),
        ("sdk.request.Tag", 6),
        ("sdk.request.Tag.2.Key", 7),
        ("sdk.request.Tag[].Key", 7),
        ("sdk.request.Tag.1.Value", 6),
        ("sdk.request.Ids.3", 8),
        ("sdk.request.AnalyzerId", 20),
        ("sdk.request.Never", 90),
        ("sdk.request.Signature", 90),
        ("sdk.code", 90),
        ("response.body.Name", 90),
    ],
)
def test_the_line_of_a_parameter(where: str, line: int) -> None:
    # What no document names keeps the lines of the answers; a document that does not name it has none.
    assert lines(where) == {"en": line, "zh": 91 if line == 90 else None}


def test_a_call_of_another_operation_is_not_looked_up_in_these_documents() -> None:
    assert lines("sdk.request.Name", operation="DescribeOps") == {"en": 90, "zh": 91}
    assert lines("sdk.request.Name", name="Another/a/b") == {"en": 90, "zh": 91}
    assert lines("sdk.request.Name", name="sdk/whole") == {"en": 90, "zh": 91}
