"""What was written into a workspace, in a few lines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.values import targets_in
from conformance.contract.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from conformance.cli.support.scaffolding.building import BuiltOperation
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

_LISTED: Final = 20
"""So many operations have a line each; more have one when every one is asked for."""


class Summary:
    """What was written, counted as it comes.

    Attributes:
        operations: The contracts of each operation by language.
        targets: The names of the values of targets that the cases refer to.
    """

    def __init__(self) -> None:
        self.operations: list[Mapping[Language, Contract]] = []
        self.targets: set[str] = set()
        self.valid: list[tuple[Mapping[Language, Contract], str]] = []
        self._lines: list[tuple[Contract, str]] = []
        self._counts: Counter[str] = Counter()

    def add(self, each: BuiltOperation) -> None:
        """Count an operation."""
        self.operations.append(each.contracts)
        base = each.valid_request
        if base is not None:
            self.valid.append((each.contracts, base))
        cases = sum(text.count("\n  - id: ") for text in each.case_texts)
        self.targets |= targets_in(each.files.values())
        rows = sum(len(contract.errors) for contract in each.contracts.values())
        self._counts.update({"cases": cases, "error rows": rows})
        self._counts.update(list(each.contracts))
        first = next(iter(each.contracts.values()))
        self._lines.append((first, f"{' and '.join(each.contracts)}, {rows} error rows, {cases} cases"))

    @property
    def one_version_products(self) -> dict[str, str]:
        """The version of each product that has only one."""
        versions: dict[str, set[str]] = {}
        for product, version in self._products:
            versions.setdefault(product, set()).add(version)
        return {product: own.pop() for product, own in versions.items() if len(own) == 1}

    @property
    def _products(self) -> Counter[tuple[str, str]]:
        return Counter((first.product, first.version) for first, _ in self._lines)

    def lines(self, folder: Path, *, every: bool) -> Iterable[str]:
        """Yield what was written: where there are few operations a line for each, and then how much it is."""
        if every or len(self._lines) <= _LISTED:
            for first, what in self._lines:
                yield f"{folder}: {first.product}/{first.version}/{first.operation}: {what}"
        if len(self._lines) > 1:
            of = ", ".join(f"{'/'.join(name)}: {count}" for name, count in sorted(self._products.items()))
            languages = ", ".join(f"{name} {self._counts[name]}" for name in LANGUAGES if self._counts[name])
            yield f"{len(self._lines)} operations ({of}); contracts: {languages}"
            yield f"{self._counts['cases']} cases, {self._counts['error rows']} error rows"
