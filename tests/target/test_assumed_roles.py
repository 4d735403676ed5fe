"""Roles that are assumed: their tokens are used, renewed in the middle of a run, and never written."""

from __future__ import annotations

import json
import pickle
import re
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
from commands import run_pytest
from servers import Link, Received, Server, forward, whole
from tokens import IDENTITY, KEY_ID, ROLE, SECRET, TokenService

from conformance.core.errors import UsageError
from conformance.target.consent import check_consent
from conformance.target.credential_sources import CredentialSource
from conformance.target.ledger import account_hash
from conformance.target.load import load_target
from conformance.target.options import TargetOptions, described_target, with_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

    from conformance.core.exchange import Credentials
    from conformance.server.process import ReferenceServer

pytest.importorskip("alibabacloud_credentials")

ENDS = ("resource-type", "resource-id", "traffic-type")
VARIABLES = {"WHO_ID": KEY_ID, "WHO_SECRET": SECRET}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenService]:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    with TokenService(tmp_path) as service:
        monkeypatch.setenv("SSL_CERT_FILE", str(service.trusted))
        yield service


def role(service: TokenService, **more: str) -> str:
    fields = {"provider": "ram-role", "role": ROLE, "sts_endpoint": service.host}
    fields |= {"access_key_id_env": "WHO_ID", "access_key_secret_env": "WHO_SECRET", **more}
    return json.dumps({name: value for name, value in fields.items() if value})


def written(folder: Path, credentials: str, *lines: str, endpoint: str = "http://127.0.0.1:1") -> Path:
    path = folder / "target.yaml"
    path.write_text("\n".join((f"endpoint: {endpoint}", f"credentials: {credentials}", *lines, "")), encoding="utf-8")
    return path


def guarded(reference: ReferenceServer, service: TokenService) -> Server:
    """A server that takes requests with a token that has not ended, and refuses the others as the real one does."""

    def behave(link: Link) -> bool:
        params = link.request.params
        if service.takes(params.get("AccessKeyId", ""), params.get("SecurityToken", "")):
            link.send(forward(reference.endpoint, link.request))
        else:
            fields = {"Code": "InvalidSecurityToken.Expired", "Message": "Specified SecurityToken is expired."}
            link.send(whole(json.dumps({"RequestId": f"{time.time_ns():016X}", **fields}).encode(), 400))
        return True

    return Server(behave, upstream=reference.endpoint)


def fetched(path: Path) -> Credentials:
    credentials = with_credentials(load_target(path, VARIABLES)).credentials
    assert credentials is not None
    return credentials


def test_the_library_is_the_one_whose_adapters_are_replaced() -> None:
    """`TeaCore.http_adapter` and `https_adapter` are no promise of the library: see `credential_library`."""
    assert (version("alibabacloud-credentials"), version("alibabacloud-tea")) == ("1.0.12", "0.4.0")


def test_a_role_is_assumed_by_an_access_key_and_by_an_identity(service: TokenService, tmp_path: Path) -> None:
    (tmp_path / "identity").write_text(f"{IDENTITY}\n", encoding="utf-8")
    oidc = {"provider": "oidc-role", "role": ROLE, "sts_endpoint": service.host}
    oidc |= {"oidc_provider": "acs:ram::1:oidc-provider/p", "oidc_token_file": str(tmp_path / "identity")}
    one = fetched(written(tmp_path, role(service, session="mine")))
    other = fetched(written(tmp_path, json.dumps(oidc)))
    assert [each["Action"] for each in service.asked] == ["AssumeRole", "AssumeRoleWithOIDC"]
    assert service.asked[0]["RoleSessionName"] == "mine"
    for found in (one, other):
        assert service.takes(found.access_key_id, found.security_token or "")
    assert account_hash(one) == account_hash(other)  # a ledger of the role is that of its ARN
    assert one.current() is one
    assert service.connections == 2


