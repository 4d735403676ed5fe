"""Changes of a whole OpenAPI description for the tools that read it: extensions out of the way, an older version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from conformance.core.jsontypes import Json

_EXTENSION: Final = "x-"
_NAMES: Final = frozenset({"properties", "schemas", "examples", "responses", "securitySchemes", "encoding"})
"""The members whose own members are names of somebody's choice, which may begin as an extension does."""
_VALUES: Final = frozenset({"example", "examples", "default", "enum", "value"})
"""The members that hold values, in which nothing is a keyword."""

_CONTENT: Final = "contentSchema"


def plain(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description without extensions. What only looks like one, such as the name of a header, stays."""
    return cast("dict[str, Any]", _without(description, names=False))


def _without(node: object, *, names: bool) -> Json:
    if isinstance(node, list):
        return [_without(each, names=False) for each in node]
    if not isinstance(node, dict):
        return cast("Json", node)
    return {
        name: _copied(value)
        if name in _VALUES and not names and not _is_named_examples(name, value)
        else _without(value, names=name in _NAMES and not names)
        for name, value in node.items()
        if names or not name.startswith(_EXTENSION)
    }


def _is_named_examples(name: str, value: object) -> bool:
    """Whether this is the member `examples` of a media type, whose members are examples by their names."""
    return name == "examples" and isinstance(value, dict)


def _copied(node: object) -> Json:
    if isinstance(node, dict):
        return {name: _copied(value) for name, value in node.items()}
    return [_copied(each) for each in node] if isinstance(node, list) else cast("Json", node)


def quiet(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description whose extensions have no member that is named as a keyword of OpenAPI.

    Linters look for `enum`, `default` or `example` wherever they are. So facts become a list, each with its name.
    """
    return cast("dict[str, Any]", _quiet(description))


def _quiet(node: object) -> Json:
    if isinstance(node, list):
        return [_quiet(each) for each in node]
    if not isinstance(node, dict):
        return cast("Json", node)
    return {
        name: _listed(value) if name == "facts" and _are_facts(value) else _quiet(value) for name, value in node.items()
    }


def _are_facts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, dict) and "state" in each for each in value.values())


def _listed(facts: Mapping[str, Any]) -> Json:
    return [{"fact": name, **_quiet_object(fact)} for name, fact in facts.items()]


def _quiet_object(fact: Mapping[str, Any]) -> dict[str, Json]:
    return {name: _copied(value) for name, value in fact.items()}


def older(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description of OpenAPI 3.1 as one of 3.0.

    A schema has one `example`, and not several, and no word for the schema of what a text holds.
    """
    return cast("dict[str, Any]", _older(description))


def _older(node: object) -> Json:
    if isinstance(node, list):
        return [_older(each) for each in node]
    if not isinstance(node, dict):
        return cast("Json", node)
    found: dict[str, Json] = {}
    holds_json = node.get("type") == "string" and isinstance(node.get(_CONTENT), dict)
    for name, value in node.items():
        if name == "examples" and isinstance(value, list):
            found["example"] = _copied(value[0])
        elif holds_json and name == "contentMediaType":
            continue
        elif holds_json and name == _CONTENT:
            found["x-content-schema"] = _older(value)
        else:
            found[name] = _copied(value) if name in _VALUES and not isinstance(value, dict) else _older(value)
    return found
