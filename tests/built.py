"""Instances of records, of values that Hypothesis makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def built(
    kind: Callable[..., T], /, *values: st.SearchStrategy[Any], **named: st.SearchStrategy[Any]
) -> st.SearchStrategy[T]:
    """Return instances of a record whose types only a type checker can resolve: `st.builds` would look them up."""

    def make(*positional: Any, **by_name: Any) -> T:
        return kind(*positional, **by_name)

    return st.builds(make, *values, **named)
