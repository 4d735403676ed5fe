"""A stand-in for the service that gives temporary credentials: by TLS, and for signed requests alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import ssl
import subprocess
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, quote, urlsplit

if TYPE_CHECKING:
    from pathlib import Path

KEY_ID, SECRET = "LTAIwhoassumesroles1", "the-secret-of-who-assumes"
ROLE = "acs:ram::1:role/tester"
IDENTITY = "an.identity.token"


class TokenService(ThreadingHTTPServer):
    """Gives a new key and token each time, which hold for `lasts_s`; use as a context manager.

    Args:
        folder: Where its certificate is made: `here.pem`, for localhost and 127.0.0.1.
        lasts_s: How long what it gives holds.
        says_s: How long it says that it does; the same unless given.
    """

    daemon_threads = True

    def __init__(self, folder: Path, lasts_s: float = 3600, says_s: float | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lasts_s, self.says_s = lasts_s, lasts_s if says_s is None else says_s
        self.connections = 0
        self.asked: list[dict[str, str]] = []
        self.given: dict[str, tuple[str, str, float]] = {}
        self.fails = False
        self.answers_with: bytes | None = None
        self.uses: int | None = None
        """How often a key may be used before it has ended, whatever was said of it."""
        self._used: Counter[str] = Counter()
        self.trusted = folder / "here.pem"
        words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=here"
        names = ("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "key.pem", "-out", "here.pem")
        subprocess.run(("openssl", *words.split(), *names), cwd=folder, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.trusted, folder / "key.pem")
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self._numbers = itertools.count(1)
        self._run = f"{time.time_ns():x}"[-8:]
        self.lock = threading.Lock()

    @property
    def host(self) -> str:
        return f"localhost:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that do not trust it go away."""

    def get_request(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - of the standard library
        self.connections += 1
        return super().get_request()

    def give(self) -> dict[str, str]:
        number = next(self._numbers)
        key, token = f"STS.key{self._run}{number:04d}", f"token-{self._run}-number-{number:04d}-of-the-stand-in"
        secret = f"secret-{self._run}-{number:04d}"
        self.given[key] = secret, token, time.time() + self.lasts_s
        ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.says_s))
        return {"AccessKeyId": key, "AccessKeySecret": secret, "SecurityToken": token, "Expiration": ends}

    def takes(self, key: str, token: str) -> bool:
        """Whether a request with this key and token is one of a role, and they have not ended."""
        _, right, until = self.given.get(key, ("", "", 0.0))
        with self.lock:
            self._used[key] += 1
            return token == right and time.time() < until and (self.uses is None or self._used[key] <= self.uses)

    def secrets(self) -> list[str]:
        """All that must not be written anywhere."""
        return [SECRET, IDENTITY, *(text for secret, token, _ in self.given.values() for text in (secret, token))]


class _Handler(BaseHTTPRequestHandler):
    server: TokenService

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        params = dict(parse_qsl(urlsplit(self.path).query))
        with self.server.lock:
            self.server.asked.append(params)
            if self.server.fails:
                return self._give(503, {"Code": "ServiceUnavailable", "Message": f"not now, {SECRET}"})
            if self._may(params):
                return self._give(200, {"RequestId": "1", "Credentials": self.server.give()})
        return self._give(403, {"Code": "NoPermission", "Message": "You are not authorized to assume it."})

    def _may(self, params: dict[str, str]) -> bool:
        if params.get("RoleArn") != ROLE:
            return False
        if params["Action"] == "AssumeRoleWithOIDC":
            return params["OIDCToken"].strip() == IDENTITY
        kept = sorted((name, value) for name, value in params.items() if name != "Signature")
        text = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in kept)
        right = hmac.new(f"{SECRET}&".encode(), f"GET&%2F&{quote(text, safe='~')}".encode(), hashlib.sha1).digest()
        return params["AccessKeyId"] == KEY_ID and params["Signature"] == base64.b64encode(right).decode()

    def _give(self, status: int, fields: object) -> None:
        data = self.server.answers_with or json.dumps(fields).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
