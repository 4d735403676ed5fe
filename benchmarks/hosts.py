"""The suite on three hosts, on one machine: `sudo uv run python benchmarks/hosts.py`; about a minute.

Three hosts, a target and a controller are Linux network namespaces, each with its own address, 20 ms apart. In turn:

    spread  pytest-xdist spreads the cases over the three hosts, over ssh and over execnet's socket server
    cut     the same, and in the middle one host is taken off the network
    shards  each host runs a part (`conformance run --shard I/3`), and the reports are merged

Each report is compared with that of a run on one host. Exit status 0 when every case is in it once and with the same
verdict, 1 when not, 2 without root. Nothing stays behind: no process, no namespace, no file but with --reports.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from lan import PRIVATE, Lan, inside, missing, private, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SUITE: Final = Path(__file__).resolve().parents[1]
SERVER: Final = Path(__file__).with_name("hosts_target.py")
FORWARD: Final = Path(__file__).with_name("hosts_forward.py")
FOLDER: Final = PRIVATE / "hosts"
CONTROLLER: Final = "10.213.0.1"
TARGET: Final = "10.213.0.2"
HOSTS: Final = {"h1": "10.213.0.11", "h2": "10.213.0.12", "h3": "10.213.0.13"}
CUT: Final = "h2"
PORT: Final = 8888
MOST_S: Final = 120
SEEN: Final = "/_seen"
TARGET_PORT: Final = 9000
ENDPOINT: Final = f"http://127.0.0.1:{TARGET_PORT}"
"""The target, as each host reaches it: through itself, since another machine is spoken to by https alone."""
AT_TARGET: Final = ("--endpoint", ENDPOINT, "--states-url", f"{ENDPOINT}/_states")
RUNS: Final = ("spread", "cut", "shards")
CONNECTIONS: Final = ("ssh", "socket")

COMPARED: Final = ("id", "title", "trigger", "verdict", "verdicts", "follows", "reason", "lines", "exact", "observed")
"""What two runs of the same cases have in common. Ids of requests, accounts and times differ."""


class HostsError(Exception):
    """Something that ends the script: a tool that is missing, or a command that failed."""


@dataclass
class Scene:
    """What all runs share.

    Attributes:
        lan: The network.
        operation: The operation whose cases are run; empty: all.
        select: The cases to run, as `-k` has it; empty: all.
        rate: Requests a second of each worker in the run that is cut, so that there is a middle.
        silence_s: How long a host may be silent before it counts as lost, in seconds.
        single: The report of one host alone.
        faults: What was not as it must be.
    """

    lan: Lan
    operation: str
    select: str
    rate: float
    silence_s: int
    single: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def selected(self) -> list[str]:
        """The options that select the cases."""
        return ["-k", self.select] if self.select else []

    @property
    def words(self) -> list[str]:
        """What `conformance run` is given to select the cases."""
        return [*([self.operation] if self.operation else []), *self.selected]

    @property
    def folders(self) -> list[str]:
        """What pytest is given to find the cases in."""
        every = SUITE / "cases"
        return [str(found) for found in every.glob(f"*/{self.operation}")] if self.operation else [str(every)]


def main() -> int:
    """Run the script; return its exit status."""
    options = argparse.ArgumentParser(description="Runs the suite on three hosts made of network namespaces.")
    options.add_argument("--only", action="append", choices=RUNS, help="only this; may be given several times")
    options.add_argument("--connect", action="append", choices=CONNECTIONS, help="only this way to the hosts")
    options.add_argument("--latency-ms", type=float, default=20, help="between any two hosts, there and back (20)")
    options.add_argument("--rate", type=float, default=10, help="requests a second of each worker in `cut` (10)")
    options.add_argument("--silence-s", type=int, default=3, help="after which a host counts as lost (3)")
    options.add_argument("--operation", default="", metavar="NAME", help="only the cases of this operation")
    options.add_argument("-k", dest="select", default="", metavar="EXPR", help="only cases whose id matches")
    options.add_argument("--reports", type=Path, metavar="DIR", help="keep the reports there")
    chosen = options.parse_args()
    why = missing() or (None if shutil.which("sshd") or "ssh" not in (chosen.connect or ()) else "needs sshd")
    if why is not None:
        print(f"hosts: {why}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell started it in the background
    try:
        return private(lambda: _work(chosen))
    except OSError as fault:
        print(f"hosts: the kernel refuses: {fault.strerror}", file=sys.stderr)
        return 2


def _end(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _work(chosen: argparse.Namespace) -> int:
    for folder in (FOLDER, FOLDER / "reports", FOLDER / "tmp"):
        folder.mkdir()
    os.environ["TMPDIR"] = str(FOLDER / "tmp")
    lan = Lan(chosen.latency_ms)
    try:
        lan.add("", CONTROLLER)
        for name, address in {"target": TARGET, **HOSTS}.items():
            lan.add(name, address)
        lan.start()
    except (OSError, subprocess.CalledProcessError) as fault:
        print(f"hosts: no network can be made: {getattr(fault, 'stderr', '') or fault}", file=sys.stderr)
        return 2
    try:
        scene = Scene(lan, chosen.operation, chosen.select, chosen.rate, chosen.silence_s)
        return _all(scene, chosen.only or RUNS, chosen.connect or _there())
    except HostsError as fault:
        print(f"hosts: {fault}", file=sys.stderr)
        return 1
    finally:
        if chosen.reports is not None:
            shutil.copytree(FOLDER / "reports", chosen.reports, dirs_exist_ok=True)


def _there() -> list[str]:
    return [each for each in CONNECTIONS if each != "ssh" or shutil.which("sshd")]


def _all(scene: Scene, only: Sequence[str], connections: Sequence[str]) -> int:
    _start([*inside("target", sys.executable, str(SERVER)), TARGET, str(TARGET_PORT), SEEN], "target")
    _wait_for_port("target", TARGET_PORT)
    forward = [sys.executable, str(FORWARD), TARGET, str(TARGET_PORT)]
    _start(forward, "forward")
    for host in HOSTS:
        _start(inside(host, *forward), f"{host}-forward")
        _wait_for_port(host, TARGET_PORT)
    _single(scene)
    for connection in connections:
        if "spread" in only or "cut" in only:
            _prepare(connection)
        if "spread" in only:
            _spread(scene, connection)
        if "cut" in only:
            _cut(scene, connection)
    if "shards" in only:
        _shards(scene)
    for wrong in scene.faults:
        print(f"NOT AS IT MUST BE: {wrong}")
    print("as it must be" if not scene.faults else f"{len(scene.faults)} faults")
    return 1 if scene.faults else 0


# The runs.


def _single(scene: Scene) -> None:
    """Run everything on one host: what the others are held against."""
    report = FOLDER / "reports" / "single"
    words = ["-m", "conformance.cli", "run", *AT_TARGET, "--report-dir", str(report), *scene.words]
    _finish("single", _start(inside("h1", sys.executable, *words), "single"))
    scene.single = _report(report)
    taken = f"a connection to the target takes {_connecting():.0f} ms"
    print(f"network       3 hosts, {scene.lan.latency_ms:g} ms apart; {taken}")
    print(f"single        {_counts(scene.single)}, all on {HOSTS['h1']}")


def _spread(scene: Scene, connection: str) -> None:
    before = _seen()
    name = f"spread-{connection}"
    _finish(name, _pytest(scene, connection, name))
    _judge(scene, name, before)


def _cut(scene: Scene, connection: str) -> None:
    before = _seen()
    name = f"cut-{connection}"
    events = FOLDER / "reports" / name / "events.ndjson"
    process = _pytest(scene, connection, name, "--rate", str(scene.rate))
    enough = len(scene.single["cases"]) // 2
    _wait("verdicts", lambda: process.poll() is not None or (events.exists() and len(_finished(events)) >= enough))
    if process.poll() is not None:
        _finish(name, process)
        raise HostsError(f"{name} ended before anything could be cut")
    reported = len(_finished(events))
    scene.lan.cut(CUT)
    started = time.monotonic()
    _finish(name, process)
    later = time.monotonic() - started
    print(f"{name:<14}{HOSTS[CUT]} was cut off after {reported} verdicts; the run ended {later:.1f} s later")
    if "(lost)" not in _judge(scene, name, before):
        scene.faults.append(f"{name}: nobody noticed that the host was cut off")
    scene.lan.reconnect(CUT)


def _shards(scene: Scene) -> None:
    """Run a part on each host, all at once, and merge."""
    folders = [FOLDER / "reports" / f"shard-{number}" for number in range(1, len(HOSTS) + 1)]
    processes = []
    for number, (host, folder) in enumerate(zip(HOSTS, folders, strict=True), 1):
        words = ["-m", "conformance.cli", "run", *AT_TARGET, "--report-dir", str(folder), *scene.words]
        words += ["--shard", f"{number}/{len(HOSTS)}"]
        processes.append(_start(inside(host, sys.executable, *words), folder.name))
    for folder, process in zip(folders, processes, strict=True):
        _finish(folder.name, process)
    whole = FOLDER / "reports" / "merged"
    merge = [sys.executable, "-m", "conformance.cli", "report", "merge", *map(str, folders), "-o", str(whole)]
    _finish("merged", _start(merge, "merged"))
    parts = ", ".join(
        f"{address} {len(_report(folder)['cases'])}" for address, folder in zip(HOSTS.values(), folders, strict=True)
    )
    report = _report(whole)
    print(f"shards        by host: {parts}; merged: {_counts(report)}")
    same = _compared(report) == _compared(scene.single)
    for name in ("summary", "coverage", "disagreements"):
        same = same and report.get(name) == scene.single.get(name)
    print(f"              merged {'==' if same else '!='} single, but for times and ids")
    if not same:
        scene.faults.append("the merged report differs from that of one host")


def _pytest(scene: Scene, connection: str, name: str, *words: str) -> subprocess.Popen[bytes]:
    cases = str(SUITE / "cases")
    tx = [word for host in HOSTS for word in ("--tx", _tx(connection, host))]
    return _start(
        [
            *(sys.executable, "-m", "pytest", *scene.folders, "-d", *tx, "--rsyncdir", cases),
            *("-W", "ignore:The --rsyncdir:DeprecationWarning", "-p", "no:cacheprovider", *scene.selected),
            *(*AT_TARGET, f"--report-dir={FOLDER / 'reports' / name}", f"--host-timeout-s={scene.silence_s}", *words),
        ],
        name,
    )


def _judge(scene: Scene, name: str, before: dict[str, int]) -> str:
    """Hold a report against that of one host: each case once, with the same verdict. Return what it says of hosts."""
    folder = FOLDER / "reports" / name
    times = Counter(_finished(folder / "events.ndjson"))
    wanted = {case["id"]: case["verdict"] for case in scene.single["cases"]}
    report = _report(folder)
    lost = sorted(wanted.keys() - times.keys())
    twice = sorted(case for case, count in times.items() if count > 1)
    other = [case["id"] for case in report["cases"] if case["verdict"] != wanted.get(case["id"])]
    errors = report["summary"]["error"]
    log = (FOLDER / f"{name}.log").read_text(encoding="utf-8", errors="replace")
    hosts = next((line for line in log.splitlines() if line.startswith("cases by host: ")), "nothing said of hosts")
    sent = Counter(_seen()) - Counter(before)
    requests = ", ".join(f"{host} {count}" for host, count in sorted(sent.items()))
    print(f"{name:<14}{_counts(report)}")
    print(f"              {hosts}")
    print(f"              requests that the target saw: {requests}")
    listed = {"lost": lost, "counted twice": twice, "other verdict": other}
    said = "; ".join(f"{what}: {', '.join(ids) or 'none'}" for what, ids in listed.items())
    print(f"              {said}; errors: {errors}")
    print(f"              pytest: {log.strip().splitlines()[-1].strip('= ')}")
    scene.faults += [f"{name}: {what}: {', '.join(ids)}" for what, ids in listed.items() if ids]
    if errors:
        scene.faults.append(f"{name}: {errors} errors")
    return hosts


# The hosts.


def _prepare(connection: str) -> None:
    """Start on each host what takes workers."""
    keys = FOLDER / "ssh"
    if connection == "ssh":
        keys.mkdir()
        Path("/run/sshd").mkdir()
        for name in ("host", "user"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / name))
        known = (keys / "host.pub").read_text(encoding="utf-8")
        (keys / "known").write_text("".join(f"{address} {known}" for address in HOSTS.values()), encoding="utf-8")
        (keys / "config").write_text(
            f"IdentityFile {keys}/user\nUserKnownHostsFile {keys}/known\nBatchMode yes\nStrictHostKeyChecking yes\n",
            encoding="utf-8",
        )
    for host, address in HOSTS.items():
        folder = FOLDER / host
        folder.mkdir(exist_ok=True)
        if connection == "ssh":
            (keys / f"{host}.conf").write_text(
                f"ListenAddress {address}\nHostKey {keys}/host\nAuthorizedKeysFile {keys}/user.pub\nStrictModes no\n"
                "UsePAM no\nPidFile none\nPasswordAuthentication no\n",
                encoding="utf-8",
            )
            words = [shutil.which("sshd") or "sshd", "-D", "-e", "-f", str(keys / f"{host}.conf")]
            port = 22
        else:
            words = [sys.executable, "-m", "execnet.script.socketserver", f"{address}:{PORT}"]
            port = PORT
        _start(inside(host, *words), f"{host}-{connection}", folder)
        _wait_for_port(host, port)


def _tx(connection: str, host: str) -> str:
    if connection == "socket":
        return f"socket={HOSTS[host]}:{PORT}//chdir={FOLDER / host}"
    there = f"python={sys.executable}//chdir={FOLDER / host}"
    return f"ssh=root@{HOSTS[host]}//ssh_config={FOLDER}/ssh/config//{there}"


# Processes, reports.


def _start(words: Sequence[str], name: str, folder: Path = SUITE) -> subprocess.Popen[bytes]:
    with (FOLDER / f"{name}.log").open("wb") as log:
        return subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603


def _finish(name: str, process: subprocess.Popen[bytes]) -> None:
    try:
        status = process.wait(MOST_S)
    except subprocess.TimeoutExpired:
        raise HostsError(f"{name} did not end within {MOST_S} s") from None
    if status != 0:
        log = (FOLDER / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        raise HostsError(f"{name} ended with status {status}:\n{log[-3000:]}")


def _wait_for_port(host: str, port: int) -> None:
    # Asked on the host: a connection to execnet's server would be taken for a controller.
    _wait(f"port {port} of {host}", lambda: f":{port} " in run(*inside(host, "ss", "-tln")))


def _wait(what: str, there: Callable[[], bool]) -> None:
    end = time.monotonic() + MOST_S
    while not there():
        if time.monotonic() > end:
            raise HostsError(f"waited {MOST_S} s for {what}")
        time.sleep(0.05)


def _report(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def _finished(events: Path) -> list[str]:
    """Return the ids of the cases that have a verdict, one for each time that it was written."""
    with events.open(encoding="utf-8") as lines:
        whole = [line for line in lines if line.startswith('{"event":"case_finished"') and line.endswith("\n")]
    return [json.loads(line)["case"]["id"] for line in whole]


def _compared(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: case[name] for name in COMPARED} for case in report["cases"]]


def _counts(report: dict[str, Any]) -> str:
    summary = report["summary"]
    parts = [f"{summary[name]} {name}" for name in summary if name != "total" and summary[name]]
    return f"{summary['total']} cases ({', '.join(parts)})"


def _seen() -> dict[str, int]:
    """Return how many requests the target had from each address."""
    connection = HTTPConnection(TARGET, TARGET_PORT, timeout=5)
    try:
        connection.request("GET", SEEN)
        seen: dict[str, int] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return seen


def _connecting() -> float:
    started = time.monotonic()
    socket.create_connection((TARGET, TARGET_PORT)).close()
    return (time.monotonic() - started) * 1000


if __name__ == "__main__":
    sys.exit(main())
