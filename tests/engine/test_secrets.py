"""What a real account must not find in any report: secret, token, signature and the id of its AccessKey."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from servers import Link, Server, head, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commands import Command, Outcome

ACCESS_KEY_ID = "LTAI5tRealAccountNumber1"
SECRET = "yPv3Zq8wXn/2aBc+7dEfGhIjKlMnOp"  # noqa: S105 - made up
TOKEN = "CAISiAN1q6Ft5B2yfSjIr5eBKM/iq+pl1Zlxp2OEn1==TokenTail8&x=9z"  # noqa: S105 - made up
FRAGMENT = 10
CASES = (
    "CreateFlowLog/MissingParameter/region-omitted",
    "CreateFlowLog/MissingParameter/project-omitted",  # on which the documents disagree: its answer is told apart
    "CreateFlowLog/success/vpc",
)


@pytest.fixture
def target_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in (("THE_ID", ACCESS_KEY_ID), ("THE_SECRET", SECRET), ("THE_TOKEN", TOKEN)):
        monkeypatch.setenv(name, value)
    path = tmp_path / "target.yaml"
    path.write_text(
        "endpoint: http://127.0.0.1:1\n"
        "credentials:\n"
        "  access_key_id_env: THE_ID\n"
        "  access_key_secret_env: THE_SECRET\n"
        "  security_token_env: THE_TOKEN\n"
    )
    return path


def sent(link: Link) -> str:
    """Return all that the client has sent, and the secrets as a careless server might print them."""
    form = link.request.query + link.request.body.decode()
    to_sign = f"POST&%2F&{quote(form, safe='')}"
    authorization = link.request.headers.get("authorization", "")
    decoded = " ".join(f"{name}={value}" for name, value in link.request.params.items())
    known = f"{ACCESS_KEY_ID} {SECRET} {TOKEN} {quote(TOKEN, safe='')} {quote(quote(TOKEN, safe=''), safe='')}"
    return f"StringToSign {to_sign} {form} {decoded} {authorization} {known}"


def in_message(link: Link) -> bool:
    body = {"RequestId": f"R-{id(link)}", "Code": "SignatureDoesNotMatch", "Message": sent(link), "HostId": "x"}
    link.send(whole(json.dumps(body).replace("/", "\\/").replace("=", "\\u003d").encode(), 400, X_Sent=sent(link)))
    return True


def in_names_and_lists(link: Link) -> bool:
    body = {"RequestId": {sent(link): [sent(link)]}, "Code": [SECRET], "Message": {TOKEN: ACCESS_KEY_ID}}
    link.send(whole(json.dumps(body).encode(), 400))
    return True


def in_code(link: Link) -> bool:
    body = {"RequestId": sent(link), "Code": f"SignatureDoesNotMatch.{SECRET}.{ACCESS_KEY_ID}.{TOKEN}", "Message": "m"}
    link.send(whole(json.dumps(body).encode(), 400))
    return True


def in_text(link: Link) -> bool:
    link.send(whole(sent(link).encode(), 403, "text/plain"))
    return True


def in_page(link: Link) -> bool:
    # So long that an excerpt ends in the middle of a secret.
    page = f"<html><title>403</title> You are not allowed, you, {SECRET} {ACCESS_KEY_ID} {TOKEN} {sent(link)}"
    link.send(whole(page.encode(), 403, "text/html"))
    return True


def in_place(link: Link) -> bool:
    link.send(head(302, 0, Location=f"https://example.com/login?{sent(link)}"))
    return True


def in_bytes(link: Link) -> bool:
    link.send(whole(b"\xff\xfe " + sent(link).encode(), 400))
    return True


ECHOES: dict[str, Callable[[Link], bool]] = {
    "message": in_message,
    "code": in_code,
    "names and lists": in_names_and_lists,
    "text": in_text,
    "page": in_page,
    "redirect": in_place,
    "bytes": in_bytes,
}


def written(outcome: Outcome) -> str:
    files = [path for path in outcome.folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"events.ndjson", "report.json", "junit.xml"}
    texts = [path.read_text(encoding="utf-8") for path in files]
    return "\n".join([*texts, outcome.out, outcome.err])


def refuse_secrets(text: str, signatures: list[str]) -> None:
    for secret in (SECRET, TOKEN, ACCESS_KEY_ID, *signatures):
        for start in range(len(secret) - FRAGMENT + 1):
            assert secret[start : start + FRAGMENT] not in text


@pytest.mark.parametrize(
    ("echo", "signature"),
    [
        (echo, signature) if (at + turn) % 3 == 0 else pytest.param(echo, signature, marks=pytest.mark.deep)
        for at, echo in enumerate(ECHOES)
        for turn, signature in enumerate(("v1", "acs3", "none"))
    ],
)
def test_nothing_secret_is_written_though_the_server_gives_it_back(
    echo: str, signature: str, quick: Command, target_file: Path
) -> None:
    with Server(ECHOES[echo]) as server:
        options = ("--target", str(target_file), "--endpoint", server.endpoint, "--states-url", server.states_url)
        outcome = quick.run(*options, "--signature", signature, *CASES)
    assert outcome.status in (1, 3)
    assert server.operations
    signatures = [request.params["Signature"] for request in server.operations if signature == "v1"]
    signatures += [request.headers["authorization"][-64:] for request in server.operations if signature == "acs3"]
    assert len(signatures) == (0 if signature == "none" else len(server.operations))
    refuse_secrets(written(outcome), signatures)
    # The rest of what the server said is kept.
    assert "***" in written(outcome)
    refuse_secrets(quick("report", str(outcome.folder)).out, signatures)


def test_nothing_secret_is_written_though_the_states_call_gives_it_back(quick: Command, target_file: Path) -> None:
    def refuse(link: Link) -> bool:
        link.send(whole(b"no such account, " + b"x" * 170 + link.request.body + SECRET.encode(), 400))
        return True

    with Server(refuse) as server:
        options = ("--target", str(target_file), "--endpoint", server.endpoint)
        outcome = quick.run(*options, "--states-url", f"{server.endpoint}/elsewhere", *CASES)
    assert outcome.status == 3
    assert {case["reason"][:60] for case in outcome.cases.values()} == {
        "setup of state resource.exists was answered with 400: no suc"
    }
    refuse_secrets(written(outcome), [])


def test_the_account_that_the_server_sees_is_the_real_one(quick: Command, target_file: Path) -> None:
    with Server(in_text) as server:
        options = ("--target", str(target_file), "--endpoint", server.endpoint, "--states-url", server.states_url)
        quick.run(*options, CASES[0])
    assert {request.params["AccessKeyId"] for request in server.operations} == {ACCESS_KEY_ID}
    assert {request.params["SecurityToken"] for request in server.operations} == {TOKEN}
    assert {call["params"]["access_key_id"] for call in server.state_calls} == {ACCESS_KEY_ID}


def test_the_line_that_reproduces_names_no_account(quick: Command, target_file: Path) -> None:
    with Server(in_message) as server:
        options = ("--target", str(target_file), "--endpoint", server.endpoint, "--states-url", server.states_url)
        outcome = quick.run(*options, CASES[0])
    assert "AccessKeyId=ACCESS_KEY_ID" in outcome.cases[CASES[0]]["reproduce"]
    assert '"access_key_id": "ACCESS_KEY_ID"' in outcome.cases[CASES[0]]["reproduce"]


def test_an_unset_variable_is_named_by_its_line_and_its_value_never_asked_for(
    quick: Command, target_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THE_SECRET")
    outcome = quick.run("--target", str(target_file))
    assert outcome.status == 2
    assert outcome.err == (
        f"conformance: {target_file}:4:26: the environment variable THE_SECRET is not set (export THE_SECRET)\n"
    )


@pytest.mark.parametrize("option", ["--endpoint", "--states-url"])
def test_a_password_in_a_url_is_refused_without_being_shown(option: str, quick: Command) -> None:
    url = "http://user:hunter2secret@127.0.0.1:1"
    outcome = quick.run(*(("--endpoint", "http://127.0.0.1:1") if option != "--endpoint" else ()), option, url)
    assert outcome.status == 2
    assert option in outcome.err
    assert "hunter2" not in outcome.err
