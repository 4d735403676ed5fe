"""A ledger that was changed after it was written: one message and nothing sent, or read as it is."""

from __future__ import annotations

import json
import os
import random
from typing import TYPE_CHECKING

import pytest
from tampered import tampered_lines

from conformance.core.errors import ExitStatus, ReportError
from conformance.core.exchange import Credentials
from conformance.engine.cleanup.patience import CleanupPatience
from conformance.target.ledger import Creation, Ledger, account_hash, read_ledger, repair

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with a line of each kind."""
    path = tmp_path / "ledger.ndjson"
    written = Ledger(path, "run", "http://127.0.0.1:1")
    written.before("account", "CreateFlowLog", ["fl-1", "fl-2"])
    first, second = (written.intent("account", "CreateFlowLog", mark) for mark in ("one", "two"))
    written.created("account", first, {"FlowLogId": "fl-3"})
    written.nothing("account", second)
    written.deleted("account", Creation("CreateFlowLog", {"FlowLogId": "fl-3"}))
    return path


def test_every_change_of_a_ledger_is_refused_or_read_as_texts(ledger: Path) -> None:
    changes = tampered_lines(ledger.read_bytes())
    assert len(changes) > 500
    refused = read = 0
    for change in changes:
        ledger.write_bytes(change.content)
        try:
            contents = read_ledger(ledger)
        except ReportError as fault:
            refused += str(ledger) in str(fault) and "\n" not in str(fault)
        else:
            fields = [name + value for _, each in contents.there for name, value in each.fields.items()]
            marks = [each.mark + each.operation for _, each in contents.open]
            read += bool(json.dumps([fields, marks], ensure_ascii=False).encode())
    assert refused + read == len(changes)
    assert refused > read


def test_cleanup_says_one_thing_about_a_changed_ledger(
    ledger: Path, quick: Command, reference: ReferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARED_ID", "LTAI5tTampered")
    monkeypatch.setenv("SHARED_SECRET", "aB3xK9mP2qR7sT5vW8yZ1cD4eF6gH0")
    monkeypatch.setattr("conformance.engine.cleanup.sweep.LATE_S", 0.1)
    monkeypatch.setattr("conformance.engine.cleanup.sweep.CleanupPatience", lambda: CleanupPatience(within_s=0.3))
    (ledger.parent / "target.yaml").write_text(
        f"endpoint: {reference.endpoint}\n"
        "credentials: {access_key_id_env: SHARED_ID, access_key_secret_env: SHARED_SECRET}\n",
        encoding="utf-8",
    )
    account = account_hash(Credentials("LTAI5tTampered", "aB3xK9mP2qR7sT5vW8yZ1cD4eF6gH0"))
    real = ledger.read_bytes().replace(b"http://127.0.0.1:1", reference.endpoint.encode())
    changes = tampered_lines(real.replace(b'"account": "account"', f'"account": "{account}"'.encode()))
    wrong = []
    for change in random.Random(0).sample(changes, 12):  # noqa: S311 - a sample
        ledger.write_bytes(change.content)
        done = quick("cleanup", str(ledger), "--target", str(ledger.parent / "target.yaml"))
        one_line = done.err.startswith("conformance: ") and done.err.count("\n") == 1
        if not (done.status in (0, 1) and not done.err) and not (done.status == ExitStatus.BAD_INPUT and one_line):
            wrong.append(f"{change.what}: {done.status} {done.err[-300:]}")
    assert wrong == []


def test_a_ledger_that_is_a_link_is_neither_read_nor_repaired(ledger: Path) -> None:
    torn = ledger.read_bytes() + b"torn"
    ledger.write_bytes(torn)
    link = ledger.with_name("link")
    link.symlink_to(ledger)
    for read in (read_ledger, repair):
        with pytest.raises(ReportError, match="link"):
            read(link)
    assert ledger.read_bytes() == torn


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_a_ledger_that_is_no_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "ledger.ndjson"
    os.mkfifo(path) if kind == "pipe" else path.mkdir()
    for read in (read_ledger, repair):
        with pytest.raises(ReportError, match=r"no regular file|directory"):
            read(path)


def test_what_was_there_before_a_run_is_what_was_there_before_each_of_its_processes(tmp_path: Path) -> None:
    """A process that looks later sees what another one has created meanwhile."""
    path = tmp_path / "ledger.ndjson"
    first, second = Ledger(path, "run", "http://h"), Ledger(path, "run", "http://h")
    first.before("account", "CreateThing", ["old"])
    first.created("account", first.intent("account", "CreateThing", "conformance-run-1"), {"ThingId": "new"})
    second.before("account", "CreateThing", ["new", "old"])
    assert list(read_ledger(path).before.values()) == [frozenset({"old"})]
