from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from commands import REPOSITORY, Command, copy_cases
from conditional_pages import PAGES
from contract_strategies import on
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from conformance.cases.bases import Base
from conformance.cases.choosing.named_files import case_files
from conformance.cases.choosing.suite_folders import load_suites
from conformance.cases.coverage import coverage
from conformance.cases.expand import wire_parameters
from conformance.cases.load import parse_file
from conformance.cases.meanings.values import invented_default, targets_in
from conformance.cases.model import ANY_CODE
from conformance.cases.promises import promises
from conformance.cases.scaffold.skeletons import scaffold
from conformance.cases.scaffold.values import unmasked
from conformance.cases.select import load_cases
from conformance.cases.state_catalogue import load_states
from conformance.cases.suite import Suite, load_defaults
from conformance.contract.constraints import violations
from conformance.contract.message_templates import filled
from conformance.contract.model import Contract, ErrorCode, Fact, Parameter, Source, State
from conformance.core import resources
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import YamlFile
from conformance.extraction.read import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.contract.languages import Language

PAIRS = (
    "AllocateEipAddress",
    "AllocateIpv6InternetBandwidth",
    "CreateForwardEntry",
    "CreateNatGateway",
    "CreateSecurityGroup",
    "CreateSnatEntry",
    "ModifyEipAddressAttribute",
    "TagResources",
)


def parameter(path: str, **values: Any) -> Parameter:
    facts = {
        name: Fact(State.STATED, tuple(value) if isinstance(value, list) else value, 7)
        for name, value in values.items()
    }
    return Parameter(path, 7, facts, path)


def error(code: str, message: str = "Wrong.", kind: str = "syntax") -> ErrorCode:
    return ErrorCode(400, code, message, 9, State.STATED, kind)


def contract(*parameters: Parameter, language: Any = "en", errors: tuple[ErrorCode, ...] = ()) -> Contract:
    return Contract("CreateThing", language, Source(f"{language}.md", "0", "markdown"), parameters, (), errors)


TWO = (error("InvalidName"), error("MissingParameter"), error("Gone", kind="state"))


def read(contracts: Mapping[Language, Contract]) -> tuple[dict[str, Any], dict[str, Case]]:
    """Return the valid request that was written, and the cases by the last part of their id."""
    files = scaffold(contracts)
    base = yaml.safe_load(files["base.yaml"])["bases"]["plain"]
    states = load_states(cases_dir() / "states.yaml")
    values = {name: invented_default(name) for name in targets_in(files.values())} | load_defaults(cases_dir())
    suite = Suite("CreateThing", contracts, {"plain": Base("plain", (), base["parameters"])}, states, values)
    cases = [
        case
        for name, text in files.items()
        if name != "base.yaml"
        for case in parse_file(YamlFile(text, name, CaseError), suite)
    ]
    assert len({case.id for case in cases}) == len(cases)
    return base["parameters"], {case.id.rpartition("/")[2]: case for case in cases}


