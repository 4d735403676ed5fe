"""Expected failures: cases that a target is known to fail, each with a reason. The list belongs to the target."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.errors import UsageError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_TOKEN: Final = lazy_pattern(r"\*+|.", re.DOTALL)
"""A run of stars, of which two are as good as more, or one character."""

_FEW: Final = 2
"""With so many stars a regular expression takes few steps."""

_SCHEMA: Final = Schema(
    {
        "type": "array",
        "description": "docs/targets.md",
        "items": {
            "type": "object",
            "required": ["id", "reason"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string", "minLength": 1},
                "reason": {"type": "string", "minLength": 1, "pattern": "\\S"},
            },
        },
    }
)


class ExpectedFailures(Struct, frozen=True):
    """The expected failures of one target.

    Attributes:
        entries: (pattern, reason), in the order of the file.
    """

    entries: tuple[tuple[str, str], ...] = ()

    def reason(self, case_id: str) -> str | None:
        """Return why a case is expected to fail: the reason of the first pattern that matches, or `None`."""
        if not self.entries:
            return None
        return next((reason for pattern, reason in self.entries if matches(pattern, case_id)), None)


def load_expected_failures(path: Path, case_ids: Iterable[str]) -> ExpectedFailures:
    """Read a list of expected failures.

    Args:
        path: A YAML file: a list of `{id: PATTERN, reason: TEXT}`.
        case_ids: The id of every case there is.

    Raises:
        UsageError: With file, line and column, for a wrong file, an entry without a reason, and a pattern that no case
            matches: what it named is gone.
    """
    file = YamlFile.read(path, UsageError)
    file.validate(_SCHEMA)
    ids = set(case_ids)
    for index, entry in enumerate(file.data):
        if not any(matches(entry["id"], case_id) for case_id in ids):
            raise file.fault(
                f"no case has an id like {entry['id']!r}",
                (index, "id"),
                hint="take the entry out, or fix the pattern: * stands for anything within a part, ** for any parts",
            )
    return ExpectedFailures(tuple((entry["id"], entry["reason"]) for entry in file.data))


def matches(pattern: str, case_id: str) -> bool:
    """Whether a pattern matches a case: `*` is anything within one part of the id, `**` anything at all.

    The time is bounded, whatever the pattern: with many stars a regular expression would try all their places.
    """
    compiled = _compiled(pattern)
    return compiled.matches(case_id) if isinstance(compiled, _Places) else compiled.fullmatch(case_id) is not None


class _Places(Struct, frozen=True):
    """A pattern as places before, between and after its tokens; the places reached so far are bits of one number.

    Attributes:
        of: By character, the places before it.
        within: The places of `*`.
        anywhere: The places of `**`.
        end: The place after the last token.
    """

    of: Mapping[str, int]
    within: int
    anywhere: int
    end: int

    def matches(self, text: str) -> bool:
        """Whether the whole text can be read by the pattern."""
        stars = self.within | self.anywhere
        reached = 1 | (1 & stars) << 1
        for character in text:
            staying = self.anywhere if character == "/" else stars
            reached = (reached & self.of.get(character, 0)) << 1 | reached & staying
            reached |= (reached & stars) << 1
        return bool(reached & self.end)


@cache
def _compiled(pattern: str) -> re.Pattern[str] | _Places:
    tokens = [token if token[0] != "*" else token[:2] for token in _TOKEN.findall(pattern)]
    if sum(token[0] == "*" for token in tokens) <= _FEW:
        wild = {"**": ".*", "*": "[^/]*"}
        return re.compile("".join(wild.get(token, re.escape(token)) for token in tokens), re.DOTALL)
    of: dict[str, int] = {}
    for place, token in enumerate(tokens):
        of[token] = of.get(token, 0) | 1 << place
    return _Places(of, of.pop("*", 0), of.pop("**", 0), 1 << len(tokens))
