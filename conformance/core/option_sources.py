"""Values of options that no command line gives: from the environment, or from the file of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.errors import Location

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.core.errors import ConformanceError

TARGET_OPTIONS: Final = frozenset({"endpoint", "states-url", "target"})
"""The options that say what is tested: who gives one of them means that target, and not half of another one."""
_TELLING: Final = 6
"""Characters from which on a value is not in a message by chance."""


class OptionSource(Struct, frozen=True):
    """A value of an option, and where it is from.

    Attributes:
        name: The long name of the option without the dashes.
        value: The value.
        place: The variable, or the place in the file.
    """

    name: str
    value: object
    place: str


def variable_of(option: str) -> str:
    """Return the environment variable of an option: `CONFORMANCE_STATES_URL` of `--states-url`."""
    return f"CONFORMANCE_{option.removeprefix('--').replace('-', '_').upper()}"


def name_source(fault: ConformanceError, sources: Iterable[OptionSource]) -> None:
    """Have a message about a value say where that is from, when the command line does not give it.

    Args:
        fault: The message.
        sources: The values that may be meant.
    """
    for source in sources:
        if not _is_about(fault, source):
            continue
        if fault.where is None:
            fault.where = Location(source.place)
        else:
            told = f"{source.place} names it"
            fault.hint = f"{fault.hint}; {told}" if fault.hint else told
        return


def _is_about(fault: ConformanceError, source: OptionSource) -> bool:
    words = fault.message.replace("'", " ").replace(":", " ").replace(",", " ").split()
    if f"--{source.name}" in words:
        return True
    values = source.value if isinstance(source.value, (list, tuple)) else [source.value]
    for value in map(str, values):
        at = "" if fault.where is None else fault.where.file
        if repr(value) in fault.message or (len(value) >= _TELLING and (value in fault.message or value in at)):
            return True
    return False
