"""The phrases of English documents, on text normalised by `conformance.extraction.plain_text.clean`."""

from __future__ import annotations

import re
from typing import Final

from conformance.extraction.facts.literals import LITERAL
from conformance.extraction.phrases.characters.en import WORDS
from conformance.extraction.phrases.conditions.en import CONDITIONS
from conformance.extraction.phrases.encodings.en import FORMS
from conformance.extraction.phrases.quantities.en import AFTER, BEFORE
from conformance.extraction.phrases.table import (
    DIGITS,
    HIGH,
    LOW,
    NUMBER_WORDS,
    ONE,
    Lexicon,
    Phrase,
    bounds,
    charset,
    constant,
    literals,
    nothing,
    number,
    signs,
    unit,
)
from conformance.extraction.phrases.units import UNITS

_COUNT = rf"(?P<n>{DIGITS}|{NUMBER_WORDS})"
_TO = r"\s*(?:to|and|through|-|~|–|—)\s*"

_AND = re.compile(r",|;|\s+(?:and|or|as well as)\s+|^\s*(?:and|or)\s+|\s+(?:and|or)\s*$")
_NOISE = re.compile(r"^(?:(?:and|or)\s+)?(?:an?\s+|the\s+|only\s+|following characters:\s*|either\s+)*", re.IGNORECASE)

# A list of characters goes on until its sentence ends or another verb takes over.
_LIST = (
    r"(?P<list>(?:\((?!only\b|for\b)[^()]*\)|\.(?=\s+[a-z]+(?:\s[a-z]+)?\s\()"
    r"|(?!\b(?:cannot|can|must|may|it|but|nor|contain|start|end|begin|which|that)\b)[^.;()])+)"
)

_SIGNED = rf"(?P<low>-?(?:{DIGITS}))\s*(?:to|-|~|–|—)\s*(?P<high>-?(?:{DIGITS}))"

# A literal in prose: not an article, a verb or the name of a class of characters.
_NO_LITERAL = r"(?:an?|the|any|cannot|can|must|may|it|its|and|or|nor|in|contain|with|special|only)"
_CLASS = "|".join(sorted(WORDS, key=len, reverse=True))
_WORD = rf"(?!{_NO_LITERAL}\b)(?!(?i:{_CLASS})\b)[\"']?[A-Za-z0-9_$#@&][^\s,;()\"']*[\"']?"
_WORD_LIST = rf"(?P<list>{_WORD}(?:(?:,?\s+(?:or|and|nor)\s+|,\s*){_WORD})*)"
_LITERALS_END = r"(?=\s*(?:$|[.,;)]|(?:and|but|or)\s+(?:cannot|can|must|it|contain)\b))"
_EACH_WORD = re.compile(rf"(?<![^\s,;\"']){_WORD}")
_NOT = r"(?:cannot|can ?not|can't|must not|may not|should not|nor (?:can|may) it)"

_VALUE = (
    r"(?P<value>-?\d{1,3}(?:,\d{3})+(?!\d)|-?\d[\d,]*(?=\s+(?!or\b)[A-Za-z%])"
    rf"|-?{LITERAL}(?=[\"']?(?:\.?\s*$|[.,;]\s|[,;]|\s*\()))"
)

_CUE_WORDS = (
    r"(?:(?:valid|supported|allowed|possible|available|optional|the)\s+(?:values?|options)"
    r"(?:\s+(?:of|for)\s+(?-i:[a-z][a-z ]{0,30}[a-z]))??(?:\s+(?:are|include|is))?"
    r"|(?:one\s+of\s+)?the\s+following\s+values?(?:\s+(?:are|is)\s+(?:supported|available|valid|allowed))?"
    r"|value\s+range|values?\s+range|^range(?=\s*:)"
    r"|(?<!default\s)(?<!example\s)(?<!sample\s)(?<!maximum\s)(?<!minimum\s)(?<!starting\s)(?<!start\s)(?<!initial\s)\bvalues?(?=\s*:))"
)

_TWO_WORDS = r"(?=\s+[^\s,]+(?:,\s+[^\s,]+)*,?\s+(?:or|and)\s+[^\s,]+$)(?!.*\b(?:an?|the|empty|null|any|other|none)\b)"

