"""The operations that a behaviour says are about one resource, each with contracts and a valid request."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.bases import changed_names
from conformance.cases.choosing.suite_folders import load_found, suite_folders
from conformance.cases.meanings.rows import meant_rows, rows_for
from conformance.cases.meanings.words import load_words
from conformance.cases.model import ANY_CODE, Outcome, ProviderState, Step, Until
from conformance.contract.answer_trees import as_answered
from conformance.core.cache import user_cache
from conformance.core.errors import InputError
from conformance.core.resources import case_dirs
from conformance.fuzz.findings.step_rule import cited_in
from conformance.fuzz.generation.generated_request import PLAIN
from conformance.fuzz.oracle.fitting_codes import codes_of
from conformance.server.sequences.requests import KinOperations, ValidOperation, ValidRequest, two_values
from conformance.server.sequences.shown import looks_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.cases.suite import Suite
    from conformance.fuzz.findings.step_rule import Lines
    from conformance.fuzz.run_context import FuzzContext
    from conformance.fuzz.traits import Traits
    from conformance.server.resources.kinds import ResourceKind
    from conformance.server.sequences.shown import Look

_REFUSING: Final = ("state", "auth", "throttle", "server")
"""The classes of the errors that a valid request may be answered with, for what nobody can see in it."""

_MOST_MADE: Final = 12
_CHOOSE_NOTHING: Final = ("never_ids", "page_number", "page_size", "token", "limit", "apart")
"""What parameters mean by which a listing chooses among what there is in no other way than every operation does."""
_EXISTS: Final = "resource.exists"


class ResourceFamily(Struct, frozen=True, dict=True):
    """What sequences of one operation are made of.

    Attributes:
        context: The run of the operation.
        traits: What a behaviour declares of it.
        suites: The operations of the resource, by name.
    """

    context: FuzzContext
    traits: Traits
    suites: Mapping[str, Suite]

    @classmethod
    def of(cls, context: FuzzContext) -> ResourceFamily | None:
        """Return the family of a run's operation; `None` where no behaviour says that it is about a resource."""
        traits = context.data.traits
        if traits is None:
            return None
        return cls(context, traits, dict(_suites_of(context.suite, traits.kind)))

    @property
    def kind(self) -> ResourceKind:
        """The resource."""
        return self.traits.kind

    @cached_property
    def kin(self) -> KinOperations:
        """The operations whose valid requests have all that is required."""
        found = {name: valid_operation(suite) for name, suite in self.suites.items()}
        return KinOperations(self.kind, {name: each for name, each in found.items() if each.has_required})

    @property
    def own(self) -> ValidOperation:
        """The operation under test."""
        return self.kin.operations.get(self.context.operation) or valid_operation(self.context.suite)

    @cached_property
    def creation(self) -> ValidOperation | None:
        """The operation that creates one resource and tells its id; that under test, if it does."""
        names = sorted(self.kind.creates, key=lambda name: name != self.context.operation)
        found = self.kin.having([] if self.kind.each or not self.kind.id_field else names)
        return next((each for each in found if self.identity_of(each, "made")), None)

    @property
    def creations(self) -> list[ValidOperation]:
        """Other creations than the operation under test: as many as may be made beside each other, at the most twelve.

        Where two resources must not be alike, each is another one of the valid requests.
        """
        found = self.creation
        if found is None or found.name == self.context.operation:
            return []
        if self.kind.given:
            values = two_values(self.kind.id_field, [(found, self.kind.id_field)]) or ()
            return [with_values(found, {self.kind.id_field: value}) for value in values]
        if not self.kind.unique_by:
            return [found] * _MOST_MADE
        suite = self.suites[found.name]
        return [valid_operation(suite, base) for base in suite.bases][:_MOST_MADE]

    def identity_of(self, creation: ValidOperation, step: str) -> str:
        """Return what names the resource that a step created; empty where the answer does not tell it."""
        field = self.kind.id_field
        if self.kind.given:
            value = creation.valid.parameters.get(field)
            return value if isinstance(value, str) else ""
        place = self.place_of_id(creation)
        return f"${{steps.{step}.{place}}}" if place else ""

    def place_of_id(self, creation: ValidOperation) -> str:
        """Return the path of the id in the answer to a creation: at its top, or in an object; empty for none."""
        field = self.kind.id_field
        found = [
            [row.place for row in each.responses if row.path.rpartition(".")[2] == field and "[" not in row.place]
            for each in creation.contracts.values()
        ]
        places = [place for place in found[0] if all(place in others for others in found)]
        return min(places, key=len, default="")

    @cached_property
    def looks(self) -> list[Look]:
        """The ways to see a resource that was created which tell whether it is there."""
        found = (each for each in looks_at(self.kin) if each.path or self._knows_missing(each))
        return [each for each in found if self.sees(each.operation, each.parameter)]

    def sees(self, operation: ValidOperation, id_parameter: str = "") -> bool:
        """Whether the valid request of an operation surely asks for what is created, whatever it is told beside the id.

        What it must be told and the creation was not, as the group that users are in, may choose others.
        """
        words, made = load_words(), (self.creation or self.own).valid.parameters
        how = self.kind.lists.get(operation.name)
        for name, value in operation.valid.parameters.items():
            if name == id_parameter or any(words.means(meaning, name) for meaning in _CHOOSE_NOTHING):
                continue
            known = made.get(name, made.get(how.filters.get(name, name)) if how is not None else None)
            if known is None or known != value:
                return False
        return True

    def fields_of(self, look: Look) -> frozenset[str]:
        """Return the plain fields that a look shows: by the behaviour in full, else by every document."""
        return frozenset(self.traits.fields) or look.fields()

    def _knows_missing(self, look: Look) -> bool:
        return bool(self.codes(look.operation, "not_found", look.parameter))

    @staticmethod
    def codes(operation: ValidOperation, kind: str, parameter: str) -> frozenset[str]:
        """Return the codes of the documented rows that speak of a kind of fault of a parameter."""
        words = load_words()
        found = (rows_for(kind, parameter, meant_rows(each, words)) for each in operation.contracts.values())
        return frozenset(row.code for rows in found for row in rows)

    # What documents say.

    def lines(self, operation: ValidOperation, *paths: str) -> Lines:
        """Return per language the line of the first of some parameters, or fields of the answer, that it has."""
        found: Lines = {}
        for language, contract in operation.contracts.items():
            rows = (
                row
                for path in paths
                for row in (contract.parameter(path), *(each for each in contract.responses if each.path == path))
                if row is not None and row.line
            )
            row = next(rows, None)
            if row is not None:
                found[language] = cited_in(row.cited, contract, self.context.operation)
        return found

    def lines_of_look(self, look: Look) -> dict[str, Lines]:
        """Return by name of a field of the resource the lines of the documents that show it."""
        fields = {name: [row.path for row in look.rows(name)] for name in look.fields()}
        return {name: found for name, paths in fields.items() if (found := self.lines(look.operation, *paths))}

    # Steps.

    def step(
        self,
        name: str,
        operation: ValidOperation,
        params: Mapping[str, object],
        outcomes: Iterable[Outcome] = (Outcome(None),),
        until: Until | None = None,
    ) -> Step:
        """Return a step that sends a request as a case file has it; it is answered in one way by every document."""
        suite = self.suites[operation.name]
        own = suite.operation == self.context.operation
        return Step(
            name,
            suite.operation,
            suite.version,
            dict(params),
            PLAIN,
            dict.fromkeys(self.context.contracts, tuple(outcomes)),
            until,
            changed=changed_names(self.context.base, params) if own else (),
            encodings=suite.encodings,
            nested=suite.nested,
        )

    def excused(self, operation: ValidOperation) -> frozenset[str]:
        """Return the codes with which a valid request may be refused; any where the documents have none of a state."""
        codes = frozenset(code for contract in operation.contracts.values() for code in codes_of(contract, _REFUSING))
        return codes or frozenset({ANY_CODE})

    def excused_of_look(self, look: Look) -> frozenset[str]:
        """Return the same of a look, but for those that say that what was created is not there."""
        documented = self.excused(look.operation) - {ANY_CODE}
        return documented - self.codes(look.operation, "not_found", look.parameter)

    def given_for(self, operations: Iterable[ValidOperation]) -> Iterator[ProviderState]:
        """Yield the states that operations need, but for those under which a resource of this kind exists."""
        for operation in operations:
            for state in self.kin.others(operation):
                for name, params in state.items():
                    yield ProviderState(name, params if isinstance(params, dict) else {})

    def own_states(self, states: Iterable[ProviderState]) -> Iterator[ProviderState]:
        """Yield those of some states under which a resource of this kind exists."""
        word = self.kin.type_word.lower()
        for state in states:
            if state.name == _EXISTS and str(state.params.get("type", "")).lower() == word:
                yield state


def with_values(operation: ValidOperation, values: Mapping[str, object]) -> ValidOperation:
    """Return an operation whose valid request has some other values."""
    valid = replace(operation.valid, parameters={**operation.valid.parameters, **values})
    return replace(operation, valid=valid)


def valid_operation(suite: Suite, name: str | None = None) -> ValidOperation:
    """Return an operation with one of its valid requests, the first one unless named."""
    base = next(iter(suite.bases.values())) if name is None else suite.bases[name]
    given = [{state.name: dict(state.params)} for state in base.given]
    return ValidOperation(as_answered(suite.contracts), ValidRequest(dict(base.parameters), given))


def _suites_of(own: Suite, kind: ResourceKind) -> Iterator[tuple[str, Suite]]:
    """Yield the operations of a resource that have a valid request; one that cannot be read is left out."""
    yield own.operation, own
    names = {name for name, _ in kind.roles()} - {own.operation}
    cache = user_cache("cases")
    for found in suite_folders(case_dirs()):
        of_kind = found.operation.name in names and found.operation[:2] == (own.product, own.version)
        if not of_kind:
            continue
        try:
            suite = load_found(found, cache)
        except InputError:
            continue
        if suite.bases:
            yield suite.operation, suite
