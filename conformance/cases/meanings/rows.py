"""What an error row is about, by the words of its code and its message: a kind, and the parameter that it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cases.meanings.words import Words
    from conformance.contract.model import Contract, ErrorCode


class MeantRow(NamedTuple):
    """One row, the kind of refusal that it speaks of, and the parameter that it names; empty where it does not say."""

    row: ErrorCode
    kind: str
    parameter: str


def meant_rows(contract: Contract, words: Words) -> tuple[MeantRow, ...]:
    """Return what every row of a contract is about, in the order of the rows."""
    names = [parameter.path for parameter in contract.parameters if parameter.path]
    return tuple(MeantRow(row, kind_of(row, words), _named(row, names, words)) for row in contract.errors)


def rows_for(kind: str, parameter: str, rows: Sequence[MeantRow]) -> tuple[ErrorCode, ...]:
    """Return the rows of a kind that name a parameter, else those of the kind that name none."""
    of_kind = [each for each in rows if each.kind == kind]
    exact = [each.row for each in of_kind if parameter and each.parameter == parameter]
    return tuple(exact or [each.row for each in of_kind if not each.parameter])


def any_rows(kind: str, rows: Sequence[MeantRow]) -> tuple[ErrorCode, ...]:
    """Return the rows of a kind whatever they name, those that name no parameter first."""
    of_kind = [each for each in rows if each.kind == kind]
    return tuple(each.row for each in sorted(of_kind, key=lambda each: bool(each.parameter)))


def kind_of(row: ErrorCode, words: Words) -> str:
    """Return the kind of a row: by its code if that tells, else by its message; empty when neither does."""
    by_code = next((each.kind for each in words.rows if each.code and each.code.search(row.code)), "")
    # "Invalid" is said of everything: a message that says more is heard.
    if by_code in ("", "malformed"):
        return next((each.kind for each in words.rows if each.message and each.message.search(row.message)), by_code)
    return by_code


def _named(row: ErrorCode, paths: Sequence[str], words: Words) -> str:
    """Return the parameter that a row names: in its code, then in its message; the longest name has it."""
    by_length = sorted(paths, key=lambda path: (-len(_leaf(path)), path))
    for path in by_length:
        if re.search(rf"{re.escape(_leaf(path))}(?![a-z])", row.code):
            return path
    for path in by_length:
        if re.search(rf"(?<![A-Za-z]){re.escape(_leaf(path))}(?![A-Za-z])", row.message) and not _plain(_leaf(path)):
            return path
    for path in by_length:
        stem = next((_leaf(path).removesuffix(end) for end in words.ids if _leaf(path).endswith(end)), "")
        if stem and re.search(rf"{re.escape(stem)}(?![a-z])", row.code):
            return path
    return ""


def _plain(name: str) -> bool:
    """Whether a name is also a word of a sentence that begins with it."""
    return re.fullmatch("[A-Z]?[a-z]+", name) is not None


def _leaf(path: str) -> str:
    return re.split(r"[.\[]", path.removesuffix("[]"))[-1].strip("]") or path
