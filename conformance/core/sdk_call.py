"""What was observed of one call through an SDK: on the wire, and in its caller's hands. Frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.sdk.process import DriverAnswer
    from conformance.sdk.proxy import Recorded


@dataclass(frozen=True, slots=True)
class SdkCall:
    """One call through an SDK.

    Attributes:
        params: The parameters as the driver was given them: text, numbers, lists, lists of mappings.
        answer: What the driver reported; `None` when it failed.
        failure: How the driver failed, for a person.
        recorded: The requests that the SDK sent, and what was answered.
    """

    params: Mapping[str, Any]
    answer: DriverAnswer | None
    failure: str | None
    recorded: tuple[Recorded, ...]

    def caller(self) -> dict[str, Any] | None:
        """Return what the SDK's caller saw, in its form in the report; `None` when the driver failed."""
        answer = self.answer
        if answer is None:
            return None
        return {
            "outcome": answer.outcome,
            "status": answer.status,
            "code": answer.code,
            "message": answer.message,
            "request_id": answer.request_id,
            "exception": answer.exception,
            "fields": sorted(answer.body) if answer.body is not None else None,
        }
