"""Situations that rows name, as cases: one of several parameters, a form, a quota; and JSON that is too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from contract_strategies import parameter
from msgspec.structs import replace

from conformance.cases.scaffold.skeletons import scaffold
from conformance.contract.model import Contract, ErrorCode, Source, State

if TYPE_CHECKING:
    from conformance.contract.model import Parameter


def files_of(name: str, rows: tuple[Parameter, ...], *errors: tuple[str, str]) -> dict[str, Any]:
    """Return what is scaffolded of an operation: its valid request, and its cases by their ids."""
    codes = tuple(ErrorCode(400, code, text, at, State.STATED, "syntax") for at, (code, text) in enumerate(errors, 90))
    contract = replace(Contract(name, "en", Source("x", "0", "flat"), rows, (), codes), product="farm", version="1")
    texts = scaffold({"en": contract})
    cases = {
        case["id"]: case
        for file in ("situations.yaml", "boundaries.yaml")
        if file in texts
        for case in yaml.safe_load(texts[file])["cases"]
    }
    return {**cases, "base": yaml.safe_load(texts["base.yaml"])["bases"]["plain"]["parameters"]}


def text(path: str, **values: Any) -> Parameter:
    return parameter(path, 1, type="string", **values)


WIDTH, DOOR = text("Width"), text("DoorId", example="door-1")


def test_a_valid_request_has_one_of_the_parameters_of_which_one_is_enough() -> None:
    found = files_of(
        "CreateBarn", (DOOR, WIDTH), ("MissingParameter.Size", "Either DoorId or Width must be specified.")
    )
    assert list(found["base"]) == ["Width"], "what names nothing comes first"
    none = found["door-id-or-another-missing"]
    assert (none["unset"], none["expect"]) == (["Width"], {"error": "MissingParameter.Size"})


def test_a_row_about_fewer_of_the_parameters_may_answer_too() -> None:
    rows = (
        ("MissingParameter", "DoorId or Width is missing."),
        ("MissingRoof", "One of DoorId, Width or Roof is missing."),
    )
    found = files_of("CreateBarn", (DOOR, WIDTH, text("Roof")), *rows)
    cases = [case for name, case in found.items() if name.startswith("door-id-or-another-missing")]
    codes = {"error": {"one_of": ["MissingParameter", "MissingRoof"]}}
    assert [case["expect"] for case in cases] == [codes, codes]


def test_a_message_that_names_two_parameters_without_a_choice_requires_neither() -> None:
    found = files_of(
        "CreateBarn", (DOOR, WIDTH), ("MissingParameter", "The DoorId and the Width are mandatory for it.")
    )
    assert found["base"] == {}


def test_an_address_is_malformed_where_the_code_of_a_row_says_so() -> None:
    address = text("DoorIp", required=True, example="192.168.0.1")
    row = ("InvalidDoorIp.Malformed", "The DoorIp is not valid.")
    case = files_of("CreateBarn", (address,), row)["door-ip-malformed"]
    assert (case["set"], case["expect"]) == ({"DoorIp": "192.168.0.999"}, {"error": row[0]})
    other = ("DependencyViolation.Door", "The specified parameter DoorIp is not valid.")
    assert "door-ip-malformed" not in files_of("CreateBarn", (address,), other)


def test_a_json_text_is_malformed_and_as_long_as_it_may_be() -> None:
    plan = replace(text("Plan", required=True, example='{"Doors":["a"]}', maxLength=40), encoding="json")
    found = files_of("CreateBarn", (plan,), ("InvalidPlan.Malformed", "The Plan is not valid."))
    assert found["plan-malformed"]["set"] == {"Plan": "[{"}
    longest, longer = (found[f"plan-max-length-{side}"]["set"]["Plan"] for side in ("kept", "broken"))
    assert (len(longest), len(longer)) == (40, 41)
    assert yaml.safe_load(longer) == {"Doors": ["a"]}


def test_a_quota_is_that_of_what_is_created() -> None:
    for message, case in (("The barn quota is reached.", True), ("The quota of tags is reached.", False)):
        found = files_of("CreateBarn", (WIDTH,), ("QuotaExceed", message))
        assert ("quota-reached" in found) == case
    assert "quota-reached" in files_of("CreateBarn", (WIDTH,), ("LimitExceed", "There are too many in this region."))
