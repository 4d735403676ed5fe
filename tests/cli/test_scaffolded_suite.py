"""From the pages of an invented product to a suite that runs against the reference server, with no code between."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commands import Command

ENGLISH = """\
# CreateStall

Rents a stall.

https://farm.aliyuncs.com/?Action=CreateStall&Version=2020-02-02

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|RegionId|String|Yes|cn-hangzhou|The region. |
|BarnId|String|Yes|barn-25****|The ID of the barn. |
|StallName|String|No|stable|The name. The name must be 2 to 64 characters in length. |
|Boxes|Integer|No|2|The number of boxes. Valid values: 1 to 9. |
|Straw|String|No|Wheat|The straw. Valid values: **Wheat** and **Rye**. |

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|StallId|String|st-1|The ID. |
|RequestId|String|0A1B|The ID of the request. |

## Error codes

|HttpCode|Error code|Error message|Description|
|--------|----------|-------------|-----------|
|400|MissingParameter|A parameter is missing.|A parameter that is required is missing. |
|400|InvalidStallName.Malformed|The StallName %s is malformed.|The name is malformed. |
|400|QuotaExceeded.Stall|There are enough stalls.|The quota is reached. |
|400|Odd.Weather|It rains on ${field}.|It rains. |
|403|Forbidden.RAM|A RAM user may not rent.|The caller is a RAM user. |
|404|InvalidBarnId.NotFound|The BarnId is of no barn.|The barn does not exist. |
"""
CHINESE = """\
# CreateStall

租用马厩。

https://farm.aliyuncs.com/?Action=CreateStall&Version=2020-02-02

## 请求参数

|名称|类型|是否必选|示例值|描述|
|--|--|----|---|--|
|RegionId|String|是|cn-hangzhou|地域ID。 |
|BarnId|String|是|barn-25****|谷仓ID。 |
|StallName|String|否|stable|名称。长度为2~64个字符。 |
|Boxes|Integer|否|2|数量。取值范围：1~9。 |

## 返回数据

|名称|类型|示例值|描述|
|--|--|---|--|
|StallId|String|st-1|马厩ID。 |
|RequestId|String|0A1B|请求ID。 |

## 错误码

|HttpCode|错误码|错误信息|描述|
|--------|---|----|--|
|400|MissingParameter|A parameter is missing.|缺少参数。 |
|404|InvalidBarnId.NotFound|The BarnId is of no barn.|谷仓不存在。 |
|400|Late|It is late.|太晚了。 |
"""


def test_pages_become_a_suite_that_runs(conformance: Command) -> None:
    for language, text in (("en", ENGLISH), ("zh", CHINESE)):
        Path("pages", language).mkdir(parents=True)
        Path("pages", language, "CreateStall.md").write_text(text, encoding="utf-8")
    done = conformance("scaffold", "pages", "--product", "farm", "-o", ".")
    assert done.status == 0, done.err
    done = conformance.run("CreateStall", "--docs", "both")
    assert {case["verdict"] for case in done.cases.values()} == {"pass"}, done.out
    assert {f"CreateStall/refused/{name}" for name in ("barn-id-missing", "quota-reached", "ram-user")} <= set(
        done.cases
    )
    assert "English error rows: 6 of 6 exercised, 6 passed" in done.out
    assert "Chinese error rows: 3 of 3 exercised, 3 passed" in done.out
    values = Path("cases", "defaults.yaml").read_text(encoding="utf-8")
    assert "\nbarn_id: barn-conformance00001\n" in values
