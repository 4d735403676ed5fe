"""The form in which suites and cases are kept in the cache: what of each class is written, and with which types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeGuard, get_args

import orjson

from conformance.cases.bases import Base
from conformance.cases.disagreements import Disagreement
from conformance.cases.model import Case, Cleanup, Find, Outcome, ProviderState, Step, Transport, Trigger, Until
from conformance.cases.state_catalogue import StateKind
from conformance.cases.suite import Suite
from conformance.contract.model import (
    ENCODINGS,
    AnswerFormat,
    AsyncBehaviour,
    ConditionalFact,
    Contract,
    ErrorCode,
    Fact,
    FactValue,
    Loss,
    Parameter,
    Source,
    SourceDifference,
    State,
)
from conformance.contract.when import UNKNOWN, Presence, When
from conformance.core.columns import (
    BOOLEAN,
    INTEGER,
    JSON,
    MAYBE_INTEGER,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    OBJECT,
    TEXT,
    DamagedError,
    Format,
    Interned,
    Mappings,
    Maybe,
    Members,
    OneOf,
    Records,
    Tuples,
)
from conformance.core.errors import Location

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Scalar

_DAMAGE: Final = (ValueError, LookupError, TypeError, RecursionError)
"""What reading raises for a text that was not written here."""

_SCALARS: Final = frozenset({str, int, float, bool})


class _FactValues(Format["FactValue | None"]):
    """What facts state: a text, a number, a truth value, a tuple of those, or nothing."""

    def write(self, values: Sequence[FactValue | None]) -> object:
        """Return the values, tuples as lists."""
        return [list(value) if isinstance(value, tuple) else value for value in values]

    def read(self, stored: object) -> list[FactValue | None]:
        """Return the values, lists as tuples."""
        return [self._value(value) for value in JSON.read(stored)]

    def _value(self, value: object) -> FactValue | None:
        if value is None or isinstance(value, (str, int, float, bool)):
            return value
        if not _are_scalars(value):
            raise DamagedError("a fact states no scalar")
        return tuple(value)


def _are_scalars(values: object) -> TypeGuard[list[Scalar]]:
    return isinstance(values, list) and _SCALARS.issuperset(map(type, values))


class _Conditions(Format[When]):
    """On what a fact depends: values by path, or a word for what is not known."""

    def write(self, values: Sequence[When]) -> object:
        """Return the conditions as contract files have them."""
        return [value.data for value in values]

    def read(self, stored: object) -> list[When]:
        """Return the conditions."""
        return [self._condition(value) for value in JSON.read(stored)]

    def _condition(self, value: object) -> When:
        if isinstance(value, str):
            return UNKNOWN
        if not isinstance(value, dict) or not all(map(_are_scalars, value.values())):
            raise DamagedError("a condition has no values")
        return When.of(value)


_STATE: Final = Records(ProviderState, name=Interned(TEXT), params=OBJECT)
_TRANSPORT: Final = Records(Transport, method=TEXT, place=TEXT, format=TEXT, signature=MAYBE_TEXT, spaces=TEXT)
_OUTCOME: Final = Records(Outcome, code=MAYBE_TEXT, message=MAYBE_TEXT, body=OBJECT)
_UNTIL: Final = Records(Until, body=OBJECT, within_s=MAYBE_NUMBER)
_FIND: Final = Records(Find, operation=TEXT, params=OBJECT, items=TEXT, page=TEXT)
_CLEANUP: Final = Records(Cleanup, operation=TEXT, params=OBJECT, find=Maybe(_FIND), marks=Tuples(TEXT))
_STEP: Final = Records(
    Step,
    name=Interned(TEXT),
    operation=Interned(TEXT),
    version=Interned(TEXT),
    params=Mappings(Interned(JSON)),
    transport=Interned(_TRANSPORT),
    outcomes=Interned(Mappings(Interned(Tuples(_OUTCOME)))),
    until=Maybe(_UNTIL),
    times=INTEGER,
    successes=MAYBE_INTEGER,
    account=Interned(MAYBE_TEXT),
    given=Interned(Tuples(Interned(_STATE))),
    teardown=Interned(Tuples(Interned(TEXT))),
    extra=Interned(Mappings(Interned(JSON))),
    changed=Interned(Tuples(Interned(TEXT))),
    encodings=Interned(Mappings(OneOf(ENCODINGS))),
    nested=Interned(Tuples(Interned(TEXT))),
)
_ORIGIN: Final = Interned(MAYBE_TEXT)
_FACT: Final = Records(Fact, state=Members(State), value=_FactValues(), line=MAYBE_INTEGER, origin=_ORIGIN)
_PRESENCE: Final = Records(
    Presence, when=Maybe(_Conditions()), line=MAYBE_INTEGER, shown=MAYBE_INTEGER, place=MAYBE_TEXT
)
_PARAMETER: Final = Records(
    Parameter,
    path=TEXT,
    line=INTEGER,
    facts=Mappings(Interned(_FACT)),
    source=TEXT,
    conditional=Tuples(Records(ConditionalFact, name=TEXT, fact=_FACT, when=_Conditions())),
    presence=Interned(_PRESENCE),
    encoding=OneOf(ENCODINGS),
    origin=_ORIGIN,
)
_SOURCE: Final = Records(Source, file=TEXT, sha256=TEXT, layout=TEXT)
_ERROR: Final = Records(
    ErrorCode,
    status=INTEGER,
    code=TEXT,
    message=TEXT,
    line=INTEGER,
    description_state=Members(State),
    error_class=TEXT,
    inferred_split=BOOLEAN,
    origin=_ORIGIN,
)
_CONTRACT: Final = Records(
    Contract,
    operation=TEXT,
    language=TEXT,
    source=_SOURCE,
    parameters=Tuples(_PARAMETER),
    responses=Tuples(_PARAMETER),
    errors=Tuples(_ERROR),
    async_behaviour=Maybe(
        Records(AsyncBehaviour, pending=TEXT, final=TEXT, poll=TEXT, line=MAYBE_INTEGER, origin=MAYBE_TEXT)
    ),
    lost=Tuples(Records(Loss, path=TEXT, line=INTEGER, kind=TEXT, evidence=TEXT)),
    product=TEXT,
    version=TEXT,
    formats=Tuples(Records(AnswerFormat, format=TEXT, line=INTEGER)),
    also=Tuples(_SOURCE),
    differs=Tuples(Records(SourceDifference, path=TEXT, name=TEXT, other=_FACT)),
)
_CONTRACTS: Final = Mappings(_CONTRACT)
_SUITE: Final = Records(
    Suite,
    operation=TEXT,
    contracts=Mappings(_CONTRACT),
    bases=Mappings(Records(Base, name=TEXT, given=Tuples(Interned(_STATE)), parameters=OBJECT)),
    states=Mappings(Records(StateKind, name=TEXT, meaning=TEXT, params=OBJECT, optional=OBJECT)),
    defaults=Mappings(TEXT),
    cleanup=Maybe(_CLEANUP),
    disagreements=Tuples(Records(Disagreement, point=TEXT, sides=Mappings(_FACT))),
    subject=TEXT,
    without=["key"],
)


_CASES: Final = Records(
    Case,
    id=TEXT,
    title=TEXT,
    trigger=OneOf(get_args(Trigger)),
    given=Interned(Tuples(Interned(_STATE))),
    absent=Interned(Tuples(Interned(TEXT))),
    steps=Tuples(_STEP),
    facts=Interned(Tuples(Interned(TEXT))),
    where=Records(Location, file=Interned(TEXT), line=MAYBE_INTEGER, column=MAYBE_INTEGER),
    cleanup=Interned(Maybe(_CLEANUP)),
    without=["subject", "operation"],
)


def write_cases(cases: Sequence[Case]) -> bytes | None:
    """Return the cases of one file as bytes, or `None` where a value is none of JSON."""
    return _bytes(_CASES.write(cases))


def read_cases(stored: bytes, file: str) -> list[Case] | None:
    """Return the cases that `write_cases` wrote, as they are in a file of this name; `None` for anything else."""
    try:
        columns = orjson.loads(stored)
        columns["where"]["file"]["table"] = [file]  # the same content may be in another file now
        return _CASES.read(columns)
    except _DAMAGE:
        return None


def write_suite(suite: Suite) -> bytes | None:
    """Return a suite as bytes, or `None` where a value is none of JSON."""
    return _bytes(_SUITE.write([suite]))


def read_suite(stored: bytes) -> Suite | None:
    """Return the suite that `write_suite` wrote; `None` for anything else."""
    try:
        (suite,) = _SUITE.read(orjson.loads(stored))
    except _DAMAGE:
        return None
    return suite


def write_contracts(contracts: Mapping[Language, Contract]) -> bytes | None:
    """Return the contracts of one operation as bytes, or `None` where a value is none of JSON."""
    return _bytes(_CONTRACTS.write([contracts]))


def read_contracts(stored: bytes) -> Mapping[Language, Contract] | None:
    """Return the contracts that `write_contracts` wrote; `None` for anything else."""
    try:
        (contracts,) = _CONTRACTS.read(orjson.loads(stored))
    except _DAMAGE:
        return None
    return contracts


def _bytes(data: object) -> bytes | None:
    try:
        return orjson.dumps(data)
    except TypeError:  # half a surrogate pair, or an integer of more than 64 bits
        return None
