"""What the cases and causes of a page can be filtered by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.judging.answer_places import CODE
from conformance.judging.cause_titles import changed_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.judging.report_entries import CaseEntry, GroupEntry


_LONGEST: Final = 100
"""Characters of a name."""


class Facets(NamedTuple):
    """What one of them is found by.

    Attributes:
        codes: Error codes that are expected or were answered.
        params: Parameters that it changes.
        languages: The documents from which it differs.
    """

    codes: Sequence[str]
    params: Sequence[str]
    languages: Sequence[str]


def facets_of_case(case: CaseEntry) -> Facets:
    """Return what a case can be filtered by."""
    named: list[object] = [case["answered"], *(row[1] for row in case["exact"].values())]
    named += [each for found in case["mismatches"] if found["where"] == CODE for each in found["expected"]]
    differs = [each for each, verdict in case["verdicts"].items() if verdict == "mismatch"]
    return Facets(_texts(named), _texts(changed_names(case)), differs)


def facets_of_cause(group: GroupEntry) -> Facets:
    """Return what the cases of a cause can be filtered by, where they are not read one by one."""
    codes = _texts([*group["expected"], group["observed"]] if group["where"] == CODE else [])
    return Facets(codes, _texts(changed_names(group)), list(group["row_lines"]))


def _texts(values: Iterable[object]) -> list[str]:
    # A server may answer anything; what is no name is no choice, and found by its text.
    return list(dict.fromkeys(each for each in values if isinstance(each, str) and _is_name(each)))


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isprintable() and " " not in text
