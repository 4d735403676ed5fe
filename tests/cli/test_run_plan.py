"""`conformance run --plan`: what a run would do, without a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commands import OPERATION
from servers import closed_port

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer


@pytest.fixture
def of_somebody(monkeypatch: pytest.MonkeyPatch) -> str:
    """A line of a target file that names an AccessKey, which the environment has."""
    monkeypatch.setenv("KEY_ID", "LTAIof-somebody")
    monkeypatch.setenv("KEY_SECRET", "a-secret-that-is-not-shown")
    return "credentials: {access_key_id_env: KEY_ID, access_key_secret_env: KEY_SECRET}\n"


def test_it_says_what_would_be_created_by_whom_and_what_cannot_run(
    conformance: Command, tmp_path: Path, of_somebody: str
) -> None:
    target = tmp_path / "target.yaml"
    target.write_text(
        f"endpoint: http://127.0.0.1:{closed_port()}\n"
        f"{of_somebody}"
        "states: {default: unavailable, resource.exists: fixed, logs.exists: fixed}\n"
    )
    some = ("-k", "vpc or same-moment or quota-reached")
    outcome = conformance("run", OPERATION, "--plan", "--target", str(target), *some)
    assert outcome.status == 0
    assert "the account whose AccessKey the target file names" in outcome.out
    assert "CreateFlowLog creates" in outcome.out
    assert "deleted by DeleteFlowLog" in outcome.out
    assert "cannot run 1 × needs state account.flow-log-quota-reached" in outcome.out
    assert "somebody" not in outcome.out
    assert "a-secret" not in outcome.out


def test_nothing_is_sent_and_nothing_written(conformance: Command, reference: ReferenceServer, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    outcome = conformance("run", OPERATION, "--plan", "--endpoint", reference.endpoint, "--report-dir", str(folder))
    assert outcome.status == 0
    assert "would run 0 of" in outcome.out  # without a states URL
    assert not folder.exists()


def test_it_names_the_sources_of_credentials_and_asks_none_of_them(conformance: Command, tmp_path: Path) -> None:
    target = tmp_path / "target.yaml"
    target.write_text(
        f"endpoint: http://127.0.0.1:{closed_port()}\n"
        "credentials: {provider: profile, profile: testing, file: nowhere.ini}\n"
        "profiles: {second: {provider: ecs-ram-role, role: tester}}\n"
        "states: fixed\n"
        "allowed_hosts: [100.100.100.200]\n"
    )
    outcome = conformance("run", OPERATION, "--plan", "--target", str(target), "-k", "vpc")
    assert outcome.status == 0
    assert "as the account that alibabacloud-credentials finds (profile testing)" in outcome.out
    assert "profile second, as the account that alibabacloud-credentials finds (ecs-ram-role tester, " in outcome.out
    assert "asked for at 100.100.100.200" in outcome.out
    assert " calls, beside those of cleanup and of looking first:" in outcome.out
    assert "only with --live: 100.100.100.200 is not on this machine" in outcome.out


def test_it_names_what_an_account_must_have_and_how_long_it_takes(
    quick: Command, tmp_path: Path, of_somebody: str
) -> None:
    target = tmp_path / "target.yaml"
    target.write_text(
        "endpoint: https://api.example.com\nallowed_hosts: [api.example.com]\nrate: 2\n"
        f"{of_somebody}"
        "values: {project: mine}\n"
        "states: {default: unavailable, resource.exists: fixed, logs.exists: fixed}\n"
    )
    outcome = quick("run", "--plan", "--target", str(target), "-k", "same-moment or quota-reached")
    assert "only with --live: https://api.example.com is not on this machine" in outcome.out
    assert "s at the least, beside those of cleanup" in outcome.out
    assert "vpc-bp1conformance00001' to be there, an example: give yours under values" in outcome.out
    assert "need project" not in outcome.out
    assert "up to 1 at once; deleted by DeleteFlowLog" in outcome.out
    assert "looking: DescribeFlowLogs once before the first" in outcome.out
    assert "\n  CreateFlowLog/QuotaExceeded.FlowlogCount: 1" in outcome.out
    outcome = quick("run", "--plan", "-v", "--target", str(target), "-k", "quota-reached")
    assert "\n  CreateFlowLog/QuotaExceeded.FlowlogCount/" in outcome.out


def test_of_several_operations_what_nothing_would_delete_is_not_run_on_a_real_account(
    conformance: Command, tmp_path: Path, of_somebody: str
) -> None:
    target = tmp_path / "target.yaml"
    target.write_text(f"endpoint: http://127.0.0.1:{closed_port()}\n{of_somebody}states: fixed\n")
    words = ("run", "--plan", "--target", str(target), "AllocateEipAddress")
    both = conformance(*words, OPERATION)
    assert "AllocateEipAddress creates" not in both.out
    assert "no cleanup in base.yaml" in both.out
    assert f"{OPERATION} creates" in both.out
    assert "no cleanup in base.yaml" not in conformance(*words).out
