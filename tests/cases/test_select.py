"""Choosing cases: by id, by the beginning of an id, by an expression."""

from __future__ import annotations

import shutil
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.mark.expression import Expression
from case_text import FILE, GOOD, suite
from hypothesis import example, given
from hypothesis import strategies as st
from profiles import NEW_EXAMPLES

from conformance.cases.choosing.named_files import case_files, named_files
from conformance.cases.choosing.suite_folders import chosen_folders, load_suites
from conformance.cases.select import load_cases, load_other, select
from conformance.core.errors import CaseError, UsageError
from conformance.core.resources import cases_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cases.model import Case


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return load_cases(suite(), case_files(cases_dir() / "vpc" / "CreateFlowLog"))


def ids(cases: list[Case]) -> list[str]:
    return [case.id for case in cases]


def test_a_full_id_names_one_case(cases: list[Case]) -> None:
    name = "CreateFlowLog/MissingParameter/region-omitted"
    assert ids(select(cases, [name], None)) == [name]


@pytest.mark.parametrize("pattern", ["CreateFlowLog/MissingParameter", "CreateFlowLog/MissingParameter/"])
def test_the_beginning_of_an_id_names_all_below(cases: list[Case], pattern: str) -> None:
    chosen = ids(select(cases, [pattern], None))
    assert chosen == [name for name in ids(cases) if name.startswith("CreateFlowLog/MissingParameter/")]
    assert len(chosen) > 3


def test_the_operation_names_every_case_in_order(cases: list[Case]) -> None:
    assert select(cases, ["CreateFlowLog"], None) == cases
    assert select(cases, [], None) == cases


def test_part_of_a_word_names_nothing(cases: list[Case]) -> None:
    for pattern in ("CreateFlowLog/Missing", "createflowlog", "", "/", "region-omitted"):
        with pytest.raises(UsageError, match="no case is named"):
            select(cases, [pattern], None)


def test_a_folder_that_vanishes_while_it_is_searched_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.yaml").write_text(GOOD)
    real = Path.glob

    def glob(folder: Path, pattern: str) -> Iterator[Path]:
        yield from real(folder, pattern)
        raise FileNotFoundError

    monkeypatch.setattr(Path, "glob", glob)
    assert named_files([str(tmp_path)]) == [tmp_path / "some.yaml"]


def test_a_near_miss_is_told(cases: list[Case]) -> None:
    with pytest.raises(UsageError, match=r"did you mean CreateFlowLog/MissingParameter/region-omitted\?"):
        select(cases, ["CreateFlowLog/MissingParameter/region-omited"], None)


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("region-omitted", lambda name: "region-omitted" in name),
        ("REGION-omitted", lambda name: "region-omitted" in name),
        ("missingparameter and not region", lambda name: "missingparameter" in name and "region" not in name),
        ("(vpc or eni) and success", lambda name: "success" in name and ("vpc" in name or "eni" in name)),
    ],
)
def test_an_expression_is_read_as_pytest_reads_it(cases: list[Case], expression: str, holds: object) -> None:
    assert callable(holds)
    assert ids(select(cases, [], expression)) == [name for name in ids(cases) if holds(name.lower())]


def test_an_expression_chooses_among_what_is_named(cases: list[Case]) -> None:
    chosen = select(cases, ["CreateFlowLog/MissingParameter"], "region or traffic")
    assert {name.rpartition("/")[2] for name in ids(chosen)} >= {"region-omitted", "traffic-type-omitted"}
    assert all("/MissingParameter/" in name for name in ids(chosen))


@pytest.mark.parametrize("expression", ["a and", "(", "or", "not", "a b", "a and or b", "x(y=1)", "a;b"])
def test_a_malformed_expression_is_a_usage_error(cases: list[Case], expression: str) -> None:
    with pytest.raises(UsageError, match="-k"):
        select(cases, [], expression)


def test_an_expression_that_matches_nothing_is_a_usage_error(cases: list[Case]) -> None:
    with pytest.raises(UsageError, match="no case matches -k 'nowhere'"):
        select(cases, [], "nowhere")


def test_the_evaluator_of_expressions_is_of_a_pytest_that_was_tried() -> None:
    """It is private: a further version needs a look at `_pytest.mark.expression` (decision 8)."""
    assert version("pytest").rpartition(".")[0] in {"9.0", "9.1"}


