"""Which documented error codes fit a violated constraint. Pure.

No document says which code answers which violation. What can be said: a code that has a parameter's name in it is
about that parameter, a code for something missing is about nothing else, and a code that names nothing fits any
parameter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.rows import ALSO_OF_RULES, answering_rows
from conformance.contract.wire import canonical_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.cases.meanings.rows import MeantRow
    from conformance.contract.model import Contract, ErrorCode, Parameter

Violation = tuple[str, str]
"""The folded path of a parameter, and the name of the fact that a request breaks."""

ALTERNATIVES: Final = "alternatives"
"""The fact that one of several parameters has to be there, which only the message of an error code states."""
DUPLICATE: Final = "duplicate"
"""The fact that no item of a list is there twice, which only an error code states."""
TYPE: Final = "type"
"""The fact that a value is of its parameter's type."""

_NAME: Final = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")


def codes_of(contract: Contract, classes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of some classes of errors, in the order of the document."""
    wanted = set(classes)
    return tuple(dict.fromkeys(row.code for row in contract.errors if row.error_class in wanted))


def codes_for(contract: Contract, violation: Violation, *, wrong_type: bool = False) -> tuple[str, ...]:
    """Return the documented codes that may answer a violation.

    Args:
        contract: The document.
        violation: What is violated.
        wrong_type: Whether the value is not even of the parameter's type, so that a general code fits as well.
    """
    path, fact = violation
    rows = contract.errors
    if fact in ("required", ALTERNATIVES):
        # A code that names alternatives is about them alone, and one that names nothing about any parameter.
        wanted = tuple(path.split("|")) if fact == ALTERNATIVES else ()
        return _unique(row for row in rows if _about_missing(row) and names_in(row) == wanted)
    name = path.partition("[")[0]
    own = [row for row in rows if names_parameter(row.code, name) and not _about_missing(row)]
    duplicates = [row for row in own if _about_duplicates(row)]
    if fact == DUPLICATE and duplicates:
        return _unique(duplicates)
    own = [row for row in own if row not in duplicates]
    general = [row for row in rows if row.error_class == "syntax" and "." not in row.code and not _about_missing(row)]
    # `IllegalParam.X` says exactly that X is wrong; beside it a general code would be the wrong one.
    exact = [row for row in own if row.error_class == "syntax" and row.code.lower().startswith("illegalparam.")]
    if exact and not wrong_type:
        return _unique(exact)
    return _unique([*own, *general])


def answering_codes(rows: Sequence[MeantRow], violation: Violation) -> tuple[str, ...]:
    """Return the codes that a written case takes as the answer to a violation; none where no row speaks of it.

    Args:
        rows: The rows of the document, and what they are about.
        violation: What is violated.
    """
    path, fact = violation
    kind = "missing" if fact == "required" else "malformed"
    also = (*ALSO_OF_RULES.get(fact, ()), *(("exists",) if fact == DUPLICATE else ()))
    return _unique(answering_rows(kind, path, rows, also))


def alternatives(contract: Contract) -> Iterator[tuple[str, ...]]:
    """Yield the groups of parameters of which one has to be there, as the messages of the codes name them.

    Words that are written like names, of which none is a parameter, are other things.
    """
    for row in contract.errors:
        names = names_in(row)
        if _about_missing(row) and len(names) > 1 and any(contract.parameter(name) for name in names):
            yield names


def names_parameter(code: str, name: str) -> bool:
    """Whether a code has the name of a parameter in it: `IllegalParam.X`, `InvalidX.NotFound`."""
    parts = code.lower().split(".")
    return name.lower() in parts or f"invalid{name.lower()}" in parts


def names_in(row: ErrorCode) -> tuple[str, ...]:
    """Return what looks like names of parameters in the message of a row."""
    return tuple(dict.fromkeys(_NAME.findall(row.message)))


def has_duplicate_code(contract: Contract, path: str) -> bool:
    """Whether a document has a code for an item that is twice in this list."""
    name = path.partition("[")[0]
    return any(names_parameter(row.code, name) and _about_duplicates(row) for row in contract.errors)


def is_integer(parameter: Parameter) -> bool:
    """Whether the document says that a parameter is a whole number."""
    fact = parameter.fact("type")
    return fact.stated and canonical_type(str(fact.value)) == "integer"


def _about_missing(row: ErrorCode) -> bool:
    return "missing" in row.code.lower()


def _about_duplicates(row: ErrorCode) -> bool:
    return "duplicat" in row.code.lower()


def _unique(rows: Iterable[ErrorCode]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.code for row in rows))
