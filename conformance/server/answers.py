"""Answers of the API and their two forms on the wire, JSON and XML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

# Only built here, never parsed: the standard library is safe for that.
from xml.etree.ElementTree import Element, SubElement, tostring

from conformance.contract.message_templates import filled

if TYPE_CHECKING:
    from conformance.contract.model import ErrorCode
    from conformance.core.jsontypes import Json
    from conformance.server.request import Call

JSON_TYPE: Final = "application/json;charset=utf-8"
XML_TYPE: Final = "text/xml;charset=utf-8"
# What XML 1.0 cannot hold, even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ServedAnswer:
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


@dataclass(frozen=True, slots=True)
class Reply:
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


def to_xml(root: str, body: Mapping[str, Json]) -> bytes:
    """Return a body as an XML document: one element a field, a list as its element repeated.

    A character that XML cannot hold becomes U+FFFD.
    """
    element = Element(root)
    for name, value in body.items():
        _append(element, name, value)
    # Written by hand because ElementTree quotes the declaration in a way of its own.
    return b'<?xml version="1.0" encoding="UTF-8"?>' + tostring(element, encoding="unicode").encode()


def _append(parent: Element, name: str, value: Json) -> None:
    if isinstance(value, Mapping):
        child = SubElement(parent, name)
        for key, member in value.items():
            _append(child, key, member)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for member in value:
            _append(parent, name, member)
    else:
        SubElement(parent, name).text = _text(value)


def _text(value: str | float | bool | None) -> str:  # noqa: FBT001 - a JSON scalar, not a switch
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _NOT_XML.sub("\ufffd", str(value))
