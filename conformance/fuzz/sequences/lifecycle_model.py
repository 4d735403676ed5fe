"""A small model of what there is after some steps of create, show, change and delete, and the steps as a case has them.

What each operation does is what a behaviour declares. What is shown is what the documents, or the behaviour, say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.cases.meanings.words import load_words
from conformance.cases.model import ANY_CODE, Outcome, Until
from conformance.fuzz.findings.step_rule import StepRule, cited_in
from conformance.fuzz.generation.case_builder import request_step, sequence_case, slug
from conformance.fuzz.generation.generated_request import PLAIN, GeneratedRequest
from conformance.fuzz.sender import Trial
from conformance.fuzz.sequences.shown_values import declared_values, sent_values, shown_by
from conformance.fuzz.sequences.taken import taken_lines, taken_outcomes
from conformance.server.sequences.shown import nested

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.model import Outcomes, Step, Transport
    from conformance.contract.languages import Language
    from conformance.fuzz.family import ResourceFamily
    from conformance.fuzz.findings.step_rule import Lines
    from conformance.fuzz.run_context import FuzzContext
    from conformance.server.sequences.requests import ValidOperation
    from conformance.server.sequences.shown import Look

KIND: Final = "created, shown, changed and deleted"
_SUCCESS: Final = Outcome(None)
_REFUSED: Final = Outcome(ANY_CODE)


class Thing(Struct, frozen=True):
    """One resource that there is.

    Attributes:
        identity: What names it in later steps.
        values: What it is shown with, by field.
        lines: Of what was changed, by field, the lines of the documents that say so.
    """

    identity: str
    values: Mapping[str, object]
    lines: Mapping[str, Lines] = field(default_factory=dict)


class Lifecycle(Struct, dict=True):
    """What there is after some steps, and the steps as a case has them.

    Attributes:
        family: The operations of the resource.
        steps: The steps so far.
        rules: What each of them is judged by.
        used: The other operations that are called.
        alive: What there is, by a name of its own: that of the valid request that created it.
        ended: Whether nothing can follow: a case ends with its first refusal.
    """

    family: ResourceFamily
    steps: list[Step] = field(default_factory=list)
    rules: list[StepRule] = field(default_factory=list)
    used: list[ValidOperation] = field(default_factory=list)
    alive: dict[str, Thing] = field(default_factory=dict)
    ended: bool = False
    _stated: bool = False

    @property
    def context(self) -> FuzzContext:
        """The run."""
        return self.family.context

    # The operation under test creates.

    def create(self, base: str, extra: Mapping[str, str], transport: Transport = PLAIN) -> None:
        """Ask for one more with the operation under test: refused when what must not be alike is taken."""
        params = self._with_own_token({**self.context.wire_request(base), **extra})
        kind = self.family.kind
        if base in self.alive and (kind.unique_by or kind.given):
            self._again(params)
            return
        name, own = self._name("create"), self.family.own
        place = "" if kind.given else self.family.place_of_id(own)
        identity = f"${{steps.{name}.{place}}}" if place else params.get(kind.id_field, "")
        earlier = [step.name for step in self.steps if step.name.startswith("create")]
        other = nested(place, {"not": f"${{steps.{earlier[-1]}.{place}}}"}) if earlier and place else {}
        outcomes = with_body(self.context.oracle.outcomes(params), other)
        lines = self.family.lines(own, place or kind.id_field)
        self.steps.append(request_step(self.context, name, GeneratedRequest(params, "", transport), outcomes))
        self.rules.append(StepRule(lines, {kind.id_field: lines}))
        key = base if base not in self.alive else f"{base} {len(self.steps)}"
        self.alive[key] = Thing(identity, self._values_of(params))

    def _with_own_token(self, params: dict[str, str]) -> dict[str, str]:
        """Return a request that repeats no earlier one: a second creation with its token would create nothing."""
        words, number = load_words(), len(self.steps)
        return {
            name: f"token-{number}" if number and words.means("idempotent_by", name) else text
            for name, text in params.items()
        }

    def _again(self, params: Mapping[str, str]) -> None:
        taken = taken_outcomes(self.context.contracts)
        if self.family.kind.unique_by and any(taken.values()):
            self.steps.append(request_step(self.context, self._name("create"), GeneratedRequest(params), taken))
            self.rules.append(StepRule(taken_lines(self.context.contracts)))
        self.ended = True

    def _values_of(self, params: Mapping[str, str]) -> dict[str, object]:
        contracts = self.context.contracts
        if self.family.traits.fields:
            return declared_values(self.family.traits.fields, contracts.values(), params)
        return sent_values(contracts.values(), params)

    # Another operation creates.

    def make(self, creation: ValidOperation, values: Mapping[str, object] | None = None) -> str:
        """Create one with another operation; a refusal ends the sequence. Return the name of what there is then."""
        params = {**creation.valid.parameters, **(values or {})}
        name = self._name("create")
        self.steps.append(self.family.step(name, creation, params, (_SUCCESS, _REFUSED)))
        self.rules.append(StepRule(excused=frozenset({ANY_CODE})))
        self.used.append(creation)
        given = self.family.kind.given
        identity = str(params[self.family.kind.id_field]) if given else self.family.identity_of(creation, name)
        self.alive[name] = Thing(identity, sent_values(creation.contracts.values(), params))
        return name

    def stated(self, identity: str) -> str:
        """Take what a provider state says is there; return its name."""
        self.alive[identity] = Thing(identity, {})
        self._stated = True
        return identity

    # What is done with it.

    def describe(self, name: str, look: Look | None = None) -> None:
        """Look at one that there is: it is as it was sent."""
        look = look or next(iter(self.family.looks), None)
        if look is None:
            return
        thing = self.alive[name]
        shown = self._shown(look, name)
        if shown is None:
            return
        body = look.there(**shown) if look.parameter or not look.path else self._all(look)
        of_fields = self._lines_of(look, thing)
        lines = self.family.lines(look.operation, look.parameter, look.path) or self._lines_of_id()
        excused = self.family.excused_of_look(look)
        self._look(self._name("describe"), look, thing.identity, body["body"], StepRule(lines, of_fields, excused))

    def change(self, name: str, operation: ValidOperation, values: Mapping[str, object], said: str = "change") -> None:
        """Change fields of one; what it is shown with then is what was sent."""
        thing = self.alive[name]
        own = self.family.kin.id_parameter(operation)
        params = {**operation.valid.parameters, own: thing.identity, **values}
        lines = {path: self.family.lines(operation, path) for path in values}
        self._do(said, operation, params, self.family.lines(operation, *values, own))
        self.alive[name] = replace(
            thing, values={**thing.values, **values}, lines={**thing.lines, **{k: v for k, v in lines.items() if v}}
        )

    def expect(self, name: str, values: Mapping[str, object], lines: Lines) -> None:
        """Take it that one is shown with other values from now on, as lines of documents say."""
        thing = self.alive[name]
        self.alive[name] = replace(
            thing, values={**thing.values, **values}, lines={**thing.lines, **dict.fromkeys(values, lines)}
        )

    def forget(self, name: str) -> None:
        """Look at nothing that one was created with."""
        self.alive[name] = replace(self.alive[name], values={})

    def ask(
        self,
        word: str,
        operation: ValidOperation,
        params: Mapping[str, object],
        body: Mapping[str, object],
        lines: Lines,
    ) -> str:
        """Ask an operation that changes nothing until its answer has some fields; return the name of the step."""
        name, sent = self._name(word), {**operation.valid.parameters, **params}
        self.steps.append(self.family.step(name, operation, sent, [Outcome(None, body=body)], Until(body)))
        self.rules.append(StepRule(lines, {}, self.family.excused(operation) - {ANY_CODE}))
        self.used.append(operation)
        return name

    def delete(self, name: str) -> None:
        """Delete one and see that it is gone."""
        deletion = next(self.family.kin.having(self.family.kind.deletes), None)
        own = self.family.kin.id_parameter(deletion) if deletion is not None else ""
        if deletion is None or not own:
            return
        thing = self.alive.pop(name)
        lines = self.family.lines(deletion, own)
        self._wait(thing)
        self._do("delete", deletion, {**deletion.valid.parameters, own: thing.identity}, lines)
        look = next(iter(self.family.looks), None)
        if look is None:
            return
        gone = look.nothing() if look.parameter or not look.path else self._all(look).get("body")
        self._look(self._name("gone"), look, thing.identity, gone, StepRule(lines), or_refused=True)

    def trial(self, way: str = "", kind: str = KIND) -> Trial:
        """Return the steps so far as a trial; `way` says how the first was sent, where that matters."""
        words = " ".join(step.name.partition("_")[0] for step in self.steps)
        sent = f", sent {way}" if way else ""
        return self.titled(f"{words} {way}", f"in this order: {words}{sent}", kind)

    def titled(self, name: str, title: str, kind: str = KIND) -> Trial:
        """Return the steps so far as a trial with a name, in words, and a title of its own."""
        case = sequence_case(self.context, self.steps, slug(name), title)
        # What is created here is the only one of its kind.
        own = () if self._stated else tuple(self.family.own_states(case.given))
        left = dict.fromkeys(state.name for state in own)
        first = [state for state in case.given if state.name not in left]
        rest = [state for state in (*case.given, *self.family.given_for(self.used)) if state not in own]
        given = [*first, *(state for state in rest if state not in first)]
        given = [state for at, state in enumerate(given) if state not in given[:at]]
        absent = tuple(dict.fromkeys([*case.absent, *left]))
        return Trial(kind, replace(case, given=tuple(given), absent=absent), tuple(self.rules))

    # Steps.

    def _name(self, word: str) -> str:
        return f"{word}_{len(self.steps) + 1}"

    def _do(self, word: str, operation: ValidOperation, params: Mapping[str, object], lines: Lines) -> None:
        step = self.family.step(self._name(word), operation, params, until=Until())
        self.steps.append(step)
        self.rules.append(StepRule(lines, {}, self.family.excused(operation)))
        self.used.append(operation)

    def _look(
        self, name: str, look: Look, identity: str, body: object, rule: StepRule, *, or_refused: bool = False
    ) -> None:
        expected = body if isinstance(body, dict) else {}
        outcomes = [] if or_refused and not look.path else [Outcome(None, body=expected)]
        outcomes += [_REFUSED] if or_refused else []
        params = look.parameters(identity)
        step = self.family.step(name, look.operation, params, outcomes, Until(expected) if expected else Until())
        self.steps.append(step)
        self.rules.append(rule)
        self.used.append(look.operation)

    def _wait(self, thing: Thing) -> None:
        """Wait until one is ready, where a document says which status it then has."""
        behaviours = [each.async_behaviour for each in self.context.contracts.values() if each.async_behaviour]
        status = self.family.kind.status_field
        look = next((each for each in self.family.looks if each.path and each.parameter), None)
        if not behaviours or not status or look is None or self.family.traits.role != "create":
            return
        if look.operation.name != behaviours[0].poll or self.family.kind.status_path[-1:] != (behaviours[0].final,):
            return
        ready = nested(look.path, [{status: behaviours[0].final}])
        lines: Lines = {
            language: cited_in(each.async_behaviour.line, each, self.context.operation)
            for language, each in self.context.contracts.items()
            if each.async_behaviour is not None and each.async_behaviour.line
        }
        step = self.family.step(
            self._name("ready"), look.operation, look.parameters(thing.identity), until=Until(ready)
        )
        self.steps.append(step)
        self.rules.append(StepRule(lines, {}, self.family.excused_of_look(look)))
        self.used.append(look.operation)

    # What is shown.

    def _shown(self, look: Look, name: str) -> dict[str, object] | None:
        thing, id_field = self.alive[name], self.family.kind.id_field
        fields = self.family.fields_of(look)
        shown = shown_by(look, fields, thing.values)
        if id_field in fields:
            shown = {id_field: thing.identity, **shown}
        elif look.path:
            return None  # nobody could tell one from another
        return shown

    def _all(self, look: Look) -> dict[str, dict[str, object]]:
        """Return the answer of a look that shows all that there are."""
        shown = [each for name in self.alive if (each := self._shown(look, name)) is not None]
        return {"body": nested(look.path, {"any_order": shown})}

    def _lines_of(self, look: Look, thing: Thing) -> dict[str, Lines]:
        """Return by field the lines that say what it shows: what was changed, shown, or sent."""
        sent = {name: found for name in thing.values if (found := self.family.lines(self.family.own, name))}
        return {**sent, **self.family.lines_of_look(look), **thing.lines}

    def _lines_of_id(self) -> Lines:
        creation = self.family.creation
        return {} if creation is None else self.family.lines(creation, self.family.kind.id_field)


def with_body(outcomes: Mapping[Language, Outcomes], body: Mapping[str, object]) -> dict[Language, Outcomes]:
    """Return outcomes in which a success has some fields."""
    return {
        language: tuple(replace(each, body=dict(body)) if each.code is None else each for each in allowed)
        for language, allowed in outcomes.items()
    }
