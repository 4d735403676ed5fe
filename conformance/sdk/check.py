"""Does a driver speak the protocol? Each check asks it something, with a recording server behind it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from conformance.core.exchange import Credentials
from conformance.core.yamlfile import shorten
from conformance.sdk.bench import (
    BASE,
    END_S,
    TIMEOUT_S,
    VERSION,
    Bench,
    DifferenceError,
    hold,
    hold_success,
    json_answer,
    new_account,
    success_answer,
    the_one,
)
from conformance.sdk.child import ChildError
from conformance.sdk.messages import MessageError
from conformance.sdk.process import GRACE_S, START_DEADLINE_S, DriverFailedError, DriverStartError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.core.exchange import DriverAnswer
    from conformance.sdk.verify import Signed

_SHORT_S: Final = 1.0
_CALLS: Final = 5
_MESSAGE: Final = "The specified flow log name is taken."


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: what was expected, and what came."""

    name: str
    passed: bool
    expected: str
    came: str


@dataclass(frozen=True, slots=True)
class _Check:
    name: str
    expected: str
    run: Callable[[Bench], str]


def check_driver(
    command: Sequence[str],
    folder: Path | None,
    *,
    grace_s: float = GRACE_S,
    start_deadline_s: float = START_DEADLINE_S,
) -> Iterator[Checked]:
    """Yield the checks of a driver as they are made. The first that fails to start it is also the last.

    Args:
        command: The program and its arguments.
        folder: Its working directory; that of this process unless given.
        grace_s: How much longer than the timeout of a call its answer may take.
        start_deadline_s: How long it may take to start.

    Raises:
        DriverStartError: When it cannot be started at all.
    """
    bench = Bench(command, folder, grace_s, start_deadline_s)
    try:
        for check in _CHECKS:
            try:
                came, passed = check.run(bench), True
            except (DifferenceError, DriverFailedError, ChildError, MessageError) as fault:
                if isinstance(fault, DriverStartError) and check is _CHECKS[0]:
                    raise
                came, passed = str(fault), False
            yield Checked(check.name, passed, check.expected, shorten(came))
            if not passed and check is _CHECKS[0]:
                return
    finally:
        bench.close()


def _arrives(bench: Bench, params: Mapping[str, Any], flat: Mapping[str, str], *left_out: str) -> str:
    """Call with parameters, and return that they arrived, or that the driver said which the SDK cannot carry.

    Args:
        bench: The driver and the server.
        params: The parameters.
        flat: How they arrive.
        left_out: Those that the SDK may leave out.
    """
    answer, fields = success_answer()
    said, requests = bench.call({**BASE, **params}, answer)
    if said.unsupported is not None:
        return _unsupported(said, requests, params)
    hold_success(said, fields)
    found = the_one(requests).params
    _hold_parameters(found, {**BASE, **flat}, *left_out)
    return ", ".join(f"{name}={found[name]!r}" for name in flat if name in found) or "nothing, as it is empty"


def _hold_parameters(found: Mapping[str, str], given: Mapping[str, str], *left_out: str) -> None:
    for name, value in given.items():
        hold(f"{name} arrived as", found.get(name), value, *([None] if name in left_out else []))
    extra = sorted(set(found).difference(given))
    if extra:
        raise DifferenceError(f"parameters arrived that nobody gave: {', '.join(extra)}")


def _unsupported(said: DriverAnswer, requests: Sequence[Signed], params: Collection[str]) -> str:
    what = said.unsupported
    if what is None:
        raise DifferenceError(f"the outcome {said.outcome!r}, and nothing that is unsupported")
    if requests:
        raise DifferenceError(f"{what.parameter} is said to be unsupported, but a request arrived")
    if what.why != "action":
        named = (what.parameter or "").partition(".")[0].partition("[")[0]
        hold("the unsupported parameter", named, *params)
    return f"not sent: {what.parameter or 'the operation'} is unsupported ({what.why})"


def _start(bench: Bench) -> str:
    hello = bench.process.hello
    packages = f"{hello.sdk.name} {hello.sdk.version}, {hello.core.name} {hello.core.version}"
    return f"{hello.driver}: {packages}, {hello.language}, {hello.runtime}"


