"""The form of an exchange in a report, with everything secret taken out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.targets.model import Credentials, Exchange

REMOVED: Final = "***"
MAX_TEXT: Final = 20_000
_SIGNATURE = re.compile(r"(?:(?<=[?&])|^)(?:Signature|SecurityToken)=([^&]*)")
_AUTHORIZATION = re.compile(r"Signature=([0-9A-Za-z+/=]+)")


def secrets_of(exchange: Exchange, credentials: Credentials) -> list[str]:
    """Return every text that must not appear in a report: secret, token, signature, the id of a real AccessKey."""
    found = {credentials.access_key_secret}
    if credentials.security_token:
        found.add(credentials.security_token)
    if not credentials.generated:
        found.add(credentials.access_key_id)
    for text in (exchange.request.url.partition("?")[2], exchange.request.body.decode(errors="replace")):
        found.update(unquote(value) for value in _SIGNATURE.findall(text))
    for name, value in exchange.request.headers:
        if name.lower() == "authorization":
            found.update(_AUTHORIZATION.findall(value))
    return sorted((secret for secret in found if secret), key=len, reverse=True)


def remove(text: str, secrets: Iterable[str]) -> str:
    """Return `text` with every secret, plain or percent-encoded, replaced by `***`."""
    for secret in secrets:
        for form in {secret, quote(secret, safe=""), quote(secret, safe="-_.~"), quote_plus(secret)}:
            text = text.replace(form, REMOVED)
    return text


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
        "failure": exchange.failure,
        "elapsed_ms": round(exchange.elapsed_ms, 3),
    }
