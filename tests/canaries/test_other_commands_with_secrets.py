"""The commands beside `run`: property tests, cleanup, and those that read what a run wrote."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from echoing import ACCOUNTS, Echo, canaries, target_text, written
from servers import Server

from conformance.core.exchange import Credentials
from conformance.target.ledger import Ledger, account_hash

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command


@pytest.fixture(autouse=True)
def _accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ACCOUNTS.items():
        monkeypatch.setenv(name, value)


def test_property_tests_write_no_secret(conformance: Command, tmp_path: Path) -> None:
    echo = Echo()
    with Server(echo.answer) as server:
        (tmp_path / "target.yaml").write_text(target_text(server, timeout_s=3))
        words = (
            "--target",
            "target.yaml",
            "--report-dir",
            "report",
            "--max-examples",
            "1",
            "--max-time",
            "2",
            "--save-cases",
            "found",
        )
        done = conformance("fuzz", "CreateFlowLog", *words)
    assert echo.signatures, done.err
    assert canaries(echo).left_in(written(tmp_path, done.out, done.err)) == []


@pytest.mark.parametrize("place", ["message", "code", "headers", "redirect", "page", "plain text", "broken JSON"])
def test_cleanup_shows_no_secret(
    place: str, conformance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.engine.cleanup.leftovers.WITHIN_S", 0.3)
    echo = Echo(places=(place,))
    with Server(echo.answer) as server:
        (tmp_path / "target.yaml").write_text(target_text(server, timeout_s=3))
        owner = account_hash(Credentials(ACCOUNTS["OWN_NAME"], "", generated=False))
        ledger = Ledger(tmp_path / "ledger.ndjson", "run", server.endpoint)
        ledger.created(owner, ledger.intent(owner, "CreateFlowLog", "m"), {"FlowLogId": "fl-1"})
        ledger.intent(owner, "CreateFlowLog", "conformance-run-2")
        done = conformance("cleanup", "ledger.ndjson", "--target", "target.yaml")
    assert done.status == 1, done.err
    assert "still there" in done.out
    assert canaries(echo).left_in(written(tmp_path, done.out, done.err)) == []


def test_what_reads_a_report_shows_no_secret(quick: Command, tmp_path: Path) -> None:
    echo = Echo()
    with Server(echo.answer) as server:
        (tmp_path / "target.yaml").write_text(target_text(server, timeout_s=3))
        run = quick.run("--target", "target.yaml", "-k", "ParameterInvalid/project", "--keep-exchanges", "all")
        again = quick("replay", str(run.folder), "--target", "target.yaml")
    shutil.copytree(run.folder, tmp_path / "before")
    shown = [again.out, again.err]
    for words in (("report", "report"), ("gate", "before", "report"), ("report", "report", "--format", "html")):
        done = quick(*words)
        shown += [done.out, done.err]
    assert canaries(echo).left_in(written(tmp_path, *shown)) == []
    assert json.loads((run.folder / "report.json").read_text())["cases"]
