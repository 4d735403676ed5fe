"""The messages of the driver protocol: requests made, answers read and held against the protocol's schema."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, cast

from msgspec import Struct

from conformance.core.exchange import DriverAnswer, Unsupported
from conformance.core.yamlfile import Schema
from conformance.sdk.manifest import Package

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer = dict[str, object]
"""An answer that keeps to the schema of its command."""

_DEEPEST: Final = 50
_HALF_PAIR: Final = re.compile("[\ud800-\udfff]")


class MessageError(Exception):
    """A line that is no message of the protocol; the text says what is wrong, and quotes nothing of the line."""


class _PackageMessage(TypedDict):
    name: str
    version: str


class _StartAnswer(TypedDict):
    driver: str
    sdk: _PackageMessage
    core: _PackageMessage
    language: str
    runtime: str


class _UnsupportedMessage(TypedDict):
    parameter: str | None
    why: str


class _CallAnswer(TypedDict):
    outcome: str
    status: float | None
    code: str | None
    message: str | None
    request_id: str | None
    body: dict[str, object] | None
    exception: str | None


class _FieldMessage(TypedDict):
    path: str
    type: str | None
    required: bool | None


class Hello(Struct, frozen=True):
    """What a driver says about itself when it is started."""

    driver: str
    sdk: Package
    core: Package
    language: str
    runtime: str


class ModelField(Struct, frozen=True):
    """A request field of an SDK's model: its folded path, its type or `None`, and whether the model requires it."""

    path: str
    type: str | None
    required: bool | None


@cache
def definition(name: str) -> Schema:
    """Return the schema of one kind of message, such as `callAnswer`."""
    return Schema.read(Path(__file__).with_name("protocol.schema.json")).definition(name)


def write_request(message: Mapping[str, object]) -> bytes:
    """Return the line of a request; raises `ValueError` when it breaks the protocol.

    It is written in ASCII, with escapes: readers of lines differ in what else than a line feed ends a line.
    """
    faults = definition(f"{message['command']}Request").faults(message)
    if faults:
        raise ValueError(f"the harness wrote a wrong {message['command']}: {faults[0].message}")
    return json.dumps(message, allow_nan=False).encode("ascii") + b"\n"


def read_answer(line: bytes, number: int, kind: str) -> Answer:
    """Return the fields of an answer.

    Args:
        line: The line.
        number: The id of the request.
        kind: The command.

    Raises:
        MessageError: When it is no answer to this request, or breaks the schema.
    """
    try:
        answer = json.loads(line.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise MessageError("wrote a line that is no JSON") from None
    if not isinstance(answer, dict):
        raise MessageError("wrote a line that is no JSON object")
    if "id" not in answer:
        raise MessageError("wrote an answer without an id")
    if isinstance(answer["id"], bool) or answer["id"] != number:
        raise MessageError(f"answered another id than {number}")
    schema = definition(f"{kind}Answer")
    faults = schema.faults(answer)
    if faults:
        wrong, right = schema.explain(faults[0], ("answer",))
        raise MessageError(f"broke the protocol: {wrong}" + (f" ({right})" if right else ""))
    return {name: _usable(value, 1) for name, value in answer.items()}


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _usable(value: object, depth: int) -> object:
    """Return a value that a report can hold: half a surrogate pair is no text, and becomes U+FFFD."""
    if depth > _DEEPEST:
        raise MessageError(f"wrote an answer that is nested more than {_DEEPEST} deep")
    if isinstance(value, str):
        return _HALF_PAIR.sub("\ufffd", value)
    if isinstance(value, list):
        return [_usable(entry, depth + 1) for entry in value]
    if isinstance(value, dict):
        return {_HALF_PAIR.sub("\ufffd", name): _usable(entry, depth + 1) for name, entry in value.items()}
    return value


def hello_of(answer: Answer) -> Hello:
    """Return what an answer to `start` holds."""
    message = cast("_StartAnswer", answer)
    sdk, core = (Package(package["name"], package["version"]) for package in (message["sdk"], message["core"]))
    return Hello(message["driver"], sdk, core, message["language"], message["runtime"])


def answer_of(answer: Answer) -> DriverAnswer:
    """Return what an answer to `call` holds."""
    message = cast("_CallAnswer", answer)
    unsupported = cast("_UnsupportedMessage | None", answer.get("unsupported"))
    bases = cast("list[str] | None", answer.get("exception_bases"))
    status = message["status"]
    return DriverAnswer(
        outcome=message["outcome"],
        status=None if status is None else int(status),
        code=message["code"],
        message=message["message"],
        request_id=message["request_id"],
        body=message["body"],
        exception=message["exception"],
        unsupported=unsupported and Unsupported(unsupported["parameter"], unsupported["why"]),
        exception_bases=tuple(bases or ()),
    )


def model_of(answer: Answer) -> tuple[ModelField, ...] | None:
    """Return what an answer to `model` holds."""
    fields = cast("list[_FieldMessage] | None", answer["fields"])
    if fields is None:
        return None
    return tuple(ModelField(field["path"], field["type"], field["required"]) for field in fields)
