"""The way back from an OpenAPI description to the contract in it. Only what `to_openapi` writes is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.contract.languages import LANGUAGES
from conformance.contract.model import (
    ENCODINGS,
    FACT_NAMES,
    NOT_STATED,
    OVERLAY,
    RESPONSE_FACT_NAMES,
    AnswerFormat,
    AsyncBehaviour,
    ConditionalFact,
    Contract,
    ErrorCode,
    Fact,
    Loss,
    Parameter,
    Source,
    SourceDifference,
    State,
)
from conformance.contract.when import ALWAYS, UNKNOWN, UNKNOWN_WORD, Presence, When
from conformance.contract.wire import wire_names
from conformance.core.errors import ContractError, Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from conformance.contract.languages import Language
    from conformance.contract.model import Encoding, FactValue

    Place = tuple[str | int, ...]

_METHODS = ("get", "post")


def from_openapi(document: object, *, where: Location | Path | str) -> Contract:
    """Return the contract that an OpenAPI description holds.

    Args:
        document: The description as plain data, as `to_openapi` returns it; an overlay may have changed it.
        where: The file that it comes from, for messages.

    Raises:
        ContractError: If it is not of the shape that `to_openapi` writes; the message names the place as a JSONPath.
    """
    place = where if isinstance(where, Location) else Location(str(where))
    return read_contract(document, lambda _path: place)


def read_contract(document: object, locate: Callable[[Place], Location]) -> Contract:
    """Do the same as `from_openapi`; `locate` turns a path into the data to a place in the file."""
    root = _Node(document, (), locate)
    version = root.key("openapi").text()
    if not version.startswith("3.1."):
        raise root.key("openapi").fault(f"is {version!r}", "a contract is an OpenAPI 3.1 description")
    path, item = _only(root.key("paths"))
    if not path.startswith("/#") or path == "/#":
        raise root.key("paths").fault(f"has the path {path!r}", "write it as /#Operation")
    get, post = (item.key(method) for method in _METHODS)
    for name in ("x-error-codes", "x-async", "x-formats"):
        if get.get(name) != post.get(name):
            raise post.fault(f"{name} differs from the one of get", "both methods promise the same; change both")
    operation = path.removeprefix("/#")
    schema = root.key("components").key("schemas").key(f"{operation}Response")
    source = root.key("x-source")
    contract = Contract(
        operation=operation,
        language=_language(root.key("x-language")),
        source=_source(source),
        parameters=_parameters(item),
        responses=tuple(sorted(_fields(schema, ""), key=_in_order)),
        errors=tuple(_error(row) for row in get.key("x-error-codes").items()),
        async_behaviour=_async(get.key("x-async")) if get.has("x-async") else None,
        lost=tuple(_loss(entry) for entry in root.key("x-lost").items()),
        product=root.key("x-product").text(),
        version=_version(root),
        formats=tuple(_format(entry) for entry in get.key("x-formats").items()) if get.has("x-formats") else (),
        also=tuple(map(_source, source.key("also").items())) if source.has("also") else (),
        differs=tuple(map(_difference, root.key("x-differs").items())) if root.has("x-differs") else (),
    )
    _require_known_origins(contract, source)
    return contract


def _source(node: _Node) -> Source:
    return Source(node.key("file").text(), node.key("sha256").text(), node.key("layout").text())


def _require_known_origins(contract: Contract, node: _Node) -> None:
    """Refuse what is from a file that is no source of the contract."""
    known = {None, OVERLAY, *(other.file for other in contract.also)}
    origins = [(row.path, row.origin) for row in (*contract.parameters, *contract.responses)]
    for row in (*contract.parameters, *contract.responses):
        origins += [(f"{row.path}.{name}", fact.origin) for name, fact in row.facts.items()]
        origins += [(f"{row.path}.{each.name}", each.fact.origin) for each in row.conditional]
    origins += [(f"errors/{row.code}", row.origin) for row in contract.errors]
    origins += [("async", contract.async_behaviour.origin)] if contract.async_behaviour else []
    origins += [(f"{each.path}.{each.name}", each.other.origin) for each in contract.differs]
    for what, origin in origins:
        if origin not in known:
            raise node.fault(
                f"has no other source {origin!r}, the origin of {what}", f"an origin is {OVERLAY}, or a file of `also`"
            )


def _version(root: _Node) -> str:
    """Return the version of the API. OpenAPI wants it in `info`; beside the product it is easier to find."""
    version = root.key("info").key("version").text()
    if root.has("x-version") and root.get("x-version") != version:
        raise root.key("x-version").fault(
            f"is {root.get('x-version')!r}, info.version is {version!r}", "both are the version of the API"
        )
    return version


class _Node(Struct, frozen=True):
    """A value of the description and the path to it, so that a fault can say where it is."""

    value: object
    path: Place
    locate: Callable[[Place], Location]

    def fault(self, message: str, hint: str) -> ContractError:
        """Make (not raise) the exception for this value."""
        spelt = "$" + "".join(f"[{part}]" if isinstance(part, int) else f"[{part!r}]" for part in self.path)
        return ContractError(f"{spelt} {message}", where=self.locate(self.path), hint=hint)

    def has(self, name: str) -> bool:
        return name in self._mapping()

    def get(self, name: str) -> object:
        return self._mapping().get(name)

    def key(self, name: str) -> _Node:
        mapping = self._mapping()
        if name not in mapping:
            raise self.fault(f"lacks {name!r}", "run `conformance derive` again to restore the file")
        return _Node(mapping[name], (*self.path, name), self.locate)

    def pairs(self) -> Iterator[tuple[str, _Node]]:
        for name in self._mapping():
            yield name, self.key(name)

    def items(self) -> Iterator[_Node]:
        if not isinstance(self.value, list):
            raise self.fault(f"is {_kind(self.value)}", "a list belongs here")
        for index, value in enumerate(self.value):
            yield _Node(value, (*self.path, index), self.locate)

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.fault(f"is {_kind(self.value)}", "a text belongs here; put quotes around it")
        return self.value

    def integer(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.fault(f"is {_kind(self.value)}", "a whole number belongs here")
        return self.value

    def _mapping(self) -> dict[str, object]:
        if not isinstance(self.value, dict) or not all(isinstance(name, str) for name in self.value):
            raise self.fault(f"is {_kind(self.value)}", "a mapping with text keys belongs here")
        return self.value


def _kind(value: object) -> str:
    names: dict[type, str] = {dict: "a mapping", list: "a list", str: "a text", bool: "a boolean", type(None): "empty"}
    return names.get(type(value), f"{value!r}")


def _only(node: _Node) -> tuple[str, _Node]:
    pairs = list(node.pairs())
    if len(pairs) != 1:
        raise node.fault(f"has {len(pairs)} entries", "a contract is about one operation")
    return pairs[0]


def _language(node: _Node) -> Language:
    if node.value not in LANGUAGES:
        raise node.fault(f"is {node.value!r}", f"one of: {', '.join(LANGUAGES)}")
    return node.text()


def _parameters(item: _Node) -> tuple[Parameter, ...]:
    by_path: dict[str, Parameter] = {}
    for node in item.key("parameters").items():
        facts = node.key("x-facts")
        parameter = _row(facts, FACT_NAMES)
        name = node.key("name").text()
        if name not in wire_names(parameter.path):
            raise facts.fault(
                f"is about {parameter.path!r}, the parameter is {name!r}", "they must name the same parameter"
            )
        if by_path.setdefault(parameter.path, parameter) != parameter:
            raise facts.fault(
                f"of {name!r} differs from the x-facts of another index of {parameter.path!r}",
                "all indexes share their facts; change them together",
            )
    if not item.has("x-rows"):
        return tuple(by_path.values())
    rows = [_row(node, FACT_NAMES) for node in item.key("x-rows").items()]
    return tuple(sorted([*by_path.values(), *rows], key=_in_order))


def _in_order(row: Parameter) -> tuple[bool, int]:
    """Return what puts the rows of a contract in order: those of its first source first, each source's by line."""
    return row.origin is not None, row.line


