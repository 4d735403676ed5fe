"""The tutorials: each is done to the letter, in an empty folder, with the package as a wheel."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import LONGEST_S, REPOSITORY, environment, run_program
from servers import free_port

FOLDER = REPOSITORY / "docs" / "tutorials"
PORT = "8080"
"""The port of the pages; here a free one takes its place."""
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAVED = re.compile(r"`([\w.]+)`")
STATUS = re.compile(r"# status (\d+)$")
DEEP = {"sdk-release"}
"""Those that install a released SDK."""
PAGES = [
    pytest.param(page, id=page.stem, marks=[pytest.mark.deep] if page.stem in DEEP else [])
    for page in sorted(FOLDER.glob("*.md"))
]


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment without the package, in which uv finds its wheel and takes the versions that are pinned."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    home = tmp_path_factory.mktemp("home")
    wheels = home / "wheels"
    built = run_program(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels), folder=REPOSITORY)
    assert built.returncode == 0, built.stderr
    pins = home / "pins.txt"
    text = (REPOSITORY / "requirements" / "run.txt").read_text(encoding="utf-8")
    pins.write_text(re.sub(r" \\\n(?: +--hash=.*\n)+", "\n", text), encoding="utf-8")
    path = (home / "bin", Path(uv).parent, "/usr/local/bin", "/usr/bin", "/bin")
    return environment(
        HOME=str(home),
        PATH=os.pathsep.join(map(str, path)),
        UV_CACHE_DIR=run_program(uv, "cache", "dir").stdout.strip(),
        UV_FIND_LINKS=str(wheels),
        UV_CONSTRAINT=str(pins),
        UV_TOOL_DIR=str(home / "tools"),
        UV_TOOL_BIN_DIR=str(home / "bin"),
        UV_PYTHON=sys.executable,
        LANG="C.UTF-8",
    )


class Reader:
    """Does what a page says, in a folder of its own.

    Args:
        folder: The folder.
        env: The environment of every command.
    """

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._folder = folder
        self._env = env
        self._port = str(free_port())
        self._printed = ""

    def do(self, page: str) -> None:
        """Save the files, run the commands, and look for what they should print."""
        for found in BLOCK.finditer(page):
            language, text = found.groups()
            if language == "sh":
                for command in text.splitlines():
                    self.run(command)
            elif language:
                (name,) = SAVED.findall(page[: found.start()].rstrip().rsplit("\n\n", 1)[-1].splitlines()[0])
                (self._folder / name).write_text(self._here(text), encoding="utf-8")
            elif not text.startswith("conformance "):  # what has such a line is for files of the reader's own
                for line in text.splitlines():
                    assert " ".join(line.split()) in " ".join(self._printed.split()), line

    def run(self, command: str) -> None:
        expected = STATUS.search(command)
        output = self._folder / ".output"
        with output.open("w+b") as stream:  # a file, as a server in the background keeps it open
            done = subprocess.run(
                ["bash", "-c", self._here(command)],
                cwd=self._folder,
                env=self._env,
                stdout=stream,
                stderr=subprocess.STDOUT,
                timeout=LONGEST_S,
                check=False,
            )
        self._printed = output.read_text(encoding="utf-8")
        assert done.returncode == (int(expected[1]) if expected else 0), f"{command}\n{self._printed}"

    def stop(self) -> None:
        """End what a page that broke off has left behind."""
        for file in self._folder.glob("*.pid"):
            try:
                os.kill(int(file.read_text(encoding="utf-8")), signal.SIGTERM)
            except (ProcessLookupError, ValueError):
                continue

    def _here(self, text: str) -> str:
        return text.replace(PORT, self._port)


@pytest.mark.parametrize("page", PAGES)
def test_a_tutorial_is_done_to_the_letter(page: Path, surroundings: dict[str, str], tmp_path: Path) -> None:
    reader = Reader(tmp_path, surroundings)
    try:
        reader.do(page.read_text(encoding="utf-8"))
    finally:
        reader.stop()
