"""Cases beside what other people have: a conftest with options of the same names, and plugins that tell of tests."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from commands import OPERATION, REPOSITORY, WITHOUT_OTHERS, environment, run_program
from relays import STATES, StatesRelay, relay

from conformance.core.workspace import FILE
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

FAULT = "name-http"
FAILING = {f"{OPERATION}/ParameterInvalid/name-begins-with-http{end}" for end in ("", "-alone")}
SOME = ("-k", "name-begins or description-begins-with-https")
WIDE = {"COLUMNS": "300"}
"""So wide that there is room for a reason behind an id."""
FAILED = re.compile(r"FAILED .*::(\S+) - (.*)")


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plugins, for PYTHONPATH."""
    folder = tmp_path_factory.mktemp("plugins")
    command = (os.environ.get("UV") or shutil.which("uv") or f"{sys.executable} -m uv").split()
    command += ["pip", "install", "--quiet", "--python", sys.executable, "--target", str(folder), "--no-deps"]
    command += ["--require-hashes", "-r", str(REPOSITORY / "requirements" / "pytest-plugins.txt")]
    done = run_program(*command)
    if done.returncode:
        pytest.skip(f"the plugins of requirements/pytest-plugins.txt cannot be installed: {done.stderr[-300:]}")
    return folder


