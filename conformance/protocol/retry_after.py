"""How long a server asks to wait before a request is sent again (RFC 9110, 10.2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from conformance.core.exchange import WireResponse

_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503
_HEADER: Final = "retry-after"


def retry_after_s(response: WireResponse, now: float) -> float | None:
    """Return the seconds to wait, at least 0; `None` when the answer does not say it, or not in a way to understand.

    Args:
        response: The answer; `Retry-After` has seconds, or a date.
        now: Seconds since the epoch.
    """
    text = response.headers.get(_HEADER, "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    if not text:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - few answers have a date here

    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def asks_to_wait(response: WireResponse) -> bool:
    """Whether the HTTP head alone says that the request was refused, and may be sent again later."""
    return response.status == _TOO_MANY or (response.status == _UNAVAILABLE and _HEADER in response.headers)
