"""What a server can do wrong with bytes, headers and names of parameters, by the words that the files of faults use."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.server.request import Call, ReceivedRequest


def _no_query_of_post(raw: ReceivedRequest) -> ReceivedRequest:
    return replace(raw, query=b"") if raw.method == "POST" else raw


def _no_action_headers(raw: ReceivedRequest) -> ReceivedRequest:
    return replace(raw, headers={name: text for name, text in raw.headers.items() if not name.startswith("x-acs-")})


def _literal_plus(raw: ReceivedRequest) -> ReceivedRequest:
    return replace(raw, query=raw.query.replace(b"+", b"%2B"), body=raw.body.replace(b"+", b"%2B"))


REQUESTS: Final[Mapping[str, Callable[[ReceivedRequest], ReceivedRequest]]] = {
    "no_body": lambda raw: replace(raw, body=b""),
    "no_query_of_post": _no_query_of_post,
    "no_action_headers": _no_action_headers,
    "literal_plus": _literal_plus,
}
"""What is seen of a request."""


def _lists_from_zero(call: Call) -> Call:
    # Reads the wire from List.0 on, so that what is sent as the first is not seen as a list's element at all.
    names = {name: re.sub(r"^(\w+)\.1(?=\.|$)", r"\1.first", name) for name in call.parameters}
    return replace(call, parameters={names[name]: text for name, text in call.parameters.items()})


def _xml_in_capitals_only(call: Call) -> Call:
    return call if call.value("Format") in (None, "XML") else call.having(Format=None)


CALLS: Final[Mapping[str, Callable[[Call], Call]]] = {
    "no_empty_values": lambda call: call.mapped(lambda _name, text: text or None),
    "lists_from_zero": _lists_from_zero,
    "xml_in_capitals_only": _xml_in_capitals_only,
}
"""How a call is understood."""


def _without_end_tag(body: bytes) -> bytes:
    return body[: body.rindex(b"</")]


def _unescaped(body: bytes) -> bytes:
    for entity, character in ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&amp;", b"&")):
        body = body.replace(entity, character)
    return body


def _pretty(body: bytes) -> bytes:
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode() + b"\r\n"


def _keys_turned_round(body: bytes) -> bytes:
    fields = json.loads(body)
    return json.dumps(dict(reversed(fields.items())), ensure_ascii=False).encode()


def _escaped(body: bytes) -> bytes:
    return json.dumps(json.loads(body)).replace("/", "\\/").encode()


def _indented(body: bytes) -> bytes:
    return body.replace(b"?><", b"?>\n<").replace(b"><", b">\n  <").replace(b">\n  </", b"></") + b"\n"


def _without_declaration(body: bytes) -> bytes:
    _, found, rest = body.partition(b"?>")
    return rest if found else body


def _character_data(body: bytes) -> bytes:
    return re.sub(rb">([^<&]+)<", rb"><![CDATA[\1]]><", _without_declaration(body))


BODIES: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "empty": lambda _body: b"",
    "last_character_missing": lambda body: body[:-1],
    "single_quotes": lambda body: body.replace(b'"', b"'"),
    "byte_order_mark": lambda body: b"\xef\xbb\xbf" + body,
    "in_list": lambda body: b"[" + body + b"]",
    "json_in_text": lambda body: json.dumps(body.decode()).encode(),
    "gb18030": lambda body: body.decode().encode("gb18030"),
    "end_tag_missing": _without_end_tag,
    "unescaped": _unescaped,
    "pretty": _pretty,
    "keys_turned_round": _keys_turned_round,
    "escaped": _escaped,
    "indented": _indented,
    "without_declaration": _without_declaration,
    "character_data": _character_data,
}
"""How a body is written."""


def first_letters_lower(names: tuple[str, ...]) -> Callable[[bytes], bytes]:
    """Return a change of XML that writes the names of some fields with a small first letter."""
    pattern = re.compile(f"(</?)({'|'.join(names)})".encode())
    return lambda body: pattern.sub(lambda match: match[1] + match[2][:1].lower() + match[2][1:], body)
