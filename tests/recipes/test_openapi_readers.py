"""What other people's tools say of the OpenAPI files: linters, servers' frameworks, generators, and a generated client.

The tools are those of `docs/recipes.md`, at the versions that the lock files here pin. One that cannot be installed is
skipped by its name.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from commands import REPOSITORY, environment
from contract_strategies import contract, parameter, rent, thing
from msgspec.structs import replace

from conformance.contract.catalogue import contract_files, find_contract
from conformance.contract.export.openapi_file import ExportOptions, openapi_file
from conformance.contract.wire import wire_text
from conformance.core.errors import ConformanceError
from conformance.extraction.read import read_document
from conformance.protocol.call_forms import call_form
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.model import Contract

TOOLS = Path(__file__).resolve().parent / "tools"
JAR = "openapi-generator-cli-7.16.0.jar"
JAR_DIGEST = "6999b18cece5b58f5d5b246fef5a43bdf61239491c4f0ed6513214e0f6e8464b"
DOCUMENTS = Path(os.environ.get("CONFORMANCE_DOCUMENTS", REPOSITORY.parent / "shared" / "docs"))
LONGEST_S = 900
EVERY = 40
"""Of the captured pages, how many there are to one that is read."""
RULESET = 'extends: ["spectral:oas"]\n'


def of_one_operation() -> dict[str, Contract]:
    """Contracts of each kind that a parameter can have, and of two documents of one operation."""
    encoded = contract(
        replace(parameter("Rules", type="string", required=True, example='[{"Port": 80}]'), encoding="json"),
        replace(parameter("Rules[].Port", type="integer", required=True), encoding="json"),
        replace(
            parameter("Rules[].Inside.Name", type="string", example="zhang****", charset=["lower"]), encoding="json"
        ),
        replace(parameter("Filter", type="string", example='{"A": "b"}'), encoding="json"),
        replace(parameter("Ids", type="string", example="i-1,i-2"), encoding="csv"),
        operation="SetRules",
    )
    nested = contract(
        parameter("Disk[].Size", type="integer", required=True, minimum=20, maximum=500, example=40),
        parameter("Disk[].Tag[].Key", type="string", maxLength=64, notStartsWith=["acs:"], example="Dept"),
        parameter("Disk[].Tag[].Value", type="string", allowEmpty=True, example="a b"),
        parameter("Zone.Id", type="string", enum=["a", "b"], example="b"),
        parameter("Keep", type="boolean", default="false", example="true"),
        parameter("Amount", type="float", minimum=0.5, example="1.5"),
        responses=[
            parameter("RequestId", type="string", example="0A"),
            parameter("Disks.Disk[].Size", type="integer", example=40),
            parameter("Disks.Disk[].Tags.Tag[].Key", type="string", example="Dept"),
        ],
        operation="CreateDisks",
    )
    bare = contract(operation="ListNothing")
    found = {
        "CreateThing.en": thing(),
        "CreateThing.zh": replace(thing(), language="zh"),
        "RentThing.en": rent(),
        "SetRules.en": encoded,
        "CreateDisks.en": nested,
        "ListNothing.en": bare,
    }
    return {name: replace(each, product="farm", version="2020-01-01") for name, each in found.items()}


def bundled() -> dict[str, Contract]:
    names = [f"{operation}.{language}" for operation, files in contract_files().items() for language in files]
    return {name.replace("/", "-"): find_contract(name, overlays=True) for name in names}


def captured() -> dict[str, Contract]:
    """Some of the captured pages, where there are any."""
    found = {}
    for path in sorted((DOCUMENTS / "pages").rglob("*.md"))[::EVERY]:
        try:
            read = read_document(path.read_bytes(), path.name)
        except ConformanceError:
            continue  # not every page is of an operation
        if read.version:  # else a person has to say it
            found["-".join(path.relative_to(DOCUMENTS).with_suffix("").parts)] = read
    return found


def written(folder: Path, contracts: dict[str, Contract], options: ExportOptions, signature: Any) -> list[str]:
    folder.mkdir(parents=True)
    for name, each in contracts.items():
        text = json.dumps(openapi_file(each, call_form(signature), options))
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.json") for name in contracts]


class Files:
    """OpenAPI files: of both versions, with extensions and plain, signed in each way."""

    def __init__(self, folder: Path) -> None:
        all_of_them = {**of_one_operation(), **bundled(), **captured()}
        self.newer = written(folder / "3.1", all_of_them, ExportOptions("3.1"), "v1")
        self.older = written(folder / "3.0", all_of_them, ExportOptions("3.0", is_plain=True), "none")
        few = of_one_operation()
        self.signed = written(folder / "acs3", few, ExportOptions("3.1", is_plain=True), "acs3")
        self.older_signed = written(folder / "3.0-v1", few, ExportOptions("3.0"), "v1")
        self.all = [*self.newer, *self.older, *self.signed, *self.older_signed]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("files"))


def call(
    *words: str, folder: Path | None = None, stdin: str | None = None, **changed: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=folder,
        env=environment(**changed),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST_S,
        check=False,
    )


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def installed(done: subprocess.CompletedProcess[str], what: str) -> None:
    if done.returncode:
        pytest.skip(f"{what} cannot be installed here: {done.stderr[-300:]}")


@pytest.fixture(scope="module")
def node_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `package-lock.json` has."""
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", ".npmrc", "load.mjs"):
        shutil.copy(TOOLS / name, folder)
    program("node")
    installed(call(program("npm"), "ci", folder=folder), "Spectral, Redocly CLI and openapi-backend")
    return folder


