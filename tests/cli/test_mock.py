"""`conformance mock` in the foreground."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import typer
from commands import LONGEST_S, REPOSITORY, started
from typer.testing import CliRunner

from conformance.cli.command_line import run_command
from conformance.cli.mock import mock
from conformance.core.errors import UsageError
from conformance.server.faults.catalogue import faults

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from commands import Command
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
    named = [[name, fault.about] for name, fault in faults().items()]
    assert listed[: len(named)] == named
    made = listed[len(named) :]
    assert len(made) > 100
    assert all("/" in name for name, _ in made)


def test_the_help_names_every_document_that_it_can_follow(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["mock", "--help"]) == 0
    assert "--follow <en|zh|both>" in capsys.readouterr().out


STATES = """
- {state: resource.exists, params: {type: VPC, id: vpc-1}}
- state: account.is-ram-user
"""


def test_it_begins_with_the_states_of_a_file_and_listens_where_it_is_told(tmp_path: Path) -> None:
    states = tmp_path / "states.yaml"
    states.write_text(STATES, encoding="utf-8")
    command = (sys.executable, "-c", COMMAND, "--port", "0", "--host", "0.0.0.0", "--states", str(states))  # noqa: S104
    with started(*command) as process:
        assert process.stdout is not None
        endpoint = process.stdout.readline().split()[-1]
        assert endpoint.startswith("http://127.0.0.1:")
        with urlopen(f"{endpoint}/_states", timeout=LONGEST_S) as answer:  # noqa: S310 - http
            held = json.load(answer)["states"]
    assert [state["state"] for state in held] == ["resource.exists", "account.is-ram-user"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", "states.yaml:1:1: is no list"),
        ("- 5", "states.yaml:1:3: is no state"),
        ("- state: resource.exist", "states.yaml:1:10: there is no state 'resource.exist'"),
        ("- {state: account.is-ram-user, action: setup}", "states.yaml:1:32: a state has no field 'action'"),
        ("- {state: service.answers-with, params: {code: Nonsense}}", "states.yaml:1:11: the documents"),
        (
            "- state: resource.exists\n  params: {type: VPC, id: 5}",
            "states.yaml:2:11: state resource.exists: id must be",
        ),
        ("- {state: [", "states.yaml:2:1: not valid YAML"),
    ],
)
def test_a_wrong_file_of_states_is_one_message(text: str, says: str, tmp_path: Path, conformance: Command) -> None:
    states = tmp_path / "states.yaml"
    states.write_text(text, encoding="utf-8")
    outcome = conformance("mock", "--port", "0", "--states", str(states))
    assert outcome.status == 2
    assert says in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("192.0.2.1", "cannot listen on port 0 of 192.0.2.1: Cannot assign requested address (--host must be"),
        ("none.invalid", "cannot listen on port 0 of none.invalid: "),
        ("", "--host is empty"),
    ],
)
def test_an_address_of_another_machine_is_one_message(host: str, says: str, conformance: Command) -> None:
    outcome = conformance("mock", "--port", "0", "--host", host)
    assert outcome.status == 2
    assert says in outcome.err
    assert outcome.err.count("\n") == 1


def test_the_container_file_has_what_it_copies_and_a_command_that_works() -> None:
    lines = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ")]
    assert all((REPOSITORY / path).exists() for path in copied)
    kept = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{path}" for path in copied} <= set(kept)
    assert lines.index("USER conformance") < next(i for i, line in enumerate(lines) if line.startswith("ENTRYPOINT"))
    entry = json.loads(next(line for line in lines if line.startswith("ENTRYPOINT")).partition(" ")[2])
    check = json.loads(next(line for line in lines if line.startswith("HEALTHCHECK")).partition(" CMD ")[2])
    port = entry.index("--port") + 1
    assert f":{entry[port]}/_health" in check[-1]
    assert f"EXPOSE {entry[port]}" in lines
    words = [sys.executable, *entry[1:port], "0"]
    with started(*words, folder=REPOSITORY) as process:
        assert process.stdout is not None
        endpoint = process.stdout.readline().split()[-1]
        asked = check[-1].replace(f"http://127.0.0.1:{entry[port]}", endpoint)
        assert subprocess.run([sys.executable, *check[1:-1], asked], timeout=LONGEST_S, check=False).returncode == 0
