"""Why a case cannot be run against a target. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.model import Transport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cases.model import Case, ProviderState
    from conformance.target.model import Target


def skip_reason(case: Case, target: Target, *, several: bool = False) -> str | None:
    """Return why a case cannot be run, for a person, or `None`.

    Args:
        case: The case.
        target: The target.
        several: Whether the run is about several operations, so that nobody may have meant this one.
    """
    if case.trigger == "todo":
        return "what triggers it is not known yet"
    if several and target.credentials is not None and case.cleanup is None:
        return "may leave something on a real account (no cleanup in base.yaml); name the operation alone to run it"
    return _lacks_states(case, target) or _lacks_accounts(case, target) or _lacks_abilities(case, target)


def _lacks_states(case: Case, target: Target) -> str | None:
    """Return why the states that a case needs cannot be had, or not be taken back as it does, or `None`."""
    states = case.states
    unmet = _unmet(states, target) if states else None
    if unmet:
        unavailable = any(target.way(name).kind == "unavailable" for name in unmet)
        way_out = "the target file calls it unavailable" if unavailable else "add --states-url URL"
        if target.credentials is not None and not unavailable:
            way_out += ", or say under states in the target file how it is met"
        return f"needs state {', '.join(unmet)}: {way_out}"
    if not target.states:
        return None  # each is set, and taken back, by the states URL
    lasting = [name for step in case.steps for name in step.teardown if target.way(name).kind != "url"]
    if lasting:
        return f"takes back state {', '.join(lasting)}, which this target does not set by its states URL"
    always = [name for name in case.absent if target.way(name).kind == "fixed"]
    if always:
        return f"needs state {', '.join(always)} not to hold, and in this target it always does"
    return None


def _lacks_abilities(case: Case, target: Target) -> str | None:
    """Return what a case does that cannot be done by an SDK, or with an OpenAPI mock, or `None`."""
    if target.driver != "http" and any(step.transport != Transport() for step in case.steps):
        return "an SDK chooses itself how a request travels"
    if (len(case.steps) > 1 or case.steps[0].times > 1) and target.canned:
        return "needs a server that keeps what it creates, and this target answers with examples"
    return None


def _lacks_accounts(case: Case, target: Target) -> str | None:
    """Return why the other accounts that a case needs cannot be had, or `None`."""
    for step in case.steps:
        if step.account is None:
            continue
        if target.isolation == "global":
            return "needs a second account, and this target has one for everybody (isolation: global)"
        real = step.account in target.profiles
        if target.credentials is not None and not real:
            return f"needs a second account: add a profile {step.account!r} to the target file"
        if real and step.operation == case.operation:
            return f"creates under the profile {step.account!r}, where nothing would delete it"
    return None


def _unmet(states: Sequence[ProviderState], target: Target) -> list[str]:
    """Return the names of states that the target cannot meet, each once."""
    return list(dict.fromkeys(state.name for state in states if not _can_be_met(state.name, target)))


def _can_be_met(state: str, target: Target) -> bool:
    kind = target.way(state).kind
    return kind != "unavailable" and (kind != "url" or target.states_url is not None)
