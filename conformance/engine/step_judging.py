"""Judging the answers to one step of a case: by each document, by what every answer has, and by what an SDK did."""

from __future__ import annotations

import threading
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.expand import fill_body
from conformance.judging.envelope import citing, envelope
from conformance.judging.findings import Finding
from conformance.judging.judge import judge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.model import Step
    from conformance.cases.promises import PromisedAnswer
    from conformance.engine.calls import Review, Send
    from conformance.engine.progress import Progress
    from conformance.protocol.answer import Answered


ENVELOPE: Final = "JSON or XML with fields: a RequestId, and in an error a Code and a Message"
"""What every answer is, for a person."""


_REMEMBERED: Final = 128
"""Characters of a RequestId that is kept as it is; of a longer one, a hash is kept."""


class StepJudge:
    """Judges the answers to steps; may be used by many threads at once.

    Args:
        review: Judges what was sent, when something else than the engine sends it.
        unique_request_ids: Whether no two answers of the target have the same RequestId.
    """

    def __init__(self, review: Review | None, *, unique_request_ids: bool) -> None:
        self._review = review
        self._unique_request_ids = unique_request_ids
        self._request_ids: set[str] = set()
        self._lock = threading.Lock()

    def saw(self, request_id: str) -> None:
        """Remember a RequestId of an answer that is judged elsewhere."""
        with self._lock:
            self._request_ids.add(request_id)

    def envelope(self, answered: Answered, step: Step) -> list[Finding]:
        """Judge what every answer has, and remember its RequestId."""
        request_id = str(answered.body.get("RequestId"))
        if len(request_id) > _REMEMBERED:
            request_id = sha256(request_id.encode(errors="replace")).hexdigest()
        with self._lock:
            seen = request_id in self._request_ids
            self._request_ids.add(request_id)
        return envelope(answered, step.transport.format, request_id_seen=seen and self._unique_request_ids)

    def judge(self, index: int, step: Step, send: Send, answers: Sequence[Answered], progress: Progress) -> None:
        """Judge the answers to one step; what differs is added to the progress of the case.

        Args:
            index: The place of the step in its case.
            step: The step.
            send: What was sent, once for each answer.
            answers: The answers.
            progress: Of the case; its last exchanges are those of these answers.
        """
        judged = []
        for answered in answers:
            of_envelope = self.envelope(answered, step)
            judged.append((answered, of_envelope))
        of_all = [] if step.successes is None else _wrong_count(step.successes, answers)
        if self._review is not None:
            of_all += self._review_calls(self._review, index, send, len(answers), progress)
        observed = progress.observed
        for language in progress.open_languages():
            promise = progress.promised[language]
            allowed, rows = promise.answers[index], promise.rows[index]
            for answered, of_envelope in judged:
                row = rows.get(answered.row)
                if row is not None and not of_envelope:
                    observed[language] = (*observed.get(language, ()), row)
                    continue
                findings, matched = judge(answered, _filled(allowed, send.values), send.wire)
                # A finding of the envelope is not repeated where the document differs in the same place.
                places = {finding.where for finding in findings}
                more = [finding for finding in of_envelope if finding.where not in places]
                if findings or more:
                    progress.add(language, findings + citing(more, promise.format_lines[index]))
                elif matched is not None and matched.row is not None:
                    observed[language] = (*observed.get(language, ()), matched.row)
            if of_all:
                progress.add(language, [finding.at(allowed[0].line) for finding in of_all])

    def unexpected(self, index: int, send: Send, answered: Answered, progress: Progress) -> list[Finding]:
        """Return how an answer to one step differs from each document whose promises were kept so far."""
        return [
            finding
            for language in progress.open_languages()
            for finding in judge(answered, _filled(progress.promised[language].answers[index], send.values), send.wire)[
                0
            ]
        ]

    def no_envelope(self, index: int, texts: Sequence[str], progress: Progress) -> None:
        """Note answers that came whole and are none of the API: a mismatch by every document.

        Args:
            index: The place of the step in its case.
            texts: What the answers are instead, for a person.
            progress: Of the case.
        """
        for language in progress.open_languages():
            line = progress.promised[language].answers[index][0].line
            progress.add(language, [Finding("response.body", (ENVELOPE,), text, line) for text in dict.fromkeys(texts)])

    def _review_calls(self, review: Review, index: int, send: Send, count: int, progress: Progress) -> list[Finding]:
        """Judge what an SDK sent and reported in the last `count` exchanges."""
        exchanges = [sent.exchange for sent in progress.exchanges[-count:]]
        answers = [answer for promise in progress.promised.values() for answer in promise.answers[index]]
        fields = next((answer.fields for answer in answers if answer.fields), ())
        return review.differences(send, exchanges, fields)


def _filled(answers: Sequence[PromisedAnswer], values: Mapping[str, object]) -> list[PromisedAnswer]:
    """Return the answers allowed, with the values that their bodies refer to."""
    return [replace(answer, body=fill_body(answer.body, values)) if answer.body else answer for answer in answers]


def _wrong_count(wanted: int, answers: Sequence[Answered]) -> list[Finding]:
    """Return the number of successes among requests of the same moment, when it is not the one wanted."""
    succeeded = sum(answered.code is None for answered in answers)
    return [Finding("responses.successes", (wanted,), succeeded)] if succeeded != wanted else []
