"""The points on which the two documents of an operation disagree: cases at those points tell whom a server follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Fact


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A fact that the English and the Chinese document state differently.

    Attributes:
        point: `ProjectName.required`.
        en: The fact in the English document.
        zh: The fact in the Chinese one.
    """

    point: str
    en: Fact
    zh: Fact


def disagreements(contracts: Mapping[Language, Contract]) -> tuple[Disagreement, ...]:
    """Return the points on which an English and a Chinese contract disagree; none where one of them is missing."""
    if not {"en", "zh"} <= contracts.keys():
        return ()
    from conformance.comparison.comparison import Verdict, compare  # noqa: PLC0415 - for nothing when the suite is kept

    found = compare(contracts["en"], contracts["zh"]).of(Verdict.DISAGREE)
    return tuple(Disagreement(f"{each.path}.{each.fact}", each.left, each.right) for each in found)
