"""Answers that differ once are a matter of the moment; those that differ again and again are of several processes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine.effects import Sleep
from conformance.engine.preflight.findings import PreflightFindings
from conformance.engine.preflight.steadiness import Steadiness
from conformance.engine.sent import NothingKnownError

if TYPE_CHECKING:
    from collections.abc import Generator

SHOWS, NOT, DONE = "Quota", "Missing", None
EQUAL = [SHOWS] * 4


class Scripted:
    """An inquiry whose answers are given, for each round of equal requests."""

    def __init__(self, *rounds: list[str | None] | None, asked: tuple[str | None, ...] = (SHOWS, SHOWS)) -> None:
        self.rounds = list(rounds)
        self.asked = list(asked)
        self.deleted = 0

    def account(self, purpose: str) -> str:
        return purpose

    def _end(self, outcome: object) -> Generator[Any, Any, Any]:
        yield from ()
        return outcome

    def set_all(self, *_: object) -> Generator[Any, Any, Any]:
        return self._end(outcome=True)

    def take_back(self, *_: object) -> Generator[Any, Any, Any]:
        return self._end(None)

    def ask(self, *_: object) -> Generator[Any, Any, Any]:
        return self._end(SimpleNamespace(code=self.asked.pop(0)))

    def delete(self, *_: object) -> Generator[Any, Any, Any]:
        self.deleted += 1
        return self._end(outcome=True)

    def ask_at_once(self, *_: object) -> Generator[Any, Any, Any]:
        codes = self.rounds.pop(0)
        if codes is None:
            raise NothingKnownError("throttled")
        return self._end([SimpleNamespace(code=code, status=400) for code in codes])


def found(inquiry: Scripted) -> PreflightFindings:
    witness: Any = SimpleNamespace(case=SimpleNamespace(given=(), cleanup=object(), steps=[None]), code=SHOWS)
    asker: Any = inquiry
    steps = Steadiness(asker, witness, PreflightFindings()).check()
    try:
        while True:
            assert isinstance(next(steps), Sleep)
    except StopIteration as end:
        findings: PreflightFindings = end.value
    return findings


@pytest.mark.parametrize(
    "rounds",
    [
        [EQUAL, EQUAL],
        [[SHOWS, NOT, NOT, NOT], EQUAL, EQUAL, EQUAL],  # it shows a moment later
        [[DONE, "Exists", "Exists", "Exists"], ["Exists"] * 8],  # the state does not show at all
        [[DONE, "Exists"], [DONE, "Exists"]],
        [[SHOWS, "OperationConflict"], [SHOWS, "OperationConflict"]],  # one request of an account at a time
        [[SHOWS, "LastTokenProcessing", NOT]] * 2,
        [None],  # nothing is known, and no other check ends by that
        [[SHOWS, NOT], None],
    ],
)
def test_equal_requests_are_answered_alike_in_the_end(rounds: list[list[str | None] | None]) -> None:
    inquiry = Scripted(*rounds)
    assert found(inquiry) == PreflightFindings()
    assert not inquiry.rounds


@pytest.mark.parametrize(
    ("rounds", "created"),
    [
        ([[SHOWS, NOT, SHOWS, NOT], [NOT, SHOWS]], 0),
        ([EQUAL, [SHOWS, NOT], EQUAL, [SHOWS, NOT]], 0),
        ([[SHOWS, DONE, DONE], [DONE, SHOWS]], 3),
    ],
)
def test_answers_that_differ_again_and_again_are_noted(rounds: list[list[str | None]], created: int) -> None:
    inquiry = Scripted(*rounds)
    findings = found(inquiry)
    assert [note.key for note in findings.notes] == ["states.unsteady"]
    assert findings.doubt == findings.notes[0].text
    assert inquiry.deleted == created


@pytest.mark.parametrize(
    ("rounds", "asked", "notes"),
    [
        ([[NOT] * 4, [NOT] * 8], (NOT, SHOWS), ["states.late"]),
        ([[NOT] * 4, [SHOWS] * 8], (NOT, SHOWS), ["states.late"]),
        ([[NOT, SHOWS], EQUAL, EQUAL, EQUAL], (DONE, SHOWS), ["states.late"]),
        ([[NOT] * 4, [NOT] * 8], (NOT, NOT), []),
        ([[DONE, "Exists"], ["Exists"]], (DONE, DONE), []),
    ],
)
def test_a_state_that_shows_later_than_it_was_set_is_noted(
    rounds: list[list[str | None]], asked: tuple[str | None, ...], notes: list[str]
) -> None:
    inquiry = Scripted(*rounds, asked=asked)
    findings = found(inquiry)
    assert [note.key for note in findings.notes] == notes
    assert (findings.doubt is not None) == bool(notes)
    assert not inquiry.rounds
    assert not inquiry.asked
    assert inquiry.deleted == sum(codes.count(DONE) for codes in (*rounds, asked))
