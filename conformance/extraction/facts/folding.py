"""From the rows of a table to parameters with folded paths (reading rule 8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.contract.model import CONSTRAINT_NAMES, Fact, Loss, Parameter, State
from conformance.contract.wire import KEY, SYSTEM_PARAMETERS
from conformance.extraction.facts.carried import Carried, read_form
from conformance.extraction.facts.description import Reading, read_row
from conformance.extraction.facts.literals import NAMED
from conformance.extraction.facts.resolving import Resolver
from conformance.extraction.facts.shared_parameters import MEMBERS, TOP
from conformance.extraction.facts.value_forms import ValueForm, form_of
from conformance.extraction.page import Damage, Note, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.contract.model import Encoding
    from conformance.extraction.facts.literals import TypeWord
    from conformance.extraction.facts.promises import ConditionalPromise
    from conformance.extraction.facts.value_forms import ValueShape
    from conformance.extraction.phrases.table import Lexicon

_INDEX = re.compile(r"\.(?:[NnMm]|\d+|#)(?=\.|$)")
_NOT_PARAMETERS: Final = frozenset({"Action", "Version"})
"""What every operation of this API style has and the signer adds."""


class Folded(Struct, frozen=True):
    """The parameters of one table, what it lost and what was not understood."""

    parameters: tuple[Parameter, ...]
    losses: tuple[Loss, ...]
    notes: tuple[Note, ...]


class _Entry(Struct):
    path: str
    row: Row
    reading: Reading
    container: bool = False
    encoding: Encoding = "plain"
    shape: ValueShape = "unknown"
    carries: bool = False
    source: str = ""

    @property
    def base(self) -> str:
        """What the paths of its members begin with; where nobody says what JSON holds, it is taken for a list."""
        if not self.carries or (self.encoding == "json" and self.shape == "object"):
            return self.path
        return f"{self.path}.{KEY}" if self.encoding == "map" else f"{self.path}[]"


def fold_name(name: str) -> str:
    """Fold the indexes of a written name: `Tag.N.Key` becomes `Tag[].Key`."""
    return _INDEX.sub("[]", name)


def fold(
    rows: Sequence[Row],
    lexicon: Lexicon,
    names: Sequence[str],
    request: Iterable[Parameter] | None = None,
    known: Iterable[str] = (),
) -> Folded:
    """Fold a table's rows into parameters.

    Args:
        rows: The rows in order.
        lexicon: The phrases of the document's language.
        names: The facts that each parameter must carry.
        request: For fields of an answer, the request parameters that conditions may name.
        known: The folded paths that the other language's document has, asked only where the rows do not show where the
            members of a structure end.

    Returns:
        Parameters with an explicit state for every fact in `names`.
    """
    folder = _Folder(lexicon, frozenset(row.name for row in rows), rules="required" in names, known=known)
    for row in rows:
        folder.add(row)
    return _with_conditions(_finish(folder.entries, folder.notes, names), folder.entries, request)


class _Folder:
    """Keeps the object or array that unnamed and nested rows belong to."""

    def __init__(self, lexicon: Lexicon, names: frozenset[str], *, rules: bool, known: Iterable[str]) -> None:
        self._rules = rules
        self._known = frozenset(place for path in known for place in _places(path))
        self._lexicon = lexicon
        self._names = names
        self.entries: list[_Entry] = []
        self.notes: list[Note] = []
        self._open: _Entry | None = None
        self._inside: str | None = None
        self._levels: list[tuple[int, str]] = []
        self._carriers: list[_Entry] = []

    def add(self, row: Row) -> None:
        own = self._rules and row.name and row.name not in SYSTEM_PARAMETERS
        form = form_of(row, self._lexicon) if own else ValueForm("plain", row)
        carried: tuple[Carried, ...] = ()
        if form.encoding != "plain" or form.several:
            reading, carried = read_form(form, self._lexicon, self._names)
        else:
            reading = read_row(row, self._lexicon, self._names, rules=self._rules)
        self.notes += reading.notes
        if not row.name or self._names_an_item(row):
            self._unnamed(row, reading)
        elif row.depth is not None:
            self._nested(row, reading, form)
        else:
            self._named(row, reading, form)
        self._carry(carried)

    def _unnamed(self, row: Row, reading: Reading) -> None:
        kind = reading.type.name if reading.type else None
        if self._open is None:
            return  # the unnamed root object of newer response tables
        container, self._open = self._open, None
        if kind == "object" or (kind is None and _holds_structures(container.reading.type)):
            self._inside = container.base
            place = container.path.removesuffix("[]")
            told = _bare(container.path) in MEMBERS or place in self._known
            if self._rules and not told:
                self.notes.append(Note(row.line, f"{container.path}: nothing shows where its members end"))
            container.container = True
            container.reading = replace(container.reading, damage=container.reading.damage + reading.damage)
            return
        if container.carries:
            self.entries.append(_Entry(container.base, row, reading, encoding=container.encoding))
        else:
            container.reading = _merge(container.reading, reading)

    def _names_an_item(self, row: Row) -> bool:
        """Whether a row only names the structure that an open array holds, as older pages have it."""
        says_nothing = not (row.type.text or row.example.text or row.description)
        return says_nothing and self._open is not None and row.depth is None

    def _carry(self, carried: Iterable[Carried]) -> None:
        """Add what is inside the value of the last entry."""
        holder = self.entries[-1] if self.entries else None
        for each in carried if holder is not None else ():
            assert holder is not None  # noqa: S101 - nothing is carried by nothing
            self.notes += each.reading.notes
            path = f"{holder.path}{each.inside}"
            source = each.row.name if each.inside == "[]" else f"{holder.row.name}.{each.row.name}"
            self.entries.append(_Entry(path, each.row, each.reading, encoding=holder.encoding, source=source))

    def _named(self, row: Row, reading: Reading, form: ValueForm) -> None:
        if row.name in _NOT_PARAMETERS and self._inside is None:
            return
        if self._inside is not None:
            self._inside = self._structure_of(fold_name(row.name), self._inside)
        path = f"{self._inside}.{fold_name(row.name)}" if self._inside else fold_name(row.name)
        self._levels = [(0, self._append(path, row, reading, form).base)]

    def _nested(self, row: Row, reading: Reading, form: ValueForm) -> None:
        depth = row.depth or 0
        while self._levels and self._levels[-1][0] >= depth:
            self._levels.pop()
        parent = self._levels[-1][1] if self._levels else ""
        if not depth and row.name in _NOT_PARAMETERS:
            return
        name = fold_name(row.name)
        written_whole = "[]" in name or not parent or name.startswith(f"{parent}.")
        path = name if written_whole else f"{parent}.{name}"
        entry = self._append(path, row, reading, form)
        self._levels.append((depth, entry.base))
        if parent:
            for above in self.entries:
                above.container = above.container or above.path == parent

    def _append(self, path: str, row: Row, reading: Reading, form: ValueForm) -> _Entry:
        kind = reading.type
        inside = next((each for each in self._carriers if path.startswith((f"{each.path}.", f"{each.path}["))), None)
        if inside is None and form.encoding != "plain":
            entry = _Entry(path, row, reading, encoding=form.encoding, shape=form.shape, carries=True)
            self._carriers.append(entry)
        else:
            if kind is not None and kind.name == "array" and not path.endswith("[]"):
                path += "[]"
            entry = _Entry(path, row, reading, encoding="plain" if inside is None else inside.encoding)
        self.entries.append(entry)
        self._open = entry if kind is not None and kind.name in ("array", "object") else None
        return entry

    def _structure_of(self, name: str, inside: str) -> str | None:
        """Return which structure a named row is a member of, in a capture whose nesting is gone; `None` at the top."""
        above = [inside[: match.start()] for match in re.finditer(r"\.", inside)]
        taken = {entry.path.removesuffix("[]") for entry in self.entries}
        for level in (inside, *reversed(above), None):
            path = (f"{level}.{name}" if level else name).removesuffix("[]")
            if path in self._known and path not in taken:
                return level
        members = MEMBERS.get(_bare(inside))
        return inside if (name in members if members is not None else name not in TOP) else None


def _places(path: str) -> Iterator[str]:
    """Yield a path and those of all that it is inside, without the index at its end."""
    yield path.removesuffix("[]")
    for dot in re.finditer(r"\.", path):
        yield path[: dot.start()].removesuffix("[]")


def _holds_structures(kind: TypeWord | None) -> bool:
    return kind is not None and kind.name == "array" and kind.item != "string"


def _bare(path: str) -> str:
    """Return the last name of a path, without its index."""
    return path.removesuffix("[]").rsplit(".", 1)[-1]


def _merge(container: Reading, item: Reading) -> Reading:
    """Merge an array's row with the row of its items: the item says what a value is, the array what may be left out."""
    facts = {**container.facts, **item.facts}
    if "required" in container.facts:
        facts["required"] = container.facts["required"]
    return Reading(
        item.type or container.type,
        facts,
        container.damage + item.damage,
        container.notes + item.notes,
        container.conditional + item.conditional,
    )


