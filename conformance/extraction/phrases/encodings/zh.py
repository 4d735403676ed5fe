"""The words of Chinese documents for the form of a value, on text normalised by `extraction.plain_text.clean`."""

from __future__ import annotations

import re
from typing import Final

from conformance.extraction.phrases.encodings.form_words import FormWords

_JSON: Final = r"json\s*(?:格式的?)?\s*"
_APART: Final = r"(?:分隔|隔开|分割|间隔|分开|相隔)"

FORMS: Final = FormWords(
    json=re.compile(
        rf"{_JSON}(?:数组|串|字符串|对象|字典|列表|结构|形式|arrays?|lists?|strings?|objects?|dictionary|map)|json\s*格式",
        re.IGNORECASE,
    ),
    another=re.compile(r"返回(?!值)|响应|输出|下载"),
    json_list=re.compile(rf"{_JSON}(?:数组|列表|arrays?|lists?)", re.IGNORECASE),
    list_word=re.compile(r"列表|数组"),
    json_object=re.compile(rf"{_JSON}(?:对象|字典|objects?|dictionary|map)", re.IGNORECASE),
    commas=re.compile(rf"逗号[^。;]{{0,12}}?{_APART}|[\"'“(]?[,、][\"'”)]?{_APART}|{_APART}[^。;]{{0,6}}?逗号"),
    other_marks=re.compile(
        rf"(?:多个|多条|多项|之间)[^。]{{0,40}}?(?:分号|竖线|空格|冒号|换行|\||;)[^。]{{0,8}}?{_APART}"
    ),
    each=re.compile(r"每(?:一|个|条|项|台)|单个|单条|键(?!值)|(?<!键)(?<!取)值(?:允许|不允许|不能|可以)"),
    member_type=re.compile(
        r"(?P<type>String|Integer|Long|Int|Boolean|Bool|Float|Double|字符串|整数|整|布尔)(?:类型|型)"
        r"|类型:\s*(?P<named>String|Integer|Long|Int|Boolean|Bool|Float|Double|字符串|整数|布尔)"
        r"|^\(?(?P<first>String|Integer|Long|Int|Boolean|Bool|Float|Double)\b(?=\s*[,.;。、)])",
        re.IGNORECASE,
    ),
    types={"字符串": "String", "整数": "Integer", "整": "Integer", "布尔": "Boolean"},
    required=re.compile(r"(?<!非)(?<!不)(?<!不是)(?:必选|必填|必需|必须(?=$|[,。;、:)]))(?:参数|项|字段)?"),
    optional=re.compile(r"非必(?:选|填|需)|不必选|选填|可选(?:参数|项|字段)?(?=$|[,。;:)])"),
)
