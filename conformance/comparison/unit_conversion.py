"""Units as documents write them: one name for each, and how much of its base a unit is."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

_ALIASES: Final = {
    "s": "second",
    "sec": "second",
    "min": "minute",
    "h": "hour",
    "ms": "millisecond",
    "b": "byte",
    "bps": "bit/s",
    "kbps": "kbit/s",
    "mbps": "mbit/s",
    "gbps": "gbit/s",
    "%": "percent",
    "percentage": "percent",
}

_TIME: Final[dict[str, Fraction | int]] = {
    "millisecond": Fraction(1, 1000),
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
}
# Documents count in powers of two and write the decimal names: what matters is that both sides do it alike.
_SIZE: Final[dict[str, Fraction | int]] = {"byte": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3, "tb": 1024**4}
_RATE: Final[dict[str, Fraction | int]] = {"bit/s": 1, "kbit/s": 1000, "mbit/s": 1000**2, "gbit/s": 1000**3}
_BINARY: Final = {"kib": "kb", "mib": "mb", "gib": "gb", "tib": "tb"}


_BASES: Final = (_TIME, _SIZE, _RATE)


def canonical_unit(text: str) -> str:
    """Return the one name of a unit, in small letters and singular: `Mbps` and `Mbit/s` give `mbit/s`."""
    word = text.strip().casefold()
    if word.endswith("s") and word not in _ALIASES and any(word[:-1] in table for table in (*_BASES, _ALIASES)):
        word = word[:-1]
    word = _ALIASES.get(word, word)
    return _BINARY.get(word, word)


def factor(left: str, right: str) -> Fraction | None:
    """Return how many of the unit `right` one unit `left` is, or `None` where the two do not measure the same thing."""
    one, other = canonical_unit(left), canonical_unit(right)
    for table in _BASES:
        if one in table and other in table:
            return Fraction(table[one]) / table[other]
    return None
