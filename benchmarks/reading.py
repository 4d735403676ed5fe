"""What the project's readers make of a folder of pages: read, in part, refused by which message, with which names.

For each page its outcome is kept, so that the labelled set can be measured on the same reading.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance.cli.support.documents import documents_in, read_file_with_notes, refuse_other_language
from conformance.contract.products import known_products
from conformance.core.errors import InputError, Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from conformance.contract.model import Contract

_ROA: Final = "in ROA style"
_SEGMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|\d{1,3}|#")
_NO_NAME: Final = frozenset({"none", "n/a", "null"})
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\([^()]*\)|`[^`]*`")
_PATH: Final = re.compile(r"^\S+: ")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one page.

    Attributes:
        page: Its path below the folder.
        data: Its bytes.
        contract: What was read; `None` where it was refused.
        refusal: The message of the refusal, else empty.
        line: The line of the refusal, where it has one.
        notes: Line and text of each part that was not understood.
    """

    page: str
    data: bytes
    contract: Contract | None
    refusal: str = ""
    line: int | None = None
    notes: tuple[tuple[int, str], ...] = ()

    @property
    def roa(self) -> bool:
        """Whether it was refused since its operation is called by a verb and a path."""
        return _ROA in self.refusal


@dataclass(slots=True)
class Figures:
    """What became of all pages.

    Attributes:
        read: How many became contracts, at least in part.
        roa: How many were refused as ROA pages, by this name.
        refused: The other refusals: places by the kind of their message.
        partial: How many pages were read in part.
        notes: The parts that were not understood: places by their kind.
        invalid: Places of parameters and fields with a name that cannot be one.
        guessed: Places of a product or version that the page does not say.
        products: How many pages are of each product and version.
        unsaid: Places of pages that do not say their product or version.
        seconds: How long reading took.
    """

    read: int = 0
    roa: int = 0
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    partial: int = 0
    notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    invalid: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    products: Counter[str] = field(default_factory=Counter)
    unsaid: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rpc(self) -> int:
        """How many pages are not refused as ROA pages."""
        return self.read + sum(map(len, self.refused.values()))


def read_pages(folder: Path) -> tuple[dict[str, Outcome], float]:
    """Read each document of a folder, as `conformance derive` does, but for a README.

    Returns:
        The outcomes by page, and the seconds that reading them took.

    Raises:
        InputError: When the folder has no document.
    """
    outcomes: dict[str, Outcome] = {}
    seconds = 0.0
    for path in documents_in([folder]):
        if path.stem.lower() == "readme":
            continue
        page = path.relative_to(folder).as_posix()
        data = path.read_bytes()
        started = time.perf_counter()
        try:
            contract, notes = read_file_with_notes(path)
            refuse_other_language(path, contract)
        except InputError as fault:
            line = fault.where.line if isinstance(fault.where, Location) else None
            outcomes[page] = Outcome(page, data, None, fault.message, line)
        except Exception as fault:  # noqa: BLE001 - a reader that raises anything else is what this looks for
            outcomes[page] = Outcome(page, data, None, f"raises {type(fault).__name__}")
        else:
            outcomes[page] = Outcome(page, data, contract, notes=tuple((note.line, note.what) for note in notes))
        seconds += time.perf_counter() - started
    return outcomes, seconds


def figures_of(outcomes: Mapping[str, Outcome], seconds: float) -> Figures:
    """Count what became of pages."""
    figures = Figures(seconds=seconds)
    versions = known_products().versions
    for outcome in outcomes.values():
        contract = outcome.contract
        if contract is None:
            if outcome.roa:
                figures.roa += 1
            else:
                figures.refused[kind_of(outcome.refusal)].append(f"{outcome.page}:{outcome.line or 1}")
            continue
        figures.read += 1
        figures.partial += bool(outcome.notes)
        for line, what in outcome.notes:
            figures.notes[kind_of(what)].append(f"{outcome.page}:{line}")
        figures.invalid += [f"{outcome.page}:{line} {name!r}" for line, name in _invalid_names(contract)]
        figures.guessed += [f"{outcome.page} {word}" for word in _guesses(outcome, contract, versions)]
        if not (contract.product and contract.version):
            figures.unsaid.append(outcome.page)
        else:
            figures.products[f"{contract.product}/{contract.version}"] += 1
    return figures


def kind_of(message: str) -> str:
    """Return a message without what differs from page to page: the parameter, quoted words and numbers."""
    plain = _QUOTED.sub("...", _PATH.sub("", message))
    return re.sub(r"\d+", "N", plain)


def most_frequent(places: Mapping[str, list[str]]) -> Iterable[tuple[str, list[str]]]:
    """Return kinds with their places, those with the most places first."""
    counts = Counter({kind: len(found) for kind, found in places.items()})
    return [(kind, places[kind]) for kind, _ in counts.most_common()]


def _invalid_names(contract: Contract) -> Iterator[tuple[int, str]]:
    for row in (*contract.parameters, *contract.responses):
        segments = row.path.replace("[]", "").split(".")
        valid = all(_SEGMENT.fullmatch(segment) and segment.lower() not in _NO_NAME for segment in segments)
        if not valid:
            yield row.line, row.path


def _guesses(outcome: Outcome, contract: Contract, versions: Mapping[str, str]) -> Iterator[str]:
    """Yield a product or version that stands nowhere on the page; the data of the project may know the version."""
    product, version = contract.product, contract.version
    text = outcome.data.decode("utf-8", errors="replace")
    if product and not re.search(rf"(?<![A-Za-z0-9]){re.escape(product)}(?![A-Za-z0-9])", text, re.IGNORECASE):
        yield product
    if version and version not in text and versions.get(product) != version:
        yield version
