from __future__ import annotations

import os
import re
import signal
import sys
import threading
from pathlib import Path

import pytest
from driving import ACCOUNT, SECRET, TOKEN, bad, call, gone, lives

from conformance.sdk.driver_process import DriverFailedError, DriverProcess, DriverStartError

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def failing(process: DriverProcess, timeout_s: float = 20, **params: object) -> str:
    with pytest.raises(DriverFailedError) as caught:
        call(process, timeout_s, **params)
    return str(caught.value)


def running(process: DriverProcess) -> int | None:
    return process.process_id


ENDS = r"its standard error ends:\n(.*\n)*"
MISBEHAVIOURS = [
    (
        "crashes",
        f"ended with status 1 when asked to call, and says RuntimeError: the SDK is broken\n{ENDS}RuntimeError: the",
    ),
    (
        "crashes-with-a-long-trace",
        rf"ended with status 1 when asked to call, and says java\.Broken: key \*\*\*, x+…\n{ENDS}    at ",
    ),
    ("crashes-without-a-word", r"ended with status 7 when asked to call$"),
    ("crashes-halfway", r"ended with status 1 in the middle of a line .*it wrote '\{\"id\": 2, \"outco'"),
    ("prints-garbage", r"wrote a line that is no JSON when asked to call; it wrote '.* garbage'"),
    ("prints-a-list", r"wrote a line that is no JSON object .*it wrote '\[1, 2\]'"),
    ("logs", r"wrote a line that is no JSON .*it wrote 'INFO sending the request'"),
    ("logs-afterwards", r"wrote more than one line for one request .*it wrote 'INFO done'"),
    ("logs-in-json", r"wrote an answer without an id"),
    ("another-id", r"answered another id than 2 .*it wrote '\{\"id\": 3, "),
    ("id-as-text", r"answered another id than 2 "),
    ("id-as-boolean", r"answered another id than 2 "),
    ("status-as-text", r"broke the protocol: answer\.status is '200', and must be a whole number or nothing"),
    (
        "unknown-outcome",
        r"broke the protocol: answer\.outcome may not have the value 'fine' \(one of: success, service_error",
    ),
    ("error-with-body", r"broke the protocol: answer\.body is a mapping, and must be nothing"),
    ("lacks-a-field", r"broke the protocol: answer lacks the field 'message'"),
    ("nested", r"wrote an answer that is nested more than 50 deep"),
    ("writes-without-end", r"wrote a line of more than 8 MiB when asked to call; it wrote 'x{200}'…"),
    ("closes-output", r"closed its standard output, but lives on"),
]


@pytest.mark.parametrize(("mode", "message"), MISBEHAVIOURS, ids=[mode for mode, _ in MISBEHAVIOURS])
def test_a_driver_that_misbehaves_is_ended_and_started_again(mode: str, message: str, tmp_path: Path) -> None:
    process = DriverProcess(bad(mode, tmp_path), name="bad")
    assert process.hello.driver == "bad"
    first = process.process_id
    told = failing(process)
    assert re.match(f"bad {message}", told), told
    assert running(process) is None
    assert first is not None
    assert gone(first)
    assert call(process).outcome == "success"
    second = running(process)
    assert second not in (None, first)
    process.close()
    assert second is not None
    assert gone(second)


@pytest.mark.parametrize("mode", ["hangs", "deaf"])
def test_a_driver_that_hangs_is_ended_and_started_again(mode: str, tmp_path: Path) -> None:
    process = DriverProcess(bad(mode, tmp_path), name="bad", grace_s=0.2)
    assert process.hello.driver == "bad"
    first = process.process_id
    # More than a pipe holds: who does not read blocks the writer.
    assert re.match("bad gave no answer within 0.3 s", failing(process, 0.1, Description="x" * 1_000_000))
    assert first is not None
    assert gone(first)
    assert call(process).outcome == "success"
    process.close()


@linux
def test_what_a_driver_started_is_ended_with_it(tmp_path: Path) -> None:
    process = DriverProcess(bad("leaves-a-child", tmp_path), grace_s=0.1)
    assert process.hello.driver == "bad"
    first = int((tmp_path / "flag.child").read_text())
    assert lives(first)
    failing(process, 0.1)
    assert gone(first)
    call(process)
    second = int((tmp_path / "flag.child").read_text())
    assert second != first
    assert lives(second)
    process.close()
    assert gone(second)


@linux
def test_a_driver_that_ends_is_noticed_though_its_child_holds_the_pipes(tmp_path: Path) -> None:
    process = DriverProcess(bad("crash-with-a-child", tmp_path), name="bad")
    assert "bad ended with status 3 when asked to start" in failing(process)
    assert gone(int((tmp_path / "flag.child").read_text()))
    assert call(process).outcome == "success"
    process.close()


