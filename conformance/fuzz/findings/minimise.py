"""Making a request that fails as small as it can be while it fails in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.fuzz.findings.failures import signature
from conformance.fuzz.generation.case_builder import sendable
from conformance.fuzz.generation.generated_request import PLAIN, GeneratedRequest
from conformance.fuzz.sender import FAILED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.judging.results import CaseResult

MOST_TRIES: Final = 60
"""Requests that making one request smaller may cost."""


def minimise(
    request: GeneratedRequest,
    result: CaseResult,
    valid: Mapping[str, str],
    judge: Callable[[GeneratedRequest], CaseResult],
    stopped: Callable[[], bool],
) -> tuple[GeneratedRequest, CaseResult]:
    """Return the smallest request found that fails as the given one does, and its result.

    The transport becomes the plain one, parameters become what they are in the valid request, texts become shorter and
    plainer, each as long as the way in which the answer differs stays the same.

    Args:
        request: A request that failed.
        result: How it failed.
        valid: The valid request, wire name to text.
        judge: Sends a request and judges its answer.
        stopped: Whether the time is over.
    """
    smallest = _Smallest(request, result, judge, stopped)
    smallest.attempt(replace(request, transport=PLAIN))
    smallest.attempt(GeneratedRequest(valid, request.about, smallest.request.transport))
    shrinking = True
    while shrinking:
        shrinking = False
        for name in smallest.request.differs(valid):
            differs = name in smallest.request.differs(valid)
            if differs and smallest.attempt(_reverted(smallest.request, name, valid)):
                shrinking = True
    for name in smallest.request.differs(valid):
        _shorten(smallest, name)
    return smallest.request, smallest.result


class _Smallest(Struct, dict=True):
    """The smallest request so far that fails in the wanted way."""

    request: GeneratedRequest
    result: CaseResult
    judge: Callable[[GeneratedRequest], CaseResult]
    stopped: Callable[[], bool]
    tries: int = 0

    def attempt(self, request: GeneratedRequest) -> bool:
        """Send a smaller request; it becomes the smallest when it fails in the same way."""
        if self.tries >= MOST_TRIES or self.stopped() or request == self.request or not sendable(request.params):
            return False
        self.tries += 1
        result = self.judge(request)
        if result.verdict not in FAILED or signature(result) != signature(self.result):
            return False
        self.request, self.result = request, result
        return True


def _shorten(smallest: _Smallest, name: str) -> None:
    """Make one text plainer, then shorter by halves, then by single characters."""
    if not smallest.request.params.get(name):
        return
    smallest.attempt(_with(smallest.request, name, "a" * len(smallest.request.params[name])))
    smaller = True
    while smaller:
        shorter = _shorter(smallest.request.params[name])
        smaller = any(smallest.attempt(_with(smallest.request, name, text)) for text in shorter)


def _shorter(text: str) -> Iterator[str]:
    length = len(text)
    for kept in dict.fromkeys((length // 2, length - length // 8, length - 1)):
        if 0 < kept < length:
            yield text[:kept]


def _with(request: GeneratedRequest, name: str, text: str) -> GeneratedRequest:
    return replace(request, params={**request.params, name: text})


def _reverted(request: GeneratedRequest, name: str, valid: Mapping[str, str]) -> GeneratedRequest:
    """Return a request with one parameter, which then comes last, as the valid request has it."""
    others = {key: value for key, value in request.params.items() if key != name}
    return replace(request, params={**others, name: valid[name]} if name in valid else others)
