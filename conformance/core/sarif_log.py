"""SARIF 2.1.0 (OASIS): the parts that every log of this program is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from conformance.core.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SARIF_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
SARIF_VERSION: Final = "2.1.0"
_LONGEST: Final = 4_000
"""Characters of a message; what shows one cuts it earlier."""


def sarif_message(text: str) -> dict[str, object]:
    """Return a message: plain text on one line, cut, in which nothing is a link (SARIF 3.11.6)."""
    shown = printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)")
    if "](" in shown:
        shown = shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": shown}


def sarif_place(file: str, line: int | None) -> dict[str, object]:
    """Return where something is: a file and a line; the first one where none is known, as GitHub shows no file else.

    Args:
        file: The file, relative to the root of the repository where it is in one.
        line: Its line, counted from 1.
    """
    return {"artifactLocation": {"uri": sarif_uri(file)}, "region": {"startLine": max(line or 1, 1)}}


def sarif_uri(file: str) -> str:
    """Return the URI of a file: relative to the root of the repository, or absolute."""
    # The name of a file may hold bytes that are no UTF-8; Python has them as halves of surrogate pairs.
    name = file.replace("\\", "/")
    path = quote(name.encode("utf-8", "surrogateescape" if _escaped(name) else "backslashreplace"))
    return f"file://{path}" if path.startswith("/") else path


def sarif_notification(text: str, level: str, place: Mapping[str, object] | None = None) -> dict[str, object]:
    """Return what is to be known of a run and is no result.

    Args:
        text: What it is.
        level: `error`, `warning` or `note`.
        place: Where it is, as `sarif_place` returns it.
    """
    locations = {"locations": [{"physicalLocation": place}]} if place else {}
    return {"level": level, "message": sarif_message(text), **locations}


def sarif_head(version: str, rules: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return the tool of a run, with the rules that its results are of, and how columns would be counted."""
    driver = {"name": "conformance", "version": version, "rules": list(rules)}
    return {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints"}


def _escaped(name: str) -> bool:
    """Whether all halves of surrogate pairs stand for bytes, as Python writes those of file names."""
    return all("\udc80" <= each <= "\udcff" for each in name if "\ud800" <= each <= "\udfff")
