"""What each document makes of any request: which of its promises the request breaks, and the answers that allows. Pure.

A request that surely breaks a promise must be refused with a documented code that fits; one that breaks none must
succeed; where the documents leave the choice open, each choice is allowed. Nothing is taken from what a generator
thinks of its own data: the texts on the wire are held against the facts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance.cases.model import Outcome
from conformance.contract.constraints import INTEGER, masked, violations
from conformance.contract.model import CONSTRAINT_NAMES, State
from conformance.contract.openapi.patterns import literals
from conformance.contract.wire import SYSTEM_PARAMETERS, folded_path, is_container, wire_text
from conformance.fuzz.generation.candidates import (
    ALTERNATIVES,
    DUPLICATE,
    TYPE,
    alternatives,
    codes_for,
    codes_of,
    has_doubles_code,
    is_integer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.model import Outcomes
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Parameter
    from conformance.fuzz.generation.candidates import Violation
    from conformance.fuzz.generation.sample import Subject

_ITEM: Final = re.compile(r"([^.]+)\.([0-9]{1,6})(?:\.(.+))?")
_RESTRICTING: Final = frozenset(CONSTRAINT_NAMES) - {"required", "maxItems", "allowEmpty"}
_ELSEWHERE: Final = ("auth", "throttle")
_GAP: Final = "items"
_VALUE: Final = "value"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one document makes of a request.

    Attributes:
        broken: What the request surely breaks.
        success: Whether a success is allowed.
        codes: The documented codes that are allowed.
    """

    broken: tuple[Violation, ...]
    success: bool
    codes: tuple[str, ...]

    @property
    def outcomes(self) -> Outcomes:
        """The allowed answers, as a case has them."""
        return (*([Outcome(None)] if self.success else []), *(Outcome(code) for code in self.codes))


@dataclass(slots=True)
class _Reading:
    """One way to read a request: what it surely breaks, may break, and names without anybody knowing it."""

    surely: dict[Violation, bool] = field(default_factory=dict)
    maybe: dict[Violation, bool] = field(default_factory=dict)
    unknown: bool = False

    def add(self, other: _Reading) -> None:
        """Take over what is known of one parameter."""
        self.surely |= other.surely
        self.maybe |= other.maybe
        self.unknown |= other.unknown


def expect(subject: Subject, language: Language, params: Mapping[str, str]) -> Expectation | None:
    """Return what one document makes of a request, or `None` when it does not know a parameter that is sent.

    Args:
        subject: The operation.
        language: The document.
        params: The request, wire name to text.
    """
    contract = subject.contracts[language]
    if not all(contract.names(name.partition(".")[0]) for name in params):
        return None
    readings = [_read(subject, contract, reading) for reading in _readings(contract, params)]
    success = False
    codes: dict[str, None] = {}
    for reading in readings:
        for violation, wrong_type in (reading.surely | reading.maybe).items():
            codes.update(dict.fromkeys(codes_for(contract, violation, wrong_type=wrong_type)))
        if not subject.isolated:
            codes.update(dict.fromkeys(codes_of(contract, _ELSEWHERE)))
        if not reading.surely:
            success = True
            if reading.unknown or not subject.isolated:
                codes.update(dict.fromkeys(codes_of(contract, ("state", *_ELSEWHERE))))
    broken = [violation for violation in readings[0].surely if all(violation in each.surely for each in readings)]
    return Expectation(tuple(broken if not success else ()), success, tuple(codes))


def values_of(path: str, params: Mapping[str, str]) -> list[str | None]:
    """Return what a request carries for a folded path; of a list one value an item, `None` where it has none."""
    if "[]" not in path:
        return [params[path]] if path in params else []
    name, _, member = path.partition("[]")
    items: dict[int, dict[str, str]] = {}
    for wire, text in params.items():
        match = _ITEM.fullmatch(wire)
        if match and match[1] == name:
            items.setdefault(int(match[2]), {})[match[3] or ""] = text
    return [items[index].get(member.lstrip(".")) for index in sorted(items)]


def rows_of(contract: Contract) -> Iterator[Parameter]:
    """Yield the parameters that a request can carry: no rows that only group others, none that the signer adds."""
    paths = frozenset(parameter.path for parameter in contract.parameters)
    for parameter in contract.parameters:
        if parameter.path not in SYSTEM_PARAMETERS and not is_container(parameter.path, paths):
            yield parameter


def _readings(contract: Contract, params: Mapping[str, str]) -> list[Mapping[str, str]]:
    """Return the ways to read a request: no document says whether an empty value is there, or spaces around one."""
    stated = {row.path for row in contract.parameters if row.fact("allowEmpty").stated}
    found: list[Mapping[str, str]] = [params]
    bare = {name: text.strip() for name, text in params.items()}
    if bare != params:
        found.append(bare)
    for each in tuple(found):
        filled = {name: text for name, text in each.items() if text or folded_path(name) in stated}
        if filled != each:
            found.append(filled)
    return found


