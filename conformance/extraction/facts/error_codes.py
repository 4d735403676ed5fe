"""From the rows of a table of errors to error codes (reading rule 10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.contract.model import ErrorCode, State
from conformance.extraction.facts.error_classes import error_class
from conformance.extraction.plain_text import english_sentences, has_cjk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.model import Contract
    from conformance.extraction.page import ErrorLine

_EXPLAINS = re.compile(r"(?<=\S)\s+(?=The error message returned because\b)")
"""The words with which one generation of English pages begins every description."""

_OPENER: Final = (
    r"(?:The|An?|You|Your|This|That|These|One|Some|No|Not|Required|Specified|Invalid|Failed|Unable"
    r"|Check|Make|Ensure|Try|Please)"
)
_MISSING_STOP: Final = re.compile(rf"(?<=[a-z0-9)])\s+(?={_OPENER}\s+[a-z])")
"""A sentence that ends without a full stop: a small letter, then a capital one on a word that opens sentences."""


def split_message(text: str, known: Iterable[str] = ()) -> tuple[str, str]:
    """Find where a message ends and its description begins in a row that does not mark it.

    Args:
        text: Message and description, separated by a space.
        known: The messages that the other language's document has for the same status and code.

    Returns:
        The message, byte for byte, and the description, which may be empty.
    """
    for message in sorted(known, key=len, reverse=True):
        if message and text.startswith(message) and (len(text) == len(message) or text[len(message)].isspace()):
            return message, text[len(message) :].strip()
    if has_cjk(text):
        return _split_at_chinese(text)
    parts = english_sentences(text)
    mark = _EXPLAINS.search(text) or (_MISSING_STOP.search(parts[0]) if parts else None)
    if mark is not None:
        return text[: mark.start()], text[mark.end() :]
    # Descriptions retell the message, so both have as many sentences; advice at the end belongs to the description.
    return _cut(text, parts, len(parts) // 2) if len(parts) > 1 else (text, "")


def _split_at_bar(text: str, known: Iterable[str]) -> tuple[str, str]:
    """Find a message that the other language's document has, or a whole sentence; else nothing is known of it."""
    for message in sorted(known, key=len, reverse=True):
        if message and text.startswith(message) and text[len(message) :].lstrip()[:1] in ("", "|"):
            return message, text[len(message) :].strip(" |")
    first, _, rest = text.partition("|")
    return (first.strip(), rest.strip()) if first.strip().endswith((".", "!", "?")) else ("", text)


def _split_at_chinese(text: str) -> tuple[str, str]:
    """Messages are English: the description begins with the last sentence before the first Chinese character."""
    first = next(index for index, character in enumerate(text) if has_cjk(character))
    stops = [match.end() for match in re.finditer(r"[.!?]\s+", text[:first])]
    # A description may begin with a Latin name, but not with a whole sentence.
    start = stops[-1] if stops else first
    return text[:start].strip(), text[start:].strip()


def _cut(text: str, parts: tuple[str, ...], count: int) -> tuple[str, str]:
    position = 0
    for part in parts[:count]:
        position = text.index(part, position) + len(part)
    return text[:position], text[position:].strip()


def error_codes(lines: Iterable[ErrorLine], companion: Contract | None) -> tuple[ErrorCode, ...]:
    """Make the error codes of a document, one for each (status, code, message).

    Args:
        lines: The rows of its table.
        companion: The other language's contract, asked only where a row does not show where its message ends.
    """
    by_key: dict[tuple[int, str, str], ErrorCode] = {}
    for line in lines:
        message, description, inferred = line.message, line.description or "", line.description is None
        if inferred:
            known = [row.message for row in companion.rows(line.code) if row.status == line.status] if companion else []
            split = _split_at_bar if line.barred else split_message
            message, description = split(line.message, known)
        row = ErrorCode(
            status=line.status,
            code=line.code,
            message=message,
            line=line.line,
            description_state=State.STATED if description.strip() else State.NOT_STATED,
            error_class=error_class(line.status, line.code),
            inferred_split=inferred,
        )
        by_key.setdefault(row.key, row)
    return tuple(by_key.values())
