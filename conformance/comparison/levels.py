"""How much a finding matters: one table, by which every form of a comparison goes.

The level `error` is for what a reader of both documents calls a contradiction without further thought. Whatever may be
a way of speaking, or the other document's silence, is less.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from conformance.comparison.agreement import Agreement

Level = Literal["error", "warning", "note", "none"]

LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "note", "none")
"""Every level, the gravest first."""


class LevelRule(NamedTuple):
    """One line of the table: what it is about, by subject, fact and kind (`*` is any), its level, and why.

    Attributes:
        subject: `parameter`, `response`, `error`, `async` or `operation`.
        fact: The name of the fact.
        verdict: The verdict.
        kind: The kind of difference, empty for an ordinary one.
        level: The level.
        why: The reason, for a person.
    """

    subject: str
    fact: str
    verdict: str
    kind: str
    level: Level
    why: str


_ANY: Final = "*"
_ONLY: Final = "only"

RULES: Final = (
    LevelRule(_ANY, _ANY, Agreement.AGREE, _ANY, "none", "nothing to do"),
    LevelRule(_ANY, _ANY, Agreement.UNKNOWN_LOST, _ANY, "note", "a capture lost the place: nothing can be concluded"),
    LevelRule(
        "parameter",
        _ANY,
        Agreement.DIFFERS_IN_SCOPE,
        "other-value",
        "warning",
        "the values differ, and when the one holds was not understood",
    ),
    LevelRule(
        _ANY, _ANY, Agreement.DIFFERS_IN_SCOPE, _ANY, "note", "the documents differ and do not contradict each other"
    ),
    LevelRule(_ANY, _ANY, Agreement.DISAGREE, "letters", "warning", "the text behind it can be read both ways"),
    LevelRule(
        _ANY,
        _ANY,
        Agreement.DISAGREE,
        "letter-case",
        "warning",
        "a caller who types the one may be refused, or the letter case does not matter",
    ),
    LevelRule("response", _ANY, Agreement.DISAGREE, _ANY, "warning", "no request is refused because of it"),
    LevelRule(_ANY, "type", Agreement.DISAGREE, _ANY, "warning", "every value is text on the wire"),
    LevelRule(_ANY, _ANY, Agreement.DISAGREE, _ANY, "error", "both documents state it, and both cannot be right"),
    LevelRule(_ANY, "type", _ONLY, _ANY, "note", "a column that one layout has and the other has not"),
    LevelRule("error", "message", _ONLY, "inferred", "note", "the layout does not mark where the message ends"),
    LevelRule(_ANY, _ANY, _ONLY, _ANY, "warning", "one document is silent, or was not understood"),
)
"""Read from the top: the first rule that fits is the finding's. `only` is `only_left` and `only_right`."""


def level_of(subject: str, fact: str, verdict: Agreement, kind: str) -> Level:
    """Return the level of a finding; see `RULES`."""
    return rule_of(subject, fact, verdict, kind).level


def rule_of(subject: str, fact: str, verdict: Agreement, kind: str) -> LevelRule:
    """Return the first rule that fits a finding."""
    word = _ONLY if verdict in (Agreement.ONLY_LEFT, Agreement.ONLY_RIGHT) else verdict.value
    given = (subject, fact, word, kind)
    return next(rule for rule in RULES if all(want in (_ANY, has) for want, has in zip(rule[:4], given, strict=True)))
