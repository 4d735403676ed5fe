"""What a run writes, as JSON Schemas: those by which its files are read again."""

from __future__ import annotations

import json
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Final, NoReturn

import jsonschema_rs

from conformance.contract.languages import BOTH, LANGUAGES
from conformance.core.resources import data_dir
from conformance.core.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    Node = dict[str, object]

FILE: Final = "report.schema.json"
_FIRST_REQUIRED: Final = {
    "case": frozenset(
        {
            *("id", "title", "trigger", "verdict", "verdicts", "follows", "reason", "mismatches", "exchanges"),
            *("reproduce", "where", "lines", "exact", "observed", "answered", "known_failing", "elapsed_ms"),
        }
    ),
    "mismatch": frozenset({"where", "expected", "observed", "lines"}),
}
"""What there has been since the first version of the schema; later fields may be missing in an older report."""
_VERSION: Final = 1
_OTHER_VERSION: Final = "another version of conformance wrote it: run it again with this one"
_LARGEST: Final = 2**53
"""Above it, programs that read JSON disagree about a number."""


class NotValidError(ValueError):
    """JSON data is not what a run writes; the text says what it is instead, and where.

    Attributes:
        hint: What helps, where that is known.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def read_json(text: bytes) -> object:
    """Return JSON data.

    Raises:
        NotValidError: When it is no JSON, is nested too deep, or has a number that is none or too large.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_number)
    except (ValueError, RecursionError) as fault:
        raise NotValidError(f"is not JSON: {shorten(str(fault))}") from None


def check_report(report: object) -> None:
    """Check a whole report but for its cases; raises `NotValidError`."""
    if not isinstance(report, dict) or not report.keys() >= {"docs", "target", "summary", "cases"}:
        raise NotValidError("is no report of a run")
    _check("report", report)


def check_case(case: object, at: str = "") -> None:
    """Check one case.

    Args:
        case: JSON data.
        at: The JSON pointer of the case in its file.

    Raises:
        NotValidError: With the JSON pointer of what is wrong.
    """
    _check("case", case, at)


def check_event(event: object) -> None:
    """Check one event; one of a kind that is not known passes. Raises `NotValidError`."""
    if not isinstance(event, dict):
        raise NotValidError("is no event")
    kind = event.get("event")
    if kind == "case_finished":
        check_case(event.get("case"), "/case")
    elif isinstance(kind, str) and kind in _event_schemas():
        _check(kind, event)
    elif not isinstance(kind, str):
        raise NotValidError("is no event")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _check(name: str, data: object, at: str = "") -> None:
    version = data.get("schema_version", _VERSION) if isinstance(data, dict) else _VERSION
    if isinstance(version, int) and version != _VERSION:
        raise NotValidError(f"is of schema version {version}, not {_VERSION}", hint=_OTHER_VERSION)
    validator = _validator(name)
    try:
        if validator.is_valid(data):  # twice as fast as looking for faults
            return None
        faults = list(validator.iter_errors(data))
    except ValueError as fault:  # half a surrogate pair, or nested deeper than the library goes
        whole = _without_halves(data)
        if whole == data:
            raise _not_valid(at, str(fault)) from None
        return _check(name, whole, at)
    first = faults[0]
    pointer = at + "".join(f"/{_escaped(part)}" for part in first.instance_path)
    raise _not_valid(pointer, first.message)


def _not_valid(pointer: str, message: str) -> NotValidError:
    return NotValidError(f"holds what no run writes: {f'{pointer}: ' if pointer else ''}{shorten(message)}")


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _without_halves(data: object) -> object:
    """Return data without halves of surrogate pairs, which an answer may have and the validator does not take."""
    if isinstance(data, str):
        return data.encode("utf-8", "replace").decode()
    if isinstance(data, list):
        return [_without_halves(each) for each in data]
    if isinstance(data, dict):
        return {_without_halves(name): _without_halves(value) for name, value in data.items()}
    return data


@cache
def _validator(name: str) -> jsonschema_rs.Validator:
    schema = _schemas()[name]
    return jsonschema_rs.validator_for({**schema, "$defs": _document()["$defs"]}, validate_formats=True)


@cache
def _document() -> Node:
    """Return the published schema, with the languages of this version and without what older reports lack."""
    loaded: Node = json.loads((data_dir("docs") / FILE).read_text(encoding="utf-8"))
    definitions = _node(loaded["$defs"])
    _node(loaded["properties"])["docs"] = {"enum": [*LANGUAGES, BOTH]}
    definitions["language"] = {"enum": list(LANGUAGES)}
    for name, first in _FIRST_REQUIRED.items():
        node = _node(definitions[name])
        required = node["required"]
        assert isinstance(required, list)  # noqa: S101 - the file is the project's own
        node["required"] = [each for each in required if each in first]
    return loaded


@cache
def _schemas() -> Mapping[str, Node]:
    document = _document()
    definitions = _node(document["$defs"])
    whole = {name: value for name, value in document.items() if name != "$defs"}
    properties = {**_node(document["properties"]), "cases": {"type": "array"}}
    return {"report": {**whole, "properties": properties}, "case": _node(definitions["case"]), **_event_schemas()}


@cache
def _event_schemas() -> Mapping[str, Node]:
    """Return the schema of each kind of event but the one that has a case."""
    of_report = _node(_document()["properties"])
    point = _node(_node(_document()["$defs"])["point"])
    count = {"$ref": "#/$defs/count"}
    duration_s: Node = {"type": "number", "minimum": 0, "maximum": _LARGEST}
    texts: Node = {"type": "array", "items": {"type": "string"}}
    shared = ("schema_version", "tool", "docs", "target", "started_at", "selected", "shard")
    return {
        "run_started": _object(
            {name: of_report[name] for name in shared},
            documented={"type": "object", "propertyNames": {"$ref": "#/$defs/language"}, "additionalProperties": count},
            points={
                "type": "array",
                "items": _without_what_is_found_later(point),
            },
            order=texts,
            optional=("shard",),
        ),
        "note": _node(_node(_document()["$defs"])["note"]),
        "fuzz": _node(of_report["fuzz"]),
        "run_finished": _object({}, duration_s=duration_s, interrupted={"type": "boolean"}),
    }


def _without_what_is_found_later(point: Node) -> Node:
    required = point["required"]
    assert isinstance(required, list)  # noqa: S101 - the file is the project's own
    return {**point, "required": [each for each in required if each not in ("observed", "follows")]}


def _object(properties: Node, *, optional: tuple[str, ...] = (), **more: Node) -> Node:
    every = {**properties, **more}
    return {"type": "object", "properties": every, "required": [name for name in every if name not in optional]}


def _node(value: object) -> Node:
    assert isinstance(value, dict)  # noqa: S101 - the file is the project's own
    return value
