"""Answers that say nothing about a case: credentials refused, requests throttled, service unavailable. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cases.promises import PromisedAnswer
    from conformance.contract.common_codes import CommonClass, CommonCodes
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.protocol.answer import Answered

SAYS: Final[Mapping[CommonClass, str]] = {
    "credentials": "the target refuses the credentials",
    "permission": "the target denies the permission",
    "throttle": "the target throttles requests",
    "unavailable": "the service is unavailable",
    "unserved": "the target does not serve an operation that the case calls",
}
"""What an answer of a class says, for a person."""

_SHOWN: Final = 10_000
"""Characters of a code or a message that are kept, until secrets are removed and it is shortened for a person."""

_FIRST_ERROR: Final = 400
"""RFC 9110: the statuses from here on are errors."""

_DOCUMENTED: Final[Mapping[str, CommonClass]] = {"auth": "permission", "throttle": "throttle"}
"""What the class of a row of a table of errors means."""


class Denial(Struct, frozen=True):
    """An answer that says nothing about the request that it answers.

    Attributes:
        kind: Its class.
        detail: Its code and message, or its status, for a person; secrets are not removed.
        of_operation: Whether the operation itself may have decided it: its documents have such answers. Then it says
            something when the target lets other requests for the operation pass.
    """

    kind: CommonClass
    detail: str
    of_operation: bool = False

    @property
    def text(self) -> str:
        """What happened, for a person; secrets are not removed."""
        return f"{SAYS[self.kind]}: {self.detail}"


class Denials:
    """Tells answers that say nothing about a case from those that can be judged.

    Args:
        contracts: The contracts by operation and language.
        docs: The languages judged by.
        common: Returns the codes that documents leave out; asked for with the first answer that needs them.
    """

    def __init__(
        self,
        contracts: Mapping[str, Mapping[Language, Contract]],
        docs: Sequence[Language],
        common: Callable[[], CommonCodes],
    ) -> None:
        self._load = common
        # By the name that an answer's request had: where two products have it, what either documents is judged.
        self._contracts: dict[str, list[Contract]] = {}
        for of_operation in contracts.values():
            for contract in (of_operation[language] for language in docs if language in of_operation):
                self._contracts.setdefault(contract.operation, []).append(contract)

    def of(self, operation: str, answered: Answered, allowed: Sequence[PromisedAnswer] = ()) -> Denial | None:
        """Return why an answer says nothing about its case, or `None` when it can be judged.

        Args:
            operation: The operation that was called.
            answered: The answer.
            allowed: The answers that the documents allow in this step; their codes are always judged.
        """
        code = answered.code
        if code is None:
            return self.of_status(answered.status)
        for answer in allowed:
            if answer.code == code:
                return None
        text = str(code)
        classes = self._documented(operation, text)
        kind = self._kind(text, classes, answered.status)
        if kind is None:
            return None
        about = any("auth" in self._documented(operation, answer.code or "") for answer in allowed)
        of_operation = kind == "permission" and (bool(classes) or about)
        message = answered.body.get("Message")
        text = text[:_SHOWN]
        detail = f"{text}: {message[:_SHOWN]}" if isinstance(message, str) and message else text
        return Denial(kind, detail, of_operation)

    def of_status(self, status: int) -> Denial | None:
        """Return why an answer without a code says nothing, by its HTTP status alone."""
        if status < _FIRST_ERROR:
            return None
        kind = self._common.statuses.get(status)
        return None if kind is None else Denial(kind, f"status {status}")

    @cached_property
    def _common(self) -> CommonCodes:
        return self._load()

    def _kind(self, code: str, classes: Sequence[str], status: int) -> CommonClass | None:
        if classes:
            found = next((_DOCUMENTED[name] for name in classes if name in _DOCUMENTED), None)
            return found or ("unavailable" if self._common.class_of(code) == "unavailable" else None)
        return self._common.class_of(code) or self._common.statuses.get(status)

    def _documented(self, operation: str, code: str) -> list[str]:
        """Return the classes of the rows with a code, in the documents judged by."""
        return [row.error_class for contract in self._contracts.get(operation, ()) for row in contract.rows(code)]
