"""`conformance run --driver`: the suite through an SDK, and what is told of an SDK that does wrong."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import REPOSITORY

from conformance.sdk.driver_run import Driver

if TYPE_CHECKING:
    from collections.abc import Callable

    from commands import Command, Outcome

    from conformance.server.process import ReferenceServer

PROGRAM = REPOSITORY / "tests" / "sdk" / "programs" / "model_sdk.py"
CREATE = "CreateFlowLog/"


def command(*faults: str) -> str:
    return shlex.join([sys.executable, str(PROGRAM), *faults])


@pytest.fixture
def through(quick: Command, reference: ReferenceServer) -> Callable[..., Outcome]:
    """Run through the model SDK with some faults."""

    def run(*faults: str, cases: tuple[str, ...] = ()) -> Outcome:
        at_once = "4" if not cases else "1"
        server = ("--endpoint", reference.endpoint, "--states-url", reference.states_url)
        return quick.run("--driver", command(*faults), "--concurrency", at_once, *server, *cases)

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
    assert target["undocumented_fields"] == {"CreateFlowLog": ["OwnerId"]}
    assert target["named_fields"] == {"CreateFlowLog": ["TrafficAnalyzerId"]}
    # Every kind of thing that is run through an SDK is there, and every documented row was reached.
    assert {name.split("/")[0] for name in outcome.cases} == {"sdk", "CreateFlowLog"}
    assert [row["passed"] for row in outcome.report["coverage"].values()] == [20, 35]


# What SDKs do wrong, the cases that they are run over, and where alone that shows. Faults whose findings cannot be
# taken for each other have one run together.
WRONG: dict[tuple[str, ...], tuple[tuple[str, ...], set[str]]] = {
    ("drops-Description", "drops-TrafficPath", "adds", "one-nonce"): (
        (f"{CREATE}success/every-parameter", f"{CREATE}MissingParameter/resource-id-omitted"),
        {"sdk.request.Description", "sdk.request.TrafficPath.1", "sdk.request.DryRun", "sdk.request.nonce"},
    ),
    ("swaps", "silent", "wrong-status", "own-request-id"): (
        (f"{CREATE}MissingParameter/resource-id-omitted",),
        {"sdk.code", "sdk.message", "sdk.status", "sdk.request_id"},
    ),
    ("loses-id", "booleans", "wrong-secret", "old-clock"): (
        ("sdk/success-whole",),
        {"sdk.body.FlowLogId", "sdk.body.Success", "sdk.request.Signature", "sdk.request.Timestamp"},
    ),
    ("model-without-description", "text-for-numbers", "name-required"): (
        ("sdk/model",),
        {"sdk.model.Description", "sdk.model.AggregationInterval.type", "sdk.model.FlowLogName.required"},
    ),
    ("drops-Description", "renames", "json-for-lists", "wrong-secret", "lacks-ip-version"): (
        ("sdk/wire",),
        {
            "sdk.wire.Description",
            "sdk.wire.ProjectName",
            "sdk.wire.Tag[].Key",
            "sdk.wire.Tag[].Value",
            "sdk.request.Signature",
        },
    ),
    ("refuses", "no-model"): (("sdk/wire",), {"sdk.wire"}),
    ("knows-regions", "drops-Description"): (("sdk/wire",), {"sdk.wire.Description"}),
    ("retries-503",): (("sdk/throttled-with-503", "sdk/throttled"), {"sdk.requests"}),
    ("lacks-ip-version",): ((f"{CREATE}success/ip-version-v4",), {"sdk.request.IpVersion"}),
    ("refuses",): (("sdk/success-whole",), {"sdk.requests", "sdk.outcome"}),
}


@pytest.mark.parametrize("faults", WRONG, ids="+".join)
def test_what_an_sdk_does_wrong_is_told_where_it_is_wrong(
    through: Callable[..., Outcome], faults: tuple[str, ...]
) -> None:
    cases, where = WRONG[faults]
    outcome = through(*faults, cases=cases)
    assert outcome.status == 1
    assert set(mismatched(outcome)) == where


def test_operations_that_were_never_called_are_not_counted_as_sent(through: Callable[..., Outcome]) -> None:
    outcome = through("refuses", cases=("sdk/wire",))
    assert "0 documented parameters of 0 operations were sent" in str(outcome.report["notes"])


def test_what_an_sdk_makes_of_an_answer_is_told_by_the_case_that_gives_it(through: Callable[..., Outcome]) -> None:
    careless = {
        "error-in-xml",
        "html-with-502",
        "html-with-200",
        "empty-body-with-500",
        "empty-body-with-200",
        "half-body",
    }
    wrong = {f"sdk/{name}" for name in careless | {"error-envelope-in-http-200"}}
    right = ("sdk/documented-error", "sdk/error-with-empty-object", "sdk/success-as-boolean")
    cases = (*sorted(wrong), "sdk/error-without-code", *right)
    outcome = through("status-decides", "careless", "makes-up", cases=cases)
    found = mismatched(outcome)
    assert {where: set(names) for where, names in found.items()} == {
        "sdk.outcome": wrong,
        "sdk.code": {"sdk/error-without-code"},
    }
    assert {outcome.verdicts[name] for name in right} == {"pass"}
    assert all("(" in outcome.cases[name]["reason"] for name in wrong)  # the rule, and where it comes from


def test_a_create_that_is_sent_again_is_told_by_every_case_that_creates(through: Callable[..., Outcome]) -> None:
    outcome = through("retries", cases=(f"{CREATE}success/ip-version-v4", f"{CREATE}success/every-parameter"))
    assert outcome.status == 1
    found = mismatched(outcome)["sdk.requests"]
    assert found == list(outcome.verdicts)
    assert len(found) == 2
    case = outcome.cases[found[0]]
    assert [(each["expected"], each["observed"]) for each in case["mismatches"] if each["where"] == "sdk.requests"] == [
        ([1], 2)
    ]


def test_what_a_typed_sdk_cannot_carry_is_not_run(through: Callable[..., Outcome]) -> None:
    outcome = through("typed", cases=(f"{CREATE}IllegalParam.AggregationInterval/interval-text",))
    (case,) = outcome.cases.values()
    assert (case["verdict"], case["mismatches"]) == ("not_run", [])
    assert case["reason"] == "the SDK has no way to carry this value of AggregationInterval"


def test_an_sdk_needs_no_way_to_send_what_no_document_has(through: Callable[..., Outcome]) -> None:
    outcome = through("lacks-ip-version", cases=(f"{CREATE}success/unknown-parameter",))
    (case,) = outcome.cases.values()
    assert (case["verdict"], case["mismatches"]) == ("not_run", [])
    assert case["reason"] == "the SDK has no parameter NoSuchParameter"


def test_an_sdk_without_a_model_is_not_judged_by_one(through: Callable[..., Outcome]) -> None:
    outcome = through("no-model", cases=("sdk/model", "sdk/success-whole"))
    assert outcome.status == 0
    assert {case["reason"] for case in outcome.cases.values() if case["verdict"] == "not_run"} == {
        "the SDK has no model of the operation"
    }


def test_a_driver_that_does_not_start_leaves_no_folder_of_a_run(quick: Command, tmp_path: Path) -> None:
    for program in ("./nowhere", shlex.join([sys.executable, "-c", "raise SystemExit(1)", "/"])):
        done = quick("run", "--driver", program, f"{CREATE}success/ip-version-v4")
        assert (done.status, done.out) == (3, "")
        assert not (tmp_path / "reports").exists()


def test_of_a_product_without_a_package_one_reason_is_given_for_all_and_one_note(
    quick: Command, reference: ReferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tuple(shlex.split(command()))
    driver = Driver("mine", program, None, ("--driver", "mine"), None, ("vpc/2016-04-28", "moon/2020-01-01"), ("a: b",))
    monkeypatch.setattr("conformance.sdk.driver_run.find_and_install", lambda *_: driver)
    server = ("--endpoint", reference.endpoint, "--states-url", reference.states_url)
    cases = ("sdk/model", "sdk/wire", f"{CREATE}success/every-parameter")
    outcome = quick.run("--driver", "mine", "--concurrency", "1", *server, *cases)
    assert len(outcome.cases) > 10
    reasons = {(case["verdict"], case["reason"]) for case in outcome.cases.values()}
    assert reasons == {("not_run", "the driver mine has no package of vpc/2016-04-28")}
    assert outcome.out.count("has no package of vpc/2016-04-28, moon/2020-01-01 (name it in drivers/products.yaml") == 1
    notes = [note["key"] for note in outcome.report["notes"] if note["key"].startswith("sdk.p")]
    assert notes == ["sdk.packages", "sdk.products.1"]


def test_a_driver_that_dies_is_an_error_of_that_case_and_the_others_go_on(through: Callable[..., Outcome]) -> None:
    dies = f"{CREATE}success/every-parameter"
    outcome = through("breaks-off", cases=("sdk/model", dies, f"{CREATE}success/ip-version-v4"))
    assert [name for name, verdict in outcome.verdicts.items() if verdict != "pass"] == [
        *(name for name in outcome.verdicts if name.startswith("sdk/model/")),
        dies,
    ]
    assert "ended with status 9 when asked to call" in outcome.cases[dies]["reason"]
    # It dies of being asked for its model too, and is started again for the calls.
    assert outcome.verdicts["sdk/model/CreateFlowLog/Description"] == "error"
    assert "ended with status 9 when asked to model" in outcome.cases["sdk/model/CreateFlowLog/Description"]["reason"]
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


def test_an_sdk_that_shows_what_it_signed_brings_no_signature_into_a_report(through: Callable[..., Outcome]) -> None:
    cases = ("sdk/documented-error", f"{CREATE}MissingParameter/resource-id-omitted")
    outcome = through("shows-url", "silent", cases=cases)
    assert set(mismatched(outcome)) == {"sdk.message"}
    for case in outcome.cases.values():
        assert "Signature=***" in case["caller"]["message"]
    for path in outcome.folder.iterdir():
        assert not re.search(r"\bSignature=(?!\*\*\*)", path.read_text(encoding="utf-8")), path


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
        (("--driver", " "), "names no program"),
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
    listed = tmp_path / "known.yaml"
    listed.write_text("- {id: sdk/throttled-with-503, reason: it asks again}\n")
    outcome = quick.run("--driver", "go", "--known-failing", str(listed))
    assert outcome.status == 3
    assert set(outcome.verdicts.values()) == {"not_run"}
    known = {name: case["known_failing"] for name, case in outcome.cases.items() if case["known_failing"]}
    assert known == {"sdk/throttled-with-503": "it asks again"}
    assert {case["reason"] for case in outcome.cases.values()} == {next(iter(outcome.cases.values()))["reason"]}
    assert "go is missing" in next(iter(outcome.cases.values()))["reason"]


def test_what_an_sdk_is_known_to_do_wrong_can_be_listed(quick: Command, tmp_path: Path) -> None:
    listed = tmp_path / "known.yaml"
    listed.write_text(
        "- {id: sdk/model/CreateFlowLog/Description, reason: this release lacks it}\n"
        "- {id: sdk/throttled-with-503, reason: it asks again}\n"
    )
    words = shlex.join([sys.executable, str(PROGRAM), "model-without-description", "retries-503"])
    options = ("--concurrency", "1", "--known-failing", str(listed))
    outcome = quick.run("--driver", words, *options, "sdk/model", "sdk/throttled-with-503")
    assert outcome.report["summary"]["known_failing"] == 2
    assert outcome.status == 0
    listed.write_text("- {id: sdk/modle, reason: a slip}\n")
    assert quick.run("--driver", words, *options, "sdk/model").status == 2


def test_the_line_that_is_shown_names_the_file_of_a_case_that_is_not_of_the_project(
    through: Callable[..., Outcome], quick: Command, tmp_path: Path
) -> None:
    file = tmp_path / "my cases.yaml"
    file.write_text(
        "operation: CreateFlowLog\nbase: vpc\ncases:\n"
        + "".join(
            f"  - {{id: {name}, title: Mine, group: success, set: {{Description: {name}}}, "
            "expect: {success: true}, trigger: documented}\n"
            for name in ("my", "my-two")
        )
    )
    outcome = through("drops-Description", cases=(str(file),))
    assert set(outcome.verdicts.values()) == {"mismatch"}
    for case in outcome.cases.values():
        again = quick(*shlex.split(case["reproduce"])[1:], "--report-dir", str(outcome.folder))
        assert again.verdicts[case["id"]] == "mismatch"


def test_the_line_that_is_shown_gives_the_same_verdict(through: Callable[..., Outcome], quick: Command) -> None:
    cases = (f"{CREATE}success/every-parameter", "sdk/success-whole", f"{CREATE}success/ip-version-v4")
    outcome = through("drops-Description", "loses-id", cases=cases)
    assert set(outcome.verdicts.values()) == {"mismatch"}
    for name, case in outcome.cases.items():
        program, *words = shlex.split(case["reproduce"])
        assert program == "conformance"
        again = quick(*words, "--report-dir", str(outcome.folder))
        assert again.verdicts == {name: "mismatch"}
        assert [each["where"] for each in again.cases[name]["mismatches"]] == [
            each["where"] for each in case["mismatches"]
        ]


@pytest.mark.parametrize("by_file", [False, True])
def test_the_line_that_is_shown_has_all_that_decides(
    quick: Command, reference: ReferenceServer, tmp_path: Path, *, by_file: bool
) -> None:
    options = ["--endpoint", reference.endpoint, "--states-url", reference.states_url]
    if by_file:
        target = tmp_path / "my target.yaml"
        target.write_text(f"endpoint: {reference.endpoint}\nstates_url: {reference.states_url}\n", encoding="utf-8")
        options = ["--target", str(target)]
    options += ["--docs", "zh"]
    cases = (f"{CREATE}success/every-parameter", "sdk/success-whole", "sdk/model/CreateFlowLog/Description")
    driver = command("drops-Description", "loses-id", "model-without-description")
    outcome = quick.run("--driver", driver, "--concurrency", "1", *options, *cases)
    assert set(outcome.verdicts.values()) == {"mismatch"}
    for name, case in outcome.cases.items():
        words = shlex.split(case["reproduce"])
        assert words[:4] == ["conformance", "run", "--driver", driver]
        assert all(option in words for option in options)
        assert words[-1] == name
