from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from commands import LONGEST_S, OPERATION, REPOSITORY, environment, run_program, script, started
from misbehaviours import right
from servers import Link, Server, eventually, whole

from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

QUICK = ("--max-examples", "0", "--max-time", "2")


def at(server: ReferenceServer | Server) -> tuple[str, ...]:
    return "--endpoint", server.endpoint, "--states-url", server.states_url


@pytest.mark.deep
def test_the_whole_property_run_conforms_and_the_figures_are_told(conformance: Command, tmp_path: Path) -> None:
    words = ("--docs", "en", "--max-examples", "6", "--seed", "5", "--report-dir", str(tmp_path))
    done = conformance("fuzz", OPERATION, *words)
    assert done.status == 0, done.out
    assert "seed 5" in done.out
    assert "of 18 codes, 13 of 13 parameters, 33 of 35 violations" in done.out
    report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())
    assert report["complete"]
    assert report["fuzz"]["requests"] > 1000
    assert report["fuzz"]["reached"]["en"]["violations"]["not_reached"] == [
        "Description.minLength",
        "FlowLogName.minLength",
    ]
    schema = json.loads((REPOSITORY / "docs" / "report.schema.json").read_text())
    jsonschema_rs.validate(schema, report)


def test_a_finding_is_told_with_its_parameter_and_runs_as_a_case(conformance: Command, tmp_path: Path) -> None:
    with ReferenceServer(follow="en", faults=("region-optional",)) as server:
        words = ("--docs", "en", "--report-dir", str(tmp_path / "report"), *at(server))
        found = conformance("fuzz", OPERATION, *QUICK, "--save-cases", str(tmp_path / "found"), *words)
        assert found.status == 1, found.out
        assert "RegionId.required is broken, answered success" in found.out
        assert "reproduce: curl" in found.out
        again = conformance("run", *words, str(tmp_path / "found" / "found.yaml"))
        assert again.status == 1, again.out
    conforming = conformance("run", "--docs", "en", "--report-dir", str(tmp_path / "r"), str(tmp_path / "found"))
    assert conforming.status == 0, conforming.out


def test_it_stops_at_the_first_finding_and_prints_the_report_alone(conformance: Command, tmp_path: Path) -> None:
    with ReferenceServer(follow="en", faults=("region-optional", "interval-any")) as server:
        words = ("--docs", "en", "--max-examples", "0", "--report-dir", str(tmp_path), *at(server))
        stopped = conformance("fuzz", OPERATION, "-x", "--json", *words)
        assert stopped.status == 1
        report = json.loads(stopped.out)
        assert report["summary"]["mismatch"] == 1
        assert not report["complete"]
        shown = conformance("fuzz", OPERATION, "--maxfail", "1", "-v", *words)
        assert shown.out.startswith("MISMATCH       CreateFlowLog/")
        assert "incomplete: " in shown.out
        quiet = conformance("fuzz", OPERATION, "-x", "-q", *words).out.splitlines()
        assert [line.partition(" ")[2].partition(":")[0] for line in quiet[:1]] == ["cases"]
        assert quiet[1:] == [f"report: {tmp_path}"]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--list",), 0, "CreateFlowLog\n"),
        (("--list", "CreateFlowLogs"), 2, "no operation 'CreateFlowLogs' has cases"),
        (("--maxfail", "0"), 2, "--maxfail 0 is not a number above 0"),
        (("--max-time", "nan"), 2, "--max-time nan is not a number above 0"),
        (("-q", "--json"), 2, "exclude each other"),
        (("--wait", "-1"), 2, "--wait -1 is below 0"),
    ],
)
def test_options_that_it_shares_with_run(
    words: tuple[str, ...], status: int, says: str, conformance: Command, tmp_path: Path
) -> None:
    outcome = conformance("fuzz", OPERATION, "--report-dir", str(tmp_path / "report"), *words)
    assert outcome.status == status
    assert says in outcome.out + outcome.err
    assert not (tmp_path / "report").exists()


def test_a_server_that_answers_garbage_is_an_error_and_soon(conformance: Command, tmp_path: Path) -> None:
    def garbage(link: Link) -> None:
        link.send(b"SSH-2.0-OpenSSH_9.2\r\n")

    with Server(garbage) as server:
        done = conformance("fuzz", OPERATION, "--report-dir", str(tmp_path), *at(server))
    assert done.status == 3
    assert "did not answer in HTTP" in done.out
    assert len(server.operations) < 100


def test_a_server_that_dies_in_the_middle_is_an_error_beside_what_was_found(
    conformance: Command, tmp_path: Path, reference: ReferenceServer
) -> None:
    def dead(_link: Link) -> None:
        return

    count = iter(range(10_000))
    # The first ones are those of the preflight.
    with Server(dead, only=lambda _params: next(count) > 80, upstream=reference.endpoint) as server:
        done = conformance("fuzz", OPERATION, "--report-dir", str(tmp_path), *at(server))
    assert done.status == 1
    assert "ERROR" in done.out
    assert "closed the connection without an answer" in done.out


