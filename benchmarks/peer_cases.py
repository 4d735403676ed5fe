"""The same cases for every peer, each in its own format.

A case is the request that `generate.py` writes under the same number, without its signature and with all parameters in
the query. What is asserted of the answer is what our cases assert: the status, the code and the message.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import yaml
from generate import CODE, LEFT_OUT, MESSAGE, STATUS, write_suite

from conformance.core.resources import cases_dir

if TYPE_CHECKING:
    from pathlib import Path

OPERATION: Final = "CreateFlowLog"
FOLDER: Final = f"vpc/{OPERATION}"
"""The folder of its case files, below `cases/`."""

IN_FLIGHT: Final = 64
"""How many requests every peer that can keeps in flight at once."""

_PER_TAVERN_FILE: Final = 1_000
_BASE: Final = {
    "Action": OPERATION,
    "Version": "2016-04-28",
    "Format": "JSON",
    "RegionId": "cn-qingdao",
    "ResourceType": "VPC",
    "ResourceId": "vpc-bp1conformance00001",
    "TrafficType": "All",
    "ProjectName": "conformance-project",
    "LogStoreName": "conformance-logstore",
}


def parameters(number: int) -> dict[str, str]:
    """Return the parameters of a case."""
    left_out = LEFT_OUT[number % len(LEFT_OUT)]
    return {
        **{name: value for name, value in _BASE.items() if name != left_out},
        "FlowLogName": f"flow-log-{number:06d}",
        "Description": f"a case of a benchmark, number {number}",
    }


def targets(cases: int) -> list[str]:
    """Return the path and query of every case."""
    return [f"/?{urlencode(parameters(number))}" for number in range(cases)]


def write_ours(folder: Path, cases: int, _endpoint: str) -> None:
    """Write a folder that both `conformance run` and pytest take: the suite's own side files, and other cases."""
    for path in cases_dir().glob("*.*"):
        shutil.copy(path, folder)
    write_suite(folder / FOLDER, cases)
    shutil.copy(cases_dir() / FOLDER / "base.yaml", folder / FOLDER)
    (folder / "conformance.yaml").write_text("# A workspace: pytest has options of the plugin in one alone.\n")


_NOTHING: Final = """\
import pytest


@pytest.mark.parametrize("number", range(CASES))
def test_nothing(number):
    pass
"""


def write_nothing(folder: Path, cases: int, _endpoint: str) -> None:
    """Write as many tests as there are cases, that do nothing."""
    (folder / "test_nothing.py").write_text(_NOTHING.replace("CASES", str(cases)))


def write_targets(folder: Path, cases: int, _endpoint: str) -> None:
    """Write what the bare loop asks for."""
    (folder / "targets.json").write_text(json.dumps(targets(cases)))


_REQUESTS: Final = """\
import json
from pathlib import Path

import pytest
import requests

from constants import CODE, ENDPOINT, MESSAGE, STATUS

CASES = json.loads((Path(__file__).parent / "cases.json").read_text())


@pytest.fixture(scope="session")
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.mark.parametrize("parameters", CASES, ids=range(len(CASES)))
def test_error(session, parameters):
    answer = session.post(ENDPOINT, params=parameters, timeout=10)
    assert answer.status_code == STATUS
    body = answer.json()
    assert body["Code"] == CODE
    assert body["Message"] == MESSAGE
"""


def write_requests(folder: Path, cases: int, endpoint: str) -> None:
    """Write a parametrised test function that sends with requests."""
    (folder / "cases.json").write_text(json.dumps([parameters(number) for number in range(cases)]))
    constants = {"ENDPOINT": endpoint, "STATUS": STATUS, "CODE": CODE, "MESSAGE": MESSAGE}
    lines = "".join(f"{name} = {value!r}\n" for name, value in constants.items())
    (folder / "constants.py").write_text(lines)
    (folder / "test_requests.py").write_text(_REQUESTS)


_HURL: Final = f"""\
POST {{url}}
HTTP {STATUS}
[Asserts]
jsonpath "$.Code" == "{CODE}"
jsonpath "$.Message" == "{MESSAGE}"
"""


