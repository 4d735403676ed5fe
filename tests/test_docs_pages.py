"""The pages in docs/ and the README: links lead somewhere, nothing is left out, and every example works."""

from __future__ import annotations

import json
import re
import sys
import threading
import tomllib
from contextlib import contextmanager
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from commands import REPOSITORY, run_program
from servers import closed_port

from conformance.cases.choosing.suite_folders import load_suites
from conformance.cases.load import parse_file
from conformance.cases.state_catalogue import load_states
from conformance.cases.suite import load_defaults
from conformance.cli.command_line import COMMANDS
from conformance.cli.support.plan_template import load_all
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import YamlFile
from conformance.engine.engine import Engine
from conformance.engine.plan import Plan
from conformance.judging.expected_failures import load_expected_failures
from conformance.target.load import load_target
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commands import Command

    from conformance.server.process import ReferenceServer

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
REPORT_SCHEMA = json.loads((DOCS / "report.schema.json").read_text(encoding="utf-8"))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:benchmarks|conformance|docs|tests|tools)/[\w./-]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    return _FENCE.sub("", text_of(page))


def blocks(page: str, language: str, first_line: str = "") -> list[str]:
    """Return the fenced blocks of a page that begin with a line."""
    found = [body for kind, body in _FENCE.findall(text_of(DOCS / page)) if kind == language]
    return [body for body in found if body.startswith(first_line)]


def anchors(page: Path) -> set[str]:
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose_of(page)))
    return {heading.replace(" ", "-") for heading in headings}