@pytest.mark.parametrize(
    ("facts", "name", "good", "bad"),
    [
        ({"maxLength": 9}, "max-length", "aaaaaaaaa", "aaaaaaaaaa"),
        ({"minLength": 2}, "min-length", "aa", "a"),
        ({"minLength": 2, "charset": ["digit"]}, "min-length", "11", "1"),
        ({"minimum": 5, "type": "Integer"}, "minimum", "5", "4"),
        ({"maximum": 5, "type": "Integer"}, "maximum", "5", "6"),
        ({"enum": [1, 5], "type": "Integer"}, "enum", "5", "6"),
        ({"enum": ["All", "None"]}, "enum", "None", "Allx"),
        ({"notStartsWith": ["acs:"]}, "not-starts-with", "aaaa", "acs:a"),
        ({"multipleOf": 60, "minimum": 61, "type": "Integer"}, "multiple-of", "120", "121"),
        ({"notEndsWith": ["-"]}, "not-ends-with", "aaaa", "a-"),
        ({"notContains": ["//"]}, "not-contains", "aaaa", "a//a"),
        ({"startsWith": ["lower"], "charset": ["lower", "digit"]}, "starts-with", "aaaa", "1aaa"),
        ({"endsWith": ["lower"], "charset": ["lower", "-"]}, "ends-with", "aaaa", "aaa-"),
        ({"charset": ["lower", "-"], "startsWith": ["lower"], "endsWith": ["lower"]}, "charset", "aa-a", "a!aa"),
        ({"allowEmpty": False}, "allow-empty", "aaaa", ""),
    ],
)
def test_a_rule_gets_the_last_good_and_the_first_bad(facts: dict[str, Any], name: str, good: str, bad: str) -> None:
    row = parameter("Name", **facts)
    _, cases = read({"en": contract(row, errors=TWO)})
    kept, broken = cases[f"name-{name}-kept"], cases[f"name-{name}-broken"]
    assert [wire_parameters(case.steps[0].params, {})["Name"] for case in (kept, broken)] == [good, bad]
    assert violations(row, [good]) == ()
    assert broken.facts == tuple(f"Name.{fact}" for fact in violations(row, [bad]))
    assert [outcome.code for outcome in kept.steps[0].outcomes["en"]] == [None]
    # An empty text may count as a missing one.
    missing = ["MissingParameter"] if name in ("min-length", "allow-empty") else []
    assert [outcome.code for outcome in broken.steps[0].outcomes["en"]] == ["InvalidName", *missing]
    # Only the documents' own values are documented.
    assert (kept.trigger, broken.trigger) == ("documented" if name == "enum" else "inferred", "inferred")


def test_a_number_of_items_is_broken_by_one_more() -> None:
    _, cases = read({"en": contract(parameter("Tag[].Key", maxItems=3), parameter("Ids[]", maxItems=2), errors=TWO)})
    sent = {name: len(wire_parameters(case.steps[0].params, {})) for name, case in cases.items()}
    assert [sent[f"tag-key-max-items-{side}"] for side in ("kept", "broken")] == [3, 4]
    assert [sent[f"ids-max-items-{side}"] for side in ("kept", "broken")] == [2, 3]


def test_what_is_required_is_in_the_valid_request_and_left_out_once() -> None:
    rows = (
        parameter("Region", required=True, example="cn-x"),
        parameter("Ids[]", required=True, example="vpc-1****"),
        parameter("Name", required=False, example="n"),
        parameter("Tag[].Key", required=True, example="k"),
        parameter("Tag[].Value", required=False, example="v"),
    )
    request, cases = read({"en": contract(*rows, errors=TWO)})
    assert request == {"Region": "cn-x", "Ids": ["vpc-10000"]}
    assert cases["region-required-omitted"].steps[0].params == {"Ids": ["vpc-10000"]}
    assert cases["tag-key-required-given"].steps[0].params["Tag"] == [{"Key": "k"}]
    assert cases["tag-key-required-omitted"].steps[0].params["Tag"] == [{"Value": "v"}]
    assert "name-required-omitted" not in cases


def test_masks_become_plain_characters() -> None:
    assert unmasked("eip-25877c70gddh****") == "eip-25877c70gddh0000"
    assert unmasked("192.168.XX.XX") == "192.168.1.1"
    assert unmasked("XXL*") == "XXL*"


def test_an_example_that_breaks_its_own_rule_is_not_the_valid_value() -> None:
    request, _ = read({"en": contract(parameter("A", required=True, example="b", enum=["x", "y"]))})
    assert request == {"A": "x"}


