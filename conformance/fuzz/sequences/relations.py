"""Requests that must be answered alike, and a request that is sent twice.

Where the documents leave the choice of a code open, one request alone cannot be wrong; but a server that answers the
same request in one way by GET and in another by POST is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.cases.expand import wire_parameters
from conformance.cases.model import Outcome, Transport
from conformance.fuzz.generation.boundaries import boundary_samples
from conformance.fuzz.generation.requests import expectations, request_step, sendable, sequence_case, slug
from conformance.fuzz.generation.sample import PLAIN, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.cases.model import Case, Outcomes
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.fuzz.generation.sample import Subject
    from conformance.fuzz.probes import Prober
    from conformance.fuzz.search import Hunt
    from conformance.judging.results import CaseResult

WAYS: Final[Mapping[str, Transport]] = {
    "by GET": Transport(method="GET"),
    "in a form": Transport(place="form"),
    "in a form with plus for space": Transport(place="form", spaces="plus"),
    "for XML": Transport(format="XML"),
    "by GET for XML": Transport(method="GET", format="XML"),
}
"""How the same request may travel, beside the plain way."""


def relations(hunt: Hunt, prober: Prober, judged_by: tuple[Language, ...]) -> Iterator[CaseResult]:
    """Send requests in ways that must not matter, and valid requests twice.

    Args:
        hunt: Takes note of what comes of them.
        prober: Sends them.
        judged_by: The documents judged by.

    Yields:
        What is worth a line of the report.
    """
    subject = prober.subject
    for sample in chosen(subject, judged_by):
        if hunt.over():
            return
        plain = prober.judge(replace(sample, transport=PLAIN))
        if plain.verdict != "pass":
            continue
        wanted = same_answer(subject, plain)
        for way, transport in WAYS.items():
            case = _alike(prober, replace(sample, transport=transport), way, wanted)
            yield from hunt.sequence(case, f"answered alike {way}")
        turned = Sample(dict(reversed(list(sample.params.items()))), sample.about)
        case = _alike(prober, turned, "in another order", wanted)
        yield from hunt.sequence(case, "answered alike in another order")
    for name in subject.suite.bases if subject.settable else (subject.base.name,):
        if hunt.over():
            return
        yield from hunt.sequence(_twice(prober, name), "refused for a resource that is taken")


def taken_codes(contract: Contract) -> tuple[str, ...]:
    """Return the codes for what is there already, as the messages tell; every state's code where none does."""
    states = [row for row in contract.errors if row.error_class == "state"]
    told = [row for row in states if "already" in row.message.lower()]
    return tuple(dict.fromkeys(row.code for row in told or states))


def taken_outcomes(subject: Subject) -> dict[Language, Outcomes]:
    """Return, per document, the answers that a second request for the same resource may have."""
    return {
        language: tuple(Outcome(code) for code in taken_codes(contract))
        for language, contract in subject.contracts.items()
    }


def chosen(subject: Subject, judged_by: tuple[Language, ...]) -> Iterator[Sample]:
    """Yield one request for each kind of violation, and one for each parameter that may be as it is."""
    seen: set[tuple[object, ...]] = set()
    for language in judged_by:
        for sample in boundary_samples(subject.contracts[language], subject.wire):
            made = expectations(subject, sample.params).get(language)
            if made is None or not sendable(sample.params):
                continue
            kind = (made.broken, made.success) if made.broken else (sample.differs(subject.wire), made.success)
            if kind not in seen:
                seen.add(kind)
                yield sample


def same_answer(subject: Subject, plain: CaseResult) -> dict[Language, Outcomes]:
    """Return the answer to a request as the only one that is allowed, per document that has it."""
    if plain.answered == "success":
        return dict.fromkeys(subject.contracts, (Outcome(None),))
    return {language: (Outcome(row[1], row[2]),) for language, rows in plain.observed.items() for row in rows[-1:]}


def _alike(prober: Prober, sample: Sample, way: str, wanted: Mapping[Language, Outcomes]) -> Case:
    subject = prober.subject
    title = f"{sample.about or 'a request'}, sent {way}: answered as by POST for JSON"
    step = request_step(subject, "request", sample, wanted)
    return sequence_case(subject, [step], slug(f"alike {way} {sample.about}"), title, prober.origin)


def _twice(prober: Prober, base: str) -> Case:
    subject = prober.subject
    values = {f"target.{name}": value for name, value in subject.target.values.items()}
    sample = Sample(wire_parameters(subject.suite.bases[base].parameters, values))
    success = dict.fromkeys(subject.contracts, (Outcome(None),))
    steps = [
        request_step(subject, "create", sample, success),
        request_step(subject, "again", sample, taken_outcomes(subject)),
    ]
    title = f"the valid request {base}, sent twice: refused the second time"
    return sequence_case(subject, steps, slug(f"taken {base}"), title, prober.origin)
