"""The events of a run, as they are in `events.ndjson`, one JSON object a line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, NotRequired, TypedDict

from conformance import __version__
from conformance.contract.languages import BOTH
from conformance.core.redaction import REMOVED
from conformance.judging.divergence import divergence_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.languages import Language
    from conformance.engine.notes import RunNote
    from conformance.engine.plan import Plan
    from conformance.judging.report_entries import (
        CaseEntry,
        PointEntry,
        ReachedEntry,
        ShardEntry,
        TargetEntry,
        ToldPart,
        ToolEntry,
    )
    from conformance.judging.results import CaseResult

SCHEMA_VERSION: Final = 1


if TYPE_CHECKING:  # types alone: to make the classes would take as long as a case

    class RunStarted(TypedDict):
        """The first event: what is tested, by what, and how many cases will come.

        `documented` is by language: the rows of the tables of errors; `order` has the ids of the cases in their order.
        """

        event: Literal["run_started"]
        schema_version: int
        tool: ToolEntry
        docs: str
        target: TargetEntry
        started_at: str
        selected: int
        documented: dict[str, int]
        points: list[PointEntry]
        order: list[str]
        shard: NotRequired[ShardEntry]

    class CaseFinished(TypedDict):
        """One verdict."""

        event: Literal["case_finished"]
        case: CaseEntry

    class NoteAdded(TypedDict):
        """A fact about the target; of several with one key the first counts."""

        event: Literal["note"]
        key: str
        text: str

    class FuzzFinished(TypedDict):
        """How far the requests of a fuzz run reached."""

        event: Literal["fuzz"]
        seed: int
        requests: int
        reached: Mapping[str, ReachedEntry]

    class RunFinished(TypedDict):
        """The last event; a run without one was killed."""

        event: Literal["run_finished"]
        duration_s: float
        interrupted: bool

    Event = RunStarted | NoteAdded | CaseFinished | FuzzFinished | RunFinished


def run_started(
    plan: Plan, *, selected: int, shard: ShardEntry | None = None, others: Iterable[str] = ()
) -> RunStarted:
    """Return the first event: what is tested, by what, and how many cases will come.

    Args:
        plan: The run.
        selected: How many cases will come.
        shard: Which part of a whole they are, if they are one (`Shard.as_dict`).
        others: The ids of those that come before the cases of the plan.
    """
    target = plan.target
    told: ToldPart = {"told": True} if target.canned else {}
    event: RunStarted = {
        "event": "run_started",
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "acs-conformance", "version": __version__},
        "docs": plan.docs[0] if len(plan.docs) == 1 else BOTH,
        "target": {
            "endpoint": _without_userinfo(target.endpoint),
            "driver": target.driver,
            "signature": None if plan.sdk else target.signature,
            **plan.sdk,
            **told,
        },
        "started_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "selected": selected,
        "documented": {language: _rows(plan, language) for language in plan.docs},
        "points": divergence_points(plan.cases, plan.disagreements, plan.docs),
        "order": [*others, *(case.id for case in plan.cases)],
    }
    if shard is not None:
        event["shard"] = shard
    return event


def case_finished(result: CaseResult) -> CaseFinished:
    """Return the event of one verdict."""
    return {"event": "case_finished", "case": result.as_dict()}


def note_added(note: RunNote) -> NoteAdded:
    """Return the event of one note."""
    return {"event": "note", "key": note.key, "text": note.text}


def run_finished(*, duration_s: float, interrupted: bool) -> RunFinished:
    """Return the last event; a run without one was killed."""
    return {"event": "run_finished", "duration_s": round(duration_s, 3), "interrupted": interrupted}


def _rows(plan: Plan, language: Language) -> int:
    return sum(len(each[language].errors) for each in plan.contracts.values() if language in each)


def _without_userinfo(url: str) -> str:
    scheme, _, rest = url.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}://{REMOVED}@{host}" if at and user else url
