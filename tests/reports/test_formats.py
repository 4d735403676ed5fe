"""The other formats: well-formed whatever a server said, and with the verdicts that the report has."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from profiles import scaled
from report_data import any_text, report_of, reports, result

from conformance.core.terminal import printable
from conformance.judging.results import Mismatch
from conformance.reports.formats.html import html_page
from conformance.reports.formats.text import mismatch_line, value_text

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

CONTROLS = {chr(code) for code in (*range(32), *range(0x7F, 0xA0), 0x200E, 0x202E, 0x2028, 0x2029, 0xFEFF)}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [
            name
            for name, value in attrs
            if name.startswith("on") or name == "src" or (name == "href" and not (value or "").startswith("#"))
        ]
        if tag not in ("meta", "link", "br", "hr", "img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(report: Report) -> _Page:
    parser = _Page()
    parser.feed(html_page(report))
    parser.close()
    return parser


@settings(max_examples=scaled(50))
@given(reports)
def test_html_runs_nothing_loads_nothing_and_closes_what_it_opens(report: Report) -> None:
    found = page(report)
    assert found.open == []
    assert not {"img", "iframe", "object", "embed", "base", "link"} & set(found.tags)
    # The one script is the page's own, and the page allows no other.
    assert found.tags.count("script") == 1
    assert found.handlers == []
    html_page(report).encode()


def test_html_shows_what_a_server_said_as_text() -> None:
    attack = "<img src=x onerror=alert(1)>\"'><script>"
    found = Mismatch(attack, (attack,), attack, {"en": 1})
    body = {"status": 200, "headers": {attack: attack}, "body": attack}
    exchange = {
        "request": {
            "operation": attack,
            "params": {attack: attack},
            "method": "POST",
            "url": attack,
            "headers": {},
            "body": attack,
        },
        "response": body,
        "failure": attack,
        "elapsed_ms": 1,
    }
    case = result(
        verdict="mismatch", title=attack, reason=attack, mismatches=(found,), exchanges=(exchange,), reproduce=attack
    )
    parsed = page(report_of([case]))
    assert "img" not in parsed.tags
    assert parsed.tags.count("script") == 1
    assert "&lt;img" in html_page(report_of([case]))


# Sentences.


@given(any_text)
def test_what_is_shown_steers_no_terminal(text: str) -> None:
    shown = printable(text)
    assert not set(shown) & CONTROLS
    shown.encode()
    assert value_text(text).isascii() or not set(value_text(text)) & CONTROLS


@pytest.mark.parametrize("text", ["plain", "流日志 – “quoted” é 😀", "a b\u3000c", "[red]not markup[/]"])
def test_what_can_be_read_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\u001b[31m"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x9b", "\\u009b"),
        ("\x7f", "\\u007f"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_cannot_be_read_is_spelt(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_mismatch_is_one_line() -> None:
    line = mismatch_line(Mismatch("w", ("a\n", 5, None, True), ["x"], {"en": 1, "zh": 2}).as_dict())
    assert line == 'w: expected "a\\n" or 5 or nothing or true, observed ["x"] [English line 1, Chinese line 2]'


def test_a_mismatch_of_long_values_is_a_line_that_can_be_read() -> None:
    line = mismatch_line(Mismatch("w", ("a",), "x" * 100_000, {}).as_dict())
    assert len(line) < 1_200
    assert "(100002 characters)" in line
