"""What behaviours declare of an operation; nothing is assumed of one that none names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from conformance.server.behaviour.choice import read_behaviours
from conformance.server.resources.kind_catalogue import described_kinds
from conformance.server.resources.kinds import ResourceKind, ShownList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.suite import Suite
    from conformance.server.behaviour.definition import Behaviour, ResourceField


class Traits(Struct, frozen=True):
    """What a behaviour declares of one operation.

    Attributes:
        kind: The resource that it is about, with all operations that are.
        role: What it does with the resource: `create`, `list`, `detail`, `change`, `delete`, `attach`, `detach`.
        fields: The fields that are shown, as a behaviour in full has them; empty: those of the contracts.
    """

    kind: ResourceKind
    role: str
    fields: Mapping[str, ResourceField] = field(default_factory=dict)

    @property
    def unique_by(self) -> tuple[str, ...]:
        """The fields that no two resources have alike which the operation creates."""
        return self.kind.unique_by if self.role == "create" else ()

    @property
    def idempotent_by(self) -> str:
        """The parameter with which a repeated call creates nothing more; empty for none."""
        return self.kind.idempotent_by if self.role == "create" else ""


def traits_of(suite: Suite) -> Traits | None:
    """Return what the first behaviour that names an operation declares of it; `None` where none does.

    A file of a behaviour that cannot be read declares nothing; the server and `run` tell what is wrong with it.
    """
    for behaviour, _ in read_behaviours().known:
        if behaviour.product.lower() == suite.product.lower():
            kind = _in_short(behaviour, suite)
            if role := kind.role_of(suite.operation):
                return Traits(kind, role, behaviour.fields)
    for kind in described_kinds().of_api(suite.product, suite.version):
        if role := kind.role_of(suite.operation):
            return Traits(kind, role)
    return None


def _in_short(behaviour: Behaviour, suite: Suite) -> ResourceKind:
    """Return a behaviour in full as one in short."""
    filters = {name: how.field for name, how in behaviour.listing.filters.items() if not how.when}
    return ResourceKind(
        behaviour.resource,
        suite.product,
        suite.version,
        behaviour.delete_id,
        behaviour.id_prefix,
        behaviour.id_digits,
        creates=(behaviour.create.name,),
        lists={behaviour.show.name: ShownList(".".join(behaviour.listing.path), filters)},
        changes=tuple(name for name, each in behaviour.changes.items() if each.keeps),
        deletes=(behaviour.delete.name,),
        switches={name: each.sets for name, each in behaviour.changes.items() if each.sets},
        status_field=next((name for name, each in behaviour.fields.items() if each.source == "status"), ""),
        status_path=(behaviour.status.pending, behaviour.status.final),
        unique_by=behaviour.unique_by,
    )
