"""The files of `behaviours/`: a wrong one is refused with one message that has the line and a way out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from conformance.core.errors import InputError
from conformance.core.resources import behaviours_dir
from conformance.server.behaviour.choice import choose_behaviour, load_behaviour
from conformance.server.behaviour.definition import read_behaviour
from conformance.server.build import build_plan, unused_behaviours
from conformance.server.faults import catalogue
from conformance.server.faults.catalogue import conforming_variants, faults, mutations, read_mutations
from conformance.server.faults.kinds import KINDS

if TYPE_CHECKING:
    from pathlib import Path

BEHAVIOUR = (behaviours_dir() / "vpc" / "FlowLog.yaml").read_text(encoding="utf-8")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "resource: FlowLog\n",
            "resorce: FlowLog\n",
            "unknown field 'resorce' in the file \\(did you mean resource\\?\\)",
        ),
        ("digits: 20", "digits: 33", "id.digits"),
        ("path: [Activating, Active]", "path: [Activating]", "status.path"),
        ("FlowLogId: {is: id}", "FlowLogId: {is: ident}", "'ident'.*id, status, created"),
        (
            "unique_by: [ResourceType,",
            "unique_by: [ResourceTipe,",
            "no field 'ResourceTipe'.*did you mean ResourceType",
        ),
        ("returns: [FlowLogId,", "returns: [FlowId,", "no field 'FlowId'.*did you mean FlowLogId"),
        ("- Status", "- Statuses", "no field 'Statuses'.*did you mean Status"),
        ("VpcId: {field: ResourceId,", "VpcId: {field: ResourceIt,", "no field 'ResourceIt'.*did you mean ResourceId"),
        (
            "when: {ResourceType: VPC}",
            "when: {ResourceTipe: VPC}",
            "no field 'ResourceTipe'.*did you mean ResourceType",
        ),
        ("contract: constraints", "contract: limits", "'limits'.*required, constraints"),
        ("when: {region: unknown}", "when: {regio: unknown}", "unknown field 'regio'.*did you mean region"),
        ("status: 400", "status: 200", "rows.0.status"),
    ],
)
def test_a_wrong_behaviour_is_refused_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = BEHAVIOUR.replace(old, new, 1)
    path = tmp_path / "FlowLog.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        read_behaviour(path)
    assert str(caught.value).startswith(f"{path}:{line_of(text, new)}:")


def test_a_state_that_there_is_not_is_refused_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = BEHAVIOUR.replace("when: {state: account.is-ram-user}", "when: {state: account.is-ram-use}")
    path = tmp_path / "vpc" / "FlowLog.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr("conformance.server.behaviour.choice.layers", lambda _: (tmp_path,))
    (fault,) = unused_behaviours()
    assert re.search("no state 'account.is-ram-use'.*did you mean account.is-ram-user", str(fault))
    assert f":{line_of(text, 'state: account.is-ram-use}')}:" in str(fault)
    assert build_plan().operations == {}  # the server goes on without it


def test_without_a_behaviour_there_is_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.server.behaviour.choice.layers", lambda _: (tmp_path,))
    with pytest.raises(InputError, match="no behaviour of a resource"):
        choose_behaviour()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{drop: account.quota}", "lacks the field 'about'"),
        ("{dorp: account.quota, about: a}", "unknown field 'dorp'.*did you mean drop"),
        ("{about: a, conforms: b}", "must name one mutation, and names none"),
        ("{about: a, drop: b, first_row: c}", "must name one mutation, and names drop, first_row"),
        ("{about: a, view: {Name.maxLength: upside_down}}", "no edit 'upside_down'"),
        ("{about: a, message: {account.quota: {cot: 3}}}", "unknown field 'cot'.*did you mean cut"),
        ("{about: a, created: {edit: {Name: louder}}}", "no edit 'louder'.*did you mean lower"),
        ("{about: a, created: shout}", "faults.some.created"),
        ("{about: a, created: {edit: {}}}", "faults.some.created.edit"),
        ("{about: a, check: {account.quota: {sent: Name, state: account.none}}}", "no state 'account.none'"),
        ("{about: a, request: no_boddy}", "no 'no_boddy' here.*did you mean no_body"),
        ("{about: a, call: lists_from_one}", "no 'lists_from_one' here.*did you mean lists_from_zero"),
        ("{about: a, body: {json: upside_down}}", "no 'upside_down' here"),
        ("{about: a, execute: {pauze: 1}}", "unknown field 'pauze'.*did you mean pause"),
        ("{about: a, answers_with: {named: a}}", "faults.some.answers_with"),
        ("{about: a, row: {account.quota: 5}}", "faults.some.row"),
    ],
)
def test_a_wrong_fault_is_refused_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(f"faults:\n  fine: {{drop: account.quota, about: b}}\n  some: {line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=re.compile(says)) as caught:
        read_mutations(path)
    assert str(caught.value).startswith(f"{path}:3:")


def test_two_faults_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "FlowLog.faults.yaml").write_text("faults: {one: {drop: account.quota, about: a}}\n", encoding="utf-8")
    (tmp_path / "faults.yaml").write_text("faults: {one: {drop: account.ram-user, about: b}}\n", encoding="utf-8")
    chosen = choose_behaviour()._replace(file=tmp_path / "FlowLog.yaml")
    monkeypatch.setattr(catalogue, "choose_behaviour", lambda _: chosen)
    monkeypatch.setattr(catalogue, "layers", lambda _: (tmp_path,))
    with pytest.raises(InputError, match="two faults 'one'"):
        mutations()


def test_every_line_is_a_fault_or_a_conforming_variant_and_every_kind_is_used() -> None:
    known = mutations()
    assert (len(faults()), len(conforming_variants())) == (304, 55)
    assert [*faults(), *conforming_variants()] != []
    assert set(faults()) | set(conforming_variants()) == set(known)
    tables = [*behaviours_dir().rglob("*faults.yaml")]
    text = "".join(path.read_text(encoding="utf-8") for path in tables)
    assert [kind for kind in KINDS if not re.search(rf"[{{ ]{kind}: ", text)] == []


def test_the_server_has_the_resource_of_its_file() -> None:
    assert load_behaviour().resource == "FlowLog"
    assert load_behaviour().create.name == "CreateFlowLog"
