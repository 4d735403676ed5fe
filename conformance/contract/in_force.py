"""Which conditional promises hold for a request. What it means that a condition is met is defined here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.contract.model import NOT_STATED
from conformance.contract.wire import folded_path, wire_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import Contract, Fact, Parameter
    from conformance.contract.when import When


def meets(when: When, defaults: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    """Whether a request surely meets a condition.

    Args:
        when: The condition; one that is not known is never met.
        defaults: The documented defaults, by path.
        sent: The request: wire name to text.

    Returns:
        True when each parameter of the condition is sent with one of its values, letter for letter; a parameter that is
        not sent counts with its documented default, and one that has none meets nothing. Of a list every item counts.
    """
    return when.known and all(
        _has(path, frozenset(map(wire_text, values)), defaults, sent) for path, values in when.needs
    )


def in_force(contract: Contract, parameter: Parameter, sent: Mapping[str, str]) -> Parameter:
    """Return a parameter with the facts that hold for one request: those for all, and those whose condition it meets.

    A conditional fact takes the place of the one for all. Two that hold together and say different things hold not.

    Args:
        contract: The document that has the parameter.
        parameter: The parameter.
        sent: The request: wire name to text.
    """
    clear = [each for each in parameter.conditional if each.when.known]
    if not clear:
        return parameter
    found: dict[str, Fact] = {}
    defaults = defaults_of(contract)
    for each in clear:
        if meets(each.when, defaults, sent):
            known = found.setdefault(each.name, each.fact)
            if known.value != each.fact.value:
                found[each.name] = NOT_STATED
    return replace(parameter, facts={**parameter.facts, **found}) if found else parameter


def defaults_of(contract: Contract) -> dict[str, str]:
    """Return the documented defaults of a contract's parameters, by path, as the wire has them."""
    found = {parameter.path: parameter.fact("default").value for parameter in contract.parameters}
    return {
        path: wire_text(value) for path, value in found.items() if value is not None and not isinstance(value, tuple)
    }


def _has(path: str, allowed: frozenset[str], defaults: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    values = [sent[path]] if path in sent else [text for name, text in sent.items() if folded_path(name) == path]
    return allowed.issuperset(values) if values else defaults.get(path) in allowed