def _item_type(entry: _Entry) -> None:
    """Let the type of `X[]` be that of one item; a bare list of this API style is a list of strings."""
    kind = entry.reading.type
    if entry.path.endswith("[]") and not entry.container and kind is not None and kind.name == "array":
        facts = dict(entry.reading.facts)
        stated = facts.pop("type")
        if kind.item != NAMED:
            facts["type"] = replace(stated, value=kind.item or "string")
        entry.reading = replace(entry.reading, facts=facts)


def _finish(entries: Sequence[_Entry], notes: list[Note], names: Sequence[str]) -> Folded:
    parents = {entry.path.rsplit(".", 1)[0] for entry in entries if "." in entry.path}
    losses: dict[tuple[str, str], Loss] = {}
    parameters: dict[str, Parameter] = {}
    for entry in entries:
        entry.container = entry.container or entry.path in parents
        _item_type(entry)
        if entry.container and not entry.carries and not _constrains(entry.reading):
            continue
        damage = entry.reading.damage
        for item in damage:
            losses.setdefault((entry.path, item.kind), Loss(entry.path, item.line, item.kind, item.evidence))
        facts = {name: entry.reading.facts.get(name) or _absent(name, damage) for name in names}
        if entry.path in parameters:
            if "required" in names:
                notes.append(Note(entry.row.line, f"{entry.path}: a second row of the same name"))
            continue
        parameters[entry.path] = Parameter(
            entry.path, entry.row.line, facts, entry.source or entry.row.name, encoding=entry.encoding
        )
    return Folded(tuple(parameters.values()), tuple(losses.values()), tuple(notes))


