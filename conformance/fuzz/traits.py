"""What behaviours declare of an operation; nothing is assumed of one that none names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.server.behaviour.choice import read_behaviours
from conformance.server.resources.kind_catalogue import described_kinds

if TYPE_CHECKING:
    from conformance.cases.suite import Suite


def unique_fields(suite: Suite) -> tuple[str, ...]:
    """Return the fields that no two resources have alike which an operation creates (`unique_by` of a behaviour).

    A file of a behaviour that cannot be read declares nothing; the server and `run` tell what is wrong with it.
    """
    full = [each for each, _ in read_behaviours().known if each.create.name == suite.operation]
    short = [each for each in described_kinds().of_api(suite.product, suite.version) if suite.operation in each.creates]
    own = [each.unique_by for each in full if each.product.lower() == suite.product.lower()]
    return next(filter(None, [*own, *(each.unique_by for each in short)]), ())
