"""Causes: equal mismatches of many cases, grouped, so that a person sees what to fix and not each place where it shows.

Mismatches are equal when the same place of an answer differs in the same way. What differs from answer to answer by its
nature, such as ids and ports, does not count. Two kinds are told apart further, where that says more:

- A success where a document refuses: by the rule that was broken. When no refusal of a parameter is right, it is not
  checked at all, and that is one cause.
- A wrong status beside the right code: by the code. When no error has a right status, that is one cause.

Pure.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.judging.near_texts import differ_in
from conformance.judging.verdicts import NO_ENVELOPE, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.judging.report_entries import CaseEntry, GroupEntry, MismatchEntry

CODE: Final = "response.body.Code"
STATUS: Final = "response.status"

_VARIES: Final = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"  # a UUID, as RequestIds are
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z?"  # a time
    r"|\b[a-z]{1,8}-[0-9a-z]{8,40}\b"  # the id of a resource
    r"|\b[0-9a-f]{16,64}\b"
    r"|\b\d{5,40}\b"
    r"|(?<=[0-9a-z\]]):\d{2,5}\b",  # a port
    re.IGNORECASE,
)
_INDEX: Final = re.compile(r"\[\d+\]")
_SHOWN: Final = 80
"""Characters of a value that a title has."""
_MOST_NAMED: Final = 3
_FEW: Final = 2
_LONGEST: Final = 2_000
"""Characters of a value that count; what differs only after so many is taken for equal."""


def succeeded(mismatch: MismatchEntry) -> bool:
    """Whether a success was observed where an error was expected."""
    return mismatch["where"] == CODE and mismatch["observed"] is None


def telling(case: CaseEntry) -> list[MismatchEntry]:
    """Return the mismatches of a case without those that follow from another one.

    The status of an answer follows from its code: who answers a success, answers the status of a success.
    """
    mismatches = case["mismatches"] or [_unnamed(case)]
    if any(mismatch["where"] == CODE for mismatch in mismatches):
        return [mismatch for mismatch in mismatches if mismatch["where"] != STATUS]
    return mismatches


def _unnamed(case: CaseEntry) -> MismatchEntry:
    """Return a mismatch for a case that names none, so that it is not lost among the causes."""
    return {"where": "case", "expected": ["what it promises"], "observed": case["reason"], "docs": [], "lines": {}}


class Cause(NamedTuple):
    """What may be wrong, as one mismatch of a case shows it.

    Attributes:
        narrow: The key of the cause.
        wide: The key when `proof` was given by no case: then more is wrong.
        proof: What a case that conforms may prove; see `proofs_of`.
    """

    narrow: str
    wide: str
    proof: str


def causes_of(case: CaseEntry) -> tuple[Cause, ...]:
    """Return the causes that a case shows, each once, in the order of its mismatches."""
    return tuple(dict.fromkeys(_cause(case, mismatch) for mismatch in telling(case)))


def proofs_of(case: CaseEntry) -> tuple[str, ...]:
    """Return what a refusal that conforms proves: what the case changed is checked, and the status is right."""
    if case["answered"] in (None, SUCCESS, NO_ENVELOPE):
        return ()
    return _refusing(case), _statuses(case)


def group_entry(key: str, names: list[str], rules: Mapping[Language, Sequence[int]], case: CaseEntry) -> GroupEntry:
    """Return a cause as the report has it.

    Args:
        key: Its key.
        names: The ids of all cases that show it, in their order.
        rules: Per language, the lines of the rules that these cases are about.
        case: The one among them that shows it best.
    """
    mismatch = next(mismatch for mismatch in telling(case) if key in _cause(case, mismatch))
    return {
        "key": key,
        "title": title(mismatch, case),
        "count": len(names),
        "cases": names,
        "where": mismatch["where"],
        "expected": mismatch["expected"],
        "observed": mismatch["observed"],
        "rule_lines": {language: sorted(set(lines)) for language, lines in rules.items()},
        "row_lines": dict(mismatch["lines"]),
        "changed": dict(case.get("changed", {})),
        "example": case["id"],
        "reproduce": case["reproduce"],
    }


def title(mismatch: MismatchEntry, case: CaseEntry) -> str:
    """Return what differs in one sentence without a full stop; long values are cut.

    Args:
        mismatch: What differs.
        case: The case that shows it: of a success that nobody expected, it knows the status.
    """
    where = mismatch["where"]
    if where == CODE:
        expected = _either([_answer(code) for code in mismatch["expected"]])
        of = _changed_in(case) if succeeded(mismatch) else ""
        return f"expected {expected}{of}, observed {_answer(mismatch['observed'])}{_status_of(mismatch, case)}"
    expected = _either([_shown(value) for value in mismatch["expected"]])
    kind = differ_in(mismatch["expected"][0], mismatch["observed"])
    differs = f" (differs in {kind} only)" if kind else ""
    return f"{where}: expected {expected}, observed {_shown(mismatch['observed'])}{differs}"


def _changed_in(case: CaseEntry) -> str:
    """Return the names of what a case changes, where they are few."""
    names = [name for name in case.get("changed", {}) if name.isprintable()]
    return f" for {' and '.join(names)}" if 0 < len(names) <= _FEW else ""


def _status_of(mismatch: MismatchEntry, case: CaseEntry) -> str:
    if not succeeded(mismatch):
        return ""
    statuses = [other["observed"] for other in case["mismatches"] if other["where"] == STATUS]
    return f" ({statuses[0]})" if statuses else ""


def _cause(case: CaseEntry, mismatch: MismatchEntry) -> Cause:
    operation = case["id"].partition("/")[0]
    where = _INDEX.sub("[]", mismatch["where"])
    if succeeded(mismatch):
        refusing = _refusing(case)
        rule = sorted(case.get("rule_line", {}).items())
        return Cause(_key(refusing, _normal(mismatch["expected"][0]), rule), _key(refusing), refusing)
    expected = [_normal(value) for value in mismatch["expected"]]
    same = (operation, where, expected, _normal(mismatch["observed"]))
    if where == STATUS:
        return Cause(_key(*same, case["answered"]), _key(*same), _statuses(case))
    return Cause(_key(*same), _key(*same), "")


def _refusing(case: CaseEntry) -> str:
    """Return the name of this: what a case changes is refused, whatever the rule."""
    return json.dumps([case["id"].partition("/")[0], "refuses", sorted(case.get("changed", {}))])


def _statuses(case: CaseEntry) -> str:
    return json.dumps([case["id"].partition("/")[0], "statuses"])


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def _normal(value: object) -> str:
    """Return a value as text, without what differs from answer to answer by its nature."""
    text = json.dumps(value, sort_keys=True)[:_LONGEST]
    return _VARIES.sub("*", text) if isinstance(value, (str, list, dict)) else text


def _answer(code: object) -> str:
    return SUCCESS if code is None else code if isinstance(code, str) and code.isprintable() else _shown(code)


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _either(values: list[str]) -> str:
    if len(values) <= _MOST_NAMED:
        return " or ".join(values)
    return f"{' or '.join(values[:_MOST_NAMED])} or one of {len(values) - _MOST_NAMED} more"
