"""Servers that somebody wrote from the documents alone: nothing of the package is used here."""

from __future__ import annotations

import json
import threading
import uuid
from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

STATES_PATH = "/_states"


class RefusedCallError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass
class Account:
    """What one account has: provider states, and answers by client token."""

    states: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answered: dict[str, tuple[dict[str, str], dict[str, Any]]] = field(default_factory=dict)
    made: int = 0

    def settings(self, state: str) -> list[dict[str, Any]]:
        return [params for name, params in self.states if name == state]

    def has(self, *ids: str) -> bool:
        there = {
            str(params.get("id"))
            for state in ("resource.exists", "resource-group.exists")
            for params in self.settings(state)
        }
        return all(each in there for each in ids)


class Product(ABC):
    """One operation of a server.

    Attributes:
        action: Its name.
        FAULTS: All that it can do wrong, by name.
        general: The provider states that it knows.
    """

    action: ClassVar[str]
    FAULTS: ClassVar[tuple[str, ...]]
    general: ClassVar = (
        "resource.exists",
        "resource-group.exists",
        "resource.status",
        "account.quota-reached",
        "account.is-ram-user",
        "service.answers-with",
    )

    def __init__(self, *faults: str) -> None:
        self.faults = frozenset(faults)
        self.accounts: dict[str, Account] = defaultdict(Account)
        self.lock = threading.Lock()

    def does(self, fault: str) -> bool:
        return fault in self.faults

    @abstractmethod
    def call(self, account: Account, sent: dict[str, str]) -> dict[str, Any]:
        """Return the fields of a success, without RequestId; raises RefusedCallError."""

    def answer(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        request = {"RequestId": str(uuid.uuid4()).upper()}
        with self.lock:
            try:
                account = self.accounts[sent.get("AccessKeyId", "")]
                for told in account.settings("service.answers-with"):
                    if told.get("operation", self.action) == self.action:
                        raise self.told(told)
                if sent.get("Action") != self.action:
                    raise RefusedCallError(404, "InvalidAction.NotFound", "There is no such operation.")  # noqa: TRY301
                return 200, self.shaped({**request, **self.call(account, sent)})
            except RefusedCallError as refusal:
                return refusal.status, self.shaped_error(
                    {**request, "HostId": "localhost", "Code": refusal.code, "Message": refusal.message}
                )

    def told(self, told: dict[str, Any]) -> RefusedCallError:
        return RefusedCallError(int(told.get("status", 400)), told["code"], told.get("message", "Refused."))

    def shaped(self, fields: dict[str, Any]) -> dict[str, Any]:
        return fields

    def shaped_error(self, fields: dict[str, Any]) -> dict[str, Any]:
        return fields

    def state(self, asked: dict[str, Any]) -> int:
        params = dict(asked["params"])
        if asked["state"] not in self.general:
            return 404
        with self.lock:
            account = self.accounts[params.pop("access_key_id", "")]
            entry = (asked["state"], params)
            if asked["action"] == "setup":
                account.states.append(entry)
            elif entry in account.states:
                account.states.remove(entry)
        return 204


class IndependentServer:
    """A product behind HTTP, as a context manager.

    Attributes:
        url: Where it is asked.
        states_url: Where provider states are set.
    """

    def __init__(self, product: Product) -> None:
        outer = product

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                self._call(dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                if urlsplit(self.path).path == STATES_PATH:
                    self._send(outer.state(json.loads(body)), "", "text/plain")
                    return
                query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
                form = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
                self._call(query | (dict(parse_qsl(body, keep_blank_values=True)) if form else {}))

            def _call(self, sent: dict[str, str]) -> None:
                named = {"Action": "x-acs-action", "Version": "x-acs-version"}
                sent |= {name: self.headers[header] for name, header in named.items() if header in self.headers}
                _, marked, rest = self.headers.get("Authorization", "").partition("Credential=")
                if marked:
                    sent["AccessKeyId"] = rest.partition(",")[0]
                status, fields = outer.answer(sent)
                if sent.get("Format", "").upper() == "XML":
                    root = f"{outer.action}Response" if status == 200 else "Error"
                    self._send(status, f"<{root}>{as_xml(fields)}</{root}>", "text/xml;charset=utf-8")
                else:
                    self._send(status, json.dumps(fields), "application/json;charset=utf-8")

            def _send(self, status: int, text: str, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                if status != 204:
                    self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.states_url = self.url + STATES_PATH

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def as_xml(value: Any) -> str:
    """Return a value as the inside of an XML element."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{as_xml(each)}</{name}>" for name, each in value.items())
    return escape(str(value).lower() if isinstance(value, bool) else str(value))
