"""Which line of a document a finding rests on; what no line supports is no finding. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.contract.wire import folded_path
from conformance.judging.answer_places import CODE, STATUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine, Contract
    from conformance.fuzz.findings.step_rule import Lines, StepRule
    from conformance.fuzz.oracle.fitting_codes import Violation
    from conformance.judging.results import CaseResult, Mismatch
    from conformance.judging.verdicts import Verdict

_FAILED: Final = ("mismatch", "divergent")
_OUTCOME: Final = (CODE, STATUS)
_SAYS_NOTHING: Final = "not_applicable"


def ruled(result: CaseResult, rules: Sequence[StepRule]) -> CaseResult:
    """Return the result of a sequence by the rule of the step at which it ended.

    Args:
        result: The result, by the answers that its case allows.
        rules: One for each step of the case; none where the case says it all.

    Returns:
        What differs with the lines that say so; nothing, where it ended with a refusal that is no finding.
    """
    if result.verdict not in _FAILED or not rules:
        return result
    rule = rules[min(max(len(result.exchanges), 1), len(rules)) - 1]
    refused = None if result.answered in (None, "success") else result.answered
    if any(each.where in _OUTCOME for each in result.mismatches) and rule.excuses(refused):
        verdicts: dict[Language, Verdict] = dict.fromkeys(result.verdicts, _SAYS_NOTHING)
        return replace(result, verdict=_SAYS_NOTHING, verdicts=verdicts, mismatches=(), follows=())
    mismatches = tuple(_by_rule(each, rule) for each in result.mismatches)
    broken: Lines = {}
    for each in mismatches:
        broken |= {name: line for name, line in each.lines.items() if line is not None and name not in broken}
    return replace(result, mismatches=mismatches, rule_lines={**result.rule_lines, **broken})


def supported(result: CaseResult, lines: Lines) -> CaseResult | None:
    """Return a failed result with the line of the rule that is broken; `None` where no document has one.

    Args:
        result: The result.
        lines: The lines of what the request is about, for what says nothing of its own.
    """
    mismatches = tuple(_filled(each, lines) for each in result.mismatches)
    cited = [each.lines for each in mismatches]
    rules: Lines = dict(result.rule_lines)
    for language in result.verdicts:
        own = next((line for each in cited if (line := each.get(language)) is not None), None)
        line = lines.get(language, own) if language in lines or own is not None else None
        if language not in rules and line is not None and result.verdicts[language] != "not_applicable":
            rules[language] = line
    if not rules and not any(line is not None for each in cited for line in each.values()):
        return None
    return replace(result, mismatches=mismatches, rule_lines=rules)


def lines_of_request(
    contracts: Mapping[Language, Contract], broken: Mapping[Language, Iterable[Violation]], names: Iterable[str]
) -> Lines:
    """Return per document the line of the fact that a request breaks, else of the first parameter that is special.

    Args:
        contracts: The documents.
        broken: Per document, what the request surely breaks.
        names: The wire names in which it differs from a valid one.
    """
    names = tuple(names)
    found: Lines = {}
    for language, contract in contracts.items():
        line = next(_lines_of(contract, broken.get(language, ()), names), None)
        if line is not None:
            found[language] = line
    return found


def _lines_of(contract: Contract, broken: Iterable[Violation], names: Iterable[str]) -> Iterator[CitedLine]:
    for path, fact in broken:
        row = contract.parameter(path.partition("|")[0])
        if row is not None:
            yield row.fact(fact).cited or row.cited
    for name in names:
        top = name.partition(".")[0]
        row = contract.parameter(folded_path(name)) or contract.parameter(f"{top}[]") or contract.parameter(top)
        if row is not None:
            yield row.cited
    yield from (row.cited for row in (*contract.responses, *contract.parameters) if row.line)


def _by_rule(mismatch: Mismatch, rule: StepRule) -> Mismatch:
    lines = rule.lines if mismatch.where in _OUTCOME else rule.lines_for(mismatch.where)
    own = rule.of_fields and lines is not rule.lines
    before = {language: line for language, line in mismatch.lines.items() if line is not None}
    found = {**before, **lines} if own or mismatch.where in _OUTCOME else {**lines, **before}
    return replace(mismatch, lines={language: found.get(language) for language in mismatch.lines})


def _filled(mismatch: Mismatch, lines: Lines) -> Mismatch:
    return replace(
        mismatch,
        lines={language: lines.get(language) if line is None else line for language, line in mismatch.lines.items()},
    )
