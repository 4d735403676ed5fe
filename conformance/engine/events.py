"""The events of a run, as they stand in `events.ndjson`, one JSON object a line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from conformance import __version__
from conformance.core.redaction import REMOVED
from conformance.judging.divergence import points

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.languages import Language
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult

SCHEMA_VERSION: Final = 1

Event = dict[str, Any]


def run_started(
    plan: Plan, *, selected: int, shard: Mapping[str, Any] | None = None, others: Iterable[str] = ()
) -> Event:
    """Return the first event: what is tested, by what, and how many cases will come.

    Args:
        plan: The run.
        selected: How many cases will come.
        shard: Which part of a whole they are, if they are one (`Shard.as_dict`).
        others: The ids of those that come before the cases of the plan.
    """
    target = plan.target
    return {
        "event": "run_started",
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "acs-conformance", "version": __version__},
        "docs": plan.docs[0] if len(plan.docs) == 1 else "both",
        "target": {
            "endpoint": _without_userinfo(target.endpoint),
            "driver": target.driver,
            "signature": None if plan.sdk else target.signature,
            **plan.sdk,
        },
        "started_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "selected": selected,
        "documented": {language: _rows(plan, language) for language in plan.docs},
        "points": points(plan.cases, plan.disagreements, plan.docs),
        "order": [*others, *(case.id for case in plan.cases)],
        **({"shard": dict(shard)} if shard is not None else {}),
    }


def case_finished(result: CaseResult) -> Event:
    """Return the event of one verdict."""
    return {"event": "case_finished", "case": result.as_dict()}


def run_finished(*, duration_s: float, interrupted: bool) -> Event:
    """Return the last event; a run without one was killed."""
    return {"event": "run_finished", "duration_s": round(duration_s, 3), "interrupted": interrupted}


def _rows(plan: Plan, language: Language) -> int:
    return sum(len(each[language].errors) for each in plan.contracts.values() if language in each)


def _without_userinfo(url: str) -> str:
    scheme, _, rest = url.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}://{REMOVED}@{host}" if at and user else url