def test_a_driver_that_is_killed_from_outside_is_started_again(tmp_path: Path) -> None:
    process = DriverProcess(bad("behaves", tmp_path), name="bad")
    call(process)
    assert process.process_id is not None
    os.kill(process.process_id, signal.SIGKILL)
    assert failing(process).startswith("bad was killed by SIGKILL when asked to call")
    assert call(process).outcome == "success"
    process.close()


def test_closing_ends_a_call_under_way_and_allows_no_other(tmp_path: Path) -> None:
    process = DriverProcess(bad("hangs", tmp_path), name="bad")
    assert process.hello.driver == "bad"
    told: list[str] = []
    calling = threading.Thread(target=lambda: told.append(failing(process, 600)))
    calling.start()
    while not (tmp_path / "flag").exists():
        pass
    process.close()
    calling.join(30)
    assert told == ["bad was killed by SIGKILL when asked to call"]
    assert failing(process) == "bad has been closed"


def test_a_driver_that_does_not_end_when_told_to_is_killed(tmp_path: Path) -> None:
    process = DriverProcess(bad("outlives-stop", tmp_path))
    call(process)
    running = process.process_id
    assert running is not None
    process.close()
    assert gone(running)
    process.close()


@linux
def test_a_driver_that_nobody_closed_is_ended_with_its_owner(tmp_path: Path) -> None:
    process = DriverProcess(bad("behaves", tmp_path))
    call(process)
    running = process.process_id
    assert running is not None
    del process
    assert gone(running)


def test_standard_error_may_be_as_long_as_it_likes(tmp_path: Path) -> None:
    process = DriverProcess(bad("floods-standard-error", tmp_path))
    assert call(process).outcome == "success"
    process.close()


def test_half_a_surrogate_pair_becomes_a_character_that_reports_can_hold(tmp_path: Path) -> None:
    process = DriverProcess(bad("half-a-pair", tmp_path))
    assert call(process).message == "\ufffd"
    process.close()


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    process = DriverProcess([str(tmp_path / "nothing")], name="bad")
    with pytest.raises(DriverStartError, match=r"bad cannot be started: .*nothing: No such file"):
        call(process)


def test_a_program_that_says_nothing(tmp_path: Path) -> None:
    process = DriverProcess(bad("silent", tmp_path), name="bad", start_deadline_s=0.3)
    with pytest.raises(DriverStartError, match=r"bad gave no answer within 0.3 s when asked to start"):
        call(process)


def test_a_model_and_the_versions() -> None:
    process = DriverProcess([sys.executable, str(Path(__file__).with_name("programs") / "good.py")])
    fields = process.model("CreateFlowLog")
    assert fields is not None
    assert [field.path for field in fields][:2] == ["AggregationInterval", "Description"]
    assert (fields[0].type, fields[0].required) == ("string", None)
    assert process.model("DeleteFlowLog") is None
    assert (process.hello.sdk.name, process.hello.core.version) == ("plain", "1.0")
    process.close()


def test_parameters_that_json_cannot_hold_are_refused(tmp_path: Path) -> None:
    process = DriverProcess(bad("behaves", tmp_path))
    with pytest.raises(ValueError, match="the harness wrote a wrong call"):
        call(process, Description=None)
    assert call(process).outcome == "success"
    process.close()


# What it knows.


def test_the_environment_is_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_out = {
        "http_proxy": "http://127.0.0.1:1",
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "all_proxy": "http://127.0.0.1:1",
        "NO_PROXY": "localhost",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI",
        "ALIBABACLOUD_REGION": "cn",
        "DEBUG": "sdk",
        "VIRTUAL_ENV": str(tmp_path),
        "PYTHONPATH": str(tmp_path),
        "PYTHONWARNINGS": "error",
    }
    for name, value in {**left_out, "KEPT": "yes"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MY_SECRET", "the-secret-of-a-target")
    process = DriverProcess(bad("behaves", tmp_path), secrets=["the-secret-of-a-target"])
    found = call(process).body
    process.close()
    assert found is not None
    assert "MY_SECRET" not in found
    assert found["KEPT"] == "yes"
    assert found["PATH"] == os.environ["PATH"]
    assert set(left_out).intersection(found) == set()


@linux
def test_secrets_stand_in_no_list_of_processes(tmp_path: Path) -> None:
    process = DriverProcess(bad("behaves", tmp_path))
    call(process)
    for name in ("cmdline", "environ"):
        shown = Path(f"/proc/{process.process_id}/{name}").read_bytes()
        assert shown
        assert SECRET.encode() not in shown
        assert TOKEN.encode() not in shown
    process.close()


def test_secrets_stand_in_no_message(tmp_path: Path) -> None:
    process = DriverProcess(bad("tells-secrets", tmp_path))
    told = failing(process)
    assert ACCOUNT.access_key_id in told
    assert "***" in told
    assert "\nits standard error ends:\ndebug: {" in told
    assert SECRET not in told
    assert TOKEN not in told
    process.close()
