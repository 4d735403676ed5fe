"""Why cases have no verdict, those of one reason together."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.sentences.sentence import sentence
from conformance.judging.texts.varying_texts import masked
from conformance.reports.formats.words import text_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.judging.report_entries import CaseEntry
    from conformance.reports.formats.words import Wording

_NEEDS: Final = lazy_pattern(r"needs state (?P<states>[\w., -]+): (?P<way_out>.+)", re.DOTALL)
"""The reason of `conformance.engine.skip_reasons` for provider states that cannot be had."""
_NAMED: Final = 3
"""States that are named of many."""


class ReasonGroup(NamedTuple):
    """Cases that have no verdict for one reason.

    Attributes:
        reason: Of all of them.
        cases: The cases.
    """

    reason: Wording
    cases: tuple[CaseEntry, ...]


def grouped_by_reason(cases: Iterable[CaseEntry]) -> list[ReasonGroup]:
    """Return the cases by reason, most first; those that lack provider states are one group for each way out.

    What a server says beside an id of its own, such as a RequestId, is one reason.
    """
    groups: dict[tuple[bool, str], list[CaseEntry]] = {}
    for case in cases:
        reason = case["reason"] or ""
        needs = _NEEDS.fullmatch(reason)
        groups.setdefault((needs is not None, needs["way_out"] if needs else masked(reason)), []).append(case)
    found = [ReasonGroup(_reason(alike), tuple(alike)) for alike in groups.values()]
    return sorted(found, key=lambda group: -len(group.cases))


def _reason(cases: Sequence[CaseEntry]) -> Wording:
    reasons = list(dict.fromkeys(case["reason"] or "" for case in cases))
    if len(reasons) == 1:
        return text_words(reasons[0])
    needs = [found for case in cases if (found := _NEEDS.fullmatch(case["reason"] or ""))]
    if not needs:
        return text_words(reasons[0])
    states = [name for name, _ in Counter(name for each in needs for name in each["states"].split(", ")).most_common()]
    named, way_out = ", ".join(states[:_NAMED]), text_words(needs[0]["way_out"])
    if len(states) <= _NAMED:
        return sentence("needs states {states}: {way_out}", states=named, way_out=way_out)
    more = len(states) - _NAMED
    return sentence("needs states {states} and {count} more: {way_out}", states=named, count=more, way_out=way_out)
