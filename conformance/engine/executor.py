"""Running one case against a target, to its verdict. A fault of the network is a verdict, never raised."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.promises import promise_key, promises
from conformance.contract.common_codes import common_codes
from conformance.contract.languages import entry_of
from conformance.core.errors import ConformanceError
from conformance.core.redaction import known_secrets
from conformance.core.wording import shorten
from conformance.engine.accounts import Accounts
from conformance.engine.calls import NotSentError
from conformance.engine.case_results import Shown, digests, result_of, whole
from conformance.engine.notes import RunNote
from conformance.engine.preflight.checks import Preflight
from conformance.engine.preflight.findings import PreflightFindings
from conformance.engine.probes import ServerProbes, other_signatures
from conformance.engine.progress import Progress
from conformance.engine.sent import NothingKnownError, NotServedError, StateRefusedError
from conformance.engine.skip_reasons import skip_reason
from conformance.engine.steps import FORCED, StepRunner
from conformance.judging.denials import Denials
from conformance.judging.exchange_entries import clean
from conformance.judging.verdicts import overall_verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from conformance.cases.model import Case
    from conformance.cases.promises import Promised
    from conformance.contract.languages import Language
    from conformance.core.exchange import Credentials
    from conformance.engine.calls import Review
    from conformance.engine.effects import Steps
    from conformance.engine.plan import Plan
    from conformance.judging.findings import Finding
    from conformance.judging.results import CaseResult
    from conformance.judging.verdicts import Verdict

_MOST_ATTEMPTS_ALONE: Final = 3
"""How often a case is run under accounts of its own: where one connection in a hundred is lost, two are too few."""

_MOST_ATTEMPTS: Final = 20
"""How often a case is run on an account that outlives it, where each attempt first takes back the one before."""

_MOST_UNTANGLED: Final = 8
"""How many times more a case is run in which requests were throttled and something differs."""

_ALWAYS_THROTTLED: Final = (
    "the target throttles requests, or is unavailable at times: each time that the case was run a request was refused "
    "for now, and what differs may come from that"
)

# Without a count: each process of a run has its own, and of a key the report has one note.
_AGAIN: Final = RunNote(
    "engine.again", "cases were run again, because an answer was lost or said that the server is not available"
)
_THROTTLED: Final = RunNote(
    "requests.throttled",
    "the target throttles, or is unavailable at times: requests that it refused for now were sent again after a wait",
)

_MOST_REFUSED: Final = 10
"""How many answers must refuse the credentials, and none be another, until nothing more is sent."""

_MOST_IN_VAIN: Final = 5
"""How many cases in a row are run again in vain before that is no longer tried."""


class _Unjudged(Struct, frozen=True):
    """Why a case that was begun has no verdict of the documents: `not_run` or `error`, and the reason.

    Attributes:
        lost: Whether an answer was lost on the way.
        refused: Whether the target refused the credentials.
    """

    verdict: Verdict
    reason: str
    lost: bool = False
    refused: bool = False


class Executor:
    """Runs cases, each as work of `conformance.engine.effects`; many may be under way, in any number of threads.

    Args:
        plan: The run.
        clock: Returns the seconds by which a repeated request runs out of time.
        review: Judges what was sent, when something else than the engine sends it.
        outages: Returns how often the target was not there so far: it may have forgotten what it was told before.
        shows: Whether a result has what shows why it is so: mismatches, exchanges, the command that repeats it.
    """

    def __init__(
        self,
        plan: Plan,
        clock: Callable[[], float] = time.monotonic,
        review: Review | None = None,
        outages: Callable[[], int] = int,
        *,
        shows: bool = True,
    ) -> None:
        self._in_vain = 0
        self._shows = shows
        self._through_sdk = plan.target.driver != "http"
        self._outages = outages
        self._plan = plan
        refusals = Denials(plan.contracts, plan.docs, common_codes)
        self._steps = StepRunner(plan.target, refusals, plan.ledger, clock, review, several=len(plan.contracts) > 1)
        self._promised: defaultdict[str, dict[object, Promised]] = defaultdict(dict)
        self._all_pass: Mapping[Language, Verdict] = dict.fromkeys(plan.docs, "pass")
        self._accounts = Accounts(plan.target, plan.run_id)
        self._only_refused = 0
        self._refusal: str | None = None
        self._probes = ServerProbes(plan, self._steps, self._accounts.own)
        self._findings = PreflightFindings()

    def preflight(self, cases: Sequence[Case]) -> Steps[PreflightFindings]:
        """Ask the target a few things before the cases; ends in what `learn` takes."""
        return Preflight(self._plan, self._steps, self._accounts.own).run(cases)

    def learn(self, findings: PreflightFindings) -> None:
        """Take what the preflight found; it holds for the cases from now on."""
        self._findings = findings
        self._steps.deletes = findings.deletes and findings.one_by_one

    @property
    def held_up(self) -> bool:
        """Whether the target refused a request for now."""
        return self._steps.attempts.held_up

    def renew(self, plan: Plan) -> None:
        """Go on with another share of the run."""
        self._plan = plan
        self._accounts.run_id = plan.run_id

    def saw_request_id(self, request_id: str) -> None:
        """Remember a RequestId that another answer had."""
        self._steps.judging.saw(request_id)

    def run(self, case: Case) -> Steps[CaseResult]:
        """Run a case; ends in its result."""
        promised = self._promises(case)
        if not promised.kept:
            return result_of(case, self._plan, promised, "not_applicable", _uncovered(promised.found))
        reason = self._skip_reason(case)
        if reason is None and other_signatures(case, self._plan.target):
            reason = yield from self._signature_refusal(case)
        if reason is not None:
            return result_of(case, self._plan, promised, "not_run", self._steps.secrets.redactor().text(reason))
        in_vain = self._findings.missing_states(case, self._plan.target)
        if in_vain is None and self._only_refused >= _MOST_REFUSED:
            in_vain = self._refusal
        if in_vain is not None:
            return result_of(case, self._plan, promised, "error", in_vain)
        progress, unjudged = yield from self._attempts(case, promised)
        if progress.throttled:
            progress, unjudged = yield from self._untangled(case, promised, progress, unjudged)
        if unjudged is None and progress.keeps_promises():
            return self._passed(case, promised, progress)
        if unjudged is not None and unjudged.verdict == "not_run":
            return result_of(case, self._plan, promised, "not_run", progress.redactor().text(unjudged.reason))
        error = unjudged.reason if unjudged is not None else None
        return (yield from self._result(case, promised, progress, error))

    # Before and while it runs.

    def _promises(self, case: Case) -> Promised:
        """Return what each document promises; most cases are like many others, of which the same is promised."""
        subject = case.subject
        contracts = self._plan.contracts[subject]
        key = promise_key(case, contracts)
        promised = self._promised[subject].get(key) if key is not None else None
        if promised is None:
            promised = promises(case, contracts, self._plan.docs)
            if key is not None:
                self._promised[subject][key] = promised
        return promised

    def _skip_reason(self, case: Case) -> str | None:
        own = skip_reason(case, self._plan.target, several=len(self._plan.contracts) > 1)
        return self._plan.not_run or own or self._findings.skip_reason(case)

    def _signature_refusal(self, case: Case) -> Steps[str | None]:
        reason = yield from self._probes.signature_refusal(case)
        if reason is not None:
            self._plan.notes.add(RunNote(f"signature.{reason}", reason))
        return reason

    def _untangled(
        self, case: Case, promised: Promised, progress: Progress, unjudged: _Unjudged | None
    ) -> Steps[tuple[Progress, _Unjudged | None]]:
        """Run a case again under new accounts when what differs may come from requests that were throttled.

        A server that throttles may have executed the request all the same: sent again, it meets what it left behind.
        """
        self._plan.notes.add(_THROTTLED)
        for number in range(1, _MOST_UNTANGLED + 1):
            if unjudged is not None or not progress.throttled or progress.keeps_promises():
                return progress, unjudged
            account = progress.credentials[0]
            if not account.generated:
                return progress, None  # a real service executes nothing that it throttles
            progress = Progress(promised.kept, promised.allowed, case.operation)
            unjudged = yield from self._attempt(
                case, promised, progress, self._accounts.own(f"{case.id}/throttled/{number}")
            )
        if unjudged is None and progress.throttled and not progress.keeps_promises():
            unjudged = _Unjudged("error", _ALWAYS_THROTTLED)
        return progress, unjudged

    def _attempts(self, case: Case, promised: Promised) -> Steps[tuple[Progress, _Unjudged | None]]:
        """Run a case, and again when what happened to its requests says nothing.

        A made-up account is never used again: what was lost on its way may still be executed. On one that outlives the
        run, each attempt has deleted what it created.
        """
        account = self._accounts.of_case(case)
        attempts_left = self._most_attempts(case, account)
        while True:
            attempts_left -= 1
            outages = self._outages()
            progress = Progress(promised.kept, promised.allowed, case.operation)
            unjudged = yield from self._attempt(case, promised, progress, account)
            if unjudged is not None and unjudged.refused:
                progress, unjudged = yield from self._renewed(case, promised, account, progress, unjudged)
            lost = unjudged is not None and unjudged.lost
            forgotten = not progress.keeps_promises() and self._outages() != outages
            if not (lost or forgotten):
                self._in_vain = 0
                break
            if self._in_vain >= _MOST_IN_VAIN or progress.left:
                break
            if not attempts_left:
                self._in_vain += lost
                break
            self._plan.notes.add(_AGAIN)
            if account.generated:
                account = self._accounts.own(f"{case.id}/again/{attempts_left}")
        return progress, unjudged

    def _renewed(
        self, case: Case, promised: Promised, account: Credentials, progress: Progress, refused: _Unjudged
    ) -> Steps[tuple[Progress, _Unjudged | None]]:
        """Run a case once more when its credentials were refused and others are to be had, such as a new token."""
        if account.renewal is None:
            return progress, refused
        try:
            renewed = account.renewal.renewed(account)
        except ConformanceError as fault:
            return progress, replace(refused, reason=f"{refused.reason}; and {fault.message}")
        if renewed == account:
            return progress, refused
        progress = Progress(promised.kept, promised.allowed, case.operation)
        return progress, (yield from self._attempt(case, promised, progress, renewed))

    def _most_attempts(self, case: Case, account: Credentials) -> int:
        if account.generated:
            return _MOST_ATTEMPTS_ALONE
        cleanup = case.cleanup
        return _MOST_ATTEMPTS if cleanup is not None and cleanup.find is not None and cleanup.marks else 1

    def _attempt(
        self, case: Case, promised: Promised, progress: Progress, account: Credentials
    ) -> Steps[_Unjudged | None]:
        """Send and judge the requests of a case; ends in why nothing can be concluded from them, if so."""
        try:
            yield from self._steps.run(case, account, progress, self._accounts.other, self._probes.lets_pass)
        except NotServedError as fault:
            self._note_refusal(fault)
            # As when an answer is lost, nobody knows what a server did that says it is not there for now.
            kind = fault.refusal.kind
            return _Unjudged(
                "not_run" if kind == "unserved" else "error",
                _explained(fault, progress),
                lost=kind == "unavailable",
                refused=kind == "credentials",
            )
        except StateRefusedError as fault:
            reason = _explained(fault, progress)
            if fault.state == FORCED and (yield from self._probes.followed_silent_documents(case, progress)):
                # A server cannot be forced to answer with a code of a document that it was not written from.
                return _Unjudged("not_run", f"{reason}; the server shows no sign of its document")
            return _Unjudged("error", reason)
        except NothingKnownError as fault:
            return _Unjudged("error", _explained(fault, progress), fault.lost)
        except NotSentError as fault:
            if fault.reason:
                return _Unjudged("not_run", fault.reason)
            _blame_sdk(fault.findings, promised, progress)
        return None

    def _note_refusal(self, fault: NotServedError) -> None:
        """Note that credentials were refused: when all first answers are that, no other case need be sent."""
        if fault.refusal.kind not in ("credentials", "permission"):
            return
        if not self._steps.passed:
            self._only_refused += 1
            self._refusal = shorten(clean(str(fault), known_secrets()))

    # After it has run.

    def _passed(self, case: Case, promised: Promised, progress: Progress) -> CaseResult:
        """Return the result of a case that kept all promises."""
        self._probes.note_pass(case, promised.kept)
        by_all = len(promised.kept) == len(self._plan.docs)
        verdicts = self._all_pass if by_all else self._verdicts(promised, progress, None)
        if self._plan.keep_all:
            shown = self._shown(case, progress, None)
        else:
            shown = digests(progress, through_sdk=self._through_sdk)
            shown.elapsed_ms = progress.elapsed_ms
        shown.observed = progress.observed
        return result_of(case, self._plan, promised, "pass", None, verdicts=verdicts, shown=shown)

    def _result(self, case: Case, promised: Promised, progress: Progress, error: str | None) -> Steps[CaseResult]:
        """Return the result of a case that did not keep all promises, or of which nothing is known."""
        unproven = self._unproven(case, progress) if error is None else None
        if unproven is not None:
            progress.findings.clear()
            return result_of(
                case, self._plan, promised, "not_run", unproven, shown=self._shown(case, progress, unproven)
            )
        verdicts = self._verdicts(promised, progress, error)
        verdict, follows = overall_verdict(verdicts)
        if verdict == "mismatch" and not progress.blames_sdk():
            silent = yield from self._probes.followed_silent_documents(case, progress)
            if silent:
                verdict, follows = "divergent", silent
        shown = self._shown(case, progress, error)
        shown.follows = follows
        shown.observed = progress.observed
        return result_of(case, self._plan, promised, verdict, error, verdicts=verdicts, shown=shown)

    def _unproven(self, case: Case, progress: Progress) -> str | None:
        """Return why what differs in a case says nothing about the documents, or `None`."""
        if progress.blames_sdk():
            return None
        step = max(len(progress.bodies) - 1, 0)
        codes = {answer.code for promise in progress.promised.values() for answer in promise.answers[step]}
        return self._findings.unproven(case, self._plan.target, progress.code, codes)

    def _verdicts(self, promised: Promised, progress: Progress, error: str | None) -> Mapping[Language, Verdict]:
        """Return the verdict by each document."""
        verdicts: dict[Language, Verdict] = {}
        for language in self._plan.docs:
            if language not in promised.kept:
                verdicts[language] = "not_applicable"
            elif error is not None:
                verdicts[language] = "error"
            else:
                verdicts[language] = "mismatch" if language in progress.findings else "pass"
        return verdicts

    def _shown(self, case: Case, progress: Progress, reason: str | None) -> Shown:
        """Return what a result shows of what was sent."""
        if self._shows:
            again = self._plan.run_line(case.id, str(case.where).rsplit(":", 2)[0])
            shown = whole(progress, again, reason, through_sdk=self._through_sdk)
        else:
            shown = Shown()
        shown.elapsed_ms = progress.elapsed_ms
        return shown


def _explained(fault: NothingKnownError, progress: Progress) -> str:
    """Return a fault for a report. Secrets go first: it could be shortened in the middle of one."""
    return shorten(clean(str(fault), progress.redactor()))


def _blame_sdk(findings: Iterable[Finding], promised: Promised, progress: Progress) -> None:
    """Note what an SDK that sent nothing did wrong, by every document whose promises were kept so far."""
    findings = tuple(findings)
    for language in progress.open_languages():
        line = next(iter(promised.lines[language]), None)
        progress.add(language, [finding.at(line) for finding in findings])


def _uncovered(languages: Iterable[Language]) -> str:
    named = [entry_of(language).document for language in languages]
    return f"{' and '.join(named)} {'says' if len(named) == 1 else 'say'} nothing about it"
