"""The benchmarks work: they measure what did the work, refuse what did not, and write their section of a page."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, REPOSITORY, environment, run_program

sys.path.insert(0, str(REPOSITORY / "benchmarks"))

import page
import peer_report
from peer_cases import FOLDER, parameters, write_ours, write_targets
from peer_list import LIMIT, PEERS, RUN, Peer
from peers import Bench, Setting, growth
from server import WRONG, Server
from timing import MeasureError, Series, Taken, take

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

LOOP = next(peer for peer in PEERS if peer.name == LIMIT)


def run(name: str, *words: str) -> str:
    command = (sys.executable, str(REPOSITORY / "benchmarks" / name), "--offline", *words)
    done = run_program(*command, folder=REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Server() as server:
        yield Bench(server, tmp_path)


# The two programs.


@pytest.mark.deep
def test_peers_runs_the_peers_that_are_installed() -> None:
    before = page.PAGE.read_bytes()
    out = run("peers.py", "--quick", "--cases", "5", "--latency", "1", "--peers", f"{LIMIT},{RUN},Hurl")
    assert f"checked: {LIMIT}, {RUN}" in out
    assert f"| **{RUN}** |" in out.partition("5 cases, a server that answers after 1 ms")[2]
    assert page.PAGE.read_bytes() == before


@pytest.mark.deep
def test_scale_runs_suites_that_grow_tenfold() -> None:
    before = page.PAGE.read_bytes()
    out = run("scale.py", "--quick", "--most", "10")
    rows = [line.split("|")[1].strip() for line in out.splitlines() if line.startswith("|")]
    assert rows == ["cases", "---", "1", "10"]
    assert page.PAGE.read_bytes() == before


@pytest.mark.parametrize("words", [("--peers", "nobody"), ("--cases", "0"), ("--latency", "-1"), ("--rounds", "few")])
def test_what_cannot_be_measured_is_refused(words: tuple[str, ...]) -> None:
    done = run_program(sys.executable, str(REPOSITORY / "benchmarks" / "peers.py"), *words)
    assert done.returncode == 2
    assert words[-1] in done.stderr
    assert "Traceback" not in done.stderr


# What is a measurement.


def test_the_server_counts_and_answers_wrongly_when_it_is_told_to(bench: Bench) -> None:
    folder = bench.prepare(LOOP, 4)
    for wrong in ("", *WRONG):
        assert bench.run(LOOP, folder, 0.0, wrong).status == 0
        assert bench.server.set() == 4
    assert bench.server.set() == 0


def test_a_peer_that_does_not_judge_is_refused(bench: Bench) -> None:
    with pytest.raises(MeasureError, match="careless passes an answer with a wrong status"):
        bench.check(replace(LOOP, name="careless", judges=True))


def test_a_run_that_sends_too_little_is_refused(bench: Bench) -> None:
    lazy = replace(LOOP, write=lambda folder, cases, endpoint: write_targets(folder, cases - 1, endpoint))
    with pytest.raises(MeasureError, match="status 0, 3 requests"):
        bench.measure(lazy, bench.prepare(lazy, 4), Setting(0.0, 4))


def test_a_run_that_fails_is_refused(bench: Bench) -> None:
    failing = Peer("failing", write_targets, lambda _: [sys.executable, "-c", "print('no'); raise SystemExit(1)"])
    with pytest.raises(MeasureError, match=r"status 1, 0 requests.*\nno"):
        bench.measure(failing, bench.prepare(failing, 1), Setting(0.0, 1))


def test_a_command_is_timed_its_memory_is_its_own_and_a_late_one_is_ended(tmp_path: Path) -> None:
    def taken(code: str, limit_s: float = LONGEST_S) -> Taken:
        return take([sys.executable, "-c", code], folder=tmp_path, env=environment(), limit_s=limit_s)

    small, large = taken("print('small')"), taken("bytearray(80 << 20)")
    assert (small.status, small.words) == (0, "small")
    assert 60 < large.memory_mb - small.memory_mb < 100
    assert taken("import time; time.sleep(30)", 0.2).status is None
    with pytest.raises(MeasureError, match="nothing-of-this-name cannot be run"):
        take(["nothing-of-this-name"], folder=tmp_path, env=environment(), limit_s=1)


def test_the_peers_are_asked_for_what_our_cases_send(conformance: Command, tmp_path: Path) -> None:
    from servers import Link, whole  # noqa: PLC0415 - sockets are for this test alone
    from servers import Server as Recorder  # noqa: PLC0415

    def refuse(link: Link) -> bool:
        name = link.request.params.get("FlowLogName", "")  # what the preflight asks has none
        body = {"RequestId": name, "Code": "MissingParameter", "Message": "Missing mandatory parameter"}
        link.send(whole(json.dumps(body).encode(), 400))
        return True

    folder = tmp_path / "suite"
    folder.mkdir()
    write_ours(folder, 12, "")
    with Recorder(refuse) as server:
        assert conformance.run(str(folder / FOLDER), "--endpoint", server.endpoint).status == 0
        asked_for = [request.params for request in server.operations]
        sent = {params["FlowLogName"]: params for params in asked_for if "FlowLogName" in params}
    signing = {"AccessKeyId", "Signature", "SignatureMethod", "SignatureNonce", "SignatureVersion", "Timestamp"}
    asked = {each["FlowLogName"]: each for each in map(parameters, range(12))}
    assert asked == {
        name: {key: value for key, value in params.items() if key not in signing} for name, params in sent.items()
    }


# What is written.


def series(*walls: float) -> Series:
    return Series([Taken(wall_s=wall, processor_s=wall / 2, memory_mb=50, status=0, words="") for wall in walls])


def test_the_table_has_medians_spreads_and_ratios() -> None:
    found = {(0.05, 640): {LIMIT: series(1.0), RUN: series(0.8, 2.0, 1.0), "Tavern": series(5.0, 4.0)}}
    doubled = {RUN: (1280, series(3.0)), "Tavern": (1280, None)}
    lines = peer_report.section(found, doubled, "Somewhere.", 3).splitlines()
    assert f"| **{RUN}** | 1 (0.8 to 2) | 1.00 | 2.00 | 0.5 | 50 |" in lines
    assert "| Tavern | 4.5 (4 to 5) | 4.50 | 9.00 | 2.25 | 50 |" in lines
    assert "The limit, 640 / 64 × 50 ms, is 0.5 s." in lines
    assert peer_report.limit_s(0.0, 640, found[0.05, 640]) == 1.0


def test_growth_is_against_half_as_many_cases() -> None:
    found = {(0.0, 5): {RUN: series(1.0), "Tavern": series(2.0)}}
    text = peer_report.section(found, {RUN: (10, series(3.0)), "Tavern": (10, None)}, "", 1)
    assert f"| **{RUN}** | 10 | 3 | 3.00 | 50 | 1.00 |" in text
    assert "| Tavern | 10 | ended late |" in text


def test_growth_runs_twice_as_many_cases(bench: Bench) -> None:
    (cases, found), *rest = growth(bench, [LOOP], 2).values()
    assert (cases, rest) == (4, [])
    assert found is not None
    assert len(found.runs) > 1


def test_a_section_is_replaced_and_the_rest_of_the_page_is_kept() -> None:
    begin, end = page.markers("x")
    text = f"above\n{begin}\nold\n{end}\nbelow\n"
    once = page.with_section(text, "x", "new")
    assert once == f"above\n{begin}\n\nnew\n\n{end}\nbelow\n"
    assert page.with_section(once, "x", "new") == once
    with pytest.raises(page.PageError, match="no lines"):
        page.with_section(f"{begin} only", "x", "new")


@pytest.mark.parametrize("name", ["peers", "scale"])
def test_the_page_has_a_place_for_each_program(name: str) -> None:
    page.check(page.PAGE, name)


def test_product_scaffolds_runs_and_tells_the_operations_that_differ(tmp_path: Path) -> None:
    data = {"name": "MakeThing", "product": "Farm", "version": "2020-01-02", "parameters": []}
    (tmp_path / "MakeThing.json").write_text(json.dumps(data), encoding="utf-8")
    program = (sys.executable, str(REPOSITORY / "benchmarks" / "product.py"), "--pages")
    done = run_program(*program, str(tmp_path), folder=REPOSITORY)
    assert done.stdout.splitlines()[0].startswith("scaffold "), done.stderr
    assert run_program(*program, str(tmp_path / "none"), folder=REPOSITORY).returncode == 2
