"""Programs that the harness starts: a driver that leaks what it was given, installers, the reference server."""

from __future__ import annotations

import shlex
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
from echoing import ACCOUNTS, SECRETS, Echo, canaries, target_text, written
from servers import Server
from spellings import Canaries

from conformance.core.child_environment import without_secrets
from conformance.sdk.environment import environment_to_install, environment_to_run
from conformance.server.process import ReferenceServer, start_child
from conformance.target.load import load_target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from commands import Command

LEAKY = """
    import json, os, sys

    for line in sys.stdin:
        request = json.loads(line)
        if request["command"] == "start":
            package = {"name": "p", "version": "1"}
            hello = {"driver": "leaky", "sdk": package, "core": package, "language": "Python", "runtime": "CPython"}
            print(json.dumps({"id": request["id"], **hello}), flush=True)
            continue
        account = request.get("credentials", {})
        leak = " ".join(value for value in [*account.values(), *os.environ.values()] if value)
        leak = f"{leak} {leak.encode().hex()} {leak[::-1]}"
        print(leak, file=sys.stderr, flush=True)
        answer = {"outcome": "service_error", "status": 400, "code": leak, "message": leak, "request_id": leak}
        if sys.argv[1] == "line":
            print(leak, flush=True)
        elif sys.argv[1] == "wrong id":
            print(json.dumps({"id": leak, "outcome": leak}), flush=True)
        elif sys.argv[1] == "answer":
            print(json.dumps({"id": request["id"], **answer, "body": None, "exception": leak}), flush=True)
        elif sys.argv[1] == "unsupported":
            reason = {"parameter": leak, "why": "type"}
            nothing = dict.fromkeys(("status", "code", "message", "request_id", "body", "exception"))
            answer = {"outcome": "client_error", **nothing, "unsupported": reason}
            print(json.dumps({"id": request["id"], **answer}), flush=True)
        elif sys.argv[1] == "crash":
            raise ValueError(leak)
        sys.exit(3)
"""


@pytest.fixture(autouse=True)
def _accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ACCOUNTS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("failure", ["line", "wrong id", "answer", "unsupported", "crash", "end"])
def test_what_a_driver_leaks_is_written_nowhere(failure: str, quick: Command, tmp_path: Path) -> None:
    (tmp_path / "leaky.py").write_text(textwrap.dedent(LEAKY))
    echo = Echo()
    with Server(echo.answer) as server:
        (tmp_path / "target.yaml").write_text(target_text(server))
        command = shlex.join([sys.executable, str(tmp_path / "leaky.py"), failure])
        words = ("--target", "target.yaml", "--driver", command, "--concurrency", "1")
        done = quick.run(*words, "-k", "MissingParameter/region-omitted or MissingParameter/project-omitted")
    assert done.status in (1, 3), done.err
    assert canaries(echo).left_in(written(tmp_path, done.out, done.err)) == []


@pytest.mark.parametrize("name", ["NPM_TOKEN", "PIP_INDEX_URL", "GOKEY", "MVN_PASS", "UV_KEY", "HTTPS_PROXY"])
def test_no_installer_gets_what_a_target_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COPY", f"https://user:{ACCOUNTS['OWN_WORD']}@example.com")
    monkeypatch.setenv(name, ACCOUNTS["OWN_WORD"])
    text = (
        f"endpoint: http://127.0.0.1:1\ncredentials: {{access_key_id_env: OWN_NAME, access_key_secret_env: {name}}}\n"
    )
    (tmp_path / "target.yaml").write_text(text)
    load_target(tmp_path / "target.yaml")
    given = environment_to_install()
    assert "PATH" in given
    assert Canaries(SECRETS).left_in(str(given)) == []


def test_no_other_child_gets_them_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "another")
    with Server(Echo().answer) as server:
        (tmp_path / "target.yaml").write_text(target_text(server))
    load_target(tmp_path / "target.yaml")
    assert {*ACCOUNTS, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"}.isdisjoint(without_secrets())
    assert {*ACCOUNTS, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"}.isdisjoint(environment_to_run())
    given: list[Mapping[str, str]] = []
    start: Any = subprocess.Popen

    def started(*words: Any, env: Mapping[str, str], **options: Any) -> Any:
        given.append(env)
        return start(*words, env=env, **options)

    monkeypatch.setattr("conformance.server.process.start_child", start_child)  # not forked: as users start it
    monkeypatch.setattr("conformance.server.process.subprocess.Popen", started)
    with ReferenceServer():
        assert Canaries(SECRETS).left_in(str(given)) == []
        assert "PATH" in given[0]
