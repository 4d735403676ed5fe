from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pytest
from driving import GOOD, bad

from conformance.core.errors import DriverFileError
from conformance.core.resources import PACKAGE, drivers_dir
from conformance.core.yamlfile import Schema
from conformance.sdk.check import check_driver
from conformance.sdk.check.checked_operation import FILE, read_checked_operation
from conformance.sdk.driver_process import DriverStartError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = PACKAGE / "sdk" / "protocol.schema.json"
PAGE = PACKAGE.parent / "docs" / "sdk-driver-protocol.md"


def failures(*faults: str) -> dict[str, str]:
    """Return what came of each check that failed."""
    return {each.name: each.observed for each in check_driver((*GOOD, *faults), None) if not each.passed}


def test_a_driver_that_keeps_to_the_protocol_passes_every_check() -> None:
    made = list(check_driver(GOOD, None))
    assert {each.name: each.observed for each in made if not each.passed} == {}
    assert len(made) == 20
    assert len({each.name for each in made}) == 20


# Faults that do not hide each other have one driver together: every check costs a call.
FAULTS = {
    ("swaps", "drops-description", "another-secret", "says-goodbye", "outlives-input", "counts-from-0"): {
        "service error": r"the code is 'The specified flow log name is taken.', and should be 'Dupl",
        "text": r"Description, as it arrived, is None, and should be '流",
        "credentials": r"request.headers.Authorization: another, not the signature of this request",
        "stop": r"(wrote more than one line|it wrote b'goodbye\\n' after it was told to stop)",
        "end of input": r"it still runs 5 s after the end of its standard input",
        "lists": r"TrafficPath.1, as it arrived, is 'internetGateway', and should be 'all'",
    },
    ("no-token", "no-timeout", "refused-is-timeout", "drops-unknown", "one-action", "any-model", "latin-1"): {
        "credentials": r"request.headers.x-acs-security-token: nothing, not the token of the call",
        "slow server": r"the outcome is 'client_error', and should be 'timeout'",
        "connection refused": r"the outcome is 'timeout', and should be 'client_error'",
        "unknown parameter": r"NoSuchParameter, as it arrived, is None, and should be 'x'",
        "another operation": r"the action is 'CreateFlowLog', and should be 'DescribeFlowLogs'",
        "unknown operation": r"the action is 'CreateFlowLog', and should be 'NoSuchOperation'",
        "model of no operation": r"the fields is \(ModelField",
        "unknown fields, no version, UTF-8": r"FlowLogName, as it arrived, is 'æµ",
    },
    ("empty-as-none", "names-another", "adds-dry-run"): {
        "empty text": r"Description, as it arrived, is 'None', and should be '' or None",
        "unknown parameter": r"the unsupported parameter is 'Another', and should be 'NoSuchParameter'",
        "success": r"parameters arrived that nobody gave: DryRun",
        "text": r"parameters arrived that nobody gave: DryRun",
        "number": r"parameters arrived that nobody gave: DryRun",
        "digits as text": r"parameters arrived that nobody gave: DryRun",
        "lists": r"parameters arrived that nobody gave: DryRun",
    },
    ("own-names",): dict.fromkeys(
        ("success", "text", "empty text", "number", "digits as text", "lists", "calls in a row"),
        r"fields in the body that the server did not send: flow_log_id",
    ),
}


@pytest.mark.parametrize(("faults", "expected"), FAULTS.items(), ids=["+".join(faults) for faults in FAULTS])
def test_faults_of_a_driver_are_found_where_they_are(faults: tuple[str, ...], expected: dict[str, str]) -> None:
    found = failures(*faults)
    assert set(found) == set(expected)
    for name, came in expected.items():
        assert re.match(came, found[name]), found[name]


def test_a_driver_that_sends_twice_fails_every_check_with_a_call() -> None:
    found = failures("sends-twice")
    assert {"success", "service error", "lists", "credentials", "calls in a row"} <= set(found)
    assert found["success"] == "the number of requests is 2, and should be 1"


def test_a_driver_that_breaks_the_protocol_once_fails_that_check_alone(tmp_path: Path) -> None:
    found = {each.name: each for each in check_driver(bad("logs", tmp_path), None)}
    assert found["start"].passed
    assert found["success"].observed.startswith("the driver wrote a line that is no JSON when asked to call")
    # It is started again, and answers without ever sending anything.
    assert found["service error"].observed == "the number of requests is 0, and should be 1"
    assert found["stop"].passed


def test_a_wrong_hello_ends_the_checks() -> None:
    (only,) = check_driver(["cat"], None)
    assert (only.name, only.passed) == ("start", False)
    assert "answer lacks the field 'driver'" in only.observed


def test_a_driver_that_says_nothing_cannot_be_checked() -> None:
    with pytest.raises(DriverStartError, match="ended with status 0 when asked to start"):
        list(check_driver([sys.executable, "-c", ""], None))


def test_what_a_driver_is_called_with_is_held_against_its_schema(tmp_path: Path) -> None:
    wrong = tmp_path / "check.yaml"
    text = (drivers_dir() / FILE).read_text(encoding="utf-8")
    wrong.write_text(text.replace("operation: C", "operations: C"), encoding="utf-8")
    with pytest.raises(
        DriverFileError, match=r"check.yaml:4:1: unknown field 'operations' in the file \(did you mean operation\?\)"
    ):
        read_checked_operation(wrong)


@pytest.mark.skipif(not PAGE.is_file(), reason="the documentation is no part of an installed package")
def test_every_message_of_the_page_keeps_to_the_schema() -> None:
    blocks = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    schema = Schema.read(SCHEMA)
    requests: dict[int, str] = {}
    for block in blocks:
        message = json.loads(block)
        kind = message.get("command")
        if kind is not None:
            requests[message["id"]] = kind
        name = f"{kind}Request" if kind is not None else f"{requests[message['id']]}Answer"
        assert schema.definition(name).faults(message) == [], block
        assert schema.faults(message) == []
    assert sorted(requests.values()) == ["call", "model", "start", "stop"]
    assert len(blocks) == 8
