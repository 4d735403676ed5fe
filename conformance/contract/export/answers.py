"""The answers of an operation as a mock without state gives them: a success, and each row of the table of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct

from conformance.contract.example_names import named_rows
from conformance.contract.export.preference import preference
from conformance.contract.openapi.writer import refusal, to_openapi

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from conformance.contract.model import Contract
    from conformance.core.jsontypes import Json

JSON_TYPE: Final = "application/json"
XML_TYPE: Final = "text/xml"
SUCCESS: Final = 200
_LOWEST_ERROR: Final = 300
_PLAINEST: Final[Mapping[str, Json]] = {"integer": 1, "number": 1.0, "boolean": True}


class CannedAnswer(Struct, frozen=True):
    """One answer, and by what it is asked for.

    Attributes:
        name: The name of the answer among the examples of an OpenAPI file; empty for a success.
        status: The HTTP status.
        body: The fields of the answer.
    """

    name: str
    status: int
    body: Mapping[str, Json]

    @property
    def preference(self) -> str:
        """The value of the `Prefer` header that asks for it."""
        return preference(self.status, self.name)


def canned_answers(contract: Contract) -> tuple[CannedAnswer, ...]:
    """Return the success first, then each row of the table of errors in its order; no two have one name and status."""
    answers = [CannedAnswer("", SUCCESS, success_body(contract))]
    for name, row in named_rows(contract.errors):
        if row.status >= _LOWEST_ERROR:
            answers.append(CannedAnswer(name, row.status, dict(refusal(row))))
    return tuple({(each.name, each.status): each for each in reversed(answers)}.values())[::-1]


def success_body(contract: Contract) -> dict[str, Json]:
    """Return the fields of a success: those that are always there, each with its example or the plainest value."""
    schema = to_openapi(contract)["components"]["schemas"][f"{contract.operation}Response"]
    body = sample(schema, "")
    return body if isinstance(body, dict) else {}


def sample(schema: Mapping[str, Any], name: str) -> Json:
    """Return a value of the schema of a field of an answer.

    Args:
        schema: The schema, as `to_openapi` writes it.
        name: The name of the field, which serves where nothing is known of a text.
    """
    for member in ("examples", "enum"):
        if schema.get(member):
            return cast("Json", schema[member][0])
    kind = schema.get("type")
    if kind == "object":
        inner = {key: each for key, each in schema.get("properties", {}).items() if _is_there(key, each)}
        return {key: sample(each, key) for key, each in inner.items()}
    if kind == "array":
        return [sample(schema["items"], name)] if "items" in schema else []
    return _PLAINEST.get(str(kind), name or "text")


def _is_there(name: str, schema: Mapping[str, Any]) -> bool:
    """Whether an answer always has a field. What stands for the keys of a map is the name of none."""
    return "{" not in name and schema.get("x-facts", {}).get("presence", "always") == "always"
