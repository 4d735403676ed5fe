"""Replaces secrets in texts and values."""

from __future__ import annotations

import re
from functools import lru_cache
from html.entities import html5
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from conformance.core.exchange import WireResponse
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.redaction.needles import (
    LEAST_FUZZY,
    LEAST_SIGNATURE,
    add_forms_of_signature,
    add_signature,
    has_needle,
    places_of_secrets,
    runs,
)
from conformance.core.redaction.recent_signatures import RECENT
from conformance.core.redaction.signatures import signatures
from conformance.core.redaction.views import views, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.core.exchange import Credentials, Exchange
    from conformance.core.redaction.needles import Places
    from conformance.core.redaction.views import TextView

REMOVED: Final = "***"
_SIGNED: Final = lazy_pattern(
    r"\b(Signature|SecurityToken)(?:(?P<plain>=)[^&\s\"'<>\\]+|(?P<escaped>%3[Dd])(?:(?!%26)[^&\s\"'<>\\])+)"
)
"""A part of a URL that an SDK shows in a message: of a request that never arrived, there is nothing else."""
_SEPARATOR: Final = "\n"

_WINDOW: Final = 100_000
_OVERLAP: Final = 10_000
"""Characters of a long text that are looked at together, and how many two such parts share: so time is linear, and
what a text begins with takes nothing from the rest."""
_BUDGET: Final = 1_000_000
"""Characters of a part that are decoded again, all views together, of the first two: a report has less than one."""
_BUDGET_LATER: Final = 50_000
"""The same for the parts that follow, so that an answer of the greatest length takes seconds and not minutes."""
_AMBIGUOUS: Final = frozenset("%&\\")
_Span = tuple[int, int]


class Redactor:
    """Replaces secrets by `***` in whatever a report or a message has, in any form that a server may return them in.

    Its texts are never shown: they are left out of `repr`.

    Args:
        secrets: The texts that must not appear; empty ones are ignored.
        signatures: Signatures, which must not appear either.
        earlier: The pieces of further signatures, which may grow.
    """

    def __init__(
        self, secrets: Iterable[str] = (), signatures: Iterable[str] = (), earlier: Sequence[Places] = ()
    ) -> None:
        self.secrets: Final = frozenset(secret for secret in secrets if secret)
        self._signatures: Final = frozenset(signatures)
        self._earlier: Final = tuple(earlier)
        self._tables: tuple[Places, ...] | None = None

    @classmethod
    def of(cls, credentials: Credentials, *exchanges: Exchange) -> Redactor:
        """Return the redactor of an account and its exchanges: secret, token, id of a real AccessKey, signatures.

        The signatures of earlier requests of this process are among them.
        """
        signed = frozenset[str]().union(*map(signatures, exchanges))
        short = {signature for signature in signed if len(signature) < LEAST_SIGNATURE}
        return cls(secrets_of(credentials) | short, signed - short, RECENT.places())

    def __or__(self, other: Redactor) -> Redactor:
        """Return what removes the secrets of both."""
        earlier = [*self._earlier, *(places for places in other._earlier if not _is_among(places, self._earlier))]
        return Redactor(self.secrets | other.secrets, self._signatures | other._signatures, earlier)

    def __reduce__(self) -> tuple[type[Redactor], tuple[object, ...]]:
        """Give another process the secrets, and no tables."""
        return Redactor, (self.secrets, self._signatures, self._earlier)

    def text(self, text: str) -> str:
        """Return a text with every secret replaced."""
        spans = self._spans(text)
        if spans:
            text = _blanked(text, spans)
        if "Signature" in text or "SecurityToken" in text:
            text = _unsigned(text)
        return text

    def value(self, value: object) -> object:
        """Return a JSON value with every secret in its texts and names replaced, those split over texts included."""
        if isinstance(value, str):
            return self.text(value)
        if not isinstance(value, (list, dict)):
            return value
        texts = self._together([*_texts(value)])
        return _with_texts(value, iter(texts), iter(self._together([*_names(value)])))

    def response(self, response: WireResponse) -> WireResponse:
        """Return a response with every secret in its headers and body replaced; other bytes stay as they are."""
        body = self.text(response.body.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        headers = {self.text(name): self.text(value) for name, value in response.headers.items()}
        return WireResponse(response.status, headers, body)

    def _together(self, texts: Sequence[str]) -> list[str]:
        """Return texts with every secret replaced, also one of which each text has a part."""
        if len(texts) < 2:  # noqa: PLR2004 - one text has nothing split
            return [self.text(text) for text in texts]
        spans = self._spans(_SEPARATOR.join(texts))
        if spans:
            starts = accumulate((len(text) + 1 for text in texts), initial=0)
            texts = [_blanked(text, _within(spans, at, len(text))) for at, text in zip(starts, texts, strict=False)]
        return [*map(_unsigned, texts)]

    def _spans(self, text: str) -> list[_Span]:
        """Return what of a text is secret, in order, none touching another."""
        spans = []
        for at in range(0, max(1, len(text) - _OVERLAP), _WINDOW - _OVERLAP):
            budget = _BUDGET if at < _WINDOW else _BUDGET_LATER
            spans += [(at + start, at + end) for start, end in self._spans_within(text[at : at + _WINDOW], budget)]
        return _merged(spans)

    def _spans_within(self, text: str, budget: int) -> list[_Span]:
        """Return what of a text that is not long is secret, in any order."""
        patterns = _patterns(self.secrets)
        spans = [match.span() for pattern in patterns for match in pattern.finditer(text)]
        tables = self._tables
        if tables is None:
            tables = self._tables = tuple(self._made_tables())
        if len(text) >= LEAST_FUZZY and (patterns or any(tables)):
            for view in views(text, budget):
                spans += _found(view, text, tables)
                if patterns:
                    data = view.data.decode("latin-1")
                    spans += [view.source(*match.span()) for each in patterns for match in each.finditer(data)]
        return spans

    def _made_tables(self) -> Iterator[Places]:
        yield places_of_secrets(self.secrets)
        own: Places = {}
        for signature in self._signatures:
            add_signature(own, signature)
            add_forms_of_signature(own, signature)
        if own:
            yield own
        yield from self._earlier


def _found(view: TextView, text: str, tables: Sequence[Places]) -> Iterator[_Span]:
    """Yield what of a text is secret according to one view of it."""
    letters = words(view)
    for start, end, needle in runs(letters.data, tables):
        first, last = letters.source(start, end)
        if end - start == len(needle.text):
            first -= len(needle.before) if text.endswith(needle.before, 0, first) else 0
            last += len(needle.after) if text.startswith(needle.after, last) else 0
        yield first, last


def secrets_of(credentials: Credentials) -> frozenset[str]:
    """Return what must not appear of an account: its secret and token, and its id unless it was made up."""
    found = {credentials.access_key_secret, credentials.security_token or ""}
    if not credentials.generated:
        found.add(credentials.access_key_id)
    return frozenset(found - {""})


def _unsigned(text: str) -> str:
    return _SIGNED.sub(lambda match: f"{match[1]}{match['plain'] or match['escaped']}{REMOVED}", text)


def _is_among(places: Places, tables: Iterable[Places]) -> bool:
    return any(places is each for each in tables)


def _merged(spans: list[_Span]) -> list[_Span]:
    merged: list[_Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _within(spans: Iterable[_Span], at: int, length: int) -> Iterator[_Span]:
    """Yield the parts of spans within a piece of a text, as places in that piece."""
    for start, end in spans:
        if start < at + length and end > at:
            yield max(start - at, 0), min(end - at, length)


def _blanked(text: str, spans: Iterable[_Span]) -> str:
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], REMOVED]
        done = end
    return "".join([*parts, text[done:]])


