"""The OpenAPI description that requests are generated from: the contract's, with values that exist pinned. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.openapi.writer import to_openapi

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import Contract
    from conformance.fuzz.oracle.oracle import Surroundings


def pinned_description(contract: Contract, surroundings: Surroundings) -> Mapping[str, object]:
    """Return the description of one document for generators.

    Restrictions are added and none is taken away, so that what is valid by it is valid by the document:

    - a parameter that the document does not restrict (a region, an id) takes a value that exists;
    - where states cannot be set, or nobody knows which a request needs, every parameter of the valid request that is a
      text of its own keeps its value.
    """
    document = to_openapi(contract)
    item = document["paths"][f"/#{contract.operation}"]
    for entry in item["parameters"]:
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
