"""A run on several hosts (`-d --tx ssh=...`): hosts that fall silent, and cases whose worker was lost.

pytest-xdist takes a worker for lost when its connection ends. The connection to a host without power or network never
ends by itself, so a run would wait for ever; and then xdist would start the next worker on the host that is not there,
which ends the run. Here the kernel, or ssh, asks every few seconds whether the host is there; another worker takes over
on this machine; and every case comes out once, judged or as an `error`.

Loaded in the controlling process only, and only when there are workers: it needs the parts of xdist.
"""

from __future__ import annotations

import math
import socket
import tempfile
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import pytest
from execnet import HostNotFound, RemoteError, XSpec

from conformance.cases.compiled import read_file
from conformance.contract.languages import languages_of
from conformance.engine.events import case_finished
from conformance.judging.results import CaseResult

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.pytest_plugin.session import Session

NAME: Final = "conformance-watchdog"
LOST: Final = "conformance_lost"
"""What a report of xdist on a lost worker carries: `again` when the case runs once more, `known` when it is counted."""

_LONGEST_S: Final = 3600
_PROBES: Final = 3
"""How many questions in a row a host may leave unanswered."""
_THERE: Final = """\
from conformance.pytest_plugin.watchdog import keep_asking
keep_asking(channel.gateway._io.sock, {silence_s!r})
"""
"""What runs at the other end of a socket."""

_ROOTS: Final = "give paths below an --rsyncdir, from / on; write --option=PATH for any other"
_HERE: Final = "this machine"
_CRASHED: Final = "two workers were lost while they ran it, one after the other"
_NOBODY: Final = "its worker was lost, and no other was left to run it"