def _read(subject: Subject, contract: Contract, params: Mapping[str, str]) -> _Reading:
    reading = _Reading()
    for parameter in rows_of(contract):
        reading.add(_read_one(subject, contract, parameter, tuple(values_of(parameter.path, params))))
    for name in {name.partition(".")[0] for name in params if "." in name}:
        numbers = sorted(int(match[2]) for wire in params if (match := _ITEM.fullmatch(wire)) and match[1] == name)
        if sorted(set(numbers)) != list(range(1, len(set(numbers)) + 1)):
            reading.maybe[f"{name}[]", _GAP] = True
    for names in alternatives(contract):
        absent = [name for name in names if not params.get(name)]
        # Of those that the valid request has, one that is left out may be missed: a message says "or", another "and".
        if len(absent) == len(names) or any(name in subject.wire for name in absent):
            where = reading.surely if len(absent) == len(names) else reading.maybe
            where["|".join(names), ALTERNATIVES] = False
    return reading


def _read_one(subject: Subject, contract: Contract, parameter: Parameter, values: tuple[str | None, ...]) -> _Reading:
    """Read one parameter; remembered, because most parameters of most requests are those of the valid one."""
    key = (contract.language, parameter.path, values)
    known = subject.memo.get(key)
    if isinstance(known, _Reading):
        return known
    reading = _Reading()
    _hold(parameter, values, reading)
    _hold_lost(subject, parameter, values, reading)
    _hold_items(contract, parameter, values, reading)
    if not _restricted(parameter) and not _all_known(subject, parameter, values):
        reading.unknown = True
        reading.maybe[parameter.path, _VALUE] = True
    subject.memo[key] = reading
    return reading


def _hold(parameter: Parameter, values: Sequence[str | None], reading: _Reading) -> None:
    """Hold the values of one parameter against its facts."""
    texts = [text for text in values if text is not None]
    wrong_type = is_integer(parameter) and not all(INTEGER.fullmatch(text) for text in texts)
    for name in violations(parameter, values):
        loosely = name == "enum" and is_integer(parameter) and _numbers_fit(parameter, texts)
        loosely |= name == "minLength" and not violations(parameter, [_in_utf16(text) for text in texts])
        (reading.maybe if loosely else reading.surely)[parameter.path, name] = wrong_type
    if wrong_type and not any(path == parameter.path for path, _ in (*reading.surely, *reading.maybe)):
        reading.surely[parameter.path, TYPE] = True
    if "maxLength" in violations(parameter, [_in_utf16(text) for text in texts]):
        reading.maybe.setdefault((parameter.path, "maxLength"), False)
    if any(unicodedata.category(character)[0] == "C" for text in texts for character in text):
        # Controls, formats, private use, code points that are no character: no document speaks of them.
        reading.maybe[parameter.path, "charset"] = True


def _hold_lost(subject: Subject, parameter: Parameter, values: Sequence[str | None], reading: _Reading) -> None:
    """Hold the values against what the other documents state where this one's capture lost it: nobody knows."""
    for other in subject.contracts.values():
        row = other.parameter(parameter.path)
        if row is None:
            continue
        for name in violations(row, values):
            if parameter.fact(name).state is State.LOST:
                reading.maybe[parameter.path, name] = True
    fact = parameter.fact("enum")
    if fact.stated and fact.origin is not None:
        # What an overlay restored allows alone, a server that knows the captured documents alone may refuse.
        rows = [row for each in subject.contracts.values() if (row := each.parameter(parameter.path)) is not None]
        captured = [row for row in rows if row.fact("enum").stated and row.fact("enum").origin is None]
        example = parameter.fact("example")
        shown = wire_text(example.value) if isinstance(example.value, str) else None
        for text in values:
            if text is not None and text != shown and all("enum" in violations(row, [text]) for row in captured):
                reading.maybe[parameter.path, "enum"] = False


def _hold_items(contract: Contract, parameter: Parameter, values: Sequence[str | None], reading: _Reading) -> None:
    if "[]" not in parameter.path:
        return
    texts = [text for text in values if text is not None]
    if len(set(texts)) < len(texts):
        path = parameter.path
        where = reading.surely if has_doubles_code(contract, path) else reading.maybe
        where[path, DUPLICATE] = False
    if len(texts) < len(values):
        reading.maybe[parameter.path, _GAP] = True


def _restricted(parameter: Parameter) -> bool:
    return any(parameter.fact(name).stated for name in _RESTRICTING) or is_integer(parameter)


def _all_known(subject: Subject, parameter: Parameter, values: Sequence[str | None]) -> bool:
    example = parameter.fact("example").value
    documented = example if isinstance(example, str) and not masked(example) else None
    return all(text is None or text == documented or subject.knows(parameter.path, text) for text in values)


def _numbers_fit(parameter: Parameter, texts: Sequence[str]) -> bool:
    """Whether the texts are allowed values written in another way: `05`, `+5`, `5.0`."""
    allowed = [float(text) for text in literals(parameter, "enum") or () if INTEGER.fullmatch(text)]
    try:
        return all(float(text) in allowed for text in texts)
    except ValueError:
        return False


def _in_utf16(text: str) -> str:
    """Return a text with as many characters as UTF-16 needs units for this one."""
    return "".join(character * (2 if ord(character) > 0xFFFF else 1) for character in text)  # noqa: PLR2004
