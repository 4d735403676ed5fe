"""What the server remembers: for every account its provider states and its flow logs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.server.provider_states import EVERY_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.server.provider_states import Params, ParamValue, Setting


@dataclass(frozen=True, slots=True)
class FlowLog:
    """One flow log.

    Attributes:
        flow_log_id: Its id.
        fields: What was sent or filled in for it, by the names of the answer, in text.
        traffic_path: What it collects; empty for the default.
        tags: Its tags, key and value.
        created_at: When it was created, in seconds on the server's clock.
        active_at: From when on it is in its final state.
    """

    flow_log_id: str
    fields: Mapping[str, str]
    traffic_path: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    created_at: float = 0.0
    active_at: float = 0.0

    def collects_all(self) -> bool:
        """Whether it collects the traffic of all scenarios: said so, or by default (English document, line 57)."""
        return not self.traffic_path or "all" in self.traffic_path


@dataclass(slots=True)
class Account:
    """The states and flow logs of one access key id."""

    states: dict[str, dict[tuple[ParamValue, ...], Params]] = field(default_factory=dict)
    flow_logs: dict[str, FlowLog] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """What one call sees: its own account, and what holds for every account."""

    own: Account
    common: Account

    def settings(self, state: str, **wanted: str | None) -> Iterator[Params]:
        """Yield the parameters of every setting of a state that has these parameters; `None` leaves one open."""
        for account in (self.own, self.common):
            for params in account.states.get(state, {}).values():
                if all(value is None or params.get(name) == value for name, value in wanted.items()):
                    yield params

    def holds(self, state: str, **wanted: str | None) -> bool:
        """Whether a state holds, with these parameters where any are given."""
        return next(self.settings(state, **wanted), None) is not None

    def flow_logs(self) -> Iterator[FlowLog]:
        """Yield the flow logs of the account, then those of every account, in the order of their creation."""
        yield from self.own.flow_logs.values()
        if self.common is not self.own:
            yield from self.common.flow_logs.values()

    def add(self, flow_log: FlowLog) -> None:
        """Keep a flow log in the call's own account."""
        self.own.flow_logs[flow_log.flow_log_id] = flow_log

    def remove(self, flow_log_id: str) -> bool:
        """Remove a flow log; tell whether there was one."""
        removed = [account.flow_logs.pop(flow_log_id, None) for account in (self.own, self.common)]
        return any(flow_log is not None for flow_log in removed)


@dataclass(slots=True)
class Store:
    """All accounts."""

    accounts: dict[str, Account] = field(default_factory=dict)

    def view(self, access_key_id: str) -> View:
        """Return what a call of this account sees."""
        return View(self._account(access_key_id), self._account(EVERY_ACCOUNT))

    def set_up(self, setting: Setting, flow_log: FlowLog | None = None) -> None:
        """Make a state hold. Setting it again with the same key replaces it.

        Args:
            setting: The state, checked.
            flow_log: The flow log that comes into being with it, if the state is about one.
        """
        self.tear_down(setting)
        account = self._account(setting.access_key_id)
        account.states.setdefault(setting.state, {})[setting.key] = setting.params
        if flow_log is not None:
            account.flow_logs[flow_log.flow_log_id] = flow_log

    def tear_down(self, setting: Setting) -> None:
        """End a state, and remove the flow log that came with it. A state that does not hold is fine."""
        account = self._account(setting.access_key_id)
        settings = account.states.get(setting.state, {})
        settings.pop(setting.key, None)
        account.flow_logs.pop(setting.flow_log_id, None)
        if not settings:
            account.states.pop(setting.state, None)
        if not account.states and not account.flow_logs:
            del self.accounts[setting.access_key_id]

    def _account(self, access_key_id: str) -> Account:
        return self.accounts.setdefault(access_key_id, Account())