PHRASES: Final = (
    *BEFORE,
    Phrase(
        "length-range",
        re.compile(rf"(?<!\d){LOW}{_TO}{HIGH}(?:\s+[A-Za-z]+){{0,4}}?\s+(?:characters?|bytes)\b", re.IGNORECASE),
        bounds("minLength", "maxLength"),
    ),
    Phrase(
        "length-max",
        re.compile(
            r"(?:up\s+to|at\s+most|a\s+maximum\s+of|exceed|longer\s+than|(?:no|not|cannot\s+be)\s+more\s+than|within"
            rf"|maximum\s+length\s+(?:of\s+[A-Za-z][\w\s]{{1,30}}?\s+is|of|is)|greater\s+than)\s+{ONE}(?:\s+[A-Za-z]+){{0,2}}?\s+(?:characters?|bytes)\b",
            re.IGNORECASE,
        ),
        number("maxLength"),
    ),
    Phrase(
        "length-min",
        re.compile(rf"(?:at\s+least|no\s+(?:less|fewer|shorter)\s+than)\s+{ONE}\s+characters?\b", re.IGNORECASE),
        number("minLength"),
    ),
    Phrase(
        "length-in-ascii",
        re.compile(r"\d\s+ASCII\s+characters\b"),
        constant("charset", ("ascii",)),
    ),
    Phrase(
        "items-of-n",
        re.compile(
            r"(?:(?:^|[\s,(])N|\bof\s+n)(?:\s+(?:is|are|can\s+be|ranges|must\s+be))?(?:\s+an?\s+integer)?"
            r"\s*(?::|from|in\s+the\s+range\s+of)?\s*"
            rf"{LOW}{_TO}{HIGH}",
        ),
        lambda match: {"maxItems": int(match["high"].replace(",", ""))},
        consumes=True,
    ),
    Phrase(
        "items-maximum-of-n",
        re.compile(rf"\b[Mm]aximum\s+value\s+of\s+N(?:\s+is|\s*:)\s*{ONE}\b"),
        number("maxItems"),
        consumes=True,
    ),
    Phrase(
        "default-of-n",
        re.compile(r"\b[Dd]efault\s+value\s+of\s+N(?:\s+is|\s*:)\s*\d+"),
        nothing,
        consumes=True,
    ),
    Phrase(
        "items-max",
        re.compile(
            r"\b(?:specify|enter|add|set|configure|select|include|pass(?:\s+in)?|attach|associate|input)\s+"
            rf"(?:up\s+to|at\s+most|a\s+maximum\s+of|no\s+more\s+than)\s+{_COUNT}\s+(?!(?:[A-Za-z]+\s+){{0,2}}characters?\b)[A-Za-z]",
            re.IGNORECASE,
        ),
        number("maxItems"),
    ),
    Phrase(
        "items-of-an-array",
        re.compile(
            rf"\b(?:up\s+to|at\s+most|a\s+maximum\s+of|no\s+more\s+than)\s+{ONE}\s+(?!(?:[A-Za-z]+\s+){{0,2}}characters?\b)[A-Za-z]",
            re.IGNORECASE,
        ),
        number("maxItems"),
        arrays_only=True,
    ),
    Phrase(
        "empty-forbidden",
        re.compile(rf"{_NOT}\s+be\s+(?:left\s+)?(?:an?\s+)?(?:empty|blank|null)\b", re.IGNORECASE),
        constant("allowEmpty", value=False),
    ),
    Phrase(
        "empty-allowed",
        re.compile(
            r"\b(?:can|may)\s+be\s+(?:left\s+)?(?:an?\s+)?empty\b|\bcan\s+leave\s+this\s+parameter\s+empty\b",
            re.IGNORECASE,
        ),
        constant("allowEmpty", value=True),
    ),
    Phrase(
        "not-starting-with",
        re.compile(rf"{_NOT}\s+(?:start|begin)\s+with\s+(?:or\s+contain\s+)?{_WORD_LIST}{_LITERALS_END}"),
        literals("notStartsWith", _EACH_WORD),
    ),
    Phrase(
        "not-containing",
        re.compile(rf"{_NOT}\s+(?:(?:start|begin)\s+with\s+or\s+)?contain\s+{_WORD_LIST}{_LITERALS_END}"),
        literals("notContains", _EACH_WORD),
    ),
    Phrase(
        "nor-containing",
        re.compile(
            rf"{_NOT}\s+(?:start|begin)\s+with\s+[^.]*?[\s,](?:or|and|nor)\s+contain\s+{_WORD_LIST}{_LITERALS_END}"
        ),
        literals("notContains", _EACH_WORD),
    ),
    Phrase(
        "not-containing-signs",
        re.compile(rf"{_NOT}\s+contain\s+{_LIST}", re.IGNORECASE),
        signs("notContains", WORDS, _AND, _NOISE),
    ),
    Phrase(
        "starting-and-ending-with",
        re.compile(rf"(?<!not )(?<!cannot )\b(?:start|begin)s?\s+and\s+ends?\s+with\s+{_LIST}", re.IGNORECASE),
        charset(("startsWith", "endsWith"), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "starting-with",
        re.compile(
            rf"(?<!not )(?<!cannot )(?<!nor can it )(?<!nor may it )(?<!or )\b(?:start|begin)s?\s+with\s+{_LIST}",
            re.IGNORECASE,
        ),
        charset(("startsWith",), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "ending-with",
        re.compile(
            rf"(?<!not )(?<!cannot )(?<!start and )(?<!begin and )(?<!start or )(?<!begin or )"
            rf"(?<!start nor )\bends?\s+with\s+{_LIST}",
            re.IGNORECASE,
        ),
        charset(("endsWith",), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "charset",
        re.compile(
            r"(?<!not )(?<!cannot )(?<!start with or )\b(?:(?:(?<!must )(?<!must also )(?<!should )|(?=contain\s+only))"
            r"contains?|consists?\s+of|includes?|supports|composed\s+of)"
            rf"(?:\s+only|\s+the\s+following\s+characters:)?,?\s+{_LIST}",
            re.IGNORECASE,
        ),
        charset(("charset",), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "value-range",
        re.compile(
            rf"(?:{_CUE_WORDS})\s*:\s*(?:(?:integers?\s+)?from\s+)?{_SIGNED}"
            r"(?=\s*(?:$|\.(?!\d)|[,;(](?!\s*\d)|[A-Za-z%]))(?!\s*,?\s*(?:and|or|to)\b)",
            re.IGNORECASE,
        ),
        bounds("minimum", "maximum"),
    ),
    Phrase(
        "value-interval",
        re.compile(rf"(?:{_CUE_WORDS})\s*:\s*\[\s*(?P<low>\d+)\s*[,~-]\s*(?P<high>\d+)\s*\]", re.IGNORECASE),
        bounds("minimum", "maximum"),
    ),
    Phrase(
        "value-ranges-from",
        re.compile(
            rf"(?:\branges?\s+from|\bwith\s+a\s+range\s+of|\bmust\s+be\s+(?:an?\s+)?(?:integer\s+)?(?:in\s+the\s+range\s+of|from|within\s+the\s+range\s+of|between)"
            rf"|\b(?:value|integer)\s+(?:that\s+ranges\s+)?from)\s+{LOW}{_TO}{HIGH}(?!\s+(?:[A-Za-z]+\s+){{0,2}}(?:characters?|bytes)\b)",
            re.IGNORECASE,
        ),
        bounds("minimum", "maximum"),
    ),
    Phrase(
        "value-max",
        re.compile(rf"\bmaximum\s+value(?:\s+is|\s+of|\s*:)\s*{ONE}\b", re.IGNORECASE),
        number("maximum"),
    ),
    Phrase(
        "value-min",
        re.compile(rf"\bminimum\s+value(?:\s+is|\s+of|\s*:)\s*{ONE}\b", re.IGNORECASE),
        number("minimum"),
    ),
    Phrase(
        "default-value",
        re.compile(
            rf"\bdefault(?:\s+value)?(?:\s+of\s+(?:this|the)\s+parameter)?(?:\s+is(?!\s+(?:used|applied|set(?!\s+to)|taken))|\s+of|\s*:(?!\s*by\s+default))\s*(?:set\s+to\s+)?[\"']?{_VALUE}",
            re.IGNORECASE,
        ),
        lambda match: {"default": match["value"].rstrip(".,")},
    ),
    Phrase(
        "default-used",
        re.compile(rf"\bdefault\s+value\s+[\"']?(?P<value>{LITERAL})[\"']?\s+is\s+used\b", re.IGNORECASE),
        lambda match: {"default": match["value"].rstrip(".,")},
    ),
    Phrase(
        "by-default",
        re.compile(
            rf"\bby\s+default,\s+(?:this\s+(?:parameter|value)|the\s+(?:value|parameter)(?:\s+of\s+this\s+parameter)?)\s+is\s+(?:set\s+to\s+)?[\"']?{_VALUE}",
            re.IGNORECASE,
        ),
        lambda match: {"default": match["value"].rstrip(".,")},
    ),
    Phrase(
        "unit",
        re.compile(r"\bunits?(?:\s+is|\s*:)\s*(?P<unit>[A-Za-z]+(?:/[A-Za-z]+)?)", re.IGNORECASE),
        unit(UNITS),
    ),
    Phrase(
        "unit-of-value",
        re.compile(
            r"(?<!time )(?<!date )(?<!query )\b(?:values?|range)(?:\s+is|\s*:)\s*"
            r"(?:[\d,.]+\s*(?:to|-|~)\s*)?[\d,]+\s+(?P<unit>[A-Za-z]+(?:/[A-Za-z]+)?)(?=$|[.,;]|\s*\()",
            re.IGNORECASE,
        ),
        unit(UNITS),
    ),
    Phrase(
        "measured-in",
        re.compile(r",\s+in\s+(?:units\s+of\s+)?(?P<unit>[A-Za-z]+(?:/[A-Za-z]+)?)(?=\s*(?:$|[.,;]))"),
        unit(UNITS),
    ),
    *AFTER,
)

LEXICON: Final = Lexicon(
    phrases=PHRASES,
    cue=re.compile(
        rf"\b{_CUE_WORDS}\s*:$|\bset\s+(?:the\s+value|this\s+parameter)\s+to\s+one\s+of\s+the\s+following(?:\s+values)?\s*:$",
        re.IGNORECASE,
    ),
    inline=re.compile(
        rf"(?:\b{_CUE_WORDS}\s*:"
        r"|^set\s+(?:the\s+value|(?:this|the)\s+parameter)\s+to\s+(?:one\s+of\s+)?the\s+following(?:\s+values?)?\s*:"
        rf"|\b(?:(?:valid|allowed|supported|possible)\s+values\s+are|you\s+can\s+set\s+(?:this|the)\s+parameter\s+to){_TWO_WORDS}"
        r"|^set\s+(?:the\s+value|(?:this|the)\s+parameter)\s+to"
        rf"|\b(?:can|may|must)\s+(?:only\s+)?be\s+set\s+to{_TWO_WORDS}"
        r"|^the\s+value\s+is\s+set\s+to)\s*(?P<rest>.+)$",
        re.IGNORECASE,
    ),
    afterwards=re.compile(r",?\s+(?:which|where|whose)\b|,\s+(?:the\s+default|default|if|and\s+the)\b", re.IGNORECASE),
    sole=None,
    conjunctions=re.compile(r"\s*(?:,\s*(?:and|or)\s+|,|;|\||\s(?:and|or)\s)\s*"),
    default_mark=re.compile(
        r"\((?:[^()]{1,30},\s*)?(?:the\s+)?default(?:\s+value)?\)|\b(?:this|it|which)\s+is\s+the\s+default\b|^[\s:]*default\s+value\b",
        re.IGNORECASE,
    ),
    condition=re.compile(r"\b(?:if|when|unless|whether\s+or\s+not)\b", re.IGNORECASE),
    case=re.compile(r"(?:if|when|for)\b", re.IGNORECASE),
    own_condition=re.compile(
        r"\b(?:if|when)\s+(?:you\s+)?(?:do\s+not\s+|don't\s+)?(?:specify|set|leave|configure|use|enter)\s+(?:this|the)\s+parameter\b(?!\s+to)"
        r"(?:\s+(?:empty|unspecified))?"
        r"|\b(?:if|when)\s+(?:you\s+)?(?:specify|set|enter|configure)\s+(?:an?\s+|the\s+)?(?:name|description|value|tag)\b(?!\s+to)"
        r"|\b(?:if|when)\s+(?:this|the)\s+parameter\s+is\s+(?:not\s+|left\s+)?(?:specified|set|configured|empty|unspecified)\b(?!\s+to)",
        re.IGNORECASE,
    ),
    tail=re.compile(
        r"(?:\b(?:start|begin|end)\s+with|\b(?:cannot|can|must)\s+(?:only\s+)?contain(?:\s+only)?|\b(?:or|and)|\bdefault\s+value(?:\s+is|\s*:))\s*[.,]?$",
        re.IGNORECASE,
    ),
    hollow=re.compile(
        r"\b(?:start|begin|end)\s+with\s*(?:(?:or|and)\s*)?[.,;](?=\s|$)|\bcontain\s*(?:(?:or|and)\s*)?[.,;](?!\s*(?:digits|letters))",
        re.IGNORECASE,
    ),
    reference=re.compile(
        r"\bdefault(?:\s+value)?(?:\s+is|\s*:)\s*(?:the|an?|null|none|empty|that|same)\b|\bby\s+default,\s+the\b"
        r"|\bdefault\s+value\s+(?:indicates|specifies|means|that)\b",
        re.IGNORECASE,
    ),
    special=re.compile(
        r"(?:\bvalue\s+(?:of\s+)?|(?:^|[,;(]\s*))[\"']?(?P<n>-?\d+)[\"']?\s+(?:indicates|specifies|means|represents)\b"
        r"|\b(?:if|when)\s+(?:you\s+set\s+)?(?:this\s+parameter|the\s+(?:value|parameter)|it)\s+(?:is\s+)?(?:set\s+)?to\s+(?P<set>-?\d+)\b",
        re.IGNORECASE,
    ),
    fault=re.compile(
        r"\b(?:errors?|invalid|fails?|refused|rejected|not\s+(?:allowed|supported|valid)|cannot)\b", re.IGNORECASE
    ),
    no_list=re.compile(r"\bdefault\s+value\s+is\s+set\s+to\b", re.IGNORECASE),
    begun=re.compile(
        r"\s+(?=(?:Set|This|The|If|You|It|In|Only|When|After|Before|For|By|A|An|Make|Use|Note|Supported)\s+[a-z])"
    ),
    members=re.compile(
        r"\b(?:following|these)\s+(?:request\s+)?(?:parameters|fields|members|keys|properties|attributes)\b[^.:]{0,40}:$",
        re.IGNORECASE,
    ),
    itself="this parameter",
    scope=re.compile(
        r"^(?:note\s*:\s*)?for\s+(?!example|more|instance,|(?:each|every|one|a\s+single)\s+(?:request|call)\b|details|security|information|this\s+parameter)[^,:]{2,110}[,:]\s"
        r"|^(?:on|in|under|with)\s+(?:an?\s+|the\s+|all\s+)?(?:Windows|Linux)\b"
        r"|\b(?:of|for|on)\s+(?:an?\s+|the\s+|all\s+)?(?:Windows|Linux|old(?:er)?|earlier|previous|retired)\s+[a-z]+"
        r"|^(?:Windows|Linux|Other\s[^:]{1,40})\b[^:,.]{0,40}:",
        re.IGNORECASE,
    ),
    partial=re.compile(
        r"\b(?:each|every)\s+(?:part|segment|label|section|component|line|word|level)\b|\b(?:each|every)\s+\w+\s+of\s+the\s+(?:map|object|JSON)\b",
        re.IGNORECASE,
    ),
    of_item=re.compile(
        r"\b(?:each|every)\s+(?:\w+\s+)?(?:item|element|key|value|ID|name|address|entry|tag|port|domain|block|string|keyword|number)\b",
        re.IGNORECASE,
    ),
    quota=re.compile(
        r"^(?:note\s*:\s*)?(?:each|every|one|an?)\s+(?:\w+\s+){1,4}?(?:can|may|supports?|contains?|has|have)\b",
        re.IGNORECASE,
    ),
    of_another=(
        re.compile(
            r"\b(?:values?|range|length|default)\s+(?:of|for)\s+(?:the\s+)?(?:request\s+)?(?:parameter\s+)?(?P<name>[A-Za-z_][\w.]*\w)",
            re.IGNORECASE,
        ),
        re.compile(
            r"^(?:the\s+)?(?P<name>[A-Za-z_][\w.]*\w)(?:\s+parameter)?(?:'s)?\s+(?:value\s+)?(?:must|can|cannot|is|are|defaults?|valid|value|ranges?)\b",
            re.IGNORECASE,
        ),
    ),
    constraint=re.compile(
        r"\bcharacters?\s+in\s+length\b|\b(?:start|begin|end)s?\s+with\b|\b(?:cannot|must\s+not|can\s+only|can)\s+contain\b|\bdefault\s+value\b"
        r"|\bvalid\s+values?\b|\bmaximum\s+(?:value|length)\b|\bminimum\s+(?:value|length)\b|\bunit\s*:"
        r"|\b(?:must|cannot|up\s+to|at\s+most|at\s+least|ranges?|between|no\s+more\s+than)\b.*\d",
        re.IGNORECASE,
    ),
    conditions=CONDITIONS,
    forms=FORMS,
)
