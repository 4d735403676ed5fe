"""A small model of what there is after some steps of create, describe and delete, and the steps as a case has them.

The documents of the operations that describe and delete are not among those tested. What the model takes of them is the
convention of the API: a list `X` is shown as `Xs: {X: [...]}`, and gives back what was sent under the same names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance.cases.model import Outcome, Step, Until
from conformance.cases.substitution import REFERENCE
from conformance.contract.encodings import CARRYING, sent_rows
from conformance.fuzz.generation.case_builder import request_step, sequence_case, slug
from conformance.fuzz.generation.generated_request import PLAIN, GeneratedRequest
from conformance.fuzz.sequences.equivalence import taken_outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.cases.model import Case, Outcomes, Transport
    from conformance.cases.suite import Suite
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.fuzz.run_context import FuzzContext


_LISTED: Final = re.compile(r"([^.]+)\.([0-9]{1,6})(?:\.([^.]+))?")
"""The wire name of an item of a list, or of a member of one."""


@dataclass(frozen=True, slots=True)
class RelatedOperations:
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
    shared: Mapping[str, object]
    final: str

    @classmethod
    def of(cls, suite: Suite) -> RelatedOperations | None:
        """Return the operations that the contracts and the valid requests of one name, `None` where they name none."""
        cleanup = suite.cleanup
        behaviours = [each.async_behaviour for each in suite.contracts.values() if each.async_behaviour]
        if cleanup is None or not behaviours:
            return None
        references = {name: found[1] for name, text in cleanup.params.items() if (found := REFERENCE.search(str(text)))}
        fields = [name for name, reference in references.items() if reference.startswith("created.")]
        if len(fields) != 1:
            return None
        shared = {name: value for name, value in cleanup.params.items() if name != fields[0]}
        return cls(behaviours[0].poll, cleanup.operation, fields[0], shared, behaviours[0].final)

    def listed(self, item: Mapping[str, object] | None) -> dict[str, object]:
        """Return the part of an answer that lists this one item, or nothing at all."""
        name = self.id_field.removesuffix("Id")
        return {f"{name}s": {name: [] if item is None else [dict(item)]}}


@dataclass
class Lifecycle:
    """What there is after some steps, and the steps as a case has them.

    Attributes:
        context: The run.
        related: The operations that describe and delete.
        steps: The steps so far.
        alive: By the valid request whose resource it took, the step that created each thing, and what was sent.
        ended: Whether nothing can follow: a case ends with its first refusal.
    """

    context: FuzzContext
    related: RelatedOperations
    steps: list[Step] = field(default_factory=list)
    alive: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    ended: bool = False

    def create(self, base: str, extra: Mapping[str, str], transport: Transport = PLAIN) -> None:
        """Ask for one more: refused when the resource is taken."""
        params = {**self.context.wire_request(base), **extra}
        name = f"create_{len(self.steps) + 1}"
        if base in self.alive:
            taken = taken_outcomes(self.context)
            self.steps.append(request_step(self.context, name, GeneratedRequest(params), taken))
            self.ended = True
            return
        earlier = [step.name for step in self.steps if step.name.startswith("create")]
        reference = f"${{steps.{earlier[-1]}.{self.related.id_field}}}" if earlier else None
        body: Mapping[str, object] = {self.related.id_field: {"not": reference}} if reference else {}
        request = GeneratedRequest(params, "", transport)
        self.steps.append(request_step(self.context, name, request, self._success(body)))
        self.alive[base] = name, params

    def describe(self, base: str) -> None:
        """Look at one that there is: it is as it was sent."""
        name, params = self.alive[base]
        item = _listed_item(self.context.contracts.values(), params)
        self._add("describe", self.related.describe, name, self.related.listed(item))

    def delete(self, base: str) -> None:
        """Wait until one is ready, delete it and see that it is gone."""
        name, _ = self.alive.pop(base)
        ready = Until(self.related.listed({"Status": self.related.final}))
        self._add("ready", self.related.describe, name, {}, ready)
        self._add("delete", self.related.delete, name, {})
        self._add("gone", self.related.describe, name, self.related.listed(None))

    def case(self, way: str = "") -> Case:
        """Return the steps so far as a case; `way` says how the first was sent, where that matters."""
        words = " ".join(step.name.partition("_")[0] for step in self.steps)
        sent = f", sent {way}" if way else ""
        return sequence_case(self.context, self.steps, slug(f"{words} {way}"), f"in this order: {words}{sent}")

    def _add(
        self, word: str, operation: str, created: str, body: Mapping[str, object], until: Until | None = None
    ) -> None:
        params = {**self.related.shared, self.related.id_field: f"${{steps.{created}.{self.related.id_field}}}"}
        name = f"{word}_{len(self.steps) + 1}"
        version = self.context.suite.version
        self.steps.append(Step(name, operation, version, params, PLAIN, self._success(body), until))

    def _success(self, body: Mapping[str, object]) -> dict[Language, Outcomes]:
        return dict.fromkeys(self.context.contracts, (Outcome(None, body=dict(body)),))


def _listed_item(contracts: Iterable[Contract], params: Mapping[str, str]) -> dict[str, object]:
    """Return how something is listed that was created by a request: by its own names, lists by convention."""
    rows = [parameter for contract in contracts for parameter in sent_rows(contract.parameters)]
    # No convention says how an answer shows what a request sends as JSON or with commas.
    written = {parameter.path for parameter in rows if parameter.encoding in CARRYING}
    item: dict[str, object] = {name: text for name, text in params.items() if "." not in name and name not in written}
    for parameter in rows:
        fact = parameter.fact("default")
        if parameter.encoding == "plain" and fact.stated and not isinstance(fact.value, tuple):
            item.setdefault(parameter.path, fact.value)
    return item | _listed_lists(params)


def _listed_lists(params: Mapping[str, str]) -> dict[str, object]:
    plain: dict[str, dict[int, str]] = {}
    structured: dict[str, dict[int, dict[str, str]]] = {}
    for match in filter(None, map(_LISTED.fullmatch, params)):
        top, index, member = match.groups()
        text = params[match[0]]
        if member is None:
            plain.setdefault(top, {})[int(index)] = text
        else:
            structured.setdefault(top, {}).setdefault(int(index), {})[member] = text
    return {
        **{top: {f"{top}List": {"any_order": [items[at] for at in sorted(items)]}} for top, items in plain.items()},
        **{f"{top}s": {top: {"any_order": [items[at] for at in sorted(items)]}} for top, items in structured.items()},
    }
