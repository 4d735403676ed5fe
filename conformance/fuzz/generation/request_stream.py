"""Every request of a run, in the order in which they are sent: a function of documents, seed and number alone."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.expand import wire_parameters
from conformance.cases.model import Transport
from conformance.cases.scaffold.situations import fulfilled
from conformance.contract.model import USUAL_FORMAT
from conformance.fuzz.generation.boundaries import boundary_requests
from conformance.fuzz.generation.case_builder import sendable
from conformance.fuzz.generation.generated_request import PLAIN
from conformance.fuzz.generation.pinned_description import pinned_description
from conformance.fuzz.oracle.parameters import lists_with_gaps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.fuzz.generation.generated_request import GeneratedRequest
    from conformance.fuzz.run_context import FuzzContext

TRANSPORTS: Final = (
    PLAIN,
    Transport(method="GET"),
    Transport(place="form"),
    Transport(method="GET", format="XML"),
    Transport(place="form", format="XML", spaces="plus"),
)
"""The ways a request may travel, in turn."""


def request_stream(
    context: FuzzContext, *, seed: int, max_examples: int | None, at_limits: bool = True
) -> Iterator[GeneratedRequest]:
    """Yield requests at the limits of every fact, then those of Schemathesis, each once.

    Args:
        context: The run.
        seed: What random requests depend on.
        max_examples: How many random requests, from all documents together; `None` for nothing of Schemathesis.
        at_limits: Whether to begin with the limits.
    """
    seen: set[tuple[tuple[str, str], ...]] = set()
    parts = [_at_limits(context)] if at_limits else []
    parts += [] if max_examples is None else [_generated(context, seed, max_examples)]
    for request in chain.from_iterable(parts):
        key = tuple(sorted(request.params.items()))
        if key in seen or not sendable(request.params) or any(lists_with_gaps(request.params)):
            continue  # of a list with a gap no document says anything
        yield replace(request, transport=_transport(context, len(seen), request.params))
        seen.add(key)


def _at_limits(context: FuzzContext) -> Iterator[GeneratedRequest]:
    for language in context.languages:
        yield from boundary_requests(context.contracts[language], context.wire)


def _generated(context: FuzzContext, seed: int, max_examples: int) -> Iterator[GeneratedRequest]:
    # Half a second to import, and not always reached.
    from conformance.fuzz.generation.schemathesis_adapter import generated_requests  # noqa: PLC0415

    documents = len(context.languages)
    for number, language in enumerate(context.languages):
        share = max_examples // documents + (number < max_examples % documents)
        description = pinned_description(context.contracts[language], context.surroundings)
        stated = {language: context.contracts[language]}
        for request in generated_requests(description, seed=seed, max_examples=share):
            if not context.contracts[language].condition_paths:
                yield request
                continue
            # What a description cannot say: a value may make other parameters required.
            whole = fulfilled(stated, dict(request.params), frozenset(request.params))
            yield replace(request, params=wire_parameters(whole, {}))


def _transport(context: FuzzContext, number: int, params: Mapping[str, str]) -> Transport:
    transport = TRANSPORTS[number % len(TRANSPORTS)]
    if transport.format == USUAL_FORMAT:
        return transport
    transport = context.as_promised(transport, context.oracle.outcomes(params))
    # XML 1.0 cannot carry most control characters, so an answer could not give such a value back.
    carried = all(character.isprintable() or character in "\t\n\r" for text in params.values() for character in text)
    return transport if carried else replace(transport, format=USUAL_FORMAT)
