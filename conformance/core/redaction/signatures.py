"""The signatures and tokens of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.core.exchange import Exchange, WireRequest

_SIGNATURE: Final = lazy_pattern(r"(?:(?<=[?&])|^)(?:Signature|SecurityToken)=([^&]*)")
_AUTHORIZATION: Final = lazy_pattern(r"Signature=([0-9A-Za-z+/=]+)")
_KEY_ID: Final = lazy_pattern(r"(?:(?<=[?&])|^)AccessKeyId=([^&]*)")
_CREDENTIAL: Final = lazy_pattern(r"Credential=([^,/\s]+)")


def signatures(exchange: Exchange) -> set[str]:
    """Return the signatures and tokens of the requests of an exchange, those that an SDK sent included."""
    return {found for request in _requests(exchange) for found in signatures_of(request)}


def _requests(exchange: Exchange) -> Iterator[WireRequest]:
    yield exchange.request
    for recorded in exchange.sdk.recorded if exchange.sdk else ():
        yield recorded.request


def signatures_of(request: WireRequest) -> Iterator[str]:
    """Yield the signatures and tokens of one request, and the id of an AccessKey that came with a token."""
    if request.secrets is not None:
        yield from request.secrets
        return
    headers = {name.lower(): value for name, value in request.headers}
    authorization = headers.get("authorization", "")
    yield from _AUTHORIZATION.findall(authorization)
    if token := headers.get("x-acs-security-token"):
        yield token
        yield from _CREDENTIAL.findall(authorization)
    for text in (request.url.partition("?")[2], request.body.decode(errors="replace")):
        if "Signature=" in text or "SecurityToken=" in text:
            yield from map(unquote, _SIGNATURE.findall(text))
        if "SecurityToken=" in text:
            yield from map(unquote, _KEY_ID.findall(text))
