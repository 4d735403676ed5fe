"""OpenAPI Overlay 1.1: changes to a description, each with its reason, kept in a file of their own."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

import jsonpath_rfc9535 as jsonpath
from msgspec import Struct

from conformance.core.errors import ContractError
from conformance.core.yamlfile import Schema, YamlFile

_SHAPE: Final = Schema(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["overlay", "info", "actions"],
        "properties": {
            "overlay": {"type": "string", "pattern": r"^1\.1\.\d+$", "examples": ["1.1.0"]},
            "info": {
                "type": "object",
                "required": ["title", "version"],
                "properties": {
                    "title": {"type": "string"},
                    "version": {"type": "string"},
                    "description": {"type": "string"},
                },
                "patternProperties": {"^x-": True},
                "additionalProperties": False,
            },
            "extends": {"type": "string"},
            "actions": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    # Overlay leaves the description optional. Here it is the reason of a change.
                    "required": ["target", "description"],
                    "properties": {
                        "target": {"type": "string", "pattern": r"^\$", "description": "write a JSONPath from $"},
                        "description": {"type": "string", "minLength": 1, "description": "say why"},
                        "update": True,
                        "copy": {"type": "string", "pattern": r"^\$", "description": "write a JSONPath from $"},
                        "remove": {"const": True, "description": "write true, or leave it out"},
                    },
                    "patternProperties": {"^x-": True},
                    "additionalProperties": False,
                },
            },
        },
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
    }
)

_CHANGES: Final = frozenset({"update", "copy", "remove"})


class _MisfitError(Exception):
    """An action cannot be applied to this description."""


class OverlayAction(Struct, frozen=True):
    """One change, of one of three kinds.

    Attributes:
        target: The JSONPath of what is changed.
        update: What is merged into it; `None` where nothing is.
        copy: The JSONPath of what is merged into it instead.
        remove: Whether it is removed.
    """

    target: str
    update: object = None
    copy: str | None = None
    remove: bool = False


class Overlay(Struct, frozen=True):
    """The changes of one overlay file.

    Attributes:
        actions: In their order.
        file: The file that they come from, to say where a fault is.
    """

    actions: tuple[OverlayAction, ...]
    file: YamlFile


def load_overlay(text: str, name: str) -> Overlay:
    """Return the overlay in the text of a file.

    Raises:
        ContractError: If the text is not YAML or not an Overlay 1.1, or an action has no description.
    """
    file = YamlFile(text, name, ContractError)
    file.validate(_SHAPE)
    actions = file.data["actions"]
    for index, action in enumerate(actions):
        if len(_CHANGES & action.keys()) != 1:
            raise file.fault(
                "an action needs one of update, copy and remove", ("actions", index), hint="split it in two"
            )
    kept = ("target", *_CHANGES)
    return Overlay(
        tuple(OverlayAction(**{name: action[name] for name in kept if name in action}) for action in actions), file
    )


def apply_overlay(document: dict[str, object], overlay: Overlay) -> dict[str, object]:
    """Return a copy of a description with the changes of an overlay; the description itself is not touched.

    Objects are merged, arrays get what an update adds, primitive values are replaced, as Overlay 1.1 says. One rule is
    stricter: a target that selects nothing is a fault, because what it was written for has changed.

    Raises:
        ContractError: If an action selects nothing, or what it selects cannot take the change.
    """
    # In a list of its own, the description can be replaced like any other part.
    root = [deepcopy(document)]
    for index, action in enumerate(overlay.actions):
        try:
            # From the last to the first: what is removed then moves nothing that is still to come.
            for node in reversed(_select(action.target, root[0])):
                _change(root, node, action)
        except _MisfitError as fault:
            raise overlay.file.fault(str(fault), ("actions", index), hint="the description may have changed") from None
    return root[0]


def _select(path: str, document: dict[str, object]) -> list[jsonpath.JSONPathNode]:
    try:
        nodes = list(jsonpath.find(path, document))
    except jsonpath.JSONPathError as fault:
        raise _MisfitError(f"{path} is no JSONPath: {fault}") from None
    if not nodes:
        raise _MisfitError(f"{path} selects nothing")
    return nodes


def _change(root: list[dict[str, object]], node: jsonpath.JSONPathNode, action: OverlayAction) -> None:
    holder: Any = root  # only the JSONPath says what is inside
    key: str | int = 0
    for part in node.location:
        holder, key = holder[key], part
    if action.remove:
        if holder is root:
            raise _MisfitError("the whole description cannot be removed")
        del holder[key]
        return
    value = action.update
    if action.copy is not None:
        sources = _select(action.copy, root[0])
        if len(sources) != 1:
            raise _MisfitError(f"{action.copy} selects {len(sources)} nodes; copy takes one")
        value = sources[0].value
    holder[key] = _merged(holder[key], deepcopy(value), top=True)


def _merged(old: object, new: object, *, top: bool = False) -> object:
    if isinstance(old, dict) and isinstance(new, dict):
        return old | new | {name: _merged(old[name], item) for name, item in new.items() if name in old}
    # At the target itself, one entry is appended; deeper inside, two arrays become one.
    if isinstance(old, list) and top:
        return [*old, new]
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    if isinstance(old, (dict, list)) or isinstance(new, (dict, list)):
        raise _MisfitError(f"the update has {type(new).__name__} where the description has {type(old).__name__}")
    return new
