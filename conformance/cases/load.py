"""Case files to cases. Every fault has file, line and column; nothing is loaded from a wrong file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from conformance.cases.bases import load_bases, read_given
from conformance.cases.check import REFERENCE, problems, references
from conformance.cases.disagreements import Disagreement, disagreements
from conformance.cases.model import Case, Cleanup, Outcome, Outcomes, Step, Transport, Until
from conformance.cases.shared import Shared
from conformance.cases.states import load_states
from conformance.contract.languages import LANGUAGES, Language
from conformance.contract.model import FACT_NAMES, Contract
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import Schema, YamlFile, near

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.cases.bases import Base
    from conformance.cases.model import ProviderState
    from conformance.cases.states import StateKind

SIDE_FILES = ("base.yaml", "states.yaml", "defaults.yaml", "fuzz.yaml")
"""Files of the cases folder that hold no cases."""

SDK_FOLDER = "sdk"
"""The folder beside those of the products that holds cases for SDKs, in files of another kind."""

TRANSPORTS = {
    "method": ("GET", "POST"),
    "place": ("query", "form"),
    "format": ("JSON", "XML"),
    "signature": ("v1", "acs3", "none"),
    "spaces": ("percent", "plus"),
}
"""How a request may travel."""

_FINAL_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_LANGUAGE_KEYS = " and ".join(f"{language}:" for language in LANGUAGES)

Key = tuple["str | int", ...]


@dataclass(frozen=True)
class Suite:
    """What every case file of one operation is read against. What every case asks of it is looked for once.

    Attributes:
        operation: The operation under test.
        contracts: Its contracts by language.
        bases: Its valid requests by name.
        states: The provider states that a case may ask for.
        defaults: What `${target.NAME}` stands for where a target gives no value of its own.
        cleanup: How what the operation creates is deleted again.
        disagreements: The points on which its documents disagree.
        key: Stands for all of it in the cache; empty when nothing is to be kept.
    """

    operation: str
    contracts: Mapping[Language, Contract]
    bases: Mapping[str, Base]
    states: Mapping[str, StateKind]
    defaults: Mapping[str, str]
    cleanup: Cleanup | None = None
    disagreements: tuple[Disagreement, ...] = ()
    key: str = field(default="", compare=False)

    @cached_property
    def codes(self) -> set[str]:
        """Every error code that a document of the operation has."""
        return {row.code for contract in self.contracts.values() for row in contract.errors}

    @cached_property
    def fact_names(self) -> set[str]:
        """Every `path.fact` that a case may say it tests."""
        return {
            f"{parameter.path}.{name}"
            for contract in self.contracts.values()
            for parameter in contract.parameters
            for name in FACT_NAMES
        }

    @cached_property
    def target_names(self) -> set[str]:
        """Every `target.NAME` that stands for something."""
        return {f"target.{name}" for name in self.defaults}

    @cached_property
    def product(self) -> str:
        """The product that the operation belongs to."""
        return next(contract.product for contract in self.contracts.values())

    @cached_property
    def version(self) -> str:
        """The version of the API."""
        return next(contract.version for contract in self.contracts.values())


def cases_root(folder: Path) -> Path:
    """Return the folder `cases/` that holds an operation's folder `cases/<product>/<Operation>`."""
    return folder.parent.parent


@cache
def case_schema() -> Schema:
    """Return the JSON Schema of case files."""
    return Schema.read(cases_dir() / "case.schema.json")


@cache
def _one_case_schema() -> Schema:
    """Return the JSON Schema of one case of a file, for cases that are made of lists of parameters."""
    return case_schema().definition("case")


def load_defaults(folder: Path) -> dict[str, str]:
    """Read what `${target.NAME}` stands for where a target gives nothing; raises `CaseError` when the file is wrong."""
    file = YamlFile.read(folder / "defaults.yaml", CaseError)
    file.refuse_what_json_lacks()
    if not isinstance(file.data, dict):
        raise file.fault("is not a list of values", hint="write NAME: value")
    return {str(name): str(value) for name, value in file.data.items()}


