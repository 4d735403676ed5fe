"""A small API of the tests' own, barns and what belongs to them, as metadata in the project's own words."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec.structs import replace

from conformance.contract.files import dump_contract
from conformance.extraction.read import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.contract.model import Contract

PRODUCT, VERSION = "farm", "2020-01-02"

TEXT = {"type": "string"}
ID = {"type": "string", "example": "barn-0a1b2c"}
NUMBER = {"type": "integer", "format": "int32"}


def parameter(name: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", "required": required, **schema}}


def document(
    name: str, parameters: list[dict[str, Any]], fields: Mapping[str, Any], errors: Mapping[str, list[tuple[str, str]]]
) -> dict[str, Any]:
    return {
        "name": name,
        "methods": ["post"],
        "schemes": ["https"],
        "parameters": parameters,
        "responses": {"200": {"schema": {"type": "object", "properties": {"RequestId": {"type": "string"}, **fields}}}},
        "errorCodes": {
            status: [{"errorCode": code, "errorMessage": message} for code, message in rows]
            for status, rows in errors.items()
        },
    }


REGION = parameter("RegionId", required=True)
BARN_ID = parameter("BarnId", required=True)
BARN = {
    "BarnId": ID,
    "BarnName": TEXT,
    "Height": NUMBER,
    "Status": {"type": "string", "example": "Ready"},
    "CreationTime": TEXT,
    "HorseId": TEXT,
    "Tags": {
        "type": "object",
        "properties": {
            "Tag": {
                "type": "array",
                "items": {"type": "object", "properties": {"Key": TEXT, "Value": TEXT}},
            }
        },
    },
}
TAG = {
    "name": "Tag",
    "in": "query",
    "style": "repeatList",
    "schema": {
        "type": "array",
        "maxItems": 2,
        "items": {"type": "object", "properties": {"Key": {"type": "string", "maxLength": 5}, "Value": TEXT}},
    },
}
GONE = ("InvalidBarnId.NotFound", "The BarnId is of no barn.")
BARNS = {"type": "object", "properties": {"Barn": {"type": "array", "items": {"type": "object", "properties": BARN}}}}
NUMBERS = {"TotalCount": NUMBER, "PageNumber": NUMBER, "PageSize": NUMBER}

DOCUMENTS = (
    document(
        "CreateBarn",
        [
            REGION,
            parameter("BarnName", minLength=2, maxLength=8),
            parameter("Height", type="integer", minimum=1, maximum=9),
            parameter("Roof", enum=["Flat", "Steep"]),
            parameter("FieldId"),
            parameter("ClientToken"),
            TAG,
        ],
        {"BarnId": ID, "Roof": {"type": "string", "example": "Flat"}, "Doors": {"type": "array", "items": TEXT}},
        {
            "400": [
                ("MissingParameter.RegionId", "The RegionId is mandatory."),
                ("InvalidBarnName.Malformed", "The BarnName is malformed."),
                ("InvalidParameter", "A value is not valid."),
                ("QuotaExceeded.Barn", "There are enough barns."),
                ("QuotaExceeded.Barn", "There are enough barns in this village."),
                ("IdempotentParameterMismatch", "The token was used for something else."),
            ],
            "403": [("Forbidden.SubUser", "Only the farmer may build.")],
            "404": [("InvalidFieldId.NotFound", "The FieldId is of no field.")],
        },
    ),
    document(
        "DescribeBarns",
        [REGION, parameter("BarnId"), parameter("BarnName"), parameter("PageNumber"), parameter("PageSize")],
        {"Barns": BARNS, **NUMBERS},
        {},
    ),
    document(
        "ListBarns",
        [
            REGION,
            parameter("BarnIds", type="string"),
            parameter("BarnName"),
            parameter("NextToken"),
            parameter("MaxResults", default=3),
        ],
        {"Barns": BARNS, "NextToken": TEXT, "TotalCount": NUMBER},
        {"404": [("InvalidBarn.NotFound", "The barn of this BarnName is not found.")]},
    ),
    document("DescribeBarnAttribute", [REGION, BARN_ID], BARN, {"404": [GONE]}),
    document(
        "ModifyBarnAttribute",
        [REGION, BARN_ID, parameter("BarnName")],
        {},
        {"400": [("IncorrectStatus.Barn", "The barn cannot be changed now.")], "404": [GONE]},
    ),
    document("AttachHorse", [REGION, BARN_ID, parameter("HorseId", required=True, minLength=1)], {}, {"404": [GONE]}),
    document("DetachHorse", [REGION, BARN_ID, parameter("HorseId", required=True)], {}, {"404": [GONE]}),
    document("DeleteBarn", [REGION, BARN_ID], {}, {"404": [GONE]}),
    document(
        "CreateField",
        [parameter("FieldName", required=True), parameter("Soil")],
        {},
        {"409": [("FieldName.AlreadyExist", "There is a field of this name.")]},
    ),
    document(
        "GetField",
        [parameter("FieldName", required=True)],
        {"Field": {"type": "object", "properties": {"FieldName": TEXT, "Soil": TEXT}}},
        {"404": [("EntityNotExist.Field", "The field does not exist.")]},
    ),
    document(
        "UpdateField",
        [parameter("FieldName", required=True), parameter("NewFieldName"), parameter("NewSoil")],
        {},
        {"404": [("EntityNotExist.Field", "The field does not exist.")]},
    ),
    document(
        "DeleteField",
        [parameter("FieldName", required=True)],
        {},
        {"404": [("EntityNotExist.Field", "The field does not exist.")]},
    ),
    document(
        "DescribeWeather",
        [REGION],
        {"Rain": {"type": "boolean", "example": "true"}, "Degrees": {"type": "integer", "example": 21}},
        {},
    ),
)


def contracts() -> dict[str, Contract]:
    """Return the contracts of the API by operation."""
    found = (read_document(json.dumps(each).encode(), f"{each['name']}.json") for each in DOCUMENTS)
    return {each.operation: replace(each, product=PRODUCT, version=VERSION) for each in found}


def write_workspace(root: Path) -> Path:
    """Make a workspace with the contracts, one of which is broken."""
    folder = root / "openapi" / PRODUCT / VERSION
    folder.mkdir(parents=True)
    (root / "conformance.yaml").write_text("", encoding="utf-8")
    for name, contract in contracts().items():
        (folder / f"{name}.{contract.language}.yaml").write_text(dump_contract(contract), encoding="utf-8")
    (folder / "DescribeGoats.en.yaml").write_text("openapi: 3.1.0\n", encoding="utf-8")
    return root


@dataclass(frozen=True)
class Farmer:
    """A client of one account."""

    endpoint: str
    account: str = "farmer"

    def call(self, action: str, version: str = VERSION, **parameters: str) -> tuple[int, dict[str, Any]]:
        sent = {"Action": action, "Version": version, "AccessKeyId": self.account, **parameters}
        return self._send("GET", f"/?{urlencode(sent)}")

    def ok(self, action: str, **parameters: str) -> dict[str, Any]:
        status, body = self.call(action, **{"RegionId": "cn-qingdao", **parameters})
        assert status == 200, body
        return body

    def refused(self, action: str, **parameters: str) -> tuple[int, str, str]:
        status, body = self.call(action, **{"RegionId": "cn-qingdao", **parameters})
        assert status >= 400, body
        return status, body["Code"], body["Message"]

    def state(self, state: str, change: str = "setup", **params: object) -> int:
        body = {"state": state, "params": {"access_key_id": self.account, **params}, "action": change}
        return self._send("POST", "/_states", json.dumps(body))[0]

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"), timeout=30)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
