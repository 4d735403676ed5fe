"""`conformance gate`: runs against servers, compared on the command line."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import give_loaded

from conformance.cli.command_line import run_command
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from commands import Command

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite

CHOSEN = ("CreateFlowLog/IllegalParam.AggregationInterval", "CreateFlowLog/MissingParameter")
CODE = "response.body.Code"


@pytest.fixture(scope="module")
def reports(
    tmp_path_factory: pytest.TempPathFactory, reference: ReferenceServer, loaded: tuple[list[Suite], list[Case]]
) -> Path:
    """A folder of reports: of a server before and after it got a fault, again, by one document, of other cases."""
    folder = tmp_path_factory.mktemp("gate")

    def run(name: str, server: ReferenceServer, *words: str) -> None:
        target = ("--endpoint", server.endpoint, "--states-url", server.states_url)
        run_command(("run", "--report-dir", str(folder / name), *target, *(words or CHOSEN)))

    with pytest.MonkeyPatch.context() as patch:
        give_loaded(patch, loaded)
        run("before", reference)
        run("again", reference)
        run("english", reference, "--docs", "en", CHOSEN[1])
        run("other", reference, "CreateFlowLog/Unauthorized")
        with ReferenceServer(faults=("interval-as-invalid",)) as faulty:
            run("after", faulty)
    return folder


@pytest.fixture
def gate(conformance: Command, reports: Path) -> Command:
    """The command line, in a folder that has the reports."""
    shutil.copytree(reports, ".", dirs_exist_ok=True)
    return conformance


def test_a_server_that_got_worse(gate: Command) -> None:
    outcome = gate("gate", "before", "after")
    assert (outcome.status, outcome.err) == (1, "")
    (line,) = [line for line in outcome.out.splitlines() if line.startswith("WORSE")]
    assert 'response.body.Code is "ParameterInvalid" now, expected "IllegalParam.AggregationInterval"' in line
    assert outcome.out.splitlines()[-1].endswith(" unchanged")
    backwards = gate("gate", "after", "before")
    assert backwards.status == 0
    assert 'BETTER response.body.Code is as promised now, was "ParameterInvalid"' in backwards.out


def test_of_some_operations_their_cases_alone_are_compared(gate: Command) -> None:
    whole = gate("gate", "before", "after")
    for word in ("CreateFlowLog", "vpc:CreateFlowLog", "vpc/2016-04-28/CreateFlowLog"):
        assert gate("gate", "before", "after", word).out == whole.out
    done = gate("gate", "before", "after", "DeleteFlowLog")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("conformance: no case of the reports is of 'DeleteFlowLog' (")
    path = Path("after/report.json")
    text = path.read_text(encoding="utf-8")
    for name, product in (("two", "farm"), ("both", "barn")):
        Path(name).mkdir()
        other = text.replace('"id":"CreateFlowLog/Miss', f'"id":"{product}:CreateFlowLog/Miss')
        Path(name, "report.json").write_text(other, encoding="utf-8")
    several = gate("gate", "two", "both", "CreateFlowLog")
    assert several.status == 2
    assert several.err == (
        "conformance: several products have CreateFlowLog "
        "(say one of: CreateFlowLog, barn:CreateFlowLog, farm:CreateFlowLog)\n"
    )


def test_the_same_again_is_no_change(gate: Command) -> None:
    outcome = gate("gate", "before", "again")
    assert outcome.status == 0
    assert "0 worse, 0 changed for callers, 0 gone, 0 new, 0 changed, 0 better" in outcome.out


def test_json_and_markdown_say_the_same(gate: Command) -> None:
    outcome = gate("gate", "before", "after", "--json")
    found = json.loads(outcome.out)
    assert (outcome.status, found["worse"]) == (1, True)
    (group,) = found["groups"]
    assert (group["change"], group["where"], group["fails"]) == ("worse", CODE, True)
    assert found["cases"]["worse"] == len(group["cases"]) > 1
    outcome = gate("gate", "before", "after", "--markdown")
    assert outcome.status == 1
    assert outcome.out.startswith("## Gate: got worse\n")
    assert all(f"`{name}`" in outcome.out for name in group["cases"][:20])
    assert gate("gate", "before", "after", "--json", "--markdown").status == 2


def test_a_file_is_as_good_as_a_folder(gate: Command) -> None:
    of_files = gate("gate", "before/report.json", "after/report.json", "--json").out
    assert of_files == gate("gate", "before", "after", "--json").out


def test_an_allow_file(gate: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("allow.yaml").write_text(
        "- {where: response.body.Code, reason: the code was renamed, expires: 2027-01-31}\n"
        "- {case: CreateFlowLog/None/**, reason: never, expires: 2027-01-31}\n",
        encoding="utf-8",
    )
    for today, status, says in (
        (date(2027, 1, 31), 0, "ALLOWED, worse response.body.Code"),
        (date(2027, 2, 1), 1, "allow.yaml:1:3: expired on 2027-01-31"),
    ):
        monkeypatch.setattr("conformance.cli.gate._today", lambda today=today: today)
        outcome = gate("gate", "before", "after", "--allow", "allow.yaml")
        assert outcome.status == status
        assert says in outcome.out
        assert ("allow.yaml:2:3: matches nothing, take it out: never" in outcome.out) is (status == 0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere", "nowhere"), "nowhere: cannot be read"),
        (("before", "allow.yaml"), "allow.yaml: is not JSON"),
        (("before", "after", "--allow", "missing.yaml"), "missing.yaml: cannot be read"),
        (("before", "english"), "english: cannot be compared with before: documents en, not both"),
        (("before", "other"), "other: cannot be compared with before: they have no case in common"),
    ],
)
def test_what_cannot_be_compared_is_one_line_and_status_2(gate: Command, words: tuple[str, ...], says: str) -> None:
    Path("allow.yaml").write_text("nothing", encoding="utf-8")
    outcome = gate("gate", *words)
    assert (outcome.status, outcome.out) == (2, "")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
