"""In which form the value of a row is written, and which words of its description are about which part of it.

Only what the document says counts: a word for JSON or for commas, the types `Json` and `Map`, or an example that no
plain text looks like (`[{"Id": ...}]`, `{"Id": ...}`, `["a", "b"]` of a parameter that is a text).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from conformance.extraction.page import Row, Text
from conformance.extraction.plain_text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.contract.model import Encoding
    from conformance.extraction.page import Block
    from conformance.extraction.phrases.encodings.form_words import FormWords
    from conformance.extraction.phrases.table import Lexicon

ValueShape = Literal["list", "object", "unknown"]

_INDEXED: Final = re.compile(r"\.(?:[NnMm]|\d+|#)$")
_OUTER: Final = re.compile(r"\s*(\w+)")
_HEAD: Final = re.compile(
    r"[\"'`]?(?P<name>[A-Za-z_]\w*)[\"'`]?\s*(?:\((?P<aside>[^()]*)\)\s*)?(?::|-\s|,\s(?=\w+类型))\s*(?P<rest>.*)",
    re.ASCII | re.DOTALL,
)
_KEY: Final = re.compile(r"\"(\w+)\"\s*:")
_QUOTES: Final = str.maketrans("“”＂", '"""')
_JSON_OBJECTS: Final = re.compile(r"\[\s*\{.*\}\s*\]|\{\s*\"[^\"]+\"\s*:.*\}", re.DOTALL)
_JSON_TEXTS: Final = re.compile(r"\[\s*\".*\"[\s.…,]*\]", re.DOTALL)
_SHOWN_LIST: Final = re.compile(r"\[\s*[\"{]")
_SHOWN_OBJECT: Final = re.compile(r"\{\s*\"")
_SHOWN_OBJECTS: Final = re.compile(r"\[\s*\{")
_IN_PROSE: Final = re.compile(r"(?<![\w{])\[?\s*\{\s*\"[^\"{}]+\"\s*:\s*[\"{\[\w]")
"""JSON with an object in it, in the middle of prose; no template, whose braces are doubled."""
_CASE: Final = re.compile(r"[^:,.;。]{1,30}:")
_INDEXED_STYLES: Final = frozenset({"repeatList", "flat"})
"""The styles of metadata that give each item and each member a name on the wire."""
_LISTS: Final = frozenset({"array", "list"})
_OF_OBJECTS: Final = re.compile(r"\w+\s*<\s*(?:object|struct)", re.IGNORECASE)
_TEXTS: Final = frozenset({"", "string", "str"})


class ValueForm(Struct, frozen=True):
    """The form of the value of one row.

    Attributes:
        encoding: How it travels; `plain` also for a list with an index of its own.
        whole: The row, with what is said of the value and of the items of its list.
        shape: What is inside it.
        of_objects: Whether the items of its list are objects.
        members: One row for each member of its object, or of the objects in its list.
        several: Whether the text holds several values in a form that has no encoding: rules may be about each.
    """

    encoding: Encoding
    whole: Row
    shape: ValueShape = "unknown"
    of_objects: bool = False
    members: tuple[Row, ...] = ()
    several: bool = False


def form_of(row: Row, lexicon: Lexicon) -> ValueForm:
    """Return in which form the value of a request parameter is written.

    Args:
        row: The row of the parameter.
        lexicon: The phrases of the document's language.
    """
    words = lexicon.forms
    match = _OUTER.match(row.type.text)
    kind = match[1].lower() if match else ""
    own = [block for block in row.description if _is_own(block)]
    said = _sentences(block for block in own if not (block.kind == "bullet" and _CASE.match(block.text)))
    # Bullets that each begin with a case say how the value is written in that case only.
    cases = any(block.kind == "bullet" and _CASE.match(block.text) for block in row.description)
    always = _sentences(block for block in own if not (cases and block.kind == "bullet"))
    if any(lexicon.members.search(block.text) for block in own):
        # Where members are announced, JSON in an example below is that of the value.
        always += _sentences(block for block in row.description if _IN_PROSE.search(block.text.translate(_QUOTES)))
    indexed = kind == "repeatlist" or row.style in _INDEXED_STYLES or _INDEXED.search(row.name) is not None
    if not indexed and (row.style == "json" or _is_json(row, kind, always, words)):
        listed = kind in _LISTS or (kind == "json" and words.list_word.search(" ".join(always)) is not None)
        return _json_form(row, always, lexicon, listed=listed)
    if kind == "map":
        return ValueForm("map", row, "object")
    commas = row.style == "simple" or any(words.commas.search(sentence) for sentence in said)
    if commas and not indexed and kind not in ("boolean", "object", "struct"):
        return ValueForm("csv", row, "list")
    several = any(words.other_marks.search(sentence) for sentence in said)
    return ValueForm("plain", row, several=several and not indexed)


def _is_json(row: Row, kind: str, said: Sequence[str], words: FormWords) -> bool:
    return kind == "json" or _says_json(said, words) or _shows_json(row, kind, said)


def _sentences(blocks: Iterable[Block]) -> list[str]:
    return [sentence for block in blocks for sentence in sentences(block.text)]


def _is_own(block: Block) -> bool:
    """Whether a block is not about a member or one value of the parameter."""
    return block.kind != "bullet" or (not block.depth and _HEAD.match(block.text) is None)


def _says_json(said: Iterable[str], words: FormWords) -> bool:
    return any(words.json.search(sentence) and not words.another.search(sentence) for sentence in said)


def _shows_json(row: Row, kind: str, said: Iterable[str]) -> bool:
    shown = row.example.text.translate(_QUOTES).strip()
    if kind in _TEXTS and any(form.fullmatch(shown) for form in (_JSON_OBJECTS, _JSON_TEXTS)):
        return True
    return not shown and any(_IN_PROSE.search(sentence.translate(_QUOTES)) for sentence in said)


