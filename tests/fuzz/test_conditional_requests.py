"""What holds on a condition: requests are made that meet it, and only where it surely holds is anything demanded."""

from __future__ import annotations

from contract_strategies import rent
from msgspec.structs import replace

from conformance.contract.model import ErrorCode, Fact, Parameter, State
from conformance.fuzz.generation.boundaries import boundary_requests
from conformance.fuzz.oracle.oracle import Oracle, Surroundings

PLAN = Parameter("RoofPlan", 4, {})


def expected(**sent: str) -> tuple[tuple[tuple[str, str], ...], bool, bool]:
    """Return what a request surely breaks, whether it may succeed, and whether it may be refused."""
    oracle = Oracle({"en": rent()}, Surroundings(valid={}))
    found = oracle.expectations(sent)["en"]
    return found.broken, found.success, bool(found.codes)


def test_a_limit_and_a_requirement_are_demanded_where_their_condition_holds() -> None:
    assert expected(Plan="Fixed", Term="9") == ((), True, False)
    assert expected(Plan="Fixed", Term="10") == ((("Term", "maximum"),), False, True)
    assert expected(Plan="Fixed", TermUnit="Year", Term="4") == ((("Term", "maximum"),), False, True)
    assert expected(Plan="Fixed") == ((("Term", "required"),), False, True)
    assert expected(Plan="Open", Term="10") == ((), True, False)
    assert expected() == ((), True, False)


def test_of_a_condition_that_is_not_known_nothing_is_claimed() -> None:
    broken, success, refused = expected(Label="longer than five")
    assert (broken, success, refused) == ((), True, True)


def test_requests_are_made_that_meet_conditions_with_all_that_is_then_required() -> None:
    sent = [dict(request.params) for request in boundary_requests(rent(), {})]
    assert {"Plan": "Fixed", "Term": "1"} in sent
    assert any(each.get("Plan") == "Fixed" and "Term" not in each for each in sent)
    outcomes = [expected(**each) for each in sent]
    assert any(success for _, success, _ in outcomes)
    assert any(("Term", "required") in broken for broken, _, _ in outcomes)


def test_what_a_valid_request_lacks_is_not_surely_missing_though_a_message_names_it() -> None:
    row = ErrorCode(
        400, "MissingParameter", "Either RoofPlan or WallPlan must be specified.", 9, State.STATED, "syntax"
    )
    contract = replace(rent(), errors=(*rent().errors, row), parameters=(*rent().parameters, PLAN))
    without = Oracle({"en": contract}, Surroundings(valid={}))
    assert without.expectations({})["en"].success
    with_one = Oracle({"en": contract}, Surroundings(valid={"RoofPlan": "a"}))
    assert with_one.expectations({})["en"].broken == (("RoofPlan|WallPlan", "alternatives"),)
    other = replace(contract, parameters=rent().parameters)
    assert Oracle({"en": other}, Surroundings(valid={"RoofPlan": "a"})).expectations({})["en"].success


def test_a_list_that_another_document_writes_otherwise_is_not_surely_missing() -> None:
    required = Fact(State.STATED, value=True, line=3)
    items = Parameter("Ids[]", 3, {"required": required}, encoding="repeat")
    oracle = Oracle({"en": replace(rent(), parameters=(items,))}, Surroundings(valid={"Ids.1": "a"}))
    assert oracle.expectations({})["en"].broken == (("Ids[]", "required"),)
    assert oracle.expectations({"Ids": "a"})["en"].success
