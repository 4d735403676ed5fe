"""The request fields of an SDK's model that no table of parameters has, and whether documents name them. Pure.

That no document has a field is said only where it is so: a document may name it in an error, or have the row of the
list or object that it is in without the rows of what is inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.sdk.messages import ModelField


class UnlistedFields(NamedTuple):
    """Paths of a model's fields, sorted: those that no document has, and those that one names outside its table."""

    undocumented: list[str]
    named: list[str]


def unlisted_fields(
    fields: Iterable[ModelField] | None, contracts: Mapping[Language, Contract], docs: Sequence[Language]
) -> UnlistedFields:
    """Return the fields of a model that no table of request parameters has.

    Args:
        fields: The fields of the SDK's model; `None` when it has none.
        contracts: The operation's contracts.
        docs: The languages to judge by.
    """
    judged = [contracts[language] for language in docs if language in contracts]
    rows = {tuple(_names(parameter.path)) for contract in judged for parameter in contract.parameters}
    texts = [text.casefold() for contract in judged for row in contract.errors for text in (row.code, row.message)]
    found = sorted({field.path for field in fields or () if not _listed(_names(field.path), rows)})
    named = [path for path in found if _named(_names(path), texts)]
    return UnlistedFields([path for path in found if path not in named], named)


def _listed(names: Sequence[str], rows: Collection[tuple[str, ...]]) -> bool:
    """Whether a table has a field: its row, one inside it, or that of what it is in without any of what is inside."""
    whole = tuple(names)
    if any(row[: len(whole)] == whole for row in rows):
        return True
    outer = [row for row in rows if whole[: len(row)] == row]
    return any(not any(len(row) > len(each) and row[: len(each)] == each for row in rows) for each in outer)


def _named(names: Sequence[str], texts: Iterable[str]) -> bool:
    """Whether an error has the name of a field; what is inside another is named by the whole alone."""
    return len(names) == 1 and any(names[0] in text for text in texts)


def _names(path: str) -> list[str]:
    """Return the names of a folded path; the letter case of a row and of a model may differ."""
    return path.replace("[]", "").replace(".{key}", "").casefold().split(".")
