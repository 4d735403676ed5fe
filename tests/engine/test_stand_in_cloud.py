"""A run against a stand-in for the real service: nothing stays behind and nothing of others is touched."""

from __future__ import annotations

import json
import random
import re
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from clouds import CALM, FOREIGN, MANY, SECRET, Cloud, Faults, certificate, target_file
from commands import LONGEST_S, OPERATION, REPOSITORY, WITHOUT_OTHERS, environment, run_program, script, started
from servers import eventually

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence

    from _pytest.mark import ParameterSet

    from conformance.server.process import ReferenceServer

FEW = ("-k", "success and interval")
FAULTS = Faults(late_s=0.3)
QUOTA = 8
"""The largest number of flow logs that a case needs: what one leaves behind is in the way of the next."""


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("cloud"))


class Client:
    """Runs commands against a cloud, in processes of their own, which trust its certificate.

    Args:
        cloud: The cloud.
        folder: Where everything is written.
        trusted: The folder of the certificate.
    """

    def __init__(self, cloud: Cloud, folder: Path, trusted: Path) -> None:
        self.cloud = cloud
        self.folder = folder
        self.env = environment(
            CLOUD_ID=cloud.account, CLOUD_SECRET=SECRET, SSL_CERT_FILE=str(trusted / "here.pem"), COLUMNS="200"
        )
        self.target = target_file(folder / "target.yaml", cloud)
        self.report_dir = folder / "report"

    @property
    def ledger(self) -> Path:
        return self.report_dir / "ledger.ndjson"

    def words(self, *words: str) -> tuple[str, ...]:
        named = () if any(word.startswith(OPERATION) for word in words) else (OPERATION,)
        options = ("--target", self.target, "--live", "--report-dir", str(self.report_dir))
        return (script(), "run", *named, *options, *words)

    def pytest_words(self, *words: str) -> tuple[str, ...]:
        options = ("--target", self.target, "--live", "--report-dir", str(self.report_dir))
        return (
            script("pytest"),
            *WITHOUT_OTHERS,
            "-q",
            "-p",
            "no:cacheprovider",
            str(REPOSITORY / "cases" / "vpc" / OPERATION),
            *options,
            *words,
        )

    def run(self, *words: str, timeout: float = LONGEST_S) -> subprocess.CompletedProcess[str]:
        return run_program(*words, folder=self.folder, env=self.env, timeout=timeout)

    def cleanup(self) -> subprocess.CompletedProcess[str]:
        return self.run(script(), "cleanup", str(self.ledger), "--target", self.target, "--live")

    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.report_dir / "report.json").read_text(encoding="utf-8"))
        return report


@contextmanager
def client(  # noqa: PLR0917 - what makes a cloud
    upstream: str, faults: Faults, seed: int, folder: Path, trusted: Path, names: Sequence[str] = FOREIGN
) -> Iterator[Client]:
    with Cloud(upstream, faults, seed, trusted, names, QUOTA) as cloud:
        yield Client(cloud, folder, trusted)


@pytest.fixture
def calm(reference: ReferenceServer, tmp_path: Path, trusted: Path) -> Iterator[Client]:
    with client(reference.endpoint, CALM, 0, tmp_path, trusted) as each:
        yield each


@pytest.fixture
def faulty(reference: ReferenceServer, tmp_path: Path, trusted: Path) -> Iterator[Client]:
    with client(reference.endpoint, FAULTS, 7, tmp_path, trusted) as each:
        yield each


def test_faults_change_no_verdict_and_leave_nothing(faulty: Client) -> None:
    ended = faulty.run(*faulty.words(*FEW))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    summary = faulty.report()["summary"]
    assert summary["pass"] == summary["total"] > 3
    assert (faulty.cloud.left(), faulty.cloud.touched()) == ([], set())
    assert "still there" not in ended.stdout


