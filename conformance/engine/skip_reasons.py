"""Why a case cannot be run against a target. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.model import Transport

if TYPE_CHECKING:
    from conformance.cases.model import Case
    from conformance.target.model import Target


def skip_reason(case: Case, target: Target) -> str | None:
    """Return why a case cannot be run, for a person, or `None`."""
    if case.trigger == "todo":
        return "what triggers it is not known yet"
    unmet = unmet_states(case, target)
    if unmet:
        unavailable = any(target.way(name).kind == "unavailable" for name in unmet)
        way_out = "the target file calls it unavailable" if unavailable else "add --states-url URL"
        return f"needs state {', '.join(unmet)}: {way_out}"
    if target.driver != "http" and any(step.transport != Transport() for step in case.steps):
        return "an SDK chooses itself how a request travels"
    if target.canned and (len(case.steps) > 1 or case.steps[0].times > 1):
        return "needs a server that keeps what it creates, and this target answers with examples"
    always = [name for name in case.absent if target.way(name).kind == "fixed"]
    if always:
        return f"needs state {', '.join(always)} not to hold, and in this target it always does"
    return None


def unmet_states(case: Case, target: Target) -> list[str]:
    """Return the names of the states of a case that the target cannot meet, each once."""
    return list(dict.fromkeys(state.name for state in case.given if not _can_be_met(state.name, target)))


def _can_be_met(state: str, target: Target) -> bool:
    kind = target.way(state).kind
    return kind != "unavailable" and (kind != "url" or target.states_url is not None)
