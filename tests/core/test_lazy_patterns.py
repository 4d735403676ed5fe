"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import copy
import re

import pytest

from conformance.core import lazy_patterns
from conformance.core.lazy_patterns import lazy_pattern


def test_it_does_all_that_a_pattern_does() -> None:
    lazy, compiled = lazy_pattern("(?P<one>[a-z])-", re.IGNORECASE), re.compile("(?P<one>[a-z])-", re.IGNORECASE)
    text = "a-B-3-"
    assert lazy.findall(text) == compiled.findall(text) == ["a", "B"]
    assert [found["one"] for found in lazy.finditer(text)] == ["a", "B"]
    assert lazy.sub(r"\g<one>", text) == compiled.sub(r"\g<one>", text) == "aB3-"
    assert lazy.subn("", text) == compiled.subn("", text)
    assert lazy.split(text) == compiled.split(text)
    assert (lazy.fullmatch("b-") is None, lazy.match("-") is None, lazy.search("3-") is None) == (False, True, True)
    assert (lazy.pattern, lazy.flags, dict(lazy.groupindex)) == (compiled.pattern, compiled.flags, {"one": 1})
    assert lazy_pattern(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_it_is_compiled_once_and_not_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class _Re:
        @staticmethod
        def compile(text: str, flags: int) -> re.Pattern[str]:
            made.append(text)
            return re.compile(text, flags)

    monkeypatch.setattr(lazy_patterns, "re", _Re)
    lazy = lazy_pattern("a+")
    copy.copy(lazy)
    assert made == []
    assert lazy.match("aa")
    assert lazy.search("baa")
    assert made == ["a+"]


def test_a_wrong_one_is_told_of_when_it_is_used() -> None:
    wrong = lazy_pattern("(")
    with pytest.raises(re.error):
        wrong.match("")
