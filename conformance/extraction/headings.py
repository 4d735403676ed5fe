"""The words by which pages mark their sections, columns, required marks and asides, as data.

Pages of one language use words of the other ("HTTP status code" above a Chinese table), so the tables serve both.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final, Literal

from conformance.extraction.plain_text import clean

Section = Literal["request", "response", "errors", "other"]
Column = Literal["name", "type", "required", "example", "description", "position", "status", "code", "message"]

_SECTIONS: Final[tuple[tuple[Section, re.Pattern[str]], ...]] = (
    ("request", re.compile(r"request parameters?|请求参数|入参", re.IGNORECASE)),
    (
        "response",
        re.compile(r"(?:response|return) (?:parameters?|elements?)|返回(?:参数|数据|结果)|出参", re.IGNORECASE),
    ),
    ("errors", re.compile(r"error codes?|错误码|错误代码", re.IGNORECASE)),
    (
        "other",
        re.compile(
            r"examples?|(?:sample|success|response|request|error) (?:requests?|(?:success )?responses?|examples?)"
            r"|(?:change|update) history|release notes|(?:xml|json) ?format"
            r"|示例|(?:请求|(?:正常|异常)?返回|响应)示例|变更历史|(?:xml|json) ?格式",
            re.IGNORECASE,
        ),
    ),
)
"""Headings of sections in all their forms, matched against a whole line.

What comes before the request (descriptions, debugging, authorization) needs no entry: everything there is prose, and a
parameter may be named Description.
"""

_COLUMNS: Final[tuple[tuple[Column, tuple[str, ...]], ...]] = (
    ("status", ("http status code", "httpcode", "http code", "http状态码", "http stat", "http sta", "http", "状态码")),
    ("code", ("error code", "错误码", "错误代码")),
    ("message", ("error message", "error messages", "error information", "错误信息", "错误消息")),
    ("required", ("required", "required?", "是否必选", "是否必需", "是否必须", "是否必填", "必填", "必选", "必需")),
    ("example", ("example", "example value", "sample value", "示例值", "示例", "样例值")),
    ("name", ("parameter", "name", "field", "element", "名称", "参数", "参数名", "参数名称", "字段名称")),
    ("type", ("type", "data type", "类型", "参数类型", "数据类型")),
    ("position", ("position", "in", "位置")),
    ("description", ("description", "描述", "说明", "语义", "参数描述")),
)
"""The words of each column's header (reading rule 2), in small letters; misspellings are compared with them."""

_NEAR = 0.8
"""How like a header word a misspelling must be ("HTTP stauts code" is 0.94 like its own)."""

_SHORT = 3
"""Words of so few letters are like too many others, and misspellings add or drop no more letters."""

_LONGEST_HEADING = 40

_MARKS: Final = {
    True: ("yes", "required", "true", "是", "必选", "必填", "必需", "必须"),
    False: ("no", "optional", "false", "否", "可选", "选填", "非必填", "非必选", "不必选"),
}

NOTE: Final = re.compile(
    r"(?:(?:important\s+)?notes?|notice|important|warning|caution|说明|注意|重要|警告)"
    r"(?:\s*:\s*|\s+(?=[A-Z]))|(?:note|notice|important|warning|caution|说明|注意|重要|警告)$",
    re.IGNORECASE,
)
"""How an aside begins; the word alone on a line makes an aside of what follows it in the same cell."""


def section_of(line: str) -> Section | None:
    """Return which section a line is the heading of, `None` when it is no heading."""
    if len(line) > 2 * _LONGEST_HEADING:
        return None
    text = clean(line).strip("# ").rstrip(":")
    text = re.sub(r"\s*\{[^{}]*\}$", "", text)
    if not 0 < len(text) <= _LONGEST_HEADING:
        return None
    return next((section for section, pattern in _SECTIONS if pattern.fullmatch(text)), None)


@lru_cache(maxsize=4096)
def column_of(header: str) -> Column | None:
    """Return which column a header names, by its words and never by its place; misspellings are recognised too."""
    text = clean(header).lower().strip("*` ") if len(header) <= _LONGEST_HEADING else ""
    if not text:
        return None
    for column, words in _COLUMNS:
        if text in words:
            return column
    near: list[tuple[float, Column]] = [
        (SequenceMatcher(None, text, word).ratio(), column)
        for column, words in _COLUMNS
        for word in words
        if len(word) > _SHORT and abs(len(word) - len(text)) <= _SHORT
    ]
    best = max(near, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] >= _NEAR else None


def column_words() -> frozenset[str]:
    """Return every word that heads a column, in small letters."""
    return frozenset(word for _, words in _COLUMNS for word in words)


def columns_of(headers: list[str]) -> tuple[Column | None, ...]:
    """Map a row of headers to columns; of two description columns of an error table the first is the message."""
    columns = [column_of(header) for header in headers]
    if "code" in columns and "message" not in columns and columns.count("description") > 1:
        columns[columns.index("description")] = "message"
    return tuple(columns)


_DEPENDS: Final = re.compile(
    r"conditional(?:ly)?(?:\s+required)?|depends\b.*|(?:有)?条件(?:性)?(?:必选|必填|必需)?|视情况.*", re.IGNORECASE
)


def depends_mark(text: str) -> bool:
    """Whether a required mark says that it depends, and not on what: "Conditional", 条件必选."""
    return _DEPENDS.fullmatch(clean(text).strip(" .。*")) is not None


def required_mark(text: str) -> bool | None:
    """Read a required mark: "Yes", "Yes.", "Required", 是; `None` when it is none of the known words."""
    word = clean(text).lower().strip(" .。*")
    for value, words in _MARKS.items():
        if word in words:
            return value
    # "No (required when ...)": the first word is the mark, the rest is its condition.
    head = re.split(r"[\s(,;:.。]", word, maxsplit=1)[0]
    for value, words in _MARKS.items():
        if head in words:
            return value
    return None
