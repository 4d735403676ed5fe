"""The facts of one document and the contract that they make. Frozen data, no input or output."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct, field
from msgspec.structs import force_setattr

from conformance.contract.when import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from conformance.contract.languages import Language
    from conformance.contract.when import Presence, When

Scalar = str | int | float | bool
FactValue = Scalar | tuple[Scalar, ...]
CitedLine = int | str
"""A line of a contract's document, counted from 1; of another source of the same contract `<file>:<line>`."""

OVERLAY: Final = "overlay"
"""The origin of what an overlay restored."""

FACT_NAMES: Final = (
    "type",
    "required",
    "enum",
    "default",
    "example",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "maxItems",
    "charset",
    "startsWith",
    "endsWith",
    "notStartsWith",
    "notEndsWith",
    "notContains",
    "allowEmpty",
    "unit",
    "format",
)
"""Every fact that a document can state about one parameter, in the order in which contracts list them."""

RESPONSE_FACT_NAMES: Final = ("type", "enum", "example")
"""The facts that a document can state about one field of the response."""

CONSTRAINT_NAMES: Final = (
    "required",
    "enum",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "maxItems",
    "charset",
    "startsWith",
    "endsWith",
    "notStartsWith",
    "notEndsWith",
    "notContains",
    "allowEmpty",
)
"""The facts that a request can violate."""

Encoding = Literal["plain", "repeat", "json", "csv", "map"]
"""How the value of a parameter becomes text of the wire; `conformance.contract.encodings` says what each means."""

ENCODINGS: Final[tuple[Encoding, ...]] = ("plain", "repeat", "json", "csv", "map")

USUAL_FORMAT: Final = "JSON"
"""The format of an answer that every document promises, also one that shows none."""

CHARACTER_CLASSES: Final = ("ascii", "chinese", "digit", "letter", "lower", "upper")
"""The named classes in `charset`, `startsWith` and `endsWith`; anything else in them is a literal character."""


class State(StrEnum):
    """What is known of a fact: the document states it, does not state it, or the capture lost the place."""

    STATED = "stated"
    NOT_STATED = "not_stated"
    LOST = "lost"


class Fact(Struct, frozen=True):
    """One promise of a document.

    Attributes:
        state: Whether the document states it.
        value: What it states; `None` unless `state` is `stated`. Lists are tuples.
        line: The line of the document, counted from 1; the line of the loss for a lost fact.
        origin: `overlay` when an overlay restored it; the name of the file when another source states it, in `line`.
    """

    state: State
    value: FactValue | None = None
    line: int | None = None
    origin: str | None = None

    @property
    def cited(self) -> CitedLine | None:
        """The line, with its file where that is not the contract's first one."""
        return _cited(self.line, self.origin)

    @property
    def stated(self) -> bool:
        """Whether the document states this fact."""
        return self.state is State.STATED


NOT_STATED: Final = Fact(State.NOT_STATED)


class ConditionalFact(Struct, frozen=True):
    """A promise that holds only when something else does.

    Attributes:
        name: The name of the fact: `required`, `maximum`, ...
        fact: What holds then; always stated.
        when: On which condition; one that is not known demands nothing of any request.
    """

    name: str
    fact: Fact
    when: When


