"""Kinds of wording that labelled rows showed to be missed or misread, each as a description made up for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.extraction.facts.description import read_row
from conformance.extraction.page import Row, Text
from conformance.extraction.phrases import en, zh
from conformance.extraction.rows import blocks, expand

if TYPE_CHECKING:
    from conformance.extraction.facts.description import Reading
    from conformance.extraction.phrases.table import Lexicon


def read(description: str, kind: str, lexicon: Lexicon, example: str = "") -> Reading:
    lines = expand(Text(number, line) for number, line in enumerate(description.split("\n"), start=1))
    row = Row(1, "Wool", Text(1, kind), None, Text(1, example), blocks(lines, markup=True), whole=True)
    return read_row(row, lexicon, {"Wool", "Ram", "Ewe"})


def facts_of(reading: Reading) -> dict[str, object]:
    return {name: fact.value for name, fact in reading.facts.items() if name not in ("type", "example")}


Facts = dict[str, object]

COLOURS: Facts = {"enum": ("red", "blue")}
NAMED = ("NVIDIA P4", "NVIDIA T4")
EITHER: Facts = {"enum": ("on", "off")}
PORTS: Facts = {"minimum": 1, "maximum": 65535}
OPEN: Facts = {"minimum": -1, "maximum": 9}
SIGNS: Facts = {"notContains": (",", ";", " ")}

MEMBERS = (
    "The ram. Valid values:\n\n-   Id: the id. This parameter is required and must be set to a string.\n"
    "-   Size: optional. It must be set to an integer. Valid values: 1 to 9.\n"
    "-   Kind: the kind. Valid values:\n    -   a: big (default)."
)
ENGLISH: dict[str, list[tuple[str, str, Facts]]] = {
    "values in bullets without a cue": [
        ("The colour.\n\n-   **red**: warm.\n-   **blue**: cold.", "String", COLOURS),
        ("The colour.-   red: warm.\n-   blue: cold.", "String", COLOURS),
        ("The colour.\n\n-   **red** warm.\n-   **blue**: cold.", "String", {}),
        ("The wool. Format:\n\n-   **red**: `red_<n>`.\n-   **blue**: `<n>`.", "String", {}),
        ("The wool.\n\n-   Size: a number.\n-   Rule: a text.", "String", {}),
        ("The wool.\n\n-   **Ram**: its ram.\n-   **Ewe**: its ewe.", "String", {}),
        ("The wool.\n\n-   **short**: 1 to 9 characters in length.\n-   **long**: free.", "String", {}),
        ("The wool.\n\n-   **red**: warm.\n-   **blue**: cold.", "Object", {}),
    ],
    "members below the words for values": [
        (
            MEMBERS,
            "String",
            {},
        ),
    ],
    "a last bullet without its colon": [
        ("Valid values:\n\n-   **red**: warm\n-   **blue** a cold one", "String", COLOURS),
        ("Valid values:\n\n-   red: warm\n-   blue a cold one", "String", {}),
    ],
    "values of several words": [
        ("Valid values:\n\n-   NVIDIA P4\n-   NVIDIA T4", "String", {"enum": NAMED}),
        ("Valid values:\n\n-   NVIDIA P4: fast.\n-   NVIDIA T4: slow.", "String", {"enum": NAMED}),
        ("Valid values:\n\n-   Any name\n-   No name at all", "String", {}),
    ],
    "a range with words of its own, and special values beside it": [
        ("Valid values:-   1-65535: the gate.", "Integer", PORTS),
        ("Valid values:\n\n-   -1: no limit.\n-   \\[1-9\\]: gates.", "Integer", OPEN),
        ("Valid values:\n\n-   1 to 9: if Ram is red.\n-   1 to 5: others.", "Integer", {}),
        ("Valid values:\n\n-   TCP. Value range: 1 to 9.\n-   ICMP: -1/-1.\n-   GRE: -1/-1.", "String", {}),
    ],
    "a choice and nothing else": [
        ("Whether it is painted. on | off", "String", EITHER),
        ("The gates a | b of the barn.", "String", {}),
    ],
    "an index": [
        ("The wool. Value range of n: 1 to 9", "String", {"maxItems": 9}),
        ("The wool. N is an integer from 1 to 9.", "String", {"maxItems": 9}),
    ],
    "a limit in a note": [
        ("A list of gates.\n\n**Note:** Up to 9 gates can be opened at a time.", "Array", {"maxItems": 9}),
        ("A list of gates. For each request, the list can contain up to 9 gates.", "String", {"maxItems": 9}),
    ],
    "a default that is no number alone": [
        ("Default value: 40 or the size of the barn, whichever is greater.", "Integer", {}),
        (
            "The owner. This parameter takes effect only on Linux gates. Default value: root.",
            "String",
            {"default": "root"},
        ),
    ],
    "signs in brackets": [
        ("It cannot contain commas (,), semicolons (;), or spaces.", "String", SIGNS),
        (
            "It cannot contain commas (,), semicolons (;), or spaces, nor can it begin with $.",
            "String",
            {**SIGNS, "notStartsWith": ("$",)},
        ),
        (
            "It cannot contain commas (,) or start with a dollar sign ($).",
            "String",
            {"notContains": (",",), "notStartsWith": ("$",)},
        ),
        ("It can contain ASCII letters and digits.", "String", {"charset": ("digit", "letter")}),
        ("It can contain letters and ampersands (&amp;).", "String", {"charset": ("&", "letter")}),
    ],
}
LEVELS: Facts = {"enum": (0, 1, 2)}
ENGLISH |= {
    "explained values in a sentence": [
        ("Valid values: `0`: low. `1`: normal. `2`: high.", "Integer", LEVELS),
        ("Valid values: 0: low, 1: normal, 2: high.", "Integer", LEVELS),
        (
            "Valid values: Red: warm. Blue: cold. Default value: Red.",
            "String",
            {"enum": ("Red", "Blue"), "default": "Red"},
        ),
        ("Valid values: **on** - painted, **off** - plain.", "String", EITHER),
        ("Valid values: red: warm (default). blue: cold. Unit: doors.", "String", {**COLOURS, "default": "red"}),
        ("Valid values: a.red: warm. a.blue: cold.", "String", {"enum": ("a.red", "a.blue")}),
        ("Valid values: red: warm. Note: not for barns.", "String", {"enum": ("red",)}),
        ("Valid values: 00:00 to 23:59.", "String", {}),
        ("Valid values: true: painted. false: plain.", "Boolean", {"enum": (True, False)}),
    ],
    "what a value must contain among other things": [
        ("It must contain letters and digits.", "String", {}),
        ("It must contain only letters and digits.", "String", {"charset": ("digit", "letter")}),
    ],
    "values that only marks part, or nothing": [
        ("Valid values: `red`: warm `blue`: cold", "String", COLOURS),
        ("Valid values: red: warm blue: cold", "String", {}),
        ("Valid values: red: as at http://example.com", "String", {"enum": ("red",)}),
    ],
    "a list that goes on": [
        ("Valid values: red, blue, etc.", "String", {}),
        ("Example values: red, blue.", "String", {}),
    ],
    "a default with a comma or in quotes": [
        ("Default value: 1,000.", "Integer", {"default": 1000}),
        ('Default value: "red".', "String", {"default": "red"}),
    ],
    "values after other words": [
        ("Set the value to one of the following: `red` or `blue`.", "String", COLOURS),
        ("You can set this parameter to red or blue.", "String", COLOURS),
        ("You can set this parameter to the colour of a barn or a gate.", "String", {}),
        ("Supported values are red and blue.", "String", COLOURS),
        ("Valid values: red (warm, default), and blue (cold).", "String", {**COLOURS, "default": "red"}),
    ],
    "a bound of what may have fractions": [
        ("The value must be greater than 0.", "Float", {}),
        ("The value must be greater than 0 and less than 9.", "Float", {}),
        ("Value range: (0,9].", "Float", {}),
    ],
    "a special value outside the range": [
        ("Valid values: 1 to 9. A value of -1 indicates no limit.", "Integer", OPEN),
        ("Valid values: 1 to 9. If this parameter is set to -1, there is no limit.", "Integer", OPEN),
        ("Valid values: 1 to 9. Default value: -1, which means no limit.", "Integer", {**OPEN, "default": -1}),
        ("Valid values: -1 to 9. The value 5 indicates the middle.", "Integer", OPEN),
        ("Valid values: -1 to 9. If this parameter is set to 10, an error is returned.", "Integer", OPEN),
        ("Valid values: -1 to 9. If Ram is set to 10, doors open.", "Integer", OPEN),
    ],
}
CHINESE: dict[str, list[tuple[str, str, Facts]]] = {
    "values in quotes": [("取值：“red”、“blue”。", "String", COLOURS)],
    "a default with a comma": [("默认值：1,000。", "Integer", {"default": 1000})],
    "a number has no items": [("最多100个。", "Integer", {}), ("最多指定100个。", "Array", {"maxItems": 100})],
    "what a value must contain among other things": [
        ("必须包含字母和数字。", "String", {}),
        ("只能包含字母和数字。", "String", {"charset": ("digit", "letter")}),
    ],
    "explained values in a sentence": [
        ("取值：0：低。1：中。2：高。", "Integer", LEVELS),
        ("取值：0：低，1：中，2：高。", "Integer", LEVELS),
        ("取值：0表示低，1表示中，2表示高。", "Integer", LEVELS),
        ("取值：0-低，1-中，2-高。默认值：1。", "Integer", {**LEVELS, "default": 1}),
        ("取值：**red**：暖色；**blue**：冷色。", "String", COLOURS),
        ("取值为red（暖色，默认值）、blue（冷色）。", "String", {**COLOURS, "default": "red"}),
        ("取值：red：暖色（默认）。blue：冷色。", "String", {**COLOURS, "default": "red"}),
    ],
    "a special value outside the range": [
        ("取值范围：1～9。取值为-1时表示不限。", "Integer", OPEN),
        ("取值范围：1～9，-1表示不限。", "Integer", OPEN),
        ("取值范围：-1～9。当Ram取值为10时，门打开。", "Integer", OPEN),
        ("取值范围：-1～9。取值为10时报错。", "Integer", OPEN),
    ],
    "values in bullets without a cue": [
        ("谷仓的颜色。\n\n-   **red**：暖色。\n-   **blue**：冷色。", "String", COLOURS),
        ("谷仓的颜色-   red：暖色。\n-   blue：冷色。", "String", COLOURS),
        ("是否上漆：\n\n-   **on**表示上漆。\n-   **off**表示不上漆。", "String", EITHER),
        ("羊的状态。返回值：\n\n-   Free：空闲。\n-   Busy：忙碌。", "String", {"enum": ("Free", "Busy")}),
        ("羊的编号。羊须满足以下条件：\n\n-   colour（颜色）：red\n-   state（状态）：free", "String", {}),
        ("包含以下参数：\n\n-   **red**：暖色。\n-   **blue**：冷色。", "String", {}),
    ],
    "a range with words of its own, and special values beside it": [
        ("取值：-   1-65535：门。", "Integer", PORTS),
        ("取值：\n\n-   -1（默认）：不限。\n-   \\[1, 9\\]：门。", "Integer", {**OPEN, "default": -1}),
    ],
    "a choice and nothing else": [("是否上漆。on | off", "String", EITHER)],
    "an index": [("羊毛。n必须从1开始，最大为9。", "String", {"maxItems": 9})],
    "a limit in a note": [("门的列表。\n\n**说明：** 每次最多可添加9个门。", "Array", {"maxItems": 9})],
    "signs": [
        ("不能包含逗号（,）、分号（;）或空格。", "String", SIGNS),
        ("只能使用字母和and（&amp;）这些字符。", "String", {"charset": ("&", "letter")}),
        ("门的类型。\n\n木门支持：\n\n-   a门\n-   b门", "String", {}),
    ],
    "a length": [
        ("羊毛长度的取值范围：1~128。", "String", {"minLength": 1, "maxLength": 128}),
        (
            "只允许包含字母、数字字符，最大长度限制为500字符。",
            "String",
            {"charset": ("digit", "letter"), "maxLength": 500},
        ),
    ],
    "the pattern of a time with blanks inside": [
        ("格式为yyyy-mm-ddThh :mm:ssZ。", "String", {"format": "yyyy-mm-ddThh:mm:ssZ"}),
    ],
}
CASES = [
    pytest.param(description, kind, facts, lexicon, id=f"{language}-{name}-{index}")
    for language, table, lexicon in (("en", ENGLISH, en.LEXICON), ("zh", CHINESE, zh.LEXICON))
    for name, examples in table.items()
    for index, (description, kind, facts) in enumerate(examples)
]


@pytest.mark.parametrize(("description", "kind", "facts", "lexicon"), CASES)
def test_a_kind_of_wording(description: str, kind: str, facts: dict[str, object], lexicon: Lexicon) -> None:
    assert facts_of(read(description, kind, lexicon)) == facts


KINDS = "Valid values:\n\n-   Wooden (wood): 2 to 9\n-   Iron (iron): 20 to 90"
CONDITIONAL: list[tuple[str, Lexicon, list[object]]] = [
    (KINDS, en.LEXICON, [("minimum", 2), ("maximum", 9), ("minimum", 20), ("maximum", 90)]),
    ("取值：\n\n-   木（wood）：2~9\n-   铁（iron）：20GiB~90GiB", zh.LEXICON, [2, 9, 20, 90]),
    ("Valid values:\n\n-   **2** to **9**: wood.\n-   **20** to **90**: iron.", en.LEXICON, [2, 9, 20, 90]),
    (
        '取值：\n\n-   `Ram=red`时，`Wool`取值：\\{"1", "2"\\}\n-   `Ram=tan`时，`Wool`取值：\\{"3"\\}',
        zh.LEXICON,
        [(1, 2), (3,)],
    ),
    ("When Ram is red, valid values are 1 to 9, and the default value is 9.", en.LEXICON, [9, 1, 9]),
    ("If Ram is set to red, Wool is set to only 7.", en.LEXICON, [("enum", (7,))]),
    ("If you set Ram to red, blue, or tan, you must specify Wool as well.", en.LEXICON, [("required", True)]),
    ("如果起始与结束之差大于200，则最多返回200条数据。", zh.LEXICON, []),
    ("设置为red时，目标羊必须处于空闲状态。", zh.LEXICON, []),
]


@pytest.mark.parametrize(("description", "lexicon", "expected"), CONDITIONAL)
def test_what_holds_for_a_kind_only(description: str, lexicon: Lexicon, expected: list[object]) -> None:
    reading = read(description, "Integer", lexicon)
    assert not {"minimum", "maximum", "enum", "required"} & reading.facts.keys()
    found = [(each.name, each.value) for each in reading.conditional]
    assert found == expected or [value for _, value in found] == expected


def test_an_example_may_look_like_no_example_or_a_tag() -> None:
    values = "The rule. Valid values:\n\n-   None: no rule.\n-   All: all rules."
    assert read(values, "String", en.LEXICON, "None").facts["example"].value == "None"
    assert "example" not in read("The rule.", "String", en.LEXICON, "None").facts
