"""`conformance run` and plain pytest: the same cases, the same verdicts, the same report."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from commands import LONGEST_S, OPERATION, REPOSITORY, WITHOUT_OTHERS, child, copy_cases, run_program, run_pytest
from misbehaviours import right
from servers import Link, Server, closed_port, whole

from conformance.core.workspace import FILE
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

COMPARED = (
    "id",
    "title",
    "trigger",
    "verdict",
    "verdicts",
    "follows",
    "reason",
    "mismatches",
    "lines",
    "exact",
    "observed",
)
CHANCE = ("started_at", "duration_s", "elapsed_ms", "sha256", "bytes", "date")
MADE_UP = re.compile(
    r"LTAI[0-9a-f]{20}|(?i:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|\bfl-\w+|(?<=SignatureNonce=)\w+"
    r"|20\d\d-\d\d-\d\dT[\d:%A]+Z"
)
CASES = f"cases/vpc/{OPERATION}/"
FAULT = "quota-is-429"
FAULTY = "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded"
FAULTS = [FAULTY, "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-reached-no-more"]


def report_in(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def compared(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: case[name] for name in COMPARED} for case in report["cases"]]


def without_chance(value: Any) -> Any:
    """Return a part of a report without what no two runs have alike: times, account ids, ids that a server makes up."""
    if isinstance(value, dict):
        alike = {name: without_chance(entry) for name, entry in value.items() if name not in CHANCE}
        # Of requests at the same moment chance decides which is answered first.
        return alike | {"exchanges": sorted(alike["exchanges"], key=json.dumps)} if "exchanges" in alike else alike
    if isinstance(value, list):
        return [without_chance(entry) for entry in value if not _is_of_a_busy_machine(entry)]
    return MADE_UP.sub("*", value) if isinstance(value, str) else value


def _is_of_a_busy_machine(entry: Any) -> bool:
    """Whether an entry is a note about answers that came late: on a machine that is busy, one run may have it."""
    return (
        isinstance(entry, dict) and entry.keys() == {"key", "text"} and entry["key"] in ("engine.pace", "engine.again")
    )


@pytest.fixture(scope="module")
def faulty() -> Iterator[ReferenceServer]:
    with ReferenceServer(faults=(FAULT,), activation_delay=0.05) as server:
        yield server


@pytest.mark.parametrize(
    ("fault", "workers"), [(False, ()), (False, ("-n", "2")), (True, ()), (True, ("--keep-exchanges", "all"))]
)
def test_both_faces_say_the_same_of_every_case(
    reference: ReferenceServer, faulty: ReferenceServer, tmp_path: Path, *, fault: bool, workers: tuple[str, ...]
) -> None:
    server = faulty if fault else reference
    # The whole suite of an operation where there are several workers, a part of it elsewhere.
    some = ("-k", "CreateFlowLog" if "-n" in workers else "CreateFlowLog and (quota or region or project)")
    options = ("--endpoint", server.endpoint, "--states-url", server.states_url, *some)
    kept = workers if "--keep-exchanges" in workers else ()
    command = child(OPERATION, *options, *kept, folder=tmp_path)
    done = run_pytest(CASES, *options, *workers, folder=tmp_path / "pytest", others=not fault and not workers)
    assert (command.status, done.returncode) == ((1, 1) if fault else (0, 0)), done.stdout[-2000:]
    first, second = command.report, report_in(tmp_path / "pytest")
    for mine, other in zip(second["cases"], first["cases"], strict=True):
        assert without_chance(mine) == without_chance(other)
    assert without_chance(second) == without_chance(first)
    assert (first["summary"]["mismatch"] > 0) == fault
    assert (command.verdicts[FAULTY] == "mismatch") is fault
    # What pytest itself says agrees with it.
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    # With CI set, pytest says why on the same line.
    assert [line.partition(" - ")[0].rpartition("::")[2] for line in failed] == (FAULTS if fault else [])
    assert f"{first['summary']['total']} cases: " in done.stdout
    if fault:
        assert "response.status: expected 400, observed 429" in done.stdout
        assert "reproduce: curl " in done.stdout


class Counting:
    """Counts the requests under way, and answers none before so many of them were under way at once."""

    def __init__(self, gather: int = 1) -> None:
        self.gather = gather
        self.now = 0
        self.most = 0
        self.changed = threading.Condition()

    def __call__(self, link: Link) -> bool:
        with self.changed:
            self.now += 1
            self.most = max(self.most, self.now)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.most >= self.gather, timeout=LONGEST_S / 10)
        link.stopping.wait(0.05)
        with self.changed:
            self.now -= 1
        link.send(whole(json.dumps(right(link)).encode(), 400))
        return True


SOME = "MissingParameter and omitted"


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_requests_are_sent_ahead_of_the_items_and_each_once(workers: tuple[str, ...], tmp_path: Path) -> None:
    counting = Counting(gather=3)
    with Server(counting) as server:
        options = ("--endpoint", server.endpoint, "--states-url", server.states_url)
        run_pytest(CASES, *options, "-k", SOME, *workers, folder=tmp_path / "r")
        sent = [request.params["AccessKeyId"] for request in server.operations]
        assert server.held() == set()
    report = report_in(tmp_path / "r")
    assert report["complete"]
    assert counting.most > 2  # more than there are workers
    # One account a case: none was sent twice, also none that more than one step has.
    assert len(sent) == sum(len(case["exchanges"]) for case in report["cases"])


def test_a_rate_holds_for_all_workers_together(tmp_path: Path) -> None:
    came: list[float] = []

    def answer(link: Link) -> bool:
        came.append(time.monotonic())
        link.send(whole(json.dumps(right(link)).encode(), 400))
        return True

    with Server(answer) as server:
        options = ("--endpoint", server.endpoint, "--states-url", server.states_url, "--rate", "20", "-n", "2")
        run_pytest(CASES, *options, "-k", "MissingParameter", folder=tmp_path / "r")
    assert len(came) > 15
    # Each worker sends its first at once; the rest leaves room for a server thread that comes late.
    assert len(came) <= 2 + 3 + 20 * (max(came) - min(came))


def test_no_more_run_ahead_than_allowed(tmp_path: Path) -> None:
    counting = Counting(gather=2)
    with Server(counting) as server:
        options = ("--endpoint", server.endpoint, "--states-url", server.states_url, "--concurrency", "3")
        run_pytest(CASES, *options, "-k", SOME, folder=tmp_path / "r")
    assert 1 < counting.most <= 3


def test_after_the_first_failure_nothing_more_is_sent_but_what_was_under_way(tmp_path: Path) -> None:
    def wrong(link: Link) -> bool:
        link.send(whole(json.dumps(right(link, Code="Wrong")).encode(), 400))
        return True

    with Server(wrong) as server:
        options = ("--endpoint", server.endpoint, "--states-url", server.states_url, "--concurrency", "2")
        done = run_pytest(CASES, *options, "-k", SOME, "-x", folder=tmp_path / "r")
        assert done.returncode == pytest.ExitCode.TESTS_FAILED
        # Two in flight, and what may lie ready beside them.
        accounts = {request.params["AccessKeyId"] for request in server.operations}
        assert len(accounts) <= 8
        assert server.held() == set()
    assert report_in(tmp_path / "r")["summary"]["total"] == 1


def test_cases_that_must_run_alone_do_so_among_items_too(tmp_path: Path) -> None:
    counting = Counting()
    with Server(counting) as server:
        target = tmp_path / "target.yaml"
        target.write_text(
            f"endpoint: {server.endpoint}\nstates_url: {server.states_url}\nisolation: global\n", encoding="utf-8"
        )
        run_pytest(CASES, "--target", str(target), "-k", SOME, folder=tmp_path / "r")
        assert len(server.operations) > 3
    assert counting.most == 1


def copied(folder: Path) -> Path:
    """Make a workspace with the project's cases, and return their folder."""
    (folder / FILE).touch()
    return copy_cases(folder)