def _model(bench: Bench) -> str:
    fields = bench.process.model("CreateFlowLog")
    if fields is None:
        return "no model"
    hold("the fields", len({field.path for field in fields}), len(fields))
    return f"{len(fields)} fields"


def _no_model(bench: Bench) -> str:
    hold("the fields", bench.process.model("NoSuchOperation"), None)
    return "no model"


def _call_success(bench: Bench) -> str:
    answer, fields = success_answer()
    said, requests = bench.call(BASE, answer)
    hold_success(said, fields)
    _hold_parameters(the_one(requests).params, BASE)
    return f"success with {', '.join(sorted(said.body or ()))}"


def _service_error(bench: Bench) -> str:
    request_id = str(uuid4()).upper()
    body = {"RequestId": request_id, "Code": "DuplicatedParam.FlowlogName", "Message": _MESSAGE, "HostId": "127.0.0.1"}
    said, requests = bench.call(BASE, json_answer(400, body))
    the_one(requests)
    hold("the outcome", said.outcome, "service_error")
    hold("the status", said.status, 400, None)
    hold("the code", said.code, body["Code"])
    hold("the request id", said.request_id, request_id, None)
    if _MESSAGE not in (said.message or ""):
        raise DifferenceError(f"the message {said.message!r} does not hold {_MESSAGE!r}")
    if not said.exception:
        raise DifferenceError("no name of what was raised")
    return f"{said.code} as {said.exception}"


def _another_operation(bench: Bench) -> str:
    said, requests = bench.call(BASE, success_answer()[0], action="DescribeFlowLogs")
    if said.unsupported is not None:
        return _unsupported(said, requests, BASE)
    return f"{the_one(requests, 'DescribeFlowLogs').action} arrived"


def _unknown_operation(bench: Bench) -> str:
    said, requests = bench.call(BASE, success_answer()[0], action="NoSuchOperation")
    if said.unsupported is None:
        return f"{the_one(requests, 'NoSuchOperation').action} arrived"
    hold("why", said.unsupported.why, "action")
    return _unsupported(said, requests, ())


def _unknown_parameter(bench: Bench) -> str:
    answer, _ = success_answer()
    said, requests = bench.call({**BASE, "NoSuchParameter": "x"}, answer)
    if said.unsupported is None:
        hold("NoSuchParameter arrived as", the_one(requests).params.get("NoSuchParameter"), "x")
        return "it arrived"
    hold("why", said.unsupported.why, "unknown")
    return _unsupported(said, requests, ["NoSuchParameter"])


def _credentials(bench: Bench) -> str:
    # Once more without a token: nothing of one call may stay for the next.
    for account in (new_account(), Credentials(f"LTAI{uuid4().hex[:12]}", uuid4().hex)):
        _, requests = bench.call(BASE, success_answer()[0], credentials=account)
        request = the_one(requests)
        if request.problems:
            what, expected, found = request.problems[0]
            raise DifferenceError(f"{what}: {found or 'nothing'}, not {expected}")
    return f"both requests were signed so ({request.algorithm})"


def _calls_in_a_row(bench: Bench) -> str:
    nonces = set()
    for number in range(_CALLS):
        answer, fields = success_answer()
        said, requests = bench.call({**BASE, "FlowLogName": f"name-{number}"}, answer)
        hold_success(said, fields)
        request = the_one(requests)
        hold("FlowLogName arrived as", request.params.get("FlowLogName"), f"name-{number}")
        nonces.add(request.nonce)
    hold("numbers used once:", len(nonces), _CALLS)
    return f"{_CALLS} calls, {_CALLS} answers of their own"


def _raw_lines(bench: Bench) -> str:
    account = new_account()
    with bench.raw() as driver:
        driver.ask({"id": 70001, "command": "start", "unknown": {"field": [1]}})
        answer, fields = success_answer()
        bench.recorder.begin(answer)
        said = driver.ask(
            {
                "id": 70002,
                "command": "call",
                "unknown": None,
                "endpoint": bench.recorder.endpoint,
                "action": "CreateFlowLog",
                "params": {**BASE, "FlowLogName": "流日志"},
                "credentials": {"access_key_id": account.access_key_id, "access_key_secret": account.access_key_secret},
                "timeout_s": TIMEOUT_S,
            }
        )
        hold("the outcome", said["outcome"], "success")
        hold("FlowLogId in the body", (said["body"] or {}).get("FlowLogId"), fields["FlowLogId"])
        hold("FlowLogName arrived as", the_one(bench.arrived(account)).params.get("FlowLogName"), "流日志")
    return "success"


