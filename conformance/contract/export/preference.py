"""Asking a mock for one answer (RFC 7240)."""

from __future__ import annotations

from typing import Final

PREFER: Final = "Prefer"
"""The header that asks a mock for one answer."""


def preference(status: int, name: str | None) -> str:
    """Return the value of the header that asks for an answer, as Prism reads it.

    Args:
        status: The HTTP status of the answer.
        name: Its name among the examples of an OpenAPI file; any of that status where there is none.
    """
    return f"code={status}, example={name}" if name else f"code={status}"
