"""The facts on which the documents of an operation disagree: cases that test them tell which one a server follows."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.contract.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Fact


class Disagreement(Struct, frozen=True):
    """A fact that the documents in two languages state differently.

    Attributes:
        point: The path of the parameter and the name of the fact: `Name.maxLength`.
        sides: The fact in each of the two documents.
    """

    point: str
    sides: Mapping[Language, Fact]


def disagreements(contracts: Mapping[Language, Contract]) -> tuple[Disagreement, ...]:
    """Return the facts on which the contracts of each two languages disagree; none where there is one language."""
    pairs = list(combinations([language for language in LANGUAGES if language in contracts], 2))
    if not pairs:
        return ()
    from conformance.comparison.contract_comparison import Agreement, compare  # noqa: PLC0415 - for nothing when the suite is kept

    return tuple(
        Disagreement(f"{each.path}.{each.fact}", {left: each.left, right: each.right})
        for left, right in pairs
        for each in compare(contracts[left], contracts[right]).of(Agreement.DISAGREE)
        if each.when is None
    )
