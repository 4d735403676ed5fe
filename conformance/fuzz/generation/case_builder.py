"""From a request to the case that sends and judges it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.cases.bases import changed_names
from conformance.cases.model import Case, Step
from conformance.cases.substitution import REFERENCE
from conformance.core.errors import Location

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.model import Outcomes, ProviderState
    from conformance.contract.languages import Language
    from conformance.fuzz.generation.generated_request import GeneratedRequest
    from conformance.fuzz.run_context import FuzzContext

GROUP: Final = "property"
"""The middle part of the id of every case that is made here."""

_LONGEST_SLUG: Final = 80
_LONG: Final = 20


def slug(text: str) -> str:
    """Return a text as the last part of an id: lower-case words joined by hyphens."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", text).lower())
    return "-".join(words)[:_LONGEST_SLUG].strip("-") or "request"


def request_case(context: FuzzContext, request: GeneratedRequest, name: str, title: str) -> Case:
    """Return the case of one request, which allows the answers that the documents allow.

    Args:
        context: The run.
        request: The request.
        name: The last part of the case's id.
        title: What it shows, for a person.
    """
    expectations = context.oracle.expectations(request.params)
    outcomes = {language: expectation.outcomes for language, expectation in expectations.items()}
    return sequence_case(context, [request_step(context, "request", request, outcomes)], name, title)


def request_step(
    context: FuzzContext, name: str, request: GeneratedRequest, outcomes: Mapping[Language, Outcomes]
) -> Step:
    """Return a step that sends one request of the operation."""
    params = _written(context, request.params)
    changed = changed_names(context.base, params)
    return Step(
        name,
        context.operation,
        context.suite.version,
        params,
        request.transport,
        outcomes,
        changed=changed,
        encodings=context.suite.encodings,
        nested=context.suite.nested,
    )


def sequence_case(context: FuzzContext, steps: Sequence[Step], name: str, title: str) -> Case:
    """Return the case of a sequence of steps, with every state under which what they name exists.

    Args:
        context: The run.
        steps: The steps.
        name: The last part of the case's id.
        title: What it shows, for a person.
    """
    own = [state for step in steps if step.operation == context.operation for state in context.states_for(step.params)]
    states = [state for index, state in enumerate(own) if state not in own[:index]]
    # One id names one thing: what the valid request has under the same id does not exist beside it.
    pairs = [(new, old) for new in states for old in context.base.given]
    replaced = tuple(dict.fromkeys(new.name for new, old in pairs if _same_id(context, new, old)))
    kept = [state for state in context.base.given if state.name not in replaced]
    return Case(
        id=f"{context.suite.subject}/{GROUP}/{name}",
        title=title,
        trigger="inferred",
        given=(*kept, *states),
        absent=replaced,
        steps=tuple(steps),
        facts=(),
        where=Location(context.origin),
        cleanup=context.suite.cleanup,
    )


def _same_id(context: FuzzContext, new: ProviderState, old: ProviderState) -> bool:
    """Whether a state for a request and one of the valid request have one name and are about one id."""
    if new.name != old.name or "id" not in new.params:
        return False
    return context.filled({"id": str(old.params.get("id"))}) == {"id": new.params["id"]}


def sendable(params: Mapping[str, str]) -> bool:
    """Whether a case can have a request: text that UTF-8 has, and that nothing is filled into."""
    texts = [*params, *params.values()]
    return all(_is_text(text) and not REFERENCE.search(text) for text in texts)


def _written(context: FuzzContext, params: Mapping[str, str]) -> dict[str, object]:
    """Return a request as a case file has it: what the valid request has too is written as there."""
    kept: dict[str, object] = {
        name: value for name, value in context.base.parameters.items() if context.wire.get(name) == params.get(name)
    }
    return {name: kept[name] if name in kept else _short(text) for name, text in params.items()}


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _short(text: str) -> object:
    """Return a long text of one character as what generates it."""
    if len(text) > _LONG and len(set(text)) == 1:
        return {"repeat": text[0], "times": len(text)}
    return text
