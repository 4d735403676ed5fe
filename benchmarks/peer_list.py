"""The peers: what each is given, which command runs it, and up to how many cases it is measured."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import peer_cases
from peer_cases import FOLDER, IN_FLIGHT
from peer_install import program, python_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RUN: Final = "conformance run"
LIMIT: Final = "bare loop"
EMPTY: Final = "empty tests"
PYTEST: Final = "pytest plugin"

_ANY: Final = 1_000_000
_SOME: Final = 1_000
"""Up to how many cases a peer is measured that takes long."""

_HERE: Final = Path(__file__).parent
_PYTEST: Final = (sys.executable, "-m", "pytest", "-q")
_NO_PLUGINS: Final = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
_SILENT: Final = {"STEPCI_DISABLE_ANALYTICS": "1"}


@dataclass(frozen=True)
class Peer:
    """Something that can do the work.

    Attributes:
        name: Its name in tables and on the command line.
        write: Writes its cases into a folder: how many, and for which endpoint.
        command: Returns the command that runs them in that folder, given the endpoint; `None` if it is not installed.
        fast: The most cases to measure on a server that answers at once; 0 for not at all.
        late: The same for a server with a latency.
        own: Whether it is this project.
        env: Variables for its command.
        warm: Whether its first run with the same cases does what later ones need not do.
        sends: Whether it sends a request a case.
        judges: Whether it judges the answers.
        extra: How many requests it may send beside those of the cases: this suite asks once for an operation that
            there is not.
    """

    name: str
    write: Callable[[Path, int, str], None]
    command: Callable[[str], list[str] | None]
    fast: int = _ANY
    late: int = _ANY
    own: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    warm: bool = False
    sends: bool = True
    judges: bool = True
    extra: int = 0

    def most(self, latency_s: float) -> int:
        """Return up to how many cases it is measured."""
        return self.late if latency_s else self.fast


def _beside_python(name: str, *words: str) -> Callable[[str], list[str] | None]:
    path = str(Path(sys.executable).with_name(name))
    return lambda endpoint: [path, *words, endpoint]


def _found(name: str, *words: str) -> Callable[[str], list[str] | None]:
    """Return the command of a program that may be missing."""

    def command(_endpoint: str) -> list[str] | None:
        path = program(name)
        return [str(path), *words] if path else None

    return command


def _tavern(*words: str) -> Callable[[str], list[str] | None]:
    def command(_endpoint: str) -> list[str] | None:
        python = python_of("tavern")
        return [str(python), "-m", "pytest", "-q", *words] if python else None

    return command


def _hurl(_endpoint: str) -> list[str] | None:
    path = program("hurl")
    words = ("--test", "--continue-on-error", "--jobs", str(IN_FLIGHT), "--report-junit", "junit.xml", ".")
    return [str(path), *words] if path else None


_OURS: Final = ("run", FOLDER, "--report-dir", "report")
_CHECKS: Final = ("--checks", "status_code_conformance,response_schema_conformance")
_EXAMPLES: Final = ("run", "openapi.json", "--phases", "examples", *_CHECKS, "--report", "junit")
_WORKFLOW: Final = ("run", "workflow.json", "--concurrency", str(IN_FLIGHT))
_JUNIT: Final = ("--reporters", "junit", "--reporter-junit-export", "junit.xml")

PEERS: Final = (
    Peer(
        LIMIT,
        peer_cases.write_targets,
        lambda endpoint: [sys.executable, str(_HERE / "limit.py"), endpoint, "targets.json"],
        judges=False,
    ),
    Peer(RUN, peer_cases.write_ours, _beside_python("conformance", *_OURS, "--endpoint"), own=True, warm=True, extra=1),
    Peer(
        "conformance run --no-cache",
        peer_cases.write_ours,
        _beside_python("conformance", *_OURS, "--no-cache", "--endpoint"),
        own=True,
        extra=1,
    ),
    Peer(
        PYTEST,
        peer_cases.write_ours,
        lambda endpoint: [*_PYTEST, FOLDER, "--report-dir", "report", "--endpoint", endpoint],
        own=True,
        warm=True,
        extra=1,
    ),
    Peer(EMPTY, peer_cases.write_nothing, lambda _: [*_PYTEST], late=0, warm=True, sends=False, judges=False),
    Peer("Hurl -j64, 64 files", peer_cases.write_hurl, _hurl),
    Peer("Hurl -j64, a file a case", peer_cases.write_hurl_files, _hurl),
    Peer("Step CI", peer_cases.write_stepci, _found("stepci", *_WORKFLOW), env=_SILENT),
    Peer("pytest + requests", peer_cases.write_requests, lambda _: [*_PYTEST], late=0, env=_NO_PLUGINS),
    Peer(
        "pytest + requests -n 8",
        peer_cases.write_requests,
        lambda _: [*_PYTEST, "-p", "xdist", "-n", "8"],
        fast=0,
        late=_SOME,
        env=_NO_PLUGINS,
    ),
    Peer(
        "Schemathesis examples",
        peer_cases.write_schemathesis,
        _beside_python("schemathesis", *_EXAMPLES, "--url"),
        late=0,
        extra=1,
    ),
    Peer(
        "Schemathesis examples -w 64",
        peer_cases.write_schemathesis_operations,
        _beside_python("schemathesis", *_EXAMPLES, "-w", "64", "--url"),
        fast=0,
        late=_SOME,
        extra=1,
    ),
    Peer("Newman", peer_cases.write_newman, _found("newman", "run", "collection.json", *_JUNIT), fast=_SOME, late=0),
    Peer("Tavern", peer_cases.write_tavern, _tavern(), fast=_SOME, late=0),
    Peer("Tavern -n 8", peer_cases.write_tavern, _tavern("-n", "8"), fast=0, late=_SOME),
)


def versions() -> str:
    """Return the versions of what is measured and installed."""
    found = [f"{name} {version(name)}" for name in ("pytest", "requests", "schemathesis", "pycurl")]
    python = python_of("tavern")
    if python is not None:
        words = ("-c", "import importlib.metadata as m; print('tavern', m.version('tavern'))")
        found.append(_said(str(python), *words))
    hurl = program("hurl")
    if hurl is not None:
        found.append(" ".join(_said(str(hurl), "--version").split()[:2]))
    for name in ("stepci", "newman"):
        path = program(name)
        if path is not None:
            package = json.loads((path.resolve().parents[1] / "package.json").read_text())
            found.append(f"{package['name']} {package['version']}")
    node = program("node")
    if node is not None:
        found.append(f"Node.js {_said(str(node), '--version').lstrip('v')}")
    return ", ".join(found)


def _said(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout.strip()  # noqa: S603
