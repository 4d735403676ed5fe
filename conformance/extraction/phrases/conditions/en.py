"""The words of English documents for conditions, on text normalised by `conformance.extraction.plain_text.clean`."""

from __future__ import annotations

import re
from typing import Final

from conformance.extraction.phrases.conditions.words import NAME, VALUE, listed
from conformance.extraction.phrases.table import HIGH, LOW, ConditionWords, Phrase, bounds

_EITHER = r"\s*(?:,\s*(?:and\s+|or\s+)?|/|\s(?:or|and)\s)\s*"
_VALUES = rf"(?P<values>{VALUE}(?:{_EITHER}{VALUE})*)"
_THE = r"(?:the\s+)?(?:request\s+)?(?:parameter\s+)?"
_NOUN = r"(?:\s+(?:parameter|field))?"
_TO = r"\s*(?:to|and|through|-|~|–|—)\s*"
_ITSELF = r"\bthis\s+parameter\b(?:\s+parameter)?"
_LISTED = rf"(?P<list>{VALUE}(?:{_EITHER}{VALUE})*)(?=[.;]?$)"

CONDITIONS: Final = ConditionWords(
    apart=re.compile(r"[;,]\s*(?:and\s+|but\s+)?(?=(?:if|when)\s)", re.IGNORECASE),
    leading=re.compile(r"^(?:note\s*:\s*)?(?P<word>(?:only\s+)?(?:if|when|where)\s+)", re.IGNORECASE),
    ends=re.compile(r"\s*(?:,\s*(?:then\s+)?|:\s*)", re.IGNORECASE),
    trailing=re.compile(
        r"(?P<promise>.+?)[\s,]+(?:and\s+)?(?:only\s+)?(?:if|when)\s+(?P<condition>[^:]+?)(?:\s*:\s*(?P<tail>.+)|\.?)$",
        re.IGNORECASE,
    ),
    both=re.compile(r",?\s+and\s+(?:(?:if|when)\s+)?", re.IGNORECASE),
    terms=(
        re.compile(
            rf"{_THE}{NAME}{_NOUN}(?:'s)?(?:\s+value)?\s*(?:=|\s(?:is|are|equals)(?:\s+(?:set|equal)(?:\s+to)?)?\s)\s*(?:the\s+value\s+)?{_VALUES}",
            re.IGNORECASE,
        ),
        re.compile(
            rf"(?:the\s+)?values?\s+of\s+{_THE}{NAME}{_NOUN}\s+(?:is|are|equals)(?:\s+(?:set|equal)\s+to)?\s+{_VALUES}",
            re.IGNORECASE,
        ),
        re.compile(rf"(?:you\s+)?(?:set|specify)\s+{_THE}{NAME}{_NOUN}\s+(?:to|as)\s+{_VALUES}", re.IGNORECASE),
        # The second of two: "if you set X to a and Y to b".
        re.compile(rf"{_THE}{NAME}{_NOUN}\s+to\s+{_VALUES}", re.IGNORECASE),
        re.compile(rf"(?:you\s+)?specify\s+{_VALUES}\s+for\s+{_THE}{NAME}{_NOUN}", re.IGNORECASE),
    ),
    either=re.compile(_EITHER),
    no_value=re.compile(
        r"(?:not|un)?\s*(?:specified|set|configured|empty|null|enabled|disabled|provided|used|valid|invalid|available"
        r"|unavailable|required|supported|blank|unspecified|left|in|an?|the|no|none|not|multiple|different|greater|less)",
        re.IGNORECASE,
    ),
    required=re.compile(
        rf"{_ITSELF}[^,.;]*?(?<!not )(?<!no longer )\b(?:required|mandatory)\b"
        rf"|{_ITSELF}\s+must\s+(?:also\s+)?be\s+(?:specified|set|configured|provided)\b(?!\s+(?:to|as|from|between))"
        rf"|\b(?:must|need\s+to|have\s+to)\s+(?:also\s+)?(?:specify|set|configure|enter|provide)\s+(?:a\s+value\s+for\s+)?(?:the\s+)?{_ITSELF}(?!\s+(?:to|as(?!\s+well))\b)"
        r"|^(?:\w+\s*\()?(?:it\s+is\s+)?required\b",
        re.IGNORECASE,
    ),
    optional=re.compile(
        r"\bnot\s+(?:\w+\s+)?(?:required|mandatory|need)|\boptional\b|\bno\s+longer\s+required", re.IGNORECASE
    ),
    in_force=re.compile(
        rf"{_ITSELF}[^.;]*?\b(?:takes?\s+effects?|effective|valid\b(?!\s+values?)|available|applicable|applies|apply|supported|useful"
        r"|can\s+be\s+(?:set|specified|configured|used)\b(?!\s+(?:to|as|from)))"
        rf"|\b(?:can|may)\s+(?:only\s+)?(?:set|specify|configure|use)\s+(?:the\s+)?{_ITSELF}(?!\s+(?:to|as)\b)",
        re.IGNORECASE,
    ),
    idle=re.compile(
        rf"{_ITSELF}\s+(?:is|does|will)\s+(?:be\s+)?(?:not\s+(?:available|applicable|valid|supported|take\s+effect|effective|apply)"
        r"|unavailable|invalid|unsupported|ignored)"
        rf"|{_ITSELF}\s+(?:cannot|can\s+not|must\s+not)\s+be\s+(?:set|specified|configured|used)\b(?!\s+(?:to|as|from))"
        rf"|\b(?:ignore|leave\s+out|(?:cannot|do\s+not|must\s+not)\s+(?:set|specify|configure))\s+(?:the\s+)?{_ITSELF}"
        r"(?!\s+(?:to|as)\b)",
        re.IGNORECASE,
    ),
    restricted=re.compile(
        rf"{_ITSELF}[^.;]*?\bonly\b[^.;]*?\b(?:applicable|applies|apply|valid|available|supported|takes?\s+effects?|returned)\b"
        rf"|{_ITSELF}[^.;]*?\b(?:applicable|applies|apply|valid|available|supported|takes?\s+effects?|returned)\s+only\b",
        re.IGNORECASE,
    ),
    returned=re.compile(
        rf"{_ITSELF}[^.;]*?\b(?:returned|has\s+(?:a\s+)?values?|takes?\s+effects?|valid|effective|available|applicable|included)\b"
        r"|^(?:the|an?|indicates)\b[^,.;:]*?(?<!is )(?<!are )(?<!was )(?<!were )\breturned$"
        r"|^(?:it|the\s+(?:field|parameter|value))\s+is\s+(?:only\s+)?returned",
        re.IGNORECASE,
    ),
    not_returned=re.compile(
        rf"{_ITSELF}\s+(?:is|does|has|will)\s+(?:be\s+)?(?:not|no)\b|{_ITSELF}\s+(?:is\s+)?(?:left\s+)?(?:empty|null|unavailable|invalid)\b"
        r"|\b(?:no\s+value|nothing)\s+is\s+returned",
        re.IGNORECASE,
    ),
    phrases=(
        Phrase(
            "range-on-condition",
            re.compile(
                rf"(?:\b(?:set|is|are|be|values?|ranges?)\s+(?:(?:an?\s+)?(?:integer|value)\s+)?(?:from|between|in\s+the\s+range\s+of)?\s*|^){LOW}{_TO}{HIGH}"
                r"(?=\s*(?:$|[.,;(](?!\s*(?:(?:and|or)\s+)?\d)|[KMG]i?b|%|(?:months?|years?|weeks?|days?|hours?|minutes?|seconds?)\b))",
                re.IGNORECASE,
            ),
            bounds("minimum", "maximum"),
        ),
        Phrase(
            "values-on-condition",
            re.compile(
                rf"\b(?:valid|possible|supported)\s+values?(?:\s+(?:of|for)\s+(?:the\s+)?{_ITSELF})?\s+(?:is|are)\s+{_LISTED}",
                re.IGNORECASE,
            ),
            listed("enum", re.compile(_EITHER)),
        ),
        Phrase(
            "set-to-on-condition",
            re.compile(
                rf"{_ITSELF}\s+(?:must|can\s+only|can|is|may)\s+(?:only\s+)?(?:be\s+)?set\s+to\s+(?:only\s+)?{_LISTED}",
                re.IGNORECASE,
            ),
            listed("enum", re.compile(_EITHER)),
        ),
        Phrase(
            "you-set-to-on-condition",
            re.compile(
                rf"\b(?:must|can\s+only|can)\s+(?:only\s+)?set\s+(?:the\s+)?{_ITSELF}\s+to\s+{_LISTED}", re.IGNORECASE
            ),
            listed("enum", re.compile(_EITHER)),
        ),
    ),
)
