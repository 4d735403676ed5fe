"""Which resources a product has, read from the names in its contracts: operations that share the field of an id.

Pure. A resource is what an operation with a verb of creation makes: its id is a field of the answer, or a required
parameter, that other operations ask for. Nothing is known of a product but the table of words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.meanings.words import singular
from conformance.server.general.kinds import ResourceKind, ShownList
from conformance.server.general.outline import leaf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from conformance.cases.meanings.words import Words
    from conformance.server.general.outline import Outline


def infer_kinds(outlines: Sequence[Outline], words: Words) -> tuple[ResourceKind, ...]:
    """Return the kinds of resources of one product's operations.

    Args:
        outlines: The operations of one product and version.
        words: What names mean.

    Returns:
        One a field of ids, in the order of the operations that create. An operation is in one kind only: that whose
        name it has most of.
    """
    asked = [_asked(outline) for outline in outlines]

    def mentions(name: str, but: str) -> int:
        pairs = zip(outlines, asked, strict=True)
        return sum(outline.operation != but and name in names for outline, names in pairs)

    kinds: dict[str, ResourceKind] = {}
    for outline in outlines:
        kind = created_kind(outline, words, mentions)
        if kind is None:
            continue
        known = kinds.get(kind.id_field)
        kinds[kind.id_field] = kind if known is None else _joined(known, kind)
    for outline in outlines:
        found = kind_of_operation(outline, list(kinds.values()), words)
        if found is not None:
            kinds[found.id_field] = with_operation(found, outline, words)
    return tuple(kinds.values())


def created_kind(create: Outline, words: Words, mentions: Callable[[str, str], int]) -> ResourceKind | None:
    """Return the kind of resource that an operation creates; `None` when it creates none that others know.

    Args:
        create: The operation.
        words: What names mean.
        mentions: Tells how many operations, but the one named second, have a parameter of a name.
    """
    role, noun = words.role_and_noun(create.operation)
    if role != "create":
        return None
    made = dict.fromkeys(
        singular(leaf(path)) if path.endswith("[]") else leaf(path)
        for path in create.fields
        if "[]." not in path and _may_be_id(singular(leaf(path)), words)
    )
    own = {name for name in _own_names(noun, words) if name in create.parameters}
    names = [name for name in made if name not in create.parameters]
    name = _chosen([*names, *own], noun, create.operation, words, mentions)
    if not name:
        return None
    of_name = (create.examples.get(path) for path in create.fields if _names(path, name))
    prefix = _prefix(next(filter(None, of_name), ""), noun)
    creates = (create.operation,)
    if name in own:
        return ResourceKind(noun, create.product, create.version, name, given=True, creates=creates)
    return ResourceKind(noun, create.product, create.version, name, prefix, creates=creates)


def kind_of_operation(outline: Outline, kinds: Iterable[ResourceKind], words: Words) -> ResourceKind | None:
    """Return the kind of resource that an operation is about, of several the one whose name it has most of."""
    _, noun = words.role_and_noun(outline.operation)
    asked, shown = _asked(outline), {name for names in outline.lists().values() for name in names}
    shown |= {leaf(path) for path in outline.fields if "[]." not in path}
    best: tuple[tuple[int, int, int], ResourceKind] | None = None
    for kind in kinds:
        if outline.operation in kind.creates:
            return kind
        own = len(kind.resource) if noun.startswith(kind.resource) else 0
        if kind.id_field not in asked and not (own and kind.id_field in shown):
            continue
        if not own and not any(_names(path, kind.id_field) for path in outline.required):
            continue
        place = next((at for at, path in enumerate(outline.parameters) if _names(path, kind.id_field)), 99)
        score = (own, int(kind.id_field in asked), -place)
        if best is None or score > best[0]:
            best = (score, kind)
    return best[1] if best is not None else None


def with_operation(kind: ResourceKind, outline: Outline, words: Words) -> ResourceKind:
    """Return a kind of resource with one more operation, in its place by what the operation's name says."""
    name = outline.operation
    role, noun = words.role_and_noun(name)
    if kind.role_of(name) or not role:
        return kind
    if role == "show":
        return _with_shown(kind, outline, noun, words)
    if role in ("delete", "detach"):
        own = noun == kind.resource and (role == "delete" or not kind.deletes)
        return replace(kind, deletes=(*kind.deletes, name)) if own else replace(kind, detaches=(*kind.detaches, name))
    if role == "change":
        return replace(kind, changes=(*kind.changes, name))
    return replace(kind, attaches=(*kind.attaches, name))


