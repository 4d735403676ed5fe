"""What arrived of a request with every documented parameter, against the documents. Pure."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conformance.contract.encodings import decoded
from conformance.judging.findings import Finding
from conformance.sdk.wire_check.full_request import paths_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.sdk.wire_check.full_request import FullRequest

_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)


def judge_wire(request: FullRequest, sent: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the documented parameters that did not arrive under their name and in their form, each once.

    What arrives beside them is not judged here: no document says that its table is closed. An object may be sent
    member by member or as one JSON text: documents do not say which. Booleans are compared without their letter case,
    and `5.0` is `5` where a number need not be whole: how it is written no document says.

    Args:
        request: What the SDK was asked to send.
        sent: The parameters that arrived, by the names of the wire.
    """
    told: set[str] = set()
    for path, name, text in paths_of(request):
        if path in told:
            continue
        finding = _difference(request, path, (name, text), sent)
        if finding is not None:
            told.add(path)
            yield finding


def _difference(request: FullRequest, path: str, expected: tuple[str, str], sent: Mapping[str, str]) -> Finding | None:
    name, text = expected
    where = f"sdk.wire.{path}"
    if path in request.free:
        below = (other for other in sent if other == name or other.startswith(f"{name}."))
        return None if any(sent[other] for other in below) else Finding(where, (name,), None)
    found = sent.get(name)
    if found is None:
        if _is_in_json(name, text, sent):
            return None
        return Finding(where, (name,), _elsewhere(request, expected, sent))
    return None if _is_same(request, path, found, text) else Finding(where, (text,), found)


def _is_same(request: FullRequest, path: str, found: str, text: str) -> bool:
    if found == text or (text in ("true", "false") and found.lower() == text):
        return True
    if path in request.numbers and all(map(_NUMBER.fullmatch, (found, text))):
        return Decimal(found) == Decimal(text)
    return path in request.structures and decoded(found, "json") == decoded(text, "json")


def _is_in_json(name: str, text: str, sent: Mapping[str, str]) -> bool:
    """Whether a member of an object arrived in the JSON text of the object."""
    whole, _, rest = name.partition(".")
    steps = rest.split(".") if rest else []
    if not steps or steps[0].isdecimal() or whole not in sent:
        return False
    value = decoded(sent[whole], "json")
    for step in steps:
        if isinstance(value, list) and step.isdecimal() and 0 < int(step) <= len(value):
            value = value[int(step) - 1]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return False
    return value == text or json.dumps(value, ensure_ascii=False) == text


def _elsewhere(request: FullRequest, expected: tuple[str, str], sent: Mapping[str, str]) -> str | None:
    """Return the name under which a value arrived instead, if it did: that of no other documented parameter."""
    name, text = expected
    others = {other: value for other, value in sent.items() if other not in request.expected}
    same = (other for other, value in others.items() if value == text)
    alike = (other for other in others if other.lower() == name.lower() or other == name.partition(".")[0])
    return next(same, None) or next(alike, None)
