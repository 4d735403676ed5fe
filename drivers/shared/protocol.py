"""The line protocol of an SDK driver: docs/sdk-driver-protocol.md. The Python drivers share it.

Nothing here is part of an SDK, and no SDK is imported before `run` has kept standard output for the answers.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    Request = dict[str, Any]
    Command = Callable[[Request], dict[str, object]]


class Unsupported(Exception):  # noqa: N818 - it is an answer, not an error
    """The installed release has no way to carry this parameter or operation.

    Args:
        parameter: Its path in folded form, such as `Tag[].Key`.
        why: `unknown`, `type`, `action` or `product`.
    """

    def __init__(self, parameter: str, why: str) -> None:
        super().__init__(parameter)
        self.parameter, self.why = parameter, why


def run(load: Callable[[], dict[str, Command]]) -> int:
    """Load the SDK and answer requests until the input ends. Returns the exit status.

    Only answers reach standard output: what the SDK prints goes to standard error.

    Args:
        load: Imports the SDK, and returns the answer to each command, without its id; raises `ImportError`.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        commands = load()
    except ImportError as error:
        print(f"driver: the SDK cannot be loaded: {error}", file=sys.stderr)
        return 1
    return serve(commands, answers)


def serve(commands: dict[str, Command], answers: TextIO) -> int:
    """Answer each line of standard input until it ends or says stop. Returns the exit status: 2 for a bad line."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            request = json.loads(line)
            answer = _answer_to(request, commands)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # The line itself stays out of the message: it may hold a secret.
            print(f"driver: line {number} of standard input: {type(error).__name__}: {error}", file=sys.stderr)
            return 2
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        if request["command"] == "stop":
            break
    return 0


def _answer_to(request: Request, commands: dict[str, Command]) -> dict[str, object]:
    """Return the answer to a request. Raises ValueError for an unknown command, KeyError for a missing field."""
    command = request["command"]
    if command == "stop":
        return {"id": request["id"]}
    if command not in commands:
        raise ValueError(f"unknown command {command!r}")
    return {"id": request["id"], **commands[command](request)}


def hello(driver: str, sdk: str, core: str) -> dict[str, object]:
    """Return the answer to `start`: the driver's name, and the packages installed as its SDK and its core."""
    return {
        "driver": driver,
        "sdk": {"name": sdk, "version": version(sdk)},
        "core": {"name": core, "version": version(core)},
        "language": "Python",
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
    }


def packages(own: str) -> tuple[str, dict[str, str]]:
    """Return the package that is the SDK, and those that are installed by product: `packages.json` has them.

    Args:
        own: The package of the driver's own product, which is the only one where there is no such file.
    """
    try:
        found = json.loads(Path("packages.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return own, {}
    return found["sdk"], found["products"]


def refusal(reason: Unsupported) -> dict[str, object]:
    """Return the answer to a call that the SDK has no way to make."""
    nothing = dict.fromkeys(("status", "code", "message", "request_id", "body", "exception"))
    return {
        "outcome": "client_error",
        **nothing,
        "unsupported": {"parameter": reason.parameter, "why": reason.why},
    }


def folded(path: str, value: object) -> str:
    """Return the path of the first value inside a parameter, with `[]` for an index."""
    if isinstance(value, list):
        return folded(path + "[]", value[0] if value else None)
    if isinstance(value, dict) and value:
        name, inner = next(iter(value.items()))
        return folded(f"{path}.{name}", inner)
    return path


def text(value: object) -> str | None:
    """Return a value of the SDK as text: a code may be a number if the server says so."""
    return value if value is None or isinstance(value, str) else str(value)


def exception_name(error: BaseException) -> str:
    """Return the name by which a caller catches an exception, with its module."""
    return _class_name(type(error))


def exception_bases(error: BaseException) -> list[str]:
    """Return the other names by which a caller catches an exception: its base classes, the nearest first."""
    return [_class_name(base) for base in type(error).__mro__[1:] if base is not object]


def _class_name(found: type) -> str:
    return f"{found.__module__}.{found.__qualname__}"
