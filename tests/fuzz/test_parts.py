from __future__ import annotations

import itertools
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hunting import Ground, create_flow_log, subject_of
from servers import Link, Server, whole

from conformance.cases.load import load_file
from conformance.core.errors import ReportError
from conformance.fuzz.casefile import write_cases
from conformance.fuzz.generation.adapter import generated
from conformance.fuzz.generation.requests import request_case
from conformance.fuzz.generation.sample import Sample
from conformance.fuzz.generation.samples import TRANSPORTS, samples
from conformance.fuzz.generation.schema import generating_schema
from conformance.fuzz.oracle.refusals import refusal_cases, refusals
from conformance.fuzz.oracle.unknown import unknown_parameters
from conformance.fuzz.sequences.lifecycle import lifecycles
from conformance.fuzz.sequences.relations import relations
from conformance.server.faults.catalogue import conforming_variants
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.contract.languages import Language
    from conformance.judging.results import CaseResult

UNIQUE = ("AccessKeyId", "Signature", "SignatureNonce", "Timestamp", "FlowLogId")


@pytest.mark.parametrize("first", range(2))
def test_a_server_that_chooses_what_the_documents_leave_open_conforms(first: int) -> None:
    chosen = tuple(conforming_variants())[first::2]
    docs: tuple[Language, ...] = ("en", "zh")
    with ReferenceServer(faults=chosen, activation_delay=0.01) as server, Ground(server) as ground:
        ground.all(ground.hunt.requests(samples(ground.subject, docs, seed=0, max_examples=None)))
        ground.all(unknown_parameters(ground.hunt, ground.prober, docs))
        ground.all(refusals(ground.hunt, ground.prober, docs))
        ground.all(lifecycles(ground.hunt, ground.prober, docs, 1))
    assert [title for title, verdict in ground.verdicts.items() if verdict != "divergent"] == []


def test_a_request_that_is_answered_otherwise_on_another_way_is_found() -> None:
    faults = {
        "get-refused": "sent by GET",
        "format-ignored": "sent for XML",
        "form-ignored": "sent in a form",
        "taken-as-missing": "sent twice",
    }
    with ReferenceServer(follow="en", faults=tuple(faults)) as server, Ground(server, ("en",)) as ground:
        ground.all(relations(ground.hunt, ground.prober, ("en",)))
    missed = {fault for fault, words in faults.items() if not any(words in title for title in ground.titles)}
    assert not missed, ground.titles


@pytest.mark.parametrize(
    "faults",
    [
        {"name-not-kept": "FlowLogs.FlowLog[0].FlowLogName", "plus-stays": "FlowLogs.FlowLog[0].Description"},
        {"interval-default-5": "FlowLogs.FlowLog[0].AggregationInterval"},
        {"last-tag-lost": "FlowLogs.FlowLog[0].Tags"},
        {"taken-allowed": "response.body.Code"},
        {"flow-log-id-same": "response.body.FlowLogId"},
    ],
)
def test_a_sequence_that_breaks_the_model_is_found_and_made_short(faults: dict[str, str]) -> None:
    server = ReferenceServer(follow="en", faults=tuple(faults), activation_delay=0.01)
    with server, Ground(server, ("en",)) as at:
        at.all(lifecycles(at.hunt, at.prober, ("en",), 1))
    for where in faults.values():
        found = [finding for finding in at.hunt.findings if any(where in part for part in finding.mark)]
        assert found, at.titles
        assert min(len(finding.case.steps) for finding in found) == 2
    spaces = [title for title in at.titles if title.endswith("sent in a form with plus for space")]
    assert bool(spaces) == ("plus-stays" in faults)


def test_what_was_found_when_a_run_is_interrupted_is_kept_also_where_it_could_be_smaller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = ReferenceServer(follow="en", faults=("region-optional", "taken-allowed"), activation_delay=0.01)
    with server, Ground(server, ("en",)) as ground:
        stopped = Interrupting(ground.prober.answered)
        monkeypatch.setattr(ground.prober, "answered", stopped)
        params = {name: text for name, text in ground.subject.wire.items() if name != "RegionId"}
        with pytest.raises(KeyboardInterrupt):
            ground.all(ground.hunt.requests([Sample({**params, "FlowLogName": "name"})]))
        assert ground.titles == ["RegionId.required is broken, answered success"]
        stopped.failures = 0
        with pytest.raises(KeyboardInterrupt):
            ground.all(lifecycles(ground.hunt, ground.prober, ("en",), 1))
    assert any("response.body.Code" in part for part in ground.hunt.findings[-1].mark), ground.titles
    assert len(ground.titles) == 2


@dataclass
class Interrupting:
    """Sends requests, and is interrupted by Ctrl-C at the first one after a failure."""

    send: Callable[[Case], CaseResult]
    failures: int = 0

    def __call__(self, case: Case) -> CaseResult:
        if self.failures:
            raise KeyboardInterrupt
        result = self.send(case)
        self.failures += result.verdict == "mismatch"
        return result


