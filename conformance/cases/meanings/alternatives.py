"""Parameters of which a request needs one, whichever: as the message of an error row names them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.cases.meanings.rows import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cases.meanings.words import Words
    from conformance.contract.model import Contract, ErrorCode

_NAME: Final = re.compile(r"(?<![A-Za-z])[A-Za-z][A-Za-z0-9]+")


class Alternatives(NamedTuple):
    """Parameters of which a request needs one.

    Attributes:
        row: The row that answers a request without any.
        names: Their names at the top of a request, in the order of the message.
    """

    row: ErrorCode
    names: tuple[str, ...]


def alternatives(contract: Contract, words: Words) -> Iterator[Alternatives]:
    """Yield what rows about something missing name with words by which one of several is enough."""
    tops = {re.split(r"[.\[]", row.path)[0] for row in contract.parameters if row.path}
    for row in contract.errors:
        names = tuple(dict.fromkeys(name for name in _NAME.findall(row.message) if name in tops))
        if len(names) > 1 and words.one_of.search(row.message) and kind_of(row, words) == "missing":
            yield Alternatives(row, names)
