"""The places of an answer that each refusal has, as a mismatch names them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from conformance.judging.report_entries import MismatchEntry

CODE: Final = "response.body.Code"
MESSAGE: Final = "response.body.Message"
STATUS: Final = "response.status"


def succeeded(mismatch: MismatchEntry) -> bool:
    """Whether a success was observed where an error was expected."""
    return mismatch["where"] == CODE and mismatch["observed"] is None


def refused(mismatch: MismatchEntry) -> bool:
    """Whether an error was observed where a success was expected."""
    return mismatch["where"] == CODE and None in mismatch["expected"]
