"""Which promises a request may break whose condition may hold: nobody can say. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.contract.constraints import violations
from conformance.contract.in_force import defaults_of, meets
from conformance.contract.wire import folded_path
from conformance.fuzz.oracle.breaches import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.model import Contract, Parameter
    from conformance.contract.when import When
    from conformance.fuzz.oracle.breaches import CarriedValues


def conditional_breaches(
    contract: Contract, parameter: Parameter, carried: CarriedValues, params: Mapping[str, str]
) -> Iterator[Breach]:
    """Yield what the values of a parameter break, should a condition hold of which nobody knows whether it does.

    Args:
        contract: The document.
        parameter: The parameter, as the document has it.
        carried: What the request carries for it, list by list.
        params: The request: wire name to text.
    """
    defaults = defaults_of(contract)
    for each in parameter.conditional:
        if meets(each.when, defaults, params) or not _may_hold(each.when, defaults, params):
            continue
        type_of_it = {"type": parameter.fact("type")}
        alone = replace(parameter, facts={**type_of_it, each.name: each.fact}, conditional=())
        if any(each.name in violations(alone, values) for values in carried):
            yield Breach((parameter.path, each.name), sure=False)


def _may_hold(when: When, defaults: Mapping[str, str], params: Mapping[str, str]) -> bool:
    """Whether a condition is not known, or is about a parameter that is left out and has no documented default."""
    sent = {folded_path(name) for name in params}
    return not when.known or any(path not in sent and path not in defaults for path, _ in when.needs)
