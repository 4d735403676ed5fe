"""One request and its answer, as they travel, and what an SDK made of them. Frozen data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_CODING: Final = ("Accept-Encoding", "identity")
"""The header that asks for a body as it is: without it a server may choose any coding (RFC 9110, section 12.5.3)."""


class Renewal(Protocol):
    """Where temporary credentials come from, for as long as a run lasts. May be used by many threads at once."""

    def current(self) -> Credentials:
        """Return credentials that hold for a while, renewed when they are about to end."""

    def renewed(self, refused: Credentials) -> Credentials:
        """Return others than those that a server refused; the same when there are none.

        Raises:
            ConformanceError: When they cannot be renewed.
        """


class Credentials(Struct, frozen=True):
    """An AccessKey. The secret and the token are never shown: they are left out of `repr`.

    Attributes:
        generated: True when the harness made it up for one case, so that its id may be in a report.
        account: What the account is known by, when its AccessKey is another one each time.
        renewal: What renews them, when they end before long.
    """

    access_key_id: str
    access_key_secret: str
    security_token: str | None = None
    generated: bool = True
    account: str | None = None
    renewal: Renewal | None = None

    def __repr__(self) -> str:
        """Return what may be shown."""
        return f"Credentials({self.access_key_id!r})"

    def current(self) -> Credentials:
        """Return what stands for the same account at this moment."""
        return self if self.renewal is None else self.renewal.current()

    @property
    def shown_id(self) -> str:
        """The id in a command that does the same by hand: a real one only by name, a made-up one changed a little.

        What a run created for its own made-up account would decide the answer to the command.
        """
        if not self.generated:
            return "ACCESS_KEY_ID"
        return self.access_key_id[:-1] + ("1" if self.access_key_id.endswith("0") else "0")


class WireRequest(Struct, frozen=True):
    """One request as it travels: nothing is added or encoded after this. Its signature is left out of `repr`.

    Attributes:
        secrets: Its signature, token and the like, noted by who signed it; `None` when they must be looked for.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    secrets: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        """Return what may be shown."""
        return f"WireRequest(method={self.method!r})"


class WireResponse(Struct, frozen=True):
    """One answer as it arrived. Header names are lower-case. What a server may have echoed is left out of `repr`."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        """Return what may be shown."""
        return f"WireResponse(status={self.status!r})"


class Recorded(Struct, frozen=True):
    """One request of an SDK, as it arrived, and what was answered.

    Attributes:
        request: The request; its URL names the harness, which is what the SDK called.
        response: The answer of the server, `None` when there was none.
        failure: Why the server gave none that can be passed on.
        received_at: Seconds since the epoch.
        elapsed_ms: How long the server took.
    """

    request: WireRequest
    response: WireResponse | None
    failure: str | None
    received_at: float
    elapsed_ms: float


class Unsupported(Struct, frozen=True):
    """What an SDK has no way to carry, and why: `unknown`, `type`, `action` or `product`."""

    parameter: str | None
    why: str


class DriverAnswer(Struct, frozen=True):
    """What an SDK made of a call.

    Attributes:
        outcome: `success`, `service_error`, `client_error` or `timeout`.
        status: The HTTP status that the SDK reports; `None` where it reports none, as in the other fields.
        code: The error code.
        message: The error message.
        request_id: The request id.
        body: The fields of a success under their wire names.
        exception: The qualified name of what was raised.
        unsupported: What could not be carried, when therefore nothing was sent.
        exception_bases: The other names by which a caller can catch what was raised: its base classes.
    """

    outcome: str
    status: int | None
    code: str | None
    message: str | None
    request_id: str | None
    body: Mapping[str, object] | None
    exception: str | None
    unsupported: Unsupported | None
    exception_bases: tuple[str, ...] = ()


class SdkCall(Struct, frozen=True):
    """One call through an SDK.

    Attributes:
        params: The parameters as the driver was given them: text, numbers, lists, lists of mappings.
        answer: What the driver reported; `None` when it failed.
        failure: How the driver failed, for a person.
        recorded: The requests that the SDK sent, and what was answered.
    """

    params: Mapping[str, object]
    answer: DriverAnswer | None
    failure: str | None
    recorded: tuple[Recorded, ...]


class Retry(Struct, frozen=True):
    """An earlier attempt at a request, which the server refused for now.

    Attributes:
        status: The HTTP status.
        code: The error code; `None` when the answer had none.
        waited_s: How long was waited until the next attempt.
    """

    status: int
    code: str | None
    waited_s: float


class Exchange(Struct, frozen=True):
    """One request as sent and what came back.

    Attributes:
        operation: The operation called.
        params: The operation's parameters as sent, without those of the signature.
        request: The request on the wire.
        response: The answer, or `None` when none came.
        failure: Why there is no answer that can be judged; `None` when there is one.
        elapsed_ms: From the first byte sent to the last byte received.
        sdk: What was observed of an SDK, when the request went through one.
        lost: Whether the request may have been executed though no answer came.
        retries: The attempts before this one, which the server refused for now.
    """

    operation: str
    params: Mapping[str, str]
    request: WireRequest
    response: WireResponse | None
    failure: str | None
    elapsed_ms: float
    sdk: SdkCall | None = None
    lost: bool = False
    retries: tuple[Retry, ...] = ()
