"""Standard output and error of a command: closed, full, or read by a program that has ended."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from conformance.core.sentences.recognition import in_reader_language
from conformance.core.sentences.sentence import reader_language, sentence

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from conformance.core.errors import ConformanceError


class _Output(io.FileIO):
    """A standard stream. What its reader no longer takes goes nowhere, and the exit status stays what it is.

    Args:
        descriptor: Its number.
        optional: Whether the same holds for any other failure, such as a full disk.
    """

    def __init__(self, descriptor: int, *, optional: bool) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._optional = optional

    def write(self, data: Buffer, /) -> int:
        """Write as much as fits at once, and return how many bytes that is."""
        try:
            return super().write(data)
        except OSError as fault:
            name = "standard output" if self.fileno() == 1 else "standard error"
            _lead_nowhere(self.fileno())  # what is still in a buffer must not fail once more when Python ends
            if self._optional or isinstance(fault, BrokenPipeError):
                return memoryview(data).nbytes
            raise OSError(fault.errno, fault.strerror, name) from None


def open_streams() -> None:
    """Make standard input, output and error usable, also where a descriptor is closed.

    Without that, the first file to be opened would have the number of standard output, and be written into.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            _lead_nowhere(descriptor)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - it is there to the end
    sys.stdout = _stream(sys.stdout, 1, optional=False)
    sys.stderr = _stream(sys.stderr, 2, optional=True)


def finish_streams() -> None:
    """Write what is still in buffers; raises `OSError` when standard output does not take it."""
    with suppress(OSError):
        sys.stderr.flush()
    sys.stdout.flush()


def _lead_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != descriptor:
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def _stream(given: TextIO | None, descriptor: int, *, optional: bool) -> TextIO:
    buffer = io.BufferedWriter(_Output(descriptor, optional=optional))
    return io.TextIOWrapper(
        buffer,
        encoding=given.encoding if given is not None else "utf-8",
        # A terminal that cannot show a character is shown its escape; the run does not fail for it.
        errors="backslashreplace",
        line_buffering=optional or os.isatty(descriptor),
        write_through=bool(getattr(given, "write_through", False)),
    )


def say_fault(fault: ConformanceError) -> None:
    """Write the message of a fault, without secrets; what a file or a server put into it cannot steer the terminal."""
    from conformance.core.redaction import known_secrets  # noqa: PLC0415 - `--version` pays nothing for it; a command has it before it begins

    clean = known_secrets().text
    # Each part alone: the name of a file may be a word that messages begin with.
    text = in_reader_language(clean(fault.message))
    if fault.hint:
        advice = in_reader_language(clean(fault.hint))
        text = sentence("{message} ({hint})", message=text, hint=advice).in_language(reader_language())
    place = clean(f"{fault.where}: ") if fault.where is not None else ""
    text = place + text
    if fault.preface:
        before = in_reader_language(fault.preface)
        text = sentence("{before}: {rest}", before=before, rest=text).in_language(reader_language())
    text = "\n".join((text, *(in_reader_language(clean(other)) for other in fault.others)))
    shown = "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)
    sys.stderr.write(f"conformance: {shown}\n")


def say(text: str, *, to_stderr: bool = False) -> None:
    """Write lines for people in their language."""
    stream = sys.stderr if to_stderr else sys.stdout
    stream.write(f"{in_reader_language(text)}\n")
    stream.flush()
