"""From the bytes of an answer to its fields, in JSON or XML."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from conformance.core.exchange import WireResponse

GATEWAY_STATUSES: Final = (429, 502, 503, 504)
"""The statuses with which a gateway, and not the API behind it, may answer in its own form (RFC 9110, RFC 6585)."""

_SHOWN: Final = 80
_DEEPEST: Final = 50
_HALF_PAIR: Final = re.compile("[\ud800-\udfff]")


class NotAnAnswerError(Exception):
    """The answer is none of an RPC operation.

    Args:
        text: What it is instead, for a person.
        elsewhere: Whether it need not come from the API itself: a redirect, or a page of a gateway.
    """

    def __init__(self, text: str, *, elsewhere: bool = False) -> None:
        super().__init__(text)
        self.elsewhere = elsewhere


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, read.

    Attributes:
        status: The HTTP status.
        media_type: The `Content-Type` without parameters, lower-case; empty when there is none.
        format: `JSON` or `XML`: what the body is.
        body: Its fields. XML gives text only; an element that repeats gives a list.
        root: The name of the root element, for XML.
    """

    status: int
    media_type: str
    format: str
    body: dict[str, object]
    root: str | None = None

    @property
    def code(self) -> object:
        """The error code, or `None` for a success."""
        return self.body.get("Code")

    @property
    def request_id(self) -> object:
        """The value of `RequestId`, which every answer has; `None` for one without."""
        return self.body.get("RequestId")


def read_answer(response: WireResponse) -> Answered:
    """Return the fields of an answer; raises `NotAnAnswerError` when there are none to judge.

    What the body is decides, not what `Content-Type` says of it: a wrong type is judged apart.
    """
    media_type = response.headers.get("content-type", "").partition(";")[0].strip()
    if 300 <= response.status < 400:  # noqa: PLR2004 - RFC 9110: 3xx is a redirection
        place = response.headers.get("location", "nowhere")
        text = f"redirects to {place} ({response.status}); redirects are not followed"
        raise NotAnAnswerError(text, elsewhere=True)
    try:
        return _read(response, media_type)
    except NotAnAnswerError as fault:
        if response.status in GATEWAY_STATUSES:
            raise NotAnAnswerError(str(fault), elsewhere=True) from None
        raise


def _read(response: WireResponse, media_type: str) -> Answered:
    if not response.body.strip():
        raise NotAnAnswerError(f"an empty body with status {response.status}")
    text = _text(response)
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] == "<":
        if media_type.lower() == "text/html" or start[:14].lower().startswith(("<!doctype html", "<html")):
            raise NotAnAnswerError(f"an HTML page with status {response.status}: {_excerpt(start)}")
        return _xml(response.status, media_type, start)
    try:
        body = _DECODER.decode(start)
    except (ValueError, RecursionError):
        raise NotAnAnswerError(f"neither JSON nor XML with status {response.status}: {_excerpt(start)}") from None
    if not isinstance(body, dict):
        raise NotAnAnswerError(f"JSON that is no object with status {response.status}: {_excerpt(start)}")
    if "\\u" in start or start.count("{") + start.count("[") >= _DEEPEST:  # else nothing in it can be so
        _refuse_unusable(body, response.status, start)
    return Answered(response.status, media_type, "JSON", body)


def _refuse_constant(name: str) -> None:
    # RFC 8259, section 6: NaN and Infinity are no JSON, though Python reads them.
    raise ValueError(name)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # RFC 8259, section 4: what a receiver makes of a name that comes twice is unpredictable.
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise NotAnAnswerError(f"JSON that has the name {twice!r} twice")
    return found


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_object)


def _refuse_unusable(body: dict[str, object], status: int, text: str) -> None:
    """Raise `NotAnAnswerError` for a body that can be read, but neither kept nor shown."""
    level: list[object] = [body]
    for _ in range(_DEEPEST):
        texts = [value for value in level if isinstance(value, str)]
        texts += [name for value in level if isinstance(value, dict) for name in value]
        if any(_HALF_PAIR.search(each) for each in texts):
            # RFC 8259, section 8.2: JSON can spell it, yet it is no text.
            raise NotAnAnswerError(f"JSON with half a surrogate pair with status {status}: {_excerpt(text)}")
        holders = [
            value.values() if isinstance(value, dict) else value for value in level if isinstance(value, dict | list)
        ]
        level = [value for values in holders for value in values]
        if not level:
            return
    raise NotAnAnswerError(f"nested more than {_DEEPEST} deep with status {status}: {_excerpt(text)}")


def _text(response: WireResponse) -> str:
    try:
        return response.body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotAnAnswerError(f"bytes that are not UTF-8 with status {response.status}") from None


def _xml(status: int, media_type: str, text: str) -> Answered:
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415 - nearly every answer is JSON

    from defusedxml import DefusedXmlException  # noqa: PLC0415
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415

    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError):
        raise NotAnAnswerError(f"XML that does not parse with status {status}: {_excerpt(text)}") from None
    try:
        fields = _fields(root)
    except RecursionError:
        raise NotAnAnswerError(f"XML nested too deeply with status {status}: {_excerpt(text)}") from None
    body = fields if isinstance(fields, dict) else {}
    _refuse_unusable(body, status, text)
    return Answered(status, media_type, "XML", body, root.tag)


def _fields(element: Element) -> object:
    if len(element) == 0:
        return element.text or ""
    fields: dict[str, object] = {}
    for child in element:
        value = _fields(child)
        if child.tag in fields:
            before = fields[child.tag]
            fields[child.tag] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            fields[child.tag] = value
    return fields


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
