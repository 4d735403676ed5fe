"""The driver of Alibaba Cloud's Python SDK V2, called in a blocking way or not: see docs/sdk-driver-protocol.md.

Its own product is VPC, and it is written for every release of `alibabacloud-vpc20160428` since 1.0. What differs
between them (where the models live, which core they stand on, whether they have type hints) is asked of the installed
SDK, not looked up by version.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import inspect
import typing
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protocol import Unsupported, exception_bases, exception_name, folded, hello, packages, refusal, run, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from protocol import Command

PRODUCT = "alibabacloud_vpc20160428"
API_VERSION = "2016-04-28"
NO_OTHERS: Mapping[str, str] = MappingProxyType({})
TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "array"}


class Probe:
    """Stands in for the answer of a server in a model's `from_map`, and knows the wire path that it was read from.

    `from_map` is generated in every release and names all fields with the models inside them; type hints came later.
    """

    def __init__(self, *path: str) -> None:
        self.path = path

    def get(self, name: str, _default: object = None) -> Probe:
        """Be an object that has every member."""
        return Probe(*self.path, name)

    __getitem__ = get

    def __iter__(self) -> Iterator[Probe]:
        """Be a list of one item."""
        yield self


@dataclass(frozen=True)
class Field:
    """A field of a model: its attribute, the model of its value or items, its type in JSON, whether it is a list."""

    attribute: str
    model: type | None
    type: str | None
    repeated: bool


def first_path(value: object) -> tuple[str, ...]:
    """Return the path of the first probe in a model, or in a list of models."""
    while not isinstance(value, Probe):
        value = value[0] if isinstance(value, list) else next(iter(vars(value).values()))
    return value.path


def type_of(hint: Any) -> tuple[str | None, bool]:
    """Return the type in JSON that a type hint stands for, and whether it is a list of it; nothing without a hint."""
    repeated = typing.get_origin(hint) is list
    inner = typing.get_args(hint)[0] if repeated else hint
    return TYPES.get(typing.get_origin(inner) or inner), repeated


@cache
def fields_of(model: type) -> dict[str, Field]:
    """Return the fields of a request model under their wire names."""
    hints: dict[str, object] = {}
    with contextlib.suppress(NameError):
        hints = typing.get_type_hints(vars(model)["__init__"])
    found = {}
    for attribute, value in vars(model().from_map(Probe())).items():
        kind, repeated = type_of(hints.get(attribute))
        item = value[0] if isinstance(value, list) else value
        inner = None if isinstance(item, Probe) else type(item)
        found[first_path(value)[0]] = Field(attribute, inner, kind, repeated or isinstance(value, list))
    return found


def is_required(model: type, field: Field) -> bool | None:
    """Return True where the model's own validation refuses a request without the field; it never says the opposite."""
    instance = model().from_map(Probe())
    setattr(instance, field.attribute, None)
    try:
        instance.validate()
    except Exception as error:  # noqa: BLE001 - other rules cannot be asked with a probe
        return type(error).__name__ == "RequiredArgumentException" or None
    return None


def describe(model: type, prefix: str = "") -> Iterator[dict[str, object]]:
    """Yield the fields of a model and of those inside it, with folded paths."""
    for name, field in fields_of(model).items():
        path = prefix + name + ("[]" if field.repeated else "")
        if field.model:
            yield from describe(field.model, path + ".")
        else:
            yield {"path": path, "type": field.type, "required": is_required(model, field)}