def load_suite(folder: Path, contracts: Mapping[Language, Contract]) -> Suite:
    """Return what the case files of one operation are read against.

    Args:
        folder: The operation's folder, `cases/<product>/<Operation>`.
        contracts: Its contracts by language.

    Raises:
        CaseError: For a wrong file in the folder or two above it.
    """
    root = cases_root(folder)
    states = load_states(root / "states.yaml")
    bases, cleanup = load_bases(folder / "base.yaml", states)
    return Suite(folder.name, contracts, bases, states, load_defaults(root), cleanup, disagreements(contracts))


def load_file(path: Path, suite: Suite) -> list[Case]:
    """Read one case file.

    Raises:
        CaseError: With file, line and column, for YAML that is wrong, an unknown field, code, state, base, fact or
            parameter list, and for an id that two cases share.
    """
    return parse_file(YamlFile.read(path, CaseError), suite)


def parse_file(file: YamlFile, suite: Suite) -> list[Case]:
    """Make cases of the text of one file; see `load_file`."""
    file.validate(case_schema())
    return make_cases(file, suite)


def make_cases(file: YamlFile, suite: Suite) -> list[Case]:
    """Make cases of a file that is valid by the schema; see `load_file`."""
    if file.data["operation"] != suite.operation:
        raise file.fault(
            f"operation {file.data['operation']!r} has no contract here",
            ("operation",),
            hint=near(file.data["operation"], [suite.operation]),
        )
    cases: list[Case] = []
    shared = Shared(file)
    for index, raw in enumerate(file.data["cases"]):
        at: Key = ("cases", index)
        cases.extend(
            _Reader(file, suite, at, shared).case(entry, file.data["base"]) for entry in _expand(file, raw, at)
        )
    refuse_twins(cases)
    return cases


def refuse_twins(cases: Iterable[Case]) -> None:
    """Raise `CaseError` when two cases share an id, which reports and known failures go by."""
    cases = list(cases)
    if len({case.id for case in cases}) == len(cases):
        return
    seen: dict[str, Case] = {}
    for case in cases:
        if case.id in seen:
            raise CaseError(
                f"the id {case.id} is taken by {seen[case.id].where}", where=case.where, hint="give it an id of its own"
            )
        seen[case.id] = case


def _expand(file: YamlFile, raw: dict[str, Any], at: Key) -> Iterator[dict[str, Any]]:
    """Yield one case for each position of its `parameters`, or the case itself."""
    columns = raw.get("parameters")
    if columns is None:
        yield raw
        return
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise file.fault("the lists of parameters differ in length", (*at, "parameters"), hint="make them equally long")
    rest = {name: value for name, value in raw.items() if name != "parameters"}
    for position in range(lengths.pop()):
        values = {name: column[position] for name, column in columns.items()}
        entry = substitute(rest, values)
        file.validate(_one_case_schema(), entry, at)
        yield entry


def substitute(node: Any, values: Mapping[str, Any]) -> Any:
    """Replace `${name}` by its value; a text that is nothing but `${name}` becomes the value itself.

    A name that `values` does not have stays as it is.
    """
    if isinstance(node, str):
        if "${" not in node:
            return node
        whole = REFERENCE.fullmatch(node)
        if whole and whole[1] in values:
            return values[whole[1]]
        return REFERENCE.sub(lambda match: str(values.get(match[1], match[0])), node)
    if isinstance(node, dict):
        return {substitute(name, values): substitute(value, values) for name, value in node.items()}
    if isinstance(node, list):
        return [substitute(value, values) for value in node]
    return node


