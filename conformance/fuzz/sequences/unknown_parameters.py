"""Parameters that no document has: a server may ignore them or refuse them with a documented code, and nothing else."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.model import Outcome
from conformance.contract.model import Parameter
from conformance.fuzz.generation.case_builder import request_step, sequence_case, slug
from conformance.fuzz.generation.generated_request import PLAIN, GeneratedRequest
from conformance.fuzz.oracle.fitting_codes import codes_of
from conformance.fuzz.sender import FollowUp, Trial
from conformance.fuzz.sequences.equivalence import one_of_each_kind, same_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.fuzz.run_context import FuzzContext
    from conformance.judging.results import CaseResult

KIND: Final = "with a parameter that no document has"

_NAMES: Final = tuple(json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8")))
"""The first is one that many operations of the API have. None changes what an operation does, as a dry run would."""
_TEXT: Final = "conformance"
_REFUSING: Final = ("syntax", "state", "auth", "throttle")
"""The classes of codes that refuse a request; that of class `server` says that the server failed."""

Contracts = dict[str, dict["Language", "Contract"]]


def with_unknown_parameters(contracts: Mapping[str, Mapping[Language, Contract]]) -> Contracts:
    """Return contracts that know the unknown parameters too, so that an engine judges requests that send them."""
    return {
        operation: {language: _with_unknown_parameters(contract) for language, contract in each.items()}
        for operation, each in contracts.items()
    }


def requests_with_unknown_parameters(context: FuzzContext) -> Iterator[FollowUp]:
    """Yield requests, each followed by the same request with one parameter more, which no document has.

    The engine that sends them judges by contracts `with_unknown_parameters`.
    """
    unknown = list(_unknown_parameters(context))
    if not unknown:
        return
    valid = GeneratedRequest(context.wire, "the valid request")
    pairs = [(valid, each) for each in unknown]
    requests = enumerate(one_of_each_kind(context))
    pairs += [(request, unknown[number % len(unknown)]) for number, request in requests]
    for request, parameter in pairs:
        yield FollowUp(replace(request, transport=PLAIN), partial(_with_parameter, context, request, parameter))


def _with_parameter(
    context: FuzzContext, request: GeneratedRequest, parameter: tuple[str, str], result: CaseResult
) -> Iterator[Trial]:
    name, text = parameter
    title = f"{request.about}, with {name} that no document has: answered alike, or refused with a documented code"
    wanted = {
        language: (*same, *(Outcome(code) for code in codes_of(context.contracts[language], _REFUSING)))
        for language, same in same_answer(context, result).items()
    }
    step = request_step(context, "request", GeneratedRequest({**request.params, name: text}), wanted)
    yield Trial(KIND, sequence_case(context, [step], slug(f"unknown {name} {request.about}"), title))


def _unknown_parameters(context: FuzzContext) -> Iterator[tuple[str, str]]:
    """Yield names that no document has, and what is sent under them; at last a known name in other letters."""
    in_other_letters = [(name.lower(), text) for name, text in list(context.wire.items())[:1]]
    for unknown, sent in (*((each, _TEXT) for each in _NAMES), *in_other_letters):
        if not any(contract.names(unknown.partition(".")[0]) for contract in context.contracts.values()):
            yield unknown, sent


def _with_unknown_parameters(contract: Contract) -> Contract:
    known = {parameter.path.lower() for parameter in contract.parameters}
    tops = dict.fromkeys(name.partition(".")[0] for name in _NAMES)
    more = [*tops, *sorted(known - {parameter.path for parameter in contract.parameters})]
    extra = tuple(Parameter(name, 0, {}) for name in more if not contract.names(name))
    return replace(contract, parameters=(*contract.parameters, *extra))
