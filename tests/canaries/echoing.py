"""A server that knows the caller's secrets and returns them, in every form and in every place of an answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from servers import head, whole
from spellings import SPELLINGS, Canaries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers import Link, Received, Server

ACCOUNTS = {
    "OWN_NAME": "LTAI5tQ8rMf3vXk9ZwBn2Jc7",
    "OWN_WORD": "yPv3Zq8wXn/2aBc+7dEfGhIjKlMnOp",
    "OWN_PASS": "CAISiAN1q6Ft5B2yfSjIr5eBKM/iq+pl1Zlxp2OEn1==TokenTail8&x=9z",
    "SUB_NAME": "LTAI4GbT7mWq2RkD5sVx8Hy1",
    "SUB_WORD": "T9uRk4Lw1Zs7Vb3Nx6Qc0Jm5Hf2Gd8",
}
"""By environment variable, none named as a secret is named: what must not be written anywhere."""
SECRETS = tuple(ACCOUNTS.values())

TARGET = """\
endpoint: {endpoint}
states_url: {endpoint}/_states
signature: {signature}
timeout_s: {timeout_s}
credentials: {{access_key_id_env: OWN_NAME, access_key_secret_env: OWN_WORD, security_token_env: OWN_PASS}}
profiles:
  ram-user: {{access_key_id_env: SUB_NAME, access_key_secret_env: SUB_WORD}}
states:
  default: url
  account.is-ram-user: {{profile: ram-user}}
"""


def _envelope(code: str = "Forbidden.Echo", message: str = "refused", more: dict[str, object] | None = None) -> bytes:
    body = {"RequestId": "R-1", "HostId": "h", "Code": code, "Message": message}
    return json.dumps({**body, **(more or {})}).encode()


def _header(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def _in_reason(text: str) -> bytes:
    answer = whole(_envelope(), 400)
    return answer.replace(b"400 Whatever", b"400 " + _header(text).encode(), 1)


def _in_broken_xml(text: str) -> bytes:
    return whole(f"<Error><Code>{text}</Code><Message>{text}".encode(), 400, "text/xml")


PLACES: dict[str, Callable[[str], bytes]] = {
    "message": lambda text: whole(_envelope(message=text), 400),
    "code": lambda text: whole(_envelope(code=text), 400),
    "request id": lambda text: whole(json.dumps({"RequestId": text, "Code": "X", "Message": "m"}).encode(), 400),
    "names": lambda text: whole(_envelope(more={text: {text: [text, {text: text}]}}), 400),
    "wrong types": lambda text: whole(json.dumps({"RequestId": [text], "Code": {text: text}}).encode(), 400),
    "success": lambda text: whole(json.dumps({"RequestId": text, "Success": text, "FlowLogId": [text]}).encode()),
    "headers": lambda text: whole(_envelope(), 400, X_Echo=_header(text), Server=_header(text)),
    "header names": lambda text: whole(_envelope(), 400, **{f"x-{re.sub('[^0-9A-Za-z]', '', text)}": "1"}),
    "media type": lambda text: whole(_envelope(), 400, f"application/{_header(text)}"),
    "reason": _in_reason,
    "redirect": lambda text: head(302, 0, Location=f"https://example.com/{_header(text)}"),
    "page": lambda text: whole(f"<html><title>{text}</title><p class='{text}'>{text}".encode(), 403, "text/html"),
    "plain text": lambda text: whole(text.encode(), 400, "text/plain"),
    "broken JSON": lambda text: whole(f'{{"Code": "{text}", "{text}'.encode(), 400),
    "broken XML": _in_broken_xml,
    "XML": lambda text: whole(f"<Error><RequestId>{text}</RequestId></Error>".encode(), 400, "text/xml"),
    "bytes": lambda text: whole(b"\xff\xfe\x00" + text.encode() + b"\x80", 400),
    "gateway": lambda text: whole(f"<html>502 {text}".encode(), 502, "text/html"),
    "coding": lambda text: whole(_envelope(), 400, Content_Encoding=_header(text)),
    "chunks": lambda text: b"".join(
        [head(400, None, Transfer_Encoding="chunked"), *_chunks(_envelope(message=text)), b"0\r\n\r\n"]
    ),
    "too short": lambda text: head(400, 100_000, Content_Type="application/json") + _envelope(message=text),
    "bad head": lambda text: f"HTTP/9.9 {text}\r\n\r\n".encode(),
}
"""By name: the answer that has a text in this place."""
CONDEMNED = frozenset({"too short", "bad head"})
"""The answers after which the connection is closed."""


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 7):
        part = body[start : start + 7]
        yield f"{len(part):x}\r\n".encode() + part + b"\r\n"


@dataclass
class Echo:
    """What an echoing server has seen and said.

    Attributes:
        places: The places it answers in, one after another.
        spellings: The forms it writes in; every pair of a place and a form comes once in so many answers.
        signatures: Those of all requests.
        said: What it has said: places and forms.
        numbers: Those of its answers; the first decides with which place and form it begins.
    """

    places: tuple[str, ...] = tuple(PLACES)
    spellings: tuple[str, ...] = tuple(SPELLINGS)
    signatures: list[str] = field(default_factory=list)
    said: set[tuple[str, str]] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=count)

    def text(self, number: int, form: str) -> str:
        """Return all secrets and the latest signatures in one form; which is the first changes with the number."""
        known = [*SECRETS, *self.signatures[-1:], *self.signatures[-9:-8]]
        turn = number % len(known)
        return " ".join(SPELLINGS[form](each) for each in [*known[turn:], *known[:turn]])

    def answer(self, link: Link) -> bool:
        """Answer one request."""
        signature = signature_of(link.request)
        if signature:
            self.signatures.append(signature)
        number = next(self.numbers)
        turn, at = divmod(number, len(self.places))
        place = self.places[at]
        # Each round over the places begins one form later, so that every place meets every form.
        form = self.spellings[(at + turn) % len(self.spellings)]
        self.said.add((place, form))
        link.send(PLACES[place](self.text(number, form)))
        return place not in CONDEMNED


def signature_of(request: Received) -> str:
    """Return the signature of a request, however it is signed; empty when it is not."""
    by_header = request.headers.get("authorization", "").rpartition("Signature=")[2]
    return by_header or request.params.get("Signature", "")


def canaries(echo: Echo) -> Canaries:
    """Return what must not be written after a server has echoed: secrets, and the signatures of all requests."""
    return Canaries([*SECRETS, *echo.signatures])


def written(folder: Path, *shown: str) -> str:
    """Return all that was written: what was shown, and every file below a folder but the target file."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    texts = (path.read_bytes().decode(errors="replace") for path in files if path.name != "target.yaml")
    return "\n".join([*shown, *texts])


def target_text(server: Server, signature: str = "v1", timeout_s: float = 10) -> str:
    """Return a target file for a server, with an account and a profile whose secrets are in the environment."""
    assert urlsplit(server.endpoint).hostname == "127.0.0.1"
    return TARGET.format(endpoint=server.endpoint, signature=signature, timeout_s=timeout_s)
