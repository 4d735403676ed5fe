"""A summary printed by rich: in a terminal, and wherever lines have to be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from conformance.reports.formats.screen import PIPE_WIDTH, Screen

if TYPE_CHECKING:
    from rich.console import JustifyMethod, OverflowMethod

    from conformance.reports.formats.screen import Piece, ShownTable

_ANY_WIDTH: Final = 10_000
"""Columns that no table needs."""


def summary_console() -> Console:
    """Return the console of a summary: as wide as the terminal, and in a pipe wide enough for its table."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_WIDTH)


class RichScreen(Screen):
    """Prints with rich.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        super().__init__(console.width)
        self._console = console

    def line(self, *pieces: Piece, broken: bool = False) -> None:
        """Print one line; see `Screen`."""
        self._console.print(Text.assemble(*pieces), soft_wrap=not broken, highlight=False)

    def table(self, table: ShownTable) -> None:
        """Print a table; see `Screen`."""
        self._console.print(_table(table))

    def has_room_for(self, table: ShownTable) -> bool:
        """Whether every cell of a table has one line."""
        whole = self._console.options.update(width=_ANY_WIDTH)
        return Measurement.get(self._console, whole, _table(table)).maximum <= self.width


def _table(table: ShownTable) -> Table:
    found = Table(title=table.title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for each in table.columns:
        justify: JustifyMethod = "right" if each.to_the_right else "left"
        overflow: OverflowMethod = "ellipsis" if each.whole else "fold"
        found.add_column(each.heading, justify=justify, no_wrap=each.whole, overflow=overflow)
    for row in table.rows:
        found.add_row(*(Text(text, style) for text, style in row))
    return found
