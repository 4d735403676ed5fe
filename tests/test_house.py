"""The house: no circles, no duplicate class names, small folders, few `Any`, and no knowledge of one operation."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

import grimp
import pytest
import yaml
from commands import REPOSITORY

from conformance.contract.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

PACKAGE = REPOSITORY / "conformance"
MOST_MODULES = 20
MOST_LINES_WITH_ANY = 100
# The RPC protocol: what every operation has.
PROTOCOL = "protocol/"
# The library of credentials has sources that are named for products.
CREDENTIALS = ("target/credential_library.py", "target/credential_sources.py")
# The one place that may have the code of a language.
LANGUAGE_REGISTRY = "contract/languages.py"


@cache
def modules() -> dict[str, str]:
    """Return the text of every module of the package by its path below the package."""
    return {str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def lines_with(pattern: re.Pattern[str], *, aside: str | tuple[str, ...] = "nothing") -> list[str]:
    """Return `file:line: match` for every line of the package with a match, but for the files or folders `aside`."""
    return [
        f"{name}:{number}: {found[0]}"
        for name, text in modules().items()
        if not name.startswith(aside)
        for number, line in enumerate(text.splitlines(), 1)
        if (found := pattern.search(line))
    ]


# Imports.


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one node, each sorted (Tarjan's algorithm)."""
    found: list[list[str]] = []
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            position = stack.index(node)
            found.append(sorted(stack[position:]))
            del stack[position:]

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return [component for component in found if len(component) > 1]


