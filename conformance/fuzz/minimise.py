"""Making a request that fails as small as it can be while it fails in the same way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.fuzz.generation.requests import sendable
from conformance.fuzz.generation.sample import PLAIN, Sample
from conformance.fuzz.probes import FAILED, signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.fuzz.probes import Prober, Signature
    from conformance.judging.results import CaseResult

MOST_TRIES: Final = 60
"""Requests that making one request smaller may cost."""


@dataclass
class _Best:
    sample: Sample
    result: CaseResult
    tries: int = 0


def minimise(
    prober: Prober, sample: Sample, result: CaseResult, stopped: Callable[[], bool]
) -> tuple[Sample, CaseResult]:
    """Return the smallest request found that fails as the given one does, and its result.

    The transport becomes the plain one, parameters become what they are in the valid request, texts become shorter and
    plainer, each as long as the way in which the answer differs stays the same.

    Args:
        prober: Sends the requests.
        sample: A request that failed.
        result: How it failed.
        stopped: Whether the time is over.
    """
    wanted = signature(result)
    best = _Best(sample, result)

    def attempt(candidate: Sample) -> bool:
        if best.tries >= MOST_TRIES or stopped() or candidate == best.sample or not sendable(candidate.params):
            return False
        best.tries += 1
        found = prober.judge(candidate)
        if not _same(found, wanted):
            return False
        best.sample, best.result = candidate, found
        return True

    attempt(replace(sample, transport=PLAIN))
    base = prober.subject.wire
    attempt(Sample(base, sample.about, best.sample.transport))
    shrinking = True
    while shrinking:
        shrinking = False
        for name in best.sample.differs(base):
            if name in best.sample.differs(base) and attempt(_reverted(best.sample, name, base.get(name))):
                shrinking = True
    for name in best.sample.differs(base):
        _shorten(best, name, attempt)
    return best.sample, best.result


def _same(result: CaseResult, wanted: Signature) -> bool:
    return result.verdict in FAILED and signature(result) == wanted


def _reverted(sample: Sample, name: str, text: str | None) -> Sample:
    params = {key: value for key, value in sample.params.items() if key != name}
    if text is not None:
        params[name] = text
    return replace(sample, params=params)


def _shorten(best: _Best, name: str, attempt: Callable[[Sample], bool]) -> None:
    """Make one text plainer, then shorter by halves, then by single characters."""
    if not best.sample.params.get(name):
        return
    attempt(_with(best.sample, name, "a" * len(best.sample.params[name])))
    smaller = True
    while smaller:
        smaller = any(attempt(_with(best.sample, name, text)) for text in _shorter(best.sample.params[name]))


def _shorter(text: str) -> Iterator[str]:
    length = len(text)
    for kept in dict.fromkeys((length // 2, length - length // 8, length - 1)):
        if 0 < kept < length:
            yield text[:kept]


def _with(sample: Sample, name: str, text: str) -> Sample:
    return replace(sample, params={**sample.params, name: text})
