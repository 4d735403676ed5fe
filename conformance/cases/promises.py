"""What each contract makes of a case: the answers it allows, each with the line of the document that says so."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.expand import wire_parameters
from conformance.cases.model import ANY_CODE
from conformance.cases.promised_fields import fields_at_top, fields_inside
from conformance.contract.example_names import named_rows
from conformance.contract.in_force import in_force
from conformance.contract.message_templates import fits
from conformance.contract.model import NOT_STATED, USUAL_FORMAT, line_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.cases.model import Case, Outcome, Step
    from conformance.cases.promised_fields import FieldGroup, PromisedField
    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine, Contract, ErrorCode, Fact, Parameter

SUCCESS_STATUS: Final = 200

_REFUSED_STATUS: Final = 400
_SERVER_FAULT: Final = 500


class PromisedAnswer(Struct, frozen=True):
    """One answer that a document allows.

    Attributes:
        status: The HTTP status.
        code: The error code; `ANY_CODE` for a refusal with whatever code, `None` for success.
        message: The exact message; `None` for success, and for a refusal with whatever code.
        line: The line of the document that promises it; `None` for an operation that has no document here.
        body: Fields that the case asks for.
        fields: Fields that the document promises at the top of a success.
        inside: The same inside its objects and lists.
        example: The name of the answer among the examples of the contract's OpenAPI file; `None` for success.
        wording: The text that the case asks for, where the row's message has placeholders; else `None`.
    """

    status: int
    code: str | None
    message: str | None
    line: CitedLine | None
    body: Mapping[str, object]
    fields: tuple[PromisedField, ...] = ()
    inside: tuple[FieldGroup, ...] = ()
    example: str | None = None
    wording: str | None = None

    def takes(self, message: object) -> bool:
        """Whether an answer's message is the one promised; a placeholder in it stands for any text."""
        if self.message is None or self.wording is not None:
            return message == self.wording
        if self.message == message:
            return True
        if not self.message:
            return True  # a row without a message promises none
        return fits(self.message, message)

    @property
    def row(self) -> tuple[int, str, str] | None:
        """The row of the table of errors that it is, or `None` for success."""
        return None if self.code is None or self.message is None else (self.status, self.code, self.message)


class Promise(Struct, frozen=True, dict=True):
    """What one document promises about a case: per step, the answers it allows.

    Attributes:
        answers: One tuple per step; any of its answers conforms.
        fact_lines: The lines of the facts that the case tests.
        chosen_lines: The lines of a format that it asks for by name.
        format_lines: One per step, the line that shows the format asked for; `None` where the document shows none.
    """

    answers: tuple[tuple[PromisedAnswer, ...], ...]
    fact_lines: tuple[CitedLine, ...]
    chosen_lines: tuple[int, ...]
    format_lines: tuple[int | None, ...]

    @cached_property
    def lines(self) -> tuple[CitedLine, ...]:
        """The lines that a verdict rests on: the facts tested, and the rows of the answers allowed."""
        rows = {answer.line for answers in self.answers for answer in answers if answer.line is not None}
        return tuple(sorted({*self.fact_lines, *self.chosen_lines, *rows}, key=line_order))

    @cached_property
    def rows(self) -> tuple[Mapping[tuple[int, str, str] | None, tuple[int, str, str]], ...]:
        """One mapping per step, with the rows that conform when an answer repeats them, whatever else it has."""
        return tuple(
            {each.row: each.row for each in answers if each.row and not each.body and each.takes(each.message)}
            for answers in self.answers
        )

    @cached_property
    def exact_row(self) -> tuple[int, str, str] | None:
        """The one row of the table of errors that the case is there to reach, if it names exactly one."""
        rows = {answer.row for answers in self.answers for answer in answers if answer.row}
        alternatives = max(len(answers) for answers in self.answers)
        return rows.pop() if len(rows) == 1 and alternatives == 1 else None


class Promised(Struct, frozen=True, dict=True):
    """What the documents promise about a case, in the forms that its result has; many cases share one.

    Attributes:
        found: Per language; `None` where the document says nothing about it.
    """

    found: Mapping[Language, Promise | None]

    @cached_property
    def kept(self) -> Mapping[Language, Promise]:
        """The promises of the documents that say something."""
        return {language: promise for language, promise in self.found.items() if promise is not None}

    @cached_property
    def allowed(self) -> tuple[tuple[PromisedAnswer, ...], ...]:
        """One tuple per step, with the answers that any of these documents allows."""
        return tuple(
            tuple(chain(*of_step)) for of_step in zip(*[each.answers for each in self.kept.values()], strict=True)
        )

    @cached_property
    def lines(self) -> Mapping[Language, tuple[CitedLine, ...]]:
        """The lines that a verdict rests on."""
        return {language: promise.lines for language, promise in self.kept.items()}

    @cached_property
    def rule_lines(self) -> Mapping[Language, CitedLine]:
        """The line of the rule that the case is about: the first of the facts that it tests, where it tests any."""
        return {language: promise.fact_lines[0] for language, promise in self.kept.items() if promise.fact_lines}

    @cached_property
    def exact(self) -> Mapping[Language, tuple[int, str, str]]:
        """The rows of the tables of errors that the case is there to reach."""
        rows = {language: promise.exact_row for language, promise in self.kept.items()}
        return {language: row for language, row in rows.items() if row is not None}


