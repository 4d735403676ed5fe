"""Documents compared as one HTML page: both beside each other with their lines, what contradicts first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup, escape

from conformance.comparison.agreement import Agreement
from conformance.comparison.contract_comparison import Comparison
from conformance.comparison.witness import ask
from conformance.contract.condition_text import condition_text
from conformance.contract.model import OVERLAY, State
from conformance.contract.wire import wire_text
from conformance.core.sentences.sentence import Sentence, counted_sentence, sentence
from conformance.reports.documents_page.followed import followed_of
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.page.filters import marked_texts
from conformance.reports.formats.page.shell import both, encodable, foot, head, in_all, render
from conformance.reports.formats.words import Wording, english, follows_words, joined_words, language_words, value_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.comparison.compared_fact import ComparedFact
    from conformance.comparison.overview import Overview
    from conformance.contract.model import Contract, Fact, FactValue
    from conformance.reports.documents_page.followed import FollowedPoint

_WHOLE: Final = ("parameter", "field", "code", "operation")
"""Facts that are about a thing as such: one document has it, and the other has not."""
_LONGEST: Final = 600
"""Characters of one value."""
_MOST_ITEMS: Final = 40
"""Values of one list."""
_MOST_FINDINGS: Final = 12_000
"""Findings of a page; with more, notes are left out, which `--json` has."""
_LEVELS: Final = {
    "error": sentence("contradiction"),
    "warning": sentence("warning"),
    "note": sentence("note"),
    "unknown": sentence("unknown"),
}
_RANKS: Final = (*_LEVELS, "none")
_NOT_STATED: Final = sentence("not stated")
_LOST: Final = sentence("lost by the capture")


class _Cell(NamedTuple):
    """What one document says: as HTML or a sentence, with its line."""

    shown: Markup | Sentence
    line: str
    restored: bool
    silent: bool = False


class _Finding(NamedTuple):
    level: str
    operation: str
    path: str
    fact: str
    left: _Cell
    right: _Cell
    note: str
    follows: Wording
    observed: str

    @property
    def rank(self) -> int:
        """Its place among the levels."""
        return _RANKS.index(self.level)


class _Operation(NamedTuple):
    name: str
    sources: tuple[str, str]
    findings: Sequence[_Finding]
    unknown: Sequence[tuple[str, str]]
    agreed: int

    def number(self, level: str) -> int:
        """Return how many findings it has of a level."""
        return len(self.unknown) if level == "unknown" else sum(each.level == level for each in self.findings)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to look at."""
        return not self.findings and not self.unknown


def diff_page(
    compared: Comparison | Overview,
    followed: Mapping[tuple[str, str], FollowedPoint] | None = None,
    naming: Callable[[str], str] = str,
) -> str:
    """Return a comparison of documents as one self-contained HTML page; whatever a document says is escaped and cut.

    Args:
        compared: Two documents, or two collections.
        followed: Whom a server follows where they disagree; `None` where no report is given.
        naming: Returns the name of a file as readers know it.
    """
    return "".join(map(encodable, _parts(compared, followed, naming)))


def _parts(
    compared: Comparison | Overview,
    followed: Mapping[tuple[str, str], FollowedPoint] | None,
    naming: Callable[[str], str],
) -> Iterator[str]:
    single = isinstance(compared, Comparison)
    comparisons = [compared] if isinstance(compared, Comparison) else list(compared.comparisons)
    sides = compared.sources if isinstance(compared, Comparison) else (compared.left, compared.right)
    names = list(dict.fromkeys(bounded_line(naming(each)) for each in sides))
    subject = comparisons[0].operation if single else " · ".join(names)
    title = Markup("{} <code>{}</code>").format(both(sentence("Documents beside each other:")), subject)
    yield head(sentence("Documents beside each other: {subject}", subject=subject), title, escape(" · ".join(names)))
    operations = _operations(comparisons, followed, naming)
    lone = [] if isinstance(compared, Comparison) else [_lone(each) for each in compared.lone]
    faults = [] if isinstance(compared, Comparison) else compared.faults
    shown = [each for each in operations if not each.is_quiet]
    counts = {
        level: sum(each.number(level) for each in operations) + sum(each.level == level for each in lone)
        for level in _LEVELS
    }
    yield render(
        "diff",
        sentences=_sentences(operations, counts, len(lone), followed),
        worst="mismatch" if counts["error"] else "divergent" if counts["warning"] else "pass",
        sides=_sides(comparisons),
        operations=shown,
        single=single,
        quiet=len(operations) - len(shown),
        lone=lone,
        faults=[(naming(each.file) + (f":{each.line}" if each.line else ""), each.message) for each in faults],
        levels=[(name, in_all(text), counts[name]) for name, text in _LEVELS.items() if counts[name]],
        level_name=lambda level: in_all(_LEVELS[level]),
        entries=sum(counts.values()),
        with_report=followed is not None,
    )
    yield foot(sentence("Two captures cannot tell which document is older, nor which is the wrong translation."))


