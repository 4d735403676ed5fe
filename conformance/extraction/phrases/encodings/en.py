"""The words of English documents for the form of a value, on text normalised by `extraction.plain_text.clean`."""

from __future__ import annotations

import re
from typing import Final

from conformance.extraction.phrases.encodings.form_words import FormWords

_JSON: Final = r"\bJSON[\s-]*(?:formatted\s+)?"
_SEPARATE: Final = r"\b(?:separat|delimit)(?:e|es|ed|ing)\b"

FORMS: Final = FormWords(
    json=re.compile(
        rf"{_JSON}(?:strings?|arrays?|lists?|objects?|dictionar(?:y|ies)|structures?|maps?|texts?|format)\b"
        r"|\bJSON-formatted\b",
        re.IGNORECASE,
    ),
    another=re.compile(r"\b(?:returned|returns?|responses?|output|downloaded|logs?\s+(?:is|are))\b", re.IGNORECASE),
    json_list=re.compile(rf"{_JSON}(?:arrays?|lists?)\b|\blist\s+in\s+JSON\b", re.IGNORECASE),
    list_word=re.compile(r"\b(?:array|list)\b", re.IGNORECASE),
    json_object=re.compile(rf"{_JSON}(?:objects?|dictionar(?:y|ies)|maps?)\b", re.IGNORECASE),
    commas=re.compile(
        rf"{_SEPARATE}[^.;]*?\b(?:with|by|using)\s+(?:an?\s+)?(?:[a-z-]+\s+)?commas?\b"
        r"|\bcomma[\s-]*(?:separated|delimited)\b"
        rf"|\bcommas?\s*(?:\([^()]*\)\s*)?(?:(?:is|are|as)\s+)?(?:used\s+)?(?:to\s+separate|as\s+(?:the\s+)?separators?)\b",
        re.IGNORECASE,
    ),
    other_marks=re.compile(
        rf"{_SEPARATE}[^.;]*?\b(?:multiple|several|values|IDs|entries)\b[^.;]*?\b(?:with|by)\s+(?:an?\s+)?(?:semicolons?|vertical\s+bars?|spaces?|colons?|pipes?|line\s+(?:breaks?|feeds?))\b"
        r"|\b(?:multiple|several)\b[^.;]*?"
        rf"{_SEPARATE}\s+(?:with|by)\s+(?:an?\s+)?(?:semicolons?|vertical\s+bars?|spaces?|colons?|pipes?)\b",
        re.IGNORECASE,
    ),
    each=re.compile(r"\b(?:each|every|an?\s+single|individual|keys?)\b", re.IGNORECASE),
    member_type=re.compile(
        r"\b(?:set\s+to|is|be|as|of)\s+(?:an?\s+|the\s+)?(?:type\s+)?(?P<type>string|integer|long|boolean|float|double)\b"
        r"(?=\s*(?:$|[.,;]|type\b|value\b))"
        r"|\btype\s*:\s*(?P<named>string|integer|long|boolean|float|double)\b"
        r"|^\(?(?P<first>string|integer|long|boolean|float|double)\b(?=\s*[.,;)])",
        re.IGNORECASE,
    ),
    types={},
    required=re.compile(
        r"(?<!not )\b(?:required|mandatory)\b(?!\s+(?:if|when|only|for)\b)|\bmust\s+be\s+specified\b", re.IGNORECASE
    ),
    optional=re.compile(r"\boptional\b|\bnot\s+(?:required|mandatory)\b", re.IGNORECASE),
)
