"""Which documents of two collections are about one operation: by product, version and name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conformance.contract.model import Contract


class Document(Struct, frozen=True):
    """One contract of a collection.

    Attributes:
        contract: The contract.
        file: Its file, as a reader would name it.
        folder: The folder inside the collection, which tells apart what does not say its product.
    """

    contract: Contract
    file: str
    folder: str = ""


class DocumentPair(NamedTuple):
    """Two documents of one operation; one of them is `None` when the other has no partner."""

    left: Document | None
    right: Document | None


_Rule: TypeAlias = "Callable[[Document, Document], bool]"


def may_be_same(one: Contract, other: Contract) -> bool:
    """Whether two contracts can be of one operation: what both say of its identity is equal."""
    return one.operation == other.operation and all(
        not mine or not theirs or mine == theirs
        for mine, theirs in ((one.product, other.product), (one.version, other.version))
    )


def pairs(left: Sequence[Document], right: Sequence[Document]) -> Iterator[DocumentPair]:
    """Yield the documents of one operation's name in pairs, and then those without a partner.

    The same product and version in the same folder come first, then wherever they are, then what does not contradict
    each other; a document that could have several partners gets none. Changing the sides changes nothing but the sides.
    """
    mine, theirs = list(left), list(right)
    for fits in _RULES:
        found = [
            (one, other)
            for one in mine
            for other in theirs
            if fits(one, other) and _only(one, theirs, fits) and _only(other, mine, fits)
        ]
        for one, other in found:
            yield DocumentPair(one, other)
            mine.remove(one)
            theirs.remove(other)
    yield from (DocumentPair(one, None) for one in mine)
    yield from (DocumentPair(None, other) for other in theirs)


def _only(document: Document, others: Iterable[Document], fits: _Rule) -> bool:
    return sum(fits(document, other) for other in others) == 1


def _identity(document: Document) -> tuple[str, str]:
    return document.contract.product, document.contract.version


def _same_place(one: Document, other: Document) -> bool:
    return one.folder == other.folder and _identity(one) == _identity(other)


def _same(one: Document, other: Document) -> bool:
    return _identity(one) == _identity(other)


def _near(one: Document, other: Document) -> bool:
    return one.folder == other.folder and may_be_same(one.contract, other.contract)


def _possible(one: Document, other: Document) -> bool:
    return may_be_same(one.contract, other.contract)


_RULES: Final[tuple[_Rule, ...]] = (_same_place, _same, _near, _possible)


def labels(documents: Iterable[Document]) -> dict[tuple[str, str, str], str]:
    """Return what each operation is called: by its name, with its product and version as far as others share it.

    Returns:
        The words by product, version and name.
    """
    known = {(each.contract.product, each.contract.version, each.contract.operation) for each in documents}
    products = Counter(name for product, name in {(product, name) for product, _, name in known if product})
    versions = Counter((product, name) for product, _, name in known if product)
    found = {}
    for product, version, name in known:
        if not product or (products[name] == 1 and versions[product, name] == 1):
            found[product, version, name] = name
        else:
            several = versions[product, name] > 1 and version
            found[product, version, name] = f"{product}/{version}/{name}" if several else f"{product}:{name}"
    return found