def build(model: type, values: dict[str, Any], prefix: str = "") -> Any:
    """Return a request as a caller would make it, through the constructors of its models.

    Raises Unsupported for a value that no field carries. `from_map` would drop it in silence.
    """
    arguments = {}
    for name, value in values.items():
        field = fields_of(model).get(name)
        if field is None:
            raise Unsupported(folded(prefix + name, value), "unknown")
        arguments[field.attribute] = value
        if field.model and isinstance(value, dict):
            arguments[field.attribute] = build(field.model, value, f"{prefix}{name}.")
        elif field.model and isinstance(value, list):
            inside = f"{prefix}{name}[]."
            items = [build(field.model, item, inside) if isinstance(item, dict) else item for item in value]
            arguments[field.attribute] = items
    return model(**arguments)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and those that it was made from."""
    while error:
        yield error
        error = getattr(error, "inner_exception", None) or error.__cause__ or error.__context__


def failure(error: Exception) -> dict[str, object]:
    """Return what the SDK tells of a failure.

    The outcome follows the exception's type, as a caller's `except` does: the SDK raises a TeaException (from core 0.4
    on, a subclass of it) with the answer in `data` for an error of the service. What it fails at by itself has no
    `data`, and mostly arrives as an UnretryableException.
    """
    exceptions = importlib.import_module("Tea.exceptions")
    timeout = importlib.import_module("requests").Timeout
    data = getattr(error, "data", None)
    outcome = "client_error"
    if any(isinstance(one, (timeout, TimeoutError)) for one in chain(error)):  # the second of them is asyncio's
        outcome = "timeout"
    elif isinstance(error, exceptions.TeaException) and data is not None:
        outcome = "service_error"
    data = data if isinstance(data, dict) else {}
    status = getattr(error, "status_code", None) or getattr(error, "statusCode", None) or data.get("statusCode")
    return {
        "outcome": outcome,
        "status": status if isinstance(status, int) else None,
        "code": text(getattr(error, "code", None)),
        "message": text(getattr(error, "message", None) or str(error)),
        "request_id": text(getattr(error, "request_id", None) or data.get("RequestId")),
        "body": None,
        "exception": exception_name(error),
        "exception_bases": exception_bases(error),
    }


def success(response: Any) -> dict[str, object]:
    """Return what the SDK tells of a success. Before 2.0 the response is the body itself, without a status."""
    model = getattr(response, "body", response)
    body = model.to_map() if model is not None else None
    return {
        "outcome": "success",
        "status": getattr(response, "status_code", None),
        "code": None,
        "message": None,
        "request_id": text(body.get("RequestId")) if body else None,
        "body": body,
        "exception": None,
    }


def package_of(request: dict[str, Any], own: str = PRODUCT, known: Mapping[str, str] = NO_OTHERS) -> str:
    """Return the package of a request's product: that of the SDK unless the request names another.

    Args:
        request: The request.
        own: The package that is the SDK.
        known: The packages that are installed, by product.
    """
    key = f"{request.get('product')}/{request.get('version') or API_VERSION}"
    if key in known:
        return known[key].replace("-", "_")
    product = request.get("product")
    if not product or (not known and own.startswith(f"alibabacloud_{product.lower()}2")):
        return own
    return f"alibabacloud_{key}".replace("-", "").replace("/", "").lower()


def config_of(config: type, request: dict[str, Any]) -> Any:
    """Return the configuration of a client for a request."""
    url = urlsplit(request["endpoint"])
    credentials = request["credentials"]
    return config(
        access_key_id=credentials["access_key_id"],
        access_key_secret=credentials["access_key_secret"],
        security_token=credentials.get("security_token"),
        endpoint=url.netloc,
        protocol=url.scheme.upper(),
    )


def runtime_of(options: type, request: dict[str, Any]) -> Any:
    """Return the options of a call: its timeout, and that it is made once."""
    milliseconds = int(request["timeout_s"] * 1000)
    return options(autoretry=False, read_timeout=milliseconds, connect_timeout=milliseconds)


class Sdk:
    """The installed SDK: the package of one product and version.

    Args:
        package: The package.
        driver: The name of the driver.
        asynchronous: Whether the methods are called that are to be awaited.
    """

    def __init__(self, package: str = PRODUCT, driver: str = "python-v2", *, asynchronous: bool = False) -> None:
        self.package = package
        self.driver = driver
        self.asynchronous = asynchronous
        self.client = importlib.import_module(f"{package}.client")
        self.models = importlib.import_module(f"{package}.models")
        # The library under the client: alibabacloud_tea_openapi, or alibabacloud_tea_rpc before 2.0.
        self.core = self.client.Client.__mro__[1].__module__.partition(".")[0]
        self.config = importlib.import_module(f"{self.core}.models").Config
        # The class that the client's own signatures name: darabonba's from 7.0 on.
        self.runtime = vars(self.client).get("RuntimeOptions") or self.client.util_models.RuntimeOptions
        # Compared without underscores, because neither `describe_ipv_6addresses_with_options` nor, of an operation
        # that ends in capitals, `apply_loawith_options` can be guessed from the operation.
        names = {name.replace("_", ""): name for name in dir(self.client.Client) if name.endswith("with_options")}
        self.operations = {plain.removesuffix("withoptions"): name for plain, name in names.items()}

    def start(self, _request: dict[str, Any]) -> dict[str, object]:
        """Say what is installed."""
        sdk, core = (name.replace("_", "-") for name in (self.package, self.core))
        return hello(self.driver, sdk, core)

    def model(self, request: dict[str, Any]) -> dict[str, object]:
        """Return the fields of an operation's request."""
        model = getattr(self.models, f"{request['action']}Request", None)
        return {"fields": None if model is None else list(describe(model))}

    def call(self, request: dict[str, Any]) -> dict[str, object]:
        """Call an operation, and return what a caller learns."""
        try:
            method, arguments = self.prepare(request)
        except Unsupported as reason:
            return refusal(reason)
        try:
            client = self.client.Client(config_of(self.config, request))
            runtime = runtime_of(self.runtime, request)
            if self.asynchronous:
                return success(asyncio.run(getattr(client, f"{method}_async")(*arguments, runtime)))
            return success(getattr(client, method)(*arguments, runtime))
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises is its answer
            return failure(error)

    def prepare(self, request: dict[str, Any]) -> tuple[str, list[object]]:
        """Return the client's method and the request for it. Raises Unsupported."""
        action, params = request["action"], request["params"]
        name = self.operations.get(action.lower())
        model = getattr(self.models, f"{action}Request", None)
        of_another = self.package == PRODUCT and (request.get("version") or API_VERSION) != API_VERSION
        if name is None or of_another:
            raise Unsupported(action, "action")
        if model is None:
            # An operation without parameters has no model, and a method that takes no request.
            if "request" in inspect.signature(getattr(self.client.Client, name)).parameters:
                raise Unsupported(action, "action")
            for parameter, value in params.items():
                raise Unsupported(folded(parameter, value), "unknown")
        return name, [] if model is None else [build(model, params)]


