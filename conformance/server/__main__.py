"""The reference server as a child process: what `ReferenceServer` starts.

The first line of its standard input is JSON, the arguments of `build_plan` and what is expected. Once connections are
accepted one line of JSON with the endpoint and the states URL goes to standard output, and in it what is wrong with
files that it does not need. The child ends when its standard input does, which is when its parent ends, however that
happens.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING

from conformance.contract.catalogue import OperationId
from conformance.core.errors import ConformanceError
from conformance.server.build import build_plan, unused_behaviours
from conformance.server.network import bind, endpoint_of, serve, states_url_of

if TYPE_CHECKING:
    from uvicorn import Server


def main(argument: str) -> int:
    """Serve until standard input ends.

    Args:
        argument: JSON with `follow`, `faults`, `activation_delay`, `operations`, and `expected`, the product, version
            and name of each operation that will be called.

    Returns:
        0, or the exit status of the fault that kept it from starting; its text is then on standard error.
    """
    try:
        options = json.loads(argument)
        expected = [OperationId(*each) for each in options.pop("expected")]
        plan = build_plan(**options)
        others = unused_behaviours()
        listener = bind(0)
    except ConformanceError as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - the parent reads it
        return fault.exit_status
    endpoint = endpoint_of(listener)
    told = [str(fault) for fault in others]
    ready = json.dumps({"endpoint": endpoint, "states_url": states_url_of(endpoint), "told": told})
    serve(plan, listener, lambda: print(ready, flush=True), _end_with_standard_input, expected=expected)  # noqa: T201 - so does it this
    return 0


def _end_with_standard_input(server: Server) -> None:
    def wait() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer.readline().decode()))