class _Reader:
    """Reads one case, knowing where it stands in its file."""

    def __init__(self, file: YamlFile, suite: Suite, at: Key, shared: Shared) -> None:
        self._file = file
        self._suite = suite
        self._at = at
        self._shared = shared

    def case(self, raw: dict[str, Any], base_name: str) -> Case:
        for wrong in problems(raw) if self._shared.repeats or "steps" in raw else ():
            raise self._fault(wrong.message, *wrong.at, hint=wrong.hint)
        base = self._base(raw.get("base", base_name), (*self._at, "base") if "base" in raw else ("base",))
        absent = self._shared.once("absent", raw.get("absent"), lambda: self._absent(raw.get("absent", ())))
        given = self._shared.once(
            "given", (base.name, absent, raw.get("given")), lambda: self._given(base, absent, raw.get("given", ()))
        )
        steps = self._steps(raw, base)
        group = raw.get("group") or _group(steps[0].outcomes)
        if not _FINAL_ID.fullmatch(raw["id"]):
            raise self._fault(
                f"the id {raw['id']!r} is not lower-case words joined by hyphens", "id", hint="e.g. name-one-too-long"
            )
        facts = raw.get("fact", [])
        facts = tuple([facts] if isinstance(facts, str) else facts)
        for fact in facts:
            if fact not in self._suite.fact_names:
                raise self._fault(f"no contract has the fact {fact!r}", "fact", hint=near(fact, self._suite.fact_names))
        if self._shared.refers:
            self._check_references(raw, steps)
        return Case(
            id=f"{self._suite.operation}/{group}/{raw['id']}",
            title=raw["title"],
            trigger=raw["trigger"],
            given=given,
            absent=absent,
            steps=steps,
            facts=facts,
            where=self._file.locate(self._at),
            cleanup=self._suite.cleanup,
        )

    def _absent(self, names: Sequence[str]) -> tuple[str, ...]:
        for name in names:
            if name not in self._suite.states:
                raise self._fault(f"unknown provider state {name!r}", "absent", hint=near(name, self._suite.states))
        return tuple(names)

    def _given(self, base: Base, absent: tuple[str, ...], raw: Sequence[Any]) -> tuple[ProviderState, ...]:
        kept = tuple(state for state in base.given if state.name not in absent)
        return kept + read_given(self._file, raw, (*self._at, "given"), self._suite.states)

    def _check_references(self, raw: dict[str, Any], steps: tuple[Step, ...]) -> None:
        """Refuse `${...}` that nothing will ever fill in."""
        known = self._suite.target_names
        for name in references(raw):
            kind, _, rest = name.partition(".")
            if kind == "steps":
                step = rest.partition(".")[0]
                if step not in {entry.name for entry in steps}:
                    raise self._fault(
                        f"${{{name}}} refers to no step", hint=near(step, [entry.name for entry in steps])
                    )
            elif name not in known and name != "index":
                raise self._fault(f"${{{name}}} stands for nothing", hint=near(name, known))

    def _steps(self, raw: dict[str, Any], base: Base) -> tuple[Step, ...]:
        if "steps" not in raw:
            if "expect" not in raw:
                raise self._fault("lacks the field 'expect'", hint="say what the answer must be, or give steps")
            return (self._step({**raw, "name": "request"}, base, ()),)
        for name in ("expect", "set", "unset", "send"):
            if name in raw:
                raise self._fault(f"has both steps and {name!r}", name, hint=f"put {name!r} into a step")
        return tuple(self._step(step, base, ("steps", index)) for index, step in enumerate(raw["steps"]))

    def _step(self, raw: dict[str, Any], base: Base, at: Key) -> Step:
        operation = raw.get("operation", self._suite.operation)
        params = dict(base.parameters) if operation == self._suite.operation else {}
        for name in raw.get("unset", ()):
            if name not in params:
                raise self._fault(f"base {base.name} has no parameter {name!r}", *at, "unset", hint=near(name, params))
            del params[name]
        params.update(raw.get("set", {}))
        if operation == self._suite.operation:
            self._check_names(raw.get("set", {}), (*at, "set"))
        until = raw.get("until")
        send = raw.get("send", {})
        expect = raw["expect"]
        return Step(
            name=raw["name"],
            operation=operation,
            params=params,
            transport=self._shared.once("send", send, lambda: self._transport(send, (*at, "send"))),
            outcomes=self._shared.once("expect", expect, lambda: self._expect(expect, (*at, "expect"))),
            until=Until(until["body"], until["within_s"]) if until else None,
            times=raw.get("times", 1),
            successes=raw.get("successes"),
            version=self._suite.version,
        )

    def _check_names(self, names: Iterable[str], at: Key) -> None:
        """Refuse a parameter that no document names, neither in its table nor in the message of an error."""
        contracts = self._suite.contracts.values()
        for name in names:
            top = name.partition(".")[0]
            if not any(contract.names(top) for contract in contracts):
                known = {row.path.partition("[")[0] for contract in contracts for row in contract.parameters}
                raise self._fault(f"no document has a parameter {name!r}", *at, name, hint=near(top, known))

    def _transport(self, raw: dict[str, str], at: Key) -> Transport:
        for name, value in raw.items():
            if value not in TRANSPORTS[name]:
                raise self._fault(f"{name} is {value!r}", *at, name, hint=f"one of: {', '.join(TRANSPORTS[name])}")
        transport = Transport(**raw)
        if transport.method == "GET" and transport.place == "form":
            raise self._fault("a GET has no form", *at, hint="write method: POST, or place: query")
        if transport.spaces == "plus" and transport.place != "form":
            raise self._fault("spaces: plus is for a form", *at, hint="write place: form")
        return transport

    def _expect(self, raw: dict[str, Any], at: Key) -> dict[Language, Outcomes]:
        apart = [language for language in LANGUAGES if language in raw]
        if apart and len(apart) < len(raw):
            raise self._fault("mixes languages with an expectation for both", *at, hint=f"write {_LANGUAGE_KEYS} only")
        if apart:
            return {language: self._outcomes(raw[language], (*at, language)) for language in apart}
        outcomes = self._outcomes(raw, at)
        return dict.fromkeys(LANGUAGES, outcomes)

    def _outcomes(self, raw: dict[str, Any], at: Key) -> Outcomes:
        if "any_of" in raw:
            if len(raw) > 1:
                raise self._fault("has any_of beside other fields", *at, hint="put everything into any_of")
            return tuple(
                outcome
                for index, entry in enumerate(raw["any_of"])
                for outcome in self._outcomes(entry, (*at, "any_of", index))
            )
        body = raw.get("body", {})
        if "error" not in raw:
            if "success" not in raw:
                raise self._fault("says neither success nor error", *at, hint="add success: true, or error: CODE")
            if "message" in raw:
                raise self._fault("a success has no message", *at, "message", hint="leave it out")
            return (Outcome(None, None, body),)
        if "success" in raw:
            raise self._fault("says both success and error", *at, hint="where both may be, use any_of")
        error = raw["error"]
        codes = [error] if isinstance(error, str) else error["one_of"]
        for index, code in enumerate(codes):
            if code not in self._suite.codes:
                place = (*at, "error") if isinstance(error, str) else (*at, "error", "one_of", index)
                raise self._fault(
                    f"no document has the error code {code!r}", *place, hint=near(code, self._suite.codes)
                )
        message = raw.get("message")
        rows = {
            row.message for contract in self._suite.contracts.values() for code in codes for row in contract.rows(code)
        }
        if message is not None and message not in rows:
            raise self._fault(
                f"no document has the message {message!r} for {codes[0]}", *at, "message", hint=near(message, rows)
            )
        return tuple(Outcome(code, message, body) for code in codes)

    def _base(self, name: str, at: Key) -> Base:
        if name not in self._suite.bases:
            raise self._file.fault(f"unknown base {name!r}", at, hint=near(name, self._suite.bases))
        return self._suite.bases[name]

    def _fault(self, message: str, *at: str | int, hint: str | None = None) -> CaseError:
        fault = self._file.fault(message, (*self._at, *at), hint=hint)
        assert isinstance(fault, CaseError)  # noqa: S101 - the file was opened with this error
        return fault


def _group(outcomes: Mapping[Language, Outcomes]) -> str:
    """Return the middle part of the id: the first expected code, in the order of the languages, or `success`."""
    codes = (outcome.code for language in LANGUAGES for outcome in outcomes.get(language, ()))
    return next((code for code in codes if code is not None), "success")
