"""A client of the server's ASGI application, without a network, and what every test of it starts from."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from conformance.server.app import make_app
from conformance.server.build import build_plan
from conformance.server.faults.catalogue import find_fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.server.app import AsgiApp, AsgiMessage, AsgiReceive, AsgiSend
    from conformance.server.server_plan import ServerPlan

VERSION = "2016-04-28"
FORM = {"content-type": "application/x-www-form-urlencoded"}
VPC = {
    "RegionId": "cn-qingdao",
    "ResourceType": "VPC",
    "ResourceId": "vpc-1",
    "TrafficType": "All",
    "ProjectName": "log-project",
    "LogStoreName": "log-store",
}
"""A valid request, given the states of `Client.prepare`."""


@cache
def plan_of(follow: str, *faults: str) -> ServerPlan:
    """Return the plan of a server; reading the contracts takes longer than most tests."""
    if faults:
        plan = plan_of(follow)
        for name in faults:
            plan = find_fault(name).applied(plan, follow)
        return plan
    return build_plan(follow=follow)


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Answered:
    """One response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        code: str | None = self.json.get("Code")
        return code


@dataclass
class Client:
    """One account's client of a server in this process."""

    app: AsgiApp
    clock: Clock = field(default_factory=Clock)
    account: str = "account"

    @classmethod
    def of(cls, plan: ServerPlan, account: str = "account") -> Client:
        clock = Clock()
        return cls(make_app(plan, clock), clock, account)

    @classmethod
    def following(cls, follow: str, *faults: str) -> Client:
        return cls.of(plan_of(follow, *faults))

    def other(self, account: str) -> Client:
        return Client(self.app, self.clock, account)

    async def request(
        self,
        method: str = "GET",
        path: str = "/",
        *,
        query: bytes = b"",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answered:
        sent: list[AsgiMessage] = []

        async def receive() -> AsgiMessage:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: AsgiMessage) -> None:
            sent.append(message)

        named = {"host": "vpc.test", **(headers or {})}
        scope: AsgiMessage = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "root_path": "",
            "query_string": query,
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()],
        }
        receiver: AsgiReceive = receive
        sender: AsgiSend = send
        await self.app(scope, receiver, sender)
        start, *rest = sent
        got = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answered(start["status"], got, b"".join(message.get("body", b"") for message in rest))

    async def state_async(
        self, state: str, params: Mapping[str, object] | None = None, action: str = "setup"
    ) -> Answered:
        asked = {"state": state, "params": {"access_key_id": self.account, **(params or {})}, "action": action}
        return await self.request("POST", "/_states", body=json.dumps(asked).encode())

    async def call_async(
        self, action: str, parameters: Mapping[str, str | None] | None = None, method: str = "GET"
    ) -> Answered:
        system = {"Action": action, "Version": VERSION, "AccessKeyId": self.account}
        sent = {name: text for name, text in {**system, **(parameters or {})}.items() if text is not None}
        encoded = urlencode(sent).encode()
        if method == "POST":
            return await self.request(method, headers=FORM, body=encoded)
        return await self.request(method, query=encoded)

    def state(self, state: str, params: Mapping[str, object] | None = None, action: str = "setup") -> Answered:
        return asyncio.run(self.state_async(state, params, action))

    def call(self, action: str, parameters: Mapping[str, str | None] | None = None, method: str = "GET") -> Answered:
        return asyncio.run(self.call_async(action, parameters, method))

    def create(self, changes: Mapping[str, str | None] | None = None) -> Answered:
        return self.call("CreateFlowLog", {**VPC, **(changes or {})})

    def describe(self, **parameters: str | None) -> Any:
        answered = self.call("DescribeFlowLogs", {"RegionId": VPC["RegionId"], **parameters})
        assert answered.status == 200, answered
        return answered.json

    def listed(self, **parameters: str | None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.describe(**parameters)["FlowLogs"]["FlowLog"]
        return found

    def prepare(self) -> Client:
        """Give the account what the valid request needs."""
        assert self.state("resource.exists", {"type": "VPC", "id": "vpc-1"}).status == 200
        assert self.state("logs.exists", {"project": "log-project", "logstore": "log-store"}).status == 200
        return self
