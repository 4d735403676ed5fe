"""Which changes of a case follow from another of its changes: what a caller sees, because something is not sent. Pure.

An SDK that drops a parameter is answered otherwise, and its caller sees another outcome: one cause. To accept it
is to accept the rest.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.reports.gate.difference import Difference

CALLER: Final = "caller."
_SDK: Final = "sdk."
_SENT: Final = "sdk.request."
_OF_WHOLE: Final = re.compile(r"sdk/(?P<what>model|wire)/(?P<operation>[^/]+)(?:/(?P<path>.+))?", re.DOTALL)
"""The case of one field of a model, and that of all parameters of an operation, sent at once."""
_SEEN: Final[dict[str, tuple[str, ...]]] = {
    "sdk.outcome": ("caller.",),
    "sdk.code": ("caller.code", "caller.exception", "caller.message"),
    "sdk.message": ("caller.message",),
    "sdk.status": ("caller.status",),
    "sdk.request_id": ("caller.request_id",),
}
"""What a caller sees otherwise where an SDK makes something else of an answer, by what it does wrong."""


def joined(differences: Iterable[Difference]) -> list[Difference]:
    """Return the changes of one case without those that follow from another, which that one brings along."""
    every = list(differences)
    kept: list[Difference] = []
    brought: dict[int, list[Difference]] = defaultdict(list)
    for each in every:
        sources = [number for number, other in enumerate(every) if other is not each and _follows(each, other)]
        # What was sent explains more than what came back.
        source = next((number for number in sources if of_wire(every[number].where)), next(iter(sources), None))
        if source is not None:
            brought[source].append(each)
    followers = {id(each) for of_one in brought.values() for each in of_one}
    for number, each in enumerate(every):
        if id(each) not in followers:
            kept.append(replace(each, brings=tuple(brought[number])) if number in brought else each)
    return kept


def with_models(differences: Iterable[Difference]) -> list[Difference]:
    """Return the changes of all cases: of a parameter that is sent or not, what shows it elsewhere is a part.

    That is the field of the SDK's model, and the case that sends every parameter at once.
    """
    every = list(differences)
    sent: dict[tuple[str, str, str], int] = {}
    for number, each in enumerate(every):
        if each.where.startswith(_SENT):
            operation, name = each.case.partition("/")[0], _top(each.where.removeprefix(_SENT))
            sent.setdefault((each.kind, operation, name), number)
    fields: dict[int, list[Difference]] = defaultdict(list)
    for each in every:
        of_whole = _OF_WHOLE.fullmatch(each.case)
        if of_whole is None or not each.where.startswith(f"sdk.{of_whole['what']}."):
            continue
        path = each.where.split(".", 2)[2]
        source = sent.get((each.kind, of_whole["operation"], _top(path)))
        if source is not None and path == (of_whole["path"] or path):
            fields[source].append(each)
    parts = {id(each) for of_one in fields.values() for each in of_one}
    return [
        replace(each, brings=(*each.brings, *fields[number])) if number in fields else each
        for number, each in enumerate(every)
        if id(each) not in parts
    ]


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def of_wire(where: str) -> bool:
    """Whether a place is in what an SDK sent."""
    return where == "sdk.requests" or where.startswith(_SENT)


def _follows(each: Difference, source: Difference) -> bool:
    """Whether a change follows from another, which follows from none itself."""
    if source.where.startswith(CALLER) or each.fails != source.fails:
        return each.where.startswith(CALLER) and source.kind == "better"
    if each.where.startswith(CALLER):
        return source.kind == "better" if not each.fails else _shows(source.where, each.where)
    return each.kind == source.kind != "changed" and of_wire(source.where) and not of_wire(each.where)


def _shows(where: str, seen: str) -> bool:
    """Whether what differs in one place can be why a caller sees something otherwise."""
    if where.startswith("sdk.body."):
        return seen == f"caller.fields.{where.removeprefix('sdk.body.')}"
    return of_wire(where) or not where.startswith(_SDK) or seen.startswith(_SEEN.get(where, ("never",)))
