"""The shape of a phrase and of a language's table of phrases."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.contract.model import FactValue
from conformance.extraction.facts.literals import characters, parse_int, parted

if TYPE_CHECKING:
    from conformance.extraction.phrases.encodings.form_words import FormWords

NUMBER_WORDS: Final = "one|two|three|four|five|six|seven|eight|nine|ten"
"""Small numbers as English prose writes them, an alternation for patterns."""

DIGITS: Final = r"\d{1,3}(?:,\d{3})+|\d+"
"""A whole number, with or without commas between its thousands."""
LOW: Final = rf"(?P<low>{DIGITS})"
HIGH: Final = rf"(?P<high>{DIGITS})"
ONE: Final = rf"(?P<n>{DIGITS})"
"""The groups that `bounds` and `number` read."""

_CLOCK = r"[hH]{2}(?: ?:?m{2}(?::?s{2}(?:\.S{3})?)?)?'?Z?'?"
_DAY = r"[yY]{4}-?[mM]{1,2}(?:-?[dD]{1,2})?"
DATE_FORMAT: Final = rf"(?P<format>{_DAY}(?:(?: ?'?T'? ?| ){_CLOCK})?|[hH]{{2}}:m{{2}}(?::s{{2}})?Z?)(?![A-Za-z])"
OTHER_FORMAT: Final = DATE_FORMAT.replace("<format>", "<other>")
"""A pattern of the pattern of a date or a time, as the group `format` or `other`."""

COUNTED: Final = "counted"
"""No fact: the classes of characters that a length counts, which belong to a list of characters beside it."""

Build = Callable[["re.Match[str]"], Mapping[str, FactValue]]


class Phrase(Struct, frozen=True):
    """One form of words and the facts that it promises.

    Attributes:
        key: Its name, unique in its language; a test has the same name.
        pattern: Searched in each sentence.
        build: From a match to facts; an empty mapping when the words turn out to promise nothing.
        arrays_only: Whether the words mean this only where the parameter is an array.
        integers_only: Whether the words mean this only where the parameter is a number.
        whole_numbers_only: Whether they mean this only where it is a whole number.
        consumes: Whether no later phrase may read these words again.
    """

    key: str
    pattern: re.Pattern[str]
    build: Build
    arrays_only: bool = False
    integers_only: bool = False
    whole_numbers_only: bool = False
    consumes: bool = False


class ConditionWords(Struct, frozen=True):
    """How one language states conditions and what holds on them.

    Attributes:
        apart: Between two clauses of a sentence that each have a condition of their own.
        leading: Where a condition may begin that its promise follows, with the words for it, if any, as `word`.
        ends: Where such a condition ends and its promise begins.
        trailing: A sentence ends with its condition: the groups `promise`, `condition`, `tail` (more of the promise).
        both: Between two conditions that must both hold.
        terms: One condition, from its first to its last word: the groups `name` and `values`.
        either: Between the values of one condition.
        no_value: Words in the place of a value that say something else ("specified").
        required: A promise that the parameter must be sent.
        optional: A promise that it need not be sent, which promises nothing.
        in_force: A promise that the parameter counts, or that the field is there.
        idle: A promise that the parameter does not count, or that the field is not there.
        restricted: A sentence without a clause for it which says that the row holds in one case only.
        returned: A promise that the field is in the answer.
        not_returned: A promise that it is not.
        phrases: Limits in the short forms that only follow a condition.
    """

    apart: re.Pattern[str]
    leading: re.Pattern[str]
    ends: re.Pattern[str]
    trailing: re.Pattern[str]
    both: re.Pattern[str]
    terms: tuple[re.Pattern[str], ...]
    either: re.Pattern[str]
    no_value: re.Pattern[str]
    required: re.Pattern[str]
    optional: re.Pattern[str]
    in_force: re.Pattern[str]
    idle: re.Pattern[str]
    restricted: re.Pattern[str]
    returned: re.Pattern[str]
    not_returned: re.Pattern[str]
    phrases: tuple[Phrase, ...]


class Lexicon(Struct, frozen=True, eq=False):
    """Everything that reading the prose of one language needs.

    Attributes:
        phrases: Tried in order on each sentence; the first to state a fact wins.
        cue: At the end of a paragraph, promises a list of values ("Valid values:").
        inline: A cue with its values in the same sentence; group `rest` is what follows the cue.
        afterwards: Where what follows an inline list begins.
        sole: Names the only value, `value`, before words of its own; it counts where the document marks that value.
        conjunctions: What separates the values of an inline list.
        default_mark: In a bullet or beside a value, makes it the default.
        condition: Makes a sentence hold in one case only (reading rule 7).
        case: A sentence that begins with such a case and ends with a cue: its list holds in that case only.
        own_condition: A condition on the parameter's own presence or absence, which is none.
        tail: A clause that stops where its object should follow, at the end of a paragraph.
        hollow: A clause whose object is missing in the middle of a sentence.
        reference: A default that is no value but a reference or an absence (reading rule 5).
        special: A value, `n`, that a sentence gives a meaning of its own.
        fault: A sentence about what is refused.
        no_list: A sentence that states a default in the words that else announce values.
        begun: After a value at the head of a bullet, a sentence that no mark parts from it.
        members: Announces the members of a structure.
        itself: What replaces the parameter's own name in its description.
        scope: A sentence that holds for some kinds of things only, without a word like "if".
        partial: A sentence about a part of the value.
        of_item: A sentence about one of several values; it is the parameter's own where that is a list.
        quota: A sentence about how many of something another thing may have.
        of_another: A sentence about the parameter that the group `name` names.
        constraint: Marks a sentence that promises something, for telling what was not understood.
        conditions: How what holds on a condition only is said.
        forms: How the form of a value is said: JSON, commas.
    """

    phrases: tuple[Phrase, ...]
    cue: re.Pattern[str]
    inline: re.Pattern[str]
    afterwards: re.Pattern[str] | None
    sole: re.Pattern[str] | None
    conjunctions: re.Pattern[str]
    default_mark: re.Pattern[str]
    condition: re.Pattern[str]
    case: re.Pattern[str]
    own_condition: re.Pattern[str]
    tail: re.Pattern[str]
    hollow: re.Pattern[str]
    reference: re.Pattern[str]
    special: re.Pattern[str]
    fault: re.Pattern[str]
    no_list: re.Pattern[str]
    begun: re.Pattern[str]
    members: re.Pattern[str]
    itself: str
    scope: re.Pattern[str]
    partial: re.Pattern[str]
    of_item: re.Pattern[str]
    quota: re.Pattern[str]
    of_another: tuple[re.Pattern[str], ...]
    constraint: re.Pattern[str]
    conditions: ConditionWords
    forms: FormWords

    def unconditional(self, sentence: str) -> str:
        """Return what a sentence says before its condition; nothing where the condition governs all of it."""
        return self.parted(sentence)[0]

    def parted(self, sentence: str) -> tuple[str, str]:
        """Return what a sentence says before its condition, and what it says with it; either may be nothing."""
        own = self.own_condition.sub("", sentence)
        condition = self.condition.search(own)
        if condition is None:
            return sentence, ""
        before = own[: condition.start()].rstrip()
        if not before.endswith((",", ";")):
            return "", sentence
        return before, sentence.removeprefix(before) if sentence.startswith(before) else own[condition.start() :]


def bounds(low: str, high: str) -> Build:
    """Build two facts, named `low` and `high`, from the groups of the same names."""

    def build(match: re.Match[str]) -> Mapping[str, FactValue]:
        first, last = parse_int(match["low"]), parse_int(match["high"])
        if first is None or last is None or first > last:
            return {}
        return {low: first, high: last}

    return build


_WORDS_OF_NUMBERS = {word: value for value, word in enumerate(NUMBER_WORDS.split("|"), start=1)}


def number(name: str) -> Build:
    """Build the fact `name` from the group `n`."""

    def build(match: re.Match[str]) -> Mapping[str, FactValue]:
        value = _WORDS_OF_NUMBERS.get(match["n"].lower()) or parse_int(match["n"])
        return {} if value is None else {name: value}

    return build


def above(match: re.Match[str]) -> Mapping[str, FactValue]:
    """Build the least whole number above the group `low`."""
    value = parse_int(match["low"])
    return {} if value is None else {"minimum": value + 1}


def end_of_range(match: re.Match[str], *, most: bool) -> Mapping[str, FactValue]:
    """Build one end of the range between the groups `low` and `high`, where the words name that end only."""
    found = bounds("minimum", "maximum")(match)
    return {name: value for name, value in found.items() if name == ("maximum" if most else "minimum")}


def text(name: str) -> Build:
    """Build the fact `name` from the text of the group `format`, or of the group `other`."""
    return lambda match: {name: next(filter(None, match.groupdict().values())).replace(" :", ":")}


def counted(words: Mapping[str, str]) -> Build:
    """Build the classes that a length counts, from the group `list` or `other`: more may be allowed."""

    def build(match: re.Match[str]) -> Mapping[str, FactValue]:
        named = (match["list"] or match["other"] or "").lower()
        return {COUNTED: tuple(sorted({name for word, name in words.items() if word in named}))}

    return build


def nothing(_match: re.Match[str]) -> Mapping[str, FactValue]:
    """Build nothing: the words are understood and state no fact."""
    return {}


def constant(name: str, value: FactValue) -> Build:
    """Build a fact whose value the words themselves are."""
    return lambda _match: {name: value}


def charset(
    names: tuple[str, ...],
    words: Mapping[str, tuple[str, ...]],
    separators: re.Pattern[str],
    noise: re.Pattern[str],
) -> Build:
    """Build facts about allowed characters, `names`, from the group `list`."""

    def build(match: re.Match[str]) -> Mapping[str, FactValue]:
        found = characters(match["list"], words, separators, noise)
        if match.string.startswith("(", match.end()):
            return {}  # brackets that are no part of the list say when one of its classes counts
        return {} if found is None else dict.fromkeys(names, found)

    return build


def signs(
    name: str, words: Mapping[str, tuple[str, ...]], separators: re.Pattern[str], noise: re.Pattern[str]
) -> Build:
    """Build a list of characters that prose names ("commas") from the group `list`; nothing if it names a class.

    Chinese characters are passed over: the signs beside them are forbidden all the same.
    """

    def build(match: re.Match[str]) -> Mapping[str, FactValue]:
        parts = parted(match["list"], separators)
        found = [characters(part, words, separators, noise) for part in parts]
        flat = tuple(sign for each in found for sign in (each or ("class",)) if sign != "chinese")
        return {name: flat} if flat and all(len(sign) == 1 for sign in flat) else {}

    return build


def literals(name: str, item: re.Pattern[str]) -> Build:
    """Build a list of literals, in document order, from every `item` in the group `list`."""

    def build(match: re.Match[str]) -> Mapping[str, FactValue]:
        found = (text.strip("\"'").rstrip(".,;") for text in item.findall(match["list"]))
        # Captures that drop what is between two marks glue the values together.
        parted = (part for text in found for part in re.split(r"(?<=://)(?=https?://)", text))
        values = tuple(dict.fromkeys(text for text in parted if text))
        if any("*" in value.strip("*") or (value[-1] == "*" and len(value) > 1) for value in values):
            return {}  # a wildcard stands for other text
        return {name: values} if values else {}

    return build


def unit(words: Mapping[str, str]) -> Build:
    """Build the unit from the group `unit`; a word that the table lacks states nothing."""

    def build(match: re.Match[str]) -> Mapping[str, FactValue]:
        word = match["unit"].strip()
        known = words.get(word.lower()) or words.get(word.lower().removesuffix("s"))
        return {} if known is None else {"unit": known}

    return build
