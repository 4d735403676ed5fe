"""What sequences look at: what was sent, how many there are, what is attached, renamed and left as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from farm import PRODUCT, contracts, write_workspace
from made_sequences import FIELD, base_of, cases_of, of_field, rule
from msgspec.structs import replace

from conformance.cli.selftest import make_workspace_plan
from conformance.selftest.bench import Bench, bench_target
from conformance.server.build import build_plan
from conformance.server.sequences.written import SEQUENCES, operation_with, sequence_files

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.model import Contract, Parameter

OF_FARMER = "{given: [{resource.exists: {type: Farmer, id: ann}}], parameters: {FarmerId: ann}}"
OF_BOTH = (
    "{given: [{resource.exists: {type: Farmer, id: ann}}, {resource.exists: {type: Field, id: field-1}}],"
    " parameters: {FarmerId: ann, FieldId: field-1}}"
)
FARMER = rule("FarmerId", required=True)
NONE, NAMED = "{parameters: {}}", "{parameters: {FieldId: field-1}}"


def operation(name: str, valid: str, *own: Contract) -> tuple[str, str, list[Contract]]:
    return name, valid, list(own)


def listed(**values: object) -> Contract:
    fields = [rule(f"Fields[].{name}") for name in ("FieldId", "Soil", "Name")]
    return of_field("DescribeFields", [rule("FieldId")], *fields, rule("TotalCount"), **values)  # type: ignore[arg-type]


CREATE = operation("CreateField", NONE, of_field("CreateField", [rule("Soil"), rule("Name")], rule("FieldId")))
DELETE = operation("DeleteField", NAMED, of_field("DeleteField", [FIELD]))
LIST = operation("DescribeFields", NONE, listed())


def test_what_is_sent_at_a_creation_is_compared_with_what_is_shown() -> None:
    found = cases_of(CREATE, LIST, DELETE)["CreateField/created-with-more-then-shown"]
    create, shown = found["steps"]
    assert found["title"] == "Name is shown as it was sent"
    assert set(create["set"]) == {"Name"}, "nobody knows which values a soil may have"
    assert shown["expect"]["body"]["Fields"][0]["Name"] == create["set"]["Name"]


def test_what_one_document_alone_has_is_a_case_of_that_document() -> None:
    create = of_field("CreateField", [rule("Soil")], rule("FieldId"), language="zh")
    both = operation("CreateField", NONE, *CREATE[2], create)
    delete = of_field("DeleteField", [FIELD], language="zh")
    found = cases_of(
        both,
        operation("DescribeFields", NONE, listed(), listed(language="zh")),
        operation("DeleteField", NAMED, *DELETE[2], delete),
    )
    assert "CreateField/created-with-more-then-shown" not in found
    case = found["CreateField/created-with-more-then-shown-en"]
    assert [set(step["expect"]) for step in case["steps"]] == [{"en"}, {"en"}]


def test_a_value_of_one_document_keeps_the_rules_of_the_other_too() -> None:
    changed = [of_field("ModifyField", [FIELD, rule("Kind")])]
    changed.append(of_field("ModifyField", [FIELD, rule("Kind", enum=["Dry", "Wet"])], language="zh"))
    shown = [of_field("DescribeField", [FIELD], rule("FieldId"), rule("Kind"))]
    shown.append(of_field("DescribeField", [FIELD], rule("FieldId"), language="zh"))
    create = of_field("CreateField", [], rule("FieldId"), language="zh")
    found = cases_of(
        operation("CreateField", NONE, *CREATE[2], create),
        operation("DescribeField", NAMED, *shown),
        operation("ModifyField", NAMED, *changed),
    )
    values = [step["set"].get("Kind", "Dry") for case in found.values() for step in case["steps"] if "set" in step]
    assert set(values) <= {"Dry", "Wet"}


def test_what_one_document_shows_of_the_list_alone_is_asked_of_that_document_alone() -> None:
    bare = [rule("Fields[]"), rule("Fields[].TotalCount")]  # what is in it is lost, and the total is misplaced
    english = of_field("DescribeFields", [rule("FieldId")], *bare)
    created = of_field("CreateField", [rule("Soil"), rule("Name")], rule("FieldId"), language="zh")
    delete = of_field("DeleteField", [FIELD], language="zh")
    found = cases_of(
        operation("CreateField", NONE, *CREATE[2], created),
        operation("DescribeFields", NONE, english, listed(language="zh")),
        operation("DeleteField", NAMED, *DELETE[2], delete),
    )
    of_both = [case for name, case in found.items() if not name.endswith("-zh")]
    assert of_both
    assert "Name" not in str([step.get("expect") for case in of_both for step in case.get("steps", ())])
    assert "TotalCount" not in str(of_both)


def test_what_comes_with_the_service_may_be_in_a_list_of_all() -> None:
    owner = rule("Owner", enum=["system", "self"])
    fields = (rule("Fields[].FieldId"), rule("TotalCount"))
    pages = (rule("PageNumber"), rule("PageSize"))
    for more, expected in (((), True), ((owner,), False)):
        listing = of_field("DescribeFields", [*pages, *more], *fields)
        found = cases_of(CREATE, operation("DescribeFields", NONE, listing), DELETE)
        told = {"DescribeFields/page-by-page", "DescribeFields/not-of-another-account"}
        told |= {"DeleteField/deleted-then-not-shown"}
        assert told.issubset(found) is expected, sorted(found)
        assert told.isdisjoint(found) is not expected, sorted(found)


def test_a_list_is_counted_where_every_answer_has_the_total() -> None:
    body = cases_of(CREATE, LIST, DELETE)["DescribeFields/field-id-chooses"]["expect"]["body"]
    assert body["TotalCount"] == 1
    silent = of_field("DescribeFields", [rule("FieldId")], rule("Fields[].FieldId"))
    other = cases_of(CREATE, operation("DescribeFields", NONE, silent), DELETE)["DescribeFields/field-id-chooses"]
    assert "TotalCount" not in other["expect"]["body"]


def test_a_deletion_by_a_list_of_ids_is_looked_at_too() -> None:
    for parameter in (replace(rule("FieldIds", required=True), encoding="json"), rule("FieldIds[]", required=True)):
        many = of_field("DeleteFields", [parameter])
        found = cases_of(CREATE, LIST, operation("DeleteFields", "{parameters: {FieldIds: [field-1]}}", many))
        assert {f"DeleteFields/{each}" for each in ("deleted-then-not-shown", "deleted-together")} <= set(found)
        delete, _, other = found["DeleteFields/deleted-together"]["steps"]
        assert delete["set"] == {"FieldIds": ["field-1", other["set"]["FieldId"]]}


def test_what_a_listing_must_be_told_exists_when_it_looks_for_what_is_gone() -> None:
    of_farmer = of_field("DescribeFields", [FARMER], rule("Fields[].FieldId"))
    create = operation("CreateField", OF_FARMER, of_field("CreateField", [FARMER], rule("FieldId")))
    gone = cases_of(create, operation("DescribeFields", OF_FARMER, of_farmer), DELETE)
    assert gone["DeleteField/deleted-then-not-shown"]["given"] == [{"resource.exists": {"type": "Farmer", "id": "ann"}}]


def test_a_second_resource_of_one_name_is_refused_by_a_documented_row() -> None:
    taken = [("Field.AlreadyExist", "The Name is already used.")]
    create = of_field("CreateField", [rule("Name", required=True)], rule("FieldId"), errors=taken)
    found = cases_of(operation("CreateField", "{parameters: {Name: north}}", create), LIST, DELETE)
    assert found["CreateField/name-taken"]["steps"][-1]["expect"] == {"error": "Field.AlreadyExist"}


def members(name: str, *parameters: Parameter, role: str = "") -> tuple[str, str, list[Contract]]:
    return operation(name, OF_BOTH if role else OF_FARMER, of_field(name, parameters, rule("Fields[].FieldId")))


def test_what_is_attached_is_listed_and_when_it_is_detached_is_not() -> None:
    found = cases_of(
        CREATE,
        DELETE,
        members("ListFieldsForFarmer", FARMER),
        members("AddFieldToFarmer", FARMER, FIELD, role="attach"),
        members("RemoveFieldFromFarmer", FARMER, FIELD, role="detach"),
    )
    listed_after = found["AddFieldToFarmer/attached-then-listed"]["steps"][-1]
    assert listed_after["operation"] == "ListFieldsForFarmer"
    assert listed_after["expect"]["body"] == {"Fields": [{"FieldId": "field-1"}]}
    steps = found["RemoveFieldFromFarmer/detached-then-not-listed"]["steps"]
    assert [step["name"] for step in steps] == ["attach", "detach", "listed"]
    assert steps[-1]["expect"]["body"] == {"Fields": []}


@pytest.mark.parametrize(("look", "cases"), [("DescribeFieldAttribute", 1), ("DescribeHealthStatus", 0)])
def test_what_is_attached_is_shown_by_what_shows_the_resource_itself(look: str, cases: int) -> None:
    things = replace(rule("Things", required=True), encoding="json")
    valid = "{parameters: {FieldId: field-1, Things: [{ThingId: a, Weight: '1'}]}}"
    found = cases_of(
        CREATE,
        LIST,
        DELETE,
        operation("AddThings", valid, of_field("AddThings", [FIELD, things])),
        operation(look, NAMED, of_field(look, [FIELD], rule("Things.Thing[].ThingId"), rule("Things.Thing[].Weight"))),
    )
    assert list(found).count("AddThings/attached-then-shown") == cases
    for case in (found[name] for name in found if name == "AddThings/attached-then-shown"):
        shown = case["steps"][-1]["expect"]["body"]
        assert shown == {"Things": {"Thing": [{"ThingId": "a", "Weight": "1"}]}}, "the list is within an object"


def test_what_only_exists_is_not_expected_among_what_is_attached_to_something_else() -> None:
    page = [rule("MaxItems"), rule("Marker")]
    fields = [rule("Fields[].FieldId"), rule("Marker")]

    def paged(name: str, valid: str, *more: Parameter) -> tuple[str, str, list[Contract]]:
        return operation(name, valid, of_field(name, [*more, *page], *fields))

    attach = members("AddFieldToFarmer", FARMER, FIELD, role="attach")
    found = cases_of(CREATE, DELETE, attach, paged("ListFields", NONE), paged("ListFieldsForFarmer", OF_FARMER, FARMER))
    assert "ListFields/token-by-token" in found
    assert "ListFieldsForFarmer/token-by-token" not in found


def test_what_is_attached_is_no_new_value_of_a_field() -> None:
    kinds = rule("Kind", required=True, enum=["Dry", "Wet"])
    both = "{given: [{resource.exists: {type: Field, id: field-1}}], parameters: {FieldId: field-1, Kind: Dry}}"
    shown = of_field("DescribeFields", [rule("FieldId")], rule("Fields[].FieldId"), rule("Fields[].Kind"))
    listing = operation("DescribeFields", NONE, shown)
    for name, changed in (("ModifyField", True), ("AddField", False), ("AttachField", False)):
        found = cases_of(CREATE, listing, DELETE, operation(name, both, of_field(name, [FIELD, kinds])))
        assert (f"{name}/kind-changed-then-shown" in found) == changed, name


def test_a_change_sends_no_text_whose_form_nobody_knows() -> None:
    shown = of_field("DescribeFields", [rule("FieldId")], rule("Fields[].FieldId"), rule("Fields[].Soil"))
    modify = operation("ModifyField", NAMED, of_field("ModifyField", [FIELD, rule("Soil")]))
    assert "ModifyField/soil-changed-then-shown" not in cases_of(
        CREATE, operation("DescribeFields", NONE, shown), DELETE, modify
    )


VALID = {
    "CreateField": "{parameters: {FieldName: north}}",
    "GetField": "{given: [{resource.exists: {type: Field, id: north}}], parameters: {FieldName: north}}",
    "UpdateField": "{given: [{resource.exists: {type: Field, id: north}}], parameters: {FieldName: north}}",
    "DeleteField": "{given: [{resource.exists: {type: Field, id: north}}], parameters: {FieldName: north}}",
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, known = write_workspace(tmp_path / "farm"), contracts()
    made = [operation_with({"en": known[name]}, base_of(name, valid)) for name, valid in VALID.items()]
    texts = sequence_files(made)
    for name, valid in VALID.items():
        folder = root / "cases" / PRODUCT / name
        folder.mkdir(parents=True)
        (folder / "base.yaml").write_text(base_of(name, valid), encoding="utf-8")
        if name in texts:
            (folder / SEQUENCES).write_text(texts[name], encoding="utf-8")
    monkeypatch.setenv("CONFORMANCE_WORKSPACE", str(root))


@pytest.mark.usefixtures("workspace")
def test_an_answer_with_the_resource_in_an_object_shows_what_was_created_changed_and_renamed() -> None:
    plan = make_workspace_plan(bench_target({}), ("en", "zh"))
    bench = Bench(plan, build_plan())
    verdicts = {case.id: bench.run(case).verdict for case in plan.cases}
    assert {"CreateField/success/created-then-shown", "UpdateField/success/renamed"} <= set(verdicts)
    assert set(verdicts.values()) == {"pass"}, verdicts
    for fault in ("CreateField/not-created", "UpdateField/not-changed", "DeleteField/not-deleted"):
        faulty = Bench(plan, build_plan(faults=(fault,)))
        assert any(faulty.run(case).verdict == "mismatch" for case in plan.cases), fault
