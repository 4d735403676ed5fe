"""Less usual limits of English documents."""

from __future__ import annotations

import re
from typing import Final

from conformance.extraction.phrases.quantities.patterns import EXPRESSION, of_expression
from conformance.extraction.phrases.quantities.ranges import ENGLISH
from conformance.extraction.phrases.table import (
    DATE_FORMAT,
    DIGITS,
    HIGH,
    LOW,
    NUMBER_WORDS,
    ONE,
    OTHER_FORMAT,
    Phrase,
    above,
    bounds,
    counted,
    end_of_range,
    nothing,
    number,
    text,
)

_COUNT: Final = rf"(?P<n>{DIGITS}|{NUMBER_WORDS})"
_SIGNED: Final = rf"(?P<n>-?(?:{DIGITS}))"
_TO: Final = r"\s*(?:to|and|through|-|~|–|—)\s*"
_MOST: Final = r"(?:up\s+to|at\s+most|a\s+maximum\s+of|no\s+more\s+than|a\s+total\s+of\s+up\s+to)"
_STATES: Final = frozenset({"empty", "enabled", "disabled", "used", "not", "null", "selected", "left", "set"})
_TIMES: Final = r"[KMGT]i?B|days?|hours?|minutes?|seconds?|months?|years?"
_NO_OTHER: Final = (
    rf"(?!\s*(?:[A-Za-z-]+\s+){{0,2}}?(?:characters?|bytes|letters|digits|decimal|{_TIMES}|times|the)\b|\s*%|[.,]\d)"
)
_NO_LENGTH: Final = (
    rf"(?!\s*(?:[A-Za-z-]+\s+){{0,3}}?(?:characters?|bytes|in\s+length|{_TIMES}|from|later|IDs|than)\b"
    r"|\s*%|[.,/:\w-]*[\d/:])"
)
_VALUE_IS: Final = (
    r"\b(?:(?:the\s+|its\s+|this\s+parameter\s+|parameter\s+)?value(?:\s+of\s+this\s+parameter)?"
    r"|this\s+parameter|the\s+number)\s+"
)
_CANNOT: Final = r"(?:cannot|can\s*not|must\s+not|may\s+not|should\s+not)\s+"
_SIGN: Final = r"(?:an?\s+)?[a-z]+(?:[ -][a-z]+)?\s*\((?:_|[^\w\s()])\)"
_SIGNS: Final = rf"(?P<list>{_SIGN}(?:(?:,\s*(?:or\s+|and\s+)?|\s+(?:or|and)\s+){_SIGN})*)"

