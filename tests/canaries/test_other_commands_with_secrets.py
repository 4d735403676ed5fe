"""The commands beside `run`: property tests, cleanup, and those that read what a run wrote."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from echoing import ACCOUNTS, Echo, canaries, target_text, written
from servers import Server
from spellings import SPELLINGS, Canaries

from conformance.core.exchange import Credentials
from conformance.engine.cleanup.patience import CleanupPatience
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
    monkeypatch.setattr("conformance.engine.cleanup.sweep.CleanupPatience", lambda: CleanupPatience(within_s=0.3))
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


def test_what_reads_a_report_from_elsewhere_removes_the_secrets_that_it_names(quick: Command, tmp_path: Path) -> None:
    known = ["LTAI5tZk2Vw8QpLm4XnRb7Td", ACCOUNTS["OWN_PASS"][::-1], "bq7Xo2mVt9KfRz4LwPcYh8sDgEw=", "0f3c9a7e" * 8]
    echo = Echo(places=("message",))
    with Server(echo.answer) as server:
        (tmp_path / "target.yaml").write_text(target_text(server, timeout_s=3))
        run = quick.run(
            "--target", "target.yaml", "--shard", "1/1", "CreateFlowLog/ParameterInvalid/project-one-too-short"
        )
    forms = ("plain", "capitals", "reversed", "hex", "split by spaces")
    events = [json.loads(line) for line in (run.folder / "events.ndjson").read_text().splitlines()]
    cases = [event["case"] for event in events if "case" in event]
    for case in cases:
        exchange = case["exchanges"][0]
        query = urlencode({"AccessKeyId": known[0], "SecurityToken": known[1], "Signature": known[2]})
        exchange["request"]["url"] = f"http://127.0.0.1/?{query}"
        exchange["request"]["headers"]["Authorization"] = f"ACS3-HMAC-SHA256 Credential={known[0]},Signature={known[3]}"
        exchange["response"]["body"] = " and ".join(SPELLINGS[form](text) for form in forms for text in known)
        case["reason"] = " ".join(map(SPELLINGS["base64 after one"], known))
    (run.folder / "events.ndjson").write_text("\n".join(map(json.dumps, events)) + "\n")
    (folder := tmp_path / "elsewhere").mkdir()
    run.folder.rename(folder / "run")
    shown = [quick("report", str(folder / "run"), "--format", form) for form in ("text", "json", "html", "junit")]
    shown.append(quick("report", "merge", str(folder / "run"), "-o", str(tmp_path / "merged")))
    shown.append(quick("gate", str(folder / "run"), str(folder / "run"), "--json"))
    folder.rename(tmp_path.with_name(f"{tmp_path.name}-elsewhere"))
    assert [each.status for each in shown[:-2]] == [0] * 4
    assert (tmp_path / "merged" / "report.json").is_file()
    assert Canaries(known).left_in(written(tmp_path, *(each.out + each.err for each in shown))) == []
