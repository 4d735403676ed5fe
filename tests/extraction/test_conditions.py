"""What pages promise on a condition: the condition is read where it names parameters and values, else it is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conditional_pages import PAGES

from conformance.contract.model import FACT_NAMES
from conformance.extraction.facts.description import read_row
from conformance.extraction.facts.folding import fold
from conformance.extraction.facts.promises import Need
from conformance.extraction.page import Row, Text
from conformance.extraction.phrases import en, zh
from conformance.extraction.phrases.registry import LEXICONS
from conformance.extraction.read import read_document
from conformance.extraction.rows import blocks

if TYPE_CHECKING:
    from conformance.contract.model import Contract, Parameter
    from conformance.extraction.phrases.table import Lexicon


def page(language: str) -> Contract:
    return read_document(PAGES[language].encode(), f"LeaseMeadow.{language}.md")


def told(parameter: Parameter | None) -> list[tuple[str, object, object]]:
    assert parameter is not None
    return [(each.name, each.fact.value, each.when.data) for each in parameter.conditional]


LEASED = {"Plan": ["Leased"]}


@pytest.mark.parametrize("language", PAGES)
def test_a_page_says_on_which_values_its_promises_depend(language: str) -> None:
    found = page(language)
    assert told(found.parameter("TermUnit")) == [("required", True, LEASED)]
    assert sorted(told(found.parameter("Term")), key=str) == sorted(
        [
            ("minimum", 1, {"TermUnit": ["Month"], "Plan": ["Leased"]}),
            ("maximum", 9, {"TermUnit": ["Month"], "Plan": ["Leased"]}),
            ("minimum", 1, {"TermUnit": ["Year"], "Plan": ["Leased"]}),
            ("maximum", 3, {"TermUnit": ["Year"], "Plan": ["Leased"]}),
            ("required", True, LEASED),
        ],
        key=str,
    )
    assert told(found.parameter("Grass")) == [("enum", ("Clover", "Rye"), LEASED)]
    assert told(found.parameter("Gate")) == [("required", True, {"Plan": ["Leased"], "Grass": ["Rye"]})]


@pytest.mark.parametrize("language", PAGES)
def test_what_counts_on_a_condition_only_is_no_promise_for_all_requests(language: str) -> None:
    found = page(language)
    sheep, label, fence = (found.parameter(name) for name in ("Sheep", "Label", "Fence"))
    assert told(sheep) == [("minimum", 1, {"Plan": ["Daily"]}), ("maximum", 500, {"Plan": ["Daily"]})]
    assert told(label) == [("minLength", 2, "unknown"), ("maxLength", 20, "unknown")]
    assert told(fence) == [("enum", ("wood", "stone"), "unknown")]
    for row in (sheep, label, fence):
        assert row is not None
        assert not any(row.fact(name).stated for name in ("enum", "minimum", "maximum", "minLength", "maxLength"))
    term = found.parameter("Term")
    assert term is not None
    assert term.fact("required").value is False
    assert not term.fact("maximum").stated


@pytest.mark.parametrize("language", PAGES)
def test_a_field_of_the_answer_is_there_on_a_condition(language: str) -> None:
    fields = {field.path: field.presence for field in page(language).responses}
    assert {path: presence.word for path, presence in fields.items()} == {
        "MeadowId": "always",
        "OrderNo": "when",
        "Shepherd": "unknown",
        "RequestId": "always",
    }
    when = fields["OrderNo"].when
    assert when is not None
    assert when.data == LEASED
    line = fields["OrderNo"].line
    assert line is not None
    assert "OrderNo" in PAGES[language].splitlines()[line - 1]


@pytest.mark.parametrize("language", PAGES)
def test_every_conditional_fact_names_the_line_that_states_it(language: str) -> None:
    lines = PAGES[language].splitlines()
    term = page(language).parameter("Term")
    assert term is not None
    most = {each.fact.value: lines[(each.fact.line or 0) - 1] for each in term.conditional if each.name == "maximum"}
    assert list(most) == [9, 3]
    assert "Month" in most[9]
    assert "Year" in most[3]


def read(
    language: str, description: str, kind: str = "Integer", required: str = "No"
) -> list[tuple[str, object, object]]:
    """Return what the row of `Wool` says on a condition, beside the parameters `Ram` (a list of values) and `Ewe`."""
    lines = [Text(number, line) for number, line in enumerate(description.split("\n"), start=1)]
    mark = Text(1, required)
    rows = [
        Row(
            1,
            "Ram",
            Text(1, "String"),
            Text(1, "No"),
            Text(1, "old"),
            blocks([Text(1, "Valid values: old, young." if language == "en" else "取值：old、young。")], markup=True),
        ),
        Row(1, "Ewe", Text(1, "Boolean"), mark, Text(1, "true"), ()),
        Row(1, "Hay.N.Kind", Text(1, "String"), mark, Text(1, ""), ()),
        Row(1, "Wool", Text(1, kind), mark, Text(1, ""), blocks(lines, markup=True)),
    ]
    folded = fold(rows, LEXICONS[language], FACT_NAMES).parameters
    assert folded[0].fact("enum").value == ("old", "young")
    return told(next(row for row in folded if row.path == "Wool"))


OLD = {"Ram": ["old"]}

EN = [
    ("This parameter is required when Ram is set to old.", [("required", True, OLD)]),
    ("If the value of the Ram parameter is old, you must specify this parameter.", [("required", True, OLD)]),
    ("You must specify Wool if you set **Ram** to **old**.", [("required", True, OLD)]),
    ("This parameter is required only when Ram is old or young.", [("required", True, {"Ram": ["old", "young"]})]),
    ("This parameter is required if `Ram=old` and `Ewe=true`.", [("required", True, {"Ram": ["old"], "Ewe": [True]})]),
    ("This parameter is not required if Ram is set to old.", []),
    ("This parameter is optional when Ram is set to old.", []),
    ("This parameter is required if you are in a valley.", [("required", True, "unknown")]),
    ("This parameter is required when Ram is not specified.", [("required", True, "unknown")]),
    ("This parameter is required when Ram is empty.", [("required", True, "unknown")]),
    ("This parameter is required when Ram is set to grey.", [("required", True, "unknown")]),
    ("This parameter is required when Hay.N.Kind is set to Dry.", [("required", True, "unknown")]),
    ("When Ram is set to old, set Ewe to true.", []),
    ("When Wool is set to 3, Ewe is required.", []),
    ("Valid values when Ram is set to old: 2 to 8.", [("minimum", 2, OLD), ("maximum", 8, OLD)]),
    ("When Ram is set to old: 2 to 8.", [("minimum", 2, OLD), ("maximum", 8, OLD)]),
    ("If Ram is set to old, valid values are 1, 2, and 3.", [("enum", (1, 2, 3), OLD)]),
    ("If Ram is set to old, valid values are 1 to the number of lambs.", []),
    (
        "Valid values: 1 to 9. This parameter is valid only for members.",
        [("minimum", 1, "unknown"), ("maximum", 9, "unknown")],
    ),
    (
        "Valid values: 1 to 9. You can set this parameter only when Ewe is set to true.",
        [("minimum", 1, {"Ewe": [True]}), ("maximum", 9, {"Ewe": [True]})],
    ),
    (
        "Valid values: 1 to 9. This parameter is ignored if Ram is set to old.",
        [("minimum", 1, {"Ram": ["young"]}), ("maximum", 9, {"Ram": ["young"]})],
    ),
    ("Valid values: 1 to 9. If you specify this parameter, sheep are counted.", []),
]
ZH = [
    ("当Ram取值为old时，该参数必填。", [("required", True, OLD)]),
    ("如果参数`Ram`设置为`old`，则该参数为必选。", [("required", True, OLD)]),
    (
        "当**Ram**为**old**且**Ewe**为**true**时，必须指定该参数。",
        [("required", True, {"Ram": ["old"], "Ewe": [True]})],
    ),
    ("当Ram取值为old或young时，该参数必选。", [("required", True, {"Ram": ["old", "young"]})]),
    ("当Ram取值为old时，该参数可不填。", []),
    ("当Ram取值为old时，该参数非必填。", []),
    ("如果羊群在山谷中，该参数必填。", [("required", True, "unknown")]),
    ("如果不指定Ram，则该参数必选。", [("required", True, "unknown")]),
    ("Ram为old时，取值范围为2~8。", [("minimum", 2, OLD), ("maximum", 8, OLD)]),
    ("当Ram取值为old时：2~8", [("minimum", 2, OLD), ("maximum", 8, OLD)]),
    ("如果Ram为old，取值2-8。", [("minimum", 2, OLD), ("maximum", 8, OLD)]),
    ("当Ram=old时，该参数取值：{“1”, “2”}。", [("enum", (1, 2), OLD)]),
    ("当Ram取值为old时，Ewe必须取值true。", []),
    ("取值：1~9。仅会员可用。", [("minimum", 1, "unknown"), ("maximum", 9, "unknown")]),
    ("取值：1~9。仅当Ram=old时，该参数有效。", [("minimum", 1, OLD), ("maximum", 9, OLD)]),
    (
        "取值：1~9。当Ram取值为old时，忽略该参数。",
        [("minimum", 1, {"Ram": ["young"]}), ("maximum", 9, {"Ram": ["young"]})],
    ),
]


@pytest.mark.parametrize(("description", "facts"), EN)
def test_english_condition(description: str, facts: list[tuple[str, object, object]]) -> None:
    assert read("en", description) == facts


@pytest.mark.parametrize(("description", "facts"), ZH)
def test_chinese_condition(description: str, facts: list[tuple[str, object, object]]) -> None:
    assert read("zh", description) == facts


def test_a_required_mark_may_have_a_condition() -> None:
    assert read("en", "The wool.", required="No (required when Ram is old)") == [("required", True, OLD)]
    assert read("en", "The wool.", required="Yes") == []
    assert read("en", "The wool.", required="No (required in valleys)") == []


def test_values_of_one_case_that_are_none_of_all_cases_were_not_read_rightly() -> None:
    said = "Valid values: a, b. If Ram is set to old, this parameter must be set to c."
    assert read("en", said, kind="String") == [("enum", ("c",), "unknown")]


MANUAL = (Need("Mode", ("manual",)),)


@pytest.mark.parametrize(
    ("mark", "lexicon", "stated", "conditional"),
    [
        ("Yes", en.LEXICON, True, None),
        ("Conditional", en.LEXICON, None, ()),
        ("Depends on Mode", en.LEXICON, None, ()),
        ("Yes, if Mode is manual", en.LEXICON, None, MANUAL),
        ("Required when Mode is set to manual", en.LEXICON, None, MANUAL),
        ("No (required when Mode is manual)", en.LEXICON, False, MANUAL),
        ("条件必选", zh.LEXICON, None, ()),
        ("当Mode为manual时必选", zh.LEXICON, None, MANUAL),
        ("否（Mode为manual时必选）", zh.LEXICON, False, MANUAL),
    ],
)
def test_a_required_mark_that_depends(
    mark: str, lexicon: Lexicon, stated: object, conditional: tuple[Need, ...] | None
) -> None:
    row = Row(1, "Zone", Text(1, "String"), Text(1, mark), Text(1, ""), ())
    reading = read_row(row, lexicon, {"Zone", "Mode"})
    assert not reading.notes
    assert (reading.facts["required"].value if "required" in reading.facts else None) is stated
    assert [promise.needs for promise in reading.conditional] == ([] if conditional is None else [conditional])
