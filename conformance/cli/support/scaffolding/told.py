"""What a command says about many documents: what is wrong with some, what was left out, and how far it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, Self

from conformance.cli.support.standard_streams import say, say_fault
from conformance.core.sentences.recognition import in_reader_language
from conformance.core.terminal import printable

if TYPE_CHECKING:
    from conformance.core.errors import InputError

_FEW: Final = 5
"""So many sentences of one kind are told one by one; of more, the first and how many there are."""
_FAULTS: Final = 20


class Told:
    """What is told on standard error. For one thread.

    Args:
        every: Whether every sentence is told, however many there are.

    Attributes:
        refused: How many documents should have been read and could not be.
        left_out: How many documents were left out.
    """

    def __init__(self, *, every: bool) -> None:
        self._every = every
        self._left_out: dict[str, list[str]] = {}
        self._kept: dict[str, list[str]] = {}
        self.refused = 0
        self.left_out = 0

    def refuse(self, fault: InputError, documents: int = 1) -> None:
        """Tell at once what is wrong with some documents."""
        self.refused += documents
        if self._every or self.refused <= _FAULTS:
            say_fault(fault)

    def leave_out(self, kind: str, what: object, documents: int = 1) -> None:
        """Keep that documents were left out, to be told with others of the kind.

        Args:
            kind: Why, as in "12 documents left out: second pages of an operation".
            what: Which one, and for what.
            documents: How many.
        """
        self.left_out += documents
        self._left_out.setdefault(kind, []).append(str(what))

    def note(self, kind: str, what: str) -> None:
        """Keep a sentence about a document that was taken, to be told with others of the kind."""
        self._kept.setdefault(kind, []).append(what)

    @property
    def first_left_out(self) -> str:
        """What was left out first; empty when nothing was."""
        return next((sentences[0] for sentences in self._left_out.values()), "")

    def tell(self) -> None:
        """Tell what was kept."""
        if not self._every and self.refused > _FAULTS:
            _say(f"and {self.refused - _FAULTS} more documents are refused (-v tells each)")
        for kind, sentences in self._kept.items():
            self._tell(sentences, "", kind)
        for kind, sentences in self._left_out.items():
            self._tell(sentences, "left out: ", f"left out: {kind}")

    def _tell(self, sentences: list[str], before: str, kind: str) -> None:
        if self._every or len(sentences) <= _FEW:
            for sentence in sentences:
                _say(f"{before}{sentence}")
        else:
            _say(f"{kind}: {len(sentences)}, such as {sentences[0]} (-v tells each)")


class ProgressLine:
    """How far a command is, on standard error where that is a terminal, for a `with` block.

    Args:
        what: What is done, such as "reading".
        count: How often.
    """

    def __init__(self, what: str, count: int) -> None:
        self._what = what
        self._count = count
        self._done = 0
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        if self._shown:
            sys.stderr.write(f"\r{in_reader_language(f'{self._what} {self._done} of {self._count}')}\x1b[K")
            sys.stderr.flush()


def _say(text: str) -> None:
    say(printable(text), to_stderr=True)
