from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from contract_strategies import contract, parameter

from conformance.contract.catalogue import contract_files, contract_path, contracts_for, find_contract
from conformance.contract.files import dump_contract
from conformance.core import resources
from conformance.core.errors import ContractError

if TYPE_CHECKING:
    from pathlib import Path

OVERLAY = """\
overlay: 1.1.0
info: {title: t, version: "1"}
actions:
  - target: $.paths.*.parameters[?@.name == 'Kind']
    description: it was lost
    update: {x-facts: {facts: {enum: {state: stated, value: [Vpc], origin: overlay}}}}
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a catalogue with CreateThing in two languages, and DeleteThing in one."""
    package = tmp_path / "conformance"
    folder = tmp_path / "openapi" / "vpc" / "2016-04-28"
    folder.mkdir(parents=True)
    overlays = tmp_path / "openapi" / "overlays" / "vpc" / "2016-04-28"
    overlays.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)  # the project's own folder is a workspace
    monkeypatch.setattr(resources, "PACKAGE", package)
    monkeypatch.setattr(resources, "_INSTALLED", package / "_data")
    for operation, language in (("CreateThing", "zh"), ("CreateThing", "en"), ("DeleteThing", "zh")):
        text = dump_contract(contract(parameter("Kind"), language=language, operation=operation))
        (folder / f"{operation}.{language}.yaml").write_text(text, encoding="utf-8")
    (overlays / "CreateThing.zh.yaml").write_text(OVERLAY, encoding="utf-8")
    return folder


def enum(operation: str, *, overlays: bool) -> object:
    row = find_contract(operation, overlays=overlays).parameter("Kind")
    assert row is not None
    return row.fact("enum").value


@pytest.mark.usefixtures("catalogue")
def test_a_contract_is_found_by_its_name() -> None:
    assert find_contract("CreateThing.zh").language == "zh"
    assert [str(each) for each in contract_files()] == ["vpc/2016-04-28/CreateThing", "vpc/2016-04-28/DeleteThing"]


def test_a_contract_is_found_by_its_path(catalogue: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "mine.yaml"
    elsewhere.write_text((catalogue / "CreateThing.en.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert find_contract(str(elsewhere)).operation == "CreateThing"
    assert contract_path(str(elsewhere)) == elsewhere


@pytest.mark.usefixtures("catalogue")
def test_overlays_apply_when_asked_for() -> None:
    assert enum("CreateThing.zh", overlays=False) is None
    assert enum("CreateThing.zh", overlays=True) == ("Vpc",)
    assert enum("CreateThing.en", overlays=True) is None


@pytest.mark.usefixtures("catalogue")
def test_an_operation_has_its_contracts_by_language() -> None:
    assert list(contracts_for("CreateThing")) == ["en", "zh"]
    assert list(contracts_for("DeleteThing")) == ["zh"]
    with pytest.raises(ContractError, match=r"no contract of 'CreateThin' \(did you mean CreateThing\?\)"):
        contracts_for("CreateThin")


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("CreateThing.fr", r"did you mean CreateThing\.en or CreateThing\.zh\?"),
        ("CreateThing", r"did you mean CreateThing\.en or CreateThing\.zh\?"),
        ("", r"CreateThing\.en, CreateThing\.zh, DeleteThing\.zh"),
    ],
)
def test_an_unknown_name_is_a_fault_that_lists_the_nearest_or_all(name: str, named: str) -> None:
    with pytest.raises(ContractError, match=named):
        find_contract(name)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("name", ["missing.yaml", "somewhere/CreateThing.en.yaml", "somewhere/CreateThing.en"])
def test_a_missing_file_is_a_fault_that_names_it(name: str) -> None:
    with pytest.raises(ContractError, match=rf"^{name}: there is no such file"):
        find_contract(name)


@pytest.mark.parametrize(
    ("data", "message"), [(b"\xff\xfe", "not UTF-8"), (b"a: [", "not valid YAML"), (b"", "mapping")]
)
def test_an_unreadable_file_is_one_fault(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    with pytest.raises(ContractError, match=message):
        find_contract(str(path))
