"""From a request to the case that sends and judges it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conformance.cases.check import REFERENCE
from conformance.cases.expand import wire_parameters
from conformance.cases.model import Case, Step
from conformance.core.errors import Location
from conformance.fuzz.oracle.oracle import expect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.model import Outcomes
    from conformance.contract.languages import Language
    from conformance.fuzz.generation.sample import Sample, Subject
    from conformance.fuzz.oracle.oracle import Expectation

GROUP: Final = "property"
"""The middle part of the id of every case that is made here."""

_LONGEST_SLUG: Final = 80
_LONG: Final = 20


def slug(text: str) -> str:
    """Return a text as the last part of an id: lower-case words joined by hyphens."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", text).lower())
    return "-".join(words)[:_LONGEST_SLUG].strip("-") or "request"


def expectations(subject: Subject, params: Mapping[str, str]) -> dict[Language, Expectation]:
    """Return what each document that speaks makes of a request."""
    found = {language: expect(subject, language, params) for language in subject.contracts}
    return {language: expectation for language, expectation in found.items() if expectation is not None}


def request_case(subject: Subject, sample: Sample, name: str, title: str, origin: str) -> Case:
    """Return the case of one request.

    Args:
        subject: The operation.
        sample: The request.
        name: The last part of the case's id.
        title: What it shows, for a person.
        origin: Where it comes from, e.g. `fuzz --seed 7`.
    """
    outcomes = {
        language: expectation.outcomes for language, expectation in expectations(subject, sample.params).items()
    }
    return sequence_case(subject, [request_step(subject, "request", sample, outcomes)], name, title, origin)


def request_step(subject: Subject, name: str, sample: Sample, outcomes: Mapping[Language, Outcomes]) -> Step:
    """Return a step that sends one request of the operation."""
    params = written(subject, sample.params)
    return Step(name, subject.operation, subject.suite.version, params, sample.transport, outcomes)


def sequence_case(subject: Subject, steps: Sequence[Step], name: str, title: str, origin: str) -> Case:
    """Return the case of a sequence of steps, with every state under which what they name exists."""
    states = []
    for step in steps:
        if step.operation == subject.operation:
            params = wire_parameters(
                step.params, {f"target.{key}": text for key, text in subject.target.values.items()}
            )
            states += [state for state in subject.states_for(params) if state not in states]
    return Case(
        id=f"{subject.operation}/{GROUP}/{name}",
        title=title,
        trigger="inferred",
        given=(*subject.base.given, *states),
        absent=(),
        steps=tuple(steps),
        facts=(),
        where=Location(origin),
        cleanup=subject.suite.cleanup,
    )


def written(subject: Subject, params: Mapping[str, str]) -> dict[str, Any]:
    """Return a request as a case file has it: what the valid request has too stays as it stands there."""
    kept: dict[str, Any] = {
        name: value for name, value in subject.base.parameters.items() if subject.wire.get(name) == params.get(name)
    }
    kept.update({name: _short(text) for name, text in params.items() if name not in kept})
    return {name: kept[name] for name in params}


def sendable(params: Mapping[str, str]) -> bool:
    """Whether a case can carry a request: text that UTF-8 has, and that nothing is filled into."""
    texts = [*params, *params.values()]
    return all(_is_text(text) and not REFERENCE.search(text) for text in texts)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _short(text: str) -> Any:
    """Return a long text of one character as what generates it."""
    if len(text) > _LONG and len(set(text)) == 1:
        return {"repeat": text[0], "times": len(text)}
    return text
