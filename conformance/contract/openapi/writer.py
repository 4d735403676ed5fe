"""A contract as an OpenAPI 3.1 description. `from_openapi` is the way back, without loss."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, cast

from conformance.contract.encodings import CARRYING, sent_rows
from conformance.contract.example_names import named_rows
from conformance.contract.languages import entry_of
from conformance.contract.model import FACT_NAMES, NOT_STATED, RESPONSE_FACT_NAMES, State
from conformance.contract.openapi.encoded import encoded_value
from conformance.contract.openapi.reader import from_openapi
from conformance.contract.openapi.schema import broken_examples, example, value_schema
from conformance.contract.wire import canonical_type, wire_names
from conformance.core.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.model import Contract, ErrorCode, Fact, Parameter, Source

__all__ = ["broken_examples", "from_openapi", "to_openapi"]

_MEDIA_TYPES: Final = ("application/json", "text/xml")
_REQUEST_ID: Final = "00000000-0000-4000-8000-000000000000"
_LOWEST_ERROR: Final = 300


def to_openapi(contract: Contract) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of a contract, as plain data that no part of shares another.

    Raises:
        ContractError: If two rows have the same path, which a description could not keep apart.
    """
    return {name: _unshared(value) for name, value in shared_openapi(contract).items()}


def shared_openapi(contract: Contract) -> dict[str, object]:
    """Return the same as `to_openapi`, but what occurs in two places is one object, for YAML to show as such."""
    _require_unique(contract, "parameter", contract.parameters)
    _require_unique(contract, "response field", contract.responses)
    errors = [_error_row(row) for row in contract.errors]
    behaviour = _async(contract)
    formats = [{"format": shown.format, "line": shown.line} for shown in contract.formats]
    responses = _responses(contract)

    def method(name: str) -> dict[str, object]:
        return {
            "operationId": f"{contract.operation}By{name.capitalize()}",
            "summary": f"{contract.operation} sent by {name.upper()}",
            "responses": responses,
            "x-error-codes": errors,
            **({"x-async": behaviour} if behaviour else {}),
            **({"x-formats": formats} if formats else {}),
        }

    parameters, rows = _parameters(contract)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{contract.product} {contract.operation}, by its {entry_of(contract.language).name} document",
            "version": contract.version,
        },
        "x-product": contract.product,
        "x-version": contract.version,
        "x-language": contract.language,
        "x-source": source_data(contract),
        "x-lost": [
            {"path": loss.path, "line": loss.line, "kind": loss.kind, "evidence": loss.evidence}
            for loss in contract.lost
        ],
        **({"x-differs": differences_data(contract)} if contract.differs else {}),
        "paths": {
            f"/#{contract.operation}": {
                "parameters": parameters,
                **({"x-rows": rows} if rows else {}),
                "get": method("get"),
                "post": method("post"),
            }
        },
        "components": {
            "schemas": {
                f"{contract.operation}Response": _response_schema(contract),
                "Error": _error_schema(),
            }
        },
    }


def _require_unique(contract: Contract, what: str, rows: Sequence[Parameter]) -> None:
    twice = [path for path, count in Counter(row.path for row in rows).items() if count > 1]
    if twice:
        raise ContractError(
            f"{what} {twice[0]!r} has more than one row",
            where=contract.source.file,
            hint="a contract holds one row for each path",
        )


def _parameters(contract: Contract) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the parameters on the wire, and the rows that are none: groups, what is carried, what the signer adds."""
    on_the_wire = {parameter.path for parameter in sent_rows(contract.parameters)}
    sent, rows = [], []
    for parameter in contract.parameters:
        facts = _facts(parameter, FACT_NAMES)
        if parameter.path not in on_the_wire:
            rows.append(facts)
            continue
        shown = example(parameter)
        empty, required = parameter.fact("allowEmpty"), parameter.fact("required")
        for index, name in enumerate(wire_names(parameter.path)):
            # Of a list, only the first item can be required; of a list of objects, no member of the first is.
            needed = required.stated and required.value is True and index == 0 and "[]." not in parameter.path
            entry: dict[str, object] = {"name": name, "in": "query"}
            if required.stated:
                entry["required"] = needed
            if empty.stated and isinstance(empty.value, bool):
                entry["allowEmptyValue"] = empty.value
            if parameter.encoding in CARRYING:
                entry |= encoded_value(parameter, contract.parameters)
                sent.append({**entry, "x-facts": facts})
                continue
            schema = value_schema(parameter)
            entry["schema"] = schema
            if index > 0:
                # A tool that fills in examples and defaults would send the same item twice.
                schema.pop("default", None)
            elif shown is not None:
                entry["example"] = shown
            sent.append({**entry, "x-facts": facts})
    return sent, rows


def _facts(row: Parameter, names: Iterable[str]) -> dict[str, object]:
    """Return a row's facts that are stated or lost, the fixed names first; what is not stated is left out."""
    facts = {name: row.fact(name) for name in dict.fromkeys([*names, *row.facts])}
    data: dict[str, object] = {
        "path": row.path,
        "line": row.line,
        "source": row.source,
        # How a field of the answer travels is what its format says.
        **({"encoding": row.encoding} if row.encoding != "plain" and names is FACT_NAMES else {}),
        **_origin(row.origin),
        "facts": {name: fact_data(fact) for name, fact in facts.items() if fact != NOT_STATED},
    }
    return data | ({"conditional": conditional_data(row)} if row.conditional else {})


