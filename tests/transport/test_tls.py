"""Servers that speak TLS: trusted when the environment names their certificate, and else a clear failure."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from conformance.core.errors import TargetError
from conformance.core.exchange import WireRequest
from conformance.transport.blocking import BlockingClient
from conformance.transport.outcome import ExchangeError
from conformance.transport.reachable import check_reachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
ADVICE = "let SSL_CERT_FILE name a file with that of its authority"


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of trusted certificates, with one for this machine and its key beside it."""
    folder = tmp_path_factory.mktemp("tls")
    (folder / "trusted").mkdir()
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=here"
    names = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "trusted/here.pem")
    for command in (("openssl", *words.split(), *names), ("openssl", "rehash", "trusted")):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def expired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like `folder`, with a certificate that held for one day long ago."""
    folder = tmp_path_factory.mktemp("expired")
    (folder / "trusted").mkdir()
    settings = "new_certs_dir = .\ndefault_md = sha256\npolicy = p\nx509_extensions = e\n[p]\ncommonName = supplied\n"
    names = "[e]\nsubjectAltName = IP:127.0.0.1\n"
    (folder / "ca.cnf").write_text(f"[ca]\ndefault_ca = c\n[c]\ndatabase = index\nserial = serial\n{settings}{names}")
    (folder / "index").touch()
    (folder / "serial").write_text("01\n")
    new = "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=here -keyout key.pem -out csr.pem"
    days = "-startdate 20200101000000Z -enddate 20200102000000Z"
    signed = f"ca -batch -selfsign -config ca.cnf {days} -in csr.pem -keyfile key.pem -out trusted/here.pem -notext"
    for words in (new, signed):
        subprocess.run(("openssl", *words.split()), cwd=folder, check=True, capture_output=True)
    return folder


class WithoutAnEnd(Answering):
    """As `http.server` answers by default: the body ends with the connection, which is closed without a word of TLS."""

    protocol_version = "HTTP/1.0"
    body = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)


@contextmanager
def serving(folder: Path, handler: type[Answering] = Answering) -> Iterator[int]:
    """Serve by TLS; give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "trusted/here.pem", folder / "key.pem")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def ask(url: str) -> bytes:
    with closing(BlockingClient()) as client:
        return client.send(WireRequest("GET", url), 20).body


@pytest.mark.parametrize(("variable", "value"), [("SSL_CERT_FILE", "trusted/here.pem"), ("SSL_CERT_DIR", "trusted")])
def test_a_certificate_that_the_environment_names_is_trusted(
    variable: str, value: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(folder / value))
    with serving(folder) as port:
        assert ask(f"https://127.0.0.1:{port}/") == b"{}"
        # It is for another name: that is no matter of trust.
        with pytest.raises(ExchangeError, match="no TLS connection to localhost"):
            ask(f"https://localhost:{port}/")


WHOLE = [
    b'{"RequestId": "x"}\n',
    b"\xef\xbb\xbf{}",
    b"<Error><Code>x</Code></Error>",
    b"<?xml version='1.0'?>\n<a.b:C>&lt;</a.b:C>\r\n",
    b"<!DOCTYPE html>\n<html lang='en'><p>No</html>",
]
CUT = [b'{"RequestId": "x"', b'{"a": {"b": 1}', b"<Error><Code>x</Code>", b"<Error", b"", b"busy", b"[" * 100_000]


@pytest.mark.parametrize("body", [*WHOLE, *CUT])
def test_a_body_that_shows_its_end_is_whole_without_an_end_of_tls(
    body: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "trusted/here.pem"))
    with serving(folder, type("Handler", (WithoutAnEnd,), {"body": body})) as port:
        url = f"https://127.0.0.1:{port}/"
        if body in WHOLE:
            assert ask(url) == body
        else:
            with pytest.raises(ExchangeError, match=f"the answer broke off after {len(body)} bytes of body"):
                ask(url)


def test_a_certificate_of_no_known_authority_is_a_failure_that_says_what_to_do(folder: Path) -> None:
    with serving(folder) as port, pytest.raises(ExchangeError) as fault:
        ask(f"https://127.0.0.1:{port}/")
    assert str(fault.value).startswith(f"no TLS connection to 127.0.0.1:{port}: SSL certificate ")
    assert ADVICE in str(fault.value)


def test_a_server_without_tls_is_a_failure_that_says_so() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            with pytest.raises(ExchangeError) as fault:
                ask(f"https://127.0.0.1:{server.server_address[1]}/")
        finally:
            server.shutdown()
            thread.join()
    assert str(fault.value).startswith(f"no TLS connection to 127.0.0.1:{server.server_address[1]}: ")
    assert ADVICE not in str(fault.value)


def test_the_certificate_is_looked_at_before_the_first_request(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(folder) as port:
        with pytest.raises(TargetError, match=f"127.0.0.1:{port}: the certificate is not trusted: ") as fault:
            check_reachable(f"https://127.0.0.1:{port}", 20)
        assert "SSL_CERT_FILE" in str(fault.value.hint)
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "trusted/here.pem"))
        check_reachable(f"https://127.0.0.1:{port}", 20)
        with pytest.raises(TargetError, match=r"the certificate is not trusted: .*localhost"):
            check_reachable(f"https://localhost:{port}", 20)


def test_no_request_is_sent_to_one_whose_certificate_has_ended(
    expired: Path, conformance: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither to the endpoint nor to the states URL: there is one message."""
    monkeypatch.setenv("SSL_CERT_FILE", str(expired / "trusted/here.pem"))
    with serving(expired) as port, ThreadingHTTPServer(("127.0.0.1", 0), Answering) as plain:
        url = f"https://127.0.0.1:{port}"
        for options in (
            ("--endpoint", url),
            ("--endpoint", f"http://127.0.0.1:{plain.server_address[1]}", "--states-url", f"{url}/_states"),
        ):
            done = conformance("run", *options, "CreateFlowLog/MissingParameter", "--report-dir", str(tmp_path / "r"))
            assert (done.status, done.out, done.err.count("\n")) == (3, "", 1)
            assert "the certificate is not trusted: certificate has expired (the server needs another" in done.err
    assert not (tmp_path / "r").exists()


def test_a_server_without_tls_is_seen_before_the_first_request() -> None:
    asked: list[str] = []

    class Noting(Answering):
        def do_GET(self) -> None:
            asked.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), Noting) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            with pytest.raises(TargetError, match=r"no TLS connection to 127\.0\.0\.1:"):
                check_reachable(f"https://127.0.0.1:{server.server_address[1]}", 20)
        finally:
            server.shutdown()
            thread.join()
    assert asked == []
