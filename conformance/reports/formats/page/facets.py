"""What the cases and causes of a page can be filtered by."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.judging.answer_places import CODE
from conformance.judging.cause_titles import changed_names
from conformance.reports.shapes import Shapes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.judging.report_entries import CaseEntry, GroupEntry
    from conformance.reports.shapes import Shape


_LONGEST: Final = 100
"""Characters of a name."""


class Facets(Struct, frozen=True):
    """What one of them is found by.

    Attributes:
        codes: Error codes that are expected or were answered.
        params: Parameters that it changes.
        languages: The documents from which it differs.
    """

    codes: tuple[str, ...]
    params: tuple[str, ...]
    languages: tuple[str, ...]


def facets_of_case(case: CaseEntry) -> Facets:
    """Return what a case can be filtered by."""
    return facets_of_shape(Shapes().of(case))


def facets_of_shape(shape: Shape) -> Facets:
    """Return what the cases of a shape can be filtered by."""
    rows = [row[1] for _, row in shape.exact]
    differs = tuple([language for language, verdict in shape.verdicts if verdict == "mismatch"])
    return Facets(_names(_texts([shape.answered, *rows, *shape.expected])), _names(shape.changed), differs)


def facets_of_cause(group: GroupEntry) -> Facets:
    """Return what the cases of a cause can be filtered by, where they are not read one by one."""
    codes = _names(_texts([*group["expected"], group["observed"]] if group["where"] == CODE else []))
    return Facets(codes, _names(changed_names(group)), tuple(group["row_lines"]))


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple([each for each in values if isinstance(each, str)])


@lru_cache(maxsize=4096)
def _names(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names among texts, each once; cases of one code or parameter are many."""
    # A server may answer anything; what is no name is no choice, and found by its text.
    return tuple(dict.fromkeys(filter(_is_name, values)))


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isprintable() and " " not in text
