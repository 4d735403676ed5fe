"""How a request can end: in an answer, or in a failure that says why there is none to judge."""

from __future__ import annotations

from typing import ClassVar, Final, TypeAlias

from conformance.core.exchange import WireResponse

MAX_BODY_BYTES: Final = 4 * 1024 * 1024
"""An answer of an RPC operation has a few hundred bytes; what is larger than this is no answer."""

TOO_LARGE: Final = f"the answer is larger than {MAX_BODY_BYTES // 1024 // 1024} MiB"


class ExchangeError(Exception):
    """No answer that can be judged; the text says why, for a person.

    Attributes:
        lost: Whether the request may have been executed all the same, or may still be.
    """

    lost: ClassVar[bool] = False


class RefusedError(ExchangeError):
    """Nothing accepts connections at the address, so nothing was sent."""


class LostError(ExchangeError):
    """The answer, or a part of it, did not arrive."""

    lost: ClassVar[bool] = True


class ClosedError(LostError):
    """The other side closed the connection without an answer; it may have done so before it got the request."""


class LateError(LostError):
    """No whole answer came in time."""


TransferOutcome: TypeAlias = WireResponse | ExchangeError
