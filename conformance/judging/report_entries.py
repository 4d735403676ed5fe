"""The parts of a report as types, field for field those of docs/report.schema.json.

The keys are the JSON names, in the order in which they are written. What a server or an SDK gave is `object`: any JSON
value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NotRequired, TypedDict, final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import CitedLine
    from conformance.judging.verdicts import Verdict
    from conformance.protocol.signing import Signature

RowEntry = Sequence[int | str]
"""A row of a table of errors: status, code, message."""


@final
class RequestEntry(TypedDict):
    """A request as it was sent, secrets removed."""

    operation: str
    params: dict[str, str]
    method: str
    url: str
    headers: dict[str, str]
    body: str


@final
class ResponseEntry(TypedDict):
    """A response as it was received, secrets removed."""

    status: int
    headers: dict[str, str]
    body: str


@final
class RetryEntry(TypedDict):
    """An attempt that the server refused for now; `code` is `None` when its answer had none."""

    code: str | None
    status: int
    waited_s: float


class RetriesPart(TypedDict, total=False):
    """What an exchange that took several attempts has beside the other fields."""

    retries: list[RetryEntry]


@final
class ExchangeEntry(RetriesPart):
    """A request and its response; `response` is `None` when there was none that can be judged."""

    request: RequestEntry
    response: ResponseEntry | None
    failure: str | None
    elapsed_ms: float


@final
class DigestFields(TypedDict):
    """Enough to recognise an exchange in a capture: the length of the response's body in bytes, and its SHA-256."""

    operation: str
    method: str
    status: int | None
    bytes: int | None
    sha256: str | None


@final
class DigestEntry(RetriesPart):
    """An exchange of a pass, of which no more is kept."""

    digest: DigestFields
    elapsed_ms: float


class UnsupportedEntry(TypedDict):
    """What an SDK has no way to carry, and why."""

    parameter: str | None
    why: str


class CallerEntry(TypedDict):
    """What an SDK reported to its caller in the last call; `fields` are the names of those of a success.

    `exception_bases` are the other names by which what was raised can be caught; `unsupported` is there where nothing
    was sent because the SDK has no way to carry a parameter.
    """

    outcome: str
    status: object
    code: object
    message: object
    request_id: object
    exception: str | None
    fields: list[str] | None
    exception_bases: NotRequired[list[str]]
    unsupported: NotRequired[UnsupportedEntry]


class MismatchEntry(TypedDict):
    """One expected value against the observed one; `lines` by language, `None` where no line promises it."""

    where: str
    expected: list[object]
    observed: object
    docs: list[str]
    lines: dict[str, CitedLine | None]


class StateEntry(TypedDict):
    """A provider state that a case needs, as its file has it."""

    name: str
    params: dict[str, object]


class CaseEntry(TypedDict):
    """One case with its verdict; mappings are by language."""

    id: str
    title: str
    trigger: str
    verdict: Verdict
    verdicts: Mapping[str, Verdict]
    follows: list[str]
    reason: str | None
    mismatches: list[MismatchEntry]
    exchanges: list[ExchangeEntry | DigestEntry]
    reproduce: str | None
    rerun: NotRequired[str]
    where: str
    lines: Mapping[str, Sequence[CitedLine]]
    rule_line: NotRequired[Mapping[str, CitedLine]]
    changed: NotRequired[Mapping[str, object]]
    states: NotRequired[list[StateEntry]]
    product: NotRequired[str]
    exact: Mapping[str, RowEntry]
    observed: Mapping[str, Sequence[RowEntry]]
    known_failing: str | None
    answered: str | None
    elapsed_ms: float
    caller: NotRequired[CallerEntry]


class ToolEntry(TypedDict):
    """This program."""

    name: str
    version: str


class ReleaseEntry(TypedDict):
    """A package with its version."""

    name: str
    version: str


class SdkEntry(TypedDict, total=False):
    """What is known of an SDK under test; by operation, its request fields that no table of parameters has.

    `undocumented_fields` no document names at all; `named_fields` one names elsewhere, as in a code or a message.
    """

    sdk: ReleaseEntry
    core: ReleaseEntry
    language: str
    runtime: str
    undocumented_fields: dict[str, list[str]]
    named_fields: dict[str, list[str]]


class ToldPart(TypedDict, total=False):
    """Whether the target was told in each request which answer to give."""

    told: bool


class TargetEntry(SdkEntry, ToldPart):
    """What was tested; `signature` is `None` when an SDK signs."""

    endpoint: str
    driver: str
    signature: Signature | None


class ShardEntry(TypedDict):
    """One part of a run, counted from 1; `suite` is a hash over the ids of the cases of all parts."""

    index: int
    count: int
    suite: str


class PromiseEntry(TypedDict):
    """What one document states about a point."""

    value: object
    line: int | None
    origin: str | None


class PointEntry(TypedDict):
    """A point on which documents disagree.

    Beside these keys it has one `PromiseEntry` for each language, under the code of the language, which a type cannot
    name: `conformance.judging.divergence` writes and reads it. `observed` and `follows` come with the report.
    """

    operation: str
    point: str
    cases: list[str]
    observed: NotRequired[list[str]]
    follows: NotRequired[str]


class GroupEntry(TypedDict):
    """A cause: equal mismatches of many cases; values, lines and the rest are those of the case that shows it best."""

    key: str
    verdict: NotRequired[Verdict]
    title: str
    count: int
    cases: list[str]
    where: str
    expected: list[object]
    observed: object
    rule_lines: dict[str, list[CitedLine]]
    row_lines: dict[str, CitedLine | None]
    changed: dict[str, object]
    example: str
    reproduce: str | None
    rerun: NotRequired[str]


class NoteEntry(TypedDict):
    """A fact about the target, which is no verdict; `key` says what it is about."""

    key: str
    text: str


class ErrorRowsEntry(TypedDict):
    """Rows of one document's table of errors."""

    documented: int
    exercised: int
    passed: int
    not_passed: NotRequired[list[RowEntry]]
    told: NotRequired[int]


class FigureEntry(TypedDict):
    """How far the requests of a fuzz run reached, of one kind."""

    documented: int
    reached: list[str]
    not_reached: list[str]


class ReachedEntry(TypedDict):
    """How far the requests of a fuzz run reached, by one document."""

    codes: FigureEntry
    parameters: FigureEntry
    violations: FigureEntry


class FuzzEntry(TypedDict):
    """What the requests of a fuzz run depend on, and how far they reached, by language."""

    seed: int
    requests: int
    reached: Mapping[str, ReachedEntry]


class ShardPart(TypedDict, total=False):
    """What the report of a part of a run has beside the other fields."""

    shard: ShardEntry


class FuzzPart(TypedDict, total=False):
    """What the report of a fuzz run has beside the other fields."""

    fuzz: FuzzEntry


class NotesPart(TypedDict, total=False):
    """What the reports of versions before 0.3 do not have."""

    groups: list[GroupEntry]
    notes: list[NoteEntry]


class Report(ShardPart, NotesPart, FuzzPart):
    """A report. `cases` may be read one at a time from a file; `duration_s` is `None` when the run was killed."""

    schema_version: int
    tool: ToolEntry
    docs: str
    target: TargetEntry
    started_at: str
    duration_s: float | None
    complete: bool
    selected: int
    summary: dict[str, int]
    coverage: dict[str, ErrorRowsEntry]
    disagreements: list[PointEntry]
    cases: Sequence[CaseEntry]
