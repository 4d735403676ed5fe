"""Which cases a fault is likely to show in: those that speak of it with the same words, rare words first."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cases.model import Case
    from conformance.server.faults.catalogue import NamedMutation

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def most_likely_first(cases: Sequence[Case], fault: NamedMutation) -> list[Case]:
    """Return cases, those first that have most words in common with what is told of a fault; else in their order."""
    known = [_words_of(case) for case in cases]
    counts = Counter(word for words in known for word in words)
    told = _words((fault.name, fault.about, fault.mutation.place))
    weights = {word: math.log(len(cases) / counts[word]) for word in told if counts[word]}
    # Exact sums, as sets have their words in another order each time.
    scores = [math.fsum(weights[word] for word in words & weights.keys()) for words in known]
    return [cases[number] for number in sorted(range(len(cases)), key=lambda number: -scores[number])]


def _words_of(case: Case) -> frozenset[str]:
    codes = [outcome.code or "" for step in case.steps for some in step.outcomes.values() for outcome in some]
    states = [state.name for state in case.states]
    changed = [name for step in case.steps for name in step.changed]
    return _words((case.id.partition("/")[2], case.title, *case.facts, *codes, *states, *changed))


@lru_cache(maxsize=10_000)
def _words(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))
