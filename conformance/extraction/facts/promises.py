"""What a row says on a condition, before the names in the condition are known to be parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from conformance.contract.model import FactValue

PromiseKind = Literal["fact", "in_force", "idle", "returned", "not_returned"]


class Need(Struct, frozen=True):
    """What a condition wants of one parameter.

    Attributes:
        name: Its name, as the prose writes it.
        values: The values of which it must have one, as the prose writes them.
        marked: Whether the document sets each of the values apart from its prose, in bold or as code.
    """

    name: str
    values: tuple[str, ...]
    marked: bool = False


class ConditionalPromise(Struct, frozen=True):
    """One promise of a row that holds on a condition only.

    Attributes:
        kind: `fact`; `in_force` and `idle`, that all limits of the parameter hold, or none; `returned` and
            `not_returned`, that a field is in the answer, or is not.
        needs: The condition; empty where it is not known.
        line: The line.
        name: The name of the fact, empty for other kinds.
        value: The value of the fact.
    """

    kind: PromiseKind
    needs: tuple[Need, ...]
    line: int
    name: str = ""
    value: FactValue | None = None
