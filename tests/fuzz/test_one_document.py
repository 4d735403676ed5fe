"""A server that follows one document differs from the other where they differ, and nowhere is it wrong by both."""

from __future__ import annotations

import pytest
from fuzzing import STEPS, Ground

from conformance.fuzz.generation.generated_request import GeneratedRequest
from conformance.server.process import ReferenceServer


@STEPS
@pytest.mark.parametrize("follow", ["en", "zh"])
def test_a_server_that_follows_one_document_breaks_no_promise(follow: str, step: int) -> None:
    with ReferenceServer(follow=follow, activation_delay=0.01) as server, Ground(server) as ground:
        ground.all(ground.generated(step))
        assert ground.session.sender.sent > 20
    assert {title: verdict for title, verdict in ground.verdicts.items() if verdict != "divergent"} == {}


@pytest.mark.parametrize(
    ("faults", "verdict"), [((), "divergent"), (("messages-empty",), "mismatch")], ids=["right", "wrong"]
)
def test_a_refusal_of_what_a_document_knows_follows_it_whatever_else_is_sent(
    faults: tuple[str, ...], verdict: str
) -> None:
    with ReferenceServer(follow="en", faults=faults) as server, Ground(server) as ground:
        sent = {name: text for name, text in ground.context.wire.items() if name not in ("ProjectName", "LogStoreName")}
        result = ground.session.sender.judge_request(GeneratedRequest({**sent, "IpVersion": "a"}))
    assert (result.answered, result.verdict) == ("MissingParameter", verdict)
    assert result.follows == (("en",) if verdict == "divergent" else ())
