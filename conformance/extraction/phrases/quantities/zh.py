"""Less usual limits of Chinese documents."""

from __future__ import annotations

import re
from typing import Final

from conformance.extraction.phrases.quantities.patterns import EXPRESSION, of_expression
from conformance.extraction.phrases.quantities.ranges import CHINESE
from conformance.extraction.phrases.table import (
    DATE_FORMAT,
    DIGITS,
    HIGH,
    LOW,
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

_SIGNED: Final = rf"(?P<n>-?(?:{DIGITS}))"
_TO: Final = r"\s*(?:~|-|–|—|至|到)\s*"
_END: Final = r"(?=\s*(?:$|[。,;()]|且|并|默认))"
_VALUE: Final = r"(?:取值(?:范围)?|(?:该|此|本)?参数(?:的)?(?:取)?值|(?<![\u4e00-\u9fff])值)"
_UNIT: Final = r"(?:个|条|台|对|组|项|张|块|种)"
_SIGN: Final = r"[\u4e00-\u9fff]{1,5}\((?:_|[^\w\s()])\)"
_SIGNS: Final = rf"(?P<list>{_SIGN}(?:(?:、|,|和|或|与|及|以及|或者){_SIGN})*)"
_NOT: Final = r"(?:不能|不可以?|不得|不允许|禁止)"

_DIGIT_WORDS: Final = {word: value for value, word in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}

BEFORE: Final = (
    *CHINESE,
    Phrase(
        "length-of-a-list",
        re.compile(
            rf"(?:数组|列表|集合)(?:的)?(?:长度|大小)(?:取值)?(?:范围)?(?:为|是|:)*(?:(?:最大|最长|最多|不超过|不能超过|不大于)(?:为|是)?|\[?(?P<low>\d+){_TO})(?P<high>\d+)\]?(?:{_UNIT})?{_END}"
        ),
        lambda match: {"maxItems": int(match["high"])},
        consumes=True,
    ),
    Phrase(
        "starting-with-unicode-letters",
        re.compile(r"以Unicode中letter分类下的字符(?:\([^()]*\))?(?:作为)?(?:开头|开始)", re.IGNORECASE),
        lambda _match: {"startsWith": ("chinese", "letter")},
        consumes=True,
    ),
    Phrase(
        "unicode-letters",
        re.compile(
            r"Unicode中letter分类下的字符(?:\((?P<list>[^()]{0,40})\))?(?P<more>(?:、|,|和|及|以及)?(?:ASCII)?数字(?:\(0-9\))?)?",
            re.IGNORECASE,
        ),
        lambda match: {
            "charset": ("chinese", *(("digit",) if match["more"] or "数字" in (match["list"] or "") else ()), "letter")
        },
        consumes=True,
    ),
    Phrase(
        "special-characters-among-others",
        re.compile(r"(?:只|仅)(?:能|可|可以)?(?:包含|使用|支持)?特殊(?:字符|符号)中的[^。;]*"),
        nothing,
        consumes=True,
    ),
    Phrase(
        "end-of-a-range",
        re.compile(rf"最(?P<end>大|小)(?:取)?值(?:为|是|:){LOW}{_TO}{HIGH}(?=$|[。,;(])"),
        lambda match: end_of_range(match, most=match["end"] == "大"),
        consumes=True,
    ),
    Phrase(
        "default-as-a-word",
        re.compile(
            r"(?:默认|缺省)(?:取)?值?(?:为|是|:)+(?P<n>[一二两三四五六七八九十])(?=(?:个|次|天|月|年)?(?:$|[。,;(]))"
        ),
        lambda match: {"default": _DIGIT_WORDS[match["n"]]},
        integers_only=True,
        consumes=True,
    ),
    Phrase(
        "length-of-classes",
        re.compile(
            r"个(?P<other>(?:英文|中文|汉字|数字|字母)(?:(?:、|或|和|及)(?:英文|中文|汉字|数字|字母)){1,3}|中英文)(?:字符|字母)|个字符\((?P<list>英文或中文|中文或英文|中英文)(?:字符)?\)"
        ),
        counted({"英": "letter", "字母": "letter", "中": "chinese", "汉": "chinese", "数": "digit"}),
    ),
    Phrase(
        "consecutive-signs",
        re.compile(
            rf"{_NOT}(?:包含|出现|有|使用)?(?:两个|2个)?连续(?:两个|2个|多个)?(?:的|使用)?[\u4e00-\u9fff]{{1,5}}\((?P<n>[^\w\s()])\)(?=$|[。,;])"
        ),
        lambda match: {"notContains": (match["n"] * 2,)},
        consumes=True,
    ),
    Phrase(
        "signs-at-no-end",
        re.compile(
            rf"{_SIGNS}{_NOT}(?:作为)?(?:首尾|开头(?:和|或|与|及)结尾)(?:字符)?(?P<more>,(?:更|也|且)?{_NOT}连续(?:使用|出现))?"
        ),
        lambda match: (
            dict.fromkeys(("notStartsWith", "notEndsWith"), _in_brackets(match["list"]))
            | ({"notContains": tuple(sign * 2 for sign in _in_brackets(match["list"]))} if match["more"] else {})
        ),
        consumes=True,
    ),
    Phrase(
        "neither-end",
        re.compile(rf"{_NOT}以{_SIGNS}(?:作为)?(?:开头|开始)(?:和|或|与|及|、|或者)?(?:以其)?(?:结尾|结束)"),
        lambda match: dict.fromkeys(("notStartsWith", "notEndsWith"), _in_brackets(match["list"])),
        consumes=True,
    ),
    Phrase(
        "not-starting-with-signs",
        re.compile(rf"{_NOT}以{_SIGNS}(?:作为)?(?:开头|开始)"),
        lambda match: {"notStartsWith": _in_brackets(match["list"])},
        consumes=True,
    ),
    Phrase(
        "not-ending-with-signs",
        re.compile(rf"{_NOT}以{_SIGNS}(?:作为)?(?:结尾|结束)"),
        lambda match: {"notEndsWith": _in_brackets(match["list"])},
        consumes=True,
    ),
    Phrase(
        "limit-of-n",
        re.compile(rf"(?<![A-Za-z0-9])[Nn]的?取值(?:范围)?(?:不能大于|不能超过|仅支持){ONE}(?=$|[。,;])"),
        number("maxItems"),
        consumes=True,
    ),
    Phrase(
        "index-from-one",
        re.compile(rf"(?<![A-Za-z0-9])[Nn](?:必须|需要?)?从\d开始(?:,最大(?:取?值)?(?:为|是)(?P<n>{DIGITS}))?"),
        lambda match: {"maxItems": int(match["n"].replace(",", ""))} if match["n"] else {},
        consumes=True,
    ),
    Phrase(
        "starting-value",
        re.compile(rf"(?:起始值|起始页|初始值)(?:为|是|:){ONE}(?!\d)|从第?(?P<page>\d)(?:页)?开始"),
        lambda match: {"minimum": int((match["n"] or match["page"]).replace(",", ""))},
    ),
    Phrase(
        "value-or-range",
        re.compile(rf"取值(?:范围)?:(?P<low>-\d+)(?:\([^()]*\))?(?:或者?|、|,|和)\d+{_TO}{HIGH}(?=$|[。;(])"),
        bounds("minimum", "maximum"),
    ),
    Phrase(
        "half-open-range",
        re.compile(rf"取值范围(?:为|是|:)*\(\s*{LOW}\s*,\s*{HIGH}\s*\]"),
        lambda match: {**above(match), "maximum": int(match["high"].replace(",", ""))},
        whole_numbers_only=True,
    ),
    Phrase(
        "endless-range",
        re.compile(rf"取值(?:范围)?(?:为|是|:)*\[?\s*{_SIGNED}\s*(?:~|-|至|到|,)\s*\+?(?:∞|正无穷|无穷大)"),
        number("minimum"),
    ),
    Phrase(
        "power-of-ten",
        re.compile(rf"取值(?:范围)?(?:为|是|:)*(?P<low>\d+){_TO}1(?:0\^|[eE]\+?)(?P<power>\d{{1,2}})(?=$|[。,;])"),
        lambda match: {"minimum": int(match["low"]), "maximum": 10 ** int(match["power"])},
    ),
    Phrase(
        "greatest-and-least",
        re.compile(
            rf"(?:(?P<of>长度)?(?:最大|最长)(?:取?值)?(?:为|是)(?P<high>\d+),?(?:最小|最短)(?:取?值)?(?:为|是)(?P<low>\d+))(?P<sort>个字符|个字节)?{_END}"
        ),
        lambda match: dict(
            zip(
                ("minLength", "maxLength") if match["of"] or match["sort"] else ("minimum", "maximum"),
                (int(match["low"]), int(match["high"])),
                strict=True,
            )
        ),
    ),
)
"""Tried before the usual phrases, which would read a part of the same words."""

AFTER: Final = (
    Phrase(
        "items-of-a-call",
        re.compile(
            rf"(?:(?:一次|单次|每次)[^。;,]{{0,12}}(?:最多|至多|不超过)|(?<!能)(?:最多|至多)(?:可?以?(?:支持)?(?:一次|同时|单次|批量)?(?:指定|输入|传入|查询|设置|填写|添加|删除|支持))?(?:一次)?(?:指定|输入|传入|查询|设置|填写|添加|删除)?)[\u4e00-\u9fff]{{0,4}}?{ONE}{_UNIT}(?![^。;,]{{0,6}}(?:字符|字节))"
        ),
        number("maxItems"),
    ),
    Phrase(
        "items-not-above",
        re.compile(rf"(?:个数|数量|数目)(?:不超过|不能超过|不得超过|最多为?){ONE}{_UNIT}(?=$|[。,;])"),
        number("maxItems"),
        arrays_only=True,
    ),
    Phrase(
        "value-not-above",
        re.compile(rf"(?:^|[,:]|{_VALUE}|必须|需)(?:不大于|不能大于|小于等于|小于或等于|≤){_SIGNED}{_END}"),
        number("maximum"),
    ),
    Phrase(
        "value-not-below",
        re.compile(rf"(?:^|[,:]|{_VALUE}|必须|需)(?:不小于|不能小于|大于等于|大于或等于|≥){_SIGNED}{_END}"),
        number("minimum"),
    ),
    Phrase(
        "value-above",
        re.compile(rf"(?:^|[,:为是]|{_VALUE}|必须)大于(?P<low>\d+)(?:的(?:正)?整数)?{_END}"),
        above,
        whole_numbers_only=True,
    ),
    Phrase(
        "positive-integer",
        re.compile(r"取值(?:范围)?(?:为|是|:)*(?:任意)?正整数(?=$|[。,;])"),
        lambda _match: {"minimum": 1},
    ),
    Phrase(
        "at-most", re.compile(rf"(?:^|,)(?<!长度,)最大(?:取?值)?为{ONE}{_END}"), number("maximum"), integers_only=True
    ),
    Phrase("at-least", re.compile(rf"(?:^|,)最小(?:取?值)?为{ONE}{_END}"), number("minimum"), integers_only=True),
    Phrase("multiple-of", re.compile(rf"(?:为|是|必须|需|,|:){ONE}的(?:整数)?倍(?:数)?(?!的)"), number("multipleOf")),
    Phrase("in-steps-of", re.compile(rf"步长(?:为|是|:){ONE}(?![\d.])"), number("multipleOf")),
    Phrase(
        "length-not-above",
        re.compile(
            rf"(?<![\u4e00-\u9fffA-Za-z>])长度(?:不超过|不能超过|不得超过|不大于|小于等于|最大为|最长为|最多为?|上限为){ONE}(?:个(?:英文|中文|半角)*字符|个字|位)?{_END}"
        ),
        number("maxLength"),
    ),
    Phrase(
        "maximum-of-units",
        re.compile(rf"最大值{ONE}(?:个|条|行|台|项)?{_END}"),
        number("maximum"),
        integers_only=True,
    ),
    Phrase(
        "default-by-its-meaning",
        re.compile(r"(?P<value>\d+|[A-Za-z]\w*)(?:表示|代表)(?P<what>不?[\u4e00-\u9fff]{1,4})[^,。;]*,默认(?P=what)"),
        lambda match: {"default": match["value"]},
    ),
    Phrase(
        "default-time",
        re.compile(r"默认值(?:为|是|:)(?P<value>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z)"),
        lambda match: {"default": match["value"]},
    ),
    Phrase(
        "default-of-some-words",
        re.compile(r"^默认值(?:为|是|:)(?P<value>[A-Z][A-Za-z0-9]*(?: [A-Z0-9][A-Za-z0-9.]*){1,3})$"),
        lambda match: {"default": match["value"]},
    ),
    Phrase("expression", re.compile(rf"(?:格式|正则(?:表达式)?|规则|模式)(?:为|是|:)*{EXPRESSION}"), of_expression),
    Phrase(
        "date-format",
        re.compile(rf"(?:格式(?:为|是|:|如)*\s*{DATE_FORMAT}|按照?(?:ISO8601标准)?(?:的)?{OTHER_FORMAT}(?:的)?格式)"),
        text("format"),
    ),
)
"""Tried after the usual phrases."""

_BRACKETS: Final = re.compile(r"\((_|[^\w\s()])\)")


def _in_brackets(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_BRACKETS.findall(listed)))
