"""Schemas and readers that others made, and what a hostile server may say."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from markdown_it import MarkdownIt
from report_data import result, started

from conformance.engine.events import case_finished, run_finished
from conformance.judging.results import Mismatch
from conformance.reports.tally import build_report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
SCHEMAS = Path(__file__).parent / "schemas"
ESCAPES = "\x1b[31m\x9b\x07\u202e\u2066\x00"
HOSTILE = (
    f"{ESCAPES}<script>alert(1)</script><img src=x onerror=alert(1)>"
    "![x](https://e.invalid/p.png) [x](javascript:alert(1)) @octocat #123 https://e.invalid www.e.invalid"
    " ``` `|` ]]> &amp; \ud800 \udcff\r\n::error file=x::y\n## heading\n%0A"
)
LONG = "A" * 400_000
"""Far longer than anything that a report shows of one text."""


@cache
def _validator(name: str) -> Any:
    # One pattern of SARIF's schema has a bracket too many, which later editions have not.
    text = (SCHEMAS / name).read_text(encoding="utf-8").replace("{2}]?$", "{2}?$")
    return jsonschema_rs.validator_for(json.loads(text))


def faults(name: str, text: str) -> list[str]:
    """Return in what a JSON text differs from a schema; a reader that is strict about characters has read it."""
    return [str(fault) for fault in _validator(name).iter_errors(json.loads(text.encode("utf-8")))]


def hostile_case(text: str, verdict: str = "mismatch", **changed: Any) -> CaseResult:
    """Return a case that has a text wherever a server, an SDK or a document may have put it."""
    found = Mismatch(f"response.body.{text}", (text,), text, {"en": 1})
    exchange = {
        "request": {
            "operation": text,
            "params": {text: text},
            "method": "POST",
            "url": text,
            "headers": {text: text},
            "body": text,
        },
        "response": {"status": 200, "headers": {text: text}, "body": text},
        "failure": text,
        "elapsed_ms": 1,
    }
    fields: dict[str, Any] = {
        "title": text,
        "reason": text,
        "mismatches": (found,) * (verdict in ("mismatch", "divergent")),
        "exchanges": (exchange,),
        "reproduce": text,
        "rerun": text,
        "answered": text,
    }
    return result(f"X/{verdict.replace('_', '-')}", verdict, **{**fields, **changed})


def hostile_cases(text: str) -> list[CaseResult]:
    """Return such a case of each verdict, and of those that are known to fail."""
    verdicts = ("pass", "mismatch", "divergent", "not_run", "error", "not_applicable")
    cases = [hostile_case(text, verdict, follows=("zh",) * (verdict == "divergent")) for verdict in verdicts]
    listed = [
        hostile_case(text, verdict, id=f"CreateFlowLog/known/{verdict}", known_failing=text)
        for verdict in ("pass", "mismatch")
    ]
    return [*cases, *listed]


@cache
def hostile_report(text: str) -> Report:
    """Return a report that has a text wherever somebody else than the harness may have put it."""
    cases = hostile_cases(text)
    target = {"endpoint": text, "driver": text, "signature": None, "sdk": {"name": text, "version": text}}
    order = [case.id for case in cases]
    first = started(order, target={**target, "core": {"name": text, "version": text}, "runtime": text})
    figure = {"documented": 2, "reached": [text], "not_reached": [text]}
    reached = {"codes": figure, "parameters": figure, "violations": figure}
    fuzz: Any = {"event": "fuzz", "seed": 1, "requests": 2, "reached": {"en": reached}}
    note: Any = {"event": "note", "key": text, "text": text}
    last = run_finished(duration_s=1, interrupted=False)
    return build_report([first, fuzz, note, *map(case_finished, cases), last])


def leaves(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from leaves(token.children or [])


def prose_of(text: str) -> str:
    """Return what is read as prose; there is no image, no link and no markup of HTML."""
    found = list(leaves(MARKDOWN.parse(text)))
    assert not {"image", "link_open", "html_inline", "html_block", "fence", "code_block"} & {
        each.type for each in found
    }
    return "\n".join(each.content for each in found if each.type == "text")
