"""Values that are JSON, as the text that is sent, and examples that keep the rules of their own schema.

A document shows values that hide letters (`zhang****`), or numbers as texts inside JSON. For a person they are good
enough, and the contract keeps them; a linter calls them faults, and a mock server that answers with them is wrong.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


JSON_TEXT: Final = {"type": "string", "contentMediaType": "application/json"}
"""The schema of a text that is JSON; `contentSchema` beside it is what the JSON must be."""


def as_text(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter whose value is JSON (`content`) as one whose value is the text of it.

    That is what is on the wire. A generated client takes a list for a list of parameters and writes no JSON at all.
    """
    (media,) = entry["content"].values()
    shown = {"example": json.dumps(media["example"], ensure_ascii=False)} if "example" in media else {}
    rest = {name: value for name, value in entry.items() if name != "content"}
    return rest | {"schema": {**JSON_TEXT, "contentSchema": media["schema"]}} | shown


def is_right(schema: Mapping[str, Any], value: object, schemas: Mapping[str, Any]) -> bool:
    """Whether a value keeps the rules of a schema, which may refer to others of its file."""
    import jsonschema_rs  # noqa: PLC0415 - only a command that writes such a file pays for it

    return jsonschema_rs.is_valid({**schema, "components": {"schemas": schemas}}, value)


def without_wrong_example(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter of OpenAPI without its example where that breaks its schema."""
    import jsonschema_rs  # noqa: PLC0415 - only a command that writes such a file pays for it

    if "example" not in entry:
        return dict(entry)
    schema, shown = entry["schema"], entry["example"]
    if "contentSchema" in schema:
        schema, shown = schema["contentSchema"], json.loads(shown)
    if jsonschema_rs.is_valid(schema, shown):
        return dict(entry)
    return {name: value for name, value in entry.items() if name != "example"}
