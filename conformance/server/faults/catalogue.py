"""The faults that the reference server can be given, one promise broken in each, and its conforming variants.

A suite that calls a server right although it has one of the faults does not test that promise. The faults are the
mistakes that authors of servers and mocks make: a limit off by one, a code or a letter of it wrong, a check forgotten.
A conforming variant is a choice that the documents leave open: it tells the suite the other half, what not to catch.
Both are lines of the tables in `behaviours/`: those of a resource beside its behaviour, those of all in `faults.yaml`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.core.errors import UsageError
from conformance.core.resources import layers
from conformance.core.wording import near
from conformance.server.behaviour.choice import choose_behaviour
from conformance.server.behaviour.definition import FAULTS_SUFFIX
from conformance.server.behaviour.parts import BehaviourError, read_part
from conformance.server.faults.kinds import read_mutation
from conformance.server.faults.mutations import Mutation, NotThere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from conformance.server.server_plan import ServerPlan


class NamedMutation(Struct, frozen=True):
    """One way in which the server can be made to differ.

    Attributes:
        name: What `--fault` calls it.
        about: What the server then does otherwise, in a few words.
        mutation: What is changed, and where.
        conforms: Why it is no fault but a choice that the documents leave open; empty for a fault.
    """

    name: str
    about: str
    mutation: Mutation
    conforms: str = ""

    def applied(self, plan: ServerPlan, follow: str) -> ServerPlan:
        """Return the plan with this mutation.

        Args:
            plan: The plan of a server.
            follow: What that server follows, for the message.

        Raises:
            UsageError: When the documents that the server follows do not have what the fault breaks.
        """
        try:
            return self.mutation.apply(plan)
        except NotThere as missing:
            raise UsageError(
                f"fault {self.name} cannot be had with --follow {follow}: nothing there promises {missing}",
                hint="follow both documents, or the other",
            ) from None


def mutations(operations: Sequence[str] = ()) -> Mapping[str, NamedMutation]:
    """Return every way by name in which the server can be made to differ, those of the resource first.

    Args:
        operations: What the server is asked for, each as in `choose_behaviour`.

    Raises:
        BehaviourError: When a table is missing or wrong; with the line.
    """
    resource = choose_behaviour(operations).file
    own = resource.with_name(resource.stem + FAULTS_SUFFIX)
    shared = [folder / "faults.yaml" for folder in layers("behaviours")]
    tables = [*([own] if own.is_file() else []), *(path for path in shared if path.is_file())]
    return _mutations(tuple(tables))


@cache
def _mutations(tables: tuple[Path, ...]) -> Mapping[str, NamedMutation]:
    found: dict[str, NamedMutation] = {}
    for table in tables:
        for each in read_mutations(table):
            if each.name in found:
                raise BehaviourError(f"there are two faults {each.name!r}", where=table, hint="rename one")
            found[each.name] = each
    return found


def has_table(operations: Sequence[str]) -> bool:
    """Whether there are named faults of one of some operations: a table beside the behaviour that has it."""
    chosen = choose_behaviour(operations)
    known = {each.name for each in chosen.behaviour.operations}
    names = {word.replace("/", ":").rpartition(":")[2] for word in operations}
    return bool(known & names) and chosen.file.with_name(chosen.file.stem + FAULTS_SUFFIX).is_file()


def read_mutations(path: Path) -> tuple[NamedMutation, ...]:
    """Read one table of faults; raises `BehaviourError` when it is wrong."""
    lines = read_part(path, "faults")["faults"]
    return tuple(
        NamedMutation(name, line.text("about"), read_mutation(line), line.text("conforms", ""))
        for name, line in lines.members()
    )


def faults(operations: Sequence[str] = ()) -> Mapping[str, NamedMutation]:
    """Return the mutations that break a promise of a document, by name; see `mutations`."""
    return {name: each for name, each in mutations(operations).items() if not each.conforms}


def conforming_variants(operations: Sequence[str] = ()) -> Mapping[str, str]:
    """Return the names of the mutations that break none, each with the reason; see `mutations`."""
    return {name: each.conforms for name, each in mutations(operations).items() if each.conforms}


def find_fault(name: str, operations: Sequence[str] = ()) -> NamedMutation:
    """Return a fault or a conforming variant by its name; `operations` as in `mutations`.

    Raises:
        UsageError: When there is none of this name; the hint has near ones.
    """
    known = mutations(operations)
    if name not in known:
        raise UsageError(f"there is no fault {name!r}", hint=near(name, known))
    return known[name]
