"""Where fields of an answer are by the samples of a page, where its table has them elsewhere."""

from __future__ import annotations

from contract_strategies import parameter

from conformance.contract.answer_trees import as_answered
from conformance.contract.model import Contract, Source
from conformance.extraction.facts.answers.answer_places import placed
from conformance.extraction.facts.answers.answer_samples import with_samples


def places(rows: dict[str, str], *samples: object) -> dict[str, str]:
    made = [
        parameter(path, number, **({"type": kind} if kind else {}))
        for number, (path, kind) in enumerate(rows.items(), 1)
    ]
    return {row.path: row.place for row in placed(made, samples) if row.place != row.path}


def test_what_a_table_shows_beside_a_structure_is_inside_it_where_a_sample_has_it_there() -> None:
    rows = {"RequestId": "string", "Farm": "", "Hens": "integer", "Barn": "object", "Doors": "integer"}
    sample = {"RequestId": "1", "Farm": {"Hens": 3, "Barn": {"Doors": 2}}}
    assert places(rows, sample) == {"Hens": "Farm.Hens", "Barn": "Farm.Barn", "Doors": "Farm.Barn.Doors"}


def test_the_type_that_a_table_gives_a_structure_does_not_matter_and_one_of_one_member_is_looked_through() -> None:
    rows = {"Farms[]": "string", "Barn": "string", "Doors": "integer"}
    assert places(rows, {"Farms": {"Farm": [{"Barn": {"Doors": 2}}]}}) == {
        "Farms[]": "Farms.Farm[]",
        "Barn": "Farms.Farm[].Barn",
        "Doors": "Farms.Farm[].Barn.Doors",
    }


def test_a_list_may_be_the_only_member_of_an_object() -> None:
    rows = {"Farms[].FarmId": "string", "Farms[].Tags[].Key": "string", "Farms[].Ids[]": "string"}
    sample = {"Farms": {"Farm": [{"FarmId": "f", "Tags": {"Tag": [{"Key": "k"}]}, "Ids": {"Id": ["a"]}}]}}
    assert places(rows, sample) == {
        "Farms[].FarmId": "Farms.Farm[].FarmId",
        "Farms[].Tags[].Key": "Farms.Farm[].Tags.Tag[].Key",
        "Farms[].Ids[]": "Farms.Farm[].Ids.Id[]",
    }
    # Made of XML, a list of one is no list; and a table may not say that it is one.
    assert places({"Farms[].FarmId": "string"}, {"Farms": {"Farm": {"FarmId": "f"}}}) == {
        "Farms[].FarmId": "Farms.Farm[].FarmId"
    }
    assert places({"Farms.FarmId": "string"}, {"Farms": {"Farm": [{"FarmId": "f"}]}}) == {
        "Farms.FarmId": "Farms.Farm[].FarmId"
    }


def test_what_is_there_for_a_list_alone_is_an_object_though_a_table_calls_it_a_list_too() -> None:
    rows = {"Farms[].Farm[].FarmId": "string", "Farms[].Farm[].Hens": "integer"}
    sample: dict[str, object] = {"Farms": {"Farm": [{"FarmId": "f"}]}}
    assert places(rows, sample) == {
        "Farms[].Farm[].FarmId": "Farms.Farm[].FarmId",
        "Farms[].Farm[].Hens": "Farms.Farm[].Hens",
    }
    assert places(rows, sample, {"Farms": [{"Farm": [{"FarmId": "f"}]}]}) == {}
    assert places(rows, {"Farms": {"Farm": [], "Other": 1}}) == {}
    assert places({"Farms[].Hen[]": "string"}, {"Farms": {"Hen": ["a"]}}) == {"Farms[].Hen[]": "Farms.Hen[]"}


