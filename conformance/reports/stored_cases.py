"""The cases of a report: a list, or stored in a file of which one case at a time is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast, overload

import orjson

from conformance.reports.json_encoding import json_line
from conformance.reports.shapes import Shapes, counted
from conformance.reports.tally import TalliedCase, tallied_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from conformance.judging.report_entries import CaseEntry, Report
    from conformance.reports.shapes import Shape

_DIGITS: Final = bytes(ord("0") if 0x30 <= each < 0x3A else 0x20 for each in range(256))  # noqa: PLR2004 - 0 to 9
_LONG_NUMBER: Final = b"0" * 19
"""What every run of so many digits becomes by that: to look so is ten times as fast as by a pattern."""
_BLOCK: Final = 1 << 16
"""Bytes of the file of cases that are read at once."""


class StoredCases(Sequence["CaseEntry"]):
    """The cases of a report in a file: each is read when it is asked for, and not kept.

    Args:
        path: The file. It must stay as it is as long as the cases are used.
        entries: The place in the file of each case, or of the event that has it.
    """

    def __init__(self, path: Path, entries: Sequence[TalliedCase]) -> None:
        self.path = path
        self.entries = entries

    @cached_property
    def counted_shapes(self) -> Sequence[tuple[Shape, int]]:
        """The shapes of the cases, each once, and how many cases have it."""
        return counted(entry.shape for entry in self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, index: int) -> CaseEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[CaseEntry]: ...
    def __getitem__(self, index: int | slice) -> CaseEntry | list[CaseEntry]:
        if isinstance(index, slice):
            return list(self.read(self.entries[index]))
        return next(self.read([self.entries[index]]))

    def __iter__(self) -> Iterator[CaseEntry]:
        return self.read(self.entries)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return id(self)

    def read(self, entries: Iterable[TalliedCase]) -> Iterator[CaseEntry]:
        """Yield some of the cases."""
        for text in self._texts(entries):
            yield _case(text)

    def lines(self) -> Iterator[bytes]:
        """Yield each case as JSON on one line, without decoding it where the file has it as such."""
        for text in self._texts(self.entries):
            yield text if text.startswith(b'{"id":') else json_line(_case(text))

    def _texts(self, entries: Iterable[TalliedCase]) -> Iterator[bytes]:
        # Cases end nearly in their order, so most are found in what was read for one before.
        with self.path.open("rb", buffering=_BLOCK) as stream:
            for entry in entries:
                stream.seek(entry.at)
                yield stream.read(entry.length)


def _case(text: bytes) -> CaseEntry:
    loaded: dict[str, CaseEntry] | CaseEntry | None = None
    if _LONG_NUMBER not in text.translate(_DIGITS):  # of an integer of more than 64 bits orjson would make a fraction
        with suppress(ValueError):  # as half a surrogate pair, which it does not take
            loaded = orjson.loads(text)
    if loaded is None:
        loaded = json.loads(text)
    return cast("CaseEntry", loaded["case"] if "event" in loaded else loaded)  # type: ignore[typeddict-item]


def tallied_cases(report: Report) -> Sequence[TalliedCase]:
    """Return what a report counts, case by case, in its order."""
    cases = report["cases"]
    if isinstance(cases, StoredCases):
        return cases.entries
    shapes = Shapes()
    return [tallied_case(case, shapes) for case in cases]


def counted_shapes(report: Report) -> Sequence[tuple[Shape, int]]:
    """Return the shapes of a report's cases, each once, in their order, and how many cases have it."""
    cases = report["cases"]
    if isinstance(cases, StoredCases):
        return cases.counted_shapes
    return counted(entry.shape for entry in tallied_cases(report))


def cases_where(report: Report, wanted: Callable[[TalliedCase], bool]) -> Iterator[CaseEntry]:
    """Yield the cases of a report that are wanted, in its order; no other case is read."""
    cases = report["cases"]
    if isinstance(cases, StoredCases):
        return cases.read(filter(wanted, cases.entries))
    shapes = Shapes()
    return (case for case in cases if wanted(tallied_case(case, shapes)))


def cases_with_verdict(report: Report, *verdicts: str) -> Iterator[CaseEntry]:
    """Yield the cases of a report that have one of these verdicts; no other case is read."""
    return cases_where(report, lambda entry: entry.verdict in verdicts)


def case_lines(report: Report) -> Iterator[bytes]:
    """Yield each case of a report as JSON on one line."""
    cases = report["cases"]
    return cases.lines() if isinstance(cases, StoredCases) else map(json_line, cases)
