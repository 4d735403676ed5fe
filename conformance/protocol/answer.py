"""From the bytes of an answer to its fields, in JSON or XML."""

from __future__ import annotations

import json
import math
from collections import Counter
from json import JSONDecodeError
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.lazy_patterns import lazy_pattern
from conformance.protocol.bounds import DEEPEST, TooManyValuesError, check_json, check_xml, may_be_deep

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from conformance.core.exchange import WireResponse

GATEWAY_STATUSES: Final = (429, 502, 503, 504)
"""The statuses with which a gateway, and not the API behind it, may answer in its own form (RFC 9110, RFC 6585)."""

TOO_LONG_STATUSES: Final = (413, 414, 431)
"""The statuses with which HTTP itself says that a request is too long (RFC 9110, RFC 6585)."""

_OTHERS_STATUSES: Final = (*GATEWAY_STATUSES, *TOO_LONG_STATUSES, 403, 407, 408, 421, 425, 426, 505, 511)
"""All with which a server of HTTP, a proxy or a firewall before the API may answer without asking it."""

_SHOWN: Final = 80
_LOOKED_AT: Final = 1000
_READ: Final = 8192
"""Characters of a text that are read for secrets before its beginning is shown: more than any of them can fill."""
_HALF_PAIR: Final = lazy_pattern("[\ud800-\udfff]")


class NotAnAnswerError(Exception):
    """The answer is none of an RPC operation.

    Args:
        text: What it is instead, for a person.
        quoted: What the answer itself says, of which the beginning is shown after the text, or at `{}` in it.
        elsewhere: Whether it need not come from the API itself: a redirect, or a page of what is before it.
    """

    def __init__(self, text: str, quoted: str = "", *, elsewhere: bool = False) -> None:
        super().__init__(text)
        self._text = text
        self._quoted = quoted[:_READ]
        self.elsewhere = elsewhere

    def __str__(self) -> str:
        return self.redacted(str)

    def redacted(self, clean: Callable[[str], str]) -> str:
        """Return the text for a person, without what `clean` removes: before it is cut, maybe in the middle of that."""
        if not self._quoted:
            return self._text
        excerpt = _excerpt(clean(self._quoted))
        before, place, after = self._text.partition("{}")
        return f"{before}{excerpt}{after}" if place else f"{self._text}: {excerpt}"

    def from_gateway(self) -> NotAnAnswerError:
        """Return the same, said by a gateway."""
        return NotAnAnswerError(self._text, self._quoted, elsewhere=True)


_JSON_SPACE: Final = " \t\n\r"
_SUCCESS_CODES: Final = ("200", "ok", "success")


class Answered(Struct):
    """An answer, read.

    Attributes:
        status: The HTTP status.
        media_type: The `Content-Type` without parameters, lower-case; empty when there is none.
        format: `JSON` or `XML`: what the body is.
        body: Its fields. XML gives text only; an element that repeats gives a list.
        root: The name of the root element, for XML.
        code: The error code, or `None` for a success, which may have a code that says so (`200`, `OK`).
        row: Its status, code and message, as a table of errors has them; `None` where code or message is no text.
    """

    status: int
    media_type: str
    format: str
    body: dict[str, object]
    root: str | None = None
    code: object = None
    row: tuple[int, str, str] | None = None

    def __post_init__(self) -> None:
        code = self.body.get("Code")
        done = 200 <= self.status < 300 and str(code).lower() in _SUCCESS_CODES  # noqa: PLR2004 - RFC 9110: 2xx
        if done:
            return
        self.code = code
        message = self.body.get("Message")
        if isinstance(code, str) and isinstance(message, str):
            self.row = self.status, code, message

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
        # A query is often that of the request, and of no use for who looks for the right address.
        place = response.headers.get("location", "nowhere").partition("?")[0]
        text = f"a redirect to {{}} ({response.status}), which is not followed"
        raise NotAnAnswerError(text, place, elsewhere=True)
    try:
        return _read(response, media_type)
    except NotAnAnswerError as fault:
        if response.status in _OTHERS_STATUSES:
            raise fault.from_gateway() from None
        raise


