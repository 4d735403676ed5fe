"""The command line: one module per command, imported only when that command is called; `command_line` calls it."""

from __future__ import annotations

import gc
import os

_COLLECT_AFTER = 100_000
"""How many objects more there may be until Python looks for cycles; by itself 700, though most of them stay."""


def main() -> None:
    """Run the command line and exit with its status.

    What this module imports comes before signals are taken care of, so it is next to nothing.
    """
    try:
        from conformance.core.early_signals import end_early  # noqa: PLC0415 - within `try`

        end_early()
    except KeyboardInterrupt:
        os._exit(130)
    gc.set_threshold(_COLLECT_AFTER)
    from conformance.cli.command_line import run_program  # noqa: PLC0415 - Ctrl-C is taken care of by now

    run_program()
