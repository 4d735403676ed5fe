"""Signatures of Alibaba Cloud RPC requests: version 1 (HMAC-SHA1 over the parameters) and ACS3-HMAC-SHA256.

Written from the two algorithms' descriptions and not taken from an SDK: the SDKs are among what is tested.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote, urlsplit

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.core.exchange import Credentials

Signature = Literal["v1", "acs3", "none"]

ALGORITHM = "ACS3-HMAC-SHA256"
_PLAIN: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~"
_PLAIN_OR_BETWEEN: Final = _PLAIN + b"&"
_PERCENT: Final = ord("%")
_ENCODED: Final = [(bytes([byte]), b"%%%02X" % byte) for byte in range(256)]
"""Each byte, and what stands for it in a query."""


class _Nonces:
    """Numbers of this process that are used once: none is a secret, so the system is asked for chance but once."""

    def __init__(self) -> None:
        self.begin()
        os.register_at_fork(after_in_child=self.begin)  # or both processes would go on with the same numbers

    def begin(self) -> None:
        """Begin a row of numbers that no other process has."""
        self._row = os.urandom(12).hex()
        self._numbers = count(10**7)

    def next(self) -> str:
        """Return the next number: 32 characters of hexadecimal, as long as there are less than ninety million."""
        return f"{self._row}{next(self._numbers)}"


_nonces: Final = _Nonces()


class Stamp(Struct, frozen=True):
    """What makes a request fresh: the moment (`2026-01-31T08:00:00Z`) and a number used once."""

    timestamp: str
    nonce: str

    @classmethod
    def now(cls) -> Stamp:
        """Return the present moment and a new nonce."""
        return cls(_written(int(time.time())), _nonces.next())


@lru_cache(4)
def _written(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def percent_encode(text: str) -> str:
    """Encode for a signature (RFC 3986): letters, digits and `-_.~` stay, all else becomes `%XX` of its UTF-8."""
    return _encoded(text).decode()


def encode_query(params: Mapping[str, str]) -> str:
    """Encode parameters for a query or a form, in the order given."""
    return "&".join([f"{percent_encode(name)}={percent_encode(value)}" for name, value in params.items()])


def _encoded(text: str) -> bytes:
    octets = text.encode()
    return _without(octets, set(octets.translate(None, _PLAIN)))


def _without(octets: bytes, special: set[int]) -> bytes:
    """Return bytes with what stands for those of them that are `special`."""
    if _PERCENT in special:
        octets = octets.replace(b"%", b"%25")  # first, as what stands for the others has one
    for byte in special:
        if byte != _PERCENT:
            plain, encoded = _ENCODED[byte]
            octets = octets.replace(plain, encoded)
    return octets


def _all_encoded(texts: list[str]) -> list[bytes]:
    """Return texts encoded: all at once, where none has the character that is put between them."""
    octets = "&".join(texts).encode()
    if octets.count(b"&") >= len(texts):
        return [_encoded(text) for text in texts]
    return _without(octets, set(octets.translate(None, _PLAIN_OR_BETWEEN))).split(b"&")


def sign_v1(method: str, params: Mapping[str, str], secret: str) -> str:
    """Return the `Signature` of version 1.

    Args:
        method: `GET` or `POST`.
        params: Every parameter of query and form, system parameters included, `Signature` not.
        secret: The AccessKey secret.
    """
    return _sign_v1(method, encode_query({name: params[name] for name in sorted(params)}).encode(), secret)


class _Template(Struct, frozen=True):
    """Parameters without those of their values that another request need not have.

    Attributes:
        text: The parameters, encoded, with `%b` for each such value.
        values: Picks them from all.
    """

    text: bytes
    values: Callable[[list[bytes]], tuple[bytes, ...]]


class _Form(Struct, frozen=True):
    """What queries have in common that are for one operation, with parameters of the same names.

    Attributes:
        query: The query without its signature.
        ordered: The same in the order in which it is signed.
        shows_secrets: Whether its parameters may have secrets beside those of the signature.
    """

    query: _Template
    ordered: _Template
    shows_secrets: bool


def v1_query(
    method: str,
    call: tuple[str, str],
    form: str,
    params: Mapping[str, str],
    *,
    credentials: Credentials,
    stamp: Stamp,
) -> tuple[str, tuple[str, ...] | None]:
    """Return the parameters of a request with the signature of version 1, encoded, and its secrets.

    These are the signature, a token, and the id of an AccessKey that comes with one; `None` when `params` has others.

    Args:
        method: `GET` or `POST`.
        call: (operation, version).
        form: `JSON` or `XML`.
        params: The operation's parameters.
        credentials: The AccessKey.
        stamp: Moment and nonce.
    """
    token = credentials.security_token
    values = [*params.values(), credentials.access_key_id, stamp.nonce, stamp.timestamp]
    if token:
        values.append(token)
    parts = _all_encoded(values)
    common = _form_of(call, form, tuple(params), bool(token))
    ordered, query = common.ordered, common.query
    signature = _sign_v1(method, ordered.text % ordered.values(parts), credentials.access_key_secret)
    secrets = (signature, token, credentials.access_key_id) if token else (signature,)
    # Base64 has only three characters that are to be encoded.
    encoded = signature.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    text = (query.text % query.values(parts)).decode()
    return f"{text}&Signature={encoded}", None if common.shows_secrets else secrets


@lru_cache(256)
def _form_of(call: tuple[str, str], form: str, names: tuple[str, ...], with_token: bool) -> _Form:  # noqa: FBT001 - cached
    """Return the form of a query; the values are those of `names`, AccessKeyId, nonce, moment, and token if any."""
    action, version = call
    count = len(names)
    # A text, or the place of a value: where a name comes twice, the last counts.
    params: dict[str, str | int] = {"Action": action, "Version": version, "Format": form}
    params |= {name: place for place, name in enumerate(names)}
    params |= {"AccessKeyId": count, "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0"}
    params |= {"SignatureNonce": count + 1, "Timestamp": count + 2}
    if with_token:
        params["SecurityToken"] = count + 3
    pairs = _pairs(params)
    # By name, not by text: `A.1=` comes before `A.10=`, though `=` comes after `0`.
    ordered = {name: pairs[name] for name in sorted(pairs)}
    return _Form(_template(pairs), _template(ordered), "Signature" in names or "SecurityToken" in names)


def _pairs(params: Mapping[str, str | int]) -> dict[str, tuple[bytes, int | None]]:
    """Return each parameter as a template has it, and the place of its value."""
    texts = _all_encoded(["" if isinstance(value, int) else value for value in params.values()])
    pairs: dict[str, tuple[bytes, int | None]] = {}
    for (name, value), encoded, text in zip(params.items(), _all_encoded([*params]), texts, strict=True):
        pair = (encoded + b"=" + text).replace(b"%", b"%%")
        pairs[name] = (pair + b"%b", value) if isinstance(value, int) else (pair, None)
    return pairs


def _template(pairs: Mapping[str, tuple[bytes, int | None]]) -> _Template:
    places = [place for _, place in pairs.values() if place is not None]
    return _Template(b"&".join([pair for pair, _ in pairs.values()]), itemgetter(*places))


def _sign_v1(method: str, ordered: bytes, secret: str) -> str:
    # What is encoded is plain, but for these.
    canonical = ordered.replace(b"%", b"%25").replace(b"=", b"%3D").replace(b"&", b"%26")
    made = _hmac_of(secret).copy()
    made.update(method.encode() + b"&%2F&" + canonical)
    return base64.b64encode(made.digest()).decode()


@lru_cache(16)
def _hmac_of(secret: str) -> hmac.HMAC:
    """Return what signs with a secret, set up: to look for its algorithm takes longer than to sign with it."""
    return hmac.new(f"{secret}&".encode(), digestmod="sha1")


def acs3_signature(method: str, url: str, headers: Mapping[str, str], body: bytes, secret: str) -> tuple[str, str]:
    """Return (the signed header names joined by `;`, the signature in hexadecimal).

    Args:
        method: `GET` or `POST`.
        url: The whole URL; its query is taken as encoded.
        headers: Every header to sign, names in lower case; must hold `x-acs-content-sha256`.
        body: The body, whose hash the headers carry.
        secret: The AccessKey secret.
    """
    parts = urlsplit(url)
    names = ";".join(sorted(headers))
    # By name, not by text: `A.1=` comes before `A.10=`, though `=` comes after `0`.
    pairs = sorted(parts.query.split("&"), key=lambda pair: [unquote(part) for part in pair.split("=", 1)])
    canonical = "\n".join(
        [
            method,
            parts.path or "/",
            "&".join(pairs),
            "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers)),
            names,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return names, hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def acs3_headers(
    method: str,
    url: str,
    body: bytes,
    *,
    action: str,
    version: str,
    extra: Mapping[str, str],
    credentials: Credentials,
    stamp: Stamp,
) -> dict[str, str]:
    """Return the headers of an ACS3 request: `extra`, action, version, date, nonce, content hash, `Authorization`."""
    headers = {
        **extra,
        "host": urlsplit(url).netloc,
        "x-acs-action": action,
        "x-acs-version": version,
        "x-acs-date": stamp.timestamp,
        "x-acs-signature-nonce": stamp.nonce,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
    }
    if credentials.security_token:
        headers["x-acs-security-token"] = credentials.security_token
    names, signature = acs3_signature(method, url, headers, body, credentials.access_key_secret)
    authorization = f"{ALGORITHM} Credential={credentials.access_key_id},SignedHeaders={names},Signature={signature}"
    return {**headers, "Authorization": authorization}
