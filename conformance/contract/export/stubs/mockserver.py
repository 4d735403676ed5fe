"""Expectations of MockServer 5: a file for `initializationJsonPath`, or for `PUT /mockserver/expectation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.contract.export.stubs.stub_set import RequestPart, Stub, StubSet
    from conformance.core.jsontypes import Json


def mockserver(stubs: StubSet) -> Json:
    """Return one expectation for each stub; MockServer takes the highest priority of those that match."""
    return [_expectation(each, stubs) for each in stubs.stubs]


def _expectation(each: Stub, stubs: StubSet) -> dict[str, Json]:
    wanted: dict[str, Json] = {"path": "/"}
    query, form, headers = (_values(each, place) for place in ("query", "form", "header"))
    wanted |= {"queryStringParameters": query} if query else {}
    wanted |= {"headers": headers} if headers else {}
    wanted |= {"body": {"type": "PARAMETERS", "parameters": form}} if form else {}
    return {
        "id": f"{stubs.key}: {each.title}",
        "priority": -each.rank,
        "httpRequest": wanted,
        "httpResponse": {
            "statusCode": each.status,
            "headers": {"Content-Type": [each.content_type]},
            "body": each.body,
        },
    }


def _values(each: Stub, place: RequestPart) -> dict[str, Json]:
    return {rule.name: [rule.value] for rule in each.rules if rule.place == place}
