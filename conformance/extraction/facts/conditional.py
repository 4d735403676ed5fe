"""From a sentence with a condition to what it promises then: a requirement, limits, or that a field is there."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from conformance.contract.model import CONSTRAINT_NAMES
from conformance.extraction.facts.literals import coerce
from conformance.extraction.facts.promises import ConditionalPromise, Need
from conformance.extraction.facts.prose import read_phrases, state_inline
from conformance.extraction.facts.stated import StatedFacts
from conformance.extraction.headings import required_mark
from conformance.extraction.phrases.conditions.words import values_in
from conformance.extraction.plain_text import clean, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.model import FactValue
    from conformance.extraction.facts.context import RowContext
    from conformance.extraction.facts.promises import PromiseKind
    from conformance.extraction.page import Block

_LONGEST_SENTENCE: Final = 500
_MOST_CUTS: Final = 8
_LIMITS: Final = frozenset(CONSTRAINT_NAMES) - {"required"} | {"default"}
_AFTER_MARK: Final = re.compile(r"\w+[\s(,;:.]+(?P<rest>.*?)\)?\.?$")
_WORD: Final = re.compile(r"[A-Za-z_][\w.]*\w", re.ASCII)


class _Cut(NamedTuple):
    """One way to part a clause: its condition, its promise, and whether a word like "if" says that it is one."""

    condition: str
    promise: str
    announced: bool = True


def read_conditions(block: Block, context: RowContext, *, rules: bool) -> Iterator[ConditionalPromise]:
    """Yield what the sentences of a block promise on a condition.

    Args:
        block: The block.
        context: The row.
        rules: Whether the row is a parameter of the request, which has rules; a field of an answer is there or not.
    """
    for sentence in sentences(context.without_own_name(block.text)):
        if len(sentence) <= _LONGEST_SENTENCE:
            if rules and context.lexicon.scope.search(sentence) and not context.lexicon.parted(sentence)[1]:
                limits = _limits(sentence, block.line, context).items()
                yield from (ConditionalPromise("fact", (), block.line, name, value) for name, value in limits)
            for promise in _of_sentence(sentence, block.line, context, rules=rules):
                needs = tuple(replace(need, marked=set(need.values) <= set(block.marked)) for need in promise.needs)
                yield replace(promise, needs=needs)


def read_required_mark(text: str, line: int, context: RowContext) -> Iterator[ConditionalPromise]:
    """Yield what the cell of the required mark says on a condition: "No (required when ...)"."""
    rest = _AFTER_MARK.match(text)
    said = text if required_mark(text) is None else rest["rest"] if rest is not None else ""
    for sentence in sentences(context.without_own_name(said)):
        if context.lexicon.condition.search(sentence):
            found = list(_of_sentence(sentence, line, context, rules=True))
            alone = ConditionalPromise("fact", _condition_alone(sentence, context), line, "required", value=True)
            yield from found or [alone]


def says_condition(text: str, context: RowContext) -> bool:
    """Whether the cell of a required mark is a condition."""
    return context.lexicon.condition.search(clean(text)) is not None


def _condition_alone(text: str, context: RowContext) -> tuple[Need, ...]:
    """Return the condition that a text is, without a promise; nothing where it is not known."""
    start = context.lexicon.conditions.leading.match(text)
    return _needs(text[start.end() :].strip(" .。"), context) if start is not None else ()


def condition_of(sentence: str, context: RowContext) -> tuple[Need, ...]:
    """Return the condition of a sentence that ends with the cue for a list; nothing where it is not known."""
    _, governed = context.lexicon.parted(context.without_own_name(sentence))
    clause = next(_clauses(governed, context), None)
    return clause[0] if clause else ()


def _of_sentence(sentence: str, line: int, context: RowContext, *, rules: bool) -> Iterator[ConditionalPromise]:
    words = context.lexicon.conditions
    _, governed = context.lexicon.parted(sentence)
    read = False
    for part in words.apart.split(governed) if governed else ():
        for needs, promise in _clauses(part, context):
            read = True
            if not _is_about_another(promise, context):
                yield from _promised(promise, needs, line, context, rules=rules)
    if not read and words.restricted.search(sentence):
        yield ConditionalPromise("in_force" if rules else "returned", (), line)


def _clauses(sentence: str, context: RowContext) -> Iterator[tuple[tuple[Need, ...], str]]:
    """Yield condition and promise of one clause, cut where the condition is understood; else where it may end."""
    cuts = list(_cuts(sentence, context))
    # "If X is a, b, or c, ...": the longest condition that is understood has all of its values.
    longest = sorted(cuts, key=lambda cut: len(cut.condition), reverse=True)
    known = ((needs, cut.promise) for cut in longest if (needs := _needs(cut.condition, context)))
    guessed = (((), cut.promise) for cut in (*(cut for cut in cuts if cut.announced), *_last_resort(sentence, context)))
    found = next(known, None) or next(guessed, None)
    if found is not None:
        yield found


def _cuts(sentence: str, context: RowContext) -> Iterator[_Cut]:
    words = context.lexicon.conditions
    for start in islice(words.leading.finditer(sentence), _MOST_CUTS):
        rest = sentence[start.end() :]
        for end in islice(words.ends.finditer(rest), _MOST_CUTS):
            if end.start():
                promise = sentence[: start.start()] + rest[end.end() :]
                yield _Cut(rest[: end.start()], promise, announced=start["word"] is not None)
    trailing = words.trailing.match(sentence)
    if trailing is not None:
        tail = trailing["tail"]
        yield _Cut(trailing["condition"], f"{trailing['promise']}: {tail}" if tail else trailing["promise"])


def _last_resort(sentence: str, context: RowContext) -> Iterator[_Cut]:
    """Yield what follows the first end of a condition that no word announces."""
    end = context.lexicon.conditions.ends.search(sentence)
    if end is not None:
        yield _Cut(sentence[: end.start()], sentence[end.end() :])


def _needs(condition: str, context: RowContext) -> tuple[Need, ...]:
    """Return what a condition wants, nothing unless every word of it is understood."""
    words = context.lexicon.conditions
    text = condition.strip()
    whole = _need(text, context)
    if whole is not None:
        return (whole,)
    parts = [_need(part.strip(), context) for part in words.both.split(text)]
    known = [part for part in parts if part is not None]
    names = [need.name for need in known]
    return tuple(known) if len(known) == len(parts) and len(set(names)) == len(names) else ()


def _need(text: str, context: RowContext) -> Need | None:
    words = context.lexicon.conditions
    for term in words.terms:
        match = term.fullmatch(text)
        if match is None:
            continue
        values = values_in(match["values"], words.either)
        if values and not any(words.no_value.fullmatch(value) for value in values):
            return Need(match["name"], values)
    return None


def _is_about_another(promise: str, context: RowContext) -> bool:
    """Whether a promise names another parameter: it is that one's, or depends on its value."""
    return any(word in context.names for word in _WORD.findall(promise))


