"""The words of Chinese documents for conditions, on text normalised by `conformance.extraction.plain_text.clean`."""

from __future__ import annotations

import re
from typing import Final

from conformance.extraction.phrases.conditions.words import NAME, VALUE, listed
from conformance.extraction.phrases.table import HIGH, LOW, ConditionWords, Phrase, bounds

_EITHER = r"\s*(?:、|或者|以及|或|和|及|/|,)\s*"
_VALUES = rf"(?P<values>{VALUE}(?:{_EITHER}{VALUE})*)"
_TO = r"\s*(?:~|-|–|—|至|到)\s*"
_IS = (
    r"(?:的?(?:参数)?(?:取值|值)\s*(?:被)?(?:等于|设置为|设置成|设为|为|是|==?)?"
    r"|\s*(?:被)?(?:等于|设置为|设置成|设为|置为|配置为|指定为|选择为?|取|为|是|==?))"
)
_WHEN = r"(?:仅当|只有当|仅在|只有在|只在|当且仅当|如果|若|当|仅|只有|只|在)(?:请求)?(?:参数)?"
_START = r"^(?:则|也|就|,|:|该参数|此参数|参数|才|会|将|方可|方|是|需要|为|\s)*"
_LISTED = rf"[\[{{(]?\s*(?P<list>{VALUE}(?:{_EITHER}{VALUE})*)\s*[\]}})]?(?=$|[。;])"

CONDITIONS: Final = ConditionWords(
    apart=re.compile(r"[,;](?:而|但|并且)?(?=(?:仅当|只有当|如果|若|当)(?!前))"),
    leading=re.compile(rf"(?:^|(?<=[,:(])|(?<=该参数)|(?<=此参数))(?:(?P<word>{_WHEN})|(?=[`\"'“]?[A-Za-z]|参数))"),
    ends=re.compile(r"(?:的)?(?:时候|情况下|时)[,:]*|[,:]|则|才"),
    trailing=re.compile(r"(?P<promise>.+?)\((?:当|如果|若|仅当)(?P<condition>[^()]+?)时?\)(?P<tail>)$"),
    both=re.compile(r",?(?:并且|同时|且|以及|和|,)(?:参数)?(?=[`A-Za-z])"),
    terms=(re.compile(rf"(?:您)?(?:将|把)?(?:请求|入)?(?:参数)?\s*{NAME}(?:参数|字段)?{_IS}\s*{_VALUES}(?:时)?"),),
    either=re.compile(_EITHER),
    no_value=re.compile(r"null|none|empty", re.IGNORECASE),
    required=re.compile(
        r"(?<!非)(?<!不)(?<!不是)(?<!没)(?:必(?:填|选|需|传)|必须(?=$|[。,;:)(]))(?!取值|设置为|设为|为|是|[\u4e00-\u9fff]*(?:指定|填写|设置|传入|配置))"
        r"|(?<!不)必须(?:指定|填写|设置|传入|配置|传)(?:该参数|此参数)?(?=$|[。,;:])|(?:该参数|此参数)必须(?:指定|填写|设置|传入|配置|传)(?=$|[。,;:])"
    ),
    optional=re.compile(r"可不填|可以不填|可不传|非必|不必|不是必|可选(?!值|项)|无需|不需要|可以?不?设置"),
    in_force=re.compile(
        _START + r"(?:(?:必选|必填|必需)(?:且|并且?))?"
        r"(?:有效|生效|可用|适用|有意义|支持(?:设置|配置|指定)|可以?(?:设置|指定|配置|传入)(?=$|[。,;]|该参数))"
        r"|才(?:会|能)?(?:有效|生效|可用)|才(?:可以|能)(?:设置|指定|配置|传入)"
    ),
    idle=re.compile(
        _START + r"(?:不填|无效|不生效|不可用|不适用|不支持(?:设置|配置|指定)?(?=$|[。,;]|该参数)|被?忽略"
        r"|不能(?:指定|设置|传入)(?=$|[。,;]|该参数|此参数)|不可(?:指定|设置)(?=$|[。,;]))"
    ),
    restricted=re.compile(
        r"(?:该参数|此参数|该属性|该字段|^|,)(?:仅|只)(?:有|对|在|适用|限|能?用)[^。;]{1,60}?"
        r"(?:有效|生效|才有|才可以|才能|可用|返回|使用|设置|$)"
        r"|(?:该参数|此参数|^|,)(?:仅|只)(?!支持|能|需|允许|包含)[^。;,]{1,40}?(?:有效|生效|可用|适用|可见)|(?:该参数|此参数)仅适用"
    ),
    returned=re.compile(r"返回|有效|生效|有值|才有|有此|存在|可用"),
    not_returned=re.compile(r"不(?:会)?(?:再)?返回|无返回|为空|无效|不生效|没有(?:值|返回)"),
    phrases=(
        Phrase(
            "range-on-condition",
            re.compile(
                rf"(?:^|取值|取值范围|值|范围|带宽|为|是|在|:)\s*(?:为|是|在|:)?\s*[\[(]?{LOW}(?:{_TO}|,\s*){HIGH}[\])]?(?=\s*(?:$|[。,;(](?!\s*\d)|[KMGT]i?[Bb]|%|个?(?:月|年|周|天|小时|分钟|秒|之间)))"
            ),
            bounds("minimum", "maximum"),
        ),
        Phrase(
            "values-on-condition",
            re.compile(rf"(?:取值|(?<!默认)(?<!缺省)(?<!起始)(?<!推荐)值)(?:范围)?(?:为|是|:|有|包括)*\s*{_LISTED}"),
            listed("enum", re.compile(_EITHER)),
        ),
        Phrase(
            "set-to-on-condition",
            re.compile(rf"(?:必须|只能|仅能|可以?|需要?)(?:设置为|设为|取值为?|取|配置为|指定为|为|是)\s*{_LISTED}"),
            listed("enum", re.compile(_EITHER)),
        ),
    ),
)
