"""Sequences of operations that list: pages without gaps and repeats, and filters that choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.cases.meanings.words import load_words
from conformance.contract.encodings import WRITTEN
from conformance.contract.wire import wire_text
from conformance.fuzz.sequences.lifecycle_model import Lifecycle
from conformance.fuzz.sequences.shown_values import sent_values
from conformance.server.sequences.requests import two_values
from conformance.server.sequences.shown import Look, nested

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.fuzz.family import ResourceFamily
    from conformance.fuzz.findings.step_rule import Lines
    from conformance.fuzz.sender import Trial

_LARGEST: Final = 10
"""The largest page that a sequence fills."""
_PAGES: Final = 3
"""How many pages are looked at where one has room for a single resource."""


def sequences_of_listing(family: ResourceFamily) -> Iterator[Trial]:
    """Yield the sequences of the operation under test, which lists what another operation creates."""
    how = family.kind.lists.get(family.context.operation)
    if how is None or "[]" in how.path or not family.creations:
        return
    yield from _by_id(family)
    whole = Look(family.kin, family.own, how.path, "")
    if family.kind.id_field not in family.fields_of(whole) or not family.sees(family.own):
        return
    yield from _by_page(family, whole)
    yield from _by_token(family, whole)
    yield from _by_field(family)


def _by_id(family: ResourceFamily) -> Iterator[Trial]:
    """Yield what shows that a listing by an id has that resource alone, with what it was created with."""
    for look in family.looks:
        if look.operation.name == family.context.operation and look.parameter and look.path:
            lifecycle = Lifecycle(family)
            names = [lifecycle.make(each) for each in family.creations[:2]]
            for name in names:
                lifecycle.describe(name, look)
            title = f"{look.parameter} chooses the resource that has it"
            yield lifecycle.titled(f"chosen by {look.parameter}", title, f"chosen by {look.parameter}")


def _by_page(family: ResourceFamily, whole: Look) -> Iterator[Trial]:
    own = family.own
    number, size = own.meaning("page_number"), own.meaning("page_size")
    if not number or not size or not own.takes(number, "1"):
        return
    pages = _Pages.of(family, whole, size)
    if pages is None:
        return
    pages.lines = family.lines(own, size, number)
    page = 0
    while pages.left:
        page += 1
        pages.turn({number: page})
    yield pages.lifecycle.titled("page by page", "pages have no gaps, and repeat nothing", "listed in pages")


def _by_token(family: ResourceFamily, whole: Look) -> Iterator[Trial]:
    own, words = family.own, load_words()
    token, limit = own.meaning("token"), own.meaning("limit")
    fields = {row.path for each in own.contracts.values() for row in each.responses}
    shown = next((path for path in sorted(fields) if words.means("token", path)), "")
    pages = _Pages.of(family, whole, limit) if token and limit and shown else None
    if pages is None:
        return
    pages.lines = family.lines(own, token, limit)
    step = pages.turn({})
    while pages.left:
        step = pages.turn({token: f"${{steps.{step}.{shown}}}"})
    title = "what a token continues has no gaps, and repeats nothing"
    yield pages.lifecycle.titled("token by token", title, "listed in pages")


class _Pages(Struct, dict=True):
    """Pages of the smallest size that are asked for one after another.

    Attributes:
        lifecycle: The steps so far: first those that create more than a page has room for.
        whole: The look that lists all that there are.
        limit: The parameter with how many a page has.
        size: How many that is.
        left: How many resources were on no page yet.
        seen: What names those that were.
        lines: The lines of the documents about pages.
    """

    lifecycle: Lifecycle
    whole: Look
    limit: str
    size: int
    left: int
    seen: list[str] = field(default_factory=list)
    lines: Lines = field(default_factory=dict)

    @classmethod
    def of(cls, family: ResourceFamily, whole: Look, limit: str) -> _Pages | None:
        """Return pages of which none was asked for; `None` where there cannot be more than one."""
        own, creations = family.own, family.creations
        smallest = next((each for each in range(1, _LARGEST + 1) if own.takes(limit, str(each))), 0)
        count = min(_PAGES if smallest == 1 else smallest + 1, len(creations))
        if not smallest or count <= smallest:
            return None
        lifecycle = Lifecycle(family)
        for each in creations[:count]:
            lifecycle.make(each)
        return cls(lifecycle, whole, limit, smallest, count)

    def turn(self, params: Mapping[str, object]) -> str:
        """Ask for the next page, once for each resource that was on an earlier one: it has none of them.

        Returns:
            The name of the step.
        """
        id_field = self.lifecycle.family.kind.id_field
        length, step = min(self.size, self.left), ""
        for other in self.seen or [""]:
            body = nested(self.whole.path, [{id_field: {"not": other}} if other else {} for _ in range(length)])
            step = self.lifecycle.ask("page", self.whole.operation, {self.limit: self.size, **params}, body, self.lines)
        self.seen += [f"${{steps.{step}.{self.whole.path}.{at}.{id_field}}}" for at in range(length)]
        self.left -= length
        return step


def _by_field(family: ResourceFamily) -> Iterator[Trial]:
    """Yield for each filter by a field that the creation sets: of two resources it chooses the one with its value."""
    how, words, creations = family.kind.lists[family.context.operation], load_words(), family.creations
    if len(creations) < _PAGES - 1:
        return
    create = creations[0]
    for name, shown in how.filters.items():
        rows = [*family.own.rows(name), *create.rows(shown)]
        plain = all(row.encoding == "plain" and row.encoding not in WRITTEN and "[" not in row.path for row in rows)
        if shown == family.kind.id_field or not plain or not create.rows(shown) or create.conditional(shown):
            continue
        if words.is_id(shown) or words.known_values(name) is not None or family.own.conditional(name):
            continue
        values = two_values(name, [(family.own, name), (create, shown)])
        if values is None or not sent_values(create.contracts.values(), {shown: values[0]}):
            continue
        lifecycle = Lifecycle(family)
        made = [lifecycle.make(each, {shown: value}) for each, value in zip(creations, values, strict=False)]
        for thing, value in zip(made, values, strict=True):
            element = {family.kind.id_field: lifecycle.alive[thing].identity}
            lines = family.lines(family.own, name)
            lifecycle.ask("chosen", family.own, {name: wire_text(value)}, nested(how.path, [element]), lines)
        title = f"{name} chooses what has its value, and nothing else"
        yield lifecycle.titled(f"chosen by {name}", title, f"chosen by {name}")