@pytest.mark.deep
@pytest.mark.parametrize(("through", "wait"), [("words", None), ("pytest_words", 1)])
def test_the_whole_suite_has_the_verdicts_of_a_calm_run(
    through: str, wait: int | None, reference: ReferenceServer, tmp_path: Path, trusted: Path
) -> None:
    """Beside 120 things of others, of which every page has some that are named as the run names its own."""
    found = []
    for faults in (CALM, Faults(wait=wait)):
        with client(reference.endpoint, faults, 1, tmp_path, trusted, MANY) as each:
            ended = each.run(*getattr(each, through)(), timeout=3600)
            assert (ended.returncode, len(each.cloud.foreign)) == (0, len(MANY)), ended.stdout + ended.stderr
            assert (each.cloud.left(), each.cloud.touched()) == ([], set()), ended.stdout
            found.append({case["id"]: (case["verdict"], case["follows"]) for case in each.report()["cases"]})
            each.ledger.unlink()
    assert found[0] == found[1]
    assert len(found[0]) > 300


def test_under_pytest_the_end_of_the_run_settles_what_is_open(faulty: Client) -> None:
    ended = faulty.run(*faulty.pytest_words(*FEW))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (faulty.cloud.left(), faulty.cloud.touched()) == ([], set()), ended.stdout
    assert "still there" not in ended.stdout


def deep(value: object) -> ParameterSet:
    return pytest.param(value, marks=pytest.mark.deep)


@pytest.mark.parametrize("given", [None, deep(""), deep([]), deep({"a": "b"}), ["a"], 7])
def test_an_id_that_is_no_text_is_never_sent(given: object, calm: Client) -> None:
    calm.cloud.answer_creations_with = given if given is not None else {}
    calm.run(*calm.words("CreateFlowLog/success/vpc"))
    made = set(calm.cloud.made) - calm.cloud.foreign
    assert set(calm.cloud.deleted) <= made
    assert (calm.cloud.left(), calm.cloud.touched()) == ([], set())


def test_what_somebody_else_created_in_the_meantime_is_not_deleted(calm: Client) -> None:
    """A server that answers a creation with the id of something that was not there when the run began."""
    foreign: list[str] = []
    whole = calm.cloud.ask

    def ask(method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        if "Action=CreateFlowLog" in target and SIGNED.search(target):
            if not foreign:
                foreign.append(calm.cloud.create_foreign("conformance-meanwhile", "vpc-meanwhile"))
            answer = {"RequestId": "AA", "Success": "true", "FlowLogId": foreign[0]}
            return 200, "application/json", json.dumps(answer).encode()
        return whole(method, target, body, headers)

    calm.cloud.ask = ask  # type: ignore[method-assign]
    calm.run(*calm.words("CreateFlowLog/success/vpc"))
    assert foreign
    assert calm.cloud.touched() == set()
    assert foreign[0] not in calm.cloud.deleted
    assert calm.cleanup().returncode == 0
    assert foreign[0] not in calm.cloud.deleted


SIGNED = re.compile(r"[?&]Signature=")


def kill(each: Client, after_s: float, words: tuple[str, ...]) -> None:
    with started(*words, folder=each.folder, env=each.env) as process:
        eventually(lambda: each.ledger.exists() or process.poll() is not None, LONGEST_S)
        time.sleep(after_s)
        process.kill()
        process.communicate(timeout=LONGEST_S)


def killed_and_cleaned(each: Client, after_s: float) -> None:
    kill(each, after_s, each.words())
    cleaned = each.cleanup()
    for _ in range(5):  # what a fault hid is not gone before it is seen to be
        if cleaned.returncode == 0:
            break
        assert (cleaned.returncode, "still there: " in cleaned.stdout) == (1, True), cleaned.stderr
        cleaned = each.cleanup()
    assert (cleaned.returncode, "still there" in cleaned.stdout) == (0, False), cleaned.stdout + cleaned.stderr
    assert (each.cloud.left(), each.cloud.touched()) == ([], set()), cleaned.stdout
    each.ledger.unlink()


@pytest.mark.slow
def test_cleanup_deletes_all_that_a_killed_run_left(faulty: Client) -> None:
    killed_and_cleaned(faulty, 0.4)


@pytest.mark.deep
def test_fifty_killed_runs_leave_nothing(reference: ReferenceServer, tmp_path: Path, trusted: Path) -> None:
    chance = random.Random(50)  # noqa: S311 - moments that can be repeated, no secret
    with client(reference.endpoint, Faults(), 50, tmp_path, trusted, MANY) as each:
        for _ in range(50):
            killed_and_cleaned(each, chance.uniform(0, 6))


def stopped(each: Client, number: signal.Signals, after_s: float, words: tuple[str, ...]) -> tuple[int, float, str]:
    """Stop a run; return its status, the seconds until its end, and what it printed."""
    with started(*words, folder=each.folder, env=each.env) as process:
        begun = each.report_dir / "events.ndjson"  # under pytest made with the first verdict
        eventually(lambda: (each.ledger.exists() and begun.exists()) or process.poll() is not None, LONGEST_S)
        time.sleep(after_s)
        asked_at = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=LONGEST_S)
        return process.returncode, time.monotonic() - asked_at, out + err


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stopped_run_leaves_nothing_and_a_report(
    number: signal.Signals, status: int, workers: str, faulty: Client
) -> None:
    ended, _, printed = stopped(faulty, number, 0.5, faulty.words("--workers", workers))
    assert ended == status, printed
    assert "Traceback" not in printed
    assert faulty.report()["complete"] is False
    assert (faulty.cloud.left(), faulty.cloud.touched()) == ([], set()), printed


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 2), (signal.SIGTERM, 143)])
def test_pytest_that_is_stopped_leaves_nothing_and_a_report(
    number: signal.Signals, status: int, faulty: Client
) -> None:
    # What measures coverage handles SIGTERM itself, and the plugin leaves it to whoever does.
    faulty.env = {name: text for name, text in faulty.env.items() if not name.startswith("COVERAGE_")}
    ended, _, printed = stopped(faulty, number, 0.3, faulty.pytest_words("-k", "success"))
    assert ended == status, printed
    assert faulty.report()["complete"] is False
    assert (faulty.cloud.left(), faulty.cloud.touched()) == ([], set()), printed


