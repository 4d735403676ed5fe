"""The counts of a report, kept small: a run of a hundred thousand cases is counted in memory.

A case itself stays in the file that it was written to. Of each case the tally has a `TalliedCase`: its id, its time,
its place in that file, and its `Shape`, which thousands of cases share.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct
from msgspec.structs import replace

from conformance.core.errors import ReportError
from conformance.judging.cause_kinship import of_same_parameters, parts
from conformance.judging.causes import CauseLevel, group_entry
from conformance.judging.divergence import ObservedCase, observed_points
from conformance.judging.verdicts import FAILED, JUDGED, VERDICTS
from conformance.reports.places import place_of
from conformance.reports.shapes import Shapes, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine
    from conformance.engine.events import Event, RunFinished, RunStarted
    from conformance.judging.report_entries import (
        CaseEntry,
        ErrorRowsEntry,
        FuzzEntry,
        FuzzPart,
        GroupEntry,
        NoteEntry,
        PointEntry,
        Report,
        ShardPart,
    )
    from conformance.judging.verdicts import Verdict
    from conformance.reports.shapes import Shape, TalliedRow

NOWHERE = (0, 0)
_SEVERAL: Final = 100_000
"""Characters that a sequence counts for: more than a URL has."""


class TalliedCase(Struct, frozen=True):
    """One case of a report: what it counts for, and its place in a file (first byte, number of bytes).

    `size` is how much it takes to do the same by hand, in characters. `file` and `line` are where it is written.
    """

    id: str
    shape: Shape
    elapsed_ms: float
    size: int
    at: int
    length: int
    file: str
    line: int
    title: str

    @property
    def verdict(self) -> Verdict:
        """The verdict of the case."""
        return self.shape.verdict

    @property
    def known_failing(self) -> str | None:
        """Why the case is expected to fail, if it is."""
        return self.shape.known_failing


def size_of(case: CaseEntry) -> int:
    """Return how much it takes to do by hand what a case does, in characters; 0 when it is not known.

    What needs several requests, or requests at the same moment, takes more than any single one.
    """
    command = case["reproduce"]
    return len(command) + _SEVERAL * (len(case["exchanges"]) > 1) if command else 0


def tallied_case(case: CaseEntry, shapes: Shapes | None = None) -> TalliedCase:
    """Return the tallied form of a case that is in no file.

    Args:
        case: The case in its form in the report.
        shapes: Gives its shape; that of a case beside which there are others has those of all.
    """
    shape = (shapes or Shapes()).of(case)
    file, line = place_of(case)
    return TalliedCase(case["id"], shape, case["elapsed_ms"], size_of(case), *NOWHERE, file, line, case["title"])


class Tally:
    """Counts the events of one run."""

    def __init__(self) -> None:
        self._started: RunStarted | None = None
        self._finished: RunFinished | None = None
        self._fuzz: FuzzEntry | None = None
        self._notes: dict[str, NoteEntry] = {}
        self._entries: dict[str, TalliedCase] = {}
        self._shapes = Shapes()
        self._files: dict[str, str] = {}

    def add(self, event: Event, span: tuple[int, int] = NOWHERE) -> None:
        """Count one event; events that are not known are passed over.

        Args:
            event: The event.
            span: The place of its case in a file: first byte and number of bytes.
        """
        if event["event"] == "case_finished":
            self.add_case(event["case"], span)
        elif event["event"] == "run_started":
            self._started = event
        elif event["event"] == "note":
            self._notes.setdefault(event["key"], {"key": event["key"], "text": event["text"]})
        elif event["event"] == "fuzz":
            # Whatever else a later version writes is kept.
            self._fuzz = cast("FuzzEntry", {name: value for name, value in event.items() if name != "event"})
        elif event["event"] == "run_finished":
            self._finished = event

    def add_case(self, case: CaseEntry, span: tuple[int, int] = NOWHERE) -> None:
        """Count one case; a later one of the same id takes the place of the earlier."""
        self.put(tallied_case(case, self._shapes), span)

    def put(self, case: TalliedCase, span: tuple[int, int]) -> None:
        """Count one case that is tallied already, at its place in a file."""
        shape = self._shapes.one_of(case.shape)
        file = self._files.setdefault(case.file, case.file)
        self._entries[case.id] = TalliedCase(
            case.id, shape, case.elapsed_ms, case.size, *span, file, case.line, case.title
        )

    def ordered(self) -> list[TalliedCase]:
        """Return the cases in the order of their files."""
        if self._started is None:
            return list(self._entries.values())
        entries, order = self._entries, dict.fromkeys(self._started["order"])
        others = [entry for name, entry in entries.items() if name not in order] if entries.keys() - order else []
        return [*(entries[name] for name in order if name in entries), *others]

    def report(self, entries: Sequence[TalliedCase], cases: Sequence[CaseEntry]) -> Report:
        """Return the report.

        Args:
            entries: What `ordered` returns.
            cases: The cases themselves, in the same order.

        Raises:
            ReportError: When the first event, which has what was tested, is missing.
        """
        started, finished = self._started, self._finished
        if started is None:
            raise ReportError("holds no run: its first event is missing", hint="give the folder of a run")
        shapes = counted(entry.shape for entry in entries)
        different = [shape for shape, _ in shapes]
        shard: ShardPart = {"shard": started["shard"]} if "shard" in started else {}
        fuzz: FuzzPart = {"fuzz": self._fuzz} if self._fuzz is not None else {}
        return {
            "schema_version": started["schema_version"],
            "tool": started["tool"],
            "docs": started["docs"],
            "target": started["target"],
            **shard,
            "started_at": started["started_at"],
            "duration_s": finished["duration_s"] if finished else None,
            "complete": finished is not None and not finished["interrupted"] and len(entries) == started["selected"],
            "selected": started["selected"],
            "summary": summarise(shapes),
            "coverage": {
                language: _coverage(documented, different, language, told=started["target"].get("told", False))
                for language, documented in started["documented"].items()
            },
            "disagreements": observed_points(started["points"], self._deciding(started["points"])),
            "groups": self._groups(entries, cases),
            "notes": list(self._notes.values()),
            **fuzz,
            "cases": cases,
        }

    def _groups(self, entries: Sequence[TalliedCase], cases: Sequence[CaseEntry]) -> list[GroupEntry]:
        """Return the causes of what differs, that of most cases first; of each one case is looked at."""
        groups = []
        for level, own, places in sorted(self._members(entries), key=lambda each: -len(each[2])):
            best = min(own, key=lambda place: _shows_worse(entries[place]))
            rules: dict[Language, list[CitedLine]] = {}
            for language, line in (rule for place in places for rule in entries[place].shape.rule):
                rules.setdefault(language, []).append(line)
            groups.append(group_entry(level, [entries[place].id for place in places], rules, cases[best]))
        return groups

    def _members(self, entries: Sequence[TalliedCase]) -> list[tuple[CauseLevel, list[int], list[int]]]:
        """Return each cause with the places of its cases: its own ones, and all with those of its parts."""
        proofs = {proof for shape in self._shapes for proof in shape.proofs}
        levels: dict[str, CauseLevel] = {}
        narrowest: dict[str, set[str]] = {}
        own: dict[str, dict[int, None]] = {}
        for place, entry in enumerate(entries):
            for cause in entry.shape.causes if entry.known_failing is None else ():
                level = cause.level(proofs)
                levels.setdefault(level.key, level)
                narrowest.setdefault(level.key, set()).add(cause.levels[-1].key)
                own.setdefault(level.key, {})[place] = None
        kin = {key: level.kin for key, level in levels.items()}
        wholes = parts(kin)
        common: dict[str, str] = {}
        for part, whole in ((part, whole) for part, found in wholes.items() for whole in found):
            if not of_same_parameters(kin[part], kin[whole]):
                levels[whole] = replace(levels[whole], kin=None)
            if alike := getattr(kin[whole], "alike", ""):
                common[whole] = alike
        members: dict[str, set[int]] = {}
        for key, places in own.items():
            for whole in wholes.get(key, (key,)):
                members.setdefault(whole, set()).update(places)
            if len(narrowest[key]) == 1:  # what is the same in all of them need not be said
                levels[key] = replace(levels[key], common=common.get(key, ""))
        return [(levels[key], list(own[key]), sorted(members[key])) for key in own if key in members]

    def _deciding(self, points: Iterable[PointEntry]) -> Mapping[str, ObservedCase]:
        """Return the cases by which the points decide which document a server follows, by their ids."""
        names = {name for point in points for name in point["cases"] if name in self._entries}
        shapes = {name: self._entries[name].shape for name in names}
        return {name: ObservedCase(shape.answered, dict(shape.verdicts)) for name, shape in shapes.items()}


def build_report(events: Iterable[Event]) -> Report:
    """Return the report of a run; of a run that was killed, of what it did until then.

    Raises:
        ReportError: When the first event, which has what was tested, is missing.
    """
    tally = Tally()
    cases: dict[str, CaseEntry] = {}
    for event in events:
        tally.add(event)
        if event["event"] == "case_finished":
            cases[event["case"]["id"]] = event["case"]
    entries = tally.ordered()
    return tally.report(entries, [cases[entry.id] for entry in entries])


def summarise(shapes: Iterable[tuple[Shape, int]]) -> dict[str, int]:
    """Count the verdicts, and of the expected failures those that fail and those that pass (stale)."""
    counts: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    for shape, count in shapes:
        counts[shape.verdict] += count
        if shape.known_failing is not None:
            expected[shape.verdict] += count
    return {
        "total": counts.total(),
        **{verdict: counts[verdict] for verdict in VERDICTS},
        "known_failing": sum(expected[verdict] for verdict in FAILED),
        "stale": expected["pass"],
    }


def _shows_worse(entry: TalliedCase) -> tuple[bool, bool, int]:
    """Return how little a case is fit to show its cause: it should be about a rule, and short to do by hand."""
    return not entry.shape.rule, not entry.size, entry.size


def _coverage(documented: int, shapes: Iterable[Shape], language: Language, *, told: bool) -> ErrorRowsEntry:
    """Count the rows of a document's table of errors that cases exercised, and those that the server answered with.

    A row is exercised when a case that is there for it ran, or when an answer matched it; it is passed when an answer
    matched it in a case that follows this document. Of those `told` counts what the server never found out by itself:
    with `told` given every row, as each request named its answer, else those of cases that told the server the code.
    """
    exercised: set[tuple[str, TalliedRow]] = set()
    passed: set[tuple[str, TalliedRow]] = set()
    found_out: set[tuple[str, TalliedRow]] = set()
    for shape in shapes:
        if shape.verdict not in JUDGED:
            continue
        exact, observed = dict(shape.exact), dict(shape.observed)
        if language in exact:
            exercised.add((shape.subject, exact[language]))
        rows = {(shape.subject, row) for row in observed.get(language, ())}
        exercised |= rows
        if dict(shape.verdicts).get(language) == "pass":
            passed |= rows
            found_out |= set() if told or shape.told else rows
    named = len(passed - found_out)
    counts: ErrorRowsEntry = {
        "documented": documented,
        "exercised": len(exercised),
        "passed": len(passed),
        "not_passed": [list(row) for row in sorted({row for _, row in exercised - passed}, key=str)],
    }
    return {**counts, "told": named} if named else counts
