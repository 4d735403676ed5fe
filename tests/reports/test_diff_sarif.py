"""SARIF of `conformance diff`: what the schema allows, and each finding at a line that is about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands import REPOSITORY
from foreign import HOSTILE, faults

from conformance.comparison.agreement import Agreement
from conformance.comparison.compared_fact import ComparedFact
from conformance.comparison.sarif import sarif
from conformance.contract.model import NOT_STATED, Fact, State

if TYPE_CHECKING:
    import pytest
    from commands import Command

SCHEMA = "sarif-2.1.0-rtm.5.json"


def run_of(text: str) -> dict[str, Any]:
    assert faults(SCHEMA, text) == []
    (run,) = json.loads(text)["runs"]
    return dict(run)


def test_findings_of_contracts_are_at_the_rows_that_have_the_facts(
    conformance: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    run = run_of(conformance("diff", "CreateFlowLog.en", "CreateFlowLog.zh", "--sarif").out)
    files = {
        f"openapi/vpc/2016-04-28/CreateFlowLog.{language}.yaml": Path(
            REPOSITORY, f"openapi/vpc/2016-04-28/CreateFlowLog.{language}.yaml"
        )
        .read_text(encoding="utf-8")
        .splitlines()
        for language in ("en", "zh")
    }
    results = {each["message"]["text"]: each for each in run["results"]}
    assert len(results) > 10
    for text, found in results.items():
        about = text.partition(":")[0].partition("#")[2]
        for place in (*found["locations"], *found.get("relatedLocations", [])):
            physical = place["physicalLocation"]
            line = files[physical["artifactLocation"]["uri"]][physical["region"]["startLine"] - 1]
            name, fact = about.rsplit(" ", 1)
            assert name.removeprefix("errors/") in line or f"{fact}:" in line or f"fact: {fact}" in line, (text, line)
    levels = [each["level"] for each in run["results"]]
    assert set(levels) == {"error", "warning", "note"}
    assert "could not be compared" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_what_could_not_be_compared_is_open_where_it_is_asked_for(conformance: Command) -> None:
    less, more = (
        run_of(conformance("diff", "CreateFlowLog.en", "CreateFlowLog.zh", "--sarif", *words).out)["results"]
        for words in ((), ("-v",))
    )
    opened = [each for each in more if each.get("kind") == "open"]
    assert {each["level"] for each in opened} == {"none"}
    assert len(more) == len(less) + len(opened) > len(less) > 0


def test_hostile_documents_give_no_link_and_break_nothing() -> None:
    fact = Fact(State.STATED, HOSTILE, 7)
    finding = ComparedFact(HOSTILE, f"errors/{HOSTILE}", "code", Agreement.ONLY_LEFT, fact, NOT_STATED, HOSTILE)
    text = json.dumps(sarif([], version="1", lone=[finding], files={finding.fingerprint: HOSTILE}), ensure_ascii=False)
    (found,) = run_of(text)["results"]
    assert not {"\x1b", "\u202e", "\x00"} & set(text)
    assert "](" not in found["message"]["text"].replace("\\](", "")
