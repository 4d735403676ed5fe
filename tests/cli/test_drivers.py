from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from commands import REPOSITORY, Command

PROGRAMS = REPOSITORY / "tests" / "sdk" / "programs"
MANIFEST = """\
name: mine
title: My driver
language: Perl
toolchain:
  - {program: sh, hint: it is everywhere}
  - {program: no-such-tool, hint: make it yourself}
sdk: {name: my-sdk, version: 1.2.3}
core: {name: my-core, version: 0.4.6}
run: [sh, driver.sh]
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only driver: it lacks a tool."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("conformance.sdk.manifest.drivers_dir", lambda: tmp_path / "drivers")
    folder = tmp_path / "drivers" / "mine"
    folder.mkdir(parents=True)
    (folder / "driver.yaml").write_text(MANIFEST)
    (folder / "install.sh").write_text("echo installed > installed\n")
    return folder


def give_the_tool(mine: Path) -> None:
    (mine / "driver.yaml").write_text(MANIFEST.replace("no-such-tool", "env"))


@pytest.mark.usefixtures("mine")
def test_the_list_says_what_is_missing(conformance: Command) -> None:
    done = conformance("drivers")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "mine  Perl, not installed\n"
        "  SDK   my-sdk 1.2.3\n"
        "  core  my-core 0.4.6\n"
        "  needs sh, no-such-tool\n"
        "  no-such-tool is missing: make it yourself\n"
        "\n"
    )


def test_the_list_of_the_project_fits_a_terminal(conformance: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("conformance.cli.drivers.missing_tools", lambda _: ())
    lines = conformance("drivers").out.splitlines()
    names = sorted(path.parent.name for path in (REPOSITORY / "drivers").glob("*/driver.yaml"))
    assert [line.split()[0] for line in lines if line and line[0] != " "] == names
    assert max(map(len, lines)) <= 80
    assert len(lines) == 5 * len(names)


def test_the_list_as_json(conformance: Command, mine: Path) -> None:
    (found,) = json.loads(conformance("drivers", "--json").out)
    assert found["sdk"] == {"name": "my-sdk", "version": "1.2.3"}
    assert found["core"] == {"name": "my-core", "version": "0.4.6"}
    assert [(tool["program"], tool["found"] is not None) for tool in found["toolchain"]] == [
        ("sh", True),
        ("no-such-tool", False),
    ]
    assert found["installed"] is False
    give_the_tool(mine)
    folder = conformance("drivers", "install", "mine").out.strip()
    (found,) = json.loads(conformance("drivers", "--json").out)
    assert (found["installed"], found["folder"]) == (True, folder)
    assert (Path(folder) / "installed").is_file()


def test_installing(conformance: Command, mine: Path) -> None:
    done = conformance("drivers", "install", "mine")
    assert done.status == 3
    assert done.err == (
        "conformance: the driver mine needs no-such-tool, not found on PATH (no-such-tool: make it yourself)\n"
    )
    give_the_tool(mine)
    done = conformance("drivers", "install", "mine", "--sdk", "6.11.0", "--core", "0.4.5")
    assert (done.status, done.err) == (0, "installing mine (my-sdk 6.11.0, my-core 0.4.5)...\n")
    assert Path(done.out.strip()).is_dir()
    done = conformance("drivers", "install", "mine", "--sdk", "6;0")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("conformance: --sdk '6;0' is no version")
    done = conformance("drivers", "install", "mien")
    assert (done.status, done.err) == (2, "conformance: there is no driver 'mien' (did you mean mine?)\n")


def test_a_wrong_manifest_is_told_with_its_place(conformance: Command, mine: Path) -> None:
    (mine / "driver.yaml").write_text(MANIFEST.replace("title: My driver\n", ""))
    done = conformance("drivers")
    assert (done.status, done.out) == (2, "")
    assert "mine/driver.yaml:1:1: the file lacks the field 'title'" in done.err


def test_checking_a_good_driver(conformance: Command) -> None:
    done = conformance("drivers", "check", sys.executable, str(PROGRAMS / "good.py"))
    assert (done.status, done.err) == (0, "")
    *lines, last = done.out.splitlines()
    assert last == "20 of 20 checks passed"
    assert len(lines) == 20
    assert lines[0].startswith("pass  start: expected the versions of SDK and core")
    assert lines[0].endswith("; came: good: plain 1.0, plain 1.0, Python, CPython")


def test_checking_a_driver_of_the_project_installs_it(conformance: Command, mine: Path) -> None:
    give_the_tool(mine)
    done = conformance("drivers", "check", "mine")
    assert done.status == 3
    first, second, *_ = done.err.splitlines()
    assert first == "installing mine (my-sdk 1.2.3)..."
    assert second.startswith("conformance: the driver ended with status")


def test_checking_a_driver_with_faults_passes_its_arguments_on(conformance: Command, tmp_path: Path) -> None:
    words = [sys.executable, "-u", str(PROGRAMS / "bad.py"), "unknown-outcome", str(tmp_path / "flag")]
    done = conformance("drivers", "check", *words)
    assert done.status == 1
    assert "\nFAIL  success: expected one request, success, " in done.out
    assert "; came: the driver broke the protocol: answer.outcome may not have the value 'fine'" in done.out
    assert "\npass  stop: " in done.out


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["no-such-program"], 2, "'no-such-program' is no program (a path with a slash, "),
        (["./file"], 2, "'./file' is not executable (name its interpreter first, or make it executable)"),
        (["."], 2, "'.' is no program"),
        (["true"], 3, "the driver ended with status 0 when asked to start"),
        (["./script"], 3, "the driver cannot be started: ./script: "),
    ],
)
def test_a_program_that_cannot_be_checked(
    words: list[str], status: int, message: str, conformance: Command, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "script").write_text("#!/no/such/interpreter\n")
    (tmp_path / "script").chmod(0o755)
    done = conformance("drivers", "check", *words)
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith(f"conformance: {message}")


def test_json_goes_with_the_list(conformance: Command) -> None:
    done = conformance("drivers", "--json", "install", "x")
    assert (done.status, done.err) == (2, "conformance: --json goes with the list of drivers (leave it out)\n")


@pytest.mark.usefixtures("mine")
def test_a_word_with_arguments_is_a_program_though_a_driver_has_its_name(
    conformance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = conformance("drivers", "check", "mine", "-cp", "/nonexistent", "NoSuchClass")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "conformance: the driver mine takes no arguments, and no program has this name "
        "(the driver alone: conformance drivers check mine)\n"
    )
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "mine"
    program.write_text('#!/bin/sh\necho "given: $*" >&2\nexit 7\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    done = conformance("drivers", "check", "mine", "-cp", "/nonexistent", "NoSuchClass")
    assert (done.status, done.out) == (3, "")
    assert "ended with status 7 when asked to start" in done.err
    assert "given: -cp /nonexistent NoSuchClass" in done.err


def test_a_program_may_be_one_word_with_its_arguments(conformance: Command, tmp_path: Path) -> None:
    script = tmp_path / "my drivers" / "good.py"
    script.parent.mkdir()
    script.write_text(f"import runpy\nrunpy.run_path({str(PROGRAMS / 'good.py')!r}, run_name='__main__')\n")
    done = conformance("drivers", "check", f"{sys.executable} '{script}'")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[-1] == "20 of 20 checks passed"
    done = conformance("drivers", "check", "no-such-program --flag")
    assert (done.status, done.err.startswith("conformance: 'no-such-program' is no program (")) == (2, True)
    done = conformance("drivers", "check", "sh 'x")
    assert (done.status, done.err) == (2, 'conformance: "sh \'x" is no command line: No closing quotation\n')
