"""PyYAML's safe loader, in C where it is built, held to what the project's files may be.

In a module of its own because importing PyYAML takes longer than many a command: see `conformance.core.yamlfile`.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import yaml

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST: Final = 100
_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final = f"{_TAG}merge"
_NO_TEXT: Final = ("bool", "float", "int", "null", "timestamp")
"""What YAML makes of some words that are not in quotes."""


class Loader(_SafeLoader):  # type: ignore[misc]  # the class depends on how PyYAML was built
    """The safe loader, which also refuses a repeated key, and gives the place of every fault.

    Attributes:
        merged: Whether a mapping was merged into another (`<<`), which changed the nodes that were read.
        changed: The values that do not read as they are written, by their position in the text: `0123` is 83.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.merged = False
        self.changed: dict[int, object] = {}
        self._depth = 0
        self._read: set[int] = set()

    # Both are called for every node. They do not call what they replace: it serves path resolvers, and there are none.
    def descend_resolver(self, parent: yaml.Node | None, index: object) -> None:  # noqa: ARG002 - PyYAML's signature
        """Refuse what is nested so deeply that reading it would exhaust the stack."""
        self._depth += 1
        if self._depth > _DEEPEST:
            mark = parent.start_mark if parent is not None else None
            raise yaml.composer.ComposerError(None, None, f"nested more than {_DEEPEST} deep", mark)

    def ascend_resolver(self) -> None:
        """Count what `descend_resolver` counted back."""
        self._depth -= 1

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuse a repeated key: the first value would be lost without notice."""
        if id(node) not in self._read:  # a mapping that was merged into another is flattened again
            self._read.add(id(node))
            words: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in words:
                        what = f"the key {key.value!r} is there twice"
                        raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
                    words.add(key.value)
                    self.merged = self.merged or key.tag == _MERGE
        super().flatten_mapping(node)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:  # noqa: FBT001, FBT002 - PyYAML's signature
        """Tell where a value is that its own tag does not fit, such as a date in a thirteenth month."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError):
            kind = node.tag.rpartition(":")[2]
            raise yaml.constructor.ConstructorError(None, None, f"this is no {kind}", node.start_mark) from None


def _note_changed(loader: Loader, node: yaml.ScalarNode) -> object:
    """Make the value of a word, and note when it would be written in another way."""
    value: object = _SafeLoader.yaml_constructors[node.tag](loader, node)
    if as_written(value) != node.value:
        loader.changed[node.start_mark.index] = value
    return value


for _kind in _NO_TEXT:
    Loader.add_constructor(_TAG + _kind, _note_changed)


def as_written(value: object) -> str | None:
    """Return the text of a value in JSON; `None` for a date, which JSON does not have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return str(value) if isinstance(value, int | float) else None


class Loaded(NamedTuple):
    """What a text of YAML holds.

    Attributes:
        data: The data.
        node: The tree of nodes that say where each value is; `None` for an empty text, and where making the data
            changed it: `compose` then makes it anew.
        changed: The values that do not read as they are written, by their position in the text.
    """

    data: object
    node: yaml.Node | None
    changed: dict[int, object]


def load(text: str) -> Loaded:
    """Return the data in a text, and where each value is.

    Raises:
        yaml.YAMLError: When the text is not YAML.
    """
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    finally:
        loader.dispose()
    return Loaded(data, None if loader.merged else node, loader.changed)


def compose(text: str) -> yaml.Node | None:
    """Return the tree of nodes of a text that `load` has read."""
    node: yaml.Node | None = yaml.compose(text, Loader=Loader)
    return node