def _json_form(row: Row, said: Sequence[str], lexicon: Lexicon, *, listed: bool) -> ValueForm:
    example = row.example.text.translate(_QUOTES).strip()
    prose = " ".join(said).translate(_QUOTES)
    shown = example if example.startswith(("[", "{")) else prose
    shape = _shape(example, prose, lexicon.forms, listed=listed)
    if row.style == "json" and not listed:
        shape = "object"
    of_objects = shape == "list" and _SHOWN_OBJECTS.search(shown) is not None
    keys = frozenset(_KEY.findall(shown))
    of_texts = shape == "list" and not of_objects and _SHOWN_LIST.search(shown) is not None
    own, members = _parted(row, lexicon, keys, may_have_members=not of_texts)
    values = _shown_values(example)
    rows = tuple(_member(row, blocks, values, lexicon.forms) for blocks in members)
    of_objects = of_objects or (shape == "list" and (bool(rows) or _OF_OBJECTS.match(row.type.text) is not None))
    return ValueForm("json", replace(row, description=own), shape, of_objects=of_objects, members=rows)


def _shape(example: str, prose: str, words: FormWords, *, listed: bool) -> ValueShape:
    """Return what JSON holds, by the words for it and by what is shown; unknown where they differ."""
    word: ValueShape = "list" if listed else "unknown"
    if words.json_list.search(prose):
        word = "list"
    elif words.json_object.search(prose):
        word = "object"
    shown: ValueShape = "unknown"
    if example.startswith(("[", "{")):
        shown = "list" if example.startswith("[") else "object"
    elif _SHOWN_LIST.search(prose):
        shown = "list"
    elif _SHOWN_OBJECT.search(prose):
        shown = "object"
    # "JSON objects" may be those of a list; a list is never one object.
    if "unknown" in (word, shown) or (word, shown) == ("object", "list"):
        return word if shown == "unknown" else shown
    return word if word == shown else "unknown"


def _parted(
    row: Row, lexicon: Lexicon, keys: frozenset[str], *, may_have_members: bool
) -> tuple[tuple[Block, ...], list[list[Block]]]:
    """Part a description into what is about the value, and what is about each of its members."""
    own: list[Block] = []
    members: list[list[Block]] = []
    inside, after_cue = False, False
    for block in row.description:
        head = _HEAD.match(block.text) if block.kind != "note" and not block.depth else None
        known = head is not None and head["name"] in keys
        # Beside members that are shown, a head in capitals is a value of the one above it.
        other = head is not None and may_have_members and not after_cue and not (keys and head["name"].isupper())
        if head is not None and (known or (block.kind == "bullet" and other)):
            members.append([block])
            inside = True
        elif inside and block.kind == "bullet" and block.depth:
            members[-1].append(block)
        else:
            own.append(block)
            inside = False
            after_cue = lexicon.cue.search(block.text) is not None or (after_cue and block.kind == "bullet")
    return tuple(own), members


def _shown_values(example: str) -> dict[str, object]:
    """Return the members of the object that an example shows, or of the first one in its list."""
    try:
        shown = json.loads(example)
    except (ValueError, RecursionError):
        return {}
    first = shown[0] if isinstance(shown, list) and shown else shown
    return first if isinstance(first, dict) else {}


def _member(row: Row, described: Sequence[Block], values: dict[str, object], words: FormWords) -> Row:
    """Make a row of what is said of one member."""
    first, *nested = described
    head = _HEAD.match(first.text)
    assert head is not None  # noqa: S101 - that is how it was found
    aside, rest = head["aside"] or "", head["rest"].strip()
    value = values.get(head["name"])
    shown = json.dumps(value) if isinstance(value, bool | int | float) else value
    said = [*sentences(aside), *sentences(rest)]
    return Row(
        line=first.line,
        name=head["name"],
        type=Text(first.line, _type_word([aside, rest], words)),
        required=_required(said, first.line, words),
        example=Text(row.example.line, shown if isinstance(shown, str) else ""),
        description=(
            replace(first, text=rest, kind="prose"),
            *(replace(block, depth=block.depth - 1) for block in nested),
        ),
        whole=row.whole,
    )


def _type_word(texts: Iterable[str], words: FormWords) -> str:
    for text in texts:
        match = words.member_type.search(text)
        if match is not None:
            word = next(filter(None, (match["type"], match["named"], match["first"])))
            return words.types.get(word, word)
    return ""


def _required(said: Iterable[str], line: int, words: FormWords) -> Text | None:
    """Return the mark of a member that must be there or need not be; `None` where that is not said of every case."""
    for sentence in said:
        if words.optional.search(sentence):
            return Text(line, "false")
        if words.required.search(sentence):
            return Text(line, "true")
    return None


def each_alone(blocks: Iterable[Block], words: FormWords) -> Iterator[Block]:
    """Yield of a description the sentences about each item of a list, a block each."""
    return (block for block in _apart(blocks) if words.each.search(block.text) and block.kind != "note")


def whole_alone(blocks: Iterable[Block], words: FormWords) -> Iterator[Block]:
    """Yield of a description the sentences of prose that are about no single item, key or value, a block each."""
    return (block for block in _apart(blocks) if block.kind == "prose" and not words.each.search(block.text))


def sentence_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield a description with each sentence of its prose as a block; what is no prose stays as it is."""
    for block in blocks:
        yield from _apart([block]) if block.kind == "prose" else [block]


def _apart(blocks: Iterable[Block]) -> Iterator[Block]:
    return (replace(block, text=sentence) for block in blocks for sentence in sentences(block.text))
