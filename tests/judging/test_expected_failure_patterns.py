"""Patterns of expected failures: as regular expressions read them, and in bounded time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.judging.expected_failures import matches

LETTERS = st.text("ab/", max_size=7)


@given(st.text("ab/*", max_size=9), LETTERS)
def test_a_pattern_matches_what_the_same_regular_expression_matches(pattern: str, name: str) -> None:
    wild = {"**": ".*", "*": "[^/]*"}
    pieces = re.split(r"(\*\*|\*)", pattern)
    expected = re.fullmatch("".join(wild.get(piece, re.escape(piece)) for piece in pieces), name) is not None
    assert matches(pattern, name) == expected


@pytest.mark.parametrize("pattern", ["*" * 61, "*a" * 61, "**a" * 61 + "b", "a*" * 200 + "b", "**/*" * 50])
def test_many_stars_take_no_time(pattern: str) -> None:
    started = time.process_time()
    matches(pattern, "a" * 300 + "/" + "a" * 300)
    assert time.process_time() - started < 0.5