@NEW_EXAMPLES
@given(st.text("ab ()&|\"'=,.:-\\\x00\n", max_size=12) | st.text(max_size=8))
@example("(" * 2000)
@example("not " * 2000 + "a")
@example("a(b)")
def test_any_expression_chooses_or_is_a_usage_error(expression: str) -> None:
    some = load_cases(suite(), [cases_dir() / "vpc" / "CreateFlowLog" / "required.yaml"])
    with suppress(UsageError):
        select(some, [], expression)


def test_suites_are_the_operations_with_contracts_and_cases() -> None:
    found = [found.operation for found in load_suites([cases_dir()])]
    assert sorted(found) == sorted(path.parent.name for path in cases_dir().glob("*/*/base.yaml"))
    assert {"CreateFlowLog", "CreateSecurityGroup"} <= set(found)


def test_files_beside_the_cases_hold_no_cases() -> None:
    names = {path.name for path in case_files(cases_dir() / "vpc" / "CreateFlowLog")}
    assert "required.yaml" in names
    assert not names & {"base.yaml", "states.yaml", "defaults.yaml"}


# Case files of one's own.


def test_files_and_folders_are_told_from_ids(tmp_path: Path) -> None:
    for name in (
        "a.yaml",
        "base.yaml",
        "op/b.yaml",
        "op/defaults.yaml",
        "op/notes.txt",
        "product/op/c.yaml",
        "product/op/deeper/d.yaml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(GOOD)
    operation = tmp_path / "product" / "op"
    assert named_files([str(tmp_path)]) == [tmp_path / "a.yaml", tmp_path / "op" / "b.yaml", operation / "c.yaml"]
    assert named_files([str(operation), str(tmp_path / "a.yaml")]) == [
        operation / "c.yaml",
        operation / "deeper" / "d.yaml",
        tmp_path / "a.yaml",
    ]
    # A file that is not there is somebody's mistake, and reported as one; an id is none.
    assert [path.name for path in named_files(["nowhere.yaml"])] == ["nowhere.yaml"]
    assert named_files(["", "CreateFlowLog/MissingParameter", "nowhere"]) == []


def test_files_of_other_kinds_in_a_folder_are_no_case_files(tmp_path: Path) -> None:
    for name, text in {
        "conformance.yaml": "",
        "targets/own.yaml": "endpoint: http://127.0.0.1:1\nstates: {default: fixed}\n",
        "behaviours/shop/thing.yaml": "resource: Thing\n",
        "some.schema.yaml": "type: object\n",
        "known.yaml": "cases: [A/b/c]\n",
        "cases/shop/CreateThing/base.yaml": "",
        "cases/shop/CreateThing/empty.yaml": "",
        "mine.yaml": GOOD,
        "misspelt.yaml": GOOD.replace("base:", "bsae:"),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    beside = [tmp_path / "mine.yaml", tmp_path / "misspelt.yaml"]
    assert named_files([str(tmp_path)]) == [tmp_path / "cases" / "shop" / "CreateThing" / "empty.yaml", *beside]
    assert named_files([str(tmp_path / "targets")]) == []
    (tmp_path / "conformance.yaml").unlink()
    assert named_files([str(tmp_path)]) == beside  # no workspace: not searched that deep


def test_a_folder_without_case_files_is_told(cases: list[Case], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no case is named .* has no case files"):
        select(cases, [str(tmp_path)], None)


def test_cases_for_sdks_are_no_cases_of_a_product() -> None:
    assert any((cases_dir() / "sdk").glob("*.yaml"))
    folders = (path.parent for path in cases_dir().glob("*/*/base.yaml"))
    assert sorted(named_files([str(cases_dir())])) == sorted(file for each in folders for file in case_files(each))
    assert named_files([str(cases_dir() / "sdk")]) == []


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A folder `cases/` as releases before 0.2 had it: without folders of products."""
    folder = tmp_path / "cases"
    shutil.copytree(cases_dir(), folder)
    (folder / "vpc" / "CreateFlowLog").rename(folder / "CreateFlowLog")
    return folder


def test_an_operation_without_the_folder_of_its_product_is_told(former: Path) -> None:
    with pytest.raises(CaseError) as raised:
        load_suites([former])
    assert str(raised.value) == (
        f"{former / 'CreateFlowLog'}: case files of an operation belong into the folder of its product "
        f"(move them to {former / 'vpc' / 'CreateFlowLog'})"
    )


def test_a_path_without_the_product_is_told_where_it_is_now(cases: list[Case]) -> None:
    file = cases_dir() / "CreateFlowLog" / "required.yaml"
    with pytest.raises(CaseError) as raised:
        load_other([suite()], named_files([str(file)]), cases)
    assert str(raised.value) == (
        f"{file}: there is no such file (it is now {cases_dir() / 'vpc' / 'CreateFlowLog' / 'required.yaml'})"
    )
    with pytest.raises(UsageError, match=r"\(it is now .*vpc.CreateFlowLog\)"):
        select(cases, [str(file.parent)], None)
    with pytest.raises(CaseError, match="cannot be read"):
        load_other([suite()], [cases_dir() / "CreateFlowLog" / "nowhere.yaml"], cases)


def test_a_file_of_ones_own_is_read_beside_the_projects(tmp_path: Path, cases: list[Case]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    found = load_other([suite()], [path], cases)
    assert ids(found) == ["CreateFlowLog/MissingParameter/one"]
    every = [*cases, *found]
    assert select(every, [str(path)], None) == found
    assert select(every, [str(path), cases[0].id], None) == [cases[0], *found]
    assert select(every, [str(tmp_path)], None) == found


def test_a_file_of_the_projects_names_its_cases(cases: list[Case]) -> None:
    path = cases_dir() / "vpc" / "CreateFlowLog" / "required.yaml"
    assert load_other([suite()], [path], cases) == []
    chosen = select(cases, [str(path.resolve())], None)
    assert {case.where.file for case in chosen} == {str(path)}
    assert len(chosen) > 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (FILE, "lacks the field 'expect'"),
        (
            GOOD.replace("CreateFlowLog", "CreateFlowLogs"),
            "no valid requests for 'CreateFlowLogs' (did you mean CreateFlowLog?)",
        ),
        (
            GOOD.replace("id: one", "id: region-omitted"),
            "the id CreateFlowLog/MissingParameter/region-omitted is taken by",
        ),
        ("[", "not valid YAML"),
    ],
)
def test_a_wrong_file_of_ones_own_is_one_message(tmp_path: Path, cases: list[Case], text: str, says: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(CaseError) as raised:
        load_other([suite()], [path], cases)
    assert says in str(raised.value)
    assert str(path) in str(raised.value)


def test_files_and_folders_mean_the_operations_that_they_are_of(tmp_path: Path) -> None:
    """So that what they say of others is not read, and the report counts no rows of others."""

    def meant(*words: str) -> list[str]:
        return [each.subject for each in chosen_folders([cases_dir()], words)[0]]

    every = meant("no/such/file.yaml")
    assert len(every) > 10
    (tmp_path / "mine.yaml").write_text(GOOD)
    for word in (tmp_path, tmp_path / "mine.yaml", cases_dir() / "vpc" / "CreateFlowLog"):
        assert meant(str(word)) == ["CreateFlowLog"]
    assert set(meant(str(tmp_path), "DeleteFlowLog")) == {"CreateFlowLog", "DeleteFlowLog"}
    assert len(meant(str(cases_dir() / "vpc"))) > 10
    (tmp_path / "unsaid.yaml").write_text(GOOD.replace("operation:", "'operation':"))
    assert meant(str(tmp_path)) == every


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path, cases: list[Case]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    assert len(load_other([suite()], [path, tmp_path / "." / "mine.yaml", path], cases)) == 1


def test_a_linked_file_or_folder_is_what_it_leads_to(tmp_path: Path, cases: list[Case]) -> None:
    path = tmp_path / "own" / "mine.yaml"
    path.parent.mkdir()
    path.write_text(GOOD)
    (tmp_path / "own" / "link.yaml").symlink_to(path)
    (tmp_path / "folder").symlink_to(path.parent)
    for name in ("own/link.yaml", "folder/mine.yaml", "folder/link.yaml"):
        own = load_other([suite()], [tmp_path / name], cases)
        assert [case.where.file for case in own] == [str(tmp_path / name)]
        assert load_other([suite()], [path], [*cases, *own]) == []


def test_choosing_looks_at_each_file_once_and_reads_the_expression_once(
    cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved: list[Path] = []
    compiled: list[str] = []
    resolve, compile_ = Path.resolve, Expression.compile

    def counted(path: Path, *rest: Any) -> Path:
        resolved.append(path)
        return resolve(path, *rest)

    def counted_expression(text: str) -> Expression:
        compiled.append(text)
        return compile_(text)

    monkeypatch.setattr(Path, "resolve", counted)
    monkeypatch.setattr(Expression, "compile", counted_expression)
    chosen = select(cases, [case.id for case in cases[:100]], "region or quota")
    assert 0 < len(chosen) < 100
    files = {case.where.file for case in cases}
    assert len(resolved) <= len(files) < 20 < len(cases)
    assert compiled == ["region or quota"]
