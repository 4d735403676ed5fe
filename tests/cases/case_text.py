"""Case files as the tests write them, read against the suite of CreateFlowLog."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from conformance.cases.load import parse_file
from conformance.cases.suite import Suite, load_suite
from conformance.contract.catalogue import contracts_for
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from conformance.cases.model import Case

NAME = "some.yaml"
FILE = """\
operation: CreateFlowLog
base: vpc
cases:
  - id: one
    title: A case
    trigger: documented
"""
"""A file whose one case, at line 4, lacks only what is appended, indented by four, from line 7 on."""

GOOD = FILE + "    expect: {error: MissingParameter}\n"


@cache
def suite() -> Suite:
    return load_suite(cases_dir() / "vpc" / "CreateFlowLog", contracts_for("CreateFlowLog"))


def parse(text: str) -> list[Case]:
    return parse_file(YamlFile(text, NAME, CaseError), suite())


def case(**fields: Any) -> Case:
    """Return the one case that has these fields."""
    entry = {"id": "one", "title": "A case", "trigger": "documented", **fields}
    (found,) = parse(yaml.safe_dump({"operation": "CreateFlowLog", "base": "vpc", "cases": [entry]}))
    return found
