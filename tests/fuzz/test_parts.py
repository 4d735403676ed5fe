from __future__ import annotations

import itertools
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from fuzzing import KINDS, STEPS, Ground, context_of, create_flow_log
from servers import Link, Server, whole

from conformance.cases.load import load_file
from conformance.core.errors import ReportError
from conformance.fuzz.findings.case_files import write_cases
from conformance.fuzz.generation.case_builder import request_case
from conformance.fuzz.generation.generated_request import GeneratedRequest
from conformance.fuzz.generation.pinned_description import pinned_description
from conformance.fuzz.generation.request_stream import TRANSPORTS, request_stream
from conformance.fuzz.generation.schemathesis_adapter import generated_requests
from conformance.fuzz.sequences.refusals import refused_requests
from conformance.server.faults.catalogue import conforming_variants
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.fuzz.fuzz_session import FuzzSession
    from conformance.judging.results import CaseResult

UNIQUE = ("AccessKeyId", "Signature", "SignatureNonce", "Timestamp", "FlowLogId")


@STEPS
@pytest.mark.parametrize("first", range(2))
def test_a_server_that_chooses_what_the_documents_leave_open_conforms_at_every_limit(first: int, step: int) -> None:
    chosen = tuple(conforming_variants())[first::2]
    with ReferenceServer(faults=chosen, activation_delay=0.01) as server, Ground(server) as ground:
        ground.all(ground.generated(step))
        assert ground.session.sender.sent > 20
    assert [title for title, verdict in ground.verdicts.items() if verdict != "divergent"] == []


@pytest.mark.parametrize("first", [pytest.param(0, marks=pytest.mark.deep), 1])
@pytest.mark.parametrize(
    "part",
    [
        lambda session: session.unknown_parameters(),
        lambda session: session.refusals(),
        lambda session: session.lifecycles(1),
    ],
    ids=["unknown parameters", "refusals", "lifecycles"],
)
def test_a_server_that_chooses_what_the_documents_leave_open_conforms(
    first: int, part: Callable[[FuzzSession], Iterator[CaseResult]]
) -> None:
    chosen = tuple(conforming_variants())[first::2]
    with ReferenceServer(faults=chosen, activation_delay=0.01) as server, Ground(server) as ground:
        ground.all(part(ground.session))
        assert ground.session.sender.sent > 10
    assert [title for title, verdict in ground.verdicts.items() if verdict != "divergent"] == []


@KINDS
def test_a_request_that_is_answered_otherwise_on_another_way_is_found(kinds: int | None) -> None:
    faults = {
        "get-refused": "sent by GET",
        "format-ignored": "sent for XML",
        "form-ignored": "sent in a form",
        "taken-as-missing": "sent twice",
    }
    with ReferenceServer(follow="en", faults=tuple(faults)) as server, Ground(server, ("en",)) as ground:
        ground.all(ground.equivalent(kinds))
    missed = {fault for fault, words in faults.items() if not any(words in title for title in ground.titles)}
    assert not missed, ground.titles


@pytest.mark.parametrize(
    "faults",
    [
        {"name-not-kept": "FlowLogs.FlowLog[0].FlowLogName", "plus-stays": "FlowLogs.FlowLog[0].Description"},
        pytest.param({"interval-default-5": "FlowLogs.FlowLog[0].AggregationInterval"}, marks=pytest.mark.deep),
        pytest.param({"last-tag-lost": "FlowLogs.FlowLog[0].Tags"}, marks=pytest.mark.deep),
        {"taken-allowed": "response.body.Code"},
        pytest.param({"flow-log-id-same": "response.body.FlowLogId"}, marks=pytest.mark.deep),
    ],
)
def test_a_sequence_that_breaks_the_model_is_found_and_made_short(faults: dict[str, str]) -> None:
    server = ReferenceServer(follow="en", faults=tuple(faults), activation_delay=0.01)
    with server, Ground(server, ("en",)) as at:
        at.all(at.session.lifecycles(1))
    for where in faults.values():
        found = [failure for failure in at.failures if any(where in part for part in failure.symptom.signature)]
        assert found, at.titles
        assert min(len(failure.case.steps) for failure in found) == 2
    spaces = [title for title in at.titles if title.endswith("sent in a form with plus for space")]
    assert bool(spaces) == ("plus-stays" in faults)


def test_what_was_found_when_a_run_is_interrupted_is_kept_also_where_it_could_be_smaller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = ReferenceServer(follow="en", faults=("region-optional", "taken-allowed"), activation_delay=0.01)
    with server, Ground(server, ("en",)) as ground:
        stopped = Interrupting(ground.session.sender.send)
        monkeypatch.setattr(ground.session.sender, "send", stopped)
        params = {name: text for name, text in ground.context.wire.items() if name != "RegionId"}
        with pytest.raises(KeyboardInterrupt):
            ground.all(ground.session.requests([GeneratedRequest({**params, "FlowLogName": "name"})]))
        assert ground.titles == ["RegionId.required is broken, answered success"]
        stopped.failures = 0
        with pytest.raises(KeyboardInterrupt):
            ground.all(ground.session.lifecycles(1))
    assert any("response.body.Code" in part for part in ground.failures[-1].symptom.signature), ground.titles
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
    context = context_of(docs=("zh",))
    wanted = ("a network interface without flow logs", "ResourceId names nothing")
    cases = [refused.trial.case for refused in refused_requests(context)]
    made = [case for case in cases if any(words in case.title for words in wanted)]
    unknown = request_case(context, GeneratedRequest({**context.wire, "ClientToken": "x"}), "unknown", "Not written")
    path = write_cases(tmp_path, context, [unknown, *made])
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
        results = ground.all(ground.session.unknown_parameters())
    outcomes = [(result.verdict, "with Unknown that no document has" in result.title) for result in results]
    assert outcomes == [("error" if answer == "garbage" else "mismatch", True)]


