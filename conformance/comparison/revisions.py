"""What has changed between a committed contract and the document that it was derived from, fact by fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.comparison.comparison_text import fact_value_text
from conformance.contract.condition_text import condition_text
from conformance.contract.model import FACT_NAMES, NOT_STATED, State
from conformance.contract.openapi.writer import fact_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.model import (
        ConditionalFact,
        Contract,
        ErrorCode,
        Fact,
        Loss,
        Parameter,
        Source,
        SourceDifference,
    )
    from conformance.contract.when import When

_SILENT: Final = fact_data(NOT_STATED)


class _Moved(str):
    """A change of place alone: the same fact on another line."""

    __slots__ = ()


def changes(committed: Contract, derived: Contract) -> list[str]:
    """Return one sentence a fact in which a contract file and its document differ.

    What is only on another line is counted in one last sentence: one more line near the top would name everything.

    Args:
        committed: The contract in the file.
        derived: The contract that the document gives now.
    """
    named = list(_changes(committed, derived))
    moved = [change for change in named if isinstance(change, _Moved)]
    changed = [change for change in named if not isinstance(change, _Moved)]
    return changed + ([f"{len(moved)} entries only moved, the first is {moved[0]}"] if moved else [])


def _changes(committed: Contract, derived: Contract) -> Iterator[str]:
    for name in ("operation", "language", "product", "version"):
        yield from _changed(name, getattr(committed, name), getattr(derived, name))
    for name in ("file", "sha256", "layout"):
        yield from _changed(f"source.{name}", getattr(committed.source, name), getattr(derived.source, name))
    yield from _others(committed.also, derived.also)
    yield from _differing(committed.differs, derived.differs)
    yield from _rows("", committed.parameters, derived.parameters)
    yield from _rows("responses/", committed.responses, derived.responses)
    yield from _errors(committed.errors, derived.errors)
    old, new = committed.async_behaviour, derived.async_behaviour
    for name in ("pending", "final", "poll", "line", "origin"):
        yield from _changed(f"async.{name}", getattr(old, name, "nothing"), getattr(new, name, "nothing"))
    for name in dict.fromkeys(shown.format for shown in (*committed.formats, *derived.formats)):
        yield from _changed(f"formats.{name}", committed.format_line(name), derived.format_line(name))
    yield from _losses(committed.lost, derived.lost)


def _differing(old: Sequence[SourceDifference], new: Sequence[SourceDifference]) -> Iterator[str]:
    before, after = ({(each.path, each.name): each.other for each in differences} for differences in (old, new))
    for path, name in dict.fromkeys([*before, *after]):
        one, other = before.get((path, name), NOT_STATED), after.get((path, name), NOT_STATED)
        yield from _fact(f"{path}.{name} of another source", one, other)


def _others(old: Sequence[Source], new: Sequence[Source]) -> Iterator[str]:
    before, after = ({source.file: source for source in sources} for sources in (old, new))
    for file in dict.fromkeys([*before, *after]):
        if file not in before or file not in after:
            yield f"source.also: {file} only in the {'file' if file in before else 'documents'}"
        else:
            for name in ("sha256", "layout"):
                yield from _changed(
                    f"source.also.{file}.{name}", getattr(before[file], name), getattr(after[file], name)
                )


def differences(old: object, new: object, path: str = "$") -> Iterator[str]:
    """Yield one sentence a place in which two OpenAPI descriptions differ, for what no fact shows."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            place = f"{path}[{name!r}]"
            if _SILENT in (old.get(name), new.get(name)) and not (name in old and name in new):
                continue  # a fact that is listed as not stated is one that is absent
            if name not in old or name not in new:
                yield f"{place}: only in the {'document' if name in new else 'file'}"
            else:
                yield from differences(old[name], new[name], place)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            # A parameter is found by its name, not by counting.
            name = other.get("name") if isinstance(other, dict) else None
            yield from differences(one, other, f"{path}[{index if name is None else repr(name)}]")
    elif old != new or type(old) is not type(new):
        yield f"{path}: the file says {old!r}, the document gives {new!r}"


def _changed(name: str, old: object, new: object) -> Iterator[str]:
    if old != new:
        yield f"{name}: the file says {old}, the document says {new}"


def _moved(name: str, old: int | None, new: int | None) -> Iterator[str]:
    if old != new:
        yield _Moved(f"{name}: the file has it on {_place(old)}, the document on {_place(new)}")


def _place(line: int | None) -> str:
    return f"line {line}" if line is not None else "no line"


