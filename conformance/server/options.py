"""The options of a server and their defaults. Apart from the server, so that a command line costs nothing."""

from __future__ import annotations

from typing import Final

DEFAULT_DELAY: Final = 0.2
"""Seconds that a new resource is in its pending state: long enough to be seen, short enough to wait for."""

STATES_PATH: Final = "/_states"
"""Where provider states are set (POST) and listed (GET)."""

RESET_PATH: Final = "/_reset"
"""Where everything is forgotten but the states of the start (POST)."""

HEALTH_PATH: Final = "/_health"
"""Where the server says that it is there (GET)."""
