"""Results for Allure Report: a folder with one file a case, as the adapters of test frameworks write it.

The form is that of `allure-python-commons` (model2.py) and of `@allurereport/reader`: `*-result.json`,
`*-attachment.txt`, `categories.json` and `environment.properties`.
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from conformance.judging.verdicts import FAILED
from conformance.reports.formats.bounded import bounded_line, bounded_lines
from conformance.reports.formats.case_text import details_of, message_of
from conformance.reports.formats.identity import identity
from conformance.reports.places import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.judging.report_entries import CaseEntry, DigestEntry, ExchangeEntry, Report

_STATUS: Final = {
    "pass": "passed",
    "divergent": "unknown",
    "mismatch": "failed",
    "error": "broken",
    "not_run": "skipped",
    "not_applicable": "skipped",
}
_CATEGORIES: Final = (
    ("Differs from the documents", "failed"),
    ("Nothing known: the target or the network failed", "broken"),
    ("Follows one document and not the other", "unknown"),
    ("Not run, or known to fail", "skipped"),
)


def write_allure(report: Report, folder: Path) -> None:
    """Write a report into a folder, which is made if it is not there; the same run again replaces its own files.

    Raises `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    start = round(datetime.fromisoformat(report["started_at"]).timestamp() * 1000)
    about = identity(report)
    for case in report["cases"]:
        # The run's own start keeps the results of two runs apart; what they are histories of is told by `historyId`.
        name = str(uuid5(NAMESPACE_URL, _plain(f"{report['started_at']} {case['id']}")))
        attached: dict[str, str] = {}
        data = _result(case, about, name, start, attached)
        for source, text in attached.items():
            (folder / source).write_text(text, encoding="utf-8")
        (folder / f"{name}-result.json").write_text(_json(data), encoding="utf-8")
    categories = [{"name": said, "matchedStatuses": [status]} for said, status in _CATEGORIES]
    (folder / "categories.json").write_text(_json(categories), encoding="utf-8")
    properties = "".join(f"{name}={_value(text)}\n" for name, text in about)
    (folder / "environment.properties").write_text(properties, encoding="utf-8")


def _result(
    case: CaseEntry, about: list[tuple[str, str]], name: str, start: int, attached: dict[str, str]
) -> dict[str, object]:
    target = [text for key, text in about if key in ("SDK", "driver", "documents")]
    stop = start + round(case["elapsed_ms"])
    details: dict[str, object] = (
        {"message": message_of(case), "trace": details_of(case)} if _status(case) != "passed" else {}
    )
    if case["known_failing"] is not None and case["verdict"] in FAILED:
        details = {**details, "known": True, "muted": True}
    file, line = place_of(case)
    return {
        "uuid": name,
        "historyId": _hash(case["id"], *target),
        "testCaseId": _hash(case["id"]),
        "fullName": bounded_line(case["id"]),
        "name": bounded_line(case["title"]) or bounded_line(case["id"]),
        "titlePath": [bounded_line(part) for part in case["id"].split("/")],
        "status": _status(case),
        "stage": "finished",
        "start": start,
        "stop": stop,
        **({"statusDetails": {key: text for key, text in details.items() if text}} if details else {}),
        "labels": [{"name": key, "value": bounded_line(text)} for key, text in _labels(case)],
        "parameters": [{"name": key, "value": text} for key, text in about if key in ("documents", "driver")],
        "steps": list(_steps(case, name, start, attached)),
        **({"description": bounded_line(f"{file}:{line}")} if file else {}),
    }


def _status(case: CaseEntry) -> str:
    if case["known_failing"] is not None:
        return "failed" if case["verdict"] == "pass" else "skipped"
    return _STATUS[case["verdict"]]


def _labels(case: CaseEntry) -> Iterator[tuple[str, str]]:
    operation, *groups = case["id"].split("/")[:-1] or [case["id"]]
    yield "framework", "acs-conformance"
    yield "parentSuite", case.get("product") or operation
    yield "suite", operation
    if groups:
        yield "subSuite", "/".join(groups)
    yield "tag", case["trigger"]
    yield "tag", case["verdict"]


def _steps(case: CaseEntry, name: str, start: int, attached: dict[str, str]) -> Iterator[dict[str, object]]:
    """Yield a step for each exchange; its texts go into `attached`, under the names of their files."""
    for number, exchange in enumerate(case["exchanges"], start=1):
        stop = start + round(exchange["elapsed_ms"])
        step = {"name": _exchange_name(exchange), "status": _status(case), "stage": "finished"}
        source = f"{name}-{number}-attachment.txt"
        text = _exchange_text(exchange)
        if text:
            attached[source] = text
        files = [{"name": "exchange", "source": source, "type": "text/plain"}] if text else []
        yield {**step, "start": start, "stop": stop, "attachments": files}
        start = stop


def _exchange_name(exchange: ExchangeEntry | DigestEntry) -> str:
    if "digest" in exchange:
        digest = exchange["digest"]
        return bounded_line(f"{digest['method']} {digest['operation']}: {digest['status'] or 'no answer'}")
    answer = exchange["response"]["status"] if exchange["response"] else "no answer"
    return bounded_line(f"{exchange['request']['method']} {exchange['request']['operation']}: {answer}")


def _exchange_text(exchange: ExchangeEntry | DigestEntry) -> str:
    if "digest" in exchange:
        return ""
    request, response = exchange["request"], exchange["response"]
    lines = [f"{request['method']} {bounded_line(request['url'])}", *_headers(request["headers"])]
    lines += ["", bounded_lines(request["body"])] if request["body"] else []
    if response is None:
        return "\n".join([*lines, "", f"no answer: {bounded_lines(exchange['failure'] or '')}"]) + "\n"
    lines += ["", str(response["status"]), *_headers(response["headers"]), "", bounded_lines(response["body"])]
    return "\n".join(lines) + "\n"


def _headers(headers: dict[str, str]) -> list[str]:
    return [bounded_line(f"{name}: {value}") for name, value in headers.items()]


def _hash(*parts: str) -> str:
    return sha256(_plain("\0".join(parts)).encode()).hexdigest()[:32]


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _value(text: str) -> str:
    """Return a text as a value of a file of properties, in which a backslash begins an escape."""
    return text.replace("\\", "\\\\")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