def _promised(
    promise: str, needs: tuple[Need, ...], line: int, context: RowContext, *, rules: bool
) -> Iterator[ConditionalPromise]:
    words = context.lexicon.conditions
    text = promise.strip(" .。")
    if not rules:
        kind: PromiseKind = "not_returned" if words.not_returned.search(text) else "returned"
        if kind == "not_returned" or words.returned.search(text):
            yield ConditionalPromise(kind, needs, line)
        return
    if words.idle.search(text):
        yield ConditionalPromise("idle", needs, line)
        return
    if not words.optional.search(text) and words.required.search(text):
        yield ConditionalPromise("fact", needs, line, "required", value=True)
    if words.in_force.search(text):
        yield ConditionalPromise("in_force", needs, line)
    for name, value in _limits(text, line, context).items():
        yield ConditionalPromise("fact", needs, line, name, value)


def _limits(promise: str, line: int, context: RowContext) -> Mapping[str, FactValue]:
    stated = StatedFacts(context)
    read_phrases(promise, line, stated)
    if not stated.has("minimum", "maximum"):
        state_inline(promise, line, stated, joins=False)
    # "Then up to 9 rows are returned" limits the answer, and no number.
    named = _LIMITS - {"maxItems"} if context.scalar != "string" and not context.is_list else _LIMITS
    found = {name: fact.value for name, fact in stated.facts.items() if name in named and fact.value is not None}
    for phrase in context.lexicon.conditions.phrases:
        match = phrase.pattern.search(promise)
        if match is not None and not found.keys() & {"enum", "minimum", "maximum", "minLength", "maxLength"}:
            found |= _typed(phrase.build(match), context)
    return found


def _typed(facts: Mapping[str, FactValue], context: RowContext) -> dict[str, FactValue]:
    """Give the values of a list the type of the parameter; a list with a word that is none states nothing."""
    values = facts.get("enum")
    if not isinstance(values, tuple):
        return dict(facts)
    typed = [coerce(str(value), context.scalar) for value in values]
    literals = tuple(value for value in typed if value is not None)
    return {"enum": literals} if len(literals) == len(typed) else {}
