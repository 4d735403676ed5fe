"""Which fields inside the objects and lists of an answer a page's own samples have.

A table says of each field what it is, and hardly ever whether all objects have it: many pages list what only some have.
A sample is an answer that the page itself shows: what is in it can be expected.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.contract.answer_trees import objects_at, only_list, way_to
from conformance.contract.wire import STRUCTURES, canonical_type
from conformance.extraction.facts.answers.answer_levels import without_unsure_levels
from conformance.extraction.facts.answers.answer_places import placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.contract.model import Parameter

_ESCAPED: Final = re.compile(r"\\(?=[*_\[\](){}<>#+.!|&~-])")
"""A backslash before what means something in Markdown; JSON has none there."""
_END: Final = re.compile(r"^[ \t>]*(?:`{3}|~{3}|#)", re.MULTILINE)
"""What ends a sample that cannot be read: its fence, or the next heading."""
_FENCE: Final = "```"
_ROOT: Final = "Response"
_OF_AN_ERROR: Final = frozenset({"Code", "Message"})
_OF_ANY_ANSWER: Final = _OF_AN_ERROR | {"RequestId", "HostId", "Recommend", "Success", "HttpStatusCode"}
_DAMAGE: Final = (ValueError, RecursionError)


def with_samples(fields: Iterable[Parameter], text: str) -> tuple[Parameter, ...]:
    """Return the fields of an answer, each inside another with the line of the first sample that has it.

    A field at the top that no sample has as a plain value has no type where the table calls it one, and nor has an item
    of a list without an example that samples have as an object.

    Args:
        fields: The rows of the page's table of the answer.
        text: The whole page.
    """
    rows = tuple(fields)
    if len(rows) <= 1:
        return rows
    samples = [each for each in _samples(text) if not _is_error(each[1], rows)]
    bodies = [body for _, body in samples]
    rows = without_unsure_levels(placed(rows, bodies), bodies)
    rows = tuple(_without_wrong_type(row, bodies) for row in rows)
    inner: dict[str, set[str]] = {}
    for row in rows:
        place, _, name = row.place.rpartition(".")
        if place and "[" not in name:
            inner.setdefault(place, set()).add(name)
    if not inner:
        return rows
    shown = {
        place: [
            (line, each)
            for line, body in samples
            for each in objects_at(body, way_to(place))
            if not names.isdisjoint(each)
        ]
        for place, names in inner.items()
    }
    return tuple(_with_line(row, shown) for row in rows)


def _is_error(body: Mapping[str, object], rows: Iterable[Parameter]) -> bool:
    """Whether a sample is that of an error: a success has a code and a message only where its table has them."""
    names = {re.split(r"[.\[]", row.path, maxsplit=1)[0] for row in rows}
    if not body.keys() >= _OF_AN_ERROR:
        return False
    return not names >= _OF_AN_ERROR or (names - _OF_ANY_ANSWER).isdisjoint(body)


def _without_wrong_type(row: Parameter, samples: Sequence[Mapping[str, object]]) -> Parameter:
    """Return a row without its type where that is one of a plain value, and no sample has the field so."""
    values = [each[row.path] for each in samples if row.path in each]
    of_list = row.path.endswith("[]") and not row.fact("example").stated
    items = objects_at(samples, way_to(row.place)) if of_list else []
    listed = any(only_list(each) is None for each in items)
    if not listed and not (values and all(isinstance(each, dict | list) for each in values)):
        return row
    stated = row.fact("type")
    if not stated.stated or canonical_type(str(stated.value)) in STRUCTURES:
        return row
    return replace(row, facts={name: fact for name, fact in row.facts.items() if name != "type"})


def _with_line(row: Parameter, shown: Mapping[str, Sequence[tuple[int, dict[str, object]]]]) -> Parameter:
    """Return a row with the line of a sample, where every object that a sample shows at its place has the field."""
    place, _, name = row.place.rpartition(".")
    objects = shown.get(place, ())
    type_ = canonical_type(str(row.fact("type").value))
    if not objects or not all(_has(each, name, type_) for _, each in objects):
        return row
    return replace(row, presence=replace(row.presence, shown=objects[0][0]))


def _has(sample: dict[str, object], name: str, type_: str) -> bool:
    """Whether a sample has a field, and in the way in which the table has it: a plain value, or one with members."""
    return name in sample and isinstance(sample[name], dict | list) == (type_ in STRUCTURES)


def _samples(text: str) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the objects of JSON that begin a line of a page, each with its line."""
    plain, decoder = _ESCAPED.sub("", html.unescape(text)), json.JSONDecoder()
    end = 0
    for found in re.finditer(r"^[ \t>`]*(?=\{)", plain, re.MULTILINE):
        if found.end() < end:
            continue
        try:
            body, end = decoder.raw_decode(plain, found.end())
        except _DAMAGE:
            if _FENCE in found.group():  # what is behind a fence is an attribute of it
                continue
            # What is inside a damaged sample is no answer of its own.
            after = _END.search(plain, found.end())
            end = len(plain) if after is None else after.start()
            continue
        if isinstance(body, dict):
            yield plain.count("\n", 0, found.end()) + 1, _without_root(body)


def _without_root(body: dict[str, object]) -> dict[str, object]:
    """Return a sample without the root element of XML, where a page made its JSON of that."""
    name, inner = next(iter(body.items()), ("", None))
    return inner if len(body) == 1 and name.endswith(_ROOT) and isinstance(inner, dict) else body
