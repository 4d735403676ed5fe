"""The shapes of what case files hold, as their JSON Schemas (`cases/*.schema.json`) let them through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Required, TypedDict

if TYPE_CHECKING:
    from conformance.cases.model import Trigger

RawState = str | dict[str, dict[str, object]]
"""A provider state: its name, or its name with its parameters."""


class RawFind(TypedDict, total=False):
    """How all that an account has of a kind is listed."""

    operation: Required[str]
    set: Required[dict[str, object]]
    items: Required[str]
    page: str


class RawCleanup(TypedDict, total=False):
    """How what a request created is deleted again."""

    operation: Required[str]
    set: Required[dict[str, object]]
    find: RawFind
    mark: str | list[str]


class RawChoice(TypedDict):
    """Codes of which each passes."""

    one_of: list[str]


class RawOutcome(TypedDict, total=False):
    """What one document makes of an answer."""

    success: bool
    error: str | RawChoice
    message: str
    body: dict[str, object]
    any_of: list[RawOutcome]


class RawUntil(TypedDict, total=False):
    """How long a step is repeated."""

    body: dict[str, object]
    within_s: float


class RawCaseRequest(TypedDict, total=False):
    """What a step sends and expects; a case that is a single request has this itself.

    Attributes:
        expect: A `RawOutcome`, or one for each language.
    """

    operation: str
    set: dict[str, object]
    unset: list[str]
    send: dict[str, str]
    expect: dict[str, object]
    until: RawUntil
    times: int
    successes: int
    extra: dict[str, object]


class RawStep(RawCaseRequest, total=False):
    """One request of a sequence."""

    name: Required[str]
    account: str
    given: list[RawState]
    teardown: list[str]


class RawCase(RawCaseRequest, total=False):
    """One case of a file."""

    id: Required[str]
    title: Required[str]
    trigger: Required[Trigger]
    group: str
    base: str
    given: list[RawState]
    absent: list[str]
    fact: str | list[str]
    parameters: dict[str, list[object]]
    steps: list[RawStep]


class RawCaller(TypedDict, total=False):
    """What an SDK may tell its caller."""

    outcome: Required[list[str]]
    status: list[object]
    code: list[object]
    request_id: list[object]
    message: str
    body: dict[str, list[object]]


class RawAnswer(TypedDict, total=False):
    """An answer that the harness gives in the server's place."""

    status: Required[int]
    type: str
    headers: dict[str, str]
    body: dict[str, object]
    text: str
    sent: int
    delay_s: float


class RawSdkCase(TypedDict, total=False):
    """One case for SDKs."""

    id: Required[str]
    title: Required[str]
    rule: Required[str]
    answer: Required[RawAnswer]
    caller: Required[RawCaller]
    timeout_s: float


class RawRule(TypedDict):
    """What a caller may rely on, and the document or standard that says so."""

    says: str
    source: str
