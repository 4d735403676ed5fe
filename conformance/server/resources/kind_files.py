"""The short form of a behaviour: read, with the line of what is wrong, and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.core.wording import near
from conformance.core.yamlparts import Part
from conformance.core.yamlwriter import dump_line
from conformance.server.behaviour.definition import RefusedSituation
from conformance.server.behaviour.parts import SHORT_SCHEMA_FILE, BehaviourError, read_part
from conformance.server.resources.kinds import DIGITS, ResourceKind, ShownList

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from conformance.core.errors import InputError
    from conformance.core.jsontypes import Json

_HEAD: Final = (
    "# What the reference server does with a {resource}, as the names in the contracts have it. Where it is wrong,\n"
    "# correct it: docs/reference-server.md says how.\n"
)


class ReadKind(Struct, frozen=True):
    """What a file says.

    Attributes:
        kind: The resource, with the operations that there are.
        faults: What is wrong with it, each with its line, without the rest being wrong.
    """

    kind: ResourceKind
    faults: tuple[InputError, ...]


def read_kind(path: Path, known: Mapping[tuple[str, str], Collection[str]]) -> ReadKind:
    """Read a file.

    Args:
        path: The file; the folder has the name of the product.
        known: The names of the operations of each product and version.

    Raises:
        BehaviourError: When the file as a whole is wrong; with the line.
    """
    top = read_part(path, "resource", SHORT_SCHEMA_FILE)
    product = top.text("product", path.parent.name)
    version, names = _version(top, product, known)
    faults: list[InputError] = []
    kind = _kind(top, product, version, _Operations(names, faults))
    if not kind.creates and not kind.is_single:
        faults.append(
            top["resource"].fault(f"nothing creates a {kind.resource}", "it is there by a provider state only")
        )
    return ReadKind(kind, tuple(faults))


def _version(top: Part, product: str, known: Mapping[tuple[str, str], Collection[str]]) -> tuple[str, Collection[str]]:
    """Return the version of the API, and its operations: the only one that has the first operation of the file."""
    own = {version: names for (of, version), names in known.items() if of.lower() == product.lower()}
    said = top.get("version")
    if said is not None:
        if said.text() not in own:
            raise said.fault(f"there are no contracts of {product} {said.text()}", near(said.text(), own))
        return said.text(), own[said.text()]
    if not own:
        place = top.get("product") or top["resource"]
        raise place.fault(f"there are no contracts of {product}", near(product, {of for of, _ in known}))
    wished = {text for role in _ROLES for text in _names(top.get(role))}
    return max(own.items(), key=lambda each: (len(wished & set(each[1])), each[0]))


_ROLES: Final = ("create", "show", "change", "delete", "attach", "detach", "switch")


def _names(part: Part | None) -> list[str]:
    return [] if part is None else [_name(each).text() for each in part.items()]


def _name(part: Part) -> Part:
    return part if isinstance(part.value, str) else part["operation"]


class _Operations(Struct, frozen=True):
    """The operations that there are; others are told, and left out."""

    names: Collection[str]
    faults: list[InputError]

    def of(self, part: Part | None) -> Iterator[tuple[str, Part]]:
        for each in part.items() if part is not None else ():
            name = _name(each)
            if name.text() in self.names:
                yield name.text(), each
            else:
                self.faults.append(
                    name.fault(f"there is no contract of {name.text()!r}", near(name.text(), self.names))
                )

    def texts(self, part: Part | None) -> tuple[str, ...]:
        return tuple(name for name, _ in self.of(part))


def _kind(top: Part, product: str, version: str, operations: _Operations) -> ResourceKind:
    own, status = top["id"], top.get("status")
    creates = list(operations.of(top.get("create")))
    shows = list(operations.of(top.get("show")))
    kind = ResourceKind(
        top.text("resource"),
        product,
        version,
        own.text("field", ""),
        own.text("prefix", ""),
        own.whole("digits", DIGITS),
        given=own.flag("given"),
        named_by=own.texts("fields"),
        each=next((text for _, part in creates if (text := _member(part, "each"))), ""),
        creates=tuple(name for name, _ in creates),
        lists={name: _list(part) for name, part in shows if _member(part, "list")},
        details=tuple(name for name, part in shows if not _member(part, "list")),
        changes=operations.texts(top.get("change")),
        deletes=operations.texts(top.get("delete")),
        attaches=operations.texts(top.get("attach")),
        detaches=operations.texts(top.get("detach")),
        switches={name: part.pairs("sets") for name, part in operations.of(top.get("switch"))},
        status_field=status.text("field") if status is not None else "",
        status_path=status.texts("path") if status is not None else (),
        unique_by=top.texts("unique_by"),
        idempotent_by=top.text("idempotent_by", ""),
        needs=top.pairs("needs"),
    )
    return replace(kind, refusals=_refusals(top.get("refuses"), kind, operations))


def _member(part: Part, name: str) -> str:
    return part.text(name, "") if isinstance(part.value, dict) else ""


def _list(part: Part) -> ShownList:
    filters: dict[str, str] = {}
    chosen = part.get("filters")
    for each in chosen.items() if chosen is not None else ():
        parameter, field = each.only()
        filters[parameter] = parameter.removesuffix("[]") if isinstance(each.value, str) else field.text()
    return ShownList(part.text("list"), filters)


# --- What is refused -------------------------------------------------------------------------------------------------


def _refusals(
    part: Part | None, kind: ResourceKind, operations: _Operations
) -> Mapping[str, tuple[RefusedSituation, ...]]:
    found: dict[str, tuple[RefusedSituation, ...]] = {}
    for each in part.items() if part is not None else ():
        said = each.get("operation")
        for name in kind.creates if said is None else operations.texts(said):
            found[name] = (*found.get(name, ()), *_situations(each))
    return found


def _situations(part: Part) -> Iterator[RefusedSituation]:
    """Yield what one line of a file refuses: one situation for each value of a parameter that has a code of its own."""
    error, when = part["error"], _condition(part)
    if not isinstance(error.value, dict):
        yield RefusedSituation(f"refuses.{part.at[-1]}", error.texts(), when)
        return
    parameter, codes = error.only()
    for value, code in codes.members():
        both = Part(when.file, {**_mapping(when), "in": {parameter: [value]}}, when.at)
        yield RefusedSituation(f"refuses.{part.at[-1]}.{value}", code.texts(), both)


def _condition(part: Part) -> Part:
    """Return the condition of a line: its `when`, or what its short words mean."""
    state, missing = part.get("state"), part.get("missing")
    if state is not None:
        return Part(part.file, {"state": state.text()}, part.at)
    if missing is not None:
        of = missing.pairs()
        name = of.pop("state")
        return Part(part.file, {"not": {"state": {"name": name, "of": of}}}, missing.at)
    return part["when"]


def _mapping(part: Part) -> dict[str, object]:
    return {str(name): value for name, value in part.value.items()} if isinstance(part.value, dict) else {}


# --- Writing ---------------------------------------------------------------------------------------------------------


def write_kind(kind: ResourceKind) -> str:
    """Return the text of a file that `read_kind` reads as a kind; what it refuses beyond contracts is not written."""
    own: dict[str, Json] = {"field": kind.id_field} if kind.id_field else {"fields": list(kind.named_by)}
    own |= {"prefix": kind.id_prefix} if kind.id_field and not kind.given else {}
    own |= {"given": True} if kind.given else {}
    status: dict[str, Json] = {"field": kind.status_field} if kind.status_field else {}
    status |= {"path": list(kind.status_path)} if kind.status_path and status else {}
    shows: list[Json] = [
        {"operation": name, "list": how.path, **({"filters": _written(how.filters)} if how.filters else {})}
        for name, how in kind.lists.items()
    ]
    data: dict[str, Json] = {
        "resource": kind.resource,
        "version": kind.version,
        "id": own,
        "create": [{"operation": name, "each": kind.each} if kind.each else name for name in kind.creates],
        "show": [*shows, *kind.details],
        "change": list(kind.changes),
        "delete": list(kind.deletes),
        "attach": list(kind.attaches),
        "detach": list(kind.detaches),
        "switch": [{"operation": name, "sets": dict(sets)} for name, sets in kind.switches.items()],
        "status": status,
        "unique_by": list(kind.unique_by),
        "idempotent_by": kind.idempotent_by,
        "needs": dict(kind.needs),
    }
    lines = [line for name, value in data.items() if value or name == "id" for line in _lines(name, value)]
    return _HEAD.format(resource=kind.resource) + "\n".join(lines) + "\n"


def _written(filters: Mapping[str, str]) -> list[Json]:
    return [name if name.removesuffix("[]") == field else {name: field} for name, field in filters.items()]


def _lines(name: str, value: Json) -> Iterator[str]:
    """Yield a member as lines of YAML: a list of one as its element, a list of several one a line."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    if not isinstance(value, list):
        yield f"{name}: {dump_line(value, BehaviourError)}"
        return
    yield f"{name}:"
    for each in value:
        yield f"  - {dump_line(each, BehaviourError)}"
