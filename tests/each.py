"""Many examples in one test: thousands of tests cost more than what the smallest of them do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def about(example: object) -> Iterator[None]:
    """Have a failure inside say of which example it is."""
    try:
        yield
    except BaseException as failure:
        failure.add_note(f"of the example {example}")
        raise
