"""Commands that read files which were changed after a run: one message and exit status 2, or a true result."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING, Final

import pytest
from commands import Command, run_program, script
from tampered import Tampered, tampered_json, tampered_lines

from conformance.cli.report import FORMATS
from conformance.core.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

CASES: Final = ("CreateFlowLog/MissingParameter/region-omitted", "CreateFlowLog/MissingParameter/project-omitted")
SAMPLE: Final = 12
"""How many changes of a file each test takes; the deep ones take all."""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with a pass, a divergent case with a mismatch, whole exchanges, and a shard's description."""
    folder = tmp_path_factory.mktemp("recorded")
    words = ("run", *CASES, "--keep-exchanges", "all", "--shard", "1/1", "--report-dir", str(folder))
    done = run_program(script(), *words)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def read(recorded: Path, quick: Command, tmp_path: Path) -> Callable[[str, Iterable[Tampered], list[list[str]]], None]:
    """Read changed files by commands, in which {} is the changed folder, and {good} the one as it was."""

    def check(name: str, changes: Iterable[Tampered], commands: list[list[str]]) -> None:
        bad = tmp_path / "bad"
        shutil.copytree(recorded, bad)
        if name == "report.json":
            (bad / "events.ndjson").unlink()
        wrong = []
        for change in changes:
            (bad / name).write_bytes(change.content)
            for words in commands:
                done = quick(*(word.format(str(bad), good=recorded) for word in words))
                fine = done.status != ExitStatus.HARNESS_FAILED
                if done.status == ExitStatus.BAD_INPUT:
                    one_line = done.err.startswith("conformance: ") and done.err.count("\n") == 1
                    fine = done.out == "" and one_line and (str(bad) in done.err or "is missing" in done.err)
                if not fine:
                    wrong.append(f"{change.what} {words}: {done.status} {done.err[-400:]}")
        assert wrong == []

    return check


def some(changes: list[Tampered]) -> list[Tampered]:
    return random.Random(0).sample(changes, SAMPLE)  # noqa: S311 - a sample


SHOWN: Final = [
    ["report", "{}"],
    *(["report", "{}", "--format", form] for form in FORMATS if form not in ("text", "allure")),
]
COMPARED: Final = [["gate", "{good}", "{}"], ["gate", "{}", "{good}", "--json"], ["gate", "{}", "{}"]]
JOINED: Final = [["report", "merge", "{}", "-o", "joined"]]
AGAIN: Final = [["replay", "{}"]]


def test_changed_events_are_refused_or_read_as_they_are(recorded: Path, read: Callable[..., None]) -> None:
    changes = tampered_lines((recorded / "events.ndjson").read_bytes())
    assert len(changes) > 1_000
    read("events.ndjson", some(changes), [*SHOWN, *COMPARED, *JOINED])


def test_a_changed_report_is_refused_or_read_as_it_is(recorded: Path, read: Callable[..., None]) -> None:
    changes = tampered_json((recorded / "report.json").read_bytes())
    assert len(changes) > 1_000
    read("report.json", some(changes), [*SHOWN, *COMPARED])


def test_a_changed_recording_is_refused_or_judged_as_it_is(recorded: Path, read: Callable[..., None]) -> None:
    changes = tampered_lines((recorded / "events.ndjson").read_bytes())
    read("events.ndjson", some(changes)[:8], AGAIN)


def test_a_driver_of_any_name_is_shown(recorded: Path, read: Callable[..., None]) -> None:
    changes = tampered_lines((recorded / "events.ndjson").read_bytes())
    named = [each for each in changes if each.what.startswith("line 1: target/driver")]
    assert len(named) > 5
    read("events.ndjson", named, [["report", "{}", "--format", "ctrf"], *COMPARED])


@pytest.mark.deep
@pytest.mark.parametrize("commands", [SHOWN, COMPARED, JOINED, AGAIN], ids=["report", "gate", "merge", "replay"])
@pytest.mark.parametrize("name", ["events.ndjson", "report.json"])
def test_every_change_of_a_file(
    name: str, commands: list[list[str]], recorded: Path, read: Callable[..., None]
) -> None:
    tampered = tampered_lines if name == "events.ndjson" else tampered_json
    read(name, tampered((recorded / name).read_bytes()), commands)


@pytest.mark.parametrize("name", ["events.ndjson", "report.json"])
def test_a_folder_in_the_place_of_a_file(name: str, recorded: Path, quick: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(recorded, bad)
    for each in ("events.ndjson", "report.json"):
        (bad / each).unlink()
    (bad / name).mkdir()
    for words in (["report", str(bad)], ["gate", str(bad), str(recorded)], ["replay", str(bad)]):
        done = quick(*words)
        assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)


def test_a_report_whose_numbers_are_not_those_of_its_cases_is_refused(
    recorded: Path, quick: Command, tmp_path: Path
) -> None:
    text = (recorded / "report.json").read_text(encoding="utf-8")
    assert '"divergent":1' in text
    (tmp_path / "changed.json").write_text(text.replace('"divergent":1', '"divergent":0'), encoding="utf-8")
    done = quick("gate", str(recorded), str(tmp_path / "changed.json"))
    assert done.status == 2
    assert "changed.json: holds what no run writes: /summary/divergent: is 0, and the cases say 1" in done.err


def test_the_message_says_where_in_the_file(recorded: Path, quick: Command, tmp_path: Path) -> None:
    text = (recorded / "events.ndjson").read_text(encoding="utf-8")
    (tmp_path / "events.ndjson").write_text(text.replace('"follows":["zh"]', '"follows":null'), encoding="utf-8")
    done = quick("report", str(tmp_path))
    assert done.status == 2
    assert 'events.ndjson:3: holds what no run writes: /case/follows: null is not of type "array" (' in done.err
