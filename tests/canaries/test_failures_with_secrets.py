"""The harness, a driver, a plugin or the machine fails while a server echoes secrets: none is written anywhere."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from commands import OPERATION, REPOSITORY, WITHOUT_OTHERS, environment, run_program, script, started
from echoing import ACCOUNTS, SECRETS, Echo, canaries, target_text, written
from servers import Server, closed_port, eventually
from spellings import Canaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from subprocess import CompletedProcess

    from _pytest.mark import ParameterSet
    from commands import Command

SOME = "MissingParameter and omitted"
TWO = "MissingParameter/region-omitted or MissingParameter/project-omitted"


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture(autouse=True)
def _server(echo: Echo, tmp_path: Path) -> Iterator[None]:
    with Server(echo.answer) as server:
        (tmp_path / "target.yaml").write_text(target_text(server, timeout_s=5))
        yield


def deep(*values: object) -> list[ParameterSet]:
    return [pytest.param(*(each if isinstance(each, tuple) else (each,)), marks=pytest.mark.deep) for each in values]


def variables(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a child: with the secrets, a folder for modules, and a cache of its own."""
    return environment(**ACCOUNTS, PYTHONPATH=str(folder / "modules"), XDG_CACHE_HOME=str(folder / "cache"), **more)


def conformance(folder: Path, *words: str, **more: str) -> CompletedProcess[str]:
    return run_program(script(), *words, folder=folder, env=variables(folder, **more))


def pytest_run(folder: Path, *words: str, **more: str) -> CompletedProcess[str]:
    options = ("--target", "target.yaml", "--report-dir", "report", "-k", SOME, "--junitxml", "pytest.xml")
    return run_program(
        *(sys.executable, "-m", "pytest", *WITHOUT_OTHERS, "-o", "cache_dir=cache", *options, *words),
        *("-p", "no:randomly", str(CASES)),
        folder=folder,
        env=variables(folder, **more),
    )


CASES = REPOSITORY / "cases" / "vpc" / "CreateFlowLog"


def at_start(folder: Path, code: str) -> None:
    """Have every Python process of the test run some code when it starts."""
    (folder / "modules").mkdir(exist_ok=True)
    (folder / "modules" / "sitecustomize.py").write_text(textwrap.dedent(code))


def left(folder: Path, done: CompletedProcess[str], echo: Echo | None = None) -> list[str]:
    found = canaries(echo) if echo is not None else Canaries(SECRETS)
    return found.left_in(written(folder, done.stdout, done.stderr))


CRASH = """
    import conformance.judging.judge as judging

    def crash(*arguments, **names):
        import os
        secrets = [value for name, value in os.environ.items() if name.startswith(("OWN_", "SUB_"))]
        raise ValueError(f"{arguments} {names} {secrets}")

    for name in [each for each in vars(judging) if each.startswith("judge")]:
        setattr(judging, name, crash)
    import conformance.engine.step_judging as judge
    judge.StepJudge.judge = crash
"""


@pytest.mark.parametrize(("workers", "traceback"), [("1", "1"), *deep(("1", ""), ("2", ""), ("2", "1"))])
def test_a_crash_of_the_harness_shows_no_secret(workers: str, traceback: str, echo: Echo, tmp_path: Path) -> None:
    at_start(tmp_path, CRASH)
    echo.places = ("message", "code")
    done = conformance(
        *(tmp_path, "run", OPERATION, "--target", "target.yaml", "--report-dir", "report"),
        *("--workers", workers, "-k", SOME),
        CONFORMANCE_TRACEBACK=traceback,
    )
    assert done.returncode == 4, done.stderr
    assert ("Traceback" in done.stderr) is bool(traceback)
    found = left(tmp_path, done, echo)
    assert found == [], found[:5]


@pytest.mark.parametrize(
    "options", ["--showlocals -vv --tb=long", *deep("-n2 -l -vv --full-trace", "-s --tb=native -l")]
)
def test_a_crash_within_a_case_of_pytest_shows_no_secret(options: str, echo: Echo, tmp_path: Path) -> None:
    at_start(tmp_path, CRASH)
    echo.places = ("message", "code")
    done = pytest_run(tmp_path, *options.split(), CONFORMANCE_TRACEBACK="1")
    assert done.returncode == 1, done.stdout
    assert "ValueError" in done.stdout
    found = left(tmp_path, done, echo)
    assert found == [], found[:5]


