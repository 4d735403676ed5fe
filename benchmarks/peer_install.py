"""Where the programs of the benchmarks are, and how they are installed: into the user's cache, never into the project.

Nothing is installed by importing this, nor by a benchmark that was not asked to: `--install` does it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parent.parent
CACHE: Final = Path(
    os.environ.get("CONFORMANCE_BENCHMARKS", user_cache_path("acs-conformance", appauthor=False) / "benchmarks")
)

_HURL: Final = "hurl@8.0.1"
_NODE: Final = ("stepci@2.8.2", "newman@6.2.2")


class InstallError(Exception):
    """A program was not installed; the text says what was tried."""


def python_of(name: str) -> Path | None:
    """Return the interpreter of an environment made of `requirements/<name>.txt` as it is now, or `None`."""
    folder = CACHE / name
    made_of = folder / "made-of"
    python = folder / "bin" / "python"
    return python if python.exists() and made_of.exists() and made_of.read_text() == _digest(name) else None


def make_environment(name: str) -> Path:
    """Make an environment of `requirements/<name>.txt`, with its hashes; raises `InstallError`."""
    python = python_of(name)
    if python is not None:
        return python
    folder = CACHE / name
    python = folder / "bin" / "python"
    _call("uv", "venv", "--quiet", "--clear", "--python", "3.11", str(folder))
    requirements = str(ROOT / "requirements" / f"{name}.txt")
    _call("uv", "pip", "install", "--quiet", "--python", str(python), "--require-hashes", "-r", requirements)
    (folder / "made-of").write_text(_digest(name))
    return python


def program(name: str) -> Path | None:
    """Return a program: from the cache, or from the path."""
    for folder in (CACHE / "hurl" / "bin", CACHE / "node" / "node_modules" / ".bin"):
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    return Path(found) if found else None


def install_hurl() -> None:
    """Build Hurl; it needs the headers of libxml2 and libclang; raises `InstallError`."""
    if program("hurl") is None:
        _call("cargo", "install", "--quiet", "--locked", _HURL, "--root", str(CACHE / "hurl"))


def install_node() -> None:
    """Install what runs on Node.js; raises `InstallError`."""
    if program("stepci") is None or program("newman") is None:
        folder = CACHE / "node"
        folder.mkdir(parents=True, exist_ok=True)
        _call(
            "npm", "install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", str(folder), *_NODE
        )


INSTALLERS: Final[dict[str, Callable[[], object]]] = {
    "Hurl": install_hurl,
    "Tavern": lambda: make_environment("tavern"),
    "Step CI and Newman": install_node,
}


def _digest(name: str) -> str:
    return sha256((ROOT / "requirements" / f"{name}.txt").read_bytes()).hexdigest()


def _call(*words: str) -> None:
    try:
        done = subprocess.run(words, check=False, capture_output=True, encoding="utf-8", errors="replace")  # noqa: S603
    except OSError as fault:
        raise InstallError(f"{words[0]}: {fault.strerror}") from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-3:]
        raise InstallError(f"`{' '.join(words)}` ended with status {done.returncode}: {' '.join(last)}")
