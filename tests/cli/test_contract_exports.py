"""`conformance contract --openapi` and `--mock`: the files, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from conformance.cli.command_line import run_command

if TYPE_CHECKING:
    from pathlib import Path


def test_an_openapi_file_is_yaml_without_anchors_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["contract", "CreateFlowLog.zh", "--openapi", "--server", "http://localhost:4010"]) == 0
    text = capsys.readouterr().out
    assert "&" not in text.replace("'", "")
    assert "*facts" not in text
    shown = yaml.safe_load(text)
    assert shown["servers"] == [{"url": "http://localhost:4010"}]
    # The overlay restored what the capture lost.
    kinds = next(each for each in shown["paths"]["/"]["get"]["parameters"] if each["name"] == "TrafficType")
    assert kinds["schema"]["enum"] == ["All", "Allow", "Drop"]
    file = tmp_path / "new" / "it.json"
    words = ["contract", "CreateFlowLog.zh", "--openapi", "--openapi-version", "3.0", "--plain", "-o", str(file)]
    assert run_command(words) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["openapi"] == "3.0.3"


def test_a_folder_gets_a_file_of_the_contracts_name(tmp_path: Path) -> None:
    assert run_command(["contract", "CreateFlowLog.en", "--openapi", "-o", str(tmp_path)]) == 0
    assert run_command(["contract", "CreateFlowLog.en", "--mock", "wiremock", "-o", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "CreateFlowLog.en.openapi.yaml",
        "CreateFlowLog.en.wiremock.json",
    ]


def test_what_is_shown_goes_into_a_file_too(tmp_path: Path) -> None:
    assert run_command(["contract", "CreateFlowLog.en", "-o", str(tmp_path / "shown.txt")]) == 0
    assert "MissingParameter" in (tmp_path / "shown.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--openapi", "--openapi-version", "2.0"], "--openapi-version '2.0' is unknown"),
        (["--openapi", "--signature", "v4"], "--signature 'v4' is unknown"),
        (["--openapi", "--server", "nowhere"], "--server 'nowhere' is not an http or https URL"),
        (["--mock", "wiremok"], "did you mean wiremock"),
        (["--openapi", "--mock", "wiremock"], "--openapi and --mock do not go together"),
        (["--plain"], "for the OpenAPI file alone: --plain (give --openapi, too)"),
        (["--mock", "wiremock", "--signature", "acs3"], "for the OpenAPI file alone: --signature (give"),
        (["--openapi-version", "3.0", "--server", "http://h"], "alone: --openapi-version, --server (give"),
        (["--json", "--openapi"], "--json and --openapi do not go together"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["contract", "CreateFlowLog.en", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    words = ["contract", "CreateFlowLog.en", "--openapi", "-o", str(tmp_path / "file" / "x.yaml")]
    assert run_command(words) == 2
    assert "Traceback" not in capsys.readouterr().err
