"""The two Python drivers without their SDKs: classes here stand for what releases of the SDKs contain."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import sys
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml
from commands import REPOSITORY, environment
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from pathlib import Path

DRIVERS = REPOSITORY / "drivers"
SHARED = DRIVERS / "shared"
sys.path.append(str(SHARED))  # an installed driver has a copy of what it shares beside it
NAMES = ("python-v1", "python-v2", "python-async", "python-generic")
NOTHING: Any = None  # the SDK's hints do not say that a field may be left out


@cache
def load(name: str) -> Any:
    """Import the driver's program."""
    module_name = name.replace("-", "_") + "_driver"
    file = SHARED / "python_v2.py" if name == "python-v2" else DRIVERS / name / "driver.py"
    spec = importlib.util.spec_from_file_location(module_name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    return module


# What releases of V2 contain.


class Member:
    """A model inside another, as newer releases have it."""

    def __init__(self, key: str | None = None, value: str | None = None) -> None:
        self.key = key
        self.value = value

    def validate(self) -> None:
        pass

    def from_map(self, m: Any) -> Member:
        self.key = m.get("Key")
        self.value = m.get("Value")
        return self


class Typed:
    """A request with type hints, and names that cannot be guessed from one another."""

    def __init__(
        self,
        ip_v6count: int = NOTHING,
        labels: list[Member] = NOTHING,
        path: list[str] = NOTHING,
        one: Member = NOTHING,
    ) -> None:
        self.ip_v6count = ip_v6count
        self.labels = labels
        self.path = path
        self.one = one

    def validate(self) -> None:
        for label in self.labels or []:
            label.validate()

    def from_map(self, m: Any) -> Typed:
        self.ip_v6count = m.get("IPv6Count")
        self.labels = [Member().from_map(item) for item in m.get("Tag")]
        self.path = m.get("TrafficPath")
        self.one = Member().from_map(m["One"])
        return self


class RequiredArgumentException(Exception):  # noqa: N818 - the SDK's name
    pass


class Untyped:
    """A request as 1.0 has it: no hints, and some fields that it insists on."""

    def __init__(self, region_id=None, description=None) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        self.region_id = region_id
        self.description = description

    def validate(self) -> None:
        if self.region_id is None:
            raise RequiredArgumentException("region_id")

    def from_map(self, m: Any) -> Untyped:
        self.region_id = m.get("RegionId")
        self.description = m.get("Description")
        return self


def test_v2_reads_the_fields_of_a_model_with_hints() -> None:
    fields = {field["path"]: field["type"] for field in load("python-v2").describe(Typed)}
    assert fields == {
        "IPv6Count": "integer",
        "Tag[].Key": None,
        "Tag[].Value": None,
        "TrafficPath[]": "string",
        "One.Key": None,
        "One.Value": None,
    }


@pytest.mark.parametrize(
    ("hint", "found"),
    [
        (str, ("string", False)),
        (list[int], ("integer", True)),
        (dict[str, str], ("object", False)),
        (None, (None, False)),
    ],
)
def test_v2_reads_hints(hint: object, found: tuple[str | None, bool]) -> None:
    assert load("python-v2").type_of(hint) == found


def test_v2_reads_the_fields_of_a_model_without_hints() -> None:
    assert list(load("python-v2").describe(Untyped)) == [
        {"path": "RegionId", "type": None, "required": True},
        {"path": "Description", "type": None, "required": None},
    ]


def test_v2_builds_a_request_through_the_constructors() -> None:
    request = load("python-v2").build(
        Typed,
        {"IPv6Count": "3", "Tag": [{"Key": "a", "Value": ""}, "odd"], "TrafficPath": ["all"], "One": {"Key": "b"}},
    )
    assert (request.ip_v6count, request.path, request.labels[1]) == ("3", ["all"], "odd")
    assert (request.labels[0].key, request.labels[0].value) == ("a", "")
    assert (request.one.key, request.one.value) == ("b", None)


UNKNOWN = [
    ({"TrafficAnalyzerId": "x"}, "TrafficAnalyzerId"),
    ({"Tag": [{"Key": "a"}, {"Scope": "s"}]}, "Tag[].Scope"),
    ({"Names": ["x"]}, "Names[]"),
    ({"Names": []}, "Names[]"),
    ({"Filter": [{"Values": ["x"]}]}, "Filter[].Values[]"),
]


@pytest.mark.parametrize(("params", "path"), UNKNOWN)
def test_v2_says_what_the_model_cannot_carry(params: dict[str, object], path: str) -> None:
    driver = load("python-v2")
    with pytest.raises(driver.Unsupported) as caught:
        driver.build(Typed, params)
    assert driver.refusal(caught.value)["unsupported"] == {"parameter": path, "why": "unknown"}


class TeaException(Exception):  # noqa: N818 - the SDK's name
    def __init__(self, **told: object) -> None:
        super().__init__()
        vars(self).update(told)


@pytest.fixture
def tea(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "Tea.exceptions", SimpleNamespace(TeaException=TeaException))


def raised_after_a_timeout() -> Exception:
    try:
        try:
            raise requests.ReadTimeout("slow")
        except OSError:
            raise RuntimeError("given up")  # noqa: B904 - as the SDK does
    except RuntimeError as error:
        return TeaException(code=None, message="given up", data=None, inner_exception=error)


@pytest.mark.usefixtures("tea")
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            TeaException(code="A", message="m", status_code=400, request_id="R", data={"statusCode": 400}),
            ("service_error", 400, "A", "m", "R"),
        ),
        (
            TeaException(code="A", message="m", data={"statusCode": 404, "RequestId": "R"}),
            ("service_error", 404, "A", "m", "R"),
        ),
        (TeaException(code="None", message="m", data={}), ("service_error", None, "None", "m", None)),
        (
            TeaException(code="ParameterMissing", message="m", data=None),
            ("client_error", None, "ParameterMissing", "m", None),
        ),
        (ValueError("no JSON"), ("client_error", None, None, "no JSON", None)),
        (raised_after_a_timeout(), ("timeout", None, None, "given up", None)),
    ],
)
def test_v2_reports_what_an_exception_tells(error: Exception, told: tuple[object, ...]) -> None:
    answer = load("python-v2").failure(error)
    assert tuple(answer[field] for field in ("outcome", "status", "code", "message", "request_id")) == told
    assert answer["exception"].endswith(type(error).__qualname__)
    assert answer["exception_bases"][-2:] == ["builtins.Exception", "builtins.BaseException"]
    assert answer["exception"] not in answer["exception_bases"]
    assert answer["body"] is None