@pytest.fixture(scope="module")
def python_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `requirements/openapi-tools.txt` has, for PYTHONPATH."""
    folder = tmp_path_factory.mktemp("python")
    pins = str(REPOSITORY / "requirements" / "openapi-tools.txt")
    words = ("pip", "install", "--quiet", "--python", sys.executable, "--target", str(folder), "--no-deps")
    command = (os.environ.get("UV") or shutil.which("uv") or f"{sys.executable} -m uv").split()
    installed(call(*command, *words, "--require-hashes", "-r", pins), "connexion and what a client needs")
    return folder


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that starts openapi-generator."""
    folder = tmp_path_factory.mktemp("java")
    java = program("java")
    goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
    artifact = f"-Dartifact=org.openapitools:openapi-generator-cli:{JAR.removesuffix('.jar').rpartition('-')[2]}"
    done = call(program("mvn"), "-q", "-B", goal, artifact, f"-DoutputDirectory={folder}", folder=folder)
    installed(done, "openapi-generator")
    assert sha256((folder / JAR).read_bytes()).hexdigest() == JAR_DIGEST
    return [java, "-Xmx256m", "-jar", str(folder / JAR)]


@pytest.mark.deep
def test_spectral_has_nothing_to_say(node_tools: Path, files: Files) -> None:
    ruleset = node_tools / "spectral.yaml"
    ruleset.write_text(RULESET, encoding="utf-8")
    words = ("lint", "--ruleset", str(ruleset), "--fail-severity", "hint", "--format", "json", "--quiet")
    done = call(str(node_tools / "node_modules" / ".bin" / "spectral"), *words, *files.all)
    assert done.returncode == 0, done.stdout[:3000] + done.stderr[:1000]
    assert json.loads(done.stdout[: done.stdout.rindex("]") + 1]) == []


@pytest.mark.deep
def test_redocly_has_nothing_to_say(node_tools: Path, files: Files) -> None:
    words = ("lint", "--extends", "recommended", "--format", "json", *files.all)
    done = call(str(node_tools / "node_modules" / ".bin" / "redocly"), *words, REDOCLY_TELEMETRY="off")
    assert done.returncode == 0, done.stdout[:2000] + done.stderr[:1000]
    decoder, text, problems, reports = json.JSONDecoder(), done.stdout.strip(), [], 0
    while text:
        report, end = decoder.raw_decode(text)
        problems += [(each["ruleId"], each["message"]) for each in report["problems"]]
        text, reports = text[end:].strip(), reports + 1
    assert (problems, reports) == ([], len(files.all))


@pytest.mark.deep
def test_openapi_backend_loads_every_file_and_has_a_success_to_answer_with(node_tools: Path, files: Files) -> None:
    done = call(program("node"), "load.mjs", *files.older, *files.older_signed, folder=node_tools)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


@pytest.mark.deep
def test_connexion_loads_every_file_and_refuses_a_call_without_an_operation(python_tools: Path, files: Files) -> None:
    program_file = str(TOOLS / "load_connexion.py")
    done = call(sys.executable, program_file, *files.older, PYTHONPATH=str(python_tools))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


@pytest.mark.deep
def test_oasdiff_finds_every_file_valid_and_compares_languages(tmp_path: Path, files: Files) -> None:
    for name in ("go.mod", "go.sum"):
        shutil.copy(TOOLS / name, tmp_path)
    installed(call(program("go"), "build", "-o", "oasdiff", "github.com/oasdiff/oasdiff", folder=tmp_path), "oasdiff")
    oasdiff = str(tmp_path / "oasdiff")
    for file in files.all:
        done = call(oasdiff, "validate", file)
        assert done.returncode == 0, f"{file}\n{done.stdout}{done.stderr}"
    english = [file for file in files.newer if file.endswith(".en.json")]
    pairs = [(file, other) for file in english if (other := file.replace(".en.json", ".zh.json")) in files.newer]
    assert len(pairs) > 5
    for pair in pairs:
        done = call(oasdiff, "breaking", *pair, "--format", "json")
        assert done.returncode == 0, done.stderr
        assert isinstance(json.loads(done.stdout or "[]"), list)


