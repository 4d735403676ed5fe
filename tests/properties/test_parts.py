from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hunting import Ground, create_flow_log, subject_of
from servers import Server

from conformance.cases.load import load_file
from conformance.mock.server import ReferenceServer
from conformance.mock.styles import STYLES
from conformance.properties.adapter import generated
from conformance.properties.casefile import write_cases
from conformance.properties.lifecycle import lifecycles
from conformance.properties.making import request_case
from conformance.properties.refusals import refusals
from conformance.properties.relations import relations
from conformance.properties.sample import Sample
from conformance.properties.samples import TRANSPORTS, samples
from conformance.properties.schema import generating_schema
from conformance.properties.unknown import unknown_parameters

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.model import Language

UNIQUE = ("AccessKeyId", "Signature", "SignatureNonce", "Timestamp", "FlowLogId")


@pytest.mark.parametrize("first", range(2))
def test_a_server_that_chooses_what_the_documents_leave_open_conforms(first: int) -> None:
    chosen = tuple(STYLES)[first::2]
    docs: tuple[Language, ...] = ("en", "zh")
    with ReferenceServer(faults=chosen, activation_delay=0.01) as server, Ground(server) as ground:
        ground.all(ground.hunt.requests(samples(ground.subject, docs, seed=0, max_examples=None)))
        ground.all(unknown_parameters(ground.hunt, ground.prober, docs))
        ground.all(refusals(ground.hunt, ground.prober, docs))
        ground.all(lifecycles(ground.hunt, ground.prober, docs, 1))
    assert [title for title, verdict in ground.verdicts.items() if verdict != "divergent"] == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("get-refused", "sent by GET"),
        ("format-ignored", "sent for XML"),
        ("form-ignored", "sent in a form"),
        ("taken-as-missing", "sent twice"),
    ],
)
def test_a_request_that_is_answered_otherwise_on_another_way_is_found(fault: str, words: str) -> None:
    with ReferenceServer(follow="en", faults=(fault,)) as server, Ground(server, ("en",)) as ground:
        found = ground.all(itertools.islice(relations(ground.hunt, ground.prober, ("en",)), 4))
    assert any(words in result.title for result in found), ground.titles


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        ("name-not-kept", "FlowLogs.FlowLog[0].FlowLogName"),
        ("last-tag-lost", "FlowLogs.FlowLog[0].Tags"),
        ("interval-default-5", "FlowLogs.FlowLog[0].AggregationInterval"),
        ("taken-allowed", "response.body.Code"),
        ("flow-log-id-same", "response.body.FlowLogId"),
    ],
)
def test_a_sequence_that_breaks_the_model_is_found_and_made_short(fault: str, where: str) -> None:
    with ReferenceServer(follow="en", faults=(fault,), activation_delay=0.01) as server, Ground(server, ("en",)) as at:
        at.all(lifecycles(at.hunt, at.prober, ("en",), 1))
    found = [finding for finding in at.hunt.findings if any(where in part for part in finding.mark)]
    assert found, at.titles
    assert min(len(finding.case.steps) for finding in found) == 2


def test_one_seed_sends_the_same_requests_and_another_does_not(reference: ReferenceServer) -> None:
    def traffic(seed: int) -> list[tuple[str, str, list[tuple[str, str]]]]:
        def never(_params: object) -> bool:
            return False

        with Server(lambda _link: None, only=never, upstream=reference.endpoint) as server:
            server.memory.clear()
            with Ground(reference, ("zh",)) as ground:
                ground.redirect(server.endpoint)
                made = samples(ground.subject, ("zh",), seed=seed, max_examples=40, at_limits=False)
                ground.all(ground.hunt.requests(itertools.islice(made, 290, None)))
            return [
                (one.method, one.path, [(name, text) for name, text in one.params.items() if name not in UNIQUE])
                for one in server.operations
                if one.params.get("Action") == "CreateFlowLog"
            ]

    first, again, other = traffic(7), traffic(7), traffic(8)
    assert len(first) > 30
    assert first == again
    assert first != other


def test_a_finding_as_a_file_is_the_case_that_found_it(tmp_path: Path) -> None:
    subject = subject_of()
    params = {name: text for name, text in subject.wire.items() if name != "TrafficType"}
    params |= {"FlowLogName": "a" * 129, "Tag.1.Key": "k: ü'\"\n", "ResourceGroupId": "rg-1"}
    case = request_case(subject, Sample(params, "", TRANSPORTS[3]), "some-finding", "A finding", "test")
    path = write_cases(tmp_path / "new", subject, [case])
    assert path is not None
    (read,) = load_file(path, create_flow_log())
    assert (read.id, read.title, read.trigger) == (case.id, case.title, case.trigger)
    assert (read.given, read.steps) == (case.given, case.steps)


def test_what_schemathesis_makes_depends_on_the_seed_alone() -> None:
    subject = subject_of()
    document = generating_schema(subject, subject.contracts["zh"])

    def made(seed: int) -> list[dict[str, str]]:
        return [dict(sample.params) for sample in generated(document, seed=seed, max_examples=10)]

    assert made(1) == made(1)
    assert made(1) != made(2)
