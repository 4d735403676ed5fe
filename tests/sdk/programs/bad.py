"""A driver that answers every call with a success, and misbehaves once: bad.py MODE FLAG_FILE.

It misbehaves while the file does not exist, and makes it then; so it behaves once it has been started again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MODE, FLAG = sys.argv[1], Path(sys.argv[2])


def write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def answer_to(request: dict[str, Any], **changed: Any) -> bytes:
    package = {"name": "none", "version": "1.0"}
    hello = {"driver": "bad", "sdk": package, "core": package, "language": "Python", "runtime": "CPython"}
    told = {"status": 200, "code": None, "message": None, "request_id": "R", "body": dict(os.environ)}
    done = {"outcome": "success", **told, "exception": None}
    own: dict[str, Any] = {"start": hello, "call": done, "model": {"fields": None}, "stop": {}}
    return json.dumps({"id": request["id"], **own[request["command"]], **changed}).encode() + b"\n"


def crash(*_: Any) -> None:
    raise RuntimeError("the SDK is broken")


def crash_with_a_long_trace(request: dict[str, Any]) -> None:
    key = request["credentials"]["access_key_secret"]
    sys.stderr.write(f"INFO: about to call\njava.Broken: key {key}, {'x' * 900}\n")
    sys.stderr.write("    at a.b.C.d(C.java:1)\n" * 5000)
    sys.stderr.flush()
    os._exit(1)


def crash_halfway(*_: Any) -> None:
    write(b'{"id": 2, "outco')
    os._exit(1)


def log_afterwards(request: dict[str, Any]) -> None:
    write(answer_to(request) + b"INFO done\n")


def tell_secrets(request: dict[str, Any]) -> None:
    text = json.dumps(request["credentials"])
    sys.stderr.write(f"debug: {text}\n")
    sys.stderr.flush()
    write(f"debug: {text}\n".encode())


def write_without_end(*_: Any) -> None:
    while True:
        write(b"x" * 65536)


def flood_standard_error(request: dict[str, Any]) -> None:
    sys.stderr.write("x" * 2_000_000 + "\n")
    write(answer_to(request))


def close_output(*_: Any) -> None:
    os.close(1)
    time.sleep(60)


def lack_a_field(request: dict[str, Any]) -> None:
    fields = json.loads(answer_to(request))
    del fields["message"]
    write(json.dumps(fields).encode() + b"\n")


def changed(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda request: write(answer_to(request, **fields))


def written(line: bytes) -> Callable[[dict[str, Any]], None]:
    return lambda _request: write(line)


MISBEHAVIOURS: dict[str, Callable[[dict[str, Any]], object]] = {
    "crashes": crash,
    "crashes-with-a-long-trace": crash_with_a_long_trace,
    "crashes-without-a-word": lambda _request: os._exit(7),
    "crashes-halfway": crash_halfway,
    "prints-garbage": written(b"\x00\xff\xfe garbage\n"),
    "prints-a-list": written(b"[1, 2]\n"),
    "logs": written(b"INFO sending the request\n"),
    "logs-afterwards": log_afterwards,
    "logs-in-json": written(b'{"level": "info", "text": "sending"}\n'),
    "tells-secrets": tell_secrets,
    "hangs": lambda _request: time.sleep(60),
    "leaves-a-child": lambda _request: time.sleep(60),
    "writes-without-end": write_without_end,
    "floods-standard-error": flood_standard_error,
    "closes-output": close_output,
    "another-id": lambda request: write(answer_to(request, id=request["id"] + 1)),
    "id-as-text": lambda request: write(answer_to(request, id=str(request["id"]))),
    "id-as-boolean": changed(id=True),
    "status-as-text": changed(status="200"),
    "unknown-outcome": changed(outcome="fine"),
    "error-with-body": changed(outcome="service_error"),
    "nested": changed(body=json.loads('{"a":' * 60 + "1" + "}" * 60)),
    "half-a-pair": changed(message="\ud800"),
    "lacks-a-field": lack_a_field,
}


def once() -> bool:
    if FLAG.exists():
        return False
    FLAG.touch()
    return True


def start_a_child() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    FLAG.with_suffix(".child").write_text(str(child.pid))


def main() -> None:
    if MODE == "leaves-a-child":
        start_a_child()
    if MODE == "crash-with-a-child" and once():
        start_a_child()
        sys.stdin.readline()
        os._exit(3)
    if MODE == "silent":
        time.sleep(60)
    for line in sys.stdin.buffer:
        answer(json.loads(line))


def answer(request: dict[str, Any]) -> None:
    if request["command"] == "call" and MODE in MISBEHAVIOURS and once():
        MISBEHAVIOURS[MODE](request)
        return
    write(answer_to(request))
    if (MODE == "deaf" and once()) or (MODE == "outlives-stop" and request["command"] == "stop"):
        time.sleep(60)
    if request["command"] == "stop":
        sys.exit()


main()
