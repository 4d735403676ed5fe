"""Problems of a case that its schema cannot tell: values that cannot be made, steps that refer to nothing. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.substitution import references
from conformance.core.wording import near

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.cases.raw import RawCase
    from conformance.core.yamlfile import KeyPath

MOST_TIMES: Final = 100_000
"""How often a value may be repeated; the longest text of a contract has a few hundred characters."""

MOST_WRITTEN: Final = 1_000_000
"""Characters, and values, that a parameter may have when it is written out: repeated in what is repeated, too."""

_HOLDERS: Final = ("given", "set", "extra", "expect", "until")


class CaseProblem(Struct, frozen=True):
    """What is wrong, where in the case, and how to fix it."""

    message: str
    at: KeyPath
    hint: str


def problems(raw: RawCase) -> Iterator[CaseProblem]:
    """Yield what is wrong with one case of a file, its `parameters` filled in.

    Args:
        raw: The case, valid by the schema.
    """
    yield from _check_generated(raw, ())
    names: list[str] = []
    for index, step in enumerate(raw.get("steps", ())):
        at = ("steps", index)
        yield from _check_generated(step, at)
        if step["name"] in names:
            yield CaseProblem(
                f"the name {step['name']!r} is taken by an earlier step", (*at, "name"), "give it another"
            )
        for name in references(step):
            earlier, _, field = name.removeprefix("steps.").partition(".")
            if name.startswith("steps.") and field and earlier not in names:
                yield CaseProblem(f"${{{name}}} refers to no earlier step", at, near(earlier, names))
        names.append(step["name"])
        times = step.get("times", 1)
        if step.get("successes", 0) > times or ("successes" in step and times == 1):
            yield CaseProblem(f"successes of {times} requests", (*at, "successes"), "times says how many are sent")
        if times > 1 and "until" in step:
            yield CaseProblem("has both times and 'until'", (*at, "until"), "wait in a step of its own")


def _check_generated(holder: Mapping[str, object], at: KeyPath) -> Iterator[CaseProblem]:
    """Check `{repeat: text, times: n}` and `{item: value, times: n}`."""
    waiting: list[tuple[KeyPath, object]] = [((*at, name), holder.get(name)) for name in _HOLDERS]
    wrong = False
    while waiting:
        place, value = waiting.pop(0)
        if isinstance(value, list):
            waiting += [((*place, index), entry) for index, entry in enumerate(value)]
        elif isinstance(value, dict):
            waiting += [((*place, name), entry) for name, entry in value.items()]
            if "times" in value:
                for problem in _check_one_generated(value, place):
                    wrong = True
                    yield problem
    if wrong:
        return
    for name in _HOLDERS:
        if holder.get(name) and _written(holder[name]) > MOST_WRITTEN:
            message = f"is more than {MOST_WRITTEN} characters and values when it is written out"
            yield CaseProblem(message, (*at, name), "use smaller times: they count again within others")


def _check_one_generated(value: Mapping[str, object], place: KeyPath) -> Iterator[CaseProblem]:
    if value.keys() not in ({"repeat", "times"}, {"item", "times"}):
        yield CaseProblem("beside times there is one of repeat and item", place, "e.g. {repeat: a, times: 129}")
    elif type(value["times"]) is not int or not 0 <= value["times"] <= MOST_TIMES:
        yield CaseProblem(f"times is {value['times']!r}", place, f"a number from 0 to {MOST_TIMES}")
    elif any(name.startswith("steps.") for name in references(value)):
        yield CaseProblem("repeats what an answer has", place, "refer to an earlier step outside of what is repeated")


def _written(value: object) -> int:
    """Return how many characters and values a value has when it is written out."""
    if isinstance(value, dict):
        if "times" in value:
            return int(str(value["times"])) * _written(value.get("repeat", value.get("item")))
        return 1 + sum(len(str(name)) + _written(entry) for name, entry in value.items())
    if isinstance(value, list):
        return 1 + sum(map(_written, value))
    return 1 + len(str(value))
