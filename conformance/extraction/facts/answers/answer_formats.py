"""Which formats of the answer a page shows: by headings above samples, by the samples, and by a list of values."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from conformance.contract.model import AnswerFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.contract.model import Parameter
    from conformance.extraction.page import Text

_HEADING: Final = re.compile(r"[#\s`*]*(?P<format>JSON|XML)[`*]*\s*[`*]*(?:formats?|格式)[\s`*:]*", re.IGNORECASE)
_OF_A_REQUEST: Final = re.compile(r"[#\s`*]*(?:(?:sample )?requests?(?: examples?)?|请求示例)[\s`*:]*", re.IGNORECASE)
_OF_AN_ANSWER: Final = re.compile(
    r"[#\s`*]*(?:(?:sample |normal )?(?:success |error )?(?:responses?|returns?)(?: examples?)?"
    r"|(?:正常|异常|错误)?(?:返回|响应)(?:结果)?示例)[\s`*:]*",
    re.IGNORECASE,
)
_SAMPLES: Final = (
    ("XML", re.compile(r"^\W*(?:<\?xml\b|<[A-Za-z]\w*Response\s*>|<RequestId\s*>)")),
    ("JSON", re.compile(r"^\W*\"RequestId\"\s*:")),
)
"""What only the sample of an answer has at the beginning of a line."""

_PARAMETER: Final = "Format"


def answer_formats(text: str, prose: Iterable[Text], parameters: Iterable[Parameter]) -> tuple[AnswerFormat, ...]:
    """Return the formats of the answer that a page shows, in the order of their first lines.

    Args:
        text: The whole page: a layout's reader need not keep its samples.
        prose: The lines outside the tables, cleaned of markup.
        parameters: The request parameters: one of them may choose the format, from a list.
    """
    shown = [*_headings(prose), *_of_parameter(parameters)]
    named = {each.format for each in shown}
    # A heading says more than its sample does.
    shown += [each for each in _samples(text) if each.format not in named]
    first = {each.format: each for each in sorted(shown, key=lambda each: -each.line)}
    return tuple(sorted(first.values(), key=lambda each: each.line))


def _headings(prose: Iterable[Text]) -> Iterator[AnswerFormat]:
    of_a_request = False
    for line in prose:
        if _OF_A_REQUEST.fullmatch(line.text):
            of_a_request = True
        elif _OF_AN_ANSWER.fullmatch(line.text):
            of_a_request = False
        elif not of_a_request and (heading := _HEADING.fullmatch(line.text)):
            yield AnswerFormat(heading["format"].upper(), line.line)


def _of_parameter(parameters: Iterable[Parameter]) -> Iterator[AnswerFormat]:
    for parameter in parameters:
        values = parameter.fact("enum")
        if parameter.path == _PARAMETER and isinstance(values.value, tuple):
            for value in values.value:
                if str(value).upper() in dict(_SAMPLES):
                    yield AnswerFormat(str(value).upper(), values.line or parameter.line)


def _samples(text: str) -> Iterator[AnswerFormat]:
    for number, line in enumerate(text.split("\n"), start=1):
        plain = html.unescape(line)
        yield from (AnswerFormat(name, number) for name, pattern in _SAMPLES if pattern.match(plain))
