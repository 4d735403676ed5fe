"""The places of an answer that each refusal has, as a mismatch names them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from conformance.judging.report_entries import CaseEntry, GroupEntry, MismatchEntry

CODE: Final = "response.body.Code"
MESSAGE: Final = "response.body.Message"
STATUS: Final = "response.status"
_FIRST_ERROR: Final = 400
"""RFC 9110: the statuses from here on are errors."""


def succeeded(mismatch: MismatchEntry) -> bool:
    """Whether a success was observed where an error was expected."""
    return mismatch["where"] == CODE and mismatch["observed"] is None


def lacks_code(mismatch: MismatchEntry, case: CaseEntry) -> bool:
    """Whether an answer has the status of an error and no code, so that it is no success either."""
    return succeeded(mismatch) and (last_status(case) or 0) >= _FIRST_ERROR


def last_status(case: CaseEntry) -> int | None:
    """Return the status of the last answer to a case; `None` when it is not known."""
    for exchange in reversed(case["exchanges"]):
        if "response" in exchange and exchange["response"] is not None:
            return exchange["response"]["status"]
    return None


def refused(mismatch: MismatchEntry) -> bool:
    """Whether an error was observed where a success was expected."""
    return mismatch["where"] == CODE and None in mismatch["expected"]


def expects_error(mismatch: MismatchEntry | GroupEntry) -> bool:
    """Whether what is expected is in a row of a table of errors: its code, its message or its status."""
    where, values = mismatch["where"], mismatch["expected"]
    if where == STATUS:
        return any(isinstance(value, int) and value >= _FIRST_ERROR for value in values)
    return where == MESSAGE or (where == CODE and None not in values)
