"""Reports as the tests make them: built from results, as a run builds its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from built import built
from hypothesis import strategies as st

from conformance import __version__
from conformance.engine.events import case_finished, run_finished
from conformance.judging.results import CaseResult, Mismatch
from conformance.judging.verdicts import VERDICTS
from conformance.reports.tally import build_report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.judging.report_entries import Report

DOCUMENTED = {"en": 20, "zh": 35}


def started(order: Iterable[str] = (), *, selected: int | None = None, **changed: Any) -> Any:
    names = list(order)
    return {
        "event": "run_started",
        "schema_version": 1,
        "tool": {"name": "acs-conformance", "version": __version__},
        "docs": "both",
        "target": {"endpoint": "http://127.0.0.1:8080", "driver": "http", "signature": "v1"},
        "started_at": "2026-01-31T08:00:00.000Z",
        "selected": len(names) if selected is None else selected,
        "documented": DOCUMENTED,
        "points": [],
        "order": names,
        **changed,
    }


def result(name: str = "X/one", verdict: str = "pass", **changed: Any) -> CaseResult:
    return CaseResult(
        **{
            "id": f"CreateFlowLog/{name}",
            "title": "A case",
            "trigger": "documented",
            "verdict": verdict,
            "verdicts": {"en": verdict, "zh": verdict},
            "where": "cases/vpc/CreateFlowLog/x.yaml:4:5",
            **changed,
        }
    )


def report_of(results: Iterable[CaseResult], *, points: Any = (), **finished: Any) -> Report:
    results = list(results)
    first = started([each.id for each in results], points=list(points))
    last = run_finished(**{"duration_s": 1.5, "interrupted": False, **finished})
    return build_report([first, *map(case_finished, results), last])


# Everything that a JSON text of Python can hold: controls, halves of surrogate pairs, separators of lines.
any_text = st.text(st.characters(), max_size=20) | st.sampled_from(
    [
        "\x00",
        "\x1b[31m",
        "\x9b31m",
        "\u2028",
        "\x85",
        "\ud800",
        "\udfff\ud800",
        "\ufffe",
        "]]>",
        "&<>\"'",
        "</script>",
        "[red]x",
        "`|`",
        "\u202e",
        "\u200f\u2066",
        "@octocat fixes #123",
        "![x](https://e.invalid/p.png)",
        "[x](javascript:alert(1))",
        "www.e.invalid https://e.invalid",
        "\r\n::error::x,y%0A",
    ]
)
any_value = st.none() | st.booleans() | st.integers() | any_text | st.lists(any_text, max_size=2)
mismatches = built(
    Mismatch,
    where=any_text,
    expected=st.lists(any_value, min_size=1, max_size=3).map(tuple),
    observed=any_value,
    lines=st.dictionaries(st.sampled_from(["en", "zh"]), st.none() | st.integers(1, 999), min_size=1),
)
digests = st.fixed_dictionaries(
    {
        "digest": st.fixed_dictionaries(
            {
                "operation": st.just("CreateFlowLog"),
                "method": st.just("POST"),
                "status": st.none() | st.integers(100, 599),
                "bytes": st.none() | st.integers(0, 999),
                "sha256": st.none() | st.just("0f" * 32),
            }
        ),
        "elapsed_ms": st.floats(0, 10),
    }
)
callers = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["success", "service_error", "client_error", "timeout"]),
        **dict.fromkeys(("status", "code", "message", "request_id"), any_value),
        "exception": st.none() | any_text,
        "fields": st.none() | st.lists(any_text, max_size=3),
    }
)
exchanges = digests | st.fixed_dictionaries(
    {
        "request": st.fixed_dictionaries(
            {
                "operation": st.just("CreateFlowLog"),
                "params": st.dictionaries(any_text, any_text, max_size=2),
                "method": st.just("POST"),
                "url": any_text,
                "headers": st.dictionaries(any_text, any_text, max_size=2),
                "body": any_text,
            }
        ),
        "response": st.none()
        | st.fixed_dictionaries(
            {
                "status": st.integers(100, 599),
                "headers": st.dictionaries(any_text, any_text, max_size=2),
                "body": any_text,
            }
        ),
        "failure": st.none() | any_text,
        "elapsed_ms": st.floats(0, 10),
    }
)
results = st.builds(
    result,
    name=st.from_regex(r"[A-Z][A-Za-z.]{0,6}/[a-z]{1,4}(-[a-z0-9]{1,3}){0,2}", fullmatch=True),
    verdict=st.sampled_from(VERDICTS),
    title=any_text,
    reason=st.none() | any_text,
    follows=st.sampled_from([(), ("en",), ("zh",)]),
    mismatches=st.lists(mismatches, max_size=3).map(tuple),
    exchanges=st.lists(exchanges, max_size=2).map(tuple),
    reproduce=st.none() | any_text,
    known_failing=st.none() | any_text,
    answered=st.none() | any_text,
    caller=st.none() | callers,
    elapsed_ms=st.floats(0, 1000),
)
reports = st.lists(results, max_size=5, unique_by=lambda each: each.id).map(report_of)
