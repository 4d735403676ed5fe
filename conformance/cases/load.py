"""Case files to cases. Every fault has file, line and column; nothing is loaded from a wrong file."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, cast

from conformance.cases.bases import holds_values
from conformance.cases.substitution import substitute
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.wording import near
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.cases.raw import RawCase
    from conformance.cases.suite import Suite
    from conformance.core.yamlfile import KeyPath


@cache
def case_schema() -> Schema:
    """Return the JSON Schema of case files."""
    return Schema.read(cases_dir() / "case.schema.json")


@cache
def _one_case_schema() -> Schema:
    """Return the JSON Schema of one case of a file, for cases that are made of lists of parameters."""
    return case_schema().definition("case")


def load_file(path: Path, suite: Suite) -> list[Case]:
    """Read one case file.

    Raises:
        CaseError: With file, line and column, for YAML that is wrong, an unknown field, code, state, base, fact or
            parameter list, and for an id that two cases share.
    """
    return parse_file(YamlFile.read(path, CaseError), suite)


_MOST_FAULTS: Final = 20
"""Faults of one file that are named at once."""


def parse_file(file: YamlFile, suite: Suite) -> list[Case]:
    """Make cases of the text of one file; see `load_file`."""
    check_file(file)
    return make_cases(file, suite)


def check_file(file: YamlFile) -> None:
    """Raise `CaseError` unless the file is valid by the schema, and YAML leaves every value that is sent as it is."""
    file.refuse_changed(holds_values)
    file.validate(case_schema(), most=_MOST_FAULTS)


def make_cases(file: YamlFile, suite: Suite) -> list[Case]:
    """Make cases of a file that is valid by the schema; see `load_file`."""
    from conformance.cases.case_reader import CaseReader  # noqa: PLC0415 - not where cases are in the cache
    from conformance.cases.shared import Shared  # noqa: PLC0415

    if file.data["operation"] != suite.operation:
        raise file.fault(
            f"operation {file.data['operation']!r} has no contract here",
            ("operation",),
            hint=near(file.data["operation"], [suite.operation]),
        )
    cases: list[Case] = []
    shared = Shared(file)
    for index, raw in enumerate(file.data["cases"]):
        at: KeyPath = ("cases", index)
        cases.extend(
            CaseReader(file, suite, at, shared).case(entry, file.data["base"]) for entry in _expand(file, raw, at)
        )
    refuse_duplicate_ids(cases)
    return cases


def refuse_duplicate_ids(cases: Iterable[Case]) -> None:
    """Raise `CaseError` when two cases share an id, by which reports and expected failures name them."""
    cases = list(cases)
    if len({case.id for case in cases}) == len(cases):
        return
    seen: dict[str, Case] = {}
    for case in cases:
        if case.id in seen:
            raise CaseError(
                f"the id {case.id} is taken by {seen[case.id].where}", where=case.where, hint="give it an id of its own"
            )
        seen[case.id] = case


def _expand(file: YamlFile, raw: RawCase, at: KeyPath) -> Iterator[RawCase]:
    """Yield one case for each position of its `parameters`, or the case itself."""
    columns = raw.get("parameters")
    if columns is None:
        yield raw
        return
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise file.fault("the lists of parameters differ in length", (*at, "parameters"), hint="make them equally long")
    rest: dict[str, object] = {name: value for name, value in raw.items() if name != "parameters"}
    for position in range(lengths.pop()):
        values = {name: column[position] for name, column in columns.items()}
        entry = substitute(rest, values)
        file.validate(_one_case_schema(), entry, at)
        yield cast("RawCase", entry)
