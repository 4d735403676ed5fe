"""What one case costs before and after its request: counted, not timed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, OPERATION, REPOSITORY, environment, run_program

from conformance import __version__
from conformance.reports.formats.page.shell import REPORT_TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer

ONE = "CreateFlowLog/MissingParameter/region-omitted"
NOT_NEEDED = {
    *("pydantic", "yaml", "jsonschema_rs", "jsonpath_rfc9535", "rich", "starlette", "uvicorn"),
    *("schemathesis", "hypothesis", "pytest", "_pytest", "requests", "junitparser"),
    *("http.client", "ssl", "xml.etree.ElementTree", "xml.sax", "concurrent.futures", "email.utils"),
    *("zipfile", "fractions", "babel", "asyncio"),
    *("conformance.contract.openapi.reader", "conformance.cli.support.watch.watching"),
    *("conformance.cases.case_reader", "conformance.judging.report_entries", "conformance.cli.support.forecast"),
}
"""Libraries of other commands, and of files that were read before."""
MOST_OWN = 218
"""How many modules of its own a run may load: each costs some 0.4 ms before the first request."""

PROGRAM = """
import json, sys
from conformance.cli.command_line import run_command
status = run_command(sys.argv[1:])
print(json.dumps([status, sorted(sys.modules)]), file=sys.stderr)
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def run_one(reference: ReferenceServer, folder: Path, kept: Path, *words: str) -> set[str]:
    """Run one case in a process of its own and return the modules that it imported."""
    target = ("--endpoint", reference.endpoint, "--states-url", reference.states_url)
    command = (sys.executable, "-c", PROGRAM, "run", "--report-dir", "report", *target, *words, ONE)
    done = run_program(*command, folder=folder, env=environment(XDG_CACHE_HOME=str(kept)))
    assert done.returncode == 0, done.stderr
    status, modules = json.loads(done.stderr.splitlines()[-1])
    assert status == 0, done.stdout
    return set(modules)


def test_one_case_imports_only_what_it_needs(reference: ReferenceServer, tmp_path: Path, kept: Path) -> None:
    (tmp_path / "conformance.yaml").write_text("# A workspace.\n\n", encoding="utf-8")
    run_one(reference, tmp_path, kept)
    modules = run_one(reference, tmp_path, kept)
    own = {name for name in modules if name.startswith("conformance")}
    print(f"`conformance run` loads {len(modules)} modules, {len(own)} of them its own")  # noqa: T201 - pytest -rP shows it
    assert modules & NOT_NEEDED == set()
    assert {"typer", "conformance.engine.engine"} <= modules
    assert len(own) <= MOST_OWN


def test_the_version_is_shown_without_importing_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--version"], capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    status, modules = json.loads(done.stderr.splitlines()[-1])
    assert (status, done.stdout) == (0, f"conformance {__version__}\n")
    assert {name for name in modules if name.startswith(("conformance.cli.", "conformance.engine"))} == {
        "conformance.cli.command_line",
        "conformance.cli.support",
        "conformance.cli.support.option_defaults",
        "conformance.cli.support.plain_options",
        "conformance.cli.support.reader",
        "conformance.cli.support.standard_streams",
    }
    # What takes a quarter of the time, and of which nothing is needed.
    assert {"conformance.core.redaction", "rich"}.isdisjoint(modules)


def test_ctrl_c_while_a_command_is_imported_prints_no_traceback() -> None:
    stopped = (
        "import importlib, signal, sys; from conformance import cli; "
        "importlib.import_module = lambda name: signal.raise_signal(signal.SIGINT); "
        "sys.argv = ['conformance', 'run']; cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", stopped], capture_output=True, encoding="utf-8", timeout=LONGEST_S, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_no_cache_reads_every_file_and_keeps_nothing(reference: ReferenceServer, tmp_path: Path, kept: Path) -> None:
    modules = run_one(reference, tmp_path, kept, "--no-cache")
    assert "yaml" in modules
    assert not kept.exists()
    run_one(reference, tmp_path, kept)
    assert kept.is_dir()
    assert "yaml" in run_one(reference, tmp_path, kept, "--no-cache")


def test_templates_of_the_page_are_compiled_once(reference: ReferenceServer, tmp_path: Path, kept: Path) -> None:
    folder = kept / "acs-conformance" / "pages"

    def pages() -> dict[str, tuple[bytes, int]]:
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}

    run_one(reference, tmp_path, kept)
    first = pages()
    # And the sentences of the one catalogue, which of them have which words, and the digests of what each is made of.
    assert len(first) == len(REPORT_TEMPLATES) + 4
    run_one(reference, tmp_path, kept)
    assert pages() == first
    for name in first:
        (folder / name).write_bytes(b"damaged")
    run_one(reference, tmp_path, kept)
    assert {name: content for name, (content, _) in pages().items()} == {
        name: content for name, (content, _) in first.items()
    }
    assert "</html>" in (tmp_path / "report" / "report.html").read_text()


def test_a_generated_suite_is_run_and_every_request_is_sent_once(conformance: Command, tmp_path: Path) -> None:
    from servers import Link, Server, whole  # noqa: PLC0415 - sockets are for this test alone

    script = str(REPOSITORY / "benchmarks" / "generate.py")
    subprocess.run([sys.executable, script, "1030", "suite"], cwd=tmp_path, check=True, timeout=LONGEST_S)
    assert sorted(path.name for path in (tmp_path / "suite").iterdir()) == [
        "generated-0000.yaml",
        "generated-0001.yaml",
    ]
    number = iter(range(10_000))

    def refuse(link: Link) -> bool:
        body = {"RequestId": f"id-{next(number)}", "Code": "MissingParameter", "Message": "Missing mandatory parameter"}
        link.send(whole(json.dumps(body).encode(), 400))
        return True

    with Server(refuse) as server:
        outcome = conformance.run("suite", "--endpoint", server.endpoint)
    assert outcome.status == 0
    sent = [request for request in server.operations if request.params["Action"] == OPERATION]  # no preflight
    assert len(sent) == 1030 == outcome.report["summary"]["pass"]
    assert len({request.params["FlowLogName"] for request in sent}) == 1030
    assert {request.method for request in sent} == {"GET", "POST"}


@pytest.mark.parametrize("words", [("0", "suite"), ("few", "suite"), ("3", ".")])
def test_a_suite_that_cannot_be_generated_is_refused(tmp_path: Path, words: tuple[str, str]) -> None:
    (tmp_path / "something").write_text("is here")
    script = str(REPOSITORY / "benchmarks" / "generate.py")
    done = subprocess.run(
        [sys.executable, script, *words], cwd=tmp_path, check=False, capture_output=True, timeout=LONGEST_S
    )
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["something"]
