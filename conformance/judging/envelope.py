"""What every answer has, whatever the case expects: a format, a `Content-Type`, a RequestId, an error code. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.judging.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.protocol.answer import Answered

MEDIA_TYPES: Final = {"JSON": ("application/json",), "XML": ("text/xml", "application/xml")}

_OF_FORMAT: Final = ("response.format", "response.headers.Content-Type")
"""Where an answer differs from the format that it was asked for."""

_REQUEST_ID: Final = "response.body.RequestId"

OF_EVERY_ANSWER: Final = (*_OF_FORMAT, _REQUEST_ID)
"""Where every answer of a server may differ, whichever document it was written from."""


def envelope(answered: Answered, asked_format: str, *, request_id_seen: bool) -> list[Finding]:
    """Return what is wrong with the shape of any answer, whatever the case expects.

    Every answer has a RequestId, never the same twice; has a `Content-Type` that fits its body, and is in the format
    asked for; an error has a code and a message and is never sent with a status of success.

    Args:
        answered: The answer.
        asked_format: What the `Format` parameter asked for.
        request_id_seen: Whether an earlier answer of the run had the same RequestId.
    """
    findings = []
    if answered.format != asked_format:
        findings.append(Finding("response.format", (asked_format,), answered.format))
    elif answered.media_type.lower() not in (types := MEDIA_TYPES[answered.format]):
        findings.append(Finding("response.headers.Content-Type", types, answered.media_type or None))
    request_id = answered.body.get("RequestId")
    if not isinstance(request_id, str) or not request_id:
        findings.append(Finding(_REQUEST_ID, ("a text that is not empty",), request_id))
    elif request_id_seen:
        findings.append(Finding(_REQUEST_ID, ("a text never used before",), request_id))
    failed = not 200 <= answered.status < 300  # noqa: PLR2004 - RFC 9110: 2xx is success
    if answered.code is not None:
        findings += _error_envelope(answered, failed=failed)
    elif failed:
        findings.append(Finding("response.body.Code", ("an error code",), None))
    return findings


def citing(findings: Sequence[Finding], format_line: int | None) -> list[Finding]:
    """Return the findings of an envelope as one document promises them.

    Args:
        findings: What is wrong, as `envelope` returns it.
        format_line: The line that shows the format asked for; `None` where the document shows none.
    """
    if not findings:
        return []
    return [finding.at(format_line) if finding.where in _OF_FORMAT else finding for finding in findings]


def _error_envelope(answered: Answered, *, failed: bool) -> list[Finding]:
    body, findings = answered.body, []
    if not failed:
        findings.append(Finding("response.status", ("a status of failure beside an error code",), answered.status))
    if answered.row is None or not all(answered.row):
        for name in ("Code", "Message"):
            value = body.get(name)
            if not isinstance(value, str) or not value:
                findings.append(Finding(f"response.body.{name}", ("a text that is not empty",), value))
    if "Success" in body and str(body["Success"]).lower() == "true":
        findings.append(Finding("response.body.Success", (None, "false"), body["Success"]))
    return findings
