"""Redaction: no secret, token or signature in anything that is written or shown, however it was encoded."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from html.entities import html5
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from conformance.core.exchange import WireResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.core.exchange import Credentials, Exchange

REMOVED: Final = "***"
_SIGNATURE = re.compile(r"(?:(?<=[?&])|^)(?:Signature|SecurityToken)=([^&]*)")
_PLAIN: Final = re.compile("[0-9A-Za-z]+")
_AUTHORIZATION = re.compile(r"Signature=([0-9A-Za-z+/=]+)")
_SIGNED: Final = re.compile(r"\b(Signature|SecurityToken)=[^&\s\"'<>\\]+")
"""A part of a URL that an SDK shows in a message: of a request that never arrived, there is nothing else."""


class Redactor:
    """Replaces secrets by `***` in whatever a report or a message has, in any form that a server may return them in.

    Args:
        secrets: The texts that must not appear; empty ones are ignored.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.secrets: Final = frozenset(secret for secret in secrets if secret)

    @classmethod
    def of(cls, credentials: Credentials, *exchanges: Exchange) -> Redactor:
        """Return the redactor of an account and its exchanges: secret, token, signatures, id of a real AccessKey."""
        found = {credentials.access_key_secret, credentials.security_token or ""}
        if not credentials.generated:
            found.add(credentials.access_key_id)
        return cls(found.union(*map(_signatures, exchanges)))

    def __or__(self, other: Redactor) -> Redactor:
        """Return what removes the secrets of both."""
        return Redactor(self.secrets | other.secrets)

    def text(self, text: str) -> str:
        """Return a text with every secret replaced."""
        for secret in self._longest_first:
            text = text.replace(secret, REMOVED).replace(quote(secret, safe=""), REMOVED)
            if max(_PLAIN.findall(secret), key=len, default="") in text:
                text = _any_form(secret).sub(REMOVED, text)
        if "Signature=" in text or "SecurityToken=" in text:
            text = _SIGNED.sub(rf"\1={REMOVED}", text)
        return text

    def value(self, value: object) -> object:
        """Return a JSON value with every secret in its texts and names replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(entry) for entry in value]
        if isinstance(value, dict):
            return {self.text(name): self.value(entry) for name, entry in value.items()}
        return value

    def response(self, response: WireResponse) -> WireResponse:
        """Return a response with every secret in its headers and body replaced; other bytes stay as they are."""
        body = self.text(response.body.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        headers = {name: self.text(value) for name, value in response.headers.items()}
        return WireResponse(response.status, headers, body)

    @cached_property
    def _longest_first(self) -> list[str]:
        return sorted(self.secrets, key=len, reverse=True)  # one may be a part of another


def _signatures(exchange: Exchange) -> set[str]:
    """Return the signatures and tokens of the requests of an exchange, those that an SDK sent included."""
    found: set[str] = set()
    for request in (exchange.request, *(each.request for each in (exchange.sdk.recorded if exchange.sdk else ()))):
        for text in (request.url.partition("?")[2], request.body.decode(errors="replace")):
            found.update(unquote(value) for value in _SIGNATURE.findall(text))
        for name, value in request.headers:
            if name.lower() == "authorization":
                found.update(_AUTHORIZATION.findall(value))
    return found


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
