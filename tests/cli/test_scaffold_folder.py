"""`conformance scaffold FOLDER`: which documents become contracts, what is told of the others, and the status."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import run_program

from conformance.cli.support.documents import PLAIN
from conformance.cli.support.scaffolding.building import built
from conformance.cli.support.scaffolding.operations import operations_in
from conformance.cli.support.scaffolding.processes import each_in_order
from conformance.cli.support.scaffolding.reading import found_documents
from conformance.cli.support.scaffolding.told import Told
from conformance.contract.files import load_contract
from conformance.core.errors import DocumentError, HarnessError

if TYPE_CHECKING:
    from commands import Command

PAGE = """\
# {operation}

Works on a thing.{link}

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Name|String|Yes|mine|The name. It must be 2 to {longest} characters in length.|

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|RequestId|String|0A1B|The request ID.|

## Error codes

|HttpCode|Error code|Error message|Description|
|--------|----------|-------------|-----------|
|400|NameTaken|The name is taken.|Another thing has this name.|
"""
FARM = ("--product", "farm", "--api-version", "2020-01-02")
BY_PATH = "# Take a thing\n\n## Request syntax\n\n```\nGET /things/thingName HTTP/1.1\n```\n"
GUIDE = "# How to begin\n\nFirst make a thing with CreateThing, then move it.\n"


def saved(name: str, operation: str = "CreateThing", *, longest: int = 64, says: str = "") -> None:
    """Write a page; `says` is what it says of itself, such as `Barn 2021-03-04`."""
    product, _, version = says.partition(" ")
    query = f"product={product}&api={operation}{f'&version={version}' if version else ''}"
    link = f" [Try it](https://api.aliyun.com/#{query})" if says else ""
    path = Path("pages", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGE.format(operation=operation, longest=longest, link=link), encoding="utf-8")


def written(name: str, text: str) -> None:
    Path("pages").mkdir(exist_ok=True)
    Path("pages", name).write_text(text, encoding="utf-8")


def longest(place: str = "farm/2020-01-02/CreateThing.en.yaml") -> object:
    """Return the length that the contract that was written has: which page it is of."""
    contract = load_contract(Path("new/openapi", place).read_text(encoding="utf-8"), "x")
    return contract.parameters[0].fact("maxLength").value


def operations() -> list[str]:
    return sorted(path.relative_to("new/openapi").as_posix() for path in Path("new/openapi").rglob("*.yaml"))


def test_of_two_pages_the_nearest_to_the_top_is_taken(conformance: Command) -> None:
    saved("older/CreateThing.md", longest=30)
    saved("make-a-thing.md", longest=64)
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert done.status == 0
    assert done.err == "left out: pages/older/CreateThing.md: pages/make-a-thing.md is taken\n"
    assert "\n1 of 2 documents left out, 0 refused\n" in done.out
    assert longest() == 64


def test_side_by_side_the_file_with_the_name_of_the_operation_is_taken(conformance: Command) -> None:
    saved("A-page.md", longest=30)
    saved("CreateThing.en.md", longest=64)
    saved("B-page.md", longest=31)
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert (done.status, done.err.count("is taken")) == (0, 2)
    assert longest() == 64


def test_else_the_first_by_name_is_taken(conformance: Command) -> None:
    saved("b.md", longest=30)
    saved("a.md", longest=64)
    assert conformance("scaffold", "pages", *FARM, "-o", "new").status == 0
    assert longest() == 64


def test_a_page_that_was_named_comes_before_those_of_a_folder(conformance: Command) -> None:
    saved("CreateThing.md", longest=30)
    Path("mine.md").write_text(Path("pages/CreateThing.md").read_text(encoding="utf-8").replace("30", "64"), "utf-8")
    done = conformance("scaffold", "pages", "mine.md", *FARM, "-o", "new")
    assert (done.status, done.err) == (0, "left out: pages/CreateThing.md: mine.md is taken\n")
    assert longest() == 64


def test_two_pages_that_were_named_are_one_too_many(conformance: Command) -> None:
    saved("a.md")
    saved("b.md")
    done = conformance("scaffold", "pages/a.md", "pages/b.md", *FARM, "-o", "new")
    assert done.status == 2
    assert "pages/b.md: is about CreateThing in the language en, as pages/a.md is" in done.err


def test_many_of_a_kind_are_one_line_and_a_detail_away(conformance: Command) -> None:
    saved("CreateThing.md")
    for number in range(7):
        saved(f"older/{number}.md")
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    kind = "left out: other pages of an operation and language: 7"
    assert done.err == f"{kind}, such as pages/older/0.md: pages/CreateThing.md is taken (-v tells each)\n"
    done = conformance("scaffold", "pages", *FARM, "-o", "newer", "-v")
    assert (done.status, done.err.count("\n")) == (0, 7)


def test_what_is_no_operation_is_left_out_of_a_folder_and_refused_by_name(conformance: Command) -> None:
    saved("CreateThing.md")
    written("guide.md", GUIDE)
    written("take.md", BY_PATH)
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert (done.status, operations()) == (0, ["farm/2020-01-02/CreateThing.en.yaml"])
    assert [line.split(":")[:2] for line in done.err.splitlines()] == [
        ["left out", " pages/guide.md"],
        ["left out", " pages/take.md"],
    ]
    assert "2 of 3 documents left out, 0 refused" in done.out
    for name in ("guide", "take"):
        done = conformance("scaffold", f"pages/{name}.md", "pages/CreateThing.md", *FARM, "-o", f"with-{name}")
        assert (done.status, done.err.count("\n")) == (2, 1)


def test_where_nothing_is_left_there_is_one_message_and_no_workspace(conformance: Command) -> None:
    written("guide.md", GUIDE)
    written("take.md", BY_PATH)
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(
        "conformance: nothing to write: all 2 documents are left out, such as pages/guide.md:1: "
    )
    assert not Path("new").exists()


def test_a_page_titled_as_an_operation_should_have_been_read(conformance: Command) -> None:
    saved("CreateThing.md")
    written("MoveThing.md", "# MoveThing\n\nMoves a thing.\n")
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert (done.status, operations()) == (2, ["farm/2020-01-02/CreateThing.en.yaml"])
    assert done.err.startswith("conformance: pages/MoveThing.md:1: no table of request parameters")


def test_a_page_of_another_product_is_filed_under_its_own(conformance: Command) -> None:
    saved("CreateThing.md")
    saved("FillBarn.md", "FillBarn", says="Barn 2021-03-04")
    saved("EmptyBarn.md", "EmptyBarn", says="Barn")
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert done.status == 0
    assert operations() == ["barn/2021-03-04/FillBarn.en.yaml", "farm/2020-01-02/CreateThing.en.yaml"]
    said = "is of barn, and does not say which version (say it under `products` of the workspace)"
    assert done.err.splitlines() == [
        "pages/FillBarn.md: is of barn/2021-03-04, and filed under it",
        f"left out: pages/EmptyBarn.md: {said}",
    ]
    assert "barn: '2021-03-04'\n  farm: '2020-01-02'" in Path("new/conformance.yaml").read_text(encoding="utf-8")


def test_a_page_that_was_named_must_not_say_another_product(conformance: Command) -> None:
    saved("FillBarn.md", "FillBarn", says="Barn 2021-03-04")
    done = conformance("scaffold", "pages/FillBarn.md", *FARM, "-o", "new")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert "the page is of the product barn, not farm" in done.err


def test_of_two_versions_the_one_that_is_given_is_taken_else_the_latest(conformance: Command) -> None:
    saved("CreateThing.md", longest=30, says="Farm 2019-01-01")
    saved("older/CreateThing.md", longest=64, says="Farm 2020-01-02")
    done = conformance("scaffold", "pages", "-o", "new")
    assert done.status == 0
    what = "is of version 2019-01-01 of CreateThing, and version 2020-01-02 is taken"
    assert done.err == f"left out: pages/CreateThing.md: {what}\n"
    assert operations() == ["farm/2020-01-02/CreateThing.en.yaml"]
    assert conformance("scaffold", "pages", "--api-version", "2019-01-01", "-o", "given").status == 0
    assert Path("given/openapi/farm/2019-01-01/CreateThing.en.yaml").exists()


def test_pages_that_come_later_are_added_and_the_rest_is_left_as_it_is(conformance: Command) -> None:
    saved("CreateThing.md")
    assert conformance("scaffold", "pages", *FARM, "-o", "new").status == 0
    own = Path("new/cases/farm/CreateThing/base.yaml")
    own.write_text("mine", encoding="utf-8")
    Path("new/conformance.yaml").write_text("docs: en\n", encoding="utf-8")
    saved("MoveThing.md", "MoveThing")
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert done.status == 0
    there = "new/openapi/farm/2020-01-02/CreateThing.en.yaml: is there already, and its operation is left as it is"
    assert done.err == f"{there} (--force replaces it)\n"
    assert operations() == ["farm/2020-01-02/CreateThing.en.yaml", "farm/2020-01-02/MoveThing.en.yaml"]
    assert own.read_text(encoding="utf-8") == "mine"
    assert Path("new/conformance.yaml").read_text(encoding="utf-8") == "docs: en\n"
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert "CreateThing.en.yaml: is there already, and 1 more (give another -o, or --force to replace)" in done.err


def test_the_workspace_runs_where_the_last_line_says(conformance: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    saved("CreateThing.md")
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert done.out.endswith("\nNext: cd new && conformance run\n")
    monkeypatch.chdir("new")
    done = conformance.run()
    assert done.status == 0, done.err
    assert set(done.verdicts.values()) == {"pass"}
    assert any(name.startswith("CreateThing/NameTaken/") for name in done.cases)


def test_several_processes_give_what_one_gives_in_the_same_order(conformance: Command) -> None:
    del conformance  # it makes the folder of the test the current one
    for number in range(9):
        saved(f"{number}.md", f"Make{'ABCDEFGHI'[number]}Thing", longest=number + 10, says="Farm 2020-01-02")
    written("guide.md", GUIDE)
    operations = operations_in(found_documents([Path("pages")]), PLAIN, Told(every=True))
    one = list(each_in_order(partial(built, reading=PLAIN), operations, at_once=1))
    several = list(each_in_order(partial(built, reading=PLAIN), operations, at_once=2))
    assert [each.files for each in several] == [each.files for each in one]
    assert [each.contracts for each in several] == [each.contracts for each in one]


def test_what_fails_in_a_process_is_raised_here() -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        list(each_in_order(_fails, ["a.md", "b.md"], at_once=2))
    with pytest.raises(HarnessError, match="a process was ended in the middle"):
        list(each_in_order(sys.exit, [3, 3], at_once=2))


SIGNALS = """
import signal
from conformance.cli.support.scaffolding.processes import each_in_order

