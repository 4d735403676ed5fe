"""The reference server as other code uses it: a child process that lives as long as a `with` block."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Final, Self

from conformance.contract.languages import BOTH
from conformance.core.child_environment import without_secrets
from conformance.core.errors import ExitStatus, HarnessError, TargetError, UsageError
from conformance.server.options import DEFAULT_DELAY, RESET_PATH, STATES_PATH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Docs
    from conformance.core.errors import ConformanceError

START_DEADLINE_S: Final = 60.0
"""Long enough for a machine on which twenty others work: a start takes about half a second."""
EFFECTS_WITHIN_S: Final = 2.0
"""Seconds until a change shows in what other operations answer: several times what a resource takes to be ready."""
_LAST_WORDS: Final = 2000


def start_child(options: str, words: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the process of a server; it is told its options as JSON, and what it complains of goes to `words`.

    They go through its standard input: what a system takes as an argument is too short for thousands of operations.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "conformance.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=words,
        env=without_secrets(),
    )
    with suppress(OSError):  # one that has ended already says why in its words
        assert child.stdin is not None  # noqa: S101 - it is a pipe
        child.stdin.write(options.encode() + b"\n")
        child.stdin.flush()
    return child


class ReferenceServer:
    """The reference server in a process of its own, on a free port of this host.

    A process, so that the server and the client under it do not share one interpreter's time, and so that nothing
    that a server does wrong can stay behind.

    Args:
        follow: Which documents it follows.
        faults: The names of the faults that it has.
        activation_delay: Seconds until a new resource is active.
        start_deadline_s: Seconds that it may take to accept connections.
        operations: What it is asked for, each as in `choose_behaviour`.
        expected: The operations whose plans it works out before they are called.

    Attributes:
        told: What is wrong with files of behaviours that it does not need, once it is started.

    Example:
        with ReferenceServer(follow=BOTH) as server:
            requests.get(server.endpoint, ...)
    """

    def __init__(
        self,
        follow: Docs = BOTH,
        faults: tuple[str, ...] = (),
        activation_delay: float = DEFAULT_DELAY,
        *,
        start_deadline_s: float = START_DEADLINE_S,
        operations: Sequence[str] = (),
        expected: Sequence[OperationId] = (),
    ) -> None:
        self.endpoint = ""
        self.states_url = ""
        self.told: tuple[str, ...] = ()
        self._options = {
            "follow": follow,
            "faults": list(faults),
            "activation_delay": activation_delay,
            "operations": list(operations),
            "expected": list(expected),
        }
        self._deadline = start_deadline_s
        self._child: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None

    def begin(self) -> Self:
        """Start the process and wait for nothing, so that files can be read meanwhile; then use it with `with`."""
        if self._child is None:
            self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `stop`
            self._child = start_child(json.dumps(self._options), self._words)
        return self

    def __enter__(self) -> Self:
        """Start the server, unless it was begun, and wait until it accepts connections.

        Raises:
            TargetError: When it does not start, or not in time; with the last words of the process.
            UsageError: When what it is to follow, or a fault, cannot be.
            HarnessError: When it broke down before.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process. A server that has ended already, or never started, is fine."""
        child, self._child = self._child, None
        if child is not None:
            # It has nothing to save, and an orderly end would only wait for connections that nobody uses any more.
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
        words, self._words = self._words, None
        if words is not None:
            words.close()

    def set_state(self, state: str, **params: object) -> None:
        """Make a provider state hold.

        Args:
            state: Its name.
            params: Its parameters; without `access_key_id` it holds for every account.

        Raises:
            UsageError: When the server does not take it, with its words.
        """
        self._call(STATES_PATH, {"state": state, "params": params, "action": "setup"})

    def reset(self) -> None:
        """Forget every state and resource."""
        self._call(RESET_PATH, {})

    def _call(self, path: str, body: dict[str, object]) -> None:
        from http.client import HTTPConnection  # noqa: PLC0415 - a run does not need it

        connection = HTTPConnection(self.endpoint.removeprefix("http://"), timeout=self._deadline)
        try:
            connection.request("POST", path, json.dumps(body))
            answer = connection.getresponse()
            said = answer.read().decode(errors="replace")
        finally:
            connection.close()
        if answer.status != HTTPStatus.OK:
            raise UsageError(f"the reference server does not take it: {said}")

    def _start(self) -> None:
        self.begin()
        child = self._child
        assert child is not None  # noqa: S101 - it was begun
        # Killing a child that is late ends the wait for its line, on every platform alike.
        late = threading.Timer(self._deadline, child.kill)
        late.daemon = True
        late.start()
        try:
            line = child.stdout.readline() if child.stdout is not None else b""
        finally:
            late.cancel()
        if not line:
            raise self._not_started(child)
        ready = json.loads(line)
        self.endpoint, self.states_url, self.told = ready["endpoint"], ready["states_url"], tuple(ready["told"])

    def _not_started(self, child: subprocess.Popen[bytes]) -> ConformanceError:
        words = self._reason(child)
        if "Traceback" in words:  # a process without enough memory, or a bug
            return HarnessError("the reference server did not start", hint=words.splitlines()[-1][-_LAST_WORDS:])
        if child.returncode == ExitStatus.BAD_INPUT:
            return UsageError(words[-_LAST_WORDS:])
        return TargetError("the reference server did not start", hint=words[-_LAST_WORDS:])

    def _reason(self, child: subprocess.Popen[bytes]) -> str:
        status = child.wait()
        if self._words is None:
            return f"exit status {status}"
        self._words.seek(0)
        words = self._words.read().decode(errors="replace").strip()
        return words or f"it said nothing within {self._deadline:g} s; exit status {status}"
