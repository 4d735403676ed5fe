"""Options from `conformance.yaml` and from the environment: what nobody gives on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from conformance.cli.command_line import COMMANDS, _application
from conformance.core.workspace import FILE, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer

CASE = "CreateFlowLog/success/vpc"
Write = "Callable[[str], Path]"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """What writes the file of a workspace; the working directory is a folder below its root."""

    def write(text: str) -> Path:
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        return tmp_path

    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    return write


def report_in(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def test_options_of_the_file_hold_and_its_paths_begin_at_its_folder(
    write: Callable[[str], Path], conformance: Command
) -> None:
    root = write("docs: en\nreport-dir: out\n")
    assert conformance("run", CASE).status == 0
    assert report_in(root / "out")["docs"] == "en"


def test_the_environment_goes_before_the_file_and_the_command_line_before_both(
    write: Callable[[str], Path], conformance: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write("docs: en\nreport-dir: out\n")
    monkeypatch.setenv("CONFORMANCE_DOCS", "zh")
    conformance("run", CASE)
    assert report_in(root / "out")["docs"] == "zh"
    conformance("run", CASE, "--docs", "both")
    assert report_in(root / "out")["docs"] == "both"


def test_who_names_a_target_gets_nothing_of_the_one_in_the_file(
    write: Callable[[str], Path], conformance: Command, reference: ReferenceServer
) -> None:
    root = write("endpoint: http://127.0.0.1:9\nstates-url: http://127.0.0.1:9/_states\nreport-dir: out\n")
    outcome = conformance("run", CASE, f"--endpoint={reference.endpoint}", "-k", "vpc")
    assert "127.0.0.1:9" not in outcome.out + outcome.err
    assert report_in(root / "out")["cases"][0]["verdict"] == "not_run"  # no states URL


def test_a_switch_and_a_name_that_differs_inside_can_stand_in_it(
    write: Callable[[str], Path], conformance: Command
) -> None:
    write("list: true\nexpression: quota-exceeded\n")
    assert conformance("run", "CreateFlowLog").out.splitlines() == [
        "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded"
    ]


def test_how_much_is_printed_is_what_the_command_line_says(write: Callable[[str], Path], conformance: Command) -> None:
    write("verbose: true\n")
    assert conformance("run", CASE).out.startswith(f"PASS           {CASE}")
    assert conformance("run", CASE, "-q").out.startswith("1 case: 1 pass")
    assert json.loads(conformance("run", CASE, "--json").out)["summary"]["pass"] == 1


def test_a_file_that_only_marks_the_root_changes_nothing(write: Callable[[str], Path], conformance: Command) -> None:
    write("# nothing\n")
    assert conformance("run", CASE, "--list").status == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("docs: en\nendpoitn: x\n", ":2:1: unknown field 'endpoitn' in the file (did you mean endpoint?)"),
        ("rate: fast\n", ":1:7: rate is 'fast', and must be a number"),
        ("- docs\n", ":1:1: "),
        ("docs: [\n", ": not valid YAML"),
    ],
)
def test_a_wrong_file_is_one_message(text: str, says: str, write: Callable[[str], Path], conformance: Command) -> None:
    root = write(text)
    outcome = conformance("run", CASE)
    assert outcome.status == 2
    assert outcome.err.startswith(f"conformance: {root / FILE}")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
    assert conformance("run", "--help").status == 0


def test_what_sends_nothing_goes_on_beside_an_unknown_key(write: Callable[[str], Path], conformance: Command) -> None:
    """A misspelt option must not let requests go elsewhere, so that `run` ends; `coverage` has nothing to send."""
    root = write("endpoitn: x\ndocs: en\n")
    outcome = conformance("coverage")
    says = f"conformance: {root / FILE}:1:1: unknown field 'endpoitn' in the file (did you mean endpoint?)\n"
    assert (outcome.status, outcome.err) == (2, says)
    assert "stated constraints" in outcome.out
    ended = conformance("run", CASE)
    assert (ended.status, ended.err, ended.out) == (2, says, "")


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("RATE", "fast", "Invalid value for '--rate'"),
        ("RATE", "-1", "--rate -1 is not a number above 0"),
        ("LIST", "maybe", "Invalid value for '--list'"),
        ("DOCS", "fr", "--docs 'fr' is unknown"),
        ("ENDPOINT", "http://127.0.0.1:9", "cannot reach http://127.0.0.1:9"),
    ],
)
def test_a_wrong_value_of_the_environment_is_one_message_with_its_variable(
    variable: str, value: str, says: str, conformance: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CONFORMANCE_{variable}", value)
    outcome = conformance("run", CASE)
    assert outcome.status in (2, 3)
    assert outcome.err.startswith(f"conformance: CONFORMANCE_{variable}: {says}")
    assert outcome.err.count("\n") == 1
    if variable == "RATE":
        assert conformance("run", CASE, "--rate", "-2").err.startswith("conformance: --rate -2 is not")


@pytest.mark.parametrize(
    ("text", "words", "says"),
    [
        ("docs: en\nrate: -1\n", ("run",), ":2:7: --rate -1 is not a number above 0"),
        ("driver: none-such\n", ("run",), ":1:9: there is no driver 'none-such'"),
        ("port: 99999\n", ("mock",), ":1:7: Invalid value for '--port'"),
        ("target: absent.yaml\n", ("run",), "conformance.yaml:1:9 names it"),
    ],
)
def test_a_value_of_the_file_that_cannot_be_is_one_message_with_its_place(
    text: str, words: tuple[str, ...], says: str, write: Callable[[str], Path], conformance: Command
) -> None:
    write(text)
    outcome = conformance(*words)
    assert outcome.status == 2
    assert says in outcome.err
    assert outcome.err.count("\n") == 1


def options_of(command: Any) -> Iterator[str]:
    for below in getattr(command, "commands", {}).values():
        yield from options_of(below)
    for param in command.params:
        yield from (word[2:] for word in getattr(param, "opts", ()) if word.startswith("--"))


def test_the_schema_has_every_option_of_every_command() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    options = set(options_of(get_command(_application(COMMANDS))))
    assert schema["properties"].keys() - {"products"} == options - {"version", "help", "workspace"}
