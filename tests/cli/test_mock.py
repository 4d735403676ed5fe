"""`conformance mock` in the foreground."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import typer
from commands import LONGEST_S
from typer.testing import CliRunner

from conformance.cli import run_command
from conformance.cli.mock import mock
from conformance.core.errors import UsageError
from conformance.server.faults.catalogue import faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.testing import Result

COMMAND = "import typer, conformance.cli.mock as m; typer.run(m.mock)"


def run(arguments: Sequence[str]) -> Result:
    app = typer.Typer()
    app.command()(mock)
    return CliRunner().invoke(app, list(arguments))


def test_it_serves_until_ctrl_c_and_ends_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, "--port", "0", "--follow", "zh", "--fault", "unknown-action-is-400"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        endpoint = process.stdout.readline().split()[-1]
        states_url = process.stdout.readline().split()[-1]
        line = process.stdout.readline()
        try:
            with pytest.raises(HTTPError) as caught:
                urlopen(endpoint, timeout=LONGEST_S)  # noqa: S310 - http
            with caught.value as error:
                assert error.code == 400
        finally:
            process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=LONGEST_S)
    assert (process.returncode, rest, errors) == (0, "", "")
    assert states_url == f"{endpoint}/_states"
    assert line.split(maxsplit=1)[1].strip() == (
        f"conformance run --endpoint {endpoint} --states-url {states_url} --docs zh"
    )


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(["--port", str(port)])
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(f"cannot listen on port {port}: ")
    assert "--port" in str(result.exception)


def test_an_unknown_fault_names_a_near_one() -> None:
    result = run(["--port", "0", "--fault", "quota-ignore"])
    assert isinstance(result.exception, UsageError)
    assert "quota-ignored" in str(result.exception)


@pytest.mark.parametrize("arguments", [["--port", "65536"], ["--follow", "fr"], ["--activation-delay", "-1"]])
def test_options_that_cannot_be(arguments: list[str]) -> None:
    assert run(arguments).exit_code == 2


def test_faults_are_listed() -> None:
    result = run(["--list-faults"])
    assert result.exit_code == 0
    listed = [line.split(maxsplit=1) for line in result.output.splitlines()]
    assert listed == [[name, fault.about] for name, fault in faults().items()]


def test_the_help_names_every_document_that_it_can_follow(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["mock", "--help"]) == 0
    assert "--follow <en|zh|both>" in capsys.readouterr().out
