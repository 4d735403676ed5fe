"""A driver of an SDK without faults: what every case of the suite may expect. Each argument names a fault of it."""

from __future__ import annotations

import http.client
import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.cases.expand import wire_parameters
from conformance.cases.model import Transport
from conformance.core.exchange import Credentials
from conformance.protocol.request import build_request
from conformance.protocol.signing import Stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULTS = set(sys.argv[1:])
PACKAGE = {"name": "model-sdk", "version": "1.0"}
FIELDS = {
    "AggregationInterval": "integer",
    "Description": "string",
    "FlowLogName": "string",
    "IpVersion": "string",
    "LogStoreName": "string",
    "ProjectName": "string",
    "RegionId": "string",
    "ResourceGroupId": "string",
    "ResourceId": "string",
    "ResourceType": "string",
    "Tag[].Key": "string",
    "Tag[].Value": "string",
    "TrafficAnalyzerId": "string",
    "TrafficPath[]": "string",
    "TrafficType": "string",
    "OwnerId": "integer",
}


def fields() -> Iterator[dict[str, Any]]:
    for path, kind in FIELDS.items():
        if path == "Description" and "model-without-description" in FAULTS:
            continue
        wrong = "text-for-numbers" in FAULTS and kind == "integer"
        required = True if path == "FlowLogName" and "name-required" in FAULTS else None
        yield {"path": path, "type": "string" if wrong else kind, "required": required}


def reported(outcome: str, **known: Any) -> dict[str, Any]:
    names = ("status", "code", "message", "request_id", "body", "exception")
    return {"outcome": outcome, **dict.fromkeys(names), **known}


def refused(params: dict[str, Any]) -> dict[str, Any] | None:
    """Return the answer about a call that is not sent."""
    if "lacks-ip-version" in FAULTS and "IpVersion" in params:
        return reported("client_error", unsupported={"parameter": "IpVersion", "why": "unknown"})
    if "lacks-ip-version" in FAULTS and "NoSuchParameter" in params:
        return reported("client_error", unsupported={"parameter": "NoSuchParameter", "why": "unknown"})
    if "typed" in FAULTS and not str(params.get("AggregationInterval", "1")).isdecimal():
        return reported("client_error", unsupported={"parameter": "AggregationInterval", "why": "type"})
    characters = "knows-regions" in FAULTS and not re.fullmatch("[A-Za-z0-9-]*", str(params.get("RegionId", "")))
    return reported("client_error", exception="Refused", message="no") if characters or "refuses" in FAULTS else None


def call(request: dict[str, Any]) -> dict[str, Any]:
    params = dict(request["params"])
    if "breaks-off" in FAULTS and "Description" in params:
        os._exit(9)
    for name in ("Description", "TrafficPath"):
        if f"drops-{name}" in FAULTS:
            params.pop(name, None)
    if "renames" in FAULTS and "ProjectName" in params:
        params["Project"] = params.pop("ProjectName")
    if "json-for-lists" in FAULTS and "Tag" in params:
        params["Tag"] = json.dumps(params["Tag"])
    if "adds" in FAULTS:
        params["DryRun"] = True
    try:
        return refused(params) or result(*exchange(request, params))
    except TimeoutError:
        return reported("timeout", exception="Timeout")
    except (OSError, http.client.HTTPException, ValueError) as fault:
        careless = "careless" in FAULTS and not isinstance(fault, OSError)
        return reported("success", body={}) if careless else reported("client_error", exception=type(fault).__name__)


def result(status: int, body: Any, url: str) -> dict[str, Any]:
    code, message = body.get("Code"), body.get("Message")
    text: str | None
    request_id = "another" if "own-request-id" in FAULTS else body.get("RequestId")
    if (code is None or "status-decides" in FAULTS) and status < 400:
        if "loses-id" in FAULTS:
            body.pop("FlowLogId", None)
        if "booleans" in FAULTS and "Success" in body:
            body["Success"] = body["Success"] in (True, "true")
        return reported("success", status=status, request_id=request_id, body=body)
    if "swaps" in FAULTS:
        code, message = message, code
    if "makes-up" in FAULTS:
        code = str(code)
    text = f"{code}: {message} ({request_id})"
    if "silent" in FAULTS:
        text = f"error, URL: {url}" if "shows-url" in FAULTS else None
    return reported(
        "service_error",
        status=200 if "wrong-status" in FAULTS else status,
        code=code,
        message=text,
        request_id=request_id,
        exception="ServiceError",
    )


def exchange(request: dict[str, Any], params: dict[str, Any]) -> tuple[int, Any, str]:
    key = request["credentials"]
    secret = "another" if "wrong-secret" in FAULTS else key["access_key_secret"]
    stamp = Stamp.now()
    if "one-nonce" in FAULTS:
        stamp = Stamp(stamp.timestamp, "always the same")
    if "old-clock" in FAULTS:
        stamp = Stamp("2020-01-31T08:00:00Z", stamp.nonce)
    wire = build_request(
        request["endpoint"],
        (request["action"], request["version"]),
        wire_parameters(params, {}),
        Transport(),
        signature="v1",
        credentials=Credentials(key["access_key_id"], secret, key["security_token"]),
        stamp=stamp,
    )
    parts = urlsplit(wire.url)
    for left in (1, 0):
        connection = http.client.HTTPConnection(parts.netloc, timeout=request["timeout_s"])
        connection.request(wire.method, f"{parts.path}?{parts.query}", wire.body, dict(wire.headers))
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if not (left and ("retries" in FAULTS or ("retries-503" in FAULTS and answer.status == 503))):
            break
    found = json.loads(text)
    if not isinstance(found, dict) or ("RequestId" not in found and answer.status < 400):
        raise ValueError("no answer of the API")
    return answer.status, found, wire.url


def main() -> None:
    for line in sys.stdin.buffer:
        request = json.loads(line)
        found: dict[str, Any] = {}
        if request["command"] == "start":
            found = {"driver": "model", "sdk": PACKAGE, "core": PACKAGE, "language": "Python", "runtime": "CPython"}
        elif request["command"] == "model" and "breaks-off" in FAULTS:
            os._exit(9)
        elif request["command"] == "model":
            found = {"fields": None if "no-model" in FAULTS else list(fields())}
        elif request["command"] == "call":
            found = call(request)
        sys.stdout.write(json.dumps({"id": request["id"], **found}) + "\n")
        sys.stdout.flush()


main()
