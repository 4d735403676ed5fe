"""Case files that were read before: not parsed again, and never another case than the file's."""

from __future__ import annotations

import pickle
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from case_text import FILE, GOOD, NAME, parse, suite
from commands import copy_cases
from contract_strategies import contracts
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from profiles import scaled

from conformance.cases import compiled, stored
from conformance.cases.choosing.named_files import case_files
from conformance.cases.choosing.suite_folders import load_found, load_suites, suite_folders
from conformance.cases.select import load_cases, load_other
from conformance.contract.catalogue import OperationId, contract_files
from conformance.core import yamlloader
from conformance.core.cache import NO_CACHE, Cache
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir, openapi_dir
from conformance.server.general.kept_contracts import kept_contracts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite
    from conformance.contract.model import Contract


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were parsed as YAML, in their order."""
    texts: list[str] = []
    load = yamlloader.load

    def counted(text: str) -> Any:
        texts.append(text)
        return load(text)

    monkeypatch.setattr(yamlloader, "load", counted)
    return texts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's cases and contracts, copied to where an installed wheel would have them."""
    copy_cases(tmp_path / "data")
    shutil.copytree(openapi_dir().absolute(), tmp_path / "data" / "openapi")
    monkeypatch.chdir(tmp_path)  # the project's own folder is a workspace
    monkeypatch.setattr("conformance.core.resources._INSTALLED", tmp_path / "data")
    return tmp_path / "data"


def load_everything(cache: Cache) -> tuple[list[Suite], list[Case]]:
    suites = load_suites([cases_dir()], cache)
    return [replace(each, key="") for each in suites], [  # what is not kept has no key
        case
        for suite in suites
        for case in load_cases(suite, case_files(cases_dir() / suite.product / suite.operation), cache)
    ]


def load_one(cache: Cache) -> list[Case]:
    (found,) = (each for each in suite_folders([cases_dir()]) if each.operation.name == "CreateFlowLog")
    return load_cases(load_found(found, cache), case_files(found.folder), cache)


def test_what_comes_from_the_cache_is_what_the_files_say(folder: Path, parsed: list[str]) -> None:
    fresh = load_everything(NO_CACHE)
    first = load_everything(Cache(folder))
    parsed.clear()
    second = load_everything(Cache(folder))
    assert parsed == []
    assert first == second == fresh
    assert all(type(case.where.line) is int for case in second[1])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=scaled(50))
@given(contracts)
def test_nothing_of_a_contract_is_lost_in_the_cache(original: Contract) -> None:
    kept = stored.write_suite(replace(suite(), contracts={"en": original}))
    # An integer of more than 64 bits is not kept.
    found = stored.read_suite(kept) if kept is not None else None
    assert kept is None or (found is not None and found.contracts["en"] == original)


@pytest.mark.usefixtures("data")
def test_without_a_cache_every_file_is_parsed_each_time(parsed: list[str]) -> None:
    load_everything(NO_CACHE)
    once = len(parsed)
    load_everything(NO_CACHE)
    assert once > 10
    assert len(parsed) == 2 * once


