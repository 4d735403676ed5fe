"""Every request of a run, in the order in which they are sent: a function of documents, seed and number alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from conformance.cases.model import Transport
from conformance.fuzz.generation.boundaries import boundary_samples
from conformance.fuzz.generation.requests import sendable
from conformance.fuzz.generation.sample import PLAIN
from conformance.fuzz.generation.schema import generating_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.languages import Language
    from conformance.fuzz.generation.sample import Sample, Subject

TRANSPORTS: Final = (
    PLAIN,
    Transport(method="GET"),
    Transport(place="form"),
    Transport(method="GET", format="XML"),
    Transport(place="form", format="XML", spaces="plus"),
)
"""The ways a request may travel, in turn."""


def samples(
    subject: Subject,
    judged_by: tuple[Language, ...],
    *,
    seed: int,
    max_examples: int | None,
    at_limits: bool = True,
) -> Iterator[Sample]:
    """Yield requests at the limits of every fact, then those of Schemathesis, each once.

    Args:
        subject: The operation.
        judged_by: The documents that requests are made from.
        seed: What random requests depend on.
        max_examples: How many random requests, from all documents together; `None` for nothing of Schemathesis.
        at_limits: Whether to begin with the limits.
    """
    seen: set[tuple[tuple[str, str], ...]] = set()
    number = 0
    parts = [_limits(subject, judged_by)] if at_limits else []
    parts += [] if max_examples is None else [_random(subject, judged_by, seed, max_examples)]
    for sample in chain.from_iterable(parts):
        key = tuple(sorted(sample.params.items()))
        if key in seen or not sendable(sample.params):
            continue
        seen.add(key)
        yield replace(sample, transport=_transport(number, sample.params))
        number += 1


def _limits(subject: Subject, judged_by: tuple[Language, ...]) -> Iterator[Sample]:
    for language in judged_by:
        yield from boundary_samples(subject.contracts[language], subject.wire)


def _random(subject: Subject, judged_by: tuple[Language, ...], seed: int, max_examples: int) -> Iterator[Sample]:
    from conformance.fuzz.generation.adapter import generated  # noqa: PLC0415 - half a second to import, not always reached

    for number, language in enumerate(judged_by):
        share = max_examples // len(judged_by) + (number < max_examples % len(judged_by))
        document = generating_schema(subject, subject.contracts[language])
        yield from generated(document, seed=seed, max_examples=share)


def _transport(number: int, params: Mapping[str, str]) -> Transport:
    transport = TRANSPORTS[number % len(TRANSPORTS)]
    # XML 1.0 cannot carry most control characters, so an answer could not give such a value back.
    carried = all(character.isprintable() or character in "\t\n\r" for text in params.values() for character in text)
    return transport if carried else replace(transport, format="JSON")
