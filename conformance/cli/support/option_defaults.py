"""What options have that nobody gives on the command line: the environment's value, or that of `conformance.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.option_sources import TARGET_OPTIONS
from conformance.core.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.core.errors import UsageError

_OUTPUT_OPTIONS: Final = frozenset({"quiet", "verbose", "json"})
_TOGETHER: Final = (TARGET_OPTIONS, _OUTPUT_OPTIONS)
"""Options that belong together or exclude each other: the file gives none of a group when a command line gives one."""
_SHORT: Final = {"q": "quiet", "v": "verbose"}


class OptionOf(Struct, frozen=True):
    """An option of a command: the name of its parameter, and whether its values are paths."""

    parameter: str
    is_path: bool


def option_defaults(
    words: Iterable[str], options: Mapping[str, OptionOf], unread: list[UsageError] | None = None
) -> dict[str, object]:
    """Return the values that `conformance.yaml` has for the options of a command, by the names of its parameters.

    Args:
        words: The words of the command line.
        options: The options of the command by their long names without the dashes. Paths of the file are seen from
            its folder.
        unread: What the file has that is no option of any command is added here; without it, that is a fault.

    Raises:
        UsageError: When the file is wrong, with line and column.
    """
    try:
        workspace = find_workspace(Path.cwd(), unread)
    except OSError:  # the folder is gone, or may not be looked into
        return {}
    if workspace is None:
        return {}
    given = {name for word in words for name in _names_in(word)}
    found: dict[str, object] = {}
    for name, value in workspace.options.items():
        option = options.get(name)
        if option is None or any(name in group and group & given for group in _TOGETHER):
            continue
        found[option.parameter] = _from(workspace.root, value) if option.is_path else value
    return found


def take_option(words: Sequence[str], option: str) -> tuple[list[str], list[str]]:
    """Return the words without an option, wherever it is, and the values that it is given, empty for none.

    Args:
        words: The words of a command line.
        option: The option with its dashes; its value is the next word, or comes after `=`.
    """
    rest, values = [], []
    left = iter(words)
    for word in left:
        if word == option:
            values.append(next(left, ""))
        elif word.startswith(f"{option}="):
            values.append(word.partition("=")[2])
        else:
            rest.append(word)
    return rest, values


def _names_in(word: str) -> list[str]:
    """Return the long names of the options that a word of a command line gives."""
    if word.startswith("--"):
        return [word[2:].partition("=")[0]]
    return [_SHORT[letter] for letter in word[1:] if letter in _SHORT] if word.startswith("-") else []


def _from(root: Path, value: object) -> object:
    if isinstance(value, str):
        return str(root / value)
    return [_from(root, each) for each in value] if isinstance(value, list) else value
