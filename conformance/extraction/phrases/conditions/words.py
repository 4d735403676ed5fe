"""What the words for conditions of every language are made of: names and values in prose, and lists of values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import FactValue
    from conformance.extraction.phrases.table import Build

NAME: Final = r"\[?[`\"'“‘]*(?P<name>[A-Za-z_][A-Za-z0-9_.]*[A-Za-z0-9_])[`\"'”’]*(?:\](?:\([^()\s]*\))?)?"
"""The name of a parameter, as prose writes it."""

VALUE: Final = r"[`\"'“‘”’]*-?[A-Za-z0-9_](?:[A-Za-z0-9_./+-]*[A-Za-z0-9_+])?[`\"'”’]*(?:\s*\([^()]*\))?"
"""One value, with or without quotation marks and words in brackets beside it."""

_ASIDE: Final = re.compile(r"\s*\([^()]*\)")


def values_in(text: str, separator: re.Pattern[str]) -> tuple[str, ...]:
    """Return the values of a list in prose, without quotation marks and without what brackets add."""
    parts = (_ASIDE.sub("", part).strip(" `\"'“”‘’") for part in separator.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def listed(name: str, separator: re.Pattern[str]) -> Build:
    """Build a list of values, in the order of the document, from the group `list`."""

    def build(match: re.Match[str]) -> Mapping[str, FactValue]:
        return {name: values_in(match["list"], separator)}

    return build
