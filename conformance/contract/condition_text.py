"""Conditions for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.wire import wire_text

if TYPE_CHECKING:
    from conformance.contract.when import Presence, When


def condition_text(when: When) -> str:
    """Return a condition for a person: `when A is x or y and B is z`."""
    if not when.known:
        return "on a condition that is not known"
    needs = (f"{path} is {' or '.join(map(wire_text, values))}" for path, values in when.needs)
    return f"when {' and '.join(needs)}"


def presence_text(presence: Presence) -> str:
    """Return for a person when a field is in an answer."""
    return presence.word if presence.when is None else f"only {condition_text(presence.when)}"
