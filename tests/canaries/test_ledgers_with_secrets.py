"""A server gives secrets as the ids of what it created: a ledger never has one, and nothing is deleted by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from echoing import ACCOUNTS, SECRETS, signature_of, target_text, written
from servers import Server, whole
from spellings import SPELLINGS, Canaries

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command
    from servers import Link


class SecretIds:
    """Answers creations and listings with a secret, or the signature of the request, as id."""

    def __init__(self, form: str) -> None:
        self.form = form
        self.signatures: list[str] = []
        self.marks: list[str] = []
        self.deleted: list[str] = []

    def answer(self, link: Link) -> bool:
        params = link.request.params
        self.signatures.append(signature_of(link.request))
        known = [*SECRETS, self.signatures[-1]]
        identity = SPELLINGS[self.form](known[len(self.signatures) % len(known)])
        body: dict[str, object] = {"RequestId": f"R-{len(self.signatures)}", "Success": True, "FlowLogId": identity}
        if params["Action"] == "CreateFlowLog":
            self.marks.append(params.get("FlowLogName", ""))
        elif params["Action"] == "DeleteFlowLog":
            self.deleted.append(params["FlowLogId"])
        else:
            logs = [{"FlowLogId": identity, "FlowLogName": mark} for mark in self.marks]
            body |= {"FlowLogs": {"FlowLog": logs if params.get("PageNumber", "1") == "1" else []}}
        link.send(whole(json.dumps(body).encode()))
        return True


@pytest.mark.parametrize("form", ["plain", "hex", "base64 after one", "u escapes", "split by lines"])
def test_an_id_that_is_a_secret_is_in_no_ledger(
    form: str, quick: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ACCOUNTS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("conformance.engine.cleanup.leftovers.SOON_S", 0.1)
    ids = SecretIds(form)
    with Server(ids.answer) as server:
        (tmp_path / "target.yaml").write_text(target_text(server))
        done = quick.run("--target", "target.yaml", "CreateFlowLog/success/vpc")
        assert ids.marks
        assert "ledger.ndjson" in done.out  # what may be left is said
        swept = quick("cleanup", str(done.folder / "ledger.ndjson"), "--target", "target.yaml")
    assert swept.status == 1
    assert ids.deleted == []
    shown = written(tmp_path, done.out, done.err, swept.out, swept.err)
    assert Canaries([*SECRETS, *ids.signatures]).left_in(shown) == []
