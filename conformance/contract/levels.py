"""How much a finding matters: one table, by which every form of a comparison goes.

The level `error` is for what a reader of both documents calls a contradiction without further thought. Whatever may also
be a way of speaking, or may be the other document's silence, is less.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from conformance.contract.agreement import Verdict

Level = Literal["error", "warning", "note", "none"]

LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "note", "none")
"""Every level, the gravest first."""


class Rule(NamedTuple):
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


RULES: Final = (
    Rule("*", "*", Verdict.AGREE, "*", "none", "nothing to do"),
    Rule("*", "*", Verdict.UNKNOWN_LOST, "*", "note", "a capture lost the place, so nothing can be concluded"),
    Rule("*", "*", Verdict.DIFFERS_IN_SCOPE, "*", "note", "no request is allowed by one document and refused by the other"),
    Rule(
        "*", "*", Verdict.DISAGREE, "letters", "warning",
        "a document that lists digits and hyphens behind a first letter may or may not mean letters too",
    ),
    Rule(
        "*", "notStartsWith", Verdict.DISAGREE, "letter-case", "warning",
        "a forbidden beginning is often compared without regard to letter case",
    ),
    Rule(
        "*", "notContains", Verdict.DISAGREE, "letter-case", "warning",
        "a forbidden part is often compared without regard to letter case",
    ),
    Rule("response", "*", Verdict.DISAGREE, "*", "warning", "no request is refused because of it"),
    Rule("*", "type", Verdict.DISAGREE, "*", "warning", "on the wire every value is text; a type is often the table's habit"),
    Rule("*", "*", Verdict.DISAGREE, "*", "error", "both documents state it, and both cannot be right"),
    Rule("*", "type", "only", "*", "note", "a column that one layout has and the other has not"),
    Rule("error", "message", "only", "inferred", "note", "where the message ends was inferred: the layout does not mark it"),
    Rule("*", "*", "only", "*", "warning", "one document is silent: it may be outdated, or the fact was found on one side only"),
)  # fmt: skip
"""Read from the top: the first rule that fits is the finding's. `only` is `only_left` and `only_right`."""


def level_of(subject: str, fact: str, verdict: Verdict, kind: str) -> Level:
    """Return the level of a finding; see `RULES`."""
    return rule_of(subject, fact, verdict, kind).level


def rule_of(subject: str, fact: str, verdict: Verdict, kind: str) -> Rule:
    """Return the first rule that fits a finding."""
    word = "only" if verdict in (Verdict.ONLY_LEFT, Verdict.ONLY_RIGHT) else verdict.value
    given = (subject, fact, word, kind)
    return next(rule for rule in RULES if all(want in ("*", has) for want, has in zip(rule[:4], given, strict=True)))
