"""What a report says of its cases together, kept small: a run of a hundred thousand cases is counted in memory.

A case itself stays in the file that it was written to. Of each case the tally has a `TalliedCase`: its id, its time,
its place in that file, and its `Shape`, which thousands of cases share.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.core.errors import ReportError
from conformance.judging.divergence import observe
from conformance.judging.verdicts import FAILED, JUDGED, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Report = dict[str, Any]

Row = tuple[Any, ...]
NOWHERE = (0, 0)


class Shape(NamedTuple):
    """What the numbers of a report rest on in one case; the fields are those of the case."""

    verdict: str
    known_failing: str | None
    answered: str | None
    verdicts: tuple[tuple[str, str], ...]
    exact: tuple[tuple[str, Row], ...]
    observed: tuple[tuple[str, tuple[Row, ...]], ...]


class TalliedCase(NamedTuple):
    """One case of a report: what it counts for, and where it stands in a file (first byte, number of bytes)."""

    id: str
    shape: Shape
    elapsed_ms: float
    at: int
    length: int

    @property
    def verdict(self) -> str:
        """The verdict of the case."""
        return self.shape.verdict

    @property
    def known_failing(self) -> str | None:
        """Why the case is known to fail, if it is."""
        return self.shape.known_failing


def shape_of(case: Mapping[str, Any]) -> Shape:
    """Return the shape of a case in its form in the report."""
    return Shape(
        case["verdict"],
        case["known_failing"],
        case["answered"],
        tuple(case["verdicts"].items()),
        tuple([(language, tuple(row)) for language, row in case["exact"].items()]),
        tuple([(language, tuple(map(tuple, rows))) for language, rows in case["observed"].items()]),
    )


class Tally:
    """Counts the events of one run."""

    def __init__(self) -> None:
        self._started: dict[str, Any] | None = None
        self._finished: dict[str, Any] | None = None
        self._fuzz: dict[str, Any] = {}
        self._entries: dict[str, TalliedCase] = {}
        self._shapes: dict[Shape, Shape] = {}

    def add(self, event: Mapping[str, Any], span: tuple[int, int] = NOWHERE) -> None:
        """Count one event; events that are not known are passed over.

        Args:
            event: The event.
            span: Where its case stands in a file: first byte and number of bytes.
        """
        match event.get("event"):
            case "run_started":
                self._started = dict(event)
            case "case_finished":
                self.add_case(event["case"], span)
            case "fuzz":
                self._fuzz = {name: value for name, value in event.items() if name != "event"}
            case "run_finished":
                self._finished = dict(event)

    def add_case(self, case: Mapping[str, Any], span: tuple[int, int] = NOWHERE) -> None:
        """Count one case; a later one of the same id takes the place of the earlier."""
        shape = shape_of(case)
        shape = self._shapes.setdefault(shape, shape)
        self._entries[case["id"]] = TalliedCase(case["id"], shape, case["elapsed_ms"], *span)

    def ordered(self) -> list[TalliedCase]:
        """Return the cases in the order of their files."""
        if self._started is None:
            return list(self._entries.values())
        place = {name: index for index, name in enumerate(self._started["order"])}
        return sorted(self._entries.values(), key=lambda entry: place.get(entry.id, len(place)))

    def report(self, entries: Sequence[TalliedCase], cases: Sequence[Mapping[str, Any]]) -> Report:
        """Return the report.

        Args:
            entries: What `ordered` returns.
            cases: The cases themselves, in the same order.

        Raises:
            ReportError: When there is no first event to tell what was tested.
        """
        started, finished = self._started, self._finished
        if started is None:
            raise ReportError("holds no run: its first event is missing", hint="give the folder of a run")
        shapes = list({id(entry.shape): entry.shape for entry in entries}.values())
        return {
            "schema_version": started["schema_version"],
            "tool": started["tool"],
            "docs": started["docs"],
            "target": started["target"],
            **({"shard": started["shard"]} if "shard" in started else {}),
            "started_at": started["started_at"],
            "duration_s": finished["duration_s"] if finished else None,
            "complete": finished is not None and not finished["interrupted"] and len(entries) == started["selected"],
            "selected": started["selected"],
            "summary": summarise(entries),
            "coverage": {
                language: {"documented": documented, **_reached(shapes, language)}
                for language, documented in started["documented"].items()
            },
            "disagreements": observe(started["points"], list(self._telling(started["points"]))),
            **({"fuzz": self._fuzz} if self._fuzz else {}),
            "cases": cases,
        }

    def _telling(self, points: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield what the points need to know of the cases that tell which document a server follows."""
        for name in dict.fromkeys(name for point in points for name in point["cases"]):
            if name in self._entries:
                shape = self._entries[name].shape
                yield {"id": name, "answered": shape.answered, "verdicts": dict(shape.verdicts)}


def build_report(events: Iterable[dict[str, Any]]) -> Report:
    """Return the report of a run; of a run that was killed, of what it did until then.

    Raises:
        ReportError: When there is no first event to tell what was tested.
    """
    tally = Tally()
    cases: dict[str, dict[str, Any]] = {}
    for event in events:
        tally.add(event)
        if event.get("event") == "case_finished":
            cases[event["case"]["id"]] = event["case"]
    entries = tally.ordered()
    return tally.report(entries, [cases[entry.id] for entry in entries])


def summarise(entries: Iterable[TalliedCase]) -> dict[str, int]:
    """Count the verdicts, and of the cases listed as known failures those that fail and those that pass (stale)."""
    counts: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for entry in entries:
        counts[entry.shape.verdict] += 1
        if entry.shape.known_failing is not None:
            known[entry.shape.verdict] += 1
    return {
        "total": counts.total(),
        **{verdict: counts[verdict] for verdict in VERDICTS},
        "known_failing": sum(known[verdict] for verdict in FAILED),
        "stale": known["pass"],
    }


def _reached(shapes: Iterable[Shape], language: str) -> dict[str, int]:
    """Count the rows of a document's table of errors that cases exercised, and those that the server answered with.

    A row is exercised when a case that is there for it ran, or when an answer matched it; it is passed when an answer
    matched it in a case that follows this document.
    """
    exercised: set[Row] = set()
    passed: set[Row] = set()
    for shape in shapes:
        if shape.verdict not in JUDGED:
            continue
        exact, observed = dict(shape.exact), dict(shape.observed)
        if language in exact:
            exercised.add(exact[language])
        rows = set(observed.get(language, ()))
        exercised |= rows
        if dict(shape.verdicts).get(language) == "pass":
            passed |= rows
    return {"exercised": len(exercised), "passed": len(passed)}
