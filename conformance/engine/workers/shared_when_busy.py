"""A run that begins in one process, and goes on in several where it is the processor that its cases wait for.

That is measured: most servers are what is waited for, and then one process is enough. Processes that are forked have
everything that is loaded, so they begin within milliseconds.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from conformance.engine.workers.idle_processors import UsageMeter, processors

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from conformance.cases.model import Case
    from conformance.engine.engine import Engine
    from conformance.engine.workers.several_processes import R
    from conformance.judging.results import CaseResult

_LEAST_CASES: Final = 800
"""Below so many cases, what could be won is less than the start of processes."""
_FIRST_LOOK: Final = 100
_LOOK_EVERY: Final = 50
"""After how many results it is looked, and then after how many more."""
_LEAST_S: Final = 0.1
"""How long must be measured: the system counts in hundredths of a second."""
_BUSY: Final = 0.8
"""Which share of the time this process has to have a processor."""
_IDLE: Final = 0.9
"""How many processors have to be idle: beside a server that uses half of one, a second process was a tenth slower."""
_WORTH_S: Final = 0.4
"""How long the rest has to take in one process."""
_MOST: Final = 4
"""How many processes share the rest at the most; more is for --workers."""


def run_shared(
    engine: Engine,
    cases: Sequence[Case],
    record: Callable[[CaseResult], R],
    before_fork: Callable[[], None],
) -> Generator[R, None, None]:
    """Run cases and yield what is made of their results, in several processes as soon as it is worth it.

    Args:
        engine: Runs them. It is prepared.
        cases: The cases.
        record: Makes what is yielded of a result, in the process that has it.
        before_fork: Called before there are other processes, which are copies of this one.

    Raises:
        HarnessError: When processes are killed again and again.
    """
    together = [case for case in cases if not engine.alone(case)]
    alone = [case for case in cases if engine.alone(case)]
    rest: list[Case] = []
    count = 0
    meter = UsageMeter()
    forks = sys.platform == "linux" and engine.plan.target.rate is None and processors() > 1
    for number, result in enumerate(engine.run(together), start=1):
        yield record(result)
        left = len(together) - number
        if forks and left >= _LEAST_CASES and number >= _FIRST_LOOK and not number % _LOOK_EVERY:
            count = _worth(meter, number, left, engine)
            if count:
                rest = engine.withdraw()
                forks = False
    if rest:
        from conformance.engine.workers.several_processes import Workers  # noqa: PLC0415 - few runs pay for it

        before_fork()
        with Workers(engine.plan, count, record, engine) as processes:
            yield from processes.run([*rest, *alone])
    else:
        yield from map(record, engine.run(alone))


def _worth(meter: UsageMeter, done: int, left: int, engine: Engine) -> int:
    """Return how many processes are to share what is left; 0 when one is enough."""
    used = meter.usage()
    busy = used.own_s >= _BUSY * used.seconds and used.seconds >= _LEAST_S
    if not busy or used.idle < _IDLE or used.own_s / done * left < _WORTH_S or not engine.serves_many:
        return 0
    return min(1 + round(used.idle + 0.1), processors(), _MOST)
