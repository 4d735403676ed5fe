"""What JSON is the metadata of one operation, and in which of its two shapes; everything else is refused by name.

One shape has the facts of a parameter beside its name (`type`, `required`, `description`, `sub_parameters`). The other
has them in its `schema`, and knows errors and fields of the answer too. The second is in a file of one operation,
in the answer of a service that returns it (`{"code": 0, "data": {...}}`), or as the one operation of a product's file
(`{"info": {...}, "apis": {"<Operation>": {...}}}`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.contract.products import PRODUCT_FORM, VERSION_FORM
from conformance.extraction.layouts.located_json import Located, located
from conformance.extraction.page import Text, UnreadableError, roa_style

if TYPE_CHECKING:
    import re

_LOOKED_FOR: Final = (
    "looked for the metadata of one operation: `parameters`, a list, where each has a `name` and a `schema` or a `type`"
)
_OF_SCHEMAS: Final = ("methods", "schemes", "responses", "errorCodes", "security", "systemTags", "summary")
_OF_TYPES: Final = ("protocol", "method", "pathPattern", "product", "deprecated")
_RPC: Final = "rpc"


class Described(Struct, frozen=True):
    """The metadata of one operation.

    Attributes:
        root: The whole document.
        operation: The part of it that describes the operation.
        parameters: Its parameters, in order; each has a name.
        has_schemas: Whether the facts are in schemas.
        name: The name of the operation; `None` where the document does not have it.
        product: The product, where the document has it.
        version: The version of its API, where the document has it.
    """

    root: Located
    operation: Located
    parameters: tuple[Located, ...]
    has_schemas: bool
    name: str | None
    product: Text | None
    version: Text | None


def has_schemas(text: str) -> bool:
    """Whether a JSON text is metadata with schemas; what is no metadata at all is not."""
    try:
        root = located(text)
        operation, _ = _operation_of(root)
    except UnreadableError:
        return False
    return _with_schemas(operation)


def described(text: str) -> Described:
    """Return the metadata of an operation.

    Raises:
        UnreadableError: When the text is no JSON, or not that of one operation in RPC style.
    """
    root = located(text)
    operation, name = _operation_of(root)
    parameters = operation.get("parameters")
    if parameters is None or not isinstance(parameters.value, list):
        line = parameters.line if parameters is not None else 1
        what = "has no `parameters`" if parameters is None else f"has {parameters.kind} as its `parameters`"
        raise shape_fault(f"the file {what}, so it is not the metadata of an operation", line)
    if not parameters.value and not operation.has(*_OF_SCHEMAS, *_OF_TYPES):
        raise shape_fault(
            "the file has no parameter, and nothing else that metadata of an operation has", parameters.line
        )
    _refuse_roa(root, operation)
    schemas = _with_schemas(operation)
    for parameter in parameters.items():
        _require_shape(parameter, schemas=schemas)
    return Described(
        root=root,
        operation=operation,
        parameters=tuple(parameters.items()),
        has_schemas=schemas,
        name=name or operation.text("name") or None,
        product=_stated(root, operation, "product", PRODUCT_FORM),
        version=_stated(root, operation, "version", VERSION_FORM),
    )


def _operation_of(root: Located) -> tuple[Located, str | None]:
    """Return the part that describes an operation, and its name where it is a key."""
    if not isinstance(root.value, dict):
        raise shape_fault(f"the file is {root.kind}, not the metadata of an operation", root.line)
    if root.has("openapi", "swagger"):
        raise UnreadableError(
            "the file is an OpenAPI description that no document was turned into",
            line=next(each.line for name, each in root.members().items() if name in ("openapi", "swagger")),
            hint="give a document; contracts are what `derive` writes",
        )
    data = root.get("data")
    if data is not None and data.has("parameters") and not root.has("parameters"):
        return data, None
    apis = root.get("apis")
    if apis is None or root.has("parameters"):
        return root, None
    described_there = {name: each for name, each in apis.members().items() if each.has("parameters")}
    if len(described_there) == 1:
        name, operation = next(iter(described_there.items()))
        return operation, name
    if described_there:
        raise UnreadableError(
            f"the file describes {len(described_there)} operations",
            line=apis.line,
            hint="give each operation in a file of its own, <Operation>.json, with `info` beside `apis`",
        )
    count = len(apis.members()) or len(apis.items())
    raise UnreadableError(
        f"the file is the index of {count} operations and describes none", line=apis.line, hint="give their own files"
    )


def _with_schemas(operation: Located) -> bool:
    parameters = operation.get("parameters")
    entries = parameters.items() if parameters is not None else []
    if entries:
        return any(entry.has("schema") for entry in entries)
    return operation.has(*_OF_SCHEMAS) and not operation.has(*_OF_TYPES[:-1])


def _require_shape(parameter: Located, *, schemas: bool) -> None:
    """Refuse a parameter that has neither the one nor the other shape."""
    name = parameter.get("name")
    if name is None or not isinstance(name.value, str) or not name.value:
        raise shape_fault("a parameter without a name", parameter.line)
    key = "schema" if schemas else "type"
    found = parameter.get(key)
    wanted = dict if schemas else str
    if found is None and not schemas and parameter.has("description", "required", "position"):
        return  # a type that is not said is one that is not stated
    if found is None or not isinstance(found.value, wanted):
        what = f"has no `{key}`" if found is None else f"has {found.kind} as its `{key}`"
        raise shape_fault(f"the parameter {name.value} {what}", parameter.line if found is None else found.line)


def _refuse_roa(root: Located, operation: Located) -> None:
    """Refuse an operation with a path of its own: it is called by a verb and that path."""
    for key in ("pathPattern", "path"):
        path = operation.get(key)
        if path is not None and isinstance(path.value, str) and path.value.strip("/"):
            raise roa_style(f"the path {path.value[:80]}", path.line)
    parameters = operation.get("parameters")
    for parameter in parameters.items() if parameters is not None else ():
        if parameter.text("in") == "path":
            raise roa_style(f"{parameter.text('name')[:80]} is a part of the path", parameter.line)
    info = root.get("info")
    style = info.get("style") if info is not None else None
    if style is not None and isinstance(style.value, str) and style.value.lower() != _RPC:
        raise roa_style(f"style {style.value[:80]}", style.line)


def _stated(root: Located, operation: Located, key: str, form: re.Pattern[str]) -> Text | None:
    """Return what the JSON has for its product or its version; `None` when it is not of their form."""
    for place in (operation, root, root.get("info")):
        found = place.get(key) if place is not None else None
        if found is not None and isinstance(found.value, str) and form.fullmatch(found.value):
            return Text(found.line, found.value)
    return None


def shape_fault(message: str, line: int) -> UnreadableError:
    """Return the error of JSON that is not of a known shape; its hint says what was looked for."""
    return UnreadableError(message, line=line, hint=_LOOKED_FOR)
