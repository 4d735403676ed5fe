"""A summary printed without rich is what rich prints where no terminal is."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import scaled
from rich.console import Console

from conformance.reports.formats.plain_screen import PlainScreen, summary_screen
from conformance.reports.formats.rich_screen import RichScreen
from conformance.reports.formats.screen import PIPE_WIDTH, ShownColumn, ShownTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reports.formats.screen import Screen

WIDTH = 40
TEXTS = st.one_of(
    st.text(alphabet="ab [:]/-", max_size=12),
    st.sampled_from(
        ["", " ", "名", "→ ×…", "two words", "a\nb", "\t", "\u3000", "\x07", "[red]a[/red]", ":smile:", "x" * 50]
    ),
    st.text(max_size=8),
)
PIECES = st.tuples(TEXTS, st.sampled_from(["", "red", "dim underline"]))
HEADINGS = st.sampled_from(["a", "point", "名称", "the server", "many words in one heading"])


@st.composite
def tables(draw: st.DrawFn) -> ShownTable:
    columns = draw(st.lists(st.builds(ShownColumn, HEADINGS, st.booleans(), st.booleans()), min_size=1, max_size=3))
    rows = st.lists(PIECES, min_size=len(columns), max_size=len(columns))
    return ShownTable(columns, draw(st.lists(rows, max_size=3)), draw(st.sampled_from(["", "A title", "t" * 30])))


def printed(use: Callable[[Screen], object]) -> tuple[tuple[str, object], tuple[str, object]]:
    """Return what either screen prints and returns."""
    plain, rich = io.StringIO(), io.StringIO()
    one = use(PlainScreen(plain, WIDTH))
    other = use(RichScreen(Console(file=rich, width=WIDTH)))
    return (plain.getvalue(), one), (rich.getvalue(), other)


@given(st.lists(PIECES, max_size=4), st.booleans())
@settings(max_examples=scaled(200), deadline=None)
def test_lines_are_those_of_rich(pieces: list[tuple[str, str]], broken: bool) -> None:  # noqa: FBT001 - drawn
    plain, rich = printed(lambda screen: screen.line(*pieces, broken=broken))
    assert plain == rich


@given(tables())
@settings(max_examples=scaled(200), deadline=None)
def test_tables_are_those_of_rich(table: ShownTable) -> None:
    plain, rich = printed(lambda screen: screen.table(table))
    assert plain == rich
    assert len(set(printed(lambda screen: screen.has_room_for(table)))) == 1


def test_a_table_that_has_room_is_laid_out_without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: PlainScreen) -> None:
        raise AssertionError

    monkeypatch.setattr(PlainScreen, "_rich", refuse)
    stream = io.StringIO()
    rows = [[("one", ""), ("7", "red")], [("another", ""), ("10", "")]]
    PlainScreen(stream, WIDTH).table(
        ShownTable([ShownColumn("name"), ShownColumn("count", to_the_right=True)], rows, "Title")
    )
    assert stream.getvalue().splitlines() == [
        "Title              ",
        "                   ",
        "  name      count  ",
        " ───────────────── ",
        "  one           7  ",
        "  another      10  ",
        "                   ",
    ]


def test_what_a_narrow_screen_cuts_from_a_cell_of_one_line_is_marked() -> None:
    stream = io.StringIO()
    columns = [ShownColumn("operation"), ShownColumn("mismatch", to_the_right=True, whole=True)]
    RichScreen(Console(file=stream, width=12)).table(ShownTable(columns, [[("CreateX", ""), ("7", "red")]]))
    assert "…" in stream.getvalue().splitlines()[1]


@pytest.mark.parametrize(
    ("variables", "encoding", "terminal", "kind"),
    [
        ({}, "utf-8", False, PlainScreen),
        ({}, "utf-8", True, RichScreen),
        ({}, "ascii", False, RichScreen),
        ({"FORCE_COLOR": "1"}, "utf-8", False, RichScreen),
        ({"TTY_COMPATIBLE": "1"}, "utf-8", False, RichScreen),
    ],
)
def test_rich_prints_where_there_are_colours_or_few_characters(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    encoding: str,
    terminal: bool,  # noqa: FBT001 - a parameter
    kind: type[Screen],
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(stream, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(sys, "stdout", stream)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    screen = summary_screen()
    assert type(screen) is kind
    assert terminal or screen.width == PIPE_WIDTH or variables
