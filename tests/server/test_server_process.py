"""The server over HTTP, in its own process: started, spoken to, stopped, and gone when its parent is."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from server_client import VERSION, VPC

from conformance.contract.catalogue import OperationId, contract_files
from conformance.core.errors import HarnessError, TargetError, UsageError
from conformance.server.process import ReferenceServer, start_child
from conformance.server.target import begun_server

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEM = {"Action": "CreateFlowLog", "Version": VERSION, "AccessKeyId": "over-http"}


@pytest.fixture(scope="module", autouse=True)
def _servers_are_started_as_users_start_them() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("conformance.server.process.start_child", start_child)
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer(activation_delay=0.05) as running:
        yield running


@contextmanager
def connected(server: ReferenceServer) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(server.endpoint).netloc, timeout=5)
    try:
        yield connection
    finally:
        connection.close()


def prepare(server: ReferenceServer, account: str) -> None:
    for state, params in (
        ("resource.exists", {"type": "VPC", "id": "vpc-1"}),
        ("logs.exists", {"project": "log-project", "logstore": "log-store"}),
    ):
        body = {"state": state, "params": {**params, "access_key_id": account}, "action": "setup"}
        with urlopen(Request(server.states_url, json.dumps(body).encode()), timeout=5) as answered:  # noqa: S310 - http
            assert answered.status == 200


def test_a_flow_log_is_created_by_form_and_listed_by_query(server: ReferenceServer) -> None:
    prepare(server, "over-http")
    with urlopen(server.endpoint, urlencode({**SYSTEM, **VPC}).encode(), timeout=5) as answered:  # noqa: S310 - http
        created = json.load(answered)
    assert created["Success"] == "true"
    query = urlencode({**SYSTEM, "Action": "DescribeFlowLogs", "RegionId": "cn-qingdao", "Status": "Active"})
    deadline = time.monotonic() + 5
    listed: list[dict[str, str]] = []
    while not listed and time.monotonic() < deadline:
        with urlopen(f"{server.endpoint}/?{query}", timeout=5) as answered:  # noqa: S310 - http
            listed = json.load(answered)["FlowLogs"]["FlowLog"]
    assert [flow_log["FlowLogId"] for flow_log in listed] == [created["FlowLogId"]]


def test_what_is_expected_is_worked_out_before_it_is_asked_for_and_answers_come_meanwhile() -> None:
    known = list(contract_files())
    with ReferenceServer(expected=[*known, OperationId("farm", "2020-01-02", "MakeBarn")]).begin() as server:
        for operation in known:
            query = urlencode({**SYSTEM, "Action": operation.name, "Version": operation.version})
            with pytest.raises(HTTPError) as caught:
                urlopen(f"{server.endpoint}/?{query}", timeout=5)  # noqa: S310 - http
            with caught.value as error:
                assert "Missing" in json.load(error)["Code"] or error.code == 400


def test_what_is_expected_may_be_more_than_a_system_takes_as_an_argument() -> None:
    many = [OperationId("farm", "2020-01-02", f"CreateBarnNumber{number}") for number in range(5000)]
    with ReferenceServer(operations=[str(each) for each in many], expected=many) as server:
        assert server.endpoint


def test_a_server_that_was_begun_and_is_not_used_ends(capfd: pytest.CaptureFixture[str]) -> None:
    with begun_server("both", ()) as server:
        child = server.begin()._child  # noqa: SLF001 - nothing else shows the process
    assert child is not None
    assert child.returncode is not None
    assert capfd.readouterr() == ("", "")


def test_an_error_has_its_status(server: ReferenceServer) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{server.endpoint}/?{urlencode(SYSTEM)}", timeout=5)  # noqa: S310 - http
    with caught.value as error:
        assert error.code == 400
        assert json.load(error)["Code"] == "MissingParameter"


def test_of_two_equal_calls_on_two_connections_one_succeeds(server: ReferenceServer) -> None:
    prepare(server, "racing")
    statuses: list[int] = []
    barrier = threading.Barrier(8)
    query = urlencode({**SYSTEM, **VPC, "AccessKeyId": "racing"})

    def create() -> None:
        with connected(server) as connection:
            connection.connect()
            barrier.wait()
            connection.request("GET", f"/?{query}")
            statuses.append(connection.getresponse().status)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 7


def test_an_answer_comes_in_one_piece(server: ReferenceServer) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(server.endpoint).port or 0), timeout=5) as connection:
        for _ in range(3):
            connection.sendall(b"GET /?Action=none HTTP/1.1\r\nHost: mock\r\n\r\n")
            head, _, body = connection.recv(1 << 16).partition(b"\r\n\r\n")
            length = next(
                line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
            )
            assert len(body) == int(length)


def test_a_connection_is_kept_and_a_long_query_taken(server: ReferenceServer) -> None:
    with connected(server) as connection:
        for _ in range(2):
            connection.request("GET", f"/?{urlencode({**SYSTEM, **VPC, 'Description': '流' * 30_000})}")
            answered = connection.getresponse()
            assert (answered.status, json.load(answered)["Code"]) == (400, "ParameterInvalid")


def test_a_closed_connection_is_answered_first(server: ReferenceServer) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(server.endpoint).port or 0), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n")
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    assert b"InvalidAction.NotFound" in b"".join(parts)


@pytest.mark.parametrize("nonsense", [b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\nX\r\n\r\n"])
def test_what_is_no_http_does_no_harm(server: ReferenceServer, nonsense: bytes) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(server.endpoint).port or 0), timeout=5) as connection:
        connection.sendall(nonsense)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 16):
            pass
    with connected(server) as connection_after:
        connection_after.request("GET", "/")
        assert connection_after.getresponse().status == 404


def test_a_server_has_its_faults_and_its_documents() -> None:
    with ReferenceServer(follow="en", faults=("get-refused",)) as server, connected(server) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().status == 405


def test_it_stops_with_its_block_whatever_happens() -> None:
    server = ReferenceServer()
    with pytest.raises(ZeroDivisionError), server:
        _ = 1 / 0
    port = urlsplit(server.endpoint).port or 0
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=5):
        pass
    server.stop()


def test_it_tells_why_it_does_not_start() -> None:
    with pytest.raises(UsageError, match="there is no fault 'nope'"), ReferenceServer(faults=("nope",)):
        pass


def test_a_process_that_breaks_down_is_one_line_and_a_failure_of_the_harness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.server.process.json.dumps", lambda _: "[]")
    with pytest.raises(HarnessError) as fault, ReferenceServer():
        pass
    assert "the reference server did not start (" in str(fault.value)
    assert "Traceback" not in str(fault.value)
    assert "\n" not in str(fault.value)


def test_it_gives_up_on_a_server_that_is_late() -> None:
    with pytest.raises(TargetError, match=r"within 0\.001 s"), ReferenceServer(start_deadline_s=0.001):
        pass


def test_it_ends_when_its_parent_does() -> None:
    parent = (
        "from conformance.server.process import ReferenceServer\n"
        "import os\n"
        "server = ReferenceServer().__enter__()\n"
        "print(server.endpoint, flush=True)\n"
        "os._exit(0)\n"
    )
    told = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True, check=True, timeout=30)
    port = urlsplit(told.stdout.strip()).port or 0
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return
        time.sleep(0.02)
    pytest.fail(f"the server still listens on port {port}, {os.getpid()}")
