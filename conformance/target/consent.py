"""Consent to sending: another machine than this one only with `--live`, by https, and to a host that a file allows."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from conformance.core.errors import UsageError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.target.model import NOT_IN_A_NAME, is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.target.model import Target


_NAME: Final = lazy_pattern(r"[a-z0-9._-]+")


def check_consent(target: Target, *, live: bool) -> None:
    """Return when requests may be sent to the endpoint and the states URL of a target, and for its credentials.

    Args:
        target: The target, with the options laid over it.
        live: `--live`.

    Raises:
        UsageError: For a URL elsewhere than on this machine without `--live`, without https, or with a host that is not
            on the list of the target file.
    """
    for url in (target.endpoint, target.states_url):
        if url is None or is_loopback(url):
            continue
        if not live:
            raise UsageError(f"{url} is not on this machine", hint="add --live to send requests to it all the same")
        parts = urlsplit(url)
        if parts.scheme != "https":
            raise UsageError(f"{url} is not an https URL", hint="another machine is spoken to by https alone")
        if not is_allowed(parts.hostname or "", target.allowed_hosts):
            raise not_allowed(parts.hostname or "")
    for source in target.sources.values():
        if source.host is None or is_loopback(f"https://{source.host}"):
            continue
        host = urlsplit(f"https://{source.host}").hostname or ""
        use = f"the credentials of {source} come from there"
        if not live:
            raise UsageError(f"{host} is not on this machine, and {use}", hint="add --live to ask there all the same")
        if not is_allowed(host, target.allowed_hosts):
            raise not_allowed(host, use)


def needs_live(target: Target) -> list[str]:
    """Return what of a target is not on this machine: URLs, and hosts that credentials come from."""
    urls = [url for url in (target.endpoint, target.states_url) if url is not None and not is_loopback(url)]
    hosts = (source.host for source in target.sources.values())
    return list(dict.fromkeys([*urls, *(host for host in hosts if host and not is_loopback(f"https://{host}"))]))


def is_allowed(host: str, hosts: Iterable[str]) -> bool:
    """Return whether a host is one of a list, in whatever form either is written."""
    try:
        return plain_host(host) in {plain_host(each) for each in hosts}
    except ValueError:
        return False


def not_allowed(host: str, use: str = "") -> UsageError:
    """Return the fault of a host that no list allows.

    Args:
        host: The host.
        use: What it is needed for, when it is not that of a URL that the user gave.
    """
    return UsageError(
        f"{host} is not on the list allowed_hosts of a target file{f', and {use}' if use else ''}",
        hint=f"name it in the file of --target: allowed_hosts: [{_written(host)}]",
    )


def plain_host(host: str) -> str:
    """Return the one form of a host in which it can be compared: lower case, IDNA, no dot at its end, short addresses.

    Raises:
        ValueError: When it is no name of a host.
    """
    if ":" not in host and NOT_IN_A_NAME.search(host):
        raise ValueError(host)
    name = host.removeprefix("[").removesuffix("]").removesuffix(".").encode("idna").decode("ascii").lower()
    return str(ip_address(name)) if _is_address(name) else name


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_host(text: str) -> bool:
    """Return whether a text is the whole name or address of a host, and no more."""
    try:
        name = plain_host(text)
    except ValueError:
        return False
    return bool(_NAME.fullmatch(name)) or _is_address(name)


def _written(host: str) -> str:
    return f"'{host}'" if ":" in host else host
