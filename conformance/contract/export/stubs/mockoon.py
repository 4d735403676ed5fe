"""An environment of Mockoon: one route at `/`, whose responses have rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.export.stubs.stub_set import RequestPart, Stub, StubRule, StubSet
    from conformance.core.jsontypes import Json

_TARGETS: Final[Mapping[RequestPart, str]] = {"query": "query", "form": "body", "header": "header"}
_MIGRATION: Final = 33
"""The form of the file: Mockoon brings an older one up to date by itself, and refuses one that is too new."""
_PORT: Final = 8080
_METHOD: Final = "all"
_NEXT_ROUTE: Final = "FALLBACK"
"""The mode in which a request that no rule fits is for the next route, or is answered by 404."""


def mockoon(stubs: StubSet) -> Json:
    """Return an environment with one response for each stub; Mockoon gives the first whose rules all hold."""
    route = _id(stubs, "route")
    responses: list[Json] = [_response(each, stubs) for each in stubs.stubs]
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


def _response(each: Stub, stubs: StubSet) -> dict[str, Json]:
    rules: list[Json] = [_rule(rule) for rule in each.rules]
    return {
        "uuid": _id(stubs, each.title),
        "label": each.title,
        "statusCode": each.status,
        "headers": [{"key": "Content-Type", "value": each.content_type}],
        "bodyType": "INLINE",
        "body": each.body,
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


def _rule(rule: StubRule) -> dict[str, Json]:
    return {
        "target": _TARGETS[rule.place],
        "modifier": rule.name,
        "value": rule.value,
        "invert": False,
        "operator": "equals",
    }


def _id(stubs: StubSet, part: str) -> str:
    """Return an id that is the same each time the stubs are written."""
    return str(uuid5(NAMESPACE_URL, f"{stubs.key}#{part}"))
