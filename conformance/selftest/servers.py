"""The servers that faults are tried on: what they follow, what they are judged by, and each without a fault."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.contract.languages import BOTH, BY_PRECEDENCE, LANGUAGES
from conformance.core.workspace import workspace_root
from conformance.server.build import build_plan
from conformance.server.faults.one_operation import RememberedOperations

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.languages import Docs, Language
    from conformance.server.server_plan import ServerPlan

CATCHING: Final = ("mismatch", "error")
"""The verdicts that tell that something is wrong."""

ACTIVATION_DELAY_S: Final = 0.3
"""Long enough that a case sees the pending state on a busy machine too."""

SERVERS: Final[tuple[tuple[Docs, tuple[Language, ...]], ...]] = (
    (BOTH, LANGUAGES),
    *((language, (language,)) for language in BY_PRECEDENCE),
)
"""What a faulty server follows and what it is judged by, in the order in which they are tried.

A fault in something on which the documents disagree only shows when one of them is followed and judged by.
"""


def faultless(follow: Docs, operations: tuple[str, ...] = ()) -> ServerPlan:
    """Return the plan of a server without faults; each process reads the contracts of an operation once.

    Args:
        follow: What it follows.
        operations: What it is asked for, as in `build_plan`.
    """
    return _faultless_in(workspace_root(), follow, operations)


@cache
def _faultless_in(_root: Path | None, follow: Docs, operations: tuple[str, ...]) -> ServerPlan:
    plan = build_plan(follow=follow, activation_delay=ACTIVATION_DELAY_S, operations=operations)
    return replace(plan, others=RememberedOperations(plan.others) if plan.others is not None else None)
