"""Causes: equal mismatches of many cases, grouped, so that a person sees what to fix and not each place where it shows.

Mismatches are equal when the same place of an answer differs in the same way. What differs from answer to answer by its
nature, such as ids and ports, does not count. What a case shows may have several causes, from the widest ("no message
is right") to the narrowest ("this message is wrong"). A cause is the widest that nothing in the run speaks against:
what speaks against it are the proofs that cases give which conform. See docs/decisions/0020-causes.md.

Pure.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.contract.model import line_order
from conformance.core.lazy_patterns import lazy_pattern
from conformance.judging.answer_places import CODE, MESSAGE, STATUS, expects_error, lacks_code, refused, succeeded
from conformance.judging.cause_kinship import Kin
from conformance.judging.cause_titles import changed_names, title
from conformance.judging.texts.near_texts import differ_in, more_around
from conformance.judging.texts.varying_texts import masked
from conformance.judging.verdicts import FAILING, NO_ENVELOPE, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine
    from conformance.judging.report_entries import CaseEntry, GroupEntry, MismatchEntry

_INDEX: Final = lazy_pattern(r"\[\d+\]")
_WIRE_INDEX: Final = lazy_pattern(r"\.\d+(?=\.|$)")
"""The place in a list, in a name of the wire: `Things.1.Name`."""
_SENT: Final = "sdk.request."
_BODY: Final = "response.body."
_WHOLE_BODY: Final = "response.body"
_UNREADABLE: Final = ("JSON", "XML", "bytes")
"""How it begins, what a body is that is no page and no other text."""
_LONGEST: Final = 2_000
"""Characters of a value that count; what differs only after so many is taken for equal."""
_SHOWN: Final = 60
"""Characters of a value that is said to be common to all."""
_SHORTEST_BEGINNING: Final = 3
"""Characters of a text from which on it counts as the beginning of another."""


class CauseLevel(Struct, frozen=True):
    """One answer to what may be wrong.

    Attributes:
        key: The key of the cause.
        against: The proofs that speak against it: when the run has one of them, the cause is a narrower one.
        needs: The proof without which it is not thought of; empty for none.
        common: What the values have in common, in words, where they are not the same in all its cases.
        kin: What tells which other cause it may be a part of; `None` for none.
    """

    key: str
    against: tuple[str, ...] = ()
    needs: str = ""
    common: str = ""
    kin: Kin | None = None


class Cause(Struct, frozen=True):
    """What may be wrong, as one mismatch of a case shows it: from the widest answer to the narrowest."""

    levels: tuple[CauseLevel, ...]

    def level(self, proofs: Container[str]) -> CauseLevel:
        """Return the widest answer that the proofs of a run leave."""
        left = (
            level
            for level in self.levels
            if (not level.needs or level.needs in proofs) and not any(proof in proofs for proof in level.against)
        )
        return next(left, self.levels[-1])


def telling(case: CaseEntry) -> list[MismatchEntry]:
    """Return what differs in a case, each place once, without what follows from another.

    The status of an answer follows from its code: who answers a success, answers the status of a success. Where
    documents ask for different codes and the server answers that of one of them, only what it does wrong by that one
    counts.
    """
    if case["verdict"] == "error" or not case["mismatches"]:
        return [_unnamed(case)]
    mismatches = _joined(_of_followed(case["mismatches"]))
    if any(mismatch["where"] == CODE for mismatch in mismatches):
        return [mismatch for mismatch in mismatches if mismatch["where"] != STATUS]
    return mismatches


def causes_of(case: CaseEntry) -> tuple[Cause, ...]:
    """Return the causes that a case shows, each once, in the order of its mismatches."""
    return tuple(dict.fromkeys(cause_of(case, mismatch) for mismatch in telling(case)))


def proofs_of(case: CaseEntry) -> tuple[str, ...]:
    """Return what a case proves.

    A refusal that conforms: what the case changes is checked, its code is used, and refusals have the right status and
    message. A success of the valid request: it is taken at all. The valid request refused: with which code it is.
    """
    if case["answered"] in (None, NO_ENVELOPE):
        return ()
    if case["verdict"] in FAILING:
        valid = not case.get("changed") and any(map(refused, case["mismatches"]))
        return (_refuses_valid(case, case["answered"]),) if valid else ()
    if case["answered"] == SUCCESS:
        return () if case.get("changed") else (_accepts(case),)
    matched = any(case["observed"].values())  # else nobody looked at its status and its message
    right = (_refuses(), _refuses(_operation(case)), _uses(case["answered"])) if matched else ()
    return _checks(case), *right


def cause_of(case: CaseEntry, mismatch: MismatchEntry) -> Cause:
    """Return what may be wrong where a case differs."""
    return Cause(tuple(_levels(case, mismatch)))


def cause_at(case: CaseEntry, mismatch: MismatchEntry) -> Cause:
    """Return what may be wrong where a mismatch of a case is, as all mismatches of that place show it together."""
    place = _place(mismatch)
    return cause_of(case, next((other for other in telling(case) if _place(other) == place), mismatch))


def group_entry(
    level: CauseLevel, names: list[str], rules: Mapping[Language, Sequence[CitedLine]], case: CaseEntry
) -> GroupEntry:
    """Return a cause as the report has it.

    Args:
        level: The cause.
        names: The ids of all cases that show it, in their order.
        rules: Per language, the lines of the rules that these cases are about.
        case: The one among them that shows it best.
    """
    shown = telling(case)
    keys = [{each.key for each in cause_of(case, mismatch).levels} for mismatch in shown]
    mismatch = next(mismatch for mismatch, of_it in zip(shown, keys, strict=True) if level.key in of_it)
    entry: GroupEntry = {
        "key": level.key,
        "verdict": case["verdict"],
        "title": title(mismatch, case, level.common, of_parameters=level.kin is not None and not level.against),
        "count": len(names),
        "cases": names,
        "where": mismatch["where"],
        "expected": mismatch["expected"],
        "observed": mismatch["observed"],
        "rule_lines": {language: sorted(set(lines), key=line_order) for language, lines in rules.items()},
        "row_lines": dict(mismatch["lines"]),
        "changed": dict(case.get("changed", {})),
        "example": case["id"],
        "reproduce": case["reproduce"],
    }
    if "rerun" in case:
        entry["rerun"] = case["rerun"]
    return entry


def _unnamed(case: CaseEntry) -> MismatchEntry:
    """Return a mismatch for a case that names none, so that it is not lost among the causes."""
    expected = "an answer that can be judged" if case["verdict"] == "error" else "what it promises"
    lines = {language: lines[0] if lines else None for language, lines in case["lines"].items()}
    return {"where": "case", "expected": [expected], "observed": case["reason"], "docs": [], "lines": lines}


def _of_followed(mismatches: Sequence[MismatchEntry]) -> Sequence[MismatchEntry]:
    """Return what differs from the documents whose code the server answers; all, if it answers that of all or none."""
    # `docs` has the same languages, and is not in a report of the first version.
    documents = {document for mismatch in mismatches for document in mismatch["lines"]}
    others = {document for mismatch in mismatches if mismatch["where"] == CODE for document in mismatch["lines"]}
    followed = documents - others
    return [each for each in mismatches if followed.intersection(each["lines"])] if followed else mismatches


def _joined(mismatches: Iterable[MismatchEntry]) -> list[MismatchEntry]:
    """Return mismatches of which those of one place are one: where documents differ, each expects its own value."""
    joined: dict[tuple[str, str], MismatchEntry] = {}
    for mismatch in mismatches:
        place = _place(mismatch)
        other = joined.get(place)
        joined[place] = mismatch if other is None else _both(other, mismatch)
    return list(joined.values())


def _place(mismatch: MismatchEntry) -> tuple[str, str]:
    return mismatch["where"], _normal(mismatch["observed"])


def _both(one: MismatchEntry, other: MismatchEntry) -> MismatchEntry:
    more = [value for value in other["expected"] if value not in one["expected"]]
    lines = {**one["lines"], **other["lines"]}
    return {**one, "expected": [*one["expected"], *more], "docs": list(lines), "lines": lines}


def _levels(case: CaseEntry, mismatch: MismatchEntry) -> Iterator[CauseLevel]:
    operation = _operation(case)
    where = _INDEX.sub("[]", mismatch["where"])
    if where.startswith(_SENT):
        where = _WIRE_INDEX.sub("[]", where)
    if case["verdict"] == "error":
        yield CauseLevel(_key("error", masked((case["reason"] or "")[:_LONGEST])))
    elif lacks_code(mismatch, case):
        yield CauseLevel(_key(where, None))
    elif succeeded(mismatch):
        yield from _levels_of_success(case, mismatch)
    elif where == STATUS:
        same = where, *_values(mismatch)
        if not expects_error(mismatch):
            yield CauseLevel(_key(*same))
            return
        yield CauseLevel(_key(*same), (_refuses(),))
        yield CauseLevel(_key(operation, *same), (_refuses(operation),))
        kin = Kin(f"status {_key(*same)}", (), (False, False), joins_any=False, alike="differs alike in many refusals")
        yield CauseLevel(_key(operation, *same, case["answered"]), kin=kin)
    elif where == CODE:
        yield from _levels_of_code(case, mismatch)
    elif where == MESSAGE:
        yield (whole := _level_of_all(case, mismatch))
        kin = Kin(f"message {whole.key}", (), (False, False), joins_any=False, alike=whole.common)
        yield CauseLevel(_key(operation, where, *_values(mismatch)), kin=kin)
    else:
        if (
            where.startswith(_BODY)
            and _is_number(mismatch["observed"])
            and not any(map(_is_number, mismatch["expected"]))
        ):
            yield CauseLevel(_key(where, "number"), common="is a number")
        yield _level_of_field(where, mismatch, case)


def _levels_of_success(case: CaseEntry, mismatch: MismatchEntry) -> Iterator[CauseLevel]:
    """Yield the levels of a success where an error is documented: a parameter is not checked, a rule is not."""
    names, rule = changed_names(case), sorted(case.get("rule_line", {}).items())
    kin = Kin(f"{_operation(case)} accepts", names, (False, bool(rule)), joins_any=False) if names else None
    if names:
        yield CauseLevel(_key(_checks(case)), (_checks(case),), kin=kin)
    broken: object = rule or sorted(_normal(code) for code in mismatch["expected"])
    yield CauseLevel(_key(_checks(case), broken), kin=kin)


def _levels_of_code(case: CaseEntry, mismatch: MismatchEntry) -> Iterator[CauseLevel]:
    """Yield the levels of a wrong code: of the valid request, of all refusals, of this code, of it for a parameter."""
    operation, where, observed = _operation(case), mismatch["where"], _normal(mismatch["observed"])
    wrongly, names = refused(mismatch), changed_names(case)
    if relation := _relation(mismatch, case):
        yield _level_of_all(case, mismatch)
        alike = Kin(f"code {relation}", (), (False, False), joins_any=False, alike=relation)
        yield CauseLevel(_key(operation, where, *_values(mismatch)), kin=alike)
        return
    valid = "" if wrongly else _refuses_valid(case, mismatch["observed"])
    yield CauseLevel(_key(operation, where, "valid", observed), (_accepts(case),), valid)
    kin = Kin(f"refused {observed}", names, (wrongly, bool(case.get("rule_line"))), joins_any=wrongly)
    if wrongly:
        yield CauseLevel(_key(operation, where, "success", observed, names), kin=kin)
        return
    yield replace(_level_of_all(case, mismatch), kin=kin)
    used = tuple(_uses(str(code)) for code in mismatch["expected"])
    yield CauseLevel(_key(where, *_values(mismatch)), used, kin=kin)
    yield CauseLevel(_key(operation, where, *_values(mismatch), names), kin=kin)


def _level_of_all(case: CaseEntry, mismatch: MismatchEntry) -> CauseLevel:
    """Return the level at which every code, or every message, is wrong in the same way."""
    relation = _relation(mismatch, case)
    common = relation or f"is always {json.dumps(mismatch['observed'], ensure_ascii=False)[:_SHOWN]}"
    return CauseLevel(_key(mismatch["where"], relation or _normal(mismatch["observed"])), (_refuses(),), common=common)


def _level_of_field(where: str, mismatch: MismatchEntry, case: CaseEntry) -> CauseLevel:
    """Return the narrowest level of any other place: for a field, what its value is instead of the right one."""
    observed = mismatch["observed"]
    if observed is None:
        return CauseLevel(_key(where, None))
    if where == _WHOLE_BODY and isinstance(observed, str):
        what = masked(observed.partition(":")[0])
        # What cannot be read is not made otherwise for another status; a page is.
        return CauseLevel(_key(where, what.partition(" with status ")[0] if what.startswith(_UNREADABLE) else what))
    if where.startswith(_BODY) and (kind := _relation(mismatch, case) or _kind(observed)):
        return CauseLevel(_key(where, kind))
    operation = [_operation(case)] if where.startswith(_BODY) else []
    return CauseLevel(_key(*operation, where, *_values(mismatch)))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _kind(observed: object) -> str:
    """Return what a value is that says all: that it is empty, or of which type; empty for any other."""
    if observed in ("", [], {}):
        return "empty"
    return type(observed).__name__ if isinstance(observed, (list, dict)) else ""


def _relation(mismatch: MismatchEntry, case: CaseEntry) -> str:
    """Return in what way a text is near the right one, in words; empty when it is not."""
    observed = mismatch["observed"]
    if not isinstance(observed, str):
        return ""
    for expected in mismatch["expected"]:
        if not isinstance(expected, str):
            continue
        if told := differ_in(expected, observed):
            return told
        if mismatch["where"] == MESSAGE and observed == case["answered"]:
            return "is the code"
        if len(observed) >= _SHORTEST_BEGINNING and expected.startswith(observed):
            return "is cut short"
        if mismatch["where"] == MESSAGE and (told := more_around(expected, observed)):
            return told
    return ""


def _operation(case: CaseEntry) -> str:
    return case["id"].partition("/")[0]


@lru_cache(maxsize=1024)
def _proof(*parts: str | tuple[str, ...] | None) -> str:
    """Return the name of something that a case proves; many cases prove the same."""
    return json.dumps(parts)


def _checks(case: CaseEntry) -> str:
    """Return the name of this: what a case changes is refused, whatever the rule."""
    return _proof(_operation(case), "refuses", tuple(changed_names(case)))


def _accepts(case: CaseEntry) -> str:
    """Return the name of this: the valid request succeeds."""
    return _proof(_operation(case), "accepts")


def _refuses_valid(case: CaseEntry, code: object) -> str:
    """Return the name of this: the valid request is refused with this code."""
    return json.dumps([_operation(case), "refuses valid", code])


def _refuses(operation: str = "") -> str:
    """Return the name of this: there is a refusal with the right status, code and message."""
    return _proof(operation, "refusals")


def _uses(code: str | None) -> str:
    """Return the name of this: a refusal has this code, and that is right."""
    return _proof("code", code)


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def _values(mismatch: MismatchEntry) -> tuple[list[str], str]:
    return [_normal(value) for value in mismatch["expected"]], _normal(mismatch["observed"])


def _normal(value: object) -> str:
    """Return a value as text, without what differs from answer to answer by its nature."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)[:_LONGEST]
    return masked(text) if isinstance(value, (str, list, dict)) else text