def test_pytest_shows_no_secret_of_an_answer(echo: Echo, tmp_path: Path) -> None:
    done = pytest_run(tmp_path, "--showlocals", "-vv", "--tb=long", "-s", "--log-level=DEBUG")
    assert done.returncode == 1, done.stdout
    found = left(tmp_path, done, echo)
    assert found == [], found[:5]


PLUGIN = """
    import os
    import pytest

    def fail():
        secrets = [value for name, value in os.environ.items() if name.startswith(("OWN_", "SUB_"))]
        encoded = [secret.encode().hex() for secret in secrets]
        if "{hook}" == "pytest_runtest_setup":
            print(secrets)  # which pytest captures
        raise ValueError(secrets)

    @pytest.hookimpl(tryfirst=True)
    def {hook}({arguments}):
        fail()
"""


@pytest.mark.parametrize(
    ("hook", "options"),
    [
        ("pytest_runtest_logreport report", "-l -vv"),
        ("pytest_runtest_setup item", "-n2 --showlocals"),
        *deep(
            ("pytest_runtest_logreport report", "-n2 --showlocals"),
            ("pytest_runtest_setup item", "-l -vv"),
            ("pytest_sessionfinish session", "-l -vv"),
            ("pytest_sessionfinish session", "-n2 --showlocals"),
            ("pytest_collection_modifyitems session, config, items", "-l -vv --full-trace"),
        ),
    ],
)
def test_a_plugin_that_fails_shows_no_secret(hook: str, options: str, tmp_path: Path) -> None:
    name, argument = hook.split(maxsplit=1)
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "failing.py").write_text(textwrap.dedent(PLUGIN.format(hook=name, arguments=argument)))
    done = pytest_run(tmp_path, "-p", "failing", *options.split(), "-k", TWO)  # one case fails as any other does
    assert "ValueError" in done.stdout + done.stderr
    found = left(tmp_path, done)
    assert found == [], found[:5]


MANY = f"run {OPERATION} --report-dir report -k ParameterInvalid --rate 30"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGINT, MANY),
        (signal.SIGTERM, MANY),
        *deep(
            (signal.SIGINT, f"{MANY} --workers 2"),
            (signal.SIGTERM, f"{MANY} --workers 2"),
            (signal.SIGKILL, f"{MANY} --workers 2"),
            (signal.SIGINT, "fuzz CreateFlowLog --report-dir report --max-time 30 --rate 30"),
            (signal.SIGTERM, "fuzz CreateFlowLog --report-dir report --max-time 30 --rate 30"),
        ),
    ],
)
def test_a_run_that_is_interrupted_writes_no_secret(
    number: signal.Signals, words: str, echo: Echo, tmp_path: Path
) -> None:
    command = (script(), *words.split(), "--target", "target.yaml")
    with started(*command, folder=tmp_path, env=variables(tmp_path)) as process:
        assert eventually(lambda: len(echo.signatures) > 10)
        os.kill(process.pid, number)
        out, err = process.communicate(timeout=60)
    assert process.returncode in (130, 143, -signal.SIGKILL)
    assert canaries(echo).left_in(written(tmp_path, out, err)) == []


@pytest.mark.deep
@pytest.mark.parametrize(
    "words",
    [
        "run --workers 2 -k omitted",
        "run --keep-exchanges all -v --no-cache -k omitted",
        "run --json -k omitted",
        "run --shard 1/2 -k omitted",
        "run -x",
        "run --plan",
        "fuzz CreateFlowLog --max-examples 8 --max-time 10 --save-cases found",
        "fuzz CreateFlowLog --docs zh --max-examples 8 --max-time 10",
    ],
)
def test_no_command_writes_a_secret(words: str, echo: Echo, tmp_path: Path) -> None:
    report = () if "--plan" in words else ("--report-dir", "report")
    done = conformance(tmp_path, *words.split(), "--target", "target.yaml", *report)
    assert done.returncode in (0, 1, 3), done.stderr
    found = left(tmp_path, done, echo)
    assert found == [], found[:5]