def _with_conditions(folded: Folded, entries: Iterable[_Entry], request: Iterable[Parameter] | None) -> Folded:
    """Add what holds on a condition: to parameters their facts, to fields of an answer when they are there."""
    resolver = Resolver(folded.parameters if request is None else request)
    said: dict[str, tuple[ConditionalPromise, ...]] = {}
    for entry in entries:
        said.setdefault(entry.path, entry.reading.conditional)
    if request is None:
        parameters = (resolver.rules(row, said.get(row.path, ())) for row in folded.parameters)
    else:
        parameters = (replace(row, presence=resolver.presence(said.get(row.path, ()))) for row in folded.parameters)
    return replace(folded, parameters=tuple(parameters))


def _constrains(reading: Reading) -> bool:
    """Whether a container states a constraint of its own, or lost something that may have been one."""
    stated = any(name in reading.facts for name in CONSTRAINT_NAMES if name != "required")
    required = reading.facts.get("required")
    return (
        stated
        or any(item.facts is None for item in reading.damage)
        or (required is not None and required.value is True)
    )


def _absent(name: str, damage: Iterable[Damage]) -> Fact:
    """Return the state of a fact that a row does not show: unknown when the row lost anything (reading rule 9)."""
    lines = sorted(item.line for item in damage if item.facts is None or name in item.facts)
    return Fact(State.LOST, None, lines[0]) if lines else Fact(State.NOT_STATED)
