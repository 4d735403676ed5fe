"""The names of the rows of a table of errors among the examples of an OpenAPI file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.model import ErrorCode


def named_rows(rows: Iterable[ErrorCode]) -> list[tuple[str, ErrorCode]]:
    """Return the rows, each after its name: its code; a further row of the code has `-2`, `-3` after it.

    Counted is within each status, under which a file has its examples and with which an answer is asked for.
    """
    seen: dict[tuple[int, str], int] = {}
    named: list[tuple[str, ErrorCode]] = []
    for row in rows:
        number = seen[row.status, row.code] = seen.get((row.status, row.code), 0) + 1
        named.append((row.code if number == 1 else f"{row.code}-{number}", row))
    return named
