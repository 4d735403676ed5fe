"""What a resource does beyond its contracts, as `behaviours/<product>/<Resource>.yaml` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.contract.model import AsyncBehaviour, ErrorCode, State
from conformance.core.wording import near
from conformance.server.behaviour.parts import read_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conformance.core.yamlparts import Part

FAULTS_SUFFIX: Final = ".faults.yaml"
"""How the name of the file ends that has the faults of a resource, beside the file of its behaviour."""


class RefusedSituation(Struct, frozen=True):
    """A situation in which an operation is refused, or the place of what the contract itself says.

    Attributes:
        id: Its name, `account.quota`, for faults and messages.
        codes: The codes it may answer with, the preferred first.
        when: The condition on which it is refused, as the file has it.
        message_names: A parameter: of a code's several messages the one that names its value is answered.
        contract: `required` or `constraints` where the checks of the contract have their place; else empty.
    """

    id: str = ""
    codes: tuple[str, ...] = ()
    when: Part | None = None
    message_names: str = ""
    contract: str = ""


class ServedOperation(Struct, frozen=True):
    """One operation of a resource.

    Attributes:
        name: Its name on the wire.
        answers: Fields of its answer that are always the same.
        returns: Fields of its answer that are those of the resource.
        refusals: What it refuses, in the order in which the server looks.
    """

    name: str
    answers: Mapping[str, str]
    returns: tuple[str, ...]
    refusals: tuple[RefusedSituation, ...]


class ResourceChange(Struct, frozen=True):
    """An operation that changes a resource, and otherwise does what its own contract says.

    Attributes:
        operation: Its name, and what it refuses beyond its contract.
        id: The parameter that names the resource.
        keeps: The fields that are changed where they are sent.
        sets: The fields that it sets.
    """

    operation: ServedOperation
    id: str
    keeps: tuple[str, ...]
    sets: Mapping[str, str]


class ListFilter(Struct, frozen=True):
    """What a parameter of a listing chooses by.

    Attributes:
        field: The field that must have the value of the parameter.
        when: Other fields with the values that they must have.
    """

    field: str
    when: Mapping[str, str]


class Listing(Struct, frozen=True):
    """How an operation lists resources.

    Attributes:
        path: The fields from the answer to the list.
        filters: The parameters that choose, and by what.
        page_number, page_size: The parameters, and fields, of the page.
        total: The field of how many there are in all.
        default_size: How many a page has unless asked otherwise.
    """

    path: tuple[str, ...]
    filters: Mapping[str, ListFilter]
    page_number: str
    page_size: str
    total: str
    default_size: int


class ResourceField(Struct, frozen=True):
    """One field of a resource, as it is made from a call and as it is shown.

    Attributes:
        name: Its name; of a field that is made from a parameter also that one's.
        source: `id`, `status`, `created`, `parameter` or `list`.
        default: What it has when nothing is sent and no document states a default. Of a list, its one element.
        empty_is_default: Whether an empty value counts as none.
        number: Whether it is shown as a number.
        parameters: Of a list, the folded paths of its elements' members.
        members: Of a list, the names of its elements' members, where they have any.
        under: Of a list, the field that holds its elements.
    """

    name: str
    source: str = "parameter"
    default: str = ""
    empty_is_default: bool = False
    number: bool = False
    parameters: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    under: str = ""


class ConstraintCodes(Struct, frozen=True):
    """The codes of violated constraints. An empty parameter or fact is any."""

    parameter: str
    fact: str
    codes: tuple[str, ...]

    def fits(self, parameter: str, fact: str) -> bool:
        """Whether these are the codes for a fact of a parameter."""
        return self.parameter in ("", parameter) and self.fact in ("", fact)


class ExistingState(Struct, frozen=True):
    """The provider state with which a resource comes into being.

    Attributes:
        state: Its name.
        fields: By field of the resource, the parameter of the state that has its value.
        lists: The same for fields that are lists.
    """

    state: str
    fields: Mapping[str, str]
    lists: Mapping[str, str]


NO_STATUS: Final = AsyncBehaviour("", "", "")
NO_STATE: Final = ExistingState("", {}, {})
NO_OPERATION: Final = ServedOperation("", {}, (), ())
NO_LISTING: Final = Listing((), {}, "", "", "", 0)
"""What a resource has that is not described in full: an operation without a name is never called."""


class Behaviour(Struct, frozen=True):
    """What one resource does.

    Attributes:
        resource: Its name.
        product: The product, as the link to more about an error names it.
        id_prefix, id_digits: How an id begins, and how many hexadecimal digits follow.
        status: The states after a creation, and the operation that shows them; a document has the last word.
        region: The parameter, and field, of the region; a resource without one is in all of them.
        regions: The regions that there are.
        unique_by: The fields that no two resources of an account have alike.
        existing: The provider state with which a resource comes into being.
        fields: Its fields, in the order in which they are shown.
        rows: Errors that no document of the operations has.
        constraint_codes: The codes of violated constraints, the first that fits.
        create, show, delete: Its operations.
        listing: How `show` lists.
        delete_id: The parameter of `delete` that names the resource.
        changes: Operations that change it, by name.
    """

    resource: str
    product: str
    id_prefix: str
    id_digits: int
    status: AsyncBehaviour = NO_STATUS
    region: str = ""
    regions: frozenset[str] = frozenset()
    unique_by: tuple[str, ...] = ()
    existing: ExistingState = NO_STATE
    fields: Mapping[str, ResourceField] = field(default_factory=dict)
    rows: tuple[ErrorCode, ...] = ()
    constraint_codes: tuple[ConstraintCodes, ...] = ()
    create: ServedOperation = NO_OPERATION
    show: ServedOperation = NO_OPERATION
    delete: ServedOperation = NO_OPERATION
    listing: Listing = NO_LISTING
    delete_id: str = ""
    changes: Mapping[str, ResourceChange] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What tells it from every other behaviour."""
        return f"{self.product}/{self.resource}"

    @property
    def operations(self) -> tuple[ServedOperation, ...]:
        """The operations that it has in full."""
        return tuple(each for each in (self.create, self.show, self.delete) if each.name)

    def codes_of(self, parameter: str, fact: str) -> tuple[str, ...]:
        """Return the codes for a violated fact of a parameter."""
        return next((line.codes for line in self.constraint_codes if line.fits(parameter, fact)), ())


