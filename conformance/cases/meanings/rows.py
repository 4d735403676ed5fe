"""What an error row is about, by the words of its code and its message: a kind, and the parameter that it names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.meanings.words import capitalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.cases.meanings.words import Words
    from conformance.contract.model import Contract, ErrorCode, Parameter


_ELSEWHERE: Final = ("server", "throttle")
"""Kinds of rows that answer no fault of a parameter, whatever they name."""


ALSO: Final[Mapping[str, tuple[str, ...]]] = {"missing": ("malformed",), "not_found": ("malformed",)}
"""By kind of fault, other kinds of rows that servers answer it with."""

ALSO_OF_RULES: Final[Mapping[str, tuple[str, ...]]] = {
    "allowEmpty": ("missing",),
    "minLength": ("missing",),
    "maxItems": ("quota",),
    "maximum": ("quota",),
    "enum": ("not_found",),
}
"""The same of one rule that is broken."""


class MeantRow(Struct, frozen=True):
    """One row, and what it is about.

    Attributes:
        row: The row.
        kind: The kind of refusal that it speaks of; empty where it does not say.
        parameter: The parameter that it names; empty where it names none.
        loosely: Whether it names it in ordinary words only: `the group name`.
        general: Whether it speaks of parameters as such.
    """

    row: ErrorCode
    kind: str
    parameter: str
    loosely: bool = False
    general: bool = False


def meant_rows(contract: Contract, words: Words) -> tuple[MeantRow, ...]:
    """Return what every row of a contract is about, in the order of the rows."""
    paths = [(parameter.path, leaf_of(parameter.path)) for parameter in contract.parameters if parameter.path]
    names = sorted(paths, key=lambda each: (-len(each[1]), each[0]))
    return tuple(_meant(row, names, words) for row in contract.errors)


def _meant(row: ErrorCode, names: Sequence[tuple[str, str]], words: Words) -> MeantRow:
    named, kind = _named(row, names, words), kind_of(row, words)
    if named:
        return MeantRow(row, kind, named)
    loosely = _named_in_words(row, names)
    general = not loosely and bool(words.general.fullmatch(row.code))
    return MeantRow(row, kind, loosely, loosely=bool(loosely), general=general)


def rows_for(kind: str, parameter: str, rows: Sequence[MeantRow]) -> tuple[ErrorCode, ...]:
    """Return the rows of a kind that name a parameter, else those of the kind that name none."""
    of_kind = [each for each in rows if each.kind == kind]
    exact = [each.row for each in of_kind if parameter and each.parameter == parameter]
    return tuple(exact or [each.row for each in of_kind if not each.parameter])


def any_rows(kind: str, rows: Sequence[MeantRow]) -> tuple[ErrorCode, ...]:
    """Return the rows of a kind whatever they name, those that name no parameter first."""
    of_kind = [each for each in rows if each.kind == kind]
    return tuple(each.row for each in sorted(of_kind, key=lambda each: bool(each.parameter)))


def naming_rows(kind: str, parameter: str, rows: Sequence[MeantRow]) -> tuple[ErrorCode, ...]:
    """Return the rows of a kind that plainly name a parameter."""
    return tuple(each.row for each in rows if each.kind == kind and each.parameter == parameter and not each.loosely)


def told_by_code(kind: str, parameter: str, rows: Sequence[MeantRow], words: Words) -> tuple[ErrorCode, ...]:
    """Return the rows of `naming_rows` whose code, too, says of which kind they are."""
    codes = [each.code for each in words.rows if each.kind == kind and each.code is not None]
    return tuple(row for row in naming_rows(kind, parameter, rows) if any(code.search(row.code) for code in codes))


def answering_rows(
    kind: str, parameter: str, rows: Sequence[MeantRow], also: Sequence[str] = ()
) -> tuple[ErrorCode, ...]:
    """Return every row that may answer a fault of a parameter, the likeliest first.

    Args:
        kind: The kind of refusal.
        parameter: The parameter in question; empty where it is none.
        rows: The rows of the contract.
        also: Other kinds of refusal that serve too, beside those of `ALSO`.

    Returns:
        The rows of the kind that name the parameter, those of the kind that name none, all others that name the
        parameter, then those of the other kinds. Nothing where no row of the kind names it plainly or speaks of
        parameters as such: then the document does not say what answers, whatever its other rows name.
    """
    also = (*ALSO.get(kind, ()), *also)
    # Two documents may differ in the case of a name.
    named = parameter.lower()
    own = [each for each in rows if named and each.parameter.lower() == named and each.kind not in _ELSEWHERE]
    # What speaks of parameters as such is likelier than what speaks of something else and names none.
    plain = sorted(
        (each for each in rows if not each.parameter and each.kind == kind), key=lambda each: not each.general
    )
    exact = [each for each in own if each.kind == kind]
    near = [each for each in own if each.kind in also]
    demanded = [*(each for each in exact if not each.loosely), *(each for each in plain if each.general or not named)]
    if not demanded:
        return ()
    others = [each for each in rows if not each.parameter and each.kind in also]
    return tuple(dict.fromkeys(each.row for each in (*exact, *plain, *near, *own, *others)))


def paths_of_list(path: str, parameters: Iterable[Parameter]) -> tuple[str, ...]:
    """Return the paths whose rows may answer that a list is too long: its own, then those of all that is in it."""
    top = path.partition("[]")[0]
    return tuple(dict.fromkeys((path, *(row.path for row in parameters if row.path.partition("[]")[0] == top))))


def kind_of(row: ErrorCode, words: Words) -> str:
    """Return the kind of a row: by its code if that tells, else by its message; empty when neither does."""
    by_code = next((each.kind for each in words.rows if each.code and each.code.search(row.code)), "")
    # "Invalid" is said of everything: a message that says more is heard.
    if by_code in ("", "malformed"):
        return next((each.kind for each in words.rows if each.message and each.message.search(row.message)), by_code)
    return by_code


def _named(row: ErrorCode, paths: Sequence[tuple[str, str]], words: Words) -> str:
    """Return the parameter that a row names: in its code, then in its message; the longest name has it.

    Args:
        row: The row.
        paths: The paths of the parameters with their own names, the longest name first.
        words: What names mean.
    """
    found = _named_in_code(row, paths, words)
    if found:
        return found
    for path, name in paths:
        if (
            name in row.message
            and re.search(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", row.message)
            and not (
                _plain(name)
                and re.match(rf"{re.escape(name)}(?! (?:is|has|must|can|does|should|of|value)\b)", row.message)
            )
        ):
            return path
    for path, name in paths:
        stem = next((name.removesuffix(end) for end in words.ids if name.endswith(end)), "")
        if stem and stem in row.code and _ends_with(row.code, stem, words):
            return path
    return ""


def _named_in_code(row: ErrorCode, paths: Sequence[tuple[str, str]], words: Words) -> str:
    parts = row.code.split(".")
    for path, name in paths:
        if name in parts:
            return path
    for part in parts:
        # `Name` is `FenceName` where no other parameter ends so, and the message speaks of it too.
        ends = [path for path, name in paths if name.endswith(part) and "a" <= name.removesuffix(part)[-1:] <= "z"]
        if len(ends) == 1 and re.search(rf"\bspecified {re.escape(part)}\b", row.message):
            return ends[0]
    for path, name in paths:
        for spelled in dict.fromkeys((name, capitalised(name))):
            if spelled in row.code and _is_whole(spelled, row.code, words, listed="[" in path):
                return path
    return ""


def _is_whole(name: str, code: str, words: Words, *, listed: bool) -> bool:
    """Whether a code names a parameter, and not something whose name begins in the same way: `Key` of `KeyRing`.

    A name of one word is also a part of longer ones: what follows it must say what is wrong, or be the end of an id,
    but for what is in a list. `ValueNotSupported` says what is wrong with a value, and names none.
    """
    if not _plain(name):
        return re.search(rf"{re.escape(name)}(?![a-z])", code) is not None
    rests = re.findall(rf"{re.escape(name)}(?![a-z]|Not)([A-Za-z]*)", code)
    return any(not rest or _says_what_is_wrong(rest, words) or (rest in words.ids and not listed) for rest in rests)


def _says_what_is_wrong(text: str, words: Words) -> bool:
    return words.wrong.fullmatch(text) is not None or _tells_a_kind(text, words)


def _tells_a_kind(text: str, words: Words) -> bool:
    return any(each.code is not None and each.code.search(text) for each in words.rows)


def _named_in_words(row: ErrorCode, paths: Sequence[tuple[str, str]]) -> str:
    """Return the parameter whose name a message has as ordinary words, `group name`; the longest name has it."""
    message = row.message.lower()
    for path, name in paths:
        words = _ordinary_words(name)
        if words and words in message and re.search(rf"\b{re.escape(words)}\b", message):
            return path
    return ""


@lru_cache(4096)
def _ordinary_words(name: str) -> str:
    """Return a name as a sentence has it: `group name`; the same names are held against every row."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)).lower()


def _ends_with(code: str, stem: str, words: Words) -> bool:
    """Whether what a code names ends with a word: what follows begins a part of its own, or tells what is wrong."""
    found = re.search(rf"{re.escape(stem)}(?![a-z])([A-Za-z]*)", code)
    return found is not None and (not found[1] or _tells_a_kind(found[1], words))


def _plain(name: str) -> bool:
    """Whether a name is also a word of a sentence that begins with it."""
    return re.fullmatch("[A-Z]?[a-z]+", name) is not None


def leaf_of(path: str) -> str:
    """Return the own name of a parameter: `Key` of `Tag[].Key`, `Ids` of `Ids[]`."""
    return re.split(r"[.\[]", path.removesuffix("[]"))[-1].strip("]") or path
