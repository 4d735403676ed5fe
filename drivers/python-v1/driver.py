"""The driver of Alibaba Cloud's Python SDK V1 for VPC: see docs/sdk-driver-protocol.md.

V1 has no models: a request class has one setter for each parameter, which writes the parameters of the wire. What a
release can carry is therefore asked of its setters.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import logging
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from protocol import Unsupported, exception_bases, exception_name, folded, hello, packages, refusal, run, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

    from protocol import Command

SDK = "aliyun-python-sdk-vpc"
CORE = "aliyun-python-sdk-core"
PRODUCT = "vpc"
API_VERSION = "2016-04-28"
INDEX = re.compile(r"\.\d+(?=\.|$)")


class Probe(str):
    """A value for a setter that passes for text, for a list of two items and for an object with every member."""

    __slots__ = ()

    def get(self, _name: str, _default: object = None) -> Probe:
        """Be an object that has every member."""
        return self

    def __getitem__(self, _index: object) -> Probe:
        return self

    def __iter__(self) -> Iterator[Probe]:
        yield self
        yield self


@dataclass(frozen=True)
class Setter:
    """How a parameter is set.

    Attributes:
        paths: The folded paths that are written.
        method: The setter of the whole parameter; empty where its entries have setters of their own.
        entries: By wire name (`Filter.1.Key`), the setter of one entry of a list.
        as_json: Whether the SDK writes the value as JSON, so that a caller hands over an object or a list.
    """

    paths: tuple[str, ...]
    method: str = ""
    entries: dict[str, str] = field(default_factory=dict)
    as_json: bool = False


@cache
def setters_of(request_class: type) -> dict[str, Setter]:
    """Return the setters of a request class by parameter.

    The setters are called with a probe: `set_Tags` then writes `Tag.1.Key` and `Tag.1.Value`.
    """
    found: dict[str, Setter] = {}
    for method in vars(request_class):
        if method.startswith("set_"):
            request = request_class()
            getattr(request, method)(Probe("11"))  # of two characters, which is how long the list is
            written = {**request.get_query_params(), **request.get_body_params()}
            if not written:
                continue
            paths = tuple(dict.fromkeys(INDEX.sub("[]", name) for name in written))
            top = re.split(r"[.\[]", paths[0])[0]
            (name, value), *more = written.items()
            if not more and "." in name:
                before = found.get(top, Setter(()))
                both = tuple(dict.fromkeys((*before.paths, *paths)))
                found[top] = Setter(both, before.method, {**before.entries, name: method})
            else:
                found[top] = Setter(paths, method, as_json=value == json.dumps("11"))
    return found


def sends_region(request_class: type) -> bool:
    """Return whether the SDK adds the region of its client to such a request: composes one, and looks."""
    url = request_class().get_url("a-region", "an-id", "a-secret")
    return "RegionId" in parse_qs(urlsplit(url).query)


def describe(request_class: type) -> list[dict[str, object]]:
    """Return the fields of a request; setters tell the type of what they write as JSON, and no other."""
    setters = setters_of(request_class).values()
    fields = [(path, "object" if setter.as_json else None) for setter in setters for path in setter.paths]
    if "RegionId" not in dict(fields) and sends_region(request_class):
        fields.append(("RegionId", None))
    return [{"path": path, "type": kind, "required": None} for path, kind in fields]


def check_members(path: str, value: object, known: tuple[str, ...]) -> None:
    """Raise Unsupported for a member of an object that no setter writes: the SDK would drop it in silence."""
    if isinstance(value, list):
        for item in value:
            check_members(path + "[]", item, known)
    elif isinstance(value, dict) and any(one.startswith(path + ".") for one in known):
        for name, inner in value.items():
            member = f"{path}.{name}"
            if not any(one == member or one.startswith((member + ".", member + "[")) for one in known):
                raise Unsupported(folded(member, inner), "unknown")
            check_members(member, inner, known)


def find_class(action: str, api_version: str, product: str = PRODUCT) -> type | None:
    """Return the request class of an operation, or None. Raises Unsupported without a package of the product."""
    _, known = packages(SDK)
    named = known.get(f"{product}/{api_version}", f"aliyun-python-sdk-{product}")
    package = f"aliyunsdk{named.removeprefix('aliyun-python-sdk-').replace('-', '_').lower()}"
    if importlib.util.find_spec(package) is None:
        raise Unsupported(package, "product")
    module = f"{package}.request.v{api_version.replace('-', '')}.{action}Request"
    try:
        found: type = getattr(importlib.import_module(module), f"{action}Request")
    except ModuleNotFoundError as error:
        if module.startswith(error.name or "?"):
            return None
        raise
    return found


def operation_of(request: dict[str, Any]) -> tuple[str, str, str]:
    """Return the operation that a request names, the version of its API and the product."""
    return request["action"], request.get("version") or API_VERSION, request.get("product") or PRODUCT


def getter_value(error: Exception, getter: str) -> Any:
    """Return what a getter of an exception returns, or None where it has none."""
    return getattr(error, getter, lambda: None)()


def failure(error: Exception) -> dict[str, object]:
    """Return what the SDK tells of a failure: ServerException is an error of the service.

    A timeout is a ClientException like any failure to connect; only its message tells it apart.
    """
    exceptions = importlib.import_module("aliyunsdkcore.acs_exception.exceptions")
    message = getter_value(error, "get_error_msg") or str(error)
    outcome = "client_error"
    if isinstance(error, exceptions.ServerException):
        outcome = "service_error"
    elif isinstance(error, exceptions.ClientException) and "timed out" in str(message):
        outcome = "timeout"
    return {
        "outcome": outcome,
        "status": getter_value(error, "get_http_status"),
        "code": text(getter_value(error, "get_error_code")),
        "message": text(message),
        "request_id": text(getter_value(error, "get_request_id")),
        "body": None,
        "exception": exception_name(error),
        "exception_bases": exception_bases(error),
    }


def success(answer: bytes) -> dict[str, object]:
    """Return what a caller has of a success, who gets bytes and parses them: no status.

    V1 takes any answer of a status 2xx for a success, half a body too. What is no JSON object stands in `message`.
    """
    try:
        body = json.loads(answer)
    except ValueError:
        body = None
    known = isinstance(body, dict)
    return {
        "outcome": "success",
        "status": None,
        "code": None,
        "message": None if known else answer.decode("utf-8", "replace"),
        "request_id": text(body.get("RequestId")) if known else None,
        "body": body if known else None,
        "exception": None,
    }


def start(_request: dict[str, Any]) -> dict[str, object]:
    """Say what is installed."""
    return hello("python-v1", packages(SDK)[0], CORE)


def model(request: dict[str, Any]) -> dict[str, object]:
    """Return the fields of an operation's request."""
    try:
        request_class = find_class(*operation_of(request))
    except Unsupported:
        request_class = None
    return {"fields": None if request_class is None else describe(request_class)}