def test_what_a_table_calls_a_plain_value_is_a_list_in_an_object_where_all_samples_have_it_so() -> None:
    rows = {"RequestId": "string", "Farms": "string", "Hens": ""}
    sample = {"Farms": {"Farm": []}, "Hens": {"Hen": [{"HenId": "h"}]}}
    assert places(rows, sample) == {"Farms": "Farms.Farm[]", "Hens": "Hens.Hen[]"}
    assert places(rows, sample, {"Farms": "none", "Hens": [1]}) == {}
    assert places({"Farms": "object"}, sample) == {}


def test_what_a_table_shows_inside_a_list_is_at_the_top_where_all_samples_have_it_there() -> None:
    rows = {"Farms[].FarmId": "string", "Farms[].Hens": "integer", "Farms[].RequestId": "string"}
    sample = {"RequestId": "1", "Farms": {"Farm": [{"FarmId": "f"}]}}
    # The sample has no hens, but shows how the list is written.
    assert places(rows, sample) == {
        "Farms[].FarmId": "Farms.Farm[].FarmId",
        "Farms[].Hens": "Farms.Farm[].Hens",
        "Farms[].RequestId": "RequestId",
    }


def test_a_table_is_right_where_samples_agree_or_do_not_tell() -> None:
    rows = {"Farm": "object", "Hens": "integer"}
    unclear: list[list[object]] = [
        [],
        [{}],
        [{"Hens": 1, "Farm": {"Hens": 1}}],
        [{"Farm": {"Other": 1}}],
        [{"Farm": {"odd name": []}}],
    ]
    for samples in unclear:
        assert places(rows, *samples) == {}
    two = {"Farm": "object", "Barn": "object", "Hens": "integer"}
    assert places(two, {"Farm": {"Hens": 1, "A": 1}, "Barn": {"Hens": 1, "A": 1}}) == {}


def test_a_server_answers_as_the_samples_of_either_document_show() -> None:
    rows = [parameter("Farms[].FarmId", 1, type="string"), parameter("RequestId", 2, type="string")]
    shown = with_samples(rows, '{"Farms": {"Farm": [{"FarmId": "f"}]}}')
    assert [(row.place, row.presence.shown) for row in shown] == [("Farms.Farm[].FarmId", 1), ("RequestId", None)]
    contracts = as_answered(
        {
            language: Contract("ListFarms", language, Source("x", "0", "flat"), (), tuple(own), ())
            for language, own in (("en", shown), ("zh", rows))
        }
    )
    assert [row.path for row in contracts["zh"].responses] == ["Farms.Farm[].FarmId", "RequestId"]


def test_what_one_document_calls_by_other_brackets_is_where_the_samples_of_the_other_show_it() -> None:
    rows = [parameter("Farms[].FarmId", 1, type="string"), parameter("RequestId", 2, type="string")]
    shown = with_samples(rows, '{"Farms": {"Farm": [{"FarmId": "f"}]}}')
    others = [parameter("Farms[].Farm[].Hens", 1, type="integer"), parameter("Farms[].Owner.Name", 2, type="string")]
    contracts = as_answered(
        {
            language: Contract("ListFarms", language, Source("x", "0", "flat"), (), tuple(own), ())
            for language, own in (("en", shown), ("zh", others))
        }
    )
    assert [row.path for row in contracts["zh"].responses] == ["Farms.Farm[].Hens", "Farms.Owner.Name"]


def test_of_the_samples_of_two_documents_the_one_with_more_levels_counts() -> None:
    rows = [parameter("Farms", 1), parameter("FarmId", 2, type="string"), parameter("RequestId", 3, type="string")]
    deep = with_samples(rows, '{"RequestId": "1", "Farms": {"Farm": [{"FarmId": "f"}]}}')
    flat = with_samples(rows, '{"RequestId": "1", "Farms": {"FarmId": "f"}}')
    for english, chinese in ((deep, flat), (flat, deep)):
        contracts = as_answered(
            {
                language: Contract("ListFarms", language, Source("x", "0", "flat"), (), tuple(own), ())
                for language, own in (("en", english), ("zh", chinese))
            }
        )
        assert [[row.path for row in each.responses][1] for each in contracts.values()] == ["Farms.Farm[].FarmId"] * 2
