"""Which resources of an account are attached to which: users to groups, policies to users, things to other things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.server.general.listing import wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.server.request import Call
    from conformance.server.resources.kinds import ResourceKind
    from conformance.server.store import Account


def attach(account: Account, kind: ResourceKind, own: str, others: Mapping[str, ResourceKind], call: Call) -> None:
    """Attach a resource to the others that a call names.

    Args:
        account: The account that has them.
        kind: What the resource is.
        own: Its id.
        others: By parameter, the kinds of the others.
        call: The call.
    """
    for (key, name), field, value in _ends(kind, own, others, call):
        held = account.links.setdefault((key, name), {}).setdefault(field, [])
        if value not in held:
            held.append(value)


def detach(account: Account, kind: ResourceKind, own: str, others: Mapping[str, ResourceKind], call: Call) -> None:
    """Detach a resource from the others that a call names; see `attach`."""
    for end, field, value in _ends(kind, own, others, call):
        held = account.links.get(end, {}).get(field, [])
        if value in held:
            held.remove(value)


def _ends(
    kind: ResourceKind, own: str, others: Mapping[str, ResourceKind], call: Call
) -> Iterator[tuple[tuple[str, str], str, str]]:
    """Yield both ends of every link: a resource, and the field with the id of the other."""
    for parameter, other in others.items():
        for value in wanted(call, parameter):
            yield (kind.key, own), other.id_field, value
            if kind.id_field:
                yield (other.key, value), kind.id_field, own


def forget(account: Account, kind: ResourceKind, own: str) -> None:
    """Forget what a resource that is deleted was attached to, and what was a part of it."""
    account.links.pop((kind.key, own), None)
    for fields in account.links.values():
        held = fields.get(kind.id_field, [])
        if own in held:
            held.remove(own)
    for of_kind in account.kept.values():
        for name in [name for name in of_kind if name.startswith("/") and own in name.split("/")]:
            del of_kind[name]


def linked_to(
    account: Account, kind: ResourceKind, own: str, others: Iterable[ResourceKind]
) -> dict[str, Sequence[str]]:
    """Return what a resource is attached to, by field; of some kinds also that it is attached to none."""
    return {**{other.id_field: () for other in others}, **account.links.get((kind.key, own), {})}
