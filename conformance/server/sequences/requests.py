"""The valid requests of the operations of one kind of resource, as their skeletons have them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.meanings.words import load_words
from conformance.cases.scaffold.values import valid_value
from conformance.contract.answer_trees import way_to
from conformance.contract.constraints import violations
from conformance.contract.wire import SYSTEM_PARAMETERS, wire_text
from conformance.server.resources.placing import id_paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Parameter, Scalar
    from conformance.server.resources.kinds import ResourceKind

CREATED = "create"
"""The name of the step that creates."""


class ValidRequest(Struct, frozen=True):
    """What a skeleton starts from: the parameters, and the states that they need, as a case file has both."""

    parameters: Mapping[str, object]
    given: Sequence[Mapping[str, object]] = ()


class ValidOperation(Struct, frozen=True):
    """One operation with its contracts and its valid request."""

    contracts: Mapping[Language, Contract]
    valid: ValidRequest
    beside: Sequence[Contract] = ()
    """Contracts that say nothing of what is expected, and whose rules a value keeps too."""

    @property
    def name(self) -> str:
        """Its name."""
        return next(iter(self.contracts.values())).operation

    def by(self, language: Language) -> ValidOperation:
        """Return the same operation by one document alone."""
        others = tuple(each for name, each in self.contracts.items() if name != language)
        return replace(self, contracts={language: self.contracts[language]}, beside=others)

    def rows(self, path: str) -> list[Parameter]:
        """Return a parameter as each document has it."""
        return [row for each in self.contracts.values() if (row := each.parameter(path)) is not None]

    def takes(self, path: str, text: str) -> bool:
        """Whether a text keeps all rules of a parameter that every document has."""
        rows, beside = self.rows(path), (each.parameter(path) for each in self.beside)
        known = len(rows) == len(self.contracts)
        return known and not any(violations(row, [text]) for row in (*rows, *beside) if row is not None)

    def meaning(self, meaning: str) -> str:
        """Return the plain parameter that has a meaning by its name, and is in every document; empty for none."""
        names = (row.path for row in next(iter(self.contracts.values())).parameters)
        return next(
            (n for n in names if load_words().means(meaning, n) and len(self.rows(n)) == len(self.contracts)), ""
        )

    @property
    def is_surely_valid(self) -> bool:
        """Whether its valid request has all that is required, and a step of another operation's case can send it."""
        return self.has_required and not any(
            self._differs(name, value) for name, value in self.valid.parameters.items()
        )

    @property
    def has_required(self) -> bool:
        """Whether its valid request has every parameter that some document requires of each request."""
        required = (
            row.path
            for each in self.contracts.values()
            for row in each.parameters
            if row.fact("required").stated and row.fact("required").value is True
        )
        tops = (re.split(r"[.\[]", path)[0] for path in required if "[]." not in path)
        return all(top in self.valid.parameters or top in SYSTEM_PARAMETERS for top in tops)

    def _differs(self, name: str, value: object) -> bool:
        """Whether a list or object is written as one text, which a step of another operation's case cannot send."""
        return isinstance(value, list | dict) and any(row.encoding != "repeat" for row in self.rows(name))

    @property
    def lists_built_in(self) -> bool:
        """Whether it lists what comes with the service, too, which nobody creates: a filter has a value for that."""
        enums = (row.fact("enum") for each in (*self.contracts.values(), *self.beside) for row in each.parameters)
        values = (value for fact in enums if isinstance(fact.value, tuple) for value in fact.value)
        return any(load_words().built_in.fullmatch(str(value)) for value in values)

    def conditional(self, path: str) -> bool:
        """Whether something is said of a parameter that holds on a condition only."""
        beside = (each.parameter(path) for each in self.beside)
        return any(row.conditional for row in (*self.rows(path), *beside) if row is not None)


