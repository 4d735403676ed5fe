"""One contract of two sources of one operation and language: a page, and the metadata beside it.

What only the second states is taken over with its origin. What both state is the first's; where they contradict each
other, what the second states is kept beside it, and nothing is decided silently. Nothing is taken over that would
contradict what the first says: a bound in another unit, a rule that a value of its own list breaks, a fact that it
states on a condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.comparison.agreement import Agreement
from conformance.comparison.comparison_text import fact_text
from conformance.comparison.row_agreement import judge_row
from conformance.comparison.unit_conversion import factor
from conformance.contract.constraints import masked, violations
from conformance.contract.encodings import CARRYING
from conformance.contract.model import (
    CONSTRAINT_NAMES,
    FACT_NAMES,
    RESPONSE_FACT_NAMES,
    Contract,
    ErrorCode,
    Fact,
    Parameter,
    SourceDifference,
    State,
)
from conformance.contract.when import UNKNOWN, Presence
from conformance.contract.wire import wire_text
from conformance.core.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_QUANTITIES: Final = ("enum", "default", "minimum", "maximum")
_LISTS: Final = ("array", "object")


class _Filled(Struct, frozen=True):
    """Rows of one table with what the second source adds, and what it states otherwise."""

    rows: tuple[Parameter, ...]
    differs: tuple[SourceDifference, ...]


def merged(first: Contract, second: Contract) -> Contract:
    """Return one contract of two sources of one operation and language.

    Args:
        first: The contract of the source whose word holds where both state something: of the page.
        second: That of the other: of the metadata. A contract that has it already stays as it is.

    Raises:
        ContractError: If they are about different operations or in different languages.
    """
    if (first.operation, first.language) != (second.operation, second.language):
        raise ContractError(
            f"is about {second.operation} ({second.language}), and no source of {first.operation} ({first.language})",
            where=second.source.file,
            hint="give a page and the metadata of the same operation and language",
        )
    if second.source in (first.source, *first.also):
        return first
    file = second.source.file
    asked = _table(first.parameters, second.parameters, file, FACT_NAMES)
    fields = _table(first.responses, second.responses, file, RESPONSE_FACT_NAMES)
    errors, error_differences = _errors(first, second)
    differs = [*first.differs, *asked.differs]
    differs += [replace(each, path=f"responses/{each.path}") for each in fields.differs]
    behaviour = second.async_behaviour and replace(second.async_behaviour, origin=file)
    return replace(
        first,
        parameters=asked.rows,
        responses=fields.rows,
        errors=errors,
        async_behaviour=first.async_behaviour or behaviour,
        product=first.product or second.product,
        version=first.version or second.version,
        also=(*first.also, second.source),
        differs=(*differs, *error_differences),
    )


def _table(first: Sequence[Parameter], second: Sequence[Parameter], file: str, names: Sequence[str]) -> _Filled:
    """Fill the rows of one table, and add those that only the second source has."""
    by_name = {_name(row.path): row for row in first}
    others = {_name(row.path): row for row in second}
    spelt = _spellings(first)
    rows: list[Parameter] = []
    differs: list[SourceDifference] = []
    for row in first:
        other = others.get(_name(row.path))
        if other is None:
            rows.append(row)
            continue
        filled, found = _row(row, other, file, names)
        rows.append(filled)
        differs += found
    for name, other in others.items():
        if name not in by_name and not _inside_a_value(name, by_name, others):
            moved = replace(other, path=_spelt(other.path, spelt))
            rows.append(_from_other(moved, file, promised=names is FACT_NAMES or not first))
    return _Filled(tuple(rows), tuple(differs))


def _name(path: str) -> str:
    """Return a path without its indexes: one source may write `Ids` and the other `Ids[]`."""
    return path.replace("[]", "")


def _spellings(rows: Sequence[Parameter]) -> dict[str, str]:
    """Return how the first source writes each list and each object, by its name without indexes."""
    found: dict[str, str] = {}
    for row in rows:
        parts = row.path.split(".")
        # A text that carries a list is written without an index, and what is inside with one.
        whole = len(parts) if row.path.endswith("[]") else len(parts) - 1
        for count in range(1, whole + 1):
            path = ".".join(parts[:count])
            found.setdefault(_name(path), path)
    return found


def _spelt(path: str, known: dict[str, str]) -> str:
    """Return a path of the second source with its beginning as the first source writes it."""
    parts = path.split(".")
    for count in range(len(parts) - 1, 0, -1):
        beginning = known.get(_name(".".join(parts[:count])))
        if beginning is not None:
            return ".".join([beginning, *parts[count:]])
    return path


def _inside_a_value(name: str, rows: dict[str, Parameter], others: dict[str, Parameter]) -> bool:
    """Whether a row is inside a parameter that the first source has as a text of its own.

    Where it knows members itself, or calls it a list or an object, or the second source says that the text is of
    JSON, the members can be told.
    """
    parts = name.split(".")
    for count in range(1, len(parts)):
        outer = ".".join(parts[:count])
        row = rows.get(outer)
        if row is None or any(other.startswith(f"{outer}.") for other in rows):
            continue
        carries = (row.encoding, others[outer].encoding if outer in others else row.encoding)
        if (
            str(row.fact("type").value) not in _LISTS
            and not row.path.endswith("[]")
            and not set(carries) & set(CARRYING)
        ):
            return True
    return False


def _from_other(row: Parameter, file: str, *, promised: bool) -> Parameter:
    """Return a row that only the second source has. A field that the first does not know is not demanded."""
    facts = {name: replace(fact, origin=file) if fact.line is not None else fact for name, fact in row.facts.items()}
    conditional = tuple(replace(each, fact=replace(each.fact, origin=file)) for each in row.conditional)
    presence = row.presence if promised or row.presence.when is not None else Presence(UNKNOWN, row.line)
    return replace(row, facts=facts, conditional=conditional, presence=presence, origin=file)


def _row(row: Parameter, other: Parameter, file: str, names: Sequence[str]) -> tuple[Parameter, list[SourceDifference]]:
    """Fill one row, and return what the other source states otherwise."""
    judgements = judge_row(row, other, names)
    differs = [
        _difference(row, name, other.fact(name), file)
        for name, judgement in judgements.items()
        if judgement.verdict is Agreement.DISAGREE
    ]
    on_condition = {each.name for each in row.conditional}
    units = row.fact("unit"), other.fact("unit")
    same_unit = not all(unit.stated for unit in units) or factor(str(units[0].value), str(units[1].value)) == 1
    facts = dict(row.facts)
    for name in names:
        fact = other.fact(name)
        if row.fact(name).stated or not fact.stated or name in on_condition:
            continue
        if name in _QUANTITIES and not same_unit:
            continue
        if _speaks_against(row, name, fact):
            differs.append(_difference(row, name, fact, file))
        else:
            facts[name] = replace(fact, origin=file)
    known = on_condition | {name for name, fact in row.facts.items() if fact.stated}
    more = [each for each in other.conditional if each.name not in known]
    filled = replace(
        row,
        facts=facts,
        conditional=(*row.conditional, *(replace(each, fact=replace(each.fact, origin=file)) for each in more)),
        encoding=row.encoding if row.encoding in CARRYING or other.encoding not in CARRYING else other.encoding,
    )
    return filled, differs


def _difference(row: Parameter, name: str, other: Fact, file: str) -> SourceDifference:
    return SourceDifference(row.path, name, replace(other, origin=file))


def _speaks_against(row: Parameter, name: str, fact: Fact) -> bool:
    """Whether a rule forbids what the first source lists or gives as the default, or a list lacks what it shows.

    An example shows that one value exists (reading rule 12); that it breaks another rule is common, and only reported.
    """
    if name not in CONSTRAINT_NAMES or name in ("required", "maxItems"):
        return False
    kind = {"type": row.fact("type")} if row.fact("type").stated else {}
    alone = Parameter(row.path, row.line, {**kind, name: fact})
    enum, default, example = (row.fact(known) for known in ("enum", "default", "example"))
    values = [*enum.value] if enum.stated and isinstance(enum.value, tuple) else []
    values += [
        each.value
        for each in (default, *([example] if name == "enum" else []))
        if each.stated and each.value is not None and not isinstance(each.value, tuple)
    ]
    texts = [text for value in values if not masked(text := wire_text(value))]
    return any(name in violations(alone, [text]) for text in texts)


def _errors(first: Contract, second: Contract) -> tuple[tuple[ErrorCode, ...], list[SourceDifference]]:
    """Return the rows of both tables by status, code and message, and what the second has otherwise."""
    file = second.source.file
    known = {row.key for row in first.errors}
    more = [replace(row, origin=file) for row in second.errors if row.key not in known]
    return (*first.errors, *more), list(_error_differences(first, more, file))


def _error_differences(first: Contract, more: Sequence[ErrorCode], file: str) -> Iterator[SourceDifference]:
    for row in more:
        rows = first.rows(row.code)
        same_message = [each for each in rows if each.message == row.message]
        if same_message:
            yield SourceDifference(f"errors/{row.code}", "status", Fact(State.STATED, row.status, row.line, file))
        elif any(each.status == row.status for each in rows):
            yield SourceDifference(f"errors/{row.code}", "message", Fact(State.STATED, row.message, row.line, file))


def difference_texts(contract: Contract, files: Mapping[str, str] | None = None) -> list[str]:
    """Return one sentence for each place where the sources of a contract contradict each other.

    Args:
        contract: The contract.
        files: How a reader would name the files of its sources; by their own names where it does not say.
    """
    named = files or {}
    return [_difference_text(contract, each, named) for each in contract.differs]


def _difference_text(contract: Contract, difference: SourceDifference, files: Mapping[str, str]) -> str:
    first, other = contract.source.file, difference.other
    origin = other.origin or ""
    kept, line = _kept(contract, difference)
    place = f"{files.get(first, first)}:{line}" if line is not None else files.get(first, first)
    there = f"{files.get(origin, origin)}:{other.line}"
    name = f"{difference.path}{' ' if difference.path.startswith('errors/') else '.'}{difference.name}"
    said = fact_text(other)
    if kept is None:
        return f"{place}: {name}: {there} says {said}, which a value here breaks; it is left out"
    return f"{place}: {name}: {kept} here, {said} in {there}; the first is kept"


def _kept(contract: Contract, difference: SourceDifference) -> tuple[str | None, int | None]:
    """Return what the contract keeps in words, with its line; nothing in words where it keeps nothing of that name."""
    head, _, rest = difference.path.partition("/")
    if head == "errors":
        rows = [row for row in contract.rows(rest) if row.origin is None]
        values = dict.fromkeys(str(getattr(row, difference.name)) for row in rows)
        return " or ".join(values) or None, rows[0].line if rows else None
    rows_of = contract.responses if head == "responses" and rest else contract.parameters
    row = next((row for row in rows_of if row.path == (rest or head)), None)
    fact = row.fact(difference.name) if row is not None else None
    if row is None or fact is None or not fact.stated:
        return None, row.line if row is not None else None
    return fact_text(fact), fact.line