def schema_fields(schema: Any) -> set[str]:
    """Return the name of every property in a JSON Schema."""
    if isinstance(schema, list):
        return {name for entry in schema for name in schema_fields(entry)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own | {name for entry in schema.values() for name in schema_fields(entry)}


def unnamed(names: set[str], page: str) -> set[str]:
    """Return the names that a page does not have between backquotes."""
    quoted = " ".join(re.findall(r"`([^`\n]+)`", prose_of(DOCS / page)))
    return {name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", quoted)}


# --- What the pages must name ----------------------------------------------------------------------------------------


def leads_somewhere(page: Path, link: str) -> bool:
    if link.startswith("https://"):
        return True
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in anchors(target))


def test_links_lead_somewhere() -> None:
    links = [(page, link) for page in PAGES for link in _LINK.findall(prose_of(page))]
    assert len(links) > 100
    assert [(page, link) for page, link in links if not leads_somewhere(page, link)] == []


def test_files_of_the_project_are_where_a_page_says() -> None:
    named = [(page, path) for page in PAGES for path in _PATH.findall(prose_of(page))]
    assert len(named) > 50
    assert [(page, path) for page, path in named if not (ROOT / path).exists()] == []


def test_every_command_is_named() -> None:
    everything = "\n".join(text_of(page) for page in PAGES)
    assert [command for command in COMMANDS if f"conformance {command}" not in everything] == []


def test_every_field_of_a_case_file_is_explained() -> None:
    schema = json.loads((ROOT / "cases" / "case.schema.json").read_text(encoding="utf-8"))
    assert unnamed(schema_fields(schema), "case-format.md") == set()


def test_every_field_of_a_target_file_is_explained() -> None:
    schema = json.loads((ROOT / "conformance" / "target" / "target.schema.json").read_text(encoding="utf-8"))
    names = schema_fields(schema) - {"profile"}
    assert unnamed(names, "targets.md") - {"access_key_id_env", "access_key_secret_env"} == set()


def test_every_field_of_the_report_is_explained() -> None:
    assert unnamed(schema_fields(REPORT_SCHEMA), "report-schema.md") == set()


def test_every_option_of_run_is_explained(conformance: Command) -> None:
    options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*(?![\w-])", conformance("run", "--help").out))
    assert unnamed(options - {"--help", "-h"}, "targets.md") == set()


@pytest.mark.parametrize("kind", load_states(cases_dir() / "states.yaml").values(), ids=lambda kind: kind.name)
def test_every_provider_state_is_explained_with_its_parameters(kind: Any) -> None:
    rows = [line for line in text_of(DOCS / "provider-states.md").splitlines() if f"`{kind.name}`" in line]
    row = next(row for row in rows if row.startswith("|"))
    assert [name for name in (*kind.params, *kind.optional) if f"`{name}`" not in row] == []


# --- The examples ----------------------------------------------------------------------------------------------------


def test_the_examples_of_case_files_run(reference: ReferenceServer) -> None:
    suite = next(suite for suite in load_suites([cases_dir()]) if suite.operation == "CreateFlowLog")
    examples = blocks("case-format.md", "yaml", "# a complete file\n")
    assert examples
    cases = [case for text in examples for case in parse_file(YamlFile(text, "case-format.md", CaseError), suite)]
    target = Target(reference.endpoint, states_url=reference.states_url, values=load_defaults(cases_dir()))
    plan = Plan(target, {suite.operation: suite.contracts}, ("en", "zh"), tuple(cases), 8, "examples")
    with Engine(plan) as engine:
        verdicts = {result.id: result.verdict for result in engine.run(cases)}
    assert len(verdicts) == len(cases)
    assert {name for name, verdict in verdicts.items() if verdict not in ("pass", "divergent")} == set()


def test_the_examples_of_target_files_load(tmp_path: Path) -> None:
    examples = blocks("targets.md", "yaml", "# a complete target file\n")
    assert examples
    path = tmp_path / "target.yaml"
    for text in examples:
        path.write_text(text, encoding="utf-8")
        variables = dict.fromkeys(re.findall(r"[A-Z][A-Z_]{4,}", text), "LTAIexample")
        assert load_target(path, variables).endpoint == "http://127.0.0.1:8080"


def test_the_example_of_known_failures_loads(tmp_path: Path) -> None:
    (text,) = blocks("targets.md", "yaml", "# a list of known failures\n")
    path = tmp_path / "known.yaml"
    path.write_text(text, encoding="utf-8")
    known = load_expected_failures(path, [case.id for case in load_all()[1]])
    assert known.reason("CreateFlowLog/Unauthorized/ram-user")


@contextmanager
def example_server() -> Iterator[str]:
    """Serve the mock server of provider-states.md and yield its endpoint."""
    (program,) = blocks("provider-states.md", "python")
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(program, "provider-states.md", "exec"), names)  # noqa: S102 - our own page
    handler: type[BaseHTTPRequestHandler] = type(
        "Quiet", (names["Handler"],), {"log_message": lambda *_: None, "timeout": 5}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def test_the_example_server_passes_the_cases_that_it_is_written_for(conformance: Command) -> None:
    (command,) = [body for body in blocks("provider-states.md", "sh") if "conformance run" in body]
    _, *words = command.replace("\\\n", " ").split()
    with example_server() as endpoint:
        done = conformance.run(*(word.replace("http://127.0.0.1:8080", endpoint) for word in words[1:]))
    assert (done.status, set(done.verdicts.values()), done.err) == (0, {"pass"}, "")
    assert done.report["notes"] == []


# --- The schema of the report ----------------------------------------------------------------------------------------


def closed(schema: Any) -> Any:
    """Return a JSON Schema that allows only what it names, to find fields that it lacks."""
    if isinstance(schema, list):
        return [closed(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(entry) for name, entry in schema.items()}
    if isinstance(found.get("properties"), dict):
        found["additionalProperties"] = False
    return found


def check_report(report: dict[str, Any]) -> None:
    validator = jsonschema_rs.Draft202012Validator(closed(deepcopy(REPORT_SCHEMA)), validate_formats=True)
    assert [f"{list(fault.instance_path)}: {fault.message}" for fault in validator.iter_errors(report)] == []


def test_the_report_of_a_run_is_of_its_schema(conformance: Command) -> None:
    done = conformance.run("CreateFlowLog")
    assert done.report["complete"]
    assert done.report["selected"] == len(done.report["cases"])
    check_report(done.report)


def test_the_report_of_a_run_with_every_verdict_is_of_its_schema(conformance: Command, tmp_path: Path) -> None:
    listed = tmp_path / "known.yaml"
    listed.write_text("[{id: CreateFlowLog/OptInRequired.FlowLog/*, reason: not built}]", encoding="utf-8")
    chosen = [
        "CreateFlowLog/success/vpc",
        "CreateFlowLog/Unauthorized",
        "CreateFlowLog/OptInRequired.FlowLog",
        "CreateFlowLog/success/created-by-get-json-v1",  # it does not know GET, and answers with a page
        "CreateFlowLog/success/created-by-get-json-acs3",
        "CreateFlowLog/MissingParameter/project-omitted",
        "CreateFlowLog/MissingParameter/region-omitted",
    ]
    with example_server() as endpoint:
        states = ("--states-url", f"{endpoint}/_states")
        words = ("--endpoint", endpoint, "--timeout", "5", "--known-failing", str(listed), *chosen)
        done = conformance.run(*words, *states)
        check_report(done.report)
        assert {"pass", "mismatch", "divergent"} <= set(done.verdicts.values())
        assert done.report["summary"]["known_failing"] == 1
        nowhere = conformance.run(*words, "--states-url", f"http://127.0.0.1:{closed_port()}/_states")
        check_report(nowhere.report)
        assert "error" in nowhere.verdicts.values()
        done = conformance.run(*words)
        check_report(done.report)
        assert set(done.verdicts.values()) == {"not_run"}


def test_the_schema_refuses_what_is_no_report() -> None:
    validator = jsonschema_rs.Draft202012Validator(REPORT_SCHEMA)
    assert not validator.is_valid({"schema_version": 1})


def test_the_picture_of_the_house_has_the_folders_of_the_package_in_the_order_of_the_import_rules() -> None:
    shown = re.findall(
        r'class="room" x="[\d.]+" y="(\d+)">(\w+)<', (DOCS / "images" / "house.svg").read_text(encoding="utf-8")
    )
    floors: dict[int, list[str]] = {}
    for height, room in shown:
        floors.setdefault(int(height), []).append(room)
    folders = {path.parent.name for path in (ROOT / "conformance").glob("*/__init__.py")}
    assert {room for _, room in shown} == folders
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [rule["layers"] for rule in rules if rule["type"] == "layers"]
    assert [rooms for _, rooms in sorted(floors.items())] == [layer.split(" | ") for layer in layers]


def test_the_picture_of_a_run_is_what_is_printed_today() -> None:
    drawn = "import sys; sys.path.insert(0, 'tools'); import picture; print(picture.draw(picture.run()))"
    done = run_program(sys.executable, "-c", drawn, folder=REPOSITORY)
    kept = (REPOSITORY / "docs" / "images" / "run.svg").read_text(encoding="utf-8")
    assert done.stdout.rstrip("\n") == kept.rstrip("\n"), "run tools/picture.py"
