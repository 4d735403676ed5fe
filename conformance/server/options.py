"""The choices that whoever starts a server has. Apart from the server, so that a command line costs nothing."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

Follow: TypeAlias = Literal["en", "zh", "both"]
FOLLOW_CHOICES: Final[tuple[Follow, ...]] = get_args(Follow)

DEFAULT_DELAY: Final = 0.2
"""Seconds that a flow log is in its pending state: long enough to be seen, short enough to wait for."""
