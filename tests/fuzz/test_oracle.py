from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fuzzing import context_of
from msgspec.structs import replace

from conformance.cases.model import ANY_CODE
from conformance.contract.model import ErrorCode, State
from conformance.fuzz.generation.boundaries import boundary_requests
from conformance.fuzz.oracle.oracle import Oracle, Surroundings

if TYPE_CHECKING:
    from conformance.contract.languages import Language
    from conformance.fuzz.oracle.oracle import Expectation

CONTEXT = context_of()
GENERAL = {"ParameterInvalid", "INVALID_PARAMETER"}


def expected(language: Language, *without: str, **changed: str) -> Expectation:
    names = {name.replace("__", "."): text for name, text in changed.items()}
    params = {name: text for name, text in {**CONTEXT.wire, **names}.items() if name not in without}
    return CONTEXT.oracle.expectations(params)[language]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_valid_request_must_succeed(language: Language) -> None:
    found = expected(language)
    assert (found.broken, found.success, found.codes) == ((), True, ())


@pytest.mark.parametrize(
    ("name", "text", "fact", "codes"),
    [
        ("FlowLogName", "a" * 129, "FlowLogName.maxLength", GENERAL),
        ("FlowLogName", "http://a", "FlowLogName.notStartsWith", GENERAL),
        ("ProjectName", "a_b", "ProjectName.charset", GENERAL),
        ("AggregationInterval", "7", "AggregationInterval.enum", {"IllegalParam.AggregationInterval"}),
        ("AggregationInterval", "x", "AggregationInterval.enum", {"IllegalParam.AggregationInterval", *GENERAL}),
        ("TrafficPath__1", "nowhere", "TrafficPath[].enum", {"IllegalParam.TrafficPath"}),
    ],
)
def test_what_a_request_surely_breaks_must_be_refused_by_a_code_that_fits(
    name: str, text: str, fact: str, codes: set[str]
) -> None:
    found = expected("en", **{name: text})
    assert [f"{path}.{broken}" for path, broken in found.broken] == [fact]
    assert not found.success
    assert set(found.codes) == codes


def test_a_missing_parameter_has_its_own_code() -> None:
    assert set(expected("en", "RegionId").codes) == {"MissingParameter"}


def test_of_a_parameter_that_one_document_requires_each_says_its_own() -> None:
    assert expected("en", "ProjectName").broken == (("ProjectName", "required"),)
    chinese = expected("zh", "ProjectName")
    assert chinese.success
    # One name without the other may lead nowhere.
    assert {"MissingParam.TrafficAnalyzerIdOrLogProjectOrLogStore", "ProjectOrLogstoreNotExist"} <= {*chinese.codes}
    assert "MissingParameter" not in chinese.codes


def test_where_nothing_is_delivered_to_the_code_that_names_the_alternatives_is_the_only_one() -> None:
    found = expected("zh", "ProjectName", "LogStoreName")
    assert not found.success
    assert found.codes == ("MissingParam.TrafficAnalyzerIdOrLogProjectOrLogStore",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("FlowLogName", ""),
        ("FlowLogName", f" {'a' * 128}"),
        ("FlowLogName", "🙂" * 65),
        ("FlowLogName", "a\u0007b"),
        ("AggregationInterval", "05"),
        ("TrafficPath__2", "all"),
    ],
)
def test_what_the_documents_leave_open_may_succeed_and_may_be_refused(name: str, text: str) -> None:
    found = expected("en", **{name: text})
    assert found.success
    assert found.codes


def test_what_a_capture_lost_may_be_refused_as_the_other_document_says() -> None:
    assert not expected("en", Tag__1__Key="aliyun-a").success
    lost = expected("zh", Tag__1__Key="aliyun-a")
    assert lost.success
    assert set(lost.codes) >= GENERAL


def test_a_document_says_nothing_of_a_parameter_that_it_does_not_have() -> None:
    made = CONTEXT.oracle.expectations({**CONTEXT.wire, "IpVersion": "IPv4"})
    assert set(made) == {"zh"}


def test_an_id_that_nobody_stated_may_be_unknown_to_the_server() -> None:
    apart = context_of(states_url=None)
    found = apart.oracle.expectations({**apart.wire, "ResourceGroupId": "rg-1"})["en"]
    assert found.success
    assert "IllegalParam.ResourceGroupId" in found.codes
    assert expected("en", ResourceGroupId="rg-1").codes == ()


def undescribed(*rows: tuple[str, str]) -> Oracle:
    """Say what an operation allows of which only a contract is known, with other error rows."""
    errors = tuple(ErrorCode(400, code, message, 9, State.NOT_STATED, "syntax") for code, message in rows)
    contract = replace(CONTEXT.contracts["en"], errors=errors)
    return Oracle({"en": contract}, Surroundings(CONTEXT.wire, isolated=False))


def test_of_an_operation_that_nobody_described_a_code_is_demanded_where_a_row_plainly_speaks_of_the_fault() -> None:
    params = {**CONTEXT.wire, "FlowLogName": "a" * 129}
    of_another = ("InvalidParameter", "The specified TrafficType is not valid.")
    assert undescribed(of_another).expectations(params)["en"].codes == (ANY_CODE,)
    own = ("InvalidFlowLogName.Malformed", "The specified FlowLogName is not valid.")
    found = undescribed(of_another, own).expectations(params)["en"]
    assert ANY_CODE not in found.codes
    assert "InvalidFlowLogName.Malformed" in found.codes


def test_an_id_of_nothing_may_be_refused_by_any_documented_code_and_by_any_at_all_where_no_row_speaks_of_it() -> None:
    params = {**CONTEXT.wire, "ResourceId": "vpc-nothing"}
    odd = ("OddCode", "It is odd.")
    assert set(undescribed(odd).expectations(params)["en"].codes) == {"OddCode", ANY_CODE}
    missing = ("InvalidThing.NotFound", "The thing does not exist.")
    assert {"OddCode", "InvalidThing.NotFound"} <= set(undescribed(odd, missing).expectations(params)["en"].codes)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_stated_constraint_but_those_of_emptiness_is_broken_by_some_request(language: Language) -> None:
    contract = CONTEXT.contracts[language]
    broken = set()
    for request in boundary_requests(contract, CONTEXT.wire):
        made = CONTEXT.oracle.expectations(request.params).get(language)
        broken |= {f"{path}.{fact}" for path, fact in made.broken} if made else set()
    stated = {f"{row.path}.{name}" for row, name, _ in contract.constraints()}
    # An empty text may count as one that was not sent.
    assert stated - broken == {"FlowLogName.minLength", "Description.minLength"}


def test_what_one_document_refuses_it_refuses_beside_a_parameter_that_it_does_not_know() -> None:
    context = context_of()
    params = {name: text for name, text in context.wire.items() if name != "LogStoreName"} | {"IpVersion": "IPv4"}
    found = context.oracle.expectations(params)
    assert found["zh"].success
    assert found["en"].broken == (("LogStoreName", "required"),)
    assert set(context.oracle.expectations({**context.wire, "IpVersion": "IPv4"})) == {"zh"}
