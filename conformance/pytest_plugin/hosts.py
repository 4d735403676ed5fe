"""The hosts of a run (`-d --tx ssh=...`): one that is silent is given up, and a worker on this machine takes over.

pytest-xdist takes a worker for lost when its connection ends. The connection to a host without power or network never
ends by itself, so a run would wait endlessly; and then xdist would start the next worker on the host that is not there,
which ends the run. Here the kernel, or ssh, asks every few seconds whether the host is there, and the next worker is
started on this machine. `lost_cases` decides about the cases of the lost worker.

Loaded in the controlling process only, and only when there are workers: it needs the parts of xdist.
"""

from __future__ import annotations

import math
import socket
import tempfile
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from execnet import HostNotFound, RemoteError, XSpec

from conformance.pytest_plugin.activation import worker_environment
from conformance.pytest_plugin.reporting import EVENTS

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from execnet import Gateway

    from conformance.pytest_plugin.xdist_parts import WorkerController

_LONGEST_S: Final = 3600
_PROBES: Final = 3
"""How many questions in a row a host may leave unanswered."""
_KEEP_ALIVE_THERE: Final = """\
from conformance.pytest_plugin.hosts import keep_alive
keep_alive(channel.gateway._io.sock, {silence_s!r})
"""
"""What runs at the other end of a socket."""

_ROOTS: Final = "give paths below an --rsyncdir, from / on; write --option=PATH for any other"
_THIS_MACHINE: Final = "this machine"


class HostWatch:
    """Watches over the hosts on which pytest-xdist has workers. A plugin of pytest.

    Args:
        config: pytest's, in the controlling process.

    Raises:
        pytest.UsageError: When the time that a host may be silent cannot be.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._silence_s: float = config.getoption("conformance_host_timeout_s")
        if not 1 <= self._silence_s <= _LONGEST_S:
            raise pytest.UsageError(f"--host-timeout-s {self._silence_s:g} is not between 1 and {_LONGEST_S}")
        self._specs: list[XSpec] = []
        self._started = 0
        self._finished_cases: Counter[str] = Counter()
        self._lost_workers: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionstart(self) -> Generator[None]:
        """Name the host or path for which xdist could not start a worker; raises `pytest.UsageError`."""
        try:
            return (yield)
        except ValueError as fault:
            if "rsync root" not in str(fault):
                raise
            raise pytest.UsageError(f"--tx: {fault} ({_ROOTS})") from None
        except (HostNotFound, RemoteError, OSError, EOFError) as fault:
            if self._started >= len(self._specs) or self._specs[self._started].popen:
                raise
            host = host_of(self._specs[self._started])
            why = getattr(fault, "strerror", None) or getattr(fault, "formatted", "").strip().rpartition("\n")[2]
            raise pytest.UsageError(f"--tx: no worker can be started on {host}{': ' * bool(why)}{why}") from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, specs: Sequence[XSpec]) -> None:
        """Have ssh ask whether the host is there, unless the user set how; tell workers that the plugin is at work."""
        self._specs = list(specs)
        for spec in specs:
            spec.env |= worker_environment(here=bool(spec.popen) and not spec.via)
            if spec.ssh and "ServerAliveInterval" not in spec.ssh:
                pause = _pause(self._silence_s)
                spec.ssh = (
                    f"-o ServerAliveInterval={pause} -o ServerAliveCountMax={_PROBES}"
                    f" -o ConnectTimeout={pause * _PROBES} {spec.ssh}"
                )

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_newgateway(self, gateway: Gateway) -> None:
        """Have the kernels at both ends of a socket ask whether the other is there."""
        connection = _socket_of(gateway)
        if connection is not None:
            keep_alive(connection, self._silence_s)
            # Else the host keeps its side of a broken connection open, and its server accepts no other.
            gateway.remote_exec(_KEEP_ALIVE_THERE.format(silence_s=self._silence_s)).waitclose()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self) -> None:
        """Count the workers that were started: the next one is the one that cannot be."""
        self._started += 1

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController, error: object | None) -> None:
        """Have xdist start the next worker here, instead of on a host that may not be there."""
        if error is None:
            return
        spec = node.gateway.spec
        self._lost_workers[host_of(spec)] += 1
        connection = _socket_of(node.gateway)
        if connection is not None:
            connection.close()  # execnet does not
        if not spec.popen:
            folder = tempfile.TemporaryDirectory(prefix="conformance-")
            self._config.add_cleanup(folder.cleanup)
            # In its text, of which xdist makes another.
            told = "".join(f"//env:{name}={value}" for name, value in worker_environment(here=True).items())
            node.gateway.spec = XSpec(f"popen//chdir={folder.name}{told}")
            self._finished_cases[_THIS_MACHINE] += 0  # it is named, also where the other hosts have left it no case

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the cases that each host finished."""
        node: WorkerController | None = getattr(report, "node", None)
        if node is not None and hasattr(report, EVENTS):
            self._finished_cases[host_of(node.gateway.spec)] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many cases each host ran, when there is more than this one."""
        if all(spec.popen for spec in self._specs):
            return
        counts = [
            f"{host} {self._finished_cases[host]}{' (lost)' * (host in self._lost_workers)}"
            for host in sorted({**self._finished_cases, **self._lost_workers})
        ]
        terminalreporter.write_line(f"cases by host: {', '.join(counts)}")


def host_of(spec: XSpec) -> str:
    """Return the host of a worker as the user wrote it."""
    return str(spec.ssh.split()[-1] if spec.ssh else spec.socket or spec.via or _THIS_MACHINE)


def keep_alive(connection: socket.socket, silence_s: float) -> None:
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


def _socket_of(gateway: Gateway) -> socket.socket | None:
    found: socket.socket | None = getattr(gateway._io, "sock", None)  # noqa: SLF001 - execnet shows it nowhere else
    return found
