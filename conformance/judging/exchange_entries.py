"""The form of an exchange in a report: the one place where it is redacted. Pure."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Final, cast

from conformance.core.redaction import REMOVED

if TYPE_CHECKING:
    from conformance.core.exchange import Exchange, SdkCall, WireRequest, WireResponse
    from conformance.core.redaction import Redactor
    from conformance.judging.report_entries import (
        CallerEntry,
        DigestEntry,
        ExchangeEntry,
        RequestEntry,
        ResponseEntry,
        RetryEntry,
    )

_LONGEST_NAME: Final = 40
MAX_TEXT: Final = 20_000
"""Characters of one text above which a report has only its beginning."""


_ROOM: Final = 4096
"""Characters beyond those that are shown that are read for secrets: one of them may begin before the end."""


def clean(text: str, redactor: Redactor) -> str:
    """Return a text of a server or a request as a report has it: without secrets, and only its beginning if it is long.

    What is far beyond that beginning is not looked at, so that a long text costs no more than a short one.
    """
    if len(text) <= MAX_TEXT + _ROOM:
        return shortened(redactor.text(text))
    shown = redactor.text(text[: MAX_TEXT + _ROOM])
    # The end is left out also when secrets were: half of one may be there.
    return f"{shown[: max(min(MAX_TEXT, len(shown) - _ROOM), 0)]}… ({len(text)} characters)"


def clean_value(value: object, redactor: Redactor) -> object:
    """Return a JSON value in the same way; a long list or object becomes the beginning of its JSON text."""
    if isinstance(value, str):
        return clean(value, redactor)
    if isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
        if len(text) > MAX_TEXT:
            return clean(text, redactor)
    return redactor.value(value)


def shortened(text: str, most: int = MAX_TEXT) -> str:
    """Return a text as a report has it: of more than `most` characters it is cut, and how many there are is stated."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def exchange_entry(exchange: Exchange, redactor: Redactor) -> ExchangeEntry:
    """Return an exchange as `report.json` has it, redacted.

    Args:
        exchange: The exchange.
        redactor: Removes the secrets of this exchange.
    """
    entry: ExchangeEntry = {
        "request": _request(exchange, exchange.request, redactor),
        "response": _response(exchange.response, redactor) if exchange.response is not None else None,
        "failure": exchange.failure and clean(exchange.failure, redactor),
        "elapsed_ms": round(exchange.elapsed_ms, 3),
    }
    if exchange.retries:
        entry["retries"] = _retries(exchange, redactor)
    return entry


def digest_entry(exchange: Exchange, redactor: Redactor) -> DigestEntry:
    """Return what `report.json` has of an exchange of a pass: enough to recognise it in a capture, and no secret.

    Args:
        exchange: The exchange.
        redactor: Removes the secrets of this exchange; only asked where there were several attempts.
    """
    response = exchange.response
    body = response.body if response is not None else None
    entry: DigestEntry = {
        "digest": {
            "operation": exchange.operation,
            "method": exchange.request.method,
            "status": response.status if response is not None else None,
            "bytes": len(body) if body is not None else None,
            "sha256": sha256(body).hexdigest() if body is not None else None,
        },
        "elapsed_ms": round(exchange.elapsed_ms, 3),
    }
    if exchange.retries:
        entry["retries"] = _retries(exchange, redactor)
    return entry


def _retries(exchange: Exchange, redactor: Redactor) -> list[RetryEntry]:
    """Return the attempts that the server refused for now."""
    return [
        {
            "code": clean(each.code, redactor) if each.code is not None else None,
            "status": each.status,
            "waited_s": round(each.waited_s, 3),
        }
        for each in exchange.retries
    ]


def caller_entry(call: SdkCall, redactor: Redactor) -> CallerEntry | None:
    """Return what the caller of an SDK saw, redacted; `None` when the driver failed.

    Args:
        call: The call.
        redactor: Removes the secrets of the case.
    """
    answer = call.answer
    if answer is None:
        return None
    entry: CallerEntry = {
        "outcome": redactor.text(answer.outcome),
        "status": answer.status,
        "code": clean_value(answer.code, redactor),
        "message": clean_value(answer.message, redactor),
        "request_id": clean_value(answer.request_id, redactor),
        "exception": clean(answer.exception, redactor) if answer.exception is not None else None,
        "fields": [redactor.text(name) for name in sorted(answer.body)] if answer.body is not None else None,
    }
    if answer.exception_bases:
        entry["exception_bases"] = [clean(name, redactor) for name in answer.exception_bases]
    if answer.unsupported is not None:
        parameter = answer.unsupported.parameter
        entry["unsupported"] = {
            "parameter": clean(parameter, redactor) if parameter is not None else None,
            "why": answer.unsupported.why,
        }
    return entry


def _request(exchange: Exchange, request: WireRequest, redactor: Redactor) -> RequestEntry:
    return {
        "operation": exchange.operation,
        "params": {name: clean(value, redactor) for name, value in exchange.params.items()},
        "method": request.method,
        "url": clean(request.url, redactor),
        "headers": {name: clean(value, redactor) for name, value in request.headers},
        "body": clean(request.body.decode(errors="replace"), redactor),
    }


def _response(response: WireResponse, redactor: Redactor) -> ResponseEntry:
    headers = {_name(name, redactor): clean(value, redactor) for name, value in response.headers.items()}
    return {
        "status": response.status,
        # A server may have split a secret over several of them.
        "headers": cast("dict[str, str]", redactor.value(headers)),
        "body": clean(response.body.decode(errors="replace"), redactor),
    }


def _name(name: str, redactor: Redactor) -> str:
    """Return the name of a header; no header has a long one, and in small letters what it encodes cannot be told."""
    return redactor.text(name) if len(name) <= _LONGEST_NAME else REMOVED