def few(files: Sequence[str]) -> list[str]:
    """One of each kind: a start of Java takes seconds."""
    wanted = (*of_one_operation(), "vpc-2016-04-28-CreateFlowLog.zh", "ecs-2014-05-26-CreateSecurityGroup.en")
    found = [file for file in files if Path(file).stem in wanted]
    assert len(found) == len(wanted)
    return found


@pytest.mark.deep
def test_openapi_generator_finds_no_issue(generator: Sequence[str], files: Files) -> None:
    for file in [*few(files.newer), *files.older_signed]:
        done = call(*generator, "validate", "-i", file)
        assert "No validation issues detected." in done.stdout, f"{file}\n{done.stdout}{done.stderr}"


class Recorder(BaseHTTPRequestHandler):
    """Notes what is sent, and answers with a success."""

    sent: list[dict[str, str]]

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.sent.append(dict(parse_qsl(f"{urlsplit(self.path).query}&{body}", keep_blank_values=True)))
        data = b'{"RequestId": "0A1B2C3D-0000-4000-8000-00000000000F"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def recorder() -> Iterator[tuple[str, list[dict[str, str]]]]:
    sent: list[dict[str, str]] = []
    handler = type("Own", (Recorder,), {"sent": sent})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", sent
    server.shutdown()
    server.server_close()


Maker = Callable[[str, str, dict[str, Any]], list[tuple[str, Any]]]


@pytest.fixture
def client_made(generator: Sequence[str], python_tools: Path, tmp_path: Path) -> Maker:
    """A function: have a client made of a file, call both of its operations at a URL, and return what they answer."""

    def answers(file: str, url: str, values: dict[str, Any]) -> list[tuple[str, Any]]:
        client = str(tmp_path / "client")
        done = call(*generator, "generate", "-i", file, "-g", "python", "-o", client)
        assert done.returncode == 0, done.stderr[-2000:]
        words = (sys.executable, str(TOOLS / "call.py"), client, url)
        done = call(*words, stdin=json.dumps(values), PYTHONPATH=str(python_tools))
        assert done.returncode == 0, done.stderr
        return [(name, answer) for name, answer in json.loads(done.stdout)]

    return answers


def shown_in(file: str) -> dict[str, Any]:
    """Return the examples of the query of a file."""
    (item,) = json.loads(Path(file).read_text(encoding="utf-8"))["paths"].values()
    return {each["name"]: each["example"] for each in item["get"]["parameters"] if "example" in each}


@pytest.mark.deep
@pytest.mark.parametrize("name", ["CreateDisks.en", "SetRules.en"])
def test_a_generated_client_sends_each_value_under_its_name(
    name: str, client_made: Maker, files: Files, recorder: tuple[str, list[dict[str, str]]]
) -> None:
    (file,) = [file for file in files.older if Path(file).stem == name]
    url, sent = recorder
    shown = shown_in(file)
    values = {each: value.split(",") if each == "Ids" else value for each, value in shown.items()}
    answers = client_made(file, url, values)
    assert len(answers) == 2
    assert [answer for _, answer in answers if not isinstance(answer, dict)] == []
    wanted = {each: wire_text(value) for each, value in shown.items()}
    # By POST the generator writes truth values as Python does.
    truth = {"True": "true", "False": "false"}
    found = [{each: truth.get(value, value) for each, value in one.items() if each in wanted} for one in sent]
    assert found == [wanted, wanted]


@pytest.mark.deep
@pytest.mark.parametrize("name", ["vpc-2016-04-28-AllocateEipAddress.en", "ecs-2014-05-26-CreateSecurityGroup.en"])
def test_a_generated_client_reaches_the_reference_server(name: str, client_made: Maker, files: Files) -> None:
    (file,) = [file for file in files.newer if Path(file).stem == name]
    operation = name.partition(".")[0].rpartition("-")[2]
    needed = {"Action": operation, "Signature": "x", "RegionId": "cn-hangzhou"}
    (item,) = json.loads(Path(file).read_text(encoding="utf-8"))["paths"].values()
    required = {each["name"] for each in item["get"]["parameters"] if each["required"]}
    values = {each: value for each, value in {**shown_in(file), **needed}.items() if each in required | needed.keys()}
    with ReferenceServer(follow="en") as server:
        answers = client_made(file, server.endpoint, values)
    assert len(answers) == 2
    assert [answer for _, answer in answers if not (isinstance(answer, dict) and answer.get("RequestId"))] == []
