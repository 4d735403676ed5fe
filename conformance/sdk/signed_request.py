"""A request as an SDK signed it, and what is wrong with that: version 1 (HMAC-SHA1) and ACS3-HMAC-SHA256. Pure.

Written from the algorithms' descriptions, with nothing of an SDK: an SDK's own code would share its faults. The request
is decoded first and brought into the canonical form here, because SDKs encode a space or an asterisk in their own ways.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus, urlsplit

from msgspec import Struct

from conformance.protocol.signing import ALGORITHM, acs3_signature, percent_encode, sign_v1

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.core.exchange import Credentials, WireRequest

COMMON: Final = frozenset(
    {
        "Action",
        "Version",
        "Format",
        "AccessKeyId",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureType",
        "SignatureVersion",
        "SecurityToken",
        "Timestamp",
    }
)
"""The common parameters of an RPC request, which belong to the protocol and not to the operation."""

FORM: Final = "application/x-www-form-urlencoded"
FRESH_S: Final = 15 * 60
"""How far a timestamp may be from the moment of arrival: what the gateways of RPC services allow, in seconds."""

_AUTHORIZATION: Final = re.compile(
    r"(?P<algorithm>\S+)\s+Credential=(?P<key>[^,\s]*),\s*SignedHeaders=(?P<names>[^,\s]*),\s*Signature=(?P<signature>\S*)"
)
_MUST_BE_SIGNED: Final = (
    "host",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
)
_TIMESTAMP: Final = "%Y-%m-%dT%H:%M:%S%z"


class SignatureProblem(Struct, frozen=True):
    """One thing that is wrong with a signature.

    Attributes:
        where: What it is of: `request.Signature`, `request.headers.x-acs-date`.
        expected: What was expected, for a person.
        observed: What was observed; `None` for nothing. Never the value of a secret.
    """

    where: str
    expected: str
    observed: str | None


class SignedRequest(Struct, frozen=True):
    """A request, decoded.

    Attributes:
        algorithm: `v1`, `acs3` or `none`.
        action: The operation called, empty when it names none.
        version: The version of the API.
        params: The operation's parameters, decoded, in their order; common parameters are left out.
        nonce: The number used once; empty when there is none.
        problems: What is wrong with the signature and its parts.
    """

    algorithm: str
    action: str
    version: str
    params: Mapping[str, str]
    nonce: str
    problems: tuple[SignatureProblem, ...]


def read_signed(request: WireRequest, credentials: Credentials, received_at: float) -> SignedRequest:
    """Decode a request and verify its signature.

    Args:
        request: The request as it arrived.
        credentials: The AccessKey it must be signed with.
        received_at: When it arrived, in seconds since the epoch.

    Returns:
        Its parts, and what is wrong with its signature.
    """
    headers = {name.lower(): value for name, value in request.headers}
    pairs = _pairs(urlsplit(request.url).query)
    if headers.get("content-type", FORM).partition(";")[0].strip().lower() == FORM:
        pairs += _pairs(request.body.decode("latin-1"))
    every = dict(pairs)
    params = {name: value for name, value in pairs if name not in COMMON}
    problems = [
        SignatureProblem(f"request.{name}", "sent once", f"sent {count} times")
        for name, count in Counter(name for name, _ in pairs).items()
        if count > 1
    ]
    if "authorization" in headers:
        algorithm, nonce = "acs3", headers.get("x-acs-signature-nonce", "")
        action, version = headers.get("x-acs-action", ""), headers.get("x-acs-version", "")
        problems += _acs3_problems(request, headers, pairs, credentials)
        problems += _freshness("request.headers.x-acs-date", headers.get("x-acs-date"), received_at)
    else:
        algorithm, nonce = ("v1" if "Signature" in every else "none"), every.get("SignatureNonce", "")
        action, version = every.get("Action", ""), every.get("Version", "")
        problems += _v1_problems(request.method, every, credentials)
        problems += _freshness("request.Timestamp", every.get("Timestamp"), received_at)
    if not nonce:
        problems.append(SignatureProblem("request.nonce", "a number used once", None))
    return SignedRequest(algorithm, action, version, params, nonce, tuple(problems))


def _pairs(text: str) -> list[tuple[str, str]]:
    # `+` is a space in a form and in the query of an HTML form, and a plus that is meant is `%2B` everywhere.
    pairs = [pair.partition("=") for pair in text.split("&") if pair]
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def _decoded(text: str) -> str:
    return unquote_plus(text)


def _v1_problems(method: str, every: Mapping[str, str], credentials: Credentials) -> list[SignatureProblem]:
    problems = [
        SignatureProblem(f"request.{name}", value, every.get(name))
        for name, value in (("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0"))
        if every.get(name) != value
    ]
    if every.get("AccessKeyId") != credentials.access_key_id:
        problems.append(
            SignatureProblem(
                "request.AccessKeyId", "the AccessKey of the call", "another" if "AccessKeyId" in every else None
            )
        )
    if every.get("SecurityToken") != credentials.security_token:
        problems.append(_token_problem("request.SecurityToken", every.get("SecurityToken"), credentials))
    if "Signature" not in every:
        return [*problems, SignatureProblem("request.Signature", "a signature", None)]
    unsigned = {name: value for name, value in every.items() if name != "Signature"}
    right = sign_v1(method, unsigned, credentials.access_key_secret)
    if not hmac.compare_digest(right.encode(), every["Signature"].encode()):
        problems.append(SignatureProblem("request.Signature", "the signature of this request", "another"))
    return problems


def _acs3_problems(
    request: WireRequest, headers: Mapping[str, str], pairs: Sequence[tuple[str, str]], credentials: Credentials
) -> list[SignatureProblem]:
    where = "request.headers.Authorization"
    parsed = _AUTHORIZATION.fullmatch(headers["authorization"].strip())
    if parsed is None:
        return [SignatureProblem(where, f"{ALGORITHM} Credential=, SignedHeaders=, Signature=", "another form")]
    problems: list[SignatureProblem] = []
    if parsed["algorithm"] != ALGORITHM:
        problems.append(SignatureProblem(where, ALGORITHM, parsed["algorithm"]))
    if parsed["key"] != credentials.access_key_id:
        problems.append(SignatureProblem(where, "the AccessKey of the call", "another"))
    if headers.get("x-acs-security-token") != credentials.security_token:
        problems.append(
            _token_problem("request.headers.x-acs-security-token", headers.get("x-acs-security-token"), credentials)
        )
    names = parsed["names"].split(";")
    must = [*_MUST_BE_SIGNED, *(["x-acs-security-token"] if credentials.security_token else [])]
    problems += [
        SignatureProblem(f"request.headers.{name}", "signed", "not signed") for name in must if name not in names
    ]
    problems += [
        SignatureProblem(f"request.headers.{name}", "sent, because it is signed", None)
        for name in names
        if name not in headers
    ]
    if headers.get("x-acs-content-sha256") != hashlib.sha256(request.body).hexdigest():
        problems.append(SignatureProblem("request.headers.x-acs-content-sha256", "the hash of the body", "another"))
    signed = {name: headers[name] for name in names if name in headers}
    # Encoded again, as the canonical form has it: unreserved characters stay, all else is %XX (RFC 3986).
    in_query = pairs[: len(_pairs(urlsplit(request.url).query))]
    query = "&".join(f"{percent_encode(name)}={percent_encode(value)}" for name, value in in_query)
    base = request.url.partition("?")[0]
    _, right = acs3_signature(request.method, f"{base}?{query}", signed, request.body, credentials.access_key_secret)
    if not hmac.compare_digest(right.encode(), parsed["signature"].encode()):
        problems.append(SignatureProblem(where, "the signature of this request", "another"))
    return problems


def _token_problem(where: str, observed: str | None, credentials: Credentials) -> SignatureProblem:
    expected = "none" if credentials.security_token is None else "the token of the call"
    return SignatureProblem(where, expected, None if observed is None else "another")


def _freshness(where: str, text: str | None, received_at: float) -> list[SignatureProblem]:
    try:
        moment = datetime.strptime(text or "", _TIMESTAMP).timestamp()  # noqa: DTZ007 - %z refuses a naive moment
    except ValueError:
        return [SignatureProblem(where, "a moment such as 2026-01-31T08:00:00Z", text)]
    if abs(moment - received_at) > FRESH_S:
        return [SignatureProblem(where, f"within {FRESH_S // 60} minutes of its arrival", text)]
    return []
