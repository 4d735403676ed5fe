"""Which promises of a document the values of one parameter break, or may break. Pure.

What a document leaves open, or its capture lost, may be broken: a server that refuses it and one that accepts it both
do what the document says.
"""

from __future__ import annotations

import unicodedata
from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.contract.constraints import INTEGER, violations
from conformance.contract.encodings import is_carrier, is_readable
from conformance.contract.model import CONSTRAINT_NAMES, State
from conformance.contract.openapi.patterns import literals
from conformance.contract.wire import wire_text
from conformance.fuzz.oracle.fitting_codes import DUPLICATE, TYPE, has_duplicate_code, is_integer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.model import Contract, Parameter
    from conformance.fuzz.oracle.fitting_codes import Violation

GAP: Final = "items"
"""The fact that a list has no gaps, which no document states."""
EXISTENCE: Final = "value"
"""The fact that what a value names exists, which no document states."""

_RESTRICTING: Final = frozenset(CONSTRAINT_NAMES) - {"required", "maxItems", "allowEmpty"}
_LAST_OF_BASIC_PLANE: Final = 0xFFFF

CarriedValues = tuple[tuple[str | None, ...], ...]
"""What a request carries for one parameter, apart for each list that holds it: one text, or one for each item, `None`
where an item has none."""


class Breach(Struct, frozen=True):
    """A promise that a request breaks, or may break.

    Attributes:
        violation: The parameter, and the fact that is broken.
        sure: Whether the request breaks it however the document is read.
        wrong_type: Whether the value is not even of the parameter's type, so that a general code fits as well.
    """

    violation: Violation
    sure: bool
    wrong_type: bool = False


def parameter_breaches(
    contract: Contract, parameter: Parameter, carried: CarriedValues, documents: Sequence[Contract]
) -> Iterator[Breach]:
    """Yield what the values of one parameter break by one document.

    Args:
        contract: The document.
        parameter: One of its parameters.
        carried: What a request carries for it.
        documents: Every document of the operation: where the capture of one lost a fact, the others may have it.
    """
    yield from _of_stated_facts(parameter, carried)
    yield from _of_lost_facts(parameter, carried, documents)
    yield from _of_restored_values(parameter, carried, documents)
    yield from _of_items(contract, parameter, carried)
    texts = [text for values in carried for text in values if text is not None]
    if not all(is_readable(text, parameter.encoding) for text in texts) and is_carrier(parameter, contract.parameters):
        # A document that speaks of JSON may still take one plain value.
        yield Breach((parameter.path, TYPE), sure=False, wrong_type=True)


def is_restricted(parameter: Parameter) -> bool:
    """Whether a document says which values a parameter may have; else a value names something that must exist."""
    return any(parameter.fact(name).stated for name in _RESTRICTING) or is_integer(parameter)


def _of_stated_facts(parameter: Parameter, carried: CarriedValues) -> Iterator[Breach]:
    path = parameter.path
    texts = [text for values in carried for text in values if text is not None]
    broken = violations(parameter, tuple(chain.from_iterable(carried)), carried)
    # A character outside the basic plane is one, or two as UTF-16 counts.
    in_utf16 = [[_in_utf16(text) for text in values if text is not None] for values in carried]
    as_long = list(chain.from_iterable(in_utf16)) == texts
    broken_in_utf16 = broken if as_long else violations(parameter, list(chain.from_iterable(in_utf16)), in_utf16)
    wrong_type = is_integer(parameter) and not all(INTEGER.fullmatch(text) for text in texts)
    for name in broken:
        other_spelling = name == "enum" and is_integer(parameter) and _are_allowed_numbers(parameter, texts)
        long_enough = name == "minLength" and not broken_in_utf16
        yield Breach((path, name), sure=not (other_spelling or long_enough), wrong_type=wrong_type)
    if wrong_type and not broken:
        yield Breach((path, TYPE), sure=True, wrong_type=True)
    if "maxLength" in broken_in_utf16:
        yield Breach((path, "maxLength"), sure=False)
    if any(unicodedata.category(character)[0] == "C" for text in texts for character in text):
        # Controls, formats, private use, code points that are no character: no document mentions them.
        yield Breach((path, "charset"), sure=False, wrong_type=True)


def _of_lost_facts(parameter: Parameter, carried: CarriedValues, documents: Sequence[Contract]) -> Iterator[Breach]:
    if all(fact.state is not State.LOST for fact in parameter.facts.values()):
        return
    values = tuple(chain.from_iterable(carried))
    for document in documents:
        row = document.parameter(parameter.path)
        for name in violations(row, values, carried) if row is not None else ():
            if parameter.fact(name).state is State.LOST:
                yield Breach((parameter.path, name), sure=False, wrong_type=True)


def _of_restored_values(
    parameter: Parameter, carried: CarriedValues, documents: Sequence[Contract]
) -> Iterator[Breach]:
    """What an overlay alone allows, a server that knows the captured documents alone may refuse."""
    fact = parameter.fact("enum")
    if not fact.stated or fact.origin is None:
        return
    rows = [row for document in documents if (row := document.parameter(parameter.path)) is not None]
    captured = [row for row in rows if row.fact("enum").stated and row.fact("enum").origin is None]
    example = parameter.fact("example").value
    shown = wire_text(example) if isinstance(example, str) else None
    for text in chain.from_iterable(carried):
        if text is not None and text != shown and all("enum" in violations(row, [text]) for row in captured):
            yield Breach((parameter.path, "enum"), sure=False)


def _of_items(contract: Contract, parameter: Parameter, carried: CarriedValues) -> Iterator[Breach]:
    path = parameter.path
    if "[]" not in path:
        return
    lists = [[text for text in values if text is not None] for values in carried]
    if any(len(set(texts)) < len(texts) for texts in lists):
        yield Breach((path, DUPLICATE), sure=has_duplicate_code(contract, path))
    # An object in JSON leaves out a member; of a list of names it is a gap.
    if parameter.encoding == "repeat" and sum(map(len, lists)) < sum(map(len, carried)):
        yield Breach((path, GAP), sure=False, wrong_type=True)


def _are_allowed_numbers(parameter: Parameter, texts: Sequence[str]) -> bool:
    """Whether the texts are allowed values written in another way: `05`, `+5`, `5.0`."""
    allowed = [float(text) for text in literals(parameter, "enum") or () if INTEGER.fullmatch(text)]
    try:
        return all(float(text) in allowed for text in texts)
    except ValueError:
        return False


def _in_utf16(text: str) -> str:
    """Return a text with as many characters as UTF-16 needs units for this one."""
    if text.isascii():
        return text
    return "".join(character * (2 if ord(character) > _LAST_OF_BASIC_PLANE else 1) for character in text)
