"""The faults that the reference server can be given, one promise broken in each.

A suite that calls a server right although it has one of these does not test that promise. The faults are the mistakes
that authors of servers and mocks make: a limit off by one, a code or a letter of it wrong, a check forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.core.errors import UsageError
from conformance.core.yamlfile import near
from conformance.server.faults.answers import ANSWER_FAULTS
from conformance.server.faults.checks import CHECK_FAULTS
from conformance.server.faults.codes import CODE_FAULTS
from conformance.server.faults.limits import LIMIT_FAULTS
from conformance.server.faults.mutations import Mutation, NotThere
from conformance.server.faults.variants import STYLES
from conformance.server.faults.wire import WIRE_FAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.languages import Docs
    from conformance.server.server_plan import ServerPlan


@dataclass(frozen=True, slots=True)
class NamedMutation:
    """One mistake that the server can be given.

    Attributes:
        name: What `--fault` calls it.
        about: What the server then does wrong, in a few words.
        change: What is changed, and where.
    """

    name: str
    about: str
    change: Mutation

    def applied(self, plan: ServerPlan, follow: str) -> ServerPlan:
        """Return the plan with this fault.

        Args:
            plan: The plan of a server.
            follow: What that server follows, for the message.

        Raises:
            UsageError: When the documents that the server follows do not have what the fault breaks.
        """
        try:
            return self.change.apply(plan)
        except NotThere as missing:
            raise UsageError(
                f"fault {self.name} cannot be had with --follow {follow}: nothing there promises {missing}",
                hint="follow both documents, or the other",
            ) from None


CHANGES: Final[Mapping[str, NamedMutation]] = {
    name: NamedMutation(name, about, change)
    for table in (CODE_FAULTS, CHECK_FAULTS, LIMIT_FAULTS, ANSWER_FAULTS, WIRE_FAULTS)
    for name, (about, change) in table.items()
}
"""Every way by name in which the server can be made to differ."""

FAULTS: Final[Mapping[str, NamedMutation]] = {name: fault for name, fault in CHANGES.items() if name not in STYLES}
"""Those that break a promise of a document. The others are `STYLES`: choices that the documents leave open."""


def find_fault(name: str) -> NamedMutation:
    """Return a fault or a style by its name.

    Raises:
        UsageError: When there is none of this name; the hint has near ones.
    """
    if name not in CHANGES:
        raise UsageError(f"there is no fault {name!r}", hint=near(name, CHANGES))
    return CHANGES[name]


def faults_of(plan: ServerPlan, follow: Docs) -> tuple[NamedMutation, ...]:
    """Return the faults that a server with this plan can have: those of rules that its documents have."""

    def possible(fault: NamedMutation) -> bool:
        try:
            fault.applied(plan, follow)
        except UsageError:
            return False
        return True

    return tuple(fault for fault in FAULTS.values() if possible(fault))
