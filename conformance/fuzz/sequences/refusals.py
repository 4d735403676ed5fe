"""Requests that are refused whatever else they send: for a provider state, or for a name of nothing.

A provider state is the condition that a code of the documents is about. Wherever it holds, a request is refused with
that code: the valid request, one with every optional parameter, one that travels in another way. A request that breaks
something as well has two reasons to be refused; no document gives an order, so either will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.model import Outcome, ProviderState
from conformance.fuzz.generation.boundaries import boundary_requests
from conformance.fuzz.generation.case_builder import request_step, sendable, sequence_case, slug
from conformance.fuzz.generation.generated_request import GeneratedRequest
from conformance.fuzz.generation.optional_parameters import all_together, allowed_additions
from conformance.fuzz.generation.request_stream import TRANSPORTS
from conformance.fuzz.sender import Observation, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.cases.model import Case, Outcomes, Transport
    from conformance.contract.languages import Language
    from conformance.fuzz.operation_data import Refusal
    from conformance.fuzz.run_context import FuzzContext
    from conformance.fuzz.sender import Sender
    from conformance.judging.results import CaseResult

Changes = dict[str, str | None]
"""What a request has that the valid one has not, wire name to text; `None` for what it leaves out."""


class RefusedRequest(Struct, frozen=True):
    """A request that has to be refused.

    Attributes:
        trial: Sends it while there is a reason to refuse it.
        otherwise: The same request where there is none.
    """

    trial: Trial
    otherwise: GeneratedRequest


def send_refused_requests(context: FuzzContext, sender: Sender, stopped: Callable[[], bool]) -> Iterator[Observation]:
    """Send requests that have to be refused.

    A document that is the only one to mention a reason is asked of a server only when the server shows elsewhere that
    it knows that document.

    Args:
        context: The run.
        sender: Sends them.
        stopped: Whether nothing more is to be sent.

    Yields:
        Each request with its result; those on which the server has to show what it knows come last.
    """
    undecided: list[Observation] = []
    known: set[Language] = set()
    conforms: dict[tuple[str, Transport], bool] = {}
    for refused in refused_requests(context):
        if stopped():
            break
        # What is answered wrongly without a reason to be refused is a failure of its own.
        key = refused.otherwise.about, refused.otherwise.transport
        if key not in conforms:
            conforms[key] = sender.judge_request(refused.otherwise).verdict == "pass"
        if not conforms[key]:
            continue
        observation = Observation(refused.trial, sender.send(refused.trial.case))
        if _follows_no_document(observation.result):
            undecided.append(observation)
            continue
        known.update(_shown_to_be_known(observation.result))
        yield observation
    for each in undecided:
        held_to = any(each.result.verdicts[language] == "mismatch" for language in known)
        yield Observation(each.trial, replace(each.result, verdict="mismatch", follows=())) if held_to else each


def refused_requests(context: FuzzContext) -> Iterator[RefusedRequest]:
    """Yield every request that has to be refused, for each reason in the data of the operation. Pure."""
    if not context.settable or not context.data.refusals:
        return
    everything = all_together(context, allowed_additions(context))
    wrong = list(_wrong_requests(context))
    for number, refusal in enumerate(context.data.refusals):
        if not _can_be_tested(context, refusal):
            continue
        own = context if refusal.base is None else context.on(context.suite.bases[refusal.base])
        variants: list[tuple[str, Changes]] = [("the valid request", {}), ("every optional parameter", {**everything})]
        if wrong:
            variants.append(wrong[number % len(wrong)])
        for offset, (about, changes) in enumerate(variants):
            transport = TRANSPORTS[(number + offset) % len(TRANSPORTS)] if offset else TRANSPORTS[0]
            sent = GeneratedRequest(_changed(own.wire, {**changes, **context.filled(refusal.sends)}), about)
            transport = own.as_promised(transport, _outcomes(own, refusal, sent))
            otherwise = GeneratedRequest(_changed(context.wire, changes), about, transport)
            case = _case(own, refusal, replace(sent, transport=transport))
            yield RefusedRequest(Trial(f"refused because {refusal.about}", case), otherwise)


def _follows_no_document(result: CaseResult) -> bool:
    return result.verdict == "divergent" and "pass" not in result.verdicts.values()


def _shown_to_be_known(result: CaseResult) -> list[Language]:
    """Return the document that a server shows that it knows: the only one that judges, and the server follows it."""
    judging = [language for language, verdict in result.verdicts.items() if verdict != "not_applicable"]
    return judging if result.verdict == "pass" and len(judging) == 1 and result.exact else []


def _changed(params: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in {**params, **changes}.items() if text is not None}


def _case(context: FuzzContext, refusal: Refusal, request: GeneratedRequest) -> Case:
    title = f"{request.about}, while {refusal.about}: refused for that"
    step = request_step(context, "request", request, _outcomes(context, refusal, request))
    case = sequence_case(context, [step], slug(f"{refusal.about} {request.about}"), title)
    return replace(case, given=_given(case, refusal, request), absent=refusal.lacks)


def _given(case: Case, refusal: Refusal, request: GeneratedRequest) -> tuple[ProviderState, ...]:
    kept = [state for state in case.given if state.name not in refusal.lacks]
    own = [
        ProviderState(
            name, {key: request.params.get(wire, "") if isinstance(wire, str) else wire for key, wire in params.items()}
        )
        for name, params in refusal.given.items()
    ]
    return (*kept, *own)


def _outcomes(context: FuzzContext, refusal: Refusal, request: GeneratedRequest) -> dict[Language, Outcomes]:
    """Return the codes of the reason and of what the request breaks, per document that has the former."""
    expectations = context.oracle.expectations(request.params)
    found: dict[Language, Outcomes] = {}
    for language, contract in context.contracts.items():
        codes = [code for code in refusal.codes if contract.rows(code)]
        if codes and language in expectations and expectations[language].broken:
            codes += expectations[language].codes
        found[language] = tuple(Outcome(code) for code in dict.fromkeys(codes))
    return found


def _wrong_requests(context: FuzzContext) -> Iterator[tuple[str, Changes]]:
    """Yield one change to the valid request for each thing that a request can break by every document."""
    seen = set()
    first = context.languages[0]
    for request in boundary_requests(context.contracts[first], context.wire):
        expectations = context.oracle.expectations(request.params)
        broken = [expectations[each].broken if each in expectations else () for each in context.languages]
        if all(broken) and broken[0] not in seen and sendable(request.params):
            seen.add(broken[0])
            yield request.about, {name: request.params.get(name) for name in request.differs(context.wire)}


def _can_be_tested(context: FuzzContext, refusal: Refusal) -> bool:
    """Whether the target can be put into the states of a refusal, and a document mentions it and all that it needs."""
    settable = all(context.target.way(name).kind == "url" for name in (*refusal.given, *refusal.lacks))
    contracts = [context.contracts[language] for language in context.languages]
    return settable and any(
        contract.rows(code) and all(contract.names(name.partition(".")[0]) for name in refusal.sends)
        for contract in contracts
        for code in refusal.codes
    )
