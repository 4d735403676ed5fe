"""The ways in which a target meets provider states, and lists of known failures."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from commands import OPERATION

from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

QUOTA = "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded"
GROUP_MISSING = "CreateFlowLog/IllegalParam.ResourceGroupId/resource-group-missing"
ZERO = "CreateFlowLog/IllegalParam.AggregationInterval/interval-zero"


class Recorder:
    """A server that notes when requests begin and end, and gives each an answer of an OpenAPI mock."""

    def __init__(self) -> None:
        self.prefer: list[str | None] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                with recorder._lock:
                    recorder._now += 1
                    recorder.most_at_once = max(recorder.most_at_once, recorder._now)
                    recorder.prefer.append(self.headers.get("Prefer"))
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                threading.Event().wait(0.02)
                status, body = recorder.answer(self.headers.get("Prefer"))
                text = json.dumps(body).encode()
                with recorder._lock:
                    recorder._now -= 1
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"

    @staticmethod
    def answer(prefer: str | None) -> tuple[int, dict[str, str]]:
        success = {"RequestId": "R", "Success": "true", "FlowLogId": "fl-1", "ResourceGroupId": "rg-1"}
        if prefer is None or "example=" not in prefer:
            return 200, success
        code = prefer.rpartition("example=")[2]
        return 400, {"RequestId": "R", "Code": code, "Message": MESSAGES.get(code, "?")}


MESSAGES = {
    "QuotaExceeded.FlowlogCount": "This user has reached the maximum instance number of flowlog.",
    "InvalidInstanceId-3": "VPC does not exists.",
}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recording = Recorder()
    thread = threading.Thread(target=recording.server.serve_forever, daemon=True)
    thread.start()
    yield recording
    recording.server.shutdown()
    recording.server.server_close()
    thread.join()


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_without_a_states_url_a_case_is_not_run_and_says_what_to_add(conformance: Command, recorder: Recorder) -> None:
    outcome = conformance.run("--endpoint", recorder.endpoint, QUOTA)
    assert outcome.verdicts == {QUOTA: "not_run"}
    assert "account.flow-log-quota-reached: add --states-url URL" in outcome.cases[QUOTA]["reason"]
    assert outcome.status == 3
    assert recorder.prefer == []


def test_a_mock_of_openapi_is_told_which_answer_is_wanted(
    conformance: Command, recorder: Recorder, tmp_path: Path
) -> None:
    target = write(tmp_path / "t.yaml", f"endpoint: {recorder.endpoint}\nstates: prefer\nsignature: none\n")
    success = "CreateFlowLog/success/vpc"
    outcome = conformance.run("--docs", "en", "--target", target, QUOTA, success)
    assert outcome.verdicts == {QUOTA: "pass", success: "pass"}
    assert sorted(map(str, recorder.prefer)) == ["code=200", "code=400, example=QuotaExceeded.FlowlogCount"]
    # Nobody is to take that for a proof.
    assert outcome.report["target"]["told"] is True
    assert outcome.report["coverage"]["en"]["told"] == 1
    assert [note["key"] for note in outcome.report["notes"]] == ["target.told"]
    assert "note: each request tells the target which answer to give" in outcome.out
    assert "1 of 20 exercised, 1 passed; of 1 row the server was told the answer" in outcome.out
    page = (outcome.folder / "report.html").read_text(encoding="utf-8")
    assert "Told the answer" in page


def test_a_code_with_several_messages_is_asked_for_by_the_name_of_its_example(
    conformance: Command, recorder: Recorder, tmp_path: Path
) -> None:
    target = write(tmp_path / "t.yaml", f"endpoint: {recorder.endpoint}\nstates: prefer\n")
    outcome = conformance.run("--docs", "en", "--target", target, "CreateFlowLog/InvalidInstanceId/vpc-missing")
    assert recorder.prefer == ["code=400, example=InvalidInstanceId-3"]
    assert outcome.cases["CreateFlowLog/InvalidInstanceId/vpc-missing"]["verdict"] == "mismatch"


def test_what_needs_a_memory_is_not_run_on_a_mock_of_openapi(
    conformance: Command, recorder: Recorder, tmp_path: Path
) -> None:
    target = write(tmp_path / "t.yaml", f"endpoint: {recorder.endpoint}\nstates: prefer\n")
    outcome = conformance.run("--target", target, OPERATION, "-k", "same-moment or created-twice")
    assert set(outcome.verdicts.values()) == {"not_run"}
    assert recorder.prefer == []


def test_a_fixed_state_is_not_set_and_its_absence_cannot_be_tested(
    conformance: Command, recorder: Recorder, tmp_path: Path
) -> None:
    text = f"""endpoint: {recorder.endpoint}
