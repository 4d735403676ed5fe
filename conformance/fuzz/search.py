"""A run of property tests: requests are made, sent and judged; what fails is made small and grouped by its cause."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from conformance.contract.wire import INDEXES
from conformance.fuzz.generation.requests import expectations, request_case, slug
from conformance.fuzz.minimise import minimise
from conformance.fuzz.probes import FAILED, signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.cases.model import Case
    from conformance.contract.languages import Language
    from conformance.fuzz.generation.sample import Sample
    from conformance.fuzz.oracle.oracle import Expectation
    from conformance.fuzz.oracle.reached import Reached
    from conformance.fuzz.probes import Prober, Signature
    from conformance.judging.results import CaseResult, Row

MOST_IN_A_ROW: Final = 3
"""Requests in a row without an answer that can be judged, after which nothing more is sent."""
MOST_UNJUDGED: Final = 20
_NAMED: Final = 3


@dataclass
class Finding:
    """One cause of failures.

    Attributes:
        case: The smallest request, or sequence, that shows it.
        result: What came of it.
        names: The wire names in which the request differs from a valid one.
        broken: What the request breaks.
        mark: In what way it fails.
        count: How many requests failed for this cause.
    """

    case: Case
    result: CaseResult
    names: frozenset[str]
    broken: frozenset[str]
    mark: Signature
    count: int = 1

    def explains(self, names: frozenset[str], broken: frozenset[str], mark: Signature) -> bool:
        """Whether a request that fails in this way, with these differences from a valid one, has this cause.

        A wrong code has its cause in the request; a wrong message or shape of an answer has it in the answer.
        """
        if mark != self.mark:
            return False
        if not any(part.startswith("response.body.Code") for part in mark):
            return True
        return self.names <= names and self.broken <= broken and bool(self.broken) == bool(broken)

    @property
    def shown(self) -> CaseResult:
        """The result as reports have it: under the case's id, with how often it was seen."""
        often = f" ({self.count} requests)" if self.count > 1 else ""
        return replace(self.result, id=self.case.id, title=f"{self.case.title}{often}")


@dataclass
class _Kept:
    """Requests of one kind that were answered as the documents say."""

    count: int = 0
    last: CaseResult | None = None
    elapsed_ms: float = 0.0
    rows: dict[Language, dict[Row, None]] = field(default_factory=lambda: defaultdict(dict))


