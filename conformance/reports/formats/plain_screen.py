"""A summary printed where no terminal is: as rich prints it there, without rich, whose import takes longer than a case.

What a line or a table needs beyond putting texts side by side is left to rich.
"""

from __future__ import annotations

import os
import sys
from itertools import chain
from typing import TYPE_CHECKING, Final

from conformance.reports.formats.screen import PIPE_WIDTH, Screen, columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from conformance.reports.formats.rich_screen import RichScreen
    from conformance.reports.formats.screen import Piece, ShownTable

_ASKS_FOR_COLOURS: Final = frozenset({"FORCE_COLOR", "TTY_COMPATIBLE"})
"""Variables by which rich takes for a terminal what is none."""
_EDGE: Final = "  "
_BETWEEN: Final = "   "


def summary_screen() -> Screen:
    """Return where a summary is printed: standard output, as wide as the terminal, or wide enough for its table."""
    stream = sys.stdout
    if stream.isatty() or not _ASKS_FOR_COLOURS.isdisjoint(os.environ) or not stream.encoding.startswith("utf"):
        from conformance.reports.formats.rich_screen import RichScreen, summary_console  # noqa: PLC0415 - see above

        return RichScreen(summary_console())
    return PlainScreen(stream, PIPE_WIDTH)


class PlainScreen(Screen):
    """Prints texts alone.

    Args:
        stream: Where to; no terminal, and in an encoding that has every character.
        width: How many columns there are.
    """

    def __init__(self, stream: TextIO, width: int) -> None:
        super().__init__(width)
        self._stream = stream

    def line(self, *pieces: Piece, broken: bool = False) -> None:
        """Print one line; see `Screen`."""
        text = "".join(text for text, _ in pieces)
        if not text.isprintable() or (broken and columns_of(text) > self.width):
            self._rich().line(*pieces, broken=broken)
        else:
            self._stream.write(f"{text}\n")

    def table(self, table: ShownTable) -> None:
        """Print a table; see `Screen`."""
        widths = _widths(table)
        whole = _whole(widths)
        if whole > self.width or columns_of(table.title) > whole or not _is_plain(table):
            self._rich().table(table)
            return
        lines = [
            *([_padded(table.title, whole)] if table.title else []),
            " " * whole,
            _row(table, widths, [each.heading for each in table.columns]),
            f" {'─' * (whole - 2)} ",
            *(_row(table, widths, [text for text, _ in row]) for row in table.rows),
            " " * whole,
        ]
        self._stream.write("".join(f"{line}\n" for line in lines))

    def has_room_for(self, table: ShownTable) -> bool:
        """Whether every cell of a table has one line."""
        return _whole(_widths(table)) <= self.width if _is_plain(table) else self._rich().has_room_for(table)

    def _rich(self) -> RichScreen:
        from rich.console import Console  # noqa: PLC0415 - see the module

        from conformance.reports.formats.rich_screen import RichScreen  # noqa: PLC0415

        return RichScreen(Console(file=self._stream, width=self.width))


def _is_plain(table: ShownTable) -> bool:
    """Whether every cell is one line, without anything that rich leaves out, as spaces at the end."""
    texts = [text for text, _ in chain(*table.rows)]
    return all(map(str.isprintable, texts)) and not any(text.endswith(" ") for text in texts)


def _widths(table: ShownTable) -> list[int]:
    """Return how many columns the cells of each column take."""
    rows = [[each.heading for each in table.columns], *([text for text, _ in row] for row in table.rows)]
    return [max(map(columns_of, column)) for column in zip(*rows, strict=True)]


def _whole(widths: Sequence[int]) -> int:
    """Return how wide a table is: cells are three spaces apart, and two from each side."""
    return sum(widths) + len(_BETWEEN) * (len(widths) - 1) + 2 * len(_EDGE)


def _row(table: ShownTable, widths: Sequence[int], texts: Sequence[str]) -> str:
    cells = [
        _padded(text, width, to_the_right=column.to_the_right)
        for column, width, text in zip(table.columns, widths, texts, strict=True)
    ]
    return f"{_EDGE}{_BETWEEN.join(cells)}{_EDGE}"


def _padded(text: str, width: int, *, to_the_right: bool = False) -> str:
    spaces = " " * (width - columns_of(text))
    return spaces + text if to_the_right else text + spaces
