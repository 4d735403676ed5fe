"""A driver under check, the recording server behind it, and what may be said of the two."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from conformance.cases.sdk import Scripted
from conformance.core.exchange import Credentials
from conformance.sdk.child import Child
from conformance.sdk.environment import environment_to_run
from conformance.sdk.messages import read_answer
from conformance.sdk.process import DriverProcess
from conformance.sdk.proxy import WireRecorder
from conformance.sdk.verify import read_signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.core.exchange import DriverAnswer
    from conformance.sdk.verify import Signed

VERSION: Final = "2016-04-28"
TIMEOUT_S: Final = 5.0
END_S: Final = 5.0
BASE: Final = {
    "RegionId": "cn-hangzhou",
    "ResourceType": "VPC",
    "ResourceId": "vpc-1",
    "TrafficType": "All",
    "ProjectName": "project",
    "LogStoreName": "store",
}
"""What every call has: old releases of SDKs insist on these."""


class DifferenceError(Exception):
    """What came instead of what was expected."""


class Bench:
    """A driver, and the server that it calls."""

    def __init__(self, command: Sequence[str], folder: Path | None, grace_s: float, start_deadline_s: float) -> None:
        self._command = command
        self._folder = folder
        self._start_deadline_s = start_deadline_s
        self.process = DriverProcess(command, folder, grace_s=grace_s, start_deadline_s=start_deadline_s)
        self.recorder = WireRecorder("http://127.0.0.1:1", TIMEOUT_S)

    def close(self) -> None:
        """End the driver and the server."""
        self.process.close()
        self.recorder.close()

    def call(
        self,
        params: Mapping[str, Any],
        answer: Scripted,
        *,
        action: str = "CreateFlowLog",
        credentials: Credentials | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> tuple[DriverAnswer, list[Signed]]:
        """Have the driver call; return what it said, and the requests that arrived."""
        account = credentials or new_account()
        self.recorder.begin(answer)
        said = self.process.call(self.recorder.endpoint, action, VERSION, params, account, timeout_s)
        return said, self.arrived(account)

    def arrived(self, account: Credentials) -> list[Signed]:
        """Return the requests that arrived since the server was told its answer."""
        return [read_signed(each.request, account, each.received_at) for each in self.recorder.end()]

    @contextmanager
    def raw(self) -> Iterator[Raw]:
        """Start one more process, for lines that the harness itself does not write."""
        child = Child(self._command, self._folder, environment_to_run())
        try:
            yield Raw(child, self._start_deadline_s)
        finally:
            child.dispose()


class Raw:
    """A driver that is sent lines as they are."""

    def __init__(self, child: Child, within_s: float) -> None:
        self.child = child
        self._within_s = within_s

    def ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Send a message, not escaped, and return the answer."""
        line = json.dumps(message, ensure_ascii=False).encode() + b"\n"
        return read_answer(self.child.exchange(line, self._within_s), message["id"], message["command"])

    def must_end(self, *, ended: bool, after: str) -> str:
        """Return that it ended and wrote nothing more; raises `DifferenceError`."""
        if not ended:
            raise DifferenceError(f"it still runs {END_S:g} s after {after}")
        if self.child.leftover:
            raise DifferenceError(f"it wrote {self.child.leftover[:200]!r} after {after}")
        return f"it ended with status {self.child.exit_status()}"


def new_account() -> Credentials:
    """Return an account that nothing else has, with a token."""
    return Credentials(f"LTAI{uuid4().hex[:12]}", uuid4().hex, uuid4().hex)


def json_answer(status: int, body: Mapping[str, Any], delay_s: float = 0.0) -> Scripted:
    """Return an answer in JSON."""
    headers = {"Content-Type": "application/json;charset=utf-8"}
    return Scripted(status, headers, json.dumps(body).encode(), delay_s=delay_s)


def success_answer() -> tuple[Scripted, dict[str, str]]:
    """Return a success that no other call got, and its fields."""
    fields = {"RequestId": str(uuid4()).upper(), "Success": "true", "FlowLogId": f"fl-{uuid4().hex[:16]}"}
    return json_answer(200, fields), fields


def hold(what: str, came: object, *allowed: object) -> None:
    """Raise `DifferenceError` when a value is not among those allowed."""
    if came not in allowed:
        raise DifferenceError(f"{what} {came!r}, not {' or '.join(map(repr, allowed))}")


def the_one(requests: Sequence[Signed], action: str = "CreateFlowLog") -> Signed:
    """Return the only request, of this action; raises `DifferenceError`."""
    hold("requests that arrived:", len(requests), 1)
    hold("the action", requests[0].action, action)
    hold("the version", requests[0].version, VERSION)
    return requests[0]


def hold_success(said: DriverAnswer, fields: Mapping[str, str]) -> None:
    """Raise `DifferenceError` when a driver does not report the success with these fields."""
    hold("the outcome", said.outcome, "success")
    hold("the status", said.status, 200, None)
    hold("the request id", said.request_id, fields["RequestId"], None)
    body = said.body or {}
    for name in ("RequestId", "FlowLogId"):
        hold(f"{name} in the body", body.get(name), fields[name])
    unknown = sorted(set(body).difference(fields))
    if unknown:
        raise DifferenceError(f"fields in the body that the server did not send: {', '.join(unknown)}")
