"""Consent to sending: another machine than this one only with `--live`, by https, and to a host that a file allows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.core.errors import UsageError
from conformance.target.model import is_loopback

if TYPE_CHECKING:
    from conformance.target.model import Target


def check_consent(target: Target, *, live: bool) -> None:
    """Return when requests may be sent to the endpoint and the states URL of a target.

    Args:
        target: The target, with the options laid over it.
        live: `--live`.

    Raises:
        UsageError: For a URL elsewhere than on this machine without `--live`, without https, or with a host that is not
            on the list of the target file.
    """
    allowed = {plain_host(host) for host in target.allowed_hosts}
    for url in (target.endpoint, target.states_url):
        if url is None or is_loopback(url):
            continue
        if not live:
            raise UsageError(f"{url} is not on this machine", hint="add --live to send requests to it all the same")
        parts = urlsplit(url)
        if parts.scheme != "https":
            raise UsageError(f"{url} is not an https URL", hint="another machine is spoken to by https alone")
        host = parts.hostname or ""
        if plain_host(host) not in allowed:
            raise UsageError(
                f"{host} is not on the list allowed_hosts of a target file",
                hint=f"name it in the file of --target: allowed_hosts: [{_written(host)}]",
            )


def plain_host(host: str) -> str:
    """Return the one form of a host name in which it can be compared: lower case, IDNA, no dot at its end.

    Raises:
        ValueError: When it is no name of a host.
    """
    return host.strip("[]").removesuffix(".").encode("idna").decode("ascii").lower()


def _written(host: str) -> str:
    return f"'{host}'" if ":" in host else host
