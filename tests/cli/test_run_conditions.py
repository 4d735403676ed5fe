"""An operation whose promises depend on each other: from its pages to runs against servers that keep or break them."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from conditional_pages import PAGES
from servers import Server, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from commands import Command
    from servers import Link

CASES = """\
operation: LeaseMeadow
base: plain
cases:
  - id: by-the-day
    title: A meadow by the day
    expect: {success: true}
    trigger: documented
  - id: by-the-day-with-a-long-term
    title: By the day the term counts for nothing
    set: {Term: 100}
    expect: {success: true}
    trigger: documented
  - id: leased
    title: A leased meadow
    set: {Plan: Leased, TermUnit: Month, Term: 9}
    expect: {success: true}
    trigger: documented
  - id: leased-too-long
    title: A leased meadow, for too many months
    fact: Term.maximum
    set: {Plan: Leased, TermUnit: Month, Term: 10}
    expect: {error: InvalidParameter}
    trigger: documented
  - id: leased-for-years-too-long
    title: A leased meadow, for too many years
    fact: Term.maximum
    set: {Plan: Leased, TermUnit: Year, Term: 4}
    expect: {error: InvalidParameter}
    trigger: documented
  - id: leased-without-a-term
    title: A leased meadow without a term
    fact: Term.required
    set: {Plan: Leased, TermUnit: Month}
    expect: {error: MissingParameter}
    trigger: documented
"""


@pytest.fixture
def meadow(conformance: Command, tmp_path: Path) -> Path:
    """A workspace with the contracts of both pages, and hand-written cases."""
    assert conformance("init").status == 0
    pages = []
    for language, text in PAGES.items():
        pages.append(tmp_path / f"LeaseMeadow.{language}.md")
        pages[-1].write_text(text, encoding="utf-8")
    assert conformance("derive", *map(str, pages)).status == 0
    folder = tmp_path / "cases" / "farm" / "LeaseMeadow"
    folder.mkdir(parents=True)
    (folder / "base.yaml").write_text("bases: {plain: {given: [], parameters: {}}}\n", encoding="utf-8")
    (folder / "cases.yaml").write_text(CASES, encoding="utf-8")
    return tmp_path


def refusal(sent: Mapping[str, str]) -> str | None:
    """Return the code with which a server that keeps its promises refuses a request, `None` when it does not."""
    if sent.get("Plan", "Daily") not in ("Daily", "Leased"):
        return "InvalidParameter"
    if sent.get("Plan") != "Leased":
        sheep = sent.get("Sheep", "1")
        return None if sheep.isdigit() and 1 <= int(sheep) <= 500 else "InvalidParameter"
    if not sent.get("TermUnit") or not sent.get("Term") or (sent.get("Grass") == "Rye" and not sent.get("Gate")):
        return "MissingParameter"
    most = {"Month": 9, "Year": 3}.get(sent["TermUnit"], 0)
    fits = sent["Term"].isdigit() and 1 <= int(sent["Term"]) <= most and sent.get("Grass") in (None, "Clover", "Rye")
    return None if fits else "InvalidParameter"


def keeps(sent: Mapping[str, str]) -> dict[str, Any]:
    code = refusal(sent)
    if code is not None:
        message = "A parameter is missing." if code == "MissingParameter" else "A parameter is wrong."
        return {"HostId": "h", "Code": code, "Message": message}
    order = {"OrderNo": 17} if sent.get("Plan") == "Leased" else {}
    return {"MeadowId": "m-1"} | order


def forgets_the_order(sent: Mapping[str, str]) -> dict[str, Any]:
    return {name: value for name, value in keeps(sent).items() if name != "OrderNo"}


def takes_any_term(sent: Mapping[str, str]) -> dict[str, Any]:
    return keeps({**sent, "Term": "1"} if sent.get("Term") else sent)


def verdicts(conformance: Command, server: Callable[[Mapping[str, str]], dict[str, Any]]) -> dict[str, list[str]]:
    """Return the places that differ, by the last part of the id of each case that does not pass."""

    numbers = count()

    def answer(link: Link) -> bool:
        body = server(link.request.params) | {"RequestId": str(next(numbers))}
        link.send(whole(json.dumps(body).encode(), 400 if "Code" in body else 200))
        return True

    with Server(answer) as running:
        done = conformance.run("--endpoint", running.endpoint)
    assert {case["verdict"] for case in done.cases.values()} <= {"pass", "mismatch"}
    return {
        name.rpartition("/")[2]: sorted({each["where"] for each in case["mismatches"]})
        for name, case in done.cases.items()
        if case["verdict"] != "pass"
    }


@pytest.mark.usefixtures("meadow")
def test_a_server_that_keeps_its_conditional_promises_has_no_mismatch(conformance: Command) -> None:
    assert verdicts(conformance, keeps) == {}


@pytest.mark.usefixtures("meadow")
def test_a_field_that_is_left_out_is_missed_where_its_condition_holds_and_nowhere_else(conformance: Command) -> None:
    assert verdicts(conformance, forgets_the_order) == {"leased": ["response.body.OrderNo"]}


@pytest.mark.usefixtures("meadow")
def test_a_limit_is_judged_under_its_condition_alone(conformance: Command) -> None:
    assert sorted(verdicts(conformance, takes_any_term)) == ["leased-for-years-too-long", "leased-too-long"]


def test_skeletons_of_the_pages_pass_on_a_server_that_keeps_them(conformance: Command, meadow: Path) -> None:
    from conformance.cases.scaffold.skeletons import scaffold  # noqa: PLC0415 - beside the command that this is about
    from conformance.extraction.read import read_document  # noqa: PLC0415

    contracts = {language: read_document(text.encode(), f"{language}.md") for language, text in PAGES.items()}
    folder = meadow / "cases" / "farm" / "LeaseMeadow"
    for name, text in scaffold(contracts).items():
        if name != "errors.yaml":
            (folder / name).write_text(text, encoding="utf-8")
    found = verdicts(conformance, keeps)
    # What the page says of the unit and the grass whatever the plan is, this server asks only of a lease.
    assert set(found) <= {"term-unit-enum-broken", "grass-enum-broken"}
