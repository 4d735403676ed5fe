"""The options of a server and their defaults. Apart from the server, so that a command line costs nothing."""

from __future__ import annotations

from typing import Final

DEFAULT_DELAY: Final = 0.2
"""Seconds that a new resource is in its pending state: long enough to be seen, short enough to wait for."""
