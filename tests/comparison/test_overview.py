from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_strategies import contract, contracts, parameter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from profiles import scaled

from conformance.comparison.agreement import Agreement
from conformance.comparison.overview import Overview, Side, UnreadFile, survey
from conformance.comparison.overview_text import overview_lines, overview_markdown
from conformance.comparison.pairing import Document
from conformance.comparison.sarif import sarif

if TYPE_CHECKING:
    from conformance.comparison.compared_fact import ComparedFact
    from conformance.contract.model import Contract

slow = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=scaled(30)
)


def side(*found: Contract, folder: str = "vpc", faults: tuple[UnreadFile, ...] = ()) -> Side:
    return Side("docs", tuple(Document(each, f"{folder}/{each.operation}.md", folder) for each in found), faults)


def thing(operation: str, **facts: Any) -> Contract:
    return contract(parameter("Name", 5, **facts), operation=operation)


def names(overview: Overview) -> list[tuple[str, str, str]]:
    return [
        (item.name, item.fact, item.verdict.value) for item in overview.findings if item.verdict is not Agreement.AGREE
    ]


def test_operations_are_paired_by_name() -> None:
    left = side(thing("CreateA", maxLength=3), thing("CreateB"))
    result = survey(left, side(thing("CreateC"), thing("CreateA", maxLength=4)))
    assert names(result) == [
        ("CreateA#Name", "maxLength", "disagree"),
        ("CreateB", "operation", "only_left"),
        ("CreateC", "operation", "only_right"),
    ]
    assert result.counts == {"error": 1, "warning": 2, "note": 0}
    assert not result.conforms


def test_the_folder_tells_two_products_apart() -> None:
    def both(length: int) -> Side:
        vpc, ecs = side(thing("Tag", maxLength=3)), side(thing("Tag", maxLength=length), folder="ecs")
        return Side("docs", vpc.documents + ecs.documents)

    result = survey(both(9), both(8))
    assert names(result) == [("Tag#Name", "maxLength", "disagree")]
    assert [each.sources[0] for each in result.comparisons] == ["ecs/Tag.md", "vpc/Tag.md"]


def test_the_depth_of_a_folder_does_not_matter() -> None:
    assert names(survey(side(thing("Tag")), side(thing("Tag"), folder="."))) == []


def test_a_second_document_of_one_operation_is_a_fault() -> None:
    twice = survey(side(thing("Tag", maxLength=1), thing("Tag", maxLength=2)), side(thing("Tag", maxLength=1)))
    assert [fault.message for fault in twice.faults] == ["is about Tag, as vpc/Tag.md is, which was compared"]
    assert twice.conforms


def test_an_operation_whose_file_could_not_be_read_is_unknown_and_not_missing() -> None:
    fault = UnreadFile("right", "vpc/Tag.md", 3, "is cut", "Tag")
    result = survey(side(thing("Tag"), thing("Other")), side(faults=(fault,)))
    assert names(result) == [("Other", "operation", "only_left"), ("Tag", "operation", "unknown_lost")]
    same_side = survey(side(thing("Tag"), faults=(fault,)), side())
    assert names(same_side) == [("Tag", "operation", "only_left")]


def test_the_gravest_comes_first_and_every_fault_is_told() -> None:
    left = side(thing("A", enum=["x"]), thing("B", maxLength=3, minLength=1))
    result = survey(
        left, side(thing("A"), thing("B", maxLength=4), faults=(UnreadFile("right", "z.md", 7, "is cut", "z"),))
    )
    lines = [line.text for line in overview_lines(result)]
    assert lines.index("B#Name.maxLength") < lines.index("A#Name.enum")
    assert "B#Name.minLength" not in lines
    assert "B#Name.minLength" in [line.text for line in overview_lines(result, verbose=True)]
    assert "right z.md:7: is cut" in lines
    assert lines[-2] == "2 operations compared, 0 on one side only: 1 error, 1 warning, 1 note."
    page = overview_markdown(result)
    assert page.index("### B (1)") < page.index("### A (1)")
    assert "| right | z.md:7 | is cut |" in page


def test_json_names_the_operation_in_the_path() -> None:
    result = survey(side(thing("A", maxLength=1)), side(thing("A", maxLength=2), thing("B")))
    data: Any = result.data(lambda _, finding: finding.data())
    assert [entry["operation"] for entry in data["operations"]] == ["A", "B"]
    found = [item for item in data["operations"][0]["findings"] if item["verdict"] == "disagree"]
    assert [(item["operation"], item["path"], item["level"]) for item in found] == [("A", "A#Name", "error")]
    assert data["operations"][1]["left"] is None
    assert data["summary"] == {"compared": 1, "alone": 1, "error": 1, "warning": 1, "note": 0}


@slow
@given(st.lists(contracts, max_size=3), st.lists(contracts, max_size=3))
def test_changing_the_sides_changes_nothing_but_the_sides(left: list[Contract], right: list[Contract]) -> None:
    def key(finding: ComparedFact) -> tuple[str, ...]:
        return finding.name, finding.rule, str(finding.left), str(finding.right), finding.note, finding.level

    one, other = side(*left), side(*right[:1], *left[1:], folder="x")
    forth, back = survey(one, other), survey(other, one)
    assert sorted(map(key, forth.findings)) == sorted(key(item.mirrored()) for item in back.findings)
    assert forth.counts == back.counts
    shown = [item for item in forth.findings if item.verdict is not Agreement.AGREE]
    log: Any = sarif(forth.comparisons, version="1", lone=forth.lone, unknown=True)
    assert len(log["runs"][0]["results"]) == len(shown)
