from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import bytecode  # noqa: F401 - before all that it is for
import pytest
from commands import OPERATION, REPOSITORY, Command, give_loaded
from forked_servers import ORIGIN
from forked_workers import WorkersOrigin, add_paths
from hypothesis import settings
from profiles import PROJECT

from conformance.cli.support.plan_template import load_named
from conformance.core.workspace import VARIABLE
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite


settings.register_profile("project", PROJECT)
settings.load_profile("project")

PROCESSES = 4
"""More than a small machine has cores: for some of their time the tests wait."""
LONGEST_FIRST = (
    *("test_tutorials", "test_hosts", "test_two_faces", "test_parts", "test_ordinary_servers", "test_replay"),
    *("test_documents_followed", "test_failures_with_secrets", "test_misbehaving_servers", "test_hostile_servers"),
    *("test_workers", "test_run_driver", "test_faults", "test_own_failures", "test_stand_in_cloud", "test_fuzz"),
    *("test_lost_workers", "test_tampered_files", "test_workspace_only", "test_interrupt", "test_echoed_answers"),
    *("test_fuzz_operations", "test_run", "test_release_pipeline", "test_generated_selftest", "test_run_start"),
    *("test_other_commands_with_secrets", "test_step_accounts", "test_preflight", "test_diff_folders", "test_cleanup"),
    *("test_failing_servers", "test_report", "test_run_again", "test_many_operations", "test_benchmarks"),
    *("test_tampered_ledgers", "test_page", "test_gate_page", "test_diff_page", "test_compare_page"),
    *("test_server_process", "test_selftest", "test_sentences"),
)
"""Modules that take long. They begin first, so that no process has a long one left when the others are done."""


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run the project's own tests in several processes, unless `-n`, `--tx` or `--pdb` say otherwise.

    Not in `addopts`: there it would hold for `pytest cases/` too, and replace the hosts of `--tx`.
    """
    if hasattr(config, "workerinput"):
        return  # a worker that started workers of its own would never end
    options = config.option
    chosen = getattr(options, "numprocesses", 0) is not None or options.tx
    if not chosen and not options.usepdb and not options.collectonly:
        options.numprocesses = PROCESSES
        options.dist = "loadscope"  # what a module shares is made once
        options.loadscopereorder = False  # by the number of their tests, which says little of how long they take


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None, object, object]:
    """Have the workers of a run of all tests be forked from one process that has imported the tests."""
    config = session.config
    starts_workers = bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")
    if not starts_workers or config.args != config.getini("testpaths"):
        return (yield)
    origin = WorkersOrigin()
    config.add_cleanup(origin.stop)
    with origin.forks():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect without looking for garbage again and again: nothing of what is collected becomes some."""
    gc.disable()
    del session
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the modules that take long before the others, each as it is."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def pytest_configure() -> None:
    add_paths()
    # A shell that starts its job in the background has it ignore Ctrl-C, and whatever the job starts ignores it too.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _environment_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what the tests read, in this process and in others, away from the user's own cache and workspace."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.delenv(VARIABLE, raising=False)  # a worker of pytest-xdist is told the one of its controller
        yield


@pytest.fixture(autouse=True)
def _secrets_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process know no secret of the tests before: a command is a process of its own."""
    monkeypatch.setattr("conformance.core.redaction.run_secrets._known", frozenset())


@pytest.fixture(scope="session", autouse=True)
def _servers_are_forked(_environment_of_the_tests: None) -> Iterator[None]:
    """Have reference servers that are started in this process be forked, which spares each of them its imports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("conformance.server.process.start_child", ORIGIN.start_server)
        yield
    ORIGIN.stop()


@pytest.fixture(scope="session")
def reference() -> Iterator[ReferenceServer]:
    """The reference server that follows both documents, one for all tests: each case has an account of its own."""
    with ReferenceServer(activation_delay=0.05) as server:
        yield server


@pytest.fixture
def conformance(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line, called in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Command(capsys, tmp_path / "report")


@pytest.fixture(scope="session")
def loaded() -> tuple[list[Suite], list[Case]]:
    """The cases of one operation, read once for all tests: those of all would make each of them slower."""
    read = load_named((OPERATION,))
    return read.suites, read.cases


@pytest.fixture
def quick(conformance: Command, loaded: tuple[list[Suite], list[Case]], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line, which does not read the cases again: for tests that are not about reading them."""
    give_loaded(monkeypatch, loaded)
    return conformance


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder of the captured documents, which are no part of the project."""
    folder = Path(os.environ.get("CONFORMANCE_DOCUMENTS", REPOSITORY.parent / "shared" / "docs"))
    if not (folder / "CreateFlowLog.en.txt").is_file():
        pytest.skip(f"the captured documents are not in {folder}; set CONFORMANCE_DOCUMENTS")
    return folder
