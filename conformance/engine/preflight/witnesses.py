"""Cases that can show whether a state holds, or whether a resource is seen: chosen from those of a run. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.model import Transport
from conformance.cases.promises import promises
from conformance.engine.skip_reasons import skip_reason
from conformance.engine.steps import FORCED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.cases.model import Case, ProviderState
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.engine.plan import Plan

_SHOWN_BY: Final = "state"
"""The class of the codes that show a state: others may be answered for another reason."""

_MOST_WITHOUT: Final = 3
_MOST_WITH: Final = 2
"""How many states without and with parameters are looked at until one shows."""


class StateWitness(Struct, frozen=True):
    """A case whose answer shows one state.

    Attributes:
        case: The case; its request is refused with `code` while its states hold.
        decisive: The state that leads to the refusal; the others are those of most cases.
        code: The code of the refusal.
    """

    case: Case
    decisive: ProviderState
    code: str


def usual_states(cases: Iterable[Case]) -> dict[str, frozenset[str]]:
    """Return, by operation, the names of the states that more than half of the cases that need any need."""
    needing = [(case.subject, {state.name for state in case.given}) for case in cases if case.given]
    totals = Counter(operation for operation, _ in needing)
    counts = Counter((operation, name) for operation, names in needing for name in names)
    usual: dict[str, set[str]] = {operation: set() for operation in totals}
    for (operation, name), count in counts.items():
        if 2 * count > totals[operation]:
            usual[operation].add(name)
    return {operation: frozenset(names) for operation, names in usual.items()}


def without_states_url(cases: Iterable[Case], usual: Mapping[str, frozenset[str]]) -> str | None:
    """Return how cases can be run on a target without a states URL, for a person; `None` when nothing is gained."""
    needing = [case for case in cases if case.states]
    able = [case for case in needing if {state.name for state in case.states} <= usual.get(case.subject, frozenset())]
    names = sorted({state.name for case in able for state in case.states})
    if not names:
        return None
    fixed = ", ".join(f"{name}: fixed" for name in names)
    return (
        f"{len(needing)} cases need provider states, and no states URL was given; {len(able)} of them need no "
        f"more than {' and '.join(names)}: where these always hold, give a target file with states: "
        f"{{default: unavailable, {fixed}}}, and the names of what exists under values"
    )


def state_witnesses(cases: Sequence[Case], plan: Plan, usual: Mapping[str, frozenset[str]]) -> list[StateWitness]:
    """Return cases that each show one state, one for each name; those whose state has no parameters come first."""
    found: dict[str, StateWitness] = {}
    for case in _simple(cases, plan):
        beside = [state for state in case.given if state.name not in usual.get(case.subject, ())]
        if len(beside) != 1 or beside[0].name in found or beside[0].name == FORCED:
            continue
        if plan.target.way(beside[0].name).kind != "url":
            continue
        code = _only_code(case, plan)
        if code is not None:
            found[beside[0].name] = StateWitness(case, beside[0], code)
    return sorted(found.values(), key=lambda witness: bool(witness.decisive.params))


def some_of(witnesses: Sequence[StateWitness]) -> list[StateWitness]:
    """Return as many witnesses as may be looked at: those without parameters first."""
    without = [witness for witness in witnesses if not witness.decisive.params]
    return without[:_MOST_WITHOUT] + [witness for witness in witnesses if witness.decisive.params][:_MOST_WITH]


def creating_case(cases: Sequence[Case], plan: Plan, usual: Mapping[str, frozenset[str]]) -> Case | None:
    """Return a case that can be run, creates something, says how it is deleted, and needs only the usual states."""
    # Most cases are about a refusal, so nothing else need be looked at.
    candidates = (case for case in cases if case.cleanup is not None and case.steps[0].may_succeed)
    for case in _simple(candidates, plan):
        if not {state.name for state in case.given} <= usual.get(case.subject, frozenset()):
            continue
        if skip_reason(case, plan.target) is not None:
            continue
        kept = promises(case, plan.contracts[case.subject], plan.docs).kept.values()
        if kept and all(answer.code is None for promise in kept for answer in promise.answers[0]):
            return case
    return None


def _simple(cases: Iterable[Case], plan: Plan) -> Iterator[Case]:
    """Yield the cases of one plain request to the operation under test, whose states are set by calls or hold."""
    met = ("url", "fixed") if plan.target.states_url is not None else ("fixed",)
    for case in cases:
        step = case.steps[0]
        if (
            case.trigger != "todo"
            and len(case.steps) == 1
            and step.operation == case.operation
            and step.transport == Transport()
            and step.until is None
            and step.times == 1
            and (step.account, step.given, step.teardown, dict(step.extra)) == (None, (), (), {})
            and case.subject in plan.contracts
            and all(plan.target.way(state.name).kind in met for state in case.given)
        ):
            yield case


def _only_code(case: Case, plan: Plan) -> str | None:
    """Return the one code that every document judged by promises for a case, if it shows a state."""
    contracts = plan.contracts[case.subject]
    kept = promises(case, contracts, plan.docs).kept
    codes = {answer.code for promise in kept.values() for answer in promise.answers[0]}
    code = codes.pop() if len(codes) == 1 else None
    return code if code is not None and _shows_a_state(code, contracts) else None


def _shows_a_state(code: str, contracts: Mapping[Language, Contract]) -> bool:
    rows = [row for contract in contracts.values() for row in contract.rows(code)]
    return bool(rows) and all(row.error_class == _SHOWN_BY for row in rows)
