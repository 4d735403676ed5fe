"""The protocol's own parameters and headers by the way to sign, for descriptions that other tools read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.contract.export.call_form import CallForm, CommonParameter, OperationMark
from conformance.protocol.signing import ALGORITHM

if TYPE_CHECKING:
    from conformance.protocol.signing import Signature

MARK: Final = OperationMark(parameter="Action", header="x-acs-action", format="Format")
"""Where a request names its operation: in the query, in the form, or in the header of ACS3."""

_MOMENT: Final = "2026-01-31T08:00:00Z"
_ONCE: Final = "0f8fad5bd9cb469fa16570867728950e"
_FORMAT: Final = CommonParameter(
    "Format", "The format of the answer.", required=False, values=("JSON", "XML"), default="JSON"
)
_RPC: Final = (
    CommonParameter("Action", "The operation.", fixed="operation"),
    CommonParameter("Version", "The version of the API.", fixed="version"),
    _FORMAT,
)
_KEY: Final = CommonParameter("AccessKeyId", "The id of the AccessKey that signs.", example="LTAI0000000000000000")
_TOKEN: Final = "The token of temporary credentials."  # noqa: S105 - a sentence

_FORMS: Final[dict[Signature, CallForm]] = {
    "v1": CallForm(
        (
            *_RPC,
            _KEY,
            CommonParameter("SignatureMethod", "The algorithm of the signature.", values=("HMAC-SHA1",)),
            CommonParameter("SignatureVersion", "The version of the signature.", values=("1.0",)),
            CommonParameter("SignatureNonce", "A text that is used once.", example=_ONCE),
            CommonParameter("Timestamp", "The moment of signing, in UTC.", example=_MOMENT, format="date-time"),
            CommonParameter("SecurityToken", _TOKEN, required=False),
        ),
        CommonParameter(
            "Signature", "HMAC-SHA1 over all other parameters, in Base64.", example="AAAAAAAAAAAAAAAAAAAAAAAAAAA="
        ),
        "SignatureVersion1",
    ),
    "acs3": CallForm(
        (
            _FORMAT,
            CommonParameter("x-acs-action", "The operation.", "header", fixed="operation"),
            CommonParameter("x-acs-version", "The version of the API.", "header", fixed="version"),
            CommonParameter(
                "x-acs-date", "The moment of signing, in UTC.", "header", example=_MOMENT, format="date-time"
            ),
            CommonParameter("x-acs-signature-nonce", "A text that is used once.", "header", example=_ONCE),
            CommonParameter("x-acs-content-sha256", "SHA-256 of the body, in hexadecimal.", "header", example="0" * 64),
            CommonParameter("x-acs-security-token", _TOKEN, "header", required=False),
        ),
        CommonParameter(
            "Authorization", f"{ALGORITHM} over the request: Credential, SignedHeaders, Signature.", "header"
        ),
        ALGORITHM,
    ),
    "none": CallForm((*_RPC, _KEY), None, "none"),
}


def call_form(signature: Signature) -> CallForm:
    """Return what every call has that is signed in this way."""
    return _FORMS[signature]
