"""One case of a file: from its raw data to a `Case`, read against the suite of its operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from msgspec.structs import replace

from conformance.cases.bases import changed_names, read_given
from conformance.cases.check import problems
from conformance.cases.model import ANY_CODE, Case, Outcome, Outcomes, Step, Transport, Until
from conformance.cases.substitution import references
from conformance.contract.languages import LANGUAGES, Language
from conformance.contract.message_templates import fits
from conformance.contract.wire import SYSTEM_PARAMETERS
from conformance.core.errors import CaseError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.wording import near

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.cases.bases import Base
    from conformance.cases.model import ProviderState
    from conformance.cases.raw import RawCase, RawCaseRequest, RawOutcome, RawState, RawStep
    from conformance.cases.shared import Shared
    from conformance.cases.suite import Suite
    from conformance.core.yamlfile import KeyPath, YamlFile

_TRANSPORTS: Final = {
    "method": ("GET", "POST"),
    "place": ("query", "form"),
    "format": ("JSON", "XML"),
    "signature": ("v1", "acs3", "none"),
    "spaces": ("percent", "plus"),
}
"""How a request may travel."""

_FINAL_ID: Final = lazy_pattern(r"[a-z0-9]+(-[a-z0-9]+)*")

_REFUSED: Final = "refused"

_LANGUAGE_KEYS: Final = " and ".join(f"{language}:" for language in LANGUAGES)


class CaseReader:
    """Reads one case at a place of its file."""

    def __init__(self, file: YamlFile, suite: Suite, at: KeyPath, shared: Shared) -> None:
        self._file = file
        self._suite = suite
        self._at = at
        self._shared = shared

    def case(self, raw: RawCase, base_name: str) -> Case:
        """Return the case; raises `CaseError` for what the schema cannot tell."""
        for wrong in problems(raw) if self._shared.repeats or "steps" in raw else ():
            raise self._fault(wrong.message, *wrong.at, hint=wrong.hint)
        base = self._base(raw.get("base", base_name), (*self._at, "base") if "base" in raw else ("base",))
        absent = self._shared.once("absent", raw.get("absent"), lambda: self._absent(raw.get("absent", ())))
        given = self._shared.once(
            "given", (base.name, absent, raw.get("given")), lambda: self._given(base, absent, raw.get("given", ()))
        )
        steps = self._steps(raw, base)
        self._check_teardown(given, steps)
        group = raw.get("group") or _group(steps[0].outcomes)
        if not _FINAL_ID.fullmatch(raw["id"]):
            raise self._fault(
                f"the id {raw['id']!r} is not lower-case words joined by hyphens", "id", hint="e.g. name-one-too-long"
            )
        named = raw.get("fact", [])
        facts = (named,) if isinstance(named, str) else tuple(named)
        for fact in facts:
            if fact not in self._suite.fact_names:
                raise self._fault(f"no contract has the fact {fact!r}", "fact", hint=near(fact, self._suite.fact_names))
        if self._shared.refers:
            self._check_references(raw, steps)
        return Case(
            id=f"{self._suite.subject}/{group}/{raw['id']}",
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

    def _given(self, base: Base, absent: tuple[str, ...], raw: Sequence[RawState]) -> tuple[ProviderState, ...]:
        kept = tuple(state for state in base.given if state.name not in absent)
        return kept + read_given(self._file, raw, (*self._at, "given"), self._suite.states)

    def _check_references(self, raw: RawCase, steps: tuple[Step, ...]) -> None:
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
                raise self._fault(f"${{{name}}} is not defined", hint=near(name, known))

    def _steps(self, raw: RawCase, base: Base) -> tuple[Step, ...]:
        if "steps" not in raw:
            if "expect" not in raw:
                raise self._fault("lacks the field 'expect'", hint="say what the answer must be, or give steps")
            return (self._step("request", raw, base, ()),)
        for name in ("expect", "set", "unset", "send", "extra"):
            if name in raw:
                raise self._fault(f"has both steps and {name!r}", name, hint=f"put {name!r} into a step")
        steps = (self._step(step["name"], step, base, ("steps", index)) for index, step in enumerate(raw["steps"]))
        return tuple(
            self._with_states(step, entry, ("steps", index))
            for index, (step, entry) in enumerate(zip(steps, raw["steps"], strict=True))
        )

    def _with_states(self, step: Step, raw: RawStep, at: KeyPath) -> Step:
        """Return a step with the account that sends it, and the states that change before it."""
        if not raw.keys() & {"account", "given", "teardown"}:
            return step
        given = read_given(self._file, raw.get("given", ()), (*self._at, *at, "given"), self._suite.states)
        return replace(step, account=raw.get("account"), given=given, teardown=tuple(raw.get("teardown", ())))

    def _check_teardown(self, given: Sequence[ProviderState], steps: Sequence[Step]) -> None:
        """Refuse to take back what was not given before to the same account."""
        held: dict[str | None, set[str]] = {None: {state.name for state in given}}
        for index, step in enumerate(steps):
            known = held.setdefault(step.account, set())
            for place, name in enumerate(step.teardown):
                if name not in known:
                    raise self._fault(
                        f"state {name} is not given before this step, so it cannot be taken back",
                        *("steps", index, "teardown", place),
                        hint=near(name, known),
                    )
                known.remove(name)
            known.update(state.name for state in step.given)

    def _step(self, name: str, raw: RawCaseRequest, base: Base, at: KeyPath) -> Step:
        operation = raw.get("operation", self._suite.operation)
        own = operation == self._suite.operation
        params = dict(base.parameters) if own else {}
        for left_out in raw.get("unset", ()):
            if left_out not in params:
                message = f"base {base.name} has no parameter {left_out!r}"
                raise self._fault(message, *at, "unset", hint=near(left_out, params))
            del params[left_out]
        params.update(raw.get("set", {}))
        if own:
            self._check_names(raw.get("set", {}), (*at, "set"))
        extra = raw.get("extra", {})
        self._check_extra(extra, (*at, "extra"))
        until = raw.get("until")
        send = raw.get("send", {})
        expect = raw["expect"]
        return Step(
            name=name,
            operation=operation,
            params=params,
            transport=self._shared.once("send", send, lambda: self._transport(send, (*at, "send"))),
            outcomes=self._shared.once("expect", expect, lambda: self._expect(expect, (*at, "expect"))),
            until=None if until is None else Until(until.get("body", {}), until.get("within_s")),
            times=raw.get("times", 1),
            successes=raw.get("successes"),
            version=self._suite.version,
            extra=extra,
            changed=changed_names(base, params, extra) if own else (),
            encodings=self._suite.encodings if own else {},
            nested=self._suite.nested if own else (),
        )

    def _check_extra(self, names: Iterable[str], at: KeyPath) -> None:
        """Refuse a parameter that a document names, or the protocol, where one is wanted that nothing names."""
        for name in names:
            top = name.partition(".")[0]
            named = any(contract.names(top) for contract in self._suite.contracts.values())
            if named or top in SYSTEM_PARAMETERS:
                hint = "put it into set" if named else "take another name"
                raise self._fault(
                    f"extra is for parameters that nothing names, and {name!r} is none", *at, name, hint=hint
                )

    def _check_names(self, names: Iterable[str], at: KeyPath) -> None:
        """Refuse a parameter that no document names, neither in its table nor in the message of an error."""
        contracts = self._suite.contracts.values()
        for name in names:
            top = name.partition(".")[0]
            if not any(contract.names(top) for contract in contracts):
                known = {row.path.partition("[")[0] for contract in contracts for row in contract.parameters}
                raise self._fault(f"no document has a parameter {name!r}", *at, name, hint=near(top, known))

    def _transport(self, raw: dict[str, str], at: KeyPath) -> Transport:
        for name, value in raw.items():
            if value not in _TRANSPORTS[name]:
                raise self._fault(f"{name} is {value!r}", *at, name, hint=f"one of: {', '.join(_TRANSPORTS[name])}")
        transport = Transport(**raw)
        if transport.method == "GET" and transport.place == "form":
            raise self._fault("a GET has no form", *at, hint="write method: POST, or place: query")
        if transport.spaces == "plus" and transport.place != "form":
            raise self._fault("spaces: plus is for a form", *at, hint="write place: form")
        return transport

    def _expect(self, raw: dict[str, object], at: KeyPath) -> dict[Language, Outcomes]:
        apart = [language for language in LANGUAGES if language in raw]
        if apart and len(apart) < len(raw):
            raise self._fault("mixes languages with an expectation for both", *at, hint=f"write {_LANGUAGE_KEYS} only")
        if apart:
            return {language: self._outcomes(_outcome(raw[language]), (*at, language)) for language in apart}
        return dict.fromkeys(LANGUAGES, self._outcomes(_outcome(raw), at))

    def _outcomes(self, raw: RawOutcome, at: KeyPath) -> Outcomes:
        if "any_of" in raw:
            if len(raw) > 1:
                raise self._fault("has any_of beside other fields", *at, hint="put everything into any_of")
            return tuple(
                outcome
                for index, entry in enumerate(raw["any_of"])
                for outcome in self._outcomes(entry, (*at, "any_of", index))
            )
        if "error" in raw:
            return self._errors(raw, at)
        if "success" not in raw:
            raise self._fault("says neither success nor error", *at, hint="add success: true, or error: CODE")
        if "message" in raw:
            raise self._fault("a success has no message", *at, "message", hint="leave it out")
        return (Outcome(None, None, raw.get("body", {})),)

    def _errors(self, raw: RawOutcome, at: KeyPath) -> Outcomes:
        if "success" in raw:
            raise self._fault("says both success and error", *at, hint="where both may be, use any_of")
        error = raw["error"]
        codes = [error] if isinstance(error, str) else error["one_of"]
        for index, code in enumerate(codes):
            if code == ANY_CODE == error:
                continue
            if code not in self._suite.codes:
                place = (*at, "error") if isinstance(error, str) else (*at, "error", "one_of", index)
                raise self._fault(
                    f"no document has the error code {code!r}", *place, hint=near(code, self._suite.codes)
                )
        message = raw.get("message")
        rows = {
            row.message for contract in self._suite.contracts.values() for code in codes for row in contract.rows(code)
        }
        if message is not None and not any(fits(row, message) for row in rows):
            raise self._fault(
                f"no document has the message {message!r} for {codes[0]}", *at, "message", hint=near(message, rows)
            )
        return tuple(Outcome(code, message, raw.get("body", {})) for code in codes)

    def _base(self, name: str, at: KeyPath) -> Base:
        if name not in self._suite.bases:
            raise self._file.fault(f"unknown base {name!r}", at, hint=near(name, self._suite.bases))
        return self._suite.bases[name]

    def _fault(self, message: str, *at: str | int, hint: str | None = None) -> CaseError:
        fault = self._file.fault(message, (*self._at, *at), hint=hint)
        assert isinstance(fault, CaseError)  # noqa: S101 - the file was opened with this error
        return fault


def _outcome(raw: object) -> RawOutcome:
    """Return an expectation as that of one document; its schema allows the fields of both forms."""
    return cast("RawOutcome", raw)


def _group(outcomes: Mapping[Language, Outcomes]) -> str:
    """Return the middle part of the id: the first expected code, in the order of the languages, or `success`.

    For a refusal with any code it is `refused`.
    """
    codes = (outcome.code for language in LANGUAGES for outcome in outcomes.get(language, ()))
    return next((_REFUSED if code == ANY_CODE else code for code in codes if code is not None), "success")