def test_each_error_row_is_forced_byte_for_byte() -> None:
    errors = (error("Gone", "One."), error("Gone", "Two %s."), error("Other", "${name} is odd."), error("Same"))
    chinese = contract(language="zh", errors=(error("Late"), error("Gone", "One."), replace(error("Same"), status=409)))
    contracts = {"en": contract(errors=errors), "zh": chinese}
    _, cases = read(contracts)
    assert cases.pop("plain").trigger == "documented"
    assert {case.trigger for case in cases.values()} == {"forced"}
    reached = {
        (language, promise.exact_row)
        for case in cases.values()
        for language, promise in promises(case, contracts, ["en", "zh"]).kept.items()
    }
    assert reached == {(language, row.key) for language, each in contracts.items() for row in each.errors}
    # What both documents have alike is one case, what one has alone is asked of it alone.
    assert len(cases) == 6
    assert set(cases["forced-gone"].steps[0].outcomes) == {"en", "zh"}
    assert set(cases["forced-same"].steps[0].outcomes) == {"en"}
    (told,) = cases["forced-gone-2"].given
    assert told.params == {"code": "Gone", "message": "Two %s.", "status": 400, "operation": "CreateThing"}
    # A placeholder that a case file would take for its own is filled in.
    assert cases["forced-other"].given[0].params["message"] == "example is odd."


def test_a_refusal_whose_code_no_document_gives_is_any_refusal() -> None:
    _, cases = read({"en": contract(parameter("Name", maxLength=3), errors=(error("Gone", kind="state"),))})
    broken = cases["name-max-length-broken"]
    assert broken.trigger == "inferred"
    assert [outcome.code for outcome in broken.steps[0].outcomes["en"]] == ["any"]


def test_rows_of_other_parameters_answer_no_fault_of_this_one() -> None:
    errors = (error("InvalidName"), error("InvalidColour"), error("InvalidParameter"))
    rows = (parameter("Name", maxLength=3), parameter("Colour", enum=["Red"]), parameter("Size", maximum=3))
    _, cases = read({"en": contract(*rows, errors=errors)})
    expected = {name: [each.code for each in cases[name].steps[0].outcomes["en"]] for name in cases if "broken" in name}
    assert expected == {
        "name-max-length-broken": ["InvalidName", "InvalidParameter"],
        "colour-enum-broken": ["InvalidColour", "InvalidParameter"],
        "size-maximum-broken": ["InvalidParameter"],
    }


