"""Optional parameters that every document allows without a doubt. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.fuzz.generation.boundaries import TRAP, boundary_samples
from conformance.fuzz.generation.requests import expectations, sendable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.contract.languages import Language
    from conformance.fuzz.generation.sample import Subject


def plain_extras(subject: Subject, judged_by: tuple[Language, ...]) -> list[dict[str, str]]:
    """Return what may be sent beside the valid request and is surely allowed: first nothing, then one thing each."""
    found: list[dict[str, str]] = [{}]
    for sample in boundary_samples(subject.contracts[judged_by[0]], subject.wire):
        made = [expectations(subject, sample.params).get(language) for language in judged_by]
        plain = all(each is not None and each.success and not each.codes for each in made)
        names = sample.differs(subject.wire)
        if plain and sendable(sample.params) and not any(name in subject.wire for name in names):
            found.append({name: sample.params[name] for name in names})
    return found


def one_each(extras: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Yield of the extras with the same parameters the longest."""
    by_names: dict[frozenset[str], dict[str, str]] = {}
    for extra in extras:
        names = frozenset(extra)
        longest = max(by_names.get(names, extra), extra, key=lambda each: sum(map(len, each.values())))
        by_names[names] = longest
    yield from by_names.values()


def everything(
    subject: Subject, judged_by: tuple[Language, ...], extras: Iterable[Mapping[str, str]]
) -> dict[str, str]:
    """Return all extras at once, texts with all that a decoder may trip over; nothing, should they not go together."""
    found: dict[str, str] = {}
    # What has the trap in it comes last and wins.
    for extra in sorted(extras, key=lambda each: TRAP in each.values()):
        found |= extra
    made = expectations(subject, {**subject.wire, **found})
    plain = all(language in made and not made[language].codes for language in judged_by)
    return found if plain else {}
