"""Workflow commands of GitHub Actions: annotations at the lines of case files, and counts as outputs of a step.

The syntax and what has to be escaped in it are those of `@actions/toolkit`, packages/core/src/command.ts.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.case_text import STALE, message_of
from conformance.reports.formats.cause_text import sources_of
from conformance.reports.formats.identity import tested_text
from conformance.reports.formats.text import counts_line
from conformance.reports.places import in_repository, place_of
from conformance.reports.stored_cases import cases_where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.judging.report_entries import CaseEntry, GroupEntry, Report

_MOST: Final = 10
"""Annotations of one level that GitHub shows of a step."""
_LONGEST_TITLE: Final = 200


def annotation_lines(report: Report, root: str) -> Iterator[str]:
    """Yield an annotation for each cause, at the case that shows it best, then for what else differs; last the counts.

    Args:
        report: The report.
        root: The root of the repository, absolute: files are named relative to it.
    """
    groups = report.get("groups", [])
    wrong = [group for group in groups if group.get("verdict") != "error"]
    unknown = [group for group in groups if group.get("verdict") == "error"]
    stale = cases_where(report, lambda entry: entry.known_failing is not None and entry.verdict == "pass")
    errors = [*islice(_of_causes(report, wrong, "error", root), _MOST)]
    errors += [_of_case(case, "error", "Known failure", STALE, root) for case in islice(stale, _MOST - len(errors))]
    yield from errors
    yield from islice(_of_causes(report, unknown, "warning", root), _MOST)
    divergent = cases_where(report, lambda entry: entry.verdict == "divergent" and entry.known_failing is None)
    for case in islice(divergent, _MOST - 1):
        yield _of_case(case, "notice", "The documents differ", message_of(case), root)
    left_out = max(len(wrong) - _MOST, 0) + max(len(unknown) - _MOST, 0)
    more = f"; {left_out} causes more are not shown here" if left_out else ""
    yield _command("notice", {"title": f"Conformance of {tested_text(report)}"}, counts_line(report) + more)


def output_lines(report: Report) -> Iterator[str]:
    """Yield the counts as `name=number`, for `$GITHUB_OUTPUT`: `total`, each verdict, and `causes`."""
    for name, count in report["summary"].items():
        yield f"{name.replace('_', '-')}={count:d}\n"
    yield f"causes={len(report.get('groups', []))}\n"


def _of_causes(report: Report, groups: Iterable[GroupEntry], level: str, root: str) -> Iterator[str]:
    shown = list(islice(groups, _MOST))
    examples = {group["example"] for group in shown}
    places = {case["id"]: place_of(case) for case in cases_where(report, lambda entry: entry.id in examples)}
    for group in shown:
        cases = f"{group['count']} case{'s' if group['count'] > 1 else ''}"
        sources = sources_of(group)
        lines = [bounded_line(group["title"]), *([bounded_line(sources)] if sources else [])]
        lines.append(bounded_line(f"e.g. {group['example']}"))
        where = _where(places.get(group["example"], ("", 0)), root)
        yield _command(level, {**where, "title": f"{cases}: {group['title']}"}, "\n".join(lines))


def _of_case(case: CaseEntry, level: str, title: str, text: str, root: str) -> str:
    return _command(level, {**_where(place_of(case), root), "title": title}, f"{bounded_line(case['id'])}: {text}")


def _where(place: tuple[str, int], root: str) -> dict[str, str]:
    file, line = place
    return {"file": in_repository(file, root), "line": str(line)} if file else {}


def _command(level: str, properties: dict[str, str], text: str) -> str:
    given = ",".join(f"{name}={_property(bounded_line(each, _LONGEST_TITLE))}" for name, each in properties.items())
    return f"::{level} {given}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
