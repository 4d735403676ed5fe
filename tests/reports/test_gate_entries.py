"""The ready-made entries of an allow file: copied from any form of a gate, they accept what they are made of."""

from __future__ import annotations

import html
import io
import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from built import built
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from profiles import scaled
from report_data import report_of, result
from rich.console import Console
from test_gate_changes import TODAY, allowing

from conformance.judging.results import Mismatch
from conformance.reports.gate.gate import compare
from conformance.reports.gate.gate_page import gate_page
from conformance.reports.gate.output import gate_json, gate_markdown, print_gate
from conformance.reports.json_encoding import json_readable

if TYPE_CHECKING:
    import pytest

    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult
    from conformance.reports.gate.gate import Gate

PIECES: Final = (
    *("a", "é", "流日志", "'", '"', "\n", "\t", "\r", "\u2028", "\x85", "\x00", "\x1b[31m", "\ud800", "\U0001f600"),
    *("*", "**", "#", " ", ": ", "- ", "[0]", ".1.", "[]", "/", "%", "{", "&amp;", "<b>", "\\", "x" * 300, " " * 130),
    *("\u202e", "\u3000", "\xa0", "~", "!", "|", ">", "null", "0123", "1e3", "`", "```", "\ufeff", "</pre>"),
)
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
places = st.builds("".join, st.tuples(st.sampled_from(["response.body.", "sdk.request.", "sdk.wire.", ""]), texts))
mismatches = built(
    Mismatch,
    where=places,
    expected=texts.map(lambda each: (each,)),
    observed=st.none() | texts,
    lines=st.just({"en": 1, "zh": 2}),
)


@st.composite
def worse(draw: st.DrawFn) -> tuple[Report, Report]:
    """Make two reports, of which the second is worse in many ways."""
    names = draw(st.lists(texts.map("CreateFlowLog/{}".format), min_size=1, max_size=25, unique=True))
    after: list[CaseResult] = []
    for name in names:
        kind = draw(st.sampled_from(["error", "gone", "mismatch", "mismatch"]))
        if kind == "error":
            after.append(replace(result("x", "error", reason=draw(texts)), id=name))
        elif kind == "mismatch":
            found = tuple(draw(st.lists(mismatches, min_size=1, max_size=3, unique_by=lambda each: each.where)))
            after.append(replace(result("x", "mismatch", mismatches=found), id=name))
    return report_of([replace(result(), id=name) for name in names]), report_of(after or [result()])


def printed(gate: Gate) -> str:
    stream = io.StringIO()
    print_gate(Console(file=stream, width=80, color_system=None), gate, [], [], TODAY)
    lines = re.findall("[^\n]*\n", stream.getvalue().partition("each with your reason:\n")[2])
    return "".join(takewhile(lambda line: line[0] in "- ", lines))


def fenced(gate: Gate) -> str:
    found = re.search(r"^(`{3,})yaml\n(.*?)^\1$", gate_markdown(gate, [], [], TODAY), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[2]


def entries_of(gate: Gate, before: Report, after: Report) -> dict[str, str]:
    """Return the entries in each form, as somebody would copy them."""
    page = re.findall('<pre class="copy">(-.*?)</pre>', gate_page(gate, before, after, TODAY), re.DOTALL)
    data: Any = gate_json(gate, before, after, TODAY)["groups"]
    return {
        "text": printed(gate),
        "markdown": fenced(gate),
        "page": html.unescape("".join(page)),
        "json": json_readable([group["entry"] for group in data if group["entry"] is not None]),
    }


@settings(max_examples=scaled(25), deadline=None)
@given(worse())
def test_what_is_copied_accepts_its_causes_whatever_their_texts(
    tmp_path_factory: pytest.TempPathFactory, reports: tuple[Report, Report]
) -> None:
    gate = compare(*reports, (), TODAY)
    if not gate.worse:
        return
    folder = tmp_path_factory.mktemp("allow")
    for form, text in entries_of(gate, *reports).items():
        again = compare(*reports, allowing(folder, text), TODAY)
        assert (form, again.worse, again.stale) == (form, False, ())


def test_a_backtick_in_an_entry_does_not_end_its_fence() -> None:
    before = report_of([result("X/`one`")])
    gate = compare(before, report_of([result("X/`one`", "error", reason="no answer")]), (), TODAY)
    assert "X/`one`" in fenced(gate)


def test_of_more_causes_than_are_shown_the_others_are_told() -> None:
    names = [f"X/c{number}" for number in range(130)]
    before = report_of([result(name) for name in names])
    found = [(Mismatch(f"response.body.F{name[3:]}x", ("a",), "b", {"en": 1}),) for name in names]
    gate = compare(
        before,
        report_of([result(name, "mismatch", mismatches=each) for name, each in zip(names, found, strict=True)]),
        (),
        TODAY,
    )
    stream = io.StringIO()
    print_gate(Console(file=stream, width=80, color_system=None), gate, [], [], TODAY)
    assert "\n30 more causes have their entries in the output of --json.\n" in stream.getvalue()
    assert printed(gate).count("\n  where: ") == 100
    assert "causes have their entries in the output of --json." in gate_markdown(gate, [], [], TODAY)
