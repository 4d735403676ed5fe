"""PyYAML's safe loader, in C where it is built, held to what the project's files may be.

In a module of its own because importing PyYAML takes longer than many a command: see `conformance.core.yamlfile`.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST: Final = 100
_MERGE: Final = "tag:yaml.org,2002:merge"


class Loader(_SafeLoader):  # type: ignore[misc]  # the class depends on how PyYAML was built
    """The safe loader, which also refuses a repeated key, and gives the place of every fault.

    Attributes:
        merged: Whether a mapping was merged into another (`<<`), which changed the nodes that were read.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.merged = False
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


def load(text: str) -> tuple[object, yaml.Node | None]:
    """Return the data in a text, and the tree of nodes that say where each value is.

    The tree is `None` for an empty text, and where making the data changed it; `compose` then makes it anew.

    Raises:
        yaml.YAMLError: When the text is not YAML.
    """
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    finally:
        loader.dispose()
    return data, None if loader.merged else node


def compose(text: str) -> yaml.Node | None:
    """Return the tree of nodes of a text that `load` has read."""
    node: yaml.Node | None = yaml.compose(text, Loader=Loader)
    return node
