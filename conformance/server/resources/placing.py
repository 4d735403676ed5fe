"""Which kind of resource an operation is about, and what it does with it, by its name and its fields. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.server.resources.kinds import ResourceKind, ShownList
from conformance.server.resources.nouns import begins_with, noun_words, speaks_of
from conformance.server.resources.outline import leaf, steps
from conformance.server.resources.status_words import load_status_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from conformance.cases.meanings.words import Words
    from conformance.server.resources.outline import Outline

_PAGE = ("page_number", "page_size", "token", "limit", "total", "apart", "idempotent_by")


def id_paths(parameters: Iterable[str], id_field: str) -> tuple[str, ...]:
    """Return the parameters that name resources by their id: `ThingId`, `ThingIds`, `ThingIds[]`, `ThingId[]`."""
    return tuple(path for path in parameters if _names(path, id_field)) if id_field else ()


def _names(path: str, id_field: str) -> bool:
    bare = leaf(path)
    return "[]." not in path and (bare == id_field or load_status_words().element_name(bare) == id_field)


def asked_names(outline: Outline) -> frozenset[str]:
    """Return the names that an operation asks for, also each list's by what an element of it is."""
    names = {leaf(path) for path in outline.parameters if "[]." not in path}
    return frozenset(names | {load_status_words().element_name(name) for name in names})


def kind_of_operation(outline: Outline, kinds: Iterable[ResourceKind], words: Words) -> ResourceKind | None:
    """Return the kind of resource that an operation is about, of several the one whose name it has most of."""
    _, noun = load_status_words().verb_and_noun(outline.operation)
    noun = noun or words.role_and_noun(outline.operation)[1]
    asked = asked_names(outline)
    best: tuple[tuple[int, int, int], ResourceKind] | None = None
    for kind in kinds:
        if outline.operation in kind.creates:
            return kind
        own = len(noun_words(kind.resource)) if speaks_of(noun, kind.resource) else 0
        asks = all(name in asked for name in kind.id_fields)
        if not asks and not (own and _shows(outline, kind)):
            continue
        if not own and not all(any(_names(path, name) for path in outline.required) for name in kind.id_fields):
            continue
        place = next((at for at, path in enumerate(outline.parameters) if _names(path, kind.id_fields[-1])), 99)
        score = (own, len(kind.id_fields) if asks else 0, -place)
        if best is None or score > best[0]:
            best = (score, kind)
    return best[1] if best is not None else None


def _shows(outline: Outline, kind: ResourceKind) -> bool:
    return bool(list_path(outline, kind)) or kind.id_fields[-1] in {leaf(path) for path in outline.fields}


def with_operation(
    kind: ResourceKind,
    outline: Outline,
    words: Words,
    others: AbstractSet[str] = frozenset(),
    statuses: Iterable[str] = (),
) -> ResourceKind:
    """Return a kind of resource with one more operation, in its place by what the operation's name says.

    Args:
        kind: The kind.
        outline: The operation.
        words: What names mean.
        others: The fields that are ids of other kinds, and the parameters of what creates this one.
        statuses: What the documents say that its status can be.
    """
    name = outline.operation
    if kind.role_of(name):
        return kind
    sets = _sets(kind, outline, words, statuses)
    if sets is not None:
        return replace(kind, switches={**kind.switches, name: sets})
    role, noun = words.role_and_noun(name)
    if not role:
        return kind
    if role == "show":
        return _with_shown(kind, outline, words, others)
    return _by_role(kind, name, role, noun)


def _by_role(kind: ResourceKind, name: str, role: str, noun: str) -> ResourceKind:
    if role in ("delete", "detach"):
        own = speaks_of(kind.resource, noun) or noun_words(noun) == noun_words(kind.resource)
        own = own and (role == "delete" or not kind.deletes)
        return replace(kind, deletes=(*kind.deletes, name)) if own else replace(kind, detaches=(*kind.detaches, name))
    if role == "change":
        return replace(kind, changes=(*kind.changes, name))
    return replace(kind, attaches=(*kind.attaches, name))


