"""The phrases of Chinese documents, on text normalised by `conformance.extraction.plain_text.clean`.

Normalising leaves half-width punctuation and no spaces beside Chinese characters, so the patterns need neither.
"""

from __future__ import annotations

import re
from typing import Final

from conformance.extraction.facts.literals import LITERAL
from conformance.extraction.phrases.characters.zh import WORDS
from conformance.extraction.phrases.conditions.zh import CONDITIONS
from conformance.extraction.phrases.encodings.zh import FORMS
from conformance.extraction.phrases.quantities.zh import AFTER, BEFORE
from conformance.extraction.phrases.table import (
    DIGITS,
    HIGH,
    LOW,
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

_TO = r"\s*(?:~|-|–|—|至|到)\s*"

_AND = re.compile(r"[、,]|或者|以及|和|或|及|与|/(?=[\u4e00-\u9fff])")
_NOISE = re.compile(r"^(?:只|仅|以下|任意|半角的|半角字符的)*|(?:符号|等(?:字符|符号)?|这些(?:字符|符号))$")

# A list of characters goes on until its sentence ends or another rule takes over.
_LIST = (
    r"(?P<list>(?:\((?!仅|只)[^()]*\)"
    r"|(?!不能|不可|不得|不支持|必须|需|长度|且|并|但|同时|不区分|区分|最|请)[^。;()])+?)"
)
_LIST_END = (
    r"(?=$|[。;]|,?(?:不能|不可|不得|不支持|必须|需|长度|且|并|但|同时|不区分|区分|最|请)|,(?:需|须|并|且|必须)?以)"
)

_WORD = r"[\"']?[A-Za-z0-9_!#$%&*+./:<=>?@^~-][^\s,;、()\"'。\u4e00-\u9fff]*[\"']?"
_WORD_LIST = rf"(?P<list>{_WORD}(?:(?:或者|以及|和|或|及|与|、|,)\s*{_WORD})*)"
_EACH_WORD = re.compile(_WORD)
_NOT = r"(?:不能|不可以|不可|不得|不允许|不支持)"

_SIGNED = rf"(?P<low>-?(?:{DIGITS}))(?:{_TO})(?P<high>-?(?:{DIGITS}))"

_VALUE = (
    r"(?P<value>-?\d{1,3}(?:,\d{3})+(?!\d)|-?\d[\d,]*(?=(?!或)[\u4e00-\u9fff%])|-?\d[\d,]*(?=\s*(?:Mbps|Mbit/s|GB|GiB))"
    rf"|-?{LITERAL}(?=\.?$|[。,;(]|即|表示))"
)

_UNIT = r"毫秒|秒|分钟|小时|天|个月|年|Mbps|Mbit/s"

_CUE_WORDS = (
    # The values of N are the indexes of an array; defaults and limits have phrases of their own.
    r"(?<!N)(?<!N的)(?<!n的)(?:(?<!默认)|(?=取值范围))(?<!缺省)(?<!最大)(?<!最小)(?<!推荐)"
    r"(?:(?:有效|可选|可能的?|可|合法|支持的?|枚举|参数)?取值|可能的?值|(?:有效|可选|合法|枚举|(?<![\u4e00-\u9fff]))值|可选项)"
    r"(?:范围|说明|列表)?(?:如下|包括|包含|为|是|有)?"
)

PHRASES: Final = (
    *BEFORE,
    Phrase(
        "length-range",
        re.compile(
            rf"(?<!\d)\[?{LOW}(?:{_TO}|,\s*){HIGH}\]?\s*个?(?:英文或中文|中文或英文|英文|中文|中英文|半角|ASCII|UTF-8)*(?:字符|字母|字节)"
        ),
        bounds("minLength", "maxLength"),
    ),
    Phrase(
        "length-of",
        re.compile(
            # The length of a mask counts bits, not characters.
            rf"(?<!掩码)(?<!掩码的)(?<!前缀)长度(?:限制|范围|的?取值范围|必须)?(?:为|在|是|:)?:?\[?{LOW}(?:{_TO}|,\s*){HIGH}(?!\d)\]?(?!\s*个?(?:英文|中文|半角|ASCII)*(?:字符|字节))"
        ),
        bounds("minLength", "maxLength"),
    ),
    Phrase(
        "length-max",
        re.compile(
            r"(?:不超过|不能超过|不得超过|不可超过|最多(?:支持|可?输入|可?包含|为|不超过)?|最大(?:长度)?(?:限制)?(?:不.{0,3}?|为|支持|:)?|最长(?:为|支持|不超过)?|上限为|小于等于|以内)"
            rf"\s*{ONE}\s*个?(?:英文或中文|英文|中文|半角|ASCII)*(?:字符|字节)"
        ),
        number("maxLength"),
    ),
    Phrase(
        "length-min",
        re.compile(rf"(?:至少|最少|不少于|不小于|不能少于|最短)(?:为|包含)?{ONE}个?(?:英文|中文|ASCII)*字符"),
        number("minLength"),
    ),
    Phrase(
        "length-in-ascii",
        re.compile(r"\d+个ASCII字符"),
        constant("charset", ("ascii",)),
    ),
    Phrase(
        "items-of-n",
        re.compile(rf"(?<![A-Za-z0-9])[Nn]的?(?:取值|值)?(?:范围)?(?:为|是|:)*\s*\[?{LOW}(?:{_TO}|,\s*){HIGH}\]?"),
        lambda match: {"maxItems": int(match["high"].replace(",", ""))},
        consumes=True,
    ),
    Phrase(
        "items-maximum-of-n",
        re.compile(rf"(?<![A-Za-z0-9])N的?最大(?:取)?值(?:为|是|:){ONE}"),
        number("maxItems"),
        consumes=True,
    ),
    Phrase(
        "default-of-n",
        re.compile(r"(?<![A-Za-z0-9])N的?默认(?:取)?值(?:为|是|:)\d+"),
        nothing,
        consumes=True,
    ),
    Phrase(
        "items-max",
        re.compile(
            rf"(?:最多|至多)[\u4e00-\u9fff]{{0,6}}?{ONE}(?:个|条|对|组|项)(?!\s*(?:英文或中文|英文|中文|半角|ASCII)*(?:字符|字节))"
        ),
        number("maxItems"),
    ),
    Phrase(
        "empty-forbidden",
        re.compile(
            r"(?:不能|不允许|不可以?|不得|不支持)(?:输入|传入|设置)?为?空(?!格)(?:字符串|值)?|请勿(?:输入|传入)空(?!格)(?:字符串|值)?"
        ),
        constant("allowEmpty", value=False),
    ),
    Phrase(
        "empty-allowed",
        re.compile(r"(?<!不)(?:可以|允许|支持|可)(?:输入|传入|设置)?为?空(?!格)(?:字符串|值)?"),
        constant("allowEmpty", value=True),
    ),
    Phrase(
        "not-starting-with",
        re.compile(rf"{_NOT}以{_WORD_LIST}(?:等)?(?:字符串?)?(?:开头|作为开头|开始)"),
        literals("notStartsWith", _EACH_WORD),
    ),
    Phrase(
        "not-containing",
        re.compile(rf"{_NOT}(?:包含|含有|出现|带有){_WORD_LIST}(?=$|[。,;])"),
        literals("notContains", _EACH_WORD),
    ),
    Phrase(
        "not-containing-signs",
        re.compile(
            rf"{_NOT}(?:包含|含有|出现|带有)(?P<list>(?:\([^()]*\)|[^。;()A-Za-z])+?)(?=$|[。;]|,(?:也|且|并|但|不|必须))"
        ),
        signs("notContains", WORDS, _AND, _NOISE),
    ),
    Phrase(
        "not-supporting-signs",
        re.compile(r"不支持(?P<list>(?:\([^()]*\)|[^。;A-Za-z()])+?)(?=$|[。;]|,(?:也|且|并|但|不|必须))"),
        signs("notContains", WORDS, _AND, _NOISE),
    ),
    Phrase(
        "starting-and-ending-with",
        re.compile(
            r"(?<!不能)(?<!不可)(?<!不得)以(?P<list>[^。;以]+?)(?:开头|开始)(?:和|及|与|并|、|或)?(?:以其)?(?:结尾|结束)"
        ),
        charset(("startsWith", "endsWith"), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "both-ends",
        re.compile(
            r"(?:开头(?:和|及|与|、)结尾|首尾)(?:字符)?(?:都)?(?:必须|只能|需)?(?:为|是)(?P<list>[^。;]+?)(?=$|[。;,])"
        ),
        charset(("startsWith", "endsWith"), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "starting-with",
        re.compile(
            r"(?<!不能)(?<!不可)(?<!不得)以(?P<list>[^。;以]+?)(?:开头|开始)(?!(?:和|及|与|并|、|或)?(?:结尾|结束))"
        ),
        charset(("startsWith",), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "ending-with",
        re.compile(
            r"(?<!不能)(?<!不可)(?<!不得)以(?P<list>[^。;以]+?)(?<!开头)(?<!开头和)(?<!开头及)(?<!开头与)(?<!开头或)(?:结尾|结束)"
        ),
        charset(("endsWith",), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "made-of",
        re.compile(r"由(?P<list>(?:\((?!仅|只)[^()]*\)|[^。;()由])+?)(?:组成|构成)"),
        charset(("charset",), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "charset",
        re.compile(
            r"(?<!不)(?<!不能)(?<!不可)(?<!不得)(?:(?:可以|可|能|只能|仅能|允许|只|仅)(?:包含|包括|含有|使用|输入)|必须(?:使用|输入)|只支持|仅支持|支持|只允许|由)(?:包含|使用|输入)?(?!:$)"
            rf"{_LIST}(?:组成|构成)?{_LIST_END}"
        ),
        charset(("charset",), WORDS, _AND, _NOISE),
    ),
    Phrase(
        "value-range",
        re.compile(
            rf"{_CUE_WORDS}(?:为|是|在)?\s*:?\s*\[?{_SIGNED}\]?(?=$|[。,;(%]|\s|Mbps|[\u4e00-\u9fff])(?!\s*个?(?:英文|中文|ASCII)*(?:字符|字节))(?![或、]\d)(?!,\d)"
        ),
        bounds("minimum", "maximum"),
    ),
    Phrase(
        "value-interval",
        re.compile(rf"{_CUE_WORDS}(?:为|是|在)?\s*:?\s*\[\s*(?P<low>\d+)\s*,\s*(?P<high>\d+)\s*\]"),
        bounds("minimum", "maximum"),
    ),
    Phrase(
        "value-max",
        re.compile(rf"最大(?:取)?值(?:为|是|:){ONE}(?!\d)"),
        number("maximum"),
    ),
    Phrase(
        "value-min",
        re.compile(rf"最小(?:取)?值(?:为|是|:){ONE}(?!\d)"),
        number("minimum"),
    ),
    Phrase(
        "default-value",
        re.compile(
            rf"(?:(?:默认|缺省)(?:取)?(?:值)?(?:为|是|:)+|(?:默认|缺省)取?值(?=-?[A-Za-z0-9]))\s*[\"']?{_VALUE}"
        ),
        lambda match: {"default": match["value"].rstrip(".,")},
    ),
    Phrase(
        "unit-of-value",
        # Brackets behind the number may convert it; a span between two times is no unit of either.
        re.compile(
            rf"(?:取值|(?<!跨度)(?<!间隔)(?<!最大)(?<!最小)值)(?:范围)?(?:为|是|:)+[^。;A-Za-z()]*?\d\s*\(?(?P<unit>{_UNIT})\)?(?=$|[。,;)(])"
        ),
        unit(UNITS),
    ),
    Phrase(
        "unit-in-brackets",
        re.compile(rf"(?<!间隔)(?<!跨度)(?<!不超过)(?<!范围)\((?P<unit>{_UNIT})\)(?=$|[。,;])"),
        unit(UNITS),
    ),
    Phrase(
        "unit-of-range",
        re.compile(rf"^\d[\d,]*{_TO}\d[\d,]*\s*(?P<unit>{_UNIT})(?=$|[。,;:(])"),
        unit(UNITS),
    ),
    Phrase(
        "unit",
        re.compile(
            r"单位(?:为|是|:)*\s*(?P<unit>[A-Za-z]+(?:/[A-Za-z]+)?|[\u4e00-\u9fff]{1,3})(?=$|[。,;()])", re.IGNORECASE
        ),
        unit(UNITS),
    ),
    *AFTER,
)

LEXICON: Final = Lexicon(
    phrases=PHRASES,
    cue=re.compile(
        rf"(?:{_CUE_WORDS}\s*[:;]|(?<![\u4e00-\u9fff])(?:返回值|目前(?:包含|包括)):|可用的(?:规格|类型)[\u4e00-\u9fff]{{0,10}}如下:)$"
    ),
    inline=re.compile(
        rf"(?:{_CUE_WORDS}\s*(?::|(?=[\"'{{A-Za-z0-9][^:]*(?:、|或|\}}|\|)))|(?<!默认)(?<!缺省)取值(?:分别)?为|取值(?:必须|只能|固定)为)\s*(?P<rest>[^:。].*)$"
    ),
    afterwards=re.compile(r",(?=[\u4e00-\u9fff])"),
    sole=re.compile(
        r"(?:取值:|(?:^|,)仅支持)\s*(?P<value>[A-Za-z]\w*)(?=,?(?![和或及与至到])[\u4e00-\u9fff]|。?$)", re.ASCII
    ),
    conjunctions=re.compile(r"\s*(?:、|,|;|\||或者|以及|和|或|及|与)\s*"),
    default_mark=re.compile(
        r"(?:\(|\([^()]{1,20},)(?:系统)?(?:默认|缺省)(?:取?值|选项)?\)|(?:为|是)(?:默认|缺省)值|^\s*:\s*(?:默认|缺省)值(?![为:])"
    ),
    condition=re.compile(
        r"(?:当|如果|若|仅当|只有).{1,60}?(?:时|,|则)|[A-Za-z][\w.]*==?[\w-]+时[,:]|(?:为|是|取值|设置).{0,30}时[,:]|(?<!同)时(?:才|有效|生效|必选|必填|返回)"
    ),
    case=re.compile(r"(?:当|如果|若)[^,]{1,60},(?:该参数|参数)?(?:的)?(?:有效|可选)?(?:取值|值)"),
    own_condition=re.compile(
        r"(?:一旦|如果|如需|若|当)?(?:传入|指定|设置|输入|配置|填写)(?:了)?(?:该|此|本)(?:值|参数)?(?:时)?"
        r"|(?:如果|若|当)?(?:不|没有|未)(?:指定|设置|传入|填写?|配置)(?!\s*[`A-Za-z])(?:(?:该|此|本)(?:值|参数))?(?:时)?"
    ),
    tail=re.compile(
        r"(?:(?:不能|不可以?|不得|必须|需要?|可以?)(?:以|包含)(?:[、和或及与]|或者)?|(?:默认|缺省)(?:值)?(?:为|是|:)|取值为|[、和或及与]|或者)$"
    ),
    hollow=re.compile(
        r"(?:不能|不可以?|不得|必须|需要?|可)以(?:[、和或及与]|或者)*(?:开头|结尾|开始)|不能包含(?:[、和或及与]|或者)*(?:[。,;]|$)"
    ),
    reference=re.compile(r"(?:默认|缺省)值?(?:为|是|:)+\s*(?:null|[\u4e00-\u9fff]|[A-Za-z]\w*的)", re.IGNORECASE),
    special=re.compile(
        r"(?:^|[,;(])(?:当|如果|若)?(?:该参数|参数)?(?:取值|值|设置|设|配置)(?:为|是)(?P<set>-?\d+)(?:时|则|,?(?:表示|代表))"
        r"|(?:^|[,;(])(?P<n>-?\d+)(?:表示|代表)"
    ),
    fault=re.compile(r"报错|错误|失败|不合法|无效|不支持|不允许|不能|不可"),
    no_list=re.compile(
        r"(?:默认|缺省)取值(?:为|是|:)|(?:不|未|没有|没)(?:填写?|指定|设置|传入?|配置|输入)[^,。;:]{0,8},?(?:则|即)?(?:该参数)?(?:的)?取值为"
    ),
    begun=re.compile(r"(?=(?:仅|只|当|如果|此时|即|表示|代表|目前|支持|适用))"),
    members=re.compile(
        r"(?:以下|下列|如下|下述)(?:请求)?(?:参数|字段|属性|成员|信息|内容)[^。:]{0,12}:$|参数(?:如下|说明如下):$"
    ),
    itself="该参数",
    scope=re.compile(
        r"^(?:说明:?)?(?:对于|针对|对)[^,:。的]{1,40}[,:]|(?:^|其中,?|:)(?:Windows|Linux|其他)[^。;:,]{0,20}(?:实例|系统|类型|镜像|规格)?(?:[:,]|不|必须|只能|只支持|仅支持|支持|最多|最长|最短|长度|名称)",
    ),
    partial=re.compile(
        r"其中[^,。]{1,20}的长度|每个?(?:部分|分段|段|级|单词|行|标签段)|各(?:部分|段)|每个\w{1,6}的(?:键|key)",
        re.IGNORECASE,
    ),
    of_item=re.compile(
        r"(?:每个|每一个?|单个|每条)(?:元素|项|键|值|key|value|ID|名称|地址|IP|标签|端口|域名|关键字|条目)",
        re.IGNORECASE,
    ),
    quota=re.compile(
        r"(?<!单次调用)(?<!一次调用)(?<!单次)(?<!每次)(?:每个|一个|同一个?|单个|每台|一台|每)"
        r"(?!请求|次)[\u4e00-\u9fff A-Za-z]{1,14}?(?:最多|至多|不超过|下最多)"
    ),
    of_another=(
        re.compile(
            r"(?:^|[,;:则])(?:参数)?(?P<name>[A-Za-z_][\w.]*\w)(?:参数)?的?(?:可选)?(?:取值|默认值|长度|最大值|最小值)(?!为?时)",
            re.ASCII,
        ),
    ),
    constraint=re.compile(
        r"字符|开头|结尾|默认值|取值|不能包含|只能包含|最大值|最小值|单位:|(?:最多|至少|不超过|不能|必须|范围|上限|介于|之间).*\d"
    ),
    conditions=CONDITIONS,
    forms=FORMS,
)
