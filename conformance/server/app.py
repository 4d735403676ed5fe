"""The server's face on the network: a path for every operation, and those for states, a reset and its health.

An ASGI application without a framework: there are four paths, and layers around them would cost each request more than
most operations do.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from conformance.server.answers import JSON_TYPE, Reply, to_json
from conformance.server.options import HEALTH_PATH, RESET_PATH, STATES_PATH
from conformance.server.request import ReceivedRequest
from conformance.server.service import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.server.provider_states import Setting
    from conformance.server.server_plan import ServerPlan

AsgiMessage: TypeAlias = MutableMapping[str, Any]
AsgiReceive: TypeAlias = Callable[[], Awaitable[AsgiMessage]]
AsgiSend: TypeAlias = Callable[[AsgiMessage], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[AsgiMessage, AsgiReceive, AsgiSend], Awaitable[None]]
"""An ASGI application: what is known of a request, and what gets its body and sends the answer."""

_Answering: TypeAlias = Callable[[AsgiMessage, bytes], Awaitable[Reply]]

_NOT_FOUND: Final = Reply(404, b"Not Found", {"content-type": "text/plain; charset=utf-8"})


def make_app(plan: ServerPlan, clock: Callable[[], float] = time.time, start: Sequence[Setting] = ()) -> AsgiApp:
    """Return the ASGI application of a new server.

    Args:
        plan: What decides its answers.
        clock: Tells the time in seconds.
        start: The states that hold at the start, and after a reset.
    """
    return app_of(Service(plan, clock, start))


def app_of(service: Service) -> AsgiApp:
    """Return the ASGI application of a service."""
    paths: Mapping[str, _Answering] = {
        "/": _api(service),
        STATES_PATH: _plain(POST=service.change_state, GET=lambda _: service.states()),
        RESET_PATH: _plain(POST=lambda _: service.reset()),
        HEALTH_PATH: _plain(GET=lambda _: _healthy()),
    }

    async def app(scope: AsgiMessage, receive: AsgiReceive, send: AsgiSend) -> None:
        answering = paths.get(scope["path"])
        reply = _NOT_FOUND if answering is None else await answering(scope, await _body(receive))
        await _send(reply, send)

    return app


def _healthy() -> Reply:
    return Reply(200, to_json({"status": "ok"}), {"content-type": JSON_TYPE})


def _api(service: Service) -> _Answering:
    """Return what answers every operation of the API, whatever the verb: the rules refuse what they do not take."""

    def answering(scope: AsgiMessage, body: bytes) -> Awaitable[Reply]:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return service.answer(ReceivedRequest(scope["method"], scope["query_string"], headers, body))

    return answering


def _plain(**methods: Callable[[bytes], Reply]) -> _Answering:
    """Return what answers a path beside the API: what each method does with the body of a request."""
    allowed = ", ".join(sorted(methods))
    refused = Reply(
        405, to_json({"message": f"this path takes {allowed}"}), {"content-type": JSON_TYPE, "allow": allowed}
    )

    async def answering(scope: AsgiMessage, body: bytes) -> Reply:
        act = methods.get("GET" if scope["method"] == "HEAD" else scope["method"])
        return refused if act is None else act(body)

    return answering


async def _body(receive: AsgiReceive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body
    parts = [body]
    while message.get("more_body", False):
        message = await receive()
        parts.append(message.get("body", b""))
    return b"".join(parts)


async def _send(reply: Reply, send: AsgiSend) -> None:
    headers = {**reply.headers, "content-length": str(len(reply.body))}
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    await send({"type": "http.response.body", "body": reply.body})
