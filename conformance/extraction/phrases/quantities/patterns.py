"""What a regular expression that a page prints says of a text: classes of characters one after the other, no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.model import FactValue

EXPRESSION: Final = r"\^?(?P<expression>(?:\[(?:\\.|[^\]\[\\\s])+\](?:[*+?]|\{\d+(?:,\d*)?\})?){1,4})\$?(?![\w\[({*+])"
"""A pattern of an expression that is understood as a whole."""

_PART: Final = re.compile(r"\[(?P<set>(?:\\.|[^\]\\])+)\](?P<times>[*+?]|\{\d+(?:,\d*)?\})?")
_RANGES: Final = {
    ("a", "z"): "lower",
    ("A", "Z"): "upper",
    ("0", "9"): "digit",
    ("\u4e00", "\u9fa5"): "chinese",
    ("\u4e00", "\u9fff"): "chinese",
}
_WORD: Final = frozenset({"lower", "upper", "digit", "_"})
_ATOM: Final = re.compile(
    r"\\u(?P<code>[0-9a-fA-F]{4})|\\x\{(?P<wide>[0-9a-fA-F]{4})\}|\\(?P<escaped>.)|(?P<plain>[^\\])"
)


def of_expression(match: re.Match[str]) -> Mapping[str, FactValue]:
    """Build what the group `expression` says; nothing where any part of it is not understood."""
    parts = [(part["set"], part["times"] or "") for part in _PART.finditer(match["expression"])]
    sets = [_members(inner) for inner, _ in parts]
    known = [members for members in sets if members is not None]
    if not known or len(known) != len(sets) or parts[0][0].startswith("^"):
        return {}
    facts: dict[str, FactValue] = {"charset": _sorted(frozenset().union(*known))}
    if len(parts) > 1:
        if _sizes(parts[0][1])[0] > 0:
            facts["startsWith"] = _sorted(known[0])
        if _sizes(parts[-1][1]) == (1, 1):
            facts["endsWith"] = _sorted(known[-1])
    sizes = [_sizes(times) for _, times in parts]
    if any("{" in times for _, times in parts):
        facts["minLength"] = sum(low for low, _ in sizes)
        highs = [high for _, high in sizes if high is not None]
        if len(highs) == len(sizes):
            facts["maxLength"] = sum(highs)
    return facts


def _sizes(times: str) -> tuple[int, int | None]:
    if times.startswith("{"):
        low, comma, high = times.strip("{}").partition(",")
        return int(low), int(high) if high else None if comma else int(low)
    known: dict[str, tuple[int, int | None]] = {"": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}
    return known[times]


def _members(inner: str) -> frozenset[str] | None:
    atoms = list(_atoms(inner))
    found: set[str] = set()
    index = 0
    while index < len(atoms):
        atom, escaped = atoms[index]
        if escaped and atom in "wd":
            found |= _WORD if atom == "w" else {"digit"}
        elif escaped and atom.isalnum():
            return None
        elif index + 2 < len(atoms) and atoms[index + 1] == ("-", False):
            named = _RANGES.get((atom, atoms[index + 2][0]))
            if named is None:
                return None
            found.add(named)
            index += 2
        elif atom.isalnum():
            return None  # single letters are no class
        else:
            found.add(atom)
        index += 1
    return frozenset(found)


def _atoms(inner: str) -> Iterator[tuple[str, bool]]:
    for match in _ATOM.finditer(inner):
        code = match["code"] or match["wide"]
        yield (chr(int(code, 16)), False) if code else (match["escaped"] or match["plain"], bool(match["escaped"]))


def _sorted(members: frozenset[str]) -> tuple[str, ...]:
    if {"lower", "upper"} <= members:
        members = members - {"lower", "upper"} | {"letter"}
    return tuple(sorted(members))
