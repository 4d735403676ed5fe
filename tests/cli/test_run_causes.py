"""A server with five faults at once: the run names five causes, and each line that it prints shows the same."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from commands import LONGEST_S

from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commands import Command, Outcome

FAULTS = ("missing-message-full-stop", "traffic-type-any", "quota-is-429", "interval-any", "name-as-missing")
EXPECTED = {
    "expected IllegalParam.AggregationInterval for AggregationInterval, observed success (200)": "AggregationInterval",
    "expected ParameterInvalid or INVALID_PARAMETER for TrafficType, observed success (200)": "TrafficType",
    "expected ParameterInvalid or INVALID_PARAMETER for FlowLogName, observed MissingParameter": "FlowLogName",
    "response.status: expected 400, observed 429": None,
    'response.body.Message: expected "Missing mandatory parameter", observed "Missing mandatory parameter." '
    "(differs in punctuation only)": None,
}
"""The title of each cause, with what its cases change."""


@pytest.fixture(scope="module")
def faulty() -> Iterator[ReferenceServer]:
    with ReferenceServer(faults=FAULTS) as server:
        yield server


@pytest.fixture(scope="module")
def run_once() -> list[Outcome]:
    return []


@pytest.fixture
def outcome(run_once: list[Outcome], quick: Command, faulty: ReferenceServer) -> Outcome:
    """What one run for all of these tests did."""
    if not run_once:
        run_once.append(quick.run("--endpoint", faulty.endpoint, "--states-url", faulty.states_url))
    return run_once[0]


def test_five_faults_are_five_causes_each_with_its_rule(outcome: Outcome) -> None:
    groups = outcome.report["groups"]
    assert {group["title"] for group in groups} == EXPECTED.keys()
    assert sum(group["count"] for group in groups) == outcome.report["summary"]["mismatch"]
    blocks = [line for line in outcome.out.splitlines() if line.startswith("MISMATCH")]
    assert blocks == [f"MISMATCH {group['count']} × {group['title']}" for group in groups]
    for group in groups:
        changed = EXPECTED[group["title"]]
        if changed is not None:
            assert list(group["changed"]) == [changed]
            assert group["rule_lines"].keys() == {"en", "zh"}
        assert group["row_lines"].keys() == {"en", "zh"}


def test_the_first_screen_names_each_cause_with_its_rule_and_its_row(outcome: Outcome) -> None:
    screen = [line[at : at + 80] for line in outcome.out.splitlines() for at in range(0, len(line) or 1, 80)][:24]
    text = " ".join(" ".join(screen).split())
    places = [text.index(f"{number}. {group['count']} × ") for number, group in enumerate(outcome.report["groups"], 1)]
    assert len(places) == 5
    for group, at, end in zip(outcome.report["groups"], places, [*places[1:], None], strict=True):
        block = text[at:end]
        assert group["title"][:60] in block
        lines = [str(line) for line in (*group["rule_lines"].get("en", []), group["row_lines"]["en"])]
        assert all(line in block for line in lines), block
        assert "rule" in block
        assert "error row: English line" in block


def test_the_line_that_runs_each_cause_again_shows_the_same(outcome: Outcome, quick: Command) -> None:
    groups = outcome.report["groups"]
    for group in groups:
        program, *words = shlex.split(group["rerun"])
        assert (program, f"    run again: {group['rerun']}" in outcome.out.splitlines()) == ("conformance", True)
        again = quick.run(*words[1:])
        (found,) = again.report["groups"]
        assert [found[name] for name in ("cases", "where", "expected", "observed")] == [
            [group["example"]],
            *(group[name] for name in ("where", "expected", "observed")),
        ]


def last_answer(shown: str) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of the last answer that curl shows."""
    head, _, body = shown.rpartition("\n\n")  # text mode has made each line end one character
    return int(re.findall(r"HTTP/1\.1 (\d+)", head)[-1]), json.loads(body)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_line_of_each_cause_shows_the_same_difference(outcome: Outcome) -> None:
    for group in outcome.report["groups"]:
        done = subprocess.run(
            ["sh", "-c", group["reproduce"]], capture_output=True, encoding="utf-8", timeout=LONGEST_S, check=True
        )
        status, body = last_answer(done.stdout)
        shown = {
            "response.status": status,
            "response.body.Code": body.get("Code"),
            "response.body.Message": body.get("Message"),
        }
        assert shown[group["where"]] == group["observed"], group["title"]


def test_every_format_names_the_causes(outcome: Outcome, conformance: Command) -> None:
    markdown = conformance("report", str(outcome.folder), "--format", "markdown").out
    page = (outcome.folder / "report.html").read_text(encoding="utf-8")
    junit = (outcome.folder / "junit.xml").read_text(encoding="utf-8")
    assert "### Causes (5)" in markdown
    for title in ("observed success (200)", "expected 400, observed 429", "observed MissingParameter"):
        assert all(title in text for text in (markdown, page, junit))