@pytest.mark.deep
def test_the_reference_server_prints_nothing_of_what_it_is_sent(tmp_path: Path) -> None:
    with started(script(), "mock", "--port", "0", folder=tmp_path, env=variables(tmp_path)) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        port = int(first.rstrip().rpartition(":")[2].rstrip("/"))
        query = "&".join(f"p{number}={quote(secret)}" for number, secret in enumerate(SECRETS))
        signed = f"ACS3-HMAC-SHA256 Credential={SECRETS[0]},SignedHeaders=host,Signature={'a1b2' * 16}"
        for method, target in (("GET", f"/?{query}"), ("POST", f"/{query}"), ("PUT", "/_states"), ("ODD", "/")):
            link = HTTPConnection("127.0.0.1", port, timeout=10)
            link.request(method, target, body=query, headers={"Authorization": signed})
            assert Canaries(SECRETS).left_in(str(link.getresponse().headers)) == []
            link.close()
        process.terminate()
        out, err = process.communicate(timeout=30)
    assert Canaries([*SECRETS, "a1b2" * 16]).left_in(written(tmp_path, first, out, err)) == []


@pytest.mark.parametrize(
    "limit",
    ["exec > /dev/full", *deep("ulimit -f 40", "ulimit -n 14", "mkdir report; chmod 500 report", "exec 2> /dev/full")],
)
def test_a_machine_that_has_no_more_room_shows_no_secret(limit: str, echo: Echo, tmp_path: Path) -> None:
    line = f"{limit}; {script()} run {OPERATION} --target target.yaml --report-dir report -k '{SOME}'"
    env = variables(tmp_path, CONFORMANCE_TRACEBACK="1", PYTHONDONTWRITEBYTECODE="1")  # no half of a module is kept
    done = run_program("bash", "-c", line, folder=tmp_path, env=env)
    found = left(tmp_path, done, echo)
    assert found == [], found[:5]


def test_a_wrong_target_file_is_refused_without_showing_what_is_in_it(
    quick: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_NAME", ACCOUNTS["OWN_NAME"])
    for name, text in bad_targets().items():
        (tmp_path / "target.yaml").write_text(text)
        done = quick.run("--target", "target.yaml", "-k", SOME)
        assert done.status == 2, name
        assert done.err.startswith("conformance: ")
        assert Canaries(SECRETS).left_in(written(tmp_path, done.out, done.err)) == [], (name, done.err)


def bad_targets() -> dict[str, str]:
    """Return by name wrong target files into which somebody wrote the secrets themselves."""
    identity, secret, token = SECRETS[:3]
    start = f"endpoint: http://127.0.0.1:{closed_port()}\n"
    good = "access_key_id_env: OWN_NAME"
    return {
        "in place of a name": f"{start}credentials: {{{good}, access_key_secret_env: {secret}}}\n",
        "in quotes": f"{start}credentials: {{{good}, access_key_secret_env: '{secret}'}}\n",
        "another field": f"{start}credentials:\n  {good}\n  access_key_secret: {secret}\n",
        "as a field": f"{start}credentials:\n  {good}\n  {secret}: 1\n",
        "no mapping": f"{start}credentials: {identity}:{secret}\n",
        "a list": f"{start}credentials: [{identity}, {secret}]\n",
        "unknown alias": f"{start}credentials: *{secret[:6]}{secret[6:10]}\n",
        "bad syntax": f"{start}credentials: {{access_key_secret_env: {secret}\n",
        "bad escape": f'{start}credentials: "\\q{secret}"\n',
        "bad tag": f"{start}credentials: !{secret} x\n",
        "not text": f"{start}credentials: {{{good}, access_key_secret_env: {secret}\x07}}\n",
        "twice": f"{start}{secret}: 1\n{secret}: 2\n",
        "in a profile's name": f"{start}states: {{default: {{profile: {token}}}}}\n",
        "in the endpoint": f"endpoint: http://{identity}:{secret}@127.0.0.1\n",
        "as an endpoint": f"endpoint: {secret}\n",
        "in a query": f"endpoint: http://127.0.0.1/?Signature={secret}\n",
        "as a signature": f"{start}signature: {secret}\n",
        "as a rate": f"{start}rate: {secret}\n",
        "another secret": f"{start}secret: {secret}\n",
        "unset": f"{start}credentials: {{{good}, access_key_secret_env: NOT_SET_{secret}}}\n",
    }
