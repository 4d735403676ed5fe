"""Whom a server follows: one written from one document alone is not blamed for what only the other says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from relays import PlainText, relay

from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commands import Command, Outcome

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite

ONLY_CHINESE = "CreateFlowLog/InvalidRegionId.NotFound/region-unknown"
QUOTA = "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded"
DISAGREED = "CreateFlowLog/MissingParameter/project-omitted"


@pytest.fixture(scope="module", params=["en", "zh"])
def one_document(request: pytest.FixtureRequest) -> Iterator[tuple[str, ReferenceServer]]:
    with ReferenceServer(follow=request.param, activation_delay=0.05) as server:
        yield request.param, server


def run(quick: Command, server: ReferenceServer, *words: str) -> Outcome:
    return quick.run("--endpoint", server.endpoint, "--states-url", server.states_url, *words)


def test_a_server_conforms_to_the_document_it_follows(
    quick: Command, one_document: tuple[str, ReferenceServer]
) -> None:
    language, server = one_document
    outcome = run(quick, server, "--docs", language)
    summary = outcome.report["summary"]
    assert outcome.status == 0
    assert (summary["mismatch"], summary["divergent"], summary["error"]) == (0, 0, 0)
    assert summary["pass"] > 100
    covered = outcome.report["coverage"]
    assert list(covered) == [language]
    assert covered[language]["passed"] == covered[language]["exercised"] == covered[language]["documented"] > 15


def test_judged_by_both_it_diverges_and_every_divergence_is_its_own_document(
    quick: Command, one_document: tuple[str, ReferenceServer]
) -> None:
    language, server = one_document
    outcome = run(quick, server)
    summary = outcome.report["summary"]
    assert outcome.status == 0
    assert (summary["mismatch"], summary["error"]) == (0, 0)
    divergent = [case for case in outcome.report["cases"] if case["verdict"] == "divergent"]
    assert len(divergent) > 3
    assert {tuple(case["follows"]) for case in divergent} == {(language,)}
    assert {case["verdicts"][language] for case in divergent} <= {"pass", "not_applicable"}
    name = {"en": "English", "zh": "Chinese"}[language]
    # Cases that diverge in one way share a block.
    assert 3 < outcome.out.count(f"DIVERGENT, follows {name} ") <= len(divergent)
    assert outcome.out.count("DIVERGENT, follows ") == outcome.out.count(f"DIVERGENT, follows {name} ")
    points = outcome.report["disagreements"]
    assert points
    assert {point["follows"] for point in points} <= {language, "both", "not observed"}
    # With --strict a divergence fails the run.
    assert run(quick, server, "--strict", DISAGREED).status == 1


def test_judged_by_the_other_document_it_differs(
    quick: Command, loaded: tuple[list[Suite], list[Case]], one_document: tuple[str, ReferenceServer]
) -> None:
    language, server = one_document
    other = {"en": "zh", "zh": "en"}[language]
    outcome = run(quick, server, "--docs", other, *(case.id for case in loaded[1][::3]))
    assert outcome.status == 1
    assert outcome.report["summary"]["mismatch"] > 3
    assert outcome.report["summary"]["divergent"] == 0
    assert {name for case in outcome.report["cases"] for name in case["verdicts"]} == {other}


def test_a_server_of_both_documents_differs_from_neither(quick: Command, reference: ReferenceServer) -> None:
    outcome = run(quick, reference)
    summary = outcome.report["summary"]
    assert outcome.status == 0
    assert (summary["mismatch"], summary["error"], summary["not_run"]) == (0, 0, 0)
    assert all(case["follows"] for case in outcome.report["cases"] if case["verdict"] == "divergent")
    assert outcome.report["complete"] is True


def test_one_wrong_answer_of_a_server_that_knows_a_document_is_a_mismatch(quick: Command) -> None:
    """That a document alone speaks of a case is no excuse for a server that knows the document."""
    with ReferenceServer(faults=("region-any",)) as server:
        outcome = run(quick, server, ONLY_CHINESE)
    case = outcome.cases[ONLY_CHINESE]
    assert case["verdicts"] == {"en": "not_applicable", "zh": "mismatch"}
    assert (case["verdict"], case["follows"], outcome.status) == ("mismatch", [], 1)


def test_the_same_answer_of_a_server_that_does_not_know_the_document_is_a_divergence(quick: Command) -> None:
    with ReferenceServer(follow="en") as server:
        outcome = run(quick, server, ONLY_CHINESE)
    case = outcome.cases[ONLY_CHINESE]
    assert (case["verdict"], case["follows"], outcome.status) == ("divergent", ["en"], 0)


@pytest.mark.parametrize(("follow", "verdict"), [("both", "mismatch"), ("en", "divergent")])
def test_what_is_wrong_in_every_answer_is_no_sign_of_a_document_that_is_not_known(
    follow: str, verdict: str, quick: Command
) -> None:
    with ReferenceServer(follow=follow) as server, relay(PlainText, server.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", ONLY_CHINESE)
    assert outcome.verdicts == {ONLY_CHINESE: verdict}


@pytest.mark.parametrize("follow", ["en", "zh"])
def test_a_fault_of_a_server_of_one_document_is_a_mismatch_all_the_same(follow: str, quick: Command) -> None:
    with ReferenceServer(follow=follow, faults=("quota-is-429",)) as server:
        outcome = run(quick, server, QUOTA, DISAGREED)
    assert outcome.status == 1
    assert outcome.verdicts == {QUOTA: "mismatch", DISAGREED: "divergent"}
