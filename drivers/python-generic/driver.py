"""The driver of the generic client under Alibaba Cloud's Python SDK V2: see docs/sdk-driver-protocol.md.

An operation is called by its name, with parameters that the client flattens; there are no models.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from protocol import hello, run, text
from python_v2 import config_of, failure, runtime_of

if TYPE_CHECKING:
    from protocol import Command

SDK = "alibabacloud-tea-openapi"
API_VERSION = "2016-04-28"


def start(_request: dict[str, Any]) -> dict[str, object]:
    """Say what is installed: one package is the SDK and its core."""
    return hello("python-generic", SDK, SDK)


def model(_request: dict[str, Any]) -> dict[str, object]:
    """Return that there are no models."""
    return {"fields": None}


def call(request: dict[str, Any]) -> dict[str, object]:
    """Call an operation, and return what a caller learns."""
    client, models = load_client()
    try:
        called = models.Params(
            action=request["action"],
            version=request.get("version") or API_VERSION,
            protocol="HTTPS",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        query = models.OpenApiRequest(query=flattened(request["params"]))
        options = runtime_of(runtime_options(), request)
        return success(client(config_of(models.Config, request)).call_api(called, query, options))
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is its answer
        return failure(error)


def load_client() -> tuple[type, Any]:
    """Return the class of the client, and the module of its models."""
    models = importlib.import_module("alibabacloud_tea_openapi.models")
    return importlib.import_module("alibabacloud_tea_openapi.client").Client, models


def flattened(params: dict[str, Any]) -> dict[str, str]:
    """Return parameters as the client's own helper flattens them: in this package from 0.4 on, in another before."""
    try:
        helper = importlib.import_module("alibabacloud_tea_openapi.utils").Utils
    except ImportError:
        helper = importlib.import_module("alibabacloud_openapi_util.client").Client
    flat: dict[str, str] = helper.query(params)
    return flat


def runtime_options() -> Any:
    """Return the class of the options of a call: the one that the client itself imports."""
    client = importlib.import_module("alibabacloud_tea_openapi.client")
    return vars(client).get("RuntimeOptions") or client.util_models.RuntimeOptions


def success(answer: dict[str, Any]) -> dict[str, object]:
    """Return what a caller has of a success: a mapping with the answer's status, headers and body."""
    body = answer.get("body")
    known = body if isinstance(body, dict) else None
    return {
        "outcome": "success",
        "status": answer.get("statusCode"),
        "code": None,
        "message": None,
        "request_id": text(known.get("RequestId")) if known else None,
        "body": known,
        "exception": None,
    }


def load() -> dict[str, Command]:
    """Import the client; return what answers each command."""
    load_client()
    return {"start": start, "model": model, "call": call}


if __name__ == "__main__":
    sys.exit(run(load))
