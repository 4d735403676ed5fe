"""Findings as case files, ready for `conformance run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import asdict

from conformance.cases.model import Transport
from conformance.core.errors import ReportError
from conformance.core.failures.system_failures import not_written
from conformance.core.yamlwriter import dump_block
from conformance.fuzz.generation.case_builder import GROUP
from conformance.reports.whole_files import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from conformance.cases.bases import Base
    from conformance.cases.model import Case, Outcomes, Step
    from conformance.contract.languages import Language
    from conformance.fuzz.run_context import FuzzContext

_WIDTH: Final = 110


def write_cases(folder: Path, context: FuzzContext, cases: Iterable[Case]) -> Path | None:
    """Write cases into `found.yaml` in a folder.

    Args:
        folder: Made if it is not there. `conformance run` reads the cases of the folder of an operation, which is where
            a file that is to stay belongs.
        context: The run.
        cases: The cases. One that sends a parameter which no document has is left out: no case can.

    Returns:
        The file, or `None` when there is nothing to write.

    Raises:
        ReportError: When it cannot be written, or a case holds a text that YAML cannot.
    """
    raw = [case_data(context, case) for case in cases if _can_be_written(context, case)]
    if not raw:
        return None
    data = {"operation": context.operation, "base": context.base.name, "cases": raw}
    text = dump_block(data, ReportError, width=_WIDTH)
    path = folder / "found.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replaced(path) as stream:
            stream.write(text.encode())
    except OSError as fault:
        raise not_written(path, fault, "give another --save-cases") from None
    return path


def case_data(context: FuzzContext, case: Case) -> dict[str, object]:
    """Return a case as a case file has it."""
    data: dict[str, object] = {"id": case.id.rpartition("/")[2], "title": case.title, "group": GROUP}
    base = _base(context, case)
    if base != context.base:
        data["base"] = base.name
    if case.absent:
        data["absent"] = list(case.absent)
    extra = [state for state in case.given if state not in base.given]
    if extra:
        data["given"] = [{state.name: dict(state.params)} if state.params else state.name for state in extra]
    if len(case.steps) == 1:
        data |= _request(context, base, case.steps[0])
    else:
        data["steps"] = [{"name": step.name} | _request(context, base, step) for step in case.steps]
    return data | {"trigger": case.trigger}


def _can_be_written(context: FuzzContext, case: Case) -> bool:
    contracts = context.contracts.values()
    sent = {
        name.partition(".")[0] for step in case.steps if step.operation == context.operation for name in step.params
    }
    return all(any(contract.names(name) for contract in contracts) for name in sent)


def _base(context: FuzzContext, case: Case) -> Base:
    """Return the valid request that a case starts from: the one whose states it begins with."""
    bases = (context.base, *context.suite.bases.values())
    for base in bases:
        given = tuple(state for state in base.given if state.name not in case.absent)
        if case.given[: len(given)] == given:
            return base
    return context.base


def _request(context: FuzzContext, base_request: Base, step: Step) -> dict[str, object]:
    own = step.operation == context.operation
    base: Mapping[str, object] = base_request.parameters if own else {}
    data: dict[str, object] = {} if own else {"operation": step.operation}
    send = {name: value for name, value in asdict(step.transport).items() if value != getattr(Transport(), name)}
    changed = {name: value for name, value in step.params.items() if base.get(name) != value}
    dropped = [name for name in base if name not in step.params]
    data |= {name: value for name, value in (("send", send), ("unset", dropped), ("set", changed)) if value}
    data["expect"] = _expect(step.outcomes)
    if step.until is not None:
        within = {} if step.until.within_s is None else {"within_s": step.until.within_s}
        data["until"] = {"body": dict(step.until.body)} | within
    return data


def _expect(outcomes: Mapping[Language, Outcomes]) -> dict[str, object]:
    promised = {language: _any_of(each) for language, each in outcomes.items() if each}
    alike = list(promised.values())
    # The same for every document that there is: said once.
    if len(alike) == len(outcomes) and all(each == alike[0] for each in alike):
        return alike[0]
    return {str(language): outcome for language, outcome in promised.items()}


def _any_of(outcomes: Outcomes) -> dict[str, object]:
    codes = [outcome.code for outcome in outcomes if outcome.code is not None]
    successes = [outcome for outcome in outcomes if outcome.code is None]
    choices: list[dict[str, object]] = [
        {"success": True} | ({"body": dict(outcome.body)} if outcome.body else {}) for outcome in successes
    ]
    if codes:
        choices.append({"error": codes[0] if len(codes) == 1 else {"one_of": codes}})
    return choices[0] if len(choices) == 1 else {"any_of": choices}
