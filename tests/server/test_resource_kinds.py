"""What a resource does in short: inferred from names, written as files, read again; and rounds with such a server."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from farm import BARNS, NUMBERS, PRODUCT, REGION, TEXT, VERSION, Farmer, contracts, document, parameter
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from conformance.cases.meanings.words import load_words
from conformance.contract.files import dump_contract
from conformance.core.errors import InputError
from conformance.extraction.read import read_document
from conformance.server.build import build_plan, unused_behaviours
from conformance.server.process import ReferenceServer
from conformance.server.resources.inference import infer_kinds
from conformance.server.resources.kind_files import read_kind, write_kind
from conformance.server.resources.kinds import ResourceKind, ShownList
from conformance.server.resources.outline import outline_of
from conformance.server.resources.written import behaviour_files_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.contract.model import Contract

ACCOUNTS = count(1)
GATE = [REGION, parameter("BarnId", required=True), parameter("GateNumber", required=True)]
WORKER = parameter("WorkerName", required=True)
CREW = parameter("CrewName", required=True)
WORKERS = {"Workers": {"type": "array", "items": {"type": "object", "properties": {"WorkerName": TEXT}}}}

# A gate is a part of a barn; workers are put into crews; the farm has one fence, and its alarm is on or off.
MORE = (
    document("CreateBarnGate", [*GATE, parameter("Colour")], {}, {}),
    document("DescribeBarnGateAttribute", GATE, {"Colour": TEXT, "Status": {"type": "string", "enum": ["open"]}}, {}),
    document("SetBarnGateAttribute", [*GATE, parameter("Colour")], {}, {}),
    document("StartBarnGate", GATE, {}, {}),
    document("StopBarnGate", GATE, {}, {}),
    document("DeleteBarnGate", GATE, {}, {"404": [("GateNotFound", "The BarnGate does not exist.")]}),
    document("CreateWorker", [WORKER], {}, {}),
    document("DeleteWorker", [WORKER], {}, {}),
    document("ListWorkers", [parameter("NextToken")], WORKERS, {}),
    document("CreateCrew", [CREW], {}, {}),
    document("GetCrew", [CREW], {"Crew": {"type": "object", "properties": {"CrewName": TEXT}}}, {}),
    document("AddWorkerToCrew", [WORKER, CREW], {}, {}),
    document("RemoveWorkerFromCrew", [WORKER, CREW], {}, {}),
    document("ListWorkersForCrew", [CREW], WORKERS, {}),
    document("SetFence", [parameter("Height")], {}, {}),
    document("GetFence", [], {"Fence": {"type": "object", "properties": {"Height": TEXT}}}, {}),
    document("AddBarnDoors", [REGION, parameter("BarnId", required=True), parameter("Doors")], {}, {}),
    document("RemoveBarnDoors", [REGION, parameter("BarnId", required=True), parameter("Doors")], {}, {}),
    document(
        "DescribeBarnDoors",
        [REGION, parameter("BarnId", required=True)],
        {
            "Doors": {
                "type": "array",
                "items": {"type": "object", "properties": {"DoorId": TEXT, "Wide": TEXT}},
            }
        },
        {},
    ),
    document("DescribeBarnsNearby", [REGION, parameter("PageNumber")], {"Barns": BARNS, **NUMBERS}, {}),
)


def all_contracts() -> list[Contract]:
    import json  # noqa: PLC0415 - of this one function

    more = (read_document(json.dumps(each).encode(), f"{each['name']}.json") for each in MORE)
    return [*contracts().values(), *(replace(each, product=PRODUCT, version=VERSION) for each in more)]


def write_workspace(root: Path, *, files: bool) -> Path:
    """Make a workspace with the contracts, and with the behaviours that are inferred from them as files, or without."""
    folder = root / "openapi" / PRODUCT / VERSION
    folder.mkdir(parents=True)
    (root / "conformance.yaml").write_text("", encoding="utf-8")
    for contract in all_contracts():
        name = f"{contract.operation}.{contract.language}.yaml"
        (folder / name).write_text(dump_contract(contract), encoding="utf-8")
    if files:
        for place, text in behaviour_files_of({each.language: each} for each in all_contracts()).items():
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / place).write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module", params=["inferred", "of files"])
def endpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = write_workspace(tmp_path_factory.mktemp("farm"), files=request.param == "of files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONFORMANCE_WORKSPACE", str(root))
        with ReferenceServer(activation_delay=0) as server:
            assert server.told == ()
            yield server.endpoint


@pytest.fixture
def farmer(endpoint: str) -> Farmer:
    return Farmer(endpoint, f"hand-{next(ACCOUNTS)}")


def test_a_part_of_a_resource_is_told_apart_by_several_parameters(farmer: Farmer) -> None:
    barn = farmer.ok("CreateBarn")["BarnId"]
    one, two = ({"BarnId": barn, "GateNumber": number} for number in ("1", "2"))
    farmer.ok("CreateBarnGate", **one, Colour="red")
    farmer.ok("CreateBarnGate", **two, Colour="green")
    assert farmer.refused("CreateBarnGate", **one)[0] == 409
    farmer.ok("SetBarnGateAttribute", **one, Colour="blue")
    assert farmer.ok("DescribeBarnGateAttribute", **one)["Colour"] == "blue"
    assert farmer.ok("DescribeBarnGateAttribute", **two)["Colour"] == "green"
    farmer.ok("DeleteBarnGate", **one)
    assert farmer.refused("DescribeBarnGateAttribute", **one)[0] == 404
    assert farmer.refused("DeleteBarnGate", **one)[1] == "GateNotFound"
    farmer.ok("DeleteBarn", BarnId=barn)
    farmer.ok("CreateBarnGate", **two)  # what was a part of it is gone with it


def test_an_operation_sets_the_status_that_its_name_says(farmer: Farmer) -> None:
    gate = {"BarnId": farmer.ok("CreateBarn")["BarnId"], "GateNumber": "1"}
    farmer.ok("CreateBarnGate", **gate)
    farmer.ok("StopBarnGate", **gate)
    assert farmer.ok("DescribeBarnGateAttribute", **gate)["Status"] == "Stopped"
    farmer.ok("StartBarnGate", **gate)
    assert farmer.ok("DescribeBarnGateAttribute", **gate)["Status"] == "Running"


def test_what_is_attached_to_another_resource_is_listed_with_it(farmer: Farmer) -> None:
    for name in ("ada", "ben"):
        farmer.ok("CreateWorker", WorkerName=name)
    farmer.ok("CreateCrew", CrewName="night")
    assert farmer.ok("ListWorkersForCrew", CrewName="night")["Workers"] == []
    farmer.ok("AddWorkerToCrew", WorkerName="ben", CrewName="night")
    assert [each["WorkerName"] for each in farmer.ok("ListWorkersForCrew", CrewName="night")["Workers"]] == ["ben"]
    assert len(farmer.ok("ListWorkers")["Workers"]) == 2
    farmer.ok("RemoveWorkerFromCrew", WorkerName="ben", CrewName="night")
    assert farmer.ok("ListWorkersForCrew", CrewName="night")["Workers"] == []


def test_a_list_is_added_to_and_taken_from(farmer: Farmer) -> None:
    barn = farmer.ok("CreateBarn")["BarnId"]

    def doors() -> list[str]:
        return [each["DoorId"] for each in farmer.ok("DescribeBarnDoors", BarnId=barn)["Doors"]]

    farmer.ok("AddBarnDoors", BarnId=barn, Doors='[{"DoorId": "a", "Wide": "1"}]')
    farmer.ok("AddBarnDoors", BarnId=barn, Doors='[{"DoorId": "b"}, {"DoorId": "a", "Wide": "2"}]')
    assert doors() == ["a", "b"]
    farmer.ok("RemoveBarnDoors", BarnId=barn, Doors='["a"]')
    assert doors() == ["b"]


def test_an_account_has_one_of_what_needs_no_id(farmer: Farmer, endpoint: str) -> None:
    farmer.ok("SetFence", Height="3")
    assert farmer.ok("GetFence")["Fence"] == {"Height": "3"}
    assert Farmer(endpoint, "neighbour").ok("GetFence")["Fence"] != {"Height": "3"}


def test_a_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    kinds = infer_kinds([outline_of(each) for each in all_contracts()], load_words())
    names = {(PRODUCT, VERSION): {each.operation for each in all_contracts()}}
    assert {kind.resource for kind in kinds} >= {"Barn", "Field", "BarnGate", "Worker", "Crew", "Fence"}
    for kind in kinds:
        path = tmp_path / PRODUCT / f"{kind.resource}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(write_kind(kind), encoding="utf-8")
        assert read_kind(path, names).kind == kind


NAMES = st.text("ABCabc1", min_size=1, max_size=6)
OPERATIONS = st.lists(NAMES.map("Do{}".format), max_size=3, unique=True).map(tuple)


@given(
    field=NAMES,
    roles=st.lists(OPERATIONS, min_size=4, max_size=4),
    filters=st.dictionaries(NAMES.map("{}[]".format) | NAMES, NAMES, max_size=3),
    sets=st.dictionaries(NAMES, st.text(max_size=5, alphabet="ab:#'\" 1"), max_size=2),
)
def test_every_kind_reads_back(
    tmp_path_factory: pytest.TempPathFactory,
    field: str,
    roles: list[tuple[str, ...]],
    filters: dict[str, str],
    sets: dict[str, str],
) -> None:
    kind = ResourceKind(
        f"{field}Thing",
        PRODUCT,
        VERSION,
        field,
        "x-",
        creates=("Make", *roles[0]),
        lists={"Show": ShownList("Things.Thing", filters)},
        changes=roles[1],
        attaches=roles[2],
        detaches=roles[3],
        switches={"Switch": sets} if sets else {},
        unique_by=("A",),
        needs=sets,
    )
    path = tmp_path_factory.mktemp("kind") / PRODUCT / "Thing.yaml"
    path.parent.mkdir()
    path.write_text(write_kind(kind), encoding="utf-8")
    names = {(PRODUCT, VERSION): {name for name, _ in kind.roles()}}
    assert read_kind(path, names).kind == kind


BARN = "resource: Barn\nid: {field: BarnId, prefix: barn-}\ncreate: CreateBarn\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (f"{BARN}delete: DeleteBarm\n", 4, "no contract of 'DeleteBarm'.*did you mean DeleteBarn"),
        (BARN.replace("create: CreateBarn", "show: DescribeBarns"), 1, "nothing creates a Barn"),
        (f"{BARN}shows: DescribeBarns\n", 4, "unknown field 'shows'.*did you mean show"),
        (BARN.replace("field: BarnId, ", ""), 2, ""),
        (f"{BARN}version: '2001-01-01'\n", 4, "no contracts of farm 2001-01-01"),
        ("resource: [\n", 2, ""),
        (
            BARN.replace("create: CreateBarn", "create: {a: 1}"),
            3,
            "unknown field 'a' in create \\(known: each, operation\\)",
        ),
        (f"{BARN}show: 7\n", 4, "list: PATH"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int, says: str
) -> None:
    root = write_workspace(tmp_path, files=False)
    folder = root / "behaviours" / PRODUCT
    folder.mkdir(parents=True)
    (folder / "Barn.yaml").write_text(text, encoding="utf-8")
    (folder / "Field.yaml").write_text("resource: Field\nid: {field: FieldName, given: true}\ncreate: CreateField\n")
    monkeypatch.setenv("CONFORMANCE_WORKSPACE", str(root))
    (fault,) = unused_behaviours()
    assert isinstance(fault, InputError)
    assert f"Barn.yaml:{line}:" in str(fault)
    assert re.search(says, str(fault))
    others = build_plan().others
    assert others is not None
    assert others.plan_of("CreateField", VERSION) is not None
    assert others.plan_of("CreateBarn", VERSION) is not None


def test_resources_that_need_each_other_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_workspace(tmp_path, files=False)
    folder = root / "behaviours" / PRODUCT
    folder.mkdir(parents=True)
    (folder / "Barn.yaml").write_text(f"{BARN}needs: {{FieldId: Field}}\n")
    field = "resource: Field\nid: {field: FieldName, given: true}\ncreate: CreateField\nneeds: {BarnId: Barn}\n"
    (folder / "Field.yaml").write_text(field)
    monkeypatch.setenv("CONFORMANCE_WORKSPACE", str(root))
    (fault,) = unused_behaviours()
    assert "each needs the next" in str(fault)


def test_the_short_form_of_a_person_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_workspace(tmp_path, files=False)
    folder = root / "behaviours" / PRODUCT
    folder.mkdir(parents=True)
    more = """