def test_a_profile_of_a_role_and_the_role_of_a_machine(
    service: TokenService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where these ask is not to be chosen, so what is sent there is sent to the stand-in."""
    from Tea.core import TeaCore  # noqa: PLC0415 - imported for this alone

    asked: list[str] = []

    def elsewhere(request: Any) -> str:
        asked.append(request.headers["host"] + request.pathname)
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        return f"{metadata.endpoint}{request.pathname}?{query}"

    def answer(link: Link) -> bool:
        given = service.give()
        link.send(whole(json.dumps({"Code": "Success", "Credentials": given, **given}).encode()))
        return True

    monkeypatch.setattr(TeaCore, "compose_url", elsewhere)
    keys = "access_key_id = a\naccess_key_secret = b"
    ini = f"[r]\ntype = ram_role_arn\n{keys}\nrole_arn = {ROLE}\nrole_session_name = s\n"
    (tmp_path / "profiles.ini").write_text(ini, encoding="utf-8")
    with Server(answer) as metadata:
        for given in (
            {"provider": "profile", "profile": "r", "file": str(tmp_path / "profiles.ini")},
            {"provider": "ecs-ram-role", "role": "machine"},
        ):
            path = written(tmp_path, json.dumps(given))
            one, other = fetched(path), fetched(path)
            assert service.takes(one.access_key_id, one.security_token or "")
            assert one.access_key_id != other.access_key_id
            assert account_hash(one) == account_hash(other)  # else no ledger could be cleaned up
    assert asked[0] == "sts.aliyuncs.com"
    assert asked[-1] == "100.100.100.200/latest/meta-data/ram/security-credentials/machine"


def test_the_chain_names_an_account_whose_key_is_another_one_each_time() -> None:
    chain = CredentialSource("default")
    assert chain.account("default/ecs_ram_role", temporary=True) == "default/ecs_ram_role"
    assert chain.account("default/env", temporary=True) is None
    assert chain.account("default/profile/static_ak", temporary=False) is None


def test_credentials_are_renewed_before_they_end(service: TokenService, tmp_path: Path) -> None:
    service.lasts_s = service.says_s = 900
    first = fetched(written(tmp_path, role(service)))
    copy = pickle.loads(pickle.dumps(first))  # noqa: S301 - made just before
    assert copy.renewal is not first.renewal  # as that of another process, which renews its own
    later(first, 590)
    assert first.current() == first
    later(copy, 620)
    second = copy.current()
    assert second != first == first.current()
    assert second.account == first.account
    service.fails = True
    later(first, 620)
    assert first.current() == first  # they have not ended, and nothing else is to be had
    asked = len(service.asked)
    assert first.current() == first
    assert len(service.asked) == asked  # not with each request
    assert first.renewal is not None
    with pytest.raises(UsageError, match="there are no credentials for the target") as fault:
        first.renewal.renewed(first)
    assert SECRET not in str(fault.value)
    assert len(service.asked) == asked


def later(credentials: Credentials, seconds: float) -> None:
    """Have what renews these look at a clock that is some seconds ahead."""
    renewal: Any = credentials.renewal
    renewal.clock = lambda: time.time() + seconds


def test_a_run_goes_on_when_its_token_ends(
    service: TokenService, reference: ReferenceServer, quick: Command, tmp_path: Path
) -> None:
    service.uses = 3
    with guarded(reference, service) as server:
        path = written(tmp_path, role(service), f"states_url: {server.states_url}", endpoint=server.endpoint)
        done = quick.run("--target", str(path), *(f"CreateFlowLog/MissingParameter/{each}-omitted" for each in ENDS))
    assert done.status == 0, done.out + done.err
    assert set(done.verdicts.values()) == {"pass"}
    assert len({request.params.get("SecurityToken") for request in server.operations}) > 1
    everything = done.out + done.err + "".join(file.read_text() for file in done.folder.iterdir())
    assert not [secret for secret in service.secrets() if secret in everything]


def test_a_refusal_that_no_token_helps_against_says_why(
    service: TokenService, reference: ReferenceServer, quick: Command, tmp_path: Path
) -> None:
    service.lasts_s, service.says_s = 0.0, 3600
    with guarded(reference, service) as server:
        path = written(tmp_path, role(service), f"states_url: {server.states_url}", endpoint=server.endpoint)
        done = quick.run("--target", str(path), "CreateFlowLog/MissingParameter/traffic-type-omitted")
    assert done.status == 3
    assert "the target refuses the credentials" in done.out + done.err
    assert "Traceback" not in done.err


@pytest.mark.deep
def test_each_process_renews_its_own_token_and_none_disturbs_another(
    service: TokenService,
    reference: ReferenceServer,
    quick: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service.lasts_s, service.says_s = 0.5, 3600

    as_it_is = forward

    def of_one_account(upstream: str, request: Received) -> bytes:
        head, body = (re.sub(rb"STS\.key[0-9a-f]+", b"LTAIofRole", part) for part in (request.head, request.body))
        return as_it_is(upstream, Received(head, body))

    monkeypatch.setattr("servers.forward", of_one_account)
    monkeypatch.setattr(f"{__name__}.forward", of_one_account)
    with guarded(reference, service) as server:
        states = f"states_url: {server.states_url}"
        path = written(tmp_path, role(service), states, endpoint=server.endpoint)
        files = (f"cases/vpc/CreateFlowLog/{name}.yaml" for name in ("required", "success"))
        ended = run_pytest(*files, "--target", str(path), "-n", "2", folder=tmp_path / "report")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert len({request.params.get("SecurityToken") for request in server.operations}) > 2
        assert not [secret for secret in service.secrets() if secret in ended.stdout + ended.stderr]

        lines = (f"endpoint: {server.endpoint}", states, f"profiles: {{ram: {role(service)}}}")
        path.write_text("\n".join((*lines, "states: {account.is-ram-user: {profile: ram}}", "")), encoding="utf-8")
        done = quick.run("--target", str(path), "--workers", "2", "CreateFlowLog/Unauthorized")
    assert done.report["summary"]["error"] == 0, done.out


@pytest.mark.parametrize(
    ("given", "lines", "live", "said"),
    [
        ({"sts_endpoint": "sts.example.com"}, (), True, "sts.example.com is not on the list allowed_hosts"),
        ({"sts_endpoint": ""}, ("allowed_hosts: [api.example.com]",), True, "sts.aliyuncs.com is not on the list"),
        ({"sts_endpoint": "STS.example.com.:444"}, ("allowed_hosts: [sts.example.com]",), True, None),
        ({"sts_endpoint": "sts.example.com"}, ("allowed_hosts: [sts.example.com]",), False, "not on this machine"),
        ({"sts_endpoint": "[::1]:1"}, (), False, None),
    ],
)
def test_who_gives_the_token_must_be_allowed_too(
    service: TokenService,
    tmp_path: Path,
    given: dict[str, str],
    lines: tuple[str, ...],
    *,
    live: bool,
    said: str | None,
) -> None:
    target = load_target(written(tmp_path, role(service, **given), *lines), VARIABLES)
    if said is None:
        return check_consent(target, live=live)
    with pytest.raises(UsageError, match=said):
        check_consent(target, live=live)
    return None


def test_a_host_that_only_the_library_knows_must_be_allowed_too(
    service: TokenService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A profile of a role names no host; nothing is sent to where the library would ask, nor through a proxy."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://{service.host}")
    ini = f"[r]\ntype = ram_role_arn\naccess_key_id = a\naccess_key_secret = of-nobody\nrole_arn = {ROLE}\n"
    (tmp_path / "profiles.ini").write_text(ini, encoding="utf-8")
    given = json.dumps({"provider": "profile", "profile": "r", "file": str(tmp_path / "profiles.ini")})
    for live, lines in ((True, ()), (False, ("allowed_hosts: [sts.aliyuncs.com]",))):
        path = written(tmp_path, given, *lines)
        target = described_target(TargetOptions(target_file=path, live=live), defaults={})
        assert target is not None
        with pytest.raises(UsageError, match=r"sts\.aliyuncs\.com is not on the list allowed_hosts") as fault:
            with_credentials(target)
        assert "\n" not in str(fault.value)
    assert service.connections == 0
    assert capfd.readouterr() == ("", "")  # the library would write a traceback of its own


def test_one_that_is_not_trusted_or_fails_is_one_message(
    service: TokenService, quick: Command, reference: ReferenceServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = written(tmp_path, role(service), f"states_url: {reference.states_url}", endpoint=reference.endpoint)
    service.fails = True
    done = quick.run("--target", str(path), "CreateFlowLog/MissingParameter")
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert SECRET not in done.err
    assert "http_code: 503" in done.err
    monkeypatch.delenv("SSL_CERT_FILE")
    service.asked.clear()
    done = quick.run("--target", str(path), "CreateFlowLog/MissingParameter")
    assert (done.status, done.out, service.asked) == (2, "", [])
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"x" * 3_000_000,
        b"[]",
        b'{"Credentials": null}',
        b'{"Credentials": {"AccessKeyId": 7, "AccessKeySecret": [], "SecurityToken": {}, "Expiration": "never"}}',
        json.dumps({"Credentials": {**dict.fromkeys(("AccessKeyId", "AccessKeySecret", "SecurityToken"), "a\nb"),
                                    "Expiration": "2999-01-01T00:00:00Z"}}).encode(),
        b"\xff\xfe",
        b"{" * 100_000,
    ],
    ids=range(7),
)  # fmt: skip
def test_whatever_is_answered_is_one_message(service: TokenService, tmp_path: Path, answer: bytes) -> None:
    service.answers_with = answer
    with pytest.raises(UsageError) as fault:
        fetched(written(tmp_path, role(service)))
    assert len(str(fault.value)) < 500
    assert "\n" not in str(fault.value)


def test_a_plan_asks_nobody(service: TokenService, quick: Command, tmp_path: Path) -> None:
    with Server(lambda _: False) as server:
        path = written(tmp_path, role(service), f"states_url: {server.states_url}", endpoint=server.endpoint)
        done = quick("run", "--target", str(path), "--plan")
        assert (done.status, server.operations, server.state_calls, server.connections) == (0, [], [], 0)
    assert f"alibabacloud-credentials finds (ram-role {ROLE}, asked for at {service.host})" in done.out
    assert service.connections == 0
