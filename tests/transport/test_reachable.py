"""Names and addresses of this machine: each is reached, before the first request and by it."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest
from servers import Link, Server, whole

from conformance.core.exchange import WireRequest
from conformance.transport.blocking import BlockingClient
from conformance.transport.reachable import check_reachable


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost.", "api.localhost", "A.B.localhost."])
def test_every_name_of_this_machine_is_reached(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def knows_no_names_below_localhost(name: str, *more: int) -> object:
        if name.lower().rstrip(".").endswith(".localhost"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(name, *more)

    def answer(link: Link) -> bool:
        link.send(whole(b"{}"))
        return True

    monkeypatch.setattr(socket, "getaddrinfo", knows_no_names_below_localhost)
    with Server(answer) as server, closing(BlockingClient()) as client:
        url = server.endpoint.replace("127.0.0.1", host)
        check_reachable(url, 5)
        assert client.send(WireRequest("GET", f"{url}/"), 5).body == b"{}"
        assert server.operations[0].headers["host"] == url.removeprefix("http://")


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
@pytest.mark.parametrize("host", ["[::1]", "[::]", "localhost", "api.localhost"])
def test_a_server_that_listens_for_ipv6_alone_is_reached(host: str) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6")
    with listener:
        port = listener.getsockname()[1]
        check_reachable(f"http://{host}:{port}", 5)