# What releases of V1 contain.


class Request:
    """What the core adds to a request class."""

    def __init__(self) -> None:
        self.query: dict[str, Any] = {}

    def get_query_params(self) -> dict[str, Any]:
        return self.query

    def get_body_params(self) -> dict[str, Any]:
        return {}

    def set_endpoint(self, _endpoint: str) -> None:
        pytest.fail("the core's own setter is no parameter")

    def get_url(self, region: str, _key: str, _secret: str) -> str:
        return f"/?RegionId={region}"


class CreateFlowLogRequest(Request):
    def set_Description(self, value: str) -> None:  # noqa: N802 - the SDK's name
        self.query["Description"] = value

    def set_Tags(self, tags: Any) -> None:  # noqa: N802
        for index in range(len(tags)):
            if tags[index].get("Key") is not None:
                self.query[f"Tag.{index + 1}.Key"] = tags[index].get("Key")
            for inner, value in enumerate(tags[index].get("Values")):
                self.query[f"Tag.{index + 1}.Values.{inner + 1}"] = value


def test_v1_reads_the_fields_from_the_setters_and_the_region_from_the_client() -> None:
    paths = [field["path"] for field in load("python-v1").describe(CreateFlowLogRequest)]
    assert paths == ["Description", "Tag[].Key", "Tag[].Values[]", "RegionId"]


@pytest.fixture
def v1(monkeypatch: pytest.MonkeyPatch) -> Any:
    driver = load("python-v1")
    known = {("CreateFlowLog", "2016-04-28"): CreateFlowLogRequest}
    monkeypatch.setattr(driver, "find_class", lambda action, version, _product="vpc": known.get((action, version)))
    return driver


def test_v1_hands_the_region_to_the_client_and_the_rest_to_the_setters(v1: Any) -> None:
    params = {"RegionId": "", "Description": "d", "Tag": [{"Key": "a", "Values": ["b"]}]}
    assert v1.prepare({"action": "CreateFlowLog", "params": params}) == (
        CreateFlowLogRequest,
        {"set_Description": "d", "set_Tags": [{"Key": "a", "Values": ["b"]}]},
        {"region_id": ""},
    )
    assert v1.prepare({"action": "CreateFlowLog", "params": {}})[1:] == ({}, {})


@pytest.mark.parametrize(("params", "path"), UNKNOWN)
def test_v1_says_what_no_setter_carries(v1: Any, params: dict[str, object], path: str) -> None:
    answer = v1.call({"action": "CreateFlowLog", "params": params})
    assert answer["outcome"] == "client_error"
    assert answer["unsupported"] == {"parameter": path, "why": "unknown"}


def test_a_product_without_its_package_is_said_and_nothing_is_sent() -> None:
    v1 = load("python-v1")
    asked = {"action": "CreateThing", "product": "farm", "version": "2020-01-02", "params": {}}
    answer = v1.call(asked)
    assert (answer["outcome"], answer["unsupported"]) == (
        "client_error",
        {"parameter": "aliyunsdkfarm", "why": "product"},
    )


@pytest.mark.parametrize(
    ("product", "version", "package"),
    [
        (None, None, "alibabacloud_vpc20160428"),
        ("vpc", "2016-04-28", "alibabacloud_vpc20160428"),
        ("vpc", "2099-01-01", "alibabacloud_vpc20160428"),
        ("ess", "2014-08-28", "alibabacloud_ess20140828"),
    ],
)
def test_v2_takes_the_package_from_product_and_version(product: str | None, version: str | None, package: str) -> None:
    asked = {"action": "CreateThing", "product": product, "version": version}
    assert load("python-v2").package_of({name: value for name, value in asked.items() if value}) == package


