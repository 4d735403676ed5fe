"""Steps that another account sends, states that change between steps, and parameters that no document has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from conformance.cases.load import parse_file
from conformance.cases.suite import load_suite
from conformance.contract.catalogue import contracts_for
from conformance.core.errors import CaseError
from conformance.core.exchange import Credentials
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import YamlFile
from conformance.engine.skip_reasons import skip_reason
from conformance.server.process import ReferenceServer
from conformance.target.model import StateSupport, Target

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

FILE = """\
operation: CreateFlowLog
base: vpc
cases:
  - id: some
    title: Something
    group: success
    trigger: inferred
"""
HIDDEN = (
    FILE
    + """\
    steps:
      - name: create
        expect: {success: true}
      - name: hidden
        account: another
        operation: DescribeFlowLogs
        set: {RegionId: "${target.region_id}", FlowLogId: "${steps.create.FlowLogId}"}
        expect: {success: true, body: {FlowLogs: {FlowLog: []}}}
"""
)
IN_BOTH = (
    FILE
    + """\
    steps:
      - name: create
        expect: {success: true}
      - name: nothing_there
        account: another
        expect: {error: InvalidInstanceId, message: VPC does not exists.}
      - name: also
        account: another
        given:
          - resource.exists: {type: VPC, id: "${target.vpc_id}"}
          - logs.exists: {project: "${target.project}", logstore: "${target.logstore}"}
        expect: {success: true, body: {FlowLogId: {not: "${steps.create.FlowLogId}"}}}
"""
)
TAKEN_BACK = (
    FILE
    + """\
    given: [account.flow-log-quota-reached]
    steps:
      - name: refused
        expect: {error: QuotaExceeded.FlowlogCount}
      - name: create
        teardown: [account.flow-log-quota-reached]
        expect: {success: true}
      - name: refused_again
        given: [account.is-ram-user]
        expect: {error: Unauthorized}
"""
)
EXTRA = (
    FILE
    + """\
    extra: {NoSuchParameter: a}
    expect: {success: true}
"""
)
URL = "http://127.0.0.1:1"
KEY = Credentials("LTAIreal", "secret", generated=False)
CASE = "CreateFlowLog/success/some"


def against(conformance: Command, folder: Path, text: str, *faults: str) -> dict[str, object]:
    """Run one case against a reference server with faults and return its entry in the report."""
    path = folder / "some.yaml"
    path.write_text(text, encoding="utf-8")
    with ReferenceServer(faults=faults) as server:
        target = folder / "target.yaml"
        target.write_text(
            f"endpoint: {server.endpoint}\nstates_url: {server.states_url}\neffects_within_s: 0.1\n", encoding="utf-8"
        )
        outcome = conformance.run("--target", str(target), str(path))
    entry: dict[str, object] = outcome.cases[CASE]
    return entry


@pytest.mark.parametrize("text", [HIDDEN, IN_BOTH, TAKEN_BACK, EXTRA], ids=["hidden", "in both", "taken back", "extra"])
def test_a_server_that_keeps_accounts_apart_and_ends_states_passes(
    conformance: Command, tmp_path: Path, text: str
) -> None:
    assert against(conformance, tmp_path, text)["verdict"] == "pass"


def test_another_account_signs_its_step(conformance: Command, tmp_path: Path) -> None:
    entry = against(conformance, tmp_path, HIDDEN, "every-account-listed")
    assert entry["verdict"] == "mismatch"
    created, listed = re.findall(r"https?://[^ ]*AccessKeyId=(LTAI[0-9a-f]{20})", str(entry["reproduce"]))
    assert created != listed
    assert f'"access_key_id": "{created}"' in str(entry["reproduce"])
    assert f'"access_key_id": "{listed}"' not in str(entry["reproduce"])


def test_a_state_that_still_holds_is_a_mismatch_and_its_teardown_can_be_repeated(
    conformance: Command, tmp_path: Path
) -> None:
    entry = against(conformance, tmp_path, TAKEN_BACK, "states-kept")
    assert entry["verdict"] == "mismatch"
    assert '"action": "teardown"' in str(entry["reproduce"])


def test_an_extra_parameter_travels(conformance: Command, tmp_path: Path) -> None:
    entry = against(conformance, tmp_path, EXTRA, "unknown-parameter-refused")
    assert entry["verdict"] == "mismatch"
    assert "NoSuchParameter=a" in str(entry["reproduce"])


@pytest.mark.parametrize(
    ("text", "target", "reason"),
    [
        (HIDDEN, Target(URL, states_url=URL), None),
        (HIDDEN, Target(URL, states_url=URL, isolation="global"), "isolation: global"),
        (HIDDEN, Target(URL, states_url=URL, credentials=KEY), "add a profile 'another' to the target file"),
        (HIDDEN, Target(URL, states_url=URL, credentials=KEY, profiles={"another": KEY}), None),
        (IN_BOTH, Target(URL, states_url=URL, profiles={"another": KEY}), "nothing would delete it"),
        (TAKEN_BACK, Target(URL, states_url=URL), None),
        (
            TAKEN_BACK,
            Target(URL, states_url=URL, states={"account.flow-log-quota-reached": StateSupport("fixed")}),
            "takes back state account.flow-log-quota-reached",
        ),
        (
            TAKEN_BACK,
            Target(URL, states_url=URL, states={"account.is-ram-user": StateSupport("unavailable")}),
            "needs state account.is-ram-user",
        ),
    ],
)
def test_what_a_target_lacks_is_said(text: str, target: Target, reason: str | None) -> None:
    suite = load_suite(cases_dir() / "vpc" / "CreateFlowLog", contracts_for("CreateFlowLog"))
    (case,) = parse_file(YamlFile(text, "some.yaml", CaseError), suite)
    said = skip_reason(case, target)
    assert (said is None) if reason is None else (reason in str(said))
