"""The text of a contract file: YAML in block style, with small things on one line and an anchor for what occurs twice.

It is what PyYAML writes of the same nodes, letter for letter; a test holds the two together. PyYAML looks at every
character of every text, which took two thirds of the time of deriving hundreds of contracts. Here a text is looked at
once, and a plain word not at all; what is rare (a key that needs a line of its own) is still left to PyYAML.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import Final

import yaml
from yaml.representer import SafeRepresenter

from conformance.core.errors import ContractError
from conformance.core.yamlwriter import text_node

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[./-][A-Za-z0-9_]+)*", re.ASCII)
_OTHER_WORDS: Final = frozenset({"yes", "no", "true", "false", "on", "off", "null", "y", "n"})
"""Words that YAML takes for something else than a text."""
_LONGEST_KEY: Final = 100
_SEQUENCE: Final = "tag:yaml.org,2002:seq"
_MAPPING: Final = "tag:yaml.org,2002:map"
_STRING: Final = "tag:yaml.org,2002:str"
_STEP: Final = "  "
_Path = tuple[str, ...]


class _LongKeyError(Exception):
    """A key cannot stand on the line of its value."""


def contract_text(data: dict[str, object]) -> str:
    """Return data as YAML, keys in their order.

    Args:
        data: JSON data. A collection that is in two places is written once and referred to.

    Raises:
        ContractError: For a text that holds half of a surrogate pair.
    """
    try:
        return _Writer(data).text()
    except _LongKeyError:
        return serialized(data)


class _Writer:
    """Writes one document."""

    def __init__(self, data: dict[str, object]) -> None:
        self._data = data
        self._seen: dict[int, _Path] = {}
        self._anchors: dict[int, str] = {}
        self._written: set[int] = set()
        self._parts: list[str] = []
        self._find_shared(data, (), set())

    def _find_shared(self, value: object, path: _Path, taken: set[str]) -> None:
        """Name what occurs twice, in the order in which it occurs again."""
        if not isinstance(value, (dict, list)):
            return
        if id(value) in self._seen:
            if id(value) not in self._anchors:
                self._anchors[id(value)] = _free(_anchor(value, self._seen[id(value)]), taken)
            return
        self._seen[id(value)] = path
        items = value.items() if isinstance(value, dict) else (("item", item) for item in value)
        for name, item in items:
            self._find_shared(item, (*path, name), taken)

    def text(self) -> str:
        if not self._data:
            return "{}\n"
        self._block(self._data, (), "", starts_line=True)
        return "".join(self._parts)

    def _block(self, value: dict[str, object] | list[object], path: _Path, indent: str, *, starts_line: bool) -> None:
        """Write a collection in block style; its first entry may stand behind the dash of an item."""
        entries = value.items() if isinstance(value, dict) else (("item", item) for item in value)
        for name, item in entries:
            if starts_line:
                self._parts.append(indent)
            starts_line = True
            self._parts.append(_key(name, flow=False) + ":" if isinstance(value, dict) else "-")
            self._value(item, (*path, name), indent, of_item=isinstance(value, list))

    def _value(self, value: object, path: _Path, indent: str, *, of_item: bool) -> None:
        """Write what follows a key or a dash, to the end of its last line."""
        if not isinstance(value, (dict, list)):
            self._parts.append(f" {_scalar(value, flow=False)}\n")
            return
        anchor = self._anchors.get(id(value))
        if anchor is not None:
            if id(value) in self._written:
                self._parts.append(f" *{anchor}\n")
                return
            self._written.add(id(value))
            self._parts.append(f" &{anchor}")
        if not value or _is_flow(value, self._seen[id(value)]):
            self._parts.append(" ")
            self._flow(value, path)
            self._parts.append("\n")
        elif of_item and anchor is None:
            self._parts.append(" ")
            self._block(value, path, indent + _STEP, starts_line=False)
        else:
            self._parts.append("\n")
            self._block(value, path, indent + _STEP, starts_line=True)

    def _flow(self, value: object, path: _Path) -> None:
        if isinstance(value, dict):
            self._parts.append("{")
            for index, (name, item) in enumerate(value.items()):
                self._parts.append((", " if index else "") + _key(name, flow=True) + ": ")
                self._inner(item, (*path, name))
            self._parts.append("}")
        elif isinstance(value, list):
            self._parts.append("[")
            for index, item in enumerate(value):
                if index:
                    self._parts.append(", ")
                self._inner(item, (*path, "item"))
            self._parts.append("]")

    def _inner(self, value: object, path: _Path) -> None:
        """Write a value inside a collection on one line."""
        if not isinstance(value, (dict, list)):
            self._parts.append(_scalar(value, flow=True))
            return
        anchor = self._anchors.get(id(value))
        if anchor is not None and id(value) in self._written:
            self._parts.append(f"*{anchor}")
            return
        if anchor is not None:
            self._written.add(id(value))
            self._parts.append(f"&{anchor} ")
        self._flow(value, path)


def _key(name: str, *, flow: bool) -> str:
    return name if _is_word(name) else _rare_key(name, flow=flow)


def _scalar(value: object, *, flow: bool) -> str:
    if isinstance(value, str):
        return value if _is_word(value) else _rare_text(value, flow=flow)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _in_list(SafeRepresenter().represent_data(value), flow=True)


def _is_word(text: str) -> bool:
    """Whether a text is written in YAML as it is, whatever is around it."""
    return len(text) < _LONGEST_KEY and _WORD.fullmatch(text) is not None and text.lower() not in _OTHER_WORDS


@lru_cache(maxsize=16_384)
def _rare_key(name: str, *, flow: bool) -> str:
    pair = (text_node(name, ContractError), yaml.ScalarNode(_STRING, "x"))
    text = _emitted(yaml.MappingNode(_MAPPING, [pair], flow_style=flow))
    text = text.removeprefix("{").removesuffix("}") if flow else text
    if text.startswith("?"):
        raise _LongKeyError
    return text.removesuffix(": x")


@lru_cache(maxsize=65_536)
def _rare_text(text: str, *, flow: bool) -> str:
    return _in_list(text_node(text, ContractError), flow=flow)


def _in_list(node: yaml.Node, *, flow: bool) -> str:
    text = _emitted(yaml.SequenceNode(_SEQUENCE, [node], flow_style=flow))
    return text.removeprefix("[").removesuffix("]") if flow else text.removeprefix("- ")


def _emitted(node: yaml.Node) -> str:
    text: str = yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True, width=float("inf"))
    return text.removesuffix("\n")


def _is_flow(value: dict[str, object] | list[object], path: _Path) -> bool:
    """Whether a collection is written on one line."""
    if isinstance(value, list):
        return _is_flat(value)
    return bool(path) and path[-1] != "info" and all(_is_flat(item) for item in value.values())


def serialized(data: dict[str, object]) -> str:
    """Return the same text as `contract_text`, as PyYAML writes it."""
    graph = _Graph()
    root = graph.node(data)
    return str(yaml.serialize(root, Dumper=graph.dumper(), allow_unicode=True, width=float("inf")))


class _Graph:
    """Turns data into nodes of PyYAML."""

    def __init__(self) -> None:
        self._scalars = SafeRepresenter()
        self._nodes: dict[int, yaml.Node] = {}
        self._places: dict[int, tuple[object, tuple[str, ...]]] = {}

    def dumper(self) -> type[yaml.SafeDumper]:
        """Return a dumper class that names the anchors of this graph."""
        taken: set[str] = set()
        places = self._places

        class Dumper(yaml.SafeDumper):
            def generate_anchor(self, node: yaml.Node) -> str:
                return _free(_anchor(*places[id(node)]), taken)

            def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's
                """Indent the items of a list below its key."""
                return super().increase_indent(flow, False)  # noqa: FBT003 - PyYAML's

        return Dumper

    def node(self, value: object, path: tuple[str, ...] = ()) -> yaml.Node:
        """Return the node of a value; the same collection gives the same node again."""
        if not isinstance(value, (dict, list)):
            if isinstance(value, str):
                return text_node(value, ContractError)
            node: yaml.Node = self._scalars.represent_data(value)
            return node
        if id(value) not in self._nodes:
            node = self._mapping(value, path) if isinstance(value, dict) else self._sequence(value, path)
            self._nodes[id(value)] = node
            self._places[id(node)] = (value, path)
        return self._nodes[id(value)]

    def _mapping(self, value: dict[str, object], path: tuple[str, ...]) -> yaml.Node:
        pairs = [(self.node(name), self.node(item, (*path, name))) for name, item in value.items()]
        return yaml.MappingNode(_MAPPING, pairs, flow_style=_is_flow(value, path))

    def _sequence(self, value: list[object], path: tuple[str, ...]) -> yaml.Node:
        items = [self.node(item, (*path, "item")) for item in value]
        return yaml.SequenceNode(_SEQUENCE, items, flow_style=_is_flow(value, path))


def _anchor(value: object, path: tuple[str, ...]) -> str:
    """Return a name that says what is repeated: `error-codes`, `facts-Tag-Key`, `answers-400`."""
    last = path[-1] if path else ""
    if "content" in path:
        return f"answers-{path[path.index('content') - 1]}"
    subject = f"-{value['path']}" if last == "x-facts" and isinstance(value, dict) else ""
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{last.removeprefix('x-')}{subject}").strip("-") or "part"


def _free(base: str, taken: set[str]) -> str:
    """Return a name that is not taken, and take it: `facts-Name`, `facts-Name-2`."""
    name = next(name for number in count(1) if (name := base if number == 1 else f"{base}-{number}") not in taken)
    taken.add(name)
    return name


def _is_flat(value: object) -> bool:
    return not isinstance(value, dict) and (
        not isinstance(value, list) or not any(isinstance(item, (dict, list)) for item in value)
    )
