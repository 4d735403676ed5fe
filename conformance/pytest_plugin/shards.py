"""The pytest side of `--shard I/N`: of the cases that were collected, only those of one part are run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from conformance.engine.shard import Shard
    from conformance.judging.report_entries import ShardEntry
    from conformance.pytest_plugin.xdist_parts import WorkerController

_EMPTY: Final = "conformance_shard_is_empty"


class Sharding:
    """Deselects the cases of the other parts; tests that are no cases stay.

    Args:
        shard: The part.
        kind: The class of items that are cases.

    Attributes:
        description: The part as the first event of the run has it, once cases were collected.
    """

    def __init__(self, shard: Shard, kind: type[pytest.Item]) -> None:
        self._shard = shard
        self._kind = kind
        self._empty = False
        self.description: ShardEntry | None = None

    @pytest.hookimpl(trylast=True)  # what -k and -m leave is the whole
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the cases of this part."""
        whole = [item.name for item in items if isinstance(item, self._kind)]
        self.description = self._shard.as_dict(whole)
        others = [item for item in items if isinstance(item, self._kind) and not self._shard.has(item.name)]
        left_out = set(others)
        kept = [item for item in items if item not in left_out]
        if others:
            config.hook.pytest_deselected(items=others)
            items[:] = kept
        self._empty = not kept and bool(others)
        if self._empty and hasattr(config, "workeroutput"):
            config.workeroutput[_EMPTY] = True

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController) -> None:
        """Learn from a worker of pytest-xdist that nothing was left to run."""
        self._empty = self._empty or getattr(node, "workeroutput", {}).get(_EMPTY, False)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Let a part that no case fell into be no failure."""
        if self._empty and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK
