"""The form of an exchange in a report: the one place where it is redacted. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

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
        RetriesPart,
        RetryEntry,
    )

_LONGEST_NAME: Final = 40
MAX_TEXT: Final = 20_000
"""Characters of one text above which a report has only its beginning."""


def shortened(text: str) -> str:
    """Return a text as a report has it: a long one is cut, and its length in characters is stated."""
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}… ({len(text)} characters)"


def exchange_entry(exchange: Exchange, redactor: Redactor) -> ExchangeEntry:
    """Return an exchange as `report.json` has it, redacted.

    Args:
        exchange: The exchange.
        redactor: Removes the secrets of this exchange.
    """
    return {
        "request": _request(exchange, exchange.request, redactor),
        "response": _response(exchange.response, redactor) if exchange.response is not None else None,
        "failure": exchange.failure and _clean(exchange.failure, redactor),
        "elapsed_ms": round(exchange.elapsed_ms, 3),
        **_retries(exchange, redactor),
    }


def digest_entry(exchange: Exchange, redactor: Redactor) -> DigestEntry:
    """Return what `report.json` has of an exchange of a pass: enough to recognise it in a capture, and no secret.

    Args:
        exchange: The exchange.
        redactor: Removes the secrets of this exchange; only asked where there were several attempts.
    """
    response = exchange.response
    return {
        "digest": {
            "operation": exchange.operation,
            "method": exchange.request.method,
            "status": response.status if response is not None else None,
            "bytes": len(response.body) if response is not None else None,
            "sha256": hashlib.sha256(response.body).hexdigest() if response is not None else None,
        },
        "elapsed_ms": round(exchange.elapsed_ms, 3),
        **_retries(exchange, redactor),
    }


def _retries(exchange: Exchange, redactor: Redactor) -> RetriesPart:
    """Return the attempts that the server refused for now; nothing when there were none."""
    if not exchange.retries:
        return {}
    retries: list[RetryEntry] = [
        {
            "code": _clean(each.code, redactor) if each.code is not None else None,
            "status": each.status,
            "waited_s": round(each.waited_s, 3),
        }
        for each in exchange.retries
    ]
    return {"retries": retries}


def caller_entry(call: SdkCall, redactor: Redactor) -> CallerEntry | None:
    """Return what the caller of an SDK saw, redacted; `None` when the driver failed.

    Args:
        call: The call.
        redactor: Removes the secrets of the case.
    """
    answer = call.answer
    if answer is None:
        return None
    return {
        "outcome": redactor.text(answer.outcome),
        "status": answer.status,
        "code": redactor.value(answer.code),
        "message": redactor.value(answer.message),
        "request_id": redactor.value(answer.request_id),
        "exception": redactor.text(answer.exception) if answer.exception is not None else None,
        "fields": [redactor.text(name) for name in sorted(answer.body)] if answer.body is not None else None,
    }


def _request(exchange: Exchange, request: WireRequest, redactor: Redactor) -> RequestEntry:
    return {
        "operation": exchange.operation,
        "params": {name: _clean(value, redactor) for name, value in exchange.params.items()},
        "method": request.method,
        "url": _clean(request.url, redactor),
        "headers": {name: _clean(value, redactor) for name, value in request.headers},
        "body": _clean(request.body.decode(errors="replace"), redactor),
    }


def _response(response: WireResponse, redactor: Redactor) -> ResponseEntry:
    return {
        "status": response.status,
        "headers": {_name(name, redactor): _clean(value, redactor) for name, value in response.headers.items()},
        "body": _clean(response.body.decode(errors="replace"), redactor),
    }


def _name(name: str, redactor: Redactor) -> str:
    """Return the name of a header; no header has a long one, and in small letters what it encodes cannot be told."""
    return redactor.text(name) if len(name) <= _LONGEST_NAME else REMOVED


def _clean(text: str, redactor: Redactor) -> str:
    return shortened(redactor.text(text))
