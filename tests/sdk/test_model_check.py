"""The request fields of an SDK's model against the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from built import built
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.catalogue import contracts_for
from conformance.contract.languages import LANGUAGES
from conformance.contract.model import Contract, ErrorCode, Fact, Parameter, Source, State
from conformance.sdk.driver_process import ModelField
from conformance.sdk.model_check import judge_model, model_checks
from conformance.sdk.unlisted_fields import unlisted_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine
    from conformance.judging.results import CaseResult

BOTH: tuple[Language, ...] = ("en", "zh")


def fact(value: Any, line: int | None = 7) -> Fact:
    return Fact(State.STATED, value, line)


def contract(language: Language, **parameters: dict[str, Fact]) -> Contract:
    rows = tuple(Parameter(path.replace("_", "[]."), 5, facts) for path, facts in parameters.items())
    return Contract("Op", language, Source("x", "0", "y"), rows, (), ())


def judged(
    fields: Sequence[ModelField] | None, *contracts: Contract, docs: tuple[Language, ...] = BOTH
) -> dict[str, CaseResult]:
    by_language = {each.language: each for each in contracts}
    checks = model_checks({"Op": by_language}, docs)
    results = list(judge_model(checks, fields, by_language, docs))
    assert [result.id for result in results] == [check.id for check in checks]
    return {result.id.removeprefix("sdk/model/Op/"): result for result in results}


def told(result: CaseResult) -> list[tuple[str, tuple[Any, ...], Any, dict[Language, CitedLine | None]]]:
    return [(each.where, each.expected, each.observed, dict(each.lines)) for each in result.mismatches]


TEXT = {"type": fact("string")}
ONE = contract("en", Name=TEXT)


def test_a_field_that_is_there_passes() -> None:
    result = judged([ModelField("Name", "string", None)], ONE)["Name"]
    assert (result.verdict, result.verdicts) == ("pass", {"en": "pass", "zh": "not_applicable"})
    assert (result.mismatches, result.reason) == ((), None)
    assert (result.where, result.lines) == ("Op.en.yaml", {"en": (5,)})


def test_a_field_that_is_missing_cannot_be_sent() -> None:
    result = judged([ModelField("Other", "string", None)], ONE)["Name"]
    assert result.verdict == "mismatch"
    assert told(result) == [("sdk.model.Name", ("a field of the request",), None, {"en": 5})]


def test_no_model_is_not_run_and_an_empty_one_lacks_everything() -> None:
    result = judged(None, ONE)["Name"]
    assert (result.verdict, result.reason) == ("not_run", "the SDK has no model of the operation")
    assert judged([], ONE)["Name"].verdict == "mismatch"


@pytest.mark.parametrize(
    ("documented", "modelled", "same"),
    [
        ("string", "string", True),
        ("integer", "integer", True),
        ("integer", "number", True),  # JavaScript has one type for both
        ("string", None, True),  # the model has no types
        ("number", "integer", False),
        ("integer", "string", False),
        ("string", "integer", False),
        ("boolean", "string", False),
        ("string", "object", True),  # written as JSON
        ("boolean", "object", False),
    ],
)
def test_types(documented: str, modelled: str | None, same: bool) -> None:  # noqa: FBT001
    result = judged([ModelField("N", modelled, None)], contract("en", N={"type": fact(documented)}))["N"]
    assert told(result) == ([] if same else [("sdk.model.N.type", (documented,), modelled, {"en": 7})])


@pytest.mark.parametrize("state", [State.NOT_STATED, State.LOST])
def test_what_no_document_states_is_not_judged(state: State) -> None:
    facts = {"type": Fact(state), "required": Fact(state)}
    assert judged([ModelField("N", "boolean", required=True)], contract("en", N=facts))["N"].verdict == "pass"


@pytest.mark.parametrize(
    ("documented", "modelled", "same"),
    [(False, None, True), (False, False, True), (False, True, False), (True, True, True), (True, False, True)],
)
def test_a_model_may_not_insist_on_what_is_optional(
    documented: bool,  # noqa: FBT001
    modelled: bool | None,  # noqa: FBT001
    same: bool,  # noqa: FBT001
) -> None:
    facts = {"type": fact("string"), "required": fact(documented, 9)}
    result = judged([ModelField("N", "string", modelled)], contract("en", N=facts))["N"]
    assert told(result) == ([] if same else [("sdk.model.N.required", (False,), True, {"en": 9})])


def test_a_list_and_its_entries_are_one_field() -> None:
    en = Contract(
        "Op", "en", Source("x", "0", "y"), (Parameter("Path[]", 5, TEXT), Parameter("Tag[].Key", 6, TEXT)), (), ()
    )
    for fields in (
        [ModelField("Path", "array", None), ModelField("Tag[].Key", "string", None)],
        [ModelField("Path[]", "string", None), ModelField("Tag[].Key", "string", None)],
        [ModelField("Path", "array", None), ModelField("Path[]", "string", None), ModelField("Tag[].Key", None, None)],
    ):
        assert {path: result.verdict for path, result in judged(fields, en).items()} == {
            "Path[]": "pass",
            "Tag[].Key": "pass",
        }
        assert unlisted_fields(fields, {"en": en}, BOTH).undocumented == []
    assert judged([ModelField("Path", "array", None), ModelField("Tag", "array", None)], en)["Tag[].Key"].mismatches


def test_a_row_that_groups_others_needs_no_field_of_its_own() -> None:
    rows = ("Tag[]", "Tag[].Key", "Mode", "Mode.Kind", "Gone[]", "Gone[].Key")
    en = Contract("Op", "en", Source("x", "0", "y"), tuple(Parameter(path, 5, {}) for path in rows), (), ())
    fields = [ModelField("Tag[].Key", "string", None), ModelField("Mode.Kind", "string", None)]
    found = {path: result.verdict for path, result in judged(fields, en).items()}
    assert found == dict.fromkeys(rows[:4], "pass") | dict.fromkeys(rows[4:], "mismatch")


def test_what_is_in_a_free_value_of_the_model_can_be_sent() -> None:
    facts = {"type": fact("integer"), "required": fact(value=False)}
    en = Contract("Op", "en", Source("x", "0", "y"), (Parameter("Labels.{key}", 5, facts),), (), ())
    assert judged([ModelField("Labels", "object", required=True)], en)["Labels.{key}"].verdict == "pass"
    assert judged([ModelField("Labels", "string", None)], en)["Labels.{key}"].verdict == "mismatch"


def test_what_travels_in_a_text_that_the_caller_writes_needs_no_field_of_its_own() -> None:
    rows = (Parameter("Rules", 5, TEXT, encoding="json"), Parameter("Rules[].Port", 6, TEXT, encoding="json"))
    en = Contract("Op", "en", Source("x", "0", "y"), rows, (), ())
    assert judged([ModelField("Rules", "string", None)], en)["Rules[].Port"].verdict == "pass"
    assert judged([ModelField("Rules[].Name", "string", None)], en)["Rules[].Port"].verdict == "mismatch"
    assert judged([], en)["Rules[].Port"].verdict == "mismatch"


def test_of_two_spellings_of_a_document_the_model_needs_one() -> None:
    rows = tuple(Parameter(path, 5, TEXT) for path in ("Tag[].Key", "Tag[].key", "Name", "name"))
    en = Contract("Op", "en", Source("x", "0", "y"), rows, (), ())
    found = judged([ModelField("Tag[].Key", "string", None)], en)
    assert [result.verdict for result in found.values()] == ["pass", "pass", "mismatch", "mismatch"]


def test_of_a_list_and_its_entries_each_is_judged_by_its_own_type() -> None:
    en = contract("en", Tag={"type": fact("array")})
    fields = [ModelField("Tag", "array", None), ModelField("Tag[]", "string", None)]
    assert judged(fields, en)["Tag"].verdict == "pass"
    assert judged(fields[::-1], en)["Tag"].verdict == "pass"


def test_documents_that_differ_are_judged_each_by_itself() -> None:
    en = contract("en", Both=TEXT, Typed={"type": fact("string", 3)})
    zh = contract("zh", Both=TEXT, Typed={"type": fact("integer", 4)}, Chinese=TEXT)
    fields = [ModelField("Both", "string", None), ModelField("Typed", "string", None)]
    results = judged(fields, en, zh)
    assert results["Both"].verdicts == {"en": "pass", "zh": "pass"}
    assert results["Typed"].verdict == "mismatch"
    assert results["Typed"].verdicts == {"en": "pass", "zh": "mismatch"}
    assert told(results["Typed"]) == [("sdk.model.Typed.type", ("integer",), "string", {"zh": 4})]
    assert results["Chinese"].verdicts == {"en": "not_applicable", "zh": "mismatch"}
    assert results["Chinese"].where == "Op.zh.yaml"
    assert set(judged(fields, en, zh, docs=("en",))) == {"Both", "Typed"}
    # What both documents say is one mismatch.
    assert told(judged([], en, zh)["Both"]) == [
        ("sdk.model.Both", ("a field of the request",), None, {"en": 5, "zh": 5})
    ]


def test_fields_that_no_document_has_are_listed_and_no_mismatch() -> None:
    en, zh = contract("en", Name=TEXT), contract("zh", Name=TEXT, Chinese=TEXT)
    fields = [ModelField(path, "string", required=True) for path in ("Owner", "Name", "Chinese", "Account")]
    both = {each.language: each for each in (en, zh)}
    assert unlisted_fields(fields, both, BOTH).undocumented == ["Account", "Owner"]
    assert unlisted_fields(fields, both, ("en",)).undocumented == ["Account", "Chinese", "Owner"]
    assert unlisted_fields(None, both, BOTH).undocumented == []
    assert [result.verdict for result in judged(fields, en, zh).values()] == ["pass", "pass"]


@pytest.mark.parametrize(
    ("row", "field", "undocumented", "named"),
    [
        ("Thing", "Thing.Size", False, False),  # what is inside it is told nowhere
        ("Thing", "Thing[].Size", False, False),
        ("Thing.Name", "Thing", False, False),
        ("Thing[].Name", "Thing[]", False, False),
        ("Thing[].Name", "Thing[].Size", True, False),
        ("ThingName", "thingName", False, False),
        ("Thing", "ThingSize", True, False),
        ("Thing", "AnalyzerId", False, True),
        ("Thing", "LogStore", False, True),
        ("Thing", "Thing2", True, False),
        ("Thing[].Name", "Thing[].AnalyzerId", True, False),
    ],
)
def test_that_no_document_has_a_field_is_said_only_where_it_is_so(
    row: str, field: str, *, undocumented: bool, named: bool
) -> None:
    errors = (
        ErrorCode(400, "MissingParam.AnalyzerIdOrLogStore", "Not passed in.", 9, State.STATED, "syntax"),
        ErrorCode(400, "Wrong", "The value of AnalyzerId is wrong.", 10, State.STATED, "syntax"),
    )
    en = Contract("Op", "en", Source("x", "0", "y"), (Parameter(row, 5, TEXT),), (), errors)
    found = unlisted_fields([ModelField(field, "string", None)], {"en": en}, BOTH)
    assert found == ([field] if undocumented else [], [field] if named else [])


def test_every_documented_parameter_has_one_check() -> None:
    contracts = {"CreateFlowLog": contracts_for("CreateFlowLog")}
    checks = model_checks(contracts, LANGUAGES)
    documented = {each.path for language in LANGUAGES for each in contracts["CreateFlowLog"][language].parameters}
    assert {check.path for check in checks} == documented
    assert len({check.id for check in checks}) == len(checks)
    assert all(check.id == f"sdk/model/CreateFlowLog/{check.path}" for check in checks)


paths = st.sampled_from(["A", "B", "C[]", "D[].Key"])
fields = st.lists(built(ModelField, paths, st.sampled_from(["string", None]), st.booleans() | st.none()), max_size=6)


@given(fields, st.sets(paths, min_size=1))
def test_a_field_is_missing_or_extra_or_passes_and_never_two_of_these(
    modelled: list[ModelField], documented: set[str]
) -> None:
    rows = tuple(Parameter(path, 1, TEXT) for path in sorted(documented))
    only: dict[Language, Contract] = {"en": Contract("Op", "en", Source("x", "0", "y"), rows, (), ())}
    has = {field.path for field in modelled}
    results = judged(modelled, only["en"])
    assert {path for path, result in results.items() if result.verdict == "mismatch"} == documented - has
    assert {path for path, result in results.items() if result.verdict == "pass"} == documented & has
    assert set(unlisted_fields(modelled, only, ("en",)).undocumented) == has - documented
