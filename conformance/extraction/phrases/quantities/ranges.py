"""Ranges with more than two numbers in them: conversions, percent, exceptions, and ends that words name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.extraction.facts.literals import parse_int
from conformance.extraction.phrases.table import HIGH, LOW, ONE, Phrase, bounds, unit
from conformance.extraction.phrases.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import FactValue

_BESIDE: Final = r"\s*(?:\([^()]{1,30}\)|%)\s*"


def _exactly(match: re.Match[str]) -> Mapping[str, FactValue]:
    value = parse_int(match["n"])
    return {} if value is None else {"minLength": value, "maxLength": value}


def _between(match: re.Match[str]) -> Mapping[str, FactValue]:
    low, high = parse_int(match["low"]), parse_int(match["high"])
    if low is None or high is None:
        return {}
    low, high = low + (not match["from"]), high - (not match["upto"])
    return {"minimum": low, "maximum": high} if low <= high else {}


def _with_unit(match: re.Match[str]) -> Mapping[str, FactValue]:
    return {**bounds("minimum", "maximum")(match), **unit(UNITS)(match)}


def _end(match: re.Match[str]) -> Mapping[str, FactValue]:
    value = parse_int(match["n"])
    return {} if value is None else {"maximum" if match["end"].lower() == "max" else "minimum": value}


_UNIT: Final = r"(?P<unit>[KMGT]i?B|[KMG]bps|[KMG]bit/s|seconds?|minutes?|hours?|days?|months?|years?)"

ENGLISH: Final = (
    Phrase(
        "range-with-units",
        re.compile(
            rf"\b(?:valid\s+values?|value\s+range|range)\s*:\s*{LOW}\s*{_UNIT}\s*(?:to|-|~|–)\s*{HIGH}\s*(?P=unit)(?=$|[.;](?:\s|$)|,\s)",
            re.IGNORECASE,
        ),
        _with_unit,
        integers_only=True,
    ),
    Phrase(
        "range-with-conversions",
        re.compile(
            rf"\b(?:valid\s+values?|value\s+range|range)\s*:\s*{LOW}{_BESIDE}(?:to|-|~|–)\s*{HIGH}(?:{_BESIDE})?(?=$|[.;](?:\s|$)|,\s)",
            re.IGNORECASE,
        ),
        bounds("minimum", "maximum"),
        integers_only=True,
    ),
    Phrase(
        "ends-in-words",
        re.compile(
            rf"\b(?:greater|larger)\s+than\s+(?P<from>or\s+equal\s+to\s+)?{LOW},?\s+and\s+(?:must\s+be\s+)?(?:less|smaller)\s+than\s+(?P<upto>or\s+equal\s+to\s+)?{HIGH}(?![\d,]*\.?\d)(?!\s*(?:characters?|bytes)\b)",
            re.IGNORECASE,
        ),
        _between,
        whole_numbers_only=True,
        consumes=True,
    ),
    Phrase(
        "end-alone",
        re.compile(
            rf"^(?P<end>max|min)(?:imum)?\s*:\s*{ONE}(?![\d,]*\.\d)(?=\s*(?:[A-Za-z]+\s*)?(?:$|[.;,(]))(?!\s*(?:characters?|bytes|items?|entries)\b)",
            re.IGNORECASE,
        ),
        _end,
        integers_only=True,
    ),
    Phrase(
        "exact-length",
        re.compile(rf"\bmust\s+be\s+(?:exactly\s+)?{ONE}\s+characters?\s+(?:in\s+length|long)\b", re.IGNORECASE),
        _exactly,
    ),
)

_TO: Final = r"\s*(?:~|-|–|—|至|到)\s*"

CHINESE: Final = (
    Phrase(
        "range-with-units",
        re.compile(
            rf"取值(?:范围)?(?:为|是|:)*{LOW}\s*(?P<unit>[KMGT]i?B|[KMG]bps|[KMG]bit/s|秒|分钟|小时|天|个月|年){_TO}{HIGH}\s*(?P=unit)(?=$|[。,;])"
        ),
        _with_unit,
        integers_only=True,
    ),
    Phrase(
        "range-with-conversions",
        re.compile(rf"取值(?:范围)?(?:为|是|:)*{LOW}{_BESIDE}{_TO}{HIGH}(?:{_BESIDE})?(?=$|[。,;])"),
        bounds("minimum", "maximum"),
        integers_only=True,
    ),
    Phrase(
        "range-with-exceptions",
        re.compile(rf"取值(?:范围)?(?:为|是|:)*{LOW}{_TO}{HIGH}(?=,[^。;]{{1,30}}除外)"),
        bounds("minimum", "maximum"),
    ),
    Phrase(
        "ends-in-words",
        re.compile(
            rf"大于(?P<from>或?等于)?{LOW}(?:且|并且|,|、|并)?(?:必须|需)?小于(?P<upto>或?等于)?{HIGH}(?![\d.,]*\d)(?!个?(?:字符|字节))"
        ),
        _between,
        whole_numbers_only=True,
        consumes=True,
    ),
    Phrase(
        "exact-length",
        re.compile(rf"长度(?:必须|固定|只能)(?:为|是){ONE}个?(?:英文|半角)*字符"),
        _exactly,
    ),
)
