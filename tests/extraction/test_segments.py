from __future__ import annotations

import pytest

from conformance.extraction.facts.context import RowContext
from conformance.extraction.facts.segments import BulletList, Paragraph, ValueList, segments
from conformance.extraction.page import Row, Text
from conformance.extraction.phrases import en
from conformance.extraction.rows import blocks


def cut(description: str) -> list[str]:
    """Return each segment in short: `p` and its text, `v` or `b` and its items; a `b` without any is left out."""
    lines = [Text(number, line) for number, line in enumerate(description.split("\n"), start=1)]
    row = Row(1, "Wool", Text(1, "String"), None, Text(1, ""), blocks(lines, markup=True))
    shown = []
    for part in segments(row.description, RowContext.of(row, en.LEXICON, ())):
        if isinstance(part, Paragraph):
            shown.append(f"p {part.block.text}")
        elif part.items or isinstance(part, ValueList):
            kind = "b" if isinstance(part, BulletList) else "v"
            mark = "!" if isinstance(part, ValueList) and part.one_case else ""
            mark += "+" if isinstance(part, BulletList) and part.announced else ""
            shown.append(f"{kind}{mark} {'|'.join(item.text for item in part.items)}")
    return shown


@pytest.mark.parametrize(
    ("description", "parts"),
    [
        ("The wool.", ["p The wool."]),
        ("The wool. Valid values:\n- a\n- b", ["p The wool. Valid values:", "v a|b"]),
        ("Valid values:\n- a\n\nInside.\n- b", ["p Valid values:", "v a|b", "p Inside."]),
        ("Valid values:\n- a\n\nNext:\n- b", ["p Valid values:", "v a", "p Next:", "b b"]),
        ("Valid values:\na: one\nb: two\nThe end.", ["p Valid values:", "v a: one|b: two", "p The end."]),
        ("Valid values:\n\nAsk them.", ["p Valid values:", "p Ask them.", "v "]),
        ("Valid values:\n\nAsk them.\n- a\n- b", ["p Valid values:", "p Ask them.", "v a|b"]),
        ("Valid values:\n\nThe next:\n- a", ["p Valid values:", "v ", "p The next:", "b a"]),
        ("If it rains, valid values:\n- a", ["p If it rains, valid values:", "v! a"]),
        ("The kind of wool:\n- a\n- b", ["p The kind of wool:", "b+ a|b"]),
        ("The kind of wool:\n- a\nWhite.\n- b", ["p The kind of wool:", "p White.", "b+ a|b"]),
        ("The wool.\nThe kind:\n- a", ["p The wool.", "p The kind:", "b a"]),
        ("The wool.\n- a\n    - nested\n- b\n\nNote: an aside.\n- c", ["p The wool.", "b a|b"]),
    ],
)
def test_a_description_is_cut_by_its_marks_and_cues(description: str, parts: list[str]) -> None:
    assert cut(description) == parts
