"""The page of recipes: each is run line by line, where its tool can be installed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, REPOSITORY, environment, script

from conformance.contract.export.stubs.registry import STUB_WRITERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commands import Command

PAGE = (REPOSITORY / "docs" / "recipes.md").read_text(encoding="utf-8")
PORT = 4010
PROGRAMS = {"npm": "node", "mvn": "java"}
# The files that Maven brings, by their names: what is run is what was tried.
DIGESTS = {
    "wiremock-standalone-3.13.2.jar": "d097b19bd483c5038479b13a5c71e9faf8f2f5106584f0c120a7770ab0bdb367",
    "mockserver-netty-no-dependencies-5.15.0.jar": "866bd44bfda37a3dc7d95f89c3abb34175dab5014326cd74b3e03fd023eddebf",
}


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


SECTIONS = {part.partition("\n")[0]: part for part in PAGE.split("\n## ")}
RECIPES = {name: blocks(text, "sh") for name, text in SECTIONS.items() if len(blocks(text, "sh")) == 4}


def write_files(folder: Path, text: str) -> None:
    """Write the files of a part of the page: the first line of a block has the name, and may say that it goes on."""
    for block in blocks(text, "yaml"):
        name, _, further = block.partition("\n")[0].removeprefix("# ").partition(", ")
        with (folder / name).open("a" if further else "w", encoding="utf-8") as stream:
            stream.write(block)


def words(command: str) -> list[str]:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    return [bash, "-c", f"exec {command.strip()}"]


def surroundings() -> dict[str, str]:
    return environment(PATH=f"{Path(script()).parent}{os.pathsep}{os.environ['PATH']}")


def installed(name: str, command: str) -> Path:
    """Return the folder with what a recipe installs; it is kept for the next run."""
    needed = command.split(maxsplit=1)[0]
    missing = [each for each in (needed, PROGRAMS[needed]) if shutil.which(each) is None]
    if missing:
        pytest.skip(f"{name}: {', '.join(missing)} is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "acs-conformance" / "recipes"
    folder = cache / f"{name.lower()}-{sha256(command.encode()).hexdigest()[:12]}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        done = subprocess.run(words(command), cwd=folder, env=surroundings(), capture_output=True, check=False)
        if done.returncode:
            pytest.skip(f"{name} cannot be installed here: {done.stderr.decode(errors='replace')[-300:]}")
        (folder / "complete").touch()
    for jar in (folder / "tools").glob("*.jar"):
        assert sha256(jar.read_bytes()).hexdigest() == DIGESTS[jar.name]
    return folder / "tools"


def require_free_port(name: str) -> None:
    with socket.socket() as probe, suppress(OSError):
        probe.connect(("127.0.0.1", PORT))
        pytest.skip(f"{name}: something else listens at port {PORT}")


@contextmanager
def serving(command: str, folder: Path) -> Iterator[None]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            words(command), cwd=folder, env=surroundings(), stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words(command),
        cwd=folder,
        env=surroundings(),
        capture_output=True,
        encoding="utf-8",
        timeout=3 * LONGEST_S,
        check=False,
    )


def test_the_page_has_a_recipe_for_every_server_that_stubs_are_written_for() -> None:
    assert {name.lower() for name in RECIPES} >= {"prism", "specmatic", *STUB_WRITERS}


@pytest.mark.parametrize("name", RECIPES)
def test_what_a_recipe_makes_is_made_and_its_files_are_read(
    name: str, conformance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, make, serve, judge = RECIPES[name]
    write_files(tmp_path, PAGE.partition("\n## ")[0])
    write_files(tmp_path, SECTIONS[name])
    done = conformance(*shlex.split(make)[1:])
    assert done.status == 0, done.err
    made = make.split()[-1]
    assert (tmp_path / made).stat().st_size > 1000
    assert made.split("/")[0] in serve
    # Every entry is of a case that there is.
    listed = conformance(*shlex.split(judge)[1:], "--list")
    assert (listed.status, listed.err) == (0, "")


@pytest.mark.deep
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_does_what_the_page_says(name: str, tmp_path: Path) -> None:
    install, make, serve, judge = RECIPES[name]
    require_free_port(name)
    (tmp_path / "tools").symlink_to(installed(name, install))
    write_files(tmp_path, PAGE.partition("\n## ")[0])
    write_files(tmp_path, SECTIONS[name])
    assert run(make, tmp_path).returncode == 0
    with serving(serve, tmp_path):
        done = run(judge, tmp_path)
    log = (tmp_path / "server.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr}\n{log[-2000:]}"
    assert "tells the target which answer to give" in done.stdout
    if "known-failing" in judge:
        assert re.search(r"error rows: (\d+) of \1 exercised, \1 passed; of \1 rows the server was told", done.stdout)
