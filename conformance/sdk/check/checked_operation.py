"""What `conformance drivers check` has a driver call, with which parameters and answers: `drivers/check.yaml`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from msgspec import Struct

from conformance.cases.sdk import Scripted
from conformance.core.errors import DriverFileError
from conformance.core.resources import drivers_dir
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "check.yaml"


class CheckedOperation(Struct, frozen=True):
    """An operation, what it is called with, and what the proxy answers.

    Attributes:
        name: The operation.
        version: The version of the API.
        another: Another operation of the same API.
        params: The parameters of every call: old releases of SDKs insist on these.
        name_parameter: A parameter of text, and a value that is not ASCII.
        text_parameter: A parameter of text, and a value with characters that are encoded.
        number_parameter: A parameter of a whole number, and a value.
        lists: Parameters that are lists.
        success_fields: What every success has, except its id and `RequestId`.
        id_field: The field of a success that holds an id.
        id_prefix: How an id begins.
        error_code: The code of an error of the service.
        error_message: Its message.
    """

    name: str
    version: str
    another: str
    params: Mapping[str, object]
    name_parameter: tuple[str, str]
    text_parameter: tuple[str, str]
    number_parameter: tuple[str, int]
    lists: Mapping[str, object]
    success_fields: Mapping[str, str]
    id_field: str
    id_prefix: str
    error_code: str
    error_message: str

    def success(self) -> tuple[Scripted, dict[str, str]]:
        """Return a success that no other call got, and its fields."""
        fields = {
            "RequestId": new_request_id(),
            **self.success_fields,
            self.id_field: self.id_prefix + uuid4().hex[:16],
        }
        return json_answer(200, fields), fields

    def error(self, request_id: str) -> Scripted:
        """Return an error of the service."""
        body = {"RequestId": request_id, "Code": self.error_code, "Message": self.error_message, "HostId": "127.0.0.1"}
        return json_answer(400, body)


def read_checked_operation(path: Path | None = None) -> CheckedOperation:
    """Return the operation of a file, the project's own unless given; raises `DriverFileError` when it is wrong."""
    file = YamlFile.read(drivers_dir() / FILE if path is None else path, DriverFileError)
    file.validate(Schema.read(Path(__file__).with_name("check.schema.json")))
    data = file.data
    name, text, number = ((data[which]["parameter"], data[which]["value"]) for which in ("name", "text", "number"))
    return CheckedOperation(
        name=data["operation"],
        version=data["version"],
        another=data["another_operation"],
        params=data["params"],
        name_parameter=name,
        text_parameter=text,
        number_parameter=number,
        lists=data["lists"],
        success_fields=data["success"]["fields"],
        id_field=data["success"]["id"]["field"],
        id_prefix=data["success"]["id"]["prefix"],
        error_code=data["error"]["code"],
        error_message=data["error"]["message"],
    )


def new_request_id() -> str:
    """Return an id that no other answer has."""
    return str(uuid4()).upper()


def json_answer(status: int, body: Mapping[str, object], delay_s: float = 0.0) -> Scripted:
    """Return an answer in JSON."""
    headers = {"Content-Type": "application/json;charset=utf-8"}
    return Scripted(status, headers, json.dumps(body).encode(), delay_s=delay_s)