def test_documents_that_disagree_each_have_their_own_pair() -> None:
    english = contract(parameter("Name", maxLength=64), errors=TWO)
    _, cases = read({"en": english, "zh": contract(parameter("Name", maxLength=128), language="zh", errors=TWO)})
    lengths = {
        name: len(wire_parameters(case.steps[0].params, {})["Name"])
        for name, case in cases.items()
        if name.startswith("name-")
    }
    assert lengths == {
        "name-max-length-kept-en": 64,
        "name-max-length-broken-en": 65,
        "name-max-length-kept-zh": 128,
        "name-max-length-broken-zh": 129,
    }
    # What the one document refuses the other one takes.
    outcomes = cases["name-max-length-broken-en"].steps[0].outcomes
    assert {language: outcome[0].code for language, outcome in outcomes.items()} == {"en": "InvalidName", "zh": None}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data of the project, which the commands of this test use in place of it."""
    for name in ("behaviours", "openapi"):
        shutil.copytree(REPOSITORY / name, tmp_path / "checkout" / name)
    copy_cases(tmp_path / "checkout")
    for contract_file in (tmp_path / "checkout" / "openapi").glob("*/*/*.yaml"):
        if "overlays" not in contract_file.parts and not contract_file.name.startswith("CreateFlowLog."):
            contract_file.unlink()
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "checkout" / "conformance")
    monkeypatch.setattr(resources, "_INSTALLED", tmp_path / "nowhere")
    return tmp_path / "checkout"


@pytest.fixture(scope="session")
def corpus(documents: Path) -> Path:
    if not (documents / "corpus").is_dir():
        pytest.skip(f"there is no corpus in {documents}")
    return documents / "corpus"


def test_the_next_operation_is_data(conformance: Command, checkout: Path, corpus: Path) -> None:
    pages = [str(corpus / name / f"{language}.md") for name in PAIRS for language in ("en", "zh")]
    assert conformance("scaffold", *pages, "-o", str(checkout)).status == 0
    suites = {suite.operation: suite for suite in load_suites([cases_dir()])}
    assert sorted(suites) == sorted((*PAIRS, "CreateFlowLog"))
    for operation in PAIRS:
        suite = suites[operation]
        assert set(suite.contracts) == {"en", "zh"}
        cases = load_cases(suite, case_files(cases_dir() / suite.product / operation))
        assert "todo" not in {case.trigger for case in cases}
        missing = [entry for entry in coverage(suite, cases) if entry.missing]
        assert [entry for entry in missing if entry.kind == "error"] == []
        # Every rule has both its sides, or the file says why not.
        said = (cases_dir() / suite.product / operation / "boundaries.yaml").read_text(encoding="utf-8")
        lacking = [entry.name.partition(" = ")[0] for entry in missing if entry.kind == "constraint"]
        assert [name for name in lacking if f"# - {name}" not in said] == []
    before = conformance("coverage", "--json").out
    assert '"name": "NatType"' in before


ODD = [
    "a\x85b",
    "a\u2028b",
    "\ufeffa",
    "a\rb",
    "a\nb",
    "\ta",
    "a\xa0",
    " a ",
    "\u3000a",
    "a # b",
    "a: b",
    "- a",
    "'",
    '"',
    "\\",
]


@pytest.mark.parametrize("text", ODD)
def test_every_text_of_a_document_survives_in_its_file(text: str) -> None:
    rows = (parameter("Name", required=True, example=text, enum=[text, "b"]),)
    request, cases = read({"en": contract(*rows, errors=(error("Odd", text), error("Odd", "Else."), *TWO))})
    assert request == {"Name": text}
    assert cases["forced-odd"].steps[0].outcomes["en"][0].message == text
    assert cases["name-enum-kept"].steps[0].params["Name"] in (text, "b")


@settings(deadline=None)
@given(
    st.text(
        st.sampled_from("\0\t\n\r \x85\xa0\u2028\ufeff\"'\\\\#:-[{,&*!") | st.characters(exclude_categories=["Cs"]),
        min_size=1,
    )
)
def test_every_message_survives_in_its_file(text: str) -> None:
    _, cases = read({"en": contract(errors=(error("Odd", text), error("Odd", f"{text}."), *TWO))})
    wanted = [filled(message) if "${" in text else message for message in (text, f"{text}.")]
    assert [cases[name].steps[0].outcomes["en"][0].message for name in ("forced-odd", "forced-odd-2")] == wanted


def meadow() -> dict[str, Contract]:
    return {language: read_document(text.encode(), f"LeaseMeadow.{language}.md") for language, text in PAGES.items()}


def test_what_holds_on_a_condition_gets_cases_that_meet_it_and_all_that_they_make_required() -> None:
    files = scaffold(meadow())
    cases = {case["id"]: case for case in yaml.safe_load(files["boundaries.yaml"])["cases"]}
    assert yaml.safe_load(files["base.yaml"])["bases"]["plain"]["parameters"] == {}
    when = "term-unit-month-plan-leased"
    assert [cases[f"term-maximum-{side}-{when}"]["set"] for side in ("kept", "broken")] == [
        {"Plan": "Leased", "TermUnit": "Month", "Term": 9},
        {"Plan": "Leased", "TermUnit": "Month", "Term": 10},
    ]
    assert cases["term-maximum-kept-term-unit-year-plan-leased"]["set"]["Term"] == 3
    given, omitted = (cases[f"gate-required-{side}-plan-leased-grass-rye"] for side in ("given", "omitted"))
    assert given["set"] == {"Plan": "Leased", "Grass": "Rye", "TermUnit": "Month", "Term": 1, "Gate": "oak"}
    assert "Gate" not in omitted["set"]
    assert omitted["expect"] == {"error": {"one_of": ["MissingParameter", "InvalidParameter"]}}
    # A value that makes others required has them beside it.
    assert cases["plan-enum-kept"]["set"] == {"Plan": "Leased", "TermUnit": "Month", "Term": 1}
    # By default the meadow is used by the day: then sheep are counted, and nothing else of these.
    assert cases["sheep-maximum-broken"]["set"] == {"Sheep": 501}
    assert not any(name.startswith(("label-", "fence-")) for name in cases)


def test_every_case_of_a_condition_meets_it_by_each_document_that_states_it() -> None:
    contracts = meadow()
    files = scaffold(contracts)
    suite = Suite("LeaseMeadow", contracts, {"plain": Base("plain", (), {})}, {}, load_defaults(cases_dir()))
    cases = parse_file(YamlFile(files["boundaries.yaml"], "boundaries.yaml", CaseError), suite)
    assert cases
    for case in cases:
        assert all(promises(case, contracts, list(contracts)).found.values()), case.id


def test_a_base_has_what_its_own_values_make_required() -> None:
    plan = parameter("Plan", required=True, enum=["Fixed", "Open"], example="Fixed")
    term = replace(
        parameter("Term", type="Integer", example=12),
        conditional=(
            on("required", value=True, Plan="Fixed"),
            on("maximum", 9, Plan="Fixed"),
            on("minimum", 2, Plan="Fixed"),
        ),
    )
    base, _ = read({"en": contract(plan, term, errors=TWO)})
    assert base == {"Plan": "Fixed", "Term": 2}


def test_a_document_that_refuses_the_situation_of_a_rule_says_nothing_of_the_rule_in_it() -> None:
    fixed = (on("required", value=True, Plan="Fixed"), on("maximum", 9, Plan="Fixed"))
    term = parameter("Term", type="Integer", required=False, example=3)
    narrow = contract(parameter("Plan", enum=["Open"]), term, language="en", errors=TWO)
    wide = contract(
        parameter("Plan", enum=["Open", "Fixed"]), replace(term, conditional=fixed), language="zh", errors=TWO
    )
    for english in (narrow, replace(narrow, parameters=(narrow.parameters[0], replace(term, conditional=fixed)))):
        contracts = {"en": english, "zh": wide}
        _, cases = read(contracts)
        situations = [case for name, case in cases.items() if name.endswith("-plan-fixed")]
        speaking = [set(promises(case, contracts, list(contracts)).kept) for case in situations]
        assert speaking == [{"zh"}] * 4
        # Of the value itself it does say something.
        assert set(cases["plan-enum-kept-zh"].steps[0].outcomes) == {"en", "zh"}


@pytest.mark.parametrize("fact", [{"minLength": 1}, {"allowEmpty": False}])
def test_an_empty_text_of_what_is_required_is_any_refusal_where_no_row_is_about_what_is_missing(
    fact: dict[str, Any],
) -> None:
    row = parameter("Name", required=True, maxLength=5, **fact)
    elsewhere = error("MissingParameter.Colour", "Colour is missing.")
    for rows, codes in (
        ((error("InvalidName"), elsewhere), [ANY_CODE]),
        (TWO, ["InvalidName", "MissingParameter"]),
    ):
        _, cases = read({"en": contract(row, errors=rows)})
        (broken,) = (case for name, case in cases.items() if re.fullmatch("name-(min-length|allow-empty)-broken", name))
        assert [outcome.code for outcome in broken.steps[0].outcomes["en"]] == codes
        assert cases["name-max-length-broken"].steps[0].outcomes["en"][0].code == "InvalidName"


def test_a_document_says_nothing_of_a_list_that_is_written_as_another_document_has_it() -> None:
    names = {"type": "String", "maxItems": 2, "required": True}
    written = replace(parameter("Names", **names, example='["a"]'), encoding="json")
    contracts = {"en": contract(written, errors=TWO), "zh": contract(parameter("Names[]", **names), language="zh")}
    _, cases = read(contracts)
    about = [case for case in cases.values() if any(fact.endswith("maxItems") for fact in case.facts)]
    assert [set(promises(case, contracts, list(contracts)).kept) for case in about] == [{"en"}, {"en"}]


def test_items_that_another_document_has_as_one_value_of_a_list_of_its_own_keep_no_rule() -> None:
    states = replace(parameter("States", type="String"), encoding="csv")
    items = replace(parameter("States[]", enum=["Running", "Gone"]), encoding="csv")
    numbers = parameter("States", type="String", enum=["1", "2"])
    contracts = {"en": contract(numbers, errors=TWO), "zh": contract(states, items, language="zh", errors=TWO)}
    _, cases = read(contracts)
    about = [case for case in cases.values() if any(fact.startswith("States") for fact in case.facts)]
    assert about
    assert all(outcome.code for case in about for found in case.steps[0].outcomes.values() for outcome in found)


def test_broken_json_is_malformed_by_the_documents_that_say_it_is_json() -> None:
    row = error("InvalidNames.Malformed", "The specified Names is not valid.")
    names = parameter("Names", type="String", required=True, example='["a"]')
    json_text = replace(names, encoding="json")
    plain = contract(names, language="zh", errors=(row,))
    _, cases = read({"en": contract(json_text, errors=(row,)), "zh": plain})
    assert set(cases["names-malformed"].steps[0].outcomes) == {"en"}
    _, cases = read({"en": contract(json_text), "zh": plain})
    assert "names-malformed" not in cases


def test_coverage_lists_what_holds_on_a_condition_with_its_condition() -> None:
    contracts = meadow()
    suite = Suite("LeaseMeadow", contracts, {"plain": Base("plain", (), {})}, {}, load_defaults(cases_dir()))
    text = scaffold(contracts)["boundaries.yaml"]
    entries = coverage(suite, parse_file(YamlFile(text, "boundaries.yaml", CaseError), suite))
    found = {entry.name: entry for entry in entries if entry.language == "en" and entry.kind == "constraint"}
    most = found["Term.maximum = 9 when TermUnit is Month and Plan is Leased"]
    assert [name.rpartition("/")[2] for name in most.cases] == [
        f"term-maximum-{side}-term-unit-month-plan-leased" for side in ("kept", "broken")
    ]
    assert most.missing == ""
    unknown = found["Label.maxLength = 20 on a condition that is not known"]
    assert (unknown.cases, unknown.missing) == ((), "")


ROWS = (
    error("InvalidBarnId.NotFound", "The BarnId is of no barn.", "state"),
    error("InvalidRegionId.NotFound", "There is no such region.", "state"),
    error("QuotaExceeded.Horse", "There are enough horses.", "state"),
    error("Forbidden.RAM", "A RAM user may not do it.", "auth"),
    error("InvalidColour", "The Colour is wrong."),
)


def horse(operation: str = "CreateHorse", **more: Any) -> dict[str, Contract]:
    rows = (
        parameter("RegionId", required=True),
        parameter("BarnId", required=True, example="barn-****"),
        parameter("Colour", maxLength=8),
        parameter("Name", maxLength=4),
    )
    return {"en": replace(contract(*rows, errors=(*ROWS, *more.get("errors", ()))), operation=operation)}


def test_what_a_request_names_is_the_targets_and_stated_to_exist() -> None:
    base = yaml.safe_load(scaffold(horse())["base.yaml"])["bases"]["plain"]
    assert base["parameters"] == {"RegionId": "${target.region_id}", "BarnId": "${target.barn_id}"}
    assert base["given"] == [{"resource.exists": {"type": "Barn", "id": "${target.barn_id}"}}]


def test_situations_that_a_row_names_have_natural_cases() -> None:
    cases = {case["id"]: case for case in yaml.safe_load(scaffold(horse())["situations.yaml"])["cases"]}
    assert {name: case["expect"]["error"] for name, case in cases.items()} == {
        "barn-id-missing": "InvalidBarnId.NotFound",
        "region-id-missing": "InvalidRegionId.NotFound",
        "ram-user": "Forbidden.RAM",
        "quota-reached": "QuotaExceeded.Horse",
    }
    assert {case["trigger"] for case in cases.values()} == {"inferred"}
    assert cases["barn-id-missing"]["set"] == {"BarnId": "barn-nonexistent00001"}
    assert cases["quota-reached"]["given"] == [{"account.quota-reached": {"resource": "Horse"}}]


def test_a_status_is_that_of_the_resource_that_an_operation_changes() -> None:
    errors = (error("IncorrectBarnStatus", "The current status does not allow it.", "state"),)
    cases = yaml.safe_load(scaffold(horse("DeleteBarn", errors=errors))["situations.yaml"])["cases"]
    (case,) = (case for case in cases if case["id"] == "status-unusual")
    assert case["given"] == [{"resource.status": {"type": "Barn", "id": "${target.barn_id}", "status": "Deleting"}}]
    assert case["expect"] == {"error": "IncorrectBarnStatus"}


def test_a_status_is_also_that_of_another_resource_which_a_row_names() -> None:
    errors = (error("IncorrectBarnIdStatus", "The current status does not allow it.", "state"),)
    cases = {case["id"]: case for case in yaml.safe_load(scaffold(horse(errors=errors))["situations.yaml"])["cases"]}
    assert cases["barn-id-status-unusual"]["expect"]["error"]["one_of"][0] == "IncorrectBarnIdStatus"


def test_the_first_of_several_values_is_accepted_too_but_for_a_request_that_only_asks() -> None:
    _, cases = read({"en": contract(parameter("Roof", enum=["red", "green"]), parameter("DryRun", enum=[True, False]))})
    assert cases["roof-enum-first"].steps[0].params == {"Roof": "red"}
    assert cases["roof-enum-kept"].steps[0].params == {"Roof": "green"}
    assert "dry-run-enum-first" not in cases


def test_an_operation_of_which_there_is_one_answer_is_called_twice() -> None:
    _, cases = read({"en": contract()})
    assert {name: len(case.steps) for name, case in cases.items()} == {"plain": 1, "called-twice": 2}


def test_what_is_listed_is_listed_once_with_one_there_and_pages_are_given_back() -> None:
    rows = (parameter("PageNumber", type="integer"), parameter("Label", type="string"))
    fields = (*rows, parameter("Horses.Horse[].Name", type="string"))
    contracts = {"en": replace(contract(*rows), operation="DescribeHorses", responses=fields)}
    cases = {case["id"]: case for case in yaml.safe_load(scaffold(contracts)["situations.yaml"])["cases"]}
    assert cases["one-there"]["given"] == [{"resource.exists": {"type": "Horse", "id": "horse-conformance00001"}}]
    assert cases["page-number-given-back"]["set"] == {"PageNumber": "1"}
    assert "label-given-back" not in cases


def test_a_fault_that_no_row_speaks_of_is_any_refusal() -> None:
    cases = {case["id"]: case for case in yaml.safe_load(scaffold(horse())["boundaries.yaml"])["cases"]}
    assert cases["colour-max-length-broken"]["expect"] == {"error": "InvalidColour"}
    assert cases["name-max-length-broken"]["expect"] == {"error": "any"}
    assert cases["barn-id-required-omitted"]["expect"] == {"error": "any"}


def test_more_items_than_may_be_have_both_members_and_any_of_their_rows() -> None:
    rows = (parameter("Tag[].Key", maxLength=9), parameter("Tag[].Value", maxItems=2))
    errors = (error("InvalidTagKey", "Tag.N.Key is wrong."), error("InvalidTag.Key"), error("InvalidTag.Value"))
    _, cases = read({"en": contract(*rows, errors=errors)})
    broken = cases["tag-value-max-items-broken"]
    sent = wire_parameters(broken.steps[0].params, {})
    assert sorted(sent) == [f"Tag.{number}.{name}" for number in (1, 2, 3) for name in ("Key", "Value")]
    assert len({text for name, text in sent.items() if name.endswith("Key")}) == 3
    assert {"InvalidTag.Key", "InvalidTag.Value"} <= {each.code for each in broken.steps[0].outcomes["en"]}


@given(st.from_regex(r"[A-Z][a-z]{1,8}([A-Z][a-z]{1,8}){0,2}", fullmatch=True))
def test_the_value_of_a_target_is_always_the_same_and_sure_to_be_text(noun: str) -> None:
    (name,) = targets_in([scaffold({"en": contract(parameter(f"{noun}Barn1Id", required=True))})["base.yaml"]])
    assert invented_default(name) == invented_default(name)
    assert yaml.safe_load(f"{name}: {invented_default(name)}") == {name: invented_default(name)}


def test_a_long_value_of_what_must_exist_may_be_refused_for_that() -> None:
    rows = (parameter("BarnId", required=True, maxLength=40),)
    gone = error("InvalidBarnId.NotFound", "The BarnId is of no barn.", "state")
    _, cases = read({"en": contract(*rows, errors=(gone,))})
    kept = cases["barn-id-max-length-kept"]
    assert [outcome.code for outcome in kept.steps[0].outcomes["en"]] == [None, "InvalidBarnId.NotFound"]
    _, cases = read({"en": contract(*rows)})
    assert "barn-id-max-length-kept" not in cases


def test_a_member_of_a_pair_is_sent_with_the_other_one() -> None:
    _, cases = read({"en": contract(parameter("Tag[].Key", maxLength=3), parameter("Tag[].Value", maxLength=2))})
    sent = {name: cases[name].steps[0].params for name in ("tag-value-max-length-kept", "tag-key-max-length-broken")}
    assert wire_parameters(sent["tag-value-max-length-kept"], {}) == {"Tag.1.Key": "aaa", "Tag.1.Value": "aa"}
    assert wire_parameters(sent["tag-key-max-length-broken"], {}) == {"Tag.1.Key": "aaaa", "Tag.1.Value": "aa"}


def test_an_id_in_a_text_of_json_is_a_text() -> None:
    rows = (
        Parameter("Stalls", 7, {}, "Stalls", encoding="json"),
        replace(parameter("Stalls[].BarnId", required=True, example="barn-****"), encoding="json"),
        replace(parameter("Stalls[].Door", required=True, minimum=1, type="integer"), encoding="json"),
    )
    text = scaffold({"en": contract(*rows)})["boundaries.yaml"]
    (given,) = (case for case in yaml.safe_load(text)["cases"] if case["id"] == "stalls-barn-id-required-given")
    assert given["set"]["Stalls"][0]["BarnId"] == "${target.barn_id}"


def test_a_member_of_an_inner_list_is_sent_with_what_each_outer_item_must_have() -> None:
    rows = (
        parameter("Barn[].Kind", required=True, example="hay"),
        parameter("Barn[].Roof[]", required=True, example="tin"),
        parameter("Barn[].Stall[].Name", required=True, example="one"),
        parameter("Barn[].Stall[].Door[].Size", maximum=9, type="Integer"),
        parameter("Yard.Gate", required=True, example="east"),
        parameter("Yard.Size", maximum=9, type="Integer"),
        parameter("Yard.Tree[].Age", maximum=9, type="Integer"),
    )
    _, cases = read({"en": contract(*rows)})
    sent = {name: wire_parameters(case.steps[0].params, {}) for name, case in cases.items()}
    assert sent["barn-stall-door-size-maximum-kept"] == {
        "Barn.1.Kind": "hay",
        "Barn.1.Roof.1": "tin",
        "Barn.1.Stall.1.Name": "one",
        "Barn.1.Stall.1.Door.1.Size": "9",
        "Yard.Gate": "east",
    }
    assert sent["barn-roof-required-omitted"] == {"Barn.1.Kind": "hay", "Yard.Gate": "east"}
    assert sent["yard-size-maximum-kept"] == {"Yard.Gate": "east", "Yard.Size": "9"}
    assert sent["yard-tree-age-maximum-kept"] == {"Yard.Gate": "east", "Yard.Tree.1.Age": "9"}
    assert sent["barn-stall-name-required-omitted"]["Barn.1.Kind"] == "hay"
