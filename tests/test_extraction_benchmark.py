"""Rows are drawn the same way each time, and the labels are counted as their page says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from commands import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "benchmarks"))

from draw_labels import draw, rows_of

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """# CreateBarn

## Debugging

[Try it](https://api.example.com/#product=Farm&api=CreateBarn&type=RPC&version=2020-01-02)

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Action|String|Yes|CreateBarn|The operation. |
|Colour|String|No|red|How the barn is painted. Valid values:

-   **red**
-   **blue** (default)

 |
|Doors|Integer|Yes|2|How many doors the barn has. Valid values: 1 to 9. |

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|BarnId|String|barn-1|The new barn. |
"""


def test_rows_are_cut_with_their_lines_over_several_lines() -> None:
    rows = rows_of("p", PAGE)
    assert [(row.name, row.line, row.section) for row in rows] == [
        ("Colour", 12, "request"),
        ("Doors", 18, "request"),
        ("BarnId", 24, "response"),
    ]
    assert rows[0].cells[:4] == ("Colour", "String", "No", "red")
    assert rows[0].long


def test_a_seed_draws_the_same_rows_again_and_no_row_twice(tmp_path: Path) -> None:
    for number in range(10):
        page = tmp_path / "farm" / "en" / f"CreateBarn{number}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PAGE.replace("9", str(number)), encoding="utf-8")
    drawn = draw(tmp_path, 7, 12)
    assert drawn == draw(tmp_path, 7, 12)
    assert len({(row.name, row.cells[-1]) for row in drawn}) == len(drawn) == 12


def test_pages_of_another_style_and_products_with_few_pages_are_not_drawn(tmp_path: Path) -> None:
    (tmp_path / "farm" / "en").mkdir(parents=True)
    (tmp_path / "farm" / "en" / "CreateBarn.md").write_text(PAGE, encoding="utf-8")
    assert draw(tmp_path, 7, 12) == []
