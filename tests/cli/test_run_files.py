"""Case files named on the command line of `run`: the project's own, and those of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

OWN = """operation: CreateFlowLog
base: vpc
cases:
  - id: mine
    title: A case of my own
    expect: {success: true}
    trigger: inferred
"""


def test_a_file_of_the_project_selects_its_cases(conformance: Command) -> None:
    outcome = conformance.run(str(REPOSITORY / "cases" / "vpc" / "CreateFlowLog" / "account.yaml"))
    assert outcome.status == 0
    assert "CreateFlowLog/Unauthorized/ram-user" in outcome.verdicts
    assert len(outcome.verdicts) == 7


def test_a_file_of_ones_own_is_run_alone_or_beside_named_cases(conformance: Command, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    own = tmp_path / "mine" / "mine.yaml"
    own.write_text(OWN)
    assert conformance.run(str(own)).verdicts == {"CreateFlowLog/success/mine": "pass"}
    outcome = conformance.run(str(tmp_path / "mine"), "CreateFlowLog/Unauthorized")
    assert set(outcome.verdicts) == {"CreateFlowLog/success/mine", "CreateFlowLog/Unauthorized/ram-user"}


def test_an_id_that_is_taken_is_one_message(conformance: Command, tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(OWN.replace("id: mine", "id: vpc"))
    outcome = conformance.run(str(own))
    assert outcome.status == 2
    assert "the id CreateFlowLog/success/vpc is taken by" in outcome.err


def test_a_file_of_another_operation_or_none_is_one_message(conformance: Command, tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(OWN.replace("CreateFlowLog", "CreateFlowLogs"))
    outcome = conformance.run(str(own))
    assert outcome.status == 2
    assert (
        outcome.err
        == f"conformance: {own}:1:12: there are no valid requests for 'CreateFlowLogs' (did you mean CreateFlowLog?)\n"
    )
    assert conformance.run(str(tmp_path / "nothing.yaml")).status == 2
