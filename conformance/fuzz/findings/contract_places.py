"""Where a line of a document is written down in a contract's file, so that other tools can show a finding there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.contract.catalogue import OperationId, contract_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.cases.suite import Suite
    from conformance.contract.model import CitedLine
    from conformance.fuzz.findings.step_rule import Lines


def contract_place(suite: Suite, lines: Lines) -> str:
    """Return `<file>:<line>` of the first place in a contract that has a line of a document; empty for none.

    Args:
        suite: The operation under test.
        lines: Per language the line; that of the document of another operation of its product with its file.
    """
    for language, line in lines.items():
        for path in _files(suite, language):
            place = _place(path, line)
            if place:
                return place
    return ""


def _files(suite: Suite, language: str) -> Iterator[Path]:
    """Yield the contracts of an operation's API in a language, its own first."""
    known = contract_files()
    own = OperationId(suite.product, suite.version, suite.operation)
    for operation in sorted(known, key=lambda each: each != own):
        if operation[:2] == own[:2]:
            yield from (path for of, path in known[operation].items() if of == language)


def _place(path: Path, line: CitedLine) -> str:
    file, _, number = line.rpartition(":") if isinstance(line, str) else ("", "", str(line))
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return ""
    if file and not re.search(rf"\bfile: ['\"]?{re.escape(file)}['\"]?\s*[,}}\n]", text):
        return ""
    found = re.search(rf"\bline: {number}\b", text)
    return f"{path}:{text.count(chr(10), 0, found.start()) + 1 if found else 1}"