def test_v1_says_which_operation_is_missing(v1: Any) -> None:
    for request in ({"action": "Nothing"}, {"action": "CreateFlowLog", "version": "2099-01-01"}):
        answer = v1.call({**request, "params": {}})
        assert answer["unsupported"] == {"parameter": request["action"], "why": "action"}


@pytest.mark.parametrize(
    ("answer", "body", "message"),
    [
        (b'{"RequestId": "R", "Code": "A"}', {"RequestId": "R", "Code": "A"}, None),
        (b'{"RequestId": "R', None, '{"RequestId": "R'),
        (b"[]", None, "[]"),
        (b"", None, ""),
        (b"\xff", None, "\ufffd"),
    ],
)
def test_v1_returns_whatever_came_as_a_success(answer: bytes, body: object, message: str | None) -> None:
    told = load("python-v1").success(answer)
    assert (told["outcome"], told["body"], told["message"]) == ("success", body, message)


# The programs.


def run(name: str, stdin: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, str(DRIVERS / name / "driver.py")]
    variables = environment(PYTHONPATH=str(SHARED))
    return subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", check=False, env=variables)


@pytest.mark.parametrize("name", NAMES)
def test_without_the_sdk_it_says_so(name: str) -> None:
    done = run(name, '{"id": 1, "command": "start"}\n', "-S")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("driver: the SDK cannot be loaded: No module named ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": 1, "secret": ', "JSONDecodeError"),
        ('["secret"]', "TypeError"),
        ('{"id": 1, "key": "secret"}', "KeyError: 'command'"),
        ('{"command": "stop", "key": "secret"}', "KeyError: 'id'"),
        ('{"id": 1, "command": "dance", "key": "secret"}', "unknown command 'dance'"),
    ],
)
def test_a_bad_line_ends_it_and_is_not_repeated(
    line: str, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lines").write_text(f'{{"id": 7, "command": "start"}}\n{line}\n{{"id": 8, "command": "start"}}\n')
    answers = (tmp_path / "answers").open("w", encoding="utf-8")
    with (tmp_path / "lines").open("rb") as lines, answers, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", SimpleNamespace(buffer=lines))
        serve = importlib.import_module("protocol").serve
        assert serve({"start": lambda _request: {"driver": "mine"}}, answers) == 2
    assert (tmp_path / "answers").read_text() == '{"id": 7, "driver": "mine"}\n'
    told = capfd.readouterr().err
    assert told.startswith("driver: line 2 of standard input: ")
    assert message in told
    assert "secret" not in told


# The manifests.


@pytest.mark.parametrize("name", NAMES)
def test_the_locked_versions_are_the_same_everywhere(name: str) -> None:
    folder = DRIVERS / name
    manifest = yaml.safe_load((folder / "driver.yaml").read_text())
    expected = {f"{manifest[part]['name']}=={manifest[part]['version']}" for part in ("sdk", "core")}
    asked = {line for line in (folder / "requirements.in").read_text().splitlines() if not line.startswith("#")}
    assert asked == expected
    lines = (folder / "requirements.txt").read_text().splitlines()
    pins = [line.removesuffix("\\").strip() for line in lines if not line.startswith(" ")]
    assert expected <= {str(Requirement(pin)) for pin in pins}
    assert all(line.endswith("\\") for line in lines if not line.startswith(" ")), "a pin without a hash"


@pytest.fixture(params=["uv", "python3"])
def with_uv(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Make a PATH whose `uv`, or else `python3 -m uv`, writes down what it is asked; return what it is asked first."""
    program = tmp_path / request.param
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n')
    program.chmod(0o755)
    for tool in ("sh", "sed", "rm"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / tool).symlink_to(found)
    return "" if request.param == "uv" else "-m uv "


@pytest.mark.parametrize(
    ("versions", "installed"),
    [
        (("", ""), "--require-hashes -r requirements.txt"),
        (("6.11.0", ""), "{sdk}==6.11.0"),
        (("6.11.0", "0.4.5"), "{sdk}==6.11.0 {core}==0.4.5"),
        (("", "0.4.5"), "{sdk}=={locked} {core}==0.4.5"),
    ],
)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "python-generic"])  # which has one package
def test_install_asks_for_the_versions(
    name: str, versions: tuple[str, str], installed: str, with_uv: str, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for file in (DRIVERS / name / "requirements.in", DRIVERS / name / "install.sh", SHARED / "python.sh"):
        shutil.copy(file, folder)
    environment = {"PATH": str(tmp_path), "SDK_VERSION": versions[0], "CORE_VERSION": versions[1]}
    subprocess.run(["sh", "install.sh"], cwd=folder, env=environment, check=True)
    venv, install = (tmp_path / "calls").read_text().splitlines()
    assert venv.startswith(f"{with_uv}venv ")
    manifest = yaml.safe_load((DRIVERS / name / "driver.yaml").read_text())
    sdk, core = manifest["sdk"], manifest["core"]
    expected = installed.format(sdk=sdk["name"], core=core["name"], locked=sdk["version"])
    assert install == f"{with_uv}pip install --quiet --python .venv {expected}"
