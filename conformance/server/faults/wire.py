"""Faults of how requests are read and how answers are written."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.server.answers import JSON_TYPE
from conformance.server.faults.mutations import answering, calling, checking, receiving, replying, with_root, without
from conformance.server.server_plan import FILTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.server.answers import Reply
    from conformance.server.faults.mutations import Mutation
    from conformance.server.request import Call, RawRequest


def _is_xml(reply: Reply) -> bool:
    return reply.headers.get("content-type", "").startswith("text/xml")


def _body(change: Callable[[bytes], bytes], *, xml: bool) -> Mutation:
    """Send another body, of the answers in XML or of those in JSON."""
    return replying(
        "xml" if xml else "json",
        lambda _call, reply: replace(reply, body=change(reply.body)) if _is_xml(reply) is xml else reply,
    )


def _type(content_type: str, *, xml: bool) -> Mutation:
    """Send another Content-Type."""

    def change(_call: Call, reply: Reply) -> Reply:
        return replace(reply, headers={"content-type": content_type}) if _is_xml(reply) is xml else reply

    return replying("content-type", change)


def _query_of_get_only(raw: RawRequest) -> RawRequest:
    return replace(raw, query=b"") if raw.method == "POST" else raw


def _misread(text: str) -> str:
    return text.encode().decode("latin-1")


def _lists_from_zero(call: Call) -> Call:
    # Reads the wire from Tag.0 on, so that what is sent as the first is not seen as a list's element at all.
    return replace(
        call,
        parameters={
            re.sub(r"^(Tag|TrafficPath)\.1(?=\.|$)", r"\1.first", name): text for name, text in call.parameters.items()
        },
    )


def _names_in_any_case(call: Call) -> Call:
    known = {name.lower(): name for name in FILTERS}
    return replace(call, parameters={known.get(name.lower(), name): text for name, text in call.parameters.items()})


def _no_lists(call: Call) -> Call:
    return call.mapped(lambda name, text: None if name.startswith("TrafficPath.") else text)


def _unescaped(body: bytes) -> bytes:
    for entity, character in ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&amp;", b"&")):
        body = body.replace(entity, character)
    return body


WIRE_FAULTS: Final[Mapping[str, tuple[str, Mutation]]] = {
    # Reading.
    "get-refused": ("GET is refused", checking("gateway.method", lambda attempt: attempt.call.method != "POST")),
    "post-refused": ("POST is refused", checking("gateway.method", lambda attempt: attempt.call.method != "GET")),
    "form-ignored": ("the form in a body is not read", receiving(lambda raw: replace(raw, body=b""))),
    "query-of-post-ignored": ("the query of a POST is not read", receiving(_query_of_get_only)),
    "headers-ignored": (
        "the action in a header is not read",
        receiving(
            lambda raw: replace(raw, headers={k: v for k, v in raw.headers.items() if not k.startswith("x-acs-")})
        ),
    ),
    "plus-stays": (
        "a plus is not read as a space",
        receiving(lambda raw: replace(raw, query=raw.query.replace(b"+", b"%2B"), body=raw.body.replace(b"+", b"%2B"))),
    ),
    "utf8-misread": (
        "what is not ASCII is read as Latin-1",
        calling(lambda call: call.mapped(lambda _n, text: _misread(text))),
    ),
    "values-trimmed": (
        "spaces around every value are lost",
        calling(lambda call: call.mapped(lambda _n, text: text.strip())),
    ),
    "empty-as-absent": (
        "an empty value counts as not sent",
        calling(lambda call: call.mapped(lambda _n, text: text or None)),
    ),
    "lists-from-zero": ("lists are read from index 0 on, without the first", calling(_lists_from_zero)),
    "path-not-read": ("TrafficPath is not read", calling(_no_lists)),
    "names-any-case": (
        "the names of parameters are read in any letter case",
        calling(_names_in_any_case),
    ),
    "unknown-action-is-400": ("an unknown action comes with status 400", answering("gateway.action", status=400)),
    "version-unchecked": ("any version will do", without("gateway.version")),
    "format-ignored": ("XML is never written", calling(lambda call: call.having(Format=None))),
    "format-upper-case-only": (
        "XML is written for XML in capitals only",
        calling(lambda call: call if call.value("Format") in (None, "XML") else call.having(Format=None)),
    ),
    # JSON.
    "json-type-html": ("JSON is called text/html", _type("text/html;charset=utf-8", xml=False)),
    "json-type-missing": (
        "JSON has no Content-Type",
        replying("content-type", lambda _call, reply: replace(reply, headers={}) if not _is_xml(reply) else reply),
    ),
    "json-type-xml": ("JSON is called XML", _type("text/xml;charset=utf-8", xml=False)),
    "json-cut": ("the last character of JSON is missing", _body(lambda body: body[:-1], xml=False)),
    "json-single-quotes": ("JSON has single quotes", _body(lambda body: body.replace(b'"', b"'"), xml=False)),
    "json-bom": ("JSON begins with a byte order mark", _body(lambda body: b"\xef\xbb\xbf" + body, xml=False)),
    "json-in-list": ("JSON is inside a list", _body(lambda body: b"[" + body + b"]", xml=False)),
    "json-as-text": (
        "JSON is a text that has JSON in it",
        _body(lambda body: json.dumps(body.decode()).encode(), xml=False),
    ),
    "json-latin-1": (
        "JSON is not written in UTF-8",
        _body(lambda body: body.decode().encode("gb18030"), xml=False),
    ),
    "body-empty-on-error": (
        "an error has no body",
        replying("error", lambda _call, reply: replace(reply, body=b"") if reply.status >= 400 else reply),  # noqa: PLR2004 - where errors begin
    ),
    # XML.
    "xml-root": ("the root element is Response", with_root(lambda _root: "Response")),
    "xml-error-root": (
        "the root element of an error is ErrorResponse",
        with_root(lambda root: "ErrorResponse" if root == "Error" else root),
    ),
    "xml-root-lower-case": (
        "the root element begins with a small letter",
        with_root(lambda root: root[0].lower() + root[1:]),
    ),
    "xml-type": ("XML is called application/xml", _type("application/xml", xml=True)),
    "xml-type-json": ("XML is called JSON", _type(JSON_TYPE, xml=True)),
    "xml-cut": ("the end tag of the root is missing", _body(lambda body: body[: body.rindex(b"</")], xml=True)),
    "xml-unescaped": ("XML does not escape what it has to", _body(_unescaped, xml=True)),
    "xml-fields-lower-case": (
        "the fields of XML begin with small letters",
        _body(
            lambda body: re.sub(
                rb"(</?)(RequestId|Code|Message|FlowLogId|Success)", lambda m: m[1] + m[2][:1].lower() + m[2][1:], body
            ),
            xml=True,
        ),
    ),
}