def blocked(_):
    return sorted(signal.pthread_sigmask(signal.SIG_BLOCK, []) & {signal.SIGINT, signal.SIGTERM})

if __name__ == "__main__":
    print(*(list(map(int, each)) for each in each_in_order(blocked, range(8), at_once=2)))
"""


def test_ctrl_c_reaches_no_process_not_even_the_first(tmp_path: Path) -> None:
    script = tmp_path / "signals.py"
    script.write_text(SIGNALS, encoding="utf-8")
    done = run_program(sys.executable, str(script), folder=tmp_path)
    assert done.stdout.count("[2, 15]") == 8, done.stdout + done.stderr


def _fails(name: str) -> None:
    raise DocumentError("cannot be read", where=name)


def test_coverage_of_many_operations_has_a_line_for_each(conformance: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(21):
        saved(f"{number}.md", f"Make{chr(65 + number)}Thing", says="Farm 2020-01-02")
    assert conformance("scaffold", "pages", "-o", "new").status == 0
    monkeypatch.chdir("new")
    done = conformance("coverage")
    lines = done.out.splitlines()
    assert len(lines) == 22
    assert lines[0].startswith("MakeAThing: ")
    assert lines[-1].endswith(" of 21 operations have all their cases; `conformance coverage NAME` has the details")
    assert "English parameters: 1 of 1 have their cases" in conformance("coverage", "MakeAThing").out


def test_an_identifier_with_a_length_has_cases_too(conformance: Command) -> None:
    saved("CreateThing.md")
    page = Path("pages/CreateThing.md")
    text = page.read_text(encoding="utf-8").replace("|Name|", "|VpcId|").replace("|mine|", "|vpc-257gqcdfvx6n****|")
    page.write_text(text, encoding="utf-8")
    done = conformance("scaffold", "pages", *FARM, "-o", "new")
    assert (done.status, done.err) == (0, "")
