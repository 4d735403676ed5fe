"""A driver under check with the recording proxy behind it, and what is required of its answers and requests."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self
from uuid import uuid4

from conformance.core.exchange import Credentials
from conformance.sdk.driver_process import DriverProcess
from conformance.sdk.environment import environment_to_run
from conformance.sdk.line_process import LineProcess
from conformance.sdk.messages import read_answer
from conformance.sdk.recording_proxy import RecordingProxy
from conformance.sdk.signed_request import read_signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.cases.sdk import Scripted
    from conformance.core.exchange import DriverAnswer
    from conformance.sdk.check.checked_operation import CheckedOperation
    from conformance.sdk.messages import Answer
    from conformance.sdk.signed_request import SignedRequest

TIMEOUT_S: Final = 5.0
END_S: Final = 5.0
_ZEROS: Final[tuple[object, ...]] = ("", 0, [], {})
"""How long a driver may take to end after it was asked to."""


class DifferenceError(Exception):
    """What was observed instead of what was expected."""


class DriverFixture:
    """A driver, and the proxy that it calls. Use as a context manager: leaving it ends both.

    Args:
        command: The program and its arguments.
        folder: Its working directory; that of this process unless given.
        operation: What it is called with.
        grace_s: How much longer than the timeout of a call its answer may take.
        start_deadline_s: How long it may take to start.

    Attributes:
        operation: What it is called with.
        process: The driver.
        proxy: What it calls.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path | None,
        operation: CheckedOperation,
        *,
        grace_s: float,
        start_deadline_s: float,
    ) -> None:
        self._command = command
        self._folder = folder
        self._start_deadline_s = start_deadline_s
        self.operation = operation
        self.process = DriverProcess(command, folder, grace_s=grace_s, start_deadline_s=start_deadline_s)
        self.proxy = RecordingProxy("http://127.0.0.1:1", TIMEOUT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.close()
        self.proxy.close()

    def call(
        self,
        params: Mapping[str, object],
        answer: Scripted,
        *,
        action: str | None = None,
        credentials: Credentials | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> tuple[DriverAnswer, list[SignedRequest]]:
        """Have the driver call an operation; return its answer, and the requests that arrived.

        Args:
            params: Parameters beside those of every call.
            answer: What the proxy answers.
            action: The operation; the checked one unless given.
            credentials: The account; a new one unless given.
            timeout_s: How long the SDK may wait.
        """
        account = credentials or new_account()
        action = action or self.operation.name
        params = {**self.operation.params, **params}
        self.proxy.begin(answer)
        observed = self.process.call(self.proxy.endpoint, action, self.operation.version, params, account, timeout_s)
        return observed, self.arrived(account)

    def arrived(self, account: Credentials) -> list[SignedRequest]:
        """Return the requests that arrived since the proxy was given its answer."""
        return [read_signed(each.request, account, each.received_at) for each in self.proxy.end()]

    def only_request(self, requests: Sequence[SignedRequest], action: str | None = None) -> SignedRequest:
        """Return the only request, of this action; raises `DifferenceError`."""
        require("the number of requests", len(requests), 1)
        require("the action", requests[0].action, action or self.operation.name)
        require("the version", requests[0].version, self.operation.version)
        return requests[0]

    def require_success(self, answer: DriverAnswer, fields: Mapping[str, str]) -> None:
        """Raise `DifferenceError` when a driver does not report the success with these fields."""
        require("the outcome", answer.outcome, "success")
        require("the status", answer.status, 200, None)
        require("the request id", answer.request_id, fields["RequestId"], None)
        body = answer.body or {}
        for name in ("RequestId", self.operation.id_field):
            require(f"the field {name} of the body", body.get(name), fields[name])
        # A type that cannot tell a zero from nothing gives its zero for what the server left out.
        unknown = sorted(name for name in set(body).difference(fields) if body[name] not in _ZEROS)
        if unknown:
            raise DifferenceError(f"fields in the body that the server did not send: {', '.join(unknown)}")

    @contextmanager
    def raw(self) -> Iterator[RawDriver]:
        """Start one more process, for lines that the harness itself does not write."""
        process = LineProcess(self._command, self._folder, environment_to_run())
        try:
            yield RawDriver(process, self._start_deadline_s)
        finally:
            process.dispose()


class RawDriver:
    """A driver that is sent lines as they are.

    Attributes:
        process: Its process.
    """

    def __init__(self, process: LineProcess, within_s: float) -> None:
        self.process = process
        self._within_s = within_s

    def send(self, number: int, command: str, **fields: object) -> Answer:
        """Send a message, not escaped, and return the answer."""
        message = {"id": number, "command": command, **fields}
        line = json.dumps(message, ensure_ascii=False).encode() + b"\n"
        return read_answer(self.process.exchange(line, self._within_s), number, command)

    def require_end(self, *, ended: bool, after: str) -> str:
        """Return that it ended and wrote nothing more; raises `DifferenceError`."""
        if not ended:
            raise DifferenceError(f"it still runs {END_S:g} s after {after}")
        if self.process.leftover:
            raise DifferenceError(f"it wrote {self.process.leftover[:200]!r} after {after}")
        return f"it ended with status {self.process.exit_status()}"


def new_account() -> Credentials:
    """Return an account that nothing else has, with a token."""
    return Credentials(f"LTAI{uuid4().hex[:12]}", uuid4().hex, uuid4().hex)


def require(what: str, observed: object, *allowed: object) -> None:
    """Raise `DifferenceError` when a value is not among those allowed."""
    if observed not in allowed:
        raise DifferenceError(f"{what} is {observed!r}, and should be {' or '.join(map(repr, allowed))}")