def test_hooks_and_marks_of_others_hold_for_cases(reference: ReferenceServer, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "def pytest_collection_modifyitems(items):\n"
        "    for item in items:\n"
        "        if item.name.endswith('/region-omitted'):\n"
        "            item.add_marker(pytest.mark.skip(reason='by a mark'))\n"
        "def pytest_runtest_setup(item):\n"
        "    if item.name.endswith('/resource-id-omitted'):\n"
        "        pytest.skip('by a hook')\n"
    )
    cases = copied(tmp_path)
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, "-k", "MissingParameter")
    done = run_pytest(str(cases), *options, "-rs", folder=tmp_path / "r", where=tmp_path)
    assert "by a mark" in done.stdout
    assert "by a hook" in done.stdout, done.stdout[-2000:]


def test_cases_and_other_tests_run_side_by_side(reference: ReferenceServer, tmp_path: Path) -> None:
    copied(tmp_path)
    test = "import pytest\n@pytest.fixture(scope='module')\ndef it():\n    yield 1\ndef test_it(it):\n    assert it\n"
    for name in ("test_before.py", "zz/test_after.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(test)
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url)
    done = run_pytest("test_before.py", "cases", "zz", *options, folder=tmp_path / "r", where=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]
    summary = report_in(tmp_path / "r")["summary"]
    assert f"{summary['pass'] + summary['divergent'] + 2} passed" in done.stdout


def test_both_faces_agree_on_whom_a_server_follows_also_of_one_case(quick: Command, tmp_path: Path) -> None:
    name = "region-unknown and not begins"
    with ReferenceServer(follow="en") as server:
        options = ("--endpoint", server.endpoint, "--states-url", server.states_url, "-k", name)
        divergent = compared(quick.run(*options).report)
        run_pytest(CASES, *options, folder=tmp_path / "divergent")
    with ReferenceServer(faults=("region-any",)) as server:
        options = ("--endpoint", server.endpoint, "--states-url", server.states_url, "-k", name)
        wrong = compared(quick.run(*options).report)
        run_pytest(CASES, *options, folder=tmp_path / "wrong")
    assert [case["verdict"] for case in (*divergent, *wrong)] == ["divergent", "mismatch"]
    assert compared(report_in(tmp_path / "divergent")) == divergent
    assert compared(report_in(tmp_path / "wrong")) == wrong


