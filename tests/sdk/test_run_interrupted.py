"""A run through an SDK that is stopped: it leaves a report, and no process."""

from __future__ import annotations

import json
import shlex
import signal
import sys
from pathlib import Path

from commands import LONGEST_S, script, started
from driving import PROGRAMS, gone
from servers import eventually

TURN_S = 600
"""When the second call has its turn: nobody waits so long, and a busy machine needs far less."""
DRIVER = shlex.join([sys.executable, str(PROGRAMS / "model_sdk.py")])


def test_ctrl_c_does_not_wait_for_turns_and_leaves_no_driver(tmp_path: Path) -> None:
    words = ("--driver", DRIVER, "--rate", str(1 / TURN_S), "--concurrency", "2", "CreateFlowLog/MissingParameter")
    events = tmp_path / "report" / "events.ndjson"
    with started(script(), "run", "--report-dir", "report", *words, folder=tmp_path) as run:
        assert eventually(lambda: events.exists() and '"case_finished"' in events.read_text(), LONGEST_S)
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=TURN_S / 2)
    assert (run.returncode, err) == (130, "")
    assert json.loads((tmp_path / "report" / "report.json").read_text())["complete"] is False
    assert len(children) >= 2  # the reference server, and a driver
    assert all(gone(int(child)) for child in children)
