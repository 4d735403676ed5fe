"""Fields of an answer that a table without levels has below a structure, and no sample shows."""

from __future__ import annotations

import json

from contract_strategies import parameter

from conformance.extraction.facts.answers.answer_samples import with_samples


def unsure(rows: dict[str, str], sample: object = None) -> list[str]:
    made = [
        parameter(path, number, **({"type": kind} if kind else {}))
        for number, (path, kind) in enumerate(rows.items(), 1)
    ]
    text = "" if sample is None else json.dumps(sample)
    return [row.path for row in with_samples(made, text) if row.presence.word != "always"]


ROWS = {"Total": "integer", "Farms": "array", "FarmId": "string", "Owner": "string", "RequestId": "string"}


def test_what_no_sample_shows_below_a_structure_may_be_inside_it() -> None:
    assert unsure(ROWS, {"Farms": {"Farm": [{"FarmId": "f"}]}}) == ["Owner"]
    assert unsure(ROWS) == ["FarmId", "Owner"]


def test_what_a_sample_shows_at_the_top_is_there() -> None:
    assert unsure(ROWS, {"Farms": {"Farm": [{"FarmId": "f"}]}, "Owner": "o"}) == []
    assert unsure({"Farms[]": "string", "Hens[]": "string"}, {"Farms": ["f"], "Hens": ["h"]}) == []


def test_an_empty_type_beside_others_is_that_of_a_structure() -> None:
    assert unsure({"Farm": "", "Owner": "string"}) == ["Owner"]
    assert unsure({"Farm": "", "Owner": ""}) == []
    assert unsure({"Farms[]": "string", "Owner": "string"}) == ["Owner"]
    assert unsure({"Farm": "string", "Owner": "string"}, {"Farm": {"Hens": 1}}) == ["Owner"]


def test_a_table_that_shows_levels_says_what_is_at_the_top() -> None:
    assert unsure({"Farms[].FarmId": "string", "Owner": "string"}, {"Farms": []}) == []
