"""Ctrl-C and SIGTERM on an account that outlives the run: while a request is sent, judged or cleaned up after."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from clouds import SECRET, THROTTLED, Cloud, target_file

from conformance.core.termination import TERMINATION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer

CASE = "CreateFlowLog/success/vpc"
OTHER = "CreateFlowLog/success/default-interval"
HANGS_S = 40.0
SOON_S = 20.0
"""Far less than what is not waited for, and far more than the end of a run takes, on a machine that is busy too."""
Answer = tuple[int, str, bytes]


class Signals:
    """Sends this process signals when a cloud is asked for something, and has it answer that badly from then on.

    Args:
        cloud: The cloud.
        operation: What it is asked for: the beginning of the name of an operation.
        badly: How it answers: `hangs`, `throttles`, or as ever.
        numbers: The signals, one after another; the cloud waits a little after each.
        after: The operation that must have been asked for before.
    """

    def __init__(
        self, cloud: Cloud, operation: str, badly: str, numbers: tuple[int, ...], after: str = "Describe"
    ) -> None:
        self._whole, cloud.ask = cloud.ask, self._ask  # type: ignore[method-assign]
        self._operation = operation
        self._badly = badly
        self._numbers = list(numbers)
        self._after = after
        self._seen = False
        self.whole = self._whole
        self.last = 0.0

    def _ask(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        self._seen = self._seen or f"Action={self._after}" in target
        if not self._seen or f"Action={self._operation}" not in target:
            return self._whole(method, target, body, headers)
        while self._numbers:
            self.last = time.monotonic()
            os.kill(os.getpid(), self._numbers.pop(0))
            time.sleep(0.1)
        if self._badly == "hangs":
            time.sleep(HANGS_S)
        if self._badly == "throttles":
            code, message = THROTTLED
            return 400, "application/json", json.dumps({"RequestId": "A", "Code": code, "Message": message}).encode()
        return self._whole(method, target, body, headers)


@pytest.fixture
def cloud(reference: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("CLOUD_SECRET", SECRET)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(TERMINATION, "arrived", False)
    TERMINATION.install()
    try:
        with Cloud(reference.endpoint) as cloud:
            monkeypatch.setenv("CLOUD_ID", cloud.account)
            yield cloud
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        TERMINATION.forget()


def stopped(signals: Signals, cloud: Cloud, conformance: Command, folder: Path) -> tuple[float, list[str], list[str]]:
    """Run two cases; return the seconds from the last signal to the end, what is left, and the notes about it."""
    outcome = conformance.run("--target", target_file(folder / "target.yaml", cloud), CASE, OTHER)
    ended = time.monotonic() - signals.last
    cloud.ask = signals.whole  # type: ignore[method-assign]
    assert (outcome.status, outcome.err) == (130, "")
    assert outcome.report["complete"] is False
    assert cloud.touched() == set()
    return ended, cloud.left(), [note["text"] for note in outcome.report["notes"] if note["key"] == "cleanup.left"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("operation", "after"), [("Create", ""), ("Delete", ""), ("Describe", "Create")])
def test_one_signal_leaves_nothing(  # noqa: PLR0917 - fixtures
    number: int, operation: str, after: str, cloud: Cloud, conformance: Command, tmp_path: Path
) -> None:
    signals = Signals(cloud, operation, "", (number,), after)
    ended, left, notes = stopped(signals, cloud, conformance, tmp_path)
    assert (left, notes) == ([], [])
    assert ended < SOON_S


@pytest.mark.deep
@pytest.mark.parametrize("badly", ["hangs", "throttles"])
@pytest.mark.parametrize("operation", ["Create", "Delete", "D"])
def test_after_one_signal_a_service_that_does_not_help_is_not_waited_for(
    operation: str, badly: str, cloud: Cloud, conformance: Command, tmp_path: Path
) -> None:
    signals = Signals(cloud, operation, badly, (signal.SIGINT,), "Create")
    ended, left, notes = stopped(signals, cloud, conformance, tmp_path)
    assert ended < SOON_S
    assert len(left) <= len(notes) == 1
    assert notes[0].startswith("1 of what the run created is, or may be, still there")


def test_after_one_signal_listings_are_tried_for_a_little_while(
    cloud: Cloud, conformance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.engine.cleanup.patience._HURRIED_S", 0.2)
    signals = Signals(cloud, "D", "throttles", (signal.SIGINT,), "Create")
    ended, left, notes = stopped(signals, cloud, conformance, tmp_path)
    assert ended < SOON_S
    assert (len(left), len(notes)) == (1, 1)


@pytest.mark.parametrize(
    ("operation", "badly"), [("Create", "hangs"), ("Delete", "hangs"), ("D", "hangs"), ("D", "throttles")]
)
@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_at_once(  # noqa: PLR0917 - fixtures
    operation: str, badly: str, first: int, cloud: Cloud, conformance: Command, tmp_path: Path
) -> None:
    signals = Signals(cloud, operation, badly, (first, signal.SIGINT), "Create")
    ended, left, notes = stopped(signals, cloud, conformance, tmp_path)
    assert ended < SOON_S
    assert len(left) <= len(notes) == 1


def test_cleanup_that_is_stopped_says_that_it_did_not_look_at_all(
    cloud: Cloud, conformance: Command, tmp_path: Path
) -> None:
    stopped(Signals(cloud, "Delete", "hangs", (signal.SIGINT,) * 2, "Create"), cloud, conformance, tmp_path)
    TERMINATION.forget()
    signals = Signals(cloud, "Delete", "hangs", (signal.SIGINT,))
    words = ("cleanup", str(tmp_path / "report" / "ledger.ndjson"), "--target", str(tmp_path / "target.yaml"))
    cleaned = conformance(*words)
    cloud.ask = signals.whole  # type: ignore[method-assign]
    assert (cleaned.status, cleaned.out) == (130, "stopped: what is not named here is, or may be, still there\n")
    assert time.monotonic() - signals.last < SOON_S
    assert (conformance(*words).status, cloud.left()) == (0, [])


def test_what_other_cases_came_after_was_looked_for_and_is_not_waited_for_again(
    cloud: Cloud, conformance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.engine.cleanup.leftovers.SOON_S", 0.1)
    lost = [CASE]
    whole = cloud.ask

    def ask(method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        if "Action=CreateFlowLog" in target and lost:
            lost.clear()
            raise ConnectionResetError  # it is not executed
        return whole(method, target, body, headers)

    cloud.ask = ask  # type: ignore[method-assign]
    signals = Signals(cloud, "Delete", "", (signal.SIGINT,))
    ended, left, notes = stopped(signals, cloud, conformance, tmp_path)
    assert (left, notes) == ([], [])
    assert ended < 2
