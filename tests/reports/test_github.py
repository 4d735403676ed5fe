"""Workflow commands: what GitHub's runner makes of them, whatever a server said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from foreign import HOSTILE, LONG, hostile_report
from hypothesis import given, settings
from profiles import scaled
from report_data import report_of, reports, result

from conformance.judging.results import Mismatch
from conformance.reports.formats.github import annotation_lines, output_lines

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report


class Annotation(NamedTuple):
    level: str
    properties: dict[str, str]
    text: str


def read(text: str) -> list[Annotation]:
    """Read commands as the runner does: a line each; properties by commas; then what is escaped, `%25` last."""
    found = []
    for line in text.removesuffix("\n").split("\n"):
        match = re.fullmatch("::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match is not None, line
        pairs = dict(pair.split("=", 1) for pair in match[2].split(","))
        found.append(Annotation(match[1], {name: plain(each) for name, each in pairs.items()}, plain(match[3])))
    return found


def plain(text: str) -> str:
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def shown_of(report: Report) -> list[Annotation]:
    return read("".join(annotation_lines(report, "/repository")))


@settings(max_examples=scaled(40))
@given(reports)
def test_every_line_is_a_command_at_a_place(report: Report) -> None:
    *found, counts = shown_of(report)
    assert (counts.level, "cases: " in counts.text or "case: " in counts.text) == ("notice", True)
    for each in found:
        assert (each.properties["file"], each.properties["line"]) == ("cases/vpc/CreateFlowLog/x.yaml", "4")


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
def test_a_hostile_server_gives_no_command(text: str) -> None:
    shown = "".join(annotation_lines(hostile_report(text), "/repository"))
    assert len(shown) < 30_000
    assert not {"\x1b", "\x9b", "\u202e", "\x00", "\r"} & set(shown)
    for each in read(shown):
        assert set(each.properties) <= {"file", "line", "title"}


def test_a_cause_is_one_annotation_at_the_case_that_shows_it_best() -> None:
    found = Mismatch("response.body.Code", ("A:1,2",), "100%", {"en": 150})
    cases = [result(f"X/c{n}", "mismatch", mismatches=(found,), where=f"cases/x.yaml:{n + 2}:3") for n in range(4)]
    error, counts = shown_of(report_of(cases))
    assert error.level == "error"
    assert error.properties == {
        "file": "cases/x.yaml",
        "line": "2",
        "title": "4 cases: expected A:1,2, observed 100%",
    }
    assert error.text.splitlines() == [
        "expected A:1,2, observed 100%",
        "rule and error row: English line 150",
        "e.g. CreateFlowLog/X/c0",
    ]
    assert counts.text == "4 cases: 0 pass, 4 mismatch"


def test_there_are_no_more_than_github_shows_and_the_last_says_so() -> None:
    cases = [
        result(f"X/c{n}", "mismatch", mismatches=(Mismatch(f"response.body.F{n}", ("A",), None, {"en": n}),))
        for n in range(1, 15)
    ]
    cases += [result(f"X/e{n}", "error", reason=f"no answer, says {'x' * n}") for n in range(1, 15)]
    cases += [result(f"X/d{n}", "divergent", follows=("zh",)) for n in range(20)]
    found = shown_of(report_of(cases))
    levels = [each.level for each in found]
    assert [levels.count(level) for level in ("error", "warning", "notice")] == [10, 10, 10]
    assert "causes more are not shown here" in found[-1].text


def test_counts_are_outputs_of_a_step() -> None:
    lines = "".join(output_lines(report_of([result("X/a"), result("X/b", "not_run", reason="x")]))).splitlines()
    assert lines[:2] == ["total=2", "pass=1"]
    assert "not-run=1" in lines
    assert lines[-1] == "causes=0"
    assert all(re.fullmatch(r"[a-z-]+=\d+", line) for line in lines)
