"""The labels of `benchmarks/labels/`, and how a reading compares with them; docs/reading-documents.md has their form.

A file of labels has a `group`: `drawn before` the phrases were widened, or `drawn after`. Groups are counted apart.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from conformance.contract.model import FACT_NAMES, RESPONSE_FACT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reading import Outcome

    from conformance.contract.model import Contract, Parameter

CELLS: Final = ("type", "required", "example")
"""Facts that have a cell of their own; all others are of the prose, where readers fail."""

UNKNOWN: Final = "unknown"
_DIGEST: Final = "sha256:"


class Conditional(NamedTuple):
    """A fact that holds on a condition: its name, its value, and values by parameter or `unknown`."""

    fact: str
    value: object
    when: object


@dataclass(frozen=True, slots=True)
class Label:
    """What a person read in one row; `in_force` is the condition on which the row as a whole takes effect, if any."""

    page: str
    language: str
    line: int
    path: str
    section: str
    facts: Mapping[str, object]
    conditional: tuple[Conditional, ...]
    open: frozenset[str]
    group: bool
    in_force: object = None


class Mistake(NamedTuple):
    """One fact that was read otherwise than it is labelled.

    Attributes:
        kind: `missed`, `invented`, `other value`, `lost`, `page refused`, `row not read`, `condition dropped` (given as
            if it held always), or `made conditional`.
        place: Page and line.
        fact: Path and fact.
        labelled: The value that a person read, `None` where it is not stated.
        found: The value that was read, `None` where none was.
    """

    kind: str
    language: str
    place: str
    fact: str
    labelled: object
    found: object


@dataclass(slots=True)
class Score:
    """How a group of labels was read. Counts are by (fact, language).

    Attributes:
        right: Facts that were found with their value.
        missed: Labelled facts that were not, or with another value.
        wrong: Found facts that are not labelled, or with another value.
        conditions: What became of conditional facts, by kind.
        mistakes: Each single one.
        unlike: Facts that are labelled, and that the project has no name for yet.
        changed: Pages that are not there, or have changed since they were labelled.
        rows: How many rows were compared.
        in_force: How many of the right facts were given on the condition of their whole row.
    """

    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    conditions: Counter[tuple[str, str]] = field(default_factory=Counter)
    mistakes: list[Mistake] = field(default_factory=list)
    unlike: Counter[str] = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    rows: int = 0
    in_force: int = 0

    def counts(self, *, language: str = "", facts: tuple[str, ...] = ()) -> tuple[int, int, int]:
        """Return how many facts are right, missed and wrong: of a language and of some facts, or of all."""

        def total(counter: Counter[tuple[str, str]]) -> int:
            fitting = (key for key in counter if language in ("", key[1]) and (not facts or key[0] in facts))
            return sum(counter[key] for key in fitting)

        return total(self.right), total(self.missed), total(self.wrong)


def load_labels(folder: Path) -> dict[str, tuple[dict[str, str], list[Label]]]:
    """Load the files of labels in a folder.

    Returns:
        By group: the SHA-256 of each page, and the labels.

    Raises:
        ValueError: For a file without labels, or with a fact that is none.
    """
    groups: dict[str, tuple[dict[str, str], list[Label]]] = {}
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            digests, labels = groups.setdefault(data["group"], ({}, []))
            for page, content in data["pages"].items():
                digests[page] = content["sha256"]
                labels += [_label(page, row) for row in content["rows"]]
        except (KeyError, TypeError, AttributeError) as fault:
            raise ValueError(f"{path}: no file of labels, {type(fault).__name__}: {fault}") from None
    return groups


def _label(page: str, row: Mapping[str, Any]) -> Label:
    return Label(
        page=page,
        language=page.split("/")[1],
        line=row["line"],
        path=row["path"],
        section=row["section"],
        facts=row["facts"],
        conditional=tuple(Conditional(**each) for each in row.get("conditional", ())),
        open=frozenset(row.get("open", ())),
        group=row.get("group", False),
        in_force=row.get("in_force"),
    )


def measure(digests: Mapping[str, str], labels: list[Label], outcomes: Mapping[str, Outcome]) -> Score:
    """Compare labels with what was read of their pages."""
    score = Score()
    for page, digest in digests.items():
        outcome = outcomes.get(page)
        if outcome is None or hashlib.sha256(outcome.data).hexdigest() != digest:
            score.changed.append(page)
    for label in labels:
        if label.page not in score.changed:
            score.rows += 1
            _compare(label, outcomes[label.page].contract, score)
    return score


def _compare(label: Label, contract: Contract | None, score: Score) -> None:
    names = FACT_NAMES if label.section == "request" else RESPONSE_FACT_NAMES
    row = None if contract is None else row_of(contract, label)
    absent = "page refused" if contract is None else "row not read" if row is None else ""
    stated = {} if row is None else {name: fact.value for name, fact in row.facts.items() if fact.stated}
    if label.group:
        stated = {name: value for name, value in stated.items() if name not in CELLS}
    lost = set() if row is None else {name for name, fact in row.facts.items() if fact.state == "lost"}
    given = () if row is None else tuple(_conditionals(row))
    for name in sorted({*label.facts, *stated} - label.open):
        if name not in names:
            score.unlike[name] += 1
            continue
        wanted, found = label.facts.get(name), stated.get(name)
        key = name, label.language
        if wanted is not None and found is not None and same(wanted, found):
            score.right[key] += 1
            continue
        if wanted is not None and found is None and _given_in_force(label, name, wanted, given):
            # The condition of the whole row is one of all its limits (reading rule 14).
            score.right[key] += 1
            score.in_force += 1
            continue
        if wanted is not None:
            score.missed[key] += 1
        if found is not None:
            score.wrong[key] += 1
        if found is not None:
            on_condition = any(each.fact == name for each in label.conditional)
            kind = "other value" if wanted is not None else "condition dropped" if on_condition else "invented"
        elif any(each.fact == name for each in given):
            kind = "made conditional"
        else:
            kind = absent or ("lost" if name in lost else "missed")
        score.mistakes.append(_mistake(label, kind, name, wanted, found))
    _compare_conditions(label, given, score)


def _given_in_force(label: Label, name: str, wanted: object, given: tuple[Conditional, ...]) -> bool:
    """Whether a fact is given on the condition on which its row takes effect."""
    fitting = (each for each in given if each.fact == name and same(wanted, each.value))
    return label.in_force is not None and any(_same_when(label.in_force, each.when) for each in fitting)


def _holds(label: Label, wanted: object, found: object) -> bool:
    """Whether a condition is the labelled one, alone or joined with that of the whole row."""
    if _same_when(wanted, found):
        return True
    if isinstance(wanted, dict) and isinstance(label.in_force, dict):
        return _same_when({**label.in_force, **wanted}, found)
    return label.in_force == found == UNKNOWN


def _compare_conditions(label: Label, given: tuple[Conditional, ...], score: Score) -> None:
    """Count conditional facts apart: read, read with another condition, without the known one, missed, invented."""
    left = list(given)
    for wanted in {repr(each): each for each in label.conditional}.values():  # what is said twice counts once
        fitting = [each for each in left if each.fact == wanted.fact and same(wanted.value, each.value)]
        found = next((each for each in fitting if _holds(label, wanted.when, each.when)), next(iter(fitting), None))
        if found is None:
            kind = "fact missed"
        else:
            left.remove(found)
            if _holds(label, wanted.when, found.when):
                kind = "right"
            else:
                kind = "condition missed" if found.when == UNKNOWN else "other condition"
        score.conditions[kind, label.language] += 1
        if kind != "right":
            name = f"{wanted.fact} when {wanted.when}"
            seen = None if found is None else f"{found.value} when {found.when}"
            score.mistakes.append(_mistake(label, f"conditional: {kind}", name, wanted.value, seen))
    for extra in left:
        if extra.fact not in label.open and extra.fact not in label.facts:
            score.conditions["invented", label.language] += 1
            name = f"{extra.fact} when {extra.when}"
            score.mistakes.append(_mistake(label, "conditional: invented", name, None, extra.value))


def _mistake(label: Label, kind: str, name: str, wanted: object, found: object) -> Mistake:
    return Mistake(kind, label.language, f"{label.page}:{label.line}", f"{label.path}.{name}", wanted, found)


def row_of(contract: Contract, label: Label) -> Parameter | None:
    """Return the parameter or field that begins on the line of a label; members of a JSON text begin there too."""
    rows = contract.parameters if label.section == "request" else contract.responses
    found = [row for row in rows if row.line == label.line]
    return min(found, key=lambda row: (row.path != label.path, len(row.path)), default=None)


def _conditionals(row: Parameter) -> Iterator[Conditional]:
    for each in row.conditional:
        yield Conditional(each.name, each.fact.value, each.when.data)


def same(wanted: object, found: object) -> bool:
    """Whether a value is as labelled: lists as sets, long examples by their digest. True is not 1, "5" is not 5."""
    if isinstance(wanted, list):
        return isinstance(found, tuple | list) and sorted(map(repr, wanted)) == sorted(map(repr, found))
    if isinstance(wanted, str) and wanted.startswith(_DIGEST):
        return wanted == _DIGEST + hashlib.sha256(str(found).encode()).hexdigest()[:16]
    return repr(wanted) == repr(found)


def _same_when(wanted: object, found: object) -> bool:
    if not isinstance(wanted, dict) or not isinstance(found, dict):
        return wanted == found
    return _plain(wanted) == _plain(found)


def _plain(when: Mapping[str, list[object]]) -> dict[str, list[str]]:
    return {path: sorted(str(value).lower() for value in values) for path, values in when.items()}