states:
  default: unavailable
  resource.exists: fixed
  logs.exists: fixed
  resource-group.exists: fixed
values: {{vpc_id: vpc-real}}
"""
    success = "CreateFlowLog/success/vpc"
    outcome = conformance.run(
        "--target", write(tmp_path / "t.yaml", text), "--keep-exchanges", "all", success, QUOTA, GROUP_MISSING
    )
    assert outcome.verdicts == {success: "pass", QUOTA: "not_run", GROUP_MISSING: "not_run"}
    assert outcome.cases[success]["exchanges"][0]["request"]["params"]["ResourceId"] == "vpc-real"
    assert "the target file calls it unavailable" in outcome.cases[QUOTA]["reason"]
    assert "resource-group.exists not to hold" in outcome.cases[GROUP_MISSING]["reason"]
    assert len(recorder.prefer) == 1


def test_a_state_may_hold_for_other_credentials(
    conformance: Command, recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MAIN_ID", "MAIN_SECRET", "RAM_ID", "RAM_SECRET"):
        monkeypatch.setenv(name, f"value-of-{name}")
    text = f"""endpoint: {recorder.endpoint}
states:
  default: fixed
  account.is-ram-user: {{profile: ram-user}}
credentials: {{access_key_id_env: MAIN_ID, access_key_secret_env: MAIN_SECRET}}
profiles:
  ram-user: {{access_key_id_env: RAM_ID, access_key_secret_env: RAM_SECRET}}
"""
    ram = "CreateFlowLog/Unauthorized/ram-user"
    outcome = conformance.run("--target", write(tmp_path / "t.yaml", text), ram)
    url = outcome.cases[ram]["exchanges"][0]["request"]["url"]
    assert "AccessKeyId=***" in url
    assert "value-of" not in json.dumps(outcome.report)


@pytest.mark.parametrize(("isolation", "alone"), [("global", True), ("account", False)])
def test_with_global_states_cases_run_alone(
    isolation: str, *, alone: bool, conformance: Command, recorder: Recorder, tmp_path: Path
) -> None:
    text = f"endpoint: {recorder.endpoint}\nstates_url: {recorder.endpoint}/states\nisolation: {isolation}\n"
    conformance.run(
        "--target", write(tmp_path / "t.yaml", text), OPERATION, "-k", "interval-zero or interval-two or interval-four"
    )
    assert (recorder.most_at_once == 1) is alone


def test_a_known_failure_does_not_fail_the_run_and_one_that_passes_does(conformance: Command, tmp_path: Path) -> None:
    listed = write(tmp_path / "known.yaml", f"- id: {ZERO}\n  reason: the server takes it for ten\n")
    with ReferenceServer(faults=("interval-zero",)) as server:
        faulty = ("--endpoint", server.endpoint, "--states-url", server.states_url, ZERO)
        assert conformance.run(*faulty).status == 1
        outcome = conformance.run(*faulty, "--known-failing", listed)
    assert outcome.status == 0
    assert outcome.cases[ZERO]["verdict"] == "mismatch"
    assert outcome.report["summary"]["known_failing"] == 1
    assert f"KNOWN TO FAIL {ZERO}: the server takes it for ten" in outcome.out
    mended = conformance.run(ZERO, "--known-failing", listed)
    assert mended.status == 1
    assert f"STALE {ZERO} passes" in mended.out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- id: '**/interval-zero'\n", "1:3: entry 1 lacks the field 'reason'"),
        ("- id: '**/interval-zero'\n  reason: ' '\n", "2:11"),
        ("- id: CreateFlowLog/*\n  reason: why\n", "no case has an id like 'CreateFlowLog/*'"),
        ("id: x\n", "known.yaml:1:1"),
    ],
)
def test_a_wrong_list_of_known_failures_is_one_message(
    text: str, message: str, conformance: Command, tmp_path: Path
) -> None:
    outcome = conformance.run(OPERATION, "--known-failing", write(tmp_path / "known.yaml", text))
    assert outcome.status == 2
    assert message in outcome.err
    assert "Traceback" not in outcome.err
