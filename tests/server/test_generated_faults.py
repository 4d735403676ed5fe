"""Faults that are made of what the documents of an operation state: a real server has each, and nothing else wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from farm import PRODUCT, VERSION, Farmer, contracts, write_workspace

from conformance.contract.catalogue import OperationId
from conformance.core.errors import UsageError
from conformance.server.build import build_plan
from conformance.server.faults.generated.catalogue import families, faults_of, find_generated
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.server.faults.generated.fault import GeneratedFault


@pytest.fixture(autouse=True)
def _workspace(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_WORKSPACE", str(write_workspace(tmp_path_factory.mktemp("farm"))))


def made(name: str) -> dict[str, GeneratedFault]:
    operation = OperationId(PRODUCT, VERSION, name)
    family = families({contract.language: contract} for contract in contracts().values()).get(operation, {})
    return {each.name.partition("/")[2]: each for each in faults_of(build_plan(), operation, family)}


def serving(*faults: str) -> Iterator[Farmer]:
    with ReferenceServer(faults=faults, activation_delay=0) as server:
        yield Farmer(server.endpoint)


def test_every_kind_of_fault_is_made_of_what_a_contract_states() -> None:
    found = made("CreateBarn")
    expected = {
        "region-id-required-ignored",
        "height-maximum-ignored",
        "height-maximum-one-further",
        "height-maximum-one-short",
        "barn-name-min-length-one-further",
        "tag-max-items-one-short",
        "tag-key-max-length-one-further",
        "roof-enum-without-first",
        "roof-enum-without-last",
        "roof-enum-ignored",
        "barn-name-max-length-other-code",
        "missing-parameter-region-id-misspelt",
        "missing-parameter-region-id-as-409",
        "missing-parameter-region-id-other-message",
        "quota-exceeded-barn-misspelt-2",
        "told-ignored",
        "barn-id-missing",
        "barn-id-renamed",
        "barn-id-retyped",
        "success-as-201",
        "errors-as-200",
        "not-created",
        "id-reused",
        "repeated",
        "request-id-reused",
        "not-found-field-id-ignored",
        "account-quota-reached-ignored",
        "fields-in-another-order",
    }
    assert expected <= set(found)
    assert {"not-deleted", "not-changed"}.isdisjoint(found)
    assert all(re.fullmatch("[a-z0-9-]+", name) for name in found)
    assert [each.name for each in made("CreateBarn").values()] == [each.name for each in found.values()]


@pytest.mark.parametrize(
    ("operation", "faults"),
    [
        ("DescribeBarns", {"filter-barn-id-ignored", "page-size-ignored-in-paging", "other-accounts-listed"}),
        ("ListBarns", {"next-token-ignored-in-paging", "max-results-ignored-in-paging"}),
        ("ModifyBarnAttribute", {"not-changed", "not-found-barn-id-ignored", "resource-status-ignored"}),
        ("AttachHorse", {"not-attached"}),
        ("DetachHorse", {"not-detached"}),
        ("DeleteBarn", {"not-deleted"}),
    ],
)
def test_what_is_done_with_a_resource_has_faults_of_its_own(operation: str, faults: set[str]) -> None:
    assert faults <= set(made(operation))


def test_what_no_case_can_catch_says_why() -> None:
    silent = {name: each.flaw.silent for name, each in made("DescribeWeather").items() if each.flaw.silent}
    assert silent["errors-as-200"] == "no document has an error row"
    assert silent["region-id-required-other-code"] == "no document says with which code it is refused"
    empty = made("AttachHorse")["horse-id-min-length-ignored"].flaw.silent
    assert empty == "what breaks it is an empty text, which is refused as missing"
    found = made("CreateBarn")
    assert not found["barn-name-max-length-other-code"].flaw.silent
    assert not found["not-created"].flaw.silent


def test_a_limit_is_off_by_one_to_either_side() -> None:
    for farmer in serving("CreateBarn/height-maximum-one-further", "CreateBarn/barn-name-max-length-one-short"):
        farmer.ok("CreateBarn", Height="10")
        assert farmer.refused("CreateBarn", Height="11")[0] == 400
        farmer.ok("CreateBarn", BarnName="a" * 7)
        assert farmer.refused("CreateBarn", BarnName="a" * 8)[0] == 400


def test_a_fault_of_one_operation_leaves_the_others_as_they_are() -> None:
    for farmer in serving("ModifyBarnAttribute/not-changed", "DeleteBarn/invalid-barn-id-not-found-misspelt"):
        name = farmer.ok("CreateBarn", BarnName="red")["BarnId"]
        farmer.ok("ModifyBarnAttribute", BarnId=name, BarnName="blue")
        assert farmer.ok("DescribeBarnAttribute", BarnId=name)["BarnName"] == "red"
        assert farmer.refused("DeleteBarn", BarnId="barn-none")[1] == "InvalidBarnId.NotFounD"
        assert farmer.refused("ModifyBarnAttribute", BarnId="barn-none")[1] == "InvalidBarnId.NotFound"
        farmer.ok("DeleteBarn", BarnId=name)
        assert farmer.ok("DescribeBarns")["Barns"]["Barn"] == []


def test_resources_that_are_handled_wrongly() -> None:
    for farmer in serving(
        "CreateBarn/repeated",
        "DescribeBarns/filter-barn-name-ignored",
        "DeleteBarn/not-deleted",
        "ListBarns/total-count-missing",
    ):
        first = farmer.ok("CreateBarn", BarnName="red", ClientToken="a")["BarnId"]
        assert farmer.ok("CreateBarn", BarnName="red", ClientToken="a")["BarnId"] != first
        farmer.ok("CreateBarn", BarnName="blue")
        assert len(farmer.ok("DescribeBarns", BarnName="red")["Barns"]["Barn"]) == 3
        assert len(farmer.ok("DescribeBarns", BarnId=first)["Barns"]["Barn"]) == 1
        farmer.ok("DeleteBarn", BarnId=first)
        assert farmer.ok("DescribeBarnAttribute", BarnId=first)["BarnName"] == "red"
        assert "TotalCount" not in farmer.ok("ListBarns")


def test_what_is_inside_an_answer_is_handled_wrongly() -> None:
    for farmer in serving(
        "DescribeBarns/barns-barn-barn-name-missing",
        "DescribeBarns/barns-barn-barn-id-renamed",
        "DescribeBarns/barns-barn-height-retyped",
    ):
        farmer.ok("CreateBarn", BarnName="red", Height="7")
        barn = farmer.ok("DescribeBarns")["Barns"]["Barn"][0]
        assert "BarnName" not in barn
        assert "BarnId" not in barn
        assert barn["barnId"].startswith("barn-")
        assert barn["Height"] == [7]


def test_a_requirement_is_added_and_dropped() -> None:
    for farmer in serving("CreateBarn/region-id-required-ignored"):
        assert farmer.call("CreateBarn")[0] == 200
    for farmer in serving("CreateBarn/barn-name-required"):
        assert farmer.refused("CreateBarn")[1] == "MissingParameter"


def test_a_name_that_no_fault_has_is_answered_with_a_near_one() -> None:
    with pytest.raises(UsageError, match="there is no fault") as fault:
        find_generated("CreateBarn/height-maximum-one-farther", build_plan())
    assert "height-maximum-one-further" in str(fault.value)
