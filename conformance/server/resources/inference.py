"""Which resources a product has, read from the names in its contracts: operations that share the field of an id.

Pure. Nothing is known of a product but the tables of words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.meanings.words import singular
from conformance.server.resources.creation import created_kinds
from conformance.server.resources.kinds import ResourceKind
from conformance.server.resources.nouns import noun_words
from conformance.server.resources.outline import leaf
from conformance.server.resources.placing import asked_names, kind_of_operation, sent_names, with_operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.cases.meanings.words import Words
    from conformance.server.resources.creation import Mentions
    from conformance.server.resources.outline import Outline


def infer_kinds(
    outlines: Sequence[Outline], words: Words, mentions: Mentions | None = None
) -> tuple[ResourceKind, ...]:
    """Return the kinds of resources of operations of one product.

    Args:
        outlines: The operations of one product and version.
        words: What names mean.
        mentions: Which names the operations of the product ask for and show; these, when left out.

    Returns:
        In the order of the operations that create, then those of which there is one for each account. An operation
        is in one kind only: that whose name it has most of.
    """
    asked = {outline.operation: asked_names(outline) for outline in outlines}
    kinds = created_kinds(outlines, words, mentions or OutlineMentions(outlines))
    ids = {kind.id_field for kind in kinds.values() if kind.id_field}
    created_by = {outline.operation: outline for outline in outlines}
    known: dict[str, set[str]] = {}
    placed: set[str] = set()
    # What shows a resource tells what its status is called, which others change.
    for outline in sorted(outlines, key=lambda each: words.role_and_noun(each.operation)[0] != "show"):
        found = kind_of_operation(outline, _candidates(outline, kinds, asked[outline.operation]), words)
        if found is None:
            continue
        placed.add(outline.operation)
        others = (ids - {found.id_field}).union(*(sent_names(created_by[each]) for each in found.creates))
        kind = with_operation(found, outline, words, others, known.get(found.key, ()))
        kinds[kind.key] = kind
        known.setdefault(kind.key, set()).update(_statuses(outline, kind))
    singles = _singles([each for each in outlines if each.operation not in placed], words)
    return (*(kind for kind in kinds.values()), *singles)


class OutlineMentions:
    """Which names some operations ask for and show.

    Args:
        outlines: The operations.
    """

    def __init__(self, outlines: Iterable[Outline]) -> None:
        self._asked: dict[str, set[str]] = {}
        self._listed: dict[str, set[str]] = {}
        for outline in outlines:
            for name in asked_names(outline):
                self._asked.setdefault(name, set()).add(outline.operation)
            for names in outline.lists.values():
                for name in names:
                    self._listed.setdefault(name, set()).add(outline.operation)

    def asked(self, name: str, but: str) -> int:
        """Count the operations, but one, that have a parameter of a name."""
        return len(self._asked.get(name, set()) - {but})

    def listed(self, name: str, but: str) -> int:
        """Count the operations, but one, that list something with a field of a name."""
        return len(self._listed.get(name, set()) - {but})


def _candidates(outline: Outline, kinds: dict[str, ResourceKind], asked: frozenset[str]) -> Iterable[ResourceKind]:
    # A product may have thousands of operations: most kinds have nothing to do with one.
    own = outline.operation
    words = noun_words(own)
    for kind in kinds.values():
        if own in kind.creates or noun_words(kind.resource)[0] in words or asked.issuperset(kind.id_fields):
            yield kind


def _statuses(outline: Outline, kind: ResourceKind) -> set[str]:
    """Return what an operation's document says that the status of a resource can be."""
    if not kind.status_field:
        return set()
    allowed = {text for path, texts in outline.values.items() if leaf(path) == kind.status_field for text in texts}
    return allowed | {text for path, text in outline.examples.items() if leaf(path) == kind.status_field}


def _singles(outlines: Iterable[Outline], words: Words) -> list[ResourceKind]:
    """Return the kinds of which an account has one: what is shown and changed under one name, and needs no id."""
    by_noun: dict[tuple[str, ...], list[tuple[str, Outline]]] = {}
    for outline in outlines:
        role, noun = words.role_and_noun(outline.operation)
        needed = [path for path in outline.required if not words.means("never_ids", path)]
        if role == "show" and singular(outline.operation) != outline.operation:
            continue  # it lists several
        if role in ("show", "change", "create", "delete") and not (role != "change" and needed):
            by_noun.setdefault(noun_words(noun), []).append((role, outline))
    found = []
    for own in by_noun.values():
        roles = [role for role, _ in own]
        if "show" not in roles or not {"change", "create"} & set(roles):
            continue
        first = own[0][1]
        kind = ResourceKind(
            words.role_and_noun(first.operation)[1],
            first.product,
            first.version,
            details=_named(own, "show"),
            changes=(*_named(own, "create"), *_named(own, "change")),
            deletes=_named(own, "delete"),
        )
        found.append(kind)
    return found


def _named(own: Sequence[tuple[str, Outline]], wanted: str) -> tuple[str, ...]:
    return tuple(outline.operation for role, outline in own if role == wanted)