def test_a_circle_is_found_however_long_it_is() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == [["a", "b", "c"]]
    assert circles({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c", "a"}}) == [["a", "b"], ["c", "d"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("conformance", cache_dir=None, exclude_type_checking_imports=False)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 200
    assert any(imports.values())
    assert circles(imports) == []


def test_the_rules_of_import_have_no_exception() -> None:
    pyproject = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    layers = [each for each in pyproject["tool"]["importlinter"]["contracts"] if each["type"] == "layers"]
    assert [each["exhaustive"] for each in layers] == [True]
    assert "ignore_imports" not in json.dumps(pyproject["tool"]["importlinter"])


# Names and sizes.


def test_no_folder_has_more_modules_than_one_can_survey() -> None:
    counts = Counter(path.parent.relative_to(REPOSITORY) for path in PACKAGE.rglob("*.py"))
    assert {str(folder): count for folder, count in counts.items() if count > MOST_MODULES} == {}


def types_defined_in(text: str) -> Iterator[str]:
    """Yield the public types of a module: its classes, and the aliases that are named like classes."""
    body = ast.parse(text).body
    for node in [*body, *(inner for outer in body if isinstance(outer, ast.If) for inner in outer.body)]:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and re.fullmatch(r"[A-Z]\w*[a-z]\w*", target.id):
                yield target.id


def test_no_two_public_types_have_one_name() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for name, text in modules().items():
        for defined in types_defined_in(text):
            if not defined.startswith("_"):
                places[defined].append(name)
    assert len(places) > 100
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_the_docstring_of_a_package_names_what_is_in_it() -> None:
    packages = [path for path in sorted(PACKAGE.rglob("__init__.py")) if path.parent.name != "cli"]  # has the commands
    assert len(packages) > 20
    missing: dict[str, set[str]] = {}
    for package in packages:
        inside = {path.parent.name for path in package.parent.glob("*/__init__.py")}
        inside |= {path.stem for path in package.parent.glob("*.py") if not path.stem.startswith("__")}
        docstring = ast.get_docstring(ast.parse(package.read_text(encoding="utf-8"))) or ""
        missing[str(package.parent.relative_to(REPOSITORY))] = inside - set(re.findall(r"\w+", docstring))
    assert {package: names for package, names in missing.items() if names} == {}


def test_any_is_rare() -> None:
    assert len(lines_with(re.compile(r"\bAny\b"))) < MOST_LINES_WITH_ANY


# Operations, parameters, products and languages are data.


def mappings(value: object) -> Iterator[Mapping[object, object]]:
    """Yield every mapping of a YAML document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from mappings(inner)


@cache
def data(folder: str) -> tuple[Mapping[object, object], ...]:
    """Return every mapping of the YAML documents below a folder of the repository."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / folder).rglob("*.yaml")))
    return tuple(each for text in texts for each in mappings(yaml.safe_load(text)))


def several_words(names: Iterable[str]) -> set[str]:
    """Return the names of more than one word; one word (`Description`) is plain English too."""
    return {name for name in names if re.fullmatch(r"(?=.*[a-z])[A-Z]\w*[A-Z]\w*", name)}


def operations() -> set[str]:
    """Return every operation that has a contract, that a contract polls, or that a step of a case calls."""
    contracts = {path.stem.rpartition(".")[0] for path in (REPOSITORY / "openapi").rglob("*.yaml")}
    named = {
        str(each[key]) for each in (*data("openapi"), *data("cases")) for key in ("operation", "poll") if key in each
    }
    return several_words(contracts | named)


def resources() -> set[str]:
    """Return the nouns of the operations: `Things` and `Thing` of `DescribeThings`."""
    nouns = {re.sub(r"^[A-Z][a-z]+(?=[A-Z])", "", name) for name in operations()}
    return several_words(nouns | {noun.removesuffix("s") for noun in nouns})


def parameters() -> set[str]:
    """Return every parameter that a contract has or a case sets, but what the protocol gives to all operations."""
    stated = {str(each["path"]) for each in data("openapi") if "facts" in each and "path" in each}
    given = {str(name) for each in data("cases") for inner in mappings(each.get("set")) for name in inner}
    parts = {part for path in stated | given for part in re.split(r"\W+", path)}
    protocol = "".join(text for name, text in modules().items() if name.startswith(PROTOCOL))
    return several_words(parts) - set(re.findall(r"\w+", protocol))


def values() -> set[str]:
    """Return the values that a contract lists for a parameter."""
    enums = (each["enum"] for each in data("openapi") if isinstance(each.get("enum"), list))
    return several_words(str(value) for enum in enums if isinstance(enum, list) for value in enum)


def products() -> set[str]:
    """Return every product and version that has a contract."""
    folders = [path.relative_to(REPOSITORY / "openapi").parts for path in (REPOSITORY / "openapi").glob("*/*/*.yaml")]
    return {part for product, version, _ in folders for part in (product, version)}


def spellings(name: str) -> set[str]:
    """Return a name of several words as the wire, a constant or variable, a file, and prose have it."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|\d+", name)
    return {mark.join(words) for mark in ("", "_", "-", " ")}


def test_the_names_that_the_package_must_not_have_are_those_of_its_data() -> None:
    assert {"CreateFlowLog", "DescribeFlowLogs", "DeleteFlowLog"} <= operations()
    assert {"FlowLog", "FlowLogs"} <= resources()
    assert {"LogStoreName", "TrafficPath", "AggregationInterval"} <= parameters()
    assert "NetworkInterface" in values()
    assert {"vpc", "2016-04-28"} <= products()
    assert spellings("FlowLog") == {"FlowLog", "Flow_Log", "Flow Log", "Flow-Log"}


@pytest.mark.parametrize("names", [parameters, values], ids=lambda names: names.__name__)
def test_the_package_has_no_name_of(names: Callable[[], set[str]]) -> None:
    pattern = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(sorted(names()))})(?![A-Za-z0-9])")
    assert lines_with(pattern, aside=PROTOCOL) == []


@pytest.mark.parametrize("names", [operations, resources, products], ids=lambda names: names.__name__)
def test_the_package_has_in_no_spelling_a_name_of(names: Callable[[], set[str]]) -> None:
    words = sorted(set.union(*(spellings(name) if several_words([name]) else {name} for name in names())))
    pattern = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(words)})(?![a-z0-9])", re.IGNORECASE)
    aside = (PROTOCOL, *CREDENTIALS) if names is products else PROTOCOL
    assert lines_with(pattern, aside=aside) == []


def test_only_the_registry_has_the_code_of_a_language() -> None:
    pattern = re.compile(rf"([\"'])({'|'.join(LANGUAGES)})\1")
    assert lines_with(pattern, aside=LANGUAGE_REGISTRY) == []
