"""What the server remembers: for every account its provider states and its resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct, field

from conformance.server.provider_states import EVERY_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.core.jsontypes import Json
    from conformance.server.general.kept import KeptResource
    from conformance.server.provider_states import Params, ParamValue, Setting

EXISTENCE: Final = ".exists"
"""How the name of a provider state ends that says that something exists; `id` among its parameters says what."""


class StoredResource(Struct, frozen=True):
    """One resource.

    Attributes:
        id: Its id.
        fields: What was sent or filled in for it, by the names of the answer, in text.
        lists: Its lists by the names of the answer: every element has the texts of its members, at least one.
        created_at: When it was created, in seconds on the server's clock.
        active_at: From when on it is in its final state.
        of: The behaviour that it is of, `Behaviour.key`.
    """

    id: str
    fields: Mapping[str, str]
    lists: Mapping[str, tuple[tuple[str, ...], ...]]
    created_at: float = 0.0
    active_at: float = 0.0
    of: str = ""


class TokenAnswer(NamedTuple):
    """A call with a client token, and the fields that it was answered with."""

    asked: Mapping[str, str]
    fields: Mapping[str, Json]


class Account(Struct):
    """The states and resources of one access key id.

    Attributes:
        states: By name, and by what tells one from another, the parameters of each.
        resources: The resources of a behaviour, by id.
        kept: Those of operations without a behaviour in full, by kind and id.
        answered: By operation and client token, what was asked and answered.
        gone: The ids of resources that a call deleted.
        links: By kind and id of a resource, the ids of others that it is attached to, by the field of their kind.
    """

    states: dict[str, dict[tuple[ParamValue, ...], Params]] = field(default_factory=dict)
    resources: dict[str, StoredResource] = field(default_factory=dict)
    kept: dict[str, dict[str, KeptResource]] = field(default_factory=dict)
    answered: dict[tuple[str, str], TokenAnswer] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    links: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)


class View(Struct, frozen=True):
    """What one call sees: its own account, and what holds for every account.

    Attributes:
        own, common, everybody: The call's account, the one whose states hold for all, and all of them.
        of: The behaviour whose resources it sees, `Behaviour.key`.
    """

    own: Account
    common: Account
    everybody: Mapping[str, Account] = field(default_factory=dict)
    of: str = ""

    def settings(self, state: str, **wanted: str | None) -> Iterator[Params]:
        """Yield the parameters of every setting of a state that has these parameters; `None` leaves one open."""
        for account in (self.own, self.common):
            for params in account.states.get(state, {}).values():
                if all(value is None or params.get(name) == value for name, value in wanted.items()):
                    yield params

    def holds(self, state: str, **wanted: str | None) -> bool:
        """Whether a state holds, with these parameters where any are given."""
        return next(self.settings(state, **wanted), None) is not None

    def resources(self) -> Iterator[StoredResource]:
        """Yield the resources of the account, then those of every account, in the order of their creation."""
        accounts = (self.own,) if self.common is self.own else (self.own, self.common)
        yield from (each for account in accounts for each in account.resources.values() if each.of == self.of)

    def all_resources(self) -> Iterator[StoredResource]:
        """Yield the resources of all accounts."""
        for account in self.everybody.values():
            yield from (each for each in account.resources.values() if each.of == self.of)

    def stated(self, resource_id: str) -> bool:
        """Whether a state says that a resource exists, and no call deleted it since."""
        if resource_id in self.own.gone:
            return False
        return any(
            params.get("id") == resource_id
            for account in (self.own, self.common)
            for state, settings in account.states.items()
            if state.endswith(EXISTENCE)
            for params in settings.values()
        )

    def knows(self, resource_id: str) -> bool:
        """Whether the account has a resource with an id, of whatever kind, or a state says so."""
        accounts = (self.own, self.common)
        own = any(resource_id in account.resources for account in accounts) or any(
            resource_id in of_kind for of_kind in self.own.kept.values()
        )
        return own or self.stated(resource_id)

    def add(self, resource: StoredResource) -> None:
        """Keep a resource in the call's own account."""
        self.own.resources[resource.id] = resource

    def remove(self, resource_id: str) -> None:
        """Remove a resource, if there is one with this id."""
        for account in (self.own, self.common):
            account.resources.pop(resource_id, None)


class Store(Struct):
    """All accounts."""

    accounts: dict[str, Account] = field(default_factory=dict)

    def view(self, access_key_id: str, of: str) -> View:
        """Return what a call of this account sees, of resources in full those of one behaviour."""
        return View(self._account(access_key_id), self._account(EVERY_ACCOUNT), self.accounts, of)

    def set_up(self, setting: Setting, resource_id: str, resource: StoredResource | None = None) -> None:
        """Make a state hold. Setting it again with the same key replaces it.

        Args:
            setting: The state, checked.
            resource_id: The id of the resource that would come into being with it.
            resource: That resource, if the state is about one.
        """
        self.tear_down(setting, resource_id)
        account = self._account(setting.access_key_id)
        account.states.setdefault(setting.state, {})[setting.key] = setting.params
        account.gone.discard(str(setting.params.get("id")))
        if resource is not None:
            account.resources[resource_id] = resource

    def tear_down(self, setting: Setting, resource_id: str) -> None:
        """End a state, and remove the resource that came with it. A state that does not hold is fine."""
        account = self._account(setting.access_key_id)
        settings = account.states.get(setting.state, {})
        settings.pop(setting.key, None)
        account.resources.pop(resource_id, None)
        if not settings:
            account.states.pop(setting.state, None)
        named = str(setting.params.get("id"))
        for of_kind in account.kept.values():
            if named in of_kind and of_kind[named].stated:
                del of_kind[named]
        if not (account.states or account.resources or any(account.kept.values())):
            del self.accounts[setting.access_key_id]

    def held(self) -> Iterator[tuple[str, str, Params]]:
        """Yield every state that holds: its account, its name, its parameters."""
        for access_key_id, account in self.accounts.items():
            for state, settings in account.states.items():
                for params in settings.values():
                    yield access_key_id, state, params

    def _account(self, access_key_id: str) -> Account:
        return self.accounts.setdefault(access_key_id, Account())
