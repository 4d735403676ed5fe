"""Provider states on an account that cases share: what one could not take back decides no verdict of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from clouds import SECRET, Cloud, target_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer

FORCED = "CreateFlowLog/InvalidHdMonitorStatus/forced-hd-monitor-status"
AFTER = "CreateFlowLog/success/vpc"


class Failing:
    """Has some calls for provider states fail at a cloud.

    Args:
        cloud: The cloud.
        action: Which calls: `setup` or `teardown`.
        times: How many of them, the first ones; of others nothing is changed.
        answer: What they are answered with; `None` for a connection that is closed without an answer.
    """

    def __init__(self, cloud: Cloud, action: str, times: int, answer: tuple[int, str, bytes] | None) -> None:
        self.whole = cloud.ask
        self._action = f'"{action}"'.encode()
        self._answer = answer
        self.times = times
        cloud.ask = self._ask  # type: ignore[method-assign]

    def _ask(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        if target == "/_states" and self._action in body and b"unknown-state" not in body and self.times:
            self.times -= 1
            if self._answer is None:
                raise ConnectionResetError
            return self._answer
        return self.whole(method, target, body, headers)


@pytest.fixture
def cloud(reference: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("CLOUD_SECRET", SECRET)
    with Cloud(reference.endpoint) as cloud:
        monkeypatch.setenv("CLOUD_ID", cloud.account)
        yield cloud


PLAIN = (503, "text/html", b"<html>unavailable</html>")


@pytest.mark.parametrize(
    ("action", "times", "answer"),
    [("setup", 2, PLAIN), ("teardown", 2, (502, "text/plain", b"")), ("teardown", 3, None)],
)
def test_a_call_that_fails_for_now_decides_no_verdict(  # noqa: PLR0917 - fixtures
    action: str,
    times: int,
    answer: tuple[int, str, bytes] | None,
    cloud: Cloud,
    conformance: Command,
    tmp_path: Path,
) -> None:
    failing = Failing(cloud, action, times, answer)
    outcome = conformance.run("--target", target_file(tmp_path / "target.yaml", cloud), FORCED, AFTER)
    assert failing.times == 0
    assert outcome.verdicts == {FORCED: "pass", AFTER: "pass"}


def test_what_can_never_be_taken_back_makes_errors_and_no_mismatches(
    cloud: Cloud, conformance: Command, tmp_path: Path
) -> None:
    failing = Failing(cloud, "teardown", 1000, None)
    outcome = conformance.run("--target", target_file(tmp_path / "target.yaml", cloud), FORCED, AFTER)
    assert outcome.verdicts == {FORCED: "pass", AFTER: "error"}
    assert outcome.cases[AFTER]["reason"].startswith("teardown of state ")
    assert failing.times > 0
    cloud.ask = failing.whole  # type: ignore[method-assign]
