"""Which items this process will run next, as far as it knows: what the engine may begin before pytest asks for it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.cases.model import Case
    from conformance.pytest_plugin.xdist_parts import WorkerInteractor

NAME: Final = "conformance-upcoming"
_LOOK: Final = 512
"""How many items are looked through for those to begin."""


class UpcomingCases:
    """The cases that this process runs after an item, up to the next item of another kind. May be read many times.

    Args:
        item: The item whose turn it is.
    """

    def __init__(self, item: pytest.Item) -> None:
        self._item = item

    def __iter__(self) -> Iterator[Case]:
        tracker = self._item.config.pluginmanager.get_plugin(NAME)
        assert isinstance(tracker, UpcomingItems)  # noqa: S101 - registered with the first case file
        for item in tracker.after(self._item):
            case: Case | None = getattr(item, "case", None)
            if case is None:
                return
            yield case


class UpcomingItems:
    """Knows the order in which this process runs its items. A plugin of pytest."""

    def __init__(self) -> None:
        self._positions: dict[pytest.Item, int] = {}
        self._next: pytest.Item | None = None
        self._worker: WorkerInteractor | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, nextitem: pytest.Item | None) -> None:
        """Remember the item that pytest-xdist has taken from its queue, to be run next."""
        self._next = nextitem

    def after(self, item: pytest.Item) -> Iterator[pytest.Item]:
        """Yield the items that follow one, which is running."""
        items = item.session.items
        if hasattr(item.config, "workerinput"):
            yield from (items[index] for index in self._given_to_worker(item.config))
        else:
            start = self._position(item) + 1
            yield from (items[index] for index in range(start, min(start + _LOOK, len(items))))

    def _position(self, item: pytest.Item) -> int:
        if item not in self._positions:
            self._positions = {each: index for index, each in enumerate(item.session.items)}
        return self._positions[item]

    def _given_to_worker(self, config: pytest.Config) -> Iterable[int]:
        """Return the numbers of the items that pytest-xdist has given to this worker and that have not begun."""
        following = [] if self._next is None else [self._position(self._next)]
        if self._worker is None:
            plugins = config.pluginmanager.get_plugins()
            self._worker = next((plugin for plugin in plugins if hasattr(plugin, "torun")), None)
        if self._worker is None:  # another pytest-xdist than those known
            return following
        with self._worker.torun.lock() as queue:
            return following + [index for index in islice(queue, _LOOK) if isinstance(index, int)]
