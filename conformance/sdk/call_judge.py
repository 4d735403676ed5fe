"""Judging one call through an SDK: what it sent, and what its caller got. Pure.

The rules are in docs/drivers.md; each finding's `where` begins with `sdk.`, and names the side: `sdk.request` is what
was sent, the rest is what the SDK's caller sees.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from conformance.contract.encodings import decoded
from conformance.contract.wire import folded_path
from conformance.engine.calls import NotSentError
from conformance.judging.envelope import MEDIA_TYPES
from conformance.judging.findings import Finding
from conformance.protocol.answer import NotAnAnswerError, read_answer
from conformance.sdk.messages import ModelField
from conformance.sdk.product_packages import without_package
from conformance.sdk.unlisted_fields import unlisted_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from conformance.cases.promised_fields import PromisedField
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.core.exchange import Credentials, DriverAnswer, Exchange, Recorded, SdkCall
    from conformance.engine.calls import Send
    from conformance.protocol.answer import Answered


_FAILURES: Final = ("service_error", "client_error", "timeout")


class SdkReview:
    """Judges what an SDK sent and what its caller got; the engine's `Review`.

    Args:
        contracts: By operation and language; of an operation without any, every parameter counts as documented.
        driver: The name of the driver, for reasons.
    """

    def __init__(self, contracts: Iterable[Mapping[Language, Contract]] = (), driver: str = "") -> None:
        self._driver = driver
        firsts = [(next(iter(each.values())), each) for each in contracts if each]
        self._contracts = {(first.operation, first.version): each for first, each in firsts}
        self._nonces: set[str] = set()
        self._lock = threading.Lock()

    def require_sent(self, send: Send, exchange: Exchange, tested: str) -> None:
        """Raise `NotSentError` when the SDK sent nothing of a call; see `require_sent` below."""
        known = self._contracts.get(send.call)
        require_sent(
            send,
            exchange,
            tested,
            lambda name: known is None or _is_documented(name, known),
            lambda name: without_package(self._driver, _product(known) or name),
        )

    def differences(self, send: Send, exchanges: Sequence[Exchange], fields: Sequence[PromisedField]) -> list[Finding]:
        """Return what is wrong with calls that were answered; see `judge_calls`."""
        with self._lock:
            return list(judge_calls(send, exchanges, fields, self._nonces))


def _product(contracts: Mapping[Language, Contract] | None) -> str:
    """Return the product of contracts and the version of its API; empty where there are none."""
    first = next(iter(contracts.values()), None) if contracts else None
    return f"{first.product}/{first.version}" if first is not None else ""


def _is_documented(name: str, contracts: Mapping[Language, Contract]) -> bool:
    """Whether a document has a parameter, in its table or anywhere else."""
    return not unlisted_fields([ModelField(name, None, None)], contracts, list(contracts)).undocumented


def require_sent(
    send: Send,
    exchange: Exchange,
    tested: str,
    is_documented: Callable[[str], bool] = lambda _: True,
    lacking: Callable[[str], str] = lambda name: without_package("", name),
) -> None:
    """Raise `NotSentError` when an SDK sent nothing of a call.

    A parameter that the operation's documents have and the SDK's release does not is a mismatch: no caller can send it.
    What a typed SDK cannot carry at all, such as words in a field of numbers, cannot be tested through it.

    Args:
        send: What was asked for.
        exchange: What was observed.
        tested: The operation under test: for another there is no document to judge an SDK by.
        is_documented: Whether a document has a parameter; an SDK needs no way to send what none has.
        lacking: The reason where the driver has no package of the product, of which it gives a name.
    """
    call = exchange.sdk
    if call is None or call.answer is None or call.recorded:
        return
    gap = call.answer.unsupported
    if gap is None:
        raise NotSentError("", list(judge_unanswered(call.answer, 0)))
    name = gap.parameter or send.call[0]
    if gap.why == "product":
        raise NotSentError(lacking(name))
    if "." in name.replace("[].", ""):
        raise NotSentError(f"{name} is a name of the wire, for which no SDK has a field")
    if gap.why == "unknown" and send.call[0] == tested and is_documented(name):
        raise NotSentError("", [Finding(f"sdk.request.{name}", (_asked(send, name),), None)])
    words = {"unknown": "has no parameter", "type": "has no way to carry this value of", "action": "has no operation"}
    raise NotSentError(f"the SDK {words.get(gap.why, 'cannot send')} {name}")


def _asked(send: Send, name: str) -> str:
    top = name.partition("[")[0]
    return next((value for wire, value in send.wire.items() if wire.partition(".")[0] == top), "the parameter")


def judge_calls(
    send: Send, exchanges: Sequence[Exchange], fields: Sequence[PromisedField], seen: set[str]
) -> Iterator[Finding]:
    """Yield what is wrong with calls through an SDK that were answered.

    Args:
        send: What was asked for.
        exchanges: What was observed.
        fields: The fields that the documents promise in a success.
        seen: The numbers used once that were used before in this run; those of these calls are added.
    """
    for exchange in exchanges:
        call = exchange.sdk
        if call is None or call.answer is None:
            continue
        yield from judge_requests(call.recorded, send.call, send.wire, send.credentials, seen, nested=send.nested)
        answered = last_answer(call)
        if answered is not None:
            yield from judge_answer(call.answer, answered, fields)


def judge_requests(
    recorded: Sequence[Recorded],
    call: tuple[str, str],
    params: Mapping[str, str],
    credentials: Credentials,
    seen: set[str],
    *,
    nested: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield what is wrong with the requests that one call sent.

    One request for each call: a create that is sent twice may create twice. Every parameter arrives, byte for byte
    after decoding, lists under the names that the documents give them, and nothing beside them but the common
    parameters. The signature is right, and fresh.

    Args:
        recorded: What arrived.
        call: The operation and the version of its API.
        params: The parameters asked for, flat.
        credentials: The AccessKey of the call.
        seen: The numbers used once that were used before; those of these requests are added.
        nested: The folded paths of the parameters that the SDK writes as JSON: the value counts, not how it is written.
    """
    for findings, sent in _read(recorded, call, credentials, seen):
        yield from findings
        if sent is not None:
            yield from _judge_parameters(sent, params, nested)


