"""The server's face on the network: a path for every operation, and those for states, a reset and its health."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Route

from conformance.server.answers import JSON_TYPE, Reply, to_json
from conformance.server.options import HEALTH_PATH, RESET_PATH, STATES_PATH
from conformance.server.request import ReceivedRequest
from conformance.server.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.types import Receive, Scope, Send

    from conformance.server.provider_states import Setting
    from conformance.server.server_plan import ServerPlan


def make_app(plan: ServerPlan, clock: Callable[[], float] = time.time, start: Sequence[Setting] = ()) -> Starlette:
    """Return the ASGI application of a new server.

    Args:
        plan: What decides its answers.
        clock: Tells the time in seconds.
        start: The states that hold at the start, and after a reset.
    """
    service = Service(plan, clock, start)
    return Starlette(
        routes=[
            Route("/", _Api(service)),
            Route(STATES_PATH, _Plain(POST=service.change_state, GET=lambda _: service.states())),
            Route(RESET_PATH, _Plain(POST=lambda _: service.reset())),
            Route(HEALTH_PATH, _Plain(GET=lambda _: _healthy())),
        ]
    )


def _healthy() -> Reply:
    return Reply(200, to_json({"status": "ok"}), {"content-type": JSON_TYPE})


class _Api:
    """Every operation of the API, whatever the verb: the rules refuse what they do not take."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        raw = ReceivedRequest(scope["method"], scope["query_string"], headers, await _body(receive))
        await _send(await self._service.answer(raw), send)


class _Plain:
    """A path beside the API: what each method does with the body of a request."""

    def __init__(self, **methods: Callable[[bytes], Reply]) -> None:
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method in self._methods:
            await _send(self._methods[method](body), send)
        else:
            allowed = ", ".join(sorted(self._methods))
            message = {"message": f"this path takes {allowed}"}
            await _send(Reply(405, to_json(message), {"content-type": JSON_TYPE, "allow": allowed}), send)


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
