"""A network of hosts on one machine: Linux network namespaces, joined by a switch that delays every frame.

Needs root, `ip` (iproute2) and /dev/net/tun. The delay is made here, not by `tc netem`, which many kernels lack: each
host has a TAP device, and `python lan.py --switch` carries frames between them.

    def work() -> int:                  # what is made here is gone when it ends, in whatever way it ends
        lan = Lan(latency_ms=20)
        lan.add("h1", "10.213.0.11")
        lan.start()
        subprocess.run(inside("h1", "ip", "address"))
        ...
    private(work)
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX: Final = 24
PRIVATE: Final = Path("/run")
"""A folder that is empty at the beginning of `private`, and gone afterwards. `ip netns` keeps its names there."""

_TUN: Final = Path("/dev/net/tun")
_TUNSETIFF: Final = 0x400454CA
_IFF_TAP: Final = 0x0002
_IFF_NO_PI: Final = 0x1000
_LONGEST_FRAME: Final = 65536
_MOST_AT_ONCE: Final = 256

_CLONE_NEWNS: Final = 0x00020000
_CLONE_NEWPID: Final = 0x20000000
_CLONE_NEWNET: Final = 0x40000000
_MS_REC_PRIVATE: Final = 0x4000 | 0x40000
_PR_SET_PDEATHSIG: Final = 1


def missing() -> str | None:
    """Return why no namespaces can be made here, or `None`."""
    if sys.platform != "linux":
        return "needs Linux"
    if os.geteuid() != 0:
        return "needs root, to make network namespaces"
    if shutil.which("ip") is None:
        return "needs ip (Debian: iproute2)"
    if not _TUN.exists():
        return f"needs {_TUN}"
    return None


def private(work: Callable[[], int]) -> int:
    """Run `work` in a child with network, mount and process namespaces of its own, and return its exit status.

    When the child ends, in whatever way, the kernel ends every process and removes every namespace made in it; and the
    child ends when this process does, also by SIGKILL.

    Raises:
        OSError: When the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def call(name: str, *words: object) -> None:
        if getattr(libc, name)(*words) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"{name}: {os.strerror(number)}")

    call("unshare", _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWNET)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL)
            call("mount", None, b"/", None, _MS_REC_PRIVATE, None)
            call("mount", b"tmpfs", bytes(PRIVATE), b"tmpfs", 0, None)
            run("ip", "link", "set", "lo", "up")
            status = work()
        except KeyboardInterrupt:
            status = 130
        except OSError as fault:
            print(f"{Path(sys.argv[0]).stem}: {fault}", file=sys.stderr)
        except Exception:  # noqa: BLE001 - the child must not go on as if it were its parent
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    while True:
        try:
            _, ended = os.waitpid(child, 0)
            return os.waitstatus_to_exitcode(ended)
        except KeyboardInterrupt:
            os.kill(child, signal.SIGINT)


def run(*words: str) -> str:
    """Run a command and return what it printed; raises `subprocess.CalledProcessError` with its message."""
    return subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout  # noqa: S603 - ours


class Lan:
    """Hosts, each a network namespace with an address, and the switch between them.

    Attributes:
        latency_ms: How long a packet and its answer take together, between any two hosts.
    """

    def __init__(self, latency_ms: float) -> None:
        self.latency_ms = latency_ms
        self._ports: list[int] = []
        self._switch: subprocess.Popen[bytes] | None = None

    def add(self, name: str, address: str) -> None:
        """Make a host. The namespace that this process is in is a host too: the one with an empty name."""
        port = os.open(_TUN, os.O_RDWR | os.O_NONBLOCK)
        device = f"tap{len(self._ports)}"
        fcntl.ioctl(port, _TUNSETIFF, struct.pack("16sH22x", device.encode(), _IFF_TAP | _IFF_NO_PI))
        self._ports.append(port)
        inside: tuple[str, ...] = ()
        if name:
            run("ip", "netns", "add", name)
            run("ip", "link", "set", device, "netns", name)
            inside = ("-n", name)
            run("ip", *inside, "link", "set", "lo", "up")
        run("ip", *inside, "link", "set", device, "name", "lan0")
        run("ip", *inside, "addr", "add", f"{address}/{PREFIX}", "dev", "lan0")
        run("ip", *inside, "link", "set", "lan0", "up")

    def start(self) -> None:
        """Start the switch."""
        words = [sys.executable, __file__, "--switch", str(self.latency_ms / 2000), *map(str, self._ports)]
        self._switch = subprocess.Popen(words, pass_fds=self._ports)  # noqa: S603 - ours

    def cut(self, name: str) -> None:
        """Take a host off the network: nothing reaches it, nothing leaves it, and no connection is closed."""
        run("ip", "-n", name, "link", "set", "lan0", "down")

    def reconnect(self, name: str) -> None:
        """Take a host back."""
        run("ip", "-n", name, "link", "set", "lan0", "up")


def inside(name: str, *words: str) -> list[str]:
    """Return the command line that runs a command on a host."""
    return ["ip", "netns", "exec", name, *words]


def _carry(delay_s: float, ports: list[int]) -> None:
    """Carry frames between ports until killed, each after a delay: to where its address was seen, or everywhere."""
    selector = selectors.DefaultSelector()
    for port in ports:
        selector.register(port, selectors.EVENT_READ)
    seen: dict[bytes, int] = {}
    waiting: deque[tuple[float, int, bytes]] = deque()
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, origin, frame = waiting.popleft()
            known = seen.get(frame[:6])
            for port in (known,) if known is not None else ports:
                if port != origin:
                    _write(port, frame)
        for key, _ in selector.select(max(0.0, waiting[0][0] - time.monotonic()) if waiting else None):
            for frame in _read(key.fd):
                seen[frame[6:12]] = key.fd
                waiting.append((time.monotonic() + delay_s, key.fd, frame))


def _read(port: int) -> list[bytes]:
    frames: list[bytes] = []
    while len(frames) < _MOST_AT_ONCE:
        try:
            frames.append(os.read(port, _LONGEST_FRAME))
        except OSError:  # no more for now, or the link is down
            break
    return frames


def _write(port: int, frame: bytes) -> None:
    with suppress(OSError):  # the link is down: the frame is lost, as on any cable
        os.write(port, frame)


if __name__ == "__main__" and sys.argv[1:2] == ["--switch"]:
    _carry(float(sys.argv[2]), [int(word) for word in sys.argv[3:]])
