"""The OpenAPI description that requests are generated from: the contract's, with values that exist pinned. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract.encodings import CARRYING
from conformance.contract.openapi.writer import to_openapi

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.model import Contract
    from conformance.fuzz.oracle.oracle import Surroundings


def pinned_description(contract: Contract, surroundings: Surroundings) -> Mapping[str, object]:
    """Return the description of one document for generators.

    Restrictions are added and none is taken away, so that what is valid by it is valid by the document:

    - a parameter that the document does not restrict (a region, an id) takes a value that exists;
    - where states cannot be set, or nobody knows which a request needs, every parameter of the valid request that is a
      text of its own keeps its value;
    - one whose text is JSON or a list with commas keeps its text, and is not sent where the valid request has none: at
      their limits such values are sent apart.
    """
    document = to_openapi(contract)
    item = document["paths"][f"/#{contract.operation}"]
    texts = [each for entry in item["parameters"] for each in _as_texts(entry, surroundings.valid)]
    item["parameters"] = texts
    for entry in texts:
        schema = entry["schema"]
        value = surroundings.valid.get(entry["name"])
        free = set(schema) <= {"type", "default"} and schema.get("type") == "string"
        pinned = value is not None and "enum" not in schema and (free or not surroundings.isolated)
        if pinned:
            schema.clear()
            schema.update({"type": "string", "enum": [value]})
            entry.pop("example", None)
        elif free:
            shown = entry.get("example")
            schema["enum"] = [shown] if isinstance(shown, str) else ["a"]
    return document


def _as_texts(entry: dict[str, Any], valid: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield a parameter as it is, or for one whose value carries others each name on the wire with its one text."""
    encoding, name = entry["x-facts"].get("encoding"), entry["name"]
    if encoding not in CARRYING:
        yield entry
        return
    names = [name] if encoding != "map" else [wire for wire in valid if wire.startswith(f"{name}.")]
    for wire in names:
        if wire in valid:
            schema = {"type": "string", "enum": [valid[wire]]}
            yield {"name": wire, "in": "query", "required": entry.get("required", False), "schema": schema}
