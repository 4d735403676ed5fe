"""Cases of operations that attach and detach: what a listing of one side, or what shows the resource, then has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.cases.meanings.words import load_words
from conformance.contract.answer_trees import way_to
from conformance.server.resources.nouns import begins_with
from conformance.server.sequences.requests import as_list
from conformance.server.sequences.shown import nested
from conformance.server.sequences.steps import SUCCESS, CaseFields, case, given_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.model import Contract
    from conformance.server.sequences.requests import KinOperations, ValidOperation
    from conformance.server.sequences.shown import Look


class Membership(NamedTuple):
    """A listing of what is attached to one thing.

    Attributes:
        kin: What it lists.
        operation: The operation that lists.
        path: The path of the list in its answer.
        field: The field with the id of what is attached.
        by: The parameter that names what it is attached to.
    """

    kin: KinOperations
    operation: ValidOperation
    path: str
    field: str
    by: str

    def step(self, name: str, sent: Mapping[str, object], shown: Sequence[object]) -> CaseFields:
        """Return the step that lists what is attached to what a request names."""
        asked = {**self.operation.valid.parameters, self.by: sent[self.by]}
        expect = {"success": True, "body": nested(self.path, list(shown))}
        return {"name": name, "operation": self.operation.name, "set": asked, "expect": expect}


def cases_of_attachment(
    operation: ValidOperation, role: str, attach: ValidOperation, kins: Sequence[KinOperations], looks: Sequence[Look]
) -> Iterator[CaseFields]:
    """Yield what shows that something is attached, and after a detachment that it is not.

    Args:
        operation: The operation that the case is of: `attach`, or one that detaches.
        role: Which of the two.
        attach: The operation that attaches.
        kins: The resources of the API.
        looks: The ways to look at the resource that the operation is about.
    """
    sent = attach.valid.parameters
    given = [state for state in attach.valid.given if state not in operation.valid.given]
    if role == "attach":
        first: list[CaseFields] = [{"name": "attach", "expect": SUCCESS}]
    else:
        first = [
            {"name": "attach", "operation": attach.name, "set": dict(sent), "expect": SUCCESS},
            {"name": "detach", "expect": SUCCESS},
        ]
        if any(operation.valid.parameters.get(name, value) != value for name, value in sent.items()):
            return  # its valid request is about something else
    for each in _memberships(attach, kins):
        member = {each.field: sent[each.field]}
        name, items = ("attached-then-listed", [member]) if role == "attach" else ("detached-then-not-listed", [])
        title = "What was attached is listed" if role == "attach" else "What was detached is not listed any more"
        more = [state for state in each.kin.others(each.operation) if state not in (*operation.valid.given, *given)]
        yield case(name, title, [*first, each.step("listed", sent, items)], [*given, *more])
    for look in looks:
        found = _listed_members(attach, look)
        if found is not None:
            path, item = found
            identity = sent.get(look.parameter)
            shown = {"success": True, "body": nested(path, [item] if role == "attach" else [])}
            name = "attached-then-shown" if role == "attach" else "detached-then-not-shown"
            title = "What was attached is shown" if role == "attach" else "What was detached is not shown any more"
            yield case(
                name,
                title,
                [*first, look.step("shown", identity, shown)],
                [*given, *(state for state in given_for(operation, [look]) if state not in given)],
            )
            return


def _memberships(attach: ValidOperation, kins: Sequence[KinOperations]) -> Iterator[Membership]:
    """Yield the listings that must be told one of the things that a request attaches, and list the other."""
    sent = attach.valid.parameters
    for kin in kins:
        field = kin.kind.id_field
        if not isinstance(sent.get(field), str) or as_list(sent.get(field)):
            continue
        for listing in kin.having(tuple(kin.kind.lists)):
            by = lists_members_of(kin, listing)
            path = kin.kind.lists[listing.name].path
            if len(by) == 1 and isinstance(sent.get(by[0]), str) and "[]" not in path:
                yield Membership(kin, listing, path, field, by[0])


def lists_members_of(kin: KinOperations, listing: ValidOperation) -> list[str]:
    """Return the parameters that name what a listing lists the members of: no creation of a member is told them.

    Returns:
        An empty list for one that lists whatever exists.
    """
    by = [name for name in listing.valid.parameters if not _is_of_every_call(name)]
    creations = list(kin.having(kin.kind.creates))
    own = any(name == kin.kind.id_field or any(each.rows(name) for each in creations) for name in by)
    return [] if own else by


def _is_of_every_call(name: str) -> bool:
    words = load_words()
    return words.known_values(name) is not None or any(
        words.means(each, name) for each in ("apart", "page_size", "page_number", "limit")
    )


def _listed_members(attach: ValidOperation, look: Look) -> tuple[str, dict[str, object]] | None:
    """Return where a look shows a list of what a request attaches, and an element of it; `None` where it shows none."""
    noun = load_words().role_and_noun(look.operation.name)[1]
    if not begins_with(noun, look.kin.kind.resource):
        return None  # what tells the health of a thing may leave out what is attached to it
    if look.path or not look.parameter or not isinstance(attach.valid.parameters.get(look.parameter), str):
        return None
    for name, value in attach.valid.parameters.items():
        items = as_list(value)
        if len(items) != 1 or not isinstance(items[0], dict):
            continue
        shown = [_members_in(each, name) for each in look.operation.contracts.values()]
        every = frozenset.intersection(*shown) if shown else frozenset[tuple[str, str]]()
        lists = {path for path, _ in every}
        item = {
            member: inner
            for member, inner in items[0].items()
            if any(member == own for _, own in every) and _is_plain(inner)
        }
        if len(item) > 1 and len(lists) == 1:
            return lists.pop(), item
    return None


def _members_in(contract: Contract, name: str) -> frozenset[tuple[str, str]]:
    """Return the fields of the elements of a list, each with the path of the list: it may be within an object."""
    found = set[tuple[str, str]]()
    for row in contract.responses:
        path, _, member = row.path.partition("[].")
        if member and "." not in member and "[]" not in member and way_to(path)[:1] == (name,):
            found.add((path, member))
    return frozenset(found)


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""