class Parameter(Struct, frozen=True):
    """A request parameter or a response field.

    Attributes:
        path: The folded path: `Name`, `Ids[]`, `Tag[].Key`, `Labels.{key}`.
        line: The line on which its row begins.
        facts: Those that hold whatever else is sent, by name; a name that is missing is `not_stated`.
        source: The spelling of the document, e.g. `Tag.N.Key`.
        conditional: The facts of a request parameter that hold on a condition, in the order of the document.
        presence: When a response field is in an answer.
        encoding: How its value travels. A path with an index that is not said to travel otherwise is `repeat`.
        origin: The file of the other source that alone has the row; `None` where the document has it.
    """

    path: str
    line: int
    facts: Mapping[str, Fact]
    source: str = ""
    conditional: tuple[ConditionalFact, ...] = ()
    presence: Presence = ALWAYS
    encoding: Encoding = "plain"
    origin: str | None = None

    def __post_init__(self) -> None:
        if self.encoding == "plain" and "[]" in self.path:
            force_setattr(self, "encoding", "repeat")

    @property
    def cited(self) -> CitedLine:
        """The line of the row, with its file where that is not the contract's first one."""
        return _cited(self.line, self.origin) or self.line

    @property
    def place(self) -> str:
        """Where a response field is in an answer: its path, or another one where the document's samples have it."""
        return self.presence.place or self.path

    def fact(self, name: str) -> Fact:
        """Return the fact `name`, `not_stated` where the document is silent."""
        return self.facts.get(name, NOT_STATED)


class ErrorCode(Struct, frozen=True):
    """One row of a document's table of errors. Its key is (status, code, message).

    Attributes:
        status: The HTTP status.
        code: The wire literal, byte for byte.
        message: The wire literal, byte for byte.
        line: The line of the row.
        description_state: Whether the row says what causes the error.
        error_class: `syntax`, `state`, `auth`, `throttle` or `server`.
        inferred_split: True when the layout does not mark where the message ends and the reader had to find it.
        origin: The file of the other source that alone has the row; `None` where the document has it.
    """

    status: int
    code: str
    message: str
    line: int
    description_state: State
    error_class: str
    inferred_split: bool = False
    origin: str | None = None

    @property
    def cited(self) -> CitedLine:
        """The line of the row, with its file where that is not the contract's first one."""
        return _cited(self.line, self.origin) or self.line

    @property
    def key(self) -> tuple[int, str, str]:
        """What makes a row unique: one code may have several messages."""
        return self.status, self.code, self.message


class Loss(Struct, frozen=True):
    """Something that the capture dropped.

    Attributes:
        path: The folded path of the parameter whose row lost it.
        line: The line at which it is missing.
        kind: `list` (a block after a cue), `tail` (a clause cut short), `table` (a whole table) or `cell`.
        evidence: What shows the loss, in the project's own words.
    """

    path: str
    line: int
    kind: str
    evidence: str = ""


class AsyncBehaviour(Struct, frozen=True):
    """How an asynchronous operation ends.

    Attributes:
        pending: The state while the work goes on.
        final: The state when it is done.
        poll: The operation that shows the state.
        line: The line that names the pending state.
        origin: The file of the other source that alone says it; `None` where the document does.
    """

    pending: str
    final: str
    poll: str
    line: int | None = None
    origin: str | None = None


class AnswerFormat(Struct, frozen=True):
    """A format of the answer that the document shows, by a heading, a sample or a list of values.

    Attributes:
        format: `JSON` or `XML`, as the parameter for the format spells it.
        line: The first line that shows it.
    """

    format: str
    line: int


class Source(Struct, frozen=True):
    """Where a contract comes from.

    Attributes:
        file: The name of the file, without a folder.
        sha256: The SHA-256 of its bytes.
        layout: Its layout.
    """

    file: str
    sha256: str
    layout: str


class SourceDifference(Struct, frozen=True):
    """What another source of a contract states otherwise than the one that the contract keeps.

    Attributes:
        path: The folded path of a parameter, `responses/<path>`, or `errors/<code>`.
        name: The fact; `message` or `status` of an error.
        other: What the other source states; its origin is that source.
    """

    path: str
    name: str
    other: Fact


