"""Kinds of wording that published metadata has and that were once read wrong, each as a description made up for it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from conformance.extraction.facts.description import read_row
from conformance.extraction.facts.prose import _promises
from conformance.extraction.page import Row, Text
from conformance.extraction.phrases import en, zh
from conformance.extraction.plain_text import clean, sentences, strip_markup
from conformance.extraction.rows import blocks, expand

if TYPE_CHECKING:
    from conformance.extraction.phrases.table import Lexicon


def read(description: str, kind: str, lexicon: Lexicon) -> dict[str, object]:
    lines = expand(Text(number, line) for number, line in enumerate(description.split("\n"), start=1))
    row = Row(1, "Wool", Text(1, kind), None, Text(1, ""), blocks(lines, markup=True), whole=True)
    facts = read_row(row, lexicon, {"Wool", "Ram", "Ewe"}).facts
    return {name: fact.value for name, fact in facts.items() if name != "type"}


UNICODE = (
    "Unicode characters under the Decimal Number category and the categories whose names contain Letter count. "
    "It can contain dots (.)."
)
SIGNS = (".", "_", "digit")

ENGLISH: dict[str, list[tuple[str, str, dict[str, object]]]] = {
    "consecutive signs are no ban of one": [
        ("It cannot contain consecutive hyphens (-).", "String", {"notContains": ("--",)}),
        ("It cannot contain consecutive underscores or spaces.", "String", {}),
        ("Dots (.) and hyphens (-) cannot be used consecutively.", "String", {}),
        ("It cannot start with or contain consecutive hyphens.", "String", {}),
    ],
    "a rule for one system only": [
        ("On Windows, the name cannot contain periods (.).", "String", {}),
        ("For Windows gates, the name is 2 to 15 characters in length.", "String", {}),
        ("The name of a Windows gate cannot contain periods (.).", "String", {}),
        ("*   Windows: It cannot contain dots (.).\n*   Linux: It cannot start with hyphens (-).", "String", {}),
    ],
    "a list whose first value is in the line of its cue": [
        ("Valid values: red\n\n*   blue\n*   tan", "String", {"enum": ("red", "blue", "tan")}),
        ("Valid values: red: hot.\n*   blue: cold.\n*   tan: dry.", "String", {"enum": ("red", "blue", "tan")}),
        ("Valid values:-   red: hot.\n*   blue: cold.", "String", {"enum": ("red", "blue")}),
    ],
    "a list with a note in it": [
        (
            "Valid values:\n\n*   red: hot.\n\n    **\n\n    **Note** Rare.\n\n*   blue: cold.",
            "String",
            {"enum": ("red", "blue")},
        ),
        ("Valid values:\n\n*   red: hot.\n    > Rare.\n*   blue: cold.", "String", {"enum": ("red", "blue")}),
    ],
    "a value with two brackets": [
        (
            "Valid values:\n\n*   red (hot) (default): hot.\n*   blue (cold): cold.",
            "String",
            {"enum": ("red", "blue"), "default": "red"},
        ),
        (
            "Valid values:\n\n*   blue: cold.\n*   (default) red: hot.",
            "String",
            {"enum": ("blue", "red"), "default": "red"},
        ),
    ],
    "a value with a sentence glued to it": [
        ("Valid values:\n\n*   Off\n*   On Set it for gates only.", "String", {"enum": ("Off", "On")}),
        ("Valid values:\n\n*   Off\n*   On and so on and so", "String", {}),
    ],
    "a value whose bullet lost its mark": [
        (
            "Valid values:\n\n- PayNow: at once.\nPayThen: whenever.\n- PayLast: late.",
            "String",
            {"enum": ("PayNow", "PayThen", "PayLast")},
        ),
    ],
    "a list below a value, two blanks to the right": [
        ("Valid values:\n- Red: all.\n\n  The kinds are\n  - Scarlet\n  - Crimson", "String", {"enum": ("Red",)}),
    ],
    "classes of the first character": [
        (
            "It can contain lowercase letters and hyphens (-). It must start with a letter.",
            "String",
            {"charset": ("-", "lower"), "startsWith": ("letter",)},
        ),
    ],
    "characters named in two sentences, and letters of Unicode": [
        (
            "It can contain letters and digits. It can also contain colons (:).",
            "String",
            {"charset": (":", "digit", "letter")},
        ),
        ("It can contain letters. It is long. It can contain dots (.).", "String", {"charset": ("letter",)}),
        (
            UNICODE,
            "String",
            {"charset": (".", "chinese", "digit", "letter")},
        ),
        ("It can contain uppercase letters (only for rams), digits, and underscores (_).", "String", {}),
    ],
    "two signs without a mark between them, or with a full stop": [
        ("It can contain digits, dots (.). underscores (_).", "String", {"charset": SIGNS}),
        ("It can contain digits, periods (.) underscores (_).", "String", {"charset": SIGNS}),
    ],
    "a unit from a conversion or a span of time": [
        (
            "Valid values: 60 to 600 seconds (1 minute to 10 minutes).",
            "Integer",
            {"minimum": 60, "maximum": 600, "unit": "second"},
        ),
        ("The time range is 30 days.", "String", {}),
    ],
    "a range behind the words for one end of it": [
        ("Maximum value: 1 to 100.", "Integer", {"maximum": 100}),
        ("Minimum value: 1 to 100.", "Integer", {"minimum": 1}),
    ],
    "the pattern of a date in italics": [
        ("Specify it in the *yyyy-MM-dd*T*HH:mm:ss*Z format.", "String", {"format": "yyyy-MM-ddTHH:mm:ssZ"}),
    ],
    "a default as a word": [
        ("Default value: five.", "Integer", {"default": 5}),
        ("Default value: five.", "String", {"default": "five"}),
    ],
    "members that are announced": [
        (
            "Set the following parameters:\n\n*   **Horn**: It is 1 to 80 characters in length. Default value: 5.",
            "String",
            {},
        ),
    ],
    "one value alone behind a list": [
        ("Valid values:\n\n*   red: hot.\n\nTo dye it, set the parameter to blue.", "String", {"enum": ("red",)}),
    ],
}

CHINESE: dict[str, list[tuple[str, str, dict[str, object]]]] = {
    "consecutive signs are no ban of one": [
        ("不能使用连续的短划线。", "String", {}),
        ("不能包含连续的短划线、下划线。", "String", {}),
        ("不能出现连续的点号（.）。", "String", {"notContains": ("..",)}),
    ],
    "a rule for one system only": [
        ("Windows系统不支持点号（.）。", "String", {}),
        ("Windows羊的名称不能包含点号（.）。", "String", {}),
        ("- Windows：不支持点号（.）。\n- 其他类型：长度为2~64个字符。", "String", {}),
    ],
    "a default is no list of values": [
        ("羊的颜色。默认取值为red。", "String", {"default": "red"}),
        ("羊的颜色。不填时取值为red。", "String", {}),
        ("羊的颜色。取值：默认值为red。", "String", {"default": "red"}),
        (
            "羊的颜色，默认值为red，取值：\n- red：红。\n- tan：褐。",
            "String",
            {"default": "red", "enum": ("red", "tan")},
        ),
    ],
    "a list whose first value is in the line of its cue": [
        ("颜色。取值：red：红。\n- blue：蓝。\n- tan：褐。", "String", {"enum": ("red", "blue", "tan")}),
    ],
    "a list with a note in it": [
        ("颜色。取值：\n- red：红。\n    >很少。\n- tan：褐。", "String", {"enum": ("red", "tan")}),
    ],
    "a value with two brackets": [
        (
            "颜色。取值：\n- red（红）（默认）：热。\n- tan（褐）：干。",
            "String",
            {"enum": ("red", "tan"), "default": "red"},
        ),
        ("颜色。取值：\n- tan：干。\n- （默认）red：热。", "String", {"enum": ("tan", "red"), "default": "red"}),
    ],
    "a value with a sentence glued to it": [
        ("开关。取值：\n- Off（默认）\n- On仅支持大门。", "String", {"enum": ("Off", "On"), "default": "Off"}),
    ],
    "classes of the first character": [
        ("由小写字母、短划线（-）组成，以字母开头。", "String", {"charset": ("-", "lower"), "startsWith": ("letter",)}),
        ("只可包含特殊字符中的点号（.）、下划线（_）。", "String", {}),
    ],
    "letters of Unicode": [
        (
            "支持Unicode中letter分类下的字符（其中包括英文、中文和数字等）。可以包含点号（.）。",
            "String",
            {"charset": (".", "chinese", "digit", "letter")},
        ),
        (
            "支持Unicode中letter分类下的字符（其中包括英文、中文等），ASCII数字（0-9）。可以包含点号（.）。",
            "String",
            {"charset": (".", "chinese", "digit", "letter")},
        ),
        (
            "支持Unicode中letter分类下的字符，可包含数字、点号（.）。",
            "String",
            {"charset": (".", "chinese", "digit", "letter")},
        ),
        ("必须以Unicode中letter分类下的字符开头。", "String", {"startsWith": ("chinese", "letter")}),
        (
            "长度为2~9个英文、数字或中文字符，可包含点号（.）。",
            "String",
            {"minLength": 2, "maxLength": 9, "charset": (".", "chinese", "digit", "letter")},
        ),
        ("由大写字母（仅公羊支持）、小写字母或数字组成。", "String", {}),
    ],
    "two signs without a mark between them": [
        ("可包含数字、点号（.）下划线（_）。", "String", {"charset": SIGNS}),
    ],
    "a unit from a conversion or a span of time": [
        ("取值：60~3600（1分钟）。", "Integer", {"minimum": 60, "maximum": 3600}),
        ("最大值：1440（1天）。", "Integer", {"maximum": 1440}),
        ("与结束时间的间隔不超过（天）。", "String", {}),
        ("取值：1~7（小时）。", "Integer", {"minimum": 1, "maximum": 7, "unit": "hour"}),
    ],
    "a range behind the words for one end of it": [
        ("最大值：1~100。", "Integer", {"maximum": 100}),
        ("最小值：1~100", "Integer", {"minimum": 1}),
    ],
    "the pattern of a date in italics": [
        ("格式：<i>yyyy-MM-dd</i>T<i>HH:mm</i>Z（UTC时间）。", "String", {"format": "yyyy-MM-ddTHH:mmZ"}),
    ],
    "a default as a word": [
        ("默认值：五。", "Integer", {"default": 5}),
        ("默认值为两个。", "Integer", {"default": 2}),
    ],
    "members that are announced": [
        ("包含以下参数：\n\n- **Horn**：长度为1~80个字符。\n- **Weight**：取值：0~9。默认值：5。", "String", {}),
    ],
    "one value alone behind a list": [
        ("颜色。取值：\n- red：红。\n\n染色时该参数取值只能为**tan**。", "String", {"enum": ("red",)}),
    ],
}

CASES = [
    pytest.param(description, kind, facts, lexicon, id=f"{language}-{name}-{number}")
    for language, lexicon, kinds in (("en", en.LEXICON, ENGLISH), ("zh", zh.LEXICON, CHINESE))
    for name, cases in kinds.items()
    for number, (description, kind, facts) in enumerate(cases, start=1)
]


@pytest.mark.parametrize(("description", "kind", "facts", "lexicon"), CASES)
def test_a_kind_of_wording(description: str, kind: str, facts: dict[str, object], lexicon: Lexicon) -> None:
    assert read(description, kind, lexicon) == facts


def steps(description: str, lexicon: Lexicon) -> int:
    """Return how many functions reading a description calls: a count, which no load of the machine changes."""
    for remembered in (_promises, clean, sentences, strip_markup):
        remembered.cache_clear()
    count = 0

    def called(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        read(description, "String", lexicon)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("piece", "lexicon"),
    [
        ("Valid values: red: hot.\n- blue: cold.\n", en.LEXICON),
        ("- (default) red: hot.\nPayNow: at once.\n- blue Set it so.\n", en.LEXICON),
        ("- red: hot.\n    > Rare.\n  - dark\n", en.LEXICON),
        ("It can contain digits, periods (.) underscores (_). ", en.LEXICON),
        ("Set the following parameters:\n- **Horn**: Valid values: 0 to 9.\n", en.LEXICON),
        ("Maximum value: 1 to 100. Default value: five. ", en.LEXICON),
        ("取值：red：红。\n- （默认）tan：干。\n", zh.LEXICON),
        ("支持Unicode中letter分类下的字符（其中包括英文）。可以包含点号（.）下划线（_）。", zh.LEXICON),
        ("最大值：1~100。默认取值为red。不填时取值为red。", zh.LEXICON),
        ("((((", en.LEXICON),
        ("长度为2~9个英文、数字、", zh.LEXICON),
    ],
)
def test_twice_the_text_takes_no_more_than_twice_the_steps(piece: str, lexicon: Lexicon) -> None:
    one, two = steps(piece * 60, lexicon), steps(piece * 120, lexicon)
    assert two < 2.3 * one + 200
