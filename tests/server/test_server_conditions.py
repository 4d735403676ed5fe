"""What holds on a condition: the reference server enforces it, and returns it, where the condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from contract_strategies import on
from msgspec.structs import replace
from server_client import Client, plan_of

from conformance.contract.when import Presence, When
from conformance.server.server_plan import make_plan

if TYPE_CHECKING:
    from conformance.server.server_plan import ServerPlan


@pytest.fixture
def plan() -> ServerPlan:
    """A server that wants a name of at most five characters for all traffic, and then says which flow log it made."""
    found = plan_of("en")
    named = found.followed.parameter("FlowLogName")
    facts = (
        on("required", value=True, TrafficType="All"),
        on("maxLength", 5, TrafficType="All"),
        on("maxLength", 1),
    )
    presence = Presence(When.of({"TrafficType": ("All",)}), 1)
    followed = replace(
        found.followed,
        parameters=tuple(replace(row, conditional=facts) if row is named else row for row in found.followed.parameters),
        responses=tuple(
            replace(field, presence=presence) if field.path == "FlowLogId" else field
            for field in found.followed.responses
        ),
    )
    return make_plan(followed, found.behaviour)


@pytest.mark.parametrize(
    ("traffic", "name", "code", "returned"),
    [
        ("All", None, "MissingParameter", False),
        ("All", "", "MissingParameter", False),
        ("All", "longer", "ParameterInvalid", False),
        ("All", "short", None, True),
        ("Drop", None, None, False),
        ("Drop", "longer", None, False),
    ],
)
def test_a_condition_decides(
    plan: ServerPlan,
    traffic: str,
    name: str | None,
    code: str | None,
    returned: bool,  # noqa: FBT001
) -> None:
    client = Client.of(plan).prepare()
    answered = client.create({"FlowLogName": name, "TrafficType": traffic})
    assert (answered.code, "FlowLogId" in answered.json) == (code, returned)
