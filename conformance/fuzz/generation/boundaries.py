"""Values at and beside the limits of every stated fact: the last that must pass and the first that must not. Pure.

Generators of random data rarely hit a limit, and generators that work from a JSON Schema cannot say what its patterns
mean. The facts say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.expand import wire_parameters
from conformance.cases.scaffold.situations import conditional_facts, contracts_in_force, fulfilled, situation
from conformance.contract.condition_text import condition_text
from conformance.contract.openapi.patterns import in_classes, literals
from conformance.contract.wire import INDEXES
from conformance.fuzz.generation.generated_request import GeneratedRequest
from conformance.fuzz.generation.nested_values import is_apart, nested_requests
from conformance.fuzz.oracle.fitting_codes import alternatives, is_integer
from conformance.fuzz.oracle.parameters import request_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.model import Contract, Parameter

_CLASS_SAMPLES: Final = {
    "ascii": "~",
    "chinese": "流",
    "digit": "7",
    "letter": "k",
    "lower": "k",
    "upper": "K",
}
_OTHERS: Final = ("-", "_", ".", "K", "k", "7", "流", "é", " ", "/", "=")
"""Characters that names allow or forbid."""
TRAP: Final = "a b+c%41&d=流"
"""A text in which each character is a trap of some decoder."""
_TEXTS: Final = ("a", "a b", TRAP, "流日志", "é", "x-_.:/~!*'()", "🙂", "<a>", "0")
"""What a text without a stated charset may hold."""
_MINUTE: Final = 60


def boundary_requests(contract: Contract, base: Mapping[str, str]) -> Iterator[GeneratedRequest]:
    """Yield requests that differ from a valid one in one parameter, at the limits of what a document states.

    Args:
        contract: The document.
        base: The valid request.
    """
    yield GeneratedRequest(base, "the valid request")
    stated = {contract.language: contract}
    held = contracts_in_force(stated, dict(base))[contract.language]
    for parameter in request_parameters(held):
        for request in _around(held, parameter, base):
            # A value may make other parameters required.
            tested = frozenset({parameter.path, *(base.keys() - request.params.keys())})
            whole = fulfilled(stated, dict(request.params), tested)
            yield GeneratedRequest(wire_parameters(whole, {}), request.about)
    for path, each in conditional_facts(stated, dict(base)):
        meant = situation(stated, dict(base), path, each.when)
        if meant is not None:
            then = contracts_in_force(stated, meant)[contract.language]
            for parameter in request_parameters(then):
                if parameter.path == path:
                    yield from _around(then, parameter, wire_parameters(meant, {}), f", {condition_text(each.when)}")
    for names in alternatives(contract):
        without = {name: text for name, text in base.items() if name not in names}
        yield GeneratedRequest(without, f"{', '.join(names)}: all left out")
    for path, most in _lists(contract).items():
        for count in (most, most + 1):
            yield GeneratedRequest({**base, **_items(contract, path, count)}, f"{path}: {count} items")


def _around(
    contract: Contract, parameter: Parameter, base: Mapping[str, str], condition: str = ""
) -> Iterator[GeneratedRequest]:
    """Yield requests at the limits of one parameter, and one without it."""
    if is_apart(parameter):
        for params, about in nested_requests(contract, parameter, tuple(_values(parameter)), base):
            yield GeneratedRequest(params, f"{parameter.path}: {about}{condition}")
        return
    for value, about in _values(parameter):
        for params in _placed(contract, parameter.path, value, base):
            yield GeneratedRequest(params, f"{parameter.path}: {about}{condition}")
    if "[]" not in parameter.path:
        without = {name: text for name, text in base.items() if name != parameter.path}
        if without != base:
            yield GeneratedRequest(without, f"{parameter.path}: left out{condition}")


def _placed(contract: Contract, path: str, value: str, base: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the valid request with a value at its place; of a list, at the first place and at the second."""
    if "[]" not in path:
        yield {**base, path: value}
        return
    top, _, member = path.partition("[]")
    for index in INDEXES:
        items = _items(contract, top, index - 1)
        own = _item(contract, top, index) | {f"{top}.{index}{member}": value}
        yield {**base, **items, **own}


def _items(contract: Contract, top: str, count: int) -> dict[str, str]:
    items: dict[str, str] = {}
    for index in range(1, count + 1):
        items |= _item(contract, top, index)
    return items


def _item(contract: Contract, top: str, index: int) -> dict[str, str]:
    """Return one valid item of a list."""
    item = {}
    for parameter in request_parameters(contract):
        if parameter.path.startswith(f"{top}[]") and not is_apart(parameter):
            allowed = literals(parameter, "enum")
            member = parameter.path.partition("[]")[2]
            item[f"{top}.{index}{member}"] = allowed[0] if allowed else f"{member.strip('.').lower() or 'item'}-{index}"
    return item


