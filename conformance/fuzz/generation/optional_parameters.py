"""Optional parameters that every document allows without a doubt. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.fuzz.generation.boundaries import TRAP, boundary_requests
from conformance.fuzz.generation.case_builder import sendable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.contract.languages import Language
    from conformance.fuzz.oracle.oracle import Expectation
    from conformance.fuzz.run_context import FuzzContext


def allowed_additions(context: FuzzContext) -> list[dict[str, str]]:
    """Return what may be sent beside the valid request and is surely allowed: first nothing, then one thing each.

    Where nobody described what the operation needs, it may be refused all the same, as the valid request may.
    """
    found: list[dict[str, str]] = [{}]
    valid = context.oracle.expectations(context.wire)
    for request in boundary_requests(context.contracts[context.languages[0]], context.wire):
        allowed, names = _all_allow(context, request.params, valid), request.differs(context.wire)
        if allowed and sendable(request.params) and not any(name in context.wire for name in names):
            found.append({name: request.params[name] for name in names})
    return found


def longest_of_each(additions: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Yield of the additions with the same parameters the longest."""
    by_names: dict[frozenset[str], dict[str, str]] = {}
    for addition in additions:
        names = frozenset(addition)
        longest = max(by_names.get(names, addition), addition, key=lambda each: sum(map(len, each.values())))
        by_names[names] = longest
    yield from by_names.values()


def all_together(context: FuzzContext, additions: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return all additions at once, in texts every trap of a decoder; nothing, should they not go together."""
    found: dict[str, str] = {}
    # What has the trap in it comes last and wins.
    for addition in sorted(additions, key=lambda each: TRAP in each.values()):
        found |= addition
    return found if _all_allow(context, {**context.wire, **found}, context.oracle.expectations(context.wire)) else {}


def _all_allow(context: FuzzContext, params: Mapping[str, str], valid: Mapping[Language, Expectation]) -> bool:
    """Whether every document surely allows a request, as far as anybody knows what the operation needs.

    Args:
        context: The run.
        params: The request, wire name to text.
        valid: What the documents say of the valid request.
    """
    found = context.oracle.expectations(params)
    for language in context.languages:
        own, known = found.get(language), valid.get(language)
        refused = frozenset() if known is None or context.surroundings.isolated else frozenset(known.codes)
        if own is None or not own.success or not refused.issuperset(own.codes):
            return False
    return True