def judge_envelope(
    recorded: Sequence[Recorded], call: tuple[str, str], credentials: Credentials, seen: set[str]
) -> tuple[list[Finding], Mapping[str, str]]:
    """Return what is wrong with the requests of one call beside their parameters, and the parameters that arrived.

    Args:
        recorded: What arrived.
        call: The operation and the version of its API.
        credentials: The AccessKey of the call.
        seen: The numbers used once that were used before; those of these requests are added.
    """
    read = list(_read(recorded, call, credentials, seen))
    sent = next((params for _, params in read if params is not None), {})
    return [finding for findings, _ in read for finding in findings], sent


def _read(
    recorded: Sequence[Recorded], call: tuple[str, str], credentials: Credentials, seen: set[str]
) -> Iterator[tuple[list[Finding], Mapping[str, str] | None]]:
    """Yield findings; the parameters that arrived stand where they are to be judged."""
    from conformance.sdk.signed_request import read_signed  # noqa: PLC0415 - only a run through an SDK pays for it

    if len(recorded) != 1:
        yield [Finding("sdk.requests", (1,), len(recorded))], None
    for record in recorded[:1]:
        signed = read_signed(record.request, credentials, record.received_at)
        named = zip(("Action", "Version"), call, (signed.action, signed.version), strict=True)
        yield (
            [
                Finding(f"sdk.request.{name}", (expected,), was or None)
                for name, expected, was in named
                if was != expected
            ],
            signed.params,
        )
        found = [Finding(f"sdk.{problem.where}", (problem.expected,), problem.observed) for problem in signed.problems]
        if signed.nonce and signed.nonce in seen:
            found.append(Finding("sdk.request.nonce", ("a number never used before",), "one that was used before"))
        yield found, None
        seen.add(signed.nonce)