def _sentences(
    operations: Sequence[_Operation],
    counts: Mapping[str, int],
    lone: int,
    followed: Mapping[tuple[str, str], FollowedPoint] | None,
) -> list[Sentence]:
    where = sum(bool(each.number("error")) for each in operations)
    if counts["error"]:
        found = [
            counted_sentence(
                "The documents contradict each other in {count} point, in {operations} of {total} operations.",
                "The documents contradict each other in {count} points, in {operations} of {total} operations.",
                counts["error"],
                operations=where,
                total=len(operations),
            )
        ]
    else:
        found = [
            counted_sentence(
                "The documents of {count} operation contradict each other in nothing.",
                "The documents of {count} operations contradict each other in nothing.",
                len(operations),
            )
        ]
    if counts["warning"]:
        found.append(
            counted_sentence(
                "In {count} point one of them is silent, or the words leave a doubt.",
                "In {count} points one of them is silent, or the words leave a doubt.",
                counts["warning"],
            )
        )
    if lone:
        found.append(
            counted_sentence("{count} operation is on one side only.", "{count} operations are on one side only.", lone)
        )
    if followed is not None:
        found += _followed_sentences(operations)
    return found


def _followed_sentences(operations: Sequence[_Operation]) -> list[Sentence]:
    """Return how often the server follows which document, of the contradictions."""
    found = [each for operation in operations for each in operation.findings if each.level == "error" and each.follows]
    numbers = Counter(english(each.follows) for each in found)
    names = {english(each.follows): each.follows for each in found}
    if not numbers:
        return [sentence("The report says nothing of these points.")]
    parts = [sentence("{name} in {count}", name=names[name], count=count) for name, count in numbers.most_common()]
    return [sentence("The server follows: {parts}.", parts=joined_words(parts, "{one}, {other}"))]


def _sides(comparisons: Sequence[Comparison]) -> tuple[Sentence, Sentence, str, str]:
    """Return what the two sides are called, and the languages of the columns; of one language, left and right."""
    first = comparisons[0]
    left, right = first.left.language, first.right.language
    if left == right or any((each.left.language, each.right.language) != (left, right) for each in comparisons):
        return sentence("Left"), sentence("Right"), "left", "right"
    return language_words(left), language_words(right), left, right


def _operations(
    comparisons: Sequence[Comparison],
    followed: Mapping[tuple[str, str], FollowedPoint] | None,
    naming: Callable[[str], str],
) -> list[_Operation]:
    """Return the operations, those with most contradictions first."""
    whole = sum(len(each.findings) for each in comparisons) <= 4 * _MOST_FINDINGS
    found = [_operation(each, followed, naming, notes=whole) for each in comparisons]
    return sorted(found, key=lambda each: (-each.number("error"), -each.number("warning"), each.name))


