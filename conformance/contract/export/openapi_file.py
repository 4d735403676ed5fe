"""A contract as an OpenAPI file that other tools load: one operation, at the path `/`, as the wire has it.

The contract file (`conformance.contract.openapi`) keeps every fact and is read back. This one is for servers, clients
and linters: it has all that a request must carry, and nothing that a tool of the trade stumbles over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from conformance.contract.encodings import CARRYING, sent_rows
from conformance.contract.export.answers import JSON_TYPE, SUCCESS, success_body
from conformance.contract.export.for_tools import older, plain, quiet
from conformance.contract.export.right_examples import as_text, is_right, without_wrong_example
from conformance.contract.export.simple_patterns import simplified
from conformance.contract.languages import entry_of
from conformance.contract.openapi.encoded import encoded_value
from conformance.contract.openapi.schema import example, value_schema
from conformance.contract.openapi.writer import to_openapi
from conformance.contract.wire import wire_names, wire_text
from conformance.contract.xmlwriter import to_xml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from conformance.contract.export.call_form import CallForm, CommonParameter
    from conformance.contract.model import Contract, Parameter
    from conformance.core.jsontypes import Json

OpenapiVersion = Literal["3.0", "3.1"]
OPENAPI_VERSIONS: Final[tuple[OpenapiVersion, ...]] = ("3.0", "3.1")

_FULL_VERSIONS: Final[Mapping[OpenapiVersion, str]] = {"3.0": "3.0.3", "3.1": "3.1.0"}
_LICENSES: Final[Mapping[OpenapiVersion, dict[str, str]]] = {
    # Linters demand one of the two. SPDX has `LicenseRef-` for a licence that is not in its list.
    "3.0": {"url": "https://spdx.org/licenses/"},
    "3.1": {"identifier": "LicenseRef-document"},
}
_FORM: Final = "application/x-www-form-urlencoded"
_OWN: Final = ("x-error-codes", "x-async", "x-formats")
_SUCCESS_NAME: Final = "success"


class ExportOptions(Struct, frozen=True):
    """How a file is to be.

    Attributes:
        version: The version of OpenAPI.
        is_plain: Whether extensions (`x-...`) are left out.
        server: The URL of the server.
    """

    version: OpenapiVersion = "3.1"
    is_plain: bool = False
    server: str = "http://127.0.0.1:8080"


def openapi_file(contract: Contract, form: CallForm, options: ExportOptions) -> dict[str, Any]:
    """Return an OpenAPI description for other tools, as plain data that no part of shares another.

    Args:
        contract: The contract, with what its overlay restored.
        form: What belongs to every call, by the way to sign.
        options: How the file is to be.

    Raises:
        ContractError: As `to_openapi`.
    """
    own = to_openapi(contract)
    (item,) = own["paths"].values()
    tag = contract.product or contract.operation
    scheme = {} if form.signature is None else {form.name: _scheme(form.signature)}
    schemas = {name: _tidy(schema) for name, schema in own["components"]["schemas"].items()}
    demand: list[dict[str, list[str]]] = [{name: []} for name in scheme] or [{}]
    whole: dict[str, Any] = {
        "openapi": _FULL_VERSIONS[options.version],
        "info": own["info"]
        | {
            "description": f"What the {entry_of(contract.language).name} document of {contract.operation} promises.",
            "contact": {"name": "acs-conformance, which wrote this file from its contract"},
            "license": {"name": "that of the document", **_LICENSES[options.version]},
        },
        **{name: value for name, value in own.items() if name.startswith("x-")},
        "servers": [{"url": options.server}],
        "tags": [{"name": tag, "description": f"Operations of {tag}."}],
        "security": demand,
        "paths": {"/": _methods(contract, form, item, tag, schemas)},
        "components": {
            "schemas": schemas,
            **({"securitySchemes": scheme} if scheme else {}),
        },
    }
    rows = item.get("x-rows")
    if rows:
        whole["paths"]["/"]["x-rows"] = rows
    of_version = older(whole) if options.version == "3.0" else whole
    return plain(of_version) if options.is_plain else quiet(of_version)


def _methods(
    contract: Contract, form: CallForm, item: Mapping[str, Any], tag: str, schemas: Mapping[str, Any]
) -> dict[str, Any]:
    common = [_common(each, contract) for each in form.common]
    own = _own_parameters(contract)
    responses = _responses(contract, item["get"]["responses"], schemas)
    extensions = {name: item["get"][name] for name in _OWN if name in item["get"]}

    def method(name: str, about: str) -> dict[str, Any]:
        return {
            "operationId": item[name]["operationId"],
            "summary": item[name]["summary"],
            "description": about,
            "tags": [tag],
        }

    rest = {"responses": responses, **extensions}
    headers = [each for each in common if each["in"] == "header"]
    fields = [each for each in common if each["in"] != "header"]
    # A signature among the parameters is a field of a form, which no security scheme can say.
    signed_inside = form.signature is not None and form.signature.place == "query"
    if signed_inside and form.signature is not None:
        fields.append(_common(form.signature, contract))
    demand: dict[str, Any] = {"security": [{}]} if signed_inside else {}
    posted: dict[str, Any] = {
        **method("post", "All parameters are in a form. Without a form they are in the query, as for GET."),
        **demand,
    }
    if headers:
        posted["parameters"] = headers
    form_body = _form([*fields, *own])
    return {
        "get": {**method("get", "All parameters are in the query."), "parameters": [*common, *own], **rest},
        "post": {**posted, "requestBody": form_body, **rest},
    }


def _common(each: CommonParameter, contract: Contract) -> dict[str, Any]:
    """Return a parameter of the protocol as OpenAPI has it."""
    fixed = {None: (), "operation": (contract.operation,), "version": (contract.version,)}[each.fixed]
    values = list(fixed or each.values)
    schema: dict[str, Any] = {"type": "string"}
    schema |= {"enum": values} if values else {}
    schema |= {} if each.default is None else {"default": each.default}
    schema |= {} if each.format is None else {"format": each.format}
    shown = each.example if each.example is not None else values[0] if values else None
    return {
        "name": each.name,
        "in": each.place,
        "description": each.about,
        "required": each.required,
        "schema": schema,
        **({} if shown is None else {"example": shown}),
    }


def _scheme(signature: CommonParameter) -> dict[str, str]:
    return {"type": "apiKey", "in": signature.place, "name": signature.name, "description": signature.about}


def _own_parameters(contract: Contract) -> list[dict[str, Any]]:
    """Return the parameters of the operation; of two of one name the first."""
    facts = {each["name"]: each["x-facts"] for each in _contract_parameters(contract)}
    found: dict[str, dict[str, Any]] = {}
    for row in sent_rows(contract.parameters):
        schema = _schema_of(row)
        needed = row.fact("required")
        for index, name in enumerate(_names(row, schema)):
            required = needed.stated and needed.value is True and index == 0 and "[]." not in row.path
            entry: dict[str, Any] = {"name": name, "in": "query", "required": required}
            if row.fact("allowEmpty").value is True:
                entry["allowEmptyValue"] = True
            if row.encoding in CARRYING:
                entry |= encoded_value(row, contract.parameters, _schema_of)
                entry = as_text(entry) if "content" in entry else entry
            else:
                entry["schema"] = {key: value for key, value in schema.items() if key != "default" or index == 0}
                shown = _shown(row, schema, index)
                if shown is not None:
                    entry["example"] = shown
            entry = without_wrong_example(entry)
            found.setdefault(name, entry | ({"x-facts": facts[name]} if name in facts else {}))
    return list(found.values())


def _contract_parameters(contract: Contract) -> Sequence[Mapping[str, Any]]:
    (item,) = to_openapi(contract)["paths"].values()
    parameters: Sequence[Mapping[str, Any]] = item["parameters"]
    return parameters


def _schema_of(row: Parameter) -> dict[str, object]:
    return simplified(value_schema(row), row)


def _names(row: Parameter, schema: Mapping[str, object]) -> Sequence[str]:
    """Return the names on the wire, no more than there are values: a tool would send one of them twice."""
    names = wire_names(row.path)
    allowed = schema.get("enum")
    return names[: len(allowed)] if isinstance(allowed, list) and "[]" in row.path else names


def _shown(row: Parameter, schema: Mapping[str, object], index: int) -> object:
    """Return the example of one item of a parameter, another for each; `None` where there is none."""
    first = example(row)
    if index == 0:
        return first
    allowed = schema.get("enum")
    if not isinstance(allowed, list):
        return None
    others = [each for each in allowed if first is None or wire_text(each) != wire_text(first)]
    return others[index - 1] if len(others) >= index else None


def _form(parameters: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the body of a form that has these parameters as its fields."""
    fields: dict[str, Any] = {}
    encoding: dict[str, Any] = {}
    for each in parameters:
        name = each["name"]
        about = {"description": each["description"]} if "description" in each else {}
        facts = {"x-facts": each["x-facts"]} if "x-facts" in each else {}
        if "style" in each:
            encoding[name] = {"style": each["style"], "explode": each["explode"]}
        shown = {"examples": [each["example"]]} if "example" in each else {}
        fields[name] = {**each["schema"], **about, **shown, **facts}
    required = [each["name"] for each in parameters if each["required"]]
    schema = {"type": "object", "properties": fields, **({"required": required} if required else {})}
    # Not required: the protocol takes the parameters of a POST from the query, too.
    return {"required": False, "content": {_FORM: {"schema": schema, **({"encoding": encoding} if encoding else {})}}}


