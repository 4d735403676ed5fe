"""Lists of resources: which of them a call asks for, and the page of them that it gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct

from conformance.server.request import whole_number
from conformance.server.resources.outline import leaf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cases.meanings.words import Words
    from conformance.contract.model import Contract
    from conformance.core.jsontypes import Json
    from conformance.server.request import Call

_T = TypeVar("_T")
_DEFAULT_SIZE: Final = 10
_MARK: Final = "page-from-"


class ListPage(Struct, frozen=True):
    """A part of a list.

    Attributes:
        begin, end: The places in the list, as for a slice.
        total: How many the whole list has.
        number, size: What was asked for, or is usual.
        token: What asks for the next page; empty on the last one.
    """

    begin: int
    end: int
    total: int
    number: int
    size: int
    token: str


def page_of(call: Call, contract: Contract, words: Words, total: int) -> ListPage:
    """Return the page that a call asks for: by number and size, or by a token.

    A token is the place of the first resource. What is no number, or no token of this server, is the first page.
    """
    token = _first(call, words, "token")
    number = max(1, whole_number(_first(call, words, "page_number")) or 1)
    size = _size(call, contract, words)
    begin = (number - 1) * size
    if token.startswith(_MARK):
        begin = whole_number(token.removeprefix(_MARK)) or 0
    end = begin + size
    return ListPage(begin, end, total, number, size, f"{_MARK}{end}" if end < total else "")


def _size(call: Call, contract: Contract, words: Words) -> int:
    for meaning in ("page_size", "limit"):
        size = whole_number(_first(call, words, meaning))
        if size:
            return size
    # A contract with both kinds of paging states a default for either; the one of the kind that is asked for counts.
    for row in contract.parameters:
        stated = row.fact("default")
        if stated.stated and any(words.means(meaning, row.path) for meaning in ("page_size", "limit")):
            return whole_number(str(stated.value)) or _DEFAULT_SIZE
    return _DEFAULT_SIZE


def _first(call: Call, words: Words, meaning: str) -> str:
    return next((text for name, text in call.parameters.items() if words.means(meaning, name)), "")


def wanted(call: Call, parameter: str) -> tuple[str, ...]:
    """Return the values that a parameter of a listing asks for; none at all when it was not sent, or is empty.

    Several are sent as a list, as text of JSON, or apart by commas, as the name of the parameter allows: one in the
    plural is a list.
    """
    texts = tuple(text for text in call.values(parameter) if text)
    if len(texts) != 1 or not leaf(parameter).endswith("s"):
        return texts
    text = texts[0].strip()
    if text.startswith("["):
        try:
            return tuple(str(item) for item in json.loads(text))
        except (ValueError, RecursionError, TypeError):
            return texts
    return tuple(part.strip() for part in text.split(",") if part.strip())


def chosen(items: Sequence[_T], call: Call, filters: Mapping[str, str], value: Callable[[_T, str], Json]) -> list[_T]:
    """Return the items that a call asks for.

    Args:
        items: All of them.
        call: The call.
        filters: By parameter, the field that must have one of its values.
        value: Returns the field of an item; `None` where nothing is known of it, which fits every filter.
    """
    asked = [(field, values) for parameter, field in filters.items() if (values := wanted(call, parameter))]
    return [item for item in items if all(_fits(value(item, field), values) for field, values in asked)]


def _fits(value: Json, values: Sequence[str]) -> bool:
    if isinstance(value, list):
        return any(str(each) in values for each in value)
    return value is None or str(value) in values