class Contract(Struct, frozen=True, dict=True):
    """All facts of one document, and of what was merged into it.

    What every case asks of it is looked up once and then remembered.

    `product` and `version` are empty where the document does not name them. `source` is the document whose lines are
    meant where nothing else is said; `also` are the sources that were merged into it, and `differs` what they state
    otherwise.
    """

    operation: str
    language: Language
    source: Source
    parameters: tuple[Parameter, ...]
    responses: tuple[Parameter, ...]
    errors: tuple[ErrorCode, ...]
    async_behaviour: AsyncBehaviour | None = None
    lost: tuple[Loss, ...] = field(default=())
    product: str = ""
    version: str = ""
    formats: tuple[AnswerFormat, ...] = ()
    also: tuple[Source, ...] = ()
    differs: tuple[SourceDifference, ...] = ()

    def parameter(self, path: str) -> Parameter | None:
        """Return the request parameter with this folded path, if the document has it."""
        return self._by_path.get(path)

    def rows(self, code: str) -> tuple[ErrorCode, ...]:
        """Return every row of the table of errors that has this code."""
        return self._by_code.get(code, ())

    def format_line(self, name: str) -> int | None:
        """Return the line that shows a format of the answer, `None` where the document does not show it."""
        return next((shown.line for shown in self.formats if shown.format == name), None)

    def promises_format(self, name: str) -> bool:
        """Whether the document promises answers in a format: the usual one always, another where it shows it."""
        return name == USUAL_FORMAT or self.format_line(name) is not None

    def names(self, word: str) -> bool:
        """Whether the document names a request parameter, in its table or in the message of an error."""
        known = self._named.get(word)
        if known is None:
            known = word in self._tops or any(word in row.message for row in self.errors)
            self._named[word] = known
        return known

    def names_all(self, parameters: Collection[str]) -> bool:
        """Whether the document names all of these request parameters; of a path, what it begins with."""
        return self._tops.issuperset(parameters) or all(self.names(each.partition(".")[0]) for each in parameters)

    @cached_property
    def condition_paths(self) -> frozenset[str]:
        """The paths of all parameters on which a fact of a parameter depends."""
        conditions = (each.when for parameter in self.parameters for each in parameter.conditional)
        return frozenset(path for when in conditions for path, _ in when.needs)

    @cached_property
    def _by_path(self) -> dict[str, Parameter]:
        return {parameter.path: parameter for parameter in reversed(self.parameters)}

    @cached_property
    def _by_code(self) -> dict[str, tuple[ErrorCode, ...]]:
        rows: dict[str, list[ErrorCode]] = {}
        for row in self.errors:
            rows.setdefault(row.code, []).append(row)
        return {code: tuple(of_code) for code, of_code in rows.items()}

    @cached_property
    def _tops(self) -> set[str]:
        return {parameter.path.split("[")[0].split(".")[0] for parameter in self.parameters}

    @cached_property
    def _named(self) -> dict[str, bool]:
        return {}

    def constraints(self) -> Iterator[tuple[Parameter, str, Fact]]:
        """Yield every stated constraint of a request parameter that a request can violate."""
        for parameter in self.parameters:
            for name in CONSTRAINT_NAMES:
                fact = parameter.fact(name)
                if not fact.stated or (name in ("required", "allowEmpty") and not _forbids(name, fact)):
                    continue
                yield parameter, name, fact

    def conditional_constraints(self) -> Iterator[tuple[Parameter, ConditionalFact]]:
        """Yield every constraint that a request can violate which meets its condition; an unknown one none can."""
        for parameter in self.parameters:
            for each in parameter.conditional:
                known = each.when.known and each.name in CONSTRAINT_NAMES
                if known and (each.name not in ("required", "allowEmpty") or _forbids(each.name, each.fact)):
                    yield parameter, each


def line_order(line: CitedLine) -> tuple[str, int]:
    """Return what lines are sorted by: those of the document itself first, then file by file."""
    if isinstance(line, int):
        return "", line
    file, _, number = line.rpartition(":")
    return file, int(number)


def _cited(line: int | None, origin: str | None) -> CitedLine | None:
    return line if line is None or origin in (None, OVERLAY) else f"{origin}:{line}"


def _forbids(name: str, fact: Fact) -> bool:
    return fact.value is True if name == "required" else fact.value is False