def _operation(
    comparison: Comparison,
    followed: Mapping[tuple[str, str], FollowedPoint] | None,
    naming: Callable[[str], str],
    *,
    notes: bool,
) -> _Operation:
    levels = ("error", "warning", "note") if notes else ("error", "warning")
    findings = [each for each in comparison.findings if each.verdict is not Agreement.UNKNOWN_LOST]
    shown = [
        _finding(each, comparison.witness, followed) for level in levels for each in findings if each.level == level
    ]
    lost: dict[str, list[str]] = {}
    for each in comparison.of(Agreement.UNKNOWN_LOST):
        lost.setdefault(bounded_line(each.path), []).append(_lost_text(each))
    sources = (bounded_line(naming(comparison.sources[0])), bounded_line(naming(comparison.sources[1])))
    unknown = [(path, ", ".join(texts)) for path, texts in lost.items()]
    return _Operation(comparison.operation, sources, shown, unknown, len(comparison.of(Agreement.AGREE)))


def _lost_text(finding: ComparedFact) -> str:
    lines = [str(fact.line) for fact in (finding.left, finding.right) if fact.state is State.LOST and fact.line]
    return finding.fact + (f" ({'/'.join(lines)})" if lines else "")


def _finding(
    finding: ComparedFact,
    witness: Contract | None,
    followed: Mapping[tuple[str, str], FollowedPoint] | None,
) -> _Finding:
    left, right = _cells(finding)
    notes = [finding.note]
    answer = ask(finding, witness)
    if answer is not None and witness is not None:
        said = f"{_plain(answer.fact.value)}, " if answer.fact.stated and answer.fact.value is not None else ""
        notes.append(f"{witness.source.file}: {said}{answer.words}")
    point = followed_of(finding, followed or {})
    return _Finding(
        finding.level,
        finding.operation,
        bounded_line(finding.path),
        _fact_name(finding),
        left,
        right,
        bounded_line("; ".join(filter(None, notes)), _LONGEST),
        follows_words(point.follows) if point is not None and point.follows else "",
        bounded_line(", ".join(point.observed), _LONGEST) if point is not None else "",
    )


def _lone(finding: ComparedFact) -> _Finding:
    return _finding(finding, None, None)


def _fact_name(finding: ComparedFact) -> str:
    if finding.fact in _WHOLE:
        return ""
    return f"{finding.fact} {condition_text(finding.when)}" if finding.when is not None else finding.fact


def _cells(finding: ComparedFact) -> tuple[_Cell, _Cell]:
    left, right = finding.left, finding.right
    if isinstance(left.value, tuple) and isinstance(right.value, tuple):
        return _cell(left, _list(left.value, right.value, "del")), _cell(right, _list(right.value, left.value, "ins"))
    if isinstance(left.value, str) and isinstance(right.value, str) and finding.fact not in _WHOLE:
        one, other = marked_texts(*(bounded_line(value, _LONGEST) for value in (left.value, right.value)))
        return _cell(left, one), _cell(right, other)
    return _cell(left), _cell(right)


def _cell(fact: Fact, shown: Markup | None = None) -> _Cell:
    if not fact.stated or fact.value is None:
        lost = fact.state is State.LOST
        return _Cell(_LOST if lost else _NOT_STATED, "", restored=False, silent=not lost)
    if fact.line is None:
        line = ""
    else:
        line = str(fact.line) if fact.origin in (None, OVERLAY) else bounded_line(str(fact.cited), _LONGEST)
    return _Cell(shown if shown is not None else escape(_plain(fact.value)), line, restored=fact.origin == OVERLAY)


def _plain(value: FactValue) -> str:
    if isinstance(value, tuple):
        return bounded_line(", ".join(map(wire_text, value)), _LONGEST)
    return bounded_line(wire_text(value) if not isinstance(value, str) else value, _LONGEST) or str(value_words(value))


def _list(values: Sequence[object], others: Sequence[object], tag: str) -> Markup:
    """Return a list in which the values that the other document does not have are marked."""
    theirs = set(map(repr, others))
    own = [value for value in values if repr(value) not in theirs]
    shown = values if len(values) <= _MOST_ITEMS else own[:_MOST_ITEMS]
    texts = [
        Markup(f"<{tag}>{{}}</{tag}>" if repr(value) not in theirs else "{}").format(bounded_line(str(value), _LONGEST))  # noqa: S704 - the tag is one of two
        for value in shown
    ]
    more = f" … {len(values)}" if len(shown) < len(values) else ""
    return Markup(", ").join(texts) + escape(more)
