"""Which resources a call names: by an id, by several parameters together, or the one of the account."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Final

from conformance.server.general.listing import wanted
from conformance.server.resources.placing import id_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.model import Contract
    from conformance.server.request import Call
    from conformance.server.resources.kinds import ResourceKind
    from conformance.server.store import View

_MOST_NAMED: Final = 1000
"""How many resources one call names at most: lists of two parameters make pairs."""


def named_by_call(kind: ResourceKind, contract: Contract, call: Call) -> list[str]:
    """Return the names of the resources that a call is about, each once; none where a part of the name is missing.

    The name of a resource with an id is that; of others it begins with `/`, which no id does.
    """
    parts: list[Sequence[str]] = []
    for field in kind.id_fields:
        paths = id_paths((row.path for row in contract.parameters), field)
        parts.append(list(dict.fromkeys(value for path in paths for value in wanted(call, path))))
    if kind.id_field:
        return list(parts[0])
    return ["/" + "/".join(each) for each in islice(product(*parts), _MOST_NAMED)]


def is_stated(kind: ResourceKind, name: str, view: View) -> bool:
    """Whether a resource may be there although the account has not created it.

    A provider state says so of one with an id. A part may be there unless the account has created what it is a part
    of, and the one of an account always is.
    """
    if kind.id_field:
        return view.stated(name)
    parts = name.split("/")[1:]
    return kind.is_single or not any(part in of_kind for part in parts for of_kind in view.own.kept.values())
