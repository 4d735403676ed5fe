"""The form of an exchange in a report, with everything secret taken out."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from html.entities import html5
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from conformance.core.exchange import WireResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.core.exchange import Credentials, Exchange

REMOVED: Final = "***"
MAX_TEXT: Final = 20_000
_SIGNATURE = re.compile(r"(?:(?<=[?&])|^)(?:Signature|SecurityToken)=([^&]*)")
_PLAIN: Final = re.compile("[0-9A-Za-z]+")
_AUTHORIZATION = re.compile(r"Signature=([0-9A-Za-z+/=]+)")
_SIGNED: Final = re.compile(r"\b(Signature|SecurityToken)=[^&\s\"'<>\\]+")
"""As a part of a URL that an SDK shows in a message: of a request that never arrived, nothing else is known."""


def secrets_of(exchange: Exchange | None, credentials: Credentials) -> list[str]:
    """Return every text that must not appear in a report: secret, token, signature, the id of a real AccessKey."""
    found = {credentials.access_key_secret}
    if credentials.security_token:
        found.add(credentials.security_token)
    if not credentials.generated:
        found.add(credentials.access_key_id)
    if exchange is None:
        return list(found)
    requests = [exchange.request, *(each.request for each in (exchange.sdk.recorded if exchange.sdk else ()))]
    for request in requests:
        for text in (request.url.partition("?")[2], request.body.decode(errors="replace")):
            found.update(unquote(value) for value in _SIGNATURE.findall(text))
        for name, value in request.headers:
            if name.lower() == "authorization":
                found.update(_AUTHORIZATION.findall(value))
    return [secret for secret in found if secret]


def remove(text: str, secrets: Iterable[str]) -> str:
    """Return `text` with every secret replaced by `***`, in any form that a server may give it back in."""
    for secret in sorted(secrets, key=len, reverse=True):  # one may be a part of another
        text = text.replace(secret, REMOVED).replace(quote(secret, safe=""), REMOVED)
        if max(_PLAIN.findall(secret), key=len, default="") in text:
            text = _any_form(secret).sub(REMOVED, text)
    if "Signature=" in text or "SecurityToken=" in text:
        text = _SIGNED.sub(rf"\1={REMOVED}", text)
    return text


@lru_cache(256)
def _any_form(secret: str) -> re.Pattern[str]:
    """Return what finds a secret however often it was percent-encoded, and escaped for JSON or HTML."""
    return re.compile("".join(c if _PLAIN.match(c) else _any_form_of(c) for c in secret))


def _any_form_of(character: str) -> str:
    octets = "".join(f"%(?:25)*(?i:{octet:02x})" for octet in character.encode(errors="surrogatepass"))
    code = ord(character)
    named = "|".join(f"&{name}" for name, meant in html5.items() if meant == character and name.endswith(";"))
    forms = [rf"\\*{re.escape(character)}", octets, rf"\\+u(?i:{code:04x})", f"&#0*{code};", f"&#[xX]0*(?i:{code:x});"]
    forms += [named] if named else []
    forms += [r"\+"] if character == " " else []
    return f"(?:{'|'.join(forms)})"


def remove_from_value(value: Any, secrets: Iterable[str]) -> Any:
    """Return a JSON value with every secret in its texts and names replaced by `***`."""
    if isinstance(value, str):
        return remove(value, secrets)
    if isinstance(value, list):
        return [remove_from_value(entry, secrets) for entry in value]
    if isinstance(value, dict):
        return {remove(name, secrets): remove_from_value(entry, secrets) for name, entry in value.items()}
    return value


def remove_from_response(response: WireResponse, secrets: Iterable[str]) -> WireResponse:
    """Return an answer with every secret in its headers and body replaced by `***`; other bytes stay as they are."""
    body = remove(response.body.decode(errors="surrogateescape"), secrets).encode(errors="surrogateescape")
    headers = {name: remove(value, secrets) for name, value in response.headers.items()}
    return WireResponse(response.status, headers, body)


def record(exchange: Exchange, credentials: Credentials) -> dict[str, Any]:
    """Return an exchange as `report.json` has it: request, response (`None` if there was none), failure, time."""
    secrets = secrets_of(exchange, credentials)

    def clean(text: str) -> str:
        text = remove(text, secrets)
        return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}… ({len(text)} characters)"

    request = exchange.request
    response = exchange.response
    return {
        "request": {
            "operation": exchange.operation,
            "params": {name: clean(value) for name, value in exchange.params.items()},
            "method": request.method,
            "url": clean(request.url),
            "headers": {name: clean(value) for name, value in request.headers},
            "body": clean(request.body.decode(errors="replace")),
        },
        "response": response
        and {
            "status": response.status,
            "headers": {name: clean(value) for name, value in response.headers.items()},
            "body": clean(response.body.decode(errors="replace")),
        },
        "failure": exchange.failure and clean(exchange.failure),
        "elapsed_ms": round(exchange.elapsed_ms, 3),
    }


def digest(exchange: Exchange) -> dict[str, Any]:
    """Return what `report.json` has of an exchange that went as promised: enough to know it again in a capture."""
    response = exchange.response
    return {
        "digest": {
            "operation": exchange.operation,
            "method": exchange.request.method,
            "status": response and response.status,
            "bytes": response and len(response.body),
            "sha256": response and hashlib.sha256(response.body).hexdigest(),
        },
        "elapsed_ms": round(exchange.elapsed_ms, 3),
    }
