"""Verdicts: of a case by one document, and of the case as a whole. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.languages import Language

Verdict = Literal["pass", "mismatch", "divergent", "not_run", "error", "not_applicable"]
VERDICTS: Final[tuple[Verdict, ...]] = ("pass", "mismatch", "divergent", "not_run", "error", "not_applicable")

JUDGED: Final[tuple[Verdict, ...]] = ("pass", "mismatch", "divergent")
"""The verdicts of cases whose answers could be judged."""

FAILING: Final[tuple[Verdict, ...]] = ("mismatch", "error")
"""The verdicts that fail a run whatever its options, unless the case is known to fail."""

FAILED: Final[tuple[Verdict, ...]] = ("mismatch", "divergent", "error")
"""The verdicts that a list of expected failures may name."""

SUCCESS: Final = "success"
"""What a case says that its last answer was, when it was no error."""
NO_ENVELOPE: Final = "no envelope"
"""What a case has in place of the code that answered it, when no answer to it was one of the API."""


def overall_verdict(verdicts: Mapping[Language, Verdict]) -> tuple[Verdict, tuple[Language, ...]]:
    """Return the verdict of a case and, when it is divergent, the documents that the server follows.

    A server that conforms to one document and not to the other is divergent; a document that does not cover the case
    decides nothing.
    """
    if set(verdicts.values()) == {"pass"}:
        return "pass", ()  # as in most cases
    for whole in ("error", "not_run"):
        if whole in verdicts.values():
            return whole, ()
    passing = tuple(language for language, verdict in verdicts.items() if verdict == "pass")
    failing = tuple(language for language, verdict in verdicts.items() if verdict == "mismatch")
    if passing and failing:
        return "divergent", passing
    if failing:
        return "mismatch", ()
    return ("pass", ()) if passing else ("not_applicable", ())