def call(request: dict[str, Any]) -> dict[str, object]:
    """Call an operation, and return what a caller learns."""
    try:
        request_class, values, region = prepare(request)
    except Unsupported as reason:
        return refusal(reason)
    try:
        url = urlsplit(request["endpoint"])
        client = make_client(request["credentials"], url.port, region, request["timeout_s"])
        return success(client.do_action_with_exception(make_request(request_class, values, url)))
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is its answer
        return failure(error)


def prepare(request: dict[str, Any]) -> tuple[type, dict[str, Any], dict[str, str]]:
    """Return the request class, what its setters get, and what the client gets for a region. Raises Unsupported."""
    action, params = request["action"], dict(request["params"])
    request_class = find_class(*operation_of(request))
    if request_class is None:
        raise Unsupported(action, "action")
    setters = setters_of(request_class)
    region = {}
    if "RegionId" in params and "RegionId" not in setters:
        # A caller of V1 says the region to the client alone. Where a case gives none the client has its own default.
        region = {"region_id": str(params.pop("RegionId"))}
    values = {}
    for name, value in params.items():
        if name not in setters:
            raise Unsupported(folded(name, value), "unknown")
        setter = setters[name]
        check_members(name, value, setter.paths)
        if setter.method:
            values[setter.method] = value
        else:
            values.update(entry_values(name, value, setter))
    return request_class, values, region


def entry_values(name: str, value: object, setter: Setter) -> Iterator[tuple[str, object]]:
    """Yield the setter and the value of each entry of a list. Raises Unsupported for one that has no setter."""
    if isinstance(value, (list, dict)):
        numbered = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, inner in numbered:
            yield from entry_values(f"{name}.{key}", inner, setter)
    elif name in setter.entries:
        yield setter.entries[name], value
    else:
        raise Unsupported(INDEX.sub("[]", name), "type")


def make_client(credentials: dict[str, Any], port: int | None, region: dict[str, str], timeout_s: float) -> Any:
    """Return a client that does not retry."""
    client_class = importlib.import_module("aliyunsdkcore.client").AcsClient
    # Older cores have one timeout for both.
    known = inspect.signature(client_class.__init__).parameters
    options: dict[str, Any] = {name: timeout_s for name in ("connect_timeout", "timeout") if name in known}
    if port:
        # Cores before 2.13 look an endpoint with a port up as a host name.
        options["port"] = port
    identifier, secret = credentials["access_key_id"], credentials["access_key_secret"]
    if token := credentials.get("security_token"):
        sts = importlib.import_module("aliyunsdkcore.auth.credentials").StsTokenCredential
        return client_class(credential=sts(identifier, secret, token), auto_retry=False, **region, **options)
    return client_class(identifier, secret, auto_retry=False, **region, **options)


def make_request(request_class: type, values: dict[str, Any], url: SplitResult) -> Any:
    """Return a request for an endpoint, filled through its setters."""
    protocols = importlib.import_module("aliyunsdkcore.http.protocol_type")
    request = request_class()
    request.set_endpoint(url.hostname)
    # The core compares by identity, so these must be its own constants.
    request.set_protocol_type(protocols.HTTPS if url.scheme == "https" else protocols.HTTP)
    for method, value in values.items():
        getattr(request, method)(value)
    return request


def load() -> dict[str, Command]:
    """Import the SDK; return what answers each command."""
    # The SDK logs failed calls with their URL, and a URL holds the security token.
    logging.disable()
    importlib.import_module("aliyunsdkcore.client")
    return {"start": start, "model": model, "call": call}


if __name__ == "__main__":
    sys.exit(run(load))
