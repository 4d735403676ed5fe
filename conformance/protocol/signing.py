"""Signatures of Alibaba Cloud RPC requests: version 1 (HMAC-SHA1 over the parameters) and ACS3-HMAC-SHA256.

Written from the two algorithms' descriptions and not taken from an SDK: the SDKs are among what is tested.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import time
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote, urlsplit

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.core.exchange import Credentials

Signature = Literal["v1", "acs3", "none"]

ALGORITHM = "ACS3-HMAC-SHA256"
_Pair = tuple[str, str]
"""A parameter as `name=value`: encoded once, as a query has it, and again, as what is signed has it."""

_is_plain: Final = re.compile(r"[0-9A-Za-z._~-]*").fullmatch
_ENCODED: Final = [chr(byte) if _is_plain(chr(byte)) else f"%{byte:02X}" for byte in range(256)]
_CACHED: Final = 64
"""Longer texts are encoded anew, so that they need not be kept."""
_MOST_KNOWN: Final = 2048
_known: Final[dict[tuple[str, str], _Pair]] = {}
"""The parameters of the latest requests: most come again in the next."""


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
    return text if _is_plain(text) else _each_encoded(text)


def _each_encoded(text: str) -> str:
    return "".join([_ENCODED[byte] for byte in text.encode()])


def encode_query(params: Mapping[str, str]) -> str:
    """Encode parameters for a query or a form, in the order given."""
    return "&".join([f"{percent_encode(name)}={percent_encode(value)}" for name, value in params.items()])


def sign_v1(method: str, params: Mapping[str, str], secret: str) -> str:
    """Return the `Signature` of version 1.

    Args:
        method: `GET` or `POST`.
        params: Every parameter of query and form, system parameters included, `Signature` not.
        secret: The AccessKey secret.
    """
    return _sign_v1(method, _pairs(params), secret)


def v1_query(
    method: str, params: Mapping[str, str], credentials: Credentials, stamp: Stamp
) -> tuple[str, tuple[str, ...] | None]:
    """Return `params`, encoded, with the system parameters and the signature of version 1 after them, and its secrets.

    These are the signature, a token, and the id of an AccessKey that comes with one; `None` when `params` has others.
    """
    token = credentials.security_token
    pairs = _pairs(params)
    pairs["AccessKeyId"] = _pair("AccessKeyId", credentials.access_key_id)
    pairs["SignatureMethod"] = _METHOD
    pairs["SignatureVersion"] = _VERSION
    pairs["SignatureNonce"] = _pair("SignatureNonce", stamp.nonce)
    moment = ("Timestamp", stamp.timestamp)
    pairs["Timestamp"] = _known.get(moment) or _noted(moment)
    if token:
        pairs["SecurityToken"] = _pair("SecurityToken", token)
    signature = _sign_v1(method, pairs, credentials.access_key_secret)
    secrets = (signature, token, credentials.access_key_id) if token else (signature,)
    # Base64 has only three characters that are to be encoded.
    encoded = signature.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    query = "&".join([once for once, _ in pairs.values()])
    others = "Signature" in params or "SecurityToken" in params
    return f"{query}&Signature={encoded}", None if others else secrets


def _pairs(params: Mapping[str, str]) -> dict[str, _Pair]:
    return {item[0]: _known.get(item) or _noted(item) for item in params.items()}


def _noted(item: tuple[str, str]) -> _Pair:
    pair = _pair(*item)
    if len(item[1]) <= _CACHED:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[item] = pair
    return pair


def _pair(name: str, value: str) -> _Pair:
    if _is_plain(name + value):
        return f"{name}={value}", f"{name}%3D{value}"
    once = f"{percent_encode(name)}={_each_encoded(value)}"
    return once, once.replace("%", "%25").replace("=", "%3D")


_METHOD: Final = _pair("SignatureMethod", "HMAC-SHA1")
_VERSION: Final = _pair("SignatureVersion", "1.0")


def _sign_v1(method: str, pairs: Mapping[str, _Pair], secret: str) -> str:
    # By name, not by text: `A.1=` comes before `A.10=`, though `=` comes after `0`.
    canonical = "%26".join([pairs[name][1] for name in sorted(pairs)])
    made = _hmac_of(secret).copy()
    made.update(f"{method}&%2F&{canonical}".encode())
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
