"""A service that shows what the account has in no way that can be read: the end of a run does not wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from clouds import SECRET, Cloud, target_file

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer

MOST = 40
"""Lists in two times two seconds; within the 15 seconds for what is throttled there would be three times as many."""


@pytest.mark.slow
def test_what_is_never_shown_is_left_to_cleanup_and_told(
    reference: ReferenceServer, conformance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    monkeypatch.setenv("CLOUD_SECRET", SECRET)
    with Cloud(reference.endpoint) as cloud:
        monkeypatch.setenv("CLOUD_ID", cloud.account)
        whole = cloud.ask
        created = False

        def ask(method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
            nonlocal asked, created
            created = created or "Action=CreateFlowLog" in target
            if created and "Action=DescribeFlowLogs" in target:
                asked += 1
                raise ConnectionResetError
            return whole(method, target, body, headers)

        monkeypatch.setattr(cloud, "ask", ask)
        words = ("--target", target_file(tmp_path / "target.yaml", cloud), "CreateFlowLog/success/vpc")
        outcome = conformance.run(*words)
        monkeypatch.setattr(cloud, "ask", whole)
        assert outcome.status == 0  # the case passed; what it left is a note
        assert "1 of what the run created is, or may be, still there" in outcome.out
        assert len(cloud.left()) == 1
        assert 4 <= asked <= MOST
        ledger = str(outcome.folder / "ledger.ndjson")
        cleaned = conformance("cleanup", ledger, "--target", str(tmp_path / "target.yaml"))
        assert (cleaned.status, cloud.left(), cloud.touched()) == (0, [], set())
