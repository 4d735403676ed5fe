"""What must hold before anything is sent: https, a host that is allowed, a certificate to trust."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

COMMANDS = [("run",), ("run", "--plan"), ("fuzz",)]


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("endpoint: http://api.example.com\nallowed_hosts: [api.example.com]\n", "is not an https URL"),
        ("endpoint: https://api.example.com\n", "is not on the list allowed_hosts"),
        ("endpoint: https://api.example.com\nallowed_hosts: [example.com]\n", "is not on the list allowed_hosts"),
        ("endpoint: http://127.0.0.1:1\nstates_url: https://api.example.com/\n", "is not on the list allowed_hosts"),
    ],
)
@pytest.mark.usefixtures("no_connection")
def test_another_machine_by_http_or_off_the_list_is_status_2_and_nothing_is_sent(
    quick: Command, tmp_path: Path, words: tuple[str, ...], target: str, says: str
) -> None:
    file = tmp_path / "target.yaml"
    file.write_text(target)
    outcome = quick(*words, "--target", str(file), *(() if "--plan" in words else ("--live",)))
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert says in outcome.err


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at a connection."""

    def connect(*_: object, **__: object) -> None:
        raise AssertionError("something is connected to")

    monkeypatch.setattr(socket, "create_connection", connect)
