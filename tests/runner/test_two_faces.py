"""`conformance run` and plain pytest: the same cases, the same verdicts, the same report."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from commands import REPOSITORY, child, environment
from servers import closed_port

from conformance.mock.server import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

COMPARED = (
    "id",
    "title",
    "trigger",
    "verdict",
    "verdicts",
    "follows",
    "reason",
    "mismatches",
    "lines",
    "exact",
    "observed",
)
FAULT = "quota-is-429"
FAULTY = "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded"


def run_pytest(*words: str, folder: Path, where: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--report-dir", str(folder), "-q", *words],
        cwd=where,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def report_in(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def compared(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: case[name] for name in COMPARED} for case in report["cases"]]


@pytest.fixture(scope="module")
def faulty() -> Iterator[ReferenceServer]:
    with ReferenceServer(faults=(FAULT,), activation_delay=0.05) as server:
        yield server


@pytest.mark.parametrize("fault", [False, True])
def test_both_faces_say_the_same_of_every_case(
    reference: ReferenceServer, faulty: ReferenceServer, tmp_path: Path, *, fault: bool
) -> None:
    server = faulty if fault else reference
    # The whole suite without the fault, a part of it with.
    some = ("-k", "quota or region or project") if fault else ()
    options = ("--endpoint", server.endpoint, "--states-url", server.states_url, *some)
    command = child(*options, folder=tmp_path)
    workers = () if fault else ("-n", "2")
    done = run_pytest("cases/", *options, *workers, folder=tmp_path / "pytest")
    assert (command.status, done.returncode) == ((1, 1) if fault else (0, 0)), done.stdout[-2000:]
    first, second = command.report, report_in(tmp_path / "pytest")
    assert compared(second) == compared(first)
    for name in ("docs", "target", "selected", "complete", "summary", "coverage", "disagreements"):
        assert second[name] == first[name], name
    assert first["summary"]["mismatch"] == (1 if fault else 0)
    assert (command.verdicts[FAULTY] == "mismatch") is fault
    # What pytest itself says agrees with it.
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    # With CI set, pytest says why on the same line.
    assert [line.partition(" - ")[0].rpartition("::")[2] for line in failed] == ([FAULTY] if fault else [])
    assert f"{first['summary']['total']} cases: " in done.stdout
    if fault:
        assert "response.status: expected 400, observed 429" in done.stdout
        assert "reproduce: curl " in done.stdout


def test_both_faces_agree_on_whom_a_server_follows_also_of_one_case(quick: Command, tmp_path: Path) -> None:
    name = "region-unknown"
    with ReferenceServer(follow="en") as server:
        options = ("--endpoint", server.endpoint, "--states-url", server.states_url, "-k", name)
        divergent = compared(quick.run(*options).report)
        run_pytest("cases/", *options, folder=tmp_path / "divergent")
    with ReferenceServer(faults=("region-any",)) as server:
        options = ("--endpoint", server.endpoint, "--states-url", server.states_url, "-k", name)
        wrong = compared(quick.run(*options).report)
        run_pytest("cases/", *options, folder=tmp_path / "wrong")
    assert [case["verdict"] for case in (*divergent, *wrong)] == ["divergent", "mismatch"]
    assert compared(report_in(tmp_path / "divergent")) == divergent
    assert compared(report_in(tmp_path / "wrong")) == wrong


def test_what_is_not_judged_is_skipped_with_its_reason(reference: ReferenceServer, tmp_path: Path) -> None:
    done = run_pytest("cases/", "--endpoint", reference.endpoint, "-k", "quota-exceeded", "-rs", folder=tmp_path / "r")
    assert done.returncode == 0
    assert "not_run: needs state" in done.stdout
    assert "1 skipped" in done.stdout
    assert report_in(tmp_path / "r")["summary"]["not_run"] == 1


def test_without_an_endpoint_the_reference_server_is_started(tmp_path: Path) -> None:
    done = run_pytest("cases/", "-k", "MissingParameter and region", folder=tmp_path / "r")
    assert (done.returncode, report_in(tmp_path / "r")["summary"]["pass"]) == (0, 1), done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_server_that_is_not_there_is_one_message(workers: tuple[str, ...], tmp_path: Path) -> None:
    endpoint = f"http://127.0.0.1:{closed_port()}"
    done = run_pytest("cases/", "--endpoint", endpoint, *workers, folder=tmp_path / "r")
    text = done.stdout + done.stderr
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert text.count(f"ERROR: cannot reach {endpoint}") == 1
    assert "Traceback" not in text
    assert len(text.splitlines()) < 5
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (("--docs", "de"), "--docs 'de' is unknown (one of: en, zh, both)"),
        (("--endpoint", "http://example.com"), "http://example.com is not on this machine"),
        (("--target", "nowhere.yaml"), "nowhere.yaml: cannot be read: No such file or directory"),
    ],
)
def test_an_option_that_cannot_be_is_one_message(option: tuple[str, str], says: str, tmp_path: Path) -> None:
    done = run_pytest("cases/", *option, folder=tmp_path / "r")
    text = done.stdout + done.stderr
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert text.count(f"ERROR: {says}") == 1
    assert "Traceback" not in text


def test_a_wrong_case_file_is_one_message_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    for path in (REPOSITORY / "cases").rglob("*.yaml"):
        copy = folder / path.relative_to(REPOSITORY / "cases")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    wrong = folder / "CreateFlowLog" / "account.yaml"
    wrong.write_text(wrong.read_text().replace("  - id: ram-user\n", "  - id: ram-user\n    titel: x\n"))
    line = 1 + wrong.read_text().partition("titel")[0].count("\n")
    done = run_pytest(str(folder), folder=tmp_path / "r", where=tmp_path)
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert f"{wrong}:{line}:5: unknown field 'titel'" in done.stdout
    assert "did you mean title?" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_run_without_cases_loads_nothing_of_the_project_but_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_something.py").write_text(
        "import sys\n"
        "def test_something():\n"
        "    print('LOADED', sorted(name for name in sys.modules if name.partition('.')[0] == 'conformance'))\n"
    )
    # Files that look like cases at first sight.
    for name in ("base.yaml", "other.yaml", "some.yml"):
        (tmp_path / name).write_text("a: b\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "."],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    loaded = next(line for line in done.stdout.splitlines() if "LOADED" in line)
    assert loaded.partition("LOADED ")[2] == "['conformance', 'conformance.runner', 'conformance.runner.plugin']"
    assert not (tmp_path / "reports").exists()
