"""A driver as a process: started, asked one thing at a time, and started again after it failed."""

from __future__ import annotations

import itertools
import threading
import weakref
from typing import TYPE_CHECKING, Final

from conformance.core.errors import DriverError
from conformance.core.exchange import DriverAnswer, Unsupported
from conformance.core.redaction import Redactor, known_secrets
from conformance.sdk.environment import environment_to_run
from conformance.sdk.exception_line import exception_line
from conformance.sdk.line_process import LineProcess, LineProcessError
from conformance.sdk.messages import (
    Hello,
    MessageError,
    ModelField,
    answer_of,
    hello_of,
    model_of,
    read_answer,
    write_request,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from conformance.core.exchange import Credentials
    from conformance.sdk.messages import Answer

__all__ = [
    "DriverAnswer",
    "DriverFailedError",
    "DriverProcess",
    "DriverStartError",
    "Hello",
    "ModelField",
    "Unsupported",
]

GRACE_S: Final = 5.0
"""How much longer than the timeout of a call its answer may take."""
START_DEADLINE_S: Final = 60.0
"""Long enough for a virtual machine that starts while the host is busy; for reading a model too."""
STOP_S: Final = 2.0
SAYS: Final = ", and says "
"""What is before the line of an exception in what is told of a driver that failed."""
_NAMELESS: Final = "the driver"
_SHOWN_LINES: Final = 20
_SHOWN: Final = 200
_READ_FOR_MESSAGE: Final = 100_000


class DriverFailedError(DriverError):
    """A driver broke the protocol, or had ended: nothing is known of the call. Its process has been ended."""


class DriverStartError(DriverFailedError):
    """A driver could not be started: there is no such program, or it wrote nothing at all."""


class DriverProcess:
    """A driver that runs, or will when it is first asked. One call at a time: others wait.

    Args:
        command: The program and its arguments.
        folder: Its working directory; that of this process unless given.
        name: What messages call it.
        grace_s: How much longer than its timeout a call may take.
        start_deadline_s: How long it may take to start, and to read a model.
        secrets: What no variable of its environment, and no message, may hold.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path | None = None,
        *,
        name: str = _NAMELESS,
        grace_s: float = GRACE_S,
        start_deadline_s: float = START_DEADLINE_S,
        secrets: Iterable[str] = (),
    ) -> None:
        self._command = tuple(command)
        self._folder = folder
        self._name = name
        self._grace_s = grace_s
        self._start_deadline_s = start_deadline_s
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._process: LineProcess | None = None
        self._hello: Hello | None = None
        self._closed = False
        self._secrets = frozenset(secrets)
        self._redactor = Redactor(self._secrets)
        self._finalizer: weakref.finalize[[], DriverProcess] | None = None

    @property
    def hello(self) -> Hello:
        """What the driver says about itself; it is started for that if it has not been.

        Raises:
            DriverFailedError: When it cannot be started; `DriverStartError` when it wrote nothing.
        """
        with self._lock:
            self._running()
            if self._hello is None:
                raise AssertionError("a driver that runs has said hello")
            return self._hello

    @property
    def process_id(self) -> int | None:
        """The id of its process, `None` while there is none."""
        process = self._process
        return None if process is None else process.process_id

    def call(  # noqa: PLR0917 - the fields of the message, in its order
        self,
        endpoint: str,
        action: str,
        version: str,
        params: Mapping[str, object],
        credentials: Credentials,
        timeout_s: float,
        product: str = "",
    ) -> DriverAnswer:
        """Have the SDK call an operation, and return what its caller got.

        Args:
            endpoint: Where to.
            action: The operation.
            version: The version of its API.
            params: Its parameters as a case has them: text, numbers, booleans, lists, mappings.
            credentials: The account that calls.
            timeout_s: How long connecting and reading may take.
            product: The product; that of the SDK when it is empty.

        Raises:
            DriverFailedError: When the driver crashed, hung, answered another id, or broke the protocol. The next call
                starts it again.
            ValueError: When the parameters hold what JSON cannot.
        """
        fields = {
            "endpoint": endpoint,
            "action": action,
            "version": version,
            "params": dict(params),
            "credentials": {
                "access_key_id": credentials.access_key_id,
                "access_key_secret": credentials.access_key_secret,
                "security_token": credentials.security_token,
            },
            "timeout_s": timeout_s,
            **({"product": product} if product else {}),
        }
        with self._lock:
            self._redactor |= Redactor.of(credentials)
            return answer_of(self._exchange(self._running(), "call", fields, timeout_s + self._grace_s))

    def model(self, action: str, version: str = "", product: str = "") -> tuple[ModelField, ...] | None:
        """Return the request fields of the SDK's model of an operation, `None` when it has none.

        Args:
            action: The operation.
            version: The version of its API; that of the SDK when it is empty.
            product: The product; that of the SDK when it is empty.

        Raises:
            DriverFailedError: As `call`.
        """
        named = {"action": action, "version": version, "product": product}
        fields = {name: value for name, value in named.items() if value}
        with self._lock:
            return model_of(self._exchange(self._running(), "model", fields, self._start_deadline_s))

    def close(self) -> None:
        """Ask the driver to stop, then end it. A call under way in another thread fails; no further one is made."""
        self._closed = True
        if not self._lock.acquire(blocking=False):
            process = self._process
            if process is not None:
                process.kill()
            return
        try:
            process = self._process
            if process is not None:
                number = next(self._numbers)
                try:
                    process.exchange(write_request({"id": number, "command": "stop"}), STOP_S)
                    process.end_of_input(STOP_S)
                except LineProcessError:
                    pass
                finally:
                    self._drop()
        finally:
            self._lock.release()

    def _running(self) -> LineProcess:
        if self._closed:
            raise DriverFailedError(f"{self._name} has been closed")
        if self._process is None:
            try:
                process = LineProcess(self._command, self._folder, environment_to_run(secrets=self._secrets))
            except OSError as fault:
                what = f"{self._name} cannot be started: {self._command[0]}: {fault.strerror or fault}"
                raise DriverStartError(what, hint="check the path") from None
            self._process = process
            self._finalizer = weakref.finalize(self, process.dispose)
            self._hello = hello_of(self._exchange(process, "start", {}, self._start_deadline_s))
        return self._process

    def _exchange(self, process: LineProcess, command: str, fields: Mapping[str, object], within_s: float) -> Answer:
        number = next(self._numbers)
        request = write_request({"id": number, "command": command, **fields})
        line = None
        try:
            line = process.exchange(request, within_s)
            return read_answer(line, number, command)
        except (LineProcessError, MessageError) as fault:
            stderr = (process.first_stderr(), process.last_stderr())
            wrote = process.leftover if line is None else line
            self._drop()
            kind = DriverStartError if command == "start" and not wrote else DriverFailedError
            raise kind(self._explain(str(fault), command, wrote, stderr)) from None
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        """End the process, and whatever it started."""
        process, self._process = self._process, None
        if self._finalizer is not None:
            self._finalizer.detach()
            self._finalizer = None
        if process is not None:
            process.dispose()

    def _explain(self, fault: str, asked_for: str, wrote: bytes, stderr: tuple[str, str]) -> str:
        """Return what went wrong, with what it wrote, and of its standard error what a person needs most.

        Args:
            fault: What it did.
            asked_for: What it was asked to do.
            wrote: What it wrote instead of an answer.
            stderr: The beginning since its last answer, and the end.
        """
        # Secrets go before a line is shortened: it could be cut in the middle of one.
        line = _shortened(" ".join(self._clean(wrote[:_READ_FOR_MESSAGE].decode(errors="replace")).split()), repr)
        first, last = map(self._clean, stderr)
        raised = _shortened(" ".join((exception_line(first) or exception_line(last)).split()))
        text = self._did(self._clean(fault), asked_for, line if wrote else "", raised)
        lines = _last_lines(last)
        return text + (f"\nits standard error ends:\n{lines}" if lines else "")

    def _did(self, did: str, asked_for: str, line: str, raised: str) -> str:
        """Return the first line of a message as one sentence, which is recognised as a whole where it is translated.

        "the driver" is no name there: its first word would be taken for one.
        """
        if self._name == _NAMELESS:
            if raised and line:
                return f"the driver {did} when asked to {asked_for}, and says {raised}; it wrote {line}"
            if raised:
                return f"the driver {did} when asked to {asked_for}, and says {raised}"
            return f"the driver {did} when asked to {asked_for}" + (f"; it wrote {line}" if line else "")
        if raised and line:
            return f"{self._name} {did} when asked to {asked_for}, and says {raised}; it wrote {line}"
        if raised:
            return f"{self._name} {did} when asked to {asked_for}, and says {raised}"
        return f"{self._name} {did} when asked to {asked_for}" + (f"; it wrote {line}" if line else "")

    def _clean(self, text: str) -> str:
        return (self._redactor | known_secrets()).text(text)  # its latest request, too, which was signed meanwhile


def _shortened(text: str, shown: Callable[[str], str] = str) -> str:
    return f"{shown(text[:_SHOWN])}{'…' if len(text) > _SHOWN else ''}"


def _last_lines(text: str) -> str:
    lines: Iterable[str] = [line.rstrip()[:_SHOWN] for line in text.splitlines() if line.strip()][-_SHOWN_LINES:]
    return "\n".join(lines)
