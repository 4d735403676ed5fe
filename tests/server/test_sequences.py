"""Sequences of cases that a workspace begins with, made of names and contracts, run against the reference server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from farm import PRODUCT, contracts, write_workspace
from made_sequences import FIELD, PLAN, base_of, ids, of_field, rule, sequences

from conformance.cli.selftest import make_workspace_plan
from conformance.selftest.bench import Bench, bench_target
from conformance.server.build import build_plan
from conformance.server.sequences.written import SEQUENCES, operation_with, sequence_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from conformance.contract.model import Contract, Parameter

BARN = "{resource.exists: {type: Barn, id: barn-1}}"
VALID = {
    "CreateBarn": "{given: [], parameters: {RegionId: cn-qingdao}}",
    "DescribeBarns": "{given: [], parameters: {RegionId: cn-qingdao}}",
    "ListBarns": "{given: [], parameters: {RegionId: cn-qingdao}}",
    "ModifyBarnAttribute": f"{{given: [{BARN}], parameters: {{RegionId: cn-qingdao, BarnId: barn-1}}}}",
    "DeleteBarn": f"{{given: [{BARN}], parameters: {{RegionId: cn-qingdao, BarnId: barn-1}}}}",
}


def texts_of(valid: Mapping[str, str]) -> dict[str, str]:
    known = contracts()
    operations = [
        operation_with({known[name].language: known[name]}, base_of(name, each)) for name, each in valid.items()
    ]
    return sequence_files(operations)


@pytest.fixture
def texts() -> dict[str, str]:
    return texts_of(VALID)


@pytest.fixture
def workspace(tmp_path: Path, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write_workspace(tmp_path / "farm")
    for name, valid in VALID.items():
        folder = root / "cases" / PRODUCT / name
        folder.mkdir(parents=True)
        (folder / "base.yaml").write_text(base_of(name, valid), encoding="utf-8")
        if name in texts:
            (folder / SEQUENCES).write_text(texts[name], encoding="utf-8")
    monkeypatch.setenv("CONFORMANCE_WORKSPACE", str(root))
    return root


def test_what_an_operation_does_is_looked_at_by_another(texts: dict[str, str]) -> None:
    assert {"created-then-shown", "created-twice", "repeated-with-its-token", "token-of-another-request"} <= ids(
        texts["CreateBarn"]
    )
    assert {"barn-id-chooses", "barn-name-chooses", "page-by-page", "not-of-another-account"} <= ids(
        texts["DescribeBarns"]
    )
    assert "barn-name-changed-then-shown" in ids(texts["ModifyBarnAttribute"])
    deleted = {case["id"]: case for case in yaml.safe_load(texts["DeleteBarn"])["cases"]}
    assert {"deleted-then-not-shown", "deleted-twice"} <= deleted.keys()
    gone = deleted["deleted-then-not-shown"]["steps"][-1]["expect"]
    assert gone["any_of"][-1] == {"error": "any"}, "a listing that is told an id of nothing may refuse it"
    cases = [case for text in texts.values() for case in yaml.safe_load(text)["cases"]]
    assert {case["trigger"] for case in cases} == {"inferred"}
    assert not any("&" in line.split("#")[0] for text in texts.values() for line in text.splitlines())


def test_a_request_that_lacks_what_a_document_requires_makes_no_sequence() -> None:
    contract = contracts()["DeleteBarn"]
    lacking = operation_with(
        {contract.language: contract}, base_of("DeleteBarn", "{parameters: {RegionId: cn-qingdao}}")
    )
    assert sequence_files([lacking]) == {}


@pytest.mark.usefixtures("workspace")
def test_the_reference_server_does_as_the_sequences_expect() -> None:
    plan = make_workspace_plan(bench_target({}), ("en", "zh"))
    bench = Bench(plan, build_plan(activation_delay=0.1))
    verdicts = {case.id: bench.run(case).verdict for case in plan.cases}
    assert len(verdicts) > 12
    assert {name: verdict for name, verdict in verdicts.items() if verdict != "pass"} == {}


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    "fault",
    [
        "CreateBarn/not-created",
        "CreateBarn/id-reused",
        "CreateBarn/repeated",
        "CreateBarn/idempotency-ignored",
        "DescribeBarns/filter-barn-id-ignored",
        "DescribeBarns/filter-barn-name-ignored",
        "DescribeBarns/page-size-ignored-in-paging",
        "DescribeBarns/page-number-ignored-in-paging",
        "DescribeBarns/other-accounts-listed",
        "ModifyBarnAttribute/not-changed",
        "DeleteBarn/not-deleted",
        "DeleteBarn/not-found-barn-id-ignored",
    ],
)
def test_faults_with_resources_are_caught(fault: str) -> None:
    plan = make_workspace_plan(bench_target({}), ("en", "zh"))
    bench = Bench(plan, build_plan(faults=(fault,), activation_delay=0.1))
    assert any(bench.run(case).verdict == "mismatch" for case in plan.cases)


CREATE = ("CreateField", "{parameters: {Plan: {a: [1]}}}", [of_field("CreateField", [PLAN], rule("FieldId"))])


def test_what_is_written_as_one_text_is_sent_as_that_text_by_other_operations() -> None:
    listed = of_field("DescribeFields", [rule("FieldId")], rule("Fields[].FieldId"))
    shown = of_field("DescribeFieldAttribute", [FIELD], rule("FieldId"))
    files = sequence_files(
        [
            operation_with({each.language: each}, base_of(each.operation, valid))
            for each, valid in (
                (CREATE[2][0], CREATE[1]),
                (listed, "{parameters: {}}"),
                (shown, "{parameters: {FieldId: field-1}}"),
            )
        ]
    )
    assert "created-then-shown" in ids(files["CreateField"])
    (hidden,) = (case for case in yaml.safe_load(files["DescribeFields"])["cases"] if case["id"].startswith("not-of"))
    assert hidden["steps"][0]["set"] == {"Plan": '{"a":[1]}'}


def test_what_is_listed_of_another_resource_shows_nothing_that_was_created() -> None:
    of_user = of_field("ListFieldsForUser", [rule("UserName", required=True)], rule("Fields[].FieldId"))
    given = "given: [{resource.exists: {type: User, id: ann}}], parameters: {UserName: ann}"
    found = sequences(
        CREATE,
        ("ListFieldsForUser", f"{{{given}}}", [of_user]),
        ("DeleteField", "{parameters: {FieldId: field-1}}", [of_field("DeleteField", [FIELD])]),
    )
    assert "created-then-shown" not in found["CreateField"]


def test_a_document_that_says_nothing_of_what_is_listed_shows_it_not_otherwise() -> None:
    def both(name: str, parameters: Sequence[Parameter], *fields: Parameter) -> list[Contract]:
        return [of_field(name, parameters, *fields, language=language) for language in ("en", "zh")]

    name, asked = "DescribeFields", [rule("FieldId")]
    silent = of_field(name, asked, rule("Fields[]"), language="en")
    speaking = of_field(name, asked, rule("Fields[].FieldId"), language="zh")
    others = (
        ("CreateField", CREATE[1], both("CreateField", [PLAN], rule("FieldId"))),
        ("DeleteField", "{parameters: {FieldId: field-1}}", both("DeleteField", [FIELD])),
    )
    assert "field-id-chooses" in sequences(*others, (name, "{parameters: {}}", [silent, speaking]))[name]


def test_a_request_that_gives_another_name_makes_no_sequence_of_changes() -> None:
    renaming = VALID["ModifyBarnAttribute"].replace("BarnId: barn-1}}", "BarnId: barn-1, NewBarnId: barn-2}}")
    assert renaming != VALID["ModifyBarnAttribute"]
    for valid, changes in (({}, True), ({"ModifyBarnAttribute": renaming}, False)):
        texts = texts_of({**VALID, **valid})
        assert ("ModifyBarnAttribute" in texts) == changes
