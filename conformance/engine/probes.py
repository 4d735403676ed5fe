"""Probes of a server, each sent once: which documents it was written from, and which signatures it accepts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.cases.expand import wire_parameters
from conformance.cases.model import Step, Transport
from conformance.cases.promises import promises
from conformance.engine.calls import NotSentError
from conformance.engine.effects import Once
from conformance.engine.progress import Progress
from conformance.engine.sent import NothingKnownError
from conformance.engine.skip_reasons import skip_reason
from conformance.protocol.request import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.cases.model import Case
    from conformance.cases.promises import Promise
    from conformance.contract.languages import Language
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.engine.plan import Plan
    from conformance.engine.steps import StepRunner


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
        self._signature_refusals: dict[str, str | None] = {}

    def followed_silent_documents(self, case: Case, progress: Progress) -> Steps[tuple[Language, ...]]:
        """Return the documents that do not cover a mismatched case, if the server follows only those.

        A server written from one document alone cannot implement what only the other has. It shows that by passing
        none of the cases that only the other document covers, and by answering here as the first document allows:
        with a success, or with a code of its own. A server that implements some of what only the other document has
        is simply wrong here.
        """
        silent = tuple(language for language in self._plan.docs if language not in progress.promised)
        if not silent:
            return ()
        for language in progress.promised:
            if (yield from self._implements(language)):
                return ()
        contracts = self._plan.contracts[case.operation]
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
        others = [each for other, each in self._plan.contracts[case.operation].items() if other != language]
        return row is not None and all(row[2] not in {each.message for each in other.rows(row[1])} for other in others)

    def _implements(self, language: Language) -> Steps[bool]:
        """Whether the server conforms in anything that only this language's document covers."""
        if language not in self._document_implemented:
            implemented = yield Once(("document", language), partial(self._probe_document, language))
            self._document_implemented.setdefault(language, implemented)
        return self._document_implemented[language]

    def _probe_document(self, language: Language) -> Steps[bool]:
        for case in self._plan.cases:
            if self._only_document(case) == language and (yield from self._conforms(case)):
                return True
        return False

    def _conforms(self, case: Case) -> Steps[bool]:
        """Run a case under an account of its own, only to see whether its promises are kept."""
        promised = self._promised(case)
        progress = Progress(promised, case.operation)
        try:
            yield from self._steps.run(case, self._account(f"probe/{case.id}"), progress, self._account)
        except (NothingKnownError, NotSentError):
            return False
        return len(progress.open_languages()) == len(promised)

    def _only_document(self, case: Case) -> Language | None:
        """Return the language whose document alone covers a case that ends in an error and can be run."""
        if skip_reason(case, self._plan.target) or any(step.account for step in case.steps):
            return None
        promised = self._promised(case)
        if len(promised) != 1:
            return None
        language, promise = next(iter(promised.items()))
        return language if self._is_own_row(case, language, promise) else None

    def _promised(self, case: Case) -> Mapping[Language, Promise]:
        return promises(case, self._plan.contracts[case.operation], self._plan.docs).kept

    def signature_refusal(self, case: Case) -> Steps[str | None]:
        """Return why a case that is signed in its own way cannot be judged, or `None`.

        The documents do not define signatures, so a server that accepts one algorithm only differs from none of them.
        The probe is a call that changes nothing: the operation that shows the state.
        """
        for step in case.steps:
            signature = step.transport.signature
            if signature is not None and signature != self._plan.target.signature:
                refusal = yield from self._signature_refusal(case, signature)
                if refusal:
                    return refusal
        return None

    def _signature_refusal(self, case: Case, signature: str) -> Steps[str | None]:
        if signature not in self._signature_refusals:
            refusal = yield Once(("signature", signature), partial(self._probe_signature, case, signature))
            self._signature_refusals[signature] = refusal
        return self._signature_refusals[signature]

    def _probe_signature(self, case: Case, signature: str) -> Steps[str | None]:
        contracts = self._plan.contracts[case.operation].values()
        polls = [contract.async_behaviour.poll for contract in contracts if contract.async_behaviour]
        if not polls:
            return None
        region = {REGION: self._plan.target.values.get("region_id", "")}
        answers = []
        for transport in (Transport(), Transport(signature=signature)):
            step = Step("probe", polls[0], case.steps[0].version, region, transport, {})
            try:
                account = self._account(f"signature/{signature}")
                answered = yield from self._steps.call(step, wire_parameters(region, {}), account)
            except NothingKnownError:
                return None
            answers.append(answered)
        usual, probed = answers
        if usual.code is None and probed.code is not None:
            return f"the target does not take {signature} signatures: it answers {polls[0]} with {probed.code}"
        return None
