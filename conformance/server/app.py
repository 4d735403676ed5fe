"""The server's face on the network: one path for every operation, one for the provider states."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.routing import Route

from conformance.server.answers import JSON_TYPE, Reply, to_json
from conformance.server.request import ReceivedRequest
from conformance.server.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from conformance.server.server_plan import ServerPlan

STATES_PATH: Final = "/_states"


def make_app(plan: ServerPlan, clock: Callable[[], float] = time.time) -> Starlette:
    """Return the ASGI application of a new server.

    Args:
        plan: What decides its answers.
        clock: Tells the time in seconds.
    """
    service = Service(plan, clock)
    return Starlette(routes=[Route("/", _Api(service)), Route(STATES_PATH, _States(service))])


class _Api:
    """Every operation of the API, whatever the verb: the rules refuse what they do not take."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        raw = ReceivedRequest(scope["method"], scope["query_string"], headers, await _body(receive))
        await _send(await self._service.answer(raw), send)


class _States:
    """The provider-state call."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if scope["method"] == "POST":
            await _send(self._service.change_state(body), send)
        else:
            message = {"message": "states are changed with POST"}
            await _send(Reply(405, to_json(message), {"content-type": JSON_TYPE, "allow": "POST"}), send)


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def _send(reply: Reply, send: Send) -> None:
    headers = {**reply.headers, "content-length": str(len(reply.body))}
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    await send({"type": "http.response.body", "body": reply.body})
