"""The fields of an answer as XML, as the API writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

# Only built here, never parsed: the standard library is safe for that.
from xml.etree.ElementTree import Element, SubElement, tostring

if TYPE_CHECKING:
    from conformance.core.jsontypes import Json

# What XML 1.0 cannot hold, even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
