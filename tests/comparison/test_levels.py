from __future__ import annotations

from pathlib import Path

import pytest
from commands import REPOSITORY

from conformance.comparison.agreement import Agreement
from conformance.comparison.levels import RULES, level_of

GUIDE = Path(REPOSITORY) / "docs" / "comparison.md"


@pytest.mark.parametrize(
    ("subject", "fact", "verdict", "kind", "level"),
    [
        ("parameter", "required", Agreement.DISAGREE, "", "error"),
        ("parameter", "enum", Agreement.DISAGREE, "subset", "error"),
        ("parameter", "enum", Agreement.DISAGREE, "letter-case", "warning"),
        ("parameter", "notContains", Agreement.DISAGREE, "letter-case", "warning"),
        ("parameter", "notContains", Agreement.DISAGREE, "", "error"),
        ("parameter", "charset", Agreement.DISAGREE, "letters", "warning"),
        ("parameter", "type", Agreement.DISAGREE, "", "warning"),
        ("response", "enum", Agreement.DISAGREE, "", "warning"),
        ("error", "status", Agreement.DISAGREE, "", "error"),
        ("error", "message", Agreement.ONLY_LEFT, "", "warning"),
        ("error", "message", Agreement.ONLY_RIGHT, "inferred", "note"),
        ("parameter", "type", Agreement.ONLY_LEFT, "", "note"),
        ("operation", "operation", Agreement.ONLY_LEFT, "", "warning"),
        ("parameter", "enum", Agreement.UNKNOWN_LOST, "", "note"),
        ("parameter", "minimum", Agreement.DIFFERS_IN_SCOPE, "", "note"),
        ("parameter", "enum", Agreement.AGREE, "", "none"),
    ],
)
def test_the_level_of_a_rule(subject: str, fact: str, verdict: Agreement, kind: str, level: str) -> None:
    assert level_of(subject, fact, verdict, kind) == level
    assert level_of(subject, fact, verdict.mirrored(), kind) == level


def test_the_guide_has_the_table_of_levels() -> None:
    rows = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    documented = [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]
    words = {"*": "any", "": "none", "only": "only_left, only_right"}
    for rule in RULES:
        cells = [words.get(cell, cell) for cell in (*rule[:4], rule.level, rule.why)]
        assert cells in documented
