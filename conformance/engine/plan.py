"""What a run is. Frozen data."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.core.errors import UsageError
from conformance.engine.notes import RunNotes
from conformance.judging.expected_failures import ExpectedFailures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.disagreements import Disagreement
    from conformance.cases.model import Case
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.judging.report_entries import SdkEntry
    from conformance.target.ledger import Ledger
    from conformance.target.model import Target

KEPT: Final = ("failing", "all")
"""The exchanges that a report keeps whole."""


class Plan(Struct, frozen=True):
    """What a run is: a target, the contracts it is judged by, and how hard it may be driven.

    Attributes:
        target: The target.
        contracts: The contracts by operation and language.
        docs: The languages to judge by.
        cases: Every case of the operation, also those not selected: some verdicts rest on what the server shows in
            other cases.
        concurrency: Cases in flight at once.
        disagreements: The points on which the documents disagree, by operation.
        expected_failures: The cases that the target is known to fail.
        ledger: Where it is written down what is created on an account that outlives the run.
        run_id: Makes the accounts of this run its own; a run in several processes shares it.
        sdk: What the report has about the SDK that sends the requests.
        command: The command line that runs cases against the same target in the same way, without their names; empty
            when there is none.
        named_files: The case files beside those of the project, as a user named them.
        not_run: Why no case can be run at all, for a person.
        sole: Whether no other process runs cases against the target at the same time.
        notes: What the run has to say about the target; all engines of this process add to it.
        keep_all: Whether a pass keeps its exchanges too, and not only a digest of each.
    """

    target: Target
    contracts: Mapping[str, Mapping[Language, Contract]]
    docs: tuple[Language, ...]
    cases: tuple[Case, ...]
    concurrency: int
    run_id: str
    disagreements: Mapping[str, tuple[Disagreement, ...]] = field(default_factory=dict)
    expected_failures: ExpectedFailures = field(default_factory=ExpectedFailures)
    ledger: Ledger | None = None
    keep_all: bool = False
    sdk: SdkEntry = {}
    command: tuple[str, ...] = ()
    named_files: frozenset[str] = frozenset()
    not_run: str | None = None
    sole: bool = True
    notes: RunNotes = field(default_factory=RunNotes)

    def run_line(self, name: str, where: str) -> str:
        """Return the command line that runs one case again; empty when there is none.

        Args:
            name: The id of the case.
            where: Its file: one that a user named has to be named again.
        """
        if not self.command:
            return ""
        return shlex.join([*self.command, *([where, "-k", name] if where in self.named_files else [name])])


def command_again(options: Mapping[str, object], *, live: bool) -> tuple[str, ...]:
    """Return the command line that runs cases against the same target in the same way, without their names.

    Args:
        options: The options that decide a verdict, by name; `None` for one that was not given.
        live: Whether `--live` was given.
    """
    words = [word for name, value in options.items() if value is not None for word in (name, str(value))]
    return "conformance", "run", *words, *(["--live"] if live else [])


def keeps_all(kept: str) -> bool:
    """Return whether `--keep-exchanges` asks for every exchange; raises `UsageError` for what it does not know."""
    if kept not in KEPT:
        raise UsageError(f"--keep-exchanges {kept!r} is unknown (one of: {', '.join(KEPT)})")
    return kept == "all"


def new_run_id() -> str:
    """Return a text that no other run has."""
    return os.urandom(6).hex()
