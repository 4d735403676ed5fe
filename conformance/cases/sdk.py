"""Cases for SDKs: answers that the harness gives itself, and what an SDK may tell its caller of each."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct, field

from conformance.cases.bases import holds_values
from conformance.cases.substitution import substitute
from conformance.cases.suite import SDK_FOLDER
from conformance.contract.catalogue import contract_files, find_operation
from conformance.core.errors import CaseError, ContractError
from conformance.core.resources import cases_dir
from conformance.core.wording import near
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from conformance.cases.raw import RawAnswer, RawRule, RawSdkCase
    from conformance.core.errors import Location

PREFIX: Final = SDK_FOLDER
"""The first part of the id of every such case."""

DEFAULT_TIMEOUT_S: Final = 5.0
_DETAILS: Final[tuple[Literal["status", "code", "request_id"], ...]] = ("status", "code", "request_id")
_JSON: Final = "application/json;charset=utf-8"


class Scripted(Struct, frozen=True):
    """The answer that the harness gives in the server's place.

    Attributes:
        status: The HTTP status.
        headers: Its headers, `Content-Type` among them.
        body: The body's bytes.
        sent: How many of them are sent before the connection is closed; `None` for all.
        delay_s: Seconds to wait before answering.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent: int | None = None
    delay_s: float = 0.0


class Expected(Struct, frozen=True):
    """What an SDK may return to its caller: the values allowed; `None` among them allows no value.

    Attributes:
        outcome: The outcomes allowed.
        details: For `status`, `code` and `request_id`, those that the case asks about.
        message: A text that the message holds.
        body: Of a success, by field.
    """

    outcome: tuple[str, ...]
    details: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    message: str | None = None
    body: Mapping[str, tuple[object, ...]] = field(default_factory=dict)


class SdkCase(Struct, frozen=True):
    """One call through an SDK, the answer it gets, and what its caller may expect.

    Attributes:
        id: `sdk/error-envelope-in-http-200`; it never changes.
        title: What the case shows, for a person.
        call: The operation and the version of its API.
        params: The parameters before the target's values are filled in.
        timeout_s: The timeout that the caller sets in the SDK.
        answer: The answer.
        expected: What the SDK may tell.
        rule: The rule that this comes from, and its source.
        where: The case's place in its file.
    """

    id: str
    title: str
    call: tuple[str, str]
    params: Mapping[str, object]
    timeout_s: float
    answer: Scripted
    expected: Expected
    rule: str
    where: Location

    def filled(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return the parameters with `${target.NAME}` filled in."""
        return substitute(dict(self.params), values)


@cache
def _schema() -> Schema:
    return Schema.read(cases_dir() / "sdk.schema.json")


def sdk_files() -> list[Path]:
    """Return the files of cases for SDKs that travel with the project."""
    return sorted((cases_dir() / PREFIX).glob("*.yaml"))


def load_sdk_cases(paths: Iterable[Path]) -> list[SdkCase]:
    """Return the cases of files, in their order.

    Raises:
        CaseError: With file, line and column, for a wrong file.
    """
    found: list[SdkCase] = []
    seen: dict[str, Location] = {}
    for path in paths:
        file = YamlFile.read(path, CaseError)
        file.refuse_changed(holds_values)
        file.validate(_schema())
        call = (file.data["operation"], file.data.get("version") or _version(file))
        for index, raw in enumerate(file.data["cases"]):
            case = _case(file, index, raw, call)
            if case.id in seen:
                raise file.fault(f"the id {case.id} is taken by {seen[case.id]}", ("cases", index, "id"))
            seen[case.id] = case.where
            found.append(case)
    return found


def _version(file: YamlFile) -> str:
    """Return the version of the API that has the operation of a file, by its contract."""
    operation = file.data["operation"]
    try:
        return find_operation(operation, contract_files()).version
    except ContractError as fault:
        raise file.fault(fault.message, ("operation",), hint=f"give the version, or {fault.hint}") from None


def _case(file: YamlFile, index: int, raw: RawSdkCase, call: tuple[str, str]) -> SdkCase:
    rules: dict[str, RawRule] = file.data["rules"]
    rule = rules.get(raw["rule"])
    if rule is None:
        hint = near(raw["rule"], rules)
        raise file.fault(f"there is no rule {raw['rule']!r}", ("cases", index, "rule"), hint=hint)
    if "body" in raw["answer"] and "text" in raw["answer"]:
        raise file.fault("an answer has a body or a text, not both", ("cases", index, "answer"), hint="remove one")
    caller = raw["caller"]
    return SdkCase(
        id=f"{PREFIX}/{raw['id']}",
        title=raw["title"],
        call=call,
        params=file.data["params"],
        timeout_s=raw.get("timeout_s", DEFAULT_TIMEOUT_S),
        answer=_scripted(raw["answer"]),
        expected=Expected(
            outcome=tuple(caller["outcome"]),
            details={name: tuple(caller[name]) for name in _DETAILS if name in caller},
            message=caller.get("message"),
            body={name: tuple(values) for name, values in caller.get("body", {}).items()},
        ),
        rule=f"{rule['says']} ({rule['source']})",
        where=file.locate(("cases", index)),
    )


def _scripted(raw: RawAnswer) -> Scripted:
    text = raw["text"] if "text" in raw else json.dumps(raw.get("body", {}), ensure_ascii=False)
    headers = {"Content-Type": raw.get("type", _JSON), **raw.get("headers", {})}
    return Scripted(raw["status"], headers, text.encode(), raw.get("sent"), raw.get("delay_s", 0.0))