class Hunt:
    """Judges requests and keeps what it learns.

    Args:
        prober: Sends the requests.
        reached: Counts what they reach.
        judged_by: The documents judged by.
        stopped: Whether the time is over.
    """

    def __init__(
        self, prober: Prober, reached: Reached, judged_by: tuple[Language, ...], stopped: Callable[[], bool]
    ) -> None:
        self.findings: list[Finding] = []
        self._prober = prober
        self._reached = reached
        self._judged_by = judged_by
        self._stopped = stopped
        self._kept: dict[str, _Kept] = defaultdict(_Kept)
        self._unjudged: dict[str, CaseResult] = {}
        self._row = 0
        self._failures = 0

    def over(self) -> bool:
        """Whether nothing more is to be sent: the time is over, or the target gives no answers."""
        return self._stopped() or self._row >= MOST_IN_A_ROW or self._failures >= MOST_UNJUDGED

    def requests(self, samples: Iterable[Sample]) -> Iterator[CaseResult]:
        """Send requests; yield what is worth a line of the report as soon as it is known."""
        for sample in samples:
            if self.over():
                return
            result = self._prober.judge(sample)
            made = expectations(self._prober.subject, sample.params)
            self._reached.add(sample.params, made, result)
            if result.verdict in FAILED:
                found = self._failed(sample, result)
                if found is not None:
                    yield found.shown
            else:
                yield from self._settle(_kind(made, self._judged_by), result)

    def sequence(self, case: Case, kind: str) -> Iterator[CaseResult]:
        """Run one sequence whose smallest form this already is."""
        yield from self.note(case, kind, self._prober.run(case))

    def note(self, case: Case, kind: str, result: CaseResult) -> Iterator[CaseResult]:
        """Take note of the result of a sequence."""
        self._reached.add_answer(result)
        if result.verdict not in FAILED:
            yield from self._settle(kind, result)
            return
        mark = (kind, *_mark(result))
        known = next((finding for finding in self.findings if finding.mark == mark), None)
        if known is not None:
            known.count += 1
            return
        yield self._add(Finding(case, result, frozenset(), frozenset(), mark)).shown

    def summary(self) -> Iterator[CaseResult]:
        """Yield the last word on everything: findings with their counts, and what was answered as documented."""
        for finding in self.findings:
            yield finding.shown
        for kind, kept in self._kept.items():
            if kept.last is None:
                continue
            name = self._prober.subject.operation
            yield replace(
                kept.last,
                id=f"{name}/requests/{slug(kind)}",
                title=f"{kind}: {kept.count} answered as documented",
                observed={language: tuple(rows) for language, rows in kept.rows.items()},
                elapsed_ms=kept.elapsed_ms,
            )

    def _failed(self, sample: Sample, result: CaseResult) -> Finding | None:
        """Take note of a request that failed; return the finding when its cause was not known yet."""
        self._row = 0
        if self._is_known(sample, result):
            return None
        try:
            sample, result = minimise(self._prober, sample, result, self._stopped)
        except KeyboardInterrupt:
            self._found(sample, result)  # not as small as it could be, but found
            raise
        if self._is_known(sample, result):
            return None
        return self._found(sample, result)

    def _found(self, sample: Sample, result: CaseResult) -> Finding:
        names, broken = self._about(sample)
        title = _title(names, broken, result)
        case = request_case(self._prober.subject, sample, slug(title), title, self._prober.origin)
        return self._add(Finding(case, result, frozenset(names), frozenset(broken), _mark(result)))

    def _is_known(self, sample: Sample, result: CaseResult) -> bool:
        """Whether the cause of a failure is known already; it is counted then."""
        names, broken = self._about(sample)
        mark = _mark(result)
        for finding in self.findings:
            if finding.explains(frozenset(names), frozenset(broken), mark):
                finding.count += 1
                return True
        return False

    def _about(self, sample: Sample) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the wire names in which a request differs from the valid one, and what it breaks by any document."""
        made = expectations(self._prober.subject, sample.params)
        spoken = [each for language, each in made.items() if language in self._judged_by]
        broken = dict.fromkeys(f"{path}.{fact}" for each in spoken for path, fact in each.broken)
        return sample.differs(self._prober.subject.wire), tuple(broken)

    def _add(self, finding: Finding) -> Finding:
        self._row = 0
        place, _, name = finding.case.id.rpartition("/")
        finding.case = replace(finding.case, id=f"{place}/{self._free(name)}")
        self.findings.append(finding)
        return finding

    def _free(self, name: str) -> str:
        """Return a last part of an id that no other finding has."""
        taken = {finding.case.id.rpartition("/")[2] for finding in self.findings}
        names = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
        return next(each for each in names if each not in taken)

    def _settle(self, kind: str, result: CaseResult) -> Iterator[CaseResult]:
        if result.verdict in ("error", "not_run"):
            self._row += 1
            self._failures += 1
            reason = result.reason or ""
            if reason not in self._unjudged:
                name = f"{self._prober.subject.operation}/unjudged/request-{len(self._unjudged) + 1}"
                self._unjudged[reason] = result
                yield replace(result, id=name)
            return
        self._row = 0
        if result.verdict != "pass":
            return  # no document speaks of it
        kept = self._kept[kind]
        kept.count += 1
        kept.last = result
        kept.elapsed_ms += result.elapsed_ms
        for language, rows in result.observed.items():
            kept.rows[language].update(dict.fromkeys(rows))


def _kind(made: Mapping[Language, Expectation], judged_by: tuple[Language, ...]) -> str:
    """Return what kind of request it is, by the first document that speaks."""
    expectation = next((made[language] for language in judged_by if language in made), None)
    if expectation is None:
        return "of which no document speaks"
    if expectation.broken:
        names = [f"{path}.{fact}" for path, fact in expectation.broken]
        return f"breaks {names[0]}" if len(names) == 1 else "breaks several promises"
    return "valid" if not expectation.codes else "of which the documents leave the answer open"


def _mark(result: CaseResult) -> Signature:
    return (*signature(result), f"answered {result.answered}")


def _title(names: tuple[str, ...], broken: tuple[str, ...], result: CaseResult) -> str:
    """Return what a finding is about: the parameters, what they break, and what the server answered."""
    answer = f"answered {result.answered}"
    if broken:
        return f"{', '.join(broken[:_NAMED])} is broken, {answer}"
    if names:
        return f"{', '.join(_listed(names)[:_NAMED])} as the documents allow, {answer}"
    return f"the valid request, {answer}"


def _listed(names: tuple[str, ...]) -> list[str]:
    """Return wire names for a person: of a long list its name and how long it is."""
    longest: dict[str, int] = {}
    for name in names:
        top, _, rest = name.partition(".")
        if rest:
            longest[top] = max(longest.get(top, 0), int(rest.partition(".")[0]))
    shown = [
        f"{top} with {longest[top]} items" if longest.get(top, 0) > len(INDEXES) else name
        for name in names
        for top in [name.partition(".")[0]]
    ]
    return list(dict.fromkeys(shown))
