"""`conformance run` at the command line: options, output, exit status."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, OPERATION, child, environment, run_program, script
from forked_servers import ForkedPopen
from servers import closed_port

from conformance import __version__
from conformance.contract.catalogue import contracts_for
from conformance.core.resources import cases_dir
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commands import Command

REGION = "CreateFlowLog/MissingParameter/region-omitted"
QUOTA = "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded"
FAULT = "quota-code-letter-case"
NOWHERE = f"http://127.0.0.1:{closed_port()}"


@pytest.fixture(scope="module")
def faulty() -> Iterator[ReferenceServer]:
    with ReferenceServer(faults=(FAULT,)) as server:
        yield server


def test_with_no_option_every_case_runs_against_the_reference_server(conformance: Command) -> None:
    outcome = conformance("run", "CreateFlowLog")
    assert outcome.status == 0
    assert outcome.err == ""
    folder = Path("reports/latest")
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["complete"] is True
    assert report["summary"]["total"] == report["selected"] > 200
    assert report["summary"]["mismatch"] == report["summary"]["error"] == report["summary"]["not_run"] == 0
    for language in ("en", "zh"):
        numbers = report["coverage"][language]
        documented = len(contracts_for("CreateFlowLog")[language].errors)
        assert 0 < numbers.pop("told") < documented
        assert numbers == {
            "documented": documented,
            "exercised": documented,
            "passed": documented,
            "not_passed": [],
        }
    assert outcome.out.splitlines()[-1] == f"report: {Path('reports') / folder.readlink()}"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--docs", "de"), "--docs 'de' is unknown (one of: en, zh, both)"),
        (("--endpoint", "127.0.0.1:80"), "--endpoint '127.0.0.1:80' is not an http or https URL"),
        (("--endpoint", "http://example.com"), "http://example.com is not on this machine (add --live"),
        (("--endpoint", NOWHERE, "--states-url", "x"), "--states-url 'x' is not an http or https URL"),
        (("--endpoint", NOWHERE, "--states-url", "http://example.com"), "http://example.com is not on this machine"),
        (("--states-url", NOWHERE), "--states-url goes with --endpoint"),
        (("--endpoint", NOWHERE, "--signature", "v2"), "--signature 'v2' is unknown (one of: v1, acs3, none)"),
        (("--signature", "v2"), "--signature 'v2' is unknown"),
        (("--endpoint", NOWHERE, "--rate", "0"), "--rate 0 is not a number above 0"),
        (("--endpoint", NOWHERE, "--timeout", "nan"), "--timeout nan is not a number above 0"),
        (("--timeout", "1e300"), "--timeout 1e+300 is not a number above 0"),
        (("--concurrency", "0"), "--concurrency 0 is not a number above 0"),
        (("--target", "nowhere.yaml"), "nowhere.yaml: cannot be read: No such file or directory"),
        (("-k", "and"), "-k 'and' is malformed"),
        (("-k", "nowhere"), "no case matches -k 'nowhere'"),
        (("CreateFlowLog/Nothing",), "no case is named 'CreateFlowLog/Nothing'"),
        ((f"{REGION}d",), f"did you mean {REGION}?"),
        (("--known-failing", "nowhere.yaml"), "nowhere.yaml: cannot be read: No such file or directory"),
    ],
)
def test_bad_usage_is_one_line_and_status_2(quick: Command, words: tuple[str, ...], says: str) -> None:
    outcome = quick.run(*words)
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.startswith("conformance: ")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
    assert not outcome.folder.exists()


@pytest.mark.parametrize("words", [("run", "--nonsense"), ("run", "--rate", "fast"), ("rnu",), ("run", "--endpoint")])
def test_what_the_command_line_does_not_know_is_status_2(quick: Command, words: tuple[str, ...]) -> None:
    outcome = quick(*words)
    assert outcome.status == 2
    assert "Traceback" not in outcome.err
    assert outcome.err


def test_a_report_folder_that_cannot_be_written_is_status_2(quick: Command, reference: ReferenceServer) -> None:
    Path("file").write_text("")
    outcome = quick("run", "--endpoint", reference.endpoint, "--report-dir", "file", REGION)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == "conformance: file: cannot be written: File exists (give another --report-dir)\n"


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("--version",)])
def test_help_and_version_are_status_0(quick: Command, words: tuple[str, ...]) -> None:
    outcome = quick(*words)
    assert outcome.status == 0
    assert outcome.err == ""
    assert (__version__ if "--version" in words else "--endpoint" if "run" in words else "run") in outcome.out


def test_a_case_file_of_ones_own_is_run(conformance: Command, reference: ReferenceServer) -> None:
    text = (cases_dir() / "vpc" / "CreateFlowLog" / "required.yaml").read_text(encoding="utf-8")
    Path("mine.yaml").write_text(text.replace("- id: ", "- id: my-"), encoding="utf-8")
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url)
    outcome = conformance.run(*options, "mine.yaml")
    assert outcome.status == 0
    assert len(outcome.verdicts) > 3
    assert {case["where"].partition(":")[0] for case in outcome.cases.values()} == {"mine.yaml"}
    assert conformance.run(*options, "nowhere.yaml").status == 2


def test_ctrl_c_while_cases_are_read_is_130(quick: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("conformance.cli.run.load_plan", interrupted)
    outcome = quick.run()
    assert outcome.status == 130
    assert "Traceback" not in outcome.err


def test_an_endpoint_with_a_name_that_nobody_knows_is_status_3(quick: Command, tmp_path: Path) -> None:
    target = tmp_path / "target.yaml"
    target.write_text("endpoint: https://no-such-host.invalid\nallowed_hosts: [no-such-host.invalid]\n")
    outcome = quick.run("--target", str(target), "--live")
    assert outcome.status == 3
    assert outcome.err.startswith("conformance: cannot reach https://no-such-host.invalid: ")
    assert outcome.err.count("\n") == 1


def test_without_a_states_url_cases_with_states_are_not_run_and_never_passed(
    quick: Command, reference: ReferenceServer
) -> None:
    outcome = quick.run("--endpoint", reference.endpoint, QUOTA)
    assert outcome.status == 3
    assert outcome.verdicts == {QUOTA: "not_run"}
    assert (
        "needs state resource.exists, logs.exists, account.flow-log-quota-reached: add --states-url URL" in outcome.out
    )
    assert "0 pass, 0 mismatch, 1 not run" in outcome.out


@pytest.mark.parametrize("signature", ["v1", "acs3", "none"])
def test_any_signature_gives_the_same_verdicts(signature: str, quick: Command, reference: ReferenceServer) -> None:
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, "--signature", signature)
    outcome = quick.run(*options, "-k", "quota or omitted or success/vpc")
    assert outcome.status == 0
    assert outcome.report["target"]["signature"] == signature
    assert outcome.report["summary"]["mismatch"] == 0


# What a mismatch looks like.


def test_a_mismatch_names_both_values_the_lines_and_a_command_that_shows_it(
    quick: Command, faulty: ReferenceServer
) -> None:
    outcome = quick.run("--endpoint", faulty.endpoint, "--states-url", faulty.states_url, QUOTA, REGION)
    assert outcome.status == 1
    assert outcome.verdicts == {QUOTA: "mismatch", REGION: "pass"}
    lines = outcome.out.splitlines()
    start = lines.index("MISMATCH 1 × expected QuotaExceeded.FlowlogCount, observed QuotaExceeded.FlowLogCount")
    rows = {
        language: contract.rows("QuotaExceeded.FlowlogCount")[0].line
        for language, contract in contracts_for("CreateFlowLog").items()
    }
    assert lines[start + 1] == "    expected: QuotaExceeded.FlowlogCount"
    assert lines[start + 3] == "    observed: QuotaExceeded.FlowLogCount"
    assert lines[start + 5] == f"    rule and error row: English line {rows['en']}, Chinese line {rows['zh']}"
    assert lines[start + 6].startswith(f"    {QUOTA} (")
    assert lines[start + 9].startswith("    reproduce: curl -sS -X POST ")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_command_that_is_shown_gives_the_same_answer(quick: Command, faulty: ReferenceServer) -> None:
    outcome = quick.run("--endpoint", faulty.endpoint, "--states-url", faulty.states_url, QUOTA)
    shown = next(line.partition("reproduce: ")[2] for line in outcome.out.splitlines() if "reproduce: " in line)
    assert shown == outcome.cases[QUOTA]["reproduce"]
    done = subprocess.run(["sh", "-c", shown], capture_output=True, encoding="utf-8", timeout=LONGEST_S, check=True)
    answer = json.loads(done.stdout[done.stdout.rindex('{"RequestId"') :])
    assert answer["Code"] == "QuotaExceeded.FlowLogCount" == outcome.cases[QUOTA]["mismatches"][0]["observed"]


def test_every_case_that_passed_could_be_shown_by_its_command(quick: Command, reference: ReferenceServer) -> None:
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, "--keep-exchanges", "all")
    outcome = quick.run(*options, "CreateFlowLog/MissingParameter", "CreateFlowLog/success/vpc")
    for case in outcome.cases.values():
        assert case["reproduce"].count("curl ") >= 1
        assert "Signature" not in case["reproduce"]


# Terminals and pipes.


def on_a_terminal(*words: str, folder: Path, **changed: str) -> str:
    """Return what a command writes to a terminal, standard error included."""
    main, side = pty.openpty()
    process = ForkedPopen(
        [script(), *words],
        cwd=folder,
        env=environment(TERM="xterm-256color", COLUMNS="100", **changed),
        stdin=side,
        stdout=side,
        stderr=side,
    )
    os.close(side)
    written = b""
    try:
        while select.select([main], [], [], LONGEST_S)[0]:
            try:
                more = os.read(main, 65536)
            except OSError:  # Linux says that the other end is closed in this way
                break
            if not more:
                break
            written += more
    finally:
        os.close(main)
        process.wait(LONGEST_S)
    return written.decode()


def test_in_a_pipe_there_is_no_progress_and_no_colour(tmp_path: Path, faulty: ReferenceServer) -> None:
    outcome = child("--endpoint", faulty.endpoint, "--states-url", faulty.states_url, QUOTA, folder=tmp_path)
    assert outcome.status == 1
    assert outcome.err == ""
    assert "\x1b" not in outcome.out
    assert "\r" not in outcome.out


def test_on_a_terminal_there_is_progress_and_colour(tmp_path: Path, faulty: ReferenceServer) -> None:
    options = ("run", "--endpoint", faulty.endpoint, "--states-url", faulty.states_url, QUOTA, REGION)
    text = on_a_terminal(*options, folder=tmp_path)
    assert "0/2" in text or "1/2" in text or "2/2" in text
    assert re.search(r"\x1b\[[0-9;]*31m", text), "a mismatch is red"


def test_no_color_holds_on_a_terminal(tmp_path: Path, faulty: ReferenceServer) -> None:
    options = ("run", "--endpoint", faulty.endpoint, "--states-url", faulty.states_url, QUOTA, REGION)
    text = on_a_terminal(*options, folder=tmp_path, NO_COLOR="1")
    assert "MISMATCH" in text
    assert not re.search(r"\x1b\[[0-9;]*(?:3[0-7]|38|4[0-7]|48|9[0-7])m", text)


def test_a_pipe_that_is_closed_early_is_no_traceback(tmp_path: Path, reference: ReferenceServer) -> None:
    child(OPERATION, "--endpoint", reference.endpoint, "-k", "transport or omitted", folder=tmp_path)
    for form in ("text", "json", "markdown"):
        done = run_program("sh", "-c", f"{script()} report report --format {form} | head -c 1", folder=tmp_path)
        assert done.stderr == ""
        assert len(done.stdout) == 1


def test_a_terminal_that_cannot_show_a_character_is_no_reason_to_fail(
    tmp_path: Path, reference: ReferenceServer
) -> None:
    ascii_only = environment(PYTHONIOENCODING="ascii", LC_ALL="C")
    options = ("--endpoint", reference.endpoint, "-k", "quota or omitted")
    outcome = child(OPERATION, *options, folder=tmp_path, env=ascii_only)
    assert (outcome.status, outcome.err) == (3, "")
    assert "\\xd7 needs state" in outcome.out  # the sign of multiplication
