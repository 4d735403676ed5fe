"""Credentials that alibabacloud-credentials finds: fetched late, and with one message when there are none."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from servers import closed_port

from conformance.core.errors import TargetFileError, UsageError
from conformance.target.ledger import account_hash
from conformance.target.load import load_target
from conformance.target.options import with_credentials

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("alibabacloud_credentials")

PROFILES = """
[testing]
type = access_key
access_key_id = LTAIof-testing
access_key_secret = secret-of-testing

[other]
type = access_key
access_key_id = LTAIof-other
access_key_secret = secret-of-other

[empty]
type = access_key
"""
BY_VARIABLES = "access_key_id_env: KEY_ID, access_key_secret_env: KEY_SECRET"
VARIABLES = {"KEY_ID": "LTAIof-somebody", "KEY_SECRET": "secret-of-somebody"}


def target_file(folder: Path, *lines: str) -> Path:
    (folder / "profiles.ini").write_text(PROFILES, encoding="utf-8")
    path = folder / "target.yaml"
    path.write_text("\n".join(("endpoint: http://127.0.0.1:1", *lines, "")), encoding="utf-8")
    return path


def of_profile(folder: Path, name: str) -> str:
    return f"{{provider: profile, profile: {name}, file: {folder / 'profiles.ini'}}}"


def test_a_target_has_the_accounts_of_several_profiles(tmp_path: Path) -> None:
    path = target_file(
        tmp_path,
        f"credentials: {of_profile(tmp_path, 'testing')}",
        f"profiles: {{second: {of_profile(tmp_path, 'other')}, third: {{{BY_VARIABLES}}}}}",
    )
    target = with_credentials(pickle.loads(pickle.dumps(load_target(path, VARIABLES))))  # noqa: S301 - made just before
    assert target.credentials is not None
    assert [each.access_key_id for each in target.accounts] == ["LTAIof-testing", "LTAIof-other", "LTAIof-somebody"]
    assert target.profiles["second"].access_key_secret == "secret-of-other"  # noqa: S105 - of this file
    assert not any(each.generated for each in target.accounts)
    assert len({account_hash(each) for each in target.accounts}) == 3


def test_reading_a_file_fetches_nothing(tmp_path: Path) -> None:
    target = load_target(target_file(tmp_path, f"credentials: {of_profile(tmp_path, 'missing')}"), {})
    assert target.credentials is not None
    assert target.credentials.access_key_id == ""
    with pytest.raises(UsageError, match=r"there are no credentials for the target \(profile missing\)"):
        with_credentials(target)


def test_a_profile_without_a_key_and_a_role_that_sts_does_not_give_are_one_message(tmp_path: Path) -> None:
    role = (
        f"{{provider: ram-role, role: 'acs:ram::1:role/r', sts_endpoint: 'localhost:{closed_port()}', {BY_VARIABLES}}}"
    )
    for given in (of_profile(tmp_path, "empty"), role):
        target = load_target(target_file(tmp_path, f"profiles: {{second: {given}}}"), VARIABLES)
        with pytest.raises(UsageError, match="there are no credentials for the profile second") as fault:
            with_credentials(target)
        assert "\n" not in str(fault.value)
        assert "secret-of" not in str(fault.value)


@pytest.mark.parametrize(
    "given",
    [
        "{provider: nobody}",
        "{provider: default, profile: x}",
        "{provider: profile, access_key_id_env: A, access_key_secret_env: B}",
        "{provider: ram-role, role: x}",
        f"{{provider: ram-role, {BY_VARIABLES}}}",
        f"{{role: x, {BY_VARIABLES}}}",
        f"{{provider: ram-role, role: x, sts_endpoint: 'sts.example.com\\.localhost', {BY_VARIABLES}}}",
        f"{{provider: ram-role, role: x, sts_endpoint: 'https://sts.example.com', {BY_VARIABLES}}}",
        f"{{provider: oidc-role, role: x, oidc_provider: p, {BY_VARIABLES}}}",
        "{provider: oidc-role, role: x, oidc_provider: p}",
        "{provider: ecs-ram-role, sts_endpoint: sts.example.com}",
        "{}",
    ],
)
def test_fields_that_do_not_go_together_are_refused(tmp_path: Path, given: str) -> None:
    for line in (f"credentials: {given}", f"profiles: {{second: {given}}}"):
        with pytest.raises(TargetFileError):
            load_target(target_file(tmp_path, line), VARIABLES)


def test_the_chain_of_the_library_knows_its_variables(tmp_path: Path) -> None:
    """In a process of its own: the library reads its variables when it is imported."""
    path = target_file(tmp_path, "credentials: {provider: default}")
    program = (
        "import sys; from pathlib import Path\n"
        "from conformance.target.load import load_target; from conformance.target.options import with_credentials\n"
        "from conformance.target.ledger import account_hash\n"
        "found = with_credentials(load_target(Path(sys.argv[1]))).credentials\n"
        "print(found.access_key_id, found.access_key_secret, found.security_token, account_hash(found))\n"
    )
    accounts: set[str] = set()
    for key in ("LTAIone", "LTAItwo"):
        env = {"ALIBABA_CLOUD_ACCESS_KEY_ID": key, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s", "HOME": str(tmp_path)}
        env |= {"ALIBABA_CLOUD_SECURITY_TOKEN": "t", "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
        done = subprocess.run(
            [sys.executable, "-c", program, str(path)], env=env, capture_output=True, encoding="utf-8", check=True
        )
        *found, account = done.stdout.split()
        assert found == [key, "s", "t"]
        accounts.add(account)
    assert len(accounts) == 2  # a ledger of the one is not used with the other
