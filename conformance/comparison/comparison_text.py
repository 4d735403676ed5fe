"""A comparison as lines for a person, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from conformance.comparison.contract_comparison import CAVEAT, Agreement
from conformance.comparison.witness import ask
from conformance.contract.condition_text import condition_text
from conformance.contract.model import OVERLAY, State
from conformance.contract.wire import wire_text
from conformance.core.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.comparison.contract_comparison import ComparedFact, Comparison
    from conformance.contract.model import Contract, Fact, FactValue

Tone = Literal["title", "error", "warning", "plain", "muted"]

_SECTIONS: Final[tuple[tuple[Agreement, str, Tone], ...]] = (
    (Agreement.DISAGREE, "Disagreements", "error"),
    (Agreement.ONLY_LEFT, "Only in the left", "warning"),
    (Agreement.ONLY_RIGHT, "Only in the right", "warning"),
    (Agreement.DIFFERS_IN_SCOPE, "Differ in scope, contradict nothing", "plain"),
)
_WHOLE: Final = ("parameter", "field", "code", "operation")
_LONG: Final = 8


class Line(NamedTuple):
    """One line of text: its indentation, its text and its tone."""

    indent: int
    text: str
    tone: Tone = "plain"


def fact_text(fact: Fact) -> str:
    """Return what a fact says, for a person: its value, or why there is none."""
    if not fact.stated or fact.value is None:
        return "lost by the capture" if fact.state is State.LOST else "not stated"
    return fact_value_text(fact.value)


def fact_value_text(value: FactValue) -> str:
    """Return the value of a fact, for a person."""
    return f"[{', '.join(map(wire_text, value))}]" if isinstance(value, tuple) else wire_text(value)


def text_lines(comparison: Comparison, *, verbose: bool = False) -> Iterator[Line]:
    """Yield a comparison as lines: what needs a decision first, then what cannot be known, then what agrees.

    Args:
        comparison: What to show.
        verbose: Whether to name also the facts that agree, and those that one side lost and the other does not state.
    """
    for line in _lines(comparison, verbose=verbose):
        yield line._replace(text=printable(line.text))


def _lines(comparison: Comparison, *, verbose: bool) -> Iterator[Line]:
    yield Line(0, comparison.left.operation, "title")
    for side, contract in _sides(comparison):
        yield Line(2, f"{side:<6}{_origin(contract)}")
    for verdict, title, tone in _SECTIONS:
        findings = comparison.of(verdict)
        if findings or verdict is Agreement.DISAGREE:
            yield Line(0, "")
            yield Line(0, f"{title} ({len(findings)})", tone if findings else "title")
        for finding in findings:
            yield from finding_lines(finding, comparison.witness)
    yield from _unknown_lines(comparison.of(Agreement.UNKNOWN_LOST), verbose=verbose)
    agreed = comparison.of(Agreement.AGREE)
    yield Line(0, "")
    yield Line(0, f"{len(agreed)} facts agree.", "title")
    if verbose:
        for path, facts in _by_path(agreed).items():
            yield Line(2, f"{path}: {', '.join(dict.fromkeys(finding.fact for finding in facts))}")
    yield Line(0, CAVEAT, "muted")


def markdown(comparison: Comparison) -> str:
    """Return a comparison as Markdown: one table a section."""
    lines = [f"# {comparison.left.operation}: two documents compared", ""]
    lines += [f"- left: {cell(_origin(comparison.left))}", f"- right: {cell(_origin(comparison.right))}"]
    for verdict, title, _ in _SECTIONS:
        lines += table(title, comparison.of(verdict), comparison.witness)
    lines += table("Unknown, because the capture lost it", comparison.of(Agreement.UNKNOWN_LOST), comparison.witness)
    lines += ["", f"{len(comparison.of(Agreement.AGREE))} facts agree. {CAVEAT}"]
    return "\n".join(lines) + "\n"


def _sides(comparison: Comparison) -> tuple[tuple[str, Contract], tuple[str, Contract]]:
    return ("left", comparison.left), ("right", comparison.right)


def _origin(contract: Contract) -> str:
    sources = " and ".join(f"{source.file} ({source.layout})" for source in (contract.source, *contract.also))
    count = len(contract.differs)
    places = f", which differ in {count} {'place' if count == 1 else 'places'}" if count else ""
    return f"{contract.language}  {sources}{places}"


def _name(finding: ComparedFact) -> str:
    if finding.fact in _WHOLE:
        return finding.path
    if finding.when is not None:
        return f"{finding.path}.{finding.fact} {condition_text(finding.when)}"
    # `errors/X message` reads better than `errors/X.message`, which could be a code of its own.
    return f"{finding.path} {finding.fact}" if finding.subject == "error" else f"{finding.path}.{finding.fact}"


def _line(fact: Fact) -> str:
    if fact.line is None:
        return ""
    if fact.origin == OVERLAY:
        return f"  (line {fact.line}, restored by an overlay)"
    return f"  ({fact.cited})" if fact.origin else f"  (line {fact.line})"


def finding_lines(finding: ComparedFact, witness: Contract | None = None, *, qualified: bool = False) -> Iterator[Line]:
    """Yield one finding as lines: where it is, what each side says with its line, and what a reader should know.

    Args:
        finding: The finding.
        witness: A third contract of the operation, if there is one.
        qualified: Whether to name the operation too.
    """
    head = f"{finding.operation}#" if qualified else ""
    if finding.fact in _WHOLE:
        present, side = (finding.left, "left") if finding.left.stated else (finding.right, "right")
        only = f"  {_only_in(side)}" if qualified else ""
        where = finding.operation if finding.fact == "operation" else f"{head}{finding.path}"
        yield Line(2, f"{where}{only}{_line(present)}")
    else:
        yield Line(2, f"{head}{_name(finding)}")
        for side, fact in (("left", finding.left), ("right", finding.right)):
            yield Line(6, f"{side:<6}{fact_text(fact)}{_line(fact)}")
        yield from _apart(finding)
    answer = ask(finding, witness)
    if answer is not None and witness is not None and (answer.fact.stated or finding.verdict is Agreement.DISAGREE):
        text = f"{fact_text(answer.fact)}{_line(answer.fact)}, {answer.words}" if answer.fact.stated else answer.words
        yield Line(6, f"witness {witness.source.file}: {text}")
    if finding.note:
        yield Line(6, finding.note, "muted")


def _only_in(side: str) -> str:
    return "only in the left" if side == "left" else "only in the right"


def _apart(finding: ComparedFact) -> Iterator[Line]:
    """Name the values that only one of two long lists has."""
    left, right = finding.left.value, finding.right.value
    if not isinstance(left, tuple) or not isinstance(right, tuple):
        return
    one, other = (list(map(wire_text, values)) for values in (left, right))
    if len(one) + len(other) < _LONG or not set(one) & set(other):
        return
    for side, own, others in (("left", one, other), ("right", other, one)):
        rest = [text for text in own if text not in others]
        if rest:
            yield Line(6, f"{_only_in(side)}: {', '.join(rest)}", "muted")


def _unknown_lines(findings: Iterable[ComparedFact], *, verbose: bool) -> Iterator[Line]:
    groups = _by_path(findings)
    if not groups:
        return
    total = sum(len(group) for group in groups.values())
    yield Line(0, "")
    yield Line(0, f"Unknown, because the capture lost it ({total})", "title")
    for path, group in groups.items():
        yield Line(2, f"{path}  {_losers(group)}")
        silent = []
        for finding in group:
            stating = [(side, fact) for side, fact in (("left", finding.left), ("right", finding.right)) if fact.stated]
            for side, fact in stating:
                of_left = f"{finding.fact}: left says {fact_text(fact)}"
                of_right = f"{finding.fact}: right says {fact_text(fact)}"
                yield Line(6, (of_left if side == "left" else of_right) + _line(fact))
            if not stating:
                silent.append(finding.fact)
        if silent:
            names = f": {', '.join(silent)}" if verbose else ""
            yield Line(6, f"and {len(silent)} facts that nothing can be compared with{names}", "muted")


def _losers(group: Iterable[ComparedFact]) -> str:
    """Say which side lost something of a row, and where."""
    places = {
        side: sorted({fact.line for fact in facts if fact.state is State.LOST and fact.line is not None})
        for side, facts in zip(
            ("left", "right"), zip(*((item.left, item.right) for item in group), strict=True), strict=True
        )
        if any(fact.state is State.LOST for fact in facts)
    }
    return "; ".join(
        ("lost in the left" if side == "left" else "lost in the right")
        + (f", line {', '.join(map(str, lines))}" if lines else "")
        for side, lines in places.items()
    )


def _by_path(findings: Iterable[ComparedFact]) -> dict[str, list[ComparedFact]]:
    groups: dict[str, list[ComparedFact]] = {}
    for finding in findings:
        groups.setdefault(finding.path, []).append(finding)
    return groups


def table(
    title: str, findings: Sequence[ComparedFact], witness: Contract | None = None, *, depth: int = 2
) -> list[str]:
    """Return findings as the lines of a Markdown section with one table; nothing where there are none.

    Args:
        title: The heading, to which the number of findings is added.
        findings: The findings.
        witness: A third contract of the operation; it gets a column of its own.
        depth: The depth of the heading.
    """
    if not findings:
        return []
    columns = ["fact", "left", "right", *(["witness"] if witness else []), "note"]
    rows = []
    for finding in findings:
        cells = [cell(_name(finding)), _side_cell(finding.left), _side_cell(finding.right)]
        answer = ask(finding, witness)
        if answer is not None:
            cells.append(cell(f"{fact_text(answer.fact)}{_line(answer.fact)}, {answer.words}"))
        rows.append(f"| {' | '.join((*cells, cell(finding.note)))} |")
    head = f"{'#' * depth} {title} ({len(findings)})"
    return ["", head, "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}", *rows]


def _side_cell(fact: Fact) -> str:
    return cell(f"{fact_text(fact)}{_line(fact)}")


def cell(text: str) -> str:
    """Return a text as one cell of a Markdown table, whatever it holds."""
    escaped = (
        text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    )
    return " ".join(escaped.split())
