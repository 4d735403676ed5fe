"""Stubs of mock servers: each answer is there, and is given to the requests that ask for it and to no others."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from contract_strategies import contract, contracts, error, parameter
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings

from conformance.cases.choosing.named_files import case_files
from conformance.cases.choosing.suite_folders import chosen_folders, load_found
from conformance.cases.promises import promises
from conformance.cases.select import load_cases
from conformance.contract.catalogue import find_contract
from conformance.contract.export.preference import PREFER, preference
from conformance.contract.export.stubs.registry import STUB_WRITERS
from conformance.contract.export.stubs.stub_set import stub_set
from conformance.core.resources import layers
from conformance.protocol.call_forms import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.contract.model import Contract

Request = "dict[str, dict[str, str]]"
slow = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def fields(body: str) -> tuple[str | None, str | None]:
    """Return the code and the message of an answer in JSON or XML."""
    if body.startswith("<"):
        root = fromstring(body)
        return root.findtext("Code"), root.findtext("Message")
    data = json.loads(body)
    return data.get("Code"), data.get("Message")


PLACES = ("query", "form", "header")


def request(operation: str, place: str = "query", prefer: str | None = None) -> dict[str, dict[str, str]]:
    """Return a request as the three models below look at it."""
    name = MARK.header if place == "header" else MARK.parameter
    found: dict[str, dict[str, str]] = {"query": {}, "form": {}, "header": {}}
    found[place][name] = operation
    found["header"] |= {} if prefer is None else {"Prefer": prefer}
    return found


def asked(wanted: Mapping[str, Any], given: Mapping[str, str], value: Callable[[Any], str]) -> bool:
    return all(given.get(name) == value(each) for name, each in wanted.items())


def by_wiremock(data: Any, sent: dict[str, dict[str, str]]) -> tuple[int, str] | None:
    """Answer as WireMock does: the mapping of the lowest priority that matches."""
    parts = {"queryParameters": "query", "formParameters": "form", "headers": "header"}
    for each in sorted(data["mappings"], key=lambda mapping: mapping["priority"]):
        if all(asked(each["request"].get(p, {}), sent[at], lambda v: v["equalTo"]) for p, at in parts.items()):
            return each["response"]["status"], each["response"]["body"]
    return None


def by_mockserver(data: Any, sent: dict[str, dict[str, str]]) -> tuple[int, str] | None:
    """Answer as MockServer does: the expectation of the highest priority that matches."""
    for each in sorted(data, key=lambda expectation: -expectation["priority"]):
        wanted = each["httpRequest"]
        form = wanted.get("body", {}).get("parameters", {})
        parts = (
            (wanted.get("queryStringParameters", {}), "query"),
            (form, "form"),
            (wanted.get("headers", {}), "header"),
        )
        if all(asked(values, sent[at], lambda v: v[0]) for values, at in parts):
            return each["httpResponse"]["statusCode"], each["httpResponse"]["body"]
    return None


def by_mockoon(data: Any, sent: dict[str, dict[str, str]]) -> tuple[int, str] | None:
    """Answer as Mockoon does: the first response whose rules all hold."""
    for each in data["routes"][0]["responses"]:
        rules = [(rule["target"].replace("body", "form"), rule["modifier"], rule["value"]) for rule in each["rules"]]
        if all(sent[at].get(name) == value for at, name, value in rules):
            return each["statusCode"], each["body"]
    return None


MODELS: dict[str, Callable[[Any, dict[str, dict[str, str]]], tuple[int, str] | None]] = {
    "wiremock": by_wiremock,
    "mockserver": by_mockserver,
    "mockoon": by_mockoon,
}


def answers(original: Contract) -> Iterator[tuple[str, Callable[..., tuple[int, str] | None]]]:
    for name, write in STUB_WRITERS.items():
        data = json.loads(json.dumps(write(stub_set(original, MARK))))
        yield name, lambda sent, data=data, name=name: MODELS[name](data, sent)


def test_each_server_has_a_model_here() -> None:
    assert set(MODELS) == set(STUB_WRITERS)


@pytest.mark.parametrize("name", ["CreateFlowLog.en", "CreateFlowLog.zh", "ecs:CreateSecurityGroup.en"])
def test_every_row_is_given_to_who_asks_for_it(name: str) -> None:
    original = find_contract(name, overlays=True)
    for _, answer in answers(original):
        seen: Counter[tuple[int, str]] = Counter()
        for row in original.errors:
            seen[row.status, row.code] += 1
            number = seen[row.status, row.code]
            example = row.code if number == 1 else f"{row.code}-{number}"
            for place in PLACES:
                found = answer(request(original.operation, place, f"code={row.status}, example={example}"))
                assert found is not None
                assert (found[0], *fields(found[1])) == row.key
        for place in PLACES:
            found = answer(request(original.operation, place))
            assert found is not None
            assert (found[0], fields(found[1])) == (200, (None, None))
        assert answer(request("OtherThing")) is None


def test_an_answer_is_in_xml_for_who_asks_for_it() -> None:
    original = find_contract("CreateFlowLog.en", overlays=True)
    for _, answer in answers(original):
        for place, beside in (("query", "query"), ("form", "form"), ("header", "query"), ("header", "form")):
            sent = request(original.operation, place, "code=400, example=MissingParameter")
            sent[beside][MARK.format] = "XML"
            found = answer(sent)
            assert found is not None
            assert found[1].startswith("<?xml")
            assert fields(found[1])[0] == "MissingParameter"
            del sent["header"]["Prefer"]
            assert (answer(sent) or (0, ""))[1].endswith("</CreateFlowLogResponse>")


def test_a_status_alone_gets_its_first_row() -> None:
    original = contract(
        parameter("Name", type="string"),
        errors=[error("A", "a"), error("B", "b", status=500), error("C", "c", status=500)],
    )
    for _, answer in answers(original):
        found = answer(request(original.operation, prefer="code=500"))
        assert found is not None
        assert fields(found[1])[0] == "B"


def test_one_code_with_two_statuses_is_told_apart_by_them() -> None:
    original = contract(parameter("Name", type="string"), errors=[error("A", "a"), error("A", "b", status=404)])
    for _, answer in answers(original):
        found = answer(request(original.operation, prefer="code=404, example=A"))
        assert found is not None
        assert (found[0], fields(found[1])[1]) == (404, "b")


@slow
@given(contracts)
def test_any_contract_has_stubs_that_are_the_same_each_time(original: Contract) -> None:
    for write in STUB_WRITERS.values():
        data = json.dumps(write(stub_set(original, MARK)))
        assert data == json.dumps(write(stub_set(original, MARK)))


@pytest.mark.parametrize("word", ["CreateFlowLog", "CreateSecurityGroup", "CreateNatGateway"])
def test_whatever_a_case_asks_for_is_an_answer_of_its_contract(word: str) -> None:
    (folder,), _ = chosen_folders(layers("cases"), [word])
    suite = load_found(folder)
    asked: dict[str, set[str]] = {}
    for each in load_cases(suite, case_files(folder.folder)):
        for language, promise in promises(each, suite.contracts, suite.contracts).kept.items():
            for step, answers in zip(each.steps, promise.answers, strict=True):
                if step.operation == word:
                    named = {preference(answer.status, answer.example) for answer in answers if answer.example}
                    asked.setdefault(language, set()).update(named)
    assert set(asked) == set(suite.contracts)
    for language, contract_ in suite.contracts.items():
        assert asked[language] <= {
            rule.value for stub in stub_set(contract_, MARK).stubs for rule in stub.rules if rule.name == PREFER
        }
