"""The texts for people that the source of the package has, as the catalogues have them.

A message is an f-string where it is used. Here it becomes a template whose places are named after what stands in them:
`f"{path.name} has {len(rows)} rows"` is `{name} has {rows} rows`. Alternatives in it (`'a' if x else 'b'`) become two
templates. `conformance.core.sentences.recognition` finds the template of a text again.
"""

from __future__ import annotations

import ast
import inspect
import re
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "conformance"
CASES = ROOT / "cases"
SCAFFOLDED = "Written by `conformance scaffold`"
"""What a file begins with whose titles are made of templates that the source has."""
NOT_SHOWN = Path(__file__).with_name("texts_not_shown.txt")
"""Texts of the source that no person reads, one a line: keys, styles, parts of patterns and of files."""
OF_LIBRARIES = Path(__file__).with_name("library_texts.txt")
"""Texts of libraries, and hints that have a name in a module where only faults are looked at, one a line."""
ASIDE = (
    "core/sentences/",
    "extraction/phrases/",
    "extraction/facts/answers/",
    "extraction/headings.py",
    "extraction/layouts/",
    "contract/openapi/",
    "contract/export/",
    "server/",
    "reports/formats/templates/",
    "reports/formats/junit.py",
    "reports/formats/ctrf.py",
    "reports/formats/badge.py",
    "reports/formats/sarif.py",
    "reports/formats/allure.py",
    "reports/formats/github.py",
    "comparison/sarif.py",
    "cases/scaffold/writing.py",
)
"""Where only messages of faults are for people: the rest is words of documents, files for programs, or data."""
_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FAULT = re.compile(r"(?:Error|Fault|Failure|fault|refused)$")
_HEAD = 200
_VALUE = re.compile(r"\$\{([\w.]+)\}")
_MOST = 12
"""Templates of one text: more alternatives than these are left a place."""
_WORD = re.compile(r"[A-Za-z]{3,}")
_NO_TEXT = re.compile(r"\(\?|\\[bswd]|^[\w.]+\[|^<|</\w+>|^\w+=\"|^[a-z_]+(?: [a-z_]+)*=|^from [\w.]+ import")
_PLACES = re.compile(r"\{\w+\}")
_DEFAULT = re.compile(r"\s{2,}\[(?P<default>[^\[\]]*)\]$")

_NO_NAME = "value"
"""What a place is called whose expression has no name."""
GROUP = "_conformance"
"""The function whose docstring is the help of the whole command line."""

Part = tuple[bool, str]
"""A part of a template: whether it is a place, and its text or the place's name."""


def source_texts() -> list[str]:
    """Return the templates of every text for people, each once, in the order of the modules."""
    ignored = set(NOT_SHOWN.read_text(encoding="utf-8").splitlines()) if NOT_SHOWN.exists() else set()
    found: dict[str, None] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = str(path.relative_to(PACKAGE))
        found |= dict.fromkeys(texts_of(path.read_text(encoding="utf-8"), module))
    return [text for text in found if text not in ignored]


def library_texts() -> list[str]:
    """Return the templates of texts for people that libraries make."""
    return OF_LIBRARIES.read_text(encoding="utf-8").splitlines()


