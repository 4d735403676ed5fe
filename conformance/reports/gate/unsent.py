"""What an SDK did not send in a case of a report: the whole request, or a parameter that another is a part of. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.judging.report_entries import CaseEntry


def sent_nothing(case: CaseEntry) -> bool:
    """Whether the SDK of a case that differs sent nothing in the last call, as it cannot carry a parameter."""
    caller = case.get("caller")
    if caller is not None and caller.get("unsupported"):
        return True
    last = next(reversed(case["exchanges"]), None)
    return case["verdict"] == "mismatch" and last is not None and "request" in last and not last["request"]["method"]


def lacked(case: CaseEntry, where: str) -> bool:
    """Whether what a place is a part of was not there in a case: `sdk.request.Things` of `sdk.request.Things.1.Id`."""
    missing = (mismatch["where"] for mismatch in case["mismatches"] if mismatch["observed"] is None)
    return any(where.startswith((f"{whole}.", f"{whole}[")) for whole in missing)
