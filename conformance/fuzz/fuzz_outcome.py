"""What a run of property tests found, of each operation and of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from conformance.fuzz.findings.case_files import write_cases
from conformance.reports.formats.words import reached_words, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from conformance.contract.languages import Language
    from conformance.fuzz.findings.failures import Failure
    from conformance.fuzz.fuzz_session import FuzzSession
    from conformance.fuzz.run_context import FuzzContext
    from conformance.judging.report_entries import FigureEntry, ReachedEntry


class FuzzedPart(Struct, frozen=True):
    """What was found of one operation.

    Attributes:
        context: What requests were made for.
        failures: The failures, one for each cause.
        reached: How far the requests reached, per document.
        requests: How many requests and sequences were sent.
    """

    context: FuzzContext
    failures: tuple[Failure, ...]
    reached: Mapping[Language, ReachedEntry]
    requests: int

    @classmethod
    def of(cls, context: FuzzContext, session: FuzzSession) -> FuzzedPart:
        """Return what a session found until now."""
        return cls(context, tuple(session.collector.failures), session.collector.reach.figures(), session.sender.sent)


class FuzzOutcome(Struct, frozen=True):
    """What a run found.

    Attributes:
        parts: What it found of each operation, in the order in which they ran.
        refused: By operation, why no valid request of it can be made.
        seed: The seed.
        interrupted: Whether Ctrl-C ended it.
    """

    parts: tuple[FuzzedPart, ...]
    refused: Mapping[str, str]
    seed: int
    interrupted: bool

    @property
    def requests(self) -> int:
        """How many requests and sequences were sent."""
        return sum(part.requests for part in self.parts)

    @property
    def reached(self) -> dict[Language, ReachedEntry]:
        """How far the requests reached, per document; of several operations the sum, each name after its operation."""
        if len(self.parts) == 1:
            return dict(self.parts[0].reached)
        languages = dict.fromkeys(language for part in self.parts for language in part.reached)
        return {language: _together(self.parts, language) for language in languages}

    @property
    def lines(self) -> list[str]:
        """The figures for a person."""
        findings = sum(len(part.failures) for part in self.parts)
        of_several = f"{len(self.parts)} operations, " if len(self.parts) + len(self.refused) > 1 else ""
        lines = [f"{of_several}{self.requests} requests, {findings} findings, seed {self.seed}"]
        lines += [said(reached_words(language, reached)) for language, reached in self.reached.items()]
        return [*lines, *(f"not tested: {why}" for why in self.refused.values())]

    def save(self, folder: Path) -> list[Path]:
        """Write each failure as a case (`write_cases`), of several operations into a folder for each.

        Returns:
            The files.
        """
        files = []
        for part in self.parts:
            own = folder / part.context.operation if len(self.parts) > 1 else folder
            file = write_cases(own, part.context, [failure.case for failure in part.failures])
            files += [file] if file is not None else []
        return files


def _together(parts: Sequence[FuzzedPart], language: Language) -> ReachedEntry:
    def kind(name: Literal["codes", "parameters", "violations"]) -> FigureEntry:
        of = {part.context.suite.subject: part.reached[language][name] for part in parts if language in part.reached}
        return {
            "documented": sum(each["documented"] for each in of.values()),
            "reached": [f"{subject}: {one}" for subject, each in of.items() for one in each["reached"]],
            "not_reached": [f"{subject}: {one}" for subject, each in of.items() for one in each["not_reached"]],
        }

    return {"codes": kind("codes"), "parameters": kind("parameters"), "violations": kind("violations")}
