"""Property tests ask for an answer in a format only where a document promises it and judges the request."""

from __future__ import annotations

import pytest
from fuzzing import KINDS, Ground, context_of

from conformance.contract.languages import LANGUAGES
from conformance.fuzz.generation.request_stream import request_stream
from conformance.fuzz.sequences.refusals import refused_requests
from conformance.server.process import ReferenceServer


def test_a_run_by_a_document_that_shows_no_xml_asks_for_none() -> None:
    context = context_of(docs=("zh",))
    requests = list(request_stream(context, seed=0, max_examples=None))
    requests += [refused.otherwise for refused in refused_requests(context)]
    assert len(requests) > 100
    assert {request.transport.format for request in requests} == {"JSON"}


@pytest.mark.parametrize("docs", [("en",), LANGUAGES], ids=["one", "both"])
def test_xml_is_asked_for_where_a_document_that_promises_it_judges_the_request(docs: tuple[str, ...]) -> None:
    context = context_of(docs=docs)
    requests = list(request_stream(context, seed=0, max_examples=None))
    asking = [request for request in requests if request.transport.format == "XML"]
    assert len(asking) > len(requests) / 10
    for request in asking:
        allowed = context.oracle.outcomes(request.params)
        assert allowed["en"]
        for language in docs:
            if language in allowed:
                assert {each.code for each in allowed["en"]} == {each.code for each in allowed[language]}


@KINDS
def test_a_server_without_xml_conforms_to_a_document_that_shows_none(kinds: int | None) -> None:
    with ReferenceServer(faults=("format-ignored",), activation_delay=0.01) as server:
        with Ground(server, docs=("zh",)) as ground:
            ground.all(ground.equivalent(kinds))
            assert ground.session.sender.sent > 10
            assert ground.titles == []
        with Ground(server, docs=("en",)) as ground:
            ground.until(lambda: bool(ground.failures), ground.equivalent(kinds))
            (failure, *_) = ground.failures
    places = {place.where: place.lines for place in failure.result.mismatches}
    assert places["response.format"] == {"en": 119}