def test_a_file_is_parsed_once_and_not_again_for_places(parsed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    composed: list[str] = []
    monkeypatch.setattr(yamlloader, "compose", composed.append)
    files = case_files(cases_dir() / "vpc" / "CreateFlowLog")
    against = suite()
    parsed.clear()
    load_cases(against, files)
    assert (len(parsed), composed) == (len(files), [])


def test_only_the_file_that_was_changed_is_parsed_again(data: Path, folder: Path, parsed: list[str]) -> None:
    load_everything(Cache(folder))
    changed = data / "cases" / "vpc" / "CreateFlowLog" / "account.yaml"
    changed.write_text(changed.read_text().replace("title: ", "title: Now ", 1))
    parsed.clear()
    _, cases = load_everything(Cache(folder))
    assert parsed == [changed.read_text()]
    assert any(case.title.startswith("Now ") for case in cases)


READ_AGAINST = (
    "cases/states.yaml",
    "cases/defaults.yaml",
    "cases/case.schema.json",
    "cases/base.schema.json",
    "cases/vpc/CreateFlowLog/base.yaml",
    "openapi/vpc/2016-04-28/CreateFlowLog.en.yaml",
    "openapi/vpc/2016-04-28/CreateFlowLog.zh.yaml",
    "openapi/overlays/vpc/2016-04-28/CreateFlowLog.zh.yaml",
)


def test_everything_is_read_again_when_what_it_is_read_against_changed(
    data: Path, folder: Path, parsed: list[str]
) -> None:
    load_one(NO_CACHE)
    everything = len(parsed)
    assert everything > 10
    documents = sum("openapi" in name for name in READ_AGAINST)
    load_one(Cache(folder))
    for name in READ_AGAINST:
        with (data / name).open("a", encoding="utf-8") as stream:
            stream.write("\n")
        parsed.clear()
        load_one(Cache(folder))
        # The contracts are kept apart: they are read again only where one of them is another.
        again = everything if "openapi" in name else everything - documents
        assert (name, len(parsed)) == (name, again)
        parsed.clear()
        load_one(Cache(folder))
        assert (name, parsed) == (name, [])


@pytest.mark.usefixtures("data")
def test_another_program_reads_everything_again(
    folder: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_everything(Cache(folder))
    parsed.clear()
    monkeypatch.setattr(compiled, "_program", lambda _: b"another")
    load_everything(Cache(folder))
    assert len(parsed) > 10


def keyed(folder: Path) -> tuple[Suite, Cache]:
    cache = Cache(folder)
    found = compiled.read_suite(
        cases_dir() / "vpc" / "CreateFlowLog",
        contract_files()[OperationId("vpc", "2016-04-28", "CreateFlowLog")],
        cache,
    )
    return found, cache


def test_a_server_finds_the_contracts_that_the_cases_were_read_against(
    folder: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    against, cache = keyed(folder)
    parsed.clear()
    monkeypatch.setattr("conformance.server.general.kept_contracts._cache", lambda: cache)
    files = contract_files()[OperationId("vpc", "2016-04-28", "CreateFlowLog")]
    assert kept_contracts(files) == against.contracts
    assert parsed == []


def test_a_wrong_file_is_told_each_time_with_its_place(tmp_path: Path, folder: Path, parsed: list[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(FILE + "    expect: {error: MissingParamter}\n")
    against, cache = keyed(folder)
    kept = len(list(folder.iterdir()))
    says = []
    read: list[Callable[[], list[Case]]] = [
        lambda: compiled.read_file(path, against, cache),
        lambda: load_other([against], [path], [], cache),
    ]
    for number in range(4):
        parsed.clear()
        with pytest.raises(CaseError) as caught:
            read[number % 2]()
        says.append(str(caught.value))
        assert len(parsed) == 1
    assert set(says) == {
        f"{path}:7:21: no document has the error code 'MissingParamter' (did you mean MissingParameter?)"
    }
    assert len(list(folder.iterdir())) == kept


def test_a_case_is_where_its_file_is_now(tmp_path: Path, folder: Path, parsed: list[str]) -> None:
    against, cache = keyed(folder)
    for name in ("first.yaml", "second.yaml"):
        path = tmp_path / name
        path.write_text(GOOD)
        (case,) = load_other([against], [path], [], cache)
        assert str(case.where) == f"{path}:4:5"
    assert parsed.count(GOOD) == 1


def test_an_id_that_two_files_share_is_told_also_when_both_are_kept(tmp_path: Path, folder: Path) -> None:
    against, cache = keyed(folder)
    paths = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for path in paths:
        path.write_text(GOOD)
    for _ in range(2):
        with pytest.raises(CaseError, match=rf"b\.yaml:4:5: the id .* is taken by {paths[0]}:4:5"):
            load_other([against], paths, [], cache)


def test_a_file_of_another_operation_is_not_taken_from_the_cache(tmp_path: Path, folder: Path) -> None:
    against, cache = keyed(folder)
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD.replace("CreateFlowLog", "DeleteFlowLog"))
    for _ in range(2):
        with pytest.raises(CaseError, match="there are no valid requests for 'DeleteFlowLog'"):
            load_other([against], [path], [], cache)


def test_line_ends_of_another_system_are_the_same_case(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(GOOD.replace("\n", "\r\n").encode())
    (case,) = compiled.read_file(path, suite(), NO_CACHE)
    assert str(case.where) == f"{path}:4:5"
    assert case.id == "CreateFlowLog/MissingParameter/one"


class Calls:
    """What a pickle can say: call this."""

    def __init__(self, call: Callable[..., object], *args: object) -> None:
        self._what = (call, args)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._what


def test_an_entry_cannot_call_anything(tmp_path: Path, folder: Path, parsed: list[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    against, cache = keyed(folder)
    before = {entry.name for entry in folder.iterdir()}
    compiled.read_file(path, against, cache)
    (key,) = {entry.name for entry in folder.iterdir()} - before
    cache.put(key, pickle.dumps([Calls(shutil.rmtree, str(tmp_path))]))
    parsed.clear()
    (case,) = compiled.read_file(path, against, cache)
    assert path.exists()
    assert (case.id, len(parsed)) == ("CreateFlowLog/MissingParameter/one", 1)


@pytest.mark.parametrize("entry", [None, [1], {"a": 1}, "text", []])
def test_an_entry_that_is_no_list_of_cases_is_read_anew(tmp_path: Path, folder: Path, entry: object) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    against, cache = keyed(folder)
    before = {found.name for found in folder.iterdir()}
    compiled.read_file(path, against, cache)
    (key,) = {found.name for found in folder.iterdir()} - before
    cache.put(key, pickle.dumps(entry))
    (case,) = compiled.read_file(path, against, cache)
    assert case.id == "CreateFlowLog/MissingParameter/one"


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'"text"',
        b'{"where": {}}',
        b'{"where": {"file": {"table": []}}}',
        b"[" * 5000,
        "ü".encode("latin-1"),
    ],
)
def test_an_entry_of_another_form_is_read_anew(tmp_path: Path, folder: Path, parsed: list[str], entry: bytes) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    against, cache = keyed(folder)
    before = {found.name for found in folder.iterdir()}
    (fresh,) = compiled.read_file(path, against, cache)
    (key,) = {found.name for found in folder.iterdir()} - before
    for name in (key, *before):
        cache.put(name, entry)
    parsed.clear()
    assert compiled.read_file(path, against, cache) == [fresh]
    assert parsed == [GOOD]
    assert keyed(folder)[0] == against


@pytest.mark.parametrize("value", [str(2**64), str(-(2**63) - 1)])
def test_a_file_that_cannot_be_kept_is_read_each_time(
    tmp_path: Path, folder: Path, parsed: list[str], value: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD + f"    set: {{FlowLogName: {value}}}\n")
    against, cache = keyed(folder)
    kept = len(list(folder.iterdir()))
    parsed.clear()
    first, second = (compiled.read_file(path, against, cache) for _ in range(2))
    assert first == second
    assert len(parsed) == 2
    assert len(list(folder.iterdir())) == kept


def test_equal_parts_of_cases_are_one_object(tmp_path: Path, folder: Path) -> None:
    entry = "  - {id: case-%d, title: A case, trigger: documented, expect: {error: MissingParameter}}\n"
    path = tmp_path / "many.yaml"
    path.write_text("operation: CreateFlowLog\nbase: vpc\ncases:\n" + "".join(entry % number for number in range(50)))
    against, cache = keyed(folder)
    for _ in range(2):
        cases = compiled.read_file(path, against, cache)
        assert len({id(case.given) for case in cases}) == 1
        assert len({id(case.steps[0].outcomes) for case in cases}) == 1
        assert len({id(case.steps[0].transport) for case in cases}) == 1
        assert len({id(case.steps[0].params["RegionId"]) for case in cases}) == 1


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ('set: {FlowLogName: {repeat: a, "\\x74imes": -1}}', "times is -1"),
        ('set: {FlowLogName: "\\x24{target.nobody}"}', "${target.nobody} is not defined"),
        ("set: {FlowLogName: {repeat: a, times: -1}}", "times is -1"),
    ],
)
def test_what_a_file_hides_behind_escapes_is_checked_too(field: str, says: str) -> None:
    with pytest.raises(CaseError) as caught:
        parse(GOOD + f"    {field}\n")
    assert says in str(caught.value)


def test_places_are_right_beside_merged_mappings() -> None:
    merged = (
        "operation: CreateFlowLog\nbase: vpc\ncases:\n  - &one\n    id: one\n    title: A case\n    trigger: todo\n"
    )
    merged += "    expect: {error: MissingParameter}\n  - <<: *one\n    id: two\n"
    assert [str(case.where) for case in parse(merged)] == [f"{NAME}:4:5", f"{NAME}:9:5"]
    with pytest.raises(CaseError) as caught:
        parse(merged + "    title: 3\n")
    assert str(caught.value).startswith(f"{NAME}:11:12: ")
