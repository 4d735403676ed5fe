"""On an account that outlives the run nothing stays behind, and nothing of others is touched."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from commands import OPERATION, run_pytest
from servers import Link, Server, whole

from conformance.engine.cleanup.patience import CleanupPatience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer

ACCOUNT = "LTAIshared"
SECRET = "the-shared-secret"  # noqa: S105 - of an account in a test server
SUCCESS = "CreateFlowLog/success/vpc"
RACE = "CreateFlowLog/InvalidResourceId.NotFound/same-moment"
VPC = "vpc-bp1conformance00001"


class Account:
    """The shared account on the reference server, seen past the harness.

    Args:
        endpoint: The server.
    """

    def __init__(self, endpoint: str) -> None:
        self._host = urlsplit(endpoint).netloc

    def call(self, action: str, **params: str) -> dict[str, Any]:
        query = {"Action": action, "Version": "2016-04-28", "AccessKeyId": ACCOUNT, "RegionId": "cn-qingdao", **params}
        return self._post(f"/?{urlencode(query)}", b"")

    def state(self, name: str, action: str = "setup", **params: str) -> None:
        body = {"state": name, "params": {**params, "access_key_id": ACCOUNT}, "action": action}
        self._post("/_states", json.dumps(body).encode())

    def names(self) -> list[str]:
        """The names of the flow logs that it has."""
        return [log.get("FlowLogName", "") for log in self.call("DescribeFlowLogs")["FlowLogs"]["FlowLog"]]

    def clear(self) -> None:
        for log in self.call("DescribeFlowLogs")["FlowLogs"]["FlowLog"]:
            self.call("DeleteFlowLog", FlowLogId=log["FlowLogId"])

    def create(self, name: str, resource: str) -> str:
        """Create a flow log past the harness; return its id."""
        self.state("resource.exists", type="VPC", id=resource)
        self.state("logs.exists", project="project-of-mine", logstore="logs-of-mine")
        where = {
            "ResourceType": "VPC",
            "ResourceId": resource,
            "ProjectName": "project-of-mine",
            "LogStoreName": "logs-of-mine",
        }
        answer = self.call("CreateFlowLog", TrafficType="All", FlowLogName=name, **where)
        assert "FlowLogId" in answer, answer
        return str(answer["FlowLogId"])

    def _post(self, target: str, body: bytes) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self._host)
        connection.request("POST", target, body)
        answer = json.loads(connection.getresponse().read() or b"{}")
        connection.close()
        assert isinstance(answer, dict)
        return answer


@pytest.fixture
def account(reference: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setenv("SHARED_ID", ACCOUNT)
    monkeypatch.setenv("SHARED_SECRET", SECRET)
    account = Account(reference.endpoint)
    yield account
    account.clear()


def target_file(path: Path, endpoint: str, states_url: str) -> str:
    path.write_text(
        f"endpoint: {endpoint}\nstates_url: {states_url}\n"
        "credentials: {access_key_id_env: SHARED_ID, access_key_secret_env: SHARED_SECRET}\n"
    )
    return str(path)


@pytest.fixture
def target(tmp_path: Path, reference: ReferenceServer) -> str:
    return target_file(tmp_path / "target.yaml", reference.endpoint, reference.states_url)


def lines(ledger: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ledger.read_text().splitlines()]


def test_what_cases_create_is_written_down_before_it_is_sent_and_deleted(
    conformance: Command, account: Account, target: str
) -> None:
    outcome = conformance.run(OPERATION, "--target", target, "-k", "success and interval")
    assert outcome.report["summary"]["pass"] == outcome.report["summary"]["total"] > 3
    entries = lines(outcome.folder / "ledger.ndjson")
    kinds = [next(iter(entry)) for entry in entries]
    assert kinds[0] == "before"
    assert kinds[1:] == ["intent", "created", "deleted"] * kinds.count("created")
    assert kinds.count("created") > 3
    assert {entry["run"] for entry in entries} == {entries[0]["run"]}
    assert SECRET not in (outcome.folder / "ledger.ndjson").read_text()
    assert ACCOUNT not in (outcome.folder / "ledger.ndjson").read_text()
    assert account.names() == []


def test_what_was_there_before_is_neither_deleted_nor_taken_for_new(
    conformance: Command, account: Account, tmp_path: Path, reference: ReferenceServer
) -> None:
    """A server that answers a creation with the id of what was there, as an idempotent one does."""
    foreign = account.create("foreign", "vpc-foreign")

    def idempotent(link: Link) -> bool:
        link.send(whole(json.dumps({"RequestId": "r-1", "Success": "true", "FlowLogId": foreign}).encode()))
        return True

    with Server(idempotent, only=creates, upstream=reference.endpoint) as server:
        outcome = conformance.run(
            "--target", target_file(tmp_path / "other.yaml", server.endpoint, server.states_url), SUCCESS
        )
    assert outcome.verdicts == {SUCCESS: "pass"}
    assert [next(iter(entry)) for entry in lines(outcome.folder / "ledger.ndjson")] == ["before", "intent", "nothing"]
    assert account.names() == ["foreign"]


def creates(params: Mapping[str, str]) -> bool:
    return params.get("Action") == "CreateFlowLog"


def forward(link: Link, upstream: str) -> bytes:
    """Have a request executed; return the answer as it is to be passed on."""
    parts = link.request.target
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc)
    connection.request(link.request.method, parts, link.request.body)
    answer = connection.getresponse()
    data = whole(answer.read(), answer.status)
    connection.close()
    return data


@pytest.mark.parametrize("case", [SUCCESS, RACE])
def test_a_creation_whose_answer_is_lost_is_found_by_its_mark_and_the_case_run_again(
    case: str, conformance: Command, account: Account, tmp_path: Path, reference: ReferenceServer
) -> None:
    account.create("foreign", "vpc-foreign")
    lost: list[str] = []

    def behave(link: Link) -> bool | None:
        answer = forward(link, reference.endpoint)
        if b"FlowLogId" in answer and not lost:
            lost.append(dict(parse_qsl(link.request.query))["FlowLogName"])
            return None  # executed, and closed without a word
        link.send(answer)
        return True

    with Server(behave, only=creates, upstream=reference.endpoint) as server:
        outcome = conformance.run(
            "--target", target_file(tmp_path / "other.yaml", server.endpoint, server.states_url), case
        )
    assert outcome.verdicts == {case: "pass"}
    assert len(lost) == 1
    assert account.names() == ["foreign"]
    created = [entry for entry in lines(outcome.folder / "ledger.ndjson") if "created" in entry]
    assert len(created) == 2


@pytest.mark.usefixtures("account")
def test_where_no_answer_can_be_read_little_is_created_that_nobody_can_look_for(
    conformance: Command, tmp_path: Path, reference: ReferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a real account each repetition may create one more."""
    short = CleanupPatience(within_s=0.2, asked_s=0.2)
    monkeypatch.setattr("conformance.engine.cleanup.leftovers.CleanupPatience", lambda: short)

    def broken(link: Link) -> None:
        link.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{")

    with Server(broken, upstream=reference.endpoint) as server:
        outcome = conformance.run(
            *("--target", target_file(tmp_path / "other.yaml", server.endpoint, server.states_url)),
            *("-k", "CreateFlowLog and MissingParameter and omitted"),
        )
    assert set(outcome.verdicts.values()) == {"error"}
    assert len(outcome.verdicts) > 4
    intents = [entry for entry in lines(outcome.folder / "ledger.ndjson") if "intent" in entry]
    assert len(intents) == 3
    reasons = [case["reason"] for case in outcome.report["cases"]]
    assert sum(reason.startswith("not sent: what the cases before it may have created") for reason in reasons) > 1


def test_what_others_name_as_a_case_does_while_its_creation_is_lost_is_not_deleted(
    conformance: Command, account: Account, tmp_path: Path, reference: ReferenceServer
) -> None:
    """The case is about both texts by which something could be recognised, so it has none of the run's own."""
    case = "CreateFlowLog/success/shown-as-created-in-the-word-null"
    foreign: list[str] = []

    def behave(link: Link) -> bool | None:
        if not foreign:
            foreign.append(account.create("null", "vpc-foreign"))
            return None  # not executed
        link.send(forward(link, reference.endpoint))
        return True

    with Server(behave, only=creates, upstream=reference.endpoint) as server:
        outcome = conformance.run(
            "--target", target_file(tmp_path / "other.yaml", server.endpoint, server.states_url), case
        )
    assert outcome.verdicts == {case: "pass"}
    assert account.names() == ["null"]


class TestCleanup:
    """The command, on the ledger of a run that was killed."""

    @pytest.fixture
    def ledger(self, conformance: Command, account: Account, target: str) -> Path:
        """The ledger of a run, cut off after its first intent."""
        outcome = conformance.run("--target", target, SUCCESS)
        path = outcome.folder / "ledger.ndjson"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]))
        assert account.names() == []
        return path

    def cleanup(self, conformance: Command, ledger: Path, target: str) -> Any:
        return conformance("cleanup", str(ledger), "--target", target)

    def test_what_a_request_created_whose_answer_never_came_is_found_and_deleted(
        self, conformance: Command, account: Account, target: str, ledger: Path
    ) -> None:
        account.create("foreign", "vpc-foreign")
        account.create(lines(ledger)[1]["mark"], VPC)
        cleaned = self.cleanup(conformance, ledger, target)
        assert (cleaned.status, cleaned.out.splitlines()[-1]) == (0, "1 of 1 deleted")
        assert account.names() == ["foreign"]
        assert self.cleanup(conformance, ledger, target).out == "0 of 0 deleted\n"

    def test_what_is_gone_already_counts_as_gone(self, conformance: Command, target: str, ledger: Path) -> None:
        intent = lines(ledger)[1]
        owner = {name: intent[name] for name in ("run", "endpoint", "account")}
        entry = {"created": intent["intent"], "operation": "CreateFlowLog", "fields": {"FlowLogId": "fl-gone"}, **owner}
        with ledger.open("a") as stream:
            stream.write(json.dumps(entry) + '\n{"deleted": {"oper')
        cleaned = self.cleanup(conformance, ledger, target)
        assert (cleaned.status, cleaned.out.splitlines()[-1]) == (0, "1 of 1 deleted")
        assert lines(ledger)[-1]["fields"] == {"FlowLogId": "fl-gone"}

    @pytest.mark.usefixtures("account")
    def test_without_a_ledger_it_says_so(self, conformance: Command, target: str, tmp_path: Path) -> None:
        cleaned = self.cleanup(conformance, tmp_path / "none.ndjson", target)
        assert cleaned.status == 2
        assert "there is no ledger" in cleaned.err

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (lambda entry: {**entry, "endpoint": "http://127.0.0.1:1"}, "is about http://127.0.0.1:1"),
            (lambda entry: {**entry, "account": "0" * 16}, "another account"),
            (lambda entry: {**entry, "operation": "CreateVpc"}, "nothing here says how to delete"),
            (lambda entry: {**entry, "operation": 7}, "no line of a ledger"),
            (lambda entry: {**entry, "mark": None}, "no line of a ledger"),
            (lambda entry: {**entry, "more": "x"}, "no line of a ledger"),
            (lambda entry: {"created": "unknown", **entry}, "no line of a ledger"),
            (lambda entry: [entry], "no line of a ledger"),
            (lambda entry: {**entry, "deleted": "CreateFlowLog", "fields": {"FlowLogId": ""}}, "no line of a ledger"),
        ],
    )
    def test_a_line_that_cannot_be_is_refused_and_nothing_is_sent(  # noqa: PLR0917 - fixtures
        self,
        change: Callable[[dict[str, Any]], Any],
        says: str,
        conformance: Command,
        account: Account,
        target: str,
        ledger: Path,
    ) -> None:
        first, second = ledger.read_text().splitlines()
        account.create(json.loads(second)["mark"], VPC)
        ledger.write_text(f"{first}\n{second}\n{json.dumps(change(json.loads(second)))}\n")
        before = ledger.read_text()
        cleaned = self.cleanup(conformance, ledger, target)
        assert cleaned.status == 2
        assert says in cleaned.err
        assert ledger.read_text() == before
        assert len(account.names()) == 1


