"""Servers whose provider states are wrong in one way: each is a relay in front of the reference server."""

from __future__ import annotations

import http.client
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = re.compile(rb"LTAI[0-9a-f]{20}")
STATES = "/_states"
ONE = "LTAI00000000000000000000"
Change = dict[str, Any]


class StatesRelay(BaseHTTPRequestHandler):
    """Passes everything on as it is; a kind of server overrides what it does otherwise."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one write
    upstream: str
    calls: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.calls.append(self.path)
        if self.path == STATES:
            self.states(json.loads(body))
        else:
            self.operation(self.path.encode(), body)

    do_GET = do_POST  # noqa: N815 - the name is that of http.server

    def states(self, change: Change) -> None:
        self.give(*self.ask(STATES, json.dumps(change).encode()))

    def operation(self, path: bytes, body: bytes) -> None:
        self.give(*self.ask(path.decode(), body))

    def ask(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        upstream = http.client.HTTPConnection(urlsplit(self.upstream).netloc)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "content-length")}
        upstream.request(self.command, path, body, headers)
        answer = upstream.getresponse()
        data = answer.read()
        upstream.close()
        return answer.status, answer.getheader("Content-Type") or "", data

    def give(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


class AcceptsEverything(StatesRelay):
    """Knows some states and answers 200 to all."""

    known: frozenset[str] = frozenset({"resource.exists", "logs.exists", "account.flow-log-quota-reached"})

    def states(self, change: Change) -> None:
        if change["state"] in self.known:
            super().states(change)
        else:
            self.give(200, "application/json", b"{}")


class OneAccount(StatesRelay):
    """Knows of no accounts: what one sets or creates is there for all."""

    def states(self, change: Change) -> None:
        change["params"]["access_key_id"] = ONE
        super().states(change)

    def ask(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        for name in ("Authorization", "x-acs-credentials"):
            if name in self.headers:
                self.headers.replace_header(name, ACCOUNT.sub(ONE.encode(), self.headers[name].encode()).decode())
        return super().ask(ACCOUNT.sub(ONE.encode(), path.encode()).decode(), ACCOUNT.sub(ONE.encode(), body))


class OneAccountWithoutDelete(OneAccount):
    """The same, and what was created stays."""

    def operation(self, path: bytes, body: bytes) -> None:
        if b"Action=Delete" in path + body:
            answer = {"RequestId": f"relay-{len(self.calls)}", "Code": "InvalidAction.NotFound", "Message": "No."}
            self.give(404, "application/json", json.dumps(answer).encode())
        else:
            super().operation(path, body)


class OneAccountForAll(OneAccount):
    """The same, with states that hold for all and for ever, and no operation that deletes: as a first draft is."""

    known: tuple[bytes, ...] = (b"Action=Create", b"Action=Describe")

    def states(self, change: Change) -> None:
        del change
        self.give(404, "text/html", b"<!DOCTYPE html><html><body>Not Found</body></html>")

    def operation(self, path: bytes, body: bytes) -> None:
        action = b"Action=" + self.headers.get("x-acs-action", "").encode()
        if any(each in b"&".join((path, body, action)) for each in self.known):
            super().operation(path, body)
        else:
            self.give(404, "text/html", b"<!DOCTYPE html><html><body>Not Found</body></html>")


class OneAccountForAllThatDeletes(OneAccountForAll):
    """The same, with an operation that deletes."""

    known = (b"Action=Create", b"Action=Describe", b"Action=Delete")


class OneAccountThatCreatesAlone(OneAccountForAll):
    """The same, with no operation beside the one that creates."""

    known = (b"Action=Create",)


class TwoMemories(StatesRelay):
    """Two processes take turns, and each knows only of what it was told itself."""

    other = bytes.maketrans(b"0123456789abcdef", b"123456789abcdef0")

    def operation(self, path: bytes, body: bytes) -> None:
        super().operation(self.mine(path), self.mine(body))

    def states(self, change: Change) -> None:
        super().states(json.loads(self.mine(json.dumps(change).encode())))

    def mine(self, data: bytes) -> bytes:
        if len(self.calls) % 2:
            return data
        return ACCOUNT.sub(lambda found: b"LTAI" + found[0][4:].translate(self.other), data)


class TwoMemoriesWithoutStates(TwoMemories):
    """The same, with no states to set: what is asked for exists, for both."""

    def ask(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        command = self.command
        for account in set(ACCOUNT.findall(path.encode() + b" " + body)):
            for state, params in self.always:
                change = {"state": state, "params": {**params, "access_key_id": account.decode()}, "action": "setup"}
                self.command = "POST"
                super().ask(STATES, json.dumps(change).encode())
        self.command = command
        return super().ask(path, body)

    always = (
        ("resource.exists", {"type": "VPC", "id": "vpc-bp1conformance00001"}),
        ("logs.exists", {"project": "conformance-project", "logstore": "conformance-logstore"}),
    )


class OneId(StatesRelay):
    """Gives the same id to all that is created, as that of an example."""

    def operation(self, path: bytes, body: bytes) -> None:
        status, kind, data = self.ask(path.decode(), body)
        self.give(status, kind, re.sub(rb"fl-[0-9a-z]{16,}", b"fl-m5e8vhz2t21sel1nq0000", data))


class IgnoresTeardown(StatesRelay):
    """Answers 200 to a teardown and does nothing."""

    def states(self, change: Change) -> None:
        if change["action"] == "teardown":
            self.give(200, "application/json", b"{}")
        else:
            super().states(change)


class OneAccountIgnoresTeardown(OneAccount):
    """Has one account, in which states stay."""

    def states(self, change: Change) -> None:
        if change["action"] == "teardown":
            self.give(200, "application/json", b"{}")
        else:
            super().states(change)


class EmptyIsFalse(StatesRelay):
    """Takes the empty parameters of a state for a state that is not wanted."""

    def states(self, change: Change) -> None:
        known = super().ask(STATES, json.dumps({**change, "action": "teardown"}).encode())[0] < 400
        if known and set(change["params"]) == {"access_key_id"}:
            self.give(200, "application/json", b"{}")
        else:
            super().states(change)


class JsonOnly(StatesRelay):
    """Answers in JSON whatever is asked for."""

    def operation(self, path: bytes, body: bytes) -> None:
        super().operation(path.replace(b"Format=XML", b"Format=JSON"), body.replace(b"Format=XML", b"Format=JSON"))


class PlainText(StatesRelay):
    """Calls every answer plain text."""

    def operation(self, path: bytes, body: bytes) -> None:
        status, _, data = self.ask(path.decode(), body)
        self.give(status, "text/plain", data)


class NoStates(StatesRelay):
    """Has no states URL, and answers every call to it alike."""

    answer: tuple[int, str, bytes] = (404, "text/plain", b"not found")

    def states(self, change: Change) -> None:
        del change
        self.give(*self.answer)


class OnlyGet(NoStates):
    """Takes no POST there."""

    answer = (405, "text/plain", b"method not allowed")


class Page(NoStates):
    """Shows a web page at any address."""

    answer = (200, "text/html", b"<!DOCTYPE html><html><body>Welcome</body></html>")


class Locked(NoStates):
    """Wants a password."""

    answer = (401, "application/json", b"{}")


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


@contextmanager
def relay(kind: type[StatesRelay], upstream: str, calls: list[str] | None = None) -> Iterator[str]:
    """Serve a kind in front of `upstream` and yield its endpoint; `calls` gets the paths that are asked for."""
    handler = type("Handler", (kind,), {"upstream": upstream, "calls": [] if calls is None else calls})
    server = _Listening(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