@pytest.fixture(scope="module")
def faulty() -> Iterator[ReferenceServer]:
    with ReferenceServer(faults=(FAULT,)) as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with some of the cases that come with the project."""
    own = tmp_path / "workspace"
    cases = own / "cases" / "vpc" / OPERATION
    cases.mkdir(parents=True)
    source = REPOSITORY / "cases" / "vpc" / OPERATION
    for name in ("base.yaml", "texts.yaml"):
        shutil.copy(source / name, cases)
    (own / FILE).write_text("{}\n", encoding="utf-8")
    return own


def run(
    workspace: Path, server: ReferenceServer | str, *words: str, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    endpoint = server if isinstance(server, str) else server.endpoint
    target = ("--conformance-endpoint", endpoint, "--conformance-states-url", endpoint + STATES)
    options = (*target, "--conformance-report-dir", "report", "-q")
    env = environment(**WIDE, **({"PYTHONPATH": str(path)} if path else {}))
    command = (sys.executable, "-m", "pytest", *WITHOUT_OTHERS, *options, *words)
    return run_program(*command, folder=workspace, env=env)


def verdicts(workspace: Path) -> dict[str, str]:
    report = json.loads((workspace / "report" / "report.json").read_text(encoding="utf-8"))
    return {case["id"]: case["verdict"] for case in report["cases"]}


def test_a_conftest_keeps_its_options_and_the_cases_have_theirs_with_a_prefix(
    workspace: Path, reference: ReferenceServer
) -> None:
    (workspace / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--endpoint')\n"
        "    parser.addoption('--docs', type=int)\n"
        "    parser.addoption('--live', action='store_true')\n"
        "    parser.addini('endpoint', 'mine')\n",
        encoding="utf-8",
    )
    (workspace / "test_own.py").write_text(
        "def test_own(request):\n"
        "    option = request.config.getoption\n"
        "    assert (option('endpoint'), option('docs'), option('live')) == ('mine', 3, True)\n",
        encoding="utf-8",
    )
    # --signature is nobody else's, so it needs no prefix.
    own = ("--endpoint", "mine", "--docs", "3", "--live", "--signature", "acs3")
    done = run(workspace, reference, *own, "cases", "test_own.py", "-k", f"test_own or {SOME[1]}")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((workspace / "report" / "report.json").read_text(encoding="utf-8"))
    assert (report["docs"], report["target"]["signature"]) == ("both", "acs3")


def test_the_value_of_a_short_option_is_no_path_with_a_conftest(workspace: Path, reference: ReferenceServer) -> None:
    (workspace / "kept").mkdir()
    (workspace / "kept" / "conftest.py").write_text("raise SystemExit('read')\n", encoding="utf-8")
    done = run(workspace, reference, "--report-dir", "kept", "cases", *SOME)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (workspace / "kept" / "report.json").is_file()


def test_every_option_has_its_prefix_and_the_help_names_the_short_one(
    workspace: Path, reference: ReferenceServer
) -> None:
    shown = run(workspace, reference, "--help").stdout
    names = set(re.findall(r"^  --conformance-([a-z-]+)", shown, re.MULTILINE))
    assert {"endpoint", "target", "shard", "fuzz-seed"} <= names
    assert {f"--{name}" for name in names} <= set(re.findall(r"^  (--[a-z-]+)", shown, re.MULTILINE))


def test_a_mismatch_is_a_failed_assertion_whose_line_has_the_reason(workspace: Path, faulty: ReferenceServer) -> None:
    for words in ((), ("-n", "2")):
        done = run(workspace, faulty, "cases", *SOME, "--junitxml", "pytest.xml", *words)
        assert done.returncode == pytest.ExitCode.TESTS_FAILED
        told = {found[1]: found[2] for found in FAILED.finditer(done.stdout)}
        assert told.keys() == FAILING
        assert all(reason.startswith("mismatch: response.body.Code: expected ") for reason in told.values())
        cases = list(ET.parse(workspace / "pytest.xml").iter("testcase"))  # noqa: S314 - written above
        messages = [failure.get("message") or "" for case in cases for failure in case.iter("failure")]
        assert len(messages) == len(FAILING)
        assert all(message.startswith("mismatch: response.body.Code: expected ") for message in messages)
        # pytest writes thousandths of a second: what takes less than half of one is nothing.
        assert sum(float(case.get("time") or 0) for case in cases) > 0, "a case takes the time of its requests"


def test_the_last_failed_run_first_or_alone_and_the_first_failure_can_end_the_run(
    workspace: Path, faulty: ReferenceServer
) -> None:
    run(workspace, faulty, "cases", *SOME)
    run(workspace, faulty, "cases", *SOME, "--lf")
    assert verdicts(workspace) == dict.fromkeys(FAILING, "mismatch")
    done = run(workspace, faulty, "cases", *SOME, "--ff", "-x")
    assert list(verdicts(workspace).values()) == ["mismatch"]
    assert "1 failed" in done.stdout


def test_other_peoples_reports_have_the_failures_and_who_answered(
    workspace: Path, faulty: ReferenceServer, plugins: Path
) -> None:
    asked = ("--html=page.html", "--alluredir=allure", "--timeout=60", "--cov=conformance.judging", "--cov-report=term")
    done = run(workspace, faulty, "cases", *SOME, *asked, "-p", "no:randomly", path=plugins)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert re.search(r"^TOTAL +\d+", done.stdout, re.MULTILINE)
    results = [json.loads(file.read_text(encoding="utf-8")) for file in (workspace / "allure").glob("*-result.json")]
    failed = [each for each in results if each["status"] != "passed"]
    assert {each["name"] for each in failed} == FAILING
    assert {each["status"] for each in failed} == {"failed"}, "broken is what Allure calls what is no assertion"
    assert all("mismatch: " in each["statusDetails"]["message"] for each in failed)
    page = (workspace / "page.html").read_text(encoding="utf-8")
    assert page.count("&#34;result&#34;: &#34;Failed&#34;") == len(FAILING)
    assert "response.body.Code: expected" in page


def test_cases_in_another_order_have_the_same_verdicts(workspace: Path, faulty: ReferenceServer, plugins: Path) -> None:
    found, orders = [], []
    for seed in ("1", "2"):
        run(workspace, faulty, "cases", *SOME, f"--randomly-seed={seed}", "--junitxml", "pytest.xml", path=plugins)
        found.append(verdicts(workspace))
        orders.append([case.get("name") for case in ET.parse(workspace / "pytest.xml").iter("testcase")])  # noqa: S314
    assert found[0] == found[1]
    assert orders[0] != orders[1]


class RightTheSecondTime(StatesRelay):
    """Answers the first request of each name that must be refused as if it were right."""

    def operation(self, path: bytes, body: bytes) -> None:
        name = re.search(rb"FlowLogName=(http[^&]*)", path + b"&" + body)
        again = f"again {name[1].decode()}" if name else ""
        if name and again not in self.calls:
            self.calls.append(again)
            answer = {"RequestId": "0A1B2C3D-0000-4000-8000-00000000000F", "Success": "true", "FlowLogId": "fl-1"}
            self.give(200, "application/json", json.dumps(answer).encode())
        else:
            super().operation(path, body)


def test_a_case_that_is_run_again_is_asked_again_and_its_last_verdict_counts(
    workspace: Path, reference: ReferenceServer, plugins: Path
) -> None:
    calls: list[str] = []
    with relay(RightTheSecondTime, reference.endpoint, calls) as endpoint:
        done = run(workspace, endpoint, "cases", *SOME, "--reruns", "1", "-p", "no:randomly", path=plugins)
    again = sum(call.startswith("again ") for call in calls)
    assert again > 0
    assert f", {again} rerun in" in done.stdout
    assert done.returncode == 0, done.stdout
    assert set(verdicts(workspace).values()) == {"pass"}