class Watchdog:
    """Watches over the workers of pytest-xdist.

    Args:
        config: pytest's, in the controlling process.
        suites: Where case files are read.
        is_case_file: Whether a file holds cases.
        attribute: Where a test report carries the event of its case.

    Raises:
        pytest.UsageError: When the time that a host may be silent cannot be.
    """

    def __init__(
        self, config: pytest.Config, suites: Session, is_case_file: Callable[[Path], bool], attribute: str
    ) -> None:
        self._config = config
        self._suites = suites
        self._is_case_file = is_case_file
        self._attribute = attribute
        self._silence_s: float = config.getoption("host_timeout_s")
        if not 1 <= self._silence_s <= _LONGEST_S:
            raise pytest.UsageError(f"--host-timeout-s {self._silence_s:g} is not between 1 and {_LONGEST_S}")
        self._specs: list[Any] = []
        self._made = 0
        self._above: list[Path] = [config.rootpath]
        self._files: dict[str, dict[str, Case]] = {}
        self._chosen: list[str] = []
        self._reported: set[str] = set()
        self._crashed: Counter[str] = Counter()
        self._ran: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionstart(self) -> Generator[None, None, None]:
        """Say which host or path stands in the way when xdist starts the workers; raises `pytest.UsageError`."""
        try:
            return (yield)
        except ValueError as fault:
            if "rsync root" not in str(fault):
                raise
            raise pytest.UsageError(f"--tx: {fault} ({_ROOTS})") from None
        except (HostNotFound, RemoteError, OSError, EOFError) as fault:
            if self._made >= len(self._specs) or self._specs[self._made].popen:
                raise
            host = host_of(self._specs[self._made])
            why = getattr(fault, "strerror", None) or getattr(fault, "formatted", "").strip().rpartition("\n")[2]
            raise pytest.UsageError(f"--tx: no worker can be started on {host}{': ' * bool(why)}{why}") from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, specs: Sequence[Any]) -> None:
        """Have ssh ask whether the host is there, unless the user said how."""
        self._specs = list(specs)
        for spec in specs:
            if spec.ssh and "ServerAliveInterval" not in spec.ssh:
                pause = _pause(self._silence_s)
                spec.ssh = (
                    f"-o ServerAliveInterval={pause} -o ServerAliveCountMax={_PROBES}"
                    f" -o ConnectTimeout={pause * _PROBES} {spec.ssh}"
                )

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_newgateway(self, gateway: Any) -> None:
        """Have the kernels at both ends of a socket ask whether the other is there."""
        connection = _socket_of(gateway)
        if connection is not None:
            keep_asking(connection, self._silence_s)
            # Else the host keeps its side of a connection that is gone, and its server takes no other.
            gateway.remote_exec(_THERE.format(silence_s=self._silence_s)).waitclose()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Count the workers, and remember what was copied to them: node ids begin there."""
        self._made += 1
        self._above = [self._config.rootpath, *(root.parent for root in node.nodemanager.roots)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Remember what is to run; raises `pytest.UsageError` when a worker that takes over has other cases."""
        if not self._chosen:
            self._chosen = list(ids)
        elif self._lost and self._chosen != list(ids):
            raise pytest.UsageError("the worker that takes over for a lost one collects other cases")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """Have xdist start the next worker here, instead of on a host that may not be there."""
        if error is None:
            return
        spec = node.gateway.spec
        self._lost[host_of(spec)] += 1
        connection = _socket_of(node.gateway)
        if connection is not None:
            connection.close()  # execnet does not
        if not spec.popen:
            folder = tempfile.TemporaryDirectory(prefix="conformance-")
            self._config.add_cleanup(folder.cleanup)
            node.gateway.spec = XSpec(f"popen//chdir={folder.name}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: Any, sched: Any) -> None:
        """Run a case again whose worker was lost; but once only, for it may be what ends the worker."""
        if self._case(crashitem) is None:
            return
        self._crashed[crashitem] += 1
        if crashitem in self._reported:  # the worker was lost between its report and saying that it was done
            setattr(report, LOST, "known")
            report.outcome = "rerun"
        elif self._crashed[crashitem] == 1:
            setattr(report, LOST, "again")
            report.outcome = "rerun"
            with suppress(NotImplementedError):  # some ways of distributing put it back by themselves
                sched.mark_test_pending(crashitem)

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """Count a case that runs again as such, and not at all one whose verdict is there."""
        match getattr(report, LOST, None):
            case "again":
                return "run again", "R", "RUN AGAIN"
            case "known":
                return "", "", ""
        return None

    @pytest.hookimpl(tryfirst=True)  # before the verdict is written
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remember what was reported, and from where; a case that was put back after its report has one verdict."""
        if not (hasattr(report, "node") and hasattr(report, self._attribute)):
            return
        if self._lost and report.nodeid in self._reported:
            delattr(report, self._attribute)
            setattr(report, LOST, "known")
            return
        self._reported.add(report.nodeid)
        self._ran[host_of(report.node.gateway.spec)] += 1

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Make an `error` of every case that no worker reported, unless the run was interrupted."""
        if exitstatus == pytest.ExitCode.INTERRUPTED:
            return
        for name in self._chosen:
            case = self._case(name) if self._lost and name not in self._reported else None
            if case is not None:
                self._tell(name, case)
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _tell(self, name: str, case: Case) -> None:
        crashed = self._crashed[name] > 1
        reason = _CRASHED if crashed else _NOBODY
        where = (case.where.file, None, case.id)
        report = pytest.TestReport(name, where, {}, "failed", f"error: {reason}", "call")
        result = CaseResult(
            id=case.id,
            title=case.title,
            trigger=case.trigger,
            verdict="error",
            verdicts=dict.fromkeys(languages_of(self._config.getoption("docs")), "error"),
            reason=reason,
            where=str(case.where),
        )
        setattr(report, self._attribute, {"finished": case_finished(result)})
        if crashed:  # xdist counted it as failed
            setattr(report, LOST, "known")
        self._config.hook.pytest_runtest_logreport(report=report)

    def _case(self, name: str) -> Case | None:
        """Return the case of a node id, or `None` when it is no case."""
        file, _, wanted = name.partition("::")
        if file not in self._files:
            path = next((folder / file for folder in self._above if (folder / file).is_file()), None)
            cases: Iterable[Case] = ()
            if path is not None and path.suffix == ".yaml" and self._is_case_file(path):
                cases = read_file(path, self._suites.suite(path), self._suites.cache)
            self._files[file] = {case.id: case for case in cases}
        return self._files[file].get(wanted)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say how many cases each host ran, when there is more than this one."""
        hosts = {**self._ran, **self._lost}
        if any(not spec.popen for spec in self._specs):
            said = (f"{host} {self._ran[host]}{' (lost)' * bool(self._lost[host])}" for host in sorted(hosts))
            terminalreporter.write_line(f"cases by host: {', '.join(said)}")


def _socket_of(gateway: Any) -> socket.socket | None:
    found: socket.socket | None = getattr(gateway._io, "sock", None)  # noqa: SLF001 - execnet shows it nowhere else
    return found


def host_of(spec: Any) -> str:
    """Return the host of a worker as the user wrote it."""
    return str(spec.ssh.split()[-1] if spec.ssh else spec.socket or spec.via or _HERE)


def keep_asking(connection: socket.socket, silence_s: float) -> None:
    """Have the kernel end a connection whose other end is silent for so long, whether or not anything is being sent."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", _pause(silence_s)),
        ("TCP_KEEPINTVL", _pause(silence_s)),
        ("TCP_KEEPCNT", _PROBES),
        ("TCP_USER_TIMEOUT", math.ceil(silence_s * 1000)),
    ):
        if hasattr(socket, name):  # not every system has them all
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _pause(silence_s: float) -> int:
    return max(1, math.floor(silence_s / _PROBES))
