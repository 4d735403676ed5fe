"""What the preflight found, and what follows from it for the cases. Frozen data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.engine.notes import RunNote
from conformance.engine.preflight.served import NOTHING_UNSERVED, Unserved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.cases.model import Case, ProviderState
    from conformance.target.model import Target

SHARED: Final = "accounts are not kept apart"
ACCOUNTS: Final = "accounts.shared"
"""The key of the note that says so."""

_UNPROVEN: Final = "needs state {states}: {why}"


class PreflightFindings(Struct, frozen=True):
    """What is known of a target before the first case; nothing, unless it was asked and answered clearly.

    Attributes:
        notes: What a report says of it.
        no_states: Why no provider state can be set at all; the cases that need one are errors.
        any_state_accepted: Whether a state that does not exist is accepted, so that accepting one proves nothing.
        empty_params_ignored: Whether states without parameters are accepted and not set.
        one_by_one: Whether accounts are not kept apart, so that each case must run alone and leave nothing behind.
        deletes: Whether a case deletes what it created, on an account of its own too.
        doubt: Why a mismatch may be the doing of another case; `None` when it cannot.
        usual: By operation, the names of the states that most of its cases need.
        unserved: The operations that the target does not serve.
    """

    notes: tuple[RunNote, ...] = ()
    no_states: str | None = None
    any_state_accepted: bool = False
    empty_params_ignored: bool = False
    one_by_one: bool = False
    deletes: bool = False
    doubt: str | None = None
    usual: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unserved: Unserved = NOTHING_UNSERVED

    def doubted(self, why: str) -> PreflightFindings:
        """Return the findings with a reason why no mismatch is believed, unless there is one."""
        return replace(self, doubt=self.doubt or why)

    def skip_reason(self, case: Case) -> str | None:
        """Return why a case cannot be run against the target, or `None`."""
        unserved = self.unserved.reason(case)
        if unserved is not None:
            return unserved
        if self.one_by_one and any(step.account is not None for step in case.steps):
            return "needs two accounts, and accounts are not kept apart"
        return None

    def missing_states(self, case: Case, target: Target) -> str | None:
        """Return why a case cannot have its states, or `None`."""
        if self.no_states is None:
            return None
        return self.no_states if any(target.way(state.name).kind == "url" for state in case.states) else None

    def unproven(self, case: Case, target: Target, code: object, promised: Iterable[object]) -> str | None:
        """Return why a mismatch of a case says nothing about the documents, or `None`.

        A state that was accepted and not set explains an answer with another code, and nothing else: a wrong status,
        message or field beside the code that was promised stays a mismatch.

        Args:
            case: The case.
            target: The target.
            code: The code of its last answer, `None` for a success.
            promised: The codes that its documents allow there.
        """
        if self.doubt is not None:
            return self.doubt
        if any(code == each for each in promised):  # it may be anything that JSON can hold
            return None
        decisive = self._decisive(case, target)
        if decisive and self.any_state_accepted:
            why = "the states URL accepted it, as it accepts states that do not exist, and the answer does not show it"
            return _UNPROVEN.format(states=_names(decisive), why=why)
        without = [state for state in decisive if not state.params]
        if without and self.empty_params_ignored:
            why = "the target accepts states without parameters, and does not set them"
            return _UNPROVEN.format(states=_names(without), why=why)
        return None

    def _decisive(self, case: Case, target: Target) -> list[ProviderState]:
        """Return the states that a case needs beside those of most cases, set by a call."""
        usual = self.usual.get(case.subject, frozenset())
        return [state for state in case.given if state.name not in usual and target.way(state.name).kind == "url"]


def with_consequences(found: PreflightFindings, *, sole: bool) -> PreflightFindings:
    """Return the findings with what follows for the cases when accounts are not kept apart."""
    if not found.one_by_one:
        return found
    follows = "cases run one after another, and each deletes what it created"
    doubt = found.doubt
    if not sole:
        follows = doubt = f"{SHARED}, and several processes run cases at the same time: leave out -n and -d"
    elif doubt is not None and any(note.text == doubt for note in found.notes):
        return found  # the note says it all
    elif not found.deletes:
        follows = doubt = f"{SHARED}, and what a case creates cannot be deleted: it may decide the answers to others"
    notes = [
        replace(note, text=f"{note.text}; {follows.removeprefix(f'{SHARED}, and ')}") if note.key == ACCOUNTS else note
        for note in found.notes
    ]
    return replace(found, notes=tuple(notes), doubt=found.doubt or doubt)


def noted(found: PreflightFindings, key: str, text: str) -> PreflightFindings:
    """Return the findings with one note more."""
    return replace(found, notes=(*found.notes, RunNote(key, text)))


def _names(states: Iterable[ProviderState]) -> str:
    return ", ".join(dict.fromkeys(state.name for state in states))
