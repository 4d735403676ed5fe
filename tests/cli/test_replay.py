"""`conformance replay`: what was recorded is judged again, and nothing is sent."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from commands import give_loaded
from msgspec.structs import replace

from conformance.cases.select import select
from conformance.cli.run import run_cases
from conformance.cli.support.plan_template import load_plan
from conformance.reports.report_reader import read_report
from conformance.server.process import ReferenceServer
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from commands import Command

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite

FEW = (
    "CreateFlowLog/success/vpc",
    "CreateFlowLog/IllegalParam.AggregationInterval",
    "CreateFlowLog/MissingParameter/region-omitted",
    "CreateFlowLog/MissingParameter/project-omitted",
    "CreateFlowLog/success/becomes-active",
    "CreateFlowLog/success/deleted-then-created-again",
    "CreateFlowLog/InvalidResourceId.NotFound/same-moment",
)
OF_ONE_DOCUMENT = "CreateFlowLog/MissingParameter/project-omitted"


@pytest.fixture(scope="module")
def record(loaded: tuple[list[Suite], list[Case]]) -> Callable[..., dict[str, str]]:
    """Run cases against a server and write a recording; return the verdicts. The server is gone afterwards."""

    def run(
        folder: Path, words: tuple[str, ...] = (), *, follow: str = "both", fault: str = "", keep: bool = True
    ) -> dict[str, str]:
        with pytest.MonkeyPatch.context() as patch:
            give_loaded(patch, loaded)
            plan_for = load_plan("both", 16)
        with ReferenceServer(follow, (fault,) if fault else (), 0.05) as server:
            target = Target(server.endpoint, states_url=server.states_url, values=dict(plan_for.defaults))
            plan = replace(plan_for(target), keep_all=keep)
            report, _ = run_cases(plan, select(plan.cases, words, None), folder)
        return {case["id"]: case["verdict"] for case in report["cases"]}

    return run


@pytest.fixture(scope="module")
def few(record: Callable[..., dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    assert {"pass", "divergent"} <= set(record(folder, FEW).values())
    return folder


@pytest.fixture
def recorded(few: Path, quick: Command) -> Command:
    """The command line, in a folder with a recording of its own: `recorded`."""
    shutil.copytree(few, "recorded")
    Path("recorded/report.json").unlink()
    return quick


def change(name: str, edit: Callable[[dict[str, Any]], Any]) -> None:
    """Change one case of the recording."""
    path = Path("recorded/events.ndjson")
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    (case,) = [event["case"] for event in events if event.get("case", {}).get("id") == name]
    edit(case)
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")


def again(command: Command, *words: str) -> tuple[int, dict[str, Any], str]:
    outcome = command("replay", "recorded", *words, "--report-dir", "again")
    assert outcome.err == ""
    return outcome.status, {case["id"]: case for case in read_report(Path("again"))["cases"]}, outcome.out


@pytest.mark.parametrize(
    ("follow", "fault", "status"),
    [("both", "", 0), ("zh", "messages-with-space", 1), ("both", "request-id-same", 1)],
)
@pytest.mark.parametrize("step", [20, pytest.param(1, marks=pytest.mark.deep)], ids=["some", "all"])
def test_the_same_cases_and_documents_give_the_same_report(
    *,
    follow: str,
    fault: str,
    status: int,
    step: int,
    loaded: tuple[list[Suite], list[Case]],
    record: Callable[..., dict[str, str]],
    quick: Command,
) -> None:
    """Of some cases of every kind; the deep run takes all."""
    words = (*FEW, *(case.id for case in loaded[1][::step]))
    verdicts = record(Path("recorded"), words, follow=follow, fault=fault)
    found, cases, out = again(quick)
    assert {name: case["verdict"] for name, case in cases.items()} == verdicts
    assert f"judged again: {len(verdicts)} of {len(verdicts)} cases; 0 have another verdict" in out
    assert found == status
    before = {case["id"]: case for case in read_report(Path("recorded"))["cases"]}
    for name, case in cases.items():
        for field in ("verdicts", "follows", "mismatches", "observed", "exact", "answered", "lines"):
            assert case[field] == before[name][field], (name, field)


def test_what_waited_for_something_that_never_came_is_judged_by_its_last_answer(recorded: Command) -> None:
    name = "CreateFlowLog/success/becomes-active"

    def spoil(case: dict[str, Any]) -> None:
        response = case["exchanges"][-1]["response"]
        response["body"] = response["body"].replace('"Active"', '"Sleeping"')

    change(name, spoil)
    _, cases, _ = again(recorded, name)
    assert cases[name]["verdict"] == "mismatch"
    assert cases[name]["mismatches"][0]["observed"] == "Sleeping"


def test_an_answer_that_is_wrong_today_is_a_mismatch_today(recorded: Command) -> None:
    name = "CreateFlowLog/MissingParameter/region-omitted"

    def spoil(case: dict[str, Any]) -> None:
        (exchange,) = case["exchanges"]
        exchange["response"]["body"] = exchange["response"]["body"].replace("MissingParameter", "NoRegion")

    change(name, spoil)
    status, cases, out = again(recorded)
    assert (status, cases[name]["verdict"]) == (1, "mismatch")
    assert cases[name]["mismatches"][0]["observed"] == "NoRegion"
    assert "; 1 have another verdict" in out
    assert f"    {name}: was pass, is mismatch" in out


def test_a_pass_whose_exchange_was_not_kept_is_not_run(record: Callable[..., dict[str, str]], quick: Command) -> None:
    verdicts = record(Path("recorded"), FEW, fault="interval-as-invalid", keep=False)
    status, cases, out = again(quick)
    for name, verdict in verdicts.items():
        assert cases[name]["verdict"] == ("not_run" if verdict == "pass" else verdict)
    reasons = {case["reason"] for case in cases.values() if case["verdict"] == "not_run"}
    assert reasons == {"its exchange was not kept (conformance run --keep-exchanges all)"}
    assert status == 1
    assert "; 0 have another verdict" in out


def test_a_request_id_used_before_in_what_was_not_kept_is_not_taken_for_new(
    record: Callable[..., dict[str, str]], quick: Command
) -> None:
    verdicts = record(Path("recorded"), FEW, fault="request-id-same", keep=False)
    assert "mismatch" in verdicts.values()
    _, cases, _ = again(quick)
    assert "pass" not in {case["verdict"] for case in cases.values()}


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda case: case["exchanges"].clear(), "nothing was sent when it was recorded"),
        (
            lambda case: case["exchanges"][0]["request"]["params"].update(RegionId="cn-elsewhere"),
            "the case sends otherwise than was recorded: RegionId is 'cn-",
        ),
        (lambda case: case["exchanges"][0]["request"]["params"].update(New="1"), "New is not sent, not '1'"),
        (
            lambda case: case["exchanges"][0]["request"].update(method="PUT"),
            "POST CreateFlowLog, not PUT CreateFlowLog",
        ),
        (lambda case: case["exchanges"][0]["request"]["headers"].update(Accept="text/xml"), "it asks for JSON"),
        (lambda case: case["exchanges"][0]["response"].update(body="x" * 20_001), "its answer was too long"),
        (lambda case: case["exchanges"][0]["response"].update(body="{\ufffd}"), "its answer has bytes"),
    ],
)
def test_what_the_recording_does_not_answer_is_not_run(
    recorded: Command, edit: Callable[[dict[str, Any]], Any], says: str
) -> None:
    name = "CreateFlowLog/success/vpc"
    change(name, edit)
    _, cases, _ = again(recorded, name)
    assert cases[name]["verdict"] == "not_run"
    assert says in cases[name]["reason"]
    assert cases[name]["mismatches"] == []


def test_a_recording_that_ends_early_is_not_run(recorded: Command) -> None:
    stored = read_report(Path("recorded"))["cases"]
    name = next(case["id"] for case in stored if len(case["exchanges"]) > 1 and case["verdict"] == "pass")
    change(name, lambda case: case["exchanges"].pop())
    _, cases, _ = again(recorded, name)
    assert cases[name]["verdict"] == "not_run"
    assert "the recording ends before" in cases[name]["reason"]


def test_what_was_not_run_stays_so_with_its_reason(recorded: Command) -> None:
    name = "CreateFlowLog/success/vpc"
    change(name, lambda case: case.update(exchanges=[], verdict="error", reason="no answer", answered=None))
    _, cases, _ = again(recorded, name)
    assert (cases[name]["verdict"], cases[name]["reason"]) == ("error", "no answer")


def test_some_cases_alone_and_cases_that_are_gone(recorded: Command) -> None:
    change("CreateFlowLog/success/vpc", lambda case: case.update(id="CreateFlowLog/success/of-old"))
    outcome = recorded("replay", "recorded")
    assert outcome.status == 0
    assert "1 recorded cases are in the suite no more: CreateFlowLog/success/of-old" in outcome.out
    outcome = recorded("replay", "recorded", OF_ONE_DOCUMENT, "--strict")
    assert outcome.status == 1  # the documents disagree about it
    assert "judged again: 1 of 1 cases" in outcome.out
    assert "no more" not in outcome.out


def test_nothing_is_written_unless_asked_for(recorded: Command) -> None:
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    assert recorded("replay", "recorded").status == 0
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*")} == before


def test_a_report_file_alone_is_enough(few: Path, quick: Command) -> None:
    shutil.copy(few / "report.json", "copied.json")
    assert quick("replay", "copied.json").out == quick("replay", str(few)).out


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"driver": "python-v2"}, "is a run of the driver python-v2"),
        (None, "is a run of property tests"),
    ],
)
def test_only_plain_http_can_be_replayed(few: Path, quick: Command, edit: dict[str, str] | None, says: str) -> None:
    report = json.loads((few / "report.json").read_text(encoding="utf-8"))
    if edit is None:
        report["fuzz"] = {"seed": 1, "requests": 0, "reached": {}}
    else:
        report["target"].update(edit)
    Path("changed.json").write_text(json.dumps(report), encoding="utf-8")
    outcome = quick("replay", "changed.json")
    assert (outcome.status, outcome.out) == (2, "")
    assert says in outcome.err
    assert quick("replay", "nowhere").status == 2


def test_known_failures_are_known_in_a_replay_too(record: Callable[..., dict[str, str]], quick: Command) -> None:
    record(Path("recorded"), FEW, fault="interval-as-invalid")
    Path("known.yaml").write_text("[{id: CreateFlowLog/IllegalParam.*/**, reason: May}]", encoding="utf-8")
    assert quick("replay", "recorded").status == 1
    outcome = quick("replay", "recorded", "--known-failing", "known.yaml")
    assert "KNOWN TO FAIL CreateFlowLog/IllegalParam.AggregationInterval/" in outcome.out
    assert outcome.status == 1  # some of them pass: the list says too much
    assert "STALE" in outcome.out
