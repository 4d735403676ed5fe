"""What is known of a case while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.core.redaction import digest, record, remove, remove_from_value, secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cases.promises import Promise
    from conformance.contract.languages import Language
    from conformance.core.exchange import Credentials, Exchange
    from conformance.judging.findings import Finding
    from conformance.judging.results import Row


@dataclass
class Progress:
    """What is known of a case while it runs.

    Attributes:
        promised: The promises it is judged by.
        operation: The operation under test.
        findings: Per language, what differs.
        observed: Per language, the rows of the table of errors that answers matched.
        exchanges: Requests and answers, each with the account that called.
        credentials: The accounts whose secrets must not stand in a report.
        commands: What gives the command lines that do the same by hand.
        bodies: The answers by the names of their steps.
        code: The error code of the last answer; `None` after a success.
        elapsed_ms: The time that the requests took.
        raced: Whether requests were sent at the same moment, so that chance decided which was answered how.
    """

    promised: Mapping[Language, Promise]
    operation: str = ""
    findings: dict[Language, list[Finding]] = field(default_factory=dict)
    observed: dict[Language, list[Row]] = field(default_factory=dict)
    exchanges: list[tuple[Exchange, Credentials]] = field(default_factory=list)
    credentials: list[Credentials] = field(default_factory=list)
    commands: list[Callable[[], str]] = field(default_factory=list)
    bodies: dict[str, Any] = field(default_factory=dict)
    code: Any = None
    elapsed_ms: float = 0.0
    raced: bool = False

    def open_languages(self) -> list[Language]:
        """The languages whose promises have been kept so far."""
        return [language for language in self.promised if not self.findings.get(language)]

    def add(self, language: Language, findings: Sequence[Finding]) -> None:
        """Note what differs from one document."""
        if findings:
            self.findings.setdefault(language, []).extend(findings)

    def secrets(self) -> set[str]:
        """Return the texts that must not stand in a report."""
        found = {secret for credentials in self.credentials for secret in secrets_of(None, credentials)}
        return found.union(*(secrets_of(exchange, credentials) for exchange, credentials in self.exchanges))

    def recorded(self) -> tuple[dict[str, Any], ...]:
        """Return the exchanges as a report has them."""
        return tuple(record(exchange, credentials) for exchange, credentials in self.exchanges)

    def blames_sdk(self) -> bool:
        """Whether an SDK did wrong: then what differs is no choice of the server's."""
        return any(finding.where.startswith("sdk.") for found in self.findings.values() for finding in found)

    def caller(self) -> dict[str, Any] | None:
        """Return what an SDK told its caller in the last call, as a report has it.

        `None` without an SDK, and where chance decided: a gate would take the one for the other.
        """
        call = self.exchanges[-1][0].sdk if self.exchanges and not self.raced else None
        told = call.caller() if call is not None else None
        return remove_from_value(told, self.secrets()) if told is not None else None

    def digests(self) -> tuple[dict[str, Any], ...]:
        """Return what a report has of exchanges that nobody will ask for."""
        return tuple([digest(exchange) for exchange, _ in self.exchanges])

    def reproduce(self) -> str | None:
        """Return the command lines that do the same by hand, or `None` when nothing was sent."""
        return remove(" && ".join(command() for command in self.commands), self.secrets()) or None

    def saved(self) -> dict[str, Any]:
        """Return what `${steps.NAME.Field}` stands for: texts and numbers of the answers so far, by dotted path."""
        found: dict[str, Any] = {}

        def walk(name: str, value: Any) -> None:
            if isinstance(value, dict):
                for key, entry in value.items():
                    walk(f"{name}.{key}", entry)
            elif isinstance(value, list):
                for index, entry in enumerate(value):
                    walk(f"{name}.{index}", entry)
            else:
                found[name] = value

        for step, body in self.bodies.items():
            walk(f"steps.{step}", body)
        return found
