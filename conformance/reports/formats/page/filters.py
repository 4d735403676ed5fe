"""How the templates of pages show values: as text, cut to a length, or as a sentence in each language."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from conformance.core.sentences.sentence import Sentence, sentence
from conformance.core.terminal import printable
from conformance.judging.divergence import promise_at
from conformance.judging.texts.near_texts import marked
from conformance.reports.formats import cause_text, words
from conformance.reports.formats.bounded import bounded_lines
from conformance.reports.formats.page.wording import stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.judging.report_entries import MismatchEntry

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


def cut(text: object) -> str:
    """Return a text as it is shown: not longer than `LONGEST`, and with nothing that turns the direction of writing."""
    return bounded_lines(str(text), LONGEST)


def sides(mismatch: MismatchEntry) -> tuple[Markup | Sentence, Markup | Sentence]:
    """Return what was expected and what was observed; in two texts that are much alike the differences are marked."""
    expected, observed = mismatch["expected"], mismatch["observed"]
    if len(expected) == 1 and isinstance(expected[0], str) and isinstance(observed, str):
        return marked_texts(cut(expected[0]), cut(observed))
    return _whole(words.expected_words(mismatch)), _whole(words.observed_words(mismatch))


@lru_cache(maxsize=1_000)
def marked_texts(expected: str, observed: str) -> tuple[Markup, Markup]:
    """Return two texts as HTML; where they are much alike, with their differences marked."""
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


def _whole(shown: words.Wording) -> Markup | Sentence:
    """Return words as they are shown; what is too long is cut, and then in no language."""
    if len(words.english(shown)) > LONGEST:
        return Markup("{}").format(cut(words.english(shown)))
    return shown if isinstance(shown, Sentence) else Markup("{}").format(shown)


FILTERS: Final[Mapping[str, Filter]] = {
    "value": words.value_words,
    "promise": words.promise_words,
    "retry": words.retry_words,
    "changes": cause_text.changes_words,
    "sources": cause_text.sources_words,
    "cause": cause_text.name_words,
    "stored": stored,
    "cut": cut,
    "sides": sides,
    "duration": duration,
    "line": words.line_words,
    "lines": words.lines_of_one,
    "language_name": words.language_words,
    "languages_names": words.languages_words,
    "verdict_name": words.verdict_words,
    "trigger_name": lambda trigger: _TRIGGERS.get(trigger, trigger),
    "figure_name": lambda kind: _FIGURES.get(kind, kind),
    "follows": words.follows_words,
    "answers": words.answers_words,
    "both_languages": lambda text: words.text_words(cut(text)),
}
OF_FEW_WORDS: Final = frozenset({"language_name", "verdict_name", "trigger_name", "figure_name", "follows"})
"""Those that are called many times with the same few words."""
GLOBALS: Final[Mapping[str, object]] = {"promise_at": promise_at}
