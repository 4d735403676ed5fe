"""What stands in the way of a valid request, whatever else is sent: provider states, and names of what is not there.

A provider state is the condition that a code of the documents speaks of. So wherever it holds, a request is refused
with that code: the valid request, one with every optional parameter, one that travels in another way. A request that
breaks something as well has two reasons to be refused; no document gives an order, so either will do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.cases.expand import fill_state
from conformance.cases.model import Outcome, ProviderState
from conformance.contract.wire import wire_text
from conformance.fuzz.generation.boundaries import boundary_samples
from conformance.fuzz.generation.extras import everything, plain_extras
from conformance.fuzz.generation.requests import expectations, request_step, sendable, sequence_case, slug
from conformance.fuzz.generation.sample import Sample, Subject
from conformance.fuzz.generation.samples import TRANSPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.cases.model import Case, Outcomes, Transport
    from conformance.contract.languages import Language
    from conformance.fuzz.operation_data import Refusal
    from conformance.fuzz.probes import Prober
    from conformance.fuzz.search import Hunt
    from conformance.judging.results import CaseResult


def refusals(hunt: Hunt, prober: Prober, judged_by: tuple[Language, ...]) -> Iterator[CaseResult]:
    """Send requests that something stands in the way of.

    Args:
        hunt: Takes note of what comes of them.
        prober: Sends them.
        judged_by: The documents judged by.

    Yields:
        What is worth a line of the report.
    """
    held: list[tuple[Case, str, CaseResult]] = []
    known: set[Language] = set()
    plain: dict[tuple[str, Transport], bool] = {}
    for refusal, alone, case in refusal_cases(prober.subject, judged_by, prober.origin):
        if hunt.over():
            break
        # What is answered wrongly with nothing in the way is a finding of its own.
        key = alone.about, alone.transport
        if key not in plain:
            plain[key] = prober.judge(alone).verdict == "pass"
        if not plain[key]:
            continue
        kind = f"refused because {refusal.about}"
        result = prober.answered(case)
        spoken = [language for language, verdict in result.verdicts.items() if verdict != "not_applicable"]
        if result.verdict == "divergent" and "pass" not in result.verdicts.values():
            held.append((case, kind, result))
            continue
        if result.verdict == "pass" and len(spoken) == 1 and result.exact:
            known.update(spoken)
        yield from hunt.note(case, kind, result)
    for case, kind, result in held:
        # One document alone speaks. A server that shows elsewhere that it knows that document is held to it.
        if any(result.verdicts[language] == "mismatch" for language in known):
            yield from hunt.note(case, kind, replace(result, verdict="mismatch", follows=()))
        else:
            yield from hunt.note(case, kind, result)


def refusal_cases(
    subject: Subject, judged_by: tuple[Language, ...], origin: str
) -> Iterator[tuple[Refusal, Sample, Case]]:
    """Yield every request that something stands in the way of. Pure.

    Args:
        subject: The operation.
        judged_by: The documents judged by.
        origin: Where the requests come from, for reports.

    Yields:
        What stands in the way, the request with nothing in its way, and the case that sends it with that in its way.
    """
    if not subject.settable:
        return
    full = everything(subject, judged_by, plain_extras(subject, judged_by))
    wrong = list(_wrong(subject, judged_by))
    for number, refusal in enumerate(subject.data.refusals):
        own = _on(subject, refusal)
        if own is None or not _spoken_of(subject, refusal, judged_by):
            continue
        changes: list[tuple[str, dict[str, str | None]]] = [
            ("the valid request", {}),
            ("every optional parameter", {**full}),
        ]
        if wrong:
            changes.append(wrong[number % len(wrong)])
        for offset, (about, changed) in enumerate(changes):
            transport = TRANSPORTS[(number + offset) % len(TRANSPORTS)] if offset else TRANSPORTS[0]
            alone = Sample(_sent({**subject.wire, **changed}), about, transport)
            sample = Sample(_sent({**own.wire, **changed, **_filled(own, refusal.sends)}), about, transport)
            yield refusal, alone, _case(own, refusal, sample, origin)


def _sent(params: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in params.items() if text is not None}


def _case(subject: Subject, refusal: Refusal, sample: Sample, origin: str) -> Case:
    title = f"{sample.about}, while {refusal.about}: refused for that"
    step = request_step(subject, "request", sample, _outcomes(subject, refusal, sample))
    case = sequence_case(subject, [step], slug(f"{refusal.about} {sample.about}"), title, origin)
    return replace(case, given=_given(case, refusal, sample), absent=refusal.lacks)


def _given(case: Case, refusal: Refusal, sample: Sample) -> tuple[ProviderState, ...]:
    held = [state for state in case.given if state.name not in refusal.lacks]
    own = [
        ProviderState(
            name, {key: sample.params.get(wire, "") if isinstance(wire, str) else wire for key, wire in params.items()}
        )
        for name, params in refusal.given.items()
    ]
    return (*held, *own)


def _outcomes(subject: Subject, refusal: Refusal, sample: Sample) -> dict[Language, Outcomes]:
    """Return the codes of what is in the way and of what the request breaks, per document that has the former."""
    made = expectations(subject, sample.params)
    found: dict[Language, Outcomes] = {}
    for language, contract in subject.contracts.items():
        codes = [code for code in refusal.codes if contract.rows(code)]
        if codes and language in made and made[language].broken:
            codes += made[language].codes
        found[language] = tuple(Outcome(code) for code in dict.fromkeys(codes))
    return found


def _wrong(subject: Subject, judged_by: tuple[Language, ...]) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Yield one change to the valid request for each thing that a request can break by every document."""
    seen = set()
    for sample in boundary_samples(subject.contracts[judged_by[0]], subject.wire):
        made = expectations(subject, sample.params)
        broken = made[judged_by[0]].broken if judged_by[0] in made else ()
        everywhere = all(language in made and made[language].broken for language in judged_by)
        if everywhere and broken not in seen and sendable(sample.params):
            seen.add(broken)
            yield sample.about, {name: sample.params.get(name) for name in sample.differs(subject.wire)}


def _on(subject: Subject, refusal: Refusal) -> Subject | None:
    """Return the operation with the valid request that a refusal is about; `None` when it cannot be brought about."""
    target = subject.target
    if any(target.way(name).kind != "url" for name in (*refusal.given, *refusal.lacks)):
        return None
    bases = subject.suite.bases
    base = bases[refusal.base] if refusal.base is not None else next(iter(bases.values()))
    return Subject.on(subject.suite, target, base, subject.data)


def _spoken_of(subject: Subject, refusal: Refusal, judged_by: tuple[Language, ...]) -> bool:
    return any(
        subject.contracts[language].rows(code)
        and all(subject.contracts[language].names(name.partition(".")[0]) for name in refusal.sends)
        for language in judged_by
        for code in refusal.codes
    )


def _filled(subject: Subject, sends: Mapping[str, str]) -> dict[str, str]:
    values = {f"target.{name}": value for name, value in subject.target.values.items()}
    filled: Mapping[str, Any] = fill_state(ProviderState("", dict(sends)), values)
    return {name: wire_text(value) for name, value in filled.items()}
