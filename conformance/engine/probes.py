"""What a server shows that it knows, asked of it once: documents that it was written from, signatures that it takes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.cases.expand import wire_parameters
from conformance.cases.model import Step, Transport
from conformance.cases.promises import promises
from conformance.engine.calls import NotSentError
from conformance.engine.effects import Once
from conformance.engine.progress import Progress
from conformance.engine.skip_reasons import unmet_states
from conformance.engine.steps import NothingKnownError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.cases.model import Case
    from conformance.cases.promises import Promise
    from conformance.contract.languages import Language
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.engine.plan import Plan
    from conformance.engine.steps import StepRunner


class Knowledge:
    """Asks a server what it knows, when a verdict depends on it.

    Args:
        plan: The run.
        steps: Sends the requests.
        account: Gives the account for a purpose that no case has.
        stopped: Whether the run is over, so that nothing more is to be asked.
    """

    def __init__(
        self, plan: Plan, steps: StepRunner, account: Callable[[str], Credentials], stopped: Callable[[], bool]
    ) -> None:
        self._plan = plan
        self._steps = steps
        self._account = account
        self._stopped = stopped
        self._documents: dict[Language, bool] = {}
        self._signatures: dict[str, str | None] = {}

    def followed_in_silence(self, case: Case, progress: Progress) -> Steps[tuple[Language, ...]]:
        """Return the documents that say nothing about a mismatched case, if the server follows only those.

        A server written from one document alone cannot know what only the other has. It shows that by passing none of
        the cases that only the other document speaks of, and by answering here as the first document allows: with a
        success, or with a code of its own. A server that knows some of what only the other document has is simply
        wrong here.
        """
        silent = tuple(language for language in self._plan.docs if language not in progress.promised)
        if not silent:
            return ()
        for language in progress.promised:
            if (yield from self._knows(language)):
                return ()
        contracts = self._plan.contracts[case.operation]
        if progress.code is None or all(contracts[language].rows(progress.code) for language in silent):
            return silent
        return ()

    def note(self, promised: Mapping[Language, Promise]) -> None:
        """Take note of a case that passed: if one document alone speaks of it, the server knows that document."""
        if len(promised) == 1 and len(self._plan.docs) > 1:
            language, promise = next(iter(promised.items()))
            if promise.exact_row is not None:
                self._documents.setdefault(language, True)

    def _knows(self, language: Language) -> Steps[bool]:
        """Whether the server does anything right that only this language's document speaks of."""
        if language not in self._documents:
            known = yield Once(("document", language), partial(self._find_out, language))
            self._documents.setdefault(language, known)
        return self._documents[language]

    def _find_out(self, language: Language) -> Steps[bool]:
        for case in self._plan.cases:
            if self._stopped():
                break
            if self._only(case) == language and (yield from self._attempt(case)):
                return True
        return False

    def _attempt(self, case: Case) -> Steps[bool]:
        """Run a case under an account of its own, only to see whether its promises are kept."""
        promised = self._promised(case)
        progress = Progress(promised)
        try:
            yield from self._steps.run(case, self._account(f"knowledge/{case.id}"), progress)
        except (NothingKnownError, NotSentError):
            return False
        return len(progress.open_languages()) == len(promised)

    def _only(self, case: Case) -> Language | None:
        """Return the language whose document alone speaks of a case that ends in an error, and can be run."""
        if case.trigger == "todo" or unmet_states(case, self._plan.target):
            return None
        promised = self._promised(case)
        if len(promised) != 1:
            return None
        language, promise = next(iter(promised.items()))
        return language if promise.exact_row is not None else None

    def _promised(self, case: Case) -> Mapping[Language, Promise]:
        return promises(case, self._plan.contracts[case.operation], self._plan.docs).kept

    def signature_refused(self, case: Case) -> Steps[str | None]:
        """Return why a case that is signed in its own way cannot be judged, or `None`.

        The documents do not speak of signatures, so a server that takes one algorithm only differs from none of them.
        What it takes is asked by a call that changes nothing: the operation that shows the state.
        """
        for step in case.steps:
            own = step.transport.signature
            if own is not None and own != self._plan.target.signature:
                if own not in self._signatures:
                    self._signatures[own] = yield Once(("signature", own), partial(self._ask, case, own))
                if self._signatures[own]:
                    return self._signatures[own]
        return None

    def _ask(self, case: Case, signature: str) -> Steps[str | None]:
        contracts = self._plan.contracts[case.operation].values()
        polls = [contract.async_behaviour.poll for contract in contracts if contract.async_behaviour]
        if not polls:
            return None
        region = {"RegionId": self._plan.target.values.get("region_id", "")}
        answers = []
        for transport in (Transport(), Transport(signature=signature)):
            step = Step("ask", polls[0], region, transport, {}, version=case.steps[0].version)
            try:
                account = self._account(f"signature/{signature}")
                answered = yield from self._steps.call(step, wire_parameters(region, {}), account)
            except NothingKnownError:
                return None
            answers.append(answered)
        usual, asked = answers
        if usual.code is None and asked.code is not None:
            return f"the target does not take {signature} signatures: it answers {polls[0]} with {asked.code}"
        return None
