"""What is known of a case while it runs."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.cases.substitution import references
from conformance.contract.export.preference import PREFER, preference
from conformance.core.redaction import Redactor, RunSecrets
from conformance.engine.sent import NothingKnownError
from conformance.protocol.sequence_commands import chained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.cases.model import Step
    from conformance.cases.promises import Promise, PromisedAnswer
    from conformance.contract.languages import Language
    from conformance.core.exchange import Credentials, SdkCall
    from conformance.engine.sent import SentExchange
    from conformance.judging.findings import Finding
    from conformance.judging.results import ErrorRow

_LONGEST_SENT: Final = 100_000
"""Characters of an answer that a request repeats. A request line of more is refused by every gateway, and each copy of
it that is encoded and signed takes memory."""

_NO_SECRETS: Final = RunSecrets()


class Progress(Struct):
    """What is known of a case while it runs.

    Attributes:
        promised: The promises it is judged by.
        allowed: For each request, the answers that the documents allow.
        operation: The operation under test.
        findings: Per language, what differs; nothing for a language whose promises were kept.
        observed: Per language, the rows of the table of errors that answers matched.
        exchanges: Requests and answers, in the order in which they were sent.
        credentials: The accounts whose secrets must not be in a report.
        commands: What gives the command lines that do the same by hand.
        asked: The places in `commands` of the requests, by the names of their steps.
        bodies: The answers by the names of their steps.
        code: The error code of the last answer; `None` after a success.
        no_envelope: Whether the last answer was none of the API.
        elapsed_ms: The time that the requests took.
        secrets: The secrets of the run, signatures of earlier requests included.
        raced: Whether requests were sent at the same moment, so that chance decided which was answered how.
        left: Whether something that was created on an account that outlives the run is, or may be, still there.
        throttled: Whether a request had to be sent again, because the server refused it for now; `exchanges` need not
            have it.
    """

    promised: Mapping[Language, Promise]
    allowed: Sequence[Sequence[PromisedAnswer]]
    operation: str
    findings: dict[Language, list[Finding]] = field(default_factory=dict)
    observed: dict[Language, tuple[ErrorRow, ...]] = field(default_factory=dict)
    exchanges: list[SentExchange] = field(default_factory=list)
    credentials: list[Credentials] = field(default_factory=list)
    commands: list[Callable[[], str]] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, object] = field(default_factory=dict)
    code: object = None
    no_envelope: bool = False
    elapsed_ms: float = 0.0
    raced: bool = False
    left: bool = False
    throttled: bool = False
    secrets: RunSecrets = _NO_SECRETS

    def open_languages(self) -> list[Language]:
        """The languages whose promises have been kept so far."""
        if not self.findings:
            return list(self.promised)
        return [language for language in self.promised if language not in self.findings]

    def keeps_promises(self) -> bool:
        """Whether nothing differs so far from any document."""
        return not self.findings

    def add(self, language: Language, findings: Sequence[Finding]) -> None:
        """Note what differs from one document."""
        if findings:
            self.findings.setdefault(language, []).extend(findings)

    def redactor(self) -> Redactor:
        """Return what removes the secrets of the run, and of all accounts and exchanges of the case."""
        accounts = (Redactor.of(credentials) for credentials in self.credentials)
        return reduce(or_, (*accounts, *(sent.redactor for sent in self.exchanges)), self.secrets.redactor())

    def blames_sdk(self) -> bool:
        """Whether an SDK did wrong: then what differs is no choice of the server's."""
        return any(finding.where.startswith("sdk.") for found in self.findings.values() for finding in found)

    def last_sdk_call(self) -> SdkCall | None:
        """Return the last call through an SDK.

        `None` without an SDK, and where chance decided which call was the last: a gate would see a change in it.
        """
        return self.exchanges[-1].exchange.sdk if self.exchanges and not self.raced else None

    def preference(self, index: int) -> dict[str, str]:
        """Return the header that asks an OpenAPI mock for the answer that the first document promises (RFC 7240)."""
        answer = next(iter(self.promised.values())).answers[index][0]
        return {PREFER: preference(answer.status, answer.example)}

    def reproduce(self) -> str:
        """Return the command lines that do the same by hand, secrets included; empty when nothing was sent."""
        answers = {self.asked[name]: body for name, body in self.bodies.items() if name in self.asked}
        return chained([command() for command in self.commands], answers)

    def saved_for(self, step: Step) -> dict[str, object]:
        """Return what `${steps.NAME.Field}` refers to: texts and numbers of the answers so far, by dotted path.

        Args:
            step: The step that is about to be sent.

        Raises:
            NothingKnownError: When it would send a text of an answer that is longer than any request takes.
        """
        saved = {name: value for step, body in self.bodies.items() for name, value in _leaves(f"steps.{step}", body)}
        for name in references((step.params, step.extra)):
            text = saved.get(name)
            if isinstance(text, str) and len(text) > _LONGEST_SENT:
                raise NothingKnownError(f"{name} has {len(text)} characters, too many to be sent in the next request")
        return saved


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield each value of a body that is neither an object nor an array, with its dotted path."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _leaves(f"{path}.{key}", entry)
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _leaves(f"{path}.{index}", entry)
    else:
        yield path, value
