"""What is in the fields of an answer: what was sent, what a resource has, the page; else examples."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from conformance.cases.meanings.words import singular
from conformance.server.general.kept import as_elements
from conformance.server.general.shapes import named
from conformance.server.resources.status_words import load_status_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.meanings.words import Words
    from conformance.core.jsontypes import Json
    from conformance.server.general.kept import KeptResource
    from conformance.server.general.listing import ListPage
    from conformance.server.general.shapes import FieldShape, Scope
    from conformance.server.resources.kinds import ResourceKind


class ElementScope(Struct, frozen=True):
    """One element of a list that was sent, an object or a text."""

    element: Json
    of: str

    def value(self, shape: FieldShape) -> Json:
        """Return a member of the element, by its name or its name without that of the list."""
        if not isinstance(self.element, dict):
            return self.element
        return named(self.element, shape.name, singular(self.of))

    def elements(self, shape: FieldShape) -> Sequence[Scope]:
        """Return the elements of a list within it."""
        return _within(self.value(shape), shape)

    def left_out(self, _shape: FieldShape) -> bool:
        """Whether a field is missing: none is."""
        return False


class ResourceScope(Struct, frozen=True):
    """One resource, as it is shown.

    Attributes:
        resource: The resource.
        kind: What it is.
        status: Its status now; `None` where nothing is known.
        words: What names mean.
        linked: By field, the ids of other resources that it is attached to.
    """

    resource: KeptResource
    kind: ResourceKind
    status: str | None
    words: Words
    linked: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def value(self, shape: FieldShape) -> Json:
        """Return a field of the resource."""
        return self.field(shape.name)

    def field(self, name: str) -> Json:
        """Return a field by its name; `None` where nothing is known of it."""
        if name == self.kind.id_field:
            return self.resource.id
        if name == self.kind.status_field and self.status is not None:
            return self.status
        found = named(self.resource.fields, name, self.kind.resource)
        if found is None:
            found = next(iter(self.linked.get(name, ())), None)
        if found is None and self.words.means("created", name) and self.resource.created_at:
            return datetime.fromtimestamp(self.resource.created_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return found

    def choice(self, name: str) -> Json:
        """Return what a listing chooses by: a field, and all that it is attached to; `None` fits every choice."""
        if name not in self.linked:
            return self.field(name)
        kept = named(self.resource.fields, name, self.kind.resource)
        own = as_elements(kept) or ([] if kept is None else [kept])
        found: list[Json] = [*own, *self.linked[name]]
        unknown = self.resource.stated and not found and name not in self.resource.detached
        return None if unknown else found

    def elements(self, shape: FieldShape) -> Sequence[Scope] | None:
        """Return the elements of a list that was sent; a resource has none of what was not, as far as it is known."""
        linked = self.linked.get(load_status_words().element_name(shape.name), ())
        if linked:
            return [ElementScope(each, shape.name) for each in linked]
        for name in (shape.name, singular(shape.name), f"{shape.name}s"):
            found = named(self.resource.fields, name, self.kind.resource)
            if found is not None:
                return _within(found, shape)
        of_objects = shape.element is not None and bool(shape.element.members)
        return None if self.resource.unknown and of_objects else ()

    def left_out(self, _shape: FieldShape) -> bool:
        """Whether a field is missing: none is."""
        return False


class AnswerScope(Struct, frozen=True):
    """A whole answer.

    Attributes:
        request_id: The id of the request.
        sent: What was sent, as fields.
        words: What names mean.
        resources: The resources that the answer is about: those of the page, or the one that was created or shown.
        listed_at: The path of the list of them; empty where the answer is about one.
        page: The page, of a listing.
        made: The ids of what the call created.
    """

    request_id: str
    sent: Mapping[str, Json]
    words: Words
    resources: Sequence[ResourceScope] = ()
    listed_at: str = ""
    page: ListPage | None = None
    made: Sequence[str] = field(default=())

    def value(self, shape: FieldShape) -> Json:
        """Return a field of the answer."""
        if shape.path == "RequestId":
            return self.request_id
        if self.words.means("success", shape.name):
            return "true"
        paged = self._of_page(shape.name)
        if paged is not None:
            return paged
        for resource in self.resources[:1]:
            found = resource.value(shape)
            if found is not None:
                return found
        found = self.sent.get(shape.name)
        return found if isinstance(found, str) else None

    def _of_page(self, name: str) -> Json:
        page = self.page
        if page is None:
            return None
        shown: dict[str, Json] = {
            "total": page.total,
            "page_number": page.number,
            "page_size": page.size,
            "limit": page.size,
            "token": page.token,
            "truncated": bool(page.token),
        }
        return next((value for meaning, value in shown.items() if self.words.means(meaning, name)), None)

    def elements(self, shape: FieldShape) -> Sequence[Scope] | None:
        """Return the resources of the page, the ids of what was created, or what was sent as a list."""
        if self.listed_at and shape.path == self.listed_at:
            return self.resources
        if self.made and self.resources and shape.element is not None and not shape.element.members:
            own = self.resources[0].kind.id_field
            if shape.name.startswith(own) or own in shape.path:
                return [ElementScope(each, shape.name) for each in self.made]
        if self.resources and not self.listed_at:
            return self.resources[0].elements(shape)
        if self.listed_at and shape.path.startswith(f"{self.listed_at}"):
            return ()
        return None

    def left_out(self, shape: FieldShape) -> bool:
        """Whether there is no such field now: no token asks for a page after the last one."""
        return self.words.means("token", shape.name) and not (self.page is not None and self.page.token)


def _within(value: Json, shape: FieldShape) -> Sequence[Scope]:
    if isinstance(value, dict):  # one more level, as in `Tags: {Tag: [...]}`
        value = next((inner for inner in value.values() if isinstance(inner, list)), [value])
    if isinstance(value, str):
        value = as_elements(value) or [value]
    return [ElementScope(each, shape.name) for each in value] if isinstance(value, list) else ()
