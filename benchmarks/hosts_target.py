"""The reference server on an address of its own, which also tells who sent how many requests: for `hosts.py`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import uvicorn

from conformance.server.app import make_app
from conformance.server.build import build_plan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Counting:
    """The reference server, with a count of the requests to the API by the address that they come from.

    Args:
        path: Where the count is read.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._app = make_app(build_plan())
        self._seen: Counter[str] = Counter()

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        """Answer one request, as ASGI has it."""
        if scope["path"] == self._path:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps(self._seen).encode()})
            return
        if scope["path"] == "/":
            self._seen[scope["client"][0]] += 1
        await self._app(scope, receive, send)


if __name__ == "__main__":
    uvicorn.run(Counting(sys.argv[3]), host=sys.argv[1], port=int(sys.argv[2]), lifespan="off", log_level="warning")
