"""How much of what the documents say the readers find, against facts that a person read.

Facts come in two kinds: those of a table's cells (type, required, example) and those of its prose (all others). Prose
is where readers fail, so the two are counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from conformance.extraction.read import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.model import Contract

TRUTH: Final = Path(__file__).resolve().parent / "truth"
CELLS: Final = frozenset({"type", "required", "example"})

FactKey = tuple[str, str, str, str]
"""Operation, language, path, fact."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was found of what is there.

    Attributes:
        found: Facts stated and found with their value.
        missed: Facts stated and not found, or found with another value.
        invented: Facts found that are not stated, or not with this value.
    """

    found: int
    missed: tuple[FactKey, ...] = field(default=())
    invented: tuple[FactKey, ...] = field(default=())

    @property
    def recall(self) -> float:
        """The share of the stated facts that was found."""
        return self.found / (self.found + len(self.missed)) if self.found or self.missed else 1.0

    @property
    def precision(self) -> float:
        """The share of the found facts that is stated."""
        return self.found / (self.found + len(self.invented)) if self.found or self.invented else 1.0


def facts_of(contract: Contract) -> dict[tuple[str, str], object]:
    """Return every stated fact of the request by (path, fact)."""
    return {
        (parameter.path, name): fact.value
        for parameter in contract.parameters
        for name, fact in parameter.facts.items()
        if fact.stated
    }


def truths() -> Iterator[tuple[str, str, dict[tuple[str, str], object]]]:
    """Yield operation, language and the facts that a person read there."""
    for path in sorted(TRUTH.glob("*.yaml")):
        for language, parameters in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            yield (
                path.stem,
                language,
                {
                    (parameter, name): tuple(value) if isinstance(value, list) else value
                    for parameter, facts in parameters.items()
                    for name, value in facts.items()
                },
            )


def measure(corpus: Path) -> dict[str, Score]:
    """Measure the readers on the corpus.

    Args:
        corpus: The folder that has one folder an operation, each with `en.md` and `zh.md`.

    Returns:
        The scores of `cells` and of `prose`.
    """
    found = {"cells": 0, "prose": 0}
    missed: dict[str, list[FactKey]] = {"cells": [], "prose": []}
    invented: dict[str, list[FactKey]] = {"cells": [], "prose": []}
    for operation, language, truth in truths():
        path = corpus / operation / f"{language}.md"
        facts = facts_of(read_document(path.read_bytes(), f"{operation}.{language}.md"))
        for key in truth.keys() | facts.keys():
            kind = "cells" if key[1] in CELLS else "prose"
            # A missing fact is no value at all, and True is not 1.
            if key in truth and key in facts and repr(truth[key]) == repr(facts[key]):
                found[kind] += 1
                continue
            if key in truth:
                missed[kind].append((operation, language, *key))
            if key in facts:
                invented[kind].append((operation, language, *key))
    return {kind: Score(found[kind], tuple(sorted(missed[kind])), tuple(sorted(invented[kind]))) for kind in found}
