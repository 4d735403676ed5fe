"""What the cases of one file have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.core.yamlfile import YamlFile

_T = TypeVar("_T")


class Shared:
    """What the cases of one file have in common: equal parts are read once, and are then one object.

    Attributes:
        repeats: Whether there may be a value that is written short: `{repeat: a, times: 3}`.
        refers: Whether there may be a `${...}`.
    """

    def __init__(self, file: YamlFile) -> None:
        # A word may be written with an escape, as "\x74imes".
        escaped = "\\" in file.text
        self.repeats = escaped or "times" in file.text
        self.refers = escaped or "${" in file.text
        self._made: dict[tuple[str, str], object] = {}

    def once(self, kind: str, raw: object, make: Callable[[], _T]) -> _T:
        """Return what `make` makes of `raw`: the first time, or when it was made before."""
        key = (kind, repr(raw))
        if key not in self._made:
            self._made[key] = make()
        return cast("_T", self._made[key])  # one kind of thing is made by one function
