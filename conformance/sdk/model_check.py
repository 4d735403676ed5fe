"""The request fields of an SDK's model against the contract: missing, of another type, required or not. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.contract.encodings import CARRYING
from conformance.contract.wire import STRUCTURES
from conformance.core.errors import Location
from conformance.judging.findings import Finding, merge
from conformance.judging.results import CaseResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Parameter
    from conformance.judging.verdicts import Verdict
    from conformance.sdk.driver_process import ModelField

PREFIX: Final = "sdk/model"
"""The first parts of the id of every such result."""
_STEP: Final = re.compile(r"\[|\.")


class ModelCheck(Struct, frozen=True):
    """One request parameter that a document has, and that an SDK's model should have.

    Attributes:
        id: `sdk/model/<Operation>/<path of the parameter>`.
        operation: The operation.
        path: The parameter.
        where: The contract that has it.
    """

    id: str
    operation: str
    path: str
    where: Location

    @property
    def title(self) -> str:
        """What it shows, for a person."""
        return f"The SDK's model of {self.operation} has {self.path}"


def model_checks(contracts: Mapping[str, Mapping[Language, Contract]], docs: Sequence[Language]) -> list[ModelCheck]:
    """Return a check for each request parameter of each operation, in the order of the documents.

    Args:
        contracts: By operation and language.
        docs: The languages to judge by.
    """
    return [
        ModelCheck(f"{PREFIX}/{operation}/{path}", operation, path, Location(f"{operation}.{language}.yaml"))
        for operation, by_language in contracts.items()
        for path, language in _paths(by_language, docs).items()
    ]


def judge_model(
    checks: Sequence[ModelCheck],
    fields: Sequence[ModelField] | None,
    contracts: Mapping[Language, Contract],
    docs: Sequence[Language],
) -> Iterator[CaseResult]:
    """Yield the results of the checks of one operation.

    A field that is missing from the model cannot be sent by the SDK's callers. A field that only the model has is no
    mismatch (see `unlisted_fields`): no document says that its table is closed.

    Args:
        checks: The checks.
        fields: The fields of the SDK's model; `None` when it has none.
        contracts: The operation's contracts.
        docs: The languages to judge by.
    """
    known = by_path(fields or ())
    for check in checks:
        rows = {language: contracts[language].parameter(check.path) for language in docs if language in contracts}
        documented = {language: row for language, row in rows.items() if row is not None}
        findings = {
            language: []
            if fields is None or _other_spelling(check.path, contracts[language], known)
            else list(_differences(check.path, row, known))
            for language, row in documented.items()
        }
        verdicts: dict[Language, Verdict] = dict.fromkeys(docs, "not_applicable")
        for language in documented:
            verdicts[language] = "not_run" if fields is None else "mismatch" if findings[language] else "pass"
        # Documents that differ leave a server a choice, but not a model: a mismatch with one of them is a mismatch.
        verdict: Verdict = next(
            (each for each in ("not_run", "mismatch", "pass") if each in verdicts.values()), "not_applicable"
        )
        yield CaseResult(
            id=check.id,
            title=check.title,
            trigger="documented",
            verdict=verdict,
            verdicts=verdicts,
            reason="the SDK has no model of the operation" if fields is None else None,
            mismatches=merge(findings),
            where=str(check.where),
            lines={language: (row.cited,) for language, row in documented.items()},
        )


def _paths(contracts: Mapping[Language, Contract], docs: Sequence[Language]) -> dict[str, Language]:
    """Return the paths of an operation's request fields, each with the first language whose document has it."""
    found: dict[str, tuple[str, Language]] = {}
    for language in docs:
        for parameter in contracts[language].parameters if language in contracts else ():
            found.setdefault(_plain(parameter.path), (parameter.path, language))
    return dict(found.values())


def by_path(fields: Sequence[ModelField]) -> dict[str, ModelField]:
    """Return the fields of a model by path; a list is found by its own path and by that of its entries."""
    return {_plain(field.path): field for field in fields} | {field.path: field for field in fields}


def field_at(path: str, known: Mapping[str, ModelField]) -> ModelField | None:
    """Return the field of a path, or the one whose value is free and so may have what is at this path in it.

    Args:
        path: The folded path of a parameter.
        known: The fields, as `by_path` returns them.
    """
    found = known.get(path) or known.get(_plain(path))
    if found is not None:
        return found
    around = (known.get(path[: match.start()]) for match in _STEP.finditer(path))
    return next((field for field in around if field is not None and field.type == "object"), None)


def groups_fields(path: str, known: Mapping[str, ModelField]) -> bool:
    """Whether the model has the parameter as a list or an object with fields of its own, which has none itself."""
    plain = _plain(path)
    return any(other.startswith((f"{plain}.", f"{plain}[].")) for other in known)


def _other_spelling(path: str, contract: Contract, known: Mapping[str, ModelField]) -> bool:
    """Whether a document has a parameter in two spellings, such as an old one in small letters, and the model one."""
    if field_at(path, known) is not None:
        return False
    alike = [row.path for row in contract.parameters if row.path.casefold() == path.casefold() and row.path != path]
    return any(known.get(each) or known.get(_plain(each)) for each in alike)


def _is_in_text(path: str, known: Mapping[str, ModelField]) -> bool:
    return any(known.get(path[: match.start()]) is not None for match in _STEP.finditer(path))


def _plain(path: str) -> str:
    """A list and its entries are one field of a model: `Name[]` is `Name`."""
    return path.removesuffix("[]")


def _differences(path: str, row: Parameter, known: Mapping[str, ModelField]) -> Iterator[Finding]:
    where = f"sdk.model.{path}"
    field = field_at(path, known)
    if field is None and row.encoding in CARRYING and _is_in_text(path, known):
        return  # its caller writes the text that it is in
    if field is None and groups_fields(path, known):
        return  # what is in it has rows, or fields, of its own
    if field is None:
        yield Finding(where, ("a field of the request",), None, row.cited)
        return
    kind = row.fact("type")
    own = _plain(field.path) == _plain(path)  # of what is in a free value the model says nothing
    if own and kind.stated and not path.endswith("[]") and not _same_type(kind.value, field.type):
        yield Finding(f"{where}.type", (kind.value,), field.type, kind.cited)
    required = row.fact("required")
    if own and required.stated and required.value is False and field.required:
        yield Finding(f"{where}.required", (False,), observed=True, line=required.cited)


def _same_type(documented: object, modelled: str | None) -> bool:
    """Whether a field of a model can carry what a document states.

    Some languages have one type for whole and other numbers; and what the SDK writes as JSON arrives as the text that a
    document may call it.
    """
    alike = {"integer": ("number",), "string": STRUCTURES}
    return modelled in (None, documented, *alike.get(str(documented), ()))