def _row(node: _Node, names: Sequence[str]) -> Parameter:
    """Read one row; each of `names` that its facts do not list is not stated."""
    listed = {name: _fact(fact) for name, fact in node.key("facts").pairs()}
    unknown = sorted(set(listed) - set(FACT_NAMES))
    if unknown:
        raise node.key("facts").fault(f"has the fact {unknown[0]!r}", f"known facts: {', '.join(FACT_NAMES)}")
    return Parameter(
        path=node.key("path").text(),
        line=node.key("line").integer(),
        facts=dict.fromkeys(names, NOT_STATED) | listed,
        source=node.key("source").text(),
        conditional=tuple(map(_conditional, node.key("conditional").items())) if node.has("conditional") else (),
        presence=_presence(node) if node.has("presence") else ALWAYS,
        encoding=_encoding(node.key("encoding")) if node.has("encoding") else "plain",
        origin=_origin(node),
    )


def _conditional(node: _Node) -> ConditionalFact:
    name, fact = node.key("fact").text(), _fact(node)
    if name not in FACT_NAMES:
        raise node.key("fact").fault(f"is {name!r}", f"known facts: {', '.join(FACT_NAMES)}")
    if not fact.stated:
        raise node.key("state").fault(f"is {fact.state.value!r}", "a fact on a condition is stated")
    return ConditionalFact(name, fact, _condition(node.key("when")))


