"""Every phrase of both tables, one by one, on sentences made up for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from each import about

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
    ("length-of-classes", "It is 2 to 9 characters (English or Chinese).", {"counted": ("chinese", "letter")}),
    (
        "unicode-letters",
        "It can contain Unicode characters under the Letter category.",
        {"charset": ("chinese", "letter")},
    ),
    ("end-of-a-range", "Maximum value: 1 to 100.", {"maximum": 100}),
    ("end-of-a-range", "The minimum value is 1 to 100.", {"minimum": 1}),
    ("end-of-a-range", "Maximum value: 9 to 1.", {}),
    ("default-as-a-word", "Default value: two.", {"default": 2}),
    ("consecutive-signs", "It cannot contain consecutive hyphens (-).", {"notContains": ("--",)}),
    ("consecutive-signs", "It cannot have two consecutive dots (.).", {"notContains": ("..",)}),
    ("consecutive-signs", "It cannot contain consecutive sheep.", {}),
    ("interval-of-n", "Value range of N: [1, 70].", {"maxItems": 70}),
    ("limit-of-n", "The value of N in Wool.N cannot be greater than 3.", {"maxItems": 3}),
    ("length-of-a-list", "Array length: 0 to 20.", {"maxItems": 20}),
    ("length-of-a-list", "The list size can be up to 6.", {"maxItems": 6}),
    ("length-of-a-list", "The list size is 6 GB.", {}),
    ("list-of-n", "Valid values of N: 1, 2, 3, and 4.", {"maxItems": 4}),
    ("page-number", "Flocks start from 1.", {"minimum": 1}),
    ("page-number", "Pages start from page 1.", {"minimum": 1}),
    ("page-number", "It starts from 10.5 m.", {}),
    ("starting-value", "Starting value: 1.", {"minimum": 1}),
    ("value-or-range", "Valid values: -1, or 1 to 500.", {"minimum": -1, "maximum": 500}),
    ("half-open-range", "Value range: (0, 70].", {"minimum": 1, "maximum": 70}),
    ("endless-range", "Valid values: 0 to \u221e.", {"minimum": 0}),
    ("power-of-ten", "Valid values: 1 to 10^6.", {"minimum": 1, "maximum": 1000000}),
    ("power-of-ten", "Valid values: 1 to 1e6.", {"minimum": 1, "maximum": 1000000}),
    ("items-of-a-text", "It is a JSON array of up to 7 gadgets.", {"maxItems": 7}),
    ("items-of-a-text", "The value is a JSON array that consists of up to 1,000 sheep.", {"maxItems": 1000}),
    ("items-of-a-text", "It is a list of up to 7 characters.", {}),
    ("items-in-one-call", "Up to 7 gadgets can be removed at a time.", {"maxItems": 7}),
    ("items-in-one-call", "You can shear at most 8 sheep in each request.", {"maxItems": 8}),
    ("items-in-one-call", "It may take up to 7 minutes at a time.", {}),
    ("items-in-one-call", "A farm can have up to 7 gates.", {}),
    ("items-you-give", "You can enter IDs of up to 12 sheep.", {"maxItems": 12}),
    ("items-that-are-set", "A maximum of 6 gates can be set.", {"maxItems": 6}),
    ("items-that-are-set", "Up to 6 gates can be set for each farm.", {}),
    ("value-at-least", "The value must be at least 3.", {"minimum": 3}),
    ("value-at-least", "The value must be at least 3 minutes later.", {}),
    ("value-at-most", "The value must be less than or equal to 50.", {"maximum": 50}),
    ("value-at-most", "The value cannot exceed 50 characters.", {}),
    ("value-above", "Valid values: integers greater than 0.", {"minimum": 1}),
    ("values-from-up", "Valid values: greater than or equal to 2.", {"minimum": 2}),
    ("positive-integer", "Valid values: positive integers.", {"minimum": 1}),
    ("multiple-of", "The value must be a multiple of 60.", {"multipleOf": 60}),
    ("multiple-of", "Wool comes in multiples of 60.", {}),
    ("in-steps-of", "It can be raised in increments of 10.", {"multipleOf": 10}),
    ("length-at-most", "It can contain at most 64 characters.", {"maxLength": 64}),
    ("maximum-length", "Maximum length: 64.", {"maxLength": 64}),
    ("minimum-length", "Minimum length: 4.", {"minLength": 4}),
    ("range-in-words", "The value must be an integer from 2 to 6.", {"minimum": 2, "maximum": 6}),
    ("default-in-words", "It defaults to ram.", {"default": "ram"}),
    ("set-by-default", "This parameter is set to ram by default.", {"default": "ram"}),
    ("set-by-default", "This parameter is empty by default.", {}),
    ("default-time", "Default value: 2031-12-31T23:59:59Z.", {"default": "2031-12-31T23:59:59Z"}),
    ("default-of-some-words", "Default value: Other Sheep.", {"default": "Other Sheep"}),
    ("expression", "Pattern: ^[a-z0-9-]+$", {"charset": ("-", "digit", "lower")}),
    (
        "expression",
        "Pattern: ^[a-zA-Z0-9._-]{3,9}$.",
        {"charset": ("-", ".", "_", "digit", "letter"), "minLength": 3, "maxLength": 9},
    ),
    (
        "expression",
        "Format: ^[a-z][a-z0-9]{0,7}$",
        {"charset": ("digit", "lower"), "startsWith": ("lower",), "minLength": 1, "maxLength": 8},
    ),
    ("expression", "Pattern: ^[a-f]+$", {}),
    ("expression", "Pattern: ^[^a-z]+$", {}),
    (
        "neither-end",
        "It cannot start or end with a hyphen (-) or a dot (.).",
        {"notStartsWith": ("-", "."), "notEndsWith": ("-", ".")},
    ),
    ("not-starting-with-signs", "It cannot start with an underscore (_).", {"notStartsWith": ("_",)}),
    ("not-ending-with-signs", "It cannot end with a hyphen (-).", {"notEndsWith": ("-",)}),
    ("date-format", "Specify the time in the yyyy-MM-ddTHH:mmZ format.", {"format": "yyyy-MM-ddTHH:mmZ"}),
    ("date-format", "Format: HH:mm.", {"format": "HH:mm"}),
    ("no-limit-of-n", "The valid values of N depend on the farm.", {}),
    ("items-of-n", "N is an integer from 1 to 7.", {"maxItems": 7}),
    ("items-of-n", "Value range of n: 1 to 7.", {"maxItems": 7}),
    ("set-n", "Gate N. Set N to 1.", {"maxItems": 1}),
    ("set-n", "Set the value of N to 1 to 5.", {}),
    ("range-with-conversions", "Valid values: 1024 (1 KB) to 65536 (64 KB).", {"minimum": 1024, "maximum": 65536}),
    ("range-with-units", "Valid values: 20 GB to 500 GB.", {"minimum": 20, "maximum": 500, "unit": "GB"}),
    ("range-with-units", "Valid values: 1 GB to 2 TB.", {}),
    ("range-with-conversions", "Valid values: 0% to 100%.", {"minimum": 0, "maximum": 100}),
    ("range-with-conversions", "Valid values: 1 (low) to 9.5.", {}),
    ("ends-in-words", "greater than 1 and less than or equal to 50", {"minimum": 2, "maximum": 50}),
    ("ends-in-words", "greater than 1 and less than 50 characters", {}),
    ("end-alone", "Minimum: 60 seconds.", {"minimum": 60}),
    ("end-alone", "Max: 9 (ten in summer).", {"maximum": 9}),
    ("end-alone", "Maximum: 9 characters.", {}),
    ("exact-length", "It must be exactly 11 characters in length.", {"minLength": 11, "maxLength": 11}),
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
    ("length-of-classes", "2~9个英文或中文字符", {"counted": ("chinese", "letter")}),
    ("consecutive-signs", "不能包含连续的短划线(-)", {"notContains": ("--",)}),
    ("signs-at-no-end", "点号(.)和短横线(-)不能作为首尾字符", {"notStartsWith": (".", "-"), "notEndsWith": (".", "-")}),
    (
        "signs-at-no-end",
        "点号(.)不能作为首尾字符,更不能连续使用",
        {"notStartsWith": (".",), "notEndsWith": (".",), "notContains": ("..",)},
    ),
    ("neither-end", "不能以短划线(-)开头或结尾", {"notStartsWith": ("-",), "notEndsWith": ("-",)}),
    ("starting-with-unicode-letters", "以Unicode中letter分类下的字符开头", {"startsWith": ("chinese", "letter")}),
    ("unicode-letters", "支持Unicode中letter分类下的字符", {"charset": ("chinese", "letter")}),
    ("special-characters-among-others", "只可包含特殊字符中的点号(.)", {}),
    ("end-of-a-range", "最大值:1~100", {"maximum": 100}),
    ("end-of-a-range", "最小值为1~100", {"minimum": 1}),
    ("default-as-a-word", "默认值:两个。", {"default": 2}),
    ("not-starting-with-signs", "不能以下划线(_)开头", {"notStartsWith": ("_",)}),
    ("not-ending-with-signs", "不能以短划线(-)结尾", {"notEndsWith": ("-",)}),
    ("limit-of-n", "N取值不能大于3。", {"maxItems": 3}),
    ("length-of-a-list", "羊的标签。数组长度:0~20。", {"maxItems": 20}),
    ("length-of-a-list", "列表长度不超过6个。", {"maxItems": 6}),
    ("length-of-a-list", "列表的长度取决于羊圈。", {}),
    ("starting-value", "起始值:1", {"minimum": 1}),
    ("starting-value", "羊号从1开始", {"minimum": 1}),
    ("value-or-range", "取值范围:-1或1~500", {"minimum": -1, "maximum": 500}),
    ("half-open-range", "取值范围:(0,70]", {"minimum": 1, "maximum": 70}),
    ("endless-range", "取值范围:0 ~ +∞", {"minimum": 0}),
    ("power-of-ten", "取值范围:1~10^6", {"minimum": 1, "maximum": 1000000}),
    ("greatest-and-least", "最大为99,最小为1", {"minimum": 1, "maximum": 99}),
    ("greatest-and-least", "最大为99,最小为1个字符", {"minLength": 1, "maxLength": 99}),
    ("items-of-a-call", "最多指定70台羊圈", {"maxItems": 70}),
    ("items-of-a-call", "单次请求最多支持20台羊圈", {"maxItems": 20}),
    ("items-not-above", "羊的数量不超过7只", {}),
    ("items-not-above", "羊的数量不超过7个", {"maxItems": 7}),
    ("value-not-above", "该参数值不大于50", {"maximum": 50}),
    ("value-not-above", "不大于50个字符", {}),
    ("value-not-below", "取值范围:大于等于2", {"minimum": 2}),
    ("value-above", "取值为大于0的整数", {"minimum": 1}),
    ("positive-integer", "取值范围:正整数", {"minimum": 1}),
    ("at-most", "羊的重量,最大为99", {"maximum": 99}),
    ("at-least", "羊的重量,最小为3", {"minimum": 3}),
    ("multiple-of", "必须是60的整数倍", {"multipleOf": 60}),
    ("in-steps-of", "步长为10", {"multipleOf": 10}),
    ("length-not-above", "羊名,长度不超过64个字符", {"maxLength": 64}),
    ("default-time", "默认值:2031-12-31T23:59:59Z", {"default": "2031-12-31T23:59:59Z"}),
    ("default-of-some-words", "默认值:Other Sheep", {"default": "Other Sheep"}),
    ("expression", "格式:^[a-z0-9-]+$", {"charset": ("-", "digit", "lower")}),
    ("date-format", "格式为:yyyy-MM-ddTHH:mmZ,采用UTC", {"format": "yyyy-MM-ddTHH:mmZ"}),
    ("date-format", "按照HH:mm格式", {"format": "HH:mm"}),
    ("range-with-conversions", "取值范围:1024(1 KB)~65536(64 KB)", {"minimum": 1024, "maximum": 65536}),
    ("range-with-units", "取值范围:20GB~500GB", {"minimum": 20, "maximum": 500, "unit": "GB"}),
    ("range-with-conversions", "取值范围:0%~100%。", {"minimum": 0, "maximum": 100}),
    ("range-with-exceptions", "取值范围:1~99,7和9除外", {"minimum": 1, "maximum": 99}),
    ("ends-in-words", "大于1且小于等于50", {"minimum": 2, "maximum": 50}),
    ("ends-in-words", "大于0小于1.5", {}),
    ("exact-length", "长度必须为11个字符", {"minLength": 11, "maxLength": 11}),
    ("made-of", "由数字或者字母组成，字符长度为1~30。", {"charset": ("digit", "letter")}),
    ("made-of", "由多个羊圈组成。", {}),
    ("index-from-one", "n必须从1开始，最大为9。", {"maxItems": 9}),
    ("index-from-one", "N从1开始。", {}),
    ("maximum-of-units", "每页的羊数，最大值9只。", {}),
    ("maximum-of-units", "每页的羊数，最大值9行。", {"maximum": 9}),
    ("default-by-its-meaning", "0表示不上漆，默认不上漆。", {"default": "0"}),
    ("default-by-its-meaning", "0表示不上漆，默认上漆。", {}),
]


def run(lexicon: Lexicon, key: str, sentence: str) -> dict[str, object]:
    phrase = next(phrase for phrase in lexicon.phrases if phrase.key == key)
    found: dict[str, object] = {}
    for match in phrase.pattern.finditer(clean(sentence)):
        found.update(phrase.build(match))
    return found


@pytest.mark.parametrize(("lexicon", "examples"), [(en.LEXICON, ENGLISH), (zh.LEXICON, CHINESE)], ids=["en", "zh"])
def test_a_phrase_states_its_facts(lexicon: Lexicon, examples: list[tuple[str, str, dict[str, object]]]) -> None:
    for key, sentence, facts in examples:
        with about((key, sentence)):
            assert run(lexicon, key, sentence) == facts


@pytest.mark.parametrize(("phrases", "tested"), [(en.PHRASES, ENGLISH), (zh.PHRASES, CHINESE)])
def test_every_phrase_has_a_test_that_states_what_it_can(
    phrases: tuple[Phrase, ...], tested: list[tuple[str, str, dict[str, object]]]
) -> None:
    keys = [phrase.key for phrase in phrases]
    assert len(keys) == len(set(keys))
    assert {key for key, _, _ in tested} == set(keys)
    assert {key for key, _, facts in tested if facts} == set(keys) - {
        "default-of-n",
        "no-limit-of-n",
        "special-characters-among-others",
    }


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
        ("Valid values:\n\n-   **a**: x\n-   big b: y", "String", {"notes": 1}),
        ("The sheep. Maximum value: 40.", "RepeatList", {"maxItems": 40}),
        ("The sheep. Maximum value: 40.", "array<integer>", {"maximum": 40}),
        ("The sheep. Minimum value: 1. Maximum value: 40.", "RepeatList", {"minimum": 1, "maximum": 40}),
        ("The sheep. Maximum value: 40.", "Integer", {"maximum": 40}),
        ("Valid values: **on | off** (default).", "String", {"enum": ("on", "off"), "default": "off"}),
        ("Valid values:\n\n-   1 to 5: so. Unit: seconds.\n-   1 to 9: else.", "Integer", {"unit": "second"}),
        (
            "Valid values:\n\n-   -1 (default): none.\n-   1 to 9: some.",
            "Integer",
            {"default": -1, "minimum": -1, "maximum": 9},
        ),
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
        ("**Note:** Default value: c.", "String", {"default": "c"}),
        ("> Default value: c.", "String", {"default": "c"}),
        ("> Up to 10 sheep. Valid values: a, b.", "String", {}),
        ("Valid value: on/off.", "String", {"enum": ("on", "off")}),
        ("Valid value: text/plain.", "String", {"enum": ("text/plain",)}),
        ("Valid values: {1, 2, 3}.", "Integer", {"enum": (1, 2, 3)}),
        ("Valid values: a, b, which are kinds of wool.", "String", {"enum": ("a", "b")}),
        ("The port. Valid value:\n\n1-655", "Integer", {"minimum": 1, "maximum": 655}),
        ("Starting value: 1.\n\nDefault value: 1.", "Integer", {"minimum": 1, "default": 1}),
        ("It can be set to red or blue.", "String", {"enum": ("red", "blue")}),
        ("It can be set to a number or empty.", "String", {}),
        ("It cannot start with wool*.", "String", {"notes": 1}),
        ("Valid values:\n\nAsk the shepherd.\n\n-   **a**: x\n-   **b**: y", "String", {"enum": ("a", "b")}),
        ("The default value is used.", "String", {"notes": 1}),
        ("For old sheep, it is 2 to 5 characters in length. It can contain digits.", "String", {}),
        ("A wool key can be up to 9 characters in length.", "String", {"maxLength": 9}),
        ("For old sheep, the name must be 2 to 5 characters in length.", "String", {}),
        ("Each part must be 2 to 5 characters in length.", "String", {}),
        ("Each key of the map is 2 to 5 characters in length.", "String", {}),
        ("One farm can contain a maximum of 7 sheep.", "RepeatList", {}),
        ("Valid values of Ram: 1 to 5.", "Integer", {}),
        ("Ram must be 1 to 5 characters in length.", "String", {}),
        ("It can contain digits.", "Boolean", {}),
        (
            "It is 2-40 characters (English or Chinese) and can contain digits.",
            "String",
            {"minLength": 2, "maxLength": 40, "charset": ("chinese", "digit", "letter")},
        ),
        ("Valid values:\n\n-   Dutch: nl-NL\n-   Danish: da", "String", {"enum": ("nl-NL", "da")}),
        ("Valid values:\n\n-   Ram: he\n-   Ewe: she", "String", {"enum": ("Ram", "Ewe")}),
        ("Whether it is so.\n\n-   **true**: yes\n-   **false**: no", "String", {"enum": ("true", "false")}),
        ("It must end with .wool.", "String", {"notes": 1}),
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
            {"default": -1, "minimum": -1, "maximum": 30, "unit": "Mbit/s"},
        ),
        ("名称不能以", "String", {"lost": "tail"}),
        ("名称不能以或开头。", "String", {"lost": "tail"}),
        ("甲类取值：\n\n-   a：甲\n\n乙类取值：\n\n-   b：乙", "String", {"enum": ("a", "b")}),
        ("可能值：\n\n-   a：甲\n-   b：乙", "String", {"enum": ("a", "b")}),
        ("羊的种类,取值`Ewe`或`Ram`。", "String", {"enum": ("Ewe", "Ram")}),
        ("羊的种类，取值有a、b、c，由羊圈决定。", "String", {"enum": ("a", "b", "c")}),
        ("取值：{1, 2, 3}", "Integer", {"enum": (1, 2, 3)}),
        ("取值：1（默认值）、3或6，单位为月。", "Integer", {"enum": (1, 3, 6), "default": 1, "unit": "month"}),
        ("取值：\n\n-   中文：zh-CN\n-   英文：en-US", "String", {"enum": ("zh-CN", "en-US")}),
        ("取值范围：1\n\n-   70，默认值：60。", "Integer", {"minimum": 1, "maximum": 70, "default": 60}),
        ("取值范围：[1, 70] 默认值：60", "Integer", {"minimum": 1, "maximum": 70, "default": 60}),
        ("对于老羊，长度为2~5个字符。", "String", {}),
        ("每个部分的长度为2~5个字符。", "String", {}),
        ("Ram的取值范围为1~5。", "Integer", {}),
        ("如果指定了羊毛，则参数Ram取值只能为a。", "String", {}),
        ("一个羊名最多支持70个字符。", "String", {"maxLength": 70}),
        ("一个羊圈最多能有70个羊。", "RepeatList", {}),
        ("取值为0，则为无羊模式。", "Integer", {"enum": (0,)}),
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