class KinOperations(Struct, frozen=True):
    """The operations of one kind of resource."""

    kind: ResourceKind
    operations: Mapping[str, ValidOperation]

    def by(self, language: Language) -> KinOperations:
        """Return the same operations by the documents of one language alone, without those that have none."""
        own = {name: each.by(language) for name, each in self.operations.items() if language in each.contracts}
        return KinOperations(self.kind, own)

    def having(self, names: Sequence[str]) -> Iterator[ValidOperation]:
        """Yield the operations of some names that have a valid request."""
        yield from (self.operations[name] for name in names if name in self.operations)

    def id_parameter(self, operation: ValidOperation) -> str:
        """Return the plain parameter of an operation that names one resource; empty when there is none."""
        paths = (row.path for row in next(iter(operation.contracts.values())).parameters)
        named = id_paths(paths, self.kind.id_field)
        return next((path for path in named if path == self.kind.id_field and operation.rows(path)), "")

    def named_by(self, operation: ValidOperation) -> tuple[str, str]:
        """Return the parameter by which a valid request names one resource, and the id; empty texts for none.

        A list of ids counts, whether it is sent with indexes or written as a text of JSON.
        """
        own = self.id_parameter(operation)
        if own:
            value = operation.valid.parameters.get(own)
            return (own, value) if isinstance(value, str) else ("", "")
        paths = [row.path for row in next(iter(operation.contracts.values())).parameters]
        for path in id_paths(paths, self.kind.id_field):
            top = path.removesuffix("[]")
            listed = as_list(operation.valid.parameters.get(top))
            if len(listed) == 1 and isinstance(listed[0], str):
                return top, listed[0]
        return "", ""

    def creation(self, operation: ValidOperation) -> dict[str, object]:
        """Return the parameters of a creation: those of its valid request, and the id where that is the caller's.

        Not every document says that the id which a caller gives is required.
        """
        own, made = self.kind.id_field, dict(operation.valid.parameters)
        if self.kind.given and own not in made:
            value = valid_value(operation.rows(own)) if operation.rows(own) else None
            if value is not None and operation.takes(own, wire_text(value)):
                made[own] = value
        return made

    def id_place(self, operation: ValidOperation) -> str:
        """Return the path of the id in the answer to a creation, at its top or in an object; empty for none."""
        found = [
            [
                row.path
                for row in each.responses
                if way_to(row.path)[-1:] == (self.kind.id_field,) and "[" not in row.path
            ]
            for each in operation.contracts.values()
        ]
        every = [path for path in found[0] if all(path in others for others in found)] if found else []
        return min(every, key=len, default="")

    def other_ids(self, count: int) -> list[str]:
        """Return ids of resources that no request creates."""
        prefix = self.kind.id_prefix or ("sequence" if self.kind.given else "")
        return [f"{prefix}{number:08}" for number in range(1, count + 1)]

    def states(self, identity: object) -> list[Mapping[str, object]]:
        """Return the state in which a resource exists."""
        return [{"resource.exists": {"type": self.type_word, "id": identity}}]

    @property
    def type_word(self) -> str:
        """What provider states call the resource: as the skeletons do, else by its own name."""
        for operation in self.operations.values():
            named = operation.valid.parameters.get(self.id_parameter(operation))
            for state in operation.valid.given:
                setting = state.get("resource.exists")
                if isinstance(setting, dict) and named is not None and setting.get("id") == named:
                    return str(setting["type"])
        return self.kind.resource

    def others(self, operation: ValidOperation) -> list[Mapping[str, object]]:
        """Return the states that a valid request needs, but for resources of this kind."""
        return [state for state in operation.valid.given if not self._is_own(state)]

    def _is_own(self, state: Mapping[str, object]) -> bool:
        setting = state.get("resource.exists")
        return isinstance(setting, dict) and str(setting.get("type", "")).lower() == self.type_word.lower()


def as_list(value: object) -> list[object]:
    """Return the elements of a list of a valid request, also of one written as JSON; none of anything else."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return value if isinstance(value, list) else []


def two_values(path: str, operations: Sequence[tuple[ValidOperation, str]]) -> tuple[Scalar, Scalar] | None:
    """Return two different values that every one of some operations takes for its own parameter; `None` for none.

    Args:
        path: The parameter of the first.
        operations: Each operation with the path of its parameter.
    """
    rows = [row for operation, own in operations for row in operation.rows(own)]
    found: list[Scalar] = []
    for value in (*_stated(rows), f"one{path}"[:8], f"two{path}"[:8], valid_value(rows)):
        if value is None or value in found:
            continue
        if all(operation.takes(own, wire_text(value)) for operation, own in operations):
            found.append(value)
    return (found[0], found[1]) if len(found) > 1 else None


def _stated(rows: Sequence[Parameter]) -> Iterator[Scalar]:
    for row in rows:
        values = row.fact("enum").value
        if isinstance(values, tuple):
            yield from values
        if str(row.fact("type").value).lower() == "boolean":
            yield from (True, False)
        bound = row.fact("minimum").value
        if isinstance(bound, int) and not isinstance(bound, bool):
            yield from (bound, bound + 1)
