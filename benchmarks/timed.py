"""Run one command and say what it took: `python -I -S benchmarks/timed.py SECONDS LOG COMMAND...`.

Prints one JSON object: wall clock, processor time, memory of the largest process, exit status (null when the command
was ended after SECONDS). What the command prints goes to the file LOG.

A process of its own and this small, because Linux counts the memory of its parent as that of a program, too.
"""

import os
import signal
import sys
import time
from types import FrameType


def main() -> None:
    """Run the command; it and what it started is ended with this process."""
    limit_s, log, command = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
    started = time.monotonic()
    child = os.posix_spawnp(
        command[0],
        command,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setpgroup=0,
    )
    late = False

    def end(number: int, _frame: FrameType | None) -> None:
        nonlocal late
        late = True
        os.killpg(child, signal.SIGKILL)
        if number != signal.SIGALRM:
            sys.exit(130)

    for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    _, status, usage = os.wait4(child, 0)
    wall_s = time.monotonic() - started
    signal.setitimer(signal.ITIMER_REAL, 0)
    code = "null" if late else os.waitstatus_to_exitcode(status)
    processor_s = usage.ru_utime + usage.ru_stime
    print(
        f'{{"wall_s": {wall_s}, "processor_s": {processor_s}, "memory_kb": {usage.ru_maxrss}, "status": {code}}}',
        flush=True,
    )


if __name__ == "__main__":
    main()
