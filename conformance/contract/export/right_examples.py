"""Examples that keep the rules of their own schema, as every tool that reads the file expects.

A document shows values that hide letters (`zhang****`), or numbers as texts inside JSON. For a person they are good
enough, and the contract keeps them; a linter calls them faults, and a mock server that answers with them is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def without_wrong_example(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter of OpenAPI without its example where that breaks its schema."""
    if "content" in entry:
        content = {kind: without_wrong_example(media) for kind, media in entry["content"].items()}
        return {**entry, "content": content}
    import jsonschema_rs  # noqa: PLC0415 - only a command that writes such a file pays for it

    if "example" not in entry or jsonschema_rs.is_valid(entry["schema"], entry["example"]):
        return dict(entry)
    return {name: value for name, value in entry.items() if name != "example"}
