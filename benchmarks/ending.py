"""How the benchmarks end: one line for a person, and an exit status."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from page import PageError
from peer_install import InstallError
from timing import MeasureError

if TYPE_CHECKING:
    from collections.abc import Callable


def status_of(name: str, act: Callable[[], None]) -> int:
    """Do the work of a benchmark and return its exit status; `name` comes before the message of a fault."""
    try:
        act()
    except (PageError, InstallError, OSError) as fault:
        print(f"{name}: {fault}", file=sys.stderr)
        return 2
    except MeasureError as fault:
        print(f"{name}: no measurement: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
