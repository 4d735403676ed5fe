"""YAML files that people write: loaded, validated by a JSON Schema, faults reported with line and column."""

from __future__ import annotations

import json
import stat
from functools import cached_property
from math import isfinite
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

from conformance.core.errors import InputError, Location
from conformance.core.schemas.fault_words import fault_words, nearest
from conformance.core.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import yaml
    from jsonschema_rs import ValidationError, Validator

_DEEPEST: Final = 100
_MOST_VALUES: Final = 1_000_000

KeyPath = tuple["str | int", ...]
"""A place in a file: the names and positions that lead there."""


def read_bytes(path: Path, error: type[InputError]) -> bytes:
    """Return what a file holds; raises `error` when it cannot be read, or is a device, which may have no end."""
    try:
        _refuse_device(path, error)
        return path.read_bytes()
    except OSError as fault:
        raise error(f"cannot be read: {fault.strerror}", where=path, hint="check the path") from None


def read_text(path: Path, error: type[InputError]) -> str:
    """Return the text of a file; raises `error` when it cannot be read or is not UTF-8."""
    try:
        _refuse_device(path, error)
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        raise error(f"cannot be read: {fault.strerror}", where=path, hint="check the path") from None
    except UnicodeDecodeError:
        raise error("is not UTF-8 text", where=path, hint="save it as UTF-8") from None


def _refuse_device(path: Path, error: type[InputError]) -> None:
    mode = path.stat().st_mode
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise error("is a device, and no file", where=path, hint="check the path")


