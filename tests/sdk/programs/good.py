"""A driver that keeps to the protocol: plain HTTP, signed as the harness signs. Each argument names a fault of it."""

from __future__ import annotations

import http.client
import json
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.cases.model import Transport
from conformance.core.exchange import Credentials
from conformance.protocol.request import build_request

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = set(sys.argv[1:])
KNOWN = {"RegionId", "ResourceType", "ResourceId", "TrafficType", "ProjectName", "LogStoreName"}
KNOWN |= {"FlowLogName", "Description", "AggregationInterval", "TrafficPath", "Tag"}


def flat(params: dict[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in params.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            start = 0 if "counts-from-0" in FAULTS else 1
            found |= flat({str(index): entry for index, entry in enumerate(value, start)}, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = str(value)
    return found


def failure(outcome: str, fault: Exception | None = None, **told: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("status", "code", "message", "request_id", "body"))
    return {"outcome": outcome, **nothing, "exception": fault and type(fault).__qualname__, **told}


def call(request: dict[str, Any]) -> dict[str, Any]:
    params = request["params"]
    unknown = sorted(set(params) - KNOWN)
    if unknown and "drops-unknown" not in FAULTS:
        parameter = "Another" if "names-another" in FAULTS else unknown[0]
        return failure("client_error", unsupported={"parameter": parameter, "why": "unknown"})
    try:
        answer, body = send(request, spoiled({name: value for name, value in params.items() if name in KNOWN}))
    except TimeoutError as fault:
        return failure("client_error" if "no-timeout" in FAULTS else "timeout", fault)
    except OSError as fault:
        return failure("timeout" if "refused-is-timeout" in FAULTS else "client_error", fault)
    told = {"status": answer.status, "request_id": body["RequestId"]}
    if answer.status >= 400:
        code, message = body["Code"], body["Message"]
        if "swaps" in FAULTS:
            code, message = message, code
        return failure("service_error", code=code, message=message, **{**told, "exception": "ServiceError"})
    if "own-names" in FAULTS:
        body["flow_log_id"] = body["FlowLogId"]
    return failure("success", body=body, **told)


def spoiled(params: dict[str, Any]) -> dict[str, Any]:
    if "drops-description" in FAULTS:
        params.pop("Description", None)
    if "empty-as-none" in FAULTS and params.get("Description") == "":
        params["Description"] = "None"
    if "adds-dry-run" in FAULTS:
        params["DryRun"] = "false"
    return params


def send(request: dict[str, Any], params: dict[str, Any]) -> tuple[http.client.HTTPResponse, dict[str, Any]]:
    key = request["credentials"]
    wire = build_request(
        request["endpoint"],
        ("CreateFlowLog" if "one-action" in FAULTS else request["action"], request.get("version", "2016-04-28")),
        flat(params),
        Transport("POST", "query", "JSON"),
        signature="acs3",
        credentials=Credentials(
            key["access_key_id"],
            "another" if "another-secret" in FAULTS else key["access_key_secret"],
            None if "no-token" in FAULTS else key.get("security_token"),
        ),
    )
    parts = urlsplit(wire.url)
    for _ in range(2 if "sends-twice" in FAULTS else 1):
        connection = http.client.HTTPConnection(parts.netloc, timeout=request["timeout_s"])
        connection.request(wire.method, f"{parts.path}?{parts.query}", wire.body, dict(wire.headers))
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
    return answer, body


def model(request: dict[str, Any]) -> dict[str, Any]:
    if request["action"] != "CreateFlowLog" and "any-model" not in FAULTS:
        return {"fields": None}
    return {"fields": [{"path": name, "type": "string", "required": None} for name in sorted(KNOWN)]}


def start(_request: dict[str, Any]) -> dict[str, Any]:
    package = {"name": "plain", "version": "1.0"}
    return {"driver": "good", "sdk": package, "core": package, "language": "Python", "runtime": "CPython"}


def main() -> None:
    commands: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "start": start,
        "call": call,
        "model": model,
        "stop": lambda _request: {},
    }
    for line in sys.stdin.buffer:
        text = line.decode("latin-1" if "latin-1" in FAULTS else "utf-8")
        request = json.loads(text)
        answer = {"id": request["id"], **commands[request["command"]](request)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        if request["command"] == "stop":
            if "says-goodbye" in FAULTS:
                sys.stdout.write("goodbye\n")
            return
    if "outlives-input" in FAULTS:
        time.sleep(60)


main()