def conditional_data(row: Parameter) -> list[dict[str, object]]:
    """Return the facts of a row that hold on a condition, as JSON data: `fact`, the fact itself, and `when`."""
    return [{"fact": each.name, **fact_data(each.fact), "when": each.when.data} for each in row.conditional]


def presence_data(field: Parameter) -> dict[str, object]:
    """Return when and where a field is in an answer, as JSON data: `presence`; what else is known of it."""
    presence = field.presence
    data: dict[str, object] = {"presence": presence.word}
    if presence.when is not None and presence.when.known:
        data["when"] = presence.when.data
    more = {"presence_line": presence.line, "shown": presence.shown, "place": presence.place}
    return data | {name: value for name, value in more.items() if value is not None}


def differences_data(contract: Contract) -> list[dict[str, object]]:
    """Return what other sources of a contract state otherwise, as JSON data: `path`, `fact`, and the fact itself."""
    return [{"path": each.path, "fact": each.name, **fact_data(each.other)} for each in contract.differs]


def source_data(contract: Contract) -> dict[str, object]:
    """Return the source of a contract as JSON data; the sources that were merged into it are in `also`."""
    data = _source(contract.source)
    return data | ({"also": list(map(_source, contract.also))} if contract.also else {})


def _source(source: Source) -> dict[str, object]:
    return {"file": source.file, "sha256": source.sha256, "layout": source.layout}


def _origin(origin: str | None) -> dict[str, object]:
    return {} if origin is None else {"origin": origin}


def fact_data(fact: Fact) -> dict[str, object]:
    """Return a fact as JSON data: `state`, and `value`, `line` and `origin` where they are known."""
    data: dict[str, object] = {"state": fact.state.value}
    if fact.state is State.STATED:
        data["value"] = list(fact.value) if isinstance(fact.value, tuple) else fact.value
    if fact.line is not None:
        data["line"] = fact.line
    return data | _origin(fact.origin)


def _error_row(row: ErrorCode) -> dict[str, object]:
    data: dict[str, object] = {
        "status": row.status,
        "code": row.code,
        "message": row.message,
        "description_state": row.description_state.value,
        "line": row.line,
        "class": row.error_class,
    }
    return data | ({"inferred_split": True} if row.inferred_split else {}) | _origin(row.origin)


def _async(contract: Contract) -> dict[str, object] | None:
    behaviour = contract.async_behaviour
    if behaviour is None:
        return None
    data: dict[str, object] = {"pending": behaviour.pending, "final": behaviour.final, "poll": behaviour.poll}
    return data | ({"line": behaviour.line} if behaviour.line is not None else {}) | _origin(behaviour.origin)


def _responses(contract: Contract) -> dict[str, object]:
    success = {"schema": {"$ref": f"#/components/schemas/{contract.operation}Response"}}
    responses: dict[str, object] = {
        "200": {"description": "The request is accepted.", "content": dict.fromkeys(_MEDIA_TYPES, success)}
    }
    for status in sorted({row.status for row in contract.errors if row.status >= _LOWEST_ERROR}):
        error = {
            "schema": {"$ref": "#/components/schemas/Error"},
            "examples": {
                name: {"value": refusal(row)} for name, row in named_rows(contract.errors) if row.status == status
            },
        }
        responses[str(status)] = {
            "description": "The request is refused, with one of the listed codes.",
            "content": dict.fromkeys(_MEDIA_TYPES, error),
        }
    return responses


def refusal(row: ErrorCode) -> dict[str, str]:
    """Return the fields of an answer with a row of the table of errors."""
    return {"RequestId": _REQUEST_ID, "Code": row.code, "Message": row.message}


def _error_schema() -> dict[str, object]:
    return {
        "type": "object",
        "required": ["RequestId", "Code", "Message"],
        "properties": {name: {"type": "string"} for name in ("RequestId", "HostId", "Code", "Message", "Recommend")},
        "xml": {"name": "Error"},
    }


def _response_schema(contract: Contract) -> dict[str, object]:
    root: dict[str, object] = {"type": "object"}
    for field in contract.responses:
        schema = root
        for part in _parts(field.path):
            if part == "[]":
                schema["type"] = "array"
                schema = _inside(schema, "items")
            else:
                schema["type"] = "object"
                schema = _inside(_inside(schema, "properties"), part)
        shown = example(field)
        # What an earlier row says of this one's members stays.
        schema.update({name: value for name, value in value_schema(field).items() if name not in schema})
        kind = canonical_type(str(field.fact("type").value))
        if kind in ("array", "object"):
            schema.setdefault("type", kind)
        if shown is not None:
            schema["examples"] = [shown]
        schema["x-facts"] = _facts(field, RESPONSE_FACT_NAMES) | presence_data(field)
    if any(field.path == "RequestId" for field in contract.responses):
        root["required"] = ["RequestId"]
    return root | {"xml": {"name": f"{contract.operation}Response"}}


def _inside(schema: dict[str, object], name: str) -> dict[str, object]:
    """Return what a schema has under a name, made where it has nothing."""
    return cast("dict[str, object]", schema.setdefault(name, {}))


def _parts(path: str) -> list[str]:
    """Split a folded path of a response: `Items[].Id` gives `Items`, `[]`, `Id`."""
    return [part for part in path.replace("[]", ".[]").split(".") if part]


def _unshared(value: object) -> object:
    if isinstance(value, dict):
        return {name: _unshared(item) for name, item in value.items()}
    return [_unshared(item) for item in value] if isinstance(value, list) else value