BEFORE: Final = (
    *ENGLISH,
    Phrase(
        "length-of-a-list",
        re.compile(
            rf"\b(?:array|list)(?:'s)?\s+(?:length|size)(?:\s+(?:is|can\s+be|must\s+be|ranges?))?(?:\s+from)?\s*:?\s*(?:{_MOST}\s+|\d+{_TO})(?P<n>\d+)(?=\s*(?:$|[.,;(]))",
            re.IGNORECASE,
        ),
        number("maxItems"),
        consumes=True,
    ),
    Phrase(
        "unicode-letters",
        re.compile(
            r"\bUnicode\s+characters\s+(?:under|in|from|of)\s+(?P<digits>the\s+Decimal\s+Number\s+category\s+and\s+)?(?:the\s+)?"
            r"(?:categor(?:y|ies)\s+(?:whose\s+names?\s+contains?|named)\s+Letter|Letter\s+categor(?:y|ies))\b",
            re.IGNORECASE,
        ),
        lambda match: {"charset": ("chinese", *(("digit",) if match["digits"] else ()), "letter")},
        consumes=True,
    ),
    Phrase(
        "end-of-a-range",
        re.compile(
            rf"\b(?P<end>maximum|minimum)\s+value(?:\s+is|\s+of|\s*:)\s*(?:from\s+)?{LOW}{_TO}{HIGH}(?=\s*(?:$|[.,;(]))",
            re.IGNORECASE,
        ),
        lambda match: end_of_range(match, most=match["end"].lower() == "maximum"),
        consumes=True,
    ),
    Phrase(
        "default-as-a-word",
        re.compile(
            r"\bdefault(?:\s+value)?(?:\s+is|\s*:)\s*(?:set\s+to\s+)?"
            rf"(?P<n>{NUMBER_WORDS})(?=\s*(?:$|[.,;(]))",
            re.IGNORECASE,
        ),
        number("default"),
        integers_only=True,
        consumes=True,
    ),
    Phrase(
        "length-of-classes",
        re.compile(
            r"\d\s+(?:characters?\s*\((?P<list>(?:English|Chinese)(?:\s+(?:or|and)\s+(?:English|Chinese))?)(?:\s+characters)?\)"
            r"|(?P<other>(?:English|Chinese)\s+(?:or|and)\s+(?:English|Chinese)|letters\s+(?:or|and)\s+Chinese)\s+characters)",
            re.IGNORECASE,
        ),
        counted({"english": "letter", "letters": "letter", "chinese": "chinese"}),
    ),
    Phrase(
        "consecutive-signs",
        re.compile(
            r"\b(?:cannot|can\s*not|must\s+not|may\s+not)\s+(?:contain|have|include|use)\s+(?:any\s+)?(?:two\s+(?:or\s+more\s+)?)?consecutive\s+"
            r"(?:[a-z]+\s*\((?P<n>[^\w\s()])\)|(?P<word>[a-z]+))(?P<more>[^.;]*)",
            re.IGNORECASE,
        ),
        lambda match: {"notContains": (match["n"] * 2,)} if match["n"] and not re.search(r"\(", match["more"]) else {},
        consumes=True,
    ),
    Phrase(
        "interval-of-n",
        re.compile(
            rf"\b(?:values?|range)(?:\s+range)?\s+(?:of|for)\s+N(?:\s+is|\s+are|\s*:)\s*\[\s*{LOW}\s*[,~-]\s*{HIGH}\s*\]",
            re.IGNORECASE,
        ),
        lambda match: {"maxItems": int(match["high"].replace(",", ""))},
        consumes=True,
    ),
    Phrase(
        "limit-of-n",
        re.compile(
            rf"\bvalue\s+of\s+N(?:\s+in\s+[\w.]+)?\s+(?:cannot|must\s+not)\s+(?:be\s+greater\s+than|exceed)\s+{ONE}\b",
            re.IGNORECASE,
        ),
        number("maxItems"),
        consumes=True,
    ),
    Phrase(
        "set-n",
        re.compile(r"\b[Ss]et\s+(?:the\s+value\s+of\s+)?N\s+to\s+(?P<n>1)(?=\s*(?:$|[.,;(]))"),
        number("maxItems"),
        consumes=True,
    ),
    Phrase(
        "list-of-n",
        re.compile(
            r"\b(?:valid\s+)?values\s+of\s+N(?:\s+are|\s*:)\s*(?:\d+\s*,\s*(?:and\s+)?)+(?P<n>\d+)\b(?!\s*(?:to|-))",
            re.IGNORECASE,
        ),
        number("maxItems"),
        consumes=True,
    ),
    Phrase(
        "page-number",
        re.compile(
            r"\b(?:starts?|starting|begins?)\s+(?:from|at|with)\s+(?:page\s+)?(?P<n>\d)(?=\s*(?:$|[.,;(]))",
            re.IGNORECASE,
        ),
        number("minimum"),
    ),
    Phrase(
        "starting-value",
        re.compile(
            rf"\b(?:starting|start|initial)\s+(?:value|page)(?:\s+is|\s*:)\s*{ONE}(?=\s*(?:$|[.,;(]))", re.IGNORECASE
        ),
        number("minimum"),
        consumes=True,
    ),
    Phrase(
        "value-or-range",
        re.compile(
            rf"\b(?:valid\s+values?|value\s+range)\s*:\s*(?P<low>-\d+)\s*(?:\([^()]*\)\s*)?(?:,|or|and|,\s*or|,\s*and)\s+(?:\d+)\s*(?:to|-|~)\s*{HIGH}(?=\s*(?:$|[.;(]))",
            re.IGNORECASE,
        ),
        bounds("minimum", "maximum"),
    ),
    Phrase(
        "half-open-range",
        re.compile(rf"\b(?:valid\s+values?|value\s+range|range)\s*:\s*\(\s*{LOW}\s*,\s*{HIGH}\s*\]", re.IGNORECASE),
        lambda match: {**above(match), "maximum": int(match["high"].replace(",", ""))},
        whole_numbers_only=True,
    ),
    Phrase(
        "endless-range",
        re.compile(
            rf"\b(?:valid\s+values?|value\s+range|range)\s*:\s*{_SIGNED}\s*(?:to|~|-)\s*(?:∞|\+∞|infinity)",
            re.IGNORECASE,
        ),
        number("minimum"),
    ),
    Phrase(
        "power-of-ten",
        re.compile(
            r"\b(?:valid\s+values?|value\s+range|range)\s*:\s*(?P<low>\d+)\s*(?:to|-|~)\s*1(?:0\^|[eE]\+?)(?P<power>\d{1,2})(?=\s*(?:$|[.,;]))",
            re.IGNORECASE,
        ),
        lambda match: {"minimum": int(match["low"]), "maximum": 10 ** int(match["power"])},
    ),
)
"""Tried before the usual phrases, which would read a part of the same words."""

