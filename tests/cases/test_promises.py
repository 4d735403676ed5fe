"""What a document promises about a case, and when it is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from case_text import FILE, NAME, case, suite
from contract_strategies import on
from msgspec.structs import replace

from conformance.cases.choosing.named_files import case_files
from conformance.cases.load import parse_file
from conformance.cases.promised_fields import FieldGroup, PromisedField
from conformance.cases.promises import Promise, PromisedAnswer, promise_key, promises
from conformance.cases.select import load_cases
from conformance.contract.languages import LANGUAGES, Language
from conformance.contract.model import AnswerFormat, Contract, ErrorCode, Fact, Parameter, Source, State
from conformance.contract.when import UNKNOWN, Presence, When
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import CitedLine

STATED = State.STATED


def row(code: str, message: str, line: int, status: int = 400) -> ErrorCode:
    return ErrorCode(status, code, message, line, State.NOT_STATED, "syntax")


def parameter(path: str, line: int, **facts: Fact) -> Parameter:
    return Parameter(path, line, facts)


BASE = ("RegionId", "ResourceType", "ResourceId", "TrafficType", "ProjectName", "LogStoreName")


def contract(language: Language, *, errors: tuple[ErrorCode, ...] = (), **paths: Parameter) -> Contract:
    return Contract(
        "CreateFlowLog",
        language,
        Source("x", "0", "flat"),
        (*(parameter(name, 10) for name in BASE if name not in paths), *paths.values()),
        (
            parameter("RequestId", 90, type=Fact(STATED, "string", 90)),
            parameter("Tags.Tag[]", 91, type=Fact(STATED, "object", 91)),
            parameter("Tags.Total", 91, type=Fact(STATED, "integer", 91)),
            parameter("Names[]", 91, type=Fact(STATED, "string", 91)),
            parameter("ResourceType", 92),
        ),
        errors,
    )


MISSING = row("MissingParameter", "Missing.", 50)
INSTANCE = (row("InvalidInstanceId", "vpc", 60), row("InvalidInstanceId", "eni", 61))


def promised(contracts: dict[Language, Contract], **fields: Any) -> Mapping[Language, Promise | None]:
    return promises(case(**fields), contracts, LANGUAGES).found


def both(**changed: Any) -> dict[Language, Contract]:
    return {language: contract(language, **changed) for language in LANGUAGES}


def answers_of(promise: Promise | None) -> list[tuple[int, str | None, str | None, CitedLine | None]]:
    assert promise is not None
    return [(answer.status, answer.code, answer.message, answer.line) for answer in promise.answers[0]]


def test_status_and_message_come_from_each_contract() -> None:
    contracts = both(errors=(MISSING,))
    contracts["zh"] = replace(contracts["zh"], errors=(row("MissingParameter", "缺少。", 70, 403),))
    found = promised(contracts, expect={"error": "MissingParameter"})
    assert answers_of(found["en"]) == [(400, "MissingParameter", "Missing.", 50)]
    assert answers_of(found["zh"]) == [(403, "MissingParameter", "缺少。", 70)]


def test_a_document_that_shows_no_answer_in_a_format_is_silent_about_it() -> None:
    contracts = both(errors=(MISSING,))
    contracts["en"] = replace(contracts["en"], formats=(AnswerFormat("XML", 30), AnswerFormat("JSON", 31)))
    expect = {"error": "MissingParameter"}
    found = promised(contracts, expect=expect, send={"format": "XML"})
    assert found["zh"] is None
    assert found["en"] is not None
    assert found["en"].lines == (30, 50)
    assert found["en"].format_lines == (30,)


def test_every_document_promises_json() -> None:
    contracts = both(errors=(MISSING,))
    contracts["en"] = replace(contracts["en"], formats=(AnswerFormat("XML", 30),))
    found = promised(contracts, expect={"error": "MissingParameter"})
    assert {language: promise and promise.lines for language, promise in found.items()} == {"en": (50,), "zh": (50,)}


def test_a_document_without_the_code_is_silent() -> None:
    contracts = both(errors=(MISSING,))
    contracts["zh"] = replace(contracts["zh"], errors=())
    found = promised(contracts, expect={"error": "MissingParameter"})
    assert found["en"] is not None
    assert found["zh"] is None


def test_of_several_codes_a_document_promises_those_that_it_has() -> None:
    contracts = both(errors=(MISSING, row("ParameterInvalid", "No.", 51)))
    contracts["zh"] = replace(contracts["zh"], errors=(row("INVALID_PARAMETER", "No.", 71),))
    codes = ["INVALID_PARAMETER", "ParameterInvalid", "MissingParameter"]
    found = promised(contracts, expect={"error": {"one_of": codes}})
    assert answers_of(found["en"]) == [
        (400, "ParameterInvalid", "No.", 51),
        (400, "MissingParameter", "Missing.", 50),
    ]
    assert answers_of(found["zh"]) == [(400, "INVALID_PARAMETER", "No.", 71)]


def test_a_document_left_out_of_the_expectation_is_silent() -> None:
    found = promised(both(errors=(MISSING,)), expect={"en": {"error": "MissingParameter"}})
    assert found["en"] is not None
    assert found["zh"] is None


def test_a_fact_that_is_not_stated_or_lost_silences_a_document() -> None:
    for fact in (Fact(State.LOST, line=33), Fact(State.NOT_STATED), None):
        facts = {} if fact is None else {"maxLength": fact}
        contracts = both(FlowLogName=parameter("FlowLogName", 20, maxLength=Fact(STATED, 128, 26)))
        contracts["zh"] = contract("zh", FlowLogName=parameter("FlowLogName", 20, **facts))
        found = promised(contracts, expect={"success": True}, fact="FlowLogName.maxLength", set={"FlowLogName": "x"})
        assert found["en"] is not None
        assert found["en"].fact_lines == (26,)
        assert found["zh"] is None


def test_of_several_facts_each_must_be_stated() -> None:
    contracts = both(
        FlowLogName=parameter(
            "FlowLogName", 20, maxLength=Fact(STATED, 128, 26), minLength=Fact(STATED, 1, 25), charset=Fact(State.LOST)
        )
    )
    stated = ["FlowLogName.maxLength", "FlowLogName.minLength"]
    found = promised(contracts, expect={"success": True}, fact=stated)["en"]
    assert found is not None
    assert found.fact_lines == (26, 25)
    assert promised(contracts, expect={"success": True}, fact=[*stated, "FlowLogName.charset"])["en"] is None


def test_a_parameter_that_a_document_does_not_know_silences_it() -> None:
    contracts = both()
    contracts["zh"] = contract("zh", TrafficPath=parameter("TrafficPath[]", 30))
    found = promised(contracts, expect={"success": True}, set={"TrafficPath": ["all"]})
    assert found["en"] is None
    assert found["zh"] is not None
    # A name in the message of an error is known, too; and an index is no part of a name.
    named = both(errors=(row("X.Y", "TrafficPath is wrong", 1),))
    assert promised(named, expect={"success": True}, set={"TrafficPath.2": "all"})["en"] is not None


def test_parameters_of_another_operation_silence_nobody() -> None:
    steps = [
        {"name": "create", "expect": {"success": True}},
        {"name": "list", "operation": "DescribeFlowLogs", "set": {"PageSize": 1}, "expect": {"success": True}},
    ]
    found = promised(both(), steps=steps)["en"]
    assert found is not None
    assert found.answers[1] == (PromisedAnswer(200, None, None, None, {}),)


def test_a_step_about_which_a_document_says_nothing_silences_it_for_the_case() -> None:
    steps = [
        {"name": "first", "expect": {"success": True}},
        {"name": "second", "expect": {"error": "MissingParameter"}},
    ]
    assert promised(both(), steps=steps) == {"en": None, "zh": None}


def test_a_success_promises_the_fields_at_the_top_of_the_answer() -> None:
    found = promised(both(), expect={"success": True, "body": {"A": 1}})["en"]
    assert found is not None
    (answer,) = found.answers[0]
    assert answer == PromisedAnswer(
        200,
        None,
        None,
        90,
        {"A": 1},
        (PromisedField("RequestId", "string", 90, echoes=False), PromisedField("ResourceType", None, 92, echoes=True)),
        (FieldGroup(("Tags",), "Tags", (PromisedField("Total", "integer", 91, echoes=False),)),),
    )
    assert answer.row is None


def test_the_token_of_the_next_page_is_no_echo_and_on_the_last_page_there_is_none() -> None:
    token = parameter("NextToken", 95, type=Fact(STATED, "string", 95))
    contracts = both() | {"en": replace(contract("en", NextToken=token), responses=(token,))}
    found = promised(contracts, expect={"success": True})["en"]
    assert found is not None
    (field,) = found.answers[0][0].fields
    assert not field.echoes
    assert not field.demanded({"NextToken": "page-2"})


def test_what_has_fields_inside_is_no_text_whatever_its_row_says() -> None:
    text = Fact(STATED, "string", 91)
    responses = (parameter("Farms", 91, type=text), parameter("Farms[].Name", 92, type=text))
    contracts = both() | {"en": replace(contract("en"), responses=responses)}
    found = promised(contracts, expect={"success": True})["en"]
    assert found is not None
    assert [field.type for field in found.answers[0][0].fields] == [None]


def test_the_message_picks_one_row_of_a_code() -> None:
    # The message must be one of the real documents.
    rows = (
        row("InvalidInstanceId", "vswitch does not exist.", 60),
        row("InvalidInstanceId", "VPC does not exists.", 61),
    )
    contracts = both(errors=rows)
    every = promised(contracts, expect={"error": "InvalidInstanceId"})["en"]
    one = promised(contracts, expect={"error": "InvalidInstanceId", "message": "VPC does not exists."})["en"]
    assert [line for *_, line in answers_of(every)] == [60, 61]
    assert [line for *_, line in answers_of(one)] == [61]
    assert every is not None
    assert one is not None
    assert every.exact_row is None
    assert one.exact_row == (400, "InvalidInstanceId", "VPC does not exists.")


def test_lines_are_those_of_facts_and_rows() -> None:
    region = parameter("RegionId", 10, required=Fact(STATED, value=True, line=12))
    found = promised(
        both(errors=(MISSING,), RegionId=region), expect={"error": "MissingParameter"}, fact="RegionId.required"
    )
    assert found["en"] is not None
    assert found["en"].lines == (12, 50)


def test_the_exact_row_is_the_one_that_a_case_is_there_to_reach() -> None:
    contracts = both(errors=(MISSING, row("Unauthorized", "No.", 52)))

    def exact(**fields: Any) -> tuple[int, str, str] | None:
        found = promised(contracts, **fields)["en"]
        assert found is not None
        return found.exact_row

    assert exact(expect={"error": "MissingParameter"}) == (400, "MissingParameter", "Missing.")
    assert exact(expect={"success": True}) is None
    assert exact(expect={"error": {"one_of": ["MissingParameter", "Unauthorized"]}}) is None
    assert exact(expect={"any_of": [{"success": True}, {"error": "Unauthorized"}]}) is None
    then = {"name": "then", "expect": {"error": "Unauthorized"}}
    assert exact(steps=[{"name": "first", "expect": {"success": True}}, then]) == (400, "Unauthorized", "No.")
    assert exact(steps=[{"name": "first", "expect": {"error": "MissingParameter"}}, then]) is None


def test_only_the_languages_asked_for_are_answered() -> None:
    contracts = both(errors=(MISSING,))
    found = promises(case(expect={"error": "MissingParameter"}), contracts, ["zh"]).found
    assert list(found) == ["zh"]
    english_only: dict[Language, Contract] = {"en": contracts["en"]}
    assert list(promises(case(expect={"error": "MissingParameter"}), english_only, LANGUAGES).found) == ["en"]


def test_a_document_that_refuses_for_a_fact_does_so_beside_a_parameter_that_it_does_not_know() -> None:
    required = parameter("LogStoreName", 59, required=Fact(STATED, value=True, line=59))
    optional = parameter("LogStoreName", 71, required=Fact(STATED, value=False, line=71))
    en = contract("en", errors=(MISSING,), LogStoreName=required)
    zh = contract("zh", errors=(MISSING,), LogStoreName=optional, IpVersion=parameter("IpVersion", 119))
    apart = {"en": {"error": "MissingParameter"}, "zh": {"success": True}}
    sent = {"unset": ["LogStoreName"], "set": {"IpVersion": "IPv4"}, "group": "success"}
    found = promised({"en": en, "zh": zh}, expect=apart, fact="LogStoreName.required", **sent)
    assert answers_of(found["en"]) == [(400, "MissingParameter", "Missing.", 50)]
    assert found["zh"] is not None
    alike = {"expect": {"error": "MissingParameter"}, "fact": "LogStoreName.required"}
    assert promised({"en": en, "zh": zh}, **alike, **sent)["en"] is None


def test_a_refusal_with_any_code_rests_on_the_line_of_the_rule_and_leaves_faults_of_the_server_open() -> None:
    contracts = both(
        errors=(MISSING, row("InternalError", "Failed.", 70, 500)),
        ResourceId=parameter("ResourceId", 26, maxLength=Fact(STATED, 5, 27)),
    )
    fault = (500, "InternalError", "Failed.", 70)
    with_fact = promised(contracts, expect={"error": "any"}, fact="ResourceId.maxLength", set={"ResourceId": "abcdef"})
    for language in LANGUAGES:
        assert answers_of(with_fact[language]) == [(400, "any", None, 27), fault]
    without = promised(contracts, expect={"error": "any"}, set={"ResourceId": "abcdef"})
    assert answers_of(without["en"]) == [(400, "any", None, 26), fault]
    assert without["en"] is not None
    assert without["en"].exact_row is None
    assert case(expect={"error": "any"}).id == "CreateFlowLog/refused/one"


def test_what_another_source_says_is_cited_with_its_file() -> None:
    other = Source("Thing.json", "1" * 64, "metadata")
    row = replace(MISSING, line=30, origin=other.file)
    longest = Fact(State.STATED, 5, 12, other.file)
    document = contract("en", errors=(row,))
    name = document.parameters[0]
    limited = replace(name, facts={**name.facts, "maxLength": longest})
    document = replace(document, also=(other,), parameters=(limited, *document.parameters[1:]))
    promise = promised({"en": document}, fact=f"{name.path}.maxLength", expect={"error": MISSING.code})["en"]
    assert promise is not None
    assert promise.fact_lines == ("Thing.json:12",)
    assert promise.lines == ("Thing.json:12", "Thing.json:30")


def test_a_fact_on_a_condition_is_promised_to_a_case_that_meets_it() -> None:
    named = Parameter(
        "FlowLogName", 12, {}, conditional=(on("maxLength", 9, 13, TrafficType="All"), on("maxLength", 5, 14))
    )
    traffic = parameter("TrafficType", 11, default=Fact(STATED, "All", 11))
    contracts = both(errors=(MISSING,), FlowLogName=named, TrafficType=traffic)

    def lines(**fields: Any) -> tuple[CitedLine, ...] | None:
        found = promised(contracts, fact="FlowLogName.maxLength", expect={"error": "MissingParameter"}, **fields)["en"]
        return found.fact_lines if found else None

    assert lines(set={"TrafficType": "All", "FlowLogName": "x"}) == (13,)
    assert lines(unset=["TrafficType"]) == (13,)
    assert lines(set={"TrafficType": "Drop", "FlowLogName": "x"}) is None


def test_a_field_on_a_condition_is_demanded_of_a_request_that_meets_it() -> None:
    field = replace(parameter("OrderNo", 93), presence=Presence(When.of({"TrafficType": ("All",)}), 93))
    hint = replace(parameter("Hint", 94), presence=Presence(UNKNOWN, 94))
    traffic = parameter("TrafficType", 11, default=Fact(STATED, "All", 11))
    document = replace(contract("en", TrafficType=traffic), responses=(field, hint))
    found = promised({"en": document}, expect={"success": True})["en"]
    assert found is not None
    order, other = found.answers[0][0].fields
    sent: list[dict[str, str]] = [{"TrafficType": "All"}, {}, {"TrafficType": "Drop"}]
    assert [order.demanded(each) for each in sent] == [True, True, False]
    assert not any(other.demanded(each) for each in sent)


ROUTE = row("NoRoute", "The route %s is gone.", 70, 404)
ZONE = row("NoRoute", "The route r-1 is gone.", 71, 404)


def test_a_message_of_a_case_may_be_a_template_or_what_fits_it() -> None:
    document = contract("en", errors=(ROUTE,))
    base = suite()
    own = replace(base, contracts={"en": document})
    for message, wording in (("The route %s is gone.", None), ("The route r-9 is gone.", "The route r-9 is gone.")):
        (made,) = parse_file(
            YamlFile(FILE + f"    expect: {{error: NoRoute, message: '{message}'}}\n", NAME, CaseError), own
        )
        promise = promises(made, {"en": document}, ["en"]).found["en"]
        assert promise is not None
        ((answer,),) = promise.answers
        assert (answer.message, answer.wording, promise.exact_row) == (ROUTE.message, wording, ROUTE.key)
    with pytest.raises(CaseError, match=r"no document has the message 'Gone\.'"):
        parse_file(YamlFile(FILE + "    expect: {error: NoRoute, message: Gone.}\n", NAME, CaseError), own)


def test_a_message_that_a_row_has_means_that_row_and_no_template() -> None:
    document = contract("en", errors=(ROUTE, ZONE))
    own = replace(suite(), contracts={"en": document})
    text = FILE + "    expect: {error: NoRoute, message: The route r-1 is gone.}\n"
    (made,) = parse_file(YamlFile(text, NAME, CaseError), own)
    promise = promises(made, {"en": document}, ["en"]).found["en"]
    assert promise is not None
    assert promise.exact_row == ZONE.key


def test_what_asks_for_the_next_page_gives_no_parameter_back_and_the_last_page_has_none() -> None:
    token = parameter("NextToken", 93, type=Fact(STATED, "string", 93))
    own = contract("en", NextToken=parameter("NextToken", 20))
    found = promised({"en": replace(own, responses=(*own.responses, token))}, expect={"success": True})["en"]
    assert found is not None
    field = found.answers[0][0].fields[-1]
    assert (field.name, field.echoes, field.demanded({"NextToken": "a"})) == ("NextToken", False, False)


def test_cases_of_one_key_are_promised_the_same() -> None:
    """What is worked out for one of them holds for all in a run."""
    against = suite()
    known: dict[object, Mapping[Language, Promise | None]] = {}
    for each in load_cases(against, case_files(cases_dir() / "vpc" / "CreateFlowLog")):
        found = promises(each, against.contracts, LANGUAGES).found
        key = promise_key(each, against.contracts)
        assert key is None or known.setdefault(key, found) == found
    assert len(known) > 10
