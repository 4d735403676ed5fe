"""Probes of a server, each sent once: which documents it was written from, and which signatures it accepts."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final, TypeVar

from conformance.cases.expand import wire_parameters
from conformance.cases.model import Step, Transport
from conformance.cases.promises import promises
from conformance.engine.calls import NotSentError
from conformance.engine.effects import Once
from conformance.engine.progress import Progress
from conformance.engine.sent import NoEnvelopeError, NothingKnownError, NotServedError, StateRefusedError
from conformance.engine.skip_reasons import skip_reason
from conformance.judging.envelope import OF_EVERY_ANSWER
from conformance.judging.other_wordings import is_as_worded
from conformance.protocol.request import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.cases.model import Case
    from conformance.cases.promises import Promise, Promised
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.engine.plan import Plan
    from conformance.engine.steps import StepRunner
    from conformance.target.model import Target


T = TypeVar("T")

_MOST_PROBES: Final = 3
"""How often a server is asked when its answers say nothing: they are lost, throttled, or it is unavailable."""


class ServerProbes:
    """Probes a server when a verdict depends on what it implements; each probe is sent once and its result shared.

    Args:
        plan: The run.
        steps: Sends the requests.
        account: Returns the account for a purpose that no case has.
    """

    def __init__(self, plan: Plan, steps: StepRunner, account: Callable[[str], Credentials]) -> None:
        self._plan = plan
        self._steps = steps
        self._account = account
        self._document_implemented: dict[Language, bool] = {}
        self._signature_refusals: dict[str, str] = {}
        self._numbers = count()

    def followed_silent_documents(self, case: Case, progress: Progress) -> Steps[tuple[Language, ...]]:
        """Return the documents that do not cover a mismatched case, if the server follows only those.

        A server written from one document alone cannot implement what only the other has. It shows that by passing
        none of the cases that only the other document covers, and by answering here as the first document allows:
        with a success, or with a code of its own. A server that implements some of what only the other document has
        is simply wrong here.
        """
        contracts = self._plan.contracts[case.subject]
        silent = tuple(each for each in self._plan.docs if each in contracts and each not in progress.promised)
        if progress.no_envelope:  # what is none of the API, no document allows
            return ()
        otherwise = _worded_by(case, progress, {each: contracts[each] for each in self._plan.docs if each in contracts})
        if otherwise or not silent:
            return otherwise
        for language in progress.promised:
            if (yield from self._implements(language)):
                return ()
        if progress.code is None or all(contracts[language].rows(str(progress.code)) for language in silent):
            return silent
        return ()

    def note_pass(self, case: Case, promised: Mapping[Language, Promise]) -> None:
        """Note that a case passed: if its row is in one document alone, the server implements that document."""
        if len(promised) == 1 and len(self._plan.docs) > 1:
            language, promise = next(iter(promised.items()))
            if self._is_own_row(case, language, promise):
                self._document_implemented.setdefault(language, True)

    def _is_own_row(self, case: Case, language: Language, promise: Promise) -> bool:
        """Whether a promise is about one row of a table of errors that no other document has."""
        row = promise.exact_row
        others = [each for other, each in self._plan.contracts[case.subject].items() if other != language]
        return row is not None and all(row[2] not in {each.message for each in other.rows(row[1])} for other in others)

    def _implements(self, language: Language) -> Steps[bool]:
        """Whether the server conforms in anything that only this language's document covers."""
        if language not in self._document_implemented:
            implemented = yield from self._asked(("document", language), partial(self._probe_document, language))
            if implemented is None:
                return False
            self._document_implemented.setdefault(language, implemented)
        return self._document_implemented[language]

    def _asked(self, key: tuple[str, ...], probe: Callable[[], Steps[T | None]]) -> Steps[T | None]:
        """Probe the server, shared by all who ask under one key, until it is known; `None` if it never is."""
        for attempt in range(_MOST_PROBES):
            found: T | None = yield Once((*key, *(["again", str(attempt)] if attempt else [])), probe)
            if found is not None:
                return found
        return None

    def _probe_document(self, language: Language) -> Steps[bool | None]:
        known = True
        for case in self._plan.cases:
            if self._only_document(case) == language:
                conforms = yield from self._conforms(case)
                if conforms:
                    return True
                known = known and conforms is not None
        return False if known else None

    def _conforms(self, case: Case) -> Steps[bool | None]:
        """Run a case under an account of its own, to see whether it keeps its promises; `None`: not known.

        What is wrong in every answer of the server, as a media type, is no sign of what it knows.
        """
        promised = self._promised(case)
        progress = Progress(promised.kept, promised.allowed, case.operation)
        try:
            account = self._account(f"probe/{case.id}/{next(self._numbers)}")
            yield from self._steps.run(case, account, progress, lambda _, name: self._account(name))
        except (StateRefusedError, NotSentError):
            return False
        except NothingKnownError:
            return None
        kept = all(each.where in OF_EVERY_ANSWER for found in progress.findings.values() for each in found)
        return None if progress.throttled and not kept else kept

    def lets_pass(self, operation: str) -> Steps[bool]:
        """Whether the target lets requests for an operation pass: it answers one of them with something else.

        One case that must succeed is run for it, under an account of its own, unless an answer has shown it already.
        """
        if operation not in self._steps.passed and self._plan.target.isolation == "account":
            yield Once(("lets-pass", operation), partial(self._probe_operation, operation))
        return operation in self._steps.passed

    def _probe_operation(self, operation: str) -> Steps[None]:
        for case in self._plan.cases:
            if case.operation == operation and self._succeeds(case):
                yield from self._conforms(case)
                return

    def _succeeds(self, case: Case) -> bool:
        """Whether a case can be run and its first answer is a success by every document."""
        if skip_reason(case, self._plan.target):
            return False
        promised = self._promised(case).kept
        usual = all(step.transport == Transport() for step in case.steps)
        return (
            usual
            and bool(promised)
            and all(answer.code is None for promise in promised.values() for answer in promise.answers[0])
        )

    def _only_document(self, case: Case) -> Language | None:
        """Return the language whose document alone covers a case that ends in an error and can be run."""
        if skip_reason(case, self._plan.target) or any(step.account for step in case.steps):
            return None
        promised = self._promised(case).kept
        if len(promised) != 1:
            return None
        language, promise = next(iter(promised.items()))
        return language if self._is_own_row(case, language, promise) else None

    def _promised(self, case: Case) -> Promised:
        return promises(case, self._plan.contracts[case.subject], self._plan.docs)

    def signature_refusal(self, case: Case) -> Steps[str | None]:
        """Return why a case that is signed in its own way cannot be judged, or `None`.

        The documents do not define signatures, so a server that accepts one algorithm only differs from none of them.
        The probe is a call that changes nothing: the operation that shows the state.
        """
        for signature in other_signatures(case, self._plan.target):
            refusal = yield from self._signature_refusal(case, signature)
            if refusal:
                return refusal
        return None

    def _signature_refusal(self, case: Case, signature: str) -> Steps[str]:
        """Return why a signature is not taken, empty when it is or when that cannot be found out."""
        if signature not in self._signature_refusals:
            refusal = yield from self._asked(("signature", signature), partial(self._probe_signature, case, signature))
            if refusal is None:
                return ""
            self._signature_refusals[signature] = refusal
        return self._signature_refusals[signature]

    def _probe_signature(self, case: Case, signature: str) -> Steps[str | None]:
        """Ask for the state in the usual way, and signed in another; `None` when nothing is known after it."""
        contracts = self._plan.contracts[case.subject].values()
        polls = [contract.async_behaviour.poll for contract in contracts if contract.async_behaviour]
        if not polls:
            return ""
        region = {REGION: self._plan.target.values.get("region_id", "")}
        found: list[str | None] = []
        for transport in (Transport(), Transport(signature=signature)):
            step = Step("probe", polls[0], case.steps[0].version, region, transport, {})
            try:
                account = self._account(f"signature/{signature}/{next(self._numbers)}")
                answered = yield from self._steps.call(step, wire_parameters(region, {}), account)
                found.append(None if answered.code is None else str(answered.code))
            except NoEnvelopeError as fault:
                found.append(str(fault))
            except NotServedError as fault:
                if not found or fault.refusal.kind not in ("credentials", "permission", "unserved"):
                    return None
                found.append(fault.refusal.detail)
            except NothingKnownError:
                return None
        usual, probed = found
        if usual is None and probed is not None:
            return f"the target does not take {signature} signatures: it answers {polls[0]} with {probed}"
        return ""


def other_signatures(case: Case, target: Target) -> list[str]:
    """Return the ways in which requests of a case are signed otherwise than all others to the target."""
    others = []
    for step in case.steps:
        signature = step.transport.signature
        if signature is not None and signature != target.signature:
            others.append(signature)
    return others


def _worded_by(case: Case, progress: Progress, documents: Mapping[Language, Contract]) -> tuple[Language, ...]:
    """Return the documents that have the last answer just as it is, where another allows it otherwise worded.

    Such a document is silent of the case, or expects another outcome. An answer that a case asks for word for word has
    one wording only.
    """
    step = next((each for each in case.steps if each.name == next(reversed(progress.bodies), None)), None)
    if step is None or step.operation != case.operation or step.times != 1 or not progress.exchanges:
        return ()
    asked = [each for outcomes in step.outcomes.values() for each in outcomes if each.code == progress.code]
    if any(each.message is not None for each in asked):
        return ()
    answered = progress.exchanges[-1].answered()
    return tuple(
        language
        for language, contract in documents.items()
        if any(
            other != language and is_as_worded(answered, findings, contract)
            for other, findings in progress.findings.items()
        )
    )
