"""One fault that was made of what the documents of an operation state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.meanings.words import Words
    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.server.faults.catalogue import NamedMutation
    from conformance.server.faults.mutations import Mutation
    from conformance.server.server_plan import ServerPlan


class Flaw(Struct, frozen=True):
    """What an operation does wrong, before it has a full name.

    Attributes:
        slug: Its name within the operation: lower-case words with hyphens.
        kind: What is wrong, in a word: `limit`, `enum`, `row`, `field` ...
        about: What the server then does otherwise, for a person.
        mutation: The change of the operation's own plan.
        silent: Why no case can catch it, as the documents have it; empty where one can.
        facts: The facts that it breaks; cases that test one of them look there.
        code: The error code that it is about, if it is about one.
        conforms: Why it breaks no promise; empty for a fault.
    """

    slug: str
    kind: str
    about: str
    mutation: Mutation
    silent: str = ""
    facts: tuple[str, ...] = ()
    code: str = ""
    conforms: str = ""


class GeneratedFault(NamedTuple):
    """A flaw of one operation under its full name.

    Attributes:
        operation: The operation.
        flaw: What is wrong with it.
        named: The same as a server takes it.
    """

    operation: OperationId
    flaw: Flaw
    named: NamedMutation

    @property
    def name(self) -> str:
        """What `--fault` calls it: `CreateThing/thing-name-max-length-one-more`."""
        return self.named.name


class Subject(Struct, frozen=True):
    """All that the faults of an operation are made of.

    Attributes:
        operation: The operation.
        contracts: What each document states, by language.
        plan: The part of a server's plan that answers it.
        words: What names and error rows mean.
        family: By what they do (`create`, `list`, `detail`, `change`, `delete` ...) the operations that are about the
            same kind of resource, itself among them; empty where it is about none.
    """

    operation: OperationId
    contracts: Mapping[Language, Contract]
    plan: ServerPlan
    words: Words
    family: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
