"""Where a finding of `conformance diff` is in the files of a repository.

A fact has the line of the captured page. Where the page is not there, and its contract is, the finding is shown in the
contract: at the row that has the fact.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.comparison.sarif import FindingPlaces
from conformance.contract.catalogue import contract_files
from conformance.core.errors import ContractError
from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.comparison.compared_fact import ComparedFact
    from conformance.contract.model import Contract, Fact
    from conformance.core.yamlfile import KeyPath

_YAML: Final = (".yaml", ".yml")
_FACTS: Final = "x-facts"
_ERRORS: Final = "x-error-codes"
_ASYNC: Final = "x-async"
_SUBJECTS: Final = {"paths": "parameter", "components": "response"}

_Key = tuple[str, str, str]
"""What a finding is about: its subject, its path without that, and the fact, also with its line; empty for the row."""


class RepositoryPlaces(FindingPlaces):
    """Files by their names in the repository; findings in captured pages, or else in their contracts.

    Args:
        naming: Returns the name of a file in the repository.
    """

    def __init__(self, naming: Callable[[str], str]) -> None:
        self._naming = naming
        self._lines: dict[Path, dict[_Key, int]] = {}

    def file(self, file: str) -> str:
        """Return the name of a file, relative to the root of the repository where it is in it."""
        return self._naming(file)

    def place(self, file: str, contract: Contract | None, finding: ComparedFact, fact: Fact) -> tuple[str, int | None]:
        """Return the file and the line where a finding is shown; no line where this side does not have it."""
        path = Path(file)
        if not path.is_file() and contract is not None:
            path = _contract_file(contract) or path
        if path.suffix not in _YAML or not path.is_file():
            return self.file(str(path)), fact.line
        line = self._line(path, finding, fact)
        return self.file(str(path)), line if fact.line is not None else None

    def _line(self, path: Path, finding: ComparedFact, fact: Fact) -> int:
        if path not in self._lines:
            try:
                self._lines[path] = dict(_lines(YamlFile.read(path, ContractError)))
            except ContractError:  # it was read before, so it has just changed
                self._lines[path] = {}
        known = self._lines[path]
        subject = finding.subject
        about = finding.path.partition("/")[2] if subject in ("response", "error") else finding.path
        facts = (f"{finding.fact}:{fact.line}", finding.fact, str(fact.value), "")
        return next((known[key] for each in facts if (key := (subject, about, each)) in known), 1)


def _contract_file(contract: Contract) -> Path | None:
    """Return the file that a contract of the catalogue was read from."""
    for operation, files in contract_files().items():
        if operation == (contract.product, contract.version, contract.operation):
            return files.get(contract.language)
    return None


def _lines(file: YamlFile) -> Iterator[tuple[_Key, int]]:
    """Yield the line of each row and of each fact of a contract, the first of several last."""
    found: list[tuple[_Key, int]] = []
    waiting: list[tuple[KeyPath, object]] = [((), file.data)]
    while waiting:
        at, node = waiting.pop()
        if isinstance(node, dict):
            found += [(key, file.locate(place, key=True).line or 1) for key, place in _keys(at, node)]
            waiting += [((*at, name), each) for name, each in node.items() if name not in (_FACTS, _ERRORS, _ASYNC)]
        elif isinstance(node, list):
            waiting += [((*at, index), each) for index, each in enumerate(node)]
    return iter(sorted(found, key=lambda pair: -pair[1]))


def _keys(at: KeyPath, node: dict[str, object]) -> Iterator[tuple[_Key, KeyPath]]:
    """Yield what a mapping has of rows and facts, each with its place."""
    facts = node.get(_FACTS, node if "facts" in node and "path" in node else None)
    if isinstance(facts, dict) and at:
        subject, path = _SUBJECTS.get(str(at[0]), ""), str(facts.get("path"))
        inside = (*at, _FACTS) if _FACTS in node else at
        yield (subject, path, ""), at
        stated = facts.get("facts")
        for name, each in stated.items() if isinstance(stated, dict) else ():
            for told in _told(name, each):
                yield (subject, path, told), (*inside, "facts", name)
        conditional = facts.get("conditional")
        for index, each in enumerate(conditional if isinstance(conditional, list) else ()):
            for told in _told(each.get("fact"), each):
                yield (subject, path, told), (*inside, "conditional", index)
    rows = node.get(_ERRORS)
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        code = str(row.get("code"))
        yield ("error", code, ""), (*at, _ERRORS, index)
        yield ("error", code, str(row.get("message"))), (*at, _ERRORS, index)
    if _ASYNC in node:
        yield ("async", "async", ""), (*at, _ASYNC)


def _told(name: object, fact: dict[str, object]) -> tuple[str, str]:
    """Return a fact's name, and the same with its line in the page: it may be there on conditions too."""
    return str(name), f"{name}:{fact.get('line')}"
