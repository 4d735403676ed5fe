from __future__ import annotations

from pathlib import Path

import pytest
from commands import REPOSITORY

from conformance.comparison.agreement import Verdict
from conformance.comparison.levels import RULES, level_of

GUIDE = Path(REPOSITORY) / "docs" / "comparison.md"


@pytest.mark.parametrize(
    ("subject", "fact", "verdict", "kind", "level"),
    [
        ("parameter", "required", Verdict.DISAGREE, "", "error"),
        ("parameter", "enum", Verdict.DISAGREE, "subset", "error"),
        ("parameter", "enum", Verdict.DISAGREE, "letter-case", "error"),
        ("parameter", "notContains", Verdict.DISAGREE, "letter-case", "warning"),
        ("parameter", "notContains", Verdict.DISAGREE, "", "error"),
        ("parameter", "charset", Verdict.DISAGREE, "letters", "warning"),
        ("parameter", "type", Verdict.DISAGREE, "", "warning"),
        ("response", "enum", Verdict.DISAGREE, "", "warning"),
        ("error", "status", Verdict.DISAGREE, "", "error"),
        ("error", "message", Verdict.ONLY_LEFT, "", "warning"),
        ("error", "message", Verdict.ONLY_RIGHT, "inferred", "note"),
        ("parameter", "type", Verdict.ONLY_LEFT, "", "note"),
        ("operation", "operation", Verdict.ONLY_LEFT, "", "warning"),
        ("parameter", "enum", Verdict.UNKNOWN_LOST, "", "note"),
        ("parameter", "minimum", Verdict.DIFFERS_IN_SCOPE, "", "note"),
        ("parameter", "enum", Verdict.AGREE, "", "none"),
    ],
)
def test_the_level_of_a_rule(subject: str, fact: str, verdict: Verdict, kind: str, level: str) -> None:
    assert level_of(subject, fact, verdict, kind) == level
    assert level_of(subject, fact, verdict.mirrored(), kind) == level


def test_the_guide_has_the_table_of_levels() -> None:
    rows = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]
    words = {"*": "any", "": "none", "only": "only_left, only_right"}
    for rule in RULES:
        cells = [words.get(cell, cell) for cell in (*rule[:4], rule.level, rule.why)]
        assert cells in told
