"""What an operation does with a call that no check refuses: the resources of the account, and the answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.server.general.identity import is_stated, named_by_call
from conformance.server.general.kept import KeptResource, as_elements, comparable, joined, sent_fields, without
from conformance.server.general.links import attach, detach, forget, linked_to
from conformance.server.general.listing import chosen, page_of
from conformance.server.general.scope import AnswerScope, ResourceScope
from conformance.server.general.shapes import filled
from conformance.server.request import whole_number
from conformance.server.resources.placing import id_paths
from conformance.server.store import TokenAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.cases.meanings.words import Words
    from conformance.contract.model import Contract
    from conformance.core.jsontypes import Json
    from conformance.server.execution import Work
    from conformance.server.general.shapes import FieldShape
    from conformance.server.resources.kinds import ResourceKind

_STATUS_STATE: Final = "resource.status"
_REQUEST_ID: Final = "RequestId"
_MOST_MADE: Final = 100
"""How many resources one call creates at most."""


class ContractOperation(Struct, frozen=True):
    """One operation, carried out as its contract and its name say.

    Attributes:
        contract: What it promises.
        shape: The fields of its answer.
        kind: The kind of resource that it is about; `None` where it is about none.
        role: What it does with it (`ResourceKind.roles`); empty for nothing.
        words: What names mean.
        others: By parameter, the kinds of other resources that it names.
        made_in: The path of the list in the answer whose elements are what was created; empty where there is none.
    """

    contract: Contract
    shape: FieldShape
    kind: ResourceKind | None
    role: str
    words: Words
    others: Mapping[str, ResourceKind] = field(default_factory=dict)
    made_in: str = ""

    async def __call__(self, work: Work) -> Mapping[str, Json]:
        """Answer a call, or once more what a call with its client token was answered."""
        call = work.attempt.call
        token = next((text for name, text in call.parameters.items() if self.words.means("idempotent_by", name)), "")
        earlier = work.attempt.view.own.answered.get((call.action, token)) if token else None
        if earlier is not None:
            return {**earlier.fields, _REQUEST_ID: work.execution.request_id()}
        if work.execution.pause:
            await asyncio.sleep(work.execution.pause)
        request_id = work.execution.request_id()
        # Every answer has one, whether a page shows it or not.
        scope = self._carried_out(work, request_id)
        fields = {_REQUEST_ID: request_id, **filled(self.shape, scope)}
        self._keep_told(scope, fields)
        if token:
            work.attempt.view.own.answered[call.action, token] = TokenAnswer(comparable(call, self.words), fields)
        return fields

    def _keep_told(self, scope: AnswerScope, told: Mapping[str, Json]) -> None:
        """Keep what the answer to a creation tells of the resource, and a listing chooses by."""
        if self.role != "create" or self.kind is None or len(scope.resources) != 1:
            return
        chosen = {name for how in self.kind.lists.values() for name in how.filters.values()}
        kept = scope.resources[0].resource.fields
        for name in chosen - {self.kind.id_field, self.kind.status_field}:
            if isinstance(value := told.get(name), str) and not self.words.means("status", name):
                kept.setdefault(name, value)

    def _carried_out(self, work: Work, request_id: str) -> AnswerScope:
        sent = sent_fields(work.attempt.call, self.words)
        kind = self.kind
        if kind is not None and self.role == "list":
            return self._listed(kind, work, request_id, sent)
        if kind is None or self.role in ("", "detail"):
            paging = ("page_number", "page_size", "limit")
            asked = work.attempt.call.parameters.items()
            sent = sent | {name: text for name, text in asked if any(self.words.means(each, name) for each in paging)}
        if kind is None or not self.role:
            return AnswerScope(request_id, sent, self.words)
        if self.role == "create":
            made = self._made(kind, work, sent)
            shown = [self._shown(each, kind, work) for each in made]
            ids = [each.id for each in made]
            return AnswerScope(request_id, sent, self.words, shown, self.made_in, made=ids)
        names = named_by_call(kind, self.contract, work.attempt.call)
        found = [each for each in (self._resource(kind, work, name) for name in names) if each]
        for each in found:
            self._change(kind, work, each, sent)
        return AnswerScope(request_id, sent, self.words, [self._shown(each, kind, work) for each in found])

    def _made(self, kind: ResourceKind, work: Work, sent: Mapping[str, Json]) -> list[KeptResource]:
        given = named_by_call(kind, self.contract, work.attempt.call) if kind.given or not kind.id_field else []
        elements = (as_elements(sent.get(kind.each)) or [None]) if kind.each else [None] * self._count(work)
        made = []
        for at, element in enumerate(given or elements):
            name = given[at] if given else work.execution.resource_id(work.behaviour)
            own = element if isinstance(element, dict) else {}
            fields = {**{name: value for name, value in sent.items() if name != kind.each}, **own}
            resource = KeptResource(name, fields, work.now, work.now + work.execution.activation_delay)
            made.append(resource)
            if work.execution.keeps:
                _of_kind(kind, work)[name] = resource
                work.attempt.view.own.gone.discard(name)
        return made

    def _count(self, work: Work) -> int:
        call = work.attempt.call
        amount = next((text for name, text in call.parameters.items() if self.words.means("amount", name)), "")
        return min(max(1, whole_number(amount) or 1), _MOST_MADE)

    def _resource(self, kind: ResourceKind, work: Work, name: str) -> KeptResource | None:
        """Return a resource of the account, or one that a provider state says to exist; `None` when there is none."""
        own = _of_kind(kind, work)
        if name in own:
            return own[name]
        if not is_stated(kind, name, work.attempt.view):
            return None
        return own.setdefault(name, KeptResource(name, stated=True)) if self.role != "detail" else KeptResource(name)

    def _change(self, kind: ResourceKind, work: Work, resource: KeptResource, sent: Mapping[str, Json]) -> None:
        others = {name: value for name, value in sent.items() if name not in self._id_names(kind)}
        fields, own = resource.fields, work.attempt.view.own
        resource.changed |= self.role != "detail"
        match self.role:
            case "change" if work.execution.changes:
                renewed = {self.words.changed_field(name): value for name, value in others.items()}
                self._rename(kind, work, resource, renewed.pop(kind.id_field, None))
                fields.update({name: _changed(fields.get(name), value) for name, value in renewed.items()})
            case "attach" if work.execution.changes:
                resource.attached.update(name for name in others if self._is_of_attachment(name, resource))
                fields.update({name: joined(fields.get(name), value) for name, value in others.items()})
                attach(own, kind, resource.id, self.others, work.attempt.call)
            case "detach" if work.execution.changes:
                left = {name: without(fields.get(name), value) for name, value in others.items()}
                if resource.attached.isdisjoint(others):  # it is told alone, and loses all that it was attached to
                    left |= dict.fromkeys(resource.attached)
                resource.attached.difference_update(left)
                for name, value in left.items():
                    fields.pop(name, None)
                    if value is not None:
                        fields[name] = value
                resource.detached.update(other.id_field for other in self.others.values())
                detach(own, kind, resource.id, self.others, work.attempt.call)
            case "switch" if work.execution.changes:
                fields.update(kind.switches[self.contract.operation])
            case "delete" if work.execution.deletes:
                _of_kind(kind, work).pop(resource.id, None)
                own.gone.add(resource.id)
                forget(own, kind, resource.id)

    def _is_of_attachment(self, name: str, resource: KeptResource) -> bool:
        return name not in resource.fields and not self.words.means("never_ids", name)

    def _rename(self, kind: ResourceKind, work: Work, resource: KeptResource, name: Json) -> None:
        """Give a resource that is told apart by a name that was sent another one."""
        if kind.given and isinstance(name, str) and name:
            own = _of_kind(kind, work)
            own.pop(resource.id, None)
            work.attempt.view.own.gone.add(resource.id)
            work.attempt.view.own.gone.discard(name)
            resource.id = name
            own[name] = resource

    def _id_names(self, kind: ResourceKind) -> frozenset[str]:
        rows = [row.path for row in self.contract.parameters]
        return frozenset(path.removesuffix("[]") for name in kind.id_fields for path in id_paths(rows, name))

    def _listed(self, kind: ResourceKind, work: Work, request_id: str, sent: Mapping[str, Json]) -> AnswerScope:
        how = kind.lists[self.contract.operation]
        filters = {name: field for name, field in how.filters.items() if name in work.execution.filters}
        latest = work.now - work.execution.lag
        resources = [each for each in self._every(kind, work) if each.created_at <= latest]
        shown = [self._shown(each, kind, work) for each in resources]
        fitting = chosen(shown, work.attempt.call, filters, ResourceScope.choice)
        page = page_of(work.attempt.call, self.contract, self.words, len(fitting))
        return AnswerScope(request_id, sent, self.words, fitting[page.begin : page.end], how.path, page)

    def _every(self, kind: ResourceKind, work: Work) -> Iterable[KeptResource]:
        """Return the resources of the account: those that provider states say to exist, then those that it created."""
        view = work.attempt.view
        accounts = view.everybody.values() if work.execution.lists_every_account else (view.own,)
        kept = {name: each for account in accounts for name, each in account.kept.get(kind.key, {}).items()}
        stated = (
            str(setting["id"]) for setting in view.settings("resource.exists") if kind.is_called(str(setting["type"]))
        )
        new = {name: KeptResource(name, stated=True) for name in stated if name not in kept and view.stated(name)}
        return [*new.values(), *kept.values()]

    def _shown(self, resource: KeptResource, kind: ResourceKind, work: Work) -> ResourceScope:
        linked = linked_to(work.attempt.view.own, kind, resource.id, self.others.values())
        return ResourceScope(resource, kind, _status(resource, kind, work), self.words, linked)


def _changed(kept: Json, sent: Json) -> Json:
    """Return what a change makes of a field: of a list whose elements it all names it changes those."""
    old, new = as_elements(kept), as_elements(sent)
    if old is None or new is None or len(old) <= len(new):
        return sent
    both = joined(old, new)
    return both if isinstance(both, list) and len(both) == len(old) else sent


def _of_kind(kind: ResourceKind, work: Work) -> dict[str, KeptResource]:
    return work.attempt.view.own.kept.setdefault(kind.key, {})


def _status(resource: KeptResource, kind: ResourceKind, work: Work) -> str | None:
    said = [
        str(setting["status"]) for setting in work.attempt.view.settings(_STATUS_STATE) if setting["id"] == resource.id
    ]
    if said:
        return said[-1]
    kept = resource.fields.get(kind.status_field)
    if isinstance(kept, str):
        return kept
    if not kind.status_path:
        return None
    return kind.status_path[0] if work.now < resource.active_at else kind.status_path[-1]
