"""Layout `metadata-schema`: the JSON description of an operation whose facts are in schemas, with errors and responses.

Its shape is that of `https://api.aliyun.com/meta/v1/products/<Product>/versions/<Version>/apis/<Operation>/api.json`. A
schema has most of the words of JSON Schema; but `required` is in the member itself, numbers may be texts, and
`docRequired` marks what only documents call required. How a list or an object travels, `style` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct, field

from conformance.extraction.layouts.located_json import Located, is_json
from conformance.extraction.layouts.metadata_shapes import described, has_schemas, shape_fault
from conformance.extraction.layouts.schema_words import (
    Schemas,
    enum_cells,
    kind_of,
    line_of,
    members_of,
    not_kept,
    plain_text,
    required_mark,
    rule_cells,
    says_rules,
)
from conformance.extraction.page import ErrorLine, Note, Page, Row, Text
from conformance.extraction.rows import blocks, expand

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = "metadata-schema"

_DEEPEST: Final = 20
_MOST_ROWS: Final = 20_000
_ELSEWHERE: Final = ("header", "host")
"""Places of a parameter that is none of a call by `Action`."""
_STATUSES: Final = ("httpCode", "httpStatusCode", "statusCode", "status")
_PROSE: Final = ("title", "summary", "description")


def detect(text: str) -> bool:
    """Whether a page is in this layout: JSON of an operation whose parameters have schemas."""
    return is_json(text) and has_schemas(text)


def read(text: str) -> Page:
    """Cut a page into rows.

    Raises:
        UnreadableError: When the text is no JSON of this form.
    """
    found = described(text)
    if not found.has_schemas:
        raise shape_fault("the parameters have no `schema`", 1)
    schemas = Schemas(_named(found.root) | _named(found.operation))
    request, fields = _Table(schemas, of_request=True), _Table(schemas, of_request=False)
    for parameter in found.parameters:
        _add_parameter(parameter, request)
    _add_fields(found.operation.get("responses"), schemas, fields)
    notes = [*request.notes, *fields.notes]
    errors: list[ErrorLine] = []
    for place in (found.operation, *found.parameters):
        for row in _errors(place.get("errorCodes")):
            (errors if isinstance(row, ErrorLine) else notes).append(row)  # type: ignore[arg-type]  # each to its own
    return Page(
        prose=tuple(_prose(found.operation)),
        request=tuple(request.rows),
        response=tuple(fields.rows),
        errors=tuple(errors),
        operation=found.name,
        notes=tuple(notes),
        whole=True,
        product=found.product,
        version=found.version,
    )


def _named(root: Located) -> dict[str, Located]:
    """Return the schemas that others refer to, by name."""
    components = root.get("components")
    schemas = components.get("schemas") if components is not None else None
    return schemas.members() if schemas is not None else {}


def _prose(operation: Located) -> Iterator[Text]:
    for name in _PROSE:
        said = operation.get(name)
        if said is not None and isinstance(said.value, str):
            yield from (Text(said.line, block.text) for block in blocks(_lines(said), markup=True))


def _lines(said: Located) -> Iterator[Text]:
    """Yield the lines of a text, which in JSON are on one line."""
    return expand(Text(said.line, line) for line in str(said.value).split("\n"))


class _Entry(NamedTuple):
    """A schema on its way to a row.

    Attributes:
        name: What the document calls it; empty for the items of a list.
        line: The line of its name.
        schema: Its schema.
        depth: How deep it is.
        parameter: The parameter that it is the whole schema of.
        seen: The references that led here.
    """

    name: str
    line: int
    schema: Located
    depth: int = 0
    parameter: Located | None = None
    seen: tuple[str, ...] = ()


class _Table(Struct):
    """Collects the rows of the parameters, or of the fields of the answer.

    Attributes:
        schemas: The schemas of the file.
        of_request: Whether they are of the parameters; a field has no rules.
        rows: The rows.
        notes: What could not be placed.
    """

    schemas: Schemas
    of_request: bool
    rows: list[Row] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, entry: _Entry) -> None:
        """Add the row of a schema, of its items, and of its members."""
        name, reference = entry.name, entry.schema.text("$ref")
        if entry.depth > _DEEPEST or len(self.rows) > _MOST_ROWS:
            raise shape_fault("the schemas are nested too deeply", entry.line)
        schema = self.schemas.resolved(entry.schema, entry.seen)
        if not isinstance(schema.value, dict):
            raise shape_fault(f"the schema of {name} is {schema.kind}", schema.line)
        if reference and schema is entry.schema:
            self.notes.append(Note(schema.line, f"{name}: what {reference} means is not followed"))
        seen = (*entry.seen, reference) if reference else entry.seen
        self._put(entry._replace(schema=schema))
        inner = self.schemas.items_of(schema, seen)
        if inner is not None and not members_of(inner):
            self._put_item(entry._replace(schema=inner, line=inner.line))
        items = schema.get("items")
        further = items.text("$ref") if items is not None else ""
        for name_inside, member in members_of(schema if inner is None else inner).items():
            inside = (*seen, further) if further else seen
            self.add(_Entry(name_inside, member.line, member, entry.depth + 1, seen=inside))

    def _put_item(self, entry: _Entry) -> None:
        """Add what is said of the items of a list, other than members."""
        if kind_of(entry.schema) == "array":
            self.notes.append(Note(entry.line, f"{entry.name}: of its lists inside the list nothing is read"))
        elif self.of_request and says_rules(entry.schema):
            self._put(_Entry("", entry.line, entry.schema, entry.depth + 1))

    def _put(self, entry: _Entry) -> None:
        name, schema, parameter = entry.name, entry.schema, entry.parameter
        said, example = schema.get("description"), schema.get("example")
        if parameter is not None:
            said = said if schema.text("description") else parameter.get("description") or said
            example = example or parameter.get("example")
        if said is not None and said.value is not None and not isinstance(said.value, str):
            raise shape_fault(f"the description of {name} is {said.kind}", said.line)
        cells = [*enum_cells(name, schema), *(rule_cells(name, schema) if self.of_request else ())]
        if self.of_request:
            self.notes += not_kept(name, schema)
        row = Row(
            line=entry.line,
            name=name,
            type=Text(line_of(schema, "type"), self.schemas.type_of(name, schema)),
            required=required_mark(name, schema, parameter) if self.of_request and name else None,
            example=Text(entry.line, "") if example is None else Text(example.line, plain_text(example)),
            description=blocks(_lines(said), markup=True) if said is not None and said.value else (),
            depth=entry.depth,
            whole=True,
            cells=tuple(cells),
            style=parameter.text("style") if parameter is not None else "",
        )
        self.rows.append(row)


def _add_parameter(parameter: Located, table: _Table) -> None:
    name, place, schema = parameter.text("name"), parameter.text("in"), parameter.get("schema")
    if place in _ELSEWHERE:
        table.notes.append(Note(parameter.line, f"{name}: it is sent in the {place}, and is left out"))
    elif schema is not None:
        table.add(_Entry(name, line_of(parameter, "name"), schema, parameter=parameter))


def _add_fields(responses: Located | None, schemas: Schemas, table: _Table) -> None:
    """Add the fields of the answer to a success."""
    if responses is None or responses.value is None:
        return
    if not isinstance(responses.value, dict):
        raise shape_fault(f"`responses` is {responses.kind}", responses.line)
    success = next((each for status, each in responses.members().items() if status.startswith("2")), None)
    schema = success.get("schema") if success is not None else None
    if schema is not None:
        for name, member in members_of(schemas.resolved(schema)).items():
            table.add(_Entry(name, member.line, member))


def _errors(codes: Located | None) -> Iterator[ErrorLine | Note]:
    """Yield the rows of errors: lists by status, or one list whose entries have their statuses."""
    if codes is None or codes.value is None:
        return
    if isinstance(codes.value, list):
        for entry in codes.value:
            status = next((found for key in _STATUSES if (found := entry.get(key)) is not None), None)
            yield _error(entry, "" if status is None else str(status.value))
    elif isinstance(codes.value, dict):
        for status_text, entries in codes.value.items():
            if not isinstance(entries.value, list):
                raise shape_fault(f"`errorCodes` of {status_text} is {entries.kind}", entries.line)
            for entry in entries.value:
                yield _error(entry, status_text)
    else:
        raise shape_fault(f"`errorCodes` is {codes.kind}", codes.line)


def _error(entry: Located, status: str) -> ErrorLine | Note:
    code = entry.text("errorCode") or entry.text("code")
    known = len(status) == 3 and status.isascii() and status.isdigit() and status[0] in "12345"  # noqa: PLR2004
    if not known or not code or " " in code:
        return Note(entry.line, "an error without status or code")
    message = entry.text("errorMessage") or entry.text("message")
    return ErrorLine(line_of(entry, "errorCode", "code"), int(status), code, message, entry.text("description"))
