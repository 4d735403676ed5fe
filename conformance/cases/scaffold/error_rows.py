"""A case for every row of the tables of errors: the server is told to answer it, and must do so byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.scaffold.rules import slug
from conformance.contract.message_templates import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract


def error_row_cases(
    contracts: Mapping[Language, Contract], request: Mapping[str, object]
) -> Iterator[dict[str, object]]:
    """Yield a case for every row; what the documents have alike shares one, what one has alone is asked of it alone.

    Args:
        contracts: The contracts of one operation by language.
        request: The valid request that the cases start from.
    """
    rows: dict[tuple[int, str, str], list[Language]] = {}
    for language, contract in contracts.items():
        for row in contract.errors:
            speaking = rows.setdefault(row.key, [])
            if language not in speaking:
                speaking.append(language)
    for (status, code, message), languages in rows.items():
        # A text that is filled in is no placeholder of a case file.
        text = filled(message) if "${" in message else message
        outcome = {"error": code, "message": text}
        unknown = [
            name
            for name in request
            if not all(contracts[language].names(name.partition(".")[0]) for language in languages)
        ]
        yield {
            "id": f"forced-{slug(code)}",
            "title": f"The documented row {status} {code}",
            "given": [
                {
                    "service.answers-with": {
                        "code": code,
                        "message": text,
                        "status": status,
                        "operation": contracts[languages[0]].operation,
                    }
                }
            ],
            **({"unset": unknown} if unknown else {}),
            "expect": outcome
            if len(languages) == len(contracts)
            else {language: dict(outcome) for language in languages},
            "trigger": "forced",
        }
