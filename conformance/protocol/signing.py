"""Signatures of Alibaba Cloud RPC requests: version 1 (HMAC-SHA1 over the parameters) and ACS3-HMAC-SHA256.

Written from the two algorithms' descriptions and not taken from an SDK: the SDKs are among what is tested.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import random
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.core.exchange import Credentials

Signature = Literal["v1", "acs3", "none"]

ALGORITHM = "ACS3-HMAC-SHA256"
_is_plain: Final = re.compile(r"[0-9A-Za-z._~-]*").fullmatch
_SECRET_NAMES: Final = frozenset(("Signature", "SecurityToken"))
_CACHED: Final = 64
"""Longer texts are encoded anew, so that they need not be kept."""

_chance: Final = random.Random()  # noqa: S311 - a nonce is used once, and no secret; the system is asked but once
os.register_at_fork(after_in_child=_chance.seed)  # or both processes would go on with the same nonces


class Stamp(Struct, frozen=True):
    """What makes a request fresh: the moment (`2026-01-31T08:00:00Z`) and a number used once."""

    timestamp: str
    nonce: str

    @classmethod
    def now(cls) -> Stamp:
        """Return the present moment and a new nonce."""
        return cls(_written(int(time.time())), f"{_chance.getrandbits(128):032x}")


@lru_cache(4)
def _written(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def percent_encode(text: str) -> str:
    """Encode for a signature (RFC 3986): letters, digits and `-_.~` stay, all else becomes `%XX` of its UTF-8."""
    return text if _is_plain(text) else quote(text, safe="-_.~")


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
    pairs = _pairs(params)
    pairs["AccessKeyId"] = f"AccessKeyId={percent_encode(credentials.access_key_id)}"
    pairs["SignatureMethod"] = "SignatureMethod=HMAC-SHA1"
    pairs["SignatureVersion"] = "SignatureVersion=1.0"
    pairs["SignatureNonce"] = f"SignatureNonce={percent_encode(stamp.nonce)}"
    pairs["Timestamp"] = _pair("Timestamp", stamp.timestamp)
    if credentials.security_token:
        pairs["SecurityToken"] = f"SecurityToken={percent_encode(credentials.security_token)}"
    # Base64 has only three characters that are to be encoded.
    signature = _sign_v1(method, pairs, credentials.access_key_secret)
    token = credentials.security_token
    secrets = (signature, token, credentials.access_key_id) if token else (signature,)
    encoded = signature.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    query = "&".join([*pairs.values(), f"Signature={encoded}"])
    return query, None if _SECRET_NAMES & params.keys() else secrets


def _pairs(params: Mapping[str, str]) -> dict[str, str]:
    """Return `name=value` as a query has it, by name."""
    # Most come again in the next request; a long text need not be kept.
    return {
        name: _pair(name, value) if len(value) <= _CACHED else f"{percent_encode(name)}={percent_encode(value)}"
        for name, value in params.items()
    }


@lru_cache(2048)
def _pair(name: str, value: str) -> str:
    return f"{percent_encode(name)}={percent_encode(value)}"


def _sign_v1(method: str, pairs: Mapping[str, str], secret: str) -> str:
    # By name, not by text: `A.1=` comes before `A.10=`, though `=` comes after `0`.
    canonical = "&".join([pairs[name] for name in sorted(pairs)])
    # Encoded once, it holds only three characters that are to be encoded.
    again = canonical.replace("%", "%25").replace("=", "%3D").replace("&", "%26")
    digest = hmac.digest(f"{secret}&".encode(), f"{method}&%2F&{again}".encode(), "sha1")
    return base64.b64encode(digest).decode()


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
