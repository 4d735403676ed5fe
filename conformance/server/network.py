"""Listening: uvicorn on a socket of our own, quiet, with every answer in one write."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from typing import TYPE_CHECKING, Final

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from conformance.core.errors import UsageError
from conformance.server.app import app_of
from conformance.server.options import STATES_PATH
from conformance.server.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.contract.catalogue import OperationId
    from conformance.server.provider_states import Setting
    from conformance.server.server_plan import ServerPlan

HOST: Final = "127.0.0.1"
_BACKLOG: Final = 2048
_LONGEST_HEAD: Final = 1 << 20
"""Bytes of a request line with its headers: a case may put every parameter, and one far too long, in the query."""
_KEEP_ALIVE_S: Final = 75


def bind(port: int, host: str = HOST) -> socket.socket:
    """Return a socket that is bound to a port; 0 takes any free one.

    Args:
        port: The port.
        host: An address of this machine; `0.0.0.0` or `::` for all.

    Raises:
        UsageError: When the address is none of this machine, or the port is taken, or not ours to take.
    """
    if not host:  # the system would take it as every address
        raise UsageError("--host is empty", hint="0.0.0.0 is every address")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as fault:
        # Python appends the address to the words of the system.
        what = str(getattr(fault, "strerror", None) or fault).partition(" (while attempting")[0]
        taken = isinstance(fault, OSError) and fault.errno in (errno.EADDRINUSE, errno.EACCES)
        raise UsageError(
            f"cannot listen on port {port}{'' if host == HOST else f' of {host}'}: {what}",
            hint="stop what listens there, or choose another with --port"
            if taken or host == HOST
            else "--host must be an address of this machine",
        ) from None


def endpoint_of(listener: socket.socket) -> str:
    """Return the URL of the API on a bound socket, as this machine reaches it."""
    host, port = listener.getsockname()[:2]
    reached = {"0.0.0.0": HOST, "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"


def states_url_of(endpoint: str) -> str:
    """Return the URL of the provider-state call that belongs to an endpoint."""
    return f"{endpoint}{STATES_PATH}"


def serve(
    plan: ServerPlan,
    listener: socket.socket,
    on_ready: Callable[[], None],
    on_start: Callable[[Server], None] = lambda _server: None,
    *,
    start: Sequence[Setting] = (),
    expected: Sequence[OperationId] = (),
) -> None:
    """Serve a plan until a signal or `should_exit` ends it.

    Args:
        plan: What decides the answers.
        listener: The bound socket.
        on_ready: Called once connections are accepted.
        on_start: Called with the server before it starts, so that it can be ended later.
        start: The provider states that hold at the start.
        expected: The operations that will be called. Their plans are worked out while nothing else is asked for: a
            client may still be reading its cases.
    """
    service = Service(plan, start=start)
    config = Config(
        app_of(service),
        http=_OneWriteProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )
    server = _Server(config, on_ready, service, expected)
    on_start(server)
    # uvicorn ends gracefully on Ctrl-C and then raises it again for its caller: there is none.
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(server.serve(sockets=[listener]))


class _Server(Server):
    def __init__(
        self, config: Config, on_ready: Callable[[], None], service: Service, expected: Sequence[OperationId]
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._service = service
        self._expected = expected
        self._preparing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()
        if self._expected:
            self._preparing = asyncio.create_task(self._prepare())

    async def _prepare(self) -> None:
        for operation in self._expected:
            self._service.prepare(operation.name, operation.version)
            await asyncio.sleep(0)  # what was asked meanwhile is answered before the next


class _OneWriteProtocol(H11Protocol):
    """uvicorn's protocol, writing through a transport that gathers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Gathering(transport))  # type: ignore[arg-type]


class _Gathering:
    """A transport that sends what one turn of the event loop writes in one piece.

    uvicorn writes the head and the body of an answer apart. A client that leaves Nagle's algorithm on then waits for a
    delayed acknowledgement, 44 ms an answer.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._parts:
            asyncio.get_running_loop().call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        data = b"".join(parts)
        if data:
            self._transport.write(data)

    def __getattr__(self, name: str) -> object:
        found: object = getattr(self._transport, name)
        return found
