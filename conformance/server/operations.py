"""What the operations of a resource do with a call that no check refuses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from conformance.server.request import whole_number
from conformance.server.store import StoredResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.core.jsontypes import Json
    from conformance.server.attempt import Attempt
    from conformance.server.behaviour.definition import Behaviour, ListFilter, ResourceField, ServedOperation
    from conformance.server.execution import Operation, Work


def operations_of(behaviour: Behaviour) -> dict[str, Operation]:
    """Return what each operation of a resource does, by its name on the wire."""
    return {behaviour.create.name: create, behaviour.show.name: show, behaviour.delete.name: delete}


async def create(work: Work) -> Mapping[str, Json]:
    """Create a resource.

    Nothing is awaited between the last look of the checks and the new resource, so of two equal calls one succeeds.
    """
    execution = work.execution
    if execution.pause:
        await asyncio.sleep(execution.pause)
    resource = new_resource(work, execution.resource_id(work.behaviour))
    for step in execution.store_steps:
        resource = step(resource)
    if execution.keeps:
        work.attempt.view.add(resource)
    operation, fields = work.behaviour.create, work.behaviour.fields
    promised = (name for name in operation.returns if work.attempt.promises(name))
    returned = {name: _shown(fields[name], resource, work) for name in promised}
    return {**_head(work, operation), **returned}


async def show(work: Work) -> Mapping[str, Json]:
    """List the resources of the account, chosen by the parameters that were sent with a value, page by page."""
    call, listing = work.attempt.call, work.behaviour.listing
    wanted = [(listing.filters[name], text) for name in work.execution.filters if (text := call.value(name))]
    latest = work.now - work.execution.lag
    view = work.attempt.view
    every = view.all_resources() if work.execution.lists_every_account else view.resources()
    listed = [resource for resource in every if resource.created_at <= latest]
    shown = [as_shown(resource, work) for resource in listed]
    found = [item for item in shown if all(_fits(item, by, text, work) for by, text in wanted)]
    page = _number(call.value(listing.page_number), 1)
    size = _number(call.value(listing.page_size), listing.default_size)
    return {
        **_head(work, work.behaviour.show),
        **_nested(listing.path, found[(page - 1) * size : page * size]),
        listing.total: str(len(found)),
        listing.page_number: str(page),
        listing.page_size: str(size),
    }


async def delete(work: Work) -> Mapping[str, Json]:
    """Delete a resource of the account."""
    if work.execution.deletes:
        resource_id = work.attempt.call.value(work.behaviour.delete_id) or ""
        if work.execution.lag:
            asyncio.get_running_loop().call_later(work.execution.lag, work.attempt.view.remove, resource_id)
        else:
            work.attempt.view.remove(resource_id)
    return _head(work, work.behaviour.delete)


def new_resource(work: Work, resource_id: str) -> StoredResource:
    """Return the resource that a call asks for."""
    call, fields = work.attempt.call, work.behaviour.fields.values()
    kept = {field.name: _kept(field, work.attempt) for field in fields if field.source == "parameter"}
    return StoredResource(
        resource_id,
        {name: text for name, text in kept.items() if text is not None},
        {
            field.name: tuple(
                (element[0], *(text or "" for text in element[1:]))
                for element in zip(*(call.values(path) for path in field.parameters), strict=True)
                if element[0]
            )
            for field in fields
            if field.source == "list"
        },
        work.now,
        work.now + work.execution.activation_delay,
        work.behaviour.key,
    )


def as_shown(resource: StoredResource, work: Work) -> dict[str, Json]:
    """Return a resource as it is listed."""
    return {field.name: _shown(field, resource, work) for field in work.behaviour.fields.values()}


def _kept(field: ResourceField, attempt: Attempt) -> str | None:
    text = attempt.call.value(field.name) if attempt.followed.names(field.name) else None
    if text is None or (field.empty_is_default and not text):
        return attempt.default(field.name) if field.default else None
    return text


def _shown(field: ResourceField, resource: StoredResource, work: Work) -> Json:
    match field.source:
        case "id":
            return resource.id
        case "status":
            states = work.execution.states
            if field.name in resource.fields:  # an operation set it
                return resource.fields[field.name]
            return states.pending if work.now < resource.active_at else states.final
        case "created":
            return datetime.fromtimestamp(resource.created_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case "list":
            return {field.under: _elements(field, resource.lists.get(field.name, ()))}
    text = resource.fields.get(field.name, field.default)
    return _number(text, int(field.default)) if field.number else text


def _elements(field: ResourceField, elements: tuple[tuple[str, ...], ...]) -> list[Json]:
    if field.members:
        return [dict(zip(field.members, element, strict=True)) for element in elements]
    return [element[0] for element in elements] or ([field.default] if field.default else [])


def _head(work: Work, operation: ServedOperation) -> dict[str, Json]:
    return {"RequestId": work.execution.request_id(), **operation.answers}


def _nested(path: tuple[str, ...], value: Json) -> dict[str, Json]:
    for name in reversed(path[1:]):
        value = {name: value}
    return {path[0]: value}


def _fits(shown: Mapping[str, Json], by: ListFilter, text: str, work: Work) -> bool:
    # The resource of a provider state has no region: it is in all of them.
    fits = shown[by.field] == text or (by.field == work.behaviour.region and not shown[by.field])
    return fits and all(shown[name] == value for name, value in by.when.items())


def _number(text: str | None, otherwise: int) -> int:
    number = whole_number(text)
    return otherwise if number is None else number
