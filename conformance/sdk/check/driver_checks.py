"""The checks of `conformance drivers check`: each uses the driver in one way and returns what was observed."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from msgspec import Struct

from conformance.cases.expand import wire_parameters
from conformance.core.exchange import Credentials
from conformance.core.sentences.sentence import Sentence, sentence
from conformance.core.wording import shorten
from conformance.sdk.check.checked_operation import json_answer, new_request_id, read_checked_operation
from conformance.sdk.check.fixture import END_S, TIMEOUT_S, DifferenceError, DriverFixture, new_account, require
from conformance.sdk.driver_process import GRACE_S, SAYS, START_DEADLINE_S, DriverFailedError, DriverStartError
from conformance.sdk.line_process import LineProcessError
from conformance.sdk.messages import MessageError, answer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.core.exchange import DriverAnswer
    from conformance.sdk.check.checked_operation import CheckedOperation
    from conformance.sdk.signed_request import SignedRequest

_SHORT_S: Final = 1.0
_LONG_S: Final = 60.0
_CALLS: Final = 5
_NO_OPERATION: Final = "NoSuchOperation"
_NO_PARAMETER: Final = "NoSuchParameter"


class CheckResult(Struct, frozen=True):
    """One check: what was expected, and what was observed."""

    name: str
    passed: bool
    expected: str
    observed: str


class _Check(Struct, frozen=True):
    name: Sentence
    expected: str
    run: Callable[[DriverFixture], str]


def check_driver(
    command: Sequence[str],
    folder: Path | None,
    *,
    grace_s: float = GRACE_S,
    start_deadline_s: float = START_DEADLINE_S,
) -> Iterator[CheckResult]:
    """Yield the checks of a driver as they are made. The first that fails to start it is also the last.

    Args:
        command: The program and its arguments.
        folder: Its working directory; that of this process unless given.
        grace_s: How much longer than the timeout of a call its answer may take.
        start_deadline_s: How long it may take to start.

    Raises:
        DriverFileError: When `drivers/check.yaml` is wrong.
        DriverStartError: When the driver cannot be started at all.
    """
    operation = read_checked_operation()
    first, *others = _checks(operation)
    with DriverFixture(command, folder, operation, grace_s=grace_s, start_deadline_s=start_deadline_s) as driver:
        started = _result(first, driver, DriverStartError)
        yield started
        if started.passed:
            yield from (_result(check, driver) for check in others)


def _result(check: _Check, driver: DriverFixture, *raised: type[DriverFailedError]) -> CheckResult:
    """Make a check; errors of the classes `raised` are for the caller."""
    try:
        observed, passed = check.run(driver), True
    except (DifferenceError, DriverFailedError, LineProcessError, MessageError) as fault:
        if isinstance(fault, raised):
            raise
        observed, passed = _on_one_line(str(fault)), False
    return CheckResult(check.name.text, passed, check.expected, shorten(observed))


def _on_one_line(text: str) -> str:
    """Return a message; of what a program wrote on its standard error the last line, unless it was read before."""
    message, *lines = text.splitlines()
    if len(lines) < 2 or SAYS in message:  # noqa: PLR2004 - a heading and a line
        return message
    last = lines[-1].strip()
    return f"{message}; its standard error ends: {last}"


def _checks(operation: CheckedOperation) -> tuple[_Check, ...]:
    """Return the checks in their order: the first starts the driver, the last two end it."""
    text, number = operation.text_parameter, operation.number_parameter
    return (
        _Check(sentence("start"), "the versions of SDK and core, the language, the runtime", _check_start),
        _Check(sentence("model"), f"the request fields of {operation.name}, or none", _check_model),
        _Check(sentence("model of no operation"), "no fields", _check_model_of_no_operation),
        _Check(sentence("success"), "one request, success, its fields under their wire names", _check_success),
        _Check(
            sentence("service error"), "service_error, with code, message, and what was raised", _check_service_error
        ),
        _Check(sentence("text"), "any character as it was given", _arrives(dict([text]))),
        _Check(sentence("empty text"), "empty, or left out", _arrives({text[0]: ""}, may_be_left_out=True)),
        _Check(sentence("number"), "its digits", _arrives(dict([number]))),
        _Check(sentence("digits as text"), "the digits", _arrives({number[0]: str(number[1])})),
        _Check(sentence("lists"), f"{_first_names(operation.lists)}, and so on", _arrives(operation.lists)),
        _Check(sentence("another operation"), "it arrives, or is unsupported", _check_another_operation),
        _Check(
            sentence("unknown operation"), "it arrives, or is unsupported and nothing is sent", _check_unknown_operation
        ),
        _Check(
            sentence("unknown parameter"), "it arrives, or is unsupported and nothing is sent", _check_unknown_parameter
        ),
        _Check(sentence("credentials"), "signed with the AccessKey and the token of the call", _check_credentials),
        _Check(sentence("calls in a row"), "each its own request and its own answer", _check_calls_in_a_row),
        _Check(sentence("unknown fields, no version, UTF-8"), "the same as without", _check_raw_lines),
        _Check(sentence("slow server"), f"timeout after {_SHORT_S:g} s, one request", _check_slow_server),
        _Check(sentence("connection refused"), "client_error", _check_connection_refused),
        _Check(sentence("stop"), "an answer, then its end, and nothing more on standard output", _check_stop),
        _Check(sentence("end of input"), "its end, and nothing more on standard output", _check_end_of_input),
    )


def _first_names(lists: Mapping[str, object]) -> str:
    """Return the wire name of the first value of each list: `Name.1, Item.1.Key`."""
    return ", ".join(next(iter(wire_parameters({name: value}, {}))) for name, value in lists.items())


def _check_start(driver: DriverFixture) -> str:
    hello = driver.process.hello
    packages = f"{hello.sdk.name} {hello.sdk.version}, {hello.core.name} {hello.core.version}"
    return f"{hello.driver}: {packages}, {hello.language}, {hello.runtime}"


def _check_model(driver: DriverFixture) -> str:
    fields = driver.process.model(driver.operation.name)
    if fields is None:
        return "no model"
    require("the fields", len({field.path for field in fields}), len(fields))
    return f"{len(fields)} fields"


def _check_model_of_no_operation(driver: DriverFixture) -> str:
    require("the fields", driver.process.model(_NO_OPERATION), None)
    return "no model"


def _check_success(driver: DriverFixture) -> str:
    answer, fields = driver.operation.success()
    observed, requests = driver.call({}, answer)
    driver.require_success(observed, fields)
    _require_parameters(driver.only_request(requests).params, wire_parameters(driver.operation.params, {}))
    return f"success with {', '.join(sorted(observed.body or ()))}"


def _check_service_error(driver: DriverFixture) -> str:
    request_id, message = new_request_id(), driver.operation.error_message
    observed, requests = driver.call({}, driver.operation.error(request_id))
    driver.only_request(requests)
    require("the outcome", observed.outcome, "service_error")
    require("the status", observed.status, 400, None)
    require("the code", observed.code, driver.operation.error_code)
    require("the request id", observed.request_id, request_id, None)
    if message not in (observed.message or ""):
        raise DifferenceError(f"the message {observed.message!r} does not hold {message!r}")
    if not observed.exception:
        raise DifferenceError("no name of what was raised")
    return f"the error {observed.code} as {observed.exception}"


def _arrives(params: Mapping[str, object], *, may_be_left_out: bool = False) -> Callable[[DriverFixture], str]:
    """Return the check that parameters arrive, or that the driver says which the SDK cannot carry."""
    wire = wire_parameters(params, {})

    def check(driver: DriverFixture) -> str:
        answer, fields = driver.operation.success()
        observed, requests = driver.call(params, answer)
        if observed.unsupported is not None:
            return _require_unsupported(observed, requests, params)
        driver.require_success(observed, fields)
        sent = driver.only_request(requests).params
        optional = wire if may_be_left_out else ()
        _require_parameters(sent, {**wire_parameters(driver.operation.params, {}), **wire}, optional)
        return ", ".join(f"{name}={sent[name]!r}" for name in wire if name in sent) or "nothing, as it is empty"

    return check


def _require_parameters(sent: Mapping[str, str], given: Mapping[str, str], optional: Collection[str] = ()) -> None:
    for name, value in given.items():
        require(f"{name}, as it arrived,", sent.get(name), value, *([None] if name in optional else []))
    extra = sorted(set(sent).difference(given))
    if extra:
        raise DifferenceError(f"parameters arrived that nobody gave: {', '.join(extra)}")


def _require_unsupported(answer: DriverAnswer, requests: Sequence[SignedRequest], params: Collection[str]) -> str:
    """Return what is unsupported: one of these parameters, or the operation; raises `DifferenceError`."""
    unsupported = answer.unsupported
    if unsupported is None:
        raise DifferenceError(f"the outcome {answer.outcome!r}, and nothing that is unsupported")
    if requests:
        raise DifferenceError(f"{unsupported.parameter} is said to be unsupported, but a request arrived")
    if unsupported.why != "action":
        named = (unsupported.parameter or "").partition(".")[0].partition("[")[0]
        require("the unsupported parameter", named, *params)
    return f"nothing was sent, as {unsupported.parameter or 'the operation'} is unsupported: {unsupported.why}"


def _check_another_operation(driver: DriverFixture) -> str:
    action = driver.operation.another
    observed, requests = driver.call({}, driver.operation.success()[0], action=action)
    if observed.unsupported is not None:
        return _require_unsupported(observed, requests, driver.operation.params)
    return f"{driver.only_request(requests, action).action} arrived"


def _check_unknown_operation(driver: DriverFixture) -> str:
    observed, requests = driver.call({}, driver.operation.success()[0], action=_NO_OPERATION)
    if observed.unsupported is None:
        return f"{driver.only_request(requests, _NO_OPERATION).action} arrived"
    require("the reason why", observed.unsupported.why, "action")
    return _require_unsupported(observed, requests, ())


def _check_unknown_parameter(driver: DriverFixture) -> str:
    observed, requests = driver.call({_NO_PARAMETER: "x"}, driver.operation.success()[0])
    if observed.unsupported is None:
        require(f"{_NO_PARAMETER}, as it arrived,", driver.only_request(requests).params.get(_NO_PARAMETER), "x")
        return "it arrived"
    require("the reason why", observed.unsupported.why, "unknown")
    return _require_unsupported(observed, requests, [_NO_PARAMETER])


def _check_credentials(driver: DriverFixture) -> str:
    # Once more without a token: nothing of one call may stay for the next.
    for account in (new_account(), Credentials(f"LTAI{uuid4().hex[:12]}", uuid4().hex)):
        _, requests = driver.call({}, driver.operation.success()[0], credentials=account)
        request = driver.only_request(requests)
        if request.problems:
            problem = request.problems[0]
            raise DifferenceError(f"{problem.where}: {problem.observed or 'nothing'}, not {problem.expected}")
    return f"both requests were signed so ({request.algorithm})"


def _check_calls_in_a_row(driver: DriverFixture) -> str:
    nonces = set()
    name = driver.operation.name_parameter[0]
    for number in range(_CALLS):
        answer, fields = driver.operation.success()
        observed, requests = driver.call({name: f"name-{number}"}, answer)
        driver.require_success(observed, fields)
        request = driver.only_request(requests)
        require(f"{name}, as it arrived,", request.params.get(name), f"name-{number}")
        nonces.add(request.nonce)
    require("the number of different nonces", len(nonces), _CALLS)
    return f"{_CALLS} calls, {_CALLS} answers of their own"


def _check_raw_lines(driver: DriverFixture) -> str:
    account = new_account()
    operation = driver.operation
    name, value = operation.name_parameter
    with driver.raw() as raw:
        raw.send(70001, "start", unknown={"field": [1]})
        answer, fields = operation.success()
        driver.proxy.begin(answer)
        message = raw.send(
            70002,
            "call",
            unknown=None,
            endpoint=driver.proxy.endpoint,
            action=operation.name,
            params={**operation.params, name: value},
            credentials={"access_key_id": account.access_key_id, "access_key_secret": account.access_key_secret},
            timeout_s=TIMEOUT_S,
        )
        observed = answer_of(message)
        require("the outcome", observed.outcome, "success")
        id_field = operation.id_field
        require(f"the field {id_field} of the body", (observed.body or {}).get(id_field), fields[id_field])
        require(f"{name}, as it arrived,", driver.only_request(driver.arrived(account)).params.get(name), value)
    return "a success"


def _check_slow_server(driver: DriverFixture) -> str:
    fields = driver.operation.success()[1]
    observed, requests = driver.call({}, json_answer(200, fields, delay_s=_LONG_S), timeout_s=_SHORT_S)
    require("the outcome", observed.outcome, "timeout")
    driver.only_request(requests)
    return f"timeout as {observed.exception}"


def _check_connection_refused(driver: DriverFixture) -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
    operation = driver.operation
    observed = driver.process.call(
        endpoint, operation.name, operation.version, operation.params, new_account(), TIMEOUT_S
    )
    require("the outcome", observed.outcome, "client_error")
    require("what is unsupported", observed.unsupported, None)
    return f"client_error as {observed.exception}"


def _check_stop(driver: DriverFixture) -> str:
    with driver.raw() as raw:
        raw.send(1, "start")
        raw.send(2, "stop")
        return raw.require_end(ended=raw.process.ends(END_S), after="it was told to stop")


def _check_end_of_input(driver: DriverFixture) -> str:
    with driver.raw() as raw:
        raw.send(1, "start")
        return raw.require_end(ended=raw.process.end_of_input(END_S), after="the end of its standard input")
