from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from contract_strategies import rent

from conformance.cli.command_line import run_command
from conformance.contract.files import dump_contract
from conformance.contract.model import (
    FACT_NAMES,
    AsyncBehaviour,
    Contract,
    ErrorCode,
    Fact,
    Loss,
    Parameter,
    Source,
    State,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> str:
    facts = {
        "required": Fact(State.STATED, value=False, line=22),
        "maxLength": Fact(State.STATED, 4, 26),
        "enum": Fact(State.LOST, line=27),
        "example": Fact(State.STATED, "too long", 22),
    }
    found = Contract(
        "CreateThing",
        "en",
        Source("CreateThing.en.txt", "00", "flat"),
        (Parameter("FlowLogName", 22, facts, "FlowLogName"),),
        (Parameter("RequestId", 104, {"type": Fact(State.STATED, "string", 104)}, "RequestId"),),
        (ErrorCode(400, "MissingParameter", f"Missing {'x' * 200}", 149, State.STATED, "syntax"),),
        AsyncBehaviour("Activating", "Active", "DescribeThings", 5),
        (Loss("FlowLogName", 27, "list", "nothing follows the cue"),),
    )
    file = tmp_path / "CreateThing.en.yaml"
    file.write_text(dump_contract(found), encoding="utf-8")
    return str(file)


def test_json_has_exactly_the_shape_of_the_interface(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["contract", path, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    facts: dict[str, Any] = {name: {"state": "not_stated"} for name in FACT_NAMES}
    facts |= {
        "required": {"state": "stated", "value": False, "line": 22},
        "maxLength": {"state": "stated", "value": 4, "line": 26},
        "enum": {"state": "lost", "line": 27},
        "example": {"state": "stated", "value": "too long", "line": 22},
    }
    assert data == {
        "product": "",
        "version": "",
        "operation": "CreateThing",
        "language": "en",
        "source": {"file": "CreateThing.en.txt", "sha256": "00", "layout": "flat"},
        "parameters": [
            {
                "path": "FlowLogName",
                "line": 22,
                "in": "request",
                "encoding": "plain",
                "facts": facts,
                "conditional": [],
            }
        ],
        "responses": [
            {
                "path": "RequestId",
                "line": 104,
                "facts": {
                    "type": {"state": "stated", "value": "string", "line": 104},
                    "enum": {"state": "not_stated"},
                    "example": {"state": "not_stated"},
                },
                "presence": "always",
            }
        ],
        "errors": [{"status": 400, "code": "MissingParameter", "message": f"Missing {'x' * 200}", "line": 149}],
        "async": {"pending": "Activating", "final": "Active", "poll": "DescribeThings"},
        "lost": [{"path": "FlowLogName", "line": 27, "kind": "list"}],
    }


def test_what_holds_on_a_condition_is_shown_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "RentThing.en.yaml"
    file.write_text(dump_contract(rent()), encoding="utf-8")
    assert run_command(["contract", str(file), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    label = next(row for row in data["parameters"] if row["path"] == "Label")
    assert label["conditional"] == [{"fact": "maxLength", "state": "stated", "value": 5, "line": 17, "when": "unknown"}]
    order = next(row for row in data["responses"] if row["path"] == "OrderNo")
    assert (order["presence"], order["when"], order["presence_line"]) == ("when", {"Plan": ["Fixed"]}, 32)
    assert run_command(["contract", str(file)]) == 0
    out = capsys.readouterr().out
    assert "maximum: 9 when Plan is Fixed and TermUnit is Month" in out
    assert "maxLength: 5 on a condition that is not known" in out
    assert "only when Plan is Fixed (line 32)" in out


def test_the_table_shows_everything_and_cuts_nothing_in_a_pipe(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["contract", path]) == 0
    out = capsys.readouterr().out
    assert "maxLength: 4; example: too long; lost: enum" in out or "example: too long; maxLength: 4; lost: enum" in out
    assert f"Missing {'x' * 200}" in out
    assert "Breaks its own rule: the example too long of FlowLogName (line 22): maxLength" in out
    assert "Lost by the capture: FlowLogName, line 27: list" in out
    assert "\x1b" not in out
    assert not any(line.endswith(" ") for line in out.splitlines())


def test_a_terminal_gets_lines_that_fit(
    path: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FORCE_COLOR": "1", "NO_COLOR": "1", "COLUMNS": "100", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    assert run_command(["contract", path]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100
    assert out.count("x") >= 200


def test_an_unknown_name_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["contract", "CreateNothing.en"]) == 2
    streams = capsys.readouterr()
    assert "there is no contract 'CreateNothing.en' (known: " in streams.err
    assert streams.err.count("\n") == 1
    assert streams.out == ""


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("CreateFlowLog", "did you mean CreateFlowLog.en or CreateFlowLog.zh?"),
        ("CreateFlowLogs.zh", "did you mean CreateFlowLog.zh?"),
        ("createflowlog.fr", "known: "),
    ],
)
def test_an_operation_without_its_language_is_told_its_contracts(
    name: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["contract", name]) == 2
    assert f"there is no contract {name!r} ({hint}" in capsys.readouterr().err


def test_a_page_is_no_contract_and_a_missing_one_no_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "CreateBarn.md"
    page.write_text("# CreateBarn\n")
    assert run_command(["contract", str(page)]) == 2
    assert "this is a page and no contract (make a contract of it with `conformance derive`)" in capsys.readouterr().err
    for words in (["contract", "NoBarn.md"], ["diff", "NoBarn.html", str(page)]):
        assert run_command(words) == 2
        assert "there is no such file" in capsys.readouterr().err
