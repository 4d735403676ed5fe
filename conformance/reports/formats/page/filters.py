"""How the templates of pages show values: as text, cut to a length, or as a sentence in each language."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from conformance.contract.languages import LANGUAGES
from conformance.core.sentences import Sentence, sentence
from conformance.core.terminal import printable, printable_lines
from conformance.judging.divergence import promise_at
from conformance.judging.exchange_entries import shortened
from conformance.judging.near_texts import marked
from conformance.reports.formats import cause_text
from conformance.reports.formats.page.wording import VERDICT_NAMES, language_name, line_message, stored
from conformance.reports.formats.text import expected_text, observed_text, promise_text, retry_text, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.model import CitedLine
    from conformance.judging.report_entries import GroupEntry, MismatchEntry

Filter = Callable[..., Any]
LONGEST: Final = 4_000
"""Characters of one text that a page shows; `report.json` has it whole."""
_ALIKE: Final = 0.3
"""The part of two texts that must be the same for their differences to be marked."""
_SECOND_MS: Final = 1_000

_TRIGGERS: Final = {
    "documented": sentence("trigger: documented"),
    "inferred": sentence("trigger: inferred"),
    "forced": sentence("trigger: forced"),
    "todo": sentence("trigger: to do"),
}
_FIGURES: Final = {
    "codes": sentence("error codes"),
    "parameters": sentence("parameters"),
    "violations": sentence("limits broken"),
}
_FOLLOWS: Final = {
    "both": sentence("both"),
    "neither": sentence("neither"),
    "not observed": sentence("not observed"),
}


def verdict_name(verdict: str) -> Sentence | str:
    """Return what a page calls a verdict."""
    return VERDICT_NAMES.get(verdict, verdict)


def cut(text: object) -> str:
    """Return a text as it is shown: not longer than `LONGEST`, and with nothing that turns the direction of writing."""
    return printable_lines(shortened(str(text), LONGEST))


def sides(mismatch: MismatchEntry) -> tuple[Markup, Markup]:
    """Return what was expected and what was observed, as HTML; what differs between two texts alike is marked."""
    expected, observed = mismatch["expected"], mismatch["observed"]
    if len(expected) == 1 and isinstance(expected[0], str) and isinstance(observed, str):
        return _marked(cut(expected[0]), cut(observed))
    return Markup("{}").format(cut(expected_text(mismatch))), Markup("{}").format(cut(observed_text(mismatch)))


@lru_cache(maxsize=1_000)
def _marked(expected: str, observed: str) -> tuple[Markup, Markup]:
    left, right = marked(expected, observed)
    same = sum(len(part.text) for part in left if not part.differs)
    if same < _ALIKE * max(len(expected), len(observed)) or len(left) == 1 == len(right):
        return Markup("{}").format(printable(expected)), Markup("{}").format(printable(observed))
    return _joined(left, "del"), _joined(right, "ins")


def _joined(parts: Iterable[tuple[str, bool]], tag: str) -> Markup:
    shown = [Markup(f"<{tag}>{{}}</{tag}>" if differs else "{}").format(printable(text)) for text, differs in parts]  # noqa: S704 - the tag is one of two
    return Markup("").join(shown)


def duration(milliseconds: float) -> str:
    """Return a time as people read it."""
    if milliseconds >= _SECOND_MS:
        return f"{milliseconds / _SECOND_MS:.3g} s"
    return f"{milliseconds:.3g} ms" if milliseconds >= 1 else "< 1 ms"


def lines(of_one: Sequence[CitedLine]) -> Sentence | str:
    """Return the lines of one document."""
    if len(of_one) == 1:
        return line_message(of_one[0])
    return sentence("lines {lines}", lines=", ".join(printable(str(line)) for line in of_one[:10]))


def _languages_names(codes: Iterable[str]) -> Sentence:
    names = [language_name(code) for code in codes]
    return names[0] if len(names) == 1 else sentence("{one} and {other}", one=names[0], other=names[-1])


def _follows(word: str) -> Sentence | str:
    return language_name(word) if word in LANGUAGES else _FOLLOWS.get(word, word)


def _changes(entry: GroupEntry) -> str:
    return cut(cause_text.changes_of(entry))


def _sources(group: GroupEntry) -> str:
    return cause_text.sources_of(group)


FILTERS: Final[Mapping[str, Filter]] = {
    "value": value_text,
    "promise": promise_text,
    "retry": retry_text,
    "changes": _changes,
    "sources": _sources,
    "cause": lambda group: stored(group["title"]),
    "stored": stored,
    "cut": cut,
    "sides": sides,
    "duration": duration,
    "line": line_message,
    "lines": lines,
    "language_name": language_name,
    "languages_names": _languages_names,
    "verdict_name": verdict_name,
    "trigger_name": lambda trigger: _TRIGGERS.get(trigger, trigger),
    "figure_name": lambda kind: _FIGURES.get(kind, kind),
    "follows": _follows,
}
OF_FEW_WORDS: Final = frozenset({"language_name", "verdict_name", "trigger_name", "figure_name", "follows"})
"""Those that are called many times with the same few words."""
GLOBALS: Final[Mapping[str, object]] = {"promise_at": promise_at}
