"""Expectations of MockServer 5: a file for `initializationJsonPath`, or for `PUT /mockserver/expectation`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from conformance.contract.export.answers import PREFER
from conformance.contract.export.stubs.stub_set import JSON_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.export.stubs.stub_set import StubAnswer, StubSet
    from conformance.core.jsontypes import Json

_ASKED: Final = 10
_OTHERS: Final = 0
"""MockServer tries a higher number first."""


def mockserver(stubs: StubSet) -> Json:
    """Return one expectation for each answer and each place in which a request may name the operation."""
    return [expectation for each in stubs.answers for expectation in _expectations(each, stubs)]


def _expectations(each: StubAnswer, stubs: StubSet) -> Iterator[dict[str, Json]]:
    wanted: list[Json] = [stubs.operation]
    prefer: dict[str, Json] = {} if each.preference is None else {PREFER: [each.preference]}
    headers: dict[str, Json] = {"headers": prefer} if prefer else {}
    form: dict[str, Json] = {"type": "PARAMETERS", "parameters": {stubs.mark.parameter: wanted}}
    places: tuple[tuple[str, dict[str, Json]], ...] = (
        ("query", {"queryStringParameters": {stubs.mark.parameter: wanted}, **headers}),
        ("form", {"body": form, **headers}),
        ("header", {"headers": {stubs.mark.header: wanted, **prefer}}),
    )
    for place, named in places:
        yield {
            "id": f"{stubs.key}: {each.title} ({place})",
            "priority": _OTHERS if each.preference is None else _ASKED,
            "httpRequest": {"path": "/", **named},
            "httpResponse": {
                "statusCode": each.answer.status,
                "headers": {"Content-Type": [JSON_TYPE]},
                "body": json.dumps(dict(each.answer.body), ensure_ascii=False),
            },
        }
