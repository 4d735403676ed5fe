from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.cli.command_line import run_command
from conformance.contract.files import dump_contract
from conformance.contract.model import Contract, ErrorCode, Fact, Parameter, Source, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Save = Callable[..., str]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Return a function that writes the contract of one document and returns its path."""

    def write(language: str, *, required: bool = True, codes: tuple[str, ...] = (), lost: bool = False) -> str:
        silent = Fact(State.LOST, line=8) if lost else Fact(State.NOT_STATED)
        facts = {"required": Fact(State.STATED, required, 7), "enum": silent}
        found = Contract(
            "CreateThing",
            "zh" if language == "zh" else "en",
            Source(f"CreateThing.{language}.txt", "0", "flat"),
            (Parameter("Name", 7, facts, "Name"),),
            (),
            tuple(ErrorCode(400, code, f"{code} {'x' * 120}.", 20, State.STATED, "state") for code in codes),
        )
        path = tmp_path / f"{language}{required}{len(codes)}{lost}.yaml"
        path.write_text(dump_contract(found), encoding="utf-8")
        return str(path)

    return write


def test_nothing_disagrees(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["diff", save("en"), save("zh", codes=("Gone",))]) == 0
    out = capsys.readouterr().out
    assert "Disagreements (0)" in out
    assert "Only in the right (1)\n  errors/Gone  (line 20)\n" in out


def test_something_disagrees_and_both_lines_are_shown(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["diff", save("en"), save("zh", required=False)]) == 1
    out = capsys.readouterr().out
    assert "Disagreements (1)\n  Name.required\n      left  true  (line 7)\n      right false  (line 7)\n" in out
    assert "Two captures cannot tell" in out


def test_what_was_lost_stands_apart(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["diff", save("en"), save("zh", lost=True)]) == 0
    out = capsys.readouterr().out
    assert "Unknown, because the capture lost it (1)\n  Name  lost in the right, line 8\n" in out
    assert "enum" not in out
    run_command(["diff", save("en"), save("zh", lost=True), "--verbose"])
    out = capsys.readouterr().out
    assert "nothing can be compared with: enum" in out
    assert "  Name: required\n" in out


def test_a_pipe_gets_whole_lines_without_colour(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["diff", save("en"), save("zh", codes=("Gone",))])
    out = capsys.readouterr().out
    assert f"Gone {'x' * 120}." in out
    assert "\x1b" not in out


def test_no_color_is_honoured_on_a_terminal(
    save: Save, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["diff", save("en"), save("zh", required=False)]
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    run_command(arguments)
    assert "\x1b[1;31mDisagreements" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    run_command(arguments)
    assert "31m" not in capsys.readouterr().out


def test_json_has_the_shape_of_the_interface(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["diff", save("en"), save("zh", required=False), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert set(data) == {"left", "right", "findings"}
    assert data["left"]["source"]["file"] == "CreateThing.en.txt"
    (found,) = [finding for finding in data["findings"] if finding["verdict"] == "disagree"]
    assert (
        found.items()
        >= {
            "path": "Name",
            "fact": "required",
            "left": {"state": "stated", "value": True, "line": 7},
            "right": {"state": "stated", "value": False, "line": 7},
            "note": "",
        }.items()
    )


@pytest.mark.parametrize(("option", "start"), [("--markdown", "# CreateThing"), ("--sarif", '{\n "$schema"')])
def test_other_forms(save: Save, capsys: pytest.CaptureFixture[str], option: str, start: str) -> None:
    assert run_command(["diff", save("en"), save("zh", required=False), option]) == 1
    assert capsys.readouterr().out.startswith(start)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["CreateNothing.en", "CreateNothing.zh"], "there is no contract 'CreateNothing.en'"),
        (["missing.yaml", "missing.yaml"], "missing.yaml: there is no such file"),
        (["a", "b", "--json", "--sarif"], "exclude each other"),
    ],
)
def test_bad_usage_is_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["diff", *arguments]) == 2
    streams = capsys.readouterr()
    assert message in streams.err
    assert streams.err.count("\n") == 1
    assert streams.out == ""


def test_a_file_that_is_no_contract_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("openapi: 3.1.0\n", encoding="utf-8")
    assert run_command(["diff", str(path), str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [["gate", "a", "b", "--html", ""], ["diff", "--html", ""], ["diff", "--write-baseline", ""]],
)
def test_a_page_without_a_name_is_refused(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(command) == 2
    assert "the path is empty" in capsys.readouterr().err
