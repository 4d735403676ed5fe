"""The parts of pytest-xdist 3 that are used here, as types: it ships none. Loaded by type checkers only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from execnet import Gateway


class NodeManager(Protocol):
    """What starts workers: `roots` are the folders that are copied to them."""

    roots: Sequence[Path]


class WorkerController(Protocol):
    """The controlling process's side of a worker.

    `workerinput` is what the worker is given, `workeroutput` is there when it ended normally.
    """

    gateway: Gateway
    nodemanager: NodeManager
    workerinput: dict[str, object]
    workeroutput: Mapping[str, object]


class Scheduler(Protocol):
    """What gives items to workers."""

    def mark_test_pending(self, item: str) -> None:
        """Put an item back; raises `NotImplementedError` where that happens by itself."""


class ItemQueue(Protocol):
    """The items that a worker was given."""

    def lock(self) -> AbstractContextManager[Iterable[object]]:
        """Give the numbers of the items, and markers between them, while no other thread changes the queue."""


class WorkerInteractor(Protocol):
    """The plugin that runs the items of a worker."""

    torun: ItemQueue
