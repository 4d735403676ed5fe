"""Answers of the API and their two forms on the wire, JSON and XML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.contract.message_templates import filled
from conformance.contract.xmlwriter import to_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import ErrorCode
    from conformance.core.jsontypes import Json
    from conformance.server.request import Call

JSON_TYPE: Final = "application/json;charset=utf-8"
XML_TYPE: Final = "text/xml;charset=utf-8"


class ServedAnswer(Struct, frozen=True):
    """What the API answers, before it has a form.

    Attributes:
        status: The HTTP status.
        root: The name of the root element in XML: `<Operation>Response`, `Error`.
        body: The fields.
        refusal: The row that the answer came from, for an error.
    """

    status: int
    root: str
    body: Mapping[str, Json]
    refusal: ErrorCode | None = None


class Reply(Struct, frozen=True):
    """An answer as it goes out."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def refuse(row: ErrorCode, call: Call, request_id: str, product: str) -> ServedAnswer:
    """Build the envelope of an error: RequestId, HostId, Code, Message, Recommend, which names the product."""
    body = {
        "RequestId": request_id,
        "HostId": call.host,
        "Code": row.code,
        "Message": filled(row.message) or row.code,  # an error has a text, also where the document has none
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={row.code}&product={product}&requestId={request_id}",
    }
    return ServedAnswer(row.status, "Error", body, row)


def render(answer: ServedAnswer, call: Call) -> Reply:
    """Give an answer the form that the call asks for: XML when `Format` is XML in any case, else JSON."""
    if (call.value("Format") or "").upper() == "XML":
        return Reply(answer.status, to_xml(answer.root, answer.body), {"content-type": XML_TYPE})
    return Reply(answer.status, to_json(answer.body), {"content-type": JSON_TYPE})


def to_json(body: Json) -> bytes:
    """Return a body as JSON, in UTF-8. Half a surrogate pair, which UTF-8 has no bytes for, becomes `?`."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