class Schema:
    """A JSON Schema, compiled when it is first used.

    Args:
        document: The schema as data.
    """

    def __init__(self, document: Mapping[str, object]) -> None:
        self._document = document

    @classmethod
    def read(cls, path: Path) -> Schema:
        """Read a schema of the project's own from a JSON file."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def _validator(self) -> Validator:
        import jsonschema_rs  # noqa: PLC0415 - only a command that reads such a file pays for it

        return jsonschema_rs.validator_for(dict(self._document))

    def faults(self, data: object) -> list[ValidationError]:
        """Return everything in which `data` differs from the schema."""
        if self._validator.is_valid(data):  # twice as fast as looking for faults
            return []
        return [nearest(fault) for fault in self._validator.iter_errors(data)]

    def definition(self, name: str) -> Schema:
        """Return the schema of one thing that this one defines."""
        definitions = _mapping(self._document["$defs"])
        return Schema({**_mapping(definitions[name]), "$defs": definitions})

    def explain(self, fault: ValidationError, at: KeyPath) -> tuple[str, str | None]:
        """Turn a fault into (what is wrong, what would be right); `at` is where the data was taken from."""
        return fault_words(self._document, fault, at)


def _is_unknown(fault: ValidationError) -> bool:
    return fault.kind.name == "additionalProperties"


def _order(where: Location) -> tuple[int, int]:
    return where.line or 0, where.column or 0


def _mapping(node: object) -> Mapping[str, object]:
    """Return a mapping of a JSON document, an empty one where there is something else."""
    return node if isinstance(node, dict) else {}


def _scalars(root: yaml.Node | None) -> Iterator[tuple[KeyPath, yaml.ScalarNode]]:
    """Yield the scalars of a tree in their order, each with its place; what is merged is where it is merged into.

    It ends after so many nodes that their aliases must repeat without end, which is refused elsewhere.
    """
    from yaml import MappingNode, ScalarNode, SequenceNode  # noqa: PLC0415 - see `YamlFile`

    waiting: list[tuple[KeyPath, yaml.Node | None]] = [((), root)]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        path, node = waiting.pop()
        if isinstance(node, ScalarNode):
            yield path, node
        elif isinstance(node, MappingNode):
            for key, value in reversed(node.value):
                waiting.append((path if key.tag.endswith(":merge") else (*path, str(key.value)), value))
        elif isinstance(node, SequenceNode):
            for index, value in reversed(list(enumerate(node.value))):
                waiting.append(((*path, index), value))


class YamlFile:
    """One YAML file: its data, and the place of every value in it.

    Args:
        text: The text of the file.
        name: Its name, for messages.
        error: The exception that a fault in this kind of file is.

    Raises:
        InputError: As `error`, when the text is not YAML.
    """

    def __init__(self, text: str, name: str, error: type[InputError]) -> None:
        import yaml  # noqa: PLC0415 - a command that finds its data in the cache reads no YAML

        from conformance.core.yamlloader import load  # noqa: PLC0415

        self.text = text
        self.name = name
        self._error = error
        self.data: Any
        try:
            self.data, self._node, self._changed = load(text)
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            where = Location(name, mark.line + 1, mark.column + 1) if mark else Location(name)
            what = " ".join(part for part in (fault.context, fault.problem) if part)
            raise error(f"not valid YAML: {what}", where=where, hint="fix the syntax at that place") from None
        except yaml.reader.ReaderError as fault:
            before = text.encode()[: fault.position].decode(errors="ignore")
            where = Location(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
            raise error(f"not valid YAML: {fault.reason}", where=where, hint="remove the character") from None

    @classmethod
    def read(cls, path: Path, error: type[InputError]) -> YamlFile:
        """Read a file; raises `error` when it cannot be read or is not UTF-8 YAML."""
        return cls.of(read_bytes(path, error), path, error)

    @classmethod
    def of(cls, content: bytes, path: Path, error: type[InputError]) -> YamlFile:
        """Make it of what the file `path` held; raises `error` when that is not UTF-8 YAML."""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise error("is not UTF-8 text", where=path, hint="save it as UTF-8") from None
        return cls(text.replace("\r\n", "\n").replace("\r", "\n"), str(path), error)

    @cached_property
    def _root(self) -> yaml.Node | None:
        from conformance.core.yamlloader import compose  # noqa: PLC0415 - see above

        return self._node if self._node is not None else compose(self.text)

    def locate(self, path: Sequence[str | int], *, key: bool = False) -> Location:
        """Return the line and column of a value, or of its key; of the nearest parent if it is not there."""
        from yaml import MappingNode, SequenceNode  # noqa: PLC0415 - see above

        node = self._root
        mark = node.start_mark if node is not None else None
        for position, part in enumerate(path):
            if isinstance(node, MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == str(part)), None)
                if pair is None:
                    break
                name, node = pair
                last = position == len(path) - 1
                mark = name.start_mark if key and last else node.start_mark
            elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                mark = node.start_mark
            else:
                break
        return Location(self.name, mark.line + 1, mark.column + 1) if mark else Location(self.name)

    def fault(
        self, message: str, path: Sequence[str | int] = (), *, hint: str | None = None, key: bool = False
    ) -> InputError:
        """Make (not raise) the exception for a fault at `path`."""
        return self._error(message, where=self.locate(path, key=key), hint=hint)

    def require_json(self) -> None:
        """Raise the file's exception for a value that JSON cannot hold: a date, bytes, NaN, a key that is no text."""
        self._require_json(self.data, ())

    def _require_json(self, data: object, at: KeyPath) -> None:
        waiting: list[tuple[KeyPath, object]] = [(at, data)]
        for _ in range(_MOST_VALUES):
            if not waiting:
                return
            path, value = waiting.pop()
            if len(path) > _DEEPEST:
                break
            if isinstance(value, dict):
                for name, entry in value.items():
                    if not isinstance(name, str):
                        raise self.fault(f"the key {name} is not text", path, hint="put it into quotes")
                    waiting.append(((*path, name), entry))
            elif isinstance(value, list):
                waiting.extend(((*path, index), entry) for index, entry in enumerate(value))
            elif not isinstance(value, (str, int, float, NoneType)):
                raise self.fault(f"a {type(value).__name__} is not a value here", path, hint="put it into quotes")
            elif isinstance(value, float) and not isfinite(value):
                raise self.fault(f"{value} is not a number here", path, hint="put it into quotes")
        raise self._error("its aliases repeat without end", where=Location(self.name), hint="write the values out")

    def refuse_changed(self, holds: Callable[[KeyPath], bool]) -> None:
        """Raise the file's exception for a value that YAML changes unless it is in quotes, as it makes 83 of `0123`.

        Args:
            holds: Whether the value at a place is to be as it is written.
        """
        if not self._changed:
            return
        for path, node in _scalars(self._root):
            index = node.start_mark.index
            if index in self._changed and holds(path):
                from conformance.core.yamlloader import as_written  # noqa: PLC0415 - see above

                text = shorten(node.value)
                read = as_written(self._changed[index])
                raise self._error(
                    f"{text or 'nothing'} without quotes is {read or 'a date'} in YAML",
                    where=Location(self.name, node.start_mark.line + 1, node.start_mark.column + 1),
                    hint=f"quote it: '{text}'",
                )

    def validate(self, schema: Schema, data: object = ..., at: KeyPath = (), *, most: int = 1) -> None:
        """Check data by a JSON Schema; raises the file's exception for the first faults in the order of the text.

        Args:
            schema: What the data must be.
            data: The data; all that the file holds unless given.
            at: Where the data was taken from.
            most: How many faults are named; each after the first on a line of its own.
        """
        data = self.data if data is ... else data
        self._require_json(data, at)
        faults = schema.faults(data)
        if not faults:
            return
        unknown = {tuple(each.instance_path): self._place(each, at) for each in faults if _is_unknown(each)}
        # A misspelt name is told before what it was meant to be, which is lacking.
        placed = sorted(
            ((self._place(fault, at), fault) for fault in faults),
            key=lambda pair: (_order(unknown.get(tuple(pair[1].instance_path), pair[0])), not _is_unknown(pair[1])),
        )
        explained = [(where, *schema.explain(fault, at)) for where, fault in placed[:most]]
        found = [self._error(message, where=where, hint=hint) for where, message, hint in explained]
        first, *others = found
        more = [f"and {len(placed) - most} faults more"] if len(placed) > most > 1 else []
        first.others = (*map(str, others), *more)
        raise first

    def _place(self, fault: ValidationError, at: KeyPath) -> Location:
        path = [*at, *fault.instance_path]
        unexpected = getattr(fault.kind, "unexpected", None)
        if unexpected:
            return self.locate([*path, unexpected[0]], key=True)
        if fault.kind.name == "propertyNames":
            return self.locate([*path, fault.kind.as_dict()["error"].instance], key=True)
        return self.locate(path)
