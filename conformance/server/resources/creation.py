"""Which kinds of resources the operations with a verb of creation make, read from names. Pure.

A resource is told apart by an id that the answer has and other operations ask for; by a required parameter named after
it; or, where it is a part of another one, by the required parameters that creation and deletion share.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from conformance.cases.meanings.words import singular
from conformance.server.resources.kinds import ResourceKind
from conformance.server.resources.nouns import is_kind_of, speaks_of
from conformance.server.resources.outline import leaf, steps
from conformance.server.resources.status_words import load_status_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.cases.meanings.words import Words
    from conformance.server.resources.outline import Outline


class Mentions(Protocol):
    """Which names the operations of a product ask for and show."""

    def asked(self, name: str, but: str) -> int:
        """Count the operations, but the one named second, that have a parameter of a name."""

    def listed(self, name: str, but: str) -> int:
        """Count the operations, but the one named second, that list something with a field of a name."""


def created_kinds(outlines: Sequence[Outline], words: Words, mentions: Mentions) -> dict[str, ResourceKind]:
    """Return the kinds that operations create, by their keys, in the order of those operations.

    Args:
        outlines: The operations.
        words: What names mean.
        mentions: Which names the operations ask for and show.
    """
    found: dict[str, ResourceKind] = {}
    left = []
    for outline in outlines:
        if words.role_and_noun(outline.operation)[0] != "create":
            continue
        kind = created_kind(outline, words, mentions)
        if kind is None:
            left.append(outline)
        else:
            known = found.get(kind.key)
            found[kind.key] = kind if known is None else _joined(known, kind)
    for outline in left:
        part = _part(outline, outlines, words)
        if part is not None:
            known = found.get(part.key)
            found[part.key] = part if known is None else _joined(known, part)
    return found


def created_kind(create: Outline, words: Words, mentions: Mentions) -> ResourceKind | None:
    """Return the kind of resource that an operation creates, with an id of its own; `None` when others know none.

    Args:
        create: The operation.
        words: What names mean.
        mentions: As in `created_kinds`.
    """
    role, noun = words.role_and_noun(create.operation)
    if role != "create":
        return None
    own = [f"{noun}{end}" for end in words.ids]
    in_lists = {path for path in create.fields if "[]." in path}
    made = dict.fromkeys(
        name
        for path in create.fields
        for name in (_element_name(path),)
        if _may_be_id(name, words) and (path not in in_lists or (name in own and path.count("[]") == 1))
    )
    sent = [name for name in own if name in create.parameters]
    names = [name for name in made if name not in create.parameters]
    name = _chosen([*names, *sent], own, create.operation, words, mentions)
    if not name:
        return None
    if name in sent:
        return ResourceKind(
            noun,
            create.product,
            create.version,
            name,
            given=True,
            creates=(create.operation,),
            status_path=create.states,
            idempotent_by=_token(create, words),
        )
    paths = [path for path in create.fields if _element_name(path) == name]
    prefix = _prefix(next(filter(None, map(create.examples.get, paths)), ""), noun)
    each = _list_sent(create) if all(path in in_lists for path in paths) else ""
    return ResourceKind(
        noun,
        create.product,
        create.version,
        name,
        prefix,
        each=each,
        creates=(create.operation,),
        status_path=create.states,
        idempotent_by=_token(create, words),
    )


def _token(create: Outline, words: Words) -> str:
    """Return the parameter with which a repeated creation makes nothing more; empty where there is none."""
    return next((path for path in create.parameters if words.means("idempotent_by", path)), "")


def _element_name(path: str) -> str:
    return load_status_words().element_name(leaf(path)) if path.endswith("[]") else leaf(path)


def _may_be_id(name: str, words: Words) -> bool:
    return any(name.endswith(end) and name != end for end in words.ids) and not words.means("never_ids", name)


def _chosen(names: Sequence[str], own: Sequence[str], operation: str, words: Words, mentions: Mentions) -> str:
    """Return the name that tells resources apart: its own by name, else that which most operations ask for."""
    asked = {name: mentions.asked(name, operation) for name in names}
    for name in own:
        if asked.get(name):
            return name
    ids = [name for name in names if name.endswith(words.ids[0])]
    most = max((name for name in ids if asked[name]), key=lambda name: asked[name], default="")
    return most or next((name for name in own if name in ids and mentions.listed(name, operation)), "")


def _prefix(example: str, noun: str) -> str:
    """Return how the ids of a resource begin, by the example of a document: `th-` of `th-bp1***`."""
    found = re.match(r"[a-z][a-z0-9]{0,9}-", example)
    if found:
        return found[0]
    return "" if example[:1].isdigit() else f"{re.sub('[^a-z]', '', noun.lower())[:8]}-"


def _list_sent(create: Outline) -> str:
    """Return the parameter whose list has an element for each resource; empty where there is none."""
    with_members = [steps(path)[0] for path in create.parameters if "[]." in path]
    lists = [steps(path)[0] for path in create.parameters if path.endswith("[]")]
    return next(
        (name for name in (*with_members, *lists) if name in create.required or f"{name}[]" in create.required), ""
    )


def _joined(known: ResourceKind, other: ResourceKind) -> ResourceKind:
    """Return one kind for two operations that create the same, under the shorter of the names.

    Where one of them makes the id, the other one, which is sent it, does something with what there is.
    """
    if known.given != other.given:
        return other if known.given else known
    name = min(known.resource, other.resource, key=len)
    return replace(
        known,
        resource=name,
        creates=(*known.creates, *other.creates),
        status_path=known.status_path or other.status_path,
        idempotent_by=known.idempotent_by or other.idempotent_by,
    )


def _part(create: Outline, outlines: Iterable[Outline], words: Words) -> ResourceKind | None:
    """Return the kind of what is a part of another resource: told apart by what its deletion must be sent."""
    _, noun = words.role_and_noun(create.operation)
    others: dict[str, Outline] = {}
    for outline in outlines:
        role, own = words.role_and_noun(outline.operation)
        if (role == "delete" and is_kind_of(noun, own)) or (role == "show" and speaks_of(own, noun)):
            others.setdefault(role, outline)
    other = others.get("delete") or others.get("show")
    if other is None:
        return None
    named_by = tuple(
        path
        for path in other.parameters
        if path in other.required
        and path in create.required
        and "[" not in path
        and not words.means("never_ids", path)
        and words.known_values(path) is None
    )
    if not named_by:
        return None
    resource = min(noun, words.role_and_noun(other.operation)[1] if "delete" in others else noun, key=len)
    return ResourceKind(
        singular(resource), create.product, create.version, named_by=named_by, creates=(create.operation,)
    )