def _responses(contract: Contract, responses: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers, the success with an example, unless no value can be what the document says of its fields.

    What is in XML is a text, so that a tool sends it as it is.
    """
    success = success_body(contract)
    right = is_right(schemas[f"{contract.operation}Response"], success, schemas)
    found: dict[str, Any] = {}
    for status, response in responses.items():
        is_success = status == str(SUCCESS)
        root = f"{contract.operation}Response" if is_success else "Error"
        content: dict[str, Any] = {}
        for kind, media in response["content"].items():
            bodies: dict[str, dict[str, Json]] = (
                ({_SUCCESS_NAME: success} if right else {})
                if is_success
                else {name: each["value"] for name, each in media.get("examples", {}).items()}
            )
            shown: dict[str, Json] = {
                name: body if kind == JSON_TYPE else to_xml(root, body).decode() for name, body in bodies.items()
            }
            examples = {name: {"value": value} for name, value in shown.items()}
            schema = media["schema"] if kind == JSON_TYPE else {"type": "string", "description": f"<{root}> in XML."}
            content[kind] = {"schema": schema, **({"examples": examples} if examples else {})}
        found[status] = {**response, "content": content}
    if not any(status.startswith("4") for status in found):
        # Any call may be refused, for its signature at least, also where the document has no row of it.
        refusal = {"schema": {"$ref": "#/components/schemas/Error"}}
        found["4XX"] = {"description": "The request is refused.", "content": {JSON_TYPE: refusal}}
    return found


def _tidy(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an answer with patterns that every tool understands, its fields included."""
    # How a field is called in XML is left out: what is in XML is a text here, and some tools then write JSON as XML.
    own = simplified({name: value for name, value in schema.items() if name != "xml"}, None)
    if isinstance(own.get("properties"), dict):
        own["properties"] = {name: _tidy(each) for name, each in schema["properties"].items()}
    if isinstance(own.get("items"), dict):
        own["items"] = _tidy(schema["items"])
    return own
