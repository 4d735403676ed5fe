"""A stand-in for the real service: TLS, signatures, faults of its own, late lists, and what other people have there.

What an operation answers is the reference server's, in a process of its own. Everything else is this one's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import random
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECRET = "the-secret-of-the-stand-in-cloud"  # noqa: S105 - of an account in a test server
VERSION = "2016-04-28"
_NUMBERS = count(1)
FOREIGN = ("conformance-", "conformance--1", "conformance-0-1", "flow log of others")
MANY = tuple(f"{FOREIGN[number % len(FOREIGN)]}{number}" for number in range(120))
"""Names of what others have there: more than two pages of a list."""


@dataclass(frozen=True)
class Faults:
    """How often something goes wrong, as shares of all requests, and how late a creation is listed, in seconds.

    `wait` is what the answer to a throttled request asks to wait, in seconds; `None` for nothing.
    """

    throttled: float = 0.05
    lost: float = 0.05
    reset: float = 0.05
    unavailable: float = 0.03
    late_s: float = 2.0
    wait: int | None = None


THROTTLED = ("Throttling.User", "Request was denied due to user flow control.")
QUOTA = ("QuotaExceeded.FlowlogCount", "This user has reached the maximum instance number of flowlog.")
CALM = Faults(0, 0, 0, 0, 0)


class Cloud(ThreadingHTTPServer):
    """The stand-in cloud; use as a context manager.

    Args:
        upstream: The endpoint of a reference server.
        faults: What goes wrong.
        seed: Of the faults.
        certificate: A folder with `here.pem` and `key.pem`; `None` for plain HTTP.
        names: Of what others have there.
        quota: How many the account may have beside; `None` for as many as it likes.

    Attributes:
        account: The AccessKey id of its one account. No other cloud has it: what a request does that is late, or hangs
            beyond its test, is seen by no test of another cloud at the same reference server.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(  # noqa: PLR0917 - what makes a cloud
        self,
        upstream: str,
        faults: Faults = CALM,
        seed: int = 0,
        certificate: Path | None = None,
        names: Sequence[str] = FOREIGN,
        quota: int | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.account = f"LTAIstandincloud{next(_NUMBERS):04}"
        self.upstream = urlsplit(upstream).netloc
        self.faults = faults
        self.chance = random.Random(seed)  # noqa: S311 - faults that can be repeated, no secret
        self.lock = threading.Lock()
        self.names = names
        self.quota = quota
        self.made: dict[str, float] = {}
        self.there: set[str] = set()
        self.named: set[str] = set()
        self.tokens: dict[str, tuple[int, str, bytes]] = {}
        self.deleted: list[str] = []
        self.counts: Counter[str] = Counter()
        self.foreign: set[str] = set()
        self.answer_creations_with: object = None
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate / "here.pem", certificate / "key.pem")
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
            self._scheme = "https"

    @property
    def endpoint(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        for number, name in enumerate(self.names):
            self.create_foreign(name, f"vpc-foreign-{number}")
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.ask("POST", "/_reset", b"", {})
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients go away."""

    # What the tests see and do past the harness.

    def ask(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type") or "text/plain", answer.read()
        finally:
            connection.close()

    def call(self, action: str, **params: str) -> dict[str, Any]:
        query = {"Action": action, "Version": VERSION, "AccessKeyId": self.account, "RegionId": "cn-qingdao", **params}
        answer: dict[str, Any] = json.loads(self.ask("POST", f"/?{urlencode(query)}", b"", {})[2])
        return answer

    def create_foreign(self, name: str, resource: str) -> str:
        """Let somebody else create something on this account."""
        where = {"project": "project-of-others", "logstore": "logs-of-others"}
        for state, params in (("resource.exists", {"type": "VPC", "id": resource}), ("logs.exists", where)):
            body = {"state": state, "params": {**params, "access_key_id": self.account}, "action": "setup"}
            self.ask("POST", "/_states", json.dumps(body).encode(), {"Content-Type": "application/json"})
        answer = self.call(
            "CreateFlowLog",
            FlowLogName=name,
            ResourceType="VPC",
            ResourceId=resource,
            TrafficType="All",
            ProjectName=where["project"],
            LogStoreName=where["logstore"],
        )
        self.foreign.add(str(answer["FlowLogId"]))
        return str(answer["FlowLogId"])

    def _logs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        number = 0
        while True:
            number += 1
            answer = self.call("DescribeFlowLogs", PageSize="50", PageNumber=str(number))
            page: list[dict[str, Any]] = answer["FlowLogs"]["FlowLog"]
            if not page:
                return found
            found += page

    def left(self) -> list[str]:
        """What is there beside what is foreign: the names."""
        return [str(each.get("FlowLogName")) for each in self._logs() if each["FlowLogId"] not in self.foreign]

    def touched(self) -> set[str]:
        """The ids that are foreign and no longer there, or that a request named that does more than look."""
        return (self.foreign - {each["FlowLogId"] for each in self._logs()}) | (self.foreign & self.named)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Cloud

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in ("host", "content-length", "connection")
        }
        with self.server.lock:
            before, after = self.server.chance.random(), self.server.chance.random()
        if urlsplit(self.path).path == "/_states":
            return self._faulty(before, after, "", {}, (body, headers))
        params = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if "x-www-form-urlencoded" in self.headers.get("Content-Type", ""):
            params |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        action = params.get("Action") or self.headers.get("x-acs-action") or ""
        with self.server.lock:
            self.server.counts[action] += 1
        if self._wrong_signature(params):
            return self._give(*self._refusal(400, "SignatureDoesNotMatch", "Specified signature does not match."))
        if action == "DeleteFlowLog":
            self.server.deleted.append(params.get("FlowLogId", ""))
        if not action.startswith("Describe"):
            self.server.named.update(params.values())
        return self._faulty(before, after, action, params, (body, headers))

    def do_GET(self) -> None:
        self.do_POST()

    def _faulty(
        self, before: float, after: float, action: str, params: dict[str, str], sent: tuple[bytes, dict[str, str]]
    ) -> None:
        faults = self.server.faults
        if before < faults.throttled and action:
            self._give(*self._refusal(400, *THROTTLED), wait=faults.wait)
        elif faults.throttled <= before < faults.throttled + faults.unavailable:
            self._give(503, "text/html", b"<html>unavailable</html>")
        elif faults.throttled <= before < faults.throttled + faults.unavailable + faults.reset / 2:
            self._break_off()
        else:
            answer = self._once(action, params, *sent)
            if after < faults.reset / 2:
                self._break_off()
            elif after < faults.reset / 2 + faults.lost:
                self.close_connection = True
            else:
                self._give(*answer)

    def _once(
        self, action: str, params: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> tuple[int, str, bytes]:
        """Have a request executed, unless one with its token was."""
        token = params.get("ClientToken", "")
        if token not in self.server.tokens:
            answer = self._answered(action, params, body, headers)
            if not token:
                return answer
            self.server.tokens[token] = answer
        return self.server.tokens[token]

    def _answered(
        self, action: str, params: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> tuple[int, str, bytes]:
        with self.server.lock:
            full = self.server.quota is not None and len(self.server.there) >= self.server.quota
        if full and action == "CreateFlowLog":
            return self._refusal(400, *QUOTA)
        status, kind, data = self.server.ask(self.command, self.path, body, headers)
        with suppress(ValueError, AttributeError, KeyError, TypeError):
            fields = json.loads(data)
            if action == "CreateFlowLog" and "FlowLogId" in fields:
                self.server.made[fields["FlowLogId"]] = time.monotonic()
                self.server.there.add(fields["FlowLogId"])
                if self.server.answer_creations_with is not None:
                    fields["FlowLogId"] = self.server.answer_creations_with
                    data = json.dumps(fields).encode()
            elif action == "DeleteFlowLog" and "Code" not in fields:
                self.server.there.discard(params.get("FlowLogId", ""))
            elif action == "DescribeFlowLogs":
                late = time.monotonic() - self.server.faults.late_s
                logs = [
                    log for log in fields["FlowLogs"]["FlowLog"] if self.server.made.get(log["FlowLogId"], 0) <= late
                ]
                fields["TotalCount"] = str(int(fields["TotalCount"]) - len(fields["FlowLogs"]["FlowLog"]) + len(logs))
                fields["FlowLogs"]["FlowLog"] = logs
                data = json.dumps(fields).encode()
        return status, kind, data

    def _wrong_signature(self, params: dict[str, str]) -> bool:
        if params.get("AccessKeyId") != self.server.account or "Signature" not in params:
            return False  # signed in another way, or not at all: what that is answered with is no matter of this
        kept = sorted((name, value) for name, value in params.items() if name != "Signature")
        text = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in kept)
        whole = f"{self.command}&%2F&{quote(text, safe='~')}"
        right = hmac.new(f"{SECRET}&".encode(), whole.encode(), hashlib.sha1).digest()
        return params["Signature"] != base64.b64encode(right).decode()

    def _refusal(self, status: int, code: str, message: str) -> tuple[int, str, bytes]:
        with self.server.lock:
            number = self.server.chance.getrandbits(64)
        fields = {"RequestId": f"{number:016X}", "HostId": "127.0.0.1", "Code": code, "Message": message}
        return status, "application/json", json.dumps(fields).encode()

    def _break_off(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise ConnectionResetError

    def _give(self, status: int, kind: str, data: bytes, wait: int | None = None) -> None:
        self.send_response(status)
        if wait is not None:
            self.send_header("Retry-After", str(wait))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def certificate(folder: Path) -> Path:
    """Make a certificate for this machine, and its key, in a folder; return the folder."""
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=here"
    names = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "here.pem")
    subprocess.run(("openssl", *words.split(), *names), cwd=folder, check=True, capture_output=True)
    return folder


def target_file(path: Path, cloud: Cloud) -> str:
    """Write the target file of a cloud; return its path."""
    path.write_text(
        f"endpoint: {cloud.endpoint}\nstates_url: {cloud.endpoint}/_states\n"
        "credentials: {access_key_id_env: CLOUD_ID, access_key_secret_env: CLOUD_SECRET}\n"
    )
    return str(path)
