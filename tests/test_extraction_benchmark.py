"""Rows are drawn the same way each time, and readings are counted against labels as the documentation says."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml
from commands import REPOSITORY, run_program

sys.path.insert(0, str(REPOSITORY / "benchmarks"))

from draw_labels import draw, positions_of, rows_of
from labelled import Conditional, Label, load_labels, measure, same
from reading import Outcome, figures_of, kind_of, read_pages

from conformance.contract.model import ConditionalFact, Contract, Fact, Parameter, Source, State
from conformance.contract.when import UNKNOWN, When

if TYPE_CHECKING:
    from pathlib import Path

    from labelled import Score

    from conformance.contract.model import FactValue

PAGE = """# CreateBarn

## Debugging

[Try it](https://api.example.com/#product=Farm&api=CreateBarn&type=RPC&version=2020-01-02)

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Action|String|Yes|CreateBarn|The operation. |
|Colour|String|No|red|How the barn is painted. Valid values:

-   **red**
-   **blue** (default)

 |
|Doors|Integer|Yes|2|How many doors the barn has. Valid values: 1 to 9. |

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|BarnId|String|barn-1|The new barn. |
"""


def test_rows_are_cut_with_their_lines_over_several_lines() -> None:
    rows = rows_of("p", PAGE)
    assert [(row.name, row.line, row.section) for row in rows] == [
        ("Colour", 12, "request"),
        ("Doors", 18, "request"),
        ("BarnId", 24, "response"),
    ]
    assert rows[0].cells[:4] == ("Colour", "String", "No", "red")
    assert rows[0].long


def test_a_seed_draws_the_same_rows_again_and_no_row_twice(tmp_path: Path) -> None:
    for number in range(10):
        page = tmp_path / "farm" / "en" / f"CreateBarn{number}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PAGE.replace("9", str(number)), encoding="utf-8")
    drawn = draw(tmp_path, 7, 12)
    assert drawn == draw(tmp_path, 7, 12)
    assert len({(row.name, row.cells[-1]) for row in drawn}) == len(drawn) == 12


def test_rows_with_labels_are_not_drawn_again_nor_others_with_their_text(tmp_path: Path) -> None:
    for number in range(10):
        page = tmp_path / "farm" / "en" / f"CreateBarn{number}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PAGE.replace("9", str(number)), encoding="utf-8")
    labels = tmp_path / "labels.yaml"
    labels.write_text(
        "pages: {farm/en/CreateBarn0.md: {rows: [{line: 12}, {line: 24}]},\n"
        "  farm/en/CreateBarn3.md: {rows: [{line: 18}]}}",
        encoding="utf-8",
    )
    drawn = draw(tmp_path, 7, 12, positions_of(labels))
    assert {row.name for row in drawn} == {"Doors"}
    assert "farm/en/CreateBarn3.md" not in {row.page for row in drawn}
    assert len(drawn) == 9


def test_pages_of_another_style_and_products_with_few_pages_are_not_drawn(tmp_path: Path) -> None:
    (tmp_path / "farm" / "en").mkdir(parents=True)
    (tmp_path / "farm" / "en" / "CreateBarn.md").write_text(PAGE, encoding="utf-8")
    assert draw(tmp_path, 7, 12) == []


# What a folder of pages becomes.


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with a page that is read, one in ROA style, one that is cut, and a README."""
    folder = tmp_path / "pages" / "farm" / "en"
    folder.mkdir(parents=True)
    (folder / "CreateBarn.md").write_text(PAGE, encoding="utf-8")
    (folder / "CreateHill.md").write_text("POST /hills HTTP/1.1\n\n" + PAGE, encoding="utf-8")
    (folder / "CreateCow.md").write_text("# CreateCow\n\nMakes a cow.\n", encoding="utf-8")
    (folder / "README.md").write_text("# Pages\n", encoding="utf-8")
    return tmp_path / "pages"


def test_pages_are_counted_as_read_and_refused_by_message(pages: Path) -> None:
    figures = figures_of(*read_pages(pages))
    assert (figures.read, figures.rpc, figures.roa, figures.partial) == (1, 2, 1, 0)
    assert list(figures.refused.values()) == [["farm/en/CreateCow.md:1"]]
    assert (figures.invalid, figures.guessed, figures.unsaid) == ([], [], [])
    assert figures.products == {"farm/2020-01-02": 1}


def test_a_name_that_is_none_and_a_product_that_the_page_does_not_say_are_found() -> None:
    rows = [Parameter(path, 3, {}) for path in ("Tag[].Key", "Rule.2.Colour", ":-", "Name. Of", "None")]
    read = Contract(
        "CreateBarn", "en", Source("p", "", "markdown"), tuple(rows), (), (), product="farm", version="2020-01-02"
    )
    figures = figures_of({"p": Outcome("p", b"The Farmer said 2020-01-02.", read)}, 0.0)
    assert figures.invalid == ["p:3 ':-'", "p:3 'Name. Of'", "p:3 'None'"]
    assert figures.guessed == ["p farm"]


def test_messages_that_differ_in_names_and_numbers_are_of_one_kind() -> None:
    assert kind_of("Tag[].Key: a default of 12 that is no value: 'red'") == "a default of N that is no value: ..."


# What a reading is worth.


def fact(value: FactValue) -> Fact:
    return Fact(State.STATED, value, 1)


def scored(label: Label, *rows: Parameter) -> Score:
    """Return how one row is counted whose page was read into `rows`."""
    read = Contract("CreateBarn", "en", Source("p", "", "markdown"), rows, (), ())
    digests = {label.page: hashlib.sha256(b"page").hexdigest()}
    return measure(digests, [label], {label.page: Outcome(label.page, b"page", read)})


def label(
    facts: dict[str, object], *conditional: Conditional, undecided: frozenset[str] = frozenset(), group: bool = False
) -> Label:
    return Label("farm/en/p.md", "en", 5, "Colour", "request", facts, conditional, undecided, group)


def test_facts_are_right_missed_invented_or_of_another_value() -> None:
    row = Parameter(
        "Colour", 5, {"type": fact("string"), "enum": fact(("red", "blue")), "default": fact("red"), "unit": fact("m")}
    )
    score = scored(label({"type": "string", "enum": ["blue", "red"], "default": "blue", "maxLength": 4}), row)
    assert score.counts() == (2, 2, 2)
    assert {each.fact: each.kind for each in score.mistakes} == {
        "Colour.default": "other value",
        "Colour.maxLength": "missed",
        "Colour.unit": "invented",
    }


def test_an_open_fact_never_counts_and_a_fact_that_the_project_has_no_name_for_counts_apart() -> None:
    row = Parameter("Colour", 5, {"charset": fact(("ascii",))})
    score = scored(label({"noSuchFact": 1}, undecided=frozenset({"charset"})), row)
    assert (score.counts(), score.mistakes, score.unlike) == ((0, 0, 0), [], {"noSuchFact": 1})


def test_the_cells_of_a_row_that_only_groups_others_do_not_count() -> None:
    row = Parameter("Colour", 5, {"type": fact("array"), "maxItems": fact(3)})
    assert scored(label({"maxItems": 3}, group=True), row).counts() == (1, 0, 0)


def test_a_conditional_fact_that_is_given_without_its_condition_is_wrong() -> None:
    row = Parameter("Colour", 5, {"maximum": fact(9)})
    score = scored(label({}, Conditional("maximum", 9, {"Size": ["big"]})), row)
    assert score.counts(facts=("maximum",)) == (0, 0, 1)
    assert [each.kind for each in score.mistakes] == ["condition dropped", "conditional: fact missed"]


@pytest.mark.parametrize(
    ("labelled", "read", "kind"),
    [
        ({"Size": ["big"]}, When.of({"Size": ("big",)}), "right"),
        ("unknown", UNKNOWN, "right"),
        ({"Size": ["big"]}, UNKNOWN, "condition missed"),
        ({"Size": ["big"]}, When.of({"Size": ("small",)}), "other condition"),
        ("unknown", When.of({"Size": ("big",)}), "other condition"),
    ],
)
def test_conditions_are_counted_apart(labelled: object, read: When, kind: str) -> None:
    row = Parameter("Colour", 5, {}, conditional=(ConditionalFact("maximum", fact(9), read),))
    score = scored(label({}, Conditional("maximum", 9, labelled)), row)
    assert (score.counts(), score.conditions) == ((0, 0, 0), {(kind, "en"): 1})


@pytest.mark.parametrize(
    ("in_force", "read", "missed"),
    [
        ({"Size": ["big"]}, When.of({"Size": ("big",)}), 0),
        ("unknown", UNKNOWN, 0),
        ({"Size": ["big"]}, UNKNOWN, 1),
        ({"Size": ["big"]}, When.of({"Size": ("small",)}), 1),
    ],
)
def test_a_fact_on_the_condition_of_its_whole_row_is_right(in_force: object, read: When, missed: int) -> None:
    row = Parameter("Colour", 5, {}, conditional=(ConditionalFact("maximum", fact(9), read),))
    score = scored(replace(label({"maximum": 9}), in_force=in_force), row)
    assert (score.counts(), score.in_force, score.conditions) == ((1 - missed, missed, 0), 1 - missed, {})


def test_a_condition_may_have_that_of_the_whole_row_beside_it_and_what_is_said_twice_counts_once() -> None:
    joined = When.of({"Size": ("big",), "Plan": ("paid",)})
    row = Parameter("Colour", 5, {}, conditional=(ConditionalFact("maximum", fact(9), joined),))
    twice = Conditional("maximum", 9, {"Size": ["big"]})
    whole = replace(label({}, twice, twice), in_force={"Plan": ["paid"]})
    assert scored(whole, row).conditions == {("right", "en"): 1}


def test_a_fact_that_always_holds_and_is_given_on_a_condition_is_missed() -> None:
    row = Parameter("Colour", 5, {}, conditional=(ConditionalFact("maximum", fact(9), UNKNOWN),))
    score = scored(label({"maximum": 9}), row)
    assert (score.counts(), [each.kind for each in score.mistakes]) == ((0, 1, 0), ["made conditional"])


def test_rows_that_were_not_read_are_missed_and_changed_pages_do_not_count() -> None:
    assert [each.kind for each in scored(label({"type": "string"})).mistakes] == ["row not read"]
    refused = Outcome("farm/en/p.md", b"page", None, "no")
    digest = hashlib.sha256(b"page").hexdigest()
    score = measure({refused.page: digest}, [label({"type": "string"})], {refused.page: refused})
    assert [each.kind for each in score.mistakes] == ["page refused"]
    changed = measure({refused.page: "0"}, [label({"type": "string"})], {refused.page: refused})
    assert (changed.rows, changed.changed) == (0, ["farm/en/p.md"])


def test_of_the_rows_of_one_line_the_one_of_the_labelled_path_counts() -> None:
    member = Parameter("Colour[].Name", 5, {"type": fact("integer")})
    assert scored(label({"type": "string"}), member, Parameter("Colour", 5, {"type": fact("string")})).counts() == (
        (1, 0, 0)
    )


def test_values_are_the_same_by_type_and_long_examples_by_their_digest() -> None:
    digest = hashlib.sha256(b"a long example with many words").hexdigest()[:16]
    assert same(f"sha256:{digest}", "a long example with many words")
    assert not same([True], (1,))
    assert not same("5", 5)


# The program and its files.


def test_the_program_prints_figures_and_shows_each_mistake(pages: Path, tmp_path: Path) -> None:
    page = "farm/en/CreateBarn.md"
    rows = [
        {"line": 12, "path": "Colour", "section": "request", "facts": {"enum": ["red", "blue"], "default": "red"}},
        {"line": 24, "path": "BarnId", "section": "response", "facts": {"type": "string"}, "open": ["example"]},
    ]
    sha256 = hashlib.sha256(PAGE.encode()).hexdigest()
    data = {"group": "drawn before", "pages": {page: {"sha256": sha256, "rows": rows}}}
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "some.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    done = run_extraction("--pages", str(pages), "--labels", str(tmp_path / "labels"), "--show")
    assert done[0] == 0, done
    assert "RPC read         1 of 2 (0.500)" in done[1]
    assert f"{page}:12: other value: Colour.default: labelled 'red', found 'blue'" in done[1]


def test_the_program_refuses_a_folder_that_is_not_there_and_labels_that_are_none(pages: Path, tmp_path: Path) -> None:
    status, _, said = run_extraction("--pages", str(tmp_path / "none"))
    assert (status, said.count("\n"), "--pages" in said) == (2, 1, True)
    (tmp_path / "bad.yaml").write_text("group: drawn after\n", encoding="utf-8")
    status, _, said = run_extraction("--pages", str(pages), "--labels", str(tmp_path))
    assert (status, said.count("\n"), "bad.yaml" in said) == (2, 1, True)


def run_extraction(*words: str) -> tuple[int, str, str]:
    done = run_program(sys.executable, str(REPOSITORY / "benchmarks" / "extraction.py"), *words, folder=REPOSITORY)
    return done.returncode, done.stdout, done.stderr


def test_the_labels_of_the_project_are_of_two_languages_and_hold_no_sentence() -> None:
    _, labels = load_labels(REPOSITORY / "benchmarks" / "labels")["drawn before"]
    assert [sum(each.language == language for each in labels) for language in ("en", "zh")] == [210, 210]
    texts = [str(value) for each in labels for value in each.facts.values()]
    assert max(text.count(" ") for text in texts if not text.startswith("[")) <= 2