@pytest.mark.deep
@pytest.mark.parametrize(
    ("number", "status", "through"),
    [(signal.SIGINT, 130, "words"), (signal.SIGTERM, 143, "words"), (signal.SIGINT, 2, "pytest_words")],
)
def test_twenty_stopped_runs_leave_nothing(  # noqa: PLR0917 - fixtures
    number: signal.Signals, status: int, through: str, reference: ReferenceServer, tmp_path: Path, trusted: Path
) -> None:
    chance = random.Random(20)  # noqa: S311 - moments that can be repeated, no secret
    with client(reference.endpoint, Faults(), 20, tmp_path, trusted) as each:
        for turn in range(20):
            words = each.pytest_words() if through == "pytest_words" else each.words("--workers", str(turn % 2 + 1))
            ended, seconds, printed = stopped(each, number, chance.uniform(0, 6), words)
            assert (ended, each.cloud.left(), each.cloud.touched()) == (status, [], set()), printed
            assert seconds < 5, printed
            assert each.report()["complete"] is False
            each.ledger.unlink()


def resources(pid: int) -> tuple[int, int]:
    """Return the resident memory of a process, in KiB, and the number of its descriptors."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+)", text)
    assert found
    return int(found[1]), len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.deep
def test_ten_minutes_of_a_faulty_service_take_no_more_memory_and_no_more_descriptors(
    reference: ReferenceServer, tmp_path: Path, trusted: Path
) -> None:
    samples: list[tuple[int, int]] = []
    with client(reference.endpoint, Faults(), 600, tmp_path, trusted) as each:
        until = time.monotonic() + 600
        with started(*each.words("--rate", "1.5"), folder=tmp_path, env=each.env) as process:
            while time.monotonic() < until and process.poll() is None:
                time.sleep(5)
                if process.poll() is None:
                    samples.append(resources(process.pid))
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=LONGEST_S)
        assert (each.cloud.left(), each.cloud.touched()) == ([], set())
    settled = samples[len(samples) // 4 :]
    assert max(memory for memory, _ in settled) < 1.2 * settled[0][0]
    assert max(number for _, number in settled) <= settled[0][1] + 8