def _rows(prefix: str, old: Sequence[Parameter], new: Sequence[Parameter]) -> Iterator[str]:
    before, after = ({row.path: row for row in rows} for rows in (old, new))
    for path in dict.fromkeys([*before, *after]):
        name = prefix + path
        if path not in after:
            yield f"{name}: only in the file (line {before[path].line})"
        elif path not in before:
            yield f"{name}: only in the document (line {after[path].line})"
        else:
            one, other = before[path], after[path]
            for fact in dict.fromkeys([*FACT_NAMES, *one.facts, *other.facts]):
                yield from _fact(f"{name}.{fact}", one.fact(fact), other.fact(fact))
            yield from _conditional(name, one.conditional, other.conditional)
            old_when, new_when = one.presence.when, other.presence.when
            if old_when != new_when:
                yield from _changed(f"{name}, its presence", _presence(old_when), _presence(new_when))
            else:
                yield from _moved(f"{name}, its presence", one.presence.line, other.presence.line)
            yield from _place_of(name, one, other)
            yield from _changed(f"{name}, its spelling", one.source, other.source)
    if before.keys() == after.keys() and list(before) != list(after):
        yield f"{prefix or 'parameters'}: the file has them in another order"


def _conditional(name: str, old: Sequence[ConditionalFact], new: Sequence[ConditionalFact]) -> Iterator[str]:
    """Yield what changed among the facts that hold on a condition; two may have one name and one condition."""
    sides = [
        [f"{each.name} = {_value(each.fact)} {condition_text(each.when)}" for each in facts] for facts in (old, new)
    ]
    for text in dict.fromkeys(sides[0] + sides[1]):
        counts = [side.count(text) for side in sides]
        if counts[0] != counts[1]:
            yield f"{name}: only in the {'file' if counts[0] > counts[1] else 'document'}: {text}"
    if sides[0] == sides[1]:
        for one, other in zip(old, new, strict=True):
            yield from _fact(f"{name}.{one.name} {condition_text(one.when)}", one.fact, other.fact)
    elif sorted(sides[0]) == sorted(sides[1]):
        yield f"{name}: the file has its conditional facts in another order"


def _presence(when: When | None) -> str:
    return "always" if when is None else f"only {condition_text(when)}"


def _fact(name: str, old: Fact, new: Fact) -> Iterator[str]:
    if (old.state, old.value, type(old.value)) != (new.state, new.value, type(new.value)):
        line = f" (line {new.line})" if new.line is not None else ""
        yield f"{name}: the file says {_value(old)}, the document says {_value(new)}{line}"
    elif old.origin != new.origin:
        yield from _changed(f"{name}, its origin", old.origin or "the document", new.origin or "the document")
    else:
        yield from _moved(name, old.line, new.line)


def _place_of(name: str, old: Parameter | ErrorCode, new: Parameter | ErrorCode) -> Iterator[str]:
    if old.origin != new.origin:
        yield from _changed(f"{name}, its origin", old.origin or "the document", new.origin or "the document")
    else:
        yield from _moved(name, old.line, new.line)


def _value(fact: Fact) -> str:
    if not fact.stated or fact.value is None:
        return "that it is lost" if fact.state is State.LOST else "nothing"
    return fact_value_text(fact.value)


def _errors(old: Sequence[ErrorCode], new: Sequence[ErrorCode]) -> Iterator[str]:
    before, after = ({row.key: row for row in rows} for rows in (old, new))
    for key in dict.fromkeys([*before, *after]):
        status, code, message = key
        name = f"errors/{code} ({status}, {message!r})"
        if key not in after:
            yield f"{name}: only in the file (line {before[key].line})"
        elif key not in before:
            yield f"{name}: only in the document (line {after[key].line})"
        else:
            one, other = before[key], after[key]
            for field in ("description_state", "error_class", "inferred_split"):
                yield from _changed(f"{name}.{field}", getattr(one, field), getattr(other, field))
            yield from _place_of(name, one, other)
    if before.keys() == after.keys() and list(before) != list(after):
        yield "errors: the file has them in another order"


def _losses(old: Sequence[Loss], new: Sequence[Loss]) -> Iterator[str]:
    before, after = ({(loss.path, loss.kind): loss for loss in losses} for losses in (old, new))
    for key in dict.fromkeys([*before, *after]):
        name = f"lost {key[1]} of {key[0] or 'the page'}"
        if key not in after or key not in before:
            yield f"{name}: only in the {'file' if key in before else 'document'}"
        else:
            yield from _changed(f"{name}, its evidence", before[key].evidence, after[key].evidence)
            yield from _moved(name, before[key].line, after[key].line)