def test_without_a_ledger_that_can_be_written_nothing_is_created(
    conformance: Command, account: Account, target: str, tmp_path: Path
) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    elsewhere = tmp_path / "elsewhere"
    (folder / "ledger.ndjson").symlink_to(elsewhere)
    outcome = conformance("run", "--target", target, "--report-dir", str(folder), SUCCESS)
    assert outcome.status != 0
    assert "the ledger cannot be written" in outcome.err
    assert not elsewhere.exists()
    assert account.names() == []


class TestEarlierLedger:
    """A report folder that has the ledger of an earlier run."""

    @pytest.fixture
    def ledger(self, conformance: Command, account: Account, target: str, tmp_path: Path) -> Path:
        """The ledger of a run that was killed when its first request was under way."""
        path = conformance.run("--target", target, SUCCESS).folder / "ledger.ndjson"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]))
        assert account.names() == []
        (tmp_path / "report" / "report.json").unlink()
        return path

    def test_a_torn_last_line_is_taken_away_before_anything_is_appended(
        self, conformance: Command, account: Account, target: str, ledger: Path
    ) -> None:
        account.create(lines(ledger)[1]["mark"], "vpc-of-the-killed-run")
        with ledger.open("a") as stream:
            stream.write('{"created": "1-1", "oper')
        assert conformance.run("--target", target, SUCCESS).verdicts == {SUCCESS: "pass"}
        kinds = [next(iter(entry)) for entry in lines(ledger)]
        assert kinds == ["before", "intent", "before", "intent", "created", "deleted", "created", "deleted"]
        assert account.names() == []

    def test_one_of_another_endpoint_is_refused_before_anything_is_sent(
        self, conformance: Command, target: str, ledger: Path
    ) -> None:
        before = json.dumps([{**entry, "endpoint": "http://127.0.0.1:1"} for entry in lines(ledger)])
        ledger.write_text("".join(json.dumps(entry) + "\n" for entry in json.loads(before)))
        outcome = conformance.run("--target", target, SUCCESS)
        assert (outcome.status, outcome.err.count("\n")) == (2, 1)
        assert "(http://127.0.0.1:1), left behind (give it to conformance cleanup first" in outcome.err
        assert json.dumps(lines(ledger)) == before
        assert not (outcome.folder / "report.json").exists()

    def test_a_run_without_credentials_has_nothing_to_do_with_it(
        self, conformance: Command, reference: ReferenceServer, ledger: Path
    ) -> None:
        ledger.write_text("of something else\n")
        outcome = conformance.run("--endpoint", reference.endpoint, "--states-url", reference.states_url, SUCCESS)
        assert outcome.verdicts == {SUCCESS: "pass"}
        assert ledger.read_text() == "of something else\n"


def test_under_pytest_an_earlier_ledger_of_somebody_else_is_one_message_too(
    target: str, account: Account, tmp_path: Path
) -> None:
    (tmp_path / "report").mkdir()
    entry = {"intent": "1-1", "operation": "CreateFlowLog", "mark": "m", "run": "r", "account": "0" * 16}
    line = json.dumps({**entry, "endpoint": "http://127.0.0.1:1"})
    (tmp_path / "report" / "ledger.ndjson").write_text(f"{line}\n")
    done = run_pytest("cases/vpc/CreateFlowLog/", "--target", target, folder=tmp_path / "report")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.count("(http://127.0.0.1:1), left behind (give it to conformance cleanup first") == 1
    assert account.names() == []
