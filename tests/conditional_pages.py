"""One operation in both languages, in words of our own: a meadow that is leased for a time, or used by the day."""
# ruff: noqa: E501 - a row of a table is one line

ENGLISH = """\
# LeaseMeadow

Leases a meadow.

https://farm.aliyuncs.com/?Action=LeaseMeadow&Version=2020-02-02

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Plan|String|No|Daily|How the meadow is paid. Valid values:

-   **Daily** \\(default\\): each day for itself.
-   **Leased**: for a time, in advance. |
|TermUnit|String|No|Month|The unit of the term. Valid values:

-   **Month**: This is the default value.
-   **Year**

This parameter is required if **Plan** is set to **Leased**. |
|Term|Integer|No|1|How long the meadow is leased.

If**TermUnit** is set to**Month**, **Term** can be set from**1**to **9**.

If **TermUnit** is set to **Year**, valid values: **1 to 3**.

This parameter is required when **Plan** is set to **Leased**. If **Plan** is set to **Daily**, ignore this parameter. |
|Grass|String|No|Clover|What grows. Valid values: **Clover**, **Rye** and **Wild**. When **Plan** is Leased, this parameter must be set to Clover or Rye. |
|Sheep|Integer|No|5|The number of sheep. Valid values: **1** to **500**. This parameter takes effect only if Plan is set to Daily. |
|Label|String|No|north|The label. It must be 2 to 20 characters in length.

**Note:** This parameter is not available when you lease for a farm of another owner. |
|Fence|String|No|wood|The kind of fence. If your account is a member of the union, valid values:

-   **wood**
-   **stone** |
|Gate|String|No|oak|The gate. This parameter is required when **Plan** is set to **Leased** and **Grass** is set to **Rye**. |

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|MeadowId|String|m-1|The ID of the meadow. |
|OrderNo|Long|17|The number of the order. This parameter is returned only when **Plan** is set to **Leased**. |
|Shepherd|String|Ann|The shepherd. This parameter is returned only if the meadow has one. |
|RequestId|String|0A1B|The ID of the request. |

## Error codes

|HttpCode|Error code|Error message|Description|
|--------|----------|-------------|-----------|
|400|MissingParameter|A parameter is missing.|A parameter that is required is missing. |
|400|InvalidParameter|A parameter is wrong.|A parameter has a value that it cannot have. |
"""

CHINESE = """\
# LeaseMeadow

租用一片草地。

https://farm.aliyuncs.com/?Action=LeaseMeadow&Version=2020-02-02

## 请求参数

|名称|类型|是否必选|示例值|描述|
|--|--|----|---|--|
|Plan|String|否|Daily|草地的付费方式，取值：

-   **Daily**（默认值）：按天。
-   **Leased**：预先租用。 |
|TermUnit|String|否|Month|租期的单位，取值：

-   **Month**（默认值）：月。
-   **Year**：年。

当**Plan**参数的值为**Leased**时，该参数必选；当**Plan**参数的值为**Daily**时，该参数可不填。 |
|Term|Integer|否|1|租期。

当**TermUnit**取值**Month**时，**Term**取值范围为**1~9**。

如果`TermUnit=Year`，取值范围：1~3。

如果**Plan**参数的值为**Leased**时，该参数必选，如果**Plan**参数的值为**Daily**时，该参数不填。 |
|Grass|String|否|Clover|长什么草，取值：**Clover**、**Rye**或**Wild**。当Plan设置为Leased时，该参数只能设置为Clover或Rye。 |
|Sheep|Integer|否|5|羊的数量，取值：**1**~**500**。仅当Plan取值为Daily时，该参数生效。 |
|Label|String|否|north|标签，长度为2~20个字符。

**说明：** 为其他主人的农场租用时，该参数无效。 |
|Fence|String|否|wood|围栏的种类。如果您的账号是协会会员，取值：

-   **wood**：木头。
-   **stone**：石头。 |
|Gate|String|否|oak|大门。当**Plan**为**Leased**且**Grass**为**Rye**时，该参数必填。 |

## 返回数据

|名称|类型|示例值|描述|
|--|--|---|--|
|MeadowId|String|m-1|草地的ID。 |
|OrderNo|Long|17|订单号，仅**Plan**取值为**Leased**时返回。 |
|Shepherd|String|Ann|牧羊人。仅当草地有牧羊人时返回。 |
|RequestId|String|0A1B|请求ID。 |

## 错误码

|HttpCode|错误码|错误信息|描述|
|--------|---|----|--|
|400|MissingParameter|A parameter is missing.|缺少必选的参数。 |
|400|InvalidParameter|A parameter is wrong.|参数的值不对。 |
"""

PAGES = {"en": ENGLISH, "zh": CHINESE}
