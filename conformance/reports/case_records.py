"""A verdict in the form in which it is written and counted: what is left to do with it is next to nothing.

The process that finds a verdict makes its record. So several processes of a run share that work too, and only one
writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.reports.json_encoding import json_line
from conformance.reports.shapes import Shapes
from conformance.reports.tally import TalliedCase, tallied_case

if TYPE_CHECKING:
    from conformance.judging.results import CaseResult
    from conformance.judging.verdicts import Verdict


class RecordedCase(Struct, frozen=True):
    """A verdict.

    Attributes:
        line: Its case as JSON, as `events.ndjson` and `report.json` have it.
        tallied: What it counts for; its place in a file is not known yet.
        reason: Why there is no verdict of the documents, if so.
    """

    line: bytes
    tallied: TalliedCase
    reason: str | None = None

    @property
    def id(self) -> str:
        """The id of the case."""
        return self.tallied.id

    @property
    def verdict(self) -> Verdict:
        """The verdict of the case as a whole."""
        return self.tallied.verdict

    @property
    def known_failing(self) -> str | None:
        """Why the case is expected to fail, if it is."""
        return self.tallied.known_failing


class CaseRecorder:
    """Makes records. Those of many cases share what is the same in them, also when they go to another process."""

    def __init__(self) -> None:
        self._shapes = Shapes()

    def __call__(self, result: CaseResult) -> RecordedCase:
        """Return the record of a result."""
        case = result.as_dict()
        return RecordedCase(json_line(case), tallied_case(case, self._shapes), case["reason"])
