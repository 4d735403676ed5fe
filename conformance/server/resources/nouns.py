"""Names of operations as words, and which of them speak of one thing. Pure."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from conformance.cases.meanings.words import singular

_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


@cache
def noun_words(noun: str) -> tuple[str, ...]:
    """Return the words of a noun in lower case, each in singular: `load balancer http listener`."""
    return tuple(singular(word.lower()) for word in _WORD.findall(noun))


def begins_with(noun: str, other: str) -> bool:
    """Whether a noun has another one at its beginning, as `ThingAttribute` has `Thing`."""
    words = noun_words(other)
    return bool(words) and noun_words(noun)[: len(words)] == words


def is_kind_of(noun: str, other: str) -> bool:
    """Whether a noun is another one with words within it, as `ThingRedPart` is a `ThingPart`; or the same."""
    long, short = noun_words(noun), noun_words(other)
    if not short or not long or (long[0], long[-1]) != (short[0], short[-1]):
        return False
    rest = iter(long)
    return all(word in rest for word in short)


@lru_cache(100_000)
def may_be_about(noun: str, created: str) -> bool:
    """Whether an operation of a noun may be about what an operation of another noun creates, by the nouns alone."""
    if begins_with(noun, created) or is_kind_of(created, noun) or is_kind_of(noun, created):
        return True
    words = noun_words(created)
    return len(words) > 1 and words[-1] in noun_words(noun)


def speaks_of(noun: str, resource: str) -> bool:
    """Whether an operation's noun speaks of a resource: `ThingRedPartAttribute` of a `ThingPart`, and of a `Thing`."""
    words, wanted = noun_words(noun), noun_words(resource)
    if not words or not wanted or words[0] != wanted[0]:
        return False
    rest = iter(words)
    return all(word in rest for word in wanted)
