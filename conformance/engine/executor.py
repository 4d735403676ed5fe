"""Running one case against a target, to its verdict. A fault of the network is a verdict, never raised."""

from __future__ import annotations

import hashlib
import shlex
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.cases.promises import promises
from conformance.contract.languages import entry_of
from conformance.core.exchange import Credentials
from conformance.core.redaction import remove, remove_from_value
from conformance.core.yamlfile import shorten
from conformance.engine.calls import NotSentError
from conformance.engine.case_results import result_of
from conformance.engine.probes import ServerProbes
from conformance.engine.progress import Progress
from conformance.engine.skip_reasons import skip_reason
from conformance.engine.steps import FORCED, NothingKnownError, StateRefusedError, StepRunner
from conformance.judging.findings import merge
from conformance.judging.verdicts import overall_verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.cases.model import Case
    from conformance.cases.promises import Promised
    from conformance.contract.languages import Language
    from conformance.engine.calls import Review
    from conformance.engine.effects import Steps
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult
    from conformance.judging.verdicts import Verdict

_GENERATED_SECRET = "conformance-generated-secret"  # noqa: S105 - of accounts that exist only in a test server


class Executor:
    """Runs cases, each as work of `conformance.engine.effects`; many may be under way, in any number of threads.

    Args:
        plan: The run.
        stopped: Whether the run is over.
        clock: Tells the seconds by which a repeated request runs out of time.
        review: Judges what was sent, when something else than the engine sends it.
    """

    def __init__(
        self,
        plan: Plan,
        stopped: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
        review: Review | None = None,
    ) -> None:
        self._plan = plan
        self._steps = StepRunner(plan.target, plan.ledger, clock, review)
        self._known: dict[object, Promised] = {}
        self._probes = ServerProbes(plan, self._steps, self._account, stopped)

    def run(self, case: Case) -> Steps[CaseResult]:
        """Run a case; ends in its verdict."""
        promised = self._promises(case)
        if not promised.kept:
            return result_of(case, self._plan, promised, "not_applicable", _silence(promised.found))
        reason = self._plan.not_run or skip_reason(case, self._plan.target)
        reason = reason or (yield from self._probes.signature_refusal(case))
        if reason:
            return result_of(case, self._plan, promised, "not_run", reason)
        progress = Progress(promised.kept, case.operation)
        try:
            yield from self._steps.run(case, self._account_for(case), progress)
        except StateRefusedError as fault:
            reason = shorten(remove(str(fault), progress.secrets()))
            if fault.state == FORCED and (yield from self._probes.followed_silent_documents(case, progress)):
                # Not even told can a server answer with a code of a document that it was not written from.
                reason = f"{reason}; the server shows no sign of its document"
                return result_of(case, self._plan, promised, "not_run", reason)
        except NothingKnownError as fault:
            reason = shorten(remove(str(fault), progress.secrets()))
        except NotSentError as fault:
            if fault.reason:
                return result_of(case, self._plan, promised, "not_run", fault.reason)
            for language in progress.open_languages():
                line = next(iter(promised.lines[language]), None)
                progress.add(language, [finding.at(line) for finding in fault.findings])
        return (yield from self._result(case, promised, progress, reason))

    def _promises(self, case: Case) -> Promised:
        """Return what each document promises; most cases are like many others, of which the same is promised."""
        key = _promise_key(case)
        found = self._known.get(key) if key is not None else None
        if found is None:
            found = promises(case, self._plan.contracts[case.operation], self._plan.docs)
            if key is not None:
                self._known[key] = found
        return found

    def _result(self, case: Case, promised: Promised, progress: Progress, reason: str | None) -> Steps[CaseResult]:
        verdicts: dict[Language, Verdict] = {}
        for language in self._plan.docs:
            if language not in promised.kept:
                verdicts[language] = "not_applicable"
            elif reason is not None:
                verdicts[language] = "error"
            else:
                verdicts[language] = "mismatch" if progress.findings.get(language) else "pass"
        verdict, follows = overall_verdict(verdicts)
        if verdict == "mismatch" and not progress.blames_sdk():
            silent = yield from self._probes.followed_silent_documents(case, progress)
            verdict, follows = ("divergent", silent) if silent else (verdict, follows)
        elif verdict == "pass":
            self._probes.note_pass(promised.kept)
        found: dict[str, Any] = {
            "verdicts": verdicts,
            "follows": follows,
            "observed": {language: tuple(rows) for language, rows in progress.observed.items()},
            "elapsed_ms": progress.elapsed_ms,
        }
        if self._plan.target.driver != "http":
            found["caller"] = progress.caller()
            progress.commands = [partial(shlex.join, [*self._plan.command, case.id])]
        if verdict == "pass" and not self._plan.keep_all:
            found |= {"exchanges": progress.digests(), "answered": progress.code or "success"}
            return result_of(case, self._plan, promised, verdict, reason, **found)
        result = result_of(case, self._plan, promised, verdict, reason, **found)
        secrets = progress.secrets()
        return replace(
            result,
            mismatches=tuple(
                replace(
                    mismatch,
                    # What an SDK's caller should see is what the server said, which may hold a secret too.
                    expected=tuple(remove_from_value(list(mismatch.expected), secrets)),
                    observed=remove_from_value(mismatch.observed, secrets),
                )
                for mismatch in merge(progress.findings)
            ),
            exchanges=progress.recorded(),
            reproduce=progress.reproduce(),
            answered=None if reason is not None else _answered(progress.code, secrets),
        )

    def _account_for(self, case: Case) -> Credentials:
        """Return the AccessKey of a case: of a profile under which its states hold, else its account's."""
        target = self._plan.target
        profiles = [profile for state in case.given if (profile := target.way(state.name).profile) is not None]
        return target.profiles[profiles[0]] if profiles else self._account(case.id)

    def _account(self, purpose: str) -> Credentials:
        """Return the target's AccessKey, or one that no other case of any run has."""
        if self._plan.target.credentials is not None:
            return self._plan.target.credentials
        account = hashlib.sha256(f"{self._plan.run_id}/{purpose}".encode()).hexdigest()[:20]
        return Credentials(f"LTAI{account}", _GENERATED_SECRET)


def _promise_key(case: Case) -> object:
    """Return all that the promises about a case depend on, or `None` when it asks for fields of its own."""
    steps = []
    for step in case.steps:
        outcomes = []
        for language, allowed in step.outcomes.items():
            if any(outcome.body for outcome in allowed):
                return None
            outcomes.append((language, tuple([(outcome.code, outcome.message) for outcome in allowed])))
        steps.append((step.operation, tuple(step.params), tuple(outcomes)))
    return case.operation, case.facts, tuple(steps)


def _answered(code: Any, secrets: Iterable[str]) -> str:
    """Return what the last answer was, for a table: its code, or `success`."""
    return "success" if code is None else shorten(str(remove_from_value(code, secrets)))


def _silence(languages: Iterable[Language]) -> str:
    named = [entry_of(language).document for language in languages]
    return f"{' and '.join(named)} {'says' if len(named) == 1 else 'say'} nothing about it"
