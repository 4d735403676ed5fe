"""Parameters that no document has: a server may ignore them or refuse them with a documented code, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.cases.model import Outcome
from conformance.contract.model import Parameter
from conformance.fuzz.generation.candidates import codes_of
from conformance.fuzz.generation.requests import request_step, sequence_case, slug
from conformance.fuzz.generation.sample import PLAIN, Sample
from conformance.fuzz.sequences.relations import chosen, same_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cases.model import Case, Outcomes
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.engine.plan import Plan
    from conformance.fuzz.generation.sample import Subject
    from conformance.fuzz.probes import Prober
    from conformance.fuzz.search import Hunt
    from conformance.judging.results import CaseResult

KIND: Final = "with a parameter that no document has"

_NAMES: Final = ("ClientToken", "Unknown", "Unknown.1.Key", "未知")
"""The first is one that many operations of the API have. None asks for anything, as `DryRun` would."""
_TEXT: Final = "conformance"
_REFUSING: Final = ("syntax", "state", "auth", "throttle")
"""The classes of codes that refuse a request; that of class `server` says that the server failed."""


def widened(plan: Plan) -> Plan:
    """Return a plan whose contracts know the unknown parameters, so that its engine judges requests that send them."""
    contracts = {
        operation: {language: _widened(contract) for language, contract in each.items()}
        for operation, each in plan.contracts.items()
    }
    return replace(plan, contracts=contracts)


def unknown_parameters(hunt: Hunt, prober: Prober, judged_by: tuple[Language, ...]) -> Iterator[CaseResult]:
    """Send requests with one parameter more, which no document has.

    Args:
        hunt: Takes note of what comes of them.
        prober: Sends them, by an engine whose plan is `widened`.
        judged_by: The documents judged by.

    Yields:
        What is worth a line of the report.
    """
    subject = prober.subject
    more = list(_more(subject))
    requests = [(Sample(subject.wire, "the valid request"), each) for each in more]
    requests += [(sample, more[number % len(more)]) for number, sample in enumerate(chosen(subject, judged_by))]
    for sample, (name, text) in requests if more else ():
        if hunt.over():
            return
        plain = prober.judge(replace(sample, transport=PLAIN))
        if plain.verdict == "pass":
            yield from hunt.sequence(_case(prober, sample, plain, (name, text)), KIND)


def _case(prober: Prober, sample: Sample, plain: CaseResult, more: tuple[str, str]) -> Case:
    subject = prober.subject
    name, text = more
    title = f"{sample.about}, with {name} that no document has: answered alike, or refused with a documented code"
    wanted = {language: (*same, *_refused(subject, language)) for language, same in same_answer(subject, plain).items()}
    step = request_step(subject, "request", Sample({**sample.params, name: text}), wanted)
    return sequence_case(subject, [step], slug(f"unknown {name} {sample.about}"), title, prober.origin)


def _refused(subject: Subject, language: Language) -> Outcomes:
    return tuple(Outcome(code) for code in codes_of(subject.contracts[language], _REFUSING))


def _more(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield names that no document has, and what is sent under them; at last a known name in other letters."""
    name, text = next(iter(subject.wire.items()))
    for unknown, sent in (*((each, _TEXT) for each in _NAMES), (name.lower(), text)):
        if not any(contract.names(unknown.partition(".")[0]) for contract in subject.contracts.values()):
            yield unknown, sent


def _widened(contract: Contract) -> Contract:
    known = {parameter.path.lower() for parameter in contract.parameters}
    tops = dict.fromkeys(name.partition(".")[0] for name in _NAMES)
    more = [*tops, *sorted(known - {parameter.path for parameter in contract.parameters})]
    extra = tuple(Parameter(name, 0, {}) for name in more if not contract.names(name))
    return replace(contract, parameters=(*contract.parameters, *extra))