def _with_shown(kind: ResourceKind, outline: Outline, noun: str, words: Words) -> ResourceKind:
    name = outline.operation
    path = list_path(outline, kind)
    if path:
        fields = (outline.lists() | outline.loose_lists())[path]
        lists = {**kind.lists, name: ShownList(path, _filters(outline, fields, words))}
        return replace(kind, lists=lists, status_field=kind.status_field or _status(fields, kind, words))
    if not noun.startswith(kind.resource):
        return kind
    status = kind.status_field or _status(map(leaf, outline.fields), kind, words)
    return replace(kind, details=(*kind.details, name), status_field=status)


def list_path(outline: Outline, kind: ResourceKind) -> str:
    """Return the path of the list whose elements have the id of a resource; empty when there is none."""
    nested = [path for path, names in outline.lists().items() if kind.id_field in names]
    # The nearest to the top: an element may list other resources that name it.
    if nested:
        return min(nested, key=lambda path: (path.count("[]"), path.count(".")))
    loose = (path for path, names in outline.loose_lists().items() if kind.id_field in names)
    own = (kind.resource, kind.id_field)
    return next((path for path in loose if any(name.startswith(singular(leaf(path))) for name in own)), "")


def id_paths(parameters: Iterable[str], id_field: str) -> tuple[str, ...]:
    """Return the parameters that name resources by their id: `ThingId`, `ThingIds`, `ThingIds[]`, `ThingId[]`."""
    return tuple(path for path in parameters if _names(path, id_field))


def _names(path: str, id_field: str) -> bool:
    bare = leaf(path)
    return "[]." not in path and (bare == id_field or singular(bare) == id_field)


def _asked(outline: Outline) -> frozenset[str]:
    names = {leaf(path) for path in outline.parameters if "[]." not in path}
    return frozenset(names | {singular(name) for name in names})


def _may_be_id(name: str, words: Words) -> bool:
    return any(name.endswith(end) and name != end for end in words.ids) and not words.means("never_ids", name)


def _own_names(noun: str, words: Words) -> tuple[str, ...]:
    """Return the names that the id of a resource has by the name of the resource: `ThingId`, `ThingName`."""
    return tuple(f"{noun}{end}" for end in words.ids)


def _chosen(names: Sequence[str], noun: str, operation: str, words: Words, mentions: Callable[[str, str], int]) -> str:
    """Return the name that tells resources apart: its own by name, else that which most operations ask for."""
    asked = {name: mentions(name, operation) for name in names}
    for name in _own_names(noun, words):
        if asked.get(name):
            return name
    ids = [name for name in names if name.endswith(words.ids[0])]
    return max((name for name in ids if asked[name]), key=lambda name: asked[name], default="")


def _prefix(example: str, noun: str) -> str:
    """Return how the ids of a resource begin, by the example of a document: `th-` of `th-bp1***`."""
    found = re.match(r"[a-z][a-z0-9]{0,9}-", example)
    if found:
        return found[0]
    return "" if example[:1].isdigit() else f"{re.sub('[^a-z]', '', noun.lower())[:8]}-"


def _joined(known: ResourceKind, other: ResourceKind) -> ResourceKind:
    """Return one kind for two operations that create the same, under the shorter of the names."""
    name = min(known.resource, other.resource, key=len)
    return replace(known, resource=name, creates=(*known.creates, *other.creates))


def _filters(outline: Outline, fields: Iterable[str], words: Words) -> Mapping[str, str]:
    """Return the parameters of a listing that choose by a field of its elements."""
    known = frozenset(fields)
    found = {}
    for parameter in outline.parameters:
        if "[]." in parameter or any(words.means(each, leaf(parameter)) for each in _PAGE):
            continue
        name = leaf(parameter)
        field = next((each for each in (name, singular(name)) if each in known), "")
        if field:
            found[parameter] = field
    return found


def _status(fields: Iterable[str], kind: ResourceKind, words: Words) -> str:
    names = set(fields)
    own = [f"{kind.resource}{word}" for word in sorted(words.names["status"])]
    return next((name for name in (*own, *sorted(words.names["status"])) if name in names), "")


_PAGE = ("page_number", "page_size", "token", "limit", "total", "apart", "idempotent_by")
