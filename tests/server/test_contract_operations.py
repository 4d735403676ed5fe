"""Operations that no behaviour describes, served by their contracts: a real server process, asked over HTTP."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from contract_strategies import parameter
from farm import Farmer, contracts, write_workspace
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import scaled

from conformance.cases.meanings.words import load_words, singular
from conformance.server.general.listing import page_of
from conformance.server.general.refusals import _absent_inner_list
from conformance.server.general.shapes import shape_of, with_list
from conformance.server.process import ReferenceServer
from conformance.server.request import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNTS = count(1)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONFORMANCE_WORKSPACE", str(write_workspace(tmp_path_factory.mktemp("farm"))))
        with ReferenceServer(activation_delay=0) as server:
            yield server.endpoint


@pytest.fixture
def farmer(endpoint: str) -> Farmer:
    return Farmer(endpoint, f"farmer-{next(ACCOUNTS)}")


def test_a_resource_is_created_shown_changed_and_deleted(farmer: Farmer) -> None:
    made = farmer.ok("CreateBarn", BarnName="red", Height="3", **{"Tag.1.Key": "a", "Tag.1.Value": "b"})
    name = made["BarnId"]
    assert name.startswith("barn-")
    assert made["Roof"] == "Flat"
    listed = farmer.ok("DescribeBarns")
    (barn,) = listed["Barns"]["Barn"]
    assert (barn["BarnId"], barn["BarnName"], barn["Height"]) == (name, "red", 3)
    assert barn["Tags"] == {"Tag": [{"Key": "a", "Value": "b"}]}
    assert barn["Status"] == "Ready"
    assert (listed["TotalCount"], listed["PageNumber"]) == (1, 1)
    farmer.ok("ModifyBarnAttribute", BarnId=name, BarnName="blue")
    assert farmer.ok("DescribeBarnAttribute", BarnId=name)["BarnName"] == "blue"
    farmer.ok("AttachHorse", BarnId=name, HorseId="horse-1")
    assert farmer.ok("DescribeBarnAttribute", BarnId=name)["HorseId"] == "horse-1"
    farmer.ok("DetachHorse", BarnId=name, HorseId="horse-1")
    assert farmer.ok("DescribeBarnAttribute", BarnId=name)["HorseId"] != "horse-1"
    farmer.ok("DeleteBarn", BarnId=name)
    assert farmer.ok("DescribeBarns")["Barns"]["Barn"] == []
    gone = (404, "InvalidBarnId.NotFound", "The BarnId is of no barn.")
    for operation in ("DeleteBarn", "DescribeBarnAttribute", "ModifyBarnAttribute"):
        assert farmer.refused(operation, BarnId=name) == gone


def test_each_account_has_its_own_resources(farmer: Farmer, endpoint: str) -> None:
    name = farmer.ok("CreateBarn")["BarnId"]
    other = Farmer(endpoint, "another")
    assert other.ok("DescribeBarns")["TotalCount"] == 0
    assert other.refused("DeleteBarn", BarnId=name)[0] == 404


def test_a_resource_that_is_told_apart_by_the_name_that_was_sent(farmer: Farmer) -> None:
    farmer.ok("CreateField", FieldName="north", Soil="sand")
    assert farmer.refused("CreateField", FieldName="north")[:2] == (409, "FieldName.AlreadyExist")
    assert farmer.ok("GetField", FieldName="north")["Field"] == {"FieldName": "north", "Soil": "sand"}
    farmer.ok("DeleteField", FieldName="north")
    assert farmer.refused("GetField", FieldName="north")[:2] == (404, "EntityNotExist.Field")


def test_a_name_that_a_row_says_there_must_be_is_one_that_was_given(farmer: Farmer) -> None:
    assert farmer.refused("ListBarns", BarnName="north")[:2] == (404, "InvalidBarn.NotFound")
    made = farmer.ok("CreateBarn", BarnName="north")
    assert [each["BarnId"] for each in farmer.ok("ListBarns", BarnName="north")["Barns"]["Barn"]] == [made["BarnId"]]


def test_a_change_that_is_sent_a_new_value_sets_the_field_and_a_new_name_renames(farmer: Farmer) -> None:
    farmer.ok("CreateField", FieldName="north", Soil="sand")
    farmer.ok("UpdateField", FieldName="north", NewSoil="clay")
    assert farmer.ok("GetField", FieldName="north")["Field"] == {"FieldName": "north", "Soil": "clay"}
    farmer.ok("UpdateField", FieldName="north", NewFieldName="south")
    assert farmer.refused("GetField", FieldName="north")[:2] == (404, "EntityNotExist.Field")
    assert farmer.ok("GetField", FieldName="south")["Field"] == {"FieldName": "south", "Soil": "clay"}
    farmer.ok("CreateField", FieldName="north", Soil="peat")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"RegionId": ""}, "MissingParameter.RegionId"),
        ({"BarnName": "a"}, "InvalidBarnName.Malformed"),
        ({"BarnName": "a" * 9}, "InvalidBarnName.Malformed"),
        ({"Height": "10"}, "InvalidParameter"),
        ({"Height": "tall"}, "InvalidParameter"),
        ({"Roof": "Round"}, "InvalidParameter"),
        ({"Tag.1.Key": "longer"}, "InvalidParameter"),
        ({"Tag.1.Key": "a", "Tag.2.Key": "b", "Tag.3.Key": "c"}, "InvalidParameter"),
        ({"FieldId": "field-1"}, "InvalidFieldId.NotFound"),
    ],
)
def test_a_broken_fact_is_refused_with_the_row_that_names_it_else_with_one_of_its_kind(
    farmer: Farmer, sent: dict[str, str], code: str
) -> None:
    assert farmer.refused("CreateBarn", **sent)[1] == code
    assert farmer.ok("DescribeBarns")["TotalCount"] == 0


def test_what_no_row_speaks_of_is_refused_with_a_plain_code(farmer: Farmer) -> None:
    status, code, message = farmer.refused("DescribeBarns", RegionId="")
    assert (status, code) == (400, "MissingParameter")
    assert '"RegionId"' in message


def test_an_operation_without_a_resource_answers_with_its_examples(farmer: Farmer) -> None:
    first, second = farmer.ok("DescribeWeather"), farmer.ok("DescribeWeather")
    assert (first["Rain"], first["Degrees"]) == (True, 21)
    assert first["RequestId"] != second["RequestId"]


def test_states_lead_to_the_rows_of_their_kind(farmer: Farmer) -> None:
    assert farmer.state("account.is-ram-user") == 200
    assert farmer.refused("CreateBarn")[1] == "Forbidden.SubUser"
    farmer.state("account.is-ram-user", "teardown")
    assert farmer.state("account.quota-reached", resource="Barn") == 200
    assert farmer.refused("CreateBarn")[1] == "QuotaExceeded.Barn"
    farmer.state("account.quota-reached", "teardown", resource="Barn")
    assert farmer.state("resource.exists", type="Field", id="field-1") == 200
    farmer.ok("CreateBarn", FieldId="field-1")
    assert farmer.state("no.such-state") == 400


def test_a_resource_of_a_state_can_be_shown_changed_and_deleted(farmer: Farmer) -> None:
    farmer.state("resource.exists", type="Barn", id="barn-7")
    assert [each["BarnId"] for each in farmer.ok("DescribeBarns")["Barns"]["Barn"]] == ["barn-7"]
    farmer.ok("ModifyBarnAttribute", BarnId="barn-7", BarnName="old")
    assert farmer.ok("DescribeBarnAttribute", BarnId="barn-7")["BarnName"] == "old"
    farmer.state("resource.status", type="Barn", id="barn-7", status="Burning")
    assert farmer.ok("DescribeBarnAttribute", BarnId="barn-7")["Status"] == "Burning"
    assert farmer.refused("ModifyBarnAttribute", BarnId="barn-7")[1] == "IncorrectStatus.Barn"
    farmer.ok("DeleteBarn", BarnId="barn-7")
    assert farmer.ok("DescribeBarns")["TotalCount"] == 0
    assert farmer.refused("DeleteBarn", BarnId="barn-7")[0] == 404


def test_every_error_row_can_be_told_by_code_message_and_status(farmer: Farmer) -> None:
    for contract in contracts().values():
        for row in contract.errors:
            told: dict[str, Any] = {
                "code": row.code,
                "message": row.message,
                "status": row.status,
                "operation": contract.operation,
            }
            assert farmer.state("service.answers-with", **told) == 200
            assert farmer.refused(contract.operation) == (row.status, row.code, row.message)
            assert farmer.ok("DescribeWeather")
            farmer.state("service.answers-with", "teardown", **told)
    assert farmer.state("service.answers-with", code="NoSuchCode") == 400


def test_a_client_token_makes_a_repetition_the_same_call(farmer: Farmer) -> None:
    first = farmer.ok("CreateBarn", BarnName="one", ClientToken="t")
    again = farmer.ok("CreateBarn", BarnName="one", ClientToken="t")
    assert {**first, "RequestId": ""} == {**again, "RequestId": ""}
    assert first["RequestId"] != again["RequestId"]
    assert farmer.ok("DescribeBarns")["TotalCount"] == 1
    assert farmer.refused("CreateBarn", BarnName="two", ClientToken="t")[1] == "IdempotentParameterMismatch"
    assert farmer.ok("CreateBarn", BarnName="one", ClientToken="u")["BarnId"] != first["BarnId"]


def test_lists_are_filtered_and_paged_without_gaps(farmer: Farmer) -> None:
    made = [farmer.ok("CreateBarn", BarnName=f"b-{number % 2}")["BarnId"] for number in range(7)]
    pages = [farmer.ok("DescribeBarns", PageNumber=str(number), PageSize="3") for number in (1, 2, 3, 4)]
    assert [each["BarnId"] for page in pages for each in page["Barns"]["Barn"]] == made
    assert [page["TotalCount"] for page in pages] == [7] * 4
    seen, token = [], ""
    while True:
        page = farmer.ok("ListBarns", **({"NextToken": token} if token else {}))
        seen += [each["BarnId"] for each in page["Barns"]["Barn"]]
        token = page.get("NextToken", "")
        if not token:
            break
    assert seen == made
    assert farmer.ok("DescribeBarns", BarnName="b-1")["TotalCount"] == 3
    assert farmer.ok("ListBarns", BarnIds=f'["{made[1]}","{made[2]}"]')["TotalCount"] == 2
    assert farmer.ok("ListBarns", BarnIds=f"{made[1]},{made[2]},x")["TotalCount"] == 2


def test_a_contract_that_cannot_be_read_stops_no_other(farmer: Farmer) -> None:
    assert farmer.refused("DescribeGoats")[:2] == (500, "InternalError")
    farmer.ok("DescribeWeather")


def test_what_no_contract_has_is_refused(farmer: Farmer) -> None:
    assert farmer.call("CreateCastle")[1]["Code"] == "InvalidAction.NotFound"
    assert farmer.call("CreateBarn", version="2016-04-28")[1]["Code"] == "InvalidVersion"


@settings(max_examples=scaled(60), deadline=None)
@given(total=st.integers(0, 60), size=st.integers(1, 25), tokens=st.booleans())
def test_pages_put_together_are_the_whole_list(total: int, size: int, *, tokens: bool) -> None:
    contract, words = contracts()["ListBarns"], load_words()
    seen: list[int] = []
    sent = {"MaxResults" if tokens else "PageSize": str(size)}
    for number in range(1, total + 3):
        more = sent if tokens else {**sent, "PageNumber": str(number)}
        page = page_of(Call("GET", more), contract, words, total)
        seen += list(range(total))[page.begin : page.end]
        assert bool(page.token) == (page.end < total)
        if not page.token:
            break
        if tokens:
            sent = {**sent, "NextToken": page.token}
    assert seen == list(range(total))


@pytest.mark.parametrize(
    ("plural", "noun"), [("Barns", "Barn"), ("Policies", "Policy"), ("Addresses", "Address"), ("Status", "Status")]
)
def test_nouns_in_singular(plural: str, noun: str) -> None:
    assert singular(plural) == noun


def test_an_element_of_a_list_of_known_values_is_known_by_its_form() -> None:
    known = load_words().known_values("ZoneId[]")
    assert known is not None
    assert known.fullmatch("cn-hangzhou-a")


def test_a_list_is_where_a_behaviour_says_though_a_document_calls_the_object_around_it_a_list_too() -> None:
    rows = [parameter(f"Barns[].Barn[].{name}", 1, type="string") for name in ("BarnId", "Doors[].DoorId")]
    barns = with_list(shape_of(rows), "Barns.Barn", ["BarnId"]).members["Barns"]
    assert barns.element is None
    element = barns.members["Barn"].element
    assert element is not None
    assert {name: each.path for name, each in element.members.items()} == {
        "BarnId": "Barns.Barn[].BarnId",
        "Doors": "Barns.Barn[].Doors",
    }
    doors = element.members["Doors"].element
    assert doors is not None
    assert doors.members["DoorId"].path == "Barns.Barn[].Doors[].DoorId"


def test_what_a_document_has_where_a_behaviour_has_a_list_is_of_its_elements() -> None:
    rows = [parameter(f"Barns.{name}", 1, type="string") for name in ("BarnId", "BarnName")]
    barns = with_list(shape_of(rows), "Barns.Barn", ["BarnId", "Height"]).members["Barns"]
    assert barns.members.keys() == {"Barn"}
    element = barns.members["Barn"].element
    assert element is not None
    assert {name: each.path for name, each in element.members.items()} == {
        "BarnId": "Barns.Barn[].BarnId",
        "BarnName": "Barns.Barn[].BarnName",
        "Height": "Barns.Barn[].Height",
    }


@pytest.mark.parametrize(
    ("sent", "absent"),
    [
        ({}, False),
        ({"Barn.1.Door": "east", "Barn.1.Ports.1": "80"}, False),
        ({"Barn.1.Door": "east"}, True),
        ({"Barn.1.Ports.1": "80", "Barn.2.Door": "east"}, True),
        ({"Barn.1.PortsOpen": "80"}, True),
        ({"Barns.1.Door": "east"}, False),
    ],
)
def test_an_item_without_a_list_that_it_must_have(sent: dict[str, str], *, absent: bool) -> None:
    attempt: Any = SimpleNamespace(call=SimpleNamespace(parameters=sent))
    assert _absent_inner_list("Barn[].Ports[]", attempt) is absent