def _read(response: WireResponse, media_type: str) -> Answered:
    if not response.body.strip():
        raise NotAnAnswerError(f"an empty body with status {response.status}")
    text = _text(response)
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] == "<":
        if media_type.lower() == "text/html" or start[:14].lower().startswith(("<!doctype html", "<html")):
            raise NotAnAnswerError(f"an HTML page with status {response.status}", start)
        return _xml(response.status, media_type, start)
    try:
        body = _json_value(start)
    except TooManyValuesError as fault:
        raise NotAnAnswerError(f"{fault} with status {response.status}", start) from None
    except RecursionError:  # how deep that is depends on what called this
        raise _too_deep(response.status, start) from None
    except ValueError as fault:
        if _breaks_off(fault, start):
            raise NotAnAnswerError(f"JSON that breaks off with status {response.status}", start) from None
        raise NotAnAnswerError(f"neither JSON nor XML with status {response.status}", start) from None
    if not isinstance(body, dict):
        raise NotAnAnswerError(f"JSON that is no object with status {response.status}", start)
    # Else nothing in it can be so; one character is looked for much faster than two.
    if ("\\" in start and "\\u" in start) or may_be_deep(start):
        _refuse_unusable(body, response.status, start)
    return Answered(response.status, media_type, "JSON", body)


def _json_value(text: str) -> object:
    """Return what a text in JSON that begins with no space is; what comes after it makes it a wrong one."""
    check_json(text)
    value, end = _DECODER.raw_decode(text)
    if end < len(text) and text[end:].strip(_JSON_SPACE):
        raise ValueError(text)
    return value


def _breaks_off(fault: ValueError, text: str) -> bool:
    """Whether JSON ends before it is whole, as where `Content-Length` is too small."""
    if not isinstance(fault, JSONDecodeError) or text[:1] not in "{[":
        return False
    return fault.pos >= len(text.rstrip()) or fault.msg.startswith("Unterminated")


def _refuse_constant(name: str) -> None:
    # RFC 8259, section 6: NaN and Infinity are no JSON, though Python reads them.
    raise ValueError(name)


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)  # what is larger than any number that can be kept could not be shown as it is
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # RFC 8259, section 4: what a receiver makes of a name that comes twice is unpredictable.
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise NotAnAnswerError("JSON that has the name {} twice", repr(twice[:_READ]))
    return found


_DECODER: Final = json.JSONDecoder(parse_float=_number, parse_constant=_refuse_constant, object_pairs_hook=_object)


def _refuse_unusable(body: dict[str, object], status: int, text: str) -> None:
    """Raise `NotAnAnswerError` for a body that can be read, but neither kept nor shown."""
    level: list[object] = [body]
    for _ in range(DEEPEST):
        texts = [value for value in level if isinstance(value, str)]
        texts += [name for value in level if isinstance(value, dict) for name in value]
        if any(_HALF_PAIR.search(each) for each in texts):
            # RFC 8259, section 8.2: JSON can spell it, yet it is no text.
            raise NotAnAnswerError(f"JSON with half a surrogate pair with status {status}", text)
        holders = [
            value.values() if isinstance(value, dict) else value for value in level if isinstance(value, dict | list)
        ]
        level = [value for values in holders for value in values]
        if not level:
            return
    raise _too_deep(status, text)


def _too_deep(status: int, text: str) -> NotAnAnswerError:
    return NotAnAnswerError(f"nested more than {DEEPEST} deep with status {status}", text)


def _text(response: WireResponse) -> str:
    try:
        return response.body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotAnAnswerError(f"bytes that are not UTF-8 with status {response.status}") from None


def _xml(status: int, media_type: str, text: str) -> Answered:
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415 - nearly every answer is JSON

    from defusedxml import DefusedXmlException  # noqa: PLC0415
    from defusedxml.ElementTree import DefusedXMLParser  # noqa: PLC0415

    from conformance.protocol.bounded_tree import BoundedTree  # noqa: PLC0415

    try:
        check_xml(text)
        parser = DefusedXMLParser(target=BoundedTree())
        parser.feed(text)
        root = parser.close()
    except TooManyValuesError as fault:
        raise NotAnAnswerError(f"{fault} with status {status}", text) from None
    except (ParseError, DefusedXmlException, ValueError):
        raise NotAnAnswerError(f"XML that does not parse with status {status}", text) from None
    fields = _fields(root)
    body = fields if isinstance(fields, dict) else {}
    _refuse_unusable(body, status, text)
    return Answered(status, media_type, "XML", body, root.tag)


def _fields(element: Element) -> object:
    if len(element) == 0:
        return element.text or ""
    found: dict[str, list[object]] = {}
    for child in element:
        found.setdefault(child.tag, []).append(_fields(child))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def _excerpt(text: str) -> str:
    line = " ".join(text[:_LOOKED_AT].split())
    return line if len(line) <= _SHOWN and len(text) <= _LOOKED_AT else line[: _SHOWN - 1] + "…"
