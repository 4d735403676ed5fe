"""The target that options name: the command line and the pytest plugin share them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.target.load import apply_knobs, load_target, with_options
from conformance.target.model import Target
from conformance.transport.reachable import check_reachable, wait_until_reachable

if TYPE_CHECKING:
    from pathlib import Path


def named_target(
    *,
    endpoint: str | None,
    states_url: str | None,
    target_file: Path | None,
    signature: str | None,
    rate: float | None,
    timeout_s: float | None,
    live: bool,
    defaults: dict[str, str],
    wait_s: float = 0.0,
) -> Target | None:
    """Return the target that the options name, or `None` when they name no endpoint.

    With `wait_s` a server that does not listen yet is waited for, so many seconds.

    Raises:
        UsageError: For options that cannot be, and for credentials that are not to be had.
        TargetFileError: For a wrong target file.
        TargetError: When nothing accepts connections at the endpoint.
    """
    target = described_target(
        endpoint=endpoint,
        states_url=states_url,
        target_file=target_file,
        signature=signature,
        rate=rate,
        timeout_s=timeout_s,
        defaults=defaults,
        live=live,
    )
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


def described_target(
    *,
    endpoint: str | None,
    states_url: str | None,
    target_file: Path | None,
    signature: str | None,
    rate: float | None,
    timeout_s: float | None,
    defaults: dict[str, str],
    live: bool = True,
) -> Target | None:
    """Return the target that the options name without looking whether it is there; see `named_target`."""
    from_file = load_target(target_file) if target_file is not None else None
    target = with_options(
        from_file,
        endpoint=endpoint,
        states_url=states_url,
        signature=signature,
        rate=rate,
        timeout_s=timeout_s,
        defaults=defaults,
        live=live,
    )
    if target is None:
        apply_knobs(Target(""), signature=signature, rate=rate, timeout_s=timeout_s)
    return target
