"""A project that has nothing to do with this one, where this is installed, has every name for itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, WITHOUT_OTHERS, environment

from conformance.core.workspace import FILE

if TYPE_CHECKING:
    from pathlib import Path

FIXTURES = ("reference", "case", "server", "target", "endpoint", "docs", "mock", "suite", "conformance")
MARKS = ("deep", "slow", "conformance", "case", "live")
LOADED = {
    f"conformance{rest}"
    for rest in (
        *("", ".pytest_plugin", ".pytest_plugin.activation", ".pytest_plugin.plugin"),
        *(".pytest_plugin.redacted_reports", ".pytest_plugin.reporting", ".pytest_plugin.session"),
    )
}
"""What of this project every run of pytest loads."""
HEAVY = {
    "h11",
    "hypothesis",
    "jinja2",
    "jsonschema_rs",
    "orjson",
    "pycurl",
    "requests",
    "rich",
    "typer",
    "uvicorn",
    "yaml",
}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WITHOUT_OTHERS, *words)
    # No process that has been forked: those have this package loaded.
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, encoding="utf-8", timeout=LONGEST_S, check=False
    )


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The short names of all options that there are in a workspace."""
    workspace = tmp_path_factory.mktemp("workspace")
    (workspace / FILE).touch()
    found = re.findall(r"^  --conformance-([a-z-]+)", run(workspace, "--help").stdout, re.MULTILINE)
    assert {"endpoint", "target", "rate", "docs", "live"} <= set(found)
    return found


@pytest.mark.parametrize("inside", [False, True])
def test_it_has_every_option_fixture_and_mark_of_these_names(
    names: list[str],
    inside: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    if inside:  # somebody has begun to use it there
        (tmp_path / FILE).touch()
    options = "".join(
        f"    parser.addoption('--{name}', type=int, dest='own_{number}')\n" for number, name in enumerate(names)
    )
    fixtures = "".join(f"@pytest.fixture\ndef {name}():\n    return '{name} of the project'\n\n" for name in FIXTURES)
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\n"
        f"def pytest_addoption(parser):\n{options}"
        "    parser.addoption('--workers', type=int)\n"
        "    parser.addini('endpoint', 'mine', default='e')\n\n"
        "def pytest_configure(config):\n"
        f"    for name in {MARKS}:\n"
        "        config.addinivalue_line('markers', name)\n\n"
        f"{fixtures}",
        encoding="utf-8",
    )
    marks = "".join(f"@pytest.mark.{name}\n" for name in MARKS)
    uses = ", ".join(FIXTURES)
    (tmp_path / "test_own.py").write_text(
        f"import pytest\n\n{marks}def test_own(request, {uses}):\n"
        f"    given = [request.config.getoption(f'own_{{number}}') for number in range({len(names)})]\n"
        f"    assert given == list(range({len(names)}))\n"
        f"    assert [{uses}] == [f'{{name}} of the project' for name in {FIXTURES}]\n"
        "    assert request.config.getini('endpoint') == 'e'\n",
        encoding="utf-8",
    )
    words = ["--workers=3", *(f"--{name}={number}" for number, name in enumerate(names))]
    done = run(
        tmp_path, *words, "--strict-markers", "--strict-config", "-W", "error", "-m", "conformance and deep", "."
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert not (tmp_path / "reports").exists()


def test_outside_a_workspace_a_run_loads_seven_small_modules_and_no_library(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(
        "import json, pathlib, sys\n\n"
        "def test_own():\n"
        "    pathlib.Path('loaded.json').write_text(json.dumps(sorted(sys.modules)))\n",
        encoding="utf-8",
    )
    assert run(tmp_path).returncode == 0
    loaded = set(json.loads((tmp_path / "loaded.json").read_text(encoding="utf-8")))
    assert {name for name in loaded if name.partition(".")[0] == "conformance"} == LOADED
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("words", [("-p", "no:conformance"), ("--import-mode=importlib",)])
def test_a_package_of_tests_that_is_called_as_this_one_is_found_in_the_ways_that_the_page_names(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    package = tmp_path / "tests" / "conformance"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "test_own.py").write_text("def test_own():\n    pass\n", encoding="utf-8")
    done = run(tmp_path, *words, "tests")
    assert "1 passed" in done.stdout, done.stdout
