"""From a call (operation, parameters, transport) to the request on the wire, and to a `curl` line for a person."""

from __future__ import annotations

import shlex
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from conformance.core.exchange import NO_CODING, WireRequest
from conformance.protocol.signing import Stamp, acs3_headers, encode_query, v1_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.model import Transport
    from conformance.core.exchange import Credentials
    from conformance.protocol.signing import Signature

FORM: Final = "application/x-www-form-urlencoded"
ACCEPT: Final = {"JSON": "application/json", "XML": "text/xml"}
USER_AGENT: Final = "acs-conformance"
REGION: Final = "RegionId"
"""The parameter of the region, which every operation has."""


def build_request(
    endpoint: str,
    call: tuple[str, str],
    params: Mapping[str, str],
    transport: Transport,
    *,
    signature: Signature,
    credentials: Credentials,
    stamp: Stamp | None = None,
    extra_headers: Mapping[str, str] | None = None,
) -> WireRequest:
    """Return the request for a call, signed.

    Args:
        endpoint: Scheme, host, port and perhaps a path.
        call: (operation, version).
        params: The operation's parameters, flat.
        transport: Verb, place of the parameters, format; its own signature, if it has one, wins.
        signature: How the target wants requests signed.
        credentials: The AccessKey; with `none` only its id is sent.
        stamp: Moment and nonce; the present ones unless given.
        extra_headers: Headers beside those of the protocol.
    """
    action, version = call
    kind = transport.signature or signature
    stamp = stamp or Stamp.now()
    secrets: tuple[str, ...] | None = None
    if kind == "acs3":
        encoded = encode_query({"Format": transport.format, **params})
    elif kind == "v1":
        encoded, secrets = v1_query(
            transport.method, call, transport.format, params, credentials=credentials, stamp=stamp
        )
    else:
        everything = {"Action": action, "Version": version, "Format": transport.format, **params}
        encoded = encode_query({**everything, "AccessKeyId": credentials.access_key_id})
    url, body = _place(endpoint, encoded, transport)
    content = ("content-type", FORM) if transport.place == "form" else None
    extra = tuple(extra_headers.items()) if extra_headers else ()
    headers = _headers(transport.format, extra, None if kind == "acs3" else content)
    if kind == "acs3":
        signed = acs3_headers(
            transport.method,
            url,
            body,
            action=action,
            version=version,
            extra=dict([content] if content else ()),
            credentials=credentials,
            stamp=stamp,
        )
        headers = tuple({**dict(headers), **signed}.items())
    return WireRequest(transport.method, url, headers, body, secrets)


@lru_cache(64)
def _headers(
    form: str, extra: tuple[tuple[str, str], ...], content: tuple[str, str] | None
) -> tuple[tuple[str, str], ...]:
    """Return the headers that requests of a kind have in common, as one object."""
    headers = dict((("Accept", ACCEPT[form]), NO_CODING, ("User-Agent", USER_AGENT), *extra))
    headers |= [content] if content else []
    return tuple(headers.items())


def _place(endpoint: str, encoded: str, transport: Transport) -> tuple[str, bytes]:
    url = endpoint if "/" in endpoint.partition("://")[2] else f"{endpoint}/"
    if transport.place == "form":
        return url, (encoded.replace("%20", "+") if transport.spaces == "plus" else encoded).encode()
    return f"{url}?{encoded}", b""


def curl_line(
    endpoint: str,
    call: tuple[str, str],
    params: Mapping[str, str],
    transport: Transport,
    access_key_id: str,
) -> str:
    """Return a `curl` line that sends the same parameters the same way, and shows the status of the answer.

    Unsigned: a signature would be stale.
    """
    everything = {
        "Action": call[0],
        "Version": call[1],
        "Format": transport.format,
        "AccessKeyId": access_key_id,
        **params,
    }
    url, body = _place(endpoint, encode_query(everything), transport)
    words = ["curl", "-sSi", "-X", transport.method, url]
    if body:
        words += ["--data", body.decode()]
    return shlex.join(words)