@pytest.mark.deep
def test_one_seed_sends_the_same_requests_and_another_does_not(reference: ReferenceServer) -> None:
    def requests(seed: int) -> Traffic:
        def send(session: FuzzSession) -> Iterator[CaseResult]:
            made = request_stream(session.context, seed=seed, max_examples=10, at_limits=False)
            return session.requests(itertools.islice(made, 330, None))

        return _traffic(reference, send)

    first, again, other = requests(7), requests(7), requests(8)
    assert len(first) > 10
    assert first == again
    assert first != other


def test_one_seed_sends_the_same_sequences_and_another_does_not(reference: ReferenceServer) -> None:
    def sequences(seed: int) -> Traffic:
        return _traffic(reference, lambda session: session.lifecycles(seed))

    first, again, other = sequences(7), sequences(7), sequences(8)
    assert {dict(params)["Action"] for *_, params in first} > {"DeleteFlowLog"}
    assert first == again
    assert first != other


Traffic = list[tuple[str, str, list[tuple[str, str]]]]


def _traffic(reference: ReferenceServer, part: Callable[[FuzzSession], Iterator[CaseResult]]) -> Traffic:
    """Return what a part of a run sends, without what is new in every run."""

    def never(_params: object) -> bool:
        return False

    with Server(lambda _link: None, only=never, upstream=reference.endpoint) as server:
        with Ground(reference, ("zh",)) as ground:
            ground.redirect(server.endpoint)
            ground.all(part(ground.session))
        sent = [
            (one.method, one.path, [(name, text) for name, text in one.params.items() if name not in UNIQUE])
            for one in server.operations
        ]
    # How often it is asked whether a flow log is ready depends on the clock.
    return [one for one, _ in itertools.groupby(sent)]


@pytest.mark.parametrize(
    "odd", ["k: ü'\"\n", "a\x85b", "a\u2028b\u2029", "\ufeffa", "a\r\nb", "\xa0a\u3000", "\t a \t", "a  \n\n  b" * 30]
)
def test_a_finding_as_a_file_is_the_case_that_found_it(tmp_path: Path, odd: str) -> None:
    context = context_of()
    params = {name: text for name, text in context.wire.items() if name != "TrafficType"}
    params |= {"FlowLogName": "a" * 129, "Tag.1.Key": odd, "ResourceGroupId": "rg-1"}
    case = request_case(context, GeneratedRequest(params, "", TRANSPORTS[3]), "some-finding", "A finding")
    path = write_cases(tmp_path / "new", context, [case])
    assert path is not None
    (read,) = load_file(path, create_flow_log())
    assert (read.id, read.title, read.trigger) == (case.id, case.title, case.trigger)
    assert (read.given, read.steps) == (case.given, case.steps)


def test_a_finding_that_no_file_can_hold_is_refused(tmp_path: Path) -> None:
    context = context_of()
    request = GeneratedRequest({**context.wire, "Description": "\ud800"})
    case = request_case(context, request, "some-finding", "A finding")
    with pytest.raises(ReportError, match="half of a surrogate pair"):
        write_cases(tmp_path, context, [case])
    assert list(tmp_path.iterdir()) == []


def test_what_schemathesis_makes_depends_on_the_seed_alone() -> None:
    context = context_of()
    description = pinned_description(context.contracts["zh"], context.surroundings)

    def made(seed: int) -> list[dict[str, str]]:
        return [dict(each.params) for each in generated_requests(description, seed=seed, max_examples=2)]

    first = made(1)
    assert made(1) == first
    assert made(2) != first


def test_no_id_is_of_two_things_and_no_list_has_a_gap() -> None:
    context = context_of()
    target = context.filled({"vpc": "${target.vpc_id}"})["vpc"]
    replaced = 0
    for request in request_stream(context, seed=0, max_examples=3):
        case = request_case(context, request, "x", "x")
        given = [context.filled({key: str(value) for key, value in state.params.items()}) for state in case.given]
        types = [params["type"] for params in given if params.get("id") == target]
        assert len(types) <= 1, request.params
        replaced += "resource.exists" in case.absent
        lists = {name.split(".")[0] for name in request.params if "." in name}
        assert all(f"{name}.1" in " ".join(request.params) for name in lists), request.params
    assert replaced


def test_one_name_without_the_other_may_lead_nowhere() -> None:
    context = context_of()
    params = {name: text for name, text in context.wire.items() if name != "LogStoreName"}
    expectation = context.oracle.expectations(params)["zh"]
    assert expectation.success
    assert "ProjectOrLogstoreNotExist" in expectation.codes