def _condition(node: _Node) -> When:
    if node.value == UNKNOWN_WORD:
        return UNKNOWN
    needs = {path: _value(values) for path, values in node.pairs()}
    for path, values in needs.items():
        if not isinstance(values, tuple) or not values:
            raise node.key(path).fault("is no list of values", "list the values of which one must be sent")
    if not needs:
        raise node.fault("names no parameter", f"write {UNKNOWN_WORD} for a condition that is not known")
    return When(tuple((path, values) for path, values in needs.items() if isinstance(values, tuple)))


def _presence(node: _Node) -> Presence:
    conditions = {"always": None, "when": UNKNOWN, UNKNOWN_WORD: UNKNOWN}
    word = node.key("presence").text()
    if word not in conditions:
        raise node.key("presence").fault(f"is {word!r}", f"one of: {', '.join(conditions)}")
    if (word == "when") != node.has("when"):
        raise node.fault(
            "has a condition" if node.has("when") else "has no condition", "`when` belongs to `presence: when`"
        )
    when = _condition(node.key("when")) if word == "when" else conditions[word]
    if word == "when" and when == UNKNOWN:
        raise node.key("when").fault("is not known", f"write `presence: {UNKNOWN_WORD}`")
    line, shown = (node.key(name).integer() if node.has(name) else None for name in ("presence_line", "shown"))
    return Presence(when, line, shown, node.key("place").text() if node.has("place") else None)


def _encoding(node: _Node) -> Encoding:
    encoding = next((each for each in ENCODINGS if each == node.value), None)
    if encoding is None:
        raise node.fault(f"is {node.value!r}", f"one of: {', '.join(ENCODINGS)}")
    return encoding


def _fact(node: _Node) -> Fact:
    state = _state(node.key("state"))
    if (state is State.STATED) != node.has("value"):
        raise node.fault(
            "has a value" if node.has("value") else "has no value", "stated facts have one, others have none"
        )
    return Fact(
        state,
        value=_value(node.key("value")) if state is State.STATED else None,
        line=node.key("line").integer() if node.has("line") else None,
        origin=_origin(node),
    )


def _origin(node: _Node) -> str | None:
    return node.key("origin").text() if node.has("origin") else None


def _state(node: _Node) -> State:
    state = next((state for state in State if node.value == state), None)
    if state is None:
        raise node.fault(f"is {node.value!r}", f"one of: {', '.join(State)}")
    return state


def _value(node: _Node) -> FactValue:
    if isinstance(node.value, list):
        for item in node.items():
            if not isinstance(item.value, (str, int, float, bool)):
                raise item.fault(f"is {_kind(item.value)}", "a list of facts holds texts, numbers and booleans")
        return tuple(node.value)
    if isinstance(node.value, (str, int, float, bool)):
        return node.value
    raise node.fault(f"is {_kind(node.value)}", "a text, a number, a boolean or a list of them belongs here")


def _fields(schema: _Node, path: str) -> Iterator[Parameter]:
    if schema.has("x-facts"):
        field = _row(schema.key("x-facts"), RESPONSE_FACT_NAMES)
        if field.path != path:
            raise schema.key("x-facts").fault(
                f"is about {field.path!r}, the field is {path!r}", "they must name the same field"
            )
        yield field
    if schema.has("properties"):
        for name, node in schema.key("properties").pairs():
            yield from _fields(node, f"{path}.{name}" if path else name)
    if schema.has("items"):
        yield from _fields(schema.key("items"), f"{path}[]")


def _error(node: _Node) -> ErrorCode:
    split = node.get("inferred_split")
    if split not in (None, True):
        raise node.key("inferred_split").fault(f"is {split!r}", "it is true or not there")
    return ErrorCode(
        status=node.key("status").integer(),
        code=node.key("code").text(),
        message=node.key("message").text(),
        line=node.key("line").integer(),
        description_state=_state(node.key("description_state")),
        error_class=node.key("class").text(),
        inferred_split=split is True,
        origin=_origin(node),
    )


def _async(node: _Node) -> AsyncBehaviour:
    return AsyncBehaviour(
        pending=node.key("pending").text(),
        final=node.key("final").text(),
        poll=node.key("poll").text(),
        line=node.key("line").integer() if node.has("line") else None,
        origin=_origin(node),
    )


def _format(node: _Node) -> AnswerFormat:
    return AnswerFormat(format=node.key("format").text(), line=node.key("line").integer())


def _difference(node: _Node) -> SourceDifference:
    return SourceDifference(node.key("path").text(), node.key("fact").text(), _fact(node))


def _loss(node: _Node) -> Loss:
    return Loss(
        path=node.key("path").text(),
        line=node.key("line").integer(),
        kind=node.key("kind").text(),
        evidence=node.key("evidence").text(),
    )
