"""What was not there in a case of a report: what an SDK did not send, whole or in part, or give its caller. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from conformance.judging.report_entries import CaseEntry

_RETURNED: Final = re.compile(r"sdk\.body\.([^.\[]+)")


def sent_nothing(case: CaseEntry) -> bool:
    """Whether the SDK of a case that differs sent nothing in the last call, as it cannot carry a parameter."""
    caller = case.get("caller")
    if caller is not None and caller.get("unsupported"):
        return True
    last = next(reversed(case["exchanges"]), None)
    return case["verdict"] == "mismatch" and last is not None and "request" in last and not last["request"]["method"]


def lacked(case: CaseEntry, where: str) -> bool:
    """Whether what a place is about was not there in a case.

    That is, what it is a part of: `sdk.request.Things` of `sdk.request.Things.1.Id`; or a success: a caller who got an
    error has no field `sdk.body.Id` to lose.
    """
    missing = (mismatch["where"] for mismatch in case["mismatches"] if mismatch["observed"] is None)
    field, caller = _RETURNED.match(where), case.get("caller")
    if field is not None and caller is not None and field[1] not in (caller.get("fields") or ()):
        return True
    return any(where.startswith((f"{whole}.", f"{whole}[")) for whole in missing)
