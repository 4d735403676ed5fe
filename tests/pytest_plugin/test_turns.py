"""Workers whose cases share an account run one case at a time, all together."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.pytest_plugin.turns import refuse_other_machines, turn

if TYPE_CHECKING:
    from pathlib import Path


def config(path: Path | None = None, tx: list[str] | None = None, **more: object) -> Any:
    options = {"conformance_target": str(path) if path else None, "tx": tx}
    return SimpleNamespace(getoption=lambda name, _=None: options[name], **more)


def test_one_worker_waits_for_the_other(tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    file.write_text("endpoint: http://127.0.0.1:1\n", encoding="utf-8")
    order: list[str] = []

    def other() -> None:
        with turn(config(file, workerinput={})):
            order.append("other")

    thread = threading.Thread(target=other)
    with turn(config(file, workerinput={})):
        thread.start()
        time.sleep(0.05)
        with turn(config(file)):  # no worker: nobody to wait for
            order.append("one")
    thread.join()
    assert order == ["one", "other"]
    assert [each.name for each in tmp_path.iterdir()] == ["target.yaml"]


def test_several_machines_are_refused() -> None:
    refuse_other_machines(config())
    refuse_other_machines(config(tx=["popen", "2*popen//python=python3"]))
    for spec in ("ssh=somebody@host//python=python3", "socket=127.0.0.1:8888"):
        with pytest.raises(pytest.UsageError, match="several machines cannot"):
            refuse_other_machines(config(tx=["popen", spec]))
