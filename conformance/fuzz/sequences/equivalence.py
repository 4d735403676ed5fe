"""Requests that must be answered alike, and a request that is sent twice. Pure.

Where the documents leave the choice of a code open, one request alone cannot be wrong; but a server that answers the
same request in one way by GET and in another by POST is.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.model import Outcome, Transport
from conformance.fuzz.findings.step_rule import StepRule
from conformance.fuzz.generation.boundaries import boundary_requests
from conformance.fuzz.generation.case_builder import request_step, sendable, sequence_case, slug
from conformance.fuzz.generation.generated_request import PLAIN, GeneratedRequest
from conformance.fuzz.sender import FollowUp, Trial
from conformance.fuzz.sequences.taken import taken_lines, taken_outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.cases.model import Outcomes
    from conformance.contract.languages import Language
    from conformance.fuzz.run_context import FuzzContext
    from conformance.judging.results import CaseResult

WAYS: Final[Mapping[str, Transport]] = {
    "by GET": Transport(method="GET"),
    "in a form": Transport(place="form"),
    "in a form with plus for space": Transport(place="form", spaces="plus"),
    "for XML": Transport(format="XML"),
    "by GET for XML": Transport(method="GET", format="XML"),
}
"""How the same request may travel, beside the plain way."""


def equivalent_requests(context: FuzzContext) -> Iterator[FollowUp]:
    """Yield requests, each followed by the same request in ways that must not matter."""
    for request in one_of_each_kind(context):
        yield FollowUp(replace(request, transport=PLAIN), partial(_in_other_ways, context, request))


def repeated_requests(context: FuzzContext) -> Iterator[Trial]:
    """Yield each valid request, sent twice; where states cannot be set, the first alone.

    Nothing of an operation that no behaviour declares to create what is unique (a second one may be as welcome), or of
    which no document has a code for what is there already.
    """
    unique = context.data.traits.unique_by if context.data.traits is not None else ()
    sent = {name.partition(".")[0] for name in context.wire}
    if not sent.issuperset(unique) or not unique or not any(taken_outcomes(context.contracts).values()):
        return
    for base in context.suite.bases if context.settable else (context.base.name,):
        yield _twice(context, base)


def one_of_each_kind(context: FuzzContext) -> Iterator[GeneratedRequest]:
    """Yield one request for each kind of violation, and one for each parameter that may be as it is."""
    seen: set[tuple[object, ...]] = set()
    for language in context.languages:
        for request in boundary_requests(context.contracts[language], context.wire):
            expectation = context.oracle.expectations(request.params).get(language)
            if expectation is None or not sendable(request.params):
                continue
            what = expectation.broken or request.differs(context.wire)
            if (what, expectation.success) not in seen:
                seen.add((what, expectation.success))
                yield request


def same_answer(context: FuzzContext, result: CaseResult) -> dict[Language, Outcomes]:
    """Return the answer to a request as the only one that is allowed, per document that has it."""
    if result.answered == "success":
        return dict.fromkeys(context.contracts, (Outcome(None),))
    return {language: (Outcome(row[1], row[2]),) for language, rows in result.observed.items() for row in rows[-1:]}


def _in_other_ways(context: FuzzContext, request: GeneratedRequest, result: CaseResult) -> Iterator[Trial]:
    wanted = same_answer(context, result)
    reordered = GeneratedRequest(dict(reversed(list(request.params.items()))), request.about)
    judged = {language: wanted[language] for language in wanted if result.verdicts.get(language) != "not_applicable"}
    ways = {way: transport for way, transport in WAYS.items() if context.as_promised(transport, judged) == transport}
    requests = {way: replace(request, transport=transport) for way, transport in ways.items()}
    for way, each in {**requests, "in another order": reordered}.items():
        title = f"{each.about or 'a request'}, sent {way}: answered as by POST for JSON"
        step = request_step(context, "request", each, wanted)
        case = sequence_case(context, [step], slug(f"alike {way} {each.about}"), title)
        yield Trial(f"answered alike {way}", case)


def _twice(context: FuzzContext, base: str) -> Trial:
    request = GeneratedRequest(context.wire_request(base))
    success = dict.fromkeys(context.contracts, (Outcome(None),))
    steps = [
        request_step(context, "create", request, success),
        request_step(context, "again", request, taken_outcomes(context.contracts)),
    ]
    title = f"the valid request {base}, sent twice: refused the second time"
    case = sequence_case(context, steps, slug(f"taken {base}"), title)
    rules = (StepRule(), StepRule(taken_lines(context.contracts)))
    return Trial("refused for a resource that is taken", case, rules)
