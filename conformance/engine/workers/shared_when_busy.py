"""A run that begins in one process, and goes on in several where it is the processor that its cases wait for.

That is measured: most servers are what is waited for, and then one process is enough. Processes that are forked have
everything that is loaded, so they begin within milliseconds.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.engine.workers.idle_processors import UsageMeter, peak_memory, processors

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from conformance.cases.model import Case
    from conformance.engine.engine import Engine
    from conformance.engine.workers.several_processes import R
    from conformance.judging.results import CaseResult

_LEAST_CASES: Final = 800
"""Below so many cases, what could be won is less than the start of processes."""
_FIRST: Final = 50
"""After how many results it is measured: the first ones come slowly, while the rest of the program is loaded."""
_LOOK_EVERY: Final = 25
"""After how many results it is looked, and then after how many more."""
_LEAST_S: Final = 0.03
"""How long must be measured: the system counts in hundredths of a second."""
_BUSY: Final = 0.8
"""Which share of the time this process has to have a processor."""
_IDLE: Final = 0.55
"""How many processors have to be idle for a trial: what a server used for one process, it uses more of for two."""
_WORTH_S: Final = 0.25
"""How long the rest has to take in one process."""
_MOST_MEMORY: Final = 240_000_000
"""Bytes that the copies may come to in time: each gets its own of all that it uses."""
_MOST: Final = 4
"""How many processes share the rest at the most; more is for --workers."""


def run_shared(
    engine: Engine,
    cases: Sequence[Case],
    record: Callable[[CaseResult], R],
    before_wait: Callable[[], None] = lambda: None,
    *,
    before_fork: Callable[[], None],
    at_end: ExitStack | None = None,
) -> Generator[R, None, None]:
    """Run cases and yield what is made of their results, in several processes as soon as it is worth it.

    Args:
        engine: Runs them. It is prepared.
        cases: The cases.
        record: Makes what is yielded of a result, in the process that has it.
        before_wait: Called when all that there is was yielded.
        before_fork: Called before there are other processes, which are copies of this one.
        at_end: Gets what waits until processes that have nothing more to do have ended; else that is waited for here.

    Raises:
        HarnessError: When processes are killed again and again.
    """
    together, alone = engine.divided(cases)
    rest: list[Case] = []
    share: _Share | None = None
    watch = _Watch(len(together), engine) if _may_share(engine) else None
    for result in engine.run(together, before_wait):
        yield record(result)
        if watch is not None and share is None and (share := watch.after_result()) is not None:
            rest = engine.withdraw()
    if rest and share is not None:
        from conformance.engine.workers.several_processes import RunBefore, Workers  # noqa: PLC0415 - few runs pay for it

        before_wait()
        before_fork()
        with ExitStack() as ends:
            processes = ends.enter_context(
                Workers(engine.plan, share.processes, record, RunBefore(engine, share.one_per_s))
            )
            yield from processes.run([*rest, *alone], before_wait)
            if at_end is not None:
                at_end.push(ends.pop_all())
    else:
        yield from map(record, engine.run(alone, before_wait))


def load_for(cases: int) -> None:
    """Load what several processes need, where a run of so many cases may come to have them."""
    if cases > _LEAST_CASES and processors() > 1:
        import conformance.engine.workers.several_processes  # noqa: F401, PLC0415 - most runs never need it


def _may_share(engine: Engine) -> bool:
    """Whether several processes are possible: Linux alone says what is idle, and a rate is not shared out."""
    return sys.platform == "linux" and processors() > 1 and engine.plan.target.rate is None


class _Share(Struct, frozen=True):
    """How many processes are to share what is left, and how many cases one did in a second."""

    processes: int
    one_per_s: float


class _Watch:
    """Watches what a run in one process waits for.

    Args:
        cases: How many cases it has.
        engine: Runs them.
    """

    def __init__(self, cases: int, engine: Engine) -> None:
        self._cases = cases
        self._engine = engine
        self._meter = UsageMeter()
        self._done = 0

    def after_result(self) -> _Share | None:
        """Count one more result; return how what is left is to be shared, `None` when one process is enough so far."""
        self._done += 1
        measured = self._done - _FIRST
        if not measured:
            self._meter = UsageMeter()
        if measured <= 0 or measured % _LOOK_EVERY or self._cases - self._done < _LEAST_CASES:
            return None
        return self._share(measured)

    def _share(self, measured: int) -> _Share | None:
        """Look at what so many cases used.

        Where the server held the run back, several processes could change what is found.
        """
        used = self._meter.usage()
        if used.seconds < _LEAST_S or used.own_s < _BUSY * used.seconds or used.idle < _IDLE:
            return None
        count = min(1 + max(round(used.idle), 1), processors(), _MOST)
        rest_s = used.own_s / measured * (self._cases - self._done)
        if rest_s < _WORTH_S or peak_memory() * count > _MOST_MEMORY or not self._engine.serves_many:
            return None
        return _Share(count, measured / used.seconds)
