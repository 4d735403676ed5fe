"""What judging finds: one expected value against one observed. Frozen data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from conformance.judging.results import Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine


class Finding(Struct, frozen=True):
    """One expected value against the observed one, before it is known which documents share it.

    Attributes:
        where: What differs: `response.status`, `response.body.Code`, `sdk.requests`.
        expected: The values that would conform; `None` among them means that the field is not there.
        observed: The value found.
        line: The line of the document that promises the expected value; `None` when no document does.
    """

    where: str
    expected: tuple[object, ...]
    observed: object
    line: CitedLine | None = None

    def at(self, line: CitedLine | None) -> Finding:
        """Return the same finding, promised by another line."""
        return replace(self, line=line)


def merge(findings: Mapping[Language, Iterable[Finding]]) -> tuple[Mismatch, ...]:
    """Join the findings of the languages: what differs in the same way from several documents is one mismatch."""
    merged: dict[str, tuple[Finding, dict[Language, CitedLine | None]]] = {}
    for language, of_language in findings.items():
        for finding in of_language:
            # By text: a number and a text that look alike are two, and so are 1 and `True`.
            key = repr((finding.where, finding.expected, finding.observed))
            merged.setdefault(key, (finding, {}))[1][language] = finding.line
    return tuple(
        Mismatch(finding.where, finding.expected, finding.observed, lines) for finding, lines in merged.values()
    )