def _texts(value: object) -> Iterator[str]:
    """Yield the texts of a value, in order, without names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _texts(entry)


def _names(value: object) -> Iterator[str]:
    """Yield the names of the fields of a value, in order."""
    if isinstance(value, list):
        for entry in value:
            yield from _names(entry)
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield name
            yield from _names(entry)


def _with_texts(value: object, texts: Iterator[str], names: Iterator[str]) -> object:
    """Return a value with other texts and names in the places of its own."""
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, list):
        return [_with_texts(entry, texts, names) for entry in value]
    if isinstance(value, dict):
        return {next(names): _with_texts(entry, texts, names) for entry in value.values()}
    return value


@lru_cache(64)
def _patterns(secrets: frozenset[str]) -> list[re.Pattern[str]]:
    """Return what finds secrets that have few letters and digits, or may look like an escape, the longest first."""
    return [
        re.compile("".join(c if _PLAIN.match(c) else _any_form_of(c) for c in secret), _case(secret))
        for secret in sorted(secrets, key=len, reverse=True)
        if not has_needle(secret) or not secret.isascii() or _AMBIGUOUS & {*secret}
    ]


_PLAIN: Final = lazy_pattern("[0-9A-Za-z]")


def _case(secret: str) -> re.RegexFlag:
    """Return whether capitals count: only in a secret so short that other text may have it."""
    return re.IGNORECASE if len(secret) >= LEAST_FUZZY else re.NOFLAG


def _any_form_of(character: str) -> str:
    """Return what matches a character as it is, percent-encoded, and escaped for JSON or HTML: each in bounded time."""
    octets = "".join(f"%(?:25){{0,8}}(?i:{octet:02x})" for octet in character.encode(errors="surrogatepass"))
    code = ord(character)
    named = "|".join(f"&{name}" for name, meant in html5.items() if meant == character and name.endswith(";"))
    slashes = r"\\{0,8}"
    forms = [rf"{slashes}{re.escape(character)}", octets, rf"\\{slashes}u(?i:{code:04x})"]
    forms += [f"&#0{{0,8}}{code};", f"&#[xX]0{{0,8}}(?i:{code:x});"]
    forms += [named] if named else []
    forms += [r"\+"] if character == " " else []
    return f"(?:{'|'.join(forms)})"