def _sets(kind: ResourceKind, outline: Outline, words: Words, statuses: Iterable[str]) -> Mapping[str, str] | None:
    """Return the fields that an operation sets by the first word of its name; `None` when it is no such word."""
    table = load_status_words()
    verb, noun = table.verb_and_noun(outline.operation)
    if not verb:
        return None
    if noun_words(noun) == noun_words(kind.resource):
        known = [text for path, texts in outline.values.items() if leaf(path) == kind.status_field for text in texts]
        return {kind.status_field: table.status_after(verb, [*statuses, *known])} if kind.status_field else {}
    if verb in table.switches and begins_with(noun, kind.resource) and noun.startswith(kind.resource):
        return {f"{noun.removeprefix(kind.resource)}Enabled": table.switches[verb]}
    return None if words.role_and_noun(outline.operation)[0] else {}


def _with_shown(kind: ResourceKind, outline: Outline, words: Words, others: AbstractSet[str]) -> ResourceKind:
    name = outline.operation
    path = list_path(outline, kind)
    named = is_named_after(path, kind)
    # One that must be told which resource shows that one, whatever lists it has.
    if kind.is_single or (not named and all(field in outline.required for field in kind.id_fields)):
        path = ""
    status = kind.status_field or _status(outline, path, kind, words)
    if path:
        fields = _fields_of(outline, path)
        lists = {**kind.lists, name: ShownList(path, _filters(outline, {*fields, *others, *kind.id_fields}, words))}
        return replace(kind, lists=lists, status_field=status)
    return replace(kind, details=(*kind.details, name), status_field=status)


def list_path(outline: Outline, kind: ResourceKind) -> str:
    """Return the path of the list of resources in an answer; empty when there is none.

    It is the list that is named after the resource, else the nearest to the top whose elements have the id.
    """
    nested, loose = outline.lists, outline.loose_lists
    last = kind.id_fields[-1] if kind.id_fields else ""
    having = [path for path, names in nested.items() if last in names and "[]" not in path]
    named = [path for path in having if is_named_after(path, kind)]
    own = [path for path in (*nested, *loose) if is_named_after(path, kind, exactly=True)]
    if named or own:
        return (named or own)[0]
    return min(having, key=lambda path: path.count("."), default="")


def is_named_after(path: str, kind: ResourceKind, *, exactly: bool = False) -> bool:
    """Whether a list has the name of a resource: `Things` or `ThingSets`; if not exactly so, also `RedThings`."""
    if not path or "[]" in path:
        return False
    element = load_status_words().element_name(leaf(path))
    around = path.split(".")[:-1]
    # A list within what is called the same in plural, `Things: {Thing: [...]}`, has the name of one.
    if element == leaf(path) and load_status_words().element_name((around or [""])[-1]) != element:
        return False
    words, wanted = noun_words(element), noun_words(kind.resource)
    if exactly or words == wanted:
        return words == wanted
    return words[: len(wanted)] == wanted or words[-len(wanted) :] == wanted or wanted[-len(words) :] == words


def _fields_of(outline: Outline, path: str) -> frozenset[str]:
    return frozenset(outline.lists.get(path, ())) | frozenset(outline.loose_lists.get(path, ()))


def _filters(outline: Outline, known: AbstractSet[str], words: Words) -> Mapping[str, str]:
    """Return the parameters of a listing that choose by a field of its elements."""
    found = {}
    for parameter in outline.parameters:
        name = leaf(parameter)
        if "[]." in parameter or any(words.means(each, name) for each in _PAGE):
            continue
        field = next((each for each in (name, load_status_words().element_name(name)) if each in known), "")
        if field:
            found[parameter] = field
    return found


def _status(outline: Outline, path: str, kind: ResourceKind, words: Words) -> str:
    names = _fields_of(outline, path) if path else frozenset(leaf(each) for each in outline.fields)
    plain = sorted(words.names["status"])
    return next((name for name in (*(f"{kind.resource}{word}" for word in plain), *plain) if name in names), "")


def sent_names(outline: Outline) -> frozenset[str]:
    """Return the names at the top of an operation's parameters."""
    return frozenset(steps(path)[0] for path in outline.parameters)
