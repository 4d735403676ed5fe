"""`--shard I/N` with both faces of the runner, and the parts joined again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from commands import REPOSITORY, run_pytest

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer

SOME = "CreateFlowLog/MissingParameter"
ONE = f"{SOME}/region-omitted"
"""A case in the second of four parts."""


def first_event(folder: Path) -> dict[str, Any]:
    with (folder / "events.ndjson").open(encoding="utf-8") as stream:
        event: dict[str, Any] = json.loads(stream.readline())
    return event


def ids(folder: Path) -> list[str]:
    return [case["id"] for case in json.loads((folder / "report.json").read_text(encoding="utf-8"))["cases"]]


def test_the_parts_together_are_the_whole(quick: Command, reference: ReferenceServer, tmp_path: Path) -> None:
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, SOME)
    whole = quick("run", "--report-dir", "whole", *options)
    assert whole.status == 0
    assert "shard" not in first_event(tmp_path / "whole")
    parts = [tmp_path / f"part-{index}" for index in (1, 2, 3)]
    for index, part in enumerate(parts, start=1):
        assert quick("run", "--report-dir", str(part), "--shard", f"{index}/3", *options).status == 0
        said = first_event(part)
        assert (said["shard"]["index"], said["shard"]["count"]) == (index, 3)
        assert said["selected"] == len(ids(part))
    assert len({first_event(part)["shard"]["suite"] for part in parts}) == 1
    assert sorted(name for part in parts for name in ids(part)) == sorted(ids(tmp_path / "whole"))
    assert quick("report", "merge", *map(str, reversed(parts)), "-o", "merged").status == 0
    assert ids(tmp_path / "merged") == ids(tmp_path / "whole")
    missing = quick("report", "merge", str(parts[0]), str(parts[2]), "-o", "other")
    assert missing.status == 2
    assert "shard 2 of 3 is missing" in missing.err


def test_parts_of_different_selections_are_not_joined(
    quick: Command, reference: ReferenceServer, tmp_path: Path
) -> None:
    for index, chosen in ((1, SOME), (2, ONE)):
        folder = str(tmp_path / f"part-{index}")
        quick("run", "--report-dir", folder, "--shard", f"{index}/2", "--endpoint", reference.endpoint, chosen)
    assert quick("report", "merge", str(tmp_path / "part-1"), str(tmp_path / "part-2"), "-o", "merged").status == 2


def test_a_part_without_a_case_is_no_failure(quick: Command, reference: ReferenceServer) -> None:
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, ONE)
    empty = quick.run(*options, "--shard", "1/4")
    assert (empty.status, empty.verdicts) == (0, {})
    full = quick.run(*options, "--shard", "2/4")
    assert (full.status, full.verdicts) == (0, {ONE: "pass"})


def test_a_part_in_which_nothing_can_be_judged_is_left_to_the_merge(quick: Command, reference: ReferenceServer) -> None:
    # The case needs a state, and the target has no URL for it.
    options = ("--endpoint", reference.endpoint, ONE)
    assert quick.run(*options, "--shard", "2/4").status == 0
    assert quick.run(*options).status == 3


def test_a_target_that_is_not_there_is_status_3_in_every_part(quick: Command) -> None:
    assert quick.run("--endpoint", "http://127.0.0.1:1", ONE, "--shard", "2/4").status == 3


@pytest.mark.parametrize("text", ["0/4", "5/4", "half"])
def test_a_part_that_cannot_be_is_one_message(quick: Command, text: str) -> None:
    outcome = quick.run("--shard", text)
    assert outcome.status == 2
    assert outcome.err == f"conformance: --shard {text!r} is no part of a whole (I/N with I from 1 to N, e.g. 1/4)\n"


def test_pytest_takes_the_same_parts(conformance: Command, reference: ReferenceServer, tmp_path: Path) -> None:
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, "-k", "MissingParameter")
    file = str(REPOSITORY / "cases" / "vpc" / "CreateFlowLog" / "required.yaml")
    assert conformance("run", "--report-dir", "command", "--shard", "2/3", *options, file).status == 0
    done = run_pytest(file, *options, "--shard", "2/3", folder=tmp_path / "pytest")
    assert done.returncode == 0, done.stdout
    assert ids(tmp_path / "pytest") == ids(tmp_path / "command")
    assert first_event(tmp_path / "pytest")["shard"] == first_event(tmp_path / "command")["shard"]
    assert first_event(tmp_path / "pytest")["selected"] == len(ids(tmp_path / "pytest"))


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_pytest_passes_when_no_case_is_in_the_part(tmp_path: Path, workers: tuple[str, ...]) -> None:
    file = str(REPOSITORY / "cases" / "vpc" / "CreateFlowLog" / "required.yaml")
    done = run_pytest(file, "-k", "region-omitted", "--shard", "1/4", *workers, folder=tmp_path / "pytest")
    assert done.returncode == 0, done.stdout


def test_pytest_does_not_pass_when_there_was_no_case_at_all(tmp_path: Path) -> None:
    file = str(REPOSITORY / "cases" / "vpc" / "CreateFlowLog" / "required.yaml")
    done = run_pytest(file, "-k", "no-such-case", "--shard", "1/4", folder=tmp_path / "pytest")
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_pytest_refuses_a_part_that_cannot_be(tmp_path: Path) -> None:
    done = run_pytest("cases/vpc/CreateFlowLog/required.yaml", "--shard", "5/4", folder=tmp_path)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--shard '5/4' is no part of a whole" in done.stderr
