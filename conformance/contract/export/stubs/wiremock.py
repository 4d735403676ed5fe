"""Stubs of WireMock 3: a file for its folder `mappings`, or for `POST /__admin/mappings/import`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.contract.export.answers import PREFER
from conformance.contract.export.stubs.stub_set import JSON_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.export.stubs.stub_set import StubAnswer, StubSet
    from conformance.core.jsontypes import Json

_ASKED: Final = 1
_OTHERS: Final = 5
"""WireMock tries a lower number first."""


def wiremock(stubs: StubSet) -> Json:
    """Return one mapping for each answer and each place in which a request may name the operation."""
    mappings: list[Json] = [mapping for each in stubs.answers for mapping in _mappings(each, stubs)]
    return {"mappings": mappings}


def _mappings(each: StubAnswer, stubs: StubSet) -> Iterator[dict[str, Json]]:
    wanted: dict[str, Json] = {"equalTo": stubs.operation}
    prefer: dict[str, Json] = {} if each.preference is None else {PREFER: {"equalTo": each.preference}}
    places: tuple[tuple[str, dict[str, Json]], ...] = (
        ("query", {"queryParameters": {stubs.mark.parameter: wanted}}),
        ("form", {"formParameters": {stubs.mark.parameter: wanted}}),
        ("header", {"headers": {stubs.mark.header: wanted}}),
    )
    for place, named in places:
        headers = {**_object(named.get("headers")), **prefer}
        yield {
            "name": f"{each.title} ({place})",
            "priority": _OTHERS if each.preference is None else _ASKED,
            "request": {"method": "ANY", "urlPath": "/", **named, **({"headers": headers} if headers else {})},
            "response": {
                "status": each.answer.status,
                "headers": {"Content-Type": JSON_TYPE},
                "jsonBody": dict(each.answer.body),
            },
        }


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
