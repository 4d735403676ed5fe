"""The target that options name: the command line and the pytest plugin share them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from conformance.target.load import apply_knobs, load_target, with_options
from conformance.target.model import Target
from conformance.transport.reachable import check_reachable, wait_until_reachable

if TYPE_CHECKING:
    from collections.abc import Callable


class TargetOptions(Struct, frozen=True, kw_only=True):
    """What names a target, and how it is spoken to, as every command has it.

    Attributes:
        endpoint: The server.
        states_url: Where its provider states are set.
        target_file: A target file, whose values the others replace.
        signature: `v1`, `acs3` or `none`.
        rate: Requests a second at the most.
        timeout_s: Seconds that one answer may take.
        live: Whether the endpoint need not be on this machine.
    """

    endpoint: str | None = None
    states_url: str | None = None
    target_file: Path | None = None
    signature: str | None = None
    rate: float | None = None
    timeout_s: float | None = None
    live: bool = False

    @classmethod
    def of_pytest(cls, option: Callable[[str], Any]) -> TargetOptions:
        """Return those of pytest, whose names have the project's before them; `option` reads one by its name."""
        file = option("conformance_target")
        return cls(
            endpoint=option("conformance_endpoint"),
            states_url=option("conformance_states_url"),
            target_file=Path(file) if file else None,
            signature=option("conformance_signature"),
            rate=option("conformance_rate"),
            timeout_s=option("conformance_timeout_s"),
            live=option("conformance_live"),
        )

    @property
    def by_name(self) -> dict[str, object]:
        """The options as a command line has them; `None` for one that is not given. `--live` has no value."""
        return {
            "--endpoint": self.endpoint,
            "--states-url": self.states_url,
            "--target": self.target_file,
            "--signature": self.signature,
            "--rate": self.rate,
            "--timeout": self.timeout_s,
        }


def named_target(options: TargetOptions, *, defaults: dict[str, str], wait_s: float = 0.0) -> Target | None:
    """Return the target that the options name, or `None` when they name no endpoint.

    With `wait_s` a server that does not listen yet is waited for, so many seconds.

    Raises:
        UsageError: For options that cannot be, and for credentials that are not to be had.
        TargetFileError: For a wrong target file.
        TargetError: When nothing accepts connections at the endpoint.
    """
    target = described_target(options, defaults=defaults)
    if target is not None and wait_s:
        wait_until_reachable(target.endpoint, wait_s)
    elif target is not None:
        check_reachable(target.endpoint, target.timeout_s)
    if target is not None and target.states_url is not None and _by_tls_elsewhere(target.states_url, target.endpoint):
        check_reachable(target.states_url, target.timeout_s)
    return with_credentials(target) if target is not None else None


def _by_tls_elsewhere(url: str, endpoint: str) -> bool:
    """Whether a URL has a certificate to look at, and not that of the endpoint."""
    parts, other = urlsplit(url), urlsplit(endpoint)
    return parts.scheme == "https" and (parts.scheme, parts.netloc) != (other.scheme, other.netloc)


def with_credentials(target: Target) -> Target:
    """Return a target with the credentials of its sources, fetched now.

    Raises:
        UsageError: When a source has none.
        MissingLibraryError: When the library that fetches them is not installed.
    """
    if not target.sources:
        return target
    from conformance.target.renewal import RenewedCredentials  # noqa: PLC0415 - only such a target pays for it

    found = {
        name: RenewedCredentials(name, source, target.allowed_hosts).current()
        for name, source in target.sources.items()
    }
    own = found.pop("", target.credentials)
    return replace(target, credentials=own, profiles={**target.profiles, **found}, sources={})


def described_target(options: TargetOptions, *, defaults: dict[str, str]) -> Target | None:
    """Return the target that the options name without looking whether it is there; see `named_target`."""
    from_file = load_target(options.target_file) if options.target_file is not None else None
    target = with_options(
        from_file,
        endpoint=options.endpoint,
        states_url=options.states_url,
        signature=options.signature,
        rate=options.rate,
        timeout_s=options.timeout_s,
        defaults=defaults,
        live=options.live,
    )
    if target is None:
        with_knobs(Target(""), options)
    return target


def with_knobs(target: Target, options: TargetOptions) -> Target:
    """Return a target with the signature, the rate and the timeout of the options; raises `UsageError`."""
    return apply_knobs(target, signature=options.signature, rate=options.rate, timeout_s=options.timeout_s)
