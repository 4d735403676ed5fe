"""Operations with fields of their own, and the sequences that are made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from contract_strategies import parameter
from farm import PRODUCT, VERSION
from msgspec.structs import replace

from conformance.contract.model import Contract, ErrorCode, Source, State
from conformance.server.sequences.written import operation_with, sequence_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Parameter


def base_of(name: str, valid: str) -> str:
    return f"operation: {name}\nbases: {{plain: {valid}}}\n"


def ids(text: str) -> set[str]:
    return {case["id"] for case in yaml.safe_load(text)["cases"]}


def rule(name: str, **values: object) -> Parameter:
    return parameter(name, 1, type="string", **values)


def of_field(
    name: str,
    parameters: Sequence[Parameter],
    *fields: Parameter,
    language: Language = "en",
    errors: Sequence[tuple[str, str]] = (),
) -> Contract:
    source = Source("x", "0", "flat")
    rows = tuple(ErrorCode(400, code, message, 9, State.STATED, "state") for code, message in errors)
    return replace(Contract(name, language, source, tuple(parameters), fields, rows), product=PRODUCT, version=VERSION)


FIELD, PLAN = rule("FieldId", required=True), replace(rule("Plan", required=True), encoding="json")


def sequences(*operations: tuple[str, str, Sequence[Contract]]) -> dict[str, set[str]]:
    """Return the ids of the sequences of operations, each with its valid parameters and its contracts."""
    made = [
        operation_with({each.language: each for each in known}, base_of(name, valid))
        for name, valid, known in operations
    ]
    return {name: ids(text) for name, text in sequence_files(made).items()}


def cases_of(*operations: tuple[str, str, Sequence[Contract]]) -> dict[str, dict[str, Any]]:
    """Return the sequences of operations by `Operation/id`."""
    made = [
        operation_with({each.language: each for each in known}, base_of(name, valid))
        for name, valid, known in operations
    ]
    texts = sequence_files(made)
    return {f"{name}/{case['id']}": case for name, text in texts.items() for case in yaml.safe_load(text)["cases"]}