class Sdks:
    """The packages of an SDK that are installed, each loaded when it is first asked for."""

    def __init__(self, driver: str, *, asynchronous: bool) -> None:
        own, self._by_product = packages(PRODUCT.replace("_", "-"))
        self._own = own.replace("-", "_")
        self._load = partial(Sdk, driver=driver, asynchronous=asynchronous)
        self._loaded = {self._own: self._load(self._own)}

    def start(self, request: dict[str, Any]) -> dict[str, object]:
        """Say what is installed."""
        return self._loaded[self._own].start(request)

    def model(self, request: dict[str, Any]) -> dict[str, object]:
        """Return the fields of an operation's request; none of a product without a package."""
        try:
            return self._of(request).model(request)
        except Unsupported:
            return {"fields": None}

    def call(self, request: dict[str, Any]) -> dict[str, object]:
        """Call an operation, and return what a caller learns."""
        try:
            sdk = self._of(request)
        except Unsupported as reason:
            return refusal(reason)
        return sdk.call(request)

    def _of(self, request: dict[str, Any]) -> Sdk:
        package = package_of(request, self._own, self._by_product)
        if package not in self._loaded:
            if importlib.util.find_spec(package) is None:
                raise Unsupported(package.replace("_", "-"), "product")
            self._loaded[package] = self._load(package)
        return self._loaded[package]


def drive(driver: str, *, asynchronous: bool = False) -> int:
    """Answer requests until the input ends. Returns the exit status.

    Args:
        driver: The name of the driver.
        asynchronous: Whether the methods are called that are to be awaited.
    """

    def load() -> dict[str, Command]:
        sdks = Sdks(driver, asynchronous=asynchronous)
        return {"start": sdks.start, "model": sdks.model, "call": sdks.call}

    return run(load)
