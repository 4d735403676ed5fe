"""`conformance states`: what a server must be able to be put into."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.state_catalogue import load_states
from conformance.cli.support.plan_template import load_all
from conformance.core.resources import cases_dir

if TYPE_CHECKING:
    from commands import Command


@pytest.fixture(scope="module")
def needed() -> dict[str, int]:
    counts: dict[str, int] = {}
    for case in load_all()[1]:
        for name in {state.name for state in case.given}:
            counts[name] = counts.get(name, 0) + 1
    return counts


def test_every_state_is_listed_with_the_cases_that_need_it(conformance: Command, needed: dict[str, int]) -> None:
    outcome = conformance("states", "--json")
    assert (outcome.status, outcome.err) == (0, "")
    rows: list[dict[str, Any]] = json.loads(outcome.out)
    assert {row["state"]: row["cases"] for row in rows if row["cases"]} == needed
    assert [row["state"] for row in rows] == list(load_states(cases_dir() / "states.yaml"))
    assert all(set(row) == {"state", "meaning", "params", "optional", "cases"} for row in rows)
    exists = next(row for row in rows if row["state"] == "resource.exists")
    assert exists["params"] == {"type": "text", "id": "text"}


def test_no_state_is_there_for_nothing(conformance: Command) -> None:
    assert [row["state"] for row in json.loads(conformance("states", "--json").out) if not row["cases"]] == []


def test_the_table_has_a_line_for_each_state(conformance: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    outcome = conformance("states")
    assert outcome.status == 0
    lines = outcome.out.splitlines()
    for name in load_states(cases_dir() / "states.yaml"):
        assert sum(line.startswith(f"{name} ") for line in lines) == 1
    flow_log = next(line for line in lines if line.startswith("flow-log.exists "))
    assert "type, id, traffic_path?" in flow_log
