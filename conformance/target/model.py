"""What is tested: an endpoint, and how it is spoken to. Frozen data."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from msgspec import Struct, field

from conformance.core.errors import UsageError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.transport.reachable import is_localhost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.core.exchange import Credentials
    from conformance.protocol.signing import Signature
    from conformance.target.credential_sources import CredentialSource

Isolation = Literal["account", "global"]

SupportKind = Literal["url", "fixed", "prefer", "profile", "unavailable"]

DEFAULT_TIMEOUT_S = 10.0
DEFAULT_EFFECTS_WITHIN_S = 15.0
DEFAULT_CONCURRENCY = 64
PROCESSES = 4
"""How many processes of an SDK driver run at once by default: each has a runtime of its own in memory."""


class StateSupport(Struct, frozen=True):
    """How a target meets a provider state.

    Attributes:
        kind: `url`: by a call to the states URL; `fixed`: it holds always; `prefer`: the request names the answer that
            it wants in a `Prefer` header, as OpenAPI mocks take it; `profile`: it holds for other credentials;
            `unavailable`: not at all.
        profile: The credentials under which it holds, for `profile`.
    """

    kind: SupportKind
    profile: str | None = None


NOT_IN_A_NAME: Final = lazy_pattern(r"[^\w.\u3002-]|[\u00df\u1e9e\u03c2]")
"""What no name of a host may have: libraries that read URLs do not agree where one ends that has a `\\` or `%`, nor
whether a sharp s or a final sigma is another letter. Such a name is written in its ASCII form (`xn--...`)."""

BY_URL = StateSupport("url")


class Target(Struct, frozen=True):
    """What is tested.

    Attributes:
        endpoint: Scheme, host and port; a path is kept.
        signature: How requests are signed.
        states_url: Where provider states are set; `None` when the target has none.
        states: How each state is met, by name; `default` is for those that are not named.
        credentials: The AccessKey for every request; `None` gives each case an account of its own.
        profiles: Other credentials by name.
        values: What `${target.NAME}` stands for.
        isolation: `account` when states hold for one AccessKeyId, `global` when they hold for everybody.
        rate: Requests a second at the most; `None` for no limit.
        timeout_s: How long one answer may take, connecting included.
        effects_within_s: How long it may take until a change shows in what other operations answer.
        sources: Where credentials are fetched from before the first request, by the name of the profile, and "" for
            `credentials`.
        allowed_hosts: The hosts that requests may be sent to, beside this machine.
        driver: `http`, or the SDK driver that speaks for the harness.
    """

    endpoint: str
    signature: Signature = "v1"
    states_url: str | None = None
    states: Mapping[str, StateSupport] = field(default_factory=dict)
    credentials: Credentials | None = None
    profiles: Mapping[str, Credentials] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    isolation: Isolation = "account"
    rate: float | None = None
    timeout_s: float = DEFAULT_TIMEOUT_S
    effects_within_s: float = DEFAULT_EFFECTS_WITHIN_S
    sources: Mapping[str, CredentialSource] = field(default_factory=dict)
    allowed_hosts: tuple[str, ...] = ()
    driver: str = "http"

    def way(self, state: str) -> StateSupport:
        """Return how a state is met."""
        return self.states.get(state) or self.states.get("default") or BY_URL

    @property
    def placeholders(self) -> dict[str, str]:
        """What each `${...}` of a target stands for, by what is between the braces: `target.NAME`."""
        return {f"target.{name}": value for name, value in self.values.items()}

    @property
    def accounts(self) -> tuple[Credentials, ...]:
        """The real accounts: the one for every request, and those of the profiles."""
        return (*([self.credentials] if self.credentials is not None else []), *self.profiles.values())

    @property
    def canned(self) -> bool:
        """Whether the target answers with the examples of an OpenAPI file."""
        return self.way("default").kind == "prefer"


def check_endpoint(url: str, *, option: str) -> str:
    """Return a URL without its trailing slash; raises `UsageError` when it is no http(s) URL with a host.

    A name and password, a query and a fragment are refused: nothing would come of them.
    """
    if "@" in url:  # not shown: it may hold a password
        raise UsageError(f"{option} has a user name or password", hint="credentials go into a target file")
    try:
        parts = urlsplit(url)
        port_ok = parts.port is None or parts.port > 0
        (parts.hostname or "").encode("idna")
    except ValueError as fault:
        raise UsageError(f"{option} {url!r} is not a URL: {fault}", hint="e.g. http://127.0.0.1:8080") from None
    if "?" in url or "#" in url or not url.isprintable() or " " in url:
        raise UsageError(f"{option} {url!r} has more than scheme, host, port and path", hint="e.g. http://127.0.0.1:80")
    if "[" not in parts.netloc and NOT_IN_A_NAME.search(parts.hostname or ""):
        raise UsageError(f"{option} {url!r} has no name of a host", hint="an international one as xn--...")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_ok:
        raise UsageError(f"{option} {url!r} is not an http or https URL", hint="e.g. http://127.0.0.1:8080")
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine: a loopback or unspecified address, or `localhost` and the names below it.

    Nothing is resolved: what a name server says of another name may change.
    """
    host = urlsplit(url).hostname or ""
    if is_localhost(host):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False  # another name, such as 127.example.com
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return address.is_loopback or address.is_unspecified
