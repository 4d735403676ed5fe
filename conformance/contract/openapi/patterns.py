"""What the facts about the characters of a text mean, as a test of text and as a pattern.

The patterns mean the same to ECMA-262 (with or without the `u` flag), to Python and to Rust. So nothing is escaped that
needs no escape, `$` is never trusted at a line feed (Python lets it match before a last one), and `.` is not used.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from conformance.contract.wire import wire_text
from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.model import Parameter

# "ascii" is what a keyboard can type and a URL can carry: documents never mean control characters by it.
_RANGES: Final = {
    "ascii": ((" ", "~"),),
    "chinese": (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff")),
    "digit": (("0", "9"),),
    "letter": (("a", "z"), ("A", "Z")),
    "lower": (("a", "z"),),
    "upper": (("A", "Z"),),
}
_CLASSES: Final = {
    "ascii": " -~",
    "chinese": r"\u3400-\u4dbf\u4e00-\u9fff",
    "digit": "0-9",
    "letter": "a-zA-Z",
    "lower": "a-z",
    "upper": "A-Z",
}
_SYNTAX: Final = lazy_pattern(r"[\\^$.*+?()\[\]{}|]")
_END: Final = r"$(?!\n)"


def is_class(name: str) -> bool:
    """Whether a name is that of a class, and no literal."""
    return name in _RANGES


def allows_empty(parameter: Parameter) -> bool:
    """Whether the document says that the text may be empty."""
    fact = parameter.fact("allowEmpty")
    return fact.stated and fact.value is True


def literals(parameter: Parameter, name: str) -> tuple[str, ...] | None:
    """Return the value of a list fact as wire texts, or `None` where the document does not state it."""
    fact = parameter.fact(name)
    if not fact.stated or fact.value is None:
        return None
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    return tuple(wire_text(value) for value in values)


@lru_cache(maxsize=65_536)
def in_classes(character: str, classes: tuple[str, ...]) -> bool:
    """Whether one character belongs to one of the classes or literal characters."""
    return any(
        any(low <= character <= high for low, high in _RANGES[name]) if name in _RANGES else character in name
        for name in classes
    )


def begins(text: str, classes: Sequence[str]) -> bool:
    """Whether `text` begins with a character of the classes, or with one of the literals."""
    return any(in_classes(text[:1], (name,)) if name in _RANGES else text.startswith(name) for name in classes if text)


def ends(text: str, classes: Sequence[str]) -> bool:
    """Whether `text` ends with a character of the classes, or with one of the literals."""
    return any(in_classes(text[-1:], (name,)) if name in _RANGES else text.endswith(name) for name in classes if text)


def common_classes(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """Return the classes and literals of the characters that two lists of them have in common, sorted."""
    others = tuple(other)
    return tuple(sorted({both for name in one for each in others if (both := _narrower(name, each)) is not None}))


def _narrower(one: str, other: str) -> str | None:
    """Return the one of two classes or literals that is within the other; `None` where they are apart."""
    for inner, outer in ((one, other), (other, one)):
        edges = [edge for range_ in _RANGES[inner] for edge in range_] if inner in _RANGES else [inner[:1]]
        # Two classes are apart, or one is within the other.
        within = outer in _RANGES and all(in_classes(edge, (outer,)) for edge in edges)
        if inner == outer or within:
            return inner
    return None


def pattern(parameter: Parameter) -> str | None:
    """Return the regular expression for the stated text constraints of a parameter, or `None` if there are none.

    An empty text, where the document allows one, matches whatever else is stated.
    """
    charset = literals(parameter, "charset")
    starts = literals(parameter, "startsWith")
    finishes = literals(parameter, "endsWith")
    prefixes = literals(parameter, "notStartsWith")
    suffixes = literals(parameter, "notEndsWith")
    parts = literals(parameter, "notContains")
    body = _negations(prefixes, suffixes, parts) + _affirmations(charset, starts, finishes)
    if allows_empty(parameter):
        # The keyword minLength would forbid the empty text, so the pattern says it.
        shortest = parameter.fact("minLength")
        body = (rf"(?=[\s\S]{{{shortest.value}}})" if shortest.stated else "") + body
        return f"^(?:{_END}|{body})" if body else None
    return f"^{body}" if body else None


def _negations(
    prefixes: tuple[str, ...] | None, suffixes: tuple[str, ...] | None, parts: tuple[str, ...] | None
) -> str:
    text = f"(?!{_either(prefixes)})" if prefixes else ""
    text += rf"(?![\s\S]*(?:{_either(suffixes)}){_END})" if suffixes else ""
    return text + (rf"(?![\s\S]*(?:{_either(parts)}))" if parts else "")


def _affirmations(
    charset: tuple[str, ...] | None, starts: tuple[str, ...] | None, finishes: tuple[str, ...] | None
) -> str:
    if charset is not None and starts is not None and starts == finishes and _within(starts, charset):
        # The usual form of a name, written so that a generator can follow it without trial and error.
        edge, middle = character_class(starts), character_class(charset)
        return f"{edge}(?:{middle}*{edge})?{_END}"
    text = f"(?={_edge(starts)})" if starts is not None else ""
    if finishes is not None:
        text += rf"(?=[\s\S]*{_edge(finishes)}{_END})"
    return text + (f"{character_class(charset)}*{_END}" if charset is not None else "")


def _within(names: tuple[str, ...], charset: tuple[str, ...]) -> bool:
    """Whether the charset holds every name of an edge too, as far as names show."""
    wider = set(charset) | ({"lower", "upper"} if "letter" in charset else set())
    return bool(names) and all(name in wider and (name in _RANGES or len(name) == 1) for name in names)


def character_class(names: Sequence[str]) -> str:
    """Return the character class of named classes and literals. No names is a class that nothing matches."""
    ranges = "".join(_CLASSES[name] for name in names if name in _RANGES)
    singles = sorted({character for name in names if name not in _RANGES for character in name})
    # A hyphen comes last, where no engine reads it as a range.
    last = "-" if "-" in singles else ""
    text = ranges + "".join(_escape(character) for character in singles if character != "-") + last
    return f"[{text}]" if text else r"[^\s\S]"


def _edge(names: Sequence[str]) -> str:
    longer = [name for name in names if name not in _RANGES and len(name) > 1]
    single = [name for name in names if name not in longer]
    choices = ([character_class(single)] if single or not longer else []) + [quoted(name) for name in longer]
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"


def _either(texts: Sequence[str]) -> str:
    return "|".join(quoted(text) for text in texts)


def quoted(text: str) -> str:
    """Return a text so that a pattern means it letter by letter."""
    return "".join(_escape(character) for character in text)


def _escape(character: str) -> str:
    return f"\\{character}" if _SYNTAX.match(character) else character
