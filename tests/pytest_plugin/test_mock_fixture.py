"""The fixture with which tests of other projects use the reference server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from conformance.core.errors import UsageError

if TYPE_CHECKING:
    from conformance.server.process import ReferenceServer


def states(server: ReferenceServer) -> list[dict[str, Any]]:
    with urlopen(server.states_url, timeout=60) as answer:  # noqa: S310 - http
        held: list[dict[str, Any]] = json.load(answer)["states"]
    return held


@pytest.mark.parametrize("time", [1, 2])
def test_it_is_empty_at_the_start_of_each_test(time: int, conformance_mock: ReferenceServer) -> None:
    assert states(conformance_mock) == []
    conformance_mock.set_state("resource.exists", type="VPC", id=f"vpc-{time}")
    (held,) = states(conformance_mock)
    assert held == {"state": "resource.exists", "params": {"type": "VPC", "id": f"vpc-{time}"}}


def test_a_state_that_there_is_not_is_refused_with_the_servers_words(conformance_mock: ReferenceServer) -> None:
    with pytest.raises(UsageError, match=r"did you mean resource\.exists"):
        conformance_mock.set_state("resource.exist")
