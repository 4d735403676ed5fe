"""What is worked out of a contract once, by code that knows more than a contract does."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.model import Contract

T = TypeVar("T")


def once_each(work: Callable[[Contract], T]) -> Callable[[Contract], T]:
    """Have what a function works out of a contract kept with that contract: every case asks for it.

    Args:
        work: The function; nobody changes what it returns.
    """
    key = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def kept(contract: Contract) -> T:
        known = vars(contract)
        if key not in known:
            known[key] = work(contract)
        result: T = known[key]
        return result

    return kept
