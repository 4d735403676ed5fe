from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fuzzing import Ground, create_flow_log
from msgspec.structs import replace

from conformance.contract.languages import languages_of
from conformance.core.errors import CaseError
from conformance.fuzz.generation.boundaries import boundary_requests
from conformance.fuzz.operation_data import UNKNOWN, OperationData, load_operation_data
from conformance.fuzz.sequences.refusals import refused_requests

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.server.process import ReferenceServer

SUITE = replace(create_flow_log(), operation="Create")
REFERENCE = "references: [{state: resource.exists, params: {type: ResourceType, id: ResourceId}}]"


def load(folder: Path, text: str) -> OperationData:
    own = folder / SUITE.product / "Create"
    own.mkdir(parents=True)
    (own / "fuzz.yaml").write_text(f"operation: Create\n{text}\n")
    return load_operation_data(SUITE, folder)


def test_an_operation_without_the_file_has_nothing_beside_its_contracts(tmp_path: Path) -> None:
    assert load_operation_data(SUITE, tmp_path) == UNKNOWN


def test_a_file_names_the_references_and_refusals_of_its_operation(tmp_path: Path) -> None:
    data = load(tmp_path, f"{REFERENCE}\nrefusals: [{{about: a RAM user, codes: [Unauthorized], base: eni}}]")
    assert [(one.state, one.params["id"]) for one in data.references] == [("resource.exists", "ResourceId")]
    assert [(one.about, one.codes, one.base) for one in data.refusals] == [("a RAM user", ("Unauthorized",), "eni")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("refusals: [{about: x, codes: [Unauthorised]}]", "2:31 unknown error code 'Unauthorised'"),
        ("refusals: [{about: x, codes: [Unauthorized], base: en}]", "2:52 unknown base 'en'"),
        ("refusals: [{about: x, codes: []}]", "2:30 refusals.0.codes"),
        ("refusals: [{about: x, codes: [Unauthorized], sent: {}}]", "2:46 unknown field 'sent' in refusals.0"),
        ("refusals: [{about: x, codes: [Unauthorized], lacks: [vpc.on]}]", "2:54 unknown provider state 'vpc.on'"),
        (
            "refusals: [{about: x, codes: [Unauthorized], given: {no.vpc: {}}}]",
            "2:62 unknown provider state 'no.vpc'",
        ),
        (
            "refusals: [{about: x, codes: [Unauthorized], sends: {Colour: x}}]",
            "2:62 no document has a parameter",
        ),
        (
            "refusals:\n  - about: x\n    codes: [Unauthorized]\n    given: {resource.shared: {id: Colour}}",
            "5:35 no document has a parameter",
        ),
        ("references: [{state: resource.exists, params: {id: ResourceId}}]", "2:22 the state resource.exists needs"),
        ("references: [{state: resource-group.exists}]", "2:14 references.0"),
        ("references: [", "not valid YAML"),
    ],
)
def test_a_wrong_file_is_one_error_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CaseError) as fault:
        load(tmp_path, text)
    place, _, what = message.partition(" ")
    assert "fuzz.yaml" in str(fault.value)
    assert place in str(fault.value)
    assert what in str(fault.value)


def test_a_file_in_the_folder_of_another_operation_is_refused(tmp_path: Path) -> None:
    own = tmp_path / SUITE.product / SUITE.operation
    own.mkdir(parents=True)
    (own / "fuzz.yaml").write_text("operation: Delete\n")
    with pytest.raises(CaseError, match=r"fuzz.yaml:1:12: unknown operation 'Delete'"):
        load_operation_data(SUITE, tmp_path)


def test_an_operation_without_the_file_is_tested_by_what_its_contracts_say(reference: ReferenceServer) -> None:
    docs = languages_of("zh")
    with Ground(reference, docs, UNKNOWN) as ground:
        without = ground.context
        assert without.settable
        assert without.states_for(without.wire) == ()
        assert list(refused_requests(without)) == []
        requests = list(boundary_requests(without.contracts[docs[0]], without.wire))[::3]
        ground.all(ground.session.requests(requests))
    # The one code for what is not there that the documents do not have among those of state.
    assert ground.titles == ["ResourceType as the documents allow, answered InvalidResourceType.NotFound"]
