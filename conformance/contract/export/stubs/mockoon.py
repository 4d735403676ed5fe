"""An environment of Mockoon: one route at `/`, whose responses have rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from conformance.contract.export.answers import PREFER
from conformance.contract.export.stubs.stub_set import JSON_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.export.stubs.stub_set import StubAnswer, StubSet
    from conformance.core.jsontypes import Json

_MIGRATION: Final = 33
"""The form of the file: Mockoon brings an older one up to date by itself, and refuses one that is too new."""
_PORT: Final = 8080
_METHOD: Final = "all"
_NEXT_ROUTE: Final = "FALLBACK"
"""The mode in which a request that no rule fits is for the next route, or is answered by 404."""


def mockoon(stubs: StubSet) -> Json:
    """Return an environment with one response for each answer and each place in which a request names the operation.

    The first response whose rules all hold is given, so those that a header asks for come first.
    """
    route = _id(stubs, "route")
    responses: list[Json] = [response for each in stubs.answers for response in _responses(each, stubs)]
    return {
        "uuid": _id(stubs, "environment"),
        "lastMigration": _MIGRATION,
        "name": stubs.title,
        "port": _PORT,
        "hostname": "127.0.0.1",
        "endpointPrefix": "",
        "latency": 0,
        "folders": [],
        "routes": [
            {
                "uuid": route,
                "type": "http",
                "documentation": stubs.title,
                "method": _METHOD,
                "endpoint": "",
                "responses": responses,
                "responseMode": _NEXT_ROUTE,
                "streamingMode": None,
                "streamingInterval": 0,
            }
        ],
        "rootChildren": [{"type": "route", "uuid": route}],
        "proxyMode": False,
        "proxyHost": "",
        "proxyRemovePrefix": False,
        "tlsOptions": {
            "enabled": False,
            "type": "CERT",
            "pfxPath": "",
            "certPath": "",
            "keyPath": "",
            "caPath": "",
            "passphrase": "",
        },
        "cors": False,
        "headers": [],
        "proxyReqHeaders": [],
        "proxyResHeaders": [],
        "data": [],
        "callbacks": [],
    }


def _responses(each: StubAnswer, stubs: StubSet) -> Iterator[dict[str, Json]]:
    prefer = [] if each.preference is None else [_rule("header", PREFER, each.preference)]
    places = (("query", stubs.mark.parameter), ("body", stubs.mark.parameter), ("header", stubs.mark.header))
    for place, name in places:
        rules: list[Json] = [_rule(place, name, stubs.operation), *prefer]
        yield {
            "uuid": _id(stubs, f"{each.title} {place}"),
            "label": f"{each.title} ({place})",
            "statusCode": each.answer.status,
            "headers": [{"key": "Content-Type", "value": JSON_TYPE}],
            "bodyType": "INLINE",
            "body": json.dumps(dict(each.answer.body), ensure_ascii=False),
            "latency": 0,
            "filePath": "",
            "databucketID": "",
            "sendFileAsBody": False,
            "rules": rules,
            "rulesOperator": "AND",
            "disableTemplating": True,
            "fallbackTo404": False,
            "default": False,
            "crudKey": "id",
            "callbacks": [],
        }


def _rule(target: str, name: str, value: str) -> dict[str, Json]:
    return {"target": target, "modifier": name, "value": value, "invert": False, "operator": "equals"}


def _id(stubs: StubSet, part: str) -> str:
    """Return an id that is the same each time the stubs are written."""
    return str(uuid5(NAMESPACE_URL, f"{stubs.key}#{part}"))
