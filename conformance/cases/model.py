"""A case: what holds on the server, what is sent, and what each document promises about the answer. Frozen data."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct, field
from msgspec.structs import force_setattr

from conformance.cases.substitution import references

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Encoding
    from conformance.core.errors import Location

Trigger = Literal["documented", "inferred", "forced", "todo"]

ANY_CODE: Final = "any"
"""Stands for the code of a refusal that no document gives."""


class ProviderState(Struct, frozen=True):
    """What must hold on the server before a case runs: a state's name and its parameters."""

    name: str
    params: Mapping[str, object] = field(default_factory=dict)


class Transport(Struct, frozen=True):
    """How a request travels. Parameters go in the query, or in a form body for a POST.

    Attributes:
        method: `GET` or `POST`.
        place: `query` or `form`.
        format: What the `Format` parameter asks for, `JSON` or `XML`.
        signature: `v1`, `acs3` or `none`; `None` leaves it to the target.
        spaces: How a space in a form is written: `percent` (`%20`) or `plus` (`+`, as HTML forms do).
    """

    method: str = "POST"
    place: str = "query"
    format: str = "JSON"
    signature: str | None = None
    spaces: str = "percent"


class Outcome(Struct, frozen=True):
    """One answer that a case allows, as its author wrote it.

    Attributes:
        code: The error code, `ANY_CODE` for a refusal with whatever code, or `None` for success.
        message: The exact message, where the code alone does not name a row.
        body: Fields that the answer must hold: a subset, lists by position.
    """

    code: str | None
    message: str | None = None
    body: Mapping[str, object] = field(default_factory=dict)


Outcomes = tuple[Outcome, ...]
"""The answers allowed; any of them passes. Empty: the document says nothing about the case."""


class Until(Struct, frozen=True):
    """Repeat a step until the answer holds `body`, or time is over.

    Attributes:
        body: Fields that the answer must hold. Without any the answer must be as the step expects it.
        within_s: The seconds; `None` leaves it to the target.
    """

    body: Mapping[str, object] = field(default_factory=dict)
    within_s: float | None = None


def _lists_earlier(node: object) -> bool:
    if isinstance(node, (list, tuple)):
        return any(name.startswith("steps.") for name in references(node))
    return isinstance(node, dict) and any(map(_lists_earlier, node.values()))


class Step(Struct, frozen=True):
    """One request of a case.

    Attributes:
        name: How later steps refer to its answer: `${steps.NAME.Id}`.
        operation: The operation called.
        version: The version of the API that has it.
        params: Its parameters before the target's values are filled in: text, lists, lists of mappings.
        transport: How it travels.
        outcomes: Per language, the answers allowed.
        until: Repeat until this holds.
        times: How many identical requests are sent at the same moment.
        successes: Of these, how many must succeed.
        account: The name of another account that sends it; `None` for the case's own.
        given: What must hold for its account before it, beside what the case gives.
        teardown: The names of states of its account that are taken back before it.
        extra: Parameters that no document has, beside `params`.
        changed: The names of the parameters that the case changes, against the valid request that it starts from.
        encodings: By folded path, the encodings of the parameters that write a list or an object as one text.
        nested: Of these, the paths of those that a caller of an SDK does not write as a text.
    """

    name: str
    operation: str
    version: str
    params: Mapping[str, object]
    transport: Transport
    outcomes: Mapping[Language, Outcomes]
    until: Until | None = None
    times: int = 1
    successes: int | None = None
    account: str | None = None
    given: tuple[ProviderState, ...] = ()
    teardown: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    encodings: Mapping[str, Encoding] = field(default_factory=dict)
    nested: tuple[str, ...] = ()

    @property
    def lists_earlier(self) -> bool:
        """Whether it expects an entry of a list that an earlier step told of, and that may take its time to show."""
        return any(_lists_earlier(outcome.body) for allowed in self.outcomes.values() for outcome in allowed)

    @property
    def may_succeed(self) -> bool:
        """Whether a success is among the answers that the case allows by any document."""
        return any(outcome.code is None for allowed in self.outcomes.values() for outcome in allowed)

    @property
    def as_text(self) -> dict[str, Encoding]:
        """The encodings of what a caller of an SDK writes as one text."""
        return {path: how for path, how in self.encodings.items() if path not in self.nested}

    @property
    def call(self) -> tuple[str, str]:
        """What is called: the operation and the version of its API."""
        return self.operation, self.version


class Find(Struct, frozen=True):
    """How all that an account has of a kind is listed.

    Attributes:
        operation: The operation that lists it.
        params: Its parameters.
        items: The list in its answer, as a dotted path.
        page: The parameter with the number of the page, from 1; empty when there is only one.
    """

    operation: str
    params: Mapping[str, object]
    items: str
    page: str = ""


class Cleanup(Struct, frozen=True):
    """How what a successful request created is deleted again.

    Attributes:
        operation: The operation that deletes it.
        params: Its parameters: `${created.Field}` is a field of the answer to the creation.
        find: How it is found in a list; `None` when there is no way.
        marks: The parameters, each also a field in that list, that can hold a text by which it is recognised: the
            first that a case does not speak of is taken.
    """

    operation: str
    params: Mapping[str, object]
    find: Find | None = None
    marks: tuple[str, ...] = ()


class Case(Struct, frozen=True):
    """One request, or a short sequence, and what each contract makes of it.

    Attributes:
        id: `<Operation>/<group>/<name>`, e.g. `CreateThing/Missing/name-omitted`; it never changes. Where two products
            of a run have an operation of that name, `<product>:` comes before it.
        title: What the case shows, for a person.
        trigger: How it reaches its answer.
        given: What must hold before, in this order.
        absent: The names of states that must not hold.
        steps: The requests, in this order.
        facts: The facts it tests: `Name.maxLength`.
        where: Its place in the case file.
        cleanup: How what it creates is deleted again, where the account is not its own.
        subject: What the id begins with: the operation under test, after `<product>:` where two products have the name.
        operation: The name of the operation under test.
    """

    id: str
    title: str
    trigger: Trigger
    given: tuple[ProviderState, ...]
    absent: tuple[str, ...]
    steps: tuple[Step, ...]
    facts: tuple[str, ...]
    where: Location
    cleanup: Cleanup | None = None
    subject: str = ""
    operation: str = ""

    def __post_init__(self) -> None:
        subject = intern(self.id.partition("/")[0])  # one text for all cases of an operation
        force_setattr(self, "subject", subject)
        force_setattr(self, "operation", subject.rpartition(":")[2])

    @property
    def changed(self) -> dict[str, object]:
        """What it sends otherwise than the valid request that it starts from, as its file has it; `None`: left out."""
        changed: dict[str, object] = {}
        for step in self.steps:
            if step.changed and step.operation == self.operation:
                params, extra = step.params, step.extra
                for name in step.changed:
                    changed[name] = params[name] if name in params else extra.get(name)
        return changed

    @property
    def states(self) -> tuple[ProviderState, ...]:
        """All that must hold, for whichever account: before the case, and before each of its steps."""
        states = self.given
        for step in self.steps:
            states += step.given
        return states
