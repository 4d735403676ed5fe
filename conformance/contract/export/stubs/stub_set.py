"""What the stubs of one operation are made of, whichever server they are for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from conformance.contract.export.answers import JSON_TYPE, XML_TYPE, canned_answers
from conformance.contract.export.preference import PREFER, preference
from conformance.contract.xmlwriter import to_xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.export.answers import CannedAnswer
    from conformance.contract.export.call_form import OperationMark
    from conformance.contract.model import Contract

RequestPart = Literal["query", "form", "header"]
_XML: Final = "XML"
_PLACES: Final[tuple[RequestPart, ...]] = ("query", "form", "header")
_WITH_FORMAT: Final[tuple[tuple[RequestPart, RequestPart], ...]] = (
    ("query", "query"),
    ("form", "form"),
    ("header", "query"),
    ("header", "form"),
)


class StubRule(Struct, frozen=True):
    """What a request must have: a value of one name, letter for letter."""

    place: RequestPart
    name: str
    value: str


class Stub(Struct, frozen=True):
    """An answer, and the requests that get it.

    Attributes:
        title: What a person sees of it; no two are the same.
        rank: Which stub counts where a request has what several want: the one of the lowest rank.
        rules: What a request must have, all of it.
        status: The HTTP status.
        content_type: The type of the body.
        body: The body.
    """

    title: str
    rank: int
    rules: tuple[StubRule, ...]
    status: int
    content_type: str
    body: str


class StubSet(Struct, frozen=True):
    """All stubs of one operation.

    Attributes:
        title: What a person sees of the whole.
        key: What tells it from other operations and languages.
        stubs: In the order of their ranks.
    """

    title: str
    key: str
    stubs: tuple[Stub, ...]


def stub_set(contract: Contract, mark: OperationMark) -> StubSet:
    """Return the stubs of a contract.

    Each row is asked for by its name, the first row of each status also by the status alone; all other requests of the
    operation get the success. An answer is in XML where a request asks for that and the document shows it.
    """
    success, *errors = canned_answers(contract)
    first = {each.status: each for each in reversed(errors)}
    asked = [
        *((each.preference, each) for each in errors),
        *((preference(each.status, None), each) for each in first.values()),
        (None, success),
    ]
    made = [stub for preferred, answer in asked for stub in _stubs(contract, mark, preferred, answer)]
    return StubSet(
        f"{contract.product} {contract.operation}, by its {contract.language} document".strip(),
        f"{contract.product}/{contract.version}/{contract.operation}.{contract.language}",
        tuple(sorted(made, key=lambda stub: stub.rank)),
    )


def _stubs(contract: Contract, mark: OperationMark, preferred: str | None, answer: CannedAnswer) -> Iterator[Stub]:
    root = f"{contract.operation}Response" if not answer.name else "Error"
    prefer = [] if preferred is None else [StubRule("header", PREFER, preferred)]
    for place, rules in _ways(contract, mark):
        is_xml = len(rules) > 1
        yield Stub(
            title=f"{contract.operation}, {preferred or 'any other request'}, {place}",
            rank=(0 if prefer else 2) + (0 if is_xml else 1),
            rules=(*rules, *prefer),
            status=answer.status,
            content_type=XML_TYPE if is_xml else JSON_TYPE,
            body=to_xml(root, answer.body).decode() if is_xml else json.dumps(dict(answer.body), ensure_ascii=False),
        )


def _ways(contract: Contract, mark: OperationMark) -> Iterator[tuple[str, Sequence[StubRule]]]:
    """Yield the ways to name the operation, and to ask for XML beside it, each with what a person calls it."""
    named = {place: StubRule(place, mark.parameter, contract.operation) for place in _PLACES}
    named["header"] = StubRule("header", mark.header, contract.operation)
    for place, rule in named.items():
        yield place, (rule,)
    if contract.promises_format(_XML):
        # With the operation in a header, all else is still in the query or in a form.
        for place, beside in _WITH_FORMAT:
            yield f"{place}, {_XML} by {beside}", (named[place], StubRule(beside, mark.format, _XML))