def test_a_finding_about_another_valid_request_or_a_missing_state_is_written_as_it_was_sent(tmp_path: Path) -> None:
    subject = subject_of()
    wanted = ("a network interface without flow logs", "ResourceId names nothing")
    made = [
        case for *_, case in refusal_cases(subject, ("zh",), "test") if any(words in case.title for words in wanted)
    ]
    unknown = request_case(subject, Sample({**subject.wire, "ClientToken": "x"}), "unknown", "Not written", "test")
    path = write_cases(tmp_path, subject, [unknown, *made])
    assert path is not None
    read = load_file(path, create_flow_log())
    assert [case.id for case in read] == [case.id for case in made]
    for case, sent in zip(read, made, strict=True):
        assert (case.given, case.absent) == (sent.given, sent.absent)
        assert [step.params for step in case.steps] == [step.params for step in sent.steps]


@pytest.mark.parametrize("answer", ["crash", "garbage", "nonsense"])
def test_a_parameter_that_no_document_has_may_be_ignored_or_refused_and_nothing_else(
    reference: ReferenceServer, answer: str
) -> None:
    """Ignoring it is what the reference server does, refusing it is one of its styles."""

    def behave(link: Link) -> bool:
        code = "InternalFault" if answer == "crash" else "OperationFailed.InternalError"
        body = json.dumps({"RequestId": secrets.token_hex(8), "Code": code, "Message": "It broke."}).encode()
        link.send(b"?" if answer == "garbage" else whole(body, 500))
        return answer != "garbage"

    misled = Server(behave, only=lambda params: "Unknown" in params, upstream=reference.endpoint)
    with misled as server, Ground(reference, ("zh",)) as ground:
        ground.redirect(server.endpoint)
        results = ground.all(unknown_parameters(ground.hunt, ground.prober, ("zh",)))
    told = [(result.verdict, "with Unknown that no document has" in result.title) for result in results]
    assert told == [("error" if answer == "garbage" else "mismatch", True)]


def test_one_seed_sends_the_same_requests_and_another_does_not(reference: ReferenceServer) -> None:
    def never(_params: object) -> bool:
        return False

    def traffic(seed: int) -> list[tuple[str, str, list[tuple[str, str]]]]:
        with Server(lambda _link: None, only=never, upstream=reference.endpoint) as server:
            with Ground(reference, ("zh",)) as ground:
                ground.redirect(server.endpoint)
                made = samples(ground.subject, ("zh",), seed=seed, max_examples=10, at_limits=False)
                ground.all(ground.hunt.requests(itertools.islice(made, 420, None)))
                singles = len(server.operations)
                ground.all(lifecycles(ground.hunt, ground.prober, ("zh",), seed))
            assert singles > 10
            assert {one.params["Action"] for one in server.operations[singles:]} > {"DeleteFlowLog"}
            sent = [
                (one.method, one.path, [(name, text) for name, text in one.params.items() if name not in UNIQUE])
                for one in server.operations
            ]
        # How often it is asked whether a flow log is ready depends on the clock.
        return [one for one, _ in itertools.groupby(sent)]

    first, again, other = traffic(7), traffic(7), traffic(8)
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    "odd", ["k: ü'\"\n", "a\x85b", "a\u2028b\u2029", "\ufeffa", "a\r\nb", "\xa0a\u3000", "\t a \t", "a  \n\n  b" * 30]
)
def test_a_finding_as_a_file_is_the_case_that_found_it(tmp_path: Path, odd: str) -> None:
    subject = subject_of()
    params = {name: text for name, text in subject.wire.items() if name != "TrafficType"}
    params |= {"FlowLogName": "a" * 129, "Tag.1.Key": odd, "ResourceGroupId": "rg-1"}
    case = request_case(subject, Sample(params, "", TRANSPORTS[3]), "some-finding", "A finding", "test")
    path = write_cases(tmp_path / "new", subject, [case])
    assert path is not None
    (read,) = load_file(path, create_flow_log())
    assert (read.id, read.title, read.trigger) == (case.id, case.title, case.trigger)
    assert (read.given, read.steps) == (case.given, case.steps)


def test_a_finding_that_no_file_can_hold_is_refused(tmp_path: Path) -> None:
    subject = subject_of()
    case = request_case(subject, Sample({**subject.wire, "Description": "\ud800"}), "some-finding", "A finding", "test")
    with pytest.raises(ReportError, match="half of a surrogate pair"):
        write_cases(tmp_path, subject, [case])
    assert list(tmp_path.iterdir()) == []


def test_what_schemathesis_makes_depends_on_the_seed_alone() -> None:
    subject = subject_of()
    document = generating_schema(subject, subject.contracts["zh"])

    def made(seed: int) -> list[dict[str, str]]:
        return [dict(sample.params) for sample in generated(document, seed=seed, max_examples=10)]

    assert made(1) == made(1)
    assert made(1) != made(2)
