"""The signatures and tokens of requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.core.exchange import Exchange, WireRequest

_SIGNATURE: Final = re.compile(r"(?:(?<=[?&])|^)(?:Signature|SecurityToken)=([^&]*)")
_AUTHORIZATION: Final = re.compile(r"Signature=([0-9A-Za-z+/=]+)")


def signatures(exchange: Exchange) -> set[str]:
    """Return the signatures and tokens of the requests of an exchange, those that an SDK sent included."""
    return {found for request in _requests(exchange) for found in signatures_of(request)}


def _requests(exchange: Exchange) -> Iterator[WireRequest]:
    yield exchange.request
    for recorded in exchange.sdk.recorded if exchange.sdk else ():
        yield recorded.request


def signatures_of(request: WireRequest) -> Iterator[str]:
    """Yield the signatures and tokens of one request."""
    for text in (request.url.partition("?")[2], request.body.decode(errors="replace")):
        if "Signature=" in text or "SecurityToken=" in text:
            yield from map(unquote, _SIGNATURE.findall(text))
    for name, value in request.headers:
        if name.lower() == "authorization":
            yield from _AUTHORIZATION.findall(value)
