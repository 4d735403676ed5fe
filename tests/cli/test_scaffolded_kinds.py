"""Pages of an invented product with all that made suites of real ones differ from their own reference server."""
# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from commands import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = """\
# {operation}

{title}

https://farm.aliyuncs.com/?Action={operation}&Version=2020-02-02

## {request}

|{columns}|
|----|----|----|----|----|
{parameters}

## {answer}

|{fields_columns}|
|----|----|----|----|
|RequestId|String|0A1B|The ID of the request. |
{fields}

## {errors}

|HttpCode|Error code|Error message|Description|
|----|----|----|----|
{rows}
"""
ENGLISH = {
    "title": "Does something on a farm.",
    "request": "Request parameters",
    "columns": "Parameter|Type|Required|Example|Description",
    "answer": "Response parameters",
    "fields_columns": "Parameter|Type|Example|Description",
    "errors": "Error codes",
}
CHINESE = {
    "title": "在农场做一件事。",
    "request": "请求参数",
    "columns": "名称|类型|是否必选|示例值|描述",
    "answer": "返回数据",
    "fields_columns": "名称|类型|示例值|描述",
    "errors": "错误码",
}

Rows = tuple[str, str, str]
"""Rows of parameters, of fields and of errors."""

PAGES: dict[str, tuple[Rows, Rows]] = {
    # Lists of ids, as one text: what is named must be there.
    "ListHorses": (
        (
            '|HorseIds|String|No|["horse-25****"]|The IDs of horses. The value can be a JSON array that consists of up to 3 IDs. Separate them with commas (,). |',
            "",
            "|404|InvalidHorseIds.NotFound|The specified HorseIds do not exist.|Gone. |",
        ),
        (
            '|HorseIds|String|否|["horse-25****"]|马的ID。取值可以由多个ID组成一个JSON数组，最多支持3个ID，ID之间用半角逗号（,）隔开。 |',
            "",
            "|404|InvalidHorseIds.NotFound|The specified HorseIds do not exist.|没有。 |",
        ),
    ),
    # A list of objects that is required itself; a list in it.
    "ChangeHerd": (
        (
            (
                "|Herd.N|Array|Yes| |The herds. |\n|Herd.N.Name|String|Yes|north|The name. The name must be 2 to 9 characters in length. |\n"
                "|Herd.N.Dogs.N|String|No|rex|The dogs. You can specify up to 2 dogs. |"
            ),
            "",
            "|400|MissingParameter|Something is missing.|Missing. |",
        ),
        ("|Herd.N|Array|是| |牧群。 |\n|Herd.N.Name|String|是|north|名称。长度为2~9个字符。 |", "", ""),
    ),
    # One parameter in two letter cases; what is applied is there before.
    "ApplyFeedPlan": (
        (
            "|feedPlanId|String|Yes|fp-25****|The ID of the plan. |",
            "",
            "|404|PlanGone|The feed plan does not exist.|Gone. |\n|403|PlanWrong|The FeedPlanId is invalid.|Wrong. |",
        ),
        ("|FeedPlanId|String|是|fp-25****|计划ID。 |", "", "|404|PlanGone|The feed plan does not exist.|没有。 |"),
    ),
    # What is usually no resource, and is one here.
    "StopTask": (
        (
            "|TaskId|String|Yes|t-25****|The ID of the task. |",
            "",
            "|404|InvalidTaskId.NotFound|The TaskId is unknown.|Gone. |",
        ),
        ("|TaskId|String|是|t-25****|任务ID。 |", "", "|404|InvalidTaskId.NotFound|The TaskId is unknown.|没有。 |"),
    ),
    # One code in two statuses, in a case of which one document is silent.
    "OpenGate": (
        (
            "|RegionId|String|Yes|cn-hangzhou|The region. |\n|Colour|String|Yes|red|The colour. |",
            "",
            "|403|MissingParameter|It is missing.|Missing. |",
        ),
        ("|Colour|String|是|red|颜色。 |", "", "|400|MissingParameter|It was not sent.|没有。 |"),
    ),
    # Two rules for one parameter, and the row of each in its own words.
    "NamePony": (
        (
            "|PonyName|String|No|bella|The name. The name can contain letters, digits, and hyphens (-). |",
            "",
            "|400|InvalidPonyName.Malformed|The PonyName is not valid.|Wrong. |",
        ),
        (
            "|PonyName|String|否|bella|名称。支持英文字母、中文、数字和短划线（-）。 |",
            "",
            "|400|InvalidPonyName.Malformed|The pony name PonyName is not valid.|错。 |",
        ),
    ),
    # The row of one member of a list, and a code that has the name of that member as a word.
    "MarkSheep": (
        (
            "|Tag.N.Key|String|No|a|The key. Valid values of N: 1 to 2. |\n|Tag.N.Value|String|No|b|The value. Valid values of N: 1 to 2. |",
            "",
            "|400|InvalidTagValue.Malformed|The Tag.Value is not valid.|Wrong. |\n|400|InvalidEnd.ValueNotSupported|The end is not supported.|No. |",
        ),
        ("|Tag.N.Key|String|否|a|键。 |", "", ""),
    ),
    # A field of two types, in a case of which one document is silent.
    "SellHay": (
        (
            "|Quick|Boolean|No|true|Whether it is quick. Valid values: **true** and **false**. |",
            "|OrderNo|String|17|The number. |",
            "",
        ),
        ("|Quality|String|否|high|质量。 |", "|OrderNo|Integer|17|编号。 |", ""),
    ),
    # Characters that two documents name differently on one condition.
    "LockStall": (
        (
            (
                "|Lock|String|No|off|The lock. Valid values: **on** and **off**. |\n"
                "|Reason|String|No|a1|The reason. If **Lock** is set to **on**, it can contain letters and digits. |"
            ),
            "",
            "",
        ),
        (
            "|Lock|String|否|off|锁。取值：**on**、**off**。 |\n|Reason|String|否|a1|原因。当**Lock**取值为**on**时，支持字母、中文和数字。 |",
            "",
            "",
        ),
    ),
    # What one document asks for the other one forbids, of what is required on a condition.
    "BrandCalf": (
        (
            (
                "|Kind|String|No|old|The kind. Valid values: **old** and **new**. |\n"
                "|Brand|String|No| |The brand. It must start with a dollar sign ($). This parameter is required if **Kind** is set to **new**. |"
            ),
            "",
            "",
        ),
        (
            "|Kind|String|否|old|种类。取值：**old**、**new**。 |\n|Brand|String|否| |烙印。长度为1~20个字符，支持字母和数字，不能以$开头。当**Kind**取值为**new**时，必选。 |",
            "",
            "",
        ),
    ),
    # A field of two types, where one document refuses what the other one takes.
    "WeighHay": (
        (
            "|Unit|String|No|kilo|The unit. Valid values: **kilo** and **ton**. |",
            "|OrderNo|String|17|The number. |",
            "",
        ),
        ("|Unit|String|否|kilo|单位。取值：**kilo**。 |", "|OrderNo|Integer|17|编号。 |", ""),
    ),
    # Two sets of characters, of which one has the other in it.
    "PaintFence": (
        ("|Pattern|String|No|a1|The pattern. It can contain lowercase letters and digits. |", "", ""),
        ("|Pattern|String|否|a1|图案。支持字母和数字。 |", "", ""),
    ),
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """The cases of a run over all pages, by their ids."""
    folder = tmp_path_factory.mktemp("farm")
    for operation, pages in PAGES.items():
        for language, words, (parameters, fields, rows) in zip(("en", "zh"), (ENGLISH, CHINESE), pages, strict=True):
            path = folder / "pages" / language / f"{operation}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = PAGE.format(operation=operation, parameters=parameters, fields=fields, rows=rows, **words)
            path.write_text(text.replace("\n\n\n", "\n\n"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        command = Command(_Silent(), folder / "report")
        done = command("scaffold", "pages", "--product", "farm", "-o", ".")
        assert done.status == 0
        yield command.run("--docs", "both").cases


class _Silent:
    """Takes no output: a fixture of a module cannot."""

    def readouterr(self) -> tuple[str, str]:
        return "", ""


def of(operation: str, cases: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name.partition("/")[2]: case for name, case in cases.items() if name.startswith(f"{operation}/")}


@pytest.mark.parametrize("operation", PAGES)
def test_the_reference_server_differs_from_no_case(operation: str, cases: dict[str, dict[str, Any]]) -> None:
    own = of(operation, cases)
    assert "success/plain" in own
    assert {case["verdict"] for case in own.values()} <= {"pass", "divergent"}, {
        name: (case["verdict"], case.get("reason"), case["mismatches"])
        for name, case in own.items()
        if case["verdict"] not in ("pass", "divergent")
    }


def test_a_list_of_ids_of_which_none_is_there_may_be_refused(cases: dict[str, dict[str, Any]]) -> None:
    own = of("ListHorses", cases)
    assert {"success/horse-ids-max-items-kept", "refused/horse-ids-missing"} <= set(own)


def test_a_required_list_of_objects_has_an_item(cases: dict[str, dict[str, Any]]) -> None:
    own = of("ChangeHerd", cases)
    assert {"refused/herd-required-omitted", "refused/herd-dogs-max-items-broken"} <= set(own)


def test_one_code_in_two_wordings_is_a_divergence(cases: dict[str, dict[str, Any]]) -> None:
    omitted = of("OpenGate", cases)["refused/colour-required-omitted"]
    assert (omitted["verdict"], omitted["follows"]) == ("divergent", ["zh"])
    assert "divergent" in {case["verdict"] for name, case in of("NamePony", cases).items() if "charset" in name}
    of_hay = of("SellHay", cases)["success/quick-enum-kept"]
    assert (of_hay["verdict"], of_hay["follows"]) == ("divergent", ["zh"])