def data_texts() -> list[str]:
    """Return titles and rules of cases that were written by hand, values in them as places, and meanings of states."""
    found: dict[str, None] = {}
    for path in sorted(CASES.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if SCAFFOLDED not in text[:_HEAD]:
            found |= dict.fromkeys(_titles(yaml.load(text, Loader=_LOADER)))  # noqa: S506 - a safe one
    return [text for text in found if " " in text]


def _titles(data: object) -> Iterator[str]:
    """Yield the titles, meanings and rules of a file, wherever they stand."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("title", "meaning", "says", "source") and isinstance(value, str):
                yield _VALUE.sub(r"{\1}", " ".join(value.split()))
            else:
                yield from _titles(value)
    elif isinstance(data, list):
        for each in data:
            yield from _titles(each)


def texts_of(source: str, module: str = "") -> Iterator[str]:
    """Yield the templates of one module.

    Args:
        source: Its text.
        module: Its path below the package; some have texts for people in messages of faults alone.
    """
    tree = ast.parse(source)
    if module.startswith("cli/") and module.count("/") == 1:
        yield from _docstrings(tree, module)
    if module.startswith(ASIDE):
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and _FAULT.search(_name(call.func)):
                for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                    yield from _below(argument)
        return
    yield from _below(tree)


def _below(node: ast.AST) -> Iterator[str]:
    """Yield the texts of a node and what is below it; of an f-string the whole, and texts in its places."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Subscript):
        yield from _in_annotation(node)
        return
    if isinstance(node, ast.Call) and _name(node.func) in _OTHERS:
        # Babel does not look into f-strings.
        if _name(node.func) in ("sentence", "spoken") and node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
        return
    if _is_text(node):
        for parts in _templates(node):
            yield from _text(parts)
    if isinstance(node, ast.JoinedStr):
        below: Iterable[ast.AST] = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    else:
        below = ast.iter_child_nodes(node)
    for child in below:
        yield from _below(child)


def _is_text(node: ast.AST) -> TypeGuard[ast.expr]:
    """Whether an expression is a text: written out, or put together of parts of which one is."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return any(isinstance(part, ast.Constant | ast.JoinedStr) for part in _sum(node))
    return isinstance(node, ast.Constant | ast.JoinedStr)


def _in_annotation(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            for keyword in call.keywords:
                if keyword.arg == "help":
                    yield from _below(keyword.value)


_OTHERS = frozenset(
    {"compile", "cast", "TypeVar", "sentence", "counted_sentence", "spoken", "joined_words", "NewType", "match", "sub"}
)
"""Calls whose texts are no messages, or are found as sentences."""


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _sum(node: ast.BinOp) -> list[ast.expr]:
    left = _sum(node.left) if isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Add) else [node.left]
    return [*left, node.right]


def _templates(node: ast.expr) -> list[tuple[Part, ...]]:
    """Return the templates of an expression, one for each of its alternatives."""
    if isinstance(node, ast.Constant):
        return [((False, node.value),)] if isinstance(node.value, str) else [((True, _NO_NAME),)]
    if isinstance(node, ast.JoinedStr):
        return _joined(
            _templates(part.value) if isinstance(part, ast.FormattedValue) else _templates(part) for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined(map(_templates, _sum(node)))
    if isinstance(node, ast.IfExp):
        return [*_templates(node.body), *_templates(node.orelse)]
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return [each for value in node.values for each in _templates(value)]
    return [((True, _place(node)),)]


def _joined(parts: Iterable[list[tuple[Part, ...]]]) -> list[tuple[Part, ...]]:
    each = list(parts)
    while _count(each) > _MOST:
        widest = max(range(len(each)), key=lambda place: len(each[place]))
        each[widest] = [((True, "what"),)]
    return [tuple(part for chosen in choice for part in chosen) for choice in product(*each)]


def _count(each: Iterable[list[tuple[Part, ...]]]) -> int:
    count = 1
    for alternatives in each:
        count *= len(alternatives)
    return count


def _place(node: ast.AST) -> str:
    """Return what a place is called: the last name of the expression in it."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            found = name.strip("_") if isinstance(node, ast.Attribute) else name.strip("_").lower()
        case ast.Call(func=function, args=arguments):
            found = next((name for each in arguments if (name := _place(each)) != _NO_NAME), "") or _place(function)
        case ast.Subscript(slice=ast.Constant(value=str(key))) if key.isidentifier():
            found = key
        case ast.GeneratorExp(generators=[first, *_]) | ast.ListComp(generators=[first, *_]):
            found = _place(first.iter)
        case ast.Subscript(value=inner) | ast.Starred(value=inner) | ast.BinOp(left=inner):
            found = _place(inner)
        case _:
            found = _NO_NAME
    return found


def _text(parts: Iterable[Part]) -> Iterator[str]:
    """Yield a template, unless it is no text for people; of the help of an option its default apart."""
    text, literal, seen = "", "", dict[str, int]()
    for is_place, part in parts:
        if is_place:
            seen[part] = seen.get(part, 0) + 1
            text += f"{{{part}{seen[part] if seen[part] > 1 else ''}}}"
            literal += "\0"
        else:
            text += part.replace("{", "{{").replace("}", "}}")
            literal += part
    if not seen and _PLACES.sub("", literal).isascii() and not set("{}") & set(_PLACES.sub("", literal)):
        text = literal  # a template already, for `str.format`
    text = text.replace("{{}}", "{value}")  # filled in later, by `str.format`
    default = _DEFAULT.search(text)
    whole = text[: default.start()] if default else text
    for each in (whole, *([default["default"].removeprefix("default: ")] if default else [])):
        for line in each.strip("\n").split("\n"):
            if " " in line.strip() and _WORD.search(re.sub(r"\{\w*\}", "", line)) and not _NO_TEXT.search(line):
                yield line.strip()


def _docstrings(tree: ast.Module, module: str) -> Iterator[str]:
    """Yield the paragraphs of the docstrings of commands: they are their help."""
    name = Path(module).stem
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (
            node.name in (name, GROUP) or any(map(_is_command, node.decorator_list))
        ):
            for paragraph in inspect.cleandoc(ast.get_docstring(node) or "").split("\n\n"):
                if not paragraph.startswith(("Args:", "Raises:", "Returns:")):
                    yield " ".join(paragraph.split())


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and _name(decorator.func) in ("command", "callback")
