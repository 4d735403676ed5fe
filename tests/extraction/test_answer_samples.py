"""Which fields inside others a page's own samples have."""

from __future__ import annotations

from contract_strategies import parameter

from conformance.extraction.facts.answers.answer_samples import with_samples

ROWS = [
    parameter("RequestId", 1, type="string"),
    parameter("Farms[].FarmId", 2, type="string"),
    parameter("Farms[].Hens", 3, type="integer"),
    parameter("Farms[].Tags[].Key", 4, type="string"),
    parameter("Farms[].Locks[].Reason", 5, type="string"),
]
SAMPLE = """\
A sample

```
{
  "RequestId": "1",
  "Farms": {"Farm": [
    {"FarmId": "f-1", "Hens": 3, "Tags": {"Tag": [{"Key": "k\\_1"}]}, "Locks": [{"Reason": ["r"]}]},
    {"FarmId": "f-2", "Tags": []}
  ]}
}
```
"""


def shown(text: str) -> dict[str, int | None]:
    return {row.path: row.presence.shown for row in with_samples(ROWS, text) if row.presence.shown is not None}


def test_a_field_counts_that_all_objects_of_the_samples_have_in_the_form_of_the_table() -> None:
    assert shown(SAMPLE) == {"Farms[].FarmId": 4, "Farms[].Tags[].Key": 4}


def test_a_page_without_a_sample_shows_nothing() -> None:
    for text in ("", "{", "{]\n{'a': 1}", '{"Code": "X", "Message": "m", "Farms": [{"FarmId": "f"}]}', "[" * 99_999):
        assert shown(text) == {}
    assert with_samples(ROWS[:1], SAMPLE) == tuple(ROWS[:1])


def test_several_samples_are_several_answers() -> None:
    assert shown('{"Farms": [{"FarmId": "f"}]}\n\n{"Farms": [{"Hens": 1}]}') == {}
    assert shown('{"Farms": []}\n\n`{"Farms": [{"FarmId": "f"}]}`') == {"Farms[].FarmId": 3}


def test_the_root_element_of_xml_is_no_field_of_a_sample_that_was_made_of_it() -> None:
    made_of_xml = '{"ListFarmsResponse": {"RequestId": "1", "Farms": {"Farm": {"FarmId": "f", "Hens": 1}}}}'
    rows = with_samples(ROWS[:3], made_of_xml)
    assert [row.place for row in rows] == ["RequestId", "Farms.Farm[].FarmId", "Farms.Farm[].Hens"]


def test_a_field_that_no_sample_has_as_a_plain_value_is_of_no_plain_type() -> None:
    rows = [parameter("RequestId", 1, type="string"), parameter("Farms", 2, type="string")]
    for sample, type_ in (
        ('{"RequestId": "1", "Farms": {"Farm": []}}', None),
        ('{"RequestId": "1", "Farms": []}', None),
        ('{"RequestId": "1", "Farms": "a"}', "string"),
        ('{"RequestId": "1", "Farms": []}\n\n{"RequestId": "1", "Farms": "a"}', "string"),
        ("", "string"),
    ):
        _, farms = with_samples(rows, sample)
        assert (farms.fact("type").value, farms.fact("type").stated) == (type_, type_ is not None)
    assert with_samples(rows, '{"RequestId": "1", "Farms": []}')[0] == rows[0]


def test_what_is_inside_a_sample_that_cannot_be_read_is_no_sample() -> None:
    rows = [parameter("Farms.FarmId", 1, type="string"), parameter("RequestId", 2, type="string")]
    damaged = '```\n{\n  "Farms": {"Farm": {\n    {\n      "FarmId": "f"\n    }\n  ]},\n  "RequestId": "1"\n}\n```\n'
    assert [row.place for row in with_samples(rows, damaged)] == ["Farms.FarmId", "RequestId"]
    # Another sample, in a fence of its own, counts; and what is behind the fence is no sample.
    whole = '``` {#json_demo}\n{"Farms": {"Farm": [{"FarmId": "f"}]}, "RequestId": "1"}\n```\n'
    assert [row.place for row in with_samples(rows, damaged + whole)] == ["Farms.Farm[].FarmId", "RequestId"]


def test_a_success_may_have_a_code_and_a_message_where_the_table_has_them() -> None:
    names = ("Code", "Message", "RequestId")
    rows = [*(parameter(name, 1, type="string") for name in names), parameter("Data", 2), parameter("FarmId", 3)]
    success = '{"Code": "200", "Message": "ok", "RequestId": "1", "Data": {"FarmId": "f"}}'
    error = '{"Code": "NoFarm", "Message": "There is none.", "RequestId": "1"}'
    placed = with_samples(rows, f"{error}\n{success}\n")
    assert [row.place for row in placed] == [*names, "Data", "Data.FarmId"]
    assert placed[-1].presence.shown == 2


def test_a_row_for_the_list_inside_an_object_is_that_list() -> None:
    names = [parameter("Farms[]", 1, type="string"), parameter("Farm", 2), parameter("Hens", 3, type="integer")]
    placed = with_samples(names, '{"Farms": {"Farm": [{"Hens": 3}]}}')
    assert [row.place for row in placed] == ["Farms.Farm[]", "Farms.Farm[]", "Farms.Farm[].Hens"]
    assert not placed[0].fact("type").stated
