"""A run of property tests: requests are made, sent and judged; what fails is made small and grouped by its cause."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from conformance.properties.making import expectations, request_case, slug
from conformance.properties.minimise import minimise
from conformance.properties.probing import FAILED, signature
from conformance.runner.results import CaseResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.cases.model import Case
    from conformance.contract.model import Language
    from conformance.properties.oracle import Expectation
    from conformance.properties.probing import Prober, Signature
    from conformance.properties.reached import Reached
    from conformance.properties.sample import Sample
    from conformance.runner.results import Row

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
        mark: In what way it fails.
        count: How many requests failed for this cause.
    """

    case: Case
    result: CaseResult
    names: frozenset[str]
    mark: Signature
    count: int = 1

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

    @property
    def over(self) -> bool:
        """Whether nothing more is to be sent: the time is over, or the target gives no answers."""
        return self._stopped() or self._row >= MOST_IN_A_ROW or self._failures >= MOST_UNJUDGED

    def requests(self, samples: Iterable[Sample]) -> Iterator[CaseResult]:
        """Send requests; yield what is worth a line of the report as soon as it is known."""
        for sample in samples:
            if self.over:
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
        result = self._prober.run(case)
        self._reached.add_answer(result)
        yield from self.note(case, kind, result)

    def note(self, case: Case, kind: str, result: CaseResult) -> Iterator[CaseResult]:
        """Take note of the result of a sequence."""
        if result.verdict not in FAILED:
            yield from self._settle(kind, result)
            return
        mark = (kind, *signature(result))
        known = next((finding for finding in self.findings if finding.mark == mark), None)
        if known is not None:
            known.count += 1
            return
        yield self._add(case, result, frozenset(), mark).shown

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
        base = self._prober.subject.wire
        mark = signature(result)
        names = frozenset(sample.differs(base))
        known = self._known(names, mark)
        if known is None:
            sample, result = minimise(self._prober, sample, result, self._stopped)
            names = frozenset(sample.differs(base))
            known = self._known(names, mark)
        if known is not None:
            known.count += 1
            return None
        made = expectations(self._prober.subject, sample.params)
        title = _title(sample, made, result, base)
        case = request_case(self._prober.subject, sample, self._free(slug(title)), title, self._prober.origin)
        return self._add(case, result, names, mark)

    def _known(self, names: frozenset[str], mark: Signature) -> Finding | None:
        """Return the finding whose cause explains a failure: the same difference, by some of the same parameters."""
        fitting = [finding for finding in self.findings if finding.mark == mark and finding.names <= names]
        return fitting[0] if fitting else None

    def _add(self, case: Case, result: CaseResult, names: frozenset[str], mark: Signature) -> Finding:
        self._row = 0
        name = self._free(case.id.rpartition("/")[2])
        case = replace(case, id=f"{case.id.rpartition('/')[0]}/{name}")
        finding = Finding(case, result, names, mark)
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


def _title(
    sample: Sample, made: Mapping[Language, Expectation], result: CaseResult, base: Mapping[str, str]
) -> str:
    """Return what a finding is about: the parameters, what they break, and what the server answered."""
    names = sample.differs(base)
    broken = dict.fromkeys(f"{path}.{fact}" for each in made.values() for path, fact in each.broken)
    subject = ", ".join(broken) if broken else ", ".join(names[:_NAMED])
    if broken:
        return f"{subject} is broken, answered {result.answered}"
    return f"{subject} as the documents allow, answered {result.answered}" if names else (
        f"the valid request, answered {result.answered}"
    )