def _lists(contract: Contract) -> dict[str, int]:
    found = {}
    for parameter in request_parameters(contract):
        most = _number(parameter, "maxItems")
        if "[]" in parameter.path and most is not None and not is_apart(parameter):
            found[parameter.path.partition("[]")[0]] = most
    return found


def _values(parameter: Parameter) -> Iterator[tuple[str, str]]:
    allowed = literals(parameter, "enum")
    if allowed is not None:
        yield from _around_enum(parameter, allowed)
        return
    yield from _lengths(parameter)
    yield from _multiples(parameter)
    yield from _characters(parameter)
    yield from _parts(parameter)


def _around_enum(parameter: Parameter, allowed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for value in allowed:
        yield value, "an allowed value"
    wrong = ["", "Unknown", *(f"{value}x" for value in allowed)]
    for value in allowed:
        if is_integer(parameter):
            number = int(value)
            wrong += [str(number + step) for step in (-1, 1)] + [str(number * _MINUTE), f"{number}.5", f"0{number}"]
        else:
            wrong += [value.lower(), value.upper(), value.swapcase()]
    wrong += ["0", "-1", "4294967297", "ten"] if is_integer(parameter) else []
    for value in dict.fromkeys(wrong):
        if value not in allowed:
            yield value, "a value that is not among the allowed ones"


def _lengths(parameter: Parameter) -> Iterator[tuple[str, str]]:
    least, most = _number(parameter, "minLength"), _number(parameter, "maxLength")
    filling = _filling(parameter)
    free = literals(parameter, "charset") is None
    if most is not None:
        for length in (most - 1, most, most + 1):
            yield filling * length, f"{length} characters"
            if free:
                yield "流" * length, f"{length} Chinese characters"
        yield filling * (most * 4), "far too long"
    if least is not None:
        for length in (least, least - 1):
            if length >= 0:
                yield filling * length, f"{length} characters"
    if parameter.fact("allowEmpty").stated:
        yield "", "empty"


def _multiples(parameter: Parameter) -> Iterator[tuple[str, str]]:
    step = _number(parameter, "multipleOf")
    if step:
        for value in (step, 2 * step, step + 1, step - 1):
            yield str(value), f"{value}, where multiples of {step} are allowed"


def _characters(parameter: Parameter) -> Iterator[tuple[str, str]]:
    charset = literals(parameter, "charset")
    if charset is None:
        if any(_number(parameter, name) is not None for name in ("maxLength", "minLength")):
            for text in _TEXTS:
                yield text, "characters that no document forbids"
        return
    filling = _filling(parameter)
    tried = dict.fromkeys([*(_CLASS_SAMPLES.get(name, name) for name in charset), *_OTHERS])
    for character in tried:
        where = f"the character {character!r}"
        yield f"{filling}{character}{filling}", f"{where} in the middle"
        yield f"{character}{filling * 2}", f"{where} first"
        yield f"{filling * 2}{character}", f"{where} last"


def _parts(parameter: Parameter) -> Iterator[tuple[str, str]]:
    for prefix in literals(parameter, "notStartsWith") or ():
        word = prefix.rstrip(":/")
        yield f"{prefix}x", f"begins with {prefix}"
        yield f"x{prefix}", f"{prefix} not at the beginning"
        yield f"{word[:-1]}", f"almost {prefix}"
        if word != prefix:
            yield f"{word}x", f"begins with {word} alone"
    for suffix in literals(parameter, "notEndsWith") or ():
        yield f"x{suffix}", f"ends with {suffix}"
        yield f"{suffix}x", f"{suffix} not at the end"
    for part in literals(parameter, "notContains") or ():
        yield f"{part}x", f"begins with {part}"
        yield f"x{part}x", f"has {part} in it"
        yield f"x{part[:-1]}x", f"has almost {part} in it"


def _filling(parameter: Parameter) -> str:
    """Return a character that the parameter may have everywhere."""
    sets = [literals(parameter, name) for name in ("charset", "startsWith", "endsWith")]
    classes = [each for each in sets if each is not None]
    return next(
        (letter for letter in "a7A流" if all(in_classes(letter, each) for each in classes)),
        "a",
    )


def _number(parameter: Parameter, name: str) -> int | None:
    fact = parameter.fact(name)
    if not fact.stated or not isinstance(fact.value, (int, float)) or isinstance(fact.value, bool):
        return None
    return int(fact.value)