def promises(case: Case, contracts: Mapping[Language, Contract], docs: Iterable[Language]) -> Promised:
    """Return what each document promises about a case.

    A document says nothing when it has none of the codes that the case expects, does not state the fact that the case
    tests (or the capture lost it), does not know a parameter that the case sends, or shows no answer in the format that
    a step asks for. Of a request that it refuses and another document lets succeed, it speaks whatever else is sent.
    """
    return Promised(
        {language: _promise(case, contracts[language], language) for language in docs if language in contracts}
    )


def promise_key(case: Case, contracts: Mapping[Language, Contract]) -> object:
    """Return all that the promises about a case of these contracts depend on; `None` when hardly another is like it.

    Such is one that asks for fields of its own, or for a refusal of what it changes.
    """
    key: list[object] = [case.facts]
    for step in case.steps:
        key += (step.operation, tuple(step.params), step.transport.format)
        for language, allowed in step.outcomes.items():
            for outcome in allowed:
                if outcome.body or outcome.code == ANY_CODE:
                    return None
                key.append((language, outcome.code, outcome.message))
    if case.facts:
        deciding = sorted({path for contract in contracts.values() for path in contract.condition_paths})
        key += [repr([(path, step.params.get(path)) for path in deciding]) for step in case.steps if deciding]
    return tuple(key)


def _promise(case: Case, contract: Contract, language: Language) -> Promise | None:
    fact_lines = _fact_lines(case, contract)
    if fact_lines is None or not all(_known(step, contract) or _refuses(step, language) for step in case.steps):
        return None
    formats = [step.transport.format for step in case.steps]
    if not all(map(contract.promises_format, formats)):
        return None
    steps = []
    for step in case.steps:
        answers = tuple(
            answer
            for outcome in step.outcomes.get(language, ())
            for answer in _answers(outcome, step, contract, fact_lines)
        )
        if not answers:
            return None
        steps.append(answers)
    format_lines = tuple(map(contract.format_line, formats))
    chosen = tuple(line for line, name in zip(format_lines, formats, strict=True) if line and name != USUAL_FORMAT)
    return Promise(tuple(steps), fact_lines, chosen, format_lines)


def _fact_lines(case: Case, contract: Contract) -> tuple[CitedLine, ...] | None:
    """Return the lines of the facts that the case tests, or `None` when the document does not state one of them.

    A fact that holds on a condition is stated for a case that meets it.
    """
    lines = []
    for entry in case.facts:
        path, _, name = entry.rpartition(".")
        parameter = contract.parameter(path)
        fact = _tested(parameter, name, case, contract) if parameter else None
        if fact is None or not fact.stated:
            return None
        if fact.cited is not None:
            lines.append(fact.cited)
    return tuple(lines)


def _tested(parameter: Parameter, name: str, case: Case, contract: Contract) -> Fact:
    """Return a fact as it holds for the last request of a case that it holds for."""
    if any(each.name == name for each in parameter.conditional):
        own = (step for step in reversed(case.steps) if step.operation == contract.operation)
        requests = (wire_parameters(step.params, {}) for step in own)
        found = (in_force(contract, parameter, sent).fact(name) for sent in requests)
        return next((fact for fact in found if fact.stated), NOT_STATED)
    return parameter.fact(name)


def _known(step: Step, contract: Contract) -> bool:
    """Whether the document names every parameter sent; other operations have no document to ask."""
    return step.operation != contract.operation or contract.names_all(step.params)


def _refuses(step: Step, language: Language) -> bool:
    """Whether a document refuses a step, and another one lets it succeed."""
    refused = all(outcome.code is not None for outcome in step.outcomes.get(language, ()))
    return refused and any(outcome.code is None for outcomes in step.outcomes.values() for outcome in outcomes)


def _answers(
    outcome: Outcome, step: Step, contract: Contract, fact_lines: tuple[CitedLine, ...]
) -> list[PromisedAnswer]:
    if outcome.code is None:
        own = step.operation == contract.operation
        fields, inside = (fields_at_top(contract), fields_inside(contract)) if own else ((), ())
        line = fields[0].line if fields else None
        return [PromisedAnswer(SUCCESS_STATUS, None, None, line, outcome.body, fields, inside)]
    if outcome.code == ANY_CODE:
        line = fact_lines[0] if fact_lines else _line_of_change(step, contract)
        # A request that breaks a rule is refused as wrong, or with a row that a document has for faults of the server.
        faults = [row for row in contract.errors if row.status >= _SERVER_FAULT]
        return [
            PromisedAnswer(_REFUSED_STATUS, ANY_CODE, None, line, outcome.body),
            *(PromisedAnswer(row.status, row.code, row.message, row.cited, outcome.body) for row in faults),
        ]
    return [
        PromisedAnswer(
            row.status,
            row.code,
            row.message,
            row.cited,
            outcome.body,
            example=name,
            wording=outcome.message if outcome.message != row.message else None,
        )
        for name, row in named_rows(contract.rows(outcome.code))
        if outcome.message is None or _is_meant(row.message, outcome.message, contract.rows(outcome.code))
    ]


def _is_meant(message: str, wanted: str, rows: Iterable[ErrorCode]) -> bool:
    """Whether a case that asks for a message means a row: the one that has it, else each whose template it fits."""
    return message == wanted or (fits(message, wanted) and all(row.message != wanted for row in rows))


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _line_of_change(step: Step, contract: Contract) -> CitedLine | None:
    """Return the line of the first parameter that a step changes and the document has."""
    lines = (row.cited for name in step.changed for row in contract.parameters if _top(row.path) == name)
    return next(lines, None)