@pytest.mark.parametrize("slow", ["nothing", "drop by drop"])
def test_a_server_that_does_not_come_to_the_end_of_an_answer_does_not_hang_a_run(
    conformance: Command, tmp_path: Path, slow: str
) -> None:
    def late(link: Link) -> None:
        if slow == "drop by drop":
            link.drip(whole(json.dumps(right(link)).encode(), 400))
        else:
            link.stopping.wait()

    with Server(late) as server:
        done = conformance("fuzz", OPERATION, "--timeout", "0.3", "--report-dir", str(tmp_path), *at(server))
    assert done.status == 3
    assert "no answer within 0.3 s" in done.out


def test_without_states_nothing_is_judged_and_the_way_out_is_told(
    conformance: Command, tmp_path: Path, reference: ReferenceServer
) -> None:
    done = conformance("fuzz", OPERATION, "--endpoint", reference.endpoint, "--report-dir", str(tmp_path))
    assert done.status == 3
    assert "--states-url" in done.out


def test_an_interrupted_run_tells_what_it_found_until_then(tmp_path: Path) -> None:
    def slowly(link: Link) -> bool:
        link.stopping.wait(0.05)
        link.send(whole(json.dumps(right(link)).encode(), 400))
        return True

    def own(params: object) -> bool:
        return bool(params)

    with ReferenceServer() as upstream, Server(slowly, only=own, upstream=upstream.endpoint) as server:
        events = tmp_path / "report" / "events.ndjson"
        words = ("fuzz", OPERATION, "--report-dir", "report", "--seed", "1", *at(server))
        with started(script(), *words, folder=tmp_path) as process:
            assert eventually(lambda: events.exists() and '"case_finished"' in events.read_text(), LONGEST_S)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 130, err
    assert "MISMATCH" in out
    assert "seed 1" in out
    assert "Traceback" not in err
    assert not json.loads((tmp_path / "report" / "report.json").read_text())["complete"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--max-examples", "-1"), "--max-examples -1"),
        (("--max-time", "0"), "--max-time 0"),
        (("--docs", "fr"), "--docs 'fr'"),
        (("DescribeVpcs",), "no operation 'DescribeVpcs'"),
    ],
)
def test_bad_usage_is_one_message(conformance: Command, words: tuple[str, ...], message: str) -> None:
    done = conformance("fuzz", OPERATION, *words)
    assert done.status == 2
    assert message in done.err


def test_a_wrong_file_of_an_operation_is_one_message_before_anything_is_sent(
    conformance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "cases" / "vpc" / "CreateFlowLog"
    own.mkdir(parents=True)
    shutil.copy(REPOSITORY / "cases" / "fuzz.schema.json", tmp_path / "cases")
    (own / "fuzz.yaml").write_text("operation: CreateFlowLog\nrefusals:\n- {about: quota, codes: [Quota]}\n")
    monkeypatch.setattr("conformance.fuzz.operation_data.cases_dir", lambda: tmp_path / "cases")
    done = conformance("fuzz", OPERATION)
    assert done.status == 2
    assert "fuzz.yaml:3:26: unknown error code 'Quota'" in done.err.replace("\n", "")
    assert not (tmp_path / "reports").exists()


def test_the_other_commands_do_not_import_what_makes_the_data() -> None:
    code = "import sys, conformance.cli.run, conformance.cli.fuzz; print('schemathesis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"


TWO = """
from conformance.cases.choosing import suite_folders

every = suite_folders.load_suites
two = ("ActiveFlowLog", "CreateFlowLog")
suite_folders.load_suites = lambda *words: [one for one in every(*words) if one.operation in two]
"""
"""A plugin of pytest by which a run has two operations; nothing has to be refused for a state of the first."""


def test_the_property_tests_run_under_pytest_and_xdist(tmp_path: Path) -> None:
    (tmp_path / "two_operations.py").write_text(TWO, "utf-8")
    words = ["--pyargs", "conformance.fuzz", "--docs", "zh", "-n", "2", "-q", "-p", "no:cacheprovider"]
    # Its plugin takes seconds to import, in each process, and nothing here needs it.
    words += ["-p", "no:schemathesis", "-p", "two_operations", "-k", "no_document_has or must_be_refused"]
    with ReferenceServer(follow="zh", faults=("shared-allowed",), activation_delay=0.01) as server:
        env = environment(PYTHONPATH=str(tmp_path))
        done = run_program(script("pytest"), *words, *at(server), folder=tmp_path, env=env)
    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "ResourceId is of a shared resource" in done.stdout
