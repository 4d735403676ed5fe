"""The release pipeline: the action's steps run unchanged, the page names what it takes, the examples load."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import LONGEST_S, REPOSITORY, environment

from conformance.reports.gate.allow import load_allowed
from conformance.server.process import ReferenceServer

ACTION: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
PAGE = (REPOSITORY / "docs" / "release-pipeline.md").read_text(encoding="utf-8")
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"]}
INPUT = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")
CASES = "CreateFlowLog/MissingParameter CreateFlowLog/IllegalParam.AggregationInterval"
BASH = shutil.which("bash")


def block(kind: str, first_line: str) -> str:
    (found,) = [
        body
        for name, body in re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
        if (name, body.partition("\n")[0]) == (kind, first_line)
    ]
    return str(found)


def server(started: ReferenceServer) -> dict[str, str]:
    return {"driver": "http", "cases": CASES, "endpoint": started.endpoint, "states_url": started.states_url}


class Job:
    """Runs steps of the action as a runner does: inputs in the environment, outputs and summary in files."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self._folder = folder
        declared = {name: str(given.get("default", "")) for name, given in ACTION["inputs"].items()}
        self._inputs = {**declared, **{name.replace("_", "-"): value for name, value in inputs.items()}}
        self.files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
        for path in self.files.values():
            path.touch()

    def step(self, name: str) -> subprocess.CompletedProcess[str]:
        if BASH is None:
            pytest.skip("bash is not installed")
        step = STEPS[name]
        given = {key: INPUT.sub(lambda found: self._inputs[found[1]], text) for key, text in step["env"].items()}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # what `shell: bash` means
            cwd=self._folder,
            env=environment(PATH=path, **given, **{key: str(path) for key, path in self.files.items()}),
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST_S,
            check=False,
        )

    def text(self, name: str) -> str:
        return self.files[name].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory, reference: ReferenceServer) -> Path:
    folder = tmp_path_factory.mktemp("baseline")
    job = Job(folder, **server(reference), report_dir="reports/with space")
    done = job.step("run")
    assert (done.returncode, done.stderr) == (0, "")
    outputs = dict(line.split("=", 1) for line in job.text("GITHUB_OUTPUT").splitlines())
    assert (outputs["report-dir"], outputs["status"], outputs["mismatch"]) == ("reports/with space", "0", "0")
    assert set(outputs) >= set(ACTION["outputs"])
    assert int(outputs["pass"]) + int(outputs["divergent"]) == int(outputs["total"]) > 0
    assert done.stdout.splitlines()[-1].startswith("::notice title=Conformance of http%3A//127.0.0.1%3A")
    assert job.text("GITHUB_STEP_SUMMARY").startswith("## Conformance of")
    return folder / "reports" / "with space" / "report.json"


def test_a_candidate_that_got_worse_fails_at_the_gate(baseline: Path, tmp_path: Path) -> None:
    with ReferenceServer(faults=("interval-as-invalid",)) as faulty:
        inputs = server(faulty)
        alone = Job(tmp_path, **inputs)
        assert alone.step("run").returncode == 1
        job = Job(tmp_path, **inputs, baseline=str(baseline))
        assert job.step("run").returncode == 0
    assert job.text("GITHUB_OUTPUT").splitlines()[-1] == "status=1"
    done = job.step("gate")
    assert (done.returncode, done.stderr) == (1, "")
    assert "WORSE response.body.Code" in done.stdout
    assert job.text("GITHUB_OUTPUT").count("causes=1") == 2
    assert "## Gate: got worse" in job.text("GITHUB_STEP_SUMMARY")
    (tmp_path / "allow.yaml").write_text("[{where: response.*, reason: known, expires: 2999-01-01}]", encoding="utf-8")
    assert Job(tmp_path, **inputs, baseline=str(baseline), allow="allow.yaml").step("gate").returncode == 0


def test_a_run_that_can_judge_nothing_fails_though_there_is_a_baseline(baseline: Path, tmp_path: Path) -> None:
    job = Job(tmp_path, driver="http", cases=CASES, endpoint="http://127.0.0.1:9", baseline=str(baseline))
    assert job.step("run").returncode == 3
    assert job.text("GITHUB_OUTPUT").splitlines()[-1] == "status=3"


def test_every_input_is_declared_used_and_explained() -> None:
    text = (REPOSITORY / "action.yml").read_text(encoding="utf-8")
    used = set(INPUT.findall(text)) | {"baseline"}
    assert used == set(ACTION["inputs"])
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"`{name}`" in PAGE
    assert all(step["shell"] == "bash" for step in STEPS.values())
    # What a caller writes reaches the shell through the environment alone, and so is never read as a command.
    assert all("${{" not in step["run"] for step in STEPS.values())
    assert (REPOSITORY / "requirements" / "run.txt").is_file()


def test_the_workflow_gives_the_action_what_it_takes() -> None:
    workflow = yaml.safe_load(block("yaml", "# a workflow"))
    (step,) = [step for step in workflow["jobs"]["gate"]["steps"] if step.get("uses") == "./action"]
    assert set(step["with"]) <= set(ACTION["inputs"])
    required = {name for name, given in ACTION["inputs"].items() if given.get("required")}
    assert required <= set(step["with"])


def test_the_allow_file_of_the_page_loads(tmp_path: Path) -> None:
    path = tmp_path / "allow.yaml"
    path.write_text(block("yaml", "# an allow file"), encoding="utf-8")
    assert [entry.expires for entry in load_allowed(path)] == [date(2027, 1, 31), date(2027, 3, 31)]


def test_each_environment_of_tox_runs_a_driver_of_the_project() -> None:
    config = configparser.ConfigParser(interpolation=None)
    config.read(REPOSITORY / "tox.ini", encoding="utf-8")
    (name,) = [section for section in config.sections() if section.startswith("testenv:sdk-")]
    factors = re.fullmatch(r"testenv:sdk-\{(.*)\}", name)
    assert factors is not None
    commands = [line.split(": ", 1) for line in config[name]["commands"].splitlines() if line]
    drivers = []
    for factor in factors[1].split(","):
        # The parts of a name are factors: a line for `go` is one for `go-v1`, too, unless it says otherwise.
        parts = set(factor.split("-"))
        (line,) = [
            line
            for condition, line in commands
            if all((part.removeprefix("!") in parts) is (part[0] != "!") for part in condition.split("-"))
        ]
        drivers.append(line.partition("--driver ")[2].split()[0])
    assert len(set(drivers)) == len(commands) == len(drivers)
    # A driver that somebody adds breaks no test: that it is to have an environment is a step of docs/extending.md.
    assert set(drivers) <= {path.parent.name for path in (REPOSITORY / "drivers").glob("*/driver.yaml")}
    assert {factor.rstrip(",") for factor in re.findall(r"(?<=[ ,])sdk-([a-z0-9-]+)", PAGE)} <= set(
        factors[1].split(",")
    )