def write_hurl(folder: Path, cases: int, endpoint: str) -> None:
    """Write as many files as are run side by side: Hurl keeps a connection for a file, and no longer."""
    entries = [_HURL.format(url=endpoint + target) for target in targets(cases)]
    for number in range(min(IN_FLIGHT, cases)):
        (folder / f"cases-{number:02d}.hurl").write_text("\n".join(entries[number::IN_FLIGHT]))


def write_hurl_files(folder: Path, cases: int, endpoint: str) -> None:
    """Write one file for each case, so that the report has each by its name."""
    for number, target in enumerate(targets(cases)):
        (folder / f"case-{number:06d}.hurl").write_text(_HURL.format(url=endpoint + target))


def write_tavern(folder: Path, cases: int, endpoint: str) -> None:
    """Write a YAML document a test, at most a thousand in one file."""
    for start in range(0, cases, _PER_TAVERN_FILE):
        documents = (
            {
                "test_name": f"case {number}",
                "stages": [
                    {
                        "name": "create",
                        "request": {"url": endpoint, "method": "POST", "params": parameters(number)},
                        "response": {"status_code": STATUS, "json": {"Code": CODE, "Message": MESSAGE}},
                    }
                ],
            }
            for number in range(start, min(start + _PER_TAVERN_FILE, cases))
        )
        text = yaml.dump_all(documents, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))
        (folder / f"test_{start:06d}.tavern.yaml").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\ntavern-strict = json:off\n")


_ANSWER: Final = {
    "type": "object",
    "required": ["RequestId", "Code", "Message"],
    "properties": {"RequestId": {"type": "string"}, "Code": {"const": CODE}, "Message": {"const": MESSAGE}},
}


def write_schemathesis(folder: Path, cases: int, _endpoint: str) -> None:
    """Write an OpenAPI document with one operation and an example a case: the cheapest way, one after another."""
    every = [parameters(number) for number in range(cases)]
    # Examples of several parameters are combined in their order, so each parameter needs one for every case.
    listed = [
        {
            **_parameter(name),
            "examples": {f"case-{number}": {"value": each.get(name, "")} for number, each in enumerate(every)},
        }
        for name in dict.fromkeys(name for each in every for name in each)
    ]
    _write_openapi(folder, {"/": listed})


def write_schemathesis_operations(folder: Path, cases: int, _endpoint: str) -> None:
    """Write an OpenAPI document with an operation a case: what Schemathesis runs side by side is operations."""
    listed = {
        f"/{number:06d}": [{**_parameter(name), "example": value} for name, value in parameters(number).items()]
        for number in range(cases)
    }
    _write_openapi(folder, listed)


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": True, "schema": {"type": "string"}}


def _write_openapi(folder: Path, paths: dict[str, list[dict[str, Any]]]) -> None:
    responses = {str(STATUS): {"description": "refused", "content": {"application/json": {"schema": _ANSWER}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": OPERATION, "version": "1"},
        "paths": {path: {"post": {"parameters": listed, "responses": responses}} for path, listed in paths.items()},
    }
    (folder / "openapi.json").write_text(json.dumps(document))


def write_stepci(folder: Path, cases: int, endpoint: str) -> None:
    """Write a workflow with a test a case: what runs side by side is a test."""
    check = {"status": STATUS, "jsonpath": {"$.Code": CODE, "$.Message": MESSAGE}}
    tests = {
        f"case-{number:06d}": {
            "steps": [{"name": "create", "http": {"url": f"{endpoint}{target}", "method": "POST", "check": check}}]
        }
        for number, target in enumerate(targets(cases))
    }
    (folder / "workflow.json").write_text(json.dumps({"version": "1.1", "name": "cases", "tests": tests}))


_POSTMAN: Final = f"""\
pm.test("answer", () => {{
  pm.response.to.have.status({STATUS});
  const body = pm.response.json();
  pm.expect(body.Code).to.eql({json.dumps(CODE)});
  pm.expect(body.Message).to.eql({json.dumps(MESSAGE)});
}});
"""


def write_newman(folder: Path, cases: int, endpoint: str) -> None:
    """Write a Postman collection with a request a case."""
    collection = {
        "info": {"name": "cases", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": _POSTMAN.splitlines()}}],
        "item": [
            {"name": f"case-{number:06d}", "request": {"method": "POST", "url": f"{endpoint}{target}"}}
            for number, target in enumerate(targets(cases))
        ],
    }
    (folder / "collection.json").write_text(json.dumps(collection))