def read_behaviour(path: Path) -> Behaviour:
    """Read the behaviour of one resource; raises `BehaviourError` when the file is wrong."""
    top = read_part(path, "behaviour")
    show, delete = top["show"], top["delete"]
    pending, final = top["status"].texts("path")
    fields = {name: _field(name, part) for name, part in top["fields"].members()}
    for names in (top["unique_by"], top["create"]["returns"]):
        _check_fields(names, fields)
    return Behaviour(
        resource=top.text("resource"),
        product=top.text("product"),
        id_prefix=top["id"].text("prefix"),
        id_digits=top["id"].whole("digits"),
        status=AsyncBehaviour(pending, final, show.text("operation")),
        region=top["region"].text("parameter"),
        regions=frozenset(top["region"].texts("known")),
        unique_by=top.texts("unique_by"),
        existing=_existing(top["existing"]),
        fields=fields,
        rows=tuple(_row(part) for part in top["rows"].items()),
        constraint_codes=tuple(
            ConstraintCodes(part.text("parameter", ""), part.text("fact", ""), part.texts("error"))
            for part in top["constraint_errors"].items()
        ),
        create=_operation(top["create"]),
        show=_operation(show),
        delete=_operation(delete),
        listing=_listing(show, fields),
        delete_id=delete.text("id"),
        changes=dict(_change(part, fields) for part in _items(top, "change")),
    )


def _items(part: Part, name: str) -> Iterator[Part]:
    found = part.get(name)
    return iter(()) if found is None else found.items()


def _change(part: Part, fields: Mapping[str, ResourceField]) -> tuple[str, ResourceChange]:
    keeps, sets = part.get("keeps"), part.get("sets")
    if keeps is not None:
        _check_fields(keeps, fields)
    for name, value in () if sets is None else sets.members():
        if name not in fields:
            raise value.fault(f"the resource has no field {name!r}", near(name, fields))
    operation = ServedOperation(part.text("operation"), {}, (), tuple(map(_refusal, _items(part, "refuses"))))
    return operation.name, ResourceChange(operation, part.text("id"), part.texts("keeps"), part.pairs("sets"))


def _check_fields(names: Part, fields: Mapping[str, ResourceField]) -> None:
    for name in names.items():
        if name.text() not in fields:
            raise name.fault(f"the resource has no field {name.text()!r}", near(name.text(), fields))


def _field(name: str, part: Part) -> ResourceField:
    path = part.text("list", "")
    members = part.texts("members")
    return ResourceField(
        name,
        "list" if path else part.text("is", "parameter"),
        part.text("default", ""),
        part.flag("empty_is_default"),
        part.flag("number"),
        tuple(f"{path}.{member}" for member in members) or ((path,) if path else ()),
        members,
        part.text("under", ""),
    )


def _existing(part: Part) -> ExistingState:
    return ExistingState(part.text("state"), part.pairs("fields"), part.pairs("lists"))


def _row(part: Part) -> ErrorCode:
    return ErrorCode(part.whole("status"), part.text("code"), part.text("message"), 0, State.NOT_STATED, "syntax")


def _operation(part: Part) -> ServedOperation:
    refusals = tuple(_refusal(each) for each in part["refuses"].items())
    return ServedOperation(part.text("operation"), part.pairs("answers"), part.texts("returns"), refusals)


def _refusal(part: Part) -> RefusedSituation:
    contract = part.get("contract")
    if contract is not None:
        return RefusedSituation(contract=contract.text())
    return RefusedSituation(part.text("id"), part.texts("error"), part["when"], part.text("message_names", ""))


def _filter(part: Part, fields: Mapping[str, ResourceField]) -> tuple[str, ListFilter]:
    if isinstance(part.value, str):
        _check_fields(part, fields)
        return part.text(), ListFilter(part.text(), {})
    parameter, how = part.only()
    _check_fields(how["field"], fields)
    when = how.get("when")
    for name, value in () if when is None else when.members():
        if name not in fields:
            raise value.fault(f"the resource has no field {name!r}", near(name, fields))
    return parameter, ListFilter(how.text("field"), how.pairs("when"))


def _listing(part: Part, fields: Mapping[str, ResourceField]) -> Listing:
    page = part["page"]
    return Listing(
        tuple(part.text("list").split(".")),
        dict(_filter(each, fields) for each in part["filters"].items()),
        page.text("number"),
        page.text("size"),
        page.text("total"),
        page.whole("default_size"),
    )
