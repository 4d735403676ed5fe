"""Every phrase of both tables, one by one, on sentences made up for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.extraction.facts.description import read_row
from conformance.extraction.page import Row, Text
from conformance.extraction.phrases import en, zh
from conformance.extraction.plain_text import clean
from conformance.extraction.rows import blocks, expand

if TYPE_CHECKING:
    from conformance.extraction.phrases.table import Lexicon, Phrase

ENGLISH: list[tuple[str, str, dict[str, object]]] = [
    ("length-range", "It is 3 to 9 characters in length.", {"minLength": 3, "maxLength": 9}),
    ("length-range", "Use 1,000 to 2,000 English or Chinese characters.", {"minLength": 1000, "maxLength": 2000}),
    ("length-range", "It is 9 to 3 characters in length.", {}),
    ("length-max", "It cannot exceed 32 characters in length.", {"maxLength": 32}),
    ("length-max", "It can be up to 32 characters.", {"maxLength": 32}),
    ("length-min", "It has at least 4 characters.", {"minLength": 4}),
    ("length-in-ascii", "It has a maximum length of 8 ASCII characters.", {"charset": ("ascii",)}),
    ("items-of-n", "Valid values of N: 1 to 7.", {"maxItems": 7}),
    ("items-of-n", "Valid values of N are 1 to 7.", {"maxItems": 7}),
    ("items-maximum-of-n", "The maximum value of N is 12.", {"maxItems": 12}),
    ("default-of-n", "The default value of N is 1.", {}),
    ("items-max", "You can specify at most 6 sheep.", {"maxItems": 6}),
    ("items-max", "You can enter up to four sheep.", {"maxItems": 4}),
    ("items-max", "You can enter up to 40 characters.", {}),
    ("items-of-an-array", "Up to 50 sheep can be counted.", {"maxItems": 50}),
    ("empty-forbidden", "The wool cannot be an empty string.", {"allowEmpty": False}),
    ("empty-allowed", "The wool can be an empty string.", {"allowEmpty": True}),
    ("not-starting-with", "It cannot start with ram or ewe:.", {"notStartsWith": ("ram", "ewe:")}),
    ("not-starting-with", "It cannot start with a digit.", {}),
    ("not-containing", "It cannot contain ftp:// or mail:.", {"notContains": ("ftp://", "mail:")}),
    ("nor-containing", "It cannot start with ram, or contain ftp://.", {"notContains": ("ftp://",)}),
    ("not-containing-signs", "It cannot contain commas or spaces.", {"notContains": (",", " ")}),
    ("not-containing-signs", "It cannot contain digits.", {}),
    (
        "starting-and-ending-with",
        "It must start and end with a letter or a digit.",
        {"startsWith": ("digit", "letter"), "endsWith": ("digit", "letter")},
    ),
    ("starting-with", "It must start with a letter but cannot end so.", {"startsWith": ("letter",)}),
    ("starting-with", "It must start with a Chinese character.", {"startsWith": ("chinese",)}),
    ("starting-with", "It must start with a sheep.", {}),
    ("ending-with", "It must end with an uppercase letter.", {"endsWith": ("upper",)}),
    (
        "charset",
        "It can contain only lowercase letters, digits, and hyphens (-).",
        {"charset": ("-", "digit", "lower")},
    ),
    ("charset", "It can contain uppercase letters and lowercase letters.", {"charset": ("letter",)}),
    ("charset", "It can contain letters and special characters.", {}),
    ("value-range", "Valid values: 2 to 65,535.", {"minimum": 2, "maximum": 65535}),
    ("value-range", "Valid values: -1 to 5.", {"minimum": -1, "maximum": 5}),
    ("value-range", "Range: 3~30, the usual value is 5.", {"minimum": 3, "maximum": 30}),
    ("value-range", "The usual range: 3~30.", {}),
    ("value-range", "Valid values: 1 to 9, 12, and 24.", {}),
    ("value-interval", "Valid values: [1,100].", {"minimum": 1, "maximum": 100}),
    ("value-ranges-from", "The value ranges from 5 to 50.", {"minimum": 5, "maximum": 50}),
    ("value-max", "Maximum value: 86,400.", {"maximum": 86400}),
    ("value-min", "The minimum value is 30.", {"minimum": 30}),
    ("default-value", "Default value: wool.", {"default": "wool"}),
    ("default-value", "The default value is the name of the sheep.", {}),
    ("default-used", "Otherwise the default value ram is used.", {"default": "ram"}),
    ("by-default", "By default, this parameter is set to ram.", {"default": "ram"}),
    ("unit", "Unit: minutes.", {"unit": "minute"}),
    ("unit", "Unit: sheep.", {}),
    ("unit-of-value", "Valid values: 1 to 60 seconds.", {"unit": "second"}),
    ("measured-in", "The width of the gate, in Mbit/s.", {"unit": "Mbit/s"}),
]
CHINESE: list[tuple[str, str, dict[str, object]]] = [
    ("length-range", "羊名为 3~9 个字符。", {"minLength": 3, "maxLength": 9}),
    ("length-range", "[3, 9]个英文或中文字符", {"minLength": 3, "maxLength": 9}),
    ("length-of", "长度为3~9", {"minLength": 3, "maxLength": 9}),
    ("length-of", "长度为20~30字", {"minLength": 20, "maxLength": 30}),
    ("length-of", "长度为20~30个字符", {}),
    ("length-of", "羊圈的掩码长度范围为20～24位。", {}),
    ("length-of", "掩码的长度为20~24。", {}),
    ("length-max", "不超过 32 个字符。", {"maxLength": 32}),
    ("length-max", "最多支持32个字符", {"maxLength": 32}),
    ("length-min", "至少4个字符", {"minLength": 4}),
    ("length-in-ascii", "不超过8个ASCII字符", {"charset": ("ascii",)}),
    ("items-of-n", "N的取值范围:1~7。", {"maxItems": 7}),
    ("items-maximum-of-n", "N的最大值为12", {"maxItems": 12}),
    ("default-of-n", "N的默认值为1", {}),
    ("items-max", "最多支持输入 6 个羊圈。", {"maxItems": 6}),
    ("items-max", "最多支持 60 个字符。", {}),
    ("empty-forbidden", "不允许为空字符串", {"allowEmpty": False}),
    ("empty-forbidden", "不支持空格", {}),
    ("empty-allowed", "可以输入空字符串", {"allowEmpty": True}),
    ("not-starting-with", "不能以 ram 和 ewe: 开头", {"notStartsWith": ("ram", "ewe:")}),
    ("not-containing", "不能包含 ftp:// 或者 mail:。", {"notContains": ("ftp://", "mail:")}),
    ("not-containing", "不能包含ftp://http://", {"notContains": ("ftp://", "http://")}),
    ("not-containing-signs", "不能包含逗号或空格", {"notContains": (",", " ")}),
    ("not-supporting-signs", "不支持逗号、汉字和半角冒号（:）。", {"notContains": (",", ":")}),
    ("not-supporting-signs", "不支持分号（;）和空格", {"notContains": (";", " ")}),
    ("not-supporting-signs", "不支持汉字。", {}),
    ("not-supporting-signs", "不支持空格和羊毛。", {}),
    (
        "starting-and-ending-with",
        "以字母或数字开头和结尾",
        {"startsWith": ("digit", "letter"), "endsWith": ("digit", "letter")},
    ),
    ("both-ends", "首尾必须为小写字母", {"startsWith": ("lower",), "endsWith": ("lower",)}),
    ("starting-with", "必须以大小写字母或中文开头", {"startsWith": ("chinese", "letter")}),
    ("starting-with", "不能以数字开头", {}),
    ("ending-with", "必须以大写字母结尾", {"endsWith": ("upper",)}),
    ("charset", "只能包含小写字母、数字和短划线(-)", {"charset": ("-", "digit", "lower")}),
    ("charset", "允许包含字母、“/”等字符", {"charset": ("/", "letter")}),
    ("charset", "只支持ASCII字符,且不限", {"charset": ("ascii",)}),
    ("charset", "可包含字母和羊毛", {}),
    ("value-range", "取值范围:2~65,535。", {"minimum": 2, "maximum": 65535}),
    ("value-range", "取值范围:-1~5", {"minimum": -1, "maximum": 5}),
    ("value-range", "取值:1~9、12", {}),
    ("value-range", "默认取值范围：3~30。", {"minimum": 3, "maximum": 30}),
    ("value-range", "默认取值：3~30。", {}),
    ("value-interval", "取值范围:[1,100]", {"minimum": 1, "maximum": 100}),
    ("value-max", "最大值为86,400", {"maximum": 86400}),
    ("value-min", "最小值:30", {"minimum": 30}),
    ("default-value", "默认值为 wool。", {"default": "wool"}),
    ("default-value", "默认值为羊的名称", {}),
    ("default-value", "羊的重量，默认值700，单位：克。", {"default": "700"}),
    ("default-value", "默认值30~40", {}),
    ("default-value", "默认7天", {}),
    ("unit-of-value", "默认值为15秒", {"unit": "second"}),
    ("unit-in-brackets", "羊圈的宽度（Mbps）。", {"unit": "Mbit/s"}),
    ("unit-in-brackets", "羊圈（Mbps）的宽度。", {}),
    ("unit-of-range", "3-30Mbps：宽度。", {"unit": "Mbit/s"}),
    ("unit-of-range", "羊有3-30只。", {}),
    ("unit", "单位:分钟。", {"unit": "minute"}),
    ("unit", "单位:只", {}),
]


def run(lexicon: Lexicon, key: str, sentence: str) -> dict[str, object]:
    phrase = next(phrase for phrase in lexicon.phrases if phrase.key == key)
    found: dict[str, object] = {}
    for match in phrase.pattern.finditer(clean(sentence)):
        found.update(phrase.build(match))
    return found


@pytest.mark.parametrize(("key", "sentence", "facts"), ENGLISH)
def test_english_phrase(key: str, sentence: str, facts: dict[str, object]) -> None:
    assert run(en.LEXICON, key, sentence) == facts


@pytest.mark.parametrize(("key", "sentence", "facts"), CHINESE)
def test_chinese_phrase(key: str, sentence: str, facts: dict[str, object]) -> None:
    assert run(zh.LEXICON, key, sentence) == facts


@pytest.mark.parametrize(("phrases", "tested"), [(en.PHRASES, ENGLISH), (zh.PHRASES, CHINESE)])
def test_every_phrase_has_a_test_that_states_what_it_can(
    phrases: tuple[Phrase, ...], tested: list[tuple[str, str, dict[str, object]]]
) -> None:
    keys = [phrase.key for phrase in phrases]
    assert len(keys) == len(set(keys))
    assert {key for key, _, _ in tested} == set(keys)
    assert {key for key, _, facts in tested if facts} == set(keys) - {"default-of-n"}


def read(
    description: str, kind: str = "String", name: str = "Wool", *, lexicon: Lexicon = en.LEXICON
) -> dict[str, object]:
    lines = [Text(number, line) for number, line in enumerate(description.split("\n"), start=1)]
    row = Row(1, name, Text(1, kind), None, Text(1, ""), blocks(lines, markup=True))
    reading = read_row(row, lexicon, {name, "Ram", "Ewe"})
    found: dict[str, object] = {name: fact.value for name, fact in reading.facts.items() if name != "type"}
    if reading.damage:
        found["lost"] = reading.damage[0].kind
    if reading.notes:
        found["notes"] = len(reading.notes)
    return found


@pytest.mark.parametrize(
    ("description", "kind", "facts"),
    [
        ("Valid values:\n\n-   **a**: x\n-   **b** (default): y", "String", {"enum": ("a", "b"), "default": "b"}),
        (
            "Valid values:\n\n-   a: x. This is the default value.\n-   b: y",
            "String",
            {"enum": ("a", "b"), "default": "a"},
        ),
        ("Valid values: 1, 5, and 10 (default).", "Integer", {"enum": (1, 5, 10), "default": 10}),
        ("Valid values: true and false.", "Boolean", {"enum": (True, False)}),
        ("Set the value to **a**.", "String", {"enum": ("a",)}),
        ("Set the value to **a**, which is so.", "String", {"enum": ("a",)}),
        (
            "Set the value to **a** (the first), which is the default value.",
            "String",
            {"enum": ("a",), "default": "a"},
        ),
        ("Set the value to **a** (the first), which is so.", "String", {"enum": ("a",)}),
        ("Set the value to a random string.", "String", {}),
        (
            "Valid values:\n\n-   **RAM** (old): x\n-   **EWE(lamb)** (new): y\n-   **BIG RAM** (old): z\n-   **A**: u",
            "String",
            {"enum": ("RAM", "EWE(lamb)", "BIG RAM", "A")},
        ),
        (
            "Valid values:\n\n-   **a(default)**: x\n-   **b**: y",
            "String",
            {"enum": ("a", "b"), "default": "a"},
        ),
        ("Valid values:\n\n-   **a**: x\n-   big b: y", "String", {"enum": ("a",)}),
        ("The sheep. Maximum value: 40.", "RepeatList", {"maxItems": 40}),
        ("The sheep. Maximum value: 40.", "array<integer>", {"maximum": 40}),
        ("The sheep. Minimum value: 1. Maximum value: 40.", "RepeatList", {"minimum": 1, "maximum": 40}),
        ("The sheep. Maximum value: 40.", "Integer", {"maximum": 40}),
        ("Valid values: **on | off** (default).", "String", {"enum": ("on", "off"), "default": "off"}),
        ("Valid values:\n\n-   1 to 5: so. Unit: seconds.\n-   1 to 9: else.", "Integer", {"unit": "second"}),
        ("Valid values:\n\n-   -1 (default): none.\n-   1 to 9: some.", "Integer", {"default": -1}),
        ("Valid values:\n\n-   If it rains, wait.\n-   Else, go.", "String", {}),
        ("Valid values:\n\nA word about it.", "String", {"lost": "list"}),
        ("Valid values:", "String", {"lost": "list"}),
        ("It must be so. It cannot start with", "String", {"lost": "tail"}),
        ("It cannot start with or .", "String", {"lost": "tail"}),
        ("If Ram is set to a, valid values: 1 to 5.", "Integer", {}),
        ("-   If Ram is set to a, this is required. Valid values: 1 to 5.", "Integer", {}),
        (
            "If you specify this parameter, it must be 1 to 5 characters in length.",
            "String",
            {"minLength": 1, "maxLength": 5},
        ),
        ("Default value: null", "String", {}),
        ("The default value is the value of Ram.", "String", {}),
        ("Default value: many.", "Integer", {"notes": 1}),
        ("Valid values:\n\n-   a: x\n    -   b: y. Default value: c.\n-   d: z", "String", {"enum": ("a", "d")}),
        ("**Note:** Default value: c.", "String", {}),
        ("> Default value: c.", "String", {}),
        ("The parts:\n\n-   **Wool.Length**: long. Valid values: 1 to 9.", "String", {}),
        ("The parts:\n\n-   **Ram**: he.\n-   **Ewe**: she.", "String", {}),
        ("Whether to shear:\n\n-   **on**: yes\n-   **off**: no", "String", {"enum": ("on", "off")}),
        ("-   **true**: yes\n-   **false** (default): no", "Boolean", {"enum": (True, False), "default": False}),
        ("Valid values:\n\n-   `>`\n-   `>=`", "String", {"enum": (">", ">=")}),
        ("Valid values: 1 to 9, 12, and 24.", "Integer", {"notes": 1}),
        ("Wool can contain only ASCII characters.", "String", {"charset": ("ascii",)}),
        (
            "It can contain digits and periods (.). It must start with a letter.",
            "String",
            {"charset": (".", "digit", "letter"), "startsWith": ("letter",)},
        ),
        ("a" * 3000 + " must 1", "String", {"notes": 1}),
    ],
)
def test_an_english_description(description: str, kind: str, facts: dict[str, object]) -> None:
    assert read(description, kind) == facts


@pytest.mark.parametrize(
    ("description", "kind", "facts"),
    [
        ("取值：\n\n-   **a**（默认值）：甲。\n-   **b**：乙。", "String", {"enum": ("a", "b"), "default": "a"}),
        ("取值：1、5、10（默认值）。", "Integer", {"enum": (1, 5, 10), "default": 10}),
        ("取值：**zh**（默认）：中文。", "String", {"enum": ("zh",), "default": "zh"}),
        ("取值：**a**，甲。", "String", {"enum": ("a",)}),
        ("取值：**a**~**b**。", "String", {"notes": 1}),
        ("当**Ram**取值**a**时，取值范围为**1~9**。", "Integer", {}),
        ("当**Ram**取值**a**时，取值：\n\n-   **b**：乙。", "String", {}),
        ("仅当**Ram**为**a**时支持，取值：\n\n-   **b**：乙。\n-   **c**：丙。", "String", {"enum": ("b", "c")}),
        ("取值范围：**0**~**9**，当不匹配时取值为-1。", "Integer", {"minimum": 0, "maximum": 9}),
        ("设置此项时不允许为空字符串。", "String", {"allowEmpty": False}),
        ("默认值：空。", "String", {}),
        ("取值：\n\n说明\n此值不开放。", "String", {"lost": "list"}),
        ("取值：**Ram**公羊。", "String", {"enum": ("Ram",)}),
        ("取值：Ram公羊。", "String", {"notes": 1}),
        ("取值：**Ram**和其他。", "String", {"notes": 1}),
        ("羊的种类，仅支持**ewe**，表示母羊。", "String", {"enum": ("ewe",)}),
        ("羊的种类，仅支持ewe，表示母羊。", "String", {}),
        ("羊的种类，仅支持**ewe**的羊毛与**ram**。", "String", {}),
        ("可用的规格和高度如下：\n\n-   **Big.1**：1m\n-   **Big.2**：2m", "String", {"enum": ("Big.1", "Big.2")}),
        ("羊名不支持空格、汉字和半角问号（?）。", "String", {"notContains": (" ", "?")}),
        (
            "宽度：\n取值：\n\n-   -1（默认值）：不限。\n-   3-30Mbps：宽度。",
            "Integer",
            {"default": -1, "unit": "Mbit/s"},
        ),
        ("名称不能以", "String", {"lost": "tail"}),
        ("名称不能以或开头。", "String", {"lost": "tail"}),
        ("甲类取值：\n\n-   a：甲\n\n乙类取值：\n\n-   b：乙", "String", {"enum": ("a", "b")}),
        ("不同羊的取值范围：\n\n-   Big：1~9\n-   Small：0~2", "Integer", {}),
    ],
)
def test_a_chinese_description(description: str, kind: str, facts: dict[str, object]) -> None:
    assert read(description, kind, lexicon=zh.LEXICON) == facts


@pytest.mark.parametrize(
    ("description", "whole", "lost"),
    [
        ("The wool. Valid values:\n\nAsk the shepherd.", True, 0),
        ("The wool. Valid values:\n\nAsk the shepherd.", False, 1),
        ("The wool. Valid values:", True, 1),
    ],
)
def test_a_list_that_a_whole_description_never_had_is_not_lost(description: str, whole: bool, lost: int) -> None:  # noqa: FBT001
    lines = [Text(number, line) for number, line in enumerate(description.split("\n"), start=1)]
    row = Row(1, "Wool", Text(1, "Integer"), None, Text(1, ""), blocks(lines, markup=True), whole=whole)
    assert len(read_row(row, en.LEXICON).damage) == lost


def test_an_aside_that_is_glued_to_a_bullet_is_no_part_of_it() -> None:
    said = "Valid values:\n\n*   **false** (default)><notice>No longer read.></notice>"
    lines = expand(Text(number, line) for number, line in enumerate(said.split("\n"), start=1))
    row = Row(1, "Wool", Text(1, "Boolean"), None, Text(1, ""), blocks(lines, markup=True))
    reading = read_row(row, en.LEXICON)
    assert {name: fact.value for name, fact in reading.facts.items() if name != "type"} == {
        "enum": (False,),
        "default": False,
    }


@pytest.mark.parametrize("values", [".", ",", "。", ", ;"])
def test_a_cue_with_marks_instead_of_values_states_no_values(values: str) -> None:
    assert "enum" not in read(f"The wool. Valid values: {values}")
