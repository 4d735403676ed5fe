"""How many connections this process may have open at once, as its limit of file descriptors allows."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from typing import Final

_KEPT_FREE: Final = 24
"""Descriptors for all else that a run opens: reports, modules, the pipes of a child."""
_OPEN: Final = "/dev/fd"


def affordable_connections(wanted: int) -> int:
    """Return how many connections of those wanted may be open at once, one at least.

    A limit that this process may raise by itself is raised.

    Args:
        wanted: How many there would be, were there no limit.
    """
    limit, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = _opened()
    needed = opened + _KEPT_FREE + wanted
    if limit != resource.RLIM_INFINITY and limit < needed:
        raised = needed if highest == resource.RLIM_INFINITY else min(needed, highest)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, highest))
            limit = raised
        return max(1, min(wanted, limit - opened - _KEPT_FREE))
    return wanted


def _opened() -> int:
    with suppress(OSError):
        return len(os.listdir(_OPEN))  # noqa: PTH208 - names are enough
    return 0