AFTER: Final = (
    Phrase(
        "items-of-a-text",
        re.compile(
            rf"\b(?:array|list|set)\s+(?:that\s+)?(?:can\s+|may\s+)?(?:consists?\s+of|consisting\s+of|contains?|containing|includes?|including|with|of|comprising)\s+{_MOST}\s+{_COUNT}\b{_NO_OTHER}",
            re.IGNORECASE,
        ),
        number("maxItems"),
    ),
    Phrase(
        "items-in-one-call",
        re.compile(
            rf"(?<!period )\b{_MOST}\s+{_COUNT}{_NO_OTHER}\s+[a-z][^.;]{{0,80}}?"
            r"(?:\bat\s+a\s+time|\bat\s+(?:the\s+same\s+time|once)"
            r"|\b(?:in|for|per|by)\s+(?:an?\s+single|an?|each|one|every|single)\s+(?:request|call|operation|query))\b",
            re.IGNORECASE,
        ),
        number("maxItems"),
    ),
    Phrase(
        "items-you-give",
        re.compile(
            rf"\byou\s+can\s+(?:specify|enter|set|provide|query|input|pass|list)\s+(?:the\s+)?(?:IDs|names|addresses|values)\s+of\s+{_MOST}\s+{_COUNT}{_NO_OTHER}\s+[A-Za-z]",
            re.IGNORECASE,
        ),
        number("maxItems"),
    ),
    Phrase(
        "items-that-are-set",
        re.compile(
            rf"(?:^|[,;]\s+){_MOST}\s+{_COUNT}{_NO_OTHER}\s+[A-Za-z][A-Za-z -]{{1,40}}\s+can\s+be\s+"
            r"(?:specified|set|entered|configured|queried|passed|provided)\b(?!\s+(?:for|to|in|on)\s+(?:each|an?|one)\s)",
            re.IGNORECASE,
        ),
        number("maxItems"),
    ),
    Phrase(
        "value-at-least",
        re.compile(
            rf"{_VALUE_IS}(?:must\s+be|should\s+be|is|can\s+be)\s+(?:an?\s+integer\s+(?:that\s+is\s+)?)?(?:at\s+least|(?:greater|larger)\s+than\s+or\s+equal\s+to|no\s+(?:less|smaller)\s+than|not\s+less\s+than)\s+{_SIGNED}{_NO_LENGTH}",
            re.IGNORECASE,
        ),
        number("minimum"),
    ),
    Phrase(
        "value-at-most",
        re.compile(
            rf"{_VALUE_IS}(?:(?:must\s+be|should\s+be|is|can\s+be)\s+(?:an?\s+integer\s+(?:that\s+is\s+)?)?(?:at\s+most|(?:less|smaller)\s+than\s+or\s+equal\s+to|no\s+(?:greater|larger|more)\s+than)|(?:cannot|can\s*not|must\s+not)\s+(?:exceed|be\s+(?:greater|larger|more)\s+than))\s+{_SIGNED}{_NO_LENGTH}",
            re.IGNORECASE,
        ),
        number("maximum"),
    ),
    Phrase(
        "value-above",
        re.compile(
            rf"(?:{_VALUE_IS}(?:must\s+be|should\s+be|is)\s+(?:an?\s+integer\s+(?:that\s+is\s+)?)?|\bvalid\s+values?\s*:\s*(?:an?\s+|any\s+)?integers?\s+)(?:greater|larger)\s+than\s+(?P<low>\d+)(?!\s+or\s+equal){_NO_LENGTH}",
            re.IGNORECASE,
        ),
        above,
        whole_numbers_only=True,
    ),
    Phrase(
        "values-from-up",
        re.compile(
            rf"\b(?:valid\s+values?|value\s+range)\s*:\s*(?:(?:an?\s+|any\s+)?integers?\s+)?(?:(?:that\s+are\s+)?(?:greater|larger)\s+than\s+or\s+equal\s+to|no\s+less\s+than|at\s+least)\s+{_SIGNED}{_NO_LENGTH}",
            re.IGNORECASE,
        ),
        number("minimum"),
    ),
    Phrase(
        "positive-integer",
        re.compile(
            r"(?:\bvalid\s+values?\s*:\s*(?:an?\s+|any\s+|all\s+)?|\bvalue\s+(?:must\s+be|is)\s+(?:an?\s+|any\s+))positive\s+integers?(?=\s*(?:$|[.;]))",
            re.IGNORECASE,
        ),
        lambda _match: {"minimum": 1},
    ),
    Phrase(
        "multiple-of",
        re.compile(
            rf"(?:\bmust\s+be|\bis|\bare|\bvalues?\s*:|,)\s+(?:an?\s+)?(?:(?:integer|integral|whole-number)\s+)?multiples?\s+of\s+{ONE}(?![\d.,]*\d)(?=\W|$)",
            re.IGNORECASE,
        ),
        number("multipleOf"),
    ),
    Phrase(
        "in-steps-of",
        re.compile(rf"\bin\s+(?:increments|steps)\s+of\s+{ONE}\b(?![.,]\d)", re.IGNORECASE),
        number("multipleOf"),
    ),
    Phrase(
        "length-at-most",
        re.compile(
            rf"\b(?:contain|be|is|has|have)\s+(?:no\s+more\s+than|at\s+most|fewer\s+than\s+or\s+equal\s+to)\s+{ONE}\s+(?:[A-Za-z]+\s+){{0,2}}?characters\b",
            re.IGNORECASE,
        ),
        number("maxLength"),
    ),
    Phrase(
        "maximum-length",
        re.compile(rf"\bmax(?:imum)?\s+length\s*:\s*{ONE}(?!\s*(?:bits|[KMG]i?B)\b)(?![\d.,]*\d)", re.IGNORECASE),
        number("maxLength"),
    ),
    Phrase(
        "minimum-length",
        re.compile(
            rf"\bmin(?:imum)?\s+length(?:\s+is)?\s*:?\s*{ONE}(?!\s*(?:bits|[KMG]i?B)\b)(?![\d.,]*\d)", re.IGNORECASE
        ),
        number("minLength"),
    ),
    Phrase(
        "range-in-words",
        re.compile(
            rf"\b(?:this\s+parameter|the\s+value|the\s+valid\s+range|the\s+value\s+range)\s+(?:must\s+be|is|can\s+be)\s+(?:an?\s+integer\s+)?(?:from\s+)?{LOW}\s+to\s+{HIGH}(?=\s*(?:$|[.;(]))",
            re.IGNORECASE,
        ),
        bounds("minimum", "maximum"),
    ),
    Phrase(
        "default-in-words",
        re.compile(
            r"\bdefaults?\s+to\s+[\"']?(?P<value>-?[A-Za-z0-9_][\w./+-]*)[\"']?(?=\s*(?:$|[.,;)]))", re.IGNORECASE
        ),
        lambda match: {"default": match["value"].rstrip(".,")},
    ),
    Phrase(
        "set-by-default",
        re.compile(
            r"\b(?:this\s+parameter|the\s+value)\s+is\s+(?:set\s+to\s+)?[\"']?(?P<value>-?[A-Za-z0-9_][\w./+-]*)[\"']?\s+by\s+default\b",
            re.IGNORECASE,
        ),
        lambda match: {} if match["value"].lower() in _STATES else {"default": match["value"].rstrip(".,")},
    ),
    Phrase(
        "default-time",
        re.compile(r"\bdefault\s+value\s*:\s*(?P<value>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z)", re.IGNORECASE),
        lambda match: {"default": match["value"]},
    ),
    Phrase(
        "default-of-some-words",
        re.compile(r"^[Dd]efault\s+value\s*:\s*(?P<value>[A-Z][A-Za-z0-9]*(?: [A-Z0-9][A-Za-z0-9.]*){1,3})\.?$"),
        lambda match: {"default": match["value"].rstrip(".")},
    ),
    Phrase(
        "expression",
        re.compile(
            rf"(?:\bpattern|\bformat|\bregular\s+expression|\bregex)(?:\s+(?:is|as\s+follows))?\s*:?\s*{EXPRESSION}",
            re.IGNORECASE,
        ),
        of_expression,
    ),
    Phrase(
        "neither-end",
        re.compile(rf"{_CANNOT}(?:start|begin)\s+(?:or|and|nor)\s+end\s+with\s+{_SIGNS}", re.IGNORECASE),
        lambda match: dict.fromkeys(("notStartsWith", "notEndsWith"), _in_brackets(match["list"])),
    ),
    Phrase(
        "not-starting-with-signs",
        re.compile(rf"{_CANNOT}(?:contain\s[^.]{{1,150}}?,?\s+or\s+)?(?:start|begin)\s+with\s+{_SIGNS}", re.IGNORECASE),
        lambda match: {"notStartsWith": _in_brackets(match["list"])},
    ),
    Phrase(
        "not-ending-with-signs",
        re.compile(rf"{_CANNOT}end\s+with\s+{_SIGNS}", re.IGNORECASE),
        lambda match: {"notEndsWith": _in_brackets(match["list"])},
    ),
    Phrase(
        "date-format",
        re.compile(
            rf"(?:\bin\s+(?:the\s+|a\s+)?(?:format\s+(?:of\s+)?)?{DATE_FORMAT}(?:\s+format\b)?"
            rf"|\b[Ff]ormat(?:\s+is|\s+of|\s*:)\s*(?:the\s+)?{OTHER_FORMAT})",
        ),
        text("format"),
    ),
    Phrase(
        "no-limit-of-n", re.compile(r"\bvalues?\s+of\s+N\b[^.]*\b(?:depends?|based)\s+on\b", re.IGNORECASE), nothing
    ),
)
"""Tried after the usual phrases."""

_BRACKETS: Final = re.compile(r"\((_|[^\w\s()])\)")


def _in_brackets(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_BRACKETS.findall(listed)))
