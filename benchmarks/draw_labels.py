"""Draws rows of published pages at random, to be labelled by a person: `uv run python benchmarks/draw_labels.py`.

    uv run python benchmarks/draw_labels.py --pages ../shared/docs/pages --seed 20261129 --each 42 [--show]
        [--apart-from benchmarks/labels/drawn-before.yaml benchmarks/labels/drawn-after.yaml]

It reads tables in its own simple way, never with the project's readers: what those cannot read must be drawn too. It
prints one JSON object a row: page (below the folder), line, section, name; `--show` prints the cells too, for whom
labels them. For each product and language that has ten pages or more in RPC style it draws a page and then a row of it.
Two rows of three have more than 40 characters in the last cell, three of four are of the request. Rows of one language
with one name and one text count once. `Action` and `Version`, which the signer adds, are left out. With `--apart-from`,
so are the rows of a file of labels, and rows with the name and text of one of these.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

ROOT: Final = Path(__file__).resolve().parent.parent
FEWEST_PAGES: Final = 10
LONG: Final = 40
_ROA = re.compile(r"^\s*(?:GET|POST|PUT|DELETE|HEAD|PATCH) /|type=ROA", re.MULTILINE)
_RULE = re.compile(r"\|[\s:|-]+\|?\s*")
_ASKED = re.compile(r"request (?:parameter|header|body)|请求参数|请求体", re.IGNORECASE)
_ANSWERED = re.compile(r"(?:response|return) (?:parameter|element)|返回(?:数据|参数|结果)|响应参数", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][\w.#-]*")


@dataclass(frozen=True, slots=True)
class Drawable:
    """A row of a table: page below the folder, first line from 1, section, and its cells without outer spaces."""

    page: str
    line: int
    section: str
    cells: tuple[str, ...]

    @property
    def name(self) -> str:
        """The written name, without marks of nesting and without backslashes."""
        return self.cells[0].replace("\\", "").strip("└ -*`")

    @property
    def long(self) -> bool:
        """Whether the last cell has enough text to state something."""
        return len(self.cells[-1]) > LONG


def rows_of(page: str, text: str) -> list[Drawable]:
    """Cut the tables of request and response into rows; a row goes on until its last bar."""
    found: list[Drawable] = []
    section, open_row, first = "", "", 0
    head: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("#"):
            section = "request" if _ASKED.search(bare) else "response" if _ANSWERED.search(bare) else ""
            head, open_row = [], ""
            continue
        if not section or (not open_row and not bare.startswith("|")):
            if not bare.startswith("|") and not open_row and bare:
                head = []
            continue
        if _RULE.fullmatch(bare):
            open_row = ""
            continue
        first = first if open_row else number
        open_row = f"{open_row}\n{bare}" if open_row else bare
        cells = re.split(r"(?<!\\)\|", open_row.strip().strip("|") if bare.endswith("|") else open_row.strip()[1:])
        if not head:
            head, open_row = cells, ""
            continue
        if bare.endswith("|") and len(cells) >= len(head):
            row = Drawable(page, first, section, tuple(cell.strip() for cell in cells))
            if _NAME.fullmatch(row.name) and row.name not in ("Action", "Version"):
                found.append(row)
            open_row = ""
    return found


def draw(pages: Path, seed: int, each: int, apart: frozenset[tuple[str, int]] = frozenset()) -> list[Drawable]:
    """Draw rows.

    Args:
        pages: A folder of products, each with a folder a language; deeper folders count to these.
        seed: The same seed draws the same rows of the same pages.
        each: How many rows of each product and language.
        apart: Page and line of rows that are not drawn, nor others of their language, name and text.

    Returns:
        The rows by page and line. Fewer than asked for, where there are no more.
    """
    groups: dict[tuple[str, str], list[list[Drawable]]] = defaultdict(list)
    for path in sorted(pages.glob("*/*/**/*.md")):
        text = path.read_text(encoding="utf-8")
        if not _ROA.search(text):
            page = path.relative_to(pages)
            groups[page.parts[0], page.parts[1]].append(rows_of(page.as_posix(), text))
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    drawn: list[Drawable] = []
    for (_, language), tables in sorted(groups.items()):
        if len(tables) >= FEWEST_PAGES:
            taken = {_text(row, language) for rows in tables for row in rows if (row.page, row.line) in apart}
            drawn += _of_group(tables, language, each, chance, taken)
    return sorted(drawn, key=lambda row: (row.page, row.line))


def positions_of(labels: Path) -> frozenset[tuple[str, int]]:
    """Return page and line of each row of a file of labels."""
    pages = yaml.safe_load(labels.read_text(encoding="utf-8"))["pages"]
    return frozenset((page, row["line"]) for page, content in pages.items() for row in content["rows"])


def _text(row: Drawable, language: str) -> tuple[str, ...]:
    return language, row.name, row.cells[-1]


def _of_group(
    tables: list[list[Drawable]], language: str, each: int, chance: random.Random, taken: set[tuple[str, ...]]
) -> list[Drawable]:
    drawn: list[Drawable] = []
    for _ in range(each * 50):
        if len(drawn) == each:
            break
        section = "request" if chance.random() < 3 / 4 else "response"
        long = chance.random() < 2 / 3
        fitting = [row for row in chance.choice(tables) if row.section == section and row.long is long]
        if not fitting:
            continue
        row = chance.choice(fitting)
        key = _text(row, language)
        if key not in taken:
            taken.add(key)
            drawn.append(row)
    return drawn


def main() -> int:
    """Print the rows; exit 2 when the folder has none."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--pages", type=Path, default=ROOT.parent / "shared" / "docs" / "pages", metavar="DIR")
    options.add_argument("--seed", type=int, default=20261129)
    options.add_argument("--each", type=int, default=42, metavar="N")
    options.add_argument(
        "--apart-from",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="files of labels whose rows are not drawn",
    )
    options.add_argument("--show", action="store_true", help="print the cells too")
    chosen = options.parse_args()
    apart = frozenset().union(*map(positions_of, chosen.apart_from))
    drawn = draw(chosen.pages, chosen.seed, chosen.each, apart)
    if not drawn:
        print(f"draw_labels: {chosen.pages} has no rows to draw; --pages names the folder", file=sys.stderr)
        return 2
    for row in drawn:
        print(json.dumps({"page": row.page, "line": row.line, "section": row.section, "name": row.name}))
        if chosen.show:
            print("  " + " | ".join(row.cells[1:]).replace("\n", "\n  "))
    return 0


if __name__ == "__main__":
    sys.exit(main())