def _timeout(bench: Bench) -> str:
    fields = success_answer()[1]
    said, requests = bench.call(BASE, json_answer(200, fields, delay_s=60), timeout_s=_SHORT_S)
    hold("the outcome", said.outcome, "timeout")
    the_one(requests)
    return f"timeout as {said.exception}"


def _refused(bench: Bench) -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    said = bench.process.call(f"http://127.0.0.1:{port}", "CreateFlowLog", VERSION, BASE, new_account(), TIMEOUT_S)
    hold("the outcome", said.outcome, "client_error")
    hold("what is unsupported:", said.unsupported, None)
    return f"client_error as {said.exception}"


def _stop(bench: Bench) -> str:
    with bench.raw() as driver:
        driver.ask({"id": 1, "command": "start"})
        driver.ask({"id": 2, "command": "stop"})
        return driver.must_end(ended=driver.child.ends(END_S), after="it was told to stop")


def _end_of_input(bench: Bench) -> str:
    with bench.raw() as driver:
        driver.ask({"id": 1, "command": "start"})
        return driver.must_end(ended=driver.child.end_of_input(END_S), after="the end of its standard input")


def _check_lists(bench: Bench) -> str:
    given = {"TrafficPath": ["all", "internetGateway"], "Tag": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}]}
    flat = {"TrafficPath.1": "all", "TrafficPath.2": "internetGateway"}
    flat |= {"Tag.1.Key": "a", "Tag.1.Value": "b", "Tag.2.Key": "c", "Tag.2.Value": "d"}
    return _arrives(bench, given, flat)


def _check_text(bench: Bench) -> str:
    text = "流日志 ñ😀 a+b&c=d%20 *~/?#'\"\\\n"
    return _arrives(bench, {"Description": text}, {"Description": text})


_CHECKS: Final = (
    _Check("start", "the versions of SDK and core, the language, the runtime", _start),
    _Check("model", "the request fields of CreateFlowLog, or none", _model),
    _Check("model of no operation", "no fields", _no_model),
    _Check("success", "one request, success, its fields under their wire names", _call_success),
    _Check("service error", "service_error, with code, message, and what was raised", _service_error),
    _Check("text", "any character as it was given", _check_text),
    _Check(
        "empty text",
        "empty, or left out",
        lambda bench: _arrives(bench, {"Description": ""}, {"Description": ""}, "Description"),
    ),
    _Check(
        "number",
        "its digits",
        lambda bench: _arrives(bench, {"AggregationInterval": 10}, {"AggregationInterval": "10"}),
    ),
    _Check(
        "digits as text",
        "the digits",
        lambda bench: _arrives(bench, {"AggregationInterval": "10"}, {"AggregationInterval": "10"}),
    ),
    _Check("lists", "TrafficPath.1, Tag.1.Key, and so on", _check_lists),
    _Check("another operation", "it arrives, or is unsupported", _another_operation),
    _Check("unknown operation", "it arrives, or is unsupported and nothing is sent", _unknown_operation),
    _Check("unknown parameter", "it arrives, or is unsupported and nothing is sent", _unknown_parameter),
    _Check("credentials", "signed with the AccessKey and the token of the call", _credentials),
    _Check("calls in a row", "each its own request and its own answer", _calls_in_a_row),
    _Check("unknown fields, no version, UTF-8", "the same as without", _raw_lines),
    _Check("slow server", f"timeout after {_SHORT_S:g} s, one request", _timeout),
    _Check("connection refused", "client_error", _refused),
    _Check("stop", "an answer, then its end, and nothing more on standard output", _stop),
    _Check("end of input", "its end, and nothing more on standard output", _end_of_input),
)