delete: DeleteBarn
status: {field: Status, path: [Building, Built]}
show: {operation: DescribeBarns, list: Barns.Barn, filters: [BarnId]}
unique_by: [BarnName]
needs: {FieldId: Field}
refuses:
  - {state: account.is-ram-user, error: Forbidden.SubUser}
  - {missing: {state: resource.exists, id: FieldId}, error: {Roof: {Steep: InvalidParameter}}}
"""
    (folder / "Barn.yaml").write_text(BARN + more, encoding="utf-8")
    monkeypatch.setenv("CONFORMANCE_WORKSPACE", str(root))
    with ReferenceServer(activation_delay=0) as server:
        assert server.told == ()
        farmer = Farmer(server.endpoint)
        farmer.ok("CreateBarn", BarnName="red")
        assert farmer.refused("CreateBarn", BarnName="red")[:2] == (409, "ResourceAlreadyExist")
        assert farmer.refused("CreateBarn", FieldId="none")[1] == "InvalidFieldId.NotFound"
        assert farmer.refused("CreateBarn", Roof="Steep")[1] == "InvalidParameter"
        listed: dict[str, Any] = farmer.ok("DescribeBarns", BarnName="unheard")
        assert [each["Status"] for each in listed["Barns"]["Barn"]] == ["Built"]  # the name is no filter in the file
