"""Cases for SDKs: read from their files, and parameters as an SDK takes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.expand import sdk_parameters, wire_parameters
from conformance.cases.sdk import DEFAULT_TIMEOUT_S, PREFIX, load_sdk_cases, sdk_files
from conformance.cases.suite import load_defaults
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite

FILE = """\
operation: CreateFlowLog
params: {RegionId: "${target.region_id}", N: 5}
rules:
  surfaces: {says: It surfaces., source: the tables}
cases:
  - id: one
    title: A case
    rule: surfaces
    answer: {status: 400, body: {Code: 流, Message: M}}
    caller: {outcome: [service_error]}
"""


def read(text: str, folder: Path) -> list[Any]:
    (folder / "some.yaml").write_text(text, encoding="utf-8")
    return list(load_sdk_cases([folder / "some.yaml"]))


def test_a_case_and_what_it_has_unless_it_says_otherwise(tmp_path: Path) -> None:
    (case,) = read(FILE, tmp_path)
    assert (case.id, case.title, case.call) == ("sdk/one", "A case", ("CreateFlowLog", "2016-04-28"))
    assert case.timeout_s == DEFAULT_TIMEOUT_S
    assert case.rule == "It surfaces. (the tables)"
    assert str(case.where) == f"{tmp_path}/some.yaml:6:5"
    assert case.filled({"target.region_id": "cn-x"}) == {"RegionId": "cn-x", "N": 5}
    answer = case.answer
    assert (answer.status, answer.sent, answer.delay_s) == (400, None, 0)
    assert answer.headers == {"Content-Type": "application/json;charset=utf-8"}
    assert json.loads(answer.body) == {"Code": "流", "Message": "M"}
    assert "流".encode() in answer.body
    expected = case.expected
    assert (expected.outcome, expected.details, expected.message, expected.body) == (("service_error",), {}, None, {})


def test_everything_that_a_case_can_say(tmp_path: Path) -> None:
    text = FILE.replace("operation: CreateFlowLog", "operation: CreateFlowLog\nversion: 2020-01-01x")
    text = text.replace(
        "{status: 400, body: {Code: 流, Message: M}}", "&a\n      {status: 299, text: <x>, type: text/x}"
    )
    text = text.replace(
        "    caller: {outcome: [service_error]}\n",
        "    timeout_s: 1.5\n"
        "    caller: {outcome: [success, timeout], status: [200, null], code: [null, X], request_id: [R],"
        " message: M, body: {Success: [true, 'true']}}\n"
        "  - {id: two, title: T, rule: surfaces, answer: {status: 200, sent: 1, delay_s: 2, headers: {X-Own: v}},"
        " caller: {outcome: [timeout]}}\n",
    )
    one, two = read(text, tmp_path)
    assert one.call == ("CreateFlowLog", "2020-01-01x")
    assert (one.answer.status, one.answer.body, one.answer.headers) == (299, b"<x>", {"Content-Type": "text/x"})
    assert one.timeout_s == 1.5
    assert one.expected.outcome == ("success", "timeout")
    assert one.expected.details == {"status": (200, None), "code": (None, "X"), "request_id": ("R",)}
    assert (one.expected.message, one.expected.body) == ("M", {"Success": (True, "true")})
    assert (two.answer.sent, two.answer.delay_s, two.answer.body) == (1, 2, b"{}")
    assert two.answer.headers["X-Own"] == "v"


FAULTS: dict[str, tuple[str, str, str]] = {
    "no YAML": (FILE.replace("[service_error]", "[service_error"), "10:37", "not valid YAML"),
    "a list": ("- id: one\n", "1:1", "the file is a list, and must be a mapping"),
    "no rules": (FILE.replace("rules:\n  surfaces: {says: It surfaces., source: the tables}\n", ""), "1:1", "'rules'"),
    "no cases": (FILE[: FILE.index("  - id")].replace("cases:", "cases: []"), "5:8", "cases"),
    "a rule without a source": (FILE.replace(", source: the tables", ""), "4:13", "lacks the field 'source'"),
    "another rule": (
        FILE.replace("rule: surfaces", "rule: surfaced"),
        "8:11",
        "there is no rule 'surfaced' (did you mean surfaces?)",
    ),
    "an unknown field": (FILE.replace("    title:", "    titel: x\n    title:"), "7:5", "did you mean title?"),
    "an unknown field of an answer": (FILE.replace("{status: 400", "{statsu: 1, status: 400"), "9:14", "statsu"),
    "an unknown field of the caller": (FILE.replace("{outcome:", "{exception: X, outcome:"), "10:14", "exception"),
    "an unknown outcome": (FILE.replace("[service_error]", "[error]"), "10:24", "service_error"),
    "no outcome": (FILE.replace("[service_error]", "[]"), "10:23", "outcome"),
    "no status": (FILE.replace("status: 400, ", ""), "9:13", "lacks the field 'status'"),
    "a status that is none": (FILE.replace("400", "99"), "9:22", "99"),
    "a body that is a text": (FILE.replace("{Code: 流, Message: M}", "x"), "9:33", "body"),
    "a body and a text": (
        FILE.replace("{status: 400,", "{status: 400, text: x,"),
        "9:13",
        "an answer has a body or a text, not both (remove one)",
    ),
    "an answer after a day": (FILE.replace("{status: 400,", "{status: 400, delay_s: 86400,"), "9:36", "86400"),
    "no time at all": (FILE + "    timeout_s: 0\n", "11:16", "0"),
    "an id in capitals": (FILE.replace("id: one", "id: One"), "6:9", "One"),
    "a header on two lines": (
        FILE.replace("{status: 400,", '{status: 400, headers: {X: "a\\r\\nB: c"},'),
        "9:40",
        "headers",
    ),
    "an id twice": (FILE + FILE[FILE.index("  - id") :], "11:9", "the id sdk/one is taken by "),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_file_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    text, place, says = FAULTS[name]
    with pytest.raises(CaseError) as caught:
        read(text, tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/some.yaml:{place}"), message
    assert says in message
    assert "\n" not in message


def test_an_id_of_another_file_is_taken_too(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(FILE, encoding="utf-8")
    with pytest.raises(CaseError, match=r"b\.yaml:6:9: the id sdk/one is taken by .*a\.yaml:6:5"):
        load_sdk_cases([tmp_path / "a.yaml", tmp_path / "b.yaml"])


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="nowhere"):
        load_sdk_cases([tmp_path / "nowhere.yaml"])


def test_the_files_of_the_project() -> None:
    cases = load_sdk_cases(sdk_files())
    assert len({case.id for case in cases}) == len(cases) >= 18
    assert all(case.id.startswith(f"{PREFIX}/") for case in cases)
    # `sdk/model/...` are checks of the SDK's model.
    assert not any(case.id.startswith(f"{PREFIX}/model") for case in cases)
    for path in sdk_files():
        data = YamlFile.read(path, CaseError).data
        assert {raw["rule"] for raw in data["cases"]} == set(data["rules"])
    values = {f"target.{name}": value for name, value in load_defaults(cases_dir()).items()}
    assert all("${" not in str(case.filled(values)) for case in cases)
    # A case whose answer is as good as its status says nothing when every outcome is allowed.
    assert all(set(case.expected.outcome) < {"success", "service_error", "client_error", "timeout"} for case in cases)


# Parameters as an SDK takes them.

VALUES = {"target.vpc_id": "vpc-1"}


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ({}, {}),
        ({"A": 5, "B": True, "C": ""}, {"A": 5, "B": True, "C": ""}),
        ({"A": "${target.vpc_id}"}, {"A": "vpc-1"}),
        ({"A": {"repeat": "ab", "times": 3}}, {"A": "ababab"}),
        ({"A": {"item": "k${index}", "times": 2}}, {"A": ["k1", "k2"]}),
        (
            {"Tag": {"item": {"Key": "k${index}", "Value": {"repeat": "v", "times": 3}}, "times": 2}},
            {"Tag": [{"Key": "k1", "Value": "vvv"}, {"Key": "k2", "Value": "vvv"}]},
        ),
        (
            {"Tag": [{"Key": "a"}, {"Key": "b"}], "Tag.2.Key": "c"},
            {"Tag": [{"Key": "a"}, {"Key": "c"}]},
        ),
        ({"Tag": [{"Key": "a"}], "Tag.1.Value": "v"}, {"Tag": [{"Key": "a", "Value": "v"}]}),
        (
            {"Tag": {"item": {"Key": "k"}, "times": 2}, "Tag.2.Value": {"repeat": "v", "times": 2}},
            {"Tag": [{"Key": "k"}, {"Key": "k", "Value": "vv"}]},
        ),
        ({"TrafficPath": ["a", "b"], "TrafficPath.2": "c"}, {"TrafficPath": ["a", "c"]}),
        # What has no place in a list stays a name of the wire, which no SDK has.
        ({"Tag.2.Key": "c"}, {"Tag.2.Key": "c"}),
        ({"Tag": [{"Key": "a"}], "Tag.3.Key": "c"}, {"Tag": [{"Key": "a"}], "Tag.3.Key": "c"}),
        ({"Tag": [{"Key": "a"}], "Tag.0.Key": "c"}, {"Tag": [{"Key": "a"}], "Tag.0.Key": "c"}),
        ({"Tag": [{"Key": "a"}], "Tag.x.Key": "c"}, {"Tag": [{"Key": "a"}], "Tag.x.Key": "c"}),
        ({"Tag": "text", "Tag.1.Key": "c"}, {"Tag": "text", "Tag.1.Key": "c"}),
        ({"Tag": [{"Key": "a"}], "Tag..Key": "c"}, {"Tag": [{"Key": "a"}], "Tag..Key": "c"}),
    ],
)
def test_parameters_are_nested_for_an_sdk(written: dict[str, Any], taken: dict[str, Any]) -> None:
    before = json.dumps(written)
    assert sdk_parameters(written, VALUES) == taken
    assert json.dumps(written) == before
    assert wire_parameters(taken, {}) == wire_parameters(written, VALUES)


def test_every_case_means_the_same_to_an_sdk_and_on_the_wire(loaded: tuple[list[Suite], list[Case]]) -> None:
    values = {f"target.{name}": value for name, value in load_defaults(cases_dir()).items()}
    steps = [step for case in loaded[1] for step in case.steps]
    dotted = 0
    for step in steps:
        taken = sdk_parameters(step.params, values)
        assert wire_parameters(taken, {}) == wire_parameters(step.params, values)
        dotted += any("." in name for name in step.params) and not any("." in name for name in taken)
    assert len(steps) > 200
    assert dotted  # some change an entry of a list


texts = st.text(st.characters(codec="utf-8"), max_size=5).filter(lambda text: "$" not in text)
names = st.from_regex(r"[A-Z][a-z]{0,3}", fullmatch=True)
entries = st.dictionaries(names, texts | st.integers() | st.booleans(), max_size=3)
lists = st.lists(texts, max_size=4) | st.lists(entries, max_size=4)
generated = st.builds(lambda item, times: {"item": item, "times": times}, texts | entries, st.integers(0, 4))
changes = st.dictionaries(st.builds("{}.{}.{}".format, names, st.integers(0, 5), names), texts, max_size=4)


@given(st.dictionaries(names, texts | lists | generated | st.integers(), max_size=4), changes)
def test_nesting_loses_nothing_and_adds_nothing(params: dict[str, Any], changed: dict[str, str]) -> None:
    written = {**params, **changed}
    assert wire_parameters(sdk_parameters(written, {}), {}) == wire_parameters(written, {})
