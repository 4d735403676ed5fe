"""Faults of the harness or of its input, each with what a person needs to put it right.

A difference between a server and a document is never one of these: it is a mismatch, and a mismatch is data.

Where each is raised, along the way of the data:

    command line           UsageError            exit 2
    reading a document     DocumentError         exit 2
    reading a contract     ContractError         exit 2
    reading cases          CaseError             exit 2
    reading a target file  TargetFileError       exit 2
    reading a driver.yaml  DriverFileError       exit 2
    reading a report       ReportError           exit 2
    speaking to a target   TargetError           exit 3 when nothing at all could be judged
    an SDK driver          DriverError           exit 3
    importing a library    MissingLibraryError   exit 3
    writing, this machine  HarnessError          exit 4

Hierarchy::

    ConformanceError
      x InputError
        + UsageError
        + DocumentError
          . OtherDocumentError
        + ContractError
        + CaseError
        + TargetFileError
        + DriverFileError
        + ReportError
      + TargetError
      + DriverError
      + MissingLibraryError
      + HarnessError
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from pathlib import Path


class ExitStatus(IntEnum):
    """The exit statuses of every command."""

    CONFORMS = 0
    MISMATCH = 1
    BAD_INPUT = 2
    NO_ANSWER = 3
    HARNESS_FAILED = 4
    INTERRUPTED = 130
    TERMINATED = 143


class Location(Struct, frozen=True):
    """A place in a file: its name, and the line and column counted from 1 where they are known."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        file, line, column = _printable(self.file), self.line, self.column
        if line is None:
            return file if column is None else f"{file}:{column}"
        return f"{file}:{line}" if column is None else f"{file}:{line}:{column}"


@lru_cache(maxsize=512)
def _printable(name: str) -> str:
    """Return the name of a file on one line: it may have line ends, and what steers a terminal."""
    return name if name.isprintable() else "".join(each if each.isprintable() else ascii(each)[1:-1] for each in name)


class ConformanceError(Exception):
    """A fault of the harness or of its input.

    Args:
        message: What is wrong, in one sentence.
        where: The file (and line, and column) that holds the fault, if a file does.
        hint: How to fix it, in one sentence.

    Attributes:
        preface: What every message of its kind begins with.
        others: Messages about more faults of the same input, each with its place.
    """

    exit_status = ExitStatus.BAD_INPUT
    preface = ""
    others: tuple[str, ...] = ()

    def __init__(self, message: str, *, where: Location | Path | str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where if where is None or isinstance(where, Location) else Location(str(where))
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where is not None else ""
        hint = f" ({self.hint})" if self.hint else ""
        preface = f"{self.preface}: " if self.preface else ""
        return "\n".join((f"{preface}{place}{self.message}{hint}", *self.others))


class InputError(ConformanceError):
    """Something that the user gave cannot be used."""


class UsageError(InputError):
    """An option or an argument is wrong."""


class DocumentError(InputError):
    """A document cannot be read as an operation's page."""


class OtherDocumentError(DocumentError):
    """A document may be whole, but is no page of an operation in RPC style: a guide, an operation called by a path."""


class ContractError(InputError):
    """A contract or overlay file is wrong."""


class CaseError(InputError):
    """A case file is wrong."""


class TargetFileError(InputError):
    """A target file or the credentials it names are wrong."""


class DriverFileError(InputError):
    """The `driver.yaml` of an SDK driver is wrong."""


class ReportError(InputError):
    """A report, a recording or a list of known failures cannot be used."""


class TargetError(ConformanceError):
    """The target could not be reached, or gave nothing that can be judged."""

    exit_status = ExitStatus.NO_ANSWER


class DriverError(ConformanceError):
    """An SDK driver could not be installed or started, or broke the protocol: the harness's side, not the server's."""

    exit_status = ExitStatus.NO_ANSWER


class MissingLibraryError(ConformanceError):
    """A library that this package depends on cannot be imported, so nothing can be judged."""

    exit_status = ExitStatus.NO_ANSWER


class HarnessError(ConformanceError):
    """The harness itself failed, such as on a full disk: nothing may be concluded from what it did."""

    exit_status = ExitStatus.HARNESS_FAILED

    preface = "the harness itself failed, so nothing may be concluded"
