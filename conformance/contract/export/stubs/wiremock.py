"""Stubs of WireMock 3: a file for its folder `mappings`, or for `POST /__admin/mappings/import`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.export.stubs.stub_set import RequestPart, Stub, StubSet
    from conformance.core.jsontypes import Json

_MATCHERS: Final[Mapping[RequestPart, str]] = {
    "query": "queryParameters",
    "form": "formParameters",
    "header": "headers",
}


def wiremock(stubs: StubSet) -> Json:
    """Return one mapping for each stub; WireMock takes the lowest priority of those that match."""
    mappings: list[Json] = [_mapping(each) for each in stubs.stubs]
    return {"mappings": mappings}


def _mapping(each: Stub) -> dict[str, Json]:
    wanted: dict[str, Json] = {}
    for place, matcher in _MATCHERS.items():
        rules: dict[str, Json] = {rule.name: {"equalTo": rule.value} for rule in each.rules if rule.place == place}
        wanted |= {matcher: rules} if rules else {}
    return {
        "name": each.title,
        "priority": each.rank + 1,
        "request": {"method": "ANY", "urlPath": "/", **wanted},
        "response": {"status": each.status, "headers": {"Content-Type": each.content_type}, "body": each.body},
    }
