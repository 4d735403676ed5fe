"""What a cause is called: one sentence that says what differs, with what it may be. Pure."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.lazy_patterns import lazy_pattern
from conformance.judging.answer_places import CODE, STATUS, lacks_code, last_status, succeeded
from conformance.judging.texts.near_texts import differ_in
from conformance.judging.verdicts import SUCCESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.judging.report_entries import CaseEntry, GroupEntry, MismatchEntry

_SHOWN: Final = 80
"""Characters of a value that a title has."""
_BODY: Final = "response.body."
_NAME: Final = lazy_pattern(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
"""Names of a server that a title may have."""
_MOST_NAMED: Final = 3
_FEW: Final = 2
_WHOLE: Final = 200
"""Characters of a reason that a title has."""


def title(mismatch: MismatchEntry, case: CaseEntry, common: str = "", *, of_parameters: bool = False) -> str:
    """Return what differs in one sentence without a full stop; long values are cut.

    Args:
        mismatch: What differs.
        case: The case that shows it: of a success that nobody expected, it knows the status.
        common: What the values of all its cases have in common, where they are not the same in all of them.
        of_parameters: Whether it is about what the case changes.
    """
    if case["verdict"] == "error":
        return _cut(case["reason"] or "no answer that can be judged", _WHOLE)
    where = mismatch["where"]
    if where == CODE and lacks_code(mismatch, case):
        expected = _either([_answer(code) for code in mismatch["expected"]])
        status, instead = last_status(case), _name_instead(where, case)
        told = f"{status}; {instead} is there" if instead else str(status)
        return f"{where}: expected {expected}, observed nothing ({told})"
    if where == CODE:
        expected = _either([_answer(code) for code in mismatch["expected"]])
        of = _changed_in(case) if of_parameters or succeeded(mismatch) else ""
        both = f"expected {expected}{of}, observed {_answer(mismatch['observed'])}{_status_of(mismatch, case)}"
        return f"{where} {common}, e.g. {both}" if common else both
    both = f"expected {_either([_shown(value) for value in mismatch['expected']])}, observed {_observed(mismatch)}"
    if common:
        return f"{where} {common}, e.g. {both}"
    told = differ_in(mismatch["expected"][0], mismatch["observed"]) or ""
    if mismatch["observed"] is None and (instead := _name_instead(where, case)):
        told = f"{instead} is there"
    return f"{where}: {both}{f' ({told})' if told else ''}"


def _name_instead(where: str, case: CaseEntry) -> str:
    """Return the field of the last answer that is what is missing at a place, by its name; empty where there is none.

    It is written otherwise (`requestId`, `request_id`), or is a level deeper (`Data.RequestId`).
    """
    name = where.removeprefix(_BODY)
    body = _last_body(case)
    if "." in name or name == where or name in body:
        return ""
    for other in body:
        if _folded(other) == _folded(name) and _NAME.fullmatch(other):
            return other
    for outer, inner in body.items():
        if isinstance(inner, dict) and name in inner and _NAME.fullmatch(outer):
            return f"{outer}.{name}"
    return ""


def _last_body(case: CaseEntry) -> dict[str, object]:
    """Return the fields of the last answer in JSON; none where a report has no more than its beginning."""
    for exchange in reversed(case["exchanges"]):
        if "response" in exchange and (response := exchange["response"]) is not None:
            try:
                body = json.loads(response["body"])
            except (ValueError, RecursionError):
                return {}
            return body if isinstance(body, dict) else {}
    return {}


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


class TitleParts(Struct, frozen=True):
    """The parts of a title that were made of values.

    Attributes:
        before: What the title begins with, e.g. a place in the answer; empty or ending in a space.
        expected: The values that would conform and are named.
        others: How many more there are.
        parameters: What the case changes, where the title says it.
        observed: What was found.
        after: What the title ends with, in brackets; empty or beginning with a space.
    """

    before: str
    expected: tuple[str, ...]
    others: int
    parameters: tuple[str, ...]
    observed: str
    after: str


_OF_PARAMETERS: Final = lazy_pattern(r"(?: for (?P<one>[^ ,]+)(?: and (?P<other>[^ ,]+))?)?, observed ")


def parts_of(text: str, expected: Sequence[object], observed: object) -> TitleParts | None:
    """Return the parts of a title, by the values that it was made of; `None` where it does not have them."""
    for show in (_answer, _shown):
        values = [show(value) for value in expected]
        both = f"expected {_either(values)}"
        before, found, rest = text.partition(both)
        match = _OF_PARAMETERS.match(rest) if found else None
        if match is None:
            continue
        for said in dict.fromkeys((show(observed), _answer(observed), "nothing")):
            if rest.startswith(said, match.end()):
                after = rest[match.end() + len(said) :]
                if not after or after.startswith(" ("):
                    named = tuple(name for name in match.group("one", "other") if name)
                    more = max(0, len(values) - _MOST_NAMED)
                    return TitleParts(before, tuple(values[:_MOST_NAMED]), more, named, said, after)
    return None


def changed_names(case: CaseEntry | GroupEntry) -> tuple[str, ...]:
    """Return the parameters that a case or a cause changes, each once; of a list and an object, its name."""
    return _names_among(tuple(case.get("changed", ())))


@lru_cache(maxsize=1024)
def _names_among(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path.partition(".")[0] for path in paths))


def _changed_in(case: CaseEntry) -> str:
    """Return the names of what a case changes, where they are few."""
    names = [name for name in changed_names(case) if name.isprintable()]
    return f" for {' and '.join(names)}" if 0 < len(names) <= _FEW else ""


def _status_of(mismatch: MismatchEntry, case: CaseEntry) -> str:
    if not succeeded(mismatch):
        return ""
    statuses = [other["observed"] for other in case["mismatches"] if other["where"] == STATUS]
    return f" ({statuses[0]})" if statuses else ""


def _observed(mismatch: MismatchEntry) -> str:
    return _shown(mismatch["observed"])


def _answer(code: object) -> str:
    if code is None:
        return SUCCESS
    return _cut(code, _SHOWN) if isinstance(code, str) and code.isprintable() else _shown(code)


def _shown(value: object) -> str:
    return "nothing" if value is None else _cut(json.dumps(value, ensure_ascii=False), _SHOWN)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _either(values: list[str]) -> str:
    if len(values) <= _MOST_NAMED:
        return " or ".join(values)
    more = len(values) - _MOST_NAMED
    return f"{' or '.join(values[:_MOST_NAMED])} or {f'any of {more} others' if more > 1 else '1 other'}"
