"""Answers that one document allows and words otherwise, and that are just as a silent document has them. Pure.

Two documents may have one error code with two statuses or messages, or one field with two types. No server can follow
both, whatever else the two say of the request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.contract.message_templates import fits
from conformance.judging.field_types import OF_TYPE, has_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.model import Contract
    from conformance.judging.findings import Finding
    from conformance.protocol.answer import Answered

_BODY: Final = "response.body."
_WORDING: Final = frozenset({"response.status", f"{_BODY}Message"})
"""What may differ between two rows of one code."""


def is_as_worded(answered: Answered, findings: Iterable[Finding], contract: Contract) -> bool:
    """Whether a document has an answer just as it is, in every place where it differs from other documents.

    Args:
        answered: The answer.
        findings: How it differs from what the others promise.
        contract: What the document promises that says nothing of the request.
    """
    found = list(findings)
    if not found:
        return False
    if answered.code is None:
        return all(_is_typed(finding, contract) for finding in found)
    message = answered.body.get("Message")
    return {finding.where for finding in found} <= _WORDING and any(
        row.status == answered.status and (not row.message or fits(row.message, message))
        for row in contract.rows(str(answered.code))
    )


def _is_typed(finding: Finding, contract: Contract) -> bool:
    """Whether a field has another type than other documents promise, and that which this one does."""
    if not all(isinstance(wanted, str) and wanted.startswith(OF_TYPE) for wanted in finding.expected):
        return False
    name = finding.where.removeprefix(_BODY)
    types = [row.fact("type") for row in contract.responses if row.path == name]
    return any(fact.stated and has_type(finding.observed, str(fact.value)) for fact in types)
