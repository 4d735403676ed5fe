"""What the server has worked out of values holds for the document that it was worked out by, and for no other."""

from __future__ import annotations

from conformance.contract.model import Contract, Fact, Parameter, Source, State
from conformance.server.attempt import Attempt
from conformance.server.behaviour.definition import Behaviour
from conformance.server.request import Call
from conformance.server.store import Account, View


def document(**facts: Fact) -> Contract:
    return Contract("CreateBarn", "en", Source("", "", ""), (Parameter("Name", 1, facts),), (), ())


def test_a_call_that_another_document_sees_is_looked_at_anew() -> None:
    strict = document(required=Fact(State.STATED, value=True, line=1))
    view = View(Account(), Account())
    attempt = Attempt(Call("GET", {}), view, strict, Behaviour("", "", "", 1))
    assert attempt.violates("Name", "required")
    assert not attempt.following(document()).violates("Name", "required")
    again = Attempt(Call("GET", {}), view, strict, Behaviour("", "", "", 1), attempt.seen)
    assert again.violates("Name", "required")
