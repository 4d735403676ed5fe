"""`conformance run --driver`: the suite through an SDK, and what is told of an SDK that does wrong."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable

    from commands import Command, Outcome

PROGRAM = REPOSITORY / "tests" / "drivers" / "programs" / "model_sdk.py"
CREATE = "CreateFlowLog/"


@pytest.fixture
def through(quick: Command) -> Callable[..., Outcome]:
    """Run through the model SDK with some faults."""

    def run(*faults: str, cases: tuple[str, ...] = ()) -> Outcome:
        words = shlex.join([sys.executable, str(PROGRAM), *faults])
        return quick.run("--driver", words, "--concurrency", "2" if not cases else "1", *cases)

    return run


def mismatched(outcome: Outcome) -> dict[str, list[str]]:
    """Return, by what an SDK does wrong, the ids of the cases that show it."""
    found: dict[str, list[str]] = {}
    for name, case in outcome.cases.items():
        for mismatch in case["mismatches"]:
            if mismatch["where"].startswith("sdk."):
                assert case["verdict"] == "mismatch"
                found.setdefault(mismatch["where"], []).append(name)
    return found


def test_an_sdk_without_faults_conforms_in_every_case(through: Callable[..., Outcome]) -> None:
    outcome = through()
    assert outcome.status == 0, outcome.out
    summary = outcome.report["summary"]
    assert summary["mismatch"] == summary["error"] == 0
    assert summary["pass"] > 240
    reasons = {case["reason"] for case in outcome.cases.values() if case["verdict"] == "not_run"}
    assert reasons == {"an SDK chooses itself how a request travels"}
    target = outcome.report["target"]
    assert target["driver"] == Path(sys.executable).name
    assert target["signature"] is None
    assert target["sdk"] == target["core"] == {"name": "model-sdk", "version": "1.0"}
    assert target["undocumented_fields"] == {"CreateFlowLog": ["OwnerId", "TrafficAnalyzerId"]}
    # Every kind of thing that is run through an SDK is there, and every documented row was reached.
    assert {name.split("/")[0] for name in outcome.cases} == {"sdk", "CreateFlowLog"}
    assert [row["passed"] for row in outcome.report["coverage"].values()] == [20, 35]


# What each SDK does wrong, the cases that it is run over, and where alone that shows.
WRONG: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "drops-Description": ((f"{CREATE}success",), {"sdk.request.Description"}),
    "drops-TrafficPath": ((f"{CREATE}success",), {"sdk.request.TrafficPath.1"}),
    "adds": ((f"{CREATE}MissingParameter",), {"sdk.request.DryRun"}),
    "swaps": ((f"{CREATE}MissingParameter",), {"sdk.code"}),
    "silent": ((f"{CREATE}MissingParameter",), {"sdk.message"}),
    "wrong-status": ((f"{CREATE}MissingParameter",), {"sdk.status"}),
    "own-request-id": ((f"{CREATE}MissingParameter",), {"sdk.request_id"}),
    "retries-503": (("sdk/throttled-with-503", "sdk/throttled"), {"sdk.requests"}),
    "status-decides": (("sdk",), {"sdk.outcome"}),
    "careless": (("sdk",), {"sdk.outcome"}),
    "makes-up": (("sdk",), {"sdk.code"}),
    "loses-id": (("sdk/success-whole",), {"sdk.body.FlowLogId"}),
    "booleans": (("sdk/success-whole",), {"sdk.body.Success"}),
    "wrong-secret": (("sdk/success-whole",), {"sdk.request.Signature"}),
    "old-clock": (("sdk/success-whole",), {"sdk.request.Timestamp"}),
    "one-nonce": ((f"{CREATE}MissingParameter",), {"sdk.request.nonce"}),
    "model-without-description": (("sdk/model",), {"sdk.model.Description"}),
    "text-for-numbers": (("sdk/model",), {"sdk.model.AggregationInterval.type"}),
    "name-required": (("sdk/model",), {"sdk.model.FlowLogName.required"}),
    "lacks-ip-version": ((f"{CREATE}success", f"{CREATE}IllegalParam.IpVersion"), {"sdk.request.IpVersion"}),
    "refuses": (("sdk/success-whole",), {"sdk.requests", "sdk.outcome"}),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_an_sdk_does_wrong_is_told_where_it_is_wrong(through: Callable[..., Outcome], fault: str) -> None:
    cases, where = WRONG[fault]
    outcome = through(fault, cases=cases)
    assert outcome.status == 1
    found = set(mismatched(outcome))
    assert found & where
    assert found <= where


def test_a_create_that_is_sent_again_is_told_by_every_case_that_creates(through: Callable[..., Outcome]) -> None:
    outcome = through("retries", cases=(f"{CREATE}success",))
    assert outcome.status == 1
    found = mismatched(outcome)["sdk.requests"]
    ran = [name for name, verdict in outcome.verdicts.items() if verdict != "not_run"]
    assert found == ran
    case = outcome.cases[found[0]]
    assert [(each["expected"], each["observed"]) for each in case["mismatches"] if each["where"] == "sdk.requests"] == [
        ([1], 2)
    ]


def test_what_a_typed_sdk_cannot_carry_is_not_run(through: Callable[..., Outcome]) -> None:
    outcome = through("typed", cases=(f"{CREATE}IllegalParam.AggregationInterval",))
    reasons = {case["reason"] for case in outcome.cases.values() if case["verdict"] == "not_run"}
    assert "the SDK has no way to carry this value of AggregationInterval" in reasons
    assert mismatched(outcome) == {}


def test_an_sdk_without_a_model_is_not_judged_by_one(through: Callable[..., Outcome]) -> None:
    outcome = through("no-model", cases=("sdk/model", "sdk/success-whole"))
    assert outcome.status == 0
    assert {case["reason"] for case in outcome.cases.values() if case["verdict"] == "not_run"} == {
        "the SDK has no model of CreateFlowLog"
    }


def test_a_driver_that_dies_is_an_error_of_that_case_and_the_others_go_on(through: Callable[..., Outcome]) -> None:
    outcome = through("breaks-off", cases=(f"{CREATE}success",))
    errors = [name for name, verdict in outcome.verdicts.items() if verdict == "error"]
    assert errors
    assert all("ended" in outcome.cases[name]["reason"] for name in errors), outcome.cases[errors[0]]["reason"]
    assert set(outcome.verdicts.values()) >= {"pass", "error"}
    assert outcome.status == 1


def test_what_the_caller_saw_stands_in_the_report_without_secrets(through: Callable[..., Outcome]) -> None:
    outcome = through(cases=("sdk/documented-error", f"{CREATE}MissingParameter/resource-id-omitted"))
    caller = outcome.cases["sdk/documented-error"]["caller"]
    assert caller == {
        "outcome": "service_error",
        "status": 400,
        "code": "QuotaExceeded.FlowlogCount",
        "message": caller["message"],
        "request_id": "5E7A2F0C-0B0D-4E0C-9B7B-000000000001",
        "exception": "ServiceError",
        "fields": None,
    }
    text = (outcome.folder / "events.ndjson").read_text()
    assert "conformance-generated-secret" not in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--driver", "python-v3"), "did you mean python-v2"),
        (("--driver", "./nowhere/driver"), "nowhere/driver"),
        (("--sdk", "1.0"), "--sdk and --core go with --driver"),
        (("--driver", "python-v2", "--sdk", "1.0;rm"), "1.0;rm"),
        (("--driver", "python-v2", "--signature", "v1"), "the SDK signs"),
        (("--driver", "/bin/cat", "--sdk", "1"), "--sdk and --core go with a driver of the project"),
        (("--driver", "/bin/true '"), "is no command line"),
    ],
)
def test_a_driver_that_cannot_be_is_one_message(quick: Command, words: tuple[str, ...], says: str) -> None:
    outcome = quick.run(*words)
    assert outcome.status in (2, 3)
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
    assert not outcome.folder.exists()


def test_a_driver_whose_toolchain_is_missing_is_not_run(
    quick: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = quick.run("--driver", "go")
    assert outcome.status == 3
    assert set(outcome.verdicts.values()) == {"not_run"}
    assert {case["reason"] for case in outcome.cases.values()} == {next(iter(outcome.cases.values()))["reason"]}
    assert "go is missing" in next(iter(outcome.cases.values()))["reason"]
