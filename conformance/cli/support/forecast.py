"""What a run would do, without a request: `conformance run --plan`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from conformance.engine.skip_reasons import skip_reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.cases.model import Case
    from conformance.target.model import Target


def forecast(cases: Sequence[Case], target: Target | None) -> Iterator[str]:
    """Yield lines that say what a run would send, what it may create and by whom, and which cases it cannot run.

    Args:
        cases: The cases that are selected.
        target: What is tested; `None` for the reference server, which would be started for the run.
    """
    reasons = {case.id: skip_reason(case, target) if target is not None else _todo(case) for case in cases}
    runnable = [case for case in cases if reasons[case.id] is None]
    where = target.endpoint if target is not None else "the reference server, started for the run"
    yield f"would run {len(runnable)} of {len(cases)} cases against {where}"
    yield from _accounts(target)
    calls = Counter[str]()
    for case in runnable:
        for step in case.steps:
            calls[step.operation] += step.times
    yield f"{_calls(calls.total())}, beside those of cleanup and of looking first:"
    for operation, number in calls.most_common():
        yield f"  {operation}: {_calls(number)}{_repeated(runnable, operation)}"
    states = sum(len(case.states) for case in runnable if target is None or target.states_url is not None)
    if states:
        yield f"  provider states: {states} set and taken back"
    yield from _creations(runnable, target)
    left_out = Counter(reason for reason in reasons.values() if reason is not None)
    for reason, number in left_out.most_common():
        yield f"cannot run {number} × {reason}"


def _todo(case: Case) -> str | None:
    return "what triggers it is not known yet" if case.trigger == "todo" else None


def _accounts(target: Target | None) -> Iterator[str]:
    """Yield who would call: nobody is asked for credentials to say so."""
    if target is None or target.credentials is None:
        yield "as an account of its own for each case, made up for it"
    else:
        yield f"as {_whose(target, '')}"
    for name in target.profiles if target is not None else ():
        yield f"and, where a case names the profile {name}, as {_whose(target, name)}"


def _whose(target: Target | None, name: str) -> str:
    source = target.sources.get(name) if target is not None else None
    if source is None:
        return "the account whose AccessKey the target file names"
    asked = f", asked for at {source.host}" if source.host is not None else ""
    return f"the account that alibabacloud-credentials finds ({source}{asked})"


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"


def _repeated(cases: Sequence[Case], operation: str) -> str:
    waits = any(step.until is not None and step.operation == operation for case in cases for step in case.steps)
    return ", some repeated until an effect is seen" if waits else ""


def _creations(cases: Sequence[Case], target: Target | None) -> Iterator[str]:
    """Yield what may be created on an account that outlives the run, and how it would be deleted."""
    if target is None or (target.credentials is None and not target.profiles):
        return
    for operation in dict.fromkeys(case.operation for case in cases):
        steps = [step for case in cases if case.operation == operation for step in case.steps]
        creating = [step for step in steps if step.operation == operation]
        succeeding = sum(step.successes or step.times for step in creating if step.may_succeed)
        sent = sum(step.times for step in creating)
        cleanup = next((case.cleanup for case in cases if case.operation == operation and case.cleanup), None)
        deleted = f"deleted by {cleanup.operation}" if cleanup is not None else "NOT deleted: base.yaml has no cleanup"
        yield (
            f"  {operation} creates {succeeding} things if the server follows the documents, {sent} at the most, "
            f"one case after another; {deleted}"
        )