def test_what_is_not_judged_is_skipped_with_its_reason(reference: ReferenceServer, tmp_path: Path) -> None:
    done = run_pytest(CASES, "--endpoint", reference.endpoint, "-k", "quota-exceeded", "-rs", folder=tmp_path / "r")
    assert done.returncode == 0
    assert "not_run: needs state" in done.stdout
    assert "1 skipped" in done.stdout
    assert report_in(tmp_path / "r")["summary"]["not_run"] == 1


def test_without_an_endpoint_the_reference_server_is_started(tmp_path: Path) -> None:
    done = run_pytest(CASES, "-k", "MissingParameter and region-omitted", folder=tmp_path / "r")
    assert (done.returncode, report_in(tmp_path / "r")["summary"]["pass"]) == (0, 1), done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_server_that_is_not_there_is_one_message(workers: tuple[str, ...], tmp_path: Path) -> None:
    endpoint = f"http://127.0.0.1:{closed_port()}"
    done = run_pytest(CASES, "--endpoint", endpoint, *workers, folder=tmp_path / "r")
    text = done.stdout + done.stderr
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert text.count(f"ERROR: cannot reach {endpoint}") == 1
    assert "Traceback" not in text
    assert len(text.splitlines()) < 5
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (("--docs", "de"), "--docs 'de' is unknown (one of: en, zh, both)"),
        (("--endpoint", "http://example.com"), "http://example.com is not on this machine"),
        (("--target", "nowhere.yaml"), "nowhere.yaml: cannot be read: No such file or directory"),
    ],
)
def test_an_option_that_cannot_be_is_one_message(option: tuple[str, str], says: str, tmp_path: Path) -> None:
    done = run_pytest(CASES, *option, folder=tmp_path / "r")
    text = done.stdout + done.stderr
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert text.count(f"ERROR: {says}") == 1
    assert "Traceback" not in text


def test_a_wrong_case_file_is_one_message_with_its_place(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    wrong = folder / "vpc" / "CreateFlowLog" / "account.yaml"
    wrong.write_text(wrong.read_text().replace("  - id: ram-user\n", "  - id: ram-user\n    titel: x\n"))
    line = 1 + wrong.read_text().partition("titel")[0].count("\n")
    done = run_pytest(str(folder), folder=tmp_path / "r", where=tmp_path)
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert f"{wrong}:{line}:5: unknown field 'titel'" in done.stdout
    assert "did you mean title?" in done.stdout
    assert "Traceback" not in done.stdout


def test_cases_without_the_folder_of_their_product_are_told(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "vpc" / "CreateFlowLog").rename(folder / "CreateFlowLog")
    done = run_pytest(str(folder), folder=tmp_path / "r", where=tmp_path)
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "belong into the folder of its product" in done.stdout
    assert f"move them to {folder / 'vpc' / 'CreateFlowLog'}" in done.stdout
    assert "Traceback" not in done.stdout


def test_what_stays_to_the_end_of_a_session_is_not_looked_over_again_and_again(tmp_path: Path) -> None:
    (tmp_path / "looks.py").write_text(
        "import gc, json, pathlib\n"
        "def pytest_sessionfinish(session):\n"
        "    seen = sum(type(each).__name__ == 'CaseItem' for each in gc.get_objects())\n"
        "    reports = session.config.pluginmanager.get_plugin('terminalreporter').stats['passed']\n"
        "    carrying = sum(hasattr(report, 'conformance') for report in reports)\n"
        "    pathlib.Path('seen.json').write_text(json.dumps([len(reports), seen, carrying]))\n"
    )
    words = (str(REPOSITORY / CASES), "-k", "MissingParameter")
    done = run_pytest(*words, "-p", "looks", folder=tmp_path / "r", where=tmp_path)
    assert done.returncode == 0, done.stdout
    passed, seen, carrying = json.loads((tmp_path / "seen.json").read_text())
    assert passed > 10
    assert (seen, carrying) == (0, 0)


def test_a_run_without_cases_loads_nothing_of_the_project_but_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_something.py").write_text(
        "import sys\n"
        "def test_something():\n"
        "    print('LOADED', sorted(name for name in sys.modules if name.partition('.')[0] == 'conformance'))\n"
    )
    # Files that look like cases at first sight.
    for name in ("base.yaml", "other.yaml", "some.yml"):
        (tmp_path / name).write_text("a: b\n")
    options = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", *WITHOUT_OTHERS)
    done = run_program(sys.executable, "-m", "pytest", *options, ".", folder=tmp_path, forked=False)
    assert done.returncode == 0, done.stdout
    loaded = next(line for line in done.stdout.splitlines() if "LOADED" in line)
    package = "conformance.pytest_plugin"
    modules = [f"{package}.{name}" for name in ("activation", "plugin", "redacted_reports", "reporting", "session")]
    assert loaded.partition("LOADED ")[2] == str(["conformance", package, *modules])
    assert not (tmp_path / "reports").exists()
