"""Where a summary for people is printed: lines of pieces, each in a style, and tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    Piece = tuple[str, str]
    """A text and its style, as rich names styles; none is empty."""

PIPE_WIDTH: Final = 120
"""Columns of what is no terminal: wide enough for the tables of most summaries."""


class ShownColumn(Struct, frozen=True):
    """A column of a table.

    Attributes:
        heading: What is above it.
        to_the_right: Whether its cells end below each other, as numbers do.
        whole: Whether its cells have one line each, also where the screen is too narrow.
    """

    heading: str
    to_the_right: bool = False
    whole: bool = False


class ShownTable(Struct, frozen=True):
    """A table.

    Attributes:
        columns: Its columns.
        rows: Its rows; each cell is a piece.
        title: What is above it; nothing when empty.
    """

    columns: Sequence[ShownColumn]
    rows: Sequence[Sequence[Piece]]
    title: str = ""


class Screen(ABC):
    """Takes the lines and tables of a summary.

    Args:
        width: How many columns it has.
    """

    def __init__(self, width: int) -> None:
        self.width = width

    @abstractmethod
    def line(self, *pieces: Piece, broken: bool = False) -> None:
        """Print one line.

        Args:
            pieces: What it is made of; the text of each is fit to be shown, and none is read as markup.
            broken: Whether it goes on in a further line where the screen is too narrow; else it is never cut, so that
                it can be copied.
        """

    @abstractmethod
    def table(self, table: ShownTable) -> None:
        """Print a table; where the screen is too narrow, its cells have several lines."""

    @abstractmethod
    def has_room_for(self, table: ShownTable) -> bool:
        """Whether every cell of a table has one line."""


def columns_of(text: str) -> int:
    """Return in how many columns a text is shown, as rich counts them."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - most texts are ASCII

    return cell_len(text)
