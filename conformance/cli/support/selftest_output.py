"""What `conformance selftest` prints of the faults that were made of an operation's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.table import Table

from conformance.core.sentences.recognition import in_reader_language
from conformance.reports.formats.words import spoken
from conformance.selftest.tally import LEAST, FaultTally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from conformance.selftest.generated import TriedOperation

_SHOWN: Final = 20
"""How many missed faults are named without `--verbose`."""
_DIFFERING: Final = 3


def print_generated(console: Console, operations: Sequence[TriedOperation], *, verbose: bool) -> None:
    """Print the figures, what was missed, what cannot be caught and why; with `verbose` every fault."""
    tally = FaultTally.of(operations)
    _print_faults(console, tally, verbose=verbose)
    table = Table(spoken("kind"), spoken("caught"), spoken("cannot be"), spoken("missed"), box=None)
    for kind in tally.kinds():
        table.add_row(*map(str, kind))
    console.print()
    console.print(table)
    if tally.silent:
        _say(console, "\nWhy faults cannot be caught:")
        for reason, count in tally.reasons():
            _say(console, f"  {count:5}  {reason}")
    differing = sorted({case for each in operations for case in each.differing})
    if differing:
        _say(console, f"\n{len(differing)} cases differ from the server without a fault, and prove nothing:")
        for case in differing if verbose else differing[:_DIFFERING]:
            _say(console, f"  {case}")
    _say(console, f"\n{tally.sentence} (at least {LEAST}% is right)")
    if tally.styles:
        _say(console, f"{tally.styles - len(tally.alarms)} of {tally.styles} generated styles passed")


def _print_faults(console: Console, tally: FaultTally, *, verbose: bool) -> None:
    if verbose:
        for fault in tally.caught:
            _say(console, f"{fault.name}  caught by {fault.cases[0]}")
        for fault in tally.silent:
            _say(console, f"{fault.name}  cannot be caught: {fault.silent}")
    shown = tally.missed if verbose else tally.missed[:_SHOWN]
    for fault in shown:
        _say(console, f"{fault.name}  NOT CAUGHT: {fault.about}")
    if len(shown) < len(tally.missed):
        _say(console, f"and {len(tally.missed) - len(shown)} more (-v names all)")
    for fault in tally.alarms:
        _say(console, f"{fault.name}  FALSE ALARM by {', '.join(fault.cases[:2])}")


def _say(console: Console, text: str) -> None:
    console.print(in_reader_language(text), soft_wrap=True, markup=False)
