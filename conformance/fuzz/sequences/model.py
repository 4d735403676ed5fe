"""A small model of what there is after some steps of create, describe and delete, and the steps as a case has them.

The documents of the operations that describe and delete are not among those tested. What the model takes of them is the
convention of the API: a list `X` stands as `Xs: {X: [...]}`, and gives back what was sent under the same names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from conformance.cases.check import REFERENCE
from conformance.cases.expand import wire_parameters
from conformance.cases.model import Outcome, Step, Until
from conformance.contract.wire import is_container
from conformance.fuzz.generation.requests import request_step, sequence_case, slug
from conformance.fuzz.generation.sample import PLAIN, Sample
from conformance.fuzz.sequences.relations import taken_outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.model import Case, Outcomes, Transport
    from conformance.contract.languages import Language
    from conformance.fuzz.generation.sample import Subject

SEQUENCES: Final = 15
LONGEST: Final = 6
_ACTIVE_WITHIN_S: Final = 5.0


class EnoughError(BaseException):
    """Nothing more is to be sent. No `Exception`, so that Hypothesis does not take it for a failure to be shrunk."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What belongs to an operation that creates something.

    Attributes:
        describe: The operation that lists what was created.
        delete: The operation that deletes it.
        id_field: The field of the answer that identifies it, and the parameter of the two others.
        shared: The parameters that all three have, with their values in a case.
        final: Its state when it is ready.
    """

    describe: str
    delete: str
    id_field: str
    shared: Mapping[str, Any]
    final: str

    @classmethod
    def of(cls, subject: Subject) -> Neighbours | None:
        """Return the neighbours as the contracts and the valid requests name them, `None` where they name none."""
        cleanup = subject.suite.cleanup
        behaviours = [each.async_behaviour for each in subject.contracts.values() if each.async_behaviour]
        if cleanup is None or not behaviours:
            return None
        ids = {name: found[1] for name, text in cleanup.params.items() if (found := REFERENCE.search(str(text)))}
        fields = [name for name, reference in ids.items() if reference.startswith("created.")]
        if len(fields) != 1:
            return None
        shared = {name: value for name, value in cleanup.params.items() if name != fields[0]}
        return cls(behaviours[0].poll, cleanup.operation, fields[0], shared, behaviours[0].final)

    def listed(self, item: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the part of an answer that lists this one item, or nothing at all."""
        name = self.id_field.removesuffix("Id")
        return {f"{name}s": {name: [] if item is None else [dict(item)]}}


@dataclass
class Model:
    """What there is after some steps, and the steps as a case has them.

    Attributes:
        subject: The operation.
        near: Its neighbours.
        steps: The steps so far.
        alive: By the valid request whose resource it took, the step that created each thing, and what was sent.
        ended: Whether nothing can follow: a case ends with its first refusal.
    """

    subject: Subject
    near: Neighbours
    steps: list[Step] = field(default_factory=list)
    alive: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    ended: bool = False

    def create(self, base: str, extra: Mapping[str, str], transport: Transport = PLAIN) -> None:
        """Ask for one more: refused when the resource is taken."""
        values = {f"target.{name}": value for name, value in self.subject.target.values.items()}
        params = {**wire_parameters(self.subject.suite.bases[base].parameters, values), **extra}
        name = f"create_{len(self.steps) + 1}"
        if base in self.alive:
            self.steps.append(request_step(self.subject, name, Sample(params), taken_outcomes(self.subject)))
            self.ended = True
            return
        earlier = [step.name for step in self.steps if step.name.startswith("create")]
        reference = f"${{steps.{earlier[-1]}.{self.near.id_field}}}" if earlier else None
        body = {self.near.id_field: {"not": reference}} if reference else {}
        sample = Sample(params, "", transport)
        self.steps.append(request_step(self.subject, name, sample, self._success(body)))
        self.alive[base] = name, params

    def describe(self, base: str) -> None:
        """Look at one that there is: it is as it was sent."""
        name, params = self.alive[base]
        self._add("describe", self.near.describe, name, self.near.listed(shown(self.subject, params)))

    def delete(self, base: str) -> None:
        """Wait until one is ready, delete it and see that it is gone."""
        name, _ = self.alive.pop(base)
        ready = Until(self.near.listed({"Status": self.near.final}), _ACTIVE_WITHIN_S)
        gone = Until(self.near.listed(None), _ACTIVE_WITHIN_S)
        self._add("ready", self.near.describe, name, {}, ready)
        self._add("delete", self.near.delete, name, {})
        self._add("gone", self.near.describe, name, {}, gone)

    def case(self, origin: str, way: str = "") -> Case:
        """Return the steps so far as a case; `way` says how the first was sent, where that matters."""
        words = " ".join(step.name.partition("_")[0] for step in self.steps)
        sent = f", sent {way}" if way else ""
        return sequence_case(self.subject, self.steps, slug(f"{words} {way}"), f"in this order: {words}{sent}", origin)

    def _add(
        self, word: str, operation: str, created: str, body: Mapping[str, Any], until: Until | None = None
    ) -> None:
        params = {**self.near.shared, self.near.id_field: f"${{steps.{created}.{self.near.id_field}}}"}
        name = f"{word}_{len(self.steps) + 1}"
        version = self.subject.suite.version
        self.steps.append(Step(name, operation, version, params, PLAIN, self._success(body), until))

    def _success(self, body: Mapping[str, Any]) -> dict[Language, Outcomes]:
        return dict.fromkeys(self.subject.contracts, (Outcome(None, body=dict(body)),))


def shown(subject: Subject, params: Mapping[str, str]) -> dict[str, Any]:
    """Return how something is listed that was created by a request: by its own names, lists by convention."""
    item: dict[str, Any] = {name: text for name, text in params.items() if "." not in name}
    for contract in subject.contracts.values():
        paths = frozenset(parameter.path for parameter in contract.parameters)
        for parameter in contract.parameters:
            fact = parameter.fact("default")
            plain = "[]" not in parameter.path and not is_container(parameter.path, paths)
            if plain and fact.stated and not isinstance(fact.value, tuple):
                item.setdefault(parameter.path, fact.value)
    lists: dict[str, dict[int, Any]] = {}
    for name, text in params.items():
        top, *rest = name.split(".")
        if len(rest) == 1:
            lists.setdefault(top, {})[int(rest[0])] = text
        elif rest:
            lists.setdefault(top, {}).setdefault(int(rest[0]), {})[rest[1]] = text
    for top, items in lists.items():
        ordered = [items[index] for index in sorted(items)]
        if isinstance(ordered[0], dict):
            item[f"{top}s"] = {top: {"any_order": ordered}}
        else:
            item[top] = {f"{top}List": {"any_order": ordered}}
    return item