def _judge_parameters(sent: Mapping[str, str], params: Mapping[str, str], nested: Collection[str]) -> Iterator[Finding]:
    for name, value in params.items():
        alike = folded_path(name) in nested and decoded(sent.get(name, ""), "json") == decoded(value, "json")
        if sent.get(name) != value and not alike:
            yield Finding(f"sdk.request.{name}", (value,), sent.get(name))
    for name, value in sent.items():
        if name not in params:
            yield Finding(f"sdk.request.{name}", (None,), value)


def judge_answer(answer: DriverAnswer, answered: Answered, fields: Sequence[PromisedField]) -> Iterator[Finding]:
    """Yield where what an SDK's caller got differs from what the server answered.

    An error of the service surfaces as one, with its code, and its message in whatever words the SDK puts around it;
    status and request id are the server's where the SDK has them. A success surfaces as one, with the fields that
    the document promises. What an SDK makes of an answer that is itself no answer of the API, such as XML where it
    asked for JSON, is not held against it: that is a mismatch of the server.

    Args:
        answer: What the driver reported.
        answered: What the server answered.
        fields: The fields that the document promises in a success.
    """
    if not _as_asked(answered):
        return
    if answered.code is not None:
        if answer.outcome != "service_error":
            yield Finding("sdk.outcome", ("service_error",), _shown(answer))
            return
        if answer.code != answered.code:
            yield Finding("sdk.code", (answered.code,), answer.code)
        message = answered.body.get("Message")
        if isinstance(message, str) and message not in (answer.message or ""):
            yield Finding("sdk.message", (message,), answer.message)
    elif not 200 <= answered.status < 300:  # noqa: PLR2004 - RFC 9110: 2xx is success
        yield from judge_unanswered(answer, 1)
        return
    elif answer.outcome != "success":
        yield Finding("sdk.outcome", ("success",), _shown(answer))
        return
    else:
        yield from _judge_body(answer.body or {}, answered, fields)
    if answer.status not in (None, answered.status):
        yield Finding("sdk.status", (answered.status,), answer.status)
    if answer.request_id not in (None, "", answered.request_id):
        yield Finding("sdk.request_id", (answered.request_id,), answer.request_id)


def _as_asked(answered: Answered) -> bool:
    """Whether an answer is JSON, says so, and has no error code that is none: an SDK need not understand another."""
    code = answered.code
    right = answered.format == "JSON" and answered.media_type.lower() in MEDIA_TYPES["JSON"]
    return right and (code is None or (isinstance(code, str) and code != ""))


def _judge_body(body: Mapping[str, object], answered: Answered, fields: Sequence[PromisedField]) -> Iterator[Finding]:
    for field in fields:
        sent = answered.body.get(field.name)
        if sent in ("", None):
            continue  # the server did not answer with it; that is judged apart
        value = body.get(field.name)
        where = f"sdk.body.{field.name}"
        if value is None:
            yield Finding(where, (sent,), None)
        elif field.type == "string" and not isinstance(sent, str):
            continue  # so is this; an SDK may keep the value, or write it as the text that it should be
        elif field.type == "string" and not isinstance(value, str):
            yield Finding(where, (f"of type {field.type}",), value)
        elif value != sent:
            yield Finding(where, (sent,), value)


def judge_unanswered(answer: DriverAnswer, sent: int) -> Iterator[Finding]:
    """Yield what is wrong when the server answered neither a success nor a code, or the SDK sent nothing.

    Args:
        answer: What the driver reported.
        sent: How many requests arrived.
    """
    if answer.outcome not in _FAILURES:
        yield Finding("sdk.outcome", ("an error: the server did not answer with a success",), _shown(answer))
    elif not sent:
        yield Finding("sdk.requests", (1,), 0)
        yield Finding("sdk.outcome", ("a request sent",), _shown(answer))


def last_answer(call: SdkCall) -> Answered | None:
    """Return the server's last answer to a call, or `None` when there is none of the API."""
    response = call.recorded[-1].response if call.recorded else None
    try:
        return read_answer(response) if response is not None else None
    except NotAnAnswerError:
        return None


def _shown(answer: DriverAnswer) -> str:
    detail = answer.exception or answer.code
    return f"{answer.outcome}: {detail}" if detail else answer.outcome
