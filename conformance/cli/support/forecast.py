"""What a run would do, without a request: `conformance run --plan`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.model import Case
from conformance.cli.support.driver_options import PLAIN
from conformance.core.lazy_patterns import lazy_pattern
from conformance.engine.skip_reasons import skip_reason
from conformance.target.consent import needs_live
from conformance.target.options import described_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.model import Step
    from conformance.cli.support.plan_template import PlanTemplate
    from conformance.sdk.driver_run import Runnable
    from conformance.target.model import Target
    from conformance.target.options import TargetOptions

_VALUE: Final = lazy_pattern(r"\$\{target\.([^}]+)\}")


def forecast(
    chosen: Sequence[Runnable], named: TargetOptions, plan: PlanTemplate, driver: str | None, *, each: bool = False
) -> Iterator[str]:
    """Yield lines that say what a run would send, what it may create and by whom, and which cases it cannot run.

    Args:
        chosen: What is selected; nothing is said of what only an SDK sends.
        named: What the options say of the target, which need not be on this machine even without `--live`.
        plan: What makes the plan of the run.
        driver: `--driver`.
        each: Whether to name each case that cannot be run; else how many of each operation and code there are.

    Raises:
        InputError: When the options or the target file are wrong.
    """
    target = described_target(replace(named, live=True), defaults=dict(plan.defaults))
    if target is not None and driver is not None and driver not in PLAIN:
        target = replace(target, driver=driver)
    several = len(plan.contracts) > 1
    cases = [case for case in chosen if isinstance(case, Case)]
    reasons = {
        case.id: skip_reason(case, target, several=several) if target is not None else _todo(case) for case in cases
    }
    runnable = [case for case in cases if reasons[case.id] is None]
    where = target.endpoint if target is not None else "the reference server, started for the run"
    yield f"would run {len(runnable)} of {len(cases)} cases against {where}"
    if target is not None and not named.live:
        yield from (f"only with --live: {what} is not on this machine" for what in needs_live(target))
    yield from _accounts(target)
    yield from _sent(runnable, target)
    yield from _creations(runnable, target)
    yield from _examples(runnable, target, plan.defaults)
    left_out: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        if reason is not None:
            left_out.setdefault(reason, []).append(name)
    for reason, names in sorted(left_out.items(), key=lambda entry: -len(entry[1])):
        yield f"cannot run {len(names)} × {reason}"
        groups = names if each else _groups(names)
        yield from (f"  {name}" for name in groups)


def _groups(names: Sequence[str]) -> list[str]:
    counts = Counter(name.rpartition("/")[0] for name in names)
    return [f"{group}: {number}" for group, number in counts.items()]


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


def _sent(cases: Sequence[Case], target: Target | None) -> Iterator[str]:
    calls = Counter[str]()
    for case in cases:
        for step in case.steps:
            calls[step.operation] += step.times
    rate = target.rate if target is not None else None
    least = f", {calls.total() / rate:.0f} s at the least" if rate else ""
    yield f"{_calls(calls.total())}{least}, beside those of cleanup and of looking first:"
    for operation, number in calls.most_common():
        of_one = _calls(number)
        repeated = _waits(cases, operation)
        yield (
            f"  {operation}: {of_one}, some repeated until an effect is seen"
            if repeated
            else f"  {operation}: {of_one}"
        )
    states = sum(len(case.states) for case in cases if target is None or target.states_url is not None)
    if states:
        yield f"  provider states: {states} set and taken back"


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"


def _waits(cases: Sequence[Case], operation: str) -> bool:
    return any(step.until is not None and step.operation == operation for case in cases for step in case.steps)


def _creations(cases: Sequence[Case], target: Target | None) -> Iterator[str]:
    """Yield what may be created on an account that outlives the run, and how it would be deleted."""
    if target is None or (target.credentials is None and not target.profiles):
        return
    for operation in dict.fromkeys(case.subject for case in cases):
        own = [case for case in cases if case.subject == operation]
        succeeding = [sum(step.successes or step.times for step in _creating(case) if step.may_succeed) for case in own]
        sent = sum(step.times for case in own for step in _creating(case))
        cleanup = next((case.cleanup for case in own if case.cleanup), None)
        deleted = f"deleted by {cleanup.operation}" if cleanup is not None else "NOT deleted: base.yaml has no cleanup"
        yield (
            f"  {operation} creates {sum(succeeding)} things if the server follows the documents, {sent} at the most, "
            f"one case after another, up to {max(succeeding)} at once; {deleted}"
        )
        if cleanup is None:
            continue
        yield f"  cleanup: {cleanup.operation} once for each of them, and again while it is refused"
        if cleanup.find is not None:
            yield (
                f"  looking: {cleanup.find.operation} once before the first, and twice for each of them: that it is "
                "the run's own, and that it is gone"
            )


def _creating(case: Case) -> list[Step]:
    return [step for step in case.steps if step.operation == case.operation]


def _examples(cases: Sequence[Case], target: Target | None, defaults: Mapping[str, str]) -> Iterator[str]:
    """Yield which things must be there already, and are named as in the examples: no account has those."""
    if target is None:
        return
    needed: dict[str, set[str]] = {}
    for case in cases:
        for state in case.states:
            if target.way(state.name).kind not in ("url", "prefer"):
                for name in _VALUE.findall(str(state.params)):
                    needed.setdefault(name, set()).add(case.id)
    for name, ids in needed.items():
        value = target.values.get(name)
        if value is not None and value == defaults.get(name):
            yield f"{len(ids)} cases need {name} {value!r} to be there, an example: give yours under values"
