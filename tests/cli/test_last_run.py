"""What the last run found, read from its report, whoever wrote that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from report_data import result, started

from conformance.cli.support.last_run import read_last_run
from conformance.engine.events import case_finished
from conformance.reports.store import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

VERDICTS = {"CreateFlowLog/X/a": "pass", "CreateFlowLog/X/b": "mismatch", "CreateFlowLog/X/c": "mismatch"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run = RunFolder(tmp_path)
    run.add(started([*VERDICTS]))
    for name, verdict in VERDICTS.items():
        known = {"known_failing": "a reason"} if name.endswith("c") else {}
        run.add(case_finished(result(name.partition("/")[2], verdict, **known)))
    run.close()
    return tmp_path


@pytest.mark.parametrize("indent", [0, 1, None])
def test_a_report_is_read_however_it_is_laid_out(folder: Path, indent: int | None) -> None:
    path = folder / "report.json"
    if indent != 0:
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=indent), encoding="utf-8")
    last = read_last_run(folder)
    assert last is not None
    assert last.verdicts == VERDICTS
    assert last.failed() == {"CreateFlowLog/X/b"}


@pytest.mark.parametrize("end", [-3, -40, -400])
def test_a_report_that_ends_in_the_midst_counts_for_nothing(folder: Path, end: int) -> None:
    path = folder / "report.json"
    path.write_bytes(path.read_bytes()[:end])
    assert read_last_run(folder) is None


@pytest.mark.parametrize("lines", [True, False])
def test_a_report_that_is_nested_too_deep_counts_for_nothing(folder: Path, lines: bool) -> None:  # noqa: FBT001
    path = folder / "report.json"
    whole = path.read_text(encoding="utf-8")
    deep = whole.replace('"verdict":', f'"other":{"[" * 100_000}{"]" * 100_000},"verdict":')
    path.write_text(deep if lines else deep.replace("\n", ""), encoding="utf-8")
    assert read_last_run(folder) is None
