"""The fields that a document promises in the answer to a success: at its top, and inside objects and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.meanings.words import load_words
from conformance.contract.answer_trees import way_to
from conformance.contract.in_force import defaults_of, meets
from conformance.contract.once_each import once_each
from conformance.contract.when import ALWAYS, UNKNOWN, Presence
from conformance.contract.wire import KEY, STRUCTURES, container_paths
from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import CitedLine, Contract, Parameter


_DATE: Final = lazy_pattern(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")


class PromisedField(Struct, frozen=True):
    """One field that a document promises in the answer to a success.

    Attributes:
        name: Its name; of one inside an object or a list its own name, without the way there.
        type: Its JSON type, or `None` where the document states none.
        line: The line of its row.
        echoes: The parameter of the same name, which the field gives back; it may be left out when that was not sent.
        presence: When it is there.
        defaults: The documented defaults of the parameters on which that depends, by path.
        is_date: Whether the document shows it as a text that begins with a date, `2030-01-02T03:04:05Z`.
    """

    name: str
    type: str | None
    line: CitedLine
    echoes: bool
    presence: Presence = ALWAYS
    defaults: tuple[tuple[str, str], ...] = ()
    is_date: bool = False

    def demanded(self, sent: Mapping[str, str]) -> bool:
        """Whether a success must have it: the answer to this request, wire name to text."""
        return self.presence.when is None or meets(self.presence.when, dict(self.defaults), sent)


def begins_with_date(value: object) -> bool:
    """Whether a value is a text that begins with a date, whatever follows it."""
    return isinstance(value, str) and _DATE.match(value) is not None


class FieldGroup(Struct, frozen=True):
    """Fields that stand side by side inside an answer.

    Attributes:
        way: The names on the way to them, from the top: `Things`, `Thing`. A list on it is not told apart from an
            object, for pages do not either.
        place: The folded path of the object that has them: `Things.Thing[]`.
        fields: The fields.
    """

    way: tuple[str, ...]
    place: str
    fields: tuple[PromisedField, ...]


@once_each
def fields_at_top(contract: Contract) -> tuple[PromisedField, ...]:
    """Return the fields at the top of an answer, in the order of the document.

    What asks for the next page is another one than that which asked for this page, and the last page has none.
    What has fields inside is no plain value, whatever its row calls it.
    """
    groups = container_paths(row.place for row in contract.responses)
    top = (row for row in contract.responses if "." not in row.place and "[" not in row.place)
    return tuple(_at_top(_promised(row, row.place, contract), inner=row.place in groups) for row in top)


def _at_top(field: PromisedField, *, inner: bool) -> PromisedField:
    if load_words().means("token", field.name):
        field = replace(field, echoes=False, presence=Presence(UNKNOWN))
    return replace(field, type=None) if inner and field.type not in STRUCTURES else field


@once_each
def fields_inside(contract: Contract) -> tuple[FieldGroup, ...]:
    """Return the fields inside objects and lists, side by side as they stand there.

    A row of the items of a list themselves, and of what is in a map, whose keys are the caller's, is no field.
    """
    groups: dict[str, list[PromisedField]] = {}
    for row in contract.responses:
        place, _, name = row.place.rpartition(".")
        if place and "[" not in name and KEY not in row.place:
            groups.setdefault(place, []).append(_promised(row, name, contract))
    return tuple(FieldGroup(way_to(place), place, tuple(fields)) for place, fields in groups.items())


def _promised(row: Parameter, name: str, contract: Contract) -> PromisedField:
    stated = row.fact("type")
    return PromisedField(
        name=name,
        type=str(stated.value) if stated.stated else None,
        line=row.cited,
        echoes=contract.parameter(name) is not None,
        presence=row.presence,
        defaults=() if row.presence.when is None else tuple(defaults_of(contract).items()),
        is_date=stated.value == "string" and begins_with_date(row.fact("example").value),
    )
